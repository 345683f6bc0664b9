//! Setting the instance up. Open to strangers until there is a first administrator; the one-time token from the
//! server's output tells who may be that.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode};
use model::Error;
use services::access::{ManageInstance, ManageUsers};
use services::caller::sign_in_cookies;
use services::{Services, setup};

use crate::extract::{Body, MayInstance, Visitor};
use crate::identify::append_cookies;
use crate::problem::{self, Problem};
use crate::wire;

const SETUP_TOKEN: HeaderName = HeaderName::from_static("x-setup-token");

/// The answer of an instance that is set up already.
fn already() -> Response {
    problem::answer(StatusCode::FORBIDDEN, "already_set_up", "This instance is already set up. Sign in instead.")
}

/// Is the instance set up?
#[utoipa::path(
    get,
    path = "/api/setup/status",
    tag = "Instance",
    responses((status = 200, description = "Whether it is.", body = wire::SetupStatus))
)]
pub(crate) async fn read_setup_status(State(cx): State<Services>) -> Result<Json<wire::SetupStatus>, Problem> {
    Ok(Json(wire::SetupStatus::new(setup::is_complete(&cx).await?)))
}

/// How far is the set-up?
#[utoipa::path(
    get,
    path = "/api/setup",
    tag = "Instance",
    responses(
        (status = 200, description = "How far it is.", body = wire::SetupProgress),
        (status = 403, description = "The instance is set up already.", body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn read_setup_progress(State(cx): State<Services>) -> Result<Response, Problem> {
    if setup::is_complete(&cx).await? {
        return Ok(already());
    }
    Ok(Json(wire::SetupProgress::begun()).into_response())
}

/// Make the first administrator.
///
/// Takes the one-time token of the set-up link that the server printed when it started. Completes the set-up and signs
/// the administrator in: the answer sets the cookies of a browser, and scripts sign in with the password. At most 20
/// attempts in an hour from one address. Keys are refused.
#[utoipa::path(
    post,
    path = "/api/setup/admin",
    tag = "Instance",
    params((
        "X-Setup-Token" = Option<String>, Header,
        description = "The token, for those who do not send it in the body."
    )),
    request_body = wire::FirstAdmin,
    responses(
        (status = 200, description = "The instance is set up.", body = wire::SetUp),
        (status = 403, description = "The instance is set up already, or called with a key or by another site.",
            body = crate::problem::ProblemBody),
        (status = 429, description = "Too many attempts.", body = crate::problem::ProblemBody,
            headers(("Retry-After" = i64, description = "Seconds to wait.")))
    )
)]
pub(crate) async fn create_first_admin(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    headers: HeaderMap,
    Body(form): Body<wire::FirstAdmin>,
) -> Result<Response, Problem> {
    let sent = headers.get(SETUP_TOKEN).and_then(|value| value.to_str().ok());
    let token = form.token.as_deref().or(sent).unwrap_or_default();
    let signed_in = match setup::complete(&cx, token, &form.name, &form.email, &form.password, &client).await {
        Ok(signed_in) => signed_in,
        // Another set-up was first, just now or long ago.
        Err(Error::Conflict { .. }) => return Ok(already()),
        Err(error) => return Err(error.into()),
    };
    let cookies = sign_in_cookies(&cx, &signed_in);
    let mut response = Json(wire::SetUp::by(signed_in.user)).into_response();
    append_cookies(response.headers_mut(), &cookies);
    Ok(response)
}

/// What answers where the set-up is over.
fn refused(error: Error) -> Result<Response, Problem> {
    match error {
        Error::Conflict { .. } => Ok(already()),
        error => Err(error.into()),
    }
}

/// Save the first settings.
///
/// The step behind the first administrator; whatever is left out stays as it is. Takes an administrator, until the
/// set-up is finished.
#[utoipa::path(
    post,
    path = "/api/setup/settings",
    operation_id = "save_setup_settings",
    tag = "Instance",
    request_body = wire::SetupSettingsBody,
    responses(
        (status = 200, description = "The settings as they are now.", body = wire::SetupSaved),
        (status = 403, description = "The set-up is over, or the caller is no administrator.",
            body = crate::problem::ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn save_settings(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageInstance>,
    Body(wire::SetupSettings(settings)): Body<wire::SetupSettings>,
) -> Result<Response, Problem> {
    match setup::save_settings(&cx, &may, settings).await {
        Ok((settings, progress)) => Ok(Json(wire::SetupSaved::new(settings, &progress)).into_response()),
        Err(error) => refused(error),
    }
}

/// List the invitations of the set-up.
///
/// Takes an administrator, until the set-up is finished.
#[utoipa::path(
    get,
    path = "/api/setup/invitations",
    operation_id = "list_setup_invitations",
    tag = "Instance",
    responses(
        (status = 200, description = "The invitations, without their links.", body = Vec<wire::Invitation>),
        (status = 403, description = "The set-up is over, or the caller is no administrator.",
            body = crate::problem::ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_team(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    MayInstance(instance): MayInstance<ManageInstance>,
) -> Result<Response, Problem> {
    if let Err(error) = setup::open_guide(&cx, &instance).await {
        return refused(error);
    }
    let all = services::invitations::list(&cx, &may).await?;
    let all: Vec<_> = all.into_iter().map(|(listed, state)| wire::Invitation::new(listed, state)).collect();
    Ok(Json(all).into_response())
}

/// Invite the team.
///
/// Everybody, or nobody where something is wrong with one of them. `invitations` may also be one text with a person on
/// each line: address, role, name. Takes an administrator, until the set-up is finished.
#[utoipa::path(
    post,
    path = "/api/setup/invitations",
    operation_id = "invite_team",
    tag = "Instance",
    request_body = wire::TeamInvitationsBody,
    responses(
        (status = 200, description = "The invitations with their links.", body = wire::SetupInvitations),
        (status = 403, description = "The set-up is over, or the caller is no administrator.",
            body = crate::problem::ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn invite_team(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    Body(wire::TeamInvitations(all)): Body<wire::TeamInvitations>,
) -> Result<Response, Problem> {
    match setup::invite(&cx, &may, all).await {
        Ok((made, progress)) => Ok(Json(wire::SetupInvitations::new(made, &progress)).into_response()),
        Err(error) => refused(error),
    }
}
