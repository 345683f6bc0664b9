//! Entries for people with an account and for keys.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use model::entries::{Entry, EntryPatch, EntryState};
use model::projects::Project;
use model::{EntryId, Error};
use services::access::{self, DeleteAllEntries, DeleteEntries, PublishEntries, ReadEntries, Way, WriteEntries};
use services::entries::{BulkWork, Created, Deletion, Emptying, ListQuery, Publication};
use services::{Grant, Services, entries, tags};
use utoipa::IntoParams;

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, EntryPath, FromQuery, May, MayOrAsk, Params, Query};
use crate::problem::{Problem, ProblemBody};
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
    /// What another system calls the entry; at most one entry is sent.
    #[param(max_length = 255)]
    external_id: Option<String>,
    /// The order: `newest` (or `date`) and `oldest` by date of creation, `updated` for what was changed last, `version` for
    /// the highest first, `title` from A to Z. Default: `newest`.
    #[param(inline)]
    sort: Option<wire::Sort>,
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
                external_id: params.text("externalId").unwrap_or_default().to_owned(),
                sort: params.one_of("sort", wire::Sort::NAMES, wire::Sort::parse).unwrap_or_default(),
                ..ListQuery::default()
            },
        }
    }
}

/// Change many entries.
///
/// Publishes, schedules, unpublishes, tags, untags or deletes up to 500 entries. Each goes its own way, by the rules for a
/// single one, and `results` says what became of it; one that cannot be changed does not hold up the others. Who may not
/// publish or delete asks an administrator about each. A key needs `changelog:publish` to publish, schedule and unpublish,
/// and `changelog:delete` to delete.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog/bulk",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = wire::BulkBody,
    responses((status = 200, description = "What became of each entry.", body = wire::BulkResult)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn change_many_entries(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    Body(wanted): Body<wire::Bulk>,
) -> Result<Json<wire::BulkResult>, Problem> {
    let wire::Bulk { action, entries: chosen, tag, at } = wanted;
    let action = action.ok_or(Error::NotFound)?;
    let work = BulkWork::of(&cx, may.actor(), may.project_id(), action, &tag, at).await?;
    Ok(Json(entries::bulk(&cx, &work, &chosen).await?.into()))
}

/// List entries.
///
/// Newest first by date of creation unless `sort` says otherwise, drafts included, with their text.
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
/// A draft; publishing is another operation. Takes staff. Where `externalId` names an entry that exists, that entry is
/// sent with 200, unchanged, whatever else the body says; with `If-None-Match: *` it is sent with 412.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("If-None-Match" = Option<String>, Header,
            description = "`*` goes on only if no entry has this `externalId` yet.")
    ),
    request_body = wire::NewEntry,
    responses(
        (
            status = 200,
            description = "The entry that was created under this `externalId` before.",
            body = wire::Entry,
            headers(("Location" = String, description = "Where the entry is."))
        ),
        (
            status = 201,
            description = "The new entry.",
            body = wire::Entry,
            headers(("Location" = String, description = "Where the entry is."))
        ),
        (status = 409, description = "Another entry has this version.", body = ProblemBody),
        (status = 412, description = "There is an entry with this `externalId` already; this is it.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn create_entry(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    headers: HeaderMap,
    Body(new): Body<wire::NewEntry>,
) -> Result<Response, Refusal> {
    let (entry, is_new) = match entries::create_once(&cx, &may, new.into()).await? {
        Created::New(entry) => (entry, true),
        Created::Before(entry) => (entry, false),
    };
    let location = format!("/api/projects/{}/changelog/{}", may.project_id(), entry.id);
    let entry = wire::Entry::of(may.project(), entry);
    if !is_new && conditional::must_be_new(&headers) {
        return Err(Refusal::outdated(conditional::to_bytes(&entry)?));
    }
    let mut response = created(&location, &entry)?;
    if !is_new {
        *response.status_mut() = StatusCode::OK;
    }
    Ok(response)
}

/// Delete all entries.
///
/// Drafts included; the project stays. Each can be restored for 30 days. Staff get 202, and an administrator is asked. Keys
/// are refused.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/changelog",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses(
        (status = 200, description = "They are gone.", body = wire::AllDeleted),
        (status = 202, description = "An administrator has been asked.", body = wire::DeletionRequested),
        (status = 400, description = "An administrator has been asked already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_all_entries(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<DeleteAllEntries>,
) -> Result<Response, Refusal> {
    match entries::delete_all_or_ask(&cx, &way).await? {
        Emptying::Done(entries_deleted) => {
            Ok(Json(wire::AllDeleted { success: true, entries_deleted }).into_response())
        }
        Emptying::Requested(request) => accepted(&wire::DeletionRequested::from(*request)),
    }
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

/// Change an entry.
///
/// What is absent stays. Takes staff; what is public changes only for whoever may publish. `publishedAt`,
/// `scheduledAt` and everything else that clients send back with a whole entry is ignored.
#[utoipa::path(
    put,
    path = "/api/projects/{projectId}/changelog/{entryId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the entry still has this `ETag`.")
    ),
    request_body = wire::EntryChanges,
    responses(
        (status = 200, description = "The entry as it is now.", body = wire::Entry),
        (status = 409, description = "Another entry has this version.", body = ProblemBody),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn update_entry(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    EntryPath(id): EntryPath,
    if_match: IfMatch,
    Body(changes): Body<wire::EntryChanges>,
) -> Result<Response, Refusal> {
    let mut patch = EntryPatch::from(changes);
    if patch.content.as_deref().is_some_and(|content| content.trim().is_empty()) {
        // A draft of the dashboard may have no text yet, and clients send back what they read.
        let may = access::grant::<ReadEntries>(&cx, may.actor(), may.project_id()).await?;
        if !entries::get(&cx, &may, &id).await?.content.trim().is_empty() {
            return Err(Error::field("content", wire::NO_TEXT).into());
        }
        patch.content = None;
    }
    save(&cx, &may, &id, patch, if_match).await
}

/// Change an entry by its id alone.
///
/// As `PUT /api/projects/{projectId}/changelog/{entryId}`, with title and content required.
#[utoipa::path(
    put,
    path = "/api/changelog/entries/{entryId}",
    tag = "Entries",
    params(
        ("entryId" = String, Path, description = "Id of the entry."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the entry still has this `ETag`.")
    ),
    request_body = wire::WholeEntry,
    responses(
        (status = 200, description = "The entry as it is now.", body = wire::Entry),
        (status = 409, description = "Another entry has this version.", body = ProblemBody),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn update_entry_by_id(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    EntryPath(id): EntryPath,
    if_match: IfMatch,
    Body(entry): Body<wire::WholeEntry>,
) -> Result<Response, Refusal> {
    save(&cx, &may, &id, entry.into(), if_match).await
}

async fn save(
    cx: &Services,
    may: &Grant<WriteEntries>,
    id: &EntryId,
    patch: EntryPatch,
    if_match: IfMatch,
) -> Result<Response, Refusal> {
    let shown = if_match.on(shown_in(may.project()));
    let entry = shown.settle(entries::update_if(cx, may, id, patch, &shown).await)?;
    answer(may.project(), entry)
}

/// Publish or unpublish an entry.
///
/// Publishing a published entry changes at most its date. Where the project asks for approval, staff get 202 and an
/// administrator is asked; nothing is public yet.
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
        (status = 202, description = "An administrator has been asked.", body = wire::PublicationRequested),
        (
            status = 400,
            description = "The body is not acceptable, or an administrator has been asked already.",
            body = ProblemBody
        ),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:publish"])))
)]
pub(crate) async fn publish_entry(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<PublishEntries>,
    EntryPath(id): EntryPath,
    if_match: IfMatch,
    Body(change): Body<wire::EntryChange>,
) -> Result<Response, Refusal> {
    let project = way.project();
    let shown = if_match.on(shown_in(project));
    let outcome = match (change.action, &way) {
        (wire::Action::Publish, way) => entries::publish_or_ask(&cx, way, &id, change.published_at, &shown).await,
        (wire::Action::Unpublish, Way::Directly(may)) => {
            entries::unpublish_if(&cx, may, &id, &shown).await.map(Publication::Done)
        }
        (wire::Action::Unpublish, Way::OnRequest(_)) => Err(Error::NeedsApproval),
    };
    match shown.settle(outcome)? {
        Publication::Done(entry) => answer(project, entry),
        Publication::Requested(entry, request) => {
            let body = wire::PublicationRequested::new(wire::Entry::of(project, *entry), *request);
            accepted(&body)
        }
    }
}

/// Delete an entry.
///
/// Administrators delete at once, and staff drafts of their own that were never published. For everything else staff
/// get 202, and an administrator is asked. What is deleted can be restored for 30 days
/// (`POST /api/trash/{trashId}/restore`, by the entry's id).
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/changelog/{entryId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the entry still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The entry as it was.", body = wire::Entry),
        (status = 202, description = "An administrator has been asked.", body = wire::DeletionRequested),
        (status = 400, description = "An administrator has been asked already.", body = ProblemBody),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:delete"])))
)]
pub(crate) async fn delete_entry(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<DeleteEntries>,
    EntryPath(id): EntryPath,
    if_match: IfMatch,
) -> Result<Response, Refusal> {
    let shown = if_match.on(shown_in(way.project()));
    match shown.settle(entries::delete_or_ask(&cx, &way, &id, &shown).await)? {
        Deletion::Done(entry) => answer(way.project(), entry),
        Deletion::Requested(request) => accepted(&wire::DeletionRequested::from(*request)),
    }
}

