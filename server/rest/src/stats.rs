//! Figures for clients that draw a home page of their own.

use axum::Json;
use axum::extract::State;
use services::access::ReadProjects;
use services::{Services, home};

use crate::extract::MayInstance;
use crate::problem::Problem;
use crate::wire;

/// Read the figures of a home page.
///
/// Of all projects the caller sees; a key that is bound to a project gets those of that one.
#[utoipa::path(
    get,
    path = "/api/dashboard/stats",
    tag = "Projects",
    responses((status = 200, description = "The figures.", body = wire::Stats)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn read_dashboard_stats(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadProjects>,
) -> Result<Json<wire::Stats>, Problem> {
    Ok(Json(home::stats(&cx, &may).await?.into()))
}
