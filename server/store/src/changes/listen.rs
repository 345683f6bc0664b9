//! Hearing of the changes that other processes make: other instances, and the command line.

use std::time::Duration;

use model::ProjectId;
use sqlx::postgres::{PgListener, PgPoolOptions};
use sqlx::{PgPool, SqlitePool};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::Changes;
use crate::db::{Db, Turns};

/// The channel on which instances with one PostgreSQL database tell each other.
pub(crate) const CHANNEL: &str = "tidings_changes";

/// How often SQLite is asked whether another process has written.
const EVERY: Duration = Duration::from_millis(250);

/// How long a silent PostgreSQL connection is trusted before it has to answer.
const SILENCE: Duration = Duration::from_secs(1);

/// Between two attempts to connect, at first and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// What stands in a notice in the place of projects when the settings have changed. No id, so that an instance of an
/// older version, which does not know it, doubts everything.
const SETTINGS: &str = "!settings";

/// Notices of one transaction are sent in texts of so many projects; PostgreSQL allows 8000 bytes in one.
pub(crate) const AT_ONCE: usize = 100;

/// Listens until the database is closed. Whoever keeps things made from the database runs this beside, as a task.
pub async fn listen(db: Db) {
    let changes = db.changes().clone();
    match db {
        Db::Sqlite { writer, turns, .. } => poll(&writer, &turns, &changes).await,
        Db::Postgres { pool, .. } => subscribe(&pool, &changes).await,
    }
}

/// SQLite's `data_version` differs when *another* connection has written (sqlite.org/pragma.html#pragma_data_version).
/// All our own writing goes through the one connection that is asked, so a difference is somebody else's doing. While
/// we hold that connection for writing, nobody else can write.
async fn poll(writer: &SqlitePool, turns: &Turns, changes: &Changes) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = None;
    let mut deaf = true;
    changes.set_deaf(true);
    while !writer.is_closed() {
        ticks.tick().await;
        let seen = async {
            let version = turns.data_version(writer).await?;
            Ok::<_, sqlx::Error>((changes.0.replaced.load(std::sync::atomic::Ordering::SeqCst), version))
        };
        match seen.await {
            Ok(seen) if deaf => {
                known = Some(seen);
                deaf = false;
                changes.set_deaf(false);
            }
            Ok(seen) if known == Some(seen) => {}
            Ok(seen) => {
                known = Some(seen);
                changes.tell_everything();
            }
            Err(sqlx::Error::PoolClosed) => break,
            Err(error) => {
                tracing::warn!(%error, "Changes of other processes cannot be noticed; nothing is served from memory");
                deaf = true;
                changes.set_deaf(true);
            }
        }
    }
}

async fn subscribe(pool: &PgPool, changes: &Changes) {
    changes.set_deaf(true);
    // Listening takes a connection for good, which must not be one of those that requests wait for.
    let own = PgPoolOptions::new()
        .max_connections(1)
        .max_lifetime(None)
        .idle_timeout(None)
        .acquire_timeout(Duration::from_secs(5))
        .connect_lazy_with((*pool.connect_options()).clone());
    let mut pause = BACK_OFF.0;
    while !pool.is_closed() {
        let mut heard = false;
        if let Err(error) = hear(&own, pool, changes, &mut heard).await {
            tracing::warn!(%error, "Changes of other instances cannot be heard; nothing is served from memory");
        }
        changes.set_deaf(true);
        pause = if heard { BACK_OFF.0 } else { (pause * 2).min(BACK_OFF.1) };
        if !pool.is_closed() {
            let mut closing = std::pin::pin!(pool.close_event());
            let _ = timeout(pause, &mut closing).await;
        }
    }
    own.close().await;
}

/// Hears until the connection is lost or the database is closed.
async fn hear(own: &PgPool, pool: &PgPool, changes: &Changes, heard: &mut bool) -> Result<(), sqlx::Error> {
    let mut listener = PgListener::connect_with(own).await?;
    listener.listen(CHANNEL).await?;
    // From here on nothing is missed; what happened before is of unknown age.
    changes.set_deaf(false);
    *heard = true;
    let mut closing = std::pin::pin!(pool.close_event());
    loop {
        tokio::select! {
            () = &mut closing => return Ok(()),
            notice = timeout(SILENCE, listener.try_recv()) => match notice {
                Ok(Ok(Some(notice))) => take(changes, notice.payload()),
                Ok(Ok(None)) => return Err(sqlx::Error::Io(std::io::ErrorKind::UnexpectedEof.into())),
                Ok(Err(error)) => return Err(error),
                // A connection that died without a word would leave us waiting for ever.
                Err(_) => {
                    let answered = timeout(SILENCE, sqlx::query("SELECT 1").execute(&mut listener)).await;
                    answered.map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
                }
            },
        }
    }
}

/// A notice as [`notices`] writes it.
fn take(changes: &Changes, payload: &str) {
    let Some((origin, ids)) = payload.split_once(' ') else { return changes.tell_everything() };
    if origin == changes.0.origin {
        return;
    }
    if ids == SETTINGS {
        return changes.tell_settings();
    }
    match ids.split(',').map(str::parse::<ProjectId>).collect::<Result<Vec<_>, _>>() {
        Ok(ids) => changes.tell(&ids),
        Err(_) => changes.tell_everything(),
    }
}

/// The text that tells other instances of changed settings.
pub(crate) fn notice_of_settings(changes: &Changes) -> String {
    format!("{} {SETTINGS}", changes.0.origin)
}

/// The texts that tell other instances of these projects: who tells, and their ids.
pub(crate) fn notices(changes: &Changes, projects: &[ProjectId]) -> impl Iterator<Item = String> {
    projects.chunks(AT_ONCE).map(|some| {
        let ids: Vec<&str> = some.iter().map(ProjectId::as_str).collect();
        format!("{} {}", changes.0.origin, ids.join(","))
    })
}