/// Delete an entry by its id alone.
///
/// As `DELETE /api/projects/{projectId}/changelog/{entryId}`, always answered with 200: `entry` is what is gone,
/// `request` what an administrator has been asked.
#[utoipa::path(
    delete,
    path = "/api/changelog/entries/{entryId}",
    tag = "Entries",
    params(
        ("entryId" = String, Path, description = "Id of the entry."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the entry still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "It is gone, or an administrator has been asked.", body = wire::EntryDeleted),
        (status = 400, description = "An administrator has been asked already.", body = ProblemBody),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:delete"])))
)]
pub(crate) async fn delete_entry_by_id(
    State(cx): State<Services>,
    MayOrAsk(way): MayOrAsk<DeleteEntries>,
    EntryPath(id): EntryPath,
    if_match: IfMatch,
) -> Result<Json<wire::EntryDeleted>, Refusal> {
    let shown = if_match.on(shown_in(way.project()));
    let deletion = shown.settle(entries::delete_or_ask(&cx, &way, &id, &shown).await)?;
    Ok(Json(match deletion {
        Deletion::Done(entry) => wire::EntryDeleted::gone(wire::Entry::of(way.project(), entry)),
        Deletion::Requested(request) => wire::EntryDeleted::requested((*request).into()),
    }))
}

/// Entries of a project as every answer shows them.
fn shown_in(project: &Project) -> impl Fn(&Entry) -> wire::Entry + Send + Sync {
    |entry| wire::Entry::of(project, entry.clone())
}

fn answer(project: &Project, entry: Entry) -> Result<Response, Refusal> {
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &wire::Entry::of(project, entry))?)
}

/// 202: an administrator has been asked.
fn accepted<T: serde::Serialize>(body: &T) -> Result<Response, Refusal> {
    Ok((StatusCode::ACCEPTED, Json(body)).into_response())
}
