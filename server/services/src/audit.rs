//! Audit records, written in the transaction of the change they tell of, and the log they make up.
//!
//! A record carries a keyed hash of its content ([`keys`]). A moment after it was committed, the sealer ([`seal`]) gives it
//! its place in a chain, so that a record that was changed or removed is found ([`verify`]). [`log`] is for those who
//! read it, [`export`] for those who take it along.

pub mod export;
mod keys;
pub mod log;
mod refused;
pub mod seal;
pub mod verify;

use model::audit::{MAX_DETAILS, Outcome, entity_type};
use model::{ApiKeyId, AuditId, ProjectId, Result, UserId};
use serde_json::{Value, json};
use store::Conn;
use store::audit::{AuditRecord, KnownOutcome};

use crate::Services;
use crate::access::{Actor, ClientInfo};

pub use refused::{Refused, refused};
pub(crate) use refused::{Told, limited};
pub use seal::Sealer;

/// What happened. `details` never holds a secret or a whole text. What is absent is told by the name of the action.
#[derive(Debug, Clone, Default)]
pub struct Event<'a> {
    /// An upper-case name such as `CREATE_PROJECT`.
    pub action: &'static str,
    /// Whom it concerned.
    pub target: Option<&'a UserId>,
    pub project: Option<&'a ProjectId>,
    /// What kind of thing `entity` is.
    pub entity_type: Option<&'static str>,
    pub entity: Option<&'a str>,
    pub outcome: Option<Outcome>,
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
    let kind = event.entity.and_then(|_| event.entity_type.or_else(|| entity_type(event.action)));
    let is_person = kind == Some("user");
    let named = || event.entity.filter(|_| is_person).and_then(|id| id.parse().ok());
    let mut record = AuditRecord {
        id: cx.random.id(now, AuditId::compose),
        action: event.action.to_owned(),
        user_id: user,
        target_user_id: event.target.cloned().or_else(named),
        api_key_id: key,
        project_id: event.project.cloned(),
        entity_type: kind.map(str::to_owned),
        entity_id: event.entity.map(str::to_owned),
        outcome: KnownOutcome(event.outcome.unwrap_or_else(|| Outcome::of_action(event.action))),
        details: small(event.details),
        ip: client.ip.clone(),
        user_agent: client.kept_user_agent(),
        request_id: client.request_id.clone(),
        created_at: now,
        mac: None,
    };
    record.mac = Some(keys::Key::of(cx).record(&record));
    store::audit::insert(conn, &record).await?;
    cx.sealer.note_written();
    Ok(())
}

/// Details that are an object, hold nothing PostgreSQL cannot keep, and are small enough.
fn small(details: Value) -> Value {
    /// What a text is cut to where the whole is too large.
    const CUT: usize = 200;
    let details = if details.is_null() { json!({}) } else { details };
    let details = texts(details, &|text| if text.contains('\0') { text.replace('\0', "") } else { text });
    if details.to_string().len() <= MAX_DETAILS {
        return details;
    }
    let cut = texts(details, &|text| match text.char_indices().nth(CUT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    });
    if cut.to_string().len() <= MAX_DETAILS { cut } else { json!({ "omitted": "too large" }) }
}

/// Applies a change to every text in a value.
fn texts(value: Value, change: &impl Fn(String) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.into_iter().map(|item| texts(item, change)).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (change(name), texts(value, change))).collect()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_DETAILS, small};
    use serde_json::{Value, json};

    #[test]
    fn details_stay_small_and_are_always_an_object() {
        assert_eq!(small(Value::Null), json!({}));
        assert_eq!(small(json!({ "a": "b\u{0}c" })), json!({ "a": "bc" }));
        let long = small(json!({ "text": "ä".repeat(9_000), "kept": 1 }));
        assert_eq!(long["kept"], 1);
        assert_eq!(long["text"].as_str().map(|text| text.chars().count()), Some(201));
        let many: Vec<String> = (0..2_000).map(|number| format!("name {number}")).collect();
        assert!(small(json!({ "names": many })).to_string().len() <= MAX_DETAILS);
    }
}
