//! What can go wrong with a database, and how it becomes the one error of the product.

use std::fmt::Write;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A value that must be unique exists already.
    #[error("a unique value exists already")]
    Duplicate,
    /// A record that is referred to is gone.
    #[error("a record that is referred to does not exist")]
    Dangling,
    /// Locked, full, unreachable: the same request may succeed later.
    #[error("the database is unavailable: {0}")]
    Unavailable(sqlx::Error),
    #[error("{0}")]
    Sql(sqlx::Error),
    #[error("{0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A database address that is neither SQLite nor PostgreSQL.
    #[error("a database address starts with sqlite: or postgres:, not “{0}”")]
    UnknownScheme(String),
}

/// SQLite result codes that mean "not now": SQLITE_BUSY, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN,
/// SQLITE_READONLY (a disk that went read-only); extended codes carry them in the low byte.
const SQLITE_TRANSIENT: [u32; 6] = [5, 6, 10, 13, 14, 8];

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => Self::Duplicate,
            sqlx::Error::Database(database) if database.is_foreign_key_violation() => Self::Dangling,
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                let sqlite = code.parse::<u32>().is_ok_and(|code| SQLITE_TRANSIENT.contains(&(code & 0xff)));
                // Classes 53 (resources), 57 (operator intervention), 58 (system); serialization failure, deadlock, a
                // lock that is not to be had, and a server that only reads, as a standby does.
                let postgres = code.len() == 5
                    && (["53", "57", "58"].contains(&&code[..2])
                        || ["40001", "40P01", "55P03", "25006"].contains(&&*code));
                let is_sqlite = code.len() != 5;
                if (is_sqlite && sqlite) || postgres { Self::Unavailable(error) } else { Self::Sql(error) }
            }
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => Self::Unavailable(error),
            _ => Self::Sql(error),
        }
    }
}

/// An unexpected failure is logged here, once, with a reference the person can quote; nothing above sees its text.
impl From<Error> for model::Error {
    fn from(error: Error) -> Self {
        let reference = reference();
        match error {
            Error::Duplicate => model::Error::conflict("That already exists. Nothing was changed."),
            Error::Dangling => model::Error::NotFound,
            Error::Unavailable(cause) => {
                tracing::error!(%reference, error = %cause, "The database cannot be reached or written");
                model::Error::Unavailable { reference }
            }
            other => {
                tracing::error!(%reference, error = %other, "A database call failed unexpectedly");
                model::Error::Internal { reference }
            }
        }
    }
}

/// A random text of twelve hexadecimal digits that joins what a person sees to what was logged.
fn reference() -> String {
    let mut bytes = [0; 6];
    #[expect(clippy::disallowed_methods, reason = "a reference for a log line; no test depends on its value")]
    let filled = getrandom::fill(&mut bytes).is_ok();
    let mut text = String::with_capacity(12);
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    if filled { text } else { "unknown".to_owned() }
}
