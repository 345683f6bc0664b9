//! What an import makes of the publication of entries: which were public or planned before and are after, and the jobs
//! that no longer fit.

use model::jobs::JobKind;
use model::time::Timestamp;
use model::{EntryId, ImportId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

/// An entry that a row of the import writes, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct State {
    pub id: EntryId,
    pub title: String,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    /// Whether the public has ever seen it.
    pub was_published: bool,
    pub lock_version: i64,
}

/// The entries that a job creates or overwrites, as far as they are there, in the order of the rows.
pub async fn states(conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<Vec<State>> {
    const SQL: &str = "SELECT e.id, e.title, e.version, e.published_at, e.scheduled_at, \
        e.first_published_at IS NOT NULL AS was_published, e.lock_version \
        FROM import_rows r JOIN entries e ON e.id = r.entry_id AND e.project_id = $2 \
        WHERE r.job_id = $1 AND r.outcome IN ('created', 'overwritten') ORDER BY r.position";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(job).bind(project).fetch_all(c).await)?)
}

/// Notes who scheduled what the rows of a job planned.
pub async fn set_scheduled_by(conn: Conn<'_>, project: &ProjectId, job: &ImportId, by: Option<&UserId>) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET scheduled_by_id = $3 WHERE project_id = $2 AND scheduled_at IS NOT NULL \
        AND published_at IS NULL AND id IN (SELECT r.entry_id FROM import_rows r WHERE r.job_id = $1 \
            AND r.outcome IN ('created', 'overwritten') AND r.scheduled_at IS NOT NULL)";
    on!(conn, |c| sqlx::query(SQL).bind(job).bind(project).bind(by).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets what was planned for entries of a job and cannot happen any more: a draft has no plan, and what goes live
/// later does not end before that.
pub async fn end_plans(conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET scheduled_by_id = CASE WHEN scheduled_at IS NOT NULL THEN scheduled_by_id END, \
        expires_at = CASE WHEN published_at IS NOT NULL OR expires_at > scheduled_at THEN expires_at END, \
        pinned_until = CASE WHEN published_at IS NOT NULL OR pinned_until > scheduled_at THEN pinned_until END \
        WHERE project_id = $2 AND (scheduled_by_id IS NOT NULL OR expires_at IS NOT NULL OR pinned_until IS NOT NULL) \
        AND id IN (SELECT r.entry_id FROM import_rows r WHERE r.job_id = $1 AND r.outcome = 'overwritten')";
    on!(conn, |c| sqlx::query(SQL).bind(job).bind(project).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets what was planned for the entries that a job created, which are about to go.
pub async fn forget_plans(conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET scheduled_by_id = NULL, expires_at = NULL, pinned_until = NULL \
        WHERE project_id = $2 AND (scheduled_by_id IS NOT NULL OR expires_at IS NOT NULL OR pinned_until IS NOT NULL) \
        AND id IN (SELECT r.entry_id FROM import_rows r WHERE r.job_id = $1 AND r.outcome = 'created')";
    on!(conn, |c| sqlx::query(SQL).bind(job).bind(project).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Ends the open jobs about entries of a job that are not what is planned for them: those of another time, and those of
/// entries that are gone.
pub async fn cancel_jobs(conn: Conn<'_>, job: &ImportId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE jobs SET status = 'CANCELLED', locked_by = NULL, locked_until = NULL, updated_at = $2 \
        WHERE status IN ('PENDING', 'RUNNING') AND entity_id IN (SELECT r.entry_id FROM import_rows r \
            WHERE r.job_id = $1 AND r.outcome IN ('created', 'overwritten')) \
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = jobs.entity_id AND jobs.scheduled_at = CASE jobs.kind \
            WHEN $3 THEN CASE WHEN e.published_at IS NULL THEN e.scheduled_at END \
            WHEN $4 THEN e.expires_at WHEN $5 THEN e.pinned_until END)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(job)
            .bind(now)
            .bind(JobKind::PublishEntry.as_str())
            .bind(JobKind::UnpublishEntry.as_str())
            .bind(JobKind::UnpinEntry.as_str())
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Ends the requests to publish or schedule entries that the job made public or planned.
pub async fn settle_requests(mut conn: Conn<'_>, job: &ImportId, admin: Option<&UserId>, now: Timestamp) -> Result<()> {
    const APPROVED: &str = "UPDATE change_requests SET status = 'APPROVED', admin_id = $2, reviewed_at = $3 \
        WHERE status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING') AND entry_id IN \
        (SELECT r.entry_id FROM import_rows r JOIN entries e ON e.id = r.entry_id WHERE r.job_id = $1 \
            AND r.outcome = 'overwritten' AND CASE change_requests.kind WHEN 'ALLOW_PUBLISH' THEN e.published_at \
            WHEN 'ALLOW_SCHEDULE' THEN r.scheduled_at END IS NOT NULL)";
    const SUPERSEDED: &str = "UPDATE change_requests SET status = 'SUPERSEDED', reviewed_at = $2 \
        WHERE status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING') AND kind = 'ALLOW_SCHEDULE' \
        AND entry_id IN (SELECT r.entry_id FROM import_rows r JOIN entries e ON e.id = r.entry_id \
            WHERE r.job_id = $1 AND r.outcome = 'overwritten' AND e.published_at IS NOT NULL)";
    on!(conn.again(), |c| sqlx::query(APPROVED).bind(job).bind(admin).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(SUPERSEDED).bind(job).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
