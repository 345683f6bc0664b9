//! The theme form, for everybody without scripts: sets a cookie and comes back.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, REFERER, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Form, Router};
use serde::Deserialize;
use services::Services;
use services::caller::check_same_origin;
use ui::Theme;

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default)]
    theme: String,
    /// The page to return to.
    #[serde(default)]
    from: String,
}

pub fn router() -> Router<Services> {
    Router::new().route("/theme", post(choose))
}

async fn choose(State(services): State<Services>, headers: HeaderMap, Form(choice): Form<Choice>) -> Response {
    if let Err(error) = check_same_origin(&services, &headers) {
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::FORBIDDEN);
        return (status, error.to_string()).into_response();
    }
    let theme = Theme::parse(&choice.theme);
    let secure = if services.is_https() { "; Secure" } else { "" };
    let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", theme.as_str());
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
