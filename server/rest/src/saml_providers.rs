//! Looking after SAML providers. Takes an administrator; keys are refused.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use model::sso::SamlInput;
use services::Services;
use services::access::ManageProviders;
use services::saml::providers;

use crate::extract::{Body, MayInstance, ProviderPath, Query};
use crate::problem::{Problem, ProblemBody};
use crate::projects::created;
use crate::wire::{
    AdminSamlProvider, AdminSamlProviders, Confirm, IncludeAll, ProviderDeleted, SamlChanges, SamlChangesBody,
};

/// List the SAML providers with their settings.
#[utoipa::path(
    get,
    path = "/api/admin/saml/providers",
    tag = "Sign-in",
    params(("includeAll" = Option<bool>, Query, description = "Also those that are not enabled.")),
    responses((status = 200, description = "The providers, the default one first.", body = AdminSamlProviders)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_saml_providers(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    Query(IncludeAll(all)): Query<IncludeAll>,
) -> Result<Json<AdminSamlProviders>, Problem> {
    let listed = providers::list(&cx, &may).await?.into_iter();
    let providers = listed.filter(|listed| all || listed.provider.enabled).map(Into::into).collect();
    Ok(Json(AdminSamlProviders { providers }))
}

/// Add a SAML provider.
///
/// `certificate` takes PEM or bare Base64, and several certificates while one follows another.
#[utoipa::path(
    post,
    path = "/api/admin/saml/providers",
    tag = "Sign-in",
    request_body = SamlChangesBody,
    responses(
        (status = 201, description = "The new provider.", body = AdminSamlProvider,
            headers(("Location" = String, description = "Where it is."))),
        (status = 409, description = "There are 50 providers already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn create_saml_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    Body(changes): Body<SamlChanges>,
) -> Result<Response, Problem> {
    let provider = providers::create(&cx, &may, changes.over(SamlInput::default())).await?;
    let location = format!("/api/admin/saml/providers/{}", provider.id);
    created(&location, &AdminSamlProvider::from(providers::get(&cx, &may, &provider.id).await?))
}

/// Read a SAML provider.
#[utoipa::path(
    get,
    path = "/api/admin/saml/providers/{providerId}",
    tag = "Sign-in",
    params(("providerId" = String, Path, description = "Id of the provider.")),
    responses((status = 200, description = "The provider.", body = AdminSamlProvider)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn get_saml_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    ProviderPath(id): ProviderPath,
) -> Result<Json<AdminSamlProvider>, Problem> {
    Ok(Json(providers::get(&cx, &may, &id).await?.into()))
}

/// Change a SAML provider.
///
/// Its name in addresses never changes.
#[utoipa::path(
    patch,
    path = "/api/admin/saml/providers/{providerId}",
    tag = "Sign-in",
    params(("providerId" = String, Path, description = "Id of the provider.")),
    request_body = SamlChangesBody,
    responses((status = 200, description = "The provider as it is now.", body = AdminSamlProvider)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_saml_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    ProviderPath(id): ProviderPath,
    Body(changes): Body<SamlChanges>,
) -> Result<Json<AdminSamlProvider>, Problem> {
    let before = providers::get(&cx, &may, &id).await?;
    providers::update(&cx, &may, &id, changes.over(SamlInput::from(&before.provider))).await?;
    Ok(Json(providers::get(&cx, &may, &id).await?.into()))
}

/// Delete a SAML provider.
///
/// Accounts of people stay. Where some of them could not sign in any more, the answer is 409 and names them, until
/// `confirm=true` says that this is known.
#[utoipa::path(
    delete,
    path = "/api/admin/saml/providers/{providerId}",
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
pub(crate) async fn delete_saml_provider(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageProviders>,
    ProviderPath(id): ProviderPath,
    Query(Confirm(knows)): Query<Confirm>,
) -> Result<Json<ProviderDeleted>, Problem> {
    providers::delete(&cx, &may, &id, knows).await?;
    Ok(Json(ProviderDeleted { success: true }))
}
