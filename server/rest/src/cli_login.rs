//! Signing in from a program on a person's own machine: a code from their browser, tokens for the code.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::Error;
use services::access::ManageOwnAccount;
use services::caller::{Caller, bearer};
use services::cli_login::{self, Exchange, Request};
use services::sign_in::{self, Kind};
use services::{Actor, Services, Via};

use crate::extract::{Body, MayInstance, Presented, Program};
use crate::problem::{self, Problem, ProblemBody};
use crate::wire::{CliCode, CliCodeExchange, CliRenewal, CliTokens, InvalidCredential, NewCliCode, ValidCredential};

/// What is said of a key without an end: a year.
const ENDLESS: i64 = 31_536_000;

/// Let a program sign in.
///
/// For the page `/cli/auth`: makes the code that a program exchanges for tokens of the caller, once, within ten minutes.
/// Takes the cookie of a browser, so that no token can make itself last longer.
#[utoipa::path(
    post,
    path = "/api/auth/cli/generate",
    operation_id = "create_cli_code",
    tag = "Sign-in",
    request_body = NewCliCode,
    responses((status = 200, description = "The code.", body = CliCode)),
    security(("cookie" = []))
)]
pub(crate) async fn generate(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageOwnAccount>,
    Body(new): Body<NewCliCode>,
) -> Result<Json<CliCode>, Problem> {
    let request = Request::read(&cx, &new.callback_url, new.code_challenge.as_deref(), new.client.as_deref());
    let issued = cli_login::issue(&cx, &may, &request.map_err(named)?).await?;
    Ok(Json(issued.into()))
}

/// The members as this body calls them.
fn named(error: Error) -> Error {
    let Error::Invalid { mut fields } = error else { return error };
    for field in &mut fields {
        match field.field.as_str() {
            "callback" => field.field = "callbackUrl".to_owned(),
            "code_challenge" => field.field = "codeChallenge".to_owned(),
            _ => {}
        }
    }
    Error::Invalid { fields }
}

/// Exchange a code for tokens.
///
/// Once for each code: a second exchange is refused, and ends the sign-in that the first one opened. At most 20 exchanges
/// and renewals in 15 minutes from one address.
#[utoipa::path(
    post,
    path = "/api/auth/cli/token",
    operation_id = "exchange_cli_code",
    tag = "Sign-in",
    request_body = CliCodeExchange,
    responses(
        (status = 200, description = "Signed in.", body = CliTokens),
        (status = 400, description = "The code is unknown, was used, has expired, or is of another program.",
            body = ProblemBody),
        (status = 403, description = "Called with a key.", body = ProblemBody)
    )
)]
pub(crate) async fn exchange(
    State(cx): State<Services>,
    Program(client): Program,
    Body(body): Body<CliCodeExchange>,
) -> Result<Json<CliTokens>, Problem> {
    let exchange = Exchange { code: &body.code, expires: body.expires, verifier: body.code_verifier.as_deref() };
    Ok(Json(cli_login::exchange(&cx, exchange, &client).await?.into()))
}

/// Renew the sign-in of a program.
///
/// Exchanges the refresh token for a new pair. Only tokens of programs are taken, and each is good once; using it again
/// ends the sign-in it belongs to.
#[utoipa::path(
    post,
    path = "/api/auth/cli/refresh",
    operation_id = "renew_cli_sign_in",
    tag = "Sign-in",
    request_body = CliRenewal,
    responses(
        (status = 200, description = "Renewed.", body = CliTokens),
        (status = 401, description = "The refresh token is no longer good, or is of a browser.", body = ProblemBody),
        (status = 403, description = "Called with a key.", body = ProblemBody)
    )
)]
pub(crate) async fn renew(
    State(cx): State<Services>,
    Program(client): Program,
    Body(body): Body<CliRenewal>,
) -> Result<Json<CliTokens>, Problem> {
    Ok(Json(sign_in::refresh(&cx, &body.refresh_token, Kind::Cli, &client).await?.into()))
}

/// Is this credential still good?
///
/// Looks at the `Authorization` header alone.
#[utoipa::path(
    get,
    path = "/api/auth/validate",
    operation_id = "validate_credential",
    tag = "Sign-in",
    responses(
        (status = 200, description = "It is.", body = ValidCredential),
        (status = 401, description = "It is not, or there is none.", body = InvalidCredential)
    ),
    security(("key" = []), ("token" = [])),
    extensions(("x-required-scopes" = json!([])))
)]
pub(crate) async fn validate(
    State(cx): State<Services>,
    Presented(caller): Presented,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    match caller {
        Caller::Known(actor) | Caller::Limited(actor) => match seconds_left(&cx, &actor, &headers) {
            Some(expires_in) => {
                Ok(Json(ValidCredential { valid: true, user: actor.user.into(), expires_in }).into_response())
            }
            None => Ok(not_valid()),
        },
        Caller::Anonymous | Caller::Rejected(Error::SignedOut) => Ok(not_valid()),
        Caller::Rejected(error) => Err(error.into()),
    }
}

/// `None` for who is known by a cookie.
fn seconds_left(cx: &Services, actor: &Actor, headers: &HeaderMap) -> Option<i64> {
    match &actor.via {
        Via::Key(key) => Some(key.expires_at.map_or(ENDLESS, |end| (end - cx.clock.now()).num_seconds())),
        Via::Token(_) => sign_in::seconds_left(cx, bearer(headers)?),
        Via::Cookie(_) | Via::Console | Via::Job => None,
    }
}

fn not_valid() -> Response {
    let text = Error::SignedOut.to_string();
    let problem = problem::body(StatusCode::UNAUTHORIZED, Error::SignedOut.code(), &text);
    let mut response = problem::with_body(StatusCode::UNAUTHORIZED, &InvalidCredential { valid: false, problem });
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}
