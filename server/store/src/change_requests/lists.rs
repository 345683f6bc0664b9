//! Requests across projects, and who has been told of them.

use model::requests::{RequestKind, RequestLine, RequestTab};
use model::time::Timestamp;
use model::users::{SYSTEM_ID, User};
use model::{EntryId, ProjectId, RequestId, UserId};

use super::{ChangeRequest, waiting};
use crate::db::{Conn, on};
use crate::error::Result;

/// Which requests a list shows.
#[derive(Debug, Clone, Default)]
pub struct RequestFilter {
    pub tab: RequestTab,
    /// Only what this person asked for.
    pub asked_by: Option<UserId>,
    pub project: Option<ProjectId>,
    pub kind: Option<RequestKind>,
    /// Longest waiting first, instead of the newest.
    pub oldest_first: bool,
}

macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.kind, r.status, p.id AS project_id, COALESCE(p.name, r.project_name) AS project_name, \
             r.entry_id, r.tag_id, COALESCE(e.title, t.name, CASE WHEN r.target_id = p.id THEN p.name END, r.target_name) \
             AS target_name, r.staff_id, \
             COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS asked_by, \
             COALESCE(v.name, v.email, g.name || ' (deleted)', g.email || ' (deleted)') AS decided_by, \
             r.publish_at, r.scheduled_at, r.feedback, r.previous_feedback, r.resubmitted_at, r.created_at, r.reviewed_at \
             FROM change_requests r LEFT JOIN projects p ON p.id = r.project_id \
             LEFT JOIN entries e ON e.id = r.entry_id LEFT JOIN tags t ON t.id = r.tag_id \
             LEFT JOIN users u ON u.id = r.staff_id LEFT JOIN former_users f ON f.id = r.former_staff_id \
             LEFT JOIN users v ON v.id = r.admin_id LEFT JOIN former_users g ON g.id = r.former_admin_id ",
            $rest
        )
    };
}

/// The rows that a filter lets through: `$1` the tab, `$2` who asked, `$3` the project, `$4` the kind. Of a project in the
/// trash, as of one that is gone, only the request to delete it is left.
macro_rules! matching {
    () => {
        "WHERE CASE $1 WHEN 'pending' THEN r.status IN ('PENDING', 'CHANGES_REQUESTED_PENDING') \
             WHEN 'changes' THEN r.status = 'CHANGES_REQUESTED' WHEN 'approved' THEN r.status = 'APPROVED' \
             WHEN 'rejected' THEN r.status = 'REJECTED' \
             WHEN 'history' THEN r.status NOT IN ('PENDING', 'CHANGES_REQUESTED', 'CHANGES_REQUESTED_PENDING') \
             ELSE r.id IS NOT NULL END \
         AND ($2 = '' OR r.staff_id = $2) AND ($3 = '' OR r.project_id = $3) AND ($4 = '' OR r.kind = $4) \
         AND (r.project_id IS NULL OR r.kind = 'DELETE_PROJECT' \
             OR EXISTS (SELECT 1 FROM projects x WHERE x.id = r.project_id)) "
    };
}

/// One part of a list.
pub async fn lines(conn: Conn<'_>, filter: &RequestFilter, limit: i64, offset: i64) -> Result<Vec<RequestLine>> {
    const NEWEST: &str = concat!(
        lines!(""),
        matching!(),
        "ORDER BY COALESCE(r.resubmitted_at, r.created_at) DESC, r.id DESC LIMIT $5 OFFSET $6"
    );
    const OLDEST: &str =
        concat!(lines!(""), matching!(), "ORDER BY COALESCE(r.resubmitted_at, r.created_at), r.id LIMIT $5 OFFSET $6");
    let sql = if filter.oldest_first { OLDEST } else { NEWEST };
    Ok(on!(conn, |c| {
        sqlx::query_as(sql)
            .bind(filter.tab.as_str())
            .bind(filter.asked_by.as_ref().map_or("", UserId::as_str))
            .bind(filter.project.as_ref().map_or("", ProjectId::as_str))
            .bind(filter.kind.map_or("", RequestKind::as_str))
            .bind(limit)
            .bind(offset)
            .fetch_all(c)
            .await
    })?)
}

/// How many requests a filter lets through.
pub async fn count(conn: Conn<'_>, filter: &RequestFilter) -> Result<i64> {
    const SQL: &str = concat!("SELECT COUNT(*) FROM change_requests r ", matching!());
    Ok(on!(conn, |c| {
        sqlx::query_scalar(SQL)
            .bind(filter.tab.as_str())
            .bind(filter.asked_by.as_ref().map_or("", UserId::as_str))
            .bind(filter.project.as_ref().map_or("", ProjectId::as_str))
            .bind(filter.kind.map_or("", RequestKind::as_str))
            .fetch_one(c)
            .await
    })?)
}

