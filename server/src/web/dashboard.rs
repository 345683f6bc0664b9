//! The dashboard: pages rendered by Leptos, and the server functions under `/rpc`.

use std::sync::LazyLock;

use app::InstanceName;
use app::account::{TARGETS, local_path};
use app::server::{PageAssets, PinnedLoader};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{any, get};
use axum::{Json, Router};
use leptos::context::provide_context;
use model::{Error, Role};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use services::caller::{Caller, check_same_origin, is_unsafe, refresh_cookie};
use services::{Services, allow_list};
use ui::Theme;

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
        .route("/two-factor/set-up", get(page))
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
        .merge(super::uploads::router(services))
        .layer(middleware::from_fn_with_state(services.clone(), wall));
    pages
        .merge(functions)
        .layer(middleware::from_fn_with_state(services.clone(), rest::identify))
        .layer(middleware::from_fn_with_state(services.clone(), panel))
        .layer(middleware::from_fn(super::packed::pack))
}

/// Renders a page completely before sending it, so that it is whole without scripts.
async fn page(State(services): State<Services>, request: Request) -> Response {
    let settings = services::instance::shared_or_known(&services).await;
    let name = InstanceName(settings.map_or_else(|_| "Tidings".to_owned(), |settings| settings.instance_name.clone()));
    let is_secret = ["/register/", "/reset-password/"].iter().any(|start| request.uri().path().starts_with(start));
    let is_https = services.is_https();
    let shown = match request.extensions().get::<Caller>().and_then(|caller| caller.own_account().ok()) {
        // A page without a person's choices is better than none.
        Some(actor) => services::own_settings::shown(&services, &actor.user).await.ok(),
        None => None,
    };
    let theme = shown.as_ref().and_then(|shown| shown.theme).map(|theme| Theme::parse(theme.as_str()));
    // What was chosen elsewhere holds in this browser, too.
    let theme = theme.filter(|theme| *theme != app::server::theme(request.headers()));
    let theme = theme.and_then(|theme| HeaderValue::from_str(&app::server::theme_cookie(&services, theme)).ok());
    let context = move || {
        provide_context(name.clone());
        provide_context(services.clone());
        if let Some(shown) = &shown {
            provide_context(shown.clone());
        }
        provide_context(assets::parts().clone());
        provide_context(pinned_loader());
    };
    let render = leptos_axum::render_app_async_with_context(context, || app::shell(page_assets()));
    let mut answer = render(request).await;
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Some(theme) = theme {
        headers.append(SET_COOKIE, theme);
    }
    // The address itself opens something. Without https a browser that keeps it to itself would also say nothing that
    // tells its own forms from those of other sites, so there the rule of all pages stays: no other site learns it.
    if is_secret && is_https {
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
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

/// Refuses who comes from an address that is not on the list of those that may use the dashboard, before anything else.
async fn panel(State(services): State<Services>, request: Request, next: Next) -> Response {
    let client = rest::client_of(&services, request.extensions(), request.headers());
    match allow_list::check(&services, &client).await {
        Ok(()) => next.run(request).await,
        Err(error) if request.uri().path().starts_with("/rpc/") => (status(&error), Json(error)).into_response(),
        Err(error) => super::readers::failed_page(&services, request.headers(), &error),
    }
}

/// Sends people to the page they need first: set-up on a fresh instance, sign-in when signed out.
async fn gate(State(services): State<Services>, uri: Uri, request: Request, next: Next) -> Response {
    let caller = request.extensions().get::<Caller>();
    if caller.is_some_and(Caller::is_limited) && !matches!(uri.path(), "/two-factor/set-up" | "/confirm") {
        return Redirect::to(&with_target("/two-factor/set-up", &uri)).into_response();
    }
    let signed_in = caller.is_some_and(|caller| caller.own_account().is_ok());
    let set_up = match services::setup::is_complete(&services).await {
        Ok(set_up) => set_up,
        Err(error) => return status(&error).into_response(),
    };
    if set_up && is_administrator(&request) {
        let open = match guide(&services, uri.path()).await {
            Ok(open) => open,
            Err(error) => return status(&error).into_response(),
        };
        match (uri.path(), open) {
            ("/setup", true) => return next.run(request).await,
            (path, true) if path.starts_with("/dashboard") => return Redirect::to("/setup").into_response(),
            _ => {}
        }
    }
    match (uri.path(), set_up, signed_in) {
        ("/setup", false, _) | ("/login", true, false) => next.run(request).await,
        (path, true, _) if is_open(path) => next.run(request).await,
        (_, false, _) => Redirect::to("/setup").into_response(),
        ("/setup", true, false) => Redirect::to("/login").into_response(),
        ("/setup", true, true) => Redirect::to("/dashboard").into_response(),
        // Whoever is signed in already goes on to where signing in would lead.
        ("/login", true, true) => Redirect::to(local_path(&target(&uri))).into_response(),
        (_, true, true) => next.run(request).await,
        (_, true, false) => {
            // A browser that still has a token was signed in until now.
            let ended = refresh_cookie(&services, request.headers()).is_some();
            let address = sign_in_address(&uri);
            let mark = if address.contains('?') { "&ended=1" } else { "?ended=1" };
            Redirect::to(&format!("{address}{}", if ended { mark } else { "" })).into_response()
        }
    }
}

/// Whether a page is there for people who are not signed in, too.
fn is_open(path: &str) -> bool {
    matches!(path, "/two-factor" | "/forgot-password")
        || path.starts_with("/reset-password/")
        || path.starts_with("/register/")
}

fn is_administrator(request: &Request) -> bool {
    matches!(request.extensions().get::<Caller>(), Some(Caller::Known(actor)) if actor.user.role == Role::Admin)
}

/// Whether an administrator at `path` goes on with the set-up: on its page as long as there is something to do, and
/// elsewhere until what is needed was done.
async fn guide(services: &Services, path: &str) -> model::Result<bool> {
    match path {
        "/setup" => Ok(services::setup::begun(services).await?.is_some()),
        path if path.starts_with("/dashboard") => services::setup::leads_back(services).await,
        _ => Ok(false),
    }
}

/// Where the sign-in page at `uri` leads.
fn target(uri: &Uri) -> String {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
    let named = |name: &str| pairs.iter().find(|(key, value)| key == name && !value.is_empty());
    TARGETS.iter().find_map(|name| named(name)).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// The sign-in page that comes back to `uri`.
fn sign_in_address(uri: &Uri) -> String {
    with_target("/login", uri)
}

/// A page that leads on to `uri` when it is done.
fn with_target(page: &str, uri: &Uri) -> String {
    let target = uri.path_and_query().map_or("/dashboard", |target| target.as_str());
    if target == "/dashboard" {
        return page.to_owned();
    }
    let encoded = utf8_percent_encode(target, NON_ALPHANUMERIC);
    format!("{page}?redirectTo={encoded}")
}

/// Refuses anonymous and cross-site calls before a server function decodes its arguments. What anybody may call lies
/// under `/rpc/public`; that is still only for pages of this site. What protects one's own account lies under
/// `/rpc/account/security`, and is the only thing for who has to set a second factor up first.
async fn wall(State(services): State<Services>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (public, own) = (path.starts_with("/rpc/public/"), path.starts_with("/rpc/account/security/"));
    let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
    let refused = match (is_unsafe(request.method()), check_same_origin(&services, request.headers())) {
        (true, Err(error)) => Some(error),
        _ if own => caller.own_account().err(),
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
    if plain_form && *error == Error::SecondFactorNeeded {
        return (StatusCode::SEE_OTHER, [(LOCATION, "/two-factor/set-up")]).into_response();
    }
    (status(error), Json(error)).into_response()
}

fn status(error: &Error) -> StatusCode {
    StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
