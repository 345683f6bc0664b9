//! Work that is due at a moment, and who does it.
//!
//! Who takes a job holds it for as long as a lease. What is done about a job is done by its holder alone: every function
//! that ends or gives back a job names the holder, and changes nothing when the lease went to somebody else.

use model::jobs::{Job, JobCounts, JobKind, JobLine, JobStatus};
use model::pages::{Cursor, Page};
use model::time::Timestamp;
use model::{EntryId, JobId, ProjectId};

use crate::db::{Conn, on};
use crate::error::Result;

/// A job as it is made.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub id: JobId,
    pub kind: JobKind,
    /// What it is about. At most one job of a kind about one thing is open.
    pub entity_id: String,
    pub project_id: Option<ProjectId>,
    pub entry_id: Option<EntryId>,
    pub payload: serde_json::Value,
    pub scheduled_at: Timestamp,
    pub created_at: Timestamp,
}

impl NewJob {
    fn unique_key(&self) -> String {
        format!("{}:{}", self.kind.as_str(), self.entity_id)
    }
}

/// A job that somebody works on.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct ClaimedJob {
    pub id: JobId,
    #[sqlx(try_from = "String")]
    pub kind: JobKind,
    pub project_id: Option<ProjectId>,
    pub entry_id: Option<EntryId>,
    #[sqlx(json)]
    pub payload: serde_json::Value,
    pub scheduled_at: Timestamp,
    pub retry_count: i64,
    pub max_retries: i64,
}

macro_rules! columns {
    () => {
        "j.id, j.kind, j.status, j.project_id, j.entry_id, j.scheduled_at, j.run_at, j.retry_count, j.max_retries, \
         j.error, j.note, j.executed_at, j.created_at"
    };
}

/// Binds the parameters of both ways to add a job.
macro_rules! bind_new {
    ($query:expr, $job:expr) => {
        $query
            .bind(&$job.id)
            .bind($job.kind.as_str())
            .bind(&$job.entity_id)
            .bind(&$job.project_id)
            .bind(&$job.entry_id)
            .bind(sqlx::types::Json(&$job.payload))
            .bind($job.unique_key())
            .bind($job.scheduled_at)
            .bind(model::jobs::MAX_RETRIES)
            .bind($job.created_at)
    };
}

