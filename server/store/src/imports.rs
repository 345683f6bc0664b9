//! Imports: jobs, their rows, and the statements that turn decided rows into entries ([`apply`]).
//!
//! Rows are written, chosen and decided bit by bit; entries only see them in the one transaction that ends a job.

pub mod apply;
pub mod publication;
mod rows;
pub mod undo;

use model::imports::{Choice, ImportFate, Outcome};
use model::imports::{Detected, ImportNote, ImportOptions, ImportState, NewestImports, Reading, RowGroup};
use model::time::Timestamp;
use model::{ApiKeyId, ImportId, ProjectId, UserId};
use sqlx::types::Json;

use crate::db::{Conn, on};
use crate::error::Result;

pub use rows::{
    Row, Staged, StagedEntry, Versionless, choose, count_rows, delete_rows, find_row, forget_decisions, insert_rows,
    keys_of_tags, list_rows, stage, undecided, versionless, versions,
};

/// An import as it is stored, without its text and rows.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredJob {
    pub id: ImportId,
    pub project_id: ProjectId,
    /// `None` when the account is gone.
    pub created_by_id: Option<UserId>,
    pub author: Option<String>,
    pub api_key_id: Option<ApiKeyId>,
    pub state: ImportState,
    pub file_name: String,
    pub reading: Reading,
    pub detected: Detected,
    pub options: ImportOptions,
    pub notes: Vec<ImportNote>,
    pub total: i64,
    pub handled: i64,
    pub deleted: i64,
    pub is_cancelling: bool,
    pub error: Option<String>,
    pub worker: Option<String>,
    pub leased_until: Option<Timestamp>,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub finished_at: Option<Timestamp>,
    /// Entries it created or changed.
    pub written: i64,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: ImportId,
    project_id: ProjectId,
    created_by_id: Option<UserId>,
    author: Option<String>,
    api_key_id: Option<ApiKeyId>,
    state: String,
    file_name: String,
    #[sqlx(json)]
    reading: Reading,
    #[sqlx(json)]
    detected: Detected,
    #[sqlx(json)]
    options: ImportOptions,
    #[sqlx(json)]
    notes: Vec<ImportNote>,
    total: i64,
    handled: i64,
    deleted: i64,
    is_cancelling: bool,
    error: Option<String>,
    worker: Option<String>,
    leased_until: Option<Timestamp>,
    created_at: Timestamp,
    started_at: Option<Timestamp>,
    finished_at: Option<Timestamp>,
    written: i64,
    undone_at: Option<Timestamp>,
}

impl From<JobRow> for StoredJob {
    fn from(row: JobRow) -> Self {
        Self {
            id: row.id,
            project_id: row.project_id,
            created_by_id: row.created_by_id,
            author: row.author,
            api_key_id: row.api_key_id,
            // The column has a check; a state of a newer version is one that nobody here may touch.
            state: ImportState::parse(&row.state).unwrap_or(ImportState::Failed),
            file_name: row.file_name,
            reading: row.reading,
            detected: row.detected,
            options: row.options,
            notes: row.notes,
            total: row.total,
            handled: row.handled,
            deleted: row.deleted,
            is_cancelling: row.is_cancelling,
            error: row.error,
            worker: row.worker,
            leased_until: row.leased_until,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            written: row.written,
            undone_at: row.undone_at,
        }
    }
}

macro_rules! columns {
    () => {
        "j.id, j.project_id, j.created_by_id, \
         COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS author, j.api_key_id, j.state, j.file_name, \
         j.reading, j.detected, j.options, j.notes, j.total, j.handled, j.deleted, j.is_cancelling, j.error, j.worker, \
         j.leased_until, j.created_at, j.started_at, j.finished_at, j.written, j.undone_at \
         FROM import_jobs j LEFT JOIN users u ON u.id = j.created_by_id \
         LEFT JOIN former_users f ON f.id = j.former_author_id "
    };
}

