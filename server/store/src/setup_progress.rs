//! How far the guided set-up is.

use model::setup::{Progress, Step};
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

/// How far the set-up is, and whether the dashboard leads back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetupProgress {
    pub is_guided: bool,
    pub progress: Progress,
}

#[derive(sqlx::FromRow)]
struct Row {
    is_guided: bool,
    #[sqlx(json)]
    completed_steps: Vec<Step>,
    #[sqlx(json)]
    skipped_steps: Vec<Step>,
    finished_at: Option<Timestamp>,
}

/// `None` for an instance that nobody set up by the guide.
pub async fn find(conn: Conn<'_>) -> Result<Option<SetupProgress>> {
    const SQL: &str = "SELECT is_guided, completed_steps, skipped_steps, finished_at FROM setup_progress";
    let row: Option<Row> = on!(conn, |c| sqlx::query_as(SQL).fetch_optional(c).await)?;
    Ok(row.map(|row| SetupProgress {
        is_guided: row.is_guided,
        progress: Progress {
            completed: row.completed_steps,
            skipped: row.skipped_steps,
            is_finished: row.finished_at.is_some(),
        },
    }))
}

/// As [`find`], and nobody else goes on with it until the transaction ends.
pub async fn find_locked(mut conn: Conn<'_>) -> Result<Option<SetupProgress>> {
    const LOCK: &str = "SELECT id FROM setup_progress FOR UPDATE";
    if let Conn::Postgres(c) = &mut conn {
        sqlx::query(LOCK).execute(&mut **c).await?;
    }
    find(conn).await
}

/// Opens the guide.
pub async fn begin(conn: Conn<'_>, is_guided: bool) -> Result<()> {
    const SQL: &str =
        "INSERT INTO setup_progress (id, is_guided, completed_steps, skipped_steps) VALUES (1, $1, $2, $3)";
    let none: Vec<Step> = Vec::new();
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(is_guided)
            .bind(sqlx::types::Json(&none))
            .bind(sqlx::types::Json(&none))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes how far it is.
pub async fn update(conn: Conn<'_>, progress: &Progress, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE setup_progress SET completed_steps = $1, skipped_steps = $2, finished_at = $3";
    let finished_at = progress.is_finished.then_some(now);
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(sqlx::types::Json(&progress.completed))
            .bind(sqlx::types::Json(&progress.skipped))
            .bind(finished_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
