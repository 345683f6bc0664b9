//! Transactions that write to SQLite, one after the other on the one connection for it.
//!
//! A pool tries a connection out when it comes back, and whoever writes next would wait for that. So it goes from hand
//! to hand while somebody waits, and back to the pool when nobody does, or when a transaction did not end well.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use model::ProjectId;
use sqlx::pool::PoolConnection;
use sqlx::{Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard};

/// How long somebody waits for their turn.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The order in which transactions get the connection: that of their arrival.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    /// Holds the connection on its way from one transaction to the next.
    turn: Arc<Mutex<Option<PoolConnection<Sqlite>>>>,
    waiting: Arc<AtomicUsize>,
}

/// Counts somebody who waits, for as long as they do.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The connection, and the right to use it. A transaction is rolled back when this is dropped without
/// [`Writing::commit`]: the pool does that ([`clear`]) before anybody else gets the connection.
#[derive(Debug)]
pub(super) struct Writing {
    pub(super) connection: PoolConnection<Sqlite>,
    turn: OwnedMutexGuard<Option<PoolConnection<Sqlite>>>,
    waiting: Arc<AtomicUsize>,
}

impl Turns {
    async fn hold(&self, pool: &SqlitePool) -> sqlx::Result<Writing> {
        let count = Waiting::new(&self.waiting);
        let turn = tokio::time::timeout(PATIENCE, self.turn.clone().lock_owned()).await;
        let mut turn = turn.map_err(|_| sqlx::Error::PoolTimedOut)?;
        drop(count);
        let connection = match turn.take() {
            Some(connection) => connection,
            None => pool.acquire().await?,
        };
        Ok(Writing { connection, turn, waiting: self.waiting.clone() })
    }

    /// Begins a transaction that has the write lock: one that reads first and writes later can fail at its first write,
    /// whatever the busy timeout.
    pub(super) async fn begin(&self, pool: &SqlitePool) -> sqlx::Result<Writing> {
        let mut writing = self.hold(pool).await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *writing.connection).await?;
        Ok(writing)
    }

    /// As [`Turns::begin`], and whether a project is there. Both in one call, because each call is a way to the thread
    /// of the connection and back, which costs more than what most calls do there.
    pub(super) async fn begin_in(&self, pool: &SqlitePool, project: &ProjectId) -> sqlx::Result<(Writing, bool)> {
        const SQL: &str = "BEGIN IMMEDIATE; SELECT COUNT(*) FROM projects WHERE id = $1";
        let mut writing = self.hold(pool).await?;
        let rows: i64 = sqlx::query_scalar(SQL).bind(project).fetch_one(&mut *writing.connection).await?;
        Ok((writing, rows > 0))
    }

    /// SQLite's `data_version` on the connection that writes.
    pub(crate) async fn data_version(&self, pool: &SqlitePool) -> sqlx::Result<i64> {
        let mut held = self.hold(pool).await?;
        sqlx::query_scalar("PRAGMA data_version").fetch_one(&mut *held.connection).await
    }
}

impl Writing {
    pub(super) async fn commit(self) -> sqlx::Result<()> {
        let Self { mut connection, mut turn, waiting } = self;
        sqlx::query("COMMIT").execute(&mut *connection).await?;
        if waiting.load(Ordering::SeqCst) > 0 {
            *turn = Some(connection);
        }
        Ok(())
    }
}

/// Ends what a connection that comes back to the pool may have begun; false when its state cannot be told, and then it
/// is replaced.
pub(super) async fn clear(connection: &mut SqliteConnection) -> bool {
    match sqlx::query("ROLLBACK").execute(connection).await {
        Ok(_) => true,
        // The plain error is "no transaction is active": it was committed, or SQLite itself ended it on a full disk.
        Err(sqlx::Error::Database(error)) => error.code().is_some_and(|code| code == "1"),
        Err(_) => false,
    }
}
