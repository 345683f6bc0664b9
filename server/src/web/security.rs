//! Headers that tell browsers what pages of this server may do.

use std::sync::LazyLock;

use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use services::Services;

/// Passkeys are for pages of this site, and nothing else is for any.
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), \
     publickey-credentials-get=(self)",
);

/// For readers' pages, which need no script and load at most one file of ours. Pages of the dashboard bring a policy of
/// their own.
///
/// Frames come from the sites whose content a text may embed, and only after a click.
static READERS: LazyLock<HeaderValue> = LazyLock::new(|| readers("http: https:"));
static STYLED: LazyLock<HeaderValue> = LazyLock::new(|| readers("https:"));

/// `images` names the schemes that pictures of other sites may have.
fn readers(images: &str) -> HeaderValue {
    let policy = format!(
        "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; style-src 'self'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: {images}; frame-src {}; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'self'",
        markdown::EMBED_ORIGINS.join(" ")
    );
    HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'; style-src 'self'"))
}

/// For readers' pages with style rules of the project's own: from elsewhere they load pictures by https and nothing else.
pub fn styled() -> HeaderValue {
    STYLED.clone()
}

pub async fn headers(State(services): State<Services>, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    let html = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    headers.entry(X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    if html {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert_with(|| READERS.clone());
        // For browsers that know no `frame-ancestors`, which for others counts instead of this.
        let unframed = headers
            .get(CONTENT_SECURITY_POLICY)
            .is_some_and(|policy| policy.to_str().is_ok_and(|policy| policy.contains("frame-ancestors 'none'")));
        let frames = HeaderValue::from_static(if unframed { "DENY" } else { "SAMEORIGIN" });
        headers.entry(X_FRAME_OPTIONS).or_insert(frames);
        // Plain forms find their way back by the Referer, so it must reach this site.
        headers.entry(REFERRER_POLICY).or_insert(HeaderValue::from_static("same-origin"));
        headers.entry(HeaderName::from_static("permissions-policy")).or_insert(PERMISSIONS);
        headers
            .entry(HeaderName::from_static("cross-origin-opener-policy"))
            .or_insert(HeaderValue::from_static("same-origin"));
    }
    if services.is_https() {
        headers.entry(STRICT_TRANSPORT_SECURITY).or_insert(HeaderValue::from_static("max-age=31536000"));
    }
    answer
}
