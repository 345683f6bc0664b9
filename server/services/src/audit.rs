//! Audit records, written in the transaction of the change they tell of.

use model::{ApiKeyId, AuditId, ProjectId, Result, UserId};
use serde_json::Value;
use store::Conn;
use store::audit::AuditRecord;

use crate::Services;
use crate::access::{Actor, ClientInfo};

/// What happened. `details` never holds a secret or a whole text.
#[derive(Debug, Clone, Default)]
pub struct Event<'a> {
    /// An upper-case name such as `CREATE_PROJECT`.
    pub action: &'static str,
    pub project: Option<&'a ProjectId>,
    pub entity: Option<&'a str>,
    pub details: Value,
}

/// Records what a known actor did.
pub(crate) async fn record(cx: &Services, conn: Conn<'_>, actor: &Actor, event: Event<'_>) -> Result<()> {
    insert(cx, conn, Some(actor), &actor.client, event).await
}

/// Records what somebody unknown tried.
pub(crate) async fn record_unknown(cx: &Services, conn: Conn<'_>, client: &ClientInfo, event: Event<'_>) -> Result<()> {
    insert(cx, conn, None, client, event).await
}

/// Records what somebody began earlier and what ended now, without a request.
pub(crate) async fn record_for(
    cx: &Services,
    conn: Conn<'_>,
    user: Option<UserId>,
    key: Option<ApiKeyId>,
    event: Event<'_>,
) -> Result<()> {
    write(cx, conn, user, key, &ClientInfo::default(), event).await
}

async fn insert(
    cx: &Services,
    conn: Conn<'_>,
    actor: Option<&Actor>,
    client: &ClientInfo,
    event: Event<'_>,
) -> Result<()> {
    let user = actor.map(|actor| actor.id().clone());
    let key = actor.and_then(Actor::key).map(|key| key.id.clone());
    write(cx, conn, user, key, client, event).await
}

async fn write(
    cx: &Services,
    conn: Conn<'_>,
    user: Option<UserId>,
    key: Option<ApiKeyId>,
    client: &ClientInfo,
    event: Event<'_>,
) -> Result<()> {
    let now = cx.clock.now();
    let record = AuditRecord {
        id: cx.random.id(now, AuditId::compose),
        action: event.action.to_owned(),
        user_id: user,
        api_key_id: key,
        project_id: event.project.cloned(),
        entity_id: event.entity.map(str::to_owned),
        details: if event.details.is_null() { Value::Object(serde_json::Map::new()) } else { event.details },
        ip: client.ip.clone(),
        user_agent: client.kept_user_agent(),
        created_at: now,
    };
    store::audit::insert(conn, &record).await?;
    Ok(())
}
