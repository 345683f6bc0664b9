//! What is new for readers: how much was published after a position, and the positions of the newest entries.

use model::time::Timestamp;
use model::{EntryId, ProjectId, TagId};

use super::FAR_PAST;
use crate::db::{Conn, on};
use crate::error::Result;

/// One published entry in the order of publication.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Position {
    pub id: EntryId,
    pub title: String,
    pub published_at: Timestamp,
}

/// `$1` project, `$2` now, `$3` tag set (`,a,b,`, or empty for all).
macro_rules! visible {
    () => {
        "e.project_id = $1 AND e.published_at <= $2 \
         AND ($3 = '' OR EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = e.id \
             AND replace($3, ',' || et.tag_id || ',', '') <> $3)) "
    };
}

/// A text that `replace` can search. Each id stands between commas of its own, so that no two share one.
fn tag_set(tags: Option<&[TagId]>) -> String {
    match tags {
        None => String::new(),
        Some([]) => ",,".to_owned(),
        Some(tags) => tags.iter().map(|tag| format!(",{tag},")).collect(),
    }
}

/// How many entries readers see after a position; all of them without one.
pub async fn count_after(
    conn: Conn<'_>,
    project: &ProjectId,
    tags: Option<&[TagId]>,
    now: Timestamp,
    after: Option<(Timestamp, &str)>,
) -> Result<i64> {
    const SQL: &str =
        concat!("SELECT COUNT(*) FROM entries e WHERE ", visible!(), "AND (e.published_at, e.id) > ($4, $5)");
    let (time, id) = after.unwrap_or((FAR_PAST, ""));
    Ok(on!(conn, |c| {
        sqlx::query_scalar(SQL).bind(project).bind(now).bind(tag_set(tags)).bind(time).bind(id).fetch_one(c).await
    })?)
}

/// The newest entries that readers see, latest first.
pub async fn positions(
    conn: Conn<'_>,
    project: &ProjectId,
    tags: Option<&[TagId]>,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Position>> {
    const SQL: &str = concat!(
        "SELECT e.id, e.title, e.published_at FROM entries e WHERE ",
        visible!(),
        "ORDER BY e.published_at DESC, e.id DESC LIMIT $4"
    );
    Ok(on!(conn, |c| {
        sqlx::query_as(SQL).bind(project).bind(now).bind(tag_set(tags)).bind(limit as i64).fetch_all(c).await
    })?)
}