pub async fn insert(conn: Conn<'_>, job: &StoredJob, source_text: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO import_jobs (id, project_id, created_by_id, api_key_id, state, file_name, source_text, \
        reading, detected, options, notes, total, handled, deleted, is_cancelling, error, worker, leased_until, created_at, \
        started_at, finished_at, written) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&job.id)
            .bind(&job.project_id)
            .bind(&job.created_by_id)
            .bind(&job.api_key_id)
            .bind(job.state.as_str())
            .bind(&job.file_name)
            .bind(source_text)
            .bind(Json(&job.reading))
            .bind(Json(&job.detected))
            .bind(Json(&job.options))
            .bind(Json(&job.notes))
            .bind(job.total)
            .bind(job.handled)
            .bind(job.deleted)
            .bind(job.is_cancelling)
            .bind(&job.error)
            .bind(&job.worker)
            .bind(job.leased_until)
            .bind(job.created_at)
            .bind(job.started_at)
            .bind(job.finished_at)
            .bind(job.written)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

pub async fn find(conn: Conn<'_>, project: &ProjectId, id: &ImportId) -> Result<Option<StoredJob>> {
    const SQL: &str = concat!("SELECT ", columns!(), "WHERE j.project_id = $1 AND j.id = $2");
    let row: Option<JobRow> = on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?;
    Ok(row.map(StoredJob::from))
}

/// The imports of a project that were begun, newest first.
pub async fn list(conn: Conn<'_>, project: &ProjectId, limit: i64) -> Result<Vec<StoredJob>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        "WHERE j.project_id = $1 AND j.state <> 'parsed' ORDER BY j.created_at DESC, j.id DESC LIMIT $2"
    );
    let rows: Vec<JobRow> = on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(StoredJob::from).collect())
}

/// The text of an import that has not run yet.
pub async fn source_text(conn: Conn<'_>, project: &ProjectId, id: &ImportId) -> Result<Option<String>> {
    const SQL: &str = "SELECT source_text FROM import_jobs WHERE project_id = $1 AND id = $2 AND state = 'parsed'";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(id).fetch_optional(c).await)?)
}

/// Notes that the text was read in another way; false when the import runs already.
pub async fn read_again(conn: Conn<'_>, job: &StoredJob) -> Result<bool> {
    const SQL: &str = "UPDATE import_jobs SET reading = $3, detected = $4, notes = $5, total = $6 \
        WHERE project_id = $1 AND id = $2 AND state = 'parsed'";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&job.project_id)
            .bind(&job.id)
            .bind(Json(&job.reading))
            .bind(Json(&job.detected))
            .bind(Json(&job.notes))
            .bind(job.total)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Keeps what was chosen for the whole import; false when it runs already.
