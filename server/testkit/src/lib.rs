//! What tests stand on: databases that cost nothing to make, an application without sockets, and people in it.
//!
//! [`on_both_databases!`] runs each case on SQLite and on PostgreSQL, every time on an empty, migrated database of its
//! own. PostgreSQL is found at `TIDINGS_TEST_POSTGRES_URL`, an address that may create databases. Without it the case
//! says so and passes, except where `CI` or `TIDINGS_REQUIRE_POSTGRES` is set: there it fails.

mod answer;
mod app;
mod authenticator;
mod databases;
pub mod fixtures;
mod identity_provider;
mod mail;
mod person;
mod services;
mod sql;

pub use answer::Answer;
pub use app::TestApp;
pub use authenticator::{Authenticator, totp_code};
pub use databases::{FromDb, Twin, run_on_postgres, run_on_sqlite};
pub use identity_provider::{Asked, IdentityProvider, Says};
pub use mail::{MailServer, Received};
pub use person::{Call, PASSWORD, Person};
pub use services::{ADDRESS, services, services_with, settings, start};
pub use sql::{count, execute, texts};

/// Expands each case to a module with one test per engine: `a_sentence::sqlite` and `a_sentence::postgres`.
///
/// The argument is made from an empty, migrated database by [`FromDb`]: a `Db`, `Services`, or a type of the test's
/// own, such as an application with its router. A `TestApp` made this way has people but no routes.
///
/// ```ignore
/// on_both_databases! {
///     async fn a_draft_is_invisible_to_the_public(db: Db) { … }
/// }
/// ```
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($argument:ident : $kind:ty $(,)?) $body:block)*) => {$(
        $(#[$meta])*
        mod $name {
            use super::*;

            async fn case($argument: $kind) $body

            #[test]
            fn sqlite() {
                $crate::run_on_sqlite(case);
            }

            #[test]
            fn postgres() {
                $crate::run_on_postgres(case);
            }
        }
    )*};
}
