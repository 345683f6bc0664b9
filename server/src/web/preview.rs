//! The page that shows a widget as it would look on somebody's site, for the editor of widgets. It has no data of its own:
//! what to draw stands behind the `#` of its address, so every change is drawn without loading it again.

use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use services::Services;

use crate::assets;

/// Where the page is.
const PATH: &str = "/widget-preview";

pub fn router() -> Router<Services> {
    Router::new().route(PATH, get(page))
}

async fn page() -> Response {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Preview</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <script src=\"/widget-classic.js\" defer></script>\
         <script src=\"{}\" type=\"module\"></script></head><body><header><b></b><i></i><i></i><i></i></header>\
         <main><b></b><p></p><p></p><button id=\"trigger\" type=\"button\" hidden>Your button</button>\
         <div id=\"place\"></div><p></p><p></p></main></body></html>",
        assets::url("widget-preview.js"),
    );
    let mut answer = Html(html).into_response();
    // Framed with `sandbox`, the page has an origin of its own, from which it may ask the public interface only.
    let policy = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; \
        form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts allow-popups";
    let headers = answer.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    answer
}
