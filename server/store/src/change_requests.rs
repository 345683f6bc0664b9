//! Requests of staff that an administrator decide.

use model::requests::{OpenRequest, RequestKind, RequestStatus};
use model::time::Timestamp;
use model::{EntryId, ProjectId, RequestId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeRequest {
    pub id: RequestId,
    #[sqlx(try_from = "String")]
    pub kind: RequestKind,
    #[sqlx(try_from = "String")]
    pub status: RequestStatus,
    pub project_id: ProjectId,
    /// `None` when the entry is gone.
    pub entry_id: Option<EntryId>,
    pub staff_id: Option<UserId>,
    /// Who decided.
    pub admin_id: Option<UserId>,
    pub created_at: Timestamp,
    /// When it was decided, or taken back.
    pub reviewed_at: Option<Timestamp>,
}

macro_rules! columns {
    () => {
        "id, kind, status, project_id, entry_id, staff_id, admin_id, created_at, reviewed_at"
    };
}

pub async fn find(conn: Conn<'_>, project: &ProjectId, id: &RequestId) -> Result<Option<ChangeRequest>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM change_requests WHERE project_id = $1 AND id = $2");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?)
}

/// The open request of a kind about an entry.
pub async fn find_open(
    conn: Conn<'_>,
    project: &ProjectId,
    entry: &EntryId,
    kind: RequestKind,
) -> Result<Option<ChangeRequest>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM change_requests WHERE project_id = $1 AND entry_id = $2 AND kind = $3 AND status = 'PENDING'"
    );
    Ok(on!(conn, |c| { sqlx::query_as(SQL).bind(project).bind(entry).bind(kind.as_str()).fetch_optional(c).await })?)
}

/// The open requests about an entry with who asked, longest waiting first.
pub async fn list_open(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<Vec<OpenRequest>> {
    const SQL: &str = "SELECT r.id AS request_id, r.kind, r.staff_id, \
        COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS asked_by, \
        r.created_at AS asked_at FROM change_requests r LEFT JOIN users u ON u.id = r.staff_id \
        LEFT JOIN former_users f ON f.id = r.former_staff_id \
        WHERE r.project_id = $1 AND r.entry_id = $2 AND r.status = 'PENDING' ORDER BY r.created_at, r.id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).fetch_all(c).await)?)
}

/// Adds a request. [`crate::Error::Duplicate`] when one of its kind about its entry is open.
pub async fn insert(conn: Conn<'_>, request: &ChangeRequest) -> Result<()> {
    const SQL: &str =
        concat!("INSERT INTO change_requests (", columns!(), ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&request.id)
            .bind(request.kind.as_str())
            .bind(request.status.as_str())
            .bind(&request.project_id)
            .bind(&request.entry_id)
            .bind(&request.staff_id)
            .bind(&request.admin_id)
            .bind(request.created_at)
            .bind(request.reviewed_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Ends an open request; false, with nothing changed, when it is not open.
pub async fn close(
    conn: Conn<'_>,
    project: &ProjectId,
    id: &RequestId,
    status: RequestStatus,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE change_requests SET status = $3, admin_id = $4, reviewed_at = $5 \
        WHERE project_id = $1 AND id = $2 AND status = 'PENDING'";
    let closed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(project)
            .bind(id)
            .bind(status.as_str())
            .bind(by)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(closed > 0)
}

/// Ends every open request of a kind in a project; how many there were.
pub async fn close_all(
    conn: Conn<'_>,
    project: &ProjectId,
    kind: RequestKind,
    status: RequestStatus,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<i64> {
    const SQL: &str = "UPDATE change_requests SET status = $3, admin_id = $4, reviewed_at = $5 \
        WHERE project_id = $1 AND kind = $2 AND status = 'PENDING'";
    let closed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(project)
            .bind(kind.as_str())
            .bind(status.as_str())
            .bind(by)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(closed as i64)
}

/// Whether an administrator has still to decide about a schedule of an entry, in whichever state the request is open.
pub async fn is_schedule_undecided(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM change_requests WHERE project_id = $1 AND entry_id = $2 \
        AND kind = 'ALLOW_SCHEDULE' AND status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING')";
    let open: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(entry).fetch_one(c).await)?;
    Ok(open > 0)
}

/// How many requests wait for an administrator, in one project or in all.
pub async fn count_pending(conn: Conn<'_>, project: Option<&ProjectId>) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM change_requests WHERE status = 'PENDING' AND ($1 = '' OR project_id = $1)";
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}
