//! The audit log. Records are added in the transaction of the change they tell of, and never changed.

use model::time::Timestamp;
use model::{ApiKeyId, AuditId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct AuditRecord {
    pub id: AuditId,
    /// An upper-case name such as `CREATE_PROJECT`.
    pub action: String,
    pub user_id: Option<UserId>,
    pub api_key_id: Option<ApiKeyId>,
    pub project_id: Option<ProjectId>,
    pub entity_id: Option<String>,
    /// Never a secret, never a whole text.
    #[sqlx(json)]
    pub details: serde_json::Value,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: Timestamp,
}

pub async fn insert(conn: Conn<'_>, record: &AuditRecord) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_logs (id, action, user_id, api_key_id, project_id, entity_id, details, ip, \
        user_agent, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&record.id)
            .bind(&record.action)
            .bind(&record.user_id)
            .bind(&record.api_key_id)
            .bind(&record.project_id)
            .bind(&record.entity_id)
            .bind(sqlx::types::Json(&record.details))
            .bind(&record.ip)
            .bind(&record.user_agent)
            .bind(record.created_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The newest records, optionally of one project.
pub async fn list(conn: Conn<'_>, project: Option<&ProjectId>, limit: i64) -> Result<Vec<AuditRecord>> {
    const SQL: &str = "SELECT id, action, user_id, api_key_id, project_id, entity_id, details, ip, user_agent, \
        created_at FROM audit_logs WHERE ($1 = '' OR project_id = $1) ORDER BY created_at DESC, id DESC LIMIT $2";
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(limit).fetch_all(c).await)?)
}
