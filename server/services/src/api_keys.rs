//! API keys: made once, shown once, kept as a hash.

mod keyring;

use chrono::Duration;
use model::api_keys::{ApiKey, KeyPatch, ListedKey, NewKey, PREFIX, SECRET_LENGTH, SHOWN_LENGTH, State};
use model::time::{Timestamp, to_wire};
use model::users::User;
use model::{ApiKeyId, Error, Permission, ProjectId, Result, Role, UserId};
use serde_json::{Map, Value, json};
use store::api_keys::KeyFilter;
use store::{Conn, Tx, api_keys};

use crate::access::{Actor, ClientInfo, InstanceGrant, ManageAllApiKeys, Via};
use crate::audit::{self, Event};
use crate::condition::{self, Condition};
use crate::{Services, instance, tokens};

pub use keyring::Keyring;

/// How many keys a person may have, revoked ones included.
pub const MOST: i64 = 500;

/// A key in clear, and its record. The key cannot be had again.
#[derive(Clone)]
pub struct CreatedKey {
    pub secret: String,
    pub key: ListedKey,
}

/// The keys of a ring, newest first, optionally those of one owner only.
pub async fn list(cx: &Services, ring: &Keyring, owner: Option<&UserId>) -> Result<Vec<ListedKey>> {
    let mut lease = cx.db.acquire().await?;
    let filter = KeyFilter { project: ring.project(), owner, seen_by: ring.viewpoint() };
    Ok(api_keys::list(lease.conn(), filter).await?)
}

/// One key of a ring.
///
/// # Errors
/// `NotFound`, also for a key the caller does not see.
pub async fn get(cx: &Services, ring: &Keyring, id: &ApiKeyId) -> Result<ListedKey> {
    let mut lease = cx.db.acquire().await?;
    let found = api_keys::find_listed(lease.conn(), ring.project(), id).await?;
    found.filter(|found| ring.shows(&found.key)).ok_or(Error::NotFound)
}

/// Whether a role makes keys at all: an administrator may have kept that to administrators.
pub async fn may_create(cx: &Services, role: Role) -> Result<bool> {
    Ok(role == Role::Admin || !instance::shared(cx).await?.admin_only_api_key_creation)
}

/// Makes a key that acts as the caller, for the project of the ring or for all.
///
/// # Errors
/// `Forbidden` where only administrators make keys; `Invalid` naming `name`, `permissions` or `expiresAt`; `Conflict` when the caller has [`MOST`] already.
pub async fn create(cx: &Services, ring: &Keyring, new: NewKey) -> Result<CreatedKey> {
    let actor = ring.actor();
    let mut tx = ring.begin(cx).await?;
    if actor.user.role != Role::Admin && instance::read(tx.conn()).await?.admin_only_api_key_creation {
        return Err(Error::Forbidden { needs: Permission::ManageAllApiKeys });
    }
    if api_keys::count(tx.conn(), actor.id()).await? >= MOST {
        let message = format!("One person has at most {MOST} API keys. Delete those that are not used any more.");
        return Err(Error::conflict(message));
    }
    let created = insert(cx, tx.conn(), actor, &actor.user, ring.project(), new).await?;
    record(cx, tx.conn(), actor, ring.actions().create, &created.key.key, details(&created.key.key)).await?;
    tx.commit().await?;
    Ok(created)
}

/// Makes a key that acts as somebody else, for the command line on the server.
///
/// # Errors
/// `Invalid` naming `name`, `permissions`, `expiresAt`, `project`, or `user` for somebody whose account is disabled.
pub async fn create_for(
    cx: &Services,
    may: &InstanceGrant<ManageAllApiKeys>,
    owner: &User,
    project: Option<ProjectId>,
    new: NewKey,
) -> Result<CreatedKey> {
    if owner.disabled_at.is_some() {
        return Err(Error::field("user", "This account is disabled; a key of it would not work."));
    }
    let mut tx = cx.db.begin().await?;
    if let Some(project) = &project
        && store::projects::find(tx.conn(), project).await?.is_none()
    {
        return Err(Error::field("project", format!("There is no project with the id {project}.")));
    }
    let created = insert(cx, tx.conn(), may.actor(), owner, project.as_ref(), new).await?;
    record(cx, tx.conn(), may.actor(), "CREATE_API_KEY", &created.key.key, details(&created.key.key)).await?;
    tx.commit().await?;
    Ok(created)
}

