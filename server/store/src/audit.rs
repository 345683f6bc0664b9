//! The audit log. Records are added in the transaction of the change they tell of, and never changed: afterwards they
//! only get their place in the chain ([`chain`]), and the oldest may be deleted because of their age.

pub mod chain;
mod search;

use model::audit::Outcome;
use model::time::Timestamp;
use model::{ApiKeyId, AuditId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

pub use search::{Match, Wanted, action_names, actions, count, find, list_at, page, people_like, projects};

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AuditRecord {
    pub id: AuditId,
    /// An upper-case name such as `CREATE_PROJECT`.
    pub action: String,
    pub user_id: Option<UserId>,
    /// Whom it concerns.
    pub target_user_id: Option<UserId>,
    pub api_key_id: Option<ApiKeyId>,
    pub project_id: Option<ProjectId>,
    pub entity_type: Option<String>,
    pub entity_id: Option<String>,
    #[sqlx(try_from = "String")]
    pub outcome: KnownOutcome,
    /// Never a secret, never a whole text.
    #[sqlx(json)]
    pub details: serde_json::Value,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    pub created_at: Timestamp,
    /// A keyed hash of all this.
    pub mac: Option<String>,
}

/// An outcome as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownOutcome(pub Outcome);

impl TryFrom<String> for KnownOutcome {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Outcome::parse(&text).map(Self).ok_or(text)
    }
}

pub async fn insert(conn: Conn<'_>, record: &AuditRecord) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_logs (id, action, user_id, target_user_id, api_key_id, project_id, entity_type, \
        entity_id, outcome, details, ip, user_agent, request_id, created_at, mac) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&record.id)
            .bind(&record.action)
            .bind(&record.user_id)
            .bind(&record.target_user_id)
            .bind(&record.api_key_id)
            .bind(&record.project_id)
            .bind(&record.entity_type)
            .bind(&record.entity_id)
            .bind(record.outcome.0.as_str())
            .bind(sqlx::types::Json(&record.details))
            .bind(&record.ip)
            .bind(&record.user_agent)
            .bind(&record.request_id)
            .bind(record.created_at)
            .bind(&record.mac)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The newest records, optionally of one project.
pub async fn list(conn: Conn<'_>, project: Option<&ProjectId>, limit: i64) -> Result<Vec<AuditRecord>> {
    const SQL: &str = "SELECT id, action, user_id, target_user_id, api_key_id, project_id, entity_type, entity_id, \
        outcome, details, ip, user_agent, request_id, created_at, mac \
        FROM audit_logs WHERE ($1 = '' OR project_id = $1) ORDER BY created_at DESC, id DESC LIMIT $2";
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(limit).fetch_all(c).await)?)
}

/// Somebody who was deleted, as they were then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormerUser<'a> {
    pub id: &'a UserId,
    pub email: &'a str,
    pub name: Option<&'a str>,
    pub role: model::Role,
    pub deleted_at: Timestamp,
    pub deleted_by: Option<&'a UserId>,
}

/// Keeps the name of somebody who is being deleted, for what the log says of them.
pub async fn keep_former_user(conn: Conn<'_>, user: &FormerUser<'_>) -> Result<()> {
    const SQL: &str = "INSERT INTO former_users (id, email, name, role, deleted_at, deleted_by) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(user.id)
            .bind(user.email)
            .bind(user.name)
            .bind(user.role.as_str())
            .bind(user.deleted_at)
            .bind(user.deleted_by)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
