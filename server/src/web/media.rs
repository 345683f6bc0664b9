//! Pictures and files of projects, for readers and for people who write.
//!
//! An address changes with what it leads to, so everybody may keep an answer for ever, as long as the project is public.
//! What belongs to a private project is asked for each time, and is answered to strangers as if it were not there.

use axum::extract::{Extension, Path, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use model::{Error, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use services::caller::Caller;
use services::{ClientInfo, Services, allow_list, media};

use super::readers;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("private, no-cache");
/// A drawing that is opened by itself is a document: it may run nothing, load nothing and send nothing.
const ALONE: HeaderValue = HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'");

pub fn router(services: &Services) -> Router<Services> {
    let who = middleware::from_fn_with_state(services.clone(), rest::identify);
    Router::new().route("/media/{project}/{file}", get(show)).route_layer(who)
}

async fn show(
    State(cx): State<Services>,
    Path((project, file)): Path<(String, String)>,
    Extension(caller): Extension<Caller>,
    Extension(client): Extension<ClientInfo>,
    headers: HeaderMap,
) -> Response {
    match answer(&cx, &caller, &client, &project, &file, &headers).await {
        Ok(response) => response,
        Err(Error::NotFound) => readers::nothing_here(State(cx), headers).await,
        Err(error) => {
            let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            (status, [(CACHE_CONTROL, HeaderValue::from_static("no-store"))], error.to_string()).into_response()
        }
    }
}

async fn answer(
    cx: &Services,
    caller: &Caller,
    client: &ClientInfo,
    project: &str,
    file: &str,
    headers: &HeaderMap,
) -> Result<Response> {
    let shown = media::find(cx, caller.actor().ok(), project, file).await?;
    if !shown.is_public {
        // What is not for readers is for the addresses that may reach the dashboard.
        allow_list::check(cx, client).await.map_err(|_| Error::NotFound)?;
    }
    let tag = format!("\"{file}\"");
    let is_known = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).any(|value| {
        value.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
    });
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = shown.read(cx).await?.into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(shown.kind.media_type()));
        response
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, if shown.is_public { FOR_EVER } else { ASK_AGAIN });
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, ALONE);
    if !shown.is_public {
        headers.insert(VARY, HeaderValue::from_static("cookie, authorization"));
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(ETAG, tag);
    }
    let way = if shown.kind.is_picture() { "inline" } else { "attachment" };
    let name = utf8_percent_encode(&shown.name, NON_ALPHANUMERIC);
    if let Ok(disposition) = HeaderValue::try_from(format!("{way}; filename*=UTF-8''{name}")) {
        headers.insert(CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}
