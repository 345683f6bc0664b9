//! Small things that wait for an entry to take them along.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use services::access::{ReadEntries, WriteEntries};
use services::{Services, quick_notes};

use crate::extract::{Body, May, QuickNotePath};
use crate::problem::Problem;
use crate::projects::created;
use crate::wire;

/// List the quick notes of a project.
///
/// What waits for an entry to take it along, oldest first.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/quick-notes",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The notes.", body = wire::QuickNoteList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_quick_notes(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
) -> Result<Json<wire::QuickNoteList>, Problem> {
    let notes = quick_notes::list(&cx, &may).await?.into_iter().map(wire::QuickNote::from).collect();
    Ok(Json(wire::QuickNoteList { notes }))
}

/// Add a quick note.
///
/// It waits until somebody puts it into an entry, under “Also fixed”.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/quick-notes",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = wire::NewQuickNoteBody,
    responses((
        status = 201,
        description = "The new note.",
        body = wire::OneQuickNote,
        headers(("Location" = String, description = "Where the notes are listed."))
    )),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn add_quick_note(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    Body(wire::NewQuickNote(text)): Body<wire::NewQuickNote>,
) -> Result<Response, Problem> {
    let note = quick_notes::add(&cx, &may, &text).await?;
    let location = format!("/api/projects/{}/quick-notes", may.project_id());
    created(&location, &wire::OneQuickNote { note: note.into() })
}

/// Delete a quick note.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/quick-notes/{noteId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("noteId" = String, Path, description = "Id of the note.")
    ),
    responses((status = 200, description = "The note is gone.", body = wire::Deleted)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn delete_quick_note(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    QuickNotePath(id): QuickNotePath,
) -> Result<Json<wire::Deleted>, Problem> {
    quick_notes::delete(&cx, &may, &id).await?;
    Ok(Json(wire::Deleted { success: true }))
}
