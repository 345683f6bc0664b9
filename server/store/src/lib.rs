//! The only place with SQL.
//!
//! [`Db`] is one of two pools; a repository function takes a [`Conn`] and runs one query text on whichever engine is
//! behind it. Repositories hold no rules: they find, list, insert, update and delete. Every query about something a
//! project owns takes the project's id and uses it, so that another project's record is simply not there.

mod db;
mod error;
mod migrations;

pub mod api_keys;
pub mod audit;
pub mod bookmarks;
pub mod change_requests;
pub mod changes;
pub mod cli_codes;
pub mod connections;
pub mod entries;
pub mod entry_templates;
pub mod home;
pub mod idempotency;
pub mod imports;
pub mod instance;
pub mod instance_settings;
pub mod invitations;
pub mod jobs;
pub mod letters;
pub mod media;
pub mod oauth_flows;
pub mod oauth_providers;
pub mod outbox;
pub mod passkeys;
pub mod password_resets;
pub mod passwords;
pub mod people;
pub mod plans;
pub mod presence;
pub mod projects;
pub mod quick_notes;
pub mod rate_limits;
pub mod revisions;
pub mod saml_flows;
pub mod saml_providers;
pub mod sealed;
pub mod search;
pub mod second_factor;
pub mod sessions;
pub mod setup_progress;
pub mod tags;
pub mod trash;
pub mod user_settings;
pub mod users;
pub mod views;
pub mod widgets;

pub use db::{Conn, Db, Engine, Lease, Snapshot, Tx};
pub use error::{Error, Result};
pub use migrations::{migrate, pending};
