//! A handler that panics is a defect of ours: the visitor gets an answer that tells nothing of the inside, the log gets
//! the text, and everybody else is served on. The REST surface has the same in its own form.

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;

/// Answers 500 in place of a panic of any route.
pub fn guard(router: Router) -> Router {
    router.layer(CatchPanicLayer::custom(answer))
}

fn answer(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text");
    tracing::error!(panic = text, "A request ended in a panic");
    let sentence = "Something went wrong on our side. Try again; if it stays, tell whoever runs this server.\n";
    (StatusCode::INTERNAL_SERVER_ERROR, [(CACHE_CONTROL, "no-store")], sentence).into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    async fn broken() -> &'static str {
        panic!("the secret inside")
    }

    #[tokio::test]
    async fn a_panic_is_an_answer_that_tells_nothing_of_the_inside() {
        let router = guard(Router::new().route("/", get(broken)));
        let request = Request::builder().uri("/").body(Body::empty()).unwrap();
        let answer = router.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 500);
        let body = to_bytes(answer.into_body(), 1000).await.unwrap();
        let body = std::str::from_utf8(&body).unwrap();
        assert!(body.contains("went wrong") && !body.contains("secret"), "{body}");
    }
}
