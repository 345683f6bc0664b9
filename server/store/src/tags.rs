//! Tags and their links to entries.

use std::collections::HashMap;

use model::tags::{self, Tag};
use model::time::Timestamp;
use model::{EntryId, ProjectId, TagId};

use crate::db::{Conn, on};
use crate::error::Result;

pub async fn find(conn: Conn<'_>, id: &TagId) -> Result<Option<Tag>> {
    const SQL: &str = "SELECT id, name, color, description, position, created_at, updated_at FROM tags WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Finds by name, ignoring case.
pub async fn find_by_name(conn: Conn<'_>, name: &str) -> Result<Option<Tag>> {
    const SQL: &str =
        "SELECT id, name, color, description, position, created_at, updated_at FROM tags WHERE name_key = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(tags::key(name)).fetch_optional(c).await)?)
}

/// All tags of the instance, in their order.
pub async fn list(conn: Conn<'_>) -> Result<Vec<Tag>> {
    const SQL: &str =
        "SELECT id, name, color, description, position, created_at, updated_at FROM tags ORDER BY position, name_key";
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// The tags used by any entry of the project, in their order.
pub async fn list_used(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<Tag>> {
    const SQL: &str = "SELECT t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at FROM tags t WHERE t.id IN \
        (SELECT et.tag_id FROM entry_tags et JOIN entries e ON e.id = et.entry_id WHERE e.project_id = $1) \
        ORDER BY t.position, t.name_key";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

/// The tags that readers meet: those of entries published by `now`, in their order.
pub async fn list_public(conn: Conn<'_>, project: &ProjectId, now: Timestamp) -> Result<Vec<Tag>> {
    const SQL: &str = "SELECT t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at FROM tags t WHERE t.id IN \
        (SELECT et.tag_id FROM entry_tags et JOIN entries e ON e.id = et.entry_id \
        WHERE e.project_id = $1 AND e.published_at <= $2) ORDER BY t.position, t.name_key";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(now).fetch_all(c).await)?)
}

/// Adds a tag; false, with nothing added, when the name exists, also when somebody else adds it at the same time.
pub async fn insert(conn: Conn<'_>, tag: &Tag) -> Result<bool> {
    const SQL: &str = "INSERT INTO tags (id, name, name_key, color, description, position, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name_key) DO NOTHING";
    let added = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&tag.id)
            .bind(&tag.name)
            .bind(tags::key(&tag.name))
            .bind(&tag.color)
            .bind(&tag.description)
            .bind(tag.position)
            .bind(tag.created_at)
            .bind(tag.updated_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(added > 0)
}

#[derive(sqlx::FromRow)]
struct LinkedTag {
    entry_id: EntryId,
    #[sqlx(flatten)]
    tag: Tag,
}

/// The tags of many entries, each entry's in the order they were given.
pub async fn of_entries(conn: Conn<'_>, entries: &[&EntryId]) -> Result<HashMap<EntryId, Vec<Tag>>> {
    if entries.is_empty() {
        return Ok(HashMap::new());
    }
    // A list of any length as one parameter: both engines unpack a JSON array, each with its own function.
    const SQLITE: &str = "SELECT et.entry_id, t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at \
        FROM entry_tags et JOIN tags t ON t.id = et.tag_id \
        WHERE et.entry_id IN (SELECT value FROM json_each($1)) ORDER BY et.position";
    const POSTGRES: &str = "SELECT et.entry_id, t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at \
        FROM entry_tags et JOIN tags t ON t.id = et.tag_id \
        WHERE et.entry_id IN (SELECT jsonb_array_elements_text(CAST($1 AS JSONB))) ORDER BY et.position";
    let ids = serde_json::Value::from(entries.iter().map(|id| id.as_str()).collect::<Vec<_>>()).to_string();
    let rows: Vec<LinkedTag> = match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(ids).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(ids).fetch_all(c).await?,
    };
    let mut tags: HashMap<EntryId, Vec<Tag>> = HashMap::new();
    for row in rows {
        tags.entry(row.entry_id).or_default().push(row.tag);
    }
    Ok(tags)
}

/// Replaces the tags of an entry.
pub async fn set(mut conn: Conn<'_>, entry: &EntryId, tags: &[Tag]) -> Result<()> {
    const CLEAR: &str = "DELETE FROM entry_tags WHERE entry_id = $1";
    on!(conn.again(), |c| sqlx::query(CLEAR).bind(entry).execute(c).await.map(|_| ()))?;
    for (position, tag) in (0_i64..).zip(tags) {
        const SQL: &str = "INSERT INTO entry_tags (entry_id, tag_id, position) VALUES ($1, $2, $3)";
        on!(conn.again(), |c| {
            sqlx::query(SQL).bind(entry).bind(&tag.id).bind(position).execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}
