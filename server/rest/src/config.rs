//! Settings of the instance. For administrators; keys are refused.

use axum::Json;
use axum::extract::State;
use model::instance::InstancePatch;
use services::access::ManageInstance;
use services::{Services, instance, mail};

use crate::extract::{Body, MayInstance};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{
    Config, ConfigChanges, ConfigChangesBody, MailDone, NewSystemEmail, NewSystemEmailBody, SystemEmail, TestLetter,
};

/// Read the settings of the instance.
///
/// Takes an administrator.
#[utoipa::path(
    get,
    path = "/api/admin/config",
    tag = "Instance",
    responses((status = 200, description = "The settings.", body = Config)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn read_config(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageInstance>,
) -> Result<Json<Config>, Problem> {
    Ok(Json(Config::from(&*instance::get(&cx, &may).await?)))
}

/// Change settings of the instance.
///
/// Changes what is sent and leaves the rest; takes effect at once. `maxRevisionsPerEntry` and `allowTelemetry`
/// are accepted for existing clients and change nothing. Who switches the list of addresses on, or
/// changes it while it is on, is on it afterwards: if it did not have the caller's own address, that is added, and
/// `_warning` says so. Takes an administrator.
#[utoipa::path(
    patch,
    path = "/api/admin/config",
    tag = "Instance",
    request_body = ConfigChangesBody,
    responses((status = 200, description = "The settings as they are now.", body = Config)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_config(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageInstance>,
    Body(ConfigChanges(patch)): Body<ConfigChanges>,
) -> Result<Json<Config>, Problem> {
    Ok(Json(instance::update(&cx, &may, patch).await?.into()))
}

/// Read the mail server of the instance.
///
/// Takes an administrator.
#[utoipa::path(
    get,
    path = "/api/admin/config/system-email",
    tag = "Instance",
    responses((status = 200, description = "The mail server, without its password.", body = SystemEmail)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn read_system_email(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageInstance>,
) -> Result<Json<SystemEmail>, Problem> {
    Ok(Json(mail::overview(&cx, &may).await?.into()))
}

/// Set the mail server of the instance.
///
/// Letters that wait are sent with it. A stored password is kept for the host it was given for; for another host it has
/// to be sent again. Takes an administrator.
#[utoipa::path(
    post,
    path = "/api/admin/config/system-email",
    tag = "Instance",
    request_body = NewSystemEmailBody,
    responses((status = 200, description = "It is saved.", body = MailDone)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn set_system_email(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageInstance>,
    Body(body): Body<NewSystemEmail>,
) -> Result<Json<MailDone>, Problem> {
    mail::save(&cx, &may, &body.form, body.password).await?;
    if body.enable_password_reset.is_some() {
        let patch = InstancePatch { enable_password_reset: body.enable_password_reset, ..InstancePatch::default() };
        instance::update(&cx, &may, patch).await?;
    }
    Ok(Json(MailDone { success: true, message: "The mail server is saved." }))
}

/// Try the mail server out.
///
/// Sends a letter to `testEmail` at once, with what is stored, and says what became of it. Takes an administrator.
#[utoipa::path(
    patch,
    path = "/api/admin/config/system-email",
    tag = "Instance",
    request_body = TestLetter,
    responses(
        (status = 200, description = "The mail server has taken the letter.", body = MailDone),
        (status = 400, description = "It was not sent; `error` says why.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn test_system_email(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageInstance>,
    Body(body): Body<TestLetter>,
) -> Result<Json<MailDone>, Problem> {
    mail::send_test(&cx, &may, &body.test_email).await?;
    Ok(Json(MailDone { success: true, message: "The test letter was sent." }))
}
