//! Whole entries for a file, page by page. The pages of one file are read from one [`crate::Snapshot`].

use chrono::TimeDelta;
use model::entries::Entry;
use model::time::Timestamp;
use model::{Cursor, Page, ProjectId, TagId};

use super::list::{all_with_tags, tag_set};
use super::{FAR_FUTURE, FAR_PAST, columns};
use crate::db::{Conn, on};
use crate::error::Result;

/// Which entries go into a file.
#[derive(Debug, Clone, Default)]
pub struct ExportFilter {
    /// Entries with any of these tags; `None` for all, an empty list for none.
    pub tags: Option<Vec<TagId>>,
    /// Bounds of the date of publication, or of creation for what is not published; the second is excluded.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// `$1` project, `$2` tag set, `$3` and `$4` bounds, both inclusive; `$5` and `$6` the position to go on after, `$7` how
/// many. `$4` never lies beyond that position: it is what SQLite searches the index by, and it would walk there from the
/// end otherwise.
macro_rules! page {
    ($date:literal, $state:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            " FROM entries e WHERE e.project_id = $1 AND ",
            $state,
            " AND ($2 = '' OR EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = e.id \
                 AND replace($2, ',' || et.tag_id || ',', '') <> $2)) AND ",
            $date,
            " >= $3 AND ",
            $date,
            " <= $4 AND (",
            $date,
            ", e.id) < ($5, $6) ORDER BY ",
            $date,
            " DESC, e.id DESC LIMIT $7"
        )
    };
}

/// Published entries, the newest first.
pub async fn list_for_export(
    conn: Conn<'_>,
    project: &ProjectId,
    filter: &ExportFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Entry>> {
    const SQL: &str = page!("e.published_at", "e.published_at IS NOT NULL");
    let page = list(conn, SQL, project, filter, after, limit).await?;
    Ok(Page::cut(page, limit, |entry| Cursor {
        time: entry.published_at.unwrap_or(entry.created_at),
        id: entry.id.to_string(),
    }))
}

/// Drafts and scheduled entries, the newest first by date of creation.
pub async fn list_unpublished_for_export(
    conn: Conn<'_>,
    project: &ProjectId,
    filter: &ExportFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Entry>> {
    const SQL: &str = page!("e.created_at", "e.published_at IS NULL");
    let page = list(conn, SQL, project, filter, after, limit).await?;
    Ok(Page::cut(page, limit, |entry| Cursor { time: entry.created_at, id: entry.id.to_string() }))
}

/// One entry more than `limit`, if there are as many.
async fn list(
    mut conn: Conn<'_>,
    sql: &'static str,
    project: &ProjectId,
    filter: &ExportFilter,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Vec<Entry>> {
    let (time, id) = after.map_or((FAR_FUTURE, ""), |cursor| (cursor.time, cursor.id.as_str()));
    // Times are whole milliseconds, so the one before the excluded bound is the last that counts.
    let last = filter.until.map_or(time, |until| time.min(until - TimeDelta::milliseconds(1)));
    let entries = on!(conn.again(), |c| {
        sqlx::query_as(sql)
            .bind(project)
            .bind(tag_set(filter.tags.as_deref()))
            .bind(filter.from.unwrap_or(FAR_PAST))
            .bind(last)
            .bind(time)
            .bind(id)
            .bind(limit as i64 + 1)
            .fetch_all(c)
            .await
    })?;
    all_with_tags(conn, entries).await
}
