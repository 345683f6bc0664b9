//! Bookmarks, as a file.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use model::bookmarks::{BookmarkFile, FiledBookmark};
use serde::Serialize;
use services::access::ReadEntries;
use services::{Services, bookmarks};
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::conditional::PRIVATE;
use crate::extract::MayInstance;
use crate::problem::Problem;

/// The caller's bookmarks by project, in the form that the dashboard reads again.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "exportedAt": "2026-03-04T09:30:00.000Z",
    "bookmarks": { "cmk60kvj50ce9uvw53efr4edt": [{
        "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Faster search", "projectId": "cmk60kvj50ce9uvw53efr4edt",
        "bookmarkedAt": "2026-03-03T10:12:45.901Z"
    }] }
}))]
pub(crate) struct Bookmarks {
    #[schema(format = DateTime)]
    exported_at: String,
    bookmarks: BTreeMap<String, Vec<Bookmarked>>,
}

/// A marked entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Bookmarked {
    id: String,
    title: String,
    project_id: String,
    #[schema(required = true, format = DateTime)]
    bookmarked_at: Option<String>,
}

impl From<FiledBookmark> for Bookmarked {
    fn from(filed: FiledBookmark) -> Self {
        let FiledBookmark { id, title, project_id, bookmarked_at } = filed;
        Self { id, title, project_id, bookmarked_at }
    }
}

impl From<BookmarkFile> for Bookmarks {
    fn from(file: BookmarkFile) -> Self {
        let each = |(project, filed): (String, Vec<FiledBookmark>)| {
            (project, filed.into_iter().map(Bookmarked::from).collect())
        };
        Self { exported_at: file.exported_at, bookmarks: file.bookmarks.into_iter().map(each).collect() }
    }
}

/// Export bookmarks.
///
/// The entries that the caller has marked; a key shows those of its owner, in its project where it is bound to one.
#[utoipa::path(
    get,
    path = "/api/bookmarks",
    tag = "Entries",
    responses((
        status = 200,
        description = "The file.",
        body = Bookmarks,
        headers(("Content-Disposition" = String, description = "`attachment` with a name for the file."))
    )),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn export_bookmarks(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadEntries>,
) -> Result<Response, Problem> {
    let mut response = Json(Bookmarks::from(bookmarks::file(&cx, &may).await?)).into_response();
    let headers = response.headers_mut();
    let disposition = HeaderValue::from_static("attachment; filename=\"bookmarks.json\"");
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    Ok(response)
}
