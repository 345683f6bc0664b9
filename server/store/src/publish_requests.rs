//! Requests of staff that an administrator publish an entry.

use model::time::Timestamp;
use model::{EntryId, ProjectId, RequestId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PublishRequest {
    pub id: RequestId,
    pub project_id: ProjectId,
    pub entry_id: EntryId,
    pub staff_id: Option<UserId>,
    pub admin_id: Option<UserId>,
    /// `PENDING`, `APPROVED` or `WITHDRAWN`.
    pub status: String,
    pub created_at: Timestamp,
    pub reviewed_at: Option<Timestamp>,
}

pub async fn find_pending(conn: Conn<'_>, entry: &EntryId) -> Result<Option<PublishRequest>> {
    const SQL: &str = "SELECT id, project_id, entry_id, staff_id, admin_id, status, created_at, reviewed_at \
        FROM publish_requests WHERE entry_id = $1 AND status = 'PENDING'";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(entry).fetch_optional(c).await)?)
}

pub async fn insert(conn: Conn<'_>, request: &PublishRequest) -> Result<()> {
    const SQL: &str = "INSERT INTO publish_requests \
        (id, project_id, entry_id, staff_id, admin_id, status, created_at, reviewed_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&request.id)
            .bind(&request.project_id)
            .bind(&request.entry_id)
            .bind(&request.staff_id)
            .bind(&request.admin_id)
            .bind(&request.status)
            .bind(request.created_at)
            .bind(request.reviewed_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Ends the pending requests of an entry as approved by `admin`.
pub async fn approve_pending(conn: Conn<'_>, entry: &EntryId, admin: &UserId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE publish_requests SET status = 'APPROVED', admin_id = $2, reviewed_at = $3 \
        WHERE entry_id = $1 AND status = 'PENDING'";
    on!(conn, |c| sqlx::query(SQL).bind(entry).bind(admin).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// How many entries wait for an administrator, in one project or in all.
pub async fn count_pending(conn: Conn<'_>, project: Option<&ProjectId>) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM publish_requests WHERE status = 'PENDING' AND ($1 = '' OR project_id = $1)";
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}
