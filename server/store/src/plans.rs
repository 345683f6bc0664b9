//! What is planned for entries: the columns of `entries` beside text and state that say so.

use model::schedule::{CalendarEvent, Plan};
use model::time::Timestamp;
use model::{EntryId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

pub async fn find(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<Option<Plan>> {
    const SQL: &str = "SELECT e.scheduled_at, e.scheduled_by_id, COALESCE(u.name, u.email) AS scheduled_by, \
        e.expires_at, e.pinned_until, (SELECT j.error FROM jobs j WHERE j.entity_id = e.id \
            AND j.kind = 'PUBLISH_CHANGELOG_ENTRY' AND j.status = 'FAILED' AND j.scheduled_at = e.scheduled_at \
            ORDER BY j.created_at DESC LIMIT 1) AS failure \
        FROM entries e LEFT JOIN users u ON u.id = e.scheduled_by_id WHERE e.project_id = $1 AND e.id = $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).fetch_optional(c).await)?)
}

/// Notes who scheduled an entry; nobody when it is not scheduled any more.
pub async fn set_scheduled_by(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, by: Option<&UserId>) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET scheduled_by_id = $3 WHERE project_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(entry).bind(by).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Sets when an entry becomes a draft again.
pub async fn set_expiry(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, at: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET expires_at = $3 WHERE project_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(entry).bind(at).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Sets until when an entry comes first.
pub async fn set_pin(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, until: Option<Timestamp>) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET pinned_until = $3 WHERE project_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(entry).bind(until).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets every plan of an entry. Its state stays.
pub async fn clear(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<()> {
    const SQL: &str = "UPDATE entry_rows SET scheduled_by_id = NULL, expires_at = NULL, pinned_until = NULL \
        WHERE project_id = $1 AND id = $2";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(entry).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What happens in a project from one moment to before another, in order. At most `limit` lines.
pub async fn calendar(
    conn: Conn<'_>,
    project: &ProjectId,
    from: Timestamp,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<CalendarEvent>> {
    const SQL: &str = "SELECT v.kind, v.at, v.entry_id, v.project_id, v.title, v.version FROM (\
        SELECT 'published' AS kind, published_at AS at, id AS entry_id, project_id, title, version FROM entries \
            WHERE project_id = $1 AND published_at >= $2 AND published_at < $3 \
        UNION ALL SELECT 'scheduled', scheduled_at, id, project_id, title, version FROM entries \
            WHERE project_id = $1 AND published_at IS NULL AND scheduled_at >= $2 AND scheduled_at < $3 \
        UNION ALL SELECT 'expires', expires_at, id, project_id, title, version FROM entries \
            WHERE project_id = $1 AND expires_at >= $2 AND expires_at < $3) v \
        ORDER BY v.at, v.entry_id, v.kind LIMIT $4";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(from).bind(until).bind(limit).fetch_all(c).await)?)
}
