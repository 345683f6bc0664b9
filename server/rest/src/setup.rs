//! Setting the instance up. Open to strangers until there is a first administrator; the one-time token from the
//! server's output tells who may be that.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, StatusCode};
use model::Error;
use services::caller::sign_in_cookies;
use services::{Services, setup};

use crate::extract::{Body, Visitor};
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
