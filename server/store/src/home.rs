//! Across all projects: figures and short lists of entries.

use model::home::{Activity, Done, HomeEntry, Waiting};
use model::time::Timestamp;
use model::{EntryId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

macro_rules! entries {
    ($rest:literal) => {
        entries!("", $rest)
    };
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT e.id, e.project_id, p.name AS project_name, p.color AS project_color, e.title, e.version, \
             e.published_at, e.scheduled_at, e.updated_at, \
             COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS author",
            $more,
            " FROM entries e JOIN projects p ON p.id = e.project_id LEFT JOIN users u ON u.id = e.created_by_id \
             LEFT JOIN former_users f ON f.id = e.former_author_id ",
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

/// Entries that go live by themselves, the next first.
pub async fn scheduled(conn: Conn<'_>, limit: i64) -> Result<Vec<HomeEntry>> {
    const SQL: &str =
        entries!("WHERE e.published_at IS NULL AND e.scheduled_at IS NOT NULL ORDER BY e.scheduled_at, e.id LIMIT $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(limit).fetch_all(c).await)?)
}

/// Entries about which somebody asked an administrator, longest waiting first. With a person, those about which that
/// person asked, and first those that an administrator wants changed.
pub async fn waiting(conn: Conn<'_>, asked_by: Option<&UserId>, limit: i64) -> Result<Vec<Waiting>> {
    const SQL: &str = entries!(
        ", r.id AS request_id, r.kind, r.status, r.feedback, r.staff_id, \
         COALESCE(s.name, s.email, g.name || ' (deleted)', g.email || ' (deleted)') AS asked_by, \
         COALESCE(r.resubmitted_at, r.created_at) AS asked_at",
        "JOIN change_requests r ON r.entry_id = e.id AND (r.status IN ('PENDING', 'CHANGES_REQUESTED_PENDING') \
         OR ($1 <> '' AND r.status = 'CHANGES_REQUESTED')) LEFT JOIN users s ON s.id = r.staff_id \
         LEFT JOIN former_users g ON g.id = r.former_staff_id WHERE ($1 = '' OR r.staff_id = $1) \
         ORDER BY CASE r.status WHEN 'CHANGES_REQUESTED' THEN 0 ELSE 1 END, r.created_at, r.id LIMIT $2"
    );
    let asked_by = asked_by.map_or("", UserId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(asked_by).bind(limit).fetch_all(c).await)?)
}

/// All entries, and those published from `since` to `now`.
pub async fn figures(conn: Conn<'_>, since: Timestamp, now: Timestamp) -> Result<(i64, i64)> {
    const SQL: &str = "SELECT COUNT(*), COUNT(*) FILTER (WHERE published_at >= $1 AND published_at <= $2) FROM entries";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(since).bind(now).fetch_one(c).await)?)
}

#[derive(sqlx::FromRow)]
struct ActivityRow {
    action: String,
    who: Option<String>,
    project_id: Option<ProjectId>,
    project_name: Option<String>,
    entry_id: Option<EntryId>,
    #[sqlx(json)]
    details: serde_json::Value,
    created_at: Timestamp,
}

impl ActivityRow {
    /// `None` for an action that is not told.
    fn told(self) -> Option<Activity> {
        // A change of a name is kept as from and to, a name as itself.
        let text = |member: &str| {
            let value = self.details.get(member)?;
            value.get("to").unwrap_or(value).as_str().map(str::to_owned)
        };
        let name = text("title").or_else(|| text("name")).or_else(|| self.project_name.clone());
        Some(Activity {
            who: self.who.clone(),
            what: Done::of_action(&self.action)?,
            project: self.project_id.clone().zip(self.project_name.clone()),
            entry: self.entry_id.clone(),
            name,
            at: self.created_at,
        })
    }
}

/// What was done last, newest first, from the audit log. The server's own actor has no name.
pub async fn activity(conn: Conn<'_>, limit: i64) -> Result<Vec<Activity>> {
    const FROM: &str = "SELECT a.action, CASE WHEN u.id = 'system' THEN NULL \
        ELSE COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') END AS who, \
        p.id AS project_id, p.name AS project_name, e.id AS entry_id, a.details, a.created_at \
        FROM audit_logs a LEFT JOIN users u ON u.id = a.user_id LEFT JOIN former_users f ON f.id = a.user_id \
        LEFT JOIN projects p ON p.id = a.project_id \
        LEFT JOIN entries e ON e.id = a.entity_id AND e.project_id = a.project_id WHERE a.action IN (";
    // The builder of neither engine can be used for both, so the placeholders are written out.
    let places: Vec<String> = (1..=Done::ACTIONS.len()).map(|place| format!("${place}")).collect();
    let last = Done::ACTIONS.len() + 1;
    let sql = format!("{FROM}{}) ORDER BY a.created_at DESC, a.id DESC LIMIT ${last}", places.join(", "));
    let rows: Vec<ActivityRow> = on!(conn, |c| {
        // Made of constants and numbers.
        let mut query = sqlx::query_as(sqlx::AssertSqlSafe(sql));
        for action in Done::ACTIONS {
            query = query.bind(*action);
        }
        query.bind(limit).fetch_all(c).await
    })?;
    Ok(rows.into_iter().filter_map(ActivityRow::told).collect())
}

/// Entries of one project or of all, last changed first.
pub async fn changed(conn: Conn<'_>, project: Option<&ProjectId>, limit: i64) -> Result<Vec<HomeEntry>> {
    const SQL: &str = entries!("WHERE ($1 = '' OR e.project_id = $1) ORDER BY e.updated_at DESC, e.id DESC LIMIT $2");
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(limit).fetch_all(c).await)?)
}

/// How many entries one project or all have.
pub async fn count_entries(conn: Conn<'_>, project: Option<&ProjectId>) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM entries WHERE ($1 = '' OR project_id = $1)";
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}
