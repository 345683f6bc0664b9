//! One's own name and settings.

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use services::access::ManageOwnAccount;
use services::{Services, own_settings};

use crate::conditional::{self, PRIVATE};
use crate::extract::{Body, MayInstance};
use crate::problem::Problem;
use crate::wire::{OwnSettings, SettingsChanges, SettingsChangesBody};

/// Read one's own settings.
#[utoipa::path(
    get,
    path = "/api/auth/settings",
    operation_id = "read_own_settings",
    tag = "Account",
    responses((status = 200, description = "The settings.", body = OwnSettings)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn read(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageOwnAccount>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    conditional::json(&headers, PRIVATE, &OwnSettings::from(own_settings::get(&cx, &may).await?))
}

/// Change one's own name and settings.
///
/// What is left out stays as it is. A time zone counts as long as administrators allow people their own.
#[utoipa::path(
    patch,
    path = "/api/auth/settings",
    operation_id = "update_own_settings",
    tag = "Account",
    request_body = SettingsChangesBody,
    responses((status = 200, description = "The settings as they are now.", body = OwnSettings)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageOwnAccount>,
    Body(SettingsChanges(patch)): Body<SettingsChanges>,
) -> Result<Response, Problem> {
    let settings = own_settings::update(&cx, &may, patch).await?;
    conditional::json(&HeaderMap::new(), PRIVATE, &OwnSettings::from(settings))
}
