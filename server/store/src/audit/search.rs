//! Finding records: by every filter of the log, newest first, a page at a time.
//!
//! The filters are put together from constants, and every value is bound. What is searched for by name is first looked
//! up as actions and people ([`Match`]); each of those then is a walk along one index that ends after a page, so that a
//! rare name among a million records costs no more than a frequent one.

use model::audit::{ActionCount, AuditEntry, AuditFilter, Outcome, Person};
use model::time::Timestamp;
use model::{ApiKeyId, AuditId, Cursor, Page, ProjectId, UserId};

use super::KnownOutcome;
use crate::db::{Conn, on};
use crate::error::Result;

/// One of the things a searched text can mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    Action(String),
    Person(UserId),
}

/// A filter whose text was looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `search` in it does not count; `any_of` does.
    pub filter: AuditFilter,
    /// `None` for everything, an empty list for nothing.
    pub any_of: Option<Vec<Match>>,
}

enum Bound {
    Text(String),
    Time(Timestamp),
    Number(i64),
}

/// A query that is being written: its conditions and what is bound to them.
#[derive(Default)]
struct Query {
    bound: Vec<Bound>,
}

impl Query {
    fn bind(&mut self, value: Bound) -> String {
        self.bound.push(value);
        format!("${}", self.bound.len())
    }

    fn text(&mut self, text: &str) -> String {
        self.bind(Bound::Text(text.to_owned()))
    }

    /// The conditions of everything but the searched text, joined; `TRUE` where there are none.
    fn conditions(&mut self, filter: &AuditFilter, after: Option<&Cursor>) -> String {
        let mut all = vec!["TRUE".to_owned()];
        if let Some(action) = &filter.action {
            all.push(format!("a.action = {}", self.text(action)));
        }
        if let Some(actor) = &filter.actor {
            all.push(format!("a.user_id = {}", self.text(actor.as_str())));
        }
        if let Some(target) = &filter.target {
            all.push(format!("a.target_user_id = {}", self.text(target.as_str())));
        }
        if let Some(project) = &filter.project {
            all.push(format!("a.project_id = {}", self.text(project.as_str())));
        }
        match filter.outcome {
            None => {}
            Some(Outcome::Success) => all.push("a.outcome = 'success'".to_owned()),
            // Said twice, so that SQLite sees that the index without successes will do.
            Some(outcome) => all.push(format!("a.outcome = '{}' AND a.outcome <> 'success'", outcome.as_str())),
        }
        if let Some(from) = filter.from {
            all.push(format!("a.created_at >= {}", self.bind(Bound::Time(from))));
        }
        if let Some(until) = filter.until {
            all.push(format!("a.created_at < {}", self.bind(Bound::Time(until))));
        }
        if let Some(after) = after {
            let (time, id) = (self.bind(Bound::Time(after.time)), self.text(&after.id));
            all.push(format!("(a.created_at, a.id) < ({time}, {id})"));
        }
        all.join(" AND ")
    }

    /// For each thing a searched text can mean, the condition that finds it.
    fn branches(&mut self, any_of: &[Match]) -> Vec<String> {
        let mut branches = Vec::new();
        for one in any_of {
            match one {
                Match::Action(action) => branches.push(format!("a.action = {}", self.text(action))),
                Match::Person(person) => {
                    let id = self.text(person.as_str());
                    branches.push(format!("a.user_id = {id}"));
                    branches.push(format!("a.target_user_id = {id}"));
                }
            }
        }
        branches
    }
}

macro_rules! bind_all {
    ($query:expr, $bound:expr) => {{
        let mut query = $query;
        for value in $bound {
            query = match value {
                Bound::Text(text) => query.bind(text),
                Bound::Time(time) => query.bind(time),
                Bound::Number(number) => query.bind(number),
            };
        }
        query
    }};
}

const SELECT: &str = "SELECT a.id, a.action, a.outcome, a.user_id, u.id AS actor_found, \
    COALESCE(u.name, fu.name) AS actor_name, COALESCE(u.email, fu.email) AS actor_email, a.target_user_id, \
    t.id AS target_found, COALESCE(t.name, ft.name) AS target_name, COALESCE(t.email, ft.email) AS target_email, \
    a.project_id, p.name AS project_name, a.entity_type, a.entity_id, a.api_key_id, k.name AS api_key_name, a.ip, \
    a.user_agent, a.request_id, a.details, a.created_at, a.number FROM ";
