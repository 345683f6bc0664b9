//! Reports of views, by scripts of pages and widgets.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, FromRequest, Request, State};
use http::{HeaderMap, header};
use model::{EntryId, ProjectId};
use serde::Serialize;
use services::Services;
use services::views::{Source, Viewed, Visit};
use utoipa::ToSchema;

use crate::extract::{Body, Fields, FromBody};
use crate::problem::Problem;

/// What somebody has looked at.
#[derive(Debug, ToSchema)]
#[schema(
    rename_all = "camelCase",
    example = json!({ "projectId": "cmk60kvj50ce9uvw53efr4edt", "changelogEntryId": "cmk9ri19r0wyojfljooa5lqsa" })
)]
pub(crate) struct NewView {
    /// The id of a project.
    project_id: String,
    /// The id of one of its entries. Left out for the list.
    changelog_entry_id: Option<String>,
}

impl FromBody for NewView {
    const LIMIT: usize = 4 * 1024;

    fn read(fields: &mut Fields) -> Self {
        let project_id = fields.text("projectId").unwrap_or_default();
        if project_id.is_empty() {
            fields.fail("projectId", "The id of the project is missing.");
        }
        Self { project_id, changelog_entry_id: fields.text("changelogEntryId").filter(|id| !id.is_empty()) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "success": true }))]
pub(crate) struct Taken {
    /// Always true.
    success: bool,
}

/// Report a view.
///
/// Counts that somebody has looked at a project or at one entry. The answer is the same for what does not exist, is not
/// public, or is not counted: visitors who ask not to be tracked (`DNT`, `Sec-GPC`), bots, and people signed in here.
#[utoipa::path(
    post,
    path = "/api/analytics/track",
    tag = "Public",
    request_body = NewView,
    responses((status = 200, description = "It was taken.", body = Taken))
)]
pub(crate) async fn track_view(State(cx): State<Services>, request: Request) -> Result<Json<Taken>, Problem> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = peer.map(|peer| cx.settings.trusted_proxies.client(peer, request.headers()));
    let visit = address.and_then(|address| Visit::of(address, request.headers()));
    let source = source(&cx, request.headers());
    let Body(view): Body<NewView> = Body::from_request(request, &cx).await?;
    let entry = view.changelog_entry_id.map(|id| id.parse::<EntryId>()).transpose();
    if let (Some(visit), Ok(project), Ok(entry)) = (visit, view.project_id.parse::<ProjectId>(), entry) {
        cx.views.note(Viewed { project, entry }, source, visit);
    }
    Ok(Json(Taken { success: true }))
}

/// Our own pages report as pages; everything else is a widget on somebody's site.
fn source(cx: &Services, headers: &HeaderMap) -> Source {
    let origin = headers.get(header::ORIGIN).and_then(|value| value.to_str().ok());
    if origin == Some(cx.base_url()) { Source::Page } else { Source::Widget }
}
