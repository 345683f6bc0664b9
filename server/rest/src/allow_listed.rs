//! Which operations are for everybody, wherever they are. All others are answered only to addresses on the list, where
//! the instance keeps one: what is not named here is private.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::Method;
use services::{Services, allow_list};

use crate::identify::client_of;
use crate::problem::Problem;

/// Whether an operation belongs to readers' pages, feeds, widgets, or to those who watch over the server.
pub(crate) fn is_for_everybody(method: &Method, path: &str) -> bool {
    match *method {
        Method::GET | Method::HEAD => matches!(
            path,
            "/api/changelog/{projectId}/entries"
                | "/api/changelog/{projectId}/entries/all"
                | "/api/changelog/entries/{entryId}"
                | "/api/changelog/{projectId}/rss.xml"
                | "/api/changelog/{projectId}/unread"
                | "/api/changelog/{projectId}/panel/{entryId}"
                | "/api/integrations/widget/{projectId}"
                | "/api/integrations/widget/{projectId}/{widgetId}"
                | "/api/health"
                | "/openapi.json"
                | "/swagger.json"
        ),
        Method::POST => path == "/api/analytics/track",
        _ => false,
    }
}

/// Refuses who comes from an address that is not on the list, before anything else is looked at.
pub(crate) async fn guard(State(cx): State<Services>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    if is_for_everybody(request.method(), path.trim_end_matches('/')) {
        return next.run(request).await;
    }
    let client = client_of(&cx, request.extensions(), request.headers());
    match allow_list::check(&cx, &client).await {
        Ok(()) => next.run(request).await,
        Err(error) => Problem(error).into_response(),
    }
}