const JOINS: &str = " LEFT JOIN users u ON u.id = a.user_id LEFT JOIN former_users fu ON fu.id = a.user_id \
    LEFT JOIN users t ON t.id = a.target_user_id LEFT JOIN former_users ft ON ft.id = a.target_user_id \
    LEFT JOIN projects p ON p.id = a.project_id LEFT JOIN api_keys k ON k.id = a.api_key_id ";

#[derive(sqlx::FromRow)]
struct Row {
    id: AuditId,
    action: String,
    #[sqlx(try_from = "String")]
    outcome: KnownOutcome,
    user_id: Option<UserId>,
    actor_found: Option<String>,
    actor_name: Option<String>,
    actor_email: Option<String>,
    target_user_id: Option<UserId>,
    target_found: Option<String>,
    target_name: Option<String>,
    target_email: Option<String>,
    project_id: Option<ProjectId>,
    project_name: Option<String>,
    entity_type: Option<String>,
    entity_id: Option<String>,
    api_key_id: Option<ApiKeyId>,
    api_key_name: Option<String>,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    #[sqlx(json)]
    details: serde_json::Value,
    created_at: Timestamp,
    number: Option<i64>,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        let person = |id: Option<UserId>, found: Option<String>, name, email| {
            id.map(|id| Person { id, name, email, is_deleted: found.is_none() })
        };
        Self {
            id: row.id,
            action: row.action,
            outcome: row.outcome.0,
            performer: person(row.user_id, row.actor_found, row.actor_name, row.actor_email),
            target: person(row.target_user_id, row.target_found, row.target_name, row.target_email),
            project_id: row.project_id,
            project_name: row.project_name,
            entity_type: row.entity_type,
            entity_id: row.entity_id,
            api_key_id: row.api_key_id,
            api_key_name: row.api_key_name,
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id,
            details: row.details,
            created_at: row.created_at,
            number: row.number,
        }
    }
}

/// The records after a position, newest first.
pub async fn page(conn: Conn<'_>, wanted: &Wanted, after: Option<&Cursor>, limit: usize) -> Result<Page<AuditEntry>> {
    let entries = fetch(conn, wanted, after, limit + 1, 0).await?;
    Ok(Page::cut(entries, limit, |entry| Cursor { time: entry.created_at, id: entry.id.to_string() }))
}

/// At most `limit` records after the first `skipped`, newest first. For clients that count pages.
pub async fn list_at(conn: Conn<'_>, wanted: &Wanted, skipped: usize, limit: usize) -> Result<Vec<AuditEntry>> {
    fetch(conn, wanted, None, limit, skipped).await
}

async fn fetch(
    conn: Conn<'_>,
    wanted: &Wanted,
    after: Option<&Cursor>,
    limit: usize,
    skipped: usize,
) -> Result<Vec<AuditEntry>> {
    const ORDER: &str = " ORDER BY a.created_at DESC, a.id DESC ";
    let mut query = Query::default();
    let conditions = query.conditions(&wanted.filter, after);
    let number = |count: usize| Bound::Number(i64::try_from(count).unwrap_or(i64::MAX));
    let limited = match (query.bind(number(limit)), skipped) {
        (limit, 0) => format!("LIMIT {limit}"),
        (limit, _) => format!("LIMIT {limit} OFFSET {}", query.bind(number(skipped))),
    };
    let sql = match &wanted.any_of {
        Some(any_of) if any_of.is_empty() => return Ok(Vec::new()),
        None if skipped == 0 => format!("{SELECT}audit_logs a{JOINS}WHERE {conditions}{ORDER}{limited}"),
        // Names are joined to the records of the page alone.
        None => format!(
            "{SELECT}audit_logs a{JOINS}WHERE a.id IN (SELECT a.id FROM audit_logs a WHERE {conditions}{ORDER}{limited}){ORDER}"
        ),
        Some(any_of) => {
            let enough = query.bind(number(limit.saturating_add(skipped)));
            let branches: Vec<String> = query
                .branches(any_of)
                .iter()
                .map(|branch| {
                    format!(
                        "SELECT * FROM (SELECT a.created_at, a.id FROM audit_logs a \
                         WHERE {branch} AND {conditions}{ORDER}LIMIT {enough}) b"
                    )
                })
                .collect();
            format!(
                "{SELECT}audit_logs a{JOINS}WHERE a.id IN (SELECT a.id FROM ({}) a{ORDER}{limited}){ORDER}",
                branches.join(" UNION ")
            )
        }
    };
    let rows: Vec<Row> = on!(conn, |c| {
        // Made of constants and numbers of placeholders.
        bind_all!(sqlx::query_as(sqlx::AssertSqlSafe(sql)), query.bound).fetch_all(c).await
    })?;
    Ok(rows.into_iter().map(AuditEntry::from).collect())
}

