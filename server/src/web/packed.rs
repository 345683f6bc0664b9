//! Pages and answers of the dashboard in a smaller form. They are made for one person and one moment, so nothing keeps them.
//!
//! That a compressed answer tells by its length what stands in it (BREACH) helps nobody here: other sites can make a browser
//! ask with cookies only by leading the person away to a page, and no page has a secret that stays the same.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use services::cache::{Encoding, compress};

/// A shorter answer fits into a packet or two as it is, in bytes.
const SHORT: usize = 1_400;

pub async fn pack(request: Request, next: Next) -> Response {
    let encoding = Encoding::choose(request.headers(), true, true);
    let answer = next.run(request).await;
    let Some(name) = encoding.name().filter(|_| is_text(&answer)) else { return answer };
    let (mut head, body) = answer.into_parts();
    // Whole already: pages are rendered completely, and server functions answer at once.
    let Ok(plain) = to_bytes(body, usize::MAX).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    head.headers.append(VARY, HeaderValue::from_static("accept-encoding"));
    if plain.len() < SHORT {
        return Response::from_parts(head, Body::from(plain));
    }
    let kept = plain.clone();
    let packed = tokio::task::spawn_blocking(move || compress(&plain, encoding)).await.unwrap_or_default();
    if packed.is_empty() {
        return Response::from_parts(head, Body::from(kept));
    }
    head.headers.remove(CONTENT_LENGTH);
    head.headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
    Response::from_parts(head, Body::from(packed))
}

/// HTML or JSON to be shown, and not compressed yet.
fn is_text(answer: &Response) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let is_text = kind.starts_with(b"text/html") || kind.starts_with(b"application/json");
    // A file that somebody saves may be long, and is sent while it is made.
    is_text && [CONTENT_ENCODING, CONTENT_DISPOSITION].iter().all(|name| !answer.headers().contains_key(name))
}
