//! Entries for people with an account and for keys.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use model::Error;
use model::entries::EntryState;
use services::access::{self, Publishing, ReadEntries, WriteEntries};
use services::entries::ListQuery;
use services::{Actor, Services, entries, tags};
use utoipa::IntoParams;

use crate::conditional::{self, PRIVATE};
use crate::extract::{Body, EntryPath, FromQuery, May, MayPublish, Params, Query};
use crate::problem::Problem;
use crate::projects::created;
use crate::wire;

/// Which entries to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) struct ListParams {
    /// Counts from 1.
    #[param(minimum = 1)]
    page: Option<i64>,
    /// Entries on a page. Default: 50.
    #[param(minimum = 1, maximum = 1_000)]
    limit: Option<i64>,
    /// Part of title, version or content, ignoring case.
    search: Option<String>,
    /// A tag by id or name. May be given several times; entries with any of them are sent.
    tag: Option<String>,
    /// Created at this moment or later. A plain date is midnight UTC.
    #[param(format = DateTime)]
    start_date: Option<String>,
    /// Created at this moment or earlier. A plain date is midnight UTC.
    #[param(format = DateTime)]
    end_date: Option<String>,
    /// Only entries in this state.
    #[param(inline)]
    status: Option<wire::Status>,
}

pub(crate) struct Listing {
    paging: wire::Paging,
    query: ListQuery,
}

impl FromQuery for Listing {
    fn read(params: &mut Params) -> Self {
        Self {
            paging: wire::Paging::read(params, 50, 1_000),
            query: ListQuery {
                state: params.one_of("status", "draft, scheduled or published", EntryState::parse),
                search: params.text("search").unwrap_or_default().chars().take(200).collect(),
                tags: params.values("tag").map(str::to_owned).collect(),
                created_from: params.time("startDate"),
                created_to: params.time("endDate"),
            },
        }
    }
}

/// List entries.
///
/// Newest first by date of creation, drafts included, with their text.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project."), ListParams),
    responses((status = 200, description = "One page of entries.", body = wire::EntryList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_entries(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    Query(Listing { paging, query }): Query<Listing>,
) -> Result<Json<wire::EntryList>, Problem> {
    let (list, total) = entries::list_page(&cx, &may, &query, paging.page, paging.limit).await?;
    let used = tags::list_of_entries(&cx, &may).await?;
    Ok(Json(wire::EntryList {
        entries: list.into_iter().map(|entry| wire::Entry::of(may.project(), entry)).collect(),
        tags: used.into_iter().map(wire::Tag::from).collect(),
        pagination: wire::Pagination::new(paging, total),
    }))
}

/// Create an entry.
///
/// A draft; publishing is another operation. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = wire::NewEntry,
    responses(
        (
            status = 201,
            description = "The new entry.",
            body = wire::Entry,
            headers(("Location" = String, description = "Where the entry is."))
        ),
        (status = 409, description = "Another entry has this version.", body = crate::problem::ProblemBody)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn create_entry(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    Body(new): Body<wire::NewEntry>,
) -> Result<Response, Problem> {
    let entry = entries::create(&cx, &may, new.into()).await?;
    let location = format!("/api/projects/{}/changelog/{}", may.project_id(), entry.id);
    created(&location, &wire::Entry::of(may.project(), entry))
}

/// Read an entry.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry.")
    ),
    responses((status = 200, description = "The entry.", body = wire::Entry)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn get_entry(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(id): EntryPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let entry = entries::get(&cx, &may, &id).await?;
    conditional::json(&headers, PRIVATE, &wire::Entry::of(may.project(), entry))
}

/// Publish or unpublish an entry.
///
/// Where the project asks for approval, staff get 202 and an administrator is asked; nothing is public yet.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/changelog/{entryId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the entry still has this `ETag`.")
    ),
    request_body = wire::EntryChange,
    responses(
        (status = 200, description = "The entry as it is now.", body = wire::Entry),
        (status = 202, description = "An administrator has been asked.", body = wire::ApprovalRequest),
        (
            status = 409,
            description = "Somebody else changed the entry meanwhile, or it is published already.",
            body = crate::problem::ProblemBody
        ),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:publish"])))
)]
pub(crate) async fn publish_entry(
    State(cx): State<Services>,
    MayPublish(publishing): MayPublish,
    EntryPath(id): EntryPath,
    headers: HeaderMap,
    Body(change): Body<wire::EntryChange>,
) -> Result<Response, Problem> {
    let (project, actor) = match &publishing {
        Publishing::Directly(may) => (may.project(), may.actor()),
        Publishing::OnRequest(may) => (may.project(), may.actor()),
    };
    if let Some(outdated) = outdated(&cx, &headers, actor, project, &id).await? {
        return Ok(outdated);
    }
    let entry = match (change.action, &publishing) {
        (wire::Action::Publish, Publishing::Directly(may)) => {
            entries::publish(&cx, may, &id, change.published_at).await?
        }
        (wire::Action::Unpublish, Publishing::Directly(may)) => entries::unpublish(&cx, may, &id).await?,
        (wire::Action::Unpublish, Publishing::OnRequest(_)) => return Err(Error::NeedsApproval.into()),
        (wire::Action::Publish, Publishing::OnRequest(may)) => {
            if change.published_at.is_some() {
                let message = "A request for approval cannot carry a date. Leave publishedAt out.";
                return Err(Error::field("publishedAt", message).into());
            }
            let (entry, request) = entries::request_publication(&cx, may, &id).await?;
            let body = wire::ApprovalRequest::new(wire::Entry::of(project, entry), request);
            return Ok((StatusCode::ACCEPTED, Json(body)).into_response());
        }
    };
    conditional::json(&HeaderMap::new(), PRIVATE, &wire::Entry::of(project, entry))
}

/// 412 with the entry as it is, for a caller who asked to go on only with the state they had read.
async fn outdated(
    cx: &Services,
    headers: &HeaderMap,
    actor: &Actor,
    project: &model::projects::Project,
    id: &model::EntryId,
) -> Result<Option<Response>, Problem> {
    if !headers.contains_key(header::IF_MATCH) {
        return Ok(None);
    }
    // Who may publish may read: `changelog:publish` includes `changelog:read`.
    let may = access::grant::<ReadEntries>(cx, actor, &project.id).await?;
    let entry = wire::Entry::of(project, entries::get(cx, &may, id).await?);
    let body = conditional::to_bytes(&entry)?;
    if !conditional::is_outdated(headers, &conditional::tag(&body)) {
        return Ok(None);
    }
    let json = HeaderValue::from_static("application/json");
    let mut response = conditional::answer(&HeaderMap::new(), json, PRIVATE, body);
    *response.status_mut() = StatusCode::PRECONDITION_FAILED;
    Ok(Some(response))
}
