//! Records of the audit log.

use model::audit::{ActionCount, AuditEntry, Outcome, Person};
use model::time::to_wire;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// Somebody who has an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditedPerson)]
struct Account {
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
}

/// Somebody, with an account or without one any more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Somebody {
    /// As it is now, or as it was when the person was deleted.
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    email: Option<String>,
    is_deleted: bool,
}

impl From<&Person> for Somebody {
    fn from(person: &Person) -> Self {
        Self { name: person.name.clone(), email: person.email.clone(), is_deleted: person.is_deleted }
    }
}

fn account(person: Option<&Person>) -> Option<Account> {
    let person = person.filter(|person| !person.is_deleted)?;
    Some(Account { name: person.name.clone(), email: person.email.clone() })
}

/// How something ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AuditOutcome)]
pub(crate) enum AuditOutcome {
    Success,
    Denied,
    Error,
}

impl From<Outcome> for AuditOutcome {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => Self::Success,
            Outcome::Denied => Self::Denied,
            Outcome::Error => Self::Error,
        }
    }
}

/// The forms of an export.
#[derive(ToSchema)]
#[schema(as = AuditFormat, rename_all = "lowercase")]
#[expect(dead_code, reason = "the description of what the query may name")]
pub(crate) enum AuditFormat {
    Csv,
    Jsonl,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkf7jyu5jsjc616i76bofbci", "action": "CHANGELOG_ENTRY_PUBLISHED", "outcome": "success",
    "userId": "cmkodzdoc9is0j8ht9lgmxg9e", "targetUserId": null,
    "details": { "title": "Dark mode" }, "createdAt": "2026-03-04T09:30:00.000Z",
    "user": { "name": "Mara Lind", "email": "mara@orbit.example" }, "targetUser": null,
    "performer": { "name": "Mara Lind", "email": "mara@orbit.example", "isDeleted": false },
    "performer_email": "mara@orbit.example", "target": null, "target_email": null,
    "projectId": "cmk60kvj50ce9uvw53efr4edt", "entityType": "entry", "entityId": "cmk9ri19r0wyojfljooa5lqsa",
    "apiKeyId": null, "ip": "198.51.100.7", "userAgent": "Mozilla/5.0", "requestId": "mXw8uOSVm_3cIuqRkhhL",
    "number": 5120
}))]
pub(crate) struct AuditLog {
    id: String,
    /// An upper-case name.
    action: String,
    outcome: AuditOutcome,
    /// Who did it; `null` for somebody unknown, as of a sign-in that failed.
    #[schema(required = true)]
    user_id: Option<String>,
    /// Whom it concerned.
    #[schema(required = true)]
    target_user_id: Option<String>,
    details: Value,
    #[schema(format = DateTime)]
    created_at: String,
    /// Who did it, unless they were deleted.
    #[schema(required = true)]
    user: Option<Account>,
    /// Whom it concerned, unless they were deleted.
    #[schema(required = true)]
    target_user: Option<Account>,
    /// Who did it, also when they were deleted.
    #[schema(required = true)]
    performer: Option<Somebody>,
    #[serde(rename = "performer_email")]
    #[schema(required = true)]
    performer_email: Option<String>,
    /// Whom it concerned, also when they were deleted.
    #[schema(required = true)]
    target: Option<Somebody>,
    #[serde(rename = "target_email")]
    #[schema(required = true)]
    target_email: Option<String>,
    #[schema(required = true)]
    project_id: Option<String>,
    /// What kind of thing `entityId` is the id of.
    #[schema(required = true)]
    entity_type: Option<String>,
    #[schema(required = true)]
    entity_id: Option<String>,
    /// The API key it was done with.
    #[schema(required = true)]
    api_key_id: Option<String>,
    #[schema(required = true)]
    ip: Option<String>,
    #[schema(required = true)]
    user_agent: Option<String>,
    /// The `X-Request-Id` of the answer.
    #[schema(required = true)]
    request_id: Option<String>,
    /// The place in the chain by which changed and removed records are found; `null` for a moment after it was written.
    #[schema(required = true)]
    number: Option<i64>,
}

impl From<AuditEntry> for AuditLog {
    fn from(entry: AuditEntry) -> Self {
        let (performer, target) = (entry.performer.as_ref(), entry.target.as_ref());
        let email = |person: Option<&Person>| person.and_then(|person| person.email.clone());
        Self {
            outcome: entry.outcome.into(),
            user_id: performer.map(|person| person.id.to_string()),
            target_user_id: target.map(|person| person.id.to_string()),
            user: account(performer),
            target_user: account(target),
            performer: performer.map(Somebody::from),
            performer_email: email(performer),
            target: target.map(Somebody::from),
            target_email: email(target),
            id: entry.id.into(),
            action: entry.action,
            details: entry.details,
            created_at: to_wire(entry.created_at),
            project_id: entry.project_id.map(String::from),
            entity_type: entry.entity_type,
            entity_id: entry.entity_id,
            api_key_id: entry.api_key_id.map(String::from),
            ip: entry.ip,
            user_agent: entry.user_agent,
            request_id: entry.request_id,
            number: entry.number,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditLogs {
    /// Newest first.
    pub logs: Vec<AuditLog>,
    /// How many records the filters let through.
    #[schema(example = 5120)]
    pub total: i64,
    /// How many pages they make.
    #[schema(example = 256)]
    pub pages: i64,
    /// Where the next part begins, with `useChunking`.
    #[schema(required = true, example = json!(null))]
    pub next_cursor: Option<String>,
    pub has_more: bool,
    /// How many records this answer has.
    #[schema(example = 20)]
    pub current_count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditAction, example = json!({ "action": "CREATE_PROJECT", "count": 12 }))]
pub(crate) struct AuditAction {
    action: String,
    count: i64,
}

/// The actions that the log has.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AuditActions {
    actions: Vec<AuditAction>,
}

impl From<Vec<ActionCount>> for AuditActions {
    fn from(actions: Vec<ActionCount>) -> Self {
        let action = |counted: ActionCount| AuditAction { action: counted.action, count: counted.count };
        Self { actions: actions.into_iter().map(action).collect() }
    }
}
