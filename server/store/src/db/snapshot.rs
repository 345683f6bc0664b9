//! Reading at length while others write.

use sqlx::{Postgres, Sqlite, Transaction};

use super::{Conn, Db};
use crate::error::Result;

/// A transaction that only reads. Everything it reads is of one moment, that of its first query, whatever commits
/// meanwhile. It keeps a connection, and the database keeps what it still may read, so it should not be held for long.
pub struct Snapshot(Reading);

enum Reading {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Begins to read one state of the database.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Ok(Snapshot(match self {
            Db::Sqlite { readers, .. } => Reading::Sqlite(readers.begin().await?),
            Db::Postgres { pool, .. } => {
                const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Reading::Postgres(pool.begin_with(BEGIN).await?)
            }
        }))
    }
}

impl Snapshot {
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.0 {
            Reading::Sqlite(tx) => Conn::Sqlite(tx),
            Reading::Postgres(tx) => Conn::Postgres(tx),
        }
    }
}
