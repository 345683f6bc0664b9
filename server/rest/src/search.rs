//! Searching the entries of all projects.

use axum::Json;
use axum::extract::State;
use services::access::ReadEntries;
use services::{InstanceGrant, Services, search};

use crate::extract::{Body, MayInstance, Query};
use crate::problem::Problem;
use crate::wire::{self, Asked, SearchResults};

/// Search for entries.
///
/// The first ten entries of all projects the caller sees, drafts included, that have every word of the query in title,
/// version or text, ignoring case. The beginning of a word is enough; where no word begins so, a part of one is enough,
/// and then a word that is spelt nearly so. Words in the title count most, then those in the version; what is equal is
/// ordered by date, newest first. Under 2 characters nothing is found.
#[utoipa::path(
    get,
    path = "/api/search",
    tag = "Search",
    params(("q" = String, Query, description = "What to search for; at most 200 characters.", example = "dark mode")),
    responses((status = 200, description = "What was found.", body = SearchResults)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn search_entries(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadEntries>,
    Query(asked): Query<Asked>,
) -> Result<Json<SearchResults>, Problem> {
    answer(&cx, &may, asked).await
}

/// Search for entries, with filters.
///
/// As `GET /api/search`, part by part and narrowed to projects, dates and tags.
#[utoipa::path(
    post,
    path = "/api/search",
    tag = "Search",
    request_body = wire::Search,
    responses((status = 200, description = "What was found.", body = SearchResults)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn search_entries_narrowed(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadEntries>,
    Body(search): Body<wire::Search>,
) -> Result<Json<SearchResults>, Problem> {
    answer(&cx, &may, search.into()).await
}

async fn answer(cx: &Services, may: &InstanceGrant<ReadEntries>, asked: Asked) -> Result<Json<SearchResults>, Problem> {
    let start = cx.clock.now();
    let Asked { query, limit, offset } = asked;
    let found = search::find(cx, may, &query, limit, offset).await?;
    Ok(Json(SearchResults::new(found, query.text, start, cx.clock.now())))
}
