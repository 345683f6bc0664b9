//! Requests that an administrator decide.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::requests::{RequestKind, Verb};
use model::{Error, ProjectId};
use services::access::{self, DecideRequests, PublishEntries, ReadEntries, Way, WriteEntries};
use services::requests::{self, Seen};
use services::{Grant, Services};
use utoipa::IntoParams;

use crate::extract::{Body, EntryPath, FromQuery, May, MayInstance, MayLater, MayOrAsk, Params, Query, RequestPath};
use crate::problem::{Problem, ProblemBody};
use crate::wire;

/// Which requests to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `OfProject` reads")]
pub(crate) struct ListParams {
    /// Only what is about this project.
    project_id: Option<String>,
}

pub(crate) struct OfProject(Option<ProjectId>);

impl FromQuery for OfProject {
    fn read(params: &mut Params) -> Self {
        let project = params.text("projectId").map(|id| id.parse().ok());
        if project == Some(None) {
            params.fail("projectId", "This cannot be an id.");
        }
        Self(project.flatten())
    }
}

/// List requests that wait.
///
/// The newest first. Administrators see all, everybody else what they asked for themselves. At most 1,000 are sent.
#[utoipa::path(
    get,
    path = "/api/changelog/requests",
    tag = "Requests",
    params(ListParams),
    responses((status = 200, description = "The requests.", body = Vec<wire::ExpandedRequest>)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_requests(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadEntries>,
    Query(OfProject(project)): Query<OfProject>,
) -> Result<Json<Vec<wire::ExpandedRequest>>, Problem> {
    let list = requests::expanded(&cx, &may, project.as_ref(), false).await?;
    Ok(Json(list.into_iter().map(wire::ExpandedRequest::from).collect()))
}

/// Ask an administrator.
///
/// For staff, about what they may not do themselves. Asking again after changes were requested reopens the same request,
/// which is sent then.
#[utoipa::path(
    post,
    path = "/api/changelog/requests",
    tag = "Requests",
    request_body = wire::NewRequestBody,
    responses(
        (status = 201, description = "An administrator has been asked.", body = wire::ChangeRequest),
        (
            status = 400,
            description = "The body is not acceptable, the caller need not ask, or an administrator has been asked already.",
            body = ProblemBody
        ),
        (status = 404, description = "There is no such project, or nothing in it with that id.", body = ProblemBody),
        (status = 409, description = "The entry is published already.", body = ProblemBody)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn create_request(
    State(cx): State<Services>,
    later: MayLater<(WriteEntries,)>,
    Body(new): Body<wire::NewRequest>,
) -> Result<Response, Problem> {
    let project = new.project.ok_or(Error::NotFound)?;
    let may = later.grant(&cx, &project).await?;
    let request = requests::create(&cx, &may, new.request.ok_or(Error::NotFound)?).await?;
    Ok((StatusCode::CREATED, Json(wire::ChangeRequest::from(request))).into_response())
}

/// Decide a request.
///
/// Approving does what was asked for, in the same transaction. Takes an administrator, and a key that approves a deletion
/// needs the scope of that deletion, too. A text that has changed since somebody asked is approved with `confirmChanges`
/// only.
#[utoipa::path(
    patch,
    path = "/api/changelog/requests/{requestId}",
    tag = "Requests",
    params(("requestId" = String, Path, description = "Id of the request.")),
    request_body = wire::DecisionBody,
    responses(
        (status = 200, description = "It is decided.", body = wire::Decided),
        (
            status = 409,
            description = "It was decided already, is about nothing any more, or about a text that has changed.",
            body = ProblemBody
        )
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:publish"])))
)]
pub(crate) async fn decide_request(
    State(cx): State<Services>,
    May(may): May<DecideRequests>,
    RequestPath(id): RequestPath,
    Body(decision): Body<wire::Decision>,
) -> Result<Json<wire::Decided>, Problem> {
    let wire::Decision { verb, feedback, seen } = decision;
    match verb.ok_or(Error::NotFound)? {
        Verb::Approve => requests::approve_with(&cx, &may, &id, seen, &feedback).await?,
        Verb::Reject => requests::reject_with(&cx, &may, &id, &feedback).await?,
        Verb::RequestChanges => requests::request_changes(&cx, &may, &id, &feedback).await?,
    }
    let decided = requests::decided(&cx, &may, &id).await?;
    Ok(Json(wire::Decided::new(decided, may.actor().id())))
}

/// List one's own requests.
///
/// In every state, the newest first. At most 1,000 are sent.
#[utoipa::path(
    get,
    path = "/api/requests",
    tag = "Requests",
    responses((status = 200, description = "The requests.", body = wire::OwnRequests)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_own_requests(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadEntries>,
) -> Result<Json<wire::OwnRequests>, Problem> {
    Ok(Json(wire::OwnRequests::new(requests::expanded(&cx, &may, None, true).await?)))
}

/// List the requests about an entry.
///
/// In every state, the newest first.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}/requests",
    tag = "Requests",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry.")
    ),
    responses((status = 200, description = "The requests.", body = Vec<wire::RequestOfEntry>)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_requests_of_entry(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(id): EntryPath,
) -> Result<Json<Vec<wire::RequestOfEntry>>, Problem> {
    let list = requests::expanded_of_entry(&cx, &may, &id).await?;
    Ok(Json(list.into_iter().map(wire::RequestOfEntry::from).collect()))
}

/// Ask for a schedule, or decide about it.
///
/// Staff who need approval ask; administrators approve or reject what waits.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog/{entryId}/schedule/approval",
    tag = "Requests",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry.")
    ),
    request_body = wire::ScheduleApprovalBody,
    responses(
        (status = 200, description = "It is asked for, or decided.", body = wire::ScheduleAnswer),
        (
            status = 400,
            description = "The body is not acceptable, or the caller needs no approval.",
            body = ProblemBody
        ),
        (
            status = 409,
            description = "An administrator has been asked already, or the entry is published.",
            body = ProblemBody
        )
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:publish"])))
)]
pub(crate) async fn approve_schedule(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<PublishEntries>,
    EntryPath(id): EntryPath,
    Body(asked): Body<wire::ScheduleApproval>,
) -> Result<Json<wire::ScheduleAnswer>, Problem> {
    let wire::ScheduleApproval { action, scheduled_at, reason } = asked;
    let action = action.ok_or(Error::NotFound)?;
    if action == wire::ApprovalAction::RequestApproval {
        let at = scheduled_at.ok_or(Error::NotFound)?;
        let Way::OnRequest(may) = way else {
            return Err(Error::bad_request("You need not ask: you may schedule this yourself.").into());
        };
        let request = match requests::request_schedule(&cx, &may, &id, at).await {
            Ok((_, request)) => request,
            // Here, and only here, clients know it as a conflict.
            Err(error @ Error::RequestPending { .. }) => return Err(Error::conflict(error.to_string()).into()),
            Err(error) => return Err(error.into()),
        };
        return Ok(Json(request.into()));
    }
    let may: Grant<DecideRequests> = access::grant(&cx, way.actor(), &way.project().id).await?;
    let request = requests::waiting(&cx, &may, &id, RequestKind::AllowSchedule).await?.id;
    match action {
        wire::ApprovalAction::Approve => requests::approve_with(&cx, &may, &request, Seen::AsAsked, &reason).await?,
        _ => requests::reject_with(&cx, &may, &request, &reason).await?,
    }
    Ok(Json(requests::decided(&cx, &may, &request).await?.request.into()))
}
