//! Imports: what is fetched for them, from addresses and from Canny.

use model::imports::{CannyOptions, CannyStatus, FeedFormat, FromUrl, USUAL_FETCHED};
use model::{Error, ProjectId};
use serde::Serialize;
use serde_json::Value;
use services::imports::CannyEntry;
use utoipa::ToSchema;

use super::import_answers::ValidatedEntry;
use super::imports::project;
use crate::extract::{Fields, FromBody};

/// An address, for a project.
#[derive(Debug)]
pub(crate) struct ImportUrl {
    pub project: ProjectId,
    pub from: FromUrl,
}

impl FromBody for ImportUrl {
    fn read(fields: &mut Fields) -> Self {
        let project = project(fields);
        if fields.peek("options").is_none_or(|options| options.is_null()) {
            fields.fail_missing("options", "options is missing: give an object with the url of a feed.");
        }
        let from = fields.nullable_object("options", |fields| {
            let url = fields.text("url");
            if url.as_ref().is_none_or(|url| url.trim().is_empty()) {
                fields.fail_missing("url", "url is missing: give the address of a feed.");
            }
            let format = one_of(fields, "format", FeedFormat::parse, "auto, rss, atom, github_api or json");
            FromUrl {
                url: url.unwrap_or_default(),
                format: format.unwrap_or(FeedFormat::Auto),
                most: most(fields),
                token: fields.text("githubToken"),
            }
        });
        // Without them the body is refused, and this is never used.
        let nothing = || FromUrl { url: String::new(), format: FeedFormat::Auto, most: USUAL_FETCHED, token: None };
        let from = from.flatten().unwrap_or_else(nothing);
        Self { project, from }
    }
}

fn one_of<T>(fields: &mut Fields, name: &str, parse: fn(&str) -> Option<T>, allowed: &str) -> Option<T> {
    let text = fields.text(name)?;
    let known = parse(&text);
    if known.is_none() {
        fields.fail(name, format!("{name} must be {allowed}."));
    }
    known
}

/// How many entries; a number that is none of ours is refused with the range.
fn most(fields: &mut Fields) -> usize {
    fields.integer("maxEntries").map_or(USUAL_FETCHED, |most| usize::try_from(most).unwrap_or(0))
}

/// Names the members of `options` as the caller sent them.
pub(crate) fn within_options(error: Error, text: &'static str) -> Error {
    let Error::Invalid { mut fields } = error else { return error };
    for field in &mut fields {
        let name = if matches!(field.field.as_str(), "text" | "columns") { text } else { field.field.as_str() };
        field.field = format!("options.{name}");
    }
    Error::Invalid { fields }
}

/// A key of Canny.
pub(crate) struct CannyKey(pub String);

impl FromBody for CannyKey {
    fn read(fields: &mut Fields) -> Self {
        Self(key(fields))
    }
}

fn key(fields: &mut Fields) -> String {
    let key = fields.text("apiKey");
    if key.as_ref().is_none_or(|key| key.trim().is_empty()) {
        fields.fail_missing("apiKey", "apiKey is missing.");
    }
    key.unwrap_or_default()
}

/// A key of Canny, and what to fetch with it.
pub(crate) struct CannyFetch {
    pub key: String,
    pub options: CannyOptions,
}

impl FromBody for CannyFetch {
    fn read(fields: &mut Fields) -> Self {
        let key = key(fields);
        let plain = CannyOptions::default();
        let options = CannyOptions {
            labels: fields.flag("includeLabels").unwrap_or(plain.labels),
            post_tags: fields.flag("includePostTags").unwrap_or(plain.post_tags),
            status: one_of(fields, "statusFilter", CannyStatus::parse, "all, published or draft")
                .unwrap_or(plain.status),
            most: most(fields),
        };
        Self { key, options }
    }
}

/// What Canny says of a key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "valid": false, "error": "Canny does not take this key." }))]
pub(crate) struct CannyKeyChecked {
    valid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
}

impl CannyKeyChecked {
    pub fn new(valid: bool) -> Self {
        Self { valid, error: (!valid).then_some("Canny does not take this key.") }
    }
}

/// Entries of Canny, as `process` takes them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "success": true,
    "entries": [{
        "title": "Dark mode", "content": "A dark theme", "publishedAt": "2026-03-04T12:00:00.000Z", "tags": ["new"],
        "externalId": "canny:5f0", "line": 1, "isValid": true, "errors": [], "warnings": [], "suggestedFixes": {},
        "metadata": {
            "cannyId": "5f0", "url": "https://acme.canny.io/changelog/dark-mode", "likes": 3, "postCount": 1,
            "status": "published"
        }
    }],
    "count": 1
}))]
pub(crate) struct CannyFetched {
    success: bool,
    entries: Vec<FetchedEntry>,
    count: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FetchedEntry {
    #[serde(flatten)]
    entry: ValidatedEntry,
    /// Id, address, likes, number of posts and state at Canny.
    #[schema(value_type = Object)]
    metadata: Value,
}

impl From<Vec<CannyEntry>> for CannyFetched {
    fn from(entries: Vec<CannyEntry>) -> Self {
        let entry = |CannyEntry { entry, metadata }: CannyEntry| FetchedEntry { entry: entry.into(), metadata };
        Self { success: true, count: entries.len(), entries: entries.into_iter().map(entry).collect() }
    }
}

/// What `POST …/import/url` takes.
#[derive(Debug, ToSchema)]
#[schema(as = ImportUrl, rename_all = "camelCase", example = json!({
    "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "options": { "url": "https://changelog.example.com/feed.xml", "format": "auto", "maxEntries": 50 }
}))]
#[expect(dead_code, reason = "the description of what `ImportUrl` reads")]
pub(crate) struct ImportUrlBody {
    project_id: String,
    options: ImportUrlOptions,
}

#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `options` reads")]
pub(crate) struct ImportUrlOptions {
    /// Of a feed, a file, or a repository at GitHub.
    url: String,
    /// `auto` (the default), `rss`, `atom`, `github_api` or `json`.
    format: Option<String>,
    /// Default: 50.
    #[schema(minimum = 1, maximum = 500)]
    max_entries: Option<u32>,
    /// For releases of GitHub. It is sent to the API of GitHub only.
    github_token: Option<String>,
}

/// What `POST …/import/canny/validate` takes.
#[derive(Debug, ToSchema)]
#[schema(as = CannyKey, rename_all = "camelCase", example = json!({ "apiKey": "<key of Canny>" }))]
#[expect(dead_code, reason = "the description of what `CannyKey` reads")]
pub(crate) struct CannyKeyBody {
    api_key: String,
}

/// What `POST …/import/canny/fetch` takes.
#[derive(Debug, ToSchema)]
#[schema(as = CannyFetch, rename_all = "camelCase", example = json!({
    "apiKey": "<key of Canny>", "includeLabels": true, "includePostTags": false, "statusFilter": "published",
    "maxEntries": 50
}))]
#[expect(dead_code, reason = "the description of what `CannyFetch` reads")]
pub(crate) struct CannyFetchBody {
    api_key: String,
    /// Labels become tags. Default: true.
    include_labels: Option<bool>,
    /// Tags of posts become tags. Default: false.
    include_post_tags: Option<bool>,
    /// `published` (the default), `draft` or `all`.
    status_filter: Option<String>,
    /// Default: 50.
    #[schema(minimum = 1, maximum = 500)]
    max_entries: Option<u32>,
}
