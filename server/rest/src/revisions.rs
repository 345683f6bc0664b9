//! The history of an entry.

use axum::Json;
use axum::extract::State;
use model::entries::Entry;
use model::revisions::{MAX_PAGE, PAGE, Place};
use model::{Error, RevisionId};
use services::Services;
use services::access::{DeleteAllHistory, ReadEntries, WriteEntries};
use services::history::{self, ListQuery, Restore};
use utoipa::IntoParams;

use crate::conditional::{IfMatch, Refusal};
use crate::extract::{Body, EntryPath, FromQuery, May, Params, Query, RevisionPath};
use crate::problem::{Problem, ProblemBody};
use crate::wire;

/// Which revisions to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) struct ListParams {
    /// `nextCursor` of the page before, or the id of a revision to go on after.
    cursor: Option<String>,
    /// Revisions on a page. Default: 20.
    #[param(minimum = 1, maximum = 50)]
    limit: Option<i64>,
    /// Part of title, version or label, ignoring case.
    search: Option<String>,
}

/// Where to go on.
enum After {
    Place(Place),
    Revision(RevisionId),
}

pub(crate) struct Listing {
    after: Option<After>,
    limit: usize,
    search: String,
}

impl FromQuery for Listing {
    fn read(params: &mut Params) -> Self {
        let limit = params.number("limit", PAGE as i64, 1, MAX_PAGE as i64);
        let after = |text: &str| match text.parse() {
            Ok(place) => Some(After::Place(place)),
            Err(_) => text.parse().ok().map(After::Revision),
        };
        Self {
            after: params.one_of("cursor", "nextCursor of the page before", after),
            limit: usize::try_from(limit).unwrap_or(PAGE),
            search: params.text("search").unwrap_or_default().chars().take(200).collect(),
        }
    }
}

/// List the revisions of an entry.
///
/// Pinned ones first, then newest first, without their texts.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}/revisions",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ListParams
    ),
    responses((status = 200, description = "One page of revisions.", body = wire::RevisionList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_revisions(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(entry): EntryPath,
    Query(Listing { after, limit, search }): Query<Listing>,
) -> Result<Json<wire::RevisionList>, Problem> {
    let after = match after {
        None => None,
        Some(After::Place(place)) => Some(place),
        Some(After::Revision(id)) => match history::place(&cx, &may, &entry, &id).await {
            Err(Error::NotFound) => {
                // An entry that is not there is answered as such.
                history::count(&cx, &may, &entry).await?;
                return Err(Error::field("cursor", "cursor must be nextCursor of the page before.").into());
            }
            found => Some(found?),
        },
    };
    Ok(Json(history::list(&cx, &may, &entry, &ListQuery { search, after, limit }).await?.into()))
}

/// Count the revisions of an entry.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}/revisions/count",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry.")
    ),
    responses((status = 200, description = "How many are kept.", body = wire::RevisionCount)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn count_revisions(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(entry): EntryPath,
) -> Result<Json<wire::RevisionCount>, Problem> {
    Ok(Json(wire::RevisionCount { count: history::count(&cx, &may, &entry).await? }))
}

/// Read a revision.
///
/// With its text, and what it changed.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("revisionId" = String, Path, description = "Id of the revision.")
    ),
    responses((status = 200, description = "The revision.", body = wire::RevisionDetail)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn get_revision(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(entry): EntryPath,
    RevisionPath(id): RevisionPath,
) -> Result<Json<wire::RevisionDetail>, Problem> {
    let (revision, previous) = history::get(&cx, &may, &entry, &id).await?;
    let (previous, before) = previous.map(|previous| (previous.summary, previous.content)).unzip();
    let diff = history::difference(before.unwrap_or_default(), revision.content.clone()).await?;
    Ok(Json(wire::RevisionDetail::new(revision, previous, diff)))
}

/// Mark a revision.
///
/// Gives it a label, an icon, a colour, or a place on top. What is pinned or labelled is never pruned. Takes staff.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("revisionId" = String, Path, description = "Id of the revision.")
    ),
    request_body = wire::RevisionMarkBody,
    responses((status = 200, description = "The revision as it is marked now.", body = wire::MarkedRevision)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn mark_revision(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    EntryPath(entry): EntryPath,
    RevisionPath(id): RevisionPath,
    Body(wire::RevisionMark(patch)): Body<wire::RevisionMark>,
) -> Result<Json<wire::MarkedRevision>, Problem> {
    Ok(Json(history::mark(&cx, &may, &entry, &id, patch).await?.into()))
}

/// Restore a revision.
///
/// Gives the entry title, text, version and tags of the revision, as a new revision; tags that were deleted since do not
/// come back. Takes staff; what is public changes only for whoever may publish.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}/restore",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("revisionId" = String, Path, description = "Id of the revision."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the entry still has this `ETag`.")
    ),
    request_body = wire::RestoreRevision,
    responses(
        (status = 200, description = "The entry as it is now.", body = wire::RestoredEntry),
        (status = 409, description = "Another entry has this version; `withoutVersion` leaves it out.", body = ProblemBody),
        (status = 412, description = "The entry has changed; this is how it is now.", body = wire::Entry)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn restore_revision(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    EntryPath(entry): EntryPath,
    RevisionPath(revision): RevisionPath,
    if_match: IfMatch,
    Body(wire::RestoreRevision { without_version }): Body<wire::RestoreRevision>,
) -> Result<Json<wire::RestoredEntry>, Refusal> {
    let shown = if_match.on(|entry: &Entry| wire::Entry::of(may.project(), entry.clone()));
    let wish = Restore { revision, without_version, lock_version: None };
    let restored = shown.settle(history::restore(&cx, &may, &entry, &wish, &shown).await)?;
    Ok(Json(wire::RestoredEntry {
        entry: wire::Entry::of(may.project(), restored.entry),
        new_revision_id: restored.revision.into(),
    }))
}

/// Tell who wrote which line.
///
/// Of every line of a revision, the revision that brought it. Refused above 5,000 lines.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}/revisions/{revisionId}/blame",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry."),
        ("revisionId" = String, Path, description = "Id of the revision.")
    ),
    responses(
        (status = 200, description = "Line by line.", body = wire::RevisionBlame),
        (status = 400, description = "The text has more than 5,000 lines.", body = ProblemBody)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn blame_revision(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(entry): EntryPath,
    RevisionPath(id): RevisionPath,
) -> Result<Json<wire::RevisionBlame>, Problem> {
    Ok(Json(history::blame(&cx, &may, &entry, &id).await?.into()))
}

/// Delete the history of a project.
///
/// Every revision of every entry, pinned ones included; the entries stay as they are. Takes an administrator, and no key.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/changelog/history",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "They are gone.", body = wire::HistoryDeleted)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_history(
    State(cx): State<Services>,
    May(may): May<DeleteAllHistory>,
) -> Result<Json<wire::HistoryDeleted>, Problem> {
    Ok(Json(wire::HistoryDeleted { success: true, revisions_deleted: history::delete_all(&cx, &may).await? }))
}
