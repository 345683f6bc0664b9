//! What an import needs to know about the entries that exist already.

use std::collections::HashSet;

use model::entries::Entry;
use model::time::Timestamp;
use model::{EntryId, ProjectId, tags};

use super::columns;
use super::list::all_with_tags;
use crate::db::{Conn, on};
use crate::error::Result;

/// As much of an existing entry as decides whether a release is new.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ImportedEntry {
    pub id: EntryId,
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub version_key: Option<String>,
    pub import_key: Option<String>,
    pub external_id: Option<String>,
    pub slug: String,
    pub published_at: Option<Timestamp>,
    pub is_scheduled: bool,
    pub lock_version: i64,
    /// By their keys, sorted.
    #[sqlx(skip)]
    pub tags: Vec<String>,
}

/// Every entry of the project.
pub async fn import_index(mut conn: Conn<'_>, project: &ProjectId) -> Result<Vec<ImportedEntry>> {
    const SQL: &str = "SELECT id, title, content, version, version_key, import_key, external_id, slug, published_at, \
        scheduled_at IS NOT NULL AS is_scheduled, lock_version \
        FROM entries WHERE project_id = $1";
    let mut entries: Vec<ImportedEntry> = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?;
    let ids: Vec<&EntryId> = entries.iter().map(|entry| &entry.id).collect();
    let mut found = crate::tags::of_entries(conn, &ids).await?;
    for entry in &mut entries {
        let mut keys: Vec<String> =
            found.remove(&entry.id).unwrap_or_default().iter().map(|tag| tags::key(&tag.name)).collect();
        keys.sort();
        entry.tags = keys;
    }
    Ok(entries)
}

/// Entries of the project by their ids, whole.
pub async fn find_all(mut conn: Conn<'_>, project: &ProjectId, ids: &[EntryId]) -> Result<Vec<Entry>> {
    const SQLITE: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e WHERE e.project_id = $1 AND e.id IN (SELECT value FROM json_each($2))"
    );
    const POSTGRES: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e WHERE e.project_id = $1 AND e.id IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB)))"
    );
    let list = serde_json::Value::from(ids.iter().map(EntryId::as_str).collect::<Vec<_>>()).to_string();
    let rows: Vec<Entry> = match conn.again() {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(project).bind(list).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(project).bind(list).fetch_all(c).await?,
    };
    all_with_tags(conn, rows).await
}

/// Every address that entries of the project have or had, and their ids, which are addresses too.
pub async fn used_slugs(conn: Conn<'_>, project: &ProjectId) -> Result<HashSet<String>> {
    const SQL: &str = "SELECT slug FROM entries WHERE project_id = $1 \
        UNION ALL SELECT id FROM entries WHERE project_id = $1 \
        UNION ALL SELECT slug FROM entry_slugs WHERE project_id = $1";
    let slugs: Vec<String> = on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_all(c).await)?;
    Ok(slugs.into_iter().collect())
}