/// One request.
pub async fn line(conn: Conn<'_>, id: &RequestId) -> Result<Option<RequestLine>> {
    const SQL: &str = lines!("WHERE r.id = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// A request with what the API shows around it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Expanded {
    #[sqlx(flatten)]
    pub request: ChangeRequest,
    pub staff_email: Option<String>,
    pub staff_name: Option<String>,
    pub admin_email: Option<String>,
    pub admin_name: Option<String>,
    /// As it is called now; `None` when it is gone.
    pub current_project_name: Option<String>,
    #[sqlx(json(nullable))]
    pub default_tags: Option<Vec<String>>,
    pub entry_title: Option<String>,
    pub tag_name: Option<String>,
}

impl Expanded {
    /// A project in the trash is not there.
    fn seen(mut self) -> Self {
        if self.current_project_name.is_none() {
            self.request.project_id = None;
        }
        self
    }
}

macro_rules! expanded {
    ($rest:literal) => {
        concat!(
            "SELECT r.*, u.email AS staff_email, u.name AS staff_name, v.email AS admin_email, v.name AS admin_name, \
             p.name AS current_project_name, p.default_tags, e.title AS entry_title, t.name AS tag_name \
             FROM change_requests r LEFT JOIN projects p ON p.id = r.project_id \
             LEFT JOIN entries e ON e.id = r.entry_id LEFT JOIN tags t ON t.id = r.tag_id \
             LEFT JOIN users u ON u.id = r.staff_id LEFT JOIN users v ON v.id = r.admin_id ",
            $rest
        )
    };
}

/// The newest requests that a filter lets through.
pub async fn expanded(conn: Conn<'_>, filter: &RequestFilter, limit: i64) -> Result<Vec<Expanded>> {
    const SQL: &str = concat!(expanded!(""), matching!(), "ORDER BY r.created_at DESC, r.id DESC LIMIT $5");
    let found: Vec<Expanded> = on!(conn, |c| {
        sqlx::query_as(SQL)
            .bind(filter.tab.as_str())
            .bind(filter.asked_by.as_ref().map_or("", UserId::as_str))
            .bind(filter.project.as_ref().map_or("", ProjectId::as_str))
            .bind(filter.kind.map_or("", RequestKind::as_str))
            .bind(limit)
            .fetch_all(c)
            .await
    })?;
    Ok(found.into_iter().map(Expanded::seen).collect())
}

/// Every request about an entry, the newest first.
pub async fn expanded_of_entry(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<Vec<Expanded>> {
    const SQL: &str = expanded!("WHERE r.project_id = $1 AND r.entry_id = $2 ORDER BY r.created_at DESC, r.id DESC");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).fetch_all(c).await)?)
}

/// One request.
pub async fn expanded_one(conn: Conn<'_>, id: &RequestId) -> Result<Option<Expanded>> {
    const SQL: &str = expanded!("WHERE r.id = $1");
    let found: Option<Expanded> = on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?;
    Ok(found.map(Expanded::seen))
}

/// The projects that requests are about, by name; of one person or of all.
pub async fn projects(conn: Conn<'_>, asked_by: Option<&UserId>) -> Result<Vec<(ProjectId, String)>> {
    const SQL: &str = "SELECT p.id, p.name FROM projects p WHERE EXISTS (SELECT 1 FROM change_requests r \
        WHERE r.project_id = p.id AND ($1 = '' OR r.staff_id = $1)) ORDER BY LOWER(p.name), p.id";
    let asked_by = asked_by.map_or("", UserId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(asked_by).fetch_all(c).await)?)
}

/// How many requests wait for an administrator, in one project or in all.
pub async fn count_pending(conn: Conn<'_>, project: Option<&ProjectId>) -> Result<i64> {
    const SQL: &str =
        concat!("SELECT COUNT(*) FROM change_requests WHERE ", waiting!(), " AND ($1 = '' OR project_id = $1)");
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}

/// How many requests of a person wait for changes.
pub async fn count_of(conn: Conn<'_>, person: &UserId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM change_requests WHERE status = 'CHANGES_REQUESTED' AND staff_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(person).fetch_one(c).await)?)
}

/// The administrators who want letters and have none about open requests that they have not looked at.
pub async fn without_letter(conn: Conn<'_>) -> Result<Vec<User>> {
    const SQL: &str = "SELECT u.id, u.email, u.name, u.role, u.created_at, u.last_login_at, u.disabled_at FROM users u \
        LEFT JOIN user_settings s ON s.user_id = u.id LEFT JOIN request_letters l ON l.user_id = u.id \
        WHERE u.role = 'ADMIN' AND u.disabled_at IS NULL AND u.id <> $1 AND l.user_id IS NULL \
        AND COALESCE(s.enable_notifications, $2) ORDER BY u.id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(SYSTEM_ID).bind(true).fetch_all(c).await)?)
}

/// Whether somebody has a letter and has not looked since.
pub async fn has_letter(conn: Conn<'_>, person: &UserId) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM request_letters WHERE user_id = $1";
    let count: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(person).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Remembers that somebody has a letter; false when they had one already.
pub async fn note_letter(conn: Conn<'_>, person: &UserId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "INSERT INTO request_letters (user_id, sent_at) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING";
    let added =
        on!(conn, |c| sqlx::query(SQL).bind(person).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(added > 0)
}

/// Forgets the letter of somebody who has looked, or all letters when nothing is left to look at.
pub async fn forget_letters(conn: Conn<'_>, person: Option<&UserId>) -> Result<()> {
    const SQL: &str = "DELETE FROM request_letters WHERE $1 = '' OR user_id = $1";
    let person = person.map_or("", UserId::as_str);
    on!(conn, |c| sqlx::query(SQL).bind(person).execute(c).await.map(|_| ()))?;
    Ok(())
}
