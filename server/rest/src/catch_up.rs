//! What happened in a project since somebody last looked.

use axum::Json;
use axum::extract::State;
use services::access::ReadEntries;
use services::{Services, catch_up};
use utoipa::IntoParams;

use crate::extract::{FromQuery, May, Params, Query};
use crate::problem::Problem;
use crate::wire;

/// How many entries are listed.
const MOST_ENTRIES: usize = 1_000;

/// Where to begin.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Beginning` reads")]
pub(crate) struct SinceParams {
    /// `auto` is when you last marked the project as read, or else your sign-in before the present one, or else seven
    /// days ago; `7d`, `2w`, `1m` so many days, weeks or months of 30 days ago; a version, with or without `v`, the
    /// moment it was published or else created; a date such as 2026-03-04 itself. Default: `auto`. Anything else is
    /// answered 404 with the code `UNKNOWN_VERSION`.
    #[param(example = "7d")]
    since: Option<String>,
}

pub(crate) struct Beginning(String);

impl FromQuery for Beginning {
    fn read(params: &mut Params) -> Self {
        Self(params.text("since").unwrap_or("auto").to_owned())
    }
}

/// Catch up with a project.
///
/// What was published since then, and what was begun since then and is not published yet. Tags say what is a feature
/// (feature, enhancement, new, feat) and what is a fix (fix, bug, patch, hotfix), by whole words.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/catch-up",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project."), SinceParams),
    responses((status = 200, description = "What happened.", body = wire::CatchUp)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn catch_up(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    Query(Beginning(since)): Query<Beginning>,
) -> Result<Json<wire::CatchUp>, Problem> {
    Ok(Json(catch_up::catch_up(&cx, &may, &since, MOST_ENTRIES).await?.into()))
}