pub async fn set_options(conn: Conn<'_>, project: &ProjectId, id: &ImportId, options: &ImportOptions) -> Result<bool> {
    const SQL: &str = "UPDATE import_jobs SET options = $3 WHERE project_id = $1 AND id = $2 AND state = 'parsed'";
    let changed = on!(conn, |c| {
        sqlx::query(SQL).bind(project).bind(id).bind(Json(options)).execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Rows by what decides about them.
pub async fn groups(conn: Conn<'_>, id: &ImportId) -> Result<Vec<RowGroup>> {
    const SQL: &str = "SELECT fate, by_version, choice, outcome, COUNT(*) FROM import_rows WHERE job_id = $1 \
        GROUP BY fate, by_version, choice, outcome ORDER BY fate, by_version, choice, outcome";
    type Group = (String, bool, Option<String>, Option<String>, i64);
    let rows: Vec<Group> = on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_all(c).await)?;
    let group = |(fate, by_version, choice, outcome, rows): Group| {
        let fate = ImportFate::parse(&fate)?;
        let choice = choice.as_deref().and_then(Choice::parse);
        let outcome = outcome.as_deref().and_then(Outcome::parse);
        Some(RowGroup { fate, by_version, choice, outcome, rows })
    };
    Ok(rows.into_iter().filter_map(group).collect())
}

/// Begins the work; false when it has begun already.
pub async fn start(
    conn: Conn<'_>,
    job: &StoredJob,
    worker: &str,
    leased_until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE import_jobs SET state = 'running', options = $3, worker = $4, leased_until = $5, \
        started_at = $6, created_by_id = $7, api_key_id = $8, handled = 0 \
        WHERE project_id = $1 AND id = $2 AND state = 'parsed'";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&job.project_id)
            .bind(&job.id)
            .bind(Json(&job.options))
            .bind(worker)
            .bind(leased_until)
            .bind(now)
            .bind(&job.created_by_id)
            .bind(&job.api_key_id)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Takes over work whose worker gave no sign of life; false when somebody does it.
pub async fn take_over(
    conn: Conn<'_>,
    id: &ImportId,
    worker: &str,
    leased_until: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE import_jobs SET worker = $2, leased_until = $3, handled = 0 \
        WHERE id = $1 AND state = 'running' AND leased_until <= $4";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(worker)
            .bind(leased_until)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// A sign of life, with how far it is; whether somebody asked to stop. `None` when the work belongs to another worker.
pub async fn alive(
    conn: Conn<'_>,
    id: &ImportId,
    worker: &str,
    leased_until: Timestamp,
    handled: i64,
) -> Result<Option<bool>> {
    const SQL: &str = "UPDATE import_jobs SET leased_until = $3, handled = $4 \
        WHERE id = $1 AND worker = $2 AND state = 'running' RETURNING is_cancelling";
    Ok(on!(conn, |c| {
        sqlx::query_scalar(SQL).bind(id).bind(worker).bind(leased_until).bind(handled).fetch_optional(c).await
    })?)
}

/// Leaves work to whoever comes next.
pub async fn release(conn: Conn<'_>, id: &ImportId, worker: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE import_jobs SET leased_until = $3 WHERE id = $1 AND worker = $2 AND state = 'running'";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(worker).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Asks the worker to stop; false when nothing runs.
pub async fn ask_to_stop(conn: Conn<'_>, project: &ProjectId, id: &ImportId) -> Result<bool> {
    const SQL: &str =
        "UPDATE import_jobs SET is_cancelling = TRUE WHERE project_id = $1 AND id = $2 AND state = 'running'";
    let changed =
        on!(conn, |c| sqlx::query(SQL).bind(project).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// How an import ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End<'a> {
    pub state: ImportState,
    pub error: Option<&'a str>,
    pub written: i64,
    pub deleted: i64,
}

/// Ends an import of this worker; false when it belongs to another one. The text is no longer needed.
pub async fn finish(conn: Conn<'_>, id: &ImportId, worker: &str, end: &End<'_>, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE import_jobs SET state = $3, error = $4, written = $5, deleted = $6, finished_at = $7, \
        handled = CASE WHEN $3 = 'done' THEN total ELSE handled END, source_text = '', worker = NULL, \
        leased_until = NULL WHERE id = $1 AND worker = $2 AND state = 'running'";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(worker)
            .bind(end.state.as_str())
            .bind(end.error)
            .bind(end.written)
            .bind(end.deleted)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Running imports without a sign of life.
pub async fn abandoned(conn: Conn<'_>, now: Timestamp) -> Result<Vec<(ProjectId, ImportId)>> {
    const SQL: &str =
        "SELECT project_id, id FROM import_jobs WHERE state = 'running' AND leased_until <= $1 ORDER BY id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(now).fetch_all(c).await)?)
}

/// What a project has imported so far, without what was taken back.
pub async fn figures(conn: Conn<'_>, project: &ProjectId) -> Result<NewestImports> {
    const SQL: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(written), 0) AS BIGINT), MAX(finished_at) FROM import_jobs \
        WHERE project_id = $1 AND state = 'done' AND undone_at IS NULL";
    let (imports, entries, last): (i64, i64, Option<Timestamp>) =
        on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_one(c).await)?;
    Ok(NewestImports { imports, entries, last })
}

/// Deletes what somebody previewed and did not import, except the newest `keep`.
pub async fn delete_previews(conn: Conn<'_>, project: &ProjectId, user: Option<&UserId>, keep: i64) -> Result<()> {
    const SQL: &str = "DELETE FROM import_jobs WHERE project_id = $1 AND created_by_id = $2 AND state = 'parsed' \
        AND id NOT IN (SELECT id FROM import_jobs WHERE project_id = $1 AND created_by_id = $2 AND state = 'parsed' \
            ORDER BY created_at DESC, id DESC LIMIT $3)";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(user).bind(keep).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Deletes one preview; false when the import has begun.
pub async fn delete_preview(conn: Conn<'_>, project: &ProjectId, id: &ImportId) -> Result<bool> {
    const SQL: &str = "DELETE FROM import_jobs WHERE project_id = $1 AND id = $2 AND state = 'parsed'";
    let gone =
        on!(conn, |c| sqlx::query(SQL).bind(project).bind(id).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

/// Deletes previews that nobody imported, and the rows and notes of imports that ended, when they are older than
/// `before`. That there was an import, and how many entries it wrote, stays.
pub async fn purge(mut conn: Conn<'_>, before: Timestamp) -> Result<()> {
    const PREVIEWS: &str = "DELETE FROM import_jobs WHERE state = 'parsed' AND created_at < $1";
    const ROWS: &str = "DELETE FROM import_rows WHERE job_id IN \
        (SELECT id FROM import_jobs WHERE state IN ('done', 'cancelled', 'failed') AND finished_at < $1)";
    const NOTES: &str = "UPDATE import_jobs SET notes = '[]' \
        WHERE state IN ('done', 'cancelled', 'failed') AND finished_at < $1 AND notes <> '[]'";
    for sql in [PREVIEWS, ROWS, NOTES] {
        on!(conn.again(), |c| sqlx::query(sql).bind(before).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}
