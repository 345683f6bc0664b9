//! Looking after sign-in providers. Takes an administrator; keys are refused. No answer holds a secret.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use model::sso::{OAuthProvider, ProviderInput};
use services::Services;
use services::access::ManageProviders;
use services::oauth::providers;

use crate::conditional::{self, PRIVATE};
use crate::extract::{Body, MayInstance, ProviderPath, Query};
use crate::problem::{Problem, ProblemBody};
use crate::projects::created;
use crate::wire::{
    AdminProvider, AdminProviders, Confirm, IncludeAll, ProviderChanges, ProviderChangesBody, ProviderDeleted,
};

fn shown(cx: &Services, provider: OAuthProvider) -> AdminProvider {
    let callback = providers::callback_url(cx, &provider);
    AdminProvider::new(provider, callback)
}

/// List the sign-in providers with their settings.
#[utoipa::path(
    get,
    path = "/api/admin/oauth/providers",
    tag = "Sign-in",
    params(("includeAll" = Option<bool>, Query, description = "Also those that are not enabled.")),
    responses((status = 200, description = "The providers, the default one first.", body = AdminProviders)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_oauth_providers(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    Query(IncludeAll(all)): Query<IncludeAll>,
) -> Result<Json<AdminProviders>, Problem> {
    let listed = providers::list(&cx, &may).await?.into_iter().map(|listed| listed.provider);
    let providers = listed.filter(|provider| all || provider.enabled).map(|provider| shown(&cx, provider)).collect();
    Ok(Json(AdminProviders { providers }))
}

/// Add a sign-in provider.
///
/// With `issuerUrl` the other addresses are read from the provider's discovery document, and may be left out.
#[utoipa::path(
    post,
    path = "/api/admin/oauth/providers",
    tag = "Sign-in",
    request_body = ProviderChangesBody,
    responses(
        (status = 201, description = "The new provider.", body = AdminProvider,
            headers(("Location" = String, description = "Where it is."))),
        (status = 409, description = "There are 50 providers already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn create_oauth_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    Body(changes): Body<ProviderChanges>,
) -> Result<Response, Problem> {
    let provider = providers::create(&cx, &may, changes.into_new()).await?;
    let location = format!("/api/admin/oauth/providers/{}", provider.id);
    created(&location, &shown(&cx, provider))
}

/// Read a sign-in provider.
#[utoipa::path(
    get,
    path = "/api/admin/oauth/providers/{providerId}",
    tag = "Sign-in",
    params(("providerId" = String, Path, description = "Id of the provider.")),
    responses((status = 200, description = "The provider.", body = AdminProvider)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn get_oauth_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    ProviderPath(id): ProviderPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    conditional::json(&headers, PRIVATE, &shown(&cx, providers::get(&cx, &may, &id).await?))
}

/// Change a sign-in provider.
///
/// Its name in addresses never changes. An absent or empty `clientSecret` keeps the one that is there.
#[utoipa::path(
    patch,
    path = "/api/admin/oauth/providers/{providerId}",
    tag = "Sign-in",
    params(("providerId" = String, Path, description = "Id of the provider.")),
    request_body = ProviderChangesBody,
    responses((status = 200, description = "The provider as it is now.", body = AdminProvider)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_oauth_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    ProviderPath(id): ProviderPath,
    Body(changes): Body<ProviderChanges>,
) -> Result<Response, Problem> {
    let before = providers::get(&cx, &may, &id).await?;
    let provider = providers::update(&cx, &may, &id, changes.over(ProviderInput::from(&before))).await?;
    conditional::json(&HeaderMap::new(), PRIVATE, &shown(&cx, provider))
}

/// Delete a sign-in provider.
///
/// Accounts of people stay. Where some of them could not sign in any more, the answer is 409 and names them, until
/// `confirm=true` says that this is known.
#[utoipa::path(
    delete,
    path = "/api/admin/oauth/providers/{providerId}",
    tag = "Sign-in",
    params(
        ("providerId" = String, Path, description = "Id of the provider."),
        ("confirm" = Option<bool>, Query, description = "Delete also the only way to sign in of some people.")
    ),
    responses(
        (status = 200, description = "The provider is gone.", body = ProviderDeleted, example = json!({ "success": true })),
        (status = 409, description = "It is the only way to sign in for some people.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_oauth_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    ProviderPath(id): ProviderPath,
    Query(Confirm(knows)): Query<Confirm>,
) -> Result<Json<ProviderDeleted>, Problem> {
    providers::delete(&cx, &may, &id, knows).await?;
    Ok(Json(ProviderDeleted { success: true }))
}
