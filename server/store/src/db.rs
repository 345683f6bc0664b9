//! One of two engines behind one set of types.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection, PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use crate::error::{Error, Result};

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// SQLite has one writer at a time. A pool of one connection makes writers queue in order; with several, they
    /// would poll for the lock and starve each other. Readers have their own pool and never wait.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        }
    }
}

impl Db {
    /// Opens `sqlite:<path>` (created when absent) or `postgres://…`, with at most `connections` connections.
    /// Does not migrate.
    pub async fn open(url: &str, connections: u32) -> Result<Self> {
        match url.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => Self::open_sqlite(SqliteConnectOptions::from_str(url)?, connections).await,
            Some("postgres" | "postgresql") => {
                let options = PgConnectOptions::from_str(url)?.application_name("tidings");
                let pool = PgPoolOptions::new()
                    .max_connections(connections.max(1))
                    .acquire_timeout(Duration::from_secs(5))
                    .connect_with(options)
                    .await?;
                Ok(Self::Postgres(pool))
            }
            other => Err(Error::UnknownScheme(other.unwrap_or(url).to_owned())),
        }
    }

    /// Opens the SQLite file at `path`, created when absent.
    pub async fn open_file(path: &Path, connections: u32) -> Result<Self> {
        Self::open_sqlite(SqliteConnectOptions::new().filename(path), connections).await
    }

    async fn open_sqlite(options: SqliteConnectOptions, connections: u32) -> Result<Self> {
        // WAL with `synchronous=NORMAL`: a commit survives a crash of the process; a power cut can lose the last
        // commits but never damages the file (sqlite.org/pragma.html#pragma_synchronous).
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal)
            .busy_timeout(Duration::from_secs(5))
            .foreign_keys(true);
        let pool = |size| SqlitePoolOptions::new().max_connections(size).acquire_timeout(Duration::from_secs(10));
        // The writer goes first: it creates the file and switches the journal before any reader opens it.
        // When the disk is full, SQLite ends the transaction by itself, and the driver's count of open ones stays off
        // for good; such a connection is replaced.
        let writer = pool(1)
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .connect_with(options.clone())
            .await?;
        let readers = pool(connections.max(1)).connect_with(options).await?;
        Ok(Self::Sqlite { readers, writer })
    }

    pub fn engine(&self) -> Engine {
        match self {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// A connection for reading. Anything that writes uses [`Db::begin`].
    pub async fn acquire(&self) -> Result<Lease> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Lease::Sqlite(readers.acquire().await?),
            Db::Postgres(pool) => Lease::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that may write. On SQLite it takes the write lock at once: a deferred one that reads first can
    /// fail at its first write, whatever the busy timeout.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(match self {
            Db::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Db::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        let mut lease = self.acquire().await?;
        on!(lease.conn(), |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// Waits for running queries and closes all connections.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres(pool) => pool.close().await,
        }
    }
}

/// A borrowed connection, inside a transaction or not.
pub enum Conn<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn<'_> {
    /// Lends the same connection again, for a function that makes several queries.
    pub fn again(&mut self) -> Conn<'_> {
        match self {
            Conn::Sqlite(c) => Conn::Sqlite(c),
            Conn::Postgres(c) => Conn::Postgres(c),
        }
    }
}

/// A pooled connection for reading.
pub enum Lease {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

impl Lease {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Lease::Sqlite(c) => Conn::Sqlite(c),
            Lease::Postgres(c) => Conn::Postgres(c),
        }
    }
}

/// A transaction; rolled back when dropped without [`Tx::commit`].
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub fn conn(&mut self) -> Conn<'_> {
        match self {
            Tx::Sqlite(tx) => Conn::Sqlite(tx),
            Tx::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

/// Runs one expression on whichever engine is behind a [`Conn`].
macro_rules! on {
    ($conn:expr, |$c:ident| $run:expr) => {
        match $conn {
            $crate::Conn::Sqlite($c) => $run,
            $crate::Conn::Postgres($c) => $run,
        }
    };
}
pub(crate) use on;