async fn insert(
    cx: &Services,
    mut conn: Conn<'_>,
    actor: &Actor,
    owner: &User,
    project: Option<&ProjectId>,
    new: NewKey,
) -> Result<CreatedKey> {
    let now = cx.clock.now();
    let NewKey { name, scopes, expires_at, is_global } = new.checked(now)?;
    let secret = compose(cx);
    let key = ApiKey {
        id: cx.random.id(now, ApiKeyId::compose),
        name,
        prefix: shown(&secret),
        user_id: owner.id.clone(),
        created_by_id: Some(actor.id().clone()),
        project_id: project.cloned(),
        is_global: is_global && project.is_some(),
        scopes,
        created_at: now,
        last_used_at: None,
        last_used_ip: None,
        expires_at,
        revoked_at: None,
    };
    api_keys::insert(conn.again(), &key, &tokens::hash(&secret)).await?;
    let key = api_keys::find_listed(conn, project, &key.id).await?.ok_or(Error::NotFound)?;
    Ok(CreatedKey { secret, key })
}

fn compose(cx: &Services) -> String {
    format!("{PREFIX}{}", cx.random.token(SECRET_LENGTH))
}

fn shown(secret: &str) -> String {
    secret.chars().take(SHOWN_LENGTH).collect()
}

/// Renames a key, changes its scopes, its end or who sees it, or revokes it for good.
///
/// # Errors
/// `NotFound`, `Invalid` as [`KeyPatch::apply`], and `Outdated` where the key is no longer what `condition` says.
pub async fn update(
    cx: &Services,
    ring: &Keyring,
    id: &ApiKeyId,
    patch: KeyPatch,
    condition: &dyn Condition<ListedKey>,
) -> Result<ListedKey> {
    let (mut tx, old) = open(cx, ring, id).await?;
    condition::check(condition, &old)?;
    let new = patch.apply(old.key.clone(), cx.clock.now())?;
    if new == old.key {
        return Ok(old);
    }
    api_keys::update(tx.conn(), &new).await?;
    let changes = changes(&old.key, &new);
    let action = if new.revoked_at != old.key.revoked_at {
        ring.actions().revoke
    } else if changes.keys().eq(["name"]) {
        ring.actions().rename
    } else {
        ring.actions().update
    };
    record(cx, tx.conn(), ring.actor(), action, &new, Value::Object(changes)).await?;
    tx.commit().await?;
    Ok(ListedKey { key: new, ..old })
}

/// Puts a new secret in the place of the old one, which stops working at once. Everything else of the key stays.
///
/// # Errors
/// `NotFound`; `BadRequest` for a key that is revoked or expired, or that acts as somebody else: who has the secret
/// acts as the owner.
pub async fn rotate(cx: &Services, ring: &Keyring, id: &ApiKeyId) -> Result<CreatedKey> {
    let (mut tx, old) = open(cx, ring, id).await?;
    let refused = match old.key.state(cx.clock.now()) {
        _ if old.key.user_id != *ring.actor().id() => "Only the owner of a key can replace it: it acts as them.",
        State::Revoked => "This key is revoked for good. Make a new one.",
        State::Expired => "This key has expired. Give it a later end first.",
        State::Active | State::OwnerDisabled => "",
    };
    if !refused.is_empty() {
        return Err(Error::bad_request(refused));
    }
    let secret = compose(cx);
    let prefix = shown(&secret);
    api_keys::replace_secret(tx.conn(), id, &prefix, &tokens::hash(&secret)).await?;
    let details = json!({ "name": old.key.name, "secret": "replaced" });
    record(cx, tx.conn(), ring.actor(), ring.actions().update, &old.key, details).await?;
    tx.commit().await?;
    let key = ApiKey { prefix, last_used_at: None, last_used_ip: None, ..old.key };
    Ok(CreatedKey { secret, key: ListedKey { key, ..old } })
}

