//! Entries as readers, embeds and scripts without a credential get them. A credential changes nothing here.

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use model::projects::Project;
use services::cache::{Rendered, Variant};
use services::public::PublicQuery;
use services::{Services, public};
use utoipa::{IntoParams, ToSchema};

use crate::cached::cached;
use crate::conditional;
use crate::extract::{Address, EntryPath, FromQuery, Params, Query};
use crate::problem::Problem;
use crate::wire::{OnePublicEntry, PublicEntries, PublicEntry, PublicProject};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// What a list of published entries shows.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) struct ListParams {
    /// `nextCursor` of the part before, or the bare id of the entry to continue after.
    cursor: Option<String>,
    /// How many entries to send. Default: 10.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Part of title, version or content, ignoring case.
    #[param(max_length = 200)]
    search: Option<String>,
    /// Tags by id or name, separated by commas; entries with any of them are sent.
    #[param(example = "Feature,Fix")]
    tags: Option<String>,
    /// Whether to send the text of each entry; its excerpt is sent anyway. Default: true.
    content: Option<bool>,
    /// By date of publication. Default: `newest`.
    #[param(inline)]
    sort: Option<Sort>,
}

/// Between which versions or dates.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Span` reads")]
pub(crate) struct SpanParams {
    /// Only what changed since this version, with or without `v`, or since a date such as 2026-03-04. Versions are
    /// compared by their numbers, so one that was never published here can be named, too; anything else is answered 404
    /// with the code `UNKNOWN_VERSION`.
    #[param(max_length = 64, example = "2.3.0")]
    since: Option<String>,
    /// Only up to this version or the end of this day. Of two versions, nothing after the second is sent.
    #[param(max_length = 64, example = "2.4.0")]
    until: Option<String>,
}

/// `since` and `until` of a query.
#[derive(Debug, Default)]
pub(crate) struct Span {
    pub since: Option<String>,
    pub until: Option<String>,
}

impl FromQuery for Span {
    fn read(params: &mut Params) -> Self {
        let read = |name| params.text(name).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Self { since: read("since"), until: read("until") }
    }
}

impl Span {
    /// What an answer is kept under: there are too many to be kept like the list itself.
    pub fn variant(&self, variant: Variant) -> Variant {
        match (&self.since, &self.until) {
            (None, None) => variant,
            (since, until) => variant
                .with("between")
                .with(since.as_deref().unwrap_or_default())
                .with(until.as_deref().unwrap_or_default())
                .rare(),
        }
    }
}

/// Which end of a list comes first.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) enum Sort {
    Newest,
    Oldest,
}

pub(crate) struct Listing {
    limit: usize,
    content: bool,
    query: PublicQuery,
}

impl Listing {
    /// What its answer is kept under. Searches and later parts are too many to be kept like first parts.
    fn variant(&self, address: &str) -> Variant {
        let Self { limit, content, query } = self;
        let order = if query.oldest_first { "oldest" } else { "newest" };
        let cursor = query.cursor.as_deref().unwrap_or_default();
        let parts = [if *content { "whole" } else { "short" }, order, &query.search, cursor, &limit.to_string()];
        let variant = parts.iter().fold(Variant::new("entries", address), |variant, part| variant.with(part));
        let variant = query.tags.iter().fold(variant, |variant, tag| variant.with(tag));
        let span = Span { since: query.since.clone(), until: query.until.clone() };
        let variant = span.variant(variant);
        let is_rare = !query.search.is_empty() || !cursor.is_empty() || query.tags.len() > 1;
        if is_rare { variant.rare() } else { variant }
    }
}

impl FromQuery for Listing {
    fn read(params: &mut Params) -> Self {
        let Span { since, until } = Span::read(params);
        let tags = params.values("tags").flat_map(|list| list.split(',')).map(str::trim);
        Self {
            limit: usize::try_from(params.number("limit", 10, 1, 100)).unwrap_or(10),
            content: !matches!(params.text("content"), Some("false" | "0")),
            query: PublicQuery {
                search: params.text("search").unwrap_or_default().to_owned(),
                tags: tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
                oldest_first: params.text("sort") == Some("oldest"),
                cursor: params.text("cursor").map(str::to_owned),
                since,
                until,
            },
        }
    }
}

/// List published entries.
///
/// Entries of a public project by date of publication. Follow `nextCursor` until it is missing; no entry is skipped or
/// repeated, and filters hold on every part. In maintenance the list is empty.
#[utoipa::path(
    get,
    path = "/api/changelog/{projectId}/entries",
    tag = "Public",
    params(("projectId" = String, Path, description = "Id or slug of a public project."), ListParams, SpanParams),
    responses((status = 200, description = "One part of the list.", body = PublicEntries))
)]
pub(crate) async fn list_public_entries(
    State(cx): State<Services>,
    Address(address): Address,
    Query(listing): Query<Listing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    entries(&cx, &address, listing, &headers).await
}

/// List published entries, old address.
///
/// The same as `/api/changelog/{projectId}/entries`, for clients that know this address.
#[utoipa::path(
    get,
    path = "/api/changelog/{projectId}/entries/all",
    tag = "Public",
    params(("projectId" = String, Path, description = "Id or slug of a public project."), ListParams, SpanParams),
    responses((status = 200, description = "One part of the list.", body = PublicEntries))
)]
pub(crate) async fn list_all_public_entries(
    State(cx): State<Services>,
    Address(address): Address,
    Query(listing): Query<Listing>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    entries(&cx, &address, listing, &headers).await
}

/// Read a published entry.
///
/// By its id alone. In maintenance the answer has no `entry`.
#[utoipa::path(
    get,
    path = "/api/changelog/entries/{entryId}",
    tag = "Public",
    params(("entryId" = String, Path, description = "Id of a published entry of a public project.")),
    responses((status = 200, description = "The entry and its project.", body = OnePublicEntry))
)]
pub(crate) async fn get_public_entry(
    State(cx): State<Services>,
    EntryPath(id): EntryPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    cached(&cx, &headers, Variant::new("entry-json", id.as_str()), async || {
        let (project, entry) = public::entry_by_id(&cx, &id).await?;
        let body = conditional::to_bytes(&OnePublicEntry::new(&project, entry))?;
        Ok(Rendered::of(&project.id, JSON, body))
    })
    .await
}

async fn entries(cx: &Services, address: &str, listing: Listing, headers: &HeaderMap) -> Result<Response, Problem> {
    cached(cx, headers, listing.variant(address), async || {
        let project = public::project(cx, address).await?.into_inner();
        let body = conditional::to_bytes(&page(cx, &project, listing).await?)?;
        Ok(Rendered::of(&project.id, JSON, body))
    })
    .await
}

async fn page(cx: &Services, project: &Project, listing: Listing) -> Result<PublicEntries, Problem> {
    let Listing { limit, content, query } = listing;
    let shown = PublicProject::from(project);
    if project.maintenance_mode {
        return Ok(PublicEntries { project: shown, items: Vec::new(), next_cursor: None });
    }
    let page = public::list(cx, project, &query, limit).await?;
    Ok(PublicEntries {
        project: shown,
        items: page.items.into_iter().map(|entry| PublicEntry::new(entry, content)).collect(),
        next_cursor: page.next.map(String::from),
    })
}