/// Adds a job. [`crate::Error::Duplicate`] when one of its kind about the same thing is open.
pub async fn insert(conn: Conn<'_>, job: &NewJob) -> Result<()> {
    const SQL: &str = "INSERT INTO jobs (id, kind, status, entity_id, project_id, entry_id, payload, unique_key, \
        scheduled_at, run_at, retry_count, max_retries, lost_count, created_at, updated_at) \
        VALUES ($1, $2, 'PENDING', $3, $4, $5, $6, $7, $8, $8, 0, $9, 0, $10, $10)";
    on!(conn, |c| bind_new!(sqlx::query(SQL), job).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// As [`insert`], and nothing where one of its kind about the same thing is open.
pub async fn insert_unless_open(conn: Conn<'_>, job: &NewJob) -> Result<()> {
    const SQL: &str = "INSERT INTO jobs (id, kind, status, entity_id, project_id, entry_id, payload, unique_key, \
        scheduled_at, run_at, retry_count, max_retries, lost_count, created_at, updated_at) \
        VALUES ($1, $2, 'PENDING', $3, $4, $5, $6, $7, $8, $8, 0, $9, 0, $10, $10) \
        ON CONFLICT (unique_key) WHERE status IN ('PENDING', 'RUNNING') DO NOTHING";
    on!(conn, |c| bind_new!(sqlx::query(SQL), job).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Adds many jobs, each unless one of its kind about the same thing is open.
pub async fn insert_all(mut conn: Conn<'_>, jobs: &[NewJob]) -> Result<()> {
    for job in jobs {
        insert_unless_open(conn.again(), job).await?;
    }
    Ok(())
}

/// Ends the open jobs of a kind about an entry, also one that somebody works on: they will find that it is no longer
/// theirs. Gives how many there were.
pub async fn cancel(conn: Conn<'_>, kind: JobKind, entry: &EntryId, now: Timestamp) -> Result<u64> {
    const SQL: &str = "UPDATE jobs SET status = 'CANCELLED', locked_by = NULL, locked_until = NULL, updated_at = $3 \
        WHERE entity_id = $1 AND kind = $2 AND status IN ('PENDING', 'RUNNING')";
    Ok(on!(conn, |c| {
        sqlx::query(SQL).bind(entry).bind(kind.as_str()).bind(now).execute(c).await.map(|done| done.rows_affected())
    })?)
}

/// As [`cancel`], for every entry of a project.
pub async fn cancel_in_project(conn: Conn<'_>, project: &ProjectId, now: Timestamp) -> Result<u64> {
    const SQL: &str = "UPDATE jobs SET status = 'CANCELLED', locked_by = NULL, locked_until = NULL, updated_at = $2 \
        WHERE project_id = $1 AND status IN ('PENDING', 'RUNNING')";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(project).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}

/// What stands in the way of a job `j`: an earlier one about the same thing that is open, and in its project one that
/// runs or is due earlier. So everything about a project happens in the order in which it was due, one after the other,
/// and one that is put off keeps back only what is about the same thing.
macro_rules! blocked {
    () => {
        "EXISTS (SELECT 1 FROM jobs b WHERE b.entity_id = j.entity_id AND b.status IN ('PENDING', 'RUNNING') \
            AND (b.scheduled_at, b.id) < (j.scheduled_at, j.id)) \
         OR EXISTS (SELECT 1 FROM jobs b WHERE b.project_id = j.project_id AND b.id <> j.id \
            AND (b.status = 'RUNNING' OR (b.status = 'PENDING' AND b.run_at <= $1 \
                AND (b.scheduled_at, b.id) < (j.scheduled_at, j.id))))"
    };
}

/// Takes at most `most` jobs that are due for `holder` until `lease`, the longest due first.
pub async fn claim(
    conn: Conn<'_>,
    holder: &str,
    lease: Timestamp,
    now: Timestamp,
    most: i64,
) -> Result<Vec<ClaimedJob>> {
    const SQLITE: &str = concat!(
        "UPDATE jobs SET status = 'RUNNING', locked_by = $2, locked_until = $3, updated_at = $1 \
         WHERE id IN (SELECT j.id FROM jobs j WHERE j.status = 'PENDING' AND j.run_at <= $1 AND NOT (",
        blocked!(),
        ") ORDER BY j.scheduled_at, j.id LIMIT $4) AND status = 'PENDING' \
         RETURNING id, kind, project_id, entry_id, payload, scheduled_at, retry_count, max_retries"
    );
    const POSTGRES: &str = concat!(
        "UPDATE jobs SET status = 'RUNNING', locked_by = $2, locked_until = $3, updated_at = $1 \
         WHERE id IN (SELECT j.id FROM jobs j WHERE j.status = 'PENDING' AND j.run_at <= $1 AND NOT (",
        blocked!(),
        ") ORDER BY j.scheduled_at, j.id LIMIT $4 FOR UPDATE OF j SKIP LOCKED) AND status = 'PENDING' \
         RETURNING id, kind, project_id, entry_id, payload, scheduled_at, retry_count, max_retries"
    );
    let mut jobs: Vec<ClaimedJob> = match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(now).bind(holder).bind(lease).bind(most).fetch_all(c).await?,
        Conn::Postgres(c) => {
            sqlx::query_as(POSTGRES).bind(now).bind(holder).bind(lease).bind(most).fetch_all(c).await?
        }
    };
    jobs.sort_by(|a, b| (a.scheduled_at, &a.id).cmp(&(b.scheduled_at, &b.id)));
    Ok(jobs)
}

/// Whether a job is due that nothing stands in the way of.
pub async fn is_any_ready(conn: Conn<'_>, now: Timestamp) -> Result<bool> {
    const SQL: &str = concat!(
        "SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.status = 'PENDING' AND j.run_at <= $1 AND NOT (",
        blocked!(),
        ") LIMIT 1) AS ready"
    );
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(now).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// When the next job becomes due.
pub async fn next_due(conn: Conn<'_>, now: Timestamp) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT MIN(run_at) FROM jobs WHERE status = 'PENDING' AND run_at > $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(now).fetch_one(c).await)?)
}

/// Whether somebody's lease has run out.
pub async fn is_any_lost(conn: Conn<'_>, now: Timestamp) -> Result<bool> {
    const SQL: &str =
        "SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE status = 'RUNNING' AND locked_until <= $1 LIMIT 1) AS lost";
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(now).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// Gives back the jobs whose lease has run out. One that lost `most` leases is given up with `error`.
pub async fn return_lost(mut conn: Conn<'_>, now: Timestamp, most: i64, error: &str) -> Result<u64> {
    const GIVE_UP: &str = "UPDATE jobs SET status = 'FAILED', error = $3, executed_at = $1, locked_by = NULL, \
        locked_until = NULL, lost_count = lost_count + 1, updated_at = $1 \
        WHERE status = 'RUNNING' AND locked_until <= $1 AND lost_count + 1 >= $2";
    const RETURN: &str = "UPDATE jobs SET status = 'PENDING', locked_by = NULL, locked_until = NULL, \
        lost_count = lost_count + 1, updated_at = $1 WHERE status = 'RUNNING' AND locked_until <= $1";
    on!(conn.again(), |c| sqlx::query(GIVE_UP).bind(now).bind(most).bind(error).execute(c).await.map(|_| ()))?;
    Ok(on!(conn, |c| sqlx::query(RETURN).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}

/// A sign of life of whoever holds jobs.
pub async fn stay_alive(conn: Conn<'_>, holder: &str, lease: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE jobs SET locked_until = $2 WHERE locked_by = $1 AND status = 'RUNNING'";
    on!(conn, |c| sqlx::query(SQL).bind(holder).bind(lease).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The holder did the job. False, with nothing changed, when it is no longer theirs: then what was done must not commit.
pub async fn complete(conn: Conn<'_>, id: &JobId, holder: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE jobs SET status = 'COMPLETED', executed_at = $3, error = NULL, locked_by = NULL, \
        locked_until = NULL, updated_at = $3 WHERE id = $1 AND locked_by = $2 AND status = 'RUNNING'";
    let done = on!(conn, |c| {
        sqlx::query(SQL).bind(id).bind(holder).bind(now).execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(done > 0)
}

/// Says of a job that there was nothing to do, and why.
pub async fn note(conn: Conn<'_>, id: &JobId, note: &str) -> Result<()> {
    const SQL: &str = "UPDATE jobs SET note = $2 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(note).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The holder failed. The job is tried again at `next`, or never by itself. False when it is no longer theirs.
pub async fn fail(
    conn: Conn<'_>,
    id: &JobId,
    holder: &str,
    error: &str,
    next: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool> {
    const AGAIN: &str = "UPDATE jobs SET status = 'PENDING', run_at = $5, retry_count = retry_count + 1, error = $3, \
        locked_by = NULL, locked_until = NULL, updated_at = $4 WHERE id = $1 AND locked_by = $2 AND status = 'RUNNING'";
    const NEVER: &str = "UPDATE jobs SET status = 'FAILED', executed_at = $5, error = $3, \
        locked_by = NULL, locked_until = NULL, updated_at = $4 WHERE id = $1 AND locked_by = $2 AND status = 'RUNNING'";
    let sql = if next.is_some() { AGAIN } else { NEVER };
    let done = on!(conn, |c| {
        sqlx::query(sql)
            .bind(id)
            .bind(holder)
            .bind(error)
            .bind(now)
            .bind(next.unwrap_or(now))
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(done > 0)
}

/// The job is tried again at `next`, through no fault of its own. False when it is no longer theirs.
pub async fn put_off(
    conn: Conn<'_>,
    id: &JobId,
    holder: &str,
    error: &str,
    next: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE jobs SET status = 'PENDING', run_at = $4, error = $3, locked_by = NULL, \
        locked_until = NULL, updated_at = $5 WHERE id = $1 AND locked_by = $2 AND status = 'RUNNING'";
    let done = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(holder)
            .bind(error)
            .bind(next)
            .bind(now)
            .execute(c)
            .await
            .map(|r| r.rows_affected())
    })?;
    Ok(done > 0)
}

/// Ends a job that waits. False when it does not.
pub async fn cancel_one(conn: Conn<'_>, id: &JobId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE jobs SET status = 'CANCELLED', updated_at = $2 WHERE id = $1 AND status = 'PENDING'";
    let done = on!(conn, |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Gives back what a holder has not done.
pub async fn release(conn: Conn<'_>, holder: &str, now: Timestamp) -> Result<u64> {
    const SQL: &str = "UPDATE jobs SET status = 'PENDING', locked_by = NULL, locked_until = NULL, updated_at = $2 \
        WHERE locked_by = $1 AND status = 'RUNNING'";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(holder).bind(now).execute(c).await.map(|done| done.rows_affected()))?)
}

pub async fn find(conn: Conn<'_>, id: &JobId) -> Result<Option<Job>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM jobs j WHERE j.id = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// The jobs about an entry, newest first.
pub async fn of_entry(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, limit: i64) -> Result<Vec<Job>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM jobs j WHERE j.entity_id = $2 AND j.project_id = $1 ORDER BY j.created_at DESC, j.id DESC LIMIT $3"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).bind(limit).fetch_all(c).await)?)
}

/// Jobs by the moment they are due, the latest first, after a position.
pub async fn list(
    conn: Conn<'_>,
    status: Option<JobStatus>,
    kind: Option<JobKind>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<JobLine>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        ", p.name AS project_name, e.title AS entry_title FROM jobs j LEFT JOIN projects p ON p.id = j.project_id \
         LEFT JOIN entries e ON e.id = j.entry_id WHERE ($1 = '' OR j.status = $1) AND ($2 = '' OR j.kind = $2) \
         AND (NOT $3 OR (j.scheduled_at, j.id) < ($4, $5)) ORDER BY j.scheduled_at DESC, j.id DESC LIMIT $6"
    );
    let (time, id) = after.map_or((model::time::MIN, ""), |cursor| (cursor.time, cursor.id.as_str()));
    let one_more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
    let rows: Vec<JobLine> = on!(conn, |c| {
        sqlx::query_as(SQL)
            .bind(status.map_or("", JobStatus::as_str))
            .bind(kind.map_or("", JobKind::as_str))
            .bind(after.is_some())
            .bind(time)
            .bind(id)
            .bind(one_more)
            .fetch_all(c)
            .await
    })?;
    Ok(Page::cut(rows, limit, |line: &JobLine| Cursor { time: line.job.scheduled_at, id: line.job.id.to_string() }))
}

/// How many there are in each status.
pub async fn count(conn: Conn<'_>) -> Result<JobCounts> {
    const SQL: &str = "SELECT status, COUNT(*) FROM jobs GROUP BY status";
    let rows: Vec<(String, i64)> = on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?;
    let of = |status: JobStatus| rows.iter().find(|(name, _)| name == status.as_str()).map_or(0, |(_, count)| *count);
    Ok(JobCounts {
        pending: of(JobStatus::Pending),
        running: of(JobStatus::Running),
        completed: of(JobStatus::Completed),
        failed: of(JobStatus::Failed),
        cancelled: of(JobStatus::Cancelled),
    })
}

/// Makes a job that waits due now. False when it does not wait.
pub async fn hurry(conn: Conn<'_>, id: &JobId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE jobs SET run_at = $2, updated_at = $2 WHERE id = $1 AND status = 'PENDING'";
    let done = on!(conn, |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Has a job that failed tried again, with all its attempts. False when it has not failed.
/// [`crate::Error::Duplicate`] when another one of its kind about the same thing is open.
pub async fn retry(conn: Conn<'_>, id: &JobId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE jobs SET status = 'PENDING', run_at = $2, retry_count = 0, lost_count = 0, \
        executed_at = NULL, updated_at = $2 WHERE id = $1 AND status = 'FAILED'";
    let done = on!(conn, |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done > 0)
}

/// Forgets jobs that ended before a moment; gives how many.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<u64> {
    const SQL: &str = "DELETE FROM jobs WHERE status IN ('COMPLETED', 'FAILED', 'CANCELLED') AND updated_at < $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}
