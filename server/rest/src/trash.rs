//! The trash: what was deleted, for 30 days.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use model::ProjectId;
use model::trash::TrashKind;
use services::access::{DeleteForGood, RestoreDeleted};
use services::trash::TrashQuery;
use services::{Services, trash};
use utoipa::IntoParams;

use crate::extract::{Body, FromQuery, MayInstance, Params, Query, TrashPath};
use crate::problem::Problem;
use crate::wire;

/// Which part of the trash to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) struct ListParams {
    /// Counts from 1.
    #[param(minimum = 1)]
    page: Option<i64>,
    /// Things on a page. Default: 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Only entries of this project.
    project_id: Option<String>,
    /// `entry`, `project` or `tag`.
    kind: Option<String>,
}

pub(crate) struct Listing {
    paging: wire::Paging,
    query: TrashQuery,
}

impl FromQuery for Listing {
    fn read(params: &mut Params) -> Self {
        Self {
            paging: wire::Paging::read(params, 20, 100),
            query: TrashQuery {
                project: params.one_of("projectId", "the id of a project", |text| text.parse::<ProjectId>().ok()),
                kind: params.one_of("kind", "entry, project, tag", TrashKind::parse),
            },
        }
    }
}

/// List the trash.
///
/// What was deleted in the last 30 days and can be restored: administrators see everything, staff what they deleted
/// themselves. A key that is bound to a project sees entries of its project.
#[utoipa::path(
    get,
    path = "/api/trash",
    tag = "Trash",
    params(ListParams),
    responses((status = 200, description = "One page of the trash.", body = wire::TrashList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:delete"])))
)]
pub(crate) async fn list_trash(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<RestoreDeleted>,
    Query(Listing { paging, query }): Query<Listing>,
) -> Result<Json<wire::TrashList>, Problem> {
    let (items, total) = trash::list(&cx, &may, &query, paging.page, paging.limit).await?;
    let now = cx.clock.now();
    let items = items.into_iter().map(|item| wire::Trashed::new(item, now)).collect();
    Ok(Json(wire::TrashList::new(items, wire::Pagination::new(paging, total))))
}

/// Restore from the trash.
///
/// To where it was, with its links, versions, tags and requests. Where another one has taken the address meanwhile, it
/// gets a new one, and `notes` says so. A version or a tag's name that is taken is answered with 409; the body chooses
/// what to do then. A key needs `project:write` for projects and `tags:write` for tags as well.
#[utoipa::path(
    post,
    path = "/api/trash/{trashId}/restore",
    tag = "Trash",
    params(("trashId" = String, Path, description = "The id that the entry, project or tag had.")),
    request_body = wire::RestoringBody,
    responses(
        (status = 200, description = "It is back.", body = wire::Restored),
        (
            status = 409,
            description = "Its version or name is taken, its project is in the trash, or the project is full.",
            body = crate::problem::ProblemBody
        )
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:delete"])))
)]
pub(crate) async fn restore_from_trash(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<RestoreDeleted>,
    TrashPath(id): TrashPath,
    Body(wire::Restoring(choice)): Body<wire::Restoring>,
) -> Result<Json<wire::Restored>, Problem> {
    Ok(Json(trash::restore(&cx, &may, &id, &choice).await?.into()))
}

/// Delete for good.
///
/// Takes something out of the trash for ever. Takes an administrator.
#[utoipa::path(
    delete,
    path = "/api/trash/{trashId}",
    tag = "Trash",
    params(("trashId" = String, Path, description = "The id that the entry, project or tag had.")),
    responses((status = 204, description = "It is gone.")),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_from_trash(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<DeleteForGood>,
    TrashPath(id): TrashPath,
) -> Result<StatusCode, Problem> {
    trash::delete_for_good(&cx, &may, &id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
