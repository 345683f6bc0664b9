//! Tags and their links to entries.

use std::collections::HashMap;

use model::feeds::FeedConfig;
use model::tags::{self, Tag, TagUsage};
use model::time::Timestamp;
use model::{EntryId, ProjectId, TagId};

use crate::db::{Conn, on};
use crate::entries::like;
use crate::error::Result;

macro_rules! by_id {
    () => {
        "SELECT id, name, color, description, position, created_at, updated_at FROM tags WHERE id = $1"
    };
}

pub async fn find(conn: Conn<'_>, id: &TagId) -> Result<Option<Tag>> {
    const SQL: &str = by_id!();
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// As [`find`], and nobody else changes the tag until the transaction ends.
pub async fn find_locked(conn: Conn<'_>, id: &TagId) -> Result<Option<Tag>> {
    const POSTGRES: &str = concat!(by_id!(), " FOR UPDATE");
    match conn {
        Conn::Postgres(c) => Ok(sqlx::query_as(POSTGRES).bind(id).fetch_optional(c).await?),
        // One writer at a time.
        sqlite => find(sqlite, id).await,
    }
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

#[derive(sqlx::FromRow)]
struct CountedTag {
    entries: i64,
    #[sqlx(flatten)]
    tag: Tag,
}

/// As [`list_public`], with the number of published entries of each.
pub async fn count_public(conn: Conn<'_>, project: &ProjectId, now: Timestamp) -> Result<Vec<(Tag, i64)>> {
    const SQL: &str = "SELECT t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at, u.entries \
        FROM tags t JOIN (SELECT et.tag_id, COUNT(*) AS entries FROM entries e JOIN entry_tags et ON et.entry_id = e.id \
        WHERE e.project_id = $1 AND e.published_at <= $2 GROUP BY et.tag_id) u ON u.tag_id = t.id \
        ORDER BY t.position, t.name_key";
    let rows: Vec<CountedTag> = on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(now).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|row| (row.tag, row.entries)).collect())
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

/// A tag of an entry.
#[derive(sqlx::FromRow)]
pub(crate) struct LinkedTag {
    pub entry_id: EntryId,
    #[sqlx(flatten)]
    pub tag: Tag,
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

/// All tags of the instance with how often they are used, in their order.
pub async fn list_with_usage(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<TagUsage>> {
    const SQL: &str = "SELECT t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at, \
        COALESCE(u.here, 0) AS here, COALESCE(u.entries, 0) AS entries, COALESCE(u.projects, 0) AS projects \
        FROM tags t LEFT JOIN (SELECT et.tag_id, COUNT(*) AS entries, COUNT(DISTINCT e.project_id) AS projects, \
            COUNT(*) FILTER (WHERE e.project_id = $1) AS here \
            FROM entry_tags et JOIN entries e ON e.id = et.entry_id GROUP BY et.tag_id) u ON u.tag_id = t.id \
        ORDER BY t.position, t.name_key";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

/// The position of a tag that is added at the end: 0 as long as nobody put the tags in an order of their own.
pub async fn next_position(conn: Conn<'_>) -> Result<i64> {
    const SQL: &str = "SELECT COALESCE(MAX(position), 0) FROM tags";
    let last: i64 = on!(conn, |c| sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(if last > 0 { last + 1 } else { 0 })
}

/// Writes every changeable column. [`crate::Error::Duplicate`] when another tag has the name.
pub async fn update(conn: Conn<'_>, tag: &Tag) -> Result<()> {
    const SQL: &str = "UPDATE tags SET name = $2, name_key = $3, color = $4, description = $5, position = $6, \
        updated_at = $7 WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&tag.id)
            .bind(&tag.name)
            .bind(tags::key(&tag.name))
            .bind(&tag.color)
            .bind(&tag.description)
            .bind(tag.position)
            .bind(tag.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Deletes a tag; its entries lose it.
pub async fn delete(conn: Conn<'_>, id: &TagId) -> Result<()> {
    const SQL: &str = "DELETE FROM tags WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Gives every entry that has `from` the tag `into` in its place, unless it has both.
pub async fn relink(conn: Conn<'_>, from: &TagId, into: &TagId) -> Result<()> {
    const SQL: &str = "UPDATE entry_tags SET tag_id = $2 WHERE tag_id = $1 AND entry_id NOT IN \
        (SELECT entry_id FROM entry_tags WHERE tag_id = $2)";
    on!(conn, |c| sqlx::query(SQL).bind(from).bind(into).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// How many entries have a tag, of all projects.
pub async fn count_entries(conn: Conn<'_>, id: &TagId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM entry_tags et JOIN entries e ON e.id = et.entry_id WHERE et.tag_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_one(c).await)?)
}

/// The projects with an entry that has a tag, by id.
pub async fn projects_with(conn: Conn<'_>, id: &TagId) -> Result<Vec<ProjectId>> {
    const SQL: &str = "SELECT DISTINCT e.project_id FROM entry_tags et JOIN entries e ON e.id = et.entry_id \
        WHERE et.tag_id = $1 ORDER BY e.project_id";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_all(c).await)?)
}

#[derive(sqlx::FromRow)]
struct Naming {
    id: ProjectId,
    #[sqlx(json)]
    default_tags: Vec<String>,
    #[sqlx(json(nullable))]
    rss_feed_config: Option<FeedConfig>,
}

/// The projects whose settings name a tag, by id: among the default tags, or in the filter of their feeds.
pub async fn projects_naming(conn: Conn<'_>, tag: &Tag) -> Result<Vec<ProjectId>> {
    const SQL: &str = "SELECT id, default_tags, rss_feed_config FROM projects \
        WHERE default_tags <> '[]' OR rss_feed_config IS NOT NULL ORDER BY id";
    let rows: Vec<Naming> = on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?;
    let wanted = tags::key(&tag.name);
    let names = |row: &Naming| {
        row.default_tags.iter().any(|name| tags::key(name) == wanted)
            || row.rss_feed_config.as_ref().is_some_and(|config| config.tag_filter.contains(&tag.id))
    };
    Ok(rows.into_iter().filter(names).map(|row| row.id).collect())
}

/// The tags somebody meets: all, or those that entries of one project have and those that no entry has.
macro_rules! within {
    () => {
        "($1 = '' OR EXISTS (SELECT 1 FROM entry_tags et JOIN entries e ON e.id = et.entry_id \
             WHERE et.tag_id = t.id AND e.project_id = $1) \
             OR NOT EXISTS (SELECT 1 FROM entry_tags et JOIN entries e ON e.id = et.entry_id WHERE et.tag_id = t.id)) \
         AND ($2 = '' OR t.name_key LIKE $2 ESCAPE '\\') "
    };
}

/// One page of the tags that entries of the project have or no entry has, by name, and how many there are. `search` is a
/// part of the name.
pub async fn list_numbered(
    mut conn: Conn<'_>,
    project: &ProjectId,
    search: &str,
    limit: i64,
    offset: i64,
) -> Result<(Vec<Tag>, i64)> {
    const PAGE: &str = concat!(
        "SELECT t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at FROM tags t WHERE ",
        within!(),
        "ORDER BY t.name_key, t.id LIMIT $3 OFFSET $4"
    );
    const TOTAL: &str = concat!("SELECT COUNT(*) FROM tags t WHERE ", within!());
    let pattern = like(search);
    let page = on!(conn.again(), |c| {
        sqlx::query_as(PAGE).bind(project).bind(&pattern).bind(limit).bind(offset).fetch_all(c).await
    })?;
    let total = on!(conn, |c| sqlx::query_scalar(TOTAL).bind(project).bind(&pattern).fetch_one(c).await)?;
    Ok((page, total))
}

/// Tags by a part of the name, those that begin with it first; of one project as by [`list_numbered`], or all.
pub async fn find_like(conn: Conn<'_>, project: Option<&ProjectId>, part: &str, limit: i64) -> Result<Vec<Tag>> {
    const SQL: &str = concat!(
        "SELECT t.id, t.name, t.color, t.description, t.position, t.created_at, t.updated_at FROM tags t WHERE ",
        within!(),
        "ORDER BY CASE WHEN t.name_key LIKE $3 ESCAPE '\\' THEN 0 ELSE 1 END, t.name_key, t.id LIMIT $4"
    );
    let part = like(part);
    let beginning = part.strip_prefix('%').unwrap_or_default();
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| { sqlx::query_as(SQL).bind(project).bind(&part).bind(beginning).bind(limit).fetch_all(c).await })?)
}

/// How many entries of the project have each of these tags; a tag that none has is missing.
pub async fn count_here(conn: Conn<'_>, project: &ProjectId, tags: &[&TagId]) -> Result<HashMap<TagId, i64>> {
    const SQLITE: &str = "SELECT et.tag_id, COUNT(*) FROM entry_tags et JOIN entries e ON e.id = et.entry_id \
        WHERE e.project_id = $1 AND et.tag_id IN (SELECT value FROM json_each($2)) GROUP BY et.tag_id";
    const POSTGRES: &str = "SELECT et.tag_id, COUNT(*) FROM entry_tags et JOIN entries e ON e.id = et.entry_id \
        WHERE e.project_id = $1 AND et.tag_id IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB))) GROUP BY et.tag_id";
    let ids = serde_json::Value::from(tags.iter().map(|id| id.as_str()).collect::<Vec<_>>()).to_string();
    let rows: Vec<(TagId, i64)> = match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(project).bind(ids).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(project).bind(ids).fetch_all(c).await?,
    };
    Ok(rows.into_iter().collect())
}
