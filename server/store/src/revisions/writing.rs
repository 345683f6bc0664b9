//! Keeping and pruning.

use std::collections::HashMap;

use model::entries::Entry;
use model::revisions::{Marker, Reason, RevisionTag};
use model::time::Timestamp;
use model::{EntryId, ImportId, ProjectId, RevisionId, UserId};
use sqlx::QueryBuilder;
use sqlx::types::Json;

use crate::db::{Conn, on};
use crate::error::Result;

/// A state to keep.
#[derive(Debug, Clone)]
pub struct NewRevision<'e> {
    pub id: RevisionId,
    pub number: i64,
    pub entry: &'e Entry,
    pub reason: Reason,
    pub lines_added: i64,
    pub lines_removed: i64,
    pub by: Option<&'e UserId>,
    pub by_name: Option<&'e str>,
    pub restored_from: Option<&'e RevisionId>,
    pub at: Timestamp,
}

/// The newest state of an entry that was kept.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Newest {
    pub id: RevisionId,
    pub entry_id: EntryId,
    pub number: i64,
    #[sqlx(try_from = "String")]
    pub reason: Reason,
    pub created_by_id: Option<UserId>,
    pub label: Option<String>,
    pub pinned: bool,
    pub created_at: Timestamp,
    pub title: String,
    pub version: Option<String>,
    #[sqlx(json)]
    pub tags: Vec<RevisionTag>,
    pub content: String,
}

macro_rules! newest {
    () => {
        "SELECT r.id, r.entry_id, r.number, r.reason, r.created_by_id, r.label, r.pinned, r.created_at, r.title, \
         r.version, r.tags, r.content FROM entry_revisions r "
    };
}

pub async fn newest(conn: Conn<'_>, entry: &EntryId) -> Result<Option<Newest>> {
    const SQL: &str = concat!(newest!(), "WHERE r.entry_id = $1 ORDER BY r.number DESC LIMIT 1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(entry).fetch_optional(c).await)?)
}

/// The newest states of many entries.
pub async fn newest_of(conn: Conn<'_>, entries: &[EntryId]) -> Result<HashMap<EntryId, Newest>> {
    const SQLITE: &str = concat!(
        newest!(),
        "WHERE r.entry_id IN (SELECT value FROM json_each($1)) AND r.number = \
         (SELECT MAX(n.number) FROM entry_revisions n WHERE n.entry_id = r.entry_id)"
    );
    const POSTGRES: &str = concat!(
        newest!(),
        "WHERE r.entry_id IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB))) AND r.number = \
         (SELECT MAX(n.number) FROM entry_revisions n WHERE n.entry_id = r.entry_id)"
    );
    let ids = serde_json::Value::from(entries.iter().map(EntryId::as_str).collect::<Vec<_>>()).to_string();
    let rows: Vec<Newest> = match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(ids).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(ids).fetch_all(c).await?,
    };
    Ok(rows.into_iter().map(|row| (row.entry_id.clone(), row)).collect())
}

/// The newest revision of an entry with this title and text.
pub async fn newest_saying(conn: Conn<'_>, entry: &EntryId, title: &str, content: &str) -> Result<Option<RevisionId>> {
    const SQL: &str = "SELECT id FROM entry_revisions WHERE entry_id = $1 AND title = $2 AND content = $3 \
        ORDER BY number DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(entry).bind(title).bind(content).fetch_optional(c).await)?)
}

/// The text of the state before one.
pub async fn content_before(conn: Conn<'_>, entry: &EntryId, number: i64) -> Result<Option<String>> {
    const SQL: &str =
        "SELECT content FROM entry_revisions WHERE entry_id = $1 AND number < $2 ORDER BY number DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(entry).bind(number).fetch_optional(c).await)?)
}

/// What is searched of a revision.
fn search_text(title: &str, version: Option<&str>, label: Option<&str>) -> String {
    format!("{title}\n{}\n{}", version.unwrap_or_default(), label.unwrap_or_default()).to_lowercase()
}

fn tags(entry: &Entry) -> Json<Vec<RevisionTag>> {
    Json(entry.tags.iter().map(|tag| RevisionTag { id: tag.id.clone(), name: tag.name.clone() }).collect())
}

pub async fn insert(conn: Conn<'_>, new: &NewRevision<'_>) -> Result<()> {
    insert_all(conn, std::slice::from_ref(new)).await
}

