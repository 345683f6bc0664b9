//! Every address the server answers: assets, REST, the dashboard with its server functions, readers' pages, health.

mod api_docs;
mod dashboard;
mod health;
mod media;
mod observe;
mod packed;
mod panics;
mod preview;
mod readers;
mod security;
mod theme;
mod uploads;
mod views;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};
use services::Services;

use crate::assets;

pub fn router(services: Services) -> Router {
    let recorder = observe::Recorder::new();
    let pages = Router::new()
        .route("/", get(root))
        .merge(dashboard::router(&services))
        .merge(
            readers::router()
                .route_layer(middleware::from_fn_with_state(services.clone(), views::count))
                .route_layer(middleware::from_fn_with_state(services.clone(), readers::limit)),
        )
        .merge(media::router(&services))
        .merge(theme::router(&services))
        .merge(api_docs::router())
        .merge(preview::router())
        .merge(health::router(recorder.clone()))
        .merge(assets::router())
        .fallback(readers::nothing_here)
        .with_state(services.clone());
    panics::guard(pages)
        .merge(rest::router(services.clone(), readers::widget_assets()))
        .layer(middleware::from_fn_with_state(services, security::headers))
        .layer(middleware::from_fn_with_state(recorder, observe::requests))
}

/// People who run the instance come here; readers have the address of a project.
async fn root(State(services): State<Services>) -> Response {
    match services::setup::is_complete(&services).await {
        Ok(true) => Redirect::to("/dashboard").into_response(),
        Ok(false) => Redirect::to("/setup").into_response(),
        Err(error) => StatusCode::from_u16(error.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE).into_response(),
    }
}
