//! `Idempotency-Key`: a request that is sent again is answered again, not done again. One layer around all routes that
//! look at a credential does it for their POST and PATCH; handlers know nothing of it, and a request without the header
//! passes untouched.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, LINK, LOCATION, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_body_util::BodyExt;
use model::{Error, Result};
use services::caller::Caller;
use services::idempotency::{self, Answer, Begun, Claim, Named};
use services::{Actor, Services};

use crate::extract::read_all;
use crate::problem::{self, IsProblem, Problem};

pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const MOST_CHARACTERS: usize = 255;
/// The largest body any operation takes, uploads aside.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// What is kept of an answer besides status and body. Cookies are never among it.
const KEPT: [HeaderName; 6] = [CONTENT_TYPE, LOCATION, ETAG, LINK, CACHE_CONTROL, CONTENT_DISPOSITION];

/// Whether a method is one that may be named by a key. The others are idempotent by themselves.
pub(crate) fn takes_key(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PATCH)
}

/// Stands around the routes that look at a credential, inside of what finds out who is calling.
pub(crate) async fn once(State(cx): State<Services>, request: Request, next: Next) -> Response {
    if !takes_key(request.method()) || !request.headers().contains_key(IDEMPOTENCY_KEY) {
        return next.run(request).await;
    }
    let Some(Caller::Known(actor)) = request.extensions().get::<Caller>().cloned() else {
        // Nobody can repeat what is refused anyway.
        return next.run(request).await;
    };
    match run(cx, *actor, request, next).await {
        Ok(response) => response,
        Err(error) => Problem(error).into_response(),
    }
}

async fn run(cx: Services, actor: Actor, request: Request, next: Next) -> Result<Response> {
    let name = name(request.headers())?;
    let (parts, body) = request.into_parts();
    let body = read_all(body, LARGEST_BODY.max(services::media::most_bytes(&cx))).await?;
    let path = parts.uri.path();
    let named = Named {
        method: parts.method.as_str(),
        // With and without a slash at the end it is the same resource.
        path: path.strip_suffix('/').unwrap_or(path),
        query: parts.uri.query().unwrap_or_default(),
        body: &body,
        name: &name,
    };
    match idempotency::begin(&cx, &actor, named).await? {
        Begun::First(claim) => {
            let request = Request::from_parts(parts, Body::from(body));
            // On a task of its own, because a caller who goes away must not part the work from its answer.
            let work = tokio::spawn(first(cx.clone(), claim.clone(), request, next));
            match work.await {
                Ok(response) => Ok(response),
                Err(failed) => {
                    forget(&cx, &claim).await;
                    match failed.try_into_panic() {
                        Ok(panic) => std::panic::resume_unwind(panic),
                        // Only a runtime that is going down gives up a task.
                        Err(_) => Err(Error::Unavailable { reference: cx.random.token(12) }),
                    }
                }
            }
        }
        Begun::Again(answer) => Ok(again(answer)),
        Begun::Forgotten { status } => Ok(problem::answer(
            StatusCode::CONFLICT,
            "idempotent_answer_gone",
            &format!("This request was done before, with status {status}. Its answer was too large to be kept."),
        )),
        Begun::Running => {
            let text = "The first request with this Idempotency-Key is still running. Try again in a moment.";
            let mut response = problem::answer(StatusCode::CONFLICT, "idempotency_key_in_use", text);
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            Ok(response)
        }
        Begun::Different => Ok(problem::answer(
            StatusCode::CONFLICT,
            "idempotency_key_reused",
            "This Idempotency-Key was used within the last 24 hours for a request with another body. Use a new one.",
        )),
    }
}

/// The key as it was sent.
fn name(headers: &HeaderMap) -> Result<String> {
    let wrong = |text: &str| Err(Error::field("Idempotency-Key", text));
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let (Some(value), None) = (values.next(), values.next()) else {
        return wrong("Send one Idempotency-Key, not several.");
    };
    match value.to_str() {
        Ok("") => wrong("The Idempotency-Key is empty."),
        Ok(text) if text.len() > MOST_CHARACTERS => {
            wrong("The Idempotency-Key is too long: at most 255 characters are allowed.")
        }
        Ok(text) if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(text.to_owned()),
        _ => wrong("An Idempotency-Key has visible ASCII characters only, without spaces."),
    }
}

/// Runs a request for the first time and keeps its answer.
async fn first(cx: Services, claim: Claim, request: Request, next: Next) -> Response {
    let (parts, body) = next.run(request).await.into_parts();
    let body = match body.collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) => {
            tracing::error!(%error, "An answer could not be read to its end");
            forget(&cx, &claim).await;
            return Problem(Error::Internal { reference: cx.random.token(12) }).into_response();
        }
    };
    if is_kept(parts.status) {
        let text = |name: &HeaderName| Some((name.to_string(), parts.headers.get(name)?.to_str().ok()?.to_owned()));
        let headers = KEPT.iter().filter_map(text).collect();
        let answer = Answer { status: parts.status.as_u16(), headers, body: body.to_vec() };
        if let Err(error) = idempotency::finish(&cx, &claim, &answer).await {
            tracing::warn!(%error, "An answer was not kept; the same request can be done again in {} s", idempotency::CLAIM.num_seconds());
        }
    } else {
        forget(&cx, &claim).await;
    }
    Response::from_parts(parts, Body::from(body))
}

/// A failure of ours, and a refusal that is not about the content of the request, are worth another attempt.
fn is_kept(status: StatusCode) -> bool {
    let may_end = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::PRECONDITION_FAILED,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    !status.is_server_error() && !may_end.contains(&status)
}

async fn forget(cx: &Services, claim: &Claim) {
    if let Err(error) = idempotency::release(cx, claim).await {
        tracing::warn!(%error, "A request that failed was not released; it can be repeated in {} s", idempotency::CLAIM.num_seconds());
    }
}

/// The first answer once more.
fn again(answer: Answer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    if response.status().is_client_error() {
        response.extensions_mut().insert(IsProblem);
    }
    response
}

#[cfg(test)]
mod tests;
