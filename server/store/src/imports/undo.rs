//! Taking an import back: what entries were before it, and how they become that again.

use std::collections::HashMap;

use model::imports::{Undone, UndoneCounts};
use model::tags::Tag;
use model::time::Timestamp;
use model::{EntryId, ImportId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;
use crate::tags::LinkedTag;
use crate::trash::{self, By, Which};

/// Keeps the entries that a job is about to overwrite as they are.
pub async fn keep_formers(mut conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<()> {
    const ENTRIES: &str = "INSERT INTO import_formers (job_id, entry_id, title, content, excerpt, version, version_key, \
        import_key, search, published_at, scheduled_at, created_at) SELECT $1, e.id, e.title, e.content, e.excerpt, \
        e.version, e.version_key, e.import_key, e.search, e.published_at, e.scheduled_at, e.created_at \
        FROM import_rows r JOIN entries e ON e.id = r.entry_id AND e.project_id = $2 \
        WHERE r.job_id = $1 AND r.outcome = 'overwritten'";
    const TAGS: &str = "INSERT INTO import_former_tags (job_id, entry_id, tag_id, position) \
        SELECT $1, t.entry_id, t.tag_id, t.position FROM import_rows r \
        JOIN entries e ON e.id = r.entry_id AND e.project_id = $2 JOIN entry_tags t ON t.entry_id = e.id \
        WHERE r.job_id = $1 AND r.outcome = 'overwritten'";
    for sql in [ENTRIES, TAGS] {
        on!(conn.again(), |c| sqlx::query(sql).bind(job).bind(project).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Forgets what entries were before imports that can no longer be taken back.
pub async fn forget_formers(mut conn: Conn<'_>, ended_before: Timestamp) -> Result<()> {
    const ENTRIES: &str = "DELETE FROM import_formers WHERE job_id IN \
        (SELECT id FROM import_jobs WHERE finished_at <= $1 OR undone_at IS NOT NULL)";
    const TAGS: &str = "DELETE FROM import_former_tags WHERE job_id IN \
        (SELECT id FROM import_jobs WHERE finished_at <= $1 OR undone_at IS NOT NULL)";
    for sql in [ENTRIES, TAGS] {
        on!(conn.again(), |c| sqlx::query(sql).bind(ended_before).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Notes that a job is taken back; false when it is already, or ended before `ended_after`.
pub async fn begin(
    conn: Conn<'_>,
    project: &ProjectId,
    job: &ImportId,
    by: Option<&UserId>,
    now: Timestamp,
    ended_after: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE import_jobs SET undone_at = $3, undone_by_id = $4 WHERE project_id = $1 AND id = $2 \
        AND state = 'done' AND undone_at IS NULL AND finished_at > $5";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(project)
            .bind(job)
            .bind(now)
            .bind(by)
            .bind(ended_after)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Puts the entries that a job created and that are still here into the trash, and ends the requests about them.
pub async fn delete_created(
    mut conn: Conn<'_>,
    project: &ProjectId,
    job: &ImportId,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<()> {
    const REQUESTS: &str = "UPDATE change_requests \
        SET status = CASE kind WHEN 'DELETE_ENTRY' THEN 'APPROVED' ELSE 'SUPERSEDED' END, admin_id = $3, reviewed_at = $4 \
        WHERE project_id = $2 AND status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING') AND entry_id IN \
        (SELECT entry_id FROM import_rows WHERE job_id = $1 AND outcome = 'created')";
    on!(conn.again(), |c| {
        sqlx::query(REQUESTS).bind(job).bind(project).bind(by).bind(now).execute(c).await.map(|_| ())
    })?;
    trash::put_entries(conn, project, Which::CreatedBy(job), By { user: by, at: now }).await?;
    Ok(())
}

/// How many entries of a job are here as it left them, were changed since, and are public or were.
pub async fn counts(mut conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<UndoneCounts> {
    const SQL: &str = "SELECT COUNT(*), \
        CAST(COALESCE(SUM(CASE WHEN e.lock_version <> 0 THEN 1 ELSE 0 END), 0) AS BIGINT), \
        CAST(COALESCE(SUM(CASE WHEN e.first_published_at IS NOT NULL THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM import_rows r JOIN entries e ON e.id = r.entry_id AND e.project_id = $2 \
        WHERE r.job_id = $1 AND r.outcome = 'created'";
    let (created, edited, public): (i64, i64, i64) =
        on!(conn.again(), |c| sqlx::query_as(SQL).bind(job).bind(project).fetch_one(c).await)?;
    const FORMERS: &str = "SELECT COUNT(*), \
        CAST(COALESCE(SUM(CASE WHEN e.lock_version <> r.entry_lock + 1 THEN 1 ELSE 0 END), 0) AS BIGINT) \
        FROM import_rows r JOIN entries e ON e.id = r.entry_id AND e.project_id = $2 \
        WHERE r.job_id = $1 AND r.outcome = 'overwritten'";
    let (overwritten, changed): (i64, i64) =
        on!(conn, |c| sqlx::query_as(FORMERS).bind(job).bind(project).fetch_one(c).await)?;
    Ok(UndoneCounts { created, edited, public, overwritten, changed })
}

/// Says of each row whether its entry is gone already, or goes now because the row created it.
pub async fn note_what_goes(mut conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<()> {
    const GONE: &str = "UPDATE import_rows SET undone = 'gone' WHERE job_id = $1 AND outcome IN ('created', 'overwritten') \
        AND NOT EXISTS (SELECT 1 FROM entries e WHERE e.id = import_rows.entry_id AND e.project_id = $2)";
    const DELETED: &str = "UPDATE import_rows SET undone = 'deleted' WHERE job_id = $1 AND outcome = 'created' \
        AND EXISTS (SELECT 1 FROM entries e WHERE e.id = import_rows.entry_id AND e.project_id = $2)";
    for sql in [GONE, DELETED] {
        on!(conn.again(), |c| sqlx::query(sql).bind(job).bind(project).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Decides which overwritten entries become what they were. Those that were changed since, and those whose version
/// another entry has meanwhile, stay as they are and their rows say so.
pub async fn decide(mut conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<()> {
    const CHANGED: &str = "UPDATE import_rows SET undone = 'changed' \
        WHERE job_id = $1 AND outcome = 'overwritten' AND undone IS NULL AND NOT EXISTS (SELECT 1 FROM entries e \
            JOIN import_formers f ON f.job_id = $1 AND f.entry_id = e.id \
            WHERE e.id = import_rows.entry_id AND e.project_id = $2 AND e.lock_version = import_rows.entry_lock + 1)";
    // An entry that stays may hold the version of one that was to come back; one that stays for that reason holds its own.
    const TAKEN: &str = "UPDATE import_rows SET undone = 'taken' \
        WHERE job_id = $1 AND outcome = 'overwritten' AND undone IS NULL AND EXISTS (SELECT 1 FROM import_formers f \
            JOIN entries o ON o.project_id = $2 AND o.version_key = f.version_key AND o.id <> f.entry_id \
            WHERE f.job_id = $1 AND f.entry_id = import_rows.entry_id AND NOT EXISTS (SELECT 1 FROM import_rows x \
                WHERE x.job_id = $1 AND x.outcome = 'overwritten' AND x.undone IS NULL AND x.entry_id = o.id))";
    on!(conn.again(), |c| sqlx::query(CHANGED).bind(job).bind(project).execute(c).await.map(|_| ()))?;
    loop {
        let more = on!(conn.again(), |c| {
            sqlx::query(TAKEN).bind(job).bind(project).execute(c).await.map(|done| done.rows_affected())
        })?;
        if more == 0 {
            break;
        }
    }
    const RESTORED: &str = "UPDATE import_rows SET undone = 'restored' \
        WHERE job_id = $1 AND outcome = 'overwritten' AND undone IS NULL";
    on!(conn, |c| sqlx::query(RESTORED).bind(job).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Gives entries that become what they were back what no save writes: what the next import knows them by, and when they
/// were created. And takes their versions away until they are saved: they may have changed them among each other, and no
/// two ever have the same.
pub async fn give_back_origins(conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET import_key = f.import_key, created_at = f.created_at, version_key = NULL \
        FROM import_formers f JOIN import_rows r \
        ON r.job_id = f.job_id AND r.entry_id = f.entry_id AND r.undone = 'restored' \
        WHERE f.job_id = $1 AND entry_rows.project_id = $2 AND entry_rows.id = f.entry_id";
    on!(conn, |c| sqlx::query(SQL).bind(job).bind(project).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What an entry was before an import.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Former {
    pub entry_id: EntryId,
    pub title: String,
    pub content: String,
    pub excerpt: String,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    #[sqlx(skip)]
    pub tags: Vec<Tag>,
}

/// What entries were that become it again, by their ids: at most `limit` behind `after`, which is empty at the beginning.
pub async fn formers(mut conn: Conn<'_>, job: &ImportId, after: &str, limit: i64) -> Result<Vec<Former>> {
    const SQL: &str = "SELECT f.entry_id, f.title, f.content, f.excerpt, f.version, f.published_at, f.scheduled_at \
        FROM import_formers f JOIN import_rows r \
        ON r.job_id = f.job_id AND r.entry_id = f.entry_id AND r.undone = 'restored' \
        WHERE f.job_id = $1 AND f.entry_id > $2 ORDER BY f.entry_id LIMIT $3";
    const TAGS: &str = "SELECT f.entry_id, t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at \
        FROM import_former_tags f JOIN tags t ON t.id = f.tag_id \
        WHERE f.job_id = $1 AND f.entry_id > $2 AND f.entry_id <= $3 ORDER BY f.entry_id, f.position";
    let mut formers: Vec<Former> =
        on!(conn.again(), |c| sqlx::query_as(SQL).bind(job).bind(after).bind(limit).fetch_all(c).await)?;
    let Some(last) = formers.last().map(|former| former.entry_id.clone()) else { return Ok(formers) };
    let links: Vec<LinkedTag> =
        on!(conn, |c| sqlx::query_as(TAGS).bind(job).bind(after).bind(&last).fetch_all(c).await)?;
    let mut tags: HashMap<EntryId, Vec<Tag>> = HashMap::new();
    for link in links {
        tags.entry(link.entry_id).or_default().push(link.tag);
    }
    for former in &mut formers {
        former.tags = tags.remove(&former.entry_id).unwrap_or_default();
    }
    Ok(formers)
}

/// How many rows came out which way.
pub async fn outcomes(conn: Conn<'_>, job: &ImportId) -> Result<Vec<(Undone, i64)>> {
    const SQL: &str = "SELECT undone, COUNT(*) FROM import_rows WHERE job_id = $1 AND undone IS NOT NULL \
        GROUP BY undone ORDER BY undone";
    let rows: Vec<(String, i64)> = on!(conn, |c| sqlx::query_as(SQL).bind(job).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(undone, rows)| Some((Undone::parse(&undone)?, rows))).collect())
}

/// The entries that stayed as they are although the import was taken back: title, id, why.
pub async fn kept(conn: Conn<'_>, job: &ImportId) -> Result<Vec<(String, EntryId, Undone)>> {
    const SQL: &str = "SELECT title, entry_id, undone FROM import_rows \
        WHERE job_id = $1 AND undone IN ('changed', 'taken') AND entry_id IS NOT NULL ORDER BY position";
    let rows: Vec<(String, EntryId, String)> = on!(conn, |c| sqlx::query_as(SQL).bind(job).fetch_all(c).await)?;
    Ok(rows.into_iter().filter_map(|(title, id, undone)| Some((title, id, Undone::parse(&undone)?))).collect())
}
