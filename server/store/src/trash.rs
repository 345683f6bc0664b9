//! The trash: entries, projects and tags that were deleted. The rows of entries and projects stay where they are and
//! carry a `trash_id`, so that no query over the views `entries` and `projects` finds them; what only one may have
//! (version, address, what other systems call an entry) is given up meanwhile. A tag's row goes, and what it was linked
//! to is kept.

use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use model::time::Timestamp;
use model::trash::{TrashKind, Trashed};
use model::{EntryId, ImportId, ProjectId, RequestId, TagId, UserId, versions};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::db::{Conn, Tx, on};
use crate::entries::{search_text, with_tags};
use crate::error::Result;

/// Who deletes, and when.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    pub user: Option<&'a UserId>,
    pub at: Timestamp,
}

/// Which entries of a project are put into the trash.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    One(&'a EntryId),
    All,
    /// Those that no row of an import is.
    OthersThan(&'a ImportId),
    /// Those that an import created.
    CreatedBy(&'a ImportId),
}

/// What restoring needs beside the rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Kept {
    pub slug: Option<String>,
    pub external_id: Option<String>,
    pub import_key: Option<String>,
    /// Requests about the entry that its deletion ended.
    pub requests: Vec<RequestId>,
    pub tag: Option<KeptTag>,
}

/// A tag, and where it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeptTag {
    pub tag: Tag,
    /// Entries with the position among their tags.
    pub links: Vec<(EntryId, i64)>,
    /// Projects that preselect it, and whose feeds name it, each with the position there.
    pub defaults: Vec<(ProjectId, usize)>,
    pub filters: Vec<(ProjectId, usize)>,
}

/// A thing in the trash with all that is known of it.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Record {
    #[sqlx(flatten)]
    pub item: Trashed,
    #[sqlx(json)]
    pub kept: Kept,
}

/// What of the trash somebody sees.
#[derive(Debug, Clone, Default)]
pub struct TrashFilter {
    /// Entries of this project only.
    pub project: Option<ProjectId>,
    pub kind: Option<TrashKind>,
    /// What this person deleted.
    pub deleted_by: Option<UserId>,
}

macro_rules! columns {
    () => {
        "t.id, t.kind, t.project_id, p.name AS project_name, t.title, t.version, t.entries, t.deleted_by_id, \
         t.deleted_by_name, t.deleted_at"
    };
}

/// `$1` project, `$2` kind, `$3` who deleted. Entries of a project that is in the trash itself wait until it is back.
macro_rules! matching {
    () => {
        " FROM trash t LEFT JOIN projects p ON p.id = t.project_id \
         WHERE (t.kind <> 'entry' OR p.id IS NOT NULL) AND ($1 = '' OR (t.project_id = $1 AND t.kind = 'entry')) \
         AND ($2 = '' OR t.kind = $2) AND ($3 = '' OR t.deleted_by_id = $3)"
    };
}

macro_rules! bind_filter {
    ($query:expr, $filter:expr) => {
        $query
            .bind($filter.project.as_ref().map_or("", ProjectId::as_str))
            .bind($filter.kind.map_or("", TrashKind::as_str))
            .bind($filter.deleted_by.as_ref().map_or("", UserId::as_str))
    };
}

/// What was deleted last comes first.
pub async fn list(conn: Conn<'_>, filter: &TrashFilter, limit: i64, offset: i64) -> Result<Vec<Trashed>> {
    const SQL: &str =
        concat!("SELECT ", columns!(), matching!(), " ORDER BY t.deleted_at DESC, t.id DESC LIMIT $4 OFFSET $5");
    Ok(on!(conn, |c| bind_filter!(sqlx::query_as(SQL), filter).bind(limit).bind(offset).fetch_all(c).await)?)
}

pub async fn count(conn: Conn<'_>, filter: &TrashFilter) -> Result<i64> {
    const SQL: &str = concat!("SELECT COUNT(*)", matching!());
    Ok(on!(conn, |c| bind_filter!(sqlx::query_scalar(SQL), filter).fetch_one(c).await)?)
}

