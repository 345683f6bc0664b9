//! Requests of staff that an administrator decides.

mod comments;
mod lists;

use model::requests::{EntryText, OpenRequest, RequestKind, RequestStatus};
use model::time::Timestamp;
use model::{EntryId, ProjectId, RequestId, TagId, UserId};
use sqlx::types::Json;

pub use comments::{add_comment, comments};
pub use lists::{
    Expanded, RequestFilter, count, count_of, count_pending, expanded, expanded_of_entry, expanded_one, forget_letters,
    has_letter, line, lines, note_letter, projects, without_letter,
};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ChangeRequest {
    pub id: RequestId,
    #[sqlx(try_from = "String")]
    pub kind: RequestKind,
    #[sqlx(try_from = "String")]
    pub status: RequestStatus,
    /// `None` when the project is gone.
    pub project_id: Option<ProjectId>,
    /// The project's name when somebody asked.
    pub project_name: String,
    /// The id of what is concerned, which may be gone.
    pub target_id: String,
    /// Its name when somebody asked.
    pub target_name: String,
    /// `None` when the entry is gone, and for what is about none.
    pub entry_id: Option<EntryId>,
    pub tag_id: Option<TagId>,
    pub staff_id: Option<UserId>,
    /// Who decided, or wants changes.
    pub admin_id: Option<UserId>,
    /// The date to publish under; `None` for the moment of the approval.
    pub publish_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    /// The entry's, when somebody asked last.
    pub entry_lock_version: Option<i64>,
    /// The entry as it was when somebody asked last, where readers will see it.
    #[sqlx(json(nullable))]
    pub entry_text: Option<EntryText>,
    pub feedback: Option<String>,
    pub previous_feedback: Option<String>,
    pub resubmitted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    /// When it was decided, taken back, or changes were asked for.
    pub reviewed_at: Option<Timestamp>,
}

macro_rules! columns {
    () => {
        "id, kind, status, project_id, project_name, target_id, target_name, entry_id, tag_id, staff_id, admin_id, \
         publish_at, scheduled_at, entry_lock_version, entry_text, feedback, previous_feedback, resubmitted_at, \
         created_at, reviewed_at"
    };
}

/// What can still be done.
macro_rules! open {
    () => {
        "status IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING')"
    };
}

/// What waits for an administrator.
macro_rules! waiting {
    () => {
        "status IN ('PENDING', 'CHANGES_REQUESTED_PENDING')"
    };
}
pub(crate) use waiting;

pub async fn find(conn: Conn<'_>, project: &ProjectId, id: &RequestId) -> Result<Option<ChangeRequest>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM change_requests WHERE project_id = $1 AND id = $2");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?)
}

/// The project of a request, for addresses that do not name it; `None` as well when the project is gone.
pub async fn project_of(conn: Conn<'_>, id: &RequestId) -> Result<Option<ProjectId>> {
    const SQL: &str = "SELECT project_id FROM change_requests WHERE id = $1 AND project_id IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)?)
}

/// The open request of a kind about one thing.
pub async fn find_open(conn: Conn<'_>, kind: RequestKind, target: &str) -> Result<Option<ChangeRequest>> {
    const SQL: &str =
        concat!("SELECT ", columns!(), " FROM change_requests WHERE target_id = $1 AND kind = $2 AND ", open!());
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(target).bind(kind.as_str()).fetch_optional(c).await)?)
}

/// The open requests about an entry with who asked, longest waiting first.
pub async fn list_open(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<Vec<OpenRequest>> {
    const SQL: &str = concat!(
        "SELECT r.id AS request_id, r.kind, r.status, r.feedback, r.staff_id, \
         COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS asked_by, \
         COALESCE(r.resubmitted_at, r.created_at) AS asked_at \
         FROM change_requests r LEFT JOIN users u ON u.id = r.staff_id \
         LEFT JOIN former_users f ON f.id = r.former_staff_id \
         WHERE r.project_id = $1 AND r.entry_id = $2 AND r.",
        open!(),
        " ORDER BY r.created_at, r.id"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).fetch_all(c).await)?)
}

/// Adds a request. [`crate::Error::Duplicate`] when one of its kind about the same thing is open.
pub async fn insert(conn: Conn<'_>, request: &ChangeRequest) -> Result<()> {
    const SQL: &str = concat!(
        "INSERT INTO change_requests (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
    );
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&request.id)
            .bind(request.kind.as_str())
            .bind(request.status.as_str())
            .bind(&request.project_id)
            .bind(&request.project_name)
            .bind(&request.target_id)
            .bind(&request.target_name)
            .bind(&request.entry_id)
            .bind(&request.tag_id)
            .bind(&request.staff_id)
            .bind(&request.admin_id)
            .bind(request.publish_at)
            .bind(request.scheduled_at)
            .bind(request.entry_lock_version)
            .bind(request.entry_text.as_ref().map(Json))
            .bind(&request.feedback)
            .bind(&request.previous_feedback)
            .bind(request.resubmitted_at)
            .bind(request.created_at)
            .bind(request.reviewed_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Asks again after changes: what is asked for now takes the place of what was asked for before. False, with nothing
/// changed, when the request does not wait for changes any more.
pub async fn resubmit(conn: Conn<'_>, request: &ChangeRequest) -> Result<bool> {
    const SQL: &str = "UPDATE change_requests SET status = 'CHANGES_REQUESTED_PENDING', target_name = $2, \
        publish_at = $3, scheduled_at = $4, entry_lock_version = $5, entry_text = $6, resubmitted_at = $7, \
        previous_feedback = feedback, feedback = NULL, admin_id = NULL, former_admin_id = NULL, reviewed_at = NULL \
        WHERE id = $1 AND status = 'CHANGES_REQUESTED'";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&request.id)
            .bind(&request.target_name)
            .bind(request.publish_at)
            .bind(request.scheduled_at)
            .bind(request.entry_lock_version)
            .bind(request.entry_text.as_ref().map(Json))
            .bind(request.resubmitted_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Writes an administrator's answer; false, with nothing changed, when the request does not wait for one. Of two at the
/// same moment, the second waits here and then finds it answered.
pub async fn answer(
    conn: Conn<'_>,
    id: &RequestId,
    status: RequestStatus,
    by: Option<&UserId>,
    feedback: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = concat!(
        "UPDATE change_requests SET status = $2, admin_id = $3, feedback = $4, reviewed_at = $5 WHERE id = $1 AND ",
        waiting!()
    );
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(status.as_str())
            .bind(by)
            .bind(feedback)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed > 0)
}

/// Ends an open request; false, with nothing changed, when it is not open.
pub async fn close(
    conn: Conn<'_>,
    id: &RequestId,
    status: RequestStatus,
    by: Option<&UserId>,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str =
        concat!("UPDATE change_requests SET status = $2, admin_id = $3, reviewed_at = $4 WHERE id = $1 AND ", open!());
    let closed = on!(conn, |c| {
        sqlx::query(SQL)
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
    const SQL: &str = concat!(
        "UPDATE change_requests SET status = $3, admin_id = $4, reviewed_at = $5 \
         WHERE project_id = $1 AND kind = $2 AND ",
        open!()
    );
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

/// Ends every open request in a project that nobody decides any more.
pub async fn close_everything(
    conn: Conn<'_>,
    project: &ProjectId,
    status: RequestStatus,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str =
        concat!("UPDATE change_requests SET status = $2, reviewed_at = $3 WHERE project_id = $1 AND ", open!());
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(status.as_str()).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
