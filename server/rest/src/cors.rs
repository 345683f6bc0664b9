//! Which answers pages of other origins may read. Nothing that works by cookie is among them: a browser sends no cookie
//! with a request whose answer is open to every origin, because `Access-Control-Allow-Credentials` is never sent.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Parts of `/api` that only pages of the instance itself call.
const CLOSED: [&str; 5] = ["auth", "admin", "setup", "internal", "acme"];

const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
const HEADERS: HeaderValue =
    HeaderValue::from_static("Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key");
const EXPOSED: HeaderValue =
    HeaderValue::from_static("ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Whether every origin may read what is at this path.
pub(crate) fn is_open(path: &str) -> bool {
    let Some(rest) = path.strip_prefix("/api/") else { return true };
    let first = rest.split('/').next().unwrap_or_default();
    !CLOSED.contains(&first)
}

/// Opens an answer to every origin.
pub(crate) fn open(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
}

/// What a browser wants to know before it sends a request of another origin.
pub(crate) fn answer_preflight(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
}
