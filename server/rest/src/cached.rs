//! Answers that everybody gets, from memory when they are there.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};
use services::Services;
use services::cache::{Page, Rendered, Variant};

use crate::conditional;

/// The answer named by `variant`: kept in memory until something it was made from changes, made by `render` when it is
/// not there, compressed as the request allows, or 304 for a caller who has it.
///
/// The response carries what its reader has viewed, for the layer that counts views.
///
/// `render` loads and writes the whole answer and says which project it was made from. What is not to be kept (an error,
/// a redirect, a page of maintenance) is its `Err`, which comes back as it is. It must not look at who is asking.
///
/// ```ignore
/// let variant = Variant::new("archive", &address).with(theme.as_str());
/// cached(&services, &headers, variant, async || -> Result<Rendered, Response> {
///     let project = …;
///     Ok(Rendered::of(&project.id, HTML, archive_page(site, data)).with(VARY, COOKIE))
/// })
/// .await
/// .unwrap_or_else(|other| other)
/// ```
///
/// # Errors
/// What `render` gives.
pub async fn cached<E>(
    cx: &Services,
    request: &HeaderMap,
    variant: Variant,
    render: impl AsyncFnOnce() -> Result<Rendered, E>,
) -> Result<Response, E> {
    let page = cx.cache.get(variant, render).await?;
    let mut response = send(&page, request).await;
    if let Some(viewed) = page.viewed() {
        response.extensions_mut().insert(viewed.clone());
    }
    Ok(response)
}

async fn send(page: &Page, request: &HeaderMap) -> Response {
    let encoding = page.choose(request);
    let mut headers = page.headers(encoding);
    if is_known(page, request, page.tag(encoding)) {
        headers.remove(CONTENT_TYPE);
        let mut response = StatusCode::NOT_MODIFIED.into_response();
        *response.headers_mut() = headers;
        return response;
    }
    if let Some(name) = encoding.name() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    let mut response = Response::new(Body::from(page.body(encoding).await));
    *response.headers_mut() = headers;
    response
}

/// A tag knows more than a date, so the date counts only without one (RFC 9110, 13.2.2).
fn is_known(page: &Page, request: &HeaderMap, tag: &HeaderValue) -> bool {
    if request.contains_key(IF_NONE_MATCH) {
        return tag.to_str().is_ok_and(|tag| conditional::is_known(request, tag));
    }
    let (Some(changed), Some(since)) = (page.changed(), request.get(IF_MODIFIED_SINCE)) else { return false };
    let since = since.to_str().ok().and_then(|date| chrono::DateTime::parse_from_rfc2822(date).ok());
    since.is_some_and(|since| changed.timestamp() <= since.timestamp())
}