/// Deletes a key. The keys of a project go at once; among all keys only those that are revoked.
///
/// # Errors
/// `NotFound`; `BadRequest` for a key that has to be revoked first; `Outdated` as [`update`].
pub async fn delete(cx: &Services, ring: &Keyring, id: &ApiKeyId, condition: &dyn Condition<ListedKey>) -> Result<()> {
    let (mut tx, old) = open(cx, ring, id).await?;
    condition::check(condition, &old)?;
    if ring.deletes_revoked_only() && old.key.revoked_at.is_none() {
        return Err(Error::bad_request("Revoke the key first: only revoked keys can be deleted."));
    }
    api_keys::delete(tx.conn(), id).await?;
    record(cx, tx.conn(), ring.actor(), ring.actions().delete, &old.key, details(&old.key)).await?;
    tx.commit().await?;
    Ok(())
}

/// A transaction that holds the key, as it is now.
async fn open(cx: &Services, ring: &Keyring, id: &ApiKeyId) -> Result<(Tx, ListedKey)> {
    let mut tx = cx.db.begin().await?;
    let found = api_keys::find_locked(tx.conn(), ring.project(), id).await?;
    let found = found.filter(|found| ring.shows(&found.key)).ok_or(Error::NotFound)?;
    Ok((tx, found))
}

async fn record(
    cx: &Services,
    conn: Conn<'_>,
    actor: &Actor,
    action: &'static str,
    key: &ApiKey,
    details: Value,
) -> Result<()> {
    let event =
        Event { action, project: key.project_id.as_ref(), entity: Some(key.id.as_str()), details, ..Event::default() };
    audit::record(cx, conn, actor, event).await
}

/// What the log says of a key as a whole: no part of its secret, not even the beginning that people know it by.
fn details(key: &ApiKey) -> Value {
    json!({
        "name": key.name,
        "owner": key.user_id,
        "scopes": key.scopes,
        "expiresAt": key.expires_at.map(to_wire),
        "isGlobal": key.is_global,
    })
}

fn changes(old: &ApiKey, new: &ApiKey) -> Map<String, Value> {
    let mut changes = Map::new();
    let mut note = |name: &str, from: Value, to: Value| {
        if from != to {
            changes.insert(name.to_owned(), json!({ "from": from, "to": to }));
        }
    };
    note("name", json!(old.name), json!(new.name));
    note("scopes", json!(old.scopes), json!(new.scopes));
    note("expiresAt", json!(old.expires_at.map(to_wire)), json!(new.expires_at.map(to_wire)));
    note("isGlobal", json!(old.is_global), json!(new.is_global));
    note("isRevoked", json!(old.revoked_at.is_some()), json!(new.revoked_at.is_some()));
    changes
}

/// How exactly the last use of a key is known.
const NOTED_EVERY: Duration = Duration::minutes(1);

async fn note_use(cx: Services, key: ApiKeyId, hash: String, ip: Option<String>, now: Timestamp) {
    let note = async {
        let mut tx = cx.db.begin().await?;
        // By the hash: a use of the secret so far is not one of the secret that has just replaced it.
        store::api_keys::note_use(tx.conn(), &hash, ip.as_deref(), now - NOTED_EVERY, now).await?;
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
    let hash = tokens::hash(secret);
    let mut lease = cx.db.acquire().await?;
    let found = api_keys::find(lease.conn(), &hash).await?;
    drop(lease);
    let (key, user) = found.ok_or(Error::SignedOut)?;
    if !key.is_usable(now) || user.disabled_at.is_some() {
        return Err(Error::SignedOut);
    }
    if key.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
        // Beside the request: one that only reads must not wait for those that write, nor fail with them.
        tokio::spawn(note_use(cx.clone(), key.id.clone(), hash, client.ip.clone(), now));
    }
    Ok(Actor { user, via: Via::Key(Box::new(key)), client: client.clone() })
}