/// How many records there are.
pub async fn count(conn: Conn<'_>, wanted: &Wanted) -> Result<i64> {
    let mut query = Query::default();
    let conditions = query.conditions(&wanted.filter, None);
    let sql = match &wanted.any_of {
        Some(any_of) if any_of.is_empty() => return Ok(0),
        None => format!("SELECT COUNT(*) FROM audit_logs a WHERE {conditions}"),
        Some(any_of) => {
            let branches = query.branches(any_of);
            let branches =
                branches.iter().map(|branch| format!("SELECT a.id FROM audit_logs a WHERE {branch} AND {conditions}"));
            format!("SELECT COUNT(*) FROM ({}) a", branches.collect::<Vec<_>>().join(" UNION "))
        }
    };
    Ok(on!(conn, |c| {
        // Made of constants and numbers of placeholders.
        bind_all!(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)), query.bound).fetch_one(c).await
    })?)
}

/// One record.
pub async fn find(conn: Conn<'_>, id: &AuditId) -> Result<Option<AuditEntry>> {
    let sql = format!("{SELECT}audit_logs a{JOINS}WHERE a.id = $1");
    let row: Option<Row> = on!(conn, |c| {
        // Made of constants.
        sqlx::query_as(sqlx::AssertSqlSafe(sql)).bind(id).fetch_optional(c).await
    })?;
    Ok(row.map(AuditEntry::from))
}

/// The actions that the log has, in alphabetical order, with how often.
pub async fn actions(conn: Conn<'_>) -> Result<Vec<ActionCount>> {
    const SQL: &str = "SELECT action, COUNT(*) AS count FROM audit_logs GROUP BY action ORDER BY action";
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// The actions that the log has, without counting: from one to the next along their index.
pub async fn action_names(conn: Conn<'_>) -> Result<Vec<String>> {
    const SQL: &str = "WITH RECURSIVE names (action) AS (SELECT MIN(action) FROM audit_logs UNION ALL \
        SELECT (SELECT MIN(a.action) FROM audit_logs a WHERE a.action > n.action) FROM names n \
        WHERE n.action IS NOT NULL) SELECT action FROM names WHERE action IS NOT NULL";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).fetch_all(c).await)?)
}

/// At most 500 projects by name, for choosing one.
pub async fn projects(conn: Conn<'_>) -> Result<Vec<(ProjectId, String)>> {
    const SQL: &str = "SELECT id, name FROM projects ORDER BY name, id LIMIT 500";
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: UserId,
    name: Option<String>,
    email: String,
    is_former: bool,
}

/// At most `limit` people, deleted ones among them, with name and address; all of them for an empty text. Which of them
/// the text is found in is for the caller to see: the databases do not agree about the case of letters.
pub async fn people_like(conn: Conn<'_>, limit: i64) -> Result<Vec<Person>> {
    const SQL: &str = "SELECT id, name, email, FALSE AS is_former FROM users \
        UNION ALL SELECT id, name, email, TRUE FROM former_users ORDER BY 3, 1 LIMIT $1";
    let rows: Vec<PersonRow> = on!(conn, |c| sqlx::query_as(SQL).bind(limit).fetch_all(c).await)?;
    Ok(rows
        .into_iter()
        .map(|row| Person { id: row.id, name: row.name, email: Some(row.email), is_deleted: row.is_former })
        .collect())
}
