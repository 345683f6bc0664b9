//! Entries that people have marked for themselves. Those in the trash are not listed, and are marked again when they are
//! restored.

use std::collections::HashSet;

use model::bookmarks::{Bookmark, BookmarkSort};
use model::time::Timestamp;
use model::{EntryId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::entries::like;
use crate::error::Result;

/// Which bookmarks of a person a list shows.
#[derive(Debug, Clone, Default)]
pub struct BookmarkFilter {
    /// Part of title, version or text of the entry, ignoring case; empty for all.
    pub search: String,
    pub project: Option<ProjectId>,
}

/// A person's bookmarks.
pub async fn list(
    conn: Conn<'_>,
    user: &UserId,
    filter: &BookmarkFilter,
    sort: BookmarkSort,
    limit: i64,
) -> Result<Vec<Bookmark>> {
    macro_rules! ordered {
        ($order:literal) => {
            concat!(
                "SELECT e.id AS entry_id, e.project_id, p.name AS project_name, e.title, e.version, e.published_at, \
                 e.scheduled_at, b.created_at AS bookmarked_at FROM bookmarks b JOIN entries e ON e.id = b.entry_id \
                 JOIN projects p ON p.id = e.project_id WHERE b.user_id = $1 AND ($2 = '' OR e.project_id = $2) \
                 AND ($3 = '' OR e.search LIKE $3 ESCAPE '\\') ORDER BY ",
                $order,
                " LIMIT $4"
            )
        };
    }
    const RECENT: &str = ordered!("b.created_at DESC, e.id DESC");
    const TITLE: &str = ordered!("LOWER(e.title), e.id");
    const PROJECT: &str = ordered!("LOWER(p.name), p.id, LOWER(e.title), e.id");
    let sql = match sort {
        BookmarkSort::Recent => RECENT,
        BookmarkSort::Title => TITLE,
        BookmarkSort::Project => PROJECT,
    };
    let project = filter.project.as_ref().map_or("", ProjectId::as_str);
    let pattern = like(&filter.search);
    Ok(on!(conn, |c| { sqlx::query_as(sql).bind(user).bind(project).bind(&pattern).bind(limit).fetch_all(c).await })?)
}

/// Which of these entries the person has marked.
pub async fn among(conn: Conn<'_>, user: &UserId, entries: &[&EntryId]) -> Result<HashSet<EntryId>> {
    const SQLITE: &str = "SELECT entry_id FROM bookmarks WHERE user_id = $1 \
        AND entry_id IN (SELECT value FROM json_each($2))";
    const POSTGRES: &str = "SELECT entry_id FROM bookmarks WHERE user_id = $1 \
        AND entry_id IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB)))";
    let ids = serde_json::Value::from(entries.iter().map(|id| id.as_str()).collect::<Vec<_>>()).to_string();
    let found: Vec<EntryId> = match conn {
        Conn::Sqlite(c) => sqlx::query_scalar(SQLITE).bind(user).bind(ids).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_scalar(POSTGRES).bind(user).bind(ids).fetch_all(c).await?,
    };
    Ok(found.into_iter().collect())
}

/// Marks an entry that is there; false when it was marked already, or is not there.
pub async fn add(conn: Conn<'_>, user: &UserId, entry: &EntryId, at: Timestamp) -> Result<bool> {
    const SQL: &str = "INSERT INTO bookmarks (user_id, entry_id, created_at) \
        SELECT $1, e.id, $3 FROM entries e WHERE e.id = $2 ON CONFLICT (user_id, entry_id) DO NOTHING";
    let added = on!(conn, |c| {
        sqlx::query(SQL).bind(user).bind(entry).bind(at).execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(added > 0)
}

pub async fn remove(conn: Conn<'_>, user: &UserId, entry: &EntryId) -> Result<()> {
    const SQL: &str = "DELETE FROM bookmarks WHERE user_id = $1 AND entry_id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(entry).execute(c).await.map(|_| ()))?;
    Ok(())
}
