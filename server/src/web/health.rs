//! For those who run the server: is it alive, is it ready, what is it doing.

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use services::Services;

use super::observe::Recorder;

pub fn router(recorder: Recorder) -> Router<Services> {
    Router::new()
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(move || metrics(recorder.clone())))
}

/// The process answers.
async fn alive() -> Response {
    plain(StatusCode::OK, "ok\n")
}

/// The database answers too, so requests can be sent here.
async fn ready(State(services): State<Services>) -> Response {
    match services.db.ping().await {
        Ok(()) => plain(StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(%error, "Not ready: the database does not answer");
            plain(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}

async fn metrics(recorder: Recorder) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (headers, recorder.render()).into_response()
}

fn plain(status: StatusCode, text: &'static str) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], text).into_response()
}
