//! Whether the instance can do its work, for container health checks of existing deployments.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::time::to_wire;
use serde::Serialize;
use services::Services;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "status": "healthy", "timestamp": "2026-03-04T09:30:00.000Z",
    "services": { "database": "connected", "application": "ready" }
}))]
pub(crate) struct Healthy {
    /// Always `healthy`.
    status: &'static str,
    #[schema(format = DateTime)]
    timestamp: String,
    services: Parts,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthParts)]
struct Parts {
    /// Always `connected`.
    database: &'static str,
    /// Always `ready`.
    application: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unhealthy {
    /// Always `unhealthy`.
    status: &'static str,
    /// What is wrong, for people.
    error: String,
}

/// Is the instance healthy?
#[utoipa::path(
    get,
    path = "/api/health",
    operation_id = "check_health",
    tag = "Instance",
    responses(
        (status = 200, description = "It is.", body = Healthy),
        (status = 503, description = "The database does not answer.", body = Unhealthy)
    )
)]
pub(crate) async fn health(State(cx): State<Services>) -> Response {
    match cx.db.ping().await {
        Ok(()) => Json(Healthy {
            status: "healthy",
            timestamp: to_wire(cx.clock.now()),
            services: Parts { database: "connected", application: "ready" },
        })
        .into_response(),
        Err(error) => {
            let error = model::Error::from(error).to_string();
            (StatusCode::SERVICE_UNAVAILABLE, Json(Unhealthy { status: "unhealthy", error })).into_response()
        }
    }
}
