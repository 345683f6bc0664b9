//! The versions of a project, for suggesting the next one.

use model::ProjectId;
use model::time::Timestamp;
use model::versions::UsedVersion;

use crate::db::{Conn, on};
use crate::error::Result;

/// Every version of the project, in no order.
pub async fn used_versions(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<String>> {
    const SQL: &str = "SELECT version FROM entries WHERE project_id = $1 AND version IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_all(c).await)?)
}

/// The versions of the entries that were created last, newest first.
pub async fn recent_versions(conn: Conn<'_>, project: &ProjectId, limit: i64) -> Result<Vec<UsedVersion>> {
    const SQL: &str = "SELECT version, id, title FROM entries WHERE project_id = $1 AND version IS NOT NULL \
        ORDER BY created_at DESC, id DESC LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(limit).fetch_all(c).await)?)
}

/// Every version of the project: of what is not published first, then the newest date of publication first.
pub async fn versions_by_date(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<String>> {
    const SQL: &str = "SELECT version FROM entries WHERE project_id = $1 AND version IS NOT NULL \
        ORDER BY published_at IS NOT NULL, published_at DESC, created_at DESC, id DESC";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_all(c).await)?)
}

/// Every version that readers see, with its date of publication.
pub async fn public_versions(conn: Conn<'_>, project: &ProjectId, now: Timestamp) -> Result<Vec<(String, Timestamp)>> {
    const SQL: &str = "SELECT version, published_at FROM entries \
        WHERE project_id = $1 AND published_at <= $2 AND version IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(now).fetch_all(c).await)?)
}
