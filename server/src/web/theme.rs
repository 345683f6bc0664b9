//! The theme form, for everybody without scripts: sets a cookie, keeps the choice of who is signed in, and comes back.

use app::server::theme_cookie;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, REFERER, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Extension, Form, Router, middleware};
use model::own_settings::ThemeChoice;
use serde::Deserialize;
use services::access::instance_grant;
use services::caller::{Caller, check_own_page};
use services::{Services, own_settings};
use ui::Theme;

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    theme: String,
    /// The page to return to.
    #[serde(default)]
    from: String,
}

pub fn router(services: &Services) -> Router<Services> {
    let who = middleware::from_fn_with_state(services.clone(), rest::identify);
    Router::new().route("/theme", post(choose)).layer(who)
}

async fn choose(
    State(services): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    Form(choice): Form<Choice>,
) -> Response {
    if let Err(error) = check_own_page(&services, &headers) {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::FORBIDDEN);
        return (status, error.to_string()).into_response();
    }
    let theme = Theme::parse(&choice.theme);
    if let Some(may) = caller.own_account().ok().and_then(|actor| instance_grant(actor).ok())
        && let Some(chosen) = ThemeChoice::parse(theme.as_str())
        && let Err(error) = own_settings::remember_theme(&services, &may, chosen).await
    {
        tracing::warn!(%error, "A theme was kept in the browser alone");
    }
    let cookie = theme_cookie(&services, theme);
    (StatusCode::SEE_OTHER, [(LOCATION, back(&choice.from, &headers)), (SET_COOKIE, cookie)]).into_response()
}

/// A path of this site: the one the form names, else that of the page it stood on.
fn back(from: &str, headers: &HeaderMap) -> String {
    let referer = headers.get(REFERER).and_then(|value| value.to_str().ok());
    let path = referer.and_then(|url| url.split_once("://")).and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    let local = |path: &&str| {
        path.starts_with('/')
            && !path.starts_with("//")
            && !path.contains('\\')
            && path.bytes().all(|b| b.is_ascii_graphic())
    };
    Some(from).filter(local).or(path.filter(local)).unwrap_or("/").to_owned()
}
