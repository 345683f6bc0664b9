//! API keys, as they are listed, made and changed.

use model::access::Scope;
use model::api_keys::{self, KeyPatch, ListedKey, NewKey as New, parse_scopes, scopes_or_all};
use model::time::to_wire;
use model::{Error, UserId};
use serde::Serialize;
use serde_json::Value;
use services::api_keys::CreatedKey;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody, FromQuery, Params};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk4qmw2wxfogo4mvn4a4wfhy", "name": "CI", "key": "chr_Ox9gy1CJ...", "keyPrefix": "chr_Ox9gy1CJ...",
    "lastUsed": null, "createdAt": "2026-03-04T09:00:00.000Z", "expiresAt": null, "isRevoked": false,
    "permissions": ["changelog:read", "changelog:write"], "projectId": "cmk60kvj50ce9uvw53efr4edt", "isGlobal": false,
    "userId": "cmkodzdoc9is0j8ht9lgmxg9e"
}))]
pub(crate) struct KeyRecord {
    id: String,
    name: String,
    /// The beginning of the key. Whole only in the answer that makes or replaces it.
    key: String,
    /// The beginning of the key, to recognise it by.
    key_prefix: String,
    /// Exact to a minute.
    #[schema(format = DateTime, required = true)]
    last_used: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// When the key stops working; `null` for never.
    #[schema(format = DateTime, required = true)]
    expires_at: Option<String>,
    is_revoked: bool,
    /// The scopes of the key.
    permissions: Vec<&'static str>,
    /// The only project the key works for; `null` for all.
    #[schema(required = true)]
    project_id: Option<String>,
    /// Whether administrators see it among the keys of its project.
    is_global: bool,
    /// The owner, as whom the key acts.
    user_id: String,
}

impl KeyRecord {
    fn new(key: &api_keys::ApiKey, shown: String) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            key: shown,
            key_prefix: key.shown(),
            last_used: key.last_used_at.map(to_wire),
            created_at: to_wire(key.created_at),
            expires_at: key.expires_at.map(to_wire),
            is_revoked: key.revoked_at.is_some(),
            permissions: key.scopes.iter().copied().map(Scope::as_str).collect(),
            project_id: key.project_id.as_ref().map(ToString::to_string),
            is_global: key.is_global,
            user_id: key.user_id.to_string(),
        }
    }
}

/// The owner of a key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind" }))]
pub(crate) struct KeyOwner {
    id: String,
    email: String,
    #[schema(required = true)]
    name: Option<String>,
}

impl From<&ListedKey> for KeyOwner {
    fn from(listed: &ListedKey) -> Self {
        Self { id: listed.key.user_id.to_string(), email: listed.owner_email.clone(), name: listed.owner_name.clone() }
    }
}

/// A key, without what would let somebody use it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ApiKey {
    #[serde(flatten)]
    record: KeyRecord,
    user: KeyOwner,
}

impl From<ListedKey> for ApiKey {
    fn from(listed: ListedKey) -> Self {
        Self { record: KeyRecord::new(&listed.key, listed.key.shown()), user: KeyOwner::from(&listed) }
    }
}

const ALL_SCOPES: &str = "No permissions were named, so the key got all of them. Name those it needs, and change it.";

/// A key in clear. It is not shown again.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedApiKey {
    #[serde(flatten)]
    record: KeyRecord,
    /// Only for keys of the instance.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<KeyOwner>,
    /// Only where `permissions` was absent or empty: says that the key got all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<&'static str>,
}

impl CreatedApiKey {
    pub fn new(created: CreatedKey, widened: bool) -> Self {
        let CreatedKey { secret, key: listed } = created;
        Self {
            user: listed.key.project_id.is_none().then(|| KeyOwner::from(&listed)),
            record: KeyRecord::new(&listed.key, secret),
            warning: widened.then_some(ALL_SCOPES),
        }
    }
}

/// What a new key is made from.
#[derive(Debug, ToSchema)]
#[schema(as = NewApiKey, rename_all = "camelCase", example = json!({
    "name": "CI", "permissions": ["changelog:read", "changelog:write"], "expiresAt": "2027-03-04T09:00:00.000Z"
}))]
#[expect(dead_code, reason = "the description of what `NewApiKey` reads")]
pub(crate) struct NewApiKeyBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// Scopes such as `changelog:read`. Absent or empty: all of them, and the answer warns.
    permissions: Option<Vec<String>>,
    /// In the future. Absent: never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Whether administrators see it among the keys of its project. Default: false. Keys of the instance have none.
    is_global: Option<bool>,
}

pub(crate) struct NewApiKey {
    pub new: New,
    /// Whether no scopes were named.
    pub widened: bool,
}

impl FromBody for NewApiKey {
    fn read(fields: &mut Fields) -> Self {
        let name = fields.text("name").unwrap_or_default();
        let scopes = scopes(fields).unwrap_or_default();
        Self {
            widened: scopes.is_empty(),
            new: New {
                name,
                scopes: scopes_or_all(scopes),
                expires_at: fields.time("expiresAt"),
                is_global: fields.flag("isGlobal").unwrap_or(false),
            },
        }
    }
}

/// What to change of a key. Members that are left out stay as they are.
#[derive(Debug, ToSchema)]
#[schema(as = ApiKeyChanges, rename_all = "camelCase", example = json!({ "name": "Build server" }))]
#[expect(dead_code, reason = "the description of what `ApiKeyChanges` reads")]
pub(crate) struct ApiKeyChangesBody {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// `true` ends the key for good; `false` is accepted for a key that is not revoked.
    is_revoked: Option<bool>,
    /// All scopes together, at least one.
    #[schema(min_items = 1)]
    permissions: Option<Vec<String>>,
    /// In the future; `null` for never.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Whether administrators see it among the keys of its project.
    is_global: Option<bool>,
}

pub(crate) struct ApiKeyChanges(pub KeyPatch);

impl FromBody for ApiKeyChanges {
    fn read(fields: &mut Fields) -> Self {
        Self(KeyPatch {
            name: fields.text("name"),
            scopes: scopes(fields),
            expires_at: fields.nullable_time("expiresAt"),
            is_global: fields.flag("isGlobal"),
            is_revoked: fields.flag("isRevoked"),
        })
    }
}

fn scopes(fields: &mut Fields) -> Option<Vec<Scope>> {
    // What is no text names no scope either.
    let name = |item: Value| match item {
        Value::String(name) => name,
        other => other.to_string(),
    };
    let names: Vec<String> = fields.list("permissions")?.into_iter().map(name).collect();
    match parse_scopes(&names) {
        Ok(scopes) => Some(scopes),
        Err(error) => {
            if let Error::Invalid { fields: wrong } = error {
                wrong.into_iter().for_each(|one| fields.fail(one.field, one.message));
            }
            None
        }
    }
}

/// Whose keys to list.
pub(crate) struct OfUser(pub Option<UserId>);

impl FromQuery for OfUser {
    fn read(params: &mut Params) -> Self {
        Self(params.one_of("userId", "the id of a person", |text| text.parse().ok()))
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct KeyDeleted {
    /// Always true.
    pub success: bool,
}
