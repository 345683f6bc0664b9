//! Projects.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::projects::Project;
use services::access::{CreateProjects, DeleteProjects, EditProjects, ReadProjects};
use services::projects::ProjectDeletion;
use services::{Services, projects};
use utoipa::IntoParams;

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, FromQuery, May, MayInstance, MayOrAsk, Params, Query};
use crate::problem::Problem;
use crate::wire;

/// How many entries a single project carries.
const MOST_ENTRIES: i64 = 1_000;

/// Which projects to list. Without both parameters, all of them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Part` reads")]
pub(crate) struct PageParams {
    /// Counts from 1.
    #[param(minimum = 1)]
    page: Option<i64>,
    /// Projects on a page. Default: 10.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
}

/// One page, or everything.
pub(crate) struct Part(Option<wire::Paging>);

impl FromQuery for Part {
    fn read(params: &mut Params) -> Self {
        let paged = params.has("page") || params.has("limit");
        Self(paged.then(|| wire::Paging::read(params, 10, 100)))
    }
}

/// List projects.
///
/// The projects the caller sees, newest first; a key that is bound to a project sees that one. Without `page` and
/// `limit` the answer is an array of all of them, with either it is one page.
#[utoipa::path(
    get,
    path = "/api/projects",
    tag = "Projects",
    params(PageParams),
    responses((status = 200, description = "All projects, or a page of them.", body = wire::ProjectList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn list_projects(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadProjects>,
    Query(Part(part)): Query<Part>,
) -> Result<Json<wire::ProjectList>, Problem> {
    let list = match part {
        None => {
            let (all, _) = projects::list_page(&cx, &may, 1, i64::MAX).await?;
            wire::ProjectList::All(all.into_iter().map(wire::ListedProject::from).collect())
        }
        Some(paging) => {
            let (items, total) = projects::list_page(&cx, &may, paging.page, paging.limit).await?;
            wire::ProjectList::Page(wire::ProjectPage {
                items: items.into_iter().map(wire::ListedProject::from).collect(),
                pagination: wire::Pagination::new(paging, total),
            })
        }
    };
    Ok(Json(list))
}

/// Create a project.
///
/// Takes staff; whoever makes it public or waives approval must be an administrator. A key that is bound to a project
/// cannot create another.
#[utoipa::path(
    post,
    path = "/api/projects",
    tag = "Projects",
    request_body = wire::NewProject,
    responses((
        status = 201,
        description = "The new project.",
        body = wire::CreatedProject,
        headers(("Location" = String, description = "Where the project is."))
    )),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn create_project(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<CreateProjects>,
    Body(new): Body<wire::NewProject>,
) -> Result<Response, Problem> {
    let project = projects::create(&cx, &may, new.into()).await?;
    let location = format!("/api/projects/{}", project.id);
    created(&location, &wire::CreatedProject::from(project))
}

/// Read a project.
///
/// With its 1,000 newest entries in full, drafts included.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}",
    tag = "Projects",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The project.", body = wire::ProjectWithEntries)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn get_project(
    State(cx): State<Services>,
    May(may): May<ReadProjects>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = may.project();
    let (list, has_more) = projects::newest_entries(&cx, &may, MOST_ENTRIES).await?;
    let list = list.into_iter().map(|entry| wire::Entry::of(project, entry)).collect();
    let whole = wire::ProjectWithEntries::new(project.clone(), list, has_more);
    // Changing the project may depend on this answer, and not on what becomes of its entries meanwhile.
    conditional::json_around(&headers, PRIVATE, &whole, &wire::CreatedProject::from(project.clone()))
}

/// Change a project.
///
/// Takes staff. Who reads and who publishes, maintenance, indexing and feeds change only for an administrator; sending
/// their present value back is no change.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}",
    tag = "Projects",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the project still has this `ETag`.")
    ),
    request_body = wire::ProjectChanges,
    responses(
        (status = 200, description = "The project as it is now.", body = wire::CreatedProject),
        (status = 412, description = "It has changed; this is how it is now.", body = wire::CreatedProject)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn update_project(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    if_match: IfMatch,
    Body(changes): Body<wire::ProjectChanges>,
) -> Result<Response, Refusal> {
    let shown = if_match.on(|project: &Project| wire::CreatedProject::from(project.clone()));
    let project = shown.settle(projects::update_if(&cx, &may, changes.into(), &shown).await)?;
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &wire::CreatedProject::from(project))?)
}

/// Delete a project.
///
/// With everything it owns: entries, widgets, keys that are bound to it, counted views. Its pages, feeds and widgets
/// answer 404 from then on. Tags stay. It can be restored for 30 days (`POST /api/trash/{trashId}/restore`). Staff get 202,
/// and an administrator is asked.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}",
    tag = "Projects",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses(
        (status = 202, description = "An administrator has been asked.", body = wire::DeletionRequested),
        (status = 204, description = "The project is gone."),
        (status = 400, description = "An administrator has been asked already.", body = crate::problem::ProblemBody)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn delete_project(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<DeleteProjects>,
) -> Result<Response, Problem> {
    Ok(match projects::delete_or_ask(&cx, &way).await? {
        ProjectDeletion::Done => StatusCode::NO_CONTENT.into_response(),
        ProjectDeletion::Requested(request) => {
            (StatusCode::ACCEPTED, Json(wire::DeletionRequested::from(*request))).into_response()
        }
    })
}

/// List the versions of a project.
///
/// Each once, drafts included.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/versions",
    tag = "Projects",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The versions.", body = wire::ProjectVersions)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn list_project_versions(
    State(cx): State<Services>,
    May(may): May<ReadProjects>,
) -> Result<Json<wire::ProjectVersions>, Problem> {
    Ok(Json(wire::ProjectVersions { versions: projects::versions(&cx, &may).await? }))
}

/// Read the settings of a project.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/settings",
    tag = "Projects",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The settings.", body = wire::Project)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn get_project_settings(May(may): May<ReadProjects>, headers: HeaderMap) -> Result<Response, Problem> {
    conditional::json(&headers, PRIVATE, &wire::Project::from(may.project().clone()))
}

/// Change the settings of a project.
///
/// As `PATCH /api/projects/{projectId}`, answered without the container of entries.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/settings",
    tag = "Projects",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the settings still have this `ETag`.")
    ),
    request_body = wire::ProjectChanges,
    responses(
        (status = 200, description = "The settings as they are now.", body = wire::Project),
        (status = 412, description = "They have changed; this is how they are now.", body = wire::Project)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn update_project_settings(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    if_match: IfMatch,
    Body(changes): Body<wire::ProjectChanges>,
) -> Result<Response, Refusal> {
    let shown = if_match.on(|project: &Project| wire::Project::from(project.clone()));
    let project = shown.settle(projects::update_if(&cx, &may, changes.into(), &shown).await)?;
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &wire::Project::from(project))?)
}

/// 201 with the address of what was made and its tag.
pub(crate) fn created<T: serde::Serialize>(location: &str, value: &T) -> Result<Response, Problem> {
    let mut response = conditional::json(&HeaderMap::new(), PRIVATE, value)?;
    *response.status_mut() = StatusCode::CREATED;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response.into_response())
}
