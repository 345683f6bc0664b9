//! The dashboard: pages rendered by Leptos, and the server functions under `/rpc`.

use std::sync::LazyLock;

use app::account::{TARGETS, local_path};
use app::server::{PageAssets, PinnedLoader};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, LOCATION};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use leptos::context::provide_context;
use model::Error;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use services::Services;
use services::caller::{Caller, check_same_origin, is_unsafe};

use crate::assets;

/// The largest body of a server function: an import of 10 MiB, percent-encoded as a form sends it.
const MAX_BODY: usize = 32 * 1024 * 1024;

fn page_assets() -> PageAssets {
    PageAssets {
        style: assets::url("app.css"),
        script: assets::url("dashboard.js"),
        wasm: assets::url("dashboard.wasm"),
        reader: assets::url("reader.js"),
        favicon: assets::url("favicon.svg"),
        reload: assets::DEV_RELOAD,
    }
}

fn pinned_loader() -> PinnedLoader {
    static INTEGRITY: LazyLock<String> = LazyLock::new(|| super::readers::widget_assets().integrity());
    PinnedLoader { url: assets::url("widget-loader.js"), integrity: INTEGRITY.as_str() }
}

pub fn router(services: &Services) -> Router<Services> {
    // Pages wait for their data on the runtime of the server. It fails only where another router has said so already.
    let _ = any_spawner::Executor::init_tokio();
    let pages = Router::new()
        .route("/setup", get(page))
        .route("/login", get(page))
        .route("/two-factor", get(page))
        .route("/confirm", get(page))
        .route("/forgot-password", get(page))
        .route("/reset-password/{token}", get(page))
        .route("/register/{token}", get(page))
        .route("/cli/auth", get(page))
        .route("/dashboard", get(page))
        .route("/dashboard/", get(page))
        .route("/dashboard/{*path}", get(page))
        .layer(middleware::from_fn_with_state(services.clone(), gate));
    let functions = Router::new()
        .route("/rpc/{*path}", any(call))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(services.clone(), wall));
    pages.merge(functions).layer(middleware::from_fn_with_state(services.clone(), rest::identify))
}

/// Renders a page completely before sending it, so that it is whole without scripts.
async fn page(State(services): State<Services>, request: Request) -> Response {
    let context = move || {
        provide_context(services.clone());
        provide_context(assets::parts().clone());
        provide_context(pinned_loader());
    };
    let render = leptos_axum::render_app_async_with_context(context, || app::shell(page_assets()));
    let mut answer = render(request).await;
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

/// Runs a server function.
async fn call(State(services): State<Services>, request: Request<Body>) -> Response {
    let context = move || {
        provide_context(services.clone());
        provide_context(pinned_loader());
    };
    let mut answer = leptos_axum::handle_server_fns_with_context(context, request).await.into_response();
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    answer
}

/// Sends people to the page they need first: set-up on a fresh instance, sign-in when signed out.
async fn gate(State(services): State<Services>, uri: Uri, request: Request, next: Next) -> Response {
    let signed_in = request.extensions().get::<Caller>().is_some_and(Caller::is_known);
    let set_up = match services::setup::is_complete(&services).await {
        Ok(set_up) => set_up,
        Err(error) => return status(&error).into_response(),
    };
    match (uri.path(), set_up, signed_in) {
        ("/setup", false, _) | ("/login", true, false) => next.run(request).await,
        (path, true, _) if is_open(path) => next.run(request).await,
        (_, false, _) => Redirect::to("/setup").into_response(),
        ("/setup", true, false) => Redirect::to("/login").into_response(),
        ("/setup", true, true) => Redirect::to("/dashboard").into_response(),
        // Whoever is signed in already goes on to where signing in would lead.
        ("/login", true, true) => Redirect::to(local_path(&target(&uri))).into_response(),
        (_, true, true) => next.run(request).await,
        (_, true, false) => Redirect::to(&sign_in_address(&uri)).into_response(),
    }
}

/// Whether a page is there for people who are not signed in, too.
fn is_open(path: &str) -> bool {
    matches!(path, "/two-factor" | "/forgot-password")
        || path.starts_with("/reset-password/")
        || path.starts_with("/register/")
}

/// Where the sign-in page at `uri` leads.
fn target(uri: &Uri) -> String {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let named = |name: &str| pairs.iter().find(|(key, value)| key == name && !value.is_empty());
    TARGETS.iter().find_map(|name| named(name)).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The sign-in page that comes back to `uri`.
fn sign_in_address(uri: &Uri) -> String {
    let target = uri.path_and_query().map_or("/dashboard", |target| target.as_str());
    if target == "/dashboard" {
        return "/login".to_owned();
    }
    let encoded = utf8_percent_encode(target, NON_ALPHANUMERIC);
    format!("/login?redirectTo={encoded}")
}

/// Refuses anonymous and cross-site calls before a server function decodes its arguments. What anybody may call lies
/// under `/rpc/public`; that is still only for pages of this site.
async fn wall(State(services): State<Services>, request: Request, next: Next) -> Response {
    let public = request.uri().path().starts_with("/rpc/public/");
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let refused = match (is_unsafe(request.method()), check_same_origin(&services, request.headers())) {
        (true, Err(error)) => Some(error),
        _ if !public => caller.actor().err(),
        _ => None,
    };
    match refused {
        None => next.run(request).await,
        Some(error) => refuse(&error, request.method(), request.headers()),
    }
}

/// The error as a server function would send it; a plain form is sent to sign in.
fn refuse(error: &Error, method: &Method, headers: &HeaderMap) -> Response {
    let plain_form = method == Method::POST
        && headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|a| a.contains("text/html"));
    if plain_form && *error == Error::SignedOut {
        return (StatusCode::SEE_OTHER, [(LOCATION, "/login")]).into_response();
    }
    (status(error), Json(error)).into_response()
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
