//! API keys: made once, shown once, kept as a hash.

use chrono::Duration;
use model::api_keys::{ApiKey, MAX_NAME, PREFIX, SECRET_LENGTH};
use model::time::Timestamp;
use model::users::User;
use model::{ApiKeyId, Error, ProjectId, Result, Scope, check};
use serde_json::json;

use crate::access::{Actor, ClientInfo, InstanceGrant, ManageUsers, Via};
use crate::audit::{self, Event};
use crate::{Services, tokens};

/// A new key and its record. The key cannot be had again.
#[derive(Clone)]
pub struct CreatedKey {
    pub secret: String,
    pub key: ApiKey,
}

/// Creates a key that acts as `owner`. No scopes means all of them.
///
/// # Errors
/// `Invalid` naming `name` or `project`.
pub async fn create(
    cx: &Services,
    may: &InstanceGrant<ManageUsers>,
    owner: &User,
    name: &str,
    project: Option<ProjectId>,
    scopes: &[Scope],
) -> Result<CreatedKey> {
    let mut form = check::Checker::new();
    let name = form.take("name", check::line(name, "The name", 1, MAX_NAME));
    form.finish()?;
    let now = cx.clock.now();
    let secret = format!("{PREFIX}{}", cx.random.token(SECRET_LENGTH));
    let mut scopes = if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes.to_vec() };
    scopes.sort();
    scopes.dedup();
    let key = ApiKey {
        id: cx.random.id(now, ApiKeyId::compose),
        name,
        prefix: secret.chars().take(12).collect(),
        user_id: owner.id.clone(),
        project_id: project,
        scopes,
        created_at: now,
        last_used_at: None,
        expires_at: None,
        revoked_at: None,
    };
    let mut tx = cx.db.begin().await?;
    if let Some(project) = &key.project_id
        && store::projects::find(tx.conn(), project).await?.is_none()
    {
        return Err(Error::field("project", format!("There is no project with the id {project}.")));
    }
    store::api_keys::insert(tx.conn(), &key, &tokens::hash(&secret)).await?;
    let details = json!({ "name": key.name, "owner": owner.id, "scopes": key.scopes });
    let project = key.project_id.as_ref();
    let event = Event { action: "CREATE_API_KEY", project, entity: Some(key.id.as_str()), details };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(CreatedKey { secret, key })
}

/// How exactly the last use of a key is known.
const NOTED_EVERY: Duration = Duration::minutes(1);

async fn note_use(cx: Services, key: ApiKeyId, now: Timestamp) {
    let note = async {
        let mut tx = cx.db.begin().await?;
        store::api_keys::note_use(tx.conn(), &key, now - NOTED_EVERY, now).await?;
        tx.commit().await
    };
    if let Err(error) = note.await {
        tracing::warn!(%error, key.id = %key, "The use of the key {key} was not noted; the next one is");
    }
}

/// The owner behind a key, acting through it. Its last use is noted at most once a minute.
///
/// # Errors
/// `SignedOut` for an unknown, revoked or expired key, or a disabled owner.
pub async fn authenticate(cx: &Services, secret: &str, client: &ClientInfo) -> Result<Actor> {
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let found = store::api_keys::find(lease.conn(), &tokens::hash(secret)).await?;
    drop(lease);
    let (key, user) = found.ok_or(Error::SignedOut)?;
    if !key.is_usable(now) || user.disabled_at.is_some() {
        return Err(Error::SignedOut);
    }
    if key.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
        // Beside the request: one that only reads must not wait for those that write, nor fail with them.
        tokio::spawn(note_use(cx.clone(), key.id.clone(), now));
    }
    Ok(Actor { user, via: Via::Key(Box::new(key)), client: client.clone() })
}
