//! Searching, as it is asked for and answered.

use model::ProjectId;
use model::search::{self, MAX_QUERY};
use model::time::{Timestamp, to_wire};
use serde::Serialize;
use services::search::{Found, Hit, SearchQuery};
use utoipa::ToSchema;

use super::public::PublicTag;
use crate::extract::{Fields, FromBody, FromQuery, Params};

/// The most projects or tags a search is narrowed to.
const MOST: usize = 100;
const MOST_RESULTS: i64 = 50;
/// Far beyond any list.
const FARTHEST: i64 = 1_000_000_000;

/// What `POST /api/search` takes. Other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(example = json!({
    "query": "dark mode", "limit": 20, "offset": 0,
    "filters": {
        "projectIds": ["cmk60kvj50ce9uvw53efr4edt"], "tags": ["Feature"], "hasVersion": true,
        "dateRange": { "start": "2026-01-01", "end": "2026-03-31T23:59:59.999Z" }
    }
}))]
pub(crate) struct Search {
    /// Every word must occur in title, version or text. Under 2 characters nothing is found.
    #[schema(min_length = 1, max_length = 200)]
    query: String,
    /// Default: 20.
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<i64>,
    /// How many results to leave out. Default: 0.
    #[schema(minimum = 0)]
    offset: Option<i64>,
    filters: Option<SearchFilters>,
}

/// Only entries that fit all of these.
#[derive(Debug, Default, ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct SearchFilters {
    #[schema(max_items = 100, value_type = Option<Vec<String>>)]
    project_ids: Vec<ProjectId>,
    date_range: Option<DateRange>,
    /// Only entries with a version, or only those without.
    has_version: Option<bool>,
    /// By id or name; entries with any of them.
    #[schema(max_items = 100, value_type = Option<Vec<String>>)]
    tags: Vec<String>,
}

/// By date of publication, or of creation for what is not published. Both bounds are included, and each may be absent. A
/// plain date is midnight UTC.
#[derive(Debug, Default, ToSchema)]
pub(crate) struct DateRange {
    #[schema(value_type = Option<String>, format = DateTime)]
    start: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    end: Option<Timestamp>,
}

impl FromBody for Search {
    fn read(fields: &mut Fields) -> Self {
        let query = fields.text("query");
        match query.as_deref().map(|query| query.chars().count()) {
            None | Some(0) => fields.fail("query", "The query is missing."),
            Some(length) if length > MAX_QUERY => fields.fail("query", too_long(length)),
            Some(_) => {}
        }
        Self {
            query: query.unwrap_or_default(),
            limit: fields.integer("limit"),
            offset: fields.integer("offset"),
            filters: fields.nullable_object("filters", SearchFilters::read).flatten(),
        }
    }
}

fn too_long(length: usize) -> String {
    format!("The query has {length} characters; at most {MAX_QUERY} are allowed.")
}

impl SearchFilters {
    fn read(fields: &mut Fields) -> Self {
        let mut project_ids = Vec::new();
        let given = fields.texts("projectIds").unwrap_or_default();
        let tags = fields.texts("tags").unwrap_or_default();
        for (name, length) in [("projectIds", given.len()), ("tags", tags.len())] {
            if length > MOST {
                fields.fail(name, format!("{name} has {length} elements; at most {MOST} are allowed."));
            }
        }
        for (position, text) in given.into_iter().enumerate() {
            match text.parse() {
                Ok(id) => project_ids.push(id),
                Err(_) => fields.fail(format!("projectIds.{position}"), "That is not the id of a project."),
            }
        }
        let date_range = fields
            .nullable_object("dateRange", |fields| DateRange { start: fields.time("start"), end: fields.time("end") });
        Self { project_ids, date_range: date_range.flatten(), has_version: fields.flag("hasVersion"), tags }
    }
}

/// A search, ready to be done.
pub(crate) struct Asked {
    pub query: SearchQuery,
    pub limit: i64,
    pub offset: i64,
}

