//! From decided rows to entries. Every statement works on all rows of a job at once, so that the transaction that ends
//! an import is short however many there are.

use std::collections::BTreeSet;

use model::time::Timestamp;
use model::{EntryId, ImportId, ProjectId, UserId};
use sqlx::types::Json;

use crate::db::{Conn, on};
use crate::error::Result;
use crate::search::words;
use crate::trash;

/// Rows whose decision no longer holds: the release is here meanwhile, another entry has its version or address, or the
/// entry to overwrite was changed or deleted.
pub async fn clashes(mut conn: Conn<'_>, project: &ProjectId, job: &ImportId) -> Result<BTreeSet<i64>> {
    const KEYS: &str = "SELECT r.position FROM import_rows r JOIN entries e \
        ON e.project_id = $2 AND e.import_key = r.entry_key WHERE r.job_id = $1 AND r.outcome = 'created'";
    const VERSIONS: &str = "SELECT r.position FROM import_rows r JOIN entries e \
        ON e.project_id = $2 AND e.version_key = r.entry_version_key \
        WHERE r.job_id = $1 AND (r.outcome = 'created' OR (r.outcome = 'overwritten' AND e.id <> r.entry_id))";
    const SLUGS: &str = "SELECT r.position FROM import_rows r WHERE r.job_id = $1 AND r.outcome = 'created' AND ( \
        EXISTS (SELECT 1 FROM entries e WHERE e.project_id = $2 AND e.slug = r.slug) \
        OR EXISTS (SELECT 1 FROM entry_slugs s WHERE s.project_id = $2 AND s.slug = r.slug))";
    const ENTRIES: &str = "SELECT r.position FROM import_rows r LEFT JOIN entries e \
        ON e.project_id = $2 AND e.id = r.entry_id AND e.lock_version = r.entry_lock \
        WHERE r.job_id = $1 AND r.outcome = 'overwritten' AND e.id IS NULL";
    let mut found = BTreeSet::new();
    for sql in [KEYS, VERSIONS, SLUGS, ENTRIES] {
        let rows: Vec<i64> = on!(conn.again(), |c| sqlx::query_scalar(sql).bind(job).bind(project).fetch_all(c).await)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Names of the tags that the entries of a job get, each as it is written first.
pub async fn tag_names(conn: Conn<'_>, job: &ImportId) -> Result<Vec<String>> {
    const SQL: &str = "SELECT tag_names FROM import_rows WHERE job_id = $1 \
        AND outcome IN ('created', 'overwritten') AND tag_names IS NOT NULL AND tag_names <> '[]' ORDER BY position";
    let rows: Vec<Json<Vec<String>>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(job).fetch_all(c).await)?;
    let mut seen = std::collections::HashSet::new();
    Ok(rows.into_iter().flat_map(|Json(names)| names).filter(|name| seen.insert(model::tags::key(name))).collect())
}

/// Puts the entries of a project that no row of the job is into the trash, whatever became of the row, and ends the
/// requests about them; how many entries there were.
pub async fn delete_others(
    mut conn: Conn<'_>,
    project: &ProjectId,
    job: &ImportId,
    admin: Option<&UserId>,
    now: Timestamp,
) -> Result<i64> {
    const REQUESTS: &str = "UPDATE change_requests \
        SET status = CASE kind WHEN 'DELETE_ENTRY' THEN 'APPROVED' ELSE 'SUPERSEDED' END, admin_id = $3, reviewed_at = $4 \
        WHERE project_id = $2 AND status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING') \
        AND entry_id NOT IN \
        (SELECT entry_id FROM import_rows WHERE job_id = $1 AND entry_id IS NOT NULL)";
    on!(conn.again(), |c| {
        sqlx::query(REQUESTS).bind(job).bind(project).bind(admin).bind(now).execute(c).await.map(|_| ())
    })?;
    trash::put_entries(conn, project, trash::Which::OthersThan(job), trash::By { user: admin, at: now }).await
}

macro_rules! overwrite {
    ($dates:literal) => {
        concat!(
            "UPDATE entry_rows AS entries SET title = r.title, content = r.content, excerpt = r.excerpt, version = r.entry_version, \
             version_key = r.entry_version_key, search = r.search, updated_by_id = $3, updated_at = $4, \
             lock_version = entries.lock_version + 1, import_key = COALESCE(entries.import_key, r.entry_key), ",
            $dates,
            " FROM import_rows r WHERE r.job_id = $1 AND r.outcome = 'overwritten' AND entries.project_id = $2 \
             AND entries.id = r.entry_id AND entries.trash_id IS NULL"
        )
    };
}

/// Gives entries title, text and version of their rows. They keep id and address, and also dates and state unless
/// `with_dates`; a draft becomes public when its row has a date of publication, or is scheduled when that lies ahead.
pub async fn overwrite(
    conn: Conn<'_>,
    project: &ProjectId,
    job: &ImportId,
    by: Option<&UserId>,
    now: Timestamp,
    with_dates: bool,
) -> Result<()> {
    const PLAIN: &str = overwrite!(
        "published_at = COALESCE(entries.published_at, r.published_at), \
         first_published_at = COALESCE(entries.first_published_at, entries.published_at, r.published_at), \
         scheduled_at = CASE WHEN entries.published_at IS NULL AND r.published_at IS NULL \
            THEN COALESCE(r.scheduled_at, entries.scheduled_at) END"
    );
    const DATED: &str = overwrite!(
        "published_at = r.published_at, created_at = r.created_at, scheduled_at = r.scheduled_at, \
         first_published_at = COALESCE(entries.first_published_at, r.published_at)"
    );
    let sql = if with_dates { DATED } else { PLAIN };
    on!(conn, |c| sqlx::query(sql).bind(job).bind(project).bind(by).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The entries that a job overwrites, in the order of their ids; with `unkept` only those without any revision.
pub async fn overwritten(conn: Conn<'_>, job: &ImportId, unkept: bool) -> Result<Vec<EntryId>> {
    const ALL: &str = "SELECT entry_id FROM import_rows WHERE job_id = $1 AND outcome = 'overwritten' \
        AND entry_id IS NOT NULL ORDER BY entry_id";
    const UNKEPT: &str = "SELECT i.entry_id FROM import_rows i WHERE i.job_id = $1 AND i.outcome = 'overwritten' \
        AND i.entry_id IS NOT NULL \
        AND NOT EXISTS (SELECT 1 FROM entry_revisions r WHERE r.entry_id = i.entry_id) ORDER BY i.entry_id";
    let sql = if unkept { UNKEPT } else { ALL };
    Ok(on!(conn, |c| sqlx::query_scalar(sql).bind(job).fetch_all(c).await)?)
}

/// Adds the entries of rows, and notes the words of these and of those that were overwritten. An external id that an
/// entry has already, here or higher up in the file, is not given twice.
pub async fn create(
    mut conn: Conn<'_>,
    project: &ProjectId,
    job: &ImportId,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO entry_rows (id, project_id, title, content, excerpt, version, version_key, slug, \
        published_at, first_published_at, scheduled_at, created_by_id, updated_by_id, lock_version, import_key, external_id, \
        search, created_at, updated_at) \
        SELECT r.entry_id, $2, r.title, r.content, r.excerpt, r.entry_version, r.entry_version_key, r.slug, \
        r.published_at, r.published_at, r.scheduled_at, $3, $3, 0, r.entry_key, CASE WHEN r.turn = 1 AND NOT EXISTS \
            (SELECT 1 FROM entries x WHERE x.project_id = $2 AND x.external_id = r.external_id) \
            THEN r.external_id END, r.search, r.created_at, $4 \
        FROM (SELECT i.*, row_number() OVER (PARTITION BY i.external_id ORDER BY i.position) AS turn \
            FROM import_rows i WHERE i.job_id = $1 AND i.outcome = 'created') r ORDER BY r.position";
    on!(conn.again(), |c| sqlx::query(SQL).bind(job).bind(project).bind(by).bind(now).execute(c).await.map(|_| ()))?;
    words::note_job(conn, job).await
}

/// Gives entries the tags of their rows, which all exist.
pub async fn set_tags(mut conn: Conn<'_>, job: &ImportId) -> Result<()> {
    const CLEAR: &str = "DELETE FROM entry_tags WHERE entry_id IN (SELECT entry_id FROM import_rows \
        WHERE job_id = $1 AND outcome = 'overwritten' AND tag_keys IS NOT NULL)";
    on!(conn.again(), |c| sqlx::query(CLEAR).bind(job).execute(c).await.map(|_| ()))?;
    const SQLITE: &str = "INSERT INTO entry_tags (entry_id, tag_id, position) \
        SELECT r.entry_id, t.id, named.key FROM import_rows r, json_each(r.tag_keys) named \
        JOIN tags t ON t.name_key = named.value \
        WHERE r.job_id = $1 AND r.outcome IN ('created', 'overwritten') AND r.tag_keys IS NOT NULL";
    const POSTGRES: &str = "INSERT INTO entry_tags (entry_id, tag_id, position) \
        SELECT r.entry_id, t.id, named.number - 1 FROM import_rows r \
        CROSS JOIN LATERAL jsonb_array_elements_text(r.tag_keys) WITH ORDINALITY named(value, number) \
        JOIN tags t ON t.name_key = named.value \
        WHERE r.job_id = $1 AND r.outcome IN ('created', 'overwritten') AND r.tag_keys IS NOT NULL";
    match conn {
        Conn::Sqlite(c) => sqlx::query(SQLITE).bind(job).execute(c).await.map(|_| ())?,
        Conn::Postgres(c) => sqlx::query(POSTGRES).bind(job).execute(c).await.map(|_| ())?,
    }
    Ok(())
}

/// The entries that a job created, in the order of the rows: id, title, version.
pub async fn created(conn: Conn<'_>, job: &ImportId) -> Result<Vec<(EntryId, String, Option<String>)>> {
    const SQL: &str = "SELECT entry_id, title, entry_version FROM import_rows \
        WHERE job_id = $1 AND outcome = 'created' ORDER BY position";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(job).fetch_all(c).await)?)
}
