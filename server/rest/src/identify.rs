//! Who is calling, found out once for each request.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, header};
use model::ProjectId;
use services::audit::{self, Refused};
use services::caller::{self, Caller};
use services::{ClientInfo, Services};

use crate::layer::{self, RequestId};
use crate::problem::{NotLet, Problem};

/// Puts [`Caller`] and [`ClientInfo`] into the request, refuses what another site made a signed-in browser send, hands
/// renewed cookies to the browser, and records when somebody known is not let.
pub async fn identify(State(cx): State<Services>, mut request: Request, next: Next) -> Response {
    // The REST surface has named its requests already; pages and server functions are named here.
    let named = if request.extensions().get::<RequestId>().is_none() {
        let id = cx.random.token(20);
        request.extensions_mut().insert(RequestId(id.clone()));
        Some(id)
    } else {
        None
    };
    let client = client_of(&cx, request.extensions(), request.headers());
    let identified = caller::identify(&cx, request.headers(), &client).await;
    let refused = if identified.caller.is_by_cookie() && caller::is_unsafe(request.method()) {
        caller::check_own_page(&cx, request.headers()).err()
    } else {
        None
    };
    let mut response = match refused {
        Some(error) => Problem(error).into_response(),
        None => {
            let path = request.extensions().get::<MatchedPath>().cloned();
            let method = request.method().clone();
            let project = named_project(request.uri().path());
            request.extensions_mut().insert(identified.caller.clone());
            request.extensions_mut().insert(client);
            let response = next.run(request).await;
            if let (Some(NotLet(error)), Caller::Known(actor)) = (response.extensions().get(), &identified.caller) {
                let at = format!("{method} {}", path.as_ref().map_or("", MatchedPath::as_str));
                let project = project.as_ref().or(actor.only_project());
                audit::refused(&cx, Refused { actor, error, project, at: &at }).await;
            }
            response
        }
    };
    if let Some(id) = named {
        layer::name(response.headers_mut(), id);
    }
    if !identified.set_cookies.is_empty() {
        // Cookies are for one browser, whatever the page allows caches otherwise.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        append_cookies(response.headers_mut(), &identified.set_cookies);
    }
    response
}

/// The project in a path such as `/api/projects/{projectId}/changelog`.
fn named_project(path: &str) -> Option<ProjectId> {
    let rest = path.strip_prefix("/api/projects/")?;
    rest.split('/').next().and_then(|id| id.parse().ok()).filter(|_| !rest.starts_with("import/"))
}

/// Where a request comes from: the address of the peer, or what a trusted proxy says about it.
pub fn client_info(cx: &Services, parts: &Parts) -> ClientInfo {
    client_of(cx, &parts.extensions, &parts.headers)
}

/// As [`client_info`], of a request that was not taken apart.
pub fn client_of(cx: &Services, extensions: &Extensions, headers: &HeaderMap) -> ClientInfo {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    ClientInfo {
        ip: peer.map(|peer| cx.settings.trusted_proxies.client(peer, headers).to_string()),
        user_agent: headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        request_id: extensions.get::<RequestId>().map(|RequestId(id)| id.clone()),
    }
}

pub(crate) fn append_cookies(headers: &mut HeaderMap, cookies: &[String]) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}
