//! Looking after API keys. Keys themselves are refused here, so that a leaked one cannot make others.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use model::ApiKeyId;
use model::api_keys::{KeyPatch, ListedKey};
use services::Services;
use services::access::{ManageAllApiKeys, ManageApiKeys};
use services::api_keys::{self, Keyring};
use utoipa::IntoParams;

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, KeyPath, May, MayInstance, Query};
use crate::problem::{Problem, ProblemBody};
use crate::projects::created;
use crate::wire::{
    ApiKey, ApiKeyChanges, ApiKeyChangesBody, CreatedApiKey, KeyDeleted, NewApiKey, NewApiKeyBody, OfUser,
};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `OfUser` reads")]
pub(crate) struct KeyParams {
    /// Only the keys of this person.
    #[param(rename = "userId")]
    user_id: Option<String>,
}

/// List the API keys of a project.
///
/// Those of the caller, newest first; an administrator also gets those of others that are shown to administrators
/// (`isGlobal`). Takes staff. No answer holds a key in clear.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/api-keys",
    tag = "API keys",
    params(("projectId" = String, Path, description = "Id of the project."), KeyParams),
    responses((status = 200, description = "The keys.", body = Vec<ApiKey>)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_project_api_keys(
    State(cx): State<Services>,
    May(may): May<ManageApiKeys>,
    Query(OfUser(user)): Query<OfUser>,
) -> Result<Json<Vec<ApiKey>>, Problem> {
    let keys = api_keys::list(&cx, &may.into(), user.as_ref()).await?;
    Ok(Json(keys.into_iter().map(ApiKey::from).collect()))
}

/// Create an API key for a project.
///
/// It acts as the caller, with the caller's role at the time of use, in this project alone. Takes staff. The key is in
/// this answer and in no other.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/api-keys",
    tag = "API keys",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = NewApiKeyBody,
    responses(
        (status = 201, description = "The new key.", body = CreatedApiKey,
            headers(("Location" = String, description = "Where the key's record is."))),
        (status = 409, description = "The caller has 500 keys already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn create_project_api_key(
    State(cx): State<Services>,
    May(may): May<ManageApiKeys>,
    Body(body): Body<NewApiKey>,
) -> Result<Response, Problem> {
    let project = may.project_id().clone();
    let made = api_keys::create(&cx, &may.into(), body.new).await?;
    let location = format!("/api/projects/{project}/api-keys/{}", made.key.key.id);
    created(&location, &CreatedApiKey::new(made, body.widened))
}

/// Read an API key of a project.
///
/// The key of somebody else is answered like an unknown one, unless it is shown to administrators and the caller is one.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/api-keys/{keyId}",
    tag = "API keys",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("keyId" = String, Path, description = "Id of the key.")
    ),
    responses((status = 200, description = "The key, not in clear.", body = ApiKey)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn get_project_api_key(
    State(cx): State<Services>,
    May(may): May<ManageApiKeys>,
    KeyPath(id): KeyPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    get(&cx, &may.into(), &id, &headers).await
}

/// Change or revoke an API key of a project.
///
/// `isRevoked: true` ends it at once and for good.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/api-keys/{keyId}",
    tag = "API keys",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("keyId" = String, Path, description = "Id of the key."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the key still has this `ETag`.")
    ),
    request_body = ApiKeyChangesBody,
    responses(
        (status = 200, description = "The key as it is now.", body = ApiKey),
        (status = 412, description = "The key has changed; this is how it is now.", body = ApiKey)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_project_api_key(
    State(cx): State<Services>,
    May(may): May<ManageApiKeys>,
    KeyPath(id): KeyPath,
    if_match: IfMatch,
    Body(ApiKeyChanges(patch)): Body<ApiKeyChanges>,
) -> Result<Response, Refusal> {
    update(&cx, &may.into(), &id, patch, if_match).await
}

/// Delete an API key of a project.
///
/// It stops working at once.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/api-keys/{keyId}",
    tag = "API keys",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("keyId" = String, Path, description = "Id of the key."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the key still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The key is gone.", body = KeyDeleted),
        (status = 412, description = "The key has changed; this is how it is now.", body = ApiKey)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_project_api_key(
    State(cx): State<Services>,
    May(may): May<ManageApiKeys>,
    KeyPath(id): KeyPath,
    if_match: IfMatch,
) -> Result<Json<KeyDeleted>, Refusal> {
    delete(&cx, &may.into(), &id, if_match).await
}

/// Replace an API key of a project.
///
/// Puts a new secret in the place of the old one, which stops working at once; everything else of the key stays. For
/// its owner alone. The new key is in this answer and in no other.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/api-keys/{keyId}/rotate",
    tag = "API keys",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("keyId" = String, Path, description = "Id of the key.")
    ),
    responses(
        (status = 200, description = "The key in clear.", body = CreatedApiKey),
        (status = 400, description = "The key is revoked or expired, or belongs to somebody else.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn rotate_project_api_key(
    State(cx): State<Services>,
    May(may): May<ManageApiKeys>,
    KeyPath(id): KeyPath,
) -> Result<Response, Problem> {
    rotate(&cx, &may.into(), &id).await
}

/// List all API keys.
///
/// Those of everybody, for all projects and for single ones, newest first. Takes an administrator. No answer holds a key
/// in clear.
#[utoipa::path(
    get,
    path = "/api/admin/api-keys",
    tag = "API keys",
    params(KeyParams),
    responses((status = 200, description = "The keys.", body = Vec<ApiKey>)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_api_keys(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageAllApiKeys>,
    Query(OfUser(user)): Query<OfUser>,
) -> Result<Json<Vec<ApiKey>>, Problem> {
    let keys = api_keys::list(&cx, &may.into(), user.as_ref()).await?;
    Ok(Json(keys.into_iter().map(ApiKey::from).collect()))
}

/// Create an API key for all projects.
///
/// It acts as the caller, with the caller's role at the time of use. Takes an administrator. The key is in this answer
/// and in no other.
#[utoipa::path(
    post,
    path = "/api/admin/api-keys",
    tag = "API keys",
    request_body = NewApiKeyBody,
    responses(
        (status = 200, description = "The new key.", body = CreatedApiKey,
            headers(("Location" = String, description = "Where the key's record is."))),
        (status = 409, description = "The caller has 500 keys already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn create_api_key(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageAllApiKeys>,
    Body(body): Body<NewApiKey>,
) -> Result<Response, Problem> {
    let made = api_keys::create(&cx, &may.into(), body.new).await?;
    let location = format!("/api/admin/api-keys/{}", made.key.key.id);
    let mut response = created(&location, &CreatedApiKey::new(made, body.widened))?;
    // Existing clients expect this status here.
    *response.status_mut() = StatusCode::OK;
    Ok(response)
}

/// Read any API key.
#[utoipa::path(
    get,
    path = "/api/admin/api-keys/{keyId}",
    tag = "API keys",
    params(("keyId" = String, Path, description = "Id of the key.")),
    responses((status = 200, description = "The key, not in clear.", body = ApiKey)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn get_api_key(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageAllApiKeys>,
    KeyPath(id): KeyPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    get(&cx, &may.into(), &id, &headers).await
}

/// Change or revoke any API key.
///
/// `isRevoked: true` ends it at once and for good.
#[utoipa::path(
    patch,
    path = "/api/admin/api-keys/{keyId}",
    tag = "API keys",
    params(
        ("keyId" = String, Path, description = "Id of the key."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the key still has this `ETag`.")
    ),
    request_body = ApiKeyChangesBody,
    responses(
        (status = 200, description = "The key as it is now.", body = ApiKey),
        (status = 412, description = "The key has changed; this is how it is now.", body = ApiKey)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_api_key(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageAllApiKeys>,
    KeyPath(id): KeyPath,
    if_match: IfMatch,
    Body(ApiKeyChanges(patch)): Body<ApiKeyChanges>,
) -> Result<Response, Refusal> {
    update(&cx, &may.into(), &id, patch, if_match).await
}

/// Delete a revoked API key.
#[utoipa::path(
    delete,
    path = "/api/admin/api-keys/{keyId}",
    tag = "API keys",
    params(
        ("keyId" = String, Path, description = "Id of the key."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the key still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The key is gone.", body = KeyDeleted),
        (status = 400, description = "The key is not revoked.", body = ProblemBody),
        (status = 412, description = "The key has changed; this is how it is now.", body = ApiKey)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_api_key(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageAllApiKeys>,
    KeyPath(id): KeyPath,
    if_match: IfMatch,
) -> Result<Json<KeyDeleted>, Refusal> {
    delete(&cx, &may.into(), &id, if_match).await
}

/// Replace an API key of one's own.
///
/// As `POST /api/projects/{projectId}/api-keys/{keyId}/rotate`, for any key of the caller.
#[utoipa::path(
    post,
    path = "/api/admin/api-keys/{keyId}/rotate",
    tag = "API keys",
    params(("keyId" = String, Path, description = "Id of the key.")),
    responses(
        (status = 200, description = "The key in clear.", body = CreatedApiKey),
        (status = 400, description = "The key is revoked or expired, or belongs to somebody else.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn rotate_api_key(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageAllApiKeys>,
    KeyPath(id): KeyPath,
) -> Result<Response, Problem> {
    rotate(&cx, &may.into(), &id).await
}

async fn get(cx: &Services, ring: &Keyring, id: &ApiKeyId, headers: &HeaderMap) -> Result<Response, Problem> {
    conditional::json(headers, PRIVATE, &ApiKey::from(api_keys::get(cx, ring, id).await?))
}

async fn update(
    cx: &Services,
    ring: &Keyring,
    id: &ApiKeyId,
    patch: KeyPatch,
    if_match: IfMatch,
) -> Result<Response, Refusal> {
    let current = if_match.on(shown);
    let key = current.settle(api_keys::update(cx, ring, id, patch, &current).await)?;
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &ApiKey::from(key))?)
}

async fn delete(cx: &Services, ring: &Keyring, id: &ApiKeyId, if_match: IfMatch) -> Result<Json<KeyDeleted>, Refusal> {
    let current = if_match.on(shown);
    current.settle(api_keys::delete(cx, ring, id, &current).await)?;
    Ok(Json(KeyDeleted { success: true }))
}

/// A key as every answer shows it.
fn shown(key: &ListedKey) -> ApiKey {
    ApiKey::from(key.clone())
}

async fn rotate(cx: &Services, ring: &Keyring, id: &ApiKeyId) -> Result<Response, Problem> {
    let made = api_keys::rotate(cx, ring, id).await?;
    conditional::json(&HeaderMap::new(), PRIVATE, &CreatedApiKey::new(made, false))
}