/// Keeps states of many entries. A statement takes a hundred of them.
pub async fn insert_all(mut conn: Conn<'_>, all: &[NewRevision<'_>]) -> Result<()> {
    const INTO: &str = "INSERT INTO entry_revisions (id, entry_id, number, reason, lines_added, lines_removed, \
        created_by_id, created_by_name, restored_from_id, created_at, title, version, search, tags, excerpt, content) ";
    for some in all.chunks(100) {
        on!(conn.again(), |c| {
            let mut query = QueryBuilder::new(INTO);
            query.push_values(some, |mut row, new| {
                let entry = new.entry;
                row.push_bind(&new.id)
                    .push_bind(&entry.id)
                    .push_bind(new.number)
                    .push_bind(new.reason.as_str())
                    .push_bind(new.lines_added)
                    .push_bind(new.lines_removed)
                    .push_bind(new.by)
                    .push_bind(new.by_name)
                    .push_bind(new.restored_from)
                    .push_bind(new.at)
                    .push_bind(&entry.title)
                    .push_bind(&entry.version)
                    .push_bind(search_text(&entry.title, entry.version.as_deref(), None))
                    .push_bind(tags(entry))
                    .push_bind(&entry.excerpt)
                    .push_bind(&entry.content);
            });
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Puts another state in the place of a revision, which keeps its reason and its date.
pub async fn rewrite(
    conn: Conn<'_>,
    id: &RevisionId,
    label: Option<&str>,
    entry: &Entry,
    (added, removed): (i64, i64),
) -> Result<()> {
    const SQL: &str = "UPDATE entry_revisions SET title = $2, version = $3, search = $4, tags = $5, excerpt = $6, \
        content = $7, lines_added = $8, lines_removed = $9, rewritten = rewritten + 1 WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(&entry.title)
            .bind(&entry.version)
            .bind(search_text(&entry.title, entry.version.as_deref(), label))
            .bind(tags(entry))
            .bind(&entry.excerpt)
            .bind(&entry.content)
            .bind(added)
            .bind(removed)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

pub async fn set_reason(conn: Conn<'_>, id: &RevisionId, reason: Reason) -> Result<()> {
    const SQL: &str = "UPDATE entry_revisions SET reason = $2 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(reason.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Writes the marker of a revision that was read in the same transaction.
pub async fn mark(conn: Conn<'_>, revision: &model::revisions::RevisionSummary, marker: &Marker) -> Result<()> {
    const SQL: &str =
        "UPDATE entry_revisions SET label = $2, icon = $3, color = $4, pinned = $5, search = $6 WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&revision.id)
            .bind(&marker.label)
            .bind(&marker.icon)
            .bind(&marker.color)
            .bind(marker.pinned)
            .bind(search_text(&revision.title, revision.version.as_deref(), marker.label.as_deref()))
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Deletes the oldest revisions of an entry that nobody pinned or labelled, until `most` are left. The newest stays.
pub async fn prune(mut conn: Conn<'_>, entry: &EntryId, most: i64) -> Result<()> {
    const COUNT: &str = "SELECT COUNT(*), MAX(number) FROM entry_revisions WHERE entry_id = $1";
    const SQL: &str = "DELETE FROM entry_revisions WHERE id IN (SELECT id FROM entry_revisions \
        WHERE entry_id = $1 AND number < $2 AND NOT pinned AND label IS NULL ORDER BY number LIMIT $3)";
    let (count, newest): (i64, Option<i64>) =
        on!(conn.again(), |c| sqlx::query_as(COUNT).bind(entry).fetch_one(c).await)?;
    if let Some(newest) = newest.filter(|_| count > most) {
        on!(conn, |c| { sqlx::query(SQL).bind(entry).bind(newest).bind(count - most).execute(c).await.map(|_| ()) })?;
    }
    Ok(())
}

/// The entries that a job overwrote and that have more than `most` revisions.
pub async fn overfull(conn: Conn<'_>, job: &ImportId, most: i64) -> Result<Vec<EntryId>> {
    const SQL: &str = "SELECT r.entry_id FROM entry_revisions r JOIN import_rows i ON i.entry_id = r.entry_id \
        WHERE i.job_id = $1 AND i.outcome = 'overwritten' GROUP BY r.entry_id HAVING COUNT(*) > $2";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(job).bind(most).fetch_all(c).await)?)
}

/// Deletes every revision of every entry of a project; how many there were.
pub async fn delete_all(conn: Conn<'_>, project: &ProjectId) -> Result<i64> {
    const SQL: &str = "DELETE FROM entry_revisions WHERE entry_id IN (SELECT id FROM entries WHERE project_id = $1)";
    let gone = on!(conn, |c| sqlx::query(SQL).bind(project).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(gone as i64)
}