impl From<Search> for Asked {
    fn from(search: Search) -> Self {
        let filters = search.filters.unwrap_or_default();
        let range = filters.date_range.unwrap_or_default();
        Self {
            query: SearchQuery {
                text: search.query,
                projects: filters.project_ids,
                tags: filters.tags,
                from: range.start,
                to: range.end,
                has_version: filters.has_version,
            },
            limit: search.limit.unwrap_or(20).clamp(1, MOST_RESULTS),
            offset: search.offset.unwrap_or(0).clamp(0, FARTHEST),
        }
    }
}

/// `q` of a query.
impl FromQuery for Asked {
    fn read(params: &mut Params) -> Self {
        let text = params.text("q").unwrap_or_default().to_owned();
        let length = text.chars().count();
        if !params.has("q") {
            params.fail("q", "The query is missing: send it as q.");
        } else if length > MAX_QUERY {
            params.fail("q", too_long(length));
        }
        Self { query: SearchQuery { text, ..SearchQuery::default() }, limit: 10, offset: 0 }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "content": "New A dark theme for every page.",
    "version": "2.4.0", "publishedAt": "2026-03-04T09:30:00.000Z", "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "projectName": "Orbit Mail", "tags": [{ "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6" }],
    "type": "entry", "url": "/dashboard/projects/cmk60kvj50ce9uvw53efr4edt/changelog/cmk9ri19r0wyojfljooa5lqsa",
    "isPublished": true
}))]
pub(crate) struct SearchResult {
    id: String,
    title: String,
    /// Plain text of at most 150 characters around the first place where the query was found.
    content: String,
    #[schema(required = true)]
    version: Option<String>,
    #[schema(format = DateTime, required = true)]
    published_at: Option<String>,
    project_id: String,
    project_name: String,
    tags: Vec<PublicTag>,
    /// Always `entry`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The path of the entry in the dashboard.
    url: String,
    is_published: bool,
}

impl SearchResult {
    fn new(hit: Hit, query: &str, now: Timestamp) -> Self {
        Self {
            content: search::snippet(&markdown::plain_text(&hit.content), query),
            url: format!("/dashboard/projects/{}/changelog/{}", hit.project_id, hit.id),
            is_published: hit.published_at.is_some_and(|date| date <= now),
            id: hit.id.into(),
            title: hit.title,
            version: hit.version,
            published_at: hit.published_at.map(to_wire),
            project_id: hit.project_id.into(),
            project_name: hit.project_name,
            tags: hit.tags.into_iter().map(PublicTag::from).collect(),
            kind: "entry",
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "success": true,
    "results": [{
        "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "content": "New A dark theme for every page.",
        "version": "2.4.0", "publishedAt": "2026-03-04T09:30:00.000Z", "projectId": "cmk60kvj50ce9uvw53efr4edt",
        "projectName": "Orbit Mail", "tags": [], "type": "entry",
        "url": "/dashboard/projects/cmk60kvj50ce9uvw53efr4edt/changelog/cmk9ri19r0wyojfljooa5lqsa", "isPublished": true
    }],
    "total": 1, "executionTime": 4, "query": "dark"
}))]
pub(crate) struct SearchResults {
    /// Always true.
    success: bool,
    results: Vec<SearchResult>,
    /// How many entries were found, on all parts.
    total: i64,
    /// How long the search took, in milliseconds.
    #[schema(example = 4)]
    execution_time: i64,
    query: String,
}

impl SearchResults {
    /// What was found by a search that began at `start` and ended `now`.
    pub fn new(found: Found, query: String, start: Timestamp, now: Timestamp) -> Self {
        // A word that was mistyped stands in no text, so the snippet is around what was read in its place.
        let shown = if found.instead.is_empty() { query.clone() } else { found.words.join(" ") };
        Self {
            success: true,
            results: found.hits.into_iter().map(|hit| SearchResult::new(hit, &shown, now)).collect(),
            total: found.total,
            execution_time: (now - start).num_milliseconds(),
            query,
        }
    }
}
