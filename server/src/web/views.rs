//! Counts who reads the public pages, after the answer is made and without waiting.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use services::Services;
use services::views::{Source, Viewed, Visit};

pub async fn count(State(services): State<Services>, request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let visit = match peer {
        Some(peer) if request.method() == Method::GET => {
            Visit::of(services.settings.trusted_proxies.client(peer, request.headers()), request.headers())
        }
        _ => None,
    };
    let answer = next.run(request).await;
    if let (Some(visit), Some(viewed)) = (visit, answer.extensions().get::<Arc<Viewed>>()) {
        services.views.note(viewed.as_ref().clone(), Source::Page, visit);
    }
    answer
}
