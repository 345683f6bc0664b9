//! Across all projects: figures and short lists of entries.

use model::home::HomeEntry;
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

macro_rules! entries {
    ($rest:literal) => {
        concat!(
            "SELECT e.id, e.project_id, p.name AS project_name, p.color AS project_color, e.title, e.version, \
             e.published_at, e.scheduled_at, e.updated_at, COALESCE(u.name, u.email) AS author \
             FROM entries e JOIN projects p ON p.id = e.project_id LEFT JOIN users u ON u.id = e.created_by_id ",
            $rest
        )
    };
}

/// Drafts, last changed first.
pub async fn drafts(conn: Conn<'_>, limit: i64) -> Result<Vec<HomeEntry>> {
    const SQL: &str = entries!(
        "WHERE e.published_at IS NULL AND e.scheduled_at IS NULL ORDER BY e.updated_at DESC, e.id DESC LIMIT $1"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(limit).fetch_all(c).await)?)
}

/// Entries whose writers asked for publication, longest waiting first.
pub async fn waiting(conn: Conn<'_>, limit: i64) -> Result<Vec<HomeEntry>> {
    const SQL: &str = entries!(
        "JOIN publish_requests r ON r.entry_id = e.id AND r.status = 'PENDING' ORDER BY r.created_at, r.id LIMIT $1"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(limit).fetch_all(c).await)?)
}

/// Entries published last.
pub async fn published(conn: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<HomeEntry>> {
    const SQL: &str = entries!("WHERE e.published_at <= $1 ORDER BY e.published_at DESC, e.id DESC LIMIT $2");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(now).bind(limit).fetch_all(c).await)?)
}

/// All entries, and those published from `since` to `now`.
pub async fn figures(conn: Conn<'_>, since: Timestamp, now: Timestamp) -> Result<(i64, i64)> {
    const SQL: &str = "SELECT COUNT(*), COUNT(*) FILTER (WHERE published_at >= $1 AND published_at <= $2) FROM entries";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(since).bind(now).fetch_one(c).await)?)
}
