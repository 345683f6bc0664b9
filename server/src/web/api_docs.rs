//! The REST API for people: a page made from the document that describes it for programs.

use std::sync::LazyLock;

use app::api_docs::{PATH, api_docs_page};
use app::changelog::Site;
use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use serde_json::Value;
use services::Services;
use services::cache::{Rendered, Variant};

use crate::assets;

/// The document is the same as long as the program runs.
static OPENAPI: LazyLock<Value> = LazyLock::new(|| serde_json::from_slice(rest::openapi_json()).unwrap_or_default());

/// No script, and nothing from elsewhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

pub fn router() -> Router<Services> {
    Router::new().route(PATH, get(page)).route("/api-docs/", get(page))
}

async fn page(State(services): State<Services>, headers: HeaderMap) -> Response {
    let theme = app::server::theme(&headers);
    let variant = Variant::new("api-docs", "").with(theme.as_str());
    let made = rest::cached(&services, &headers, variant, async || {
        let site = Site {
            base_url: services.base_url().to_owned(),
            style: assets::url("api-docs.css"),
            script: "",
            favicon: assets::url("favicon.svg"),
            theme,
        };
        let rendered = Rendered::of_the_program(
            HeaderValue::from_static("text/html; charset=utf-8"),
            api_docs_page(&site, &OPENAPI),
        );
        Ok::<_, Response>(rendered.with(CONTENT_SECURITY_POLICY, POLICY).with(VARY, HeaderValue::from_static("cookie")))
    });
    made.await.unwrap_or_else(|never| never)
}
