//! Strong entity tags and the answers 304 and 412 (RFC 9110, 13).
//!
//! A change that depends on a tag is decided where it is made. [`IfMatch`] is an extractor; it makes a [`Precondition`],
//! which the service asks inside its transaction with the record it has just read, so that nobody slips in between.
//!
//! ```ignore
//! let shown = if_match.on(|widget: &Widget| wire::OneWidget { widget: widget.clone().into() });
//! let widget = shown.settle(widgets::update_if(&cx, &may, &id, patch, &shown).await)?;
//! ```

use std::sync::OnceLock;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::Error;
use serde::Serialize;
use services::{Condition, Services};
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

/// The tags that a header lists.
fn tags<'a>(headers: &'a HeaderMap, name: &'a HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// Whether the caller has this representation already. `If-None-Match` compares weakly (RFC 9110, 13.1.2).
pub(crate) fn is_known(request: &HeaderMap, tag: &str) -> bool {
    tags(request, &IF_NONE_MATCH).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// Whether the caller wants to go on only where there is nothing yet.
pub(crate) fn must_be_new(request: &HeaderMap) -> bool {
    tags(request, &IF_NONE_MATCH).any(|one| one == "*")
}

/// What a change must find, by the tags of `If-Match`.
#[derive(Debug, Clone, Default)]
pub(crate) struct IfMatch(HeaderMap);

impl FromRequestParts<Services> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _cx: &Services) -> Result<Self, Problem> {
        let values = parts.headers.get_all(IF_MATCH).iter();
        Ok(Self(values.map(|value| (IF_MATCH, value.clone())).collect()))
    }
}

impl IfMatch {
    /// Whether what has this tag will do. `If-Match` compares strongly (RFC 9110, 13.1.1); the tag of
    /// [`json_around`] names what it was made around as well.
    fn admits(&self, tag: &str) -> bool {
        let is_around = |one: &str| {
            let rest = one.strip_prefix(tag.trim_end_matches('"'));
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        self.0.is_empty() || tags(&self.0, &IF_MATCH).any(|one| one == "*" || one == tag || is_around(one))
    }

    /// A precondition on a record that is answered as `shown` makes it.
    pub fn on<T, W: Serialize, F: Fn(&T) -> W + Send + Sync>(self, shown: F) -> Precondition<F> {
        Precondition { wanted: self, shown, current: OnceLock::new() }
    }
}

/// What a change depends on, and what was found where it does not hold.
#[derive(Debug)]
pub(crate) struct Precondition<F> {
    wanted: IfMatch,
    shown: F,
    current: OnceLock<Vec<u8>>,
}

impl<T, W: Serialize, F: Fn(&T) -> W + Send + Sync> Condition<T> for Precondition<F> {
    fn holds(&self, record: &T) -> bool {
        if self.wanted.0.is_empty() {
            return true;
        }
        // What cannot be written has no tag; that it could not was logged.
        let Ok(body) = to_bytes(&(self.shown)(record)) else { return false };
        let holds = self.wanted.admits(&tag(&body));
        if !holds {
            self.current.get_or_init(|| body);
        }
        holds
    }
}

impl<F> Precondition<F> {
    /// What came of the change.
    pub fn settle<T>(&self, outcome: model::Result<T>) -> Result<T, Refusal> {
        match (outcome, self.current.get()) {
            (Err(Error::Outdated), Some(body)) => Err(Refusal::outdated(body.clone())),
            (outcome, _) => outcome.map_err(Refusal::from),
        }
    }
}

/// Why a change that may depend on something was not made.
#[derive(Debug)]
pub(crate) enum Refusal {
    Problem(Problem),
    /// 412 with the record as it is.
    Outdated(Box<Response>),
}

impl Refusal {
    /// The body of the record as it is.
    pub fn outdated(body: Vec<u8>) -> Self {
        let mut response = answer(&HeaderMap::new(), JSON, PRIVATE, body);
        *response.status_mut() = StatusCode::PRECONDITION_FAILED;
        Self::Outdated(Box::new(response))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Problem(error.into())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Problem(problem) => problem.into_response(),
            Self::Outdated(response) => *response,
        }
    }
}

/// The body with its tag, or 304 for a caller who has it.
pub fn answer(request: &HeaderMap, content_type: HeaderValue, cache: HeaderValue, body: Vec<u8>) -> Response {
    let tag = tag(&body);
    tagged(request, tag, content_type, cache, body)
}

fn tagged(request: &HeaderMap, tag: String, content_type: HeaderValue, cache: HeaderValue, body: Vec<u8>) -> Response {
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

/// As [`json`], for a value around a smaller one that is answered elsewhere. Its tag changes with every byte, and says
/// which state of the smaller one is in it, so that a change of the smaller one can depend on it.
pub(crate) fn json_around<T: Serialize>(
    request: &HeaderMap,
    cache: HeaderValue,
    value: &T,
    inner: &impl Serialize,
) -> Result<Response, Problem> {
    let body = to_bytes(value)?;
    let (inner, whole) = (tag(&to_bytes(inner)?), tag(&body));
    let both = format!("{}.{}", inner.trim_end_matches('"'), whole.trim_start_matches('"'));
    Ok(tagged(request, both, JSON, cache, body))
}

/// The bytes of a value, as every JSON answer has them.
pub(crate) fn to_bytes<T: Serialize>(value: &T) -> Result<Vec<u8>, Problem> {
    serde_json::to_vec(value).map_err(|error| {
        tracing::error!(%error, "An answer could not be written as JSON");
        Problem(Error::Internal { reference: "json".to_owned() })
    })
}