/// Finds by the id of what was deleted.
pub async fn find(conn: Conn<'_>, id: &str) -> Result<Option<Record>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        ", t.kept FROM trash t LEFT JOIN projects p ON p.id = t.project_id WHERE t.id = $1"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Puts entries into the trash; how many there were.
pub async fn put_entries(mut conn: Conn<'_>, project: &ProjectId, which: Which<'_>, by: By<'_>) -> Result<i64> {
    macro_rules! insert {
        ($object:literal) => {
            concat!(
                "INSERT INTO trash (id, kind, project_id, title, version, entries, kept, deleted_by_id, deleted_by_name, \
                 deleted_at) SELECT e.id, 'entry', e.project_id, e.title, e.version, 1, ",
                $object,
                "('slug', e.slug, 'externalId', e.external_id, 'importKey', e.import_key), $2, \
                 (SELECT COALESCE(u.name, u.email) FROM users u WHERE u.id = $2), $3 \
                 FROM entries e WHERE e.project_id = $1 AND ($4 = '' OR e.id = $4) AND e.id NOT IN \
                 (SELECT r.entry_id FROM import_rows r WHERE r.job_id = $5 AND r.entry_id IS NOT NULL) \
                 AND ($6 = '' OR e.id IN \
                 (SELECT r.entry_id FROM import_rows r WHERE r.job_id = $6 AND r.outcome = 'created'))"
            )
        };
    }
    const SQLITE: &str = insert!("json_object");
    const POSTGRES: &str = insert!("jsonb_build_object");
    let entry = if let Which::One(entry) = which { entry.as_str() } else { "" };
    let spared = if let Which::OthersThan(job) = which { job.as_str() } else { "" };
    let origin = if let Which::CreatedBy(job) = which { job.as_str() } else { "" };
    macro_rules! run {
        ($sql:expr, $c:expr) => {
            sqlx::query($sql)
                .bind(project)
                .bind(by.user)
                .bind(by.at)
                .bind(entry)
                .bind(spared)
                .bind(origin)
                .execute(&mut **$c)
                .await
                .map(|_| ())?
        };
    }
    match &mut conn {
        Conn::Sqlite(c) => run!(SQLITE, c),
        Conn::Postgres(c) => run!(POSTGRES, c),
    }
    const HIDE: &str = "UPDATE entry_rows SET trash_id = id, slug = id, version_key = NULL, external_id = NULL, \
        import_key = NULL WHERE project_id = $1 AND trash_id IS NULL \
        AND id IN (SELECT t.id FROM trash t WHERE t.project_id = $1 AND t.kind = 'entry')";
    let hidden = on!(conn, |c| sqlx::query(HIDE).bind(project).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(hidden as i64)
}

/// Notes which requests the deletion of an entry has ended.
pub async fn keep_requests(mut conn: Conn<'_>, entry: &EntryId, requests: Vec<RequestId>) -> Result<()> {
    let Some(record) = find(conn.again(), entry.as_str()).await? else { return Ok(()) };
    const SQL: &str = "UPDATE trash SET kept = $2 WHERE id = $1";
    let kept = Json(Kept { requests, ..record.kept });
    on!(conn, |c| sqlx::query(SQL).bind(entry).bind(kept).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Puts a project into the trash with the entries it has; false when it was not there.
pub async fn put_project(tx: &mut Tx, project: &Project, by: By<'_>) -> Result<bool> {
    const RECORD: &str = "INSERT INTO trash (id, kind, project_id, title, entries, kept, deleted_by_id, \
        deleted_by_name, deleted_at) SELECT p.id, 'project', p.id, p.name, \
        (SELECT COUNT(*) FROM entries e WHERE e.project_id = p.id), $2, $3, \
        (SELECT COALESCE(u.name, u.email) FROM users u WHERE u.id = $3), $4 FROM projects p WHERE p.id = $1";
    const ENTRIES: &str = "UPDATE entry_rows SET trash_id = $1 WHERE project_id = $1 AND trash_id IS NULL";
    const HIDE: &str = "UPDATE project_rows SET trash_id = id, slug = id WHERE id = $1 AND trash_id IS NULL";
    tx.note_change(&project.id);
    let kept = Json(Kept { slug: Some(project.slug.clone()), ..Kept::default() });
    on!(tx.conn(), |c| {
        sqlx::query(RECORD).bind(&project.id).bind(kept).bind(by.user).bind(by.at).execute(c).await.map(|_| ())
    })?;
    on!(tx.conn(), |c| sqlx::query(ENTRIES).bind(&project.id).execute(c).await.map(|_| ()))?;
    let hidden =
        on!(tx.conn(), |c| { sqlx::query(HIDE).bind(&project.id).execute(c).await.map(|done| done.rows_affected()) })?;
    Ok(hidden > 0)
}

/// Where a tag is linked: the entries that have it, those in the trash included.
pub async fn links(conn: Conn<'_>, tag: &TagId) -> Result<Vec<(EntryId, i64)>> {
    const SQL: &str = "SELECT entry_id, position FROM entry_tags WHERE tag_id = $1 ORDER BY entry_id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(tag).fetch_all(c).await)?)
}

/// Puts a tag into the trash and takes it from its entries. `entries` is how many had it.
pub async fn put_tag(mut conn: Conn<'_>, kept: KeptTag, entries: i64, by: By<'_>) -> Result<()> {
    const RECORD: &str = "INSERT INTO trash (id, kind, title, entries, kept, deleted_by_id, deleted_by_name, \
        deleted_at) VALUES ($1, 'tag', $2, $3, $4, $5, \
        (SELECT COALESCE(u.name, u.email) FROM users u WHERE u.id = $5), $6)";
    let tag = kept.tag.clone();
    let kept = Json(Kept { tag: Some(kept), ..Kept::default() });
    on!(conn.again(), |c| {
        sqlx::query(RECORD)
            .bind(&tag.id)
            .bind(&tag.name)
            .bind(entries)
            .bind(kept)
            .bind(by.user)
            .bind(by.at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    crate::tags::delete(conn, &tag.id).await
}

/// An entry that is in the trash by itself, with its tags. Address and what other systems call it are kept elsewhere.
pub async fn find_entry(mut conn: Conn<'_>, project: &ProjectId, id: &EntryId) -> Result<Option<Entry>> {
    const SQL: &str = concat!(
        "SELECT ",
        crate::entries::columns!(),
        " FROM entry_rows e WHERE e.project_id = $1 AND e.id = $2 AND e.trash_id = e.id"
    );
    let entry = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?;
    with_tags(conn, entry).await
}

/// Takes an entry out of the trash as `entry` says, but never scheduled; false when it is not there. Its import key is
/// dropped when another entry has it. [`crate::Error::Duplicate`] when version, address or external id are taken.
pub async fn restore_entry(mut conn: Conn<'_>, entry: &Entry, import_key: Option<&str>) -> Result<bool> {
    const SQL: &str = "UPDATE entry_rows SET trash_id = NULL, slug = $3, version = $4, version_key = $5, \
        external_id = $6, search = $7, scheduled_at = NULL, lock_version = $8, import_key = CASE WHEN EXISTS \
            (SELECT 1 FROM entry_rows x WHERE x.project_id = $1 AND x.import_key = $9) THEN NULL ELSE $9 END \
        WHERE project_id = $1 AND id = $2 AND trash_id = $2";
    let back = on!(conn.again(), |c| {
        sqlx::query(SQL)
            .bind(&entry.project_id)
            .bind(&entry.id)
            .bind(&entry.slug)
            .bind(&entry.version)
            .bind(entry.version.as_deref().map(versions::key))
            .bind(&entry.external_id)
            .bind(search_text(entry))
            .bind(entry.lock_version)
            .bind(import_key)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    if back == 0 {
        return Ok(false);
    }
    forget(conn, entry.id.as_str()).await
}

/// Opens requests again that the deletion of an entry had ended.
pub async fn reopen_requests(mut conn: Conn<'_>, entry: &EntryId, requests: &[RequestId]) -> Result<()> {
    const SQL: &str = "UPDATE change_requests SET status = 'PENDING', admin_id = NULL, reviewed_at = NULL \
        WHERE id = $1 AND entry_id = $2 AND status = 'SUPERSEDED'";
    for request in requests {
        on!(conn.again(), |c| sqlx::query(SQL).bind(request).bind(entry).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// A project that is in the trash. Its address is kept elsewhere.
pub async fn find_project(conn: Conn<'_>, id: &ProjectId) -> Result<Option<Project>> {
    const SQL: &str =
        concat!("SELECT ", crate::projects::columns!(), " FROM project_rows p WHERE p.id = $1 AND p.trash_id = p.id");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Takes a project out of the trash at an address, with the entries that went with it, none of them scheduled; false when
/// it is not there. [`crate::Error::Duplicate`] when the address is taken.
pub async fn restore_project(tx: &mut Tx, id: &ProjectId, slug: &str) -> Result<bool> {
    const PROJECT: &str = "UPDATE project_rows SET trash_id = NULL, slug = $2 WHERE id = $1 AND trash_id = $1";
    // Their jobs were cancelled, so nothing is planned for them any more.
    const ENTRIES: &str = "UPDATE entry_rows SET trash_id = NULL, scheduled_at = NULL, scheduled_by_id = NULL, \
        expires_at = NULL, pinned_until = NULL WHERE project_id = $1 AND trash_id = $1";
    let back = on!(tx.conn(), |c| {
        sqlx::query(PROJECT).bind(id).bind(slug).execute(c).await.map(|done| done.rows_affected())
    })?;
    if back == 0 {
        return Ok(false);
    }
    tx.note_change(id);
    on!(tx.conn(), |c| sqlx::query(ENTRIES).bind(id).execute(c).await.map(|_| ()))?;
    forget(tx.conn(), id.as_str()).await
}

/// Gives a tag back to the entries that still exist, and takes it out of the trash; false when it is not there.
pub async fn relink(mut conn: Conn<'_>, tag: &TagId, links: &[(EntryId, i64)]) -> Result<bool> {
    const SQLITE: &str = "INSERT INTO entry_tags (entry_id, tag_id, position) \
        SELECT r.id, $1, json_extract(l.value, '$[1]') FROM json_each($2) l \
        JOIN entry_rows r ON r.id = json_extract(l.value, '$[0]')";
    const POSTGRES: &str = "INSERT INTO entry_tags (entry_id, tag_id, position) \
        SELECT r.id, $1, CAST(l.value->>1 AS BIGINT) FROM jsonb_array_elements($2) l(value) \
        JOIN entry_rows r ON r.id = l.value->>0";
    let pairs = Json(links);
    match &mut conn {
        Conn::Sqlite(c) => sqlx::query(SQLITE).bind(tag).bind(pairs).execute(&mut **c).await.map(|_| ())?,
        Conn::Postgres(c) => sqlx::query(POSTGRES).bind(tag).bind(pairs).execute(&mut **c).await.map(|_| ())?,
    }
    forget(conn, tag.as_str()).await
}

/// Removes a record of the trash. What is still in the trash under its id goes for good; of what was asked about a project
/// only the request to delete it stays.
pub async fn forget(mut conn: Conn<'_>, id: &str) -> Result<bool> {
    const REQUESTS: &str = "DELETE FROM change_requests WHERE project_id = $1 AND kind <> 'DELETE_PROJECT' \
        AND EXISTS (SELECT 1 FROM project_rows p WHERE p.id = $1 AND p.trash_id = $1)";
    const SQL: &str = "DELETE FROM trash WHERE id = $1";
    on!(conn.again(), |c| sqlx::query(REQUESTS).bind(id).execute(c).await.map(|_| ()))?;
    Ok(on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|done| done.rows_affected()))? > 0)
}

/// What was deleted before a moment, oldest first.
pub async fn list_older(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<Vec<(String, String)>> {
    const SQL: &str = "SELECT id, kind FROM trash WHERE deleted_at < $1 ORDER BY deleted_at, id LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(before).bind(limit).fetch_all(c).await)?)
}
