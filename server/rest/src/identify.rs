//! Who is calling, found out once for each request.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, header};
use services::caller::{self, Caller};
use services::{ClientInfo, Services, Via};

use crate::problem::Problem;

/// Puts [`Caller`] and [`ClientInfo`] into the request, refuses what another site made a signed-in browser send, and
/// hands renewed cookies to the browser.
pub async fn identify(State(cx): State<Services>, mut request: Request, next: Next) -> Response {
    let client = client_of(&cx, request.extensions(), request.headers());
    let identified = caller::identify(&cx, request.headers(), &client).await;
    let by_cookie = matches!(&identified.caller, Caller::Known(actor) if matches!(actor.via, Via::Cookie(_)));
    let refused = if by_cookie && caller::is_unsafe(request.method()) {
        caller::check_own_page(&cx, request.headers()).err()
    } else {
        None
    };
    let mut response = match refused {
        Some(error) => Problem(error).into_response(),
        None => {
            request.extensions_mut().insert(identified.caller);
            request.extensions_mut().insert(client);
            next.run(request).await
        }
    };
    if !identified.set_cookies.is_empty() {
        // Cookies are for one browser, whatever the page allows caches otherwise.
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        append_cookies(response.headers_mut(), &identified.set_cookies);
    }
    response
}

/// Where a request comes from: the address of the peer, or what a trusted proxy says about it.
pub fn client_info(cx: &Services, parts: &Parts) -> ClientInfo {
    client_of(cx, &parts.extensions, &parts.headers)
}

fn client_of(cx: &Services, extensions: &Extensions, headers: &HeaderMap) -> ClientInfo {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    ClientInfo {
        ip: peer.map(|peer| cx.settings.trusted_proxies.client(peer, headers).to_string()),
        user_agent: headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
    }
}

pub(crate) fn append_cookies(headers: &mut HeaderMap, cookies: &[String]) {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(cookie) {
            headers.append(header::SET_COOKIE, value);
        }
    }
}
