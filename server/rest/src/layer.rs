//! What every answer has in common: a request id, CORS, caching, the media type of problems, and a body even when a
//! handler panics.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use model::Error;
use services::Services;

use crate::cors;
use crate::problem::{IsProblem, Problem};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name of a request in answer and log. A layer further out may have put one into the request already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Surrounds every route of this crate.
pub(crate) async fn common(State(cx): State<Services>, mut request: Request, next: Next) -> Response {
    let id = match request.extensions().get::<RequestId>() {
        Some(RequestId(id)) => id.clone(),
        None => {
            let id = cx.random.token(20);
            request.extensions_mut().insert(RequestId(id.clone()));
            id
        }
    };
    let is_open = cors::is_open(request.uri().path());
    let wants_problem = accepts_problem(request.headers());
    let mut response = if is_open && request.method() == Method::OPTIONS {
        let mut response = StatusCode::NO_CONTENT.into_response();
        cors::answer_preflight(response.headers_mut());
        response
    } else {
        match AssertUnwindSafe(next.run(request)).catch_unwind().await {
            Ok(response) => response,
            Err(panic) => answer_panic(&cx, &id, panic.as_ref()),
        }
    };
    let is_problem = response.extensions().get::<IsProblem>().is_some();
    let headers = response.headers_mut();
    if is_problem && wants_problem {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    }
    if is_open {
        cors::open(headers);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    name(headers, id);
    response
}

/// Tells the caller the name of the request.
pub(crate) fn name(headers: &mut HeaderMap, id: String) {
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(X_REQUEST_ID, id);
    }
}

/// Whether the caller names the media type of problem details; a wildcard is no name.
fn accepts_problem(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case("application/problem+json"))
}

fn answer_panic(cx: &Services, request_id: &str, panic: &(dyn Any + Send)) -> Response {
    let message = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text");
    let reference = cx.random.token(12);
    tracing::error!(%reference, request.id = request_id, panic = message, "A request ended in a panic");
    Problem(Error::Internal { reference }).into_response()
}

/// For addresses that do not exist.
pub(crate) async fn not_found() -> Problem {
    Problem(Error::NotFound)
}

/// For addresses that exist, but not with this method. The router adds `Allow`.
pub(crate) async fn method_not_allowed() -> Problem {
    Problem(Error::MethodNotAllowed)
}

#[cfg(test)]
mod tests;
