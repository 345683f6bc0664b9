//! Strong entity tags and the answers 304 and 412 (RFC 9110, 13).

use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::Error;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Public JSON: may be kept, must be asked about.
pub(crate) const REVALIDATE: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");
/// Anything that needs a credential.
pub(crate) const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The tag of exactly these bytes.
pub(crate) fn tag(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..16]))
}

/// Whether a list of tags names this one. `If-None-Match` compares weakly, `If-Match` strongly (RFC 9110, 13.1).
fn names(headers: &HeaderMap, name: &HeaderName, tag: &str, weakly: bool) -> bool {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|one| one == "*" || one == tag || (weakly && one.strip_prefix("W/") == Some(tag)))
}

/// Whether the caller has this representation already.
pub(crate) fn is_known(request: &HeaderMap, tag: &str) -> bool {
    names(request, &IF_NONE_MATCH, tag, true)
}

/// Whether the caller asked to go on only if the record has this tag, and it has not.
pub(crate) fn is_outdated(request: &HeaderMap, tag: &str) -> bool {
    request.contains_key(IF_MATCH) && !names(request, &IF_MATCH, tag, false)
}

/// The body with its tag, or 304 for a caller who has it.
pub fn answer(request: &HeaderMap, content_type: HeaderValue, cache: HeaderValue, body: Vec<u8>) -> Response {
    let tag = tag(&body);
    let mut response = if is_known(request, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = body.into_response();
        response.headers_mut().insert(CONTENT_TYPE, content_type);
        response
    };
    response.headers_mut().insert(CACHE_CONTROL, cache);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// As [`answer`], for JSON.
pub(crate) fn json<T: Serialize>(request: &HeaderMap, cache: HeaderValue, value: &T) -> Result<Response, Problem> {
    Ok(answer(request, JSON, cache, to_bytes(value)?))
}

/// The bytes of a value, as every JSON answer has them.
pub(crate) fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "An answer could not be written as JSON");
        Problem(Error::Internal { reference: "json".to_owned() })
    })
}
