//! One of two engines behind one set of types.

mod snapshot;
mod writing;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction};

use model::ProjectId;

use crate::changes::{Changes, listen};
use crate::error::{Error, Result};
use crate::projects;
use writing::Writing;

pub use snapshot::Snapshot;
pub use writing::Turns;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Db {
    /// SQLite has one writer at a time. A pool of one connection makes writers queue in order; with several, they
    /// would poll for the lock and starve each other. Readers have their own pool and never wait.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
        turns: Turns,
        changes: Changes,
    },
    Postgres {
        pool: PgPool,
        changes: Changes,
    },
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
                    // Each connection is tried out before use, so that a restart of the database goes unnoticed.
                    .connect_with(options)
                    .await?;
                Ok(Self::Postgres { pool, changes: Changes::new() })
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
        // A connection to a file does not break while nobody looks, so it is not tried out before each use.
        let pool = |size| {
            let options = SqlitePoolOptions::new().max_connections(size).acquire_timeout(writing::PATIENCE);
            options.test_before_acquire(false)
        };
        // The writer goes first: it creates the file and switches the journal before any reader opens it.
        let changes = Changes::new();
        let replaced = changes.clone();
        // A write touches some forty pages, most of them again with the next one. Checkpoints after four times as many as
        // SQLite would wait for write each of them less often, into a journal of 16 MB; the cache keeps them at hand.
        let writing = options.clone().pragma("wal_autocheckpoint", "4000").pragma("cache_size", "-8000");
        let writer = pool(1)
            .after_release(|connection, _| Box::pin(async move { Ok(writing::clear(connection).await) }))
            .after_connect(move |_, _| {
                replaced.note_replaced();
                Box::pin(async { Ok(()) })
            })
            .connect_with(writing)
            .await?;
        let readers = pool(connections.max(1)).connect_with(options).await?;
        Ok(Self::Sqlite { readers, writer, turns: Turns::default(), changes })
    }

    pub fn engine(&self) -> Engine {
        match self {
            Db::Sqlite { .. } => Engine::Sqlite,
            Db::Postgres { .. } => Engine::Postgres,
        }
    }

    /// What changed in the database, as far as this process knows.
    pub fn changes(&self) -> &Changes {
        match self {
            Db::Sqlite { changes, .. } | Db::Postgres { changes, .. } => changes,
        }
    }

    /// A connection for reading. Anything that writes uses [`Db::begin`].
    pub async fn acquire(&self) -> Result<Lease> {
        Ok(match self {
            Db::Sqlite { readers, .. } => Lease::Sqlite(readers.acquire().await?),
            Db::Postgres { pool, .. } => Lease::Postgres(pool.acquire().await?),
        })
    }

    /// A transaction that may write. On SQLite it takes the write lock at once.
    pub async fn begin(&self) -> Result<Tx> {
        let transaction = match self {
            Db::Sqlite { writer, turns, .. } => Transacting::Sqlite(turns.begin(writer).await?),
            Db::Postgres { pool, .. } => Transacting::Postgres(pool.begin().await?),
        };
        Ok(self.transaction(transaction))
    }

    /// As [`Db::begin`], with the project's row held as by [`projects::lock`]; nothing where there is no such project.
    pub async fn begin_in(&self, project: &ProjectId) -> Result<Option<Tx>> {
        match self {
            Db::Sqlite { writer, turns, .. } => {
                let (writing, exists) = turns.begin_in(writer, project).await?;
                Ok(exists.then(|| self.transaction(Transacting::Sqlite(writing))))
            }
            Db::Postgres { .. } => {
                let mut tx = self.begin().await?;
                Ok(projects::lock(tx.conn(), project).await?.then_some(tx))
            }
        }
    }

    fn transaction(&self, transaction: Transacting) -> Tx {
        Tx { transaction, changes: self.changes().clone(), changed: Vec::new(), settings: false }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        let mut lease = self.acquire().await?;
        on!(lease.conn(), |c| sqlx::query("SELECT 1").execute(c).await.map(|_| ()))?;
        Ok(())
    }

    /// The version of the engine: `16.4`.
    pub async fn version(&self) -> Result<String> {
        const SQLITE: &str = "SELECT sqlite_version()";
        const POSTGRES: &str = "SELECT current_setting('server_version')";
        let mut lease = self.acquire().await?;
        let version: String = match lease.conn() {
            Conn::Sqlite(c) => sqlx::query_scalar(SQLITE).fetch_one(c).await?,
            Conn::Postgres(c) => sqlx::query_scalar(POSTGRES).fetch_one(c).await?,
        };
        // Packagers add a name of their own: `16.4 (Debian 16.4-1)`.
        Ok(version.split_whitespace().next().unwrap_or_default().to_owned())
    }

    /// Waits for running queries and closes all connections.
    pub async fn close(&self) {
        match self {
            Db::Sqlite { readers, writer, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Db::Postgres { pool, .. } => pool.close().await,
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
pub struct Tx {
    transaction: Transacting,
    changes: Changes,
    /// The projects whose readers see something else once this commits.
    changed: Vec<ProjectId>,
    /// Whether the settings of the instance are others once this commits.
    settings: bool,
}

enum Transacting {
    Sqlite(Writing),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub fn conn(&mut self) -> Conn<'_> {
        match &mut self.transaction {
            Transacting::Sqlite(writing) => Conn::Sqlite(&mut writing.connection),
            Transacting::Postgres(tx) => Conn::Postgres(tx),
        }
    }

    /// Notes that readers of a project will see something else.
    pub(crate) fn note_change(&mut self, project: &ProjectId) {
        if !self.changed.contains(project) {
            self.changed.push(project.clone());
        }
    }

    /// Notes that the settings of the instance will be others.
    pub(crate) fn note_settings(&mut self) {
        self.settings = true;
    }

    /// Commits. When this returns, everybody in this process who keeps things knows what changed, also when the answer
    /// is an error: the database may have committed and then been unable to say so.
    pub async fn commit(self) -> Result<()> {
        if self.changed.is_empty() && !self.settings {
            return self.transaction.commit().await;
        }
        // On a task of its own, because a caller who goes away must not part the commit from its notice.
        match tokio::spawn(self.commit_and_tell()).await {
            Ok(done) => done,
            Err(_) => Err(Error::Unavailable(sqlx::Error::WorkerCrashed)),
        }
    }

    async fn commit_and_tell(mut self) -> Result<()> {
        if let Transacting::Postgres(tx) = &mut self.transaction {
            // PostgreSQL delivers notices when the transaction commits, and none when it does not.
            let of_settings = self.settings.then(|| listen::notice_of_settings(&self.changes));
            for notice in listen::notices(&self.changes, &self.changed).chain(of_settings) {
                const SQL: &str = "SELECT pg_notify($1, $2)";
                sqlx::query(SQL).bind(listen::CHANNEL).bind(notice).execute(&mut **tx).await?;
            }
        }
        let done = self.transaction.commit().await;
        if !self.changed.is_empty() {
            self.changes.tell(&self.changed);
        }
        if self.settings {
            self.changes.tell_settings();
        }
        done
    }
}

impl Transacting {
    async fn commit(self) -> Result<()> {
        match self {
            Transacting::Sqlite(writing) => writing.commit().await?,
            Transacting::Postgres(tx) => tx.commit().await?,
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
