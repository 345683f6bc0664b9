//! Signing in and out, and who one is.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use model::Error;
use services::Services;
use services::caller::{refresh_cookie, sign_in_cookies, sign_out_cookies};
use services::sign_in::{self, Kind, Progress};

use crate::extract::{Body, Known, Visitor};
use crate::identify::append_cookies;
use crate::problem::{self, Problem};
use crate::wire;

pub(crate) fn with_cookies(answer: impl IntoResponse, cookies: &[String]) -> Response {
    let mut response = answer.into_response();
    append_cookies(response.headers_mut(), cookies);
    response
}

/// Sign in.
///
/// Sets the cookies of a browser, and gives the same tokens to scripts. At most 10 attempts in 15 minutes from one
/// address and 20 in an hour for one account. Keys are refused.
///
/// Where administrators have passwords looked up among those known from breaches, the answer to such a one is 422, and no
/// session is made. With `bypassBreachWarning` one goes on, and is not told again for 30 days.
#[utoipa::path(
    post,
    path = "/api/auth/login",
    tag = "Sign-in",
    request_body = wire::SignIn,
    responses(
        (status = 200, description = "Signed in.", body = wire::SignedIn),
        (status = 401, description = "Address or password is wrong.", body = crate::problem::ProblemBody),
        (status = 403, description = "Called with a key or by another site, or passwords are switched off for this person.",
            body = crate::problem::ProblemBody),
        (status = 422, description = "The password is right, and known from breaches.", body = wire::PasswordBreached)
    )
)]
pub(crate) async fn sign_in(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    Body(form): Body<wire::SignIn>,
) -> Result<Response, Problem> {
    let progress = if form.bypass_breach_warning {
        sign_in::with_password_known_to_thieves(&cx, &form.email, &form.password, &client).await
    } else {
        sign_in::with_password(&cx, &form.email, &form.password, &client).await
    };
    match progress {
        Err(error @ Error::PasswordBreached { count }) => {
            let body = wire::PasswordBreached::new(count, error.to_string());
            Ok(problem::with_body(StatusCode::UNPROCESSABLE_ENTITY, &body))
        }
        Err(error) => Err(error.into()),
        Ok(Progress::Complete(signed_in)) => {
            let cookies = sign_in_cookies(&cx, &signed_in);
            Ok(with_cookies(Json(wire::SignedIn::from(signed_in)), &cookies))
        }
        Ok(Progress::SecondFactor(pending)) => Ok(Json(wire::SecondStep::from(pending)).into_response()),
    }
}

/// Sign out.
///
/// Ends the sign-in that the refresh token belongs to and clears the cookies. Succeeds without being signed in.
#[utoipa::path(
    post,
    path = "/api/auth/logout",
    tag = "Sign-in",
    request_body = Option<wire::WithRefreshToken>,
    responses(
        (status = 200, description = "Signed out.", body = wire::SignedOut),
        (status = 403, description = "Called with a key or by another site.", body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn sign_out(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    headers: HeaderMap,
    Body(form): Body<wire::WithRefreshToken>,
) -> Result<Response, Problem> {
    if let Some(token) = form.refresh_token.or_else(|| refresh_cookie(&cx, &headers)) {
        sign_in::sign_out(&cx, &token, &client).await?;
    }
    Ok(with_cookies(Json(wire::SignedOut { success: true }), &sign_out_cookies(&cx)))
}

/// Renew a sign-in.
///
/// Exchanges the refresh token, from the body or the cookie, for a new pair. A token is good once; using it again ends
/// the sign-in it belongs to.
#[utoipa::path(
    post,
    path = "/api/auth/refresh",
    operation_id = "renew_sign_in",
    tag = "Sign-in",
    request_body = Option<wire::WithRefreshToken>,
    responses(
        (status = 200, description = "Renewed.", body = wire::Renewed),
        (status = 401, description = "The refresh token is missing or no longer good.",
            body = crate::problem::ProblemBody),
        (status = 403, description = "Called with a key or by another site.", body = crate::problem::ProblemBody)
    )
)]
pub(crate) async fn refresh(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    headers: HeaderMap,
    Body(form): Body<wire::WithRefreshToken>,
) -> Result<Response, Problem> {
    let in_body = form.refresh_token.is_some();
    let renewed = match form.refresh_token.or_else(|| refresh_cookie(&cx, &headers)) {
        Some(token) => sign_in::refresh(&cx, &token, Kind::Web, &client).await,
        None => Err(Error::SignedOut),
    };
    match renewed {
        Ok(signed_in) => {
            let cookies = sign_in_cookies(&cx, &signed_in);
            Ok(with_cookies(Json(wire::Renewed::new(signed_in, in_body)), &cookies))
        }
        Err(Error::SignedOut) => Ok(with_cookies(Problem(Error::SignedOut), &sign_out_cookies(&cx))),
        Err(error) => Err(error.into()),
    }
}

/// Who am I?
///
/// The person behind any credential; for a key, its owner and the key itself.
#[utoipa::path(
    get,
    path = "/api/auth/me",
    operation_id = "read_me",
    tag = "Sign-in",
    responses((status = 200, description = "The caller.", body = wire::Me)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!([])))
)]
pub(crate) async fn me(Known(actor): Known) -> Json<wire::Me> {
    Json(wire::Me::from(&actor))
}
