//! What is new for a reader, and whole entries as HTML: what widgets ask for beside the list.

use axum::extract::{RawPathParams, State};
use axum::response::Response;
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, HeaderName, HeaderValue};
use model::Error;
use services::cache::{Rendered, Variant};
use services::widgets::Since;
use services::{Services, public, widgets};
use utoipa::IntoParams;

use crate::cached::cached;
use crate::conditional;
use crate::extract::{Address, FromQuery, Params, Query};
use crate::problem::Problem;
use crate::wire;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// From where to count.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `Reader` reads")]
pub(crate) struct ReaderParams {
    /// A date such as `2026-03-04T09:30:00.000Z`, or the id of the newest entry the reader has seen.
    since: Option<String>,
    /// Tags by id or name, separated by commas; entries with any of them count.
    tags: Option<String>,
}

pub(crate) struct Reader {
    since: Option<Since>,
    since_text: String,
    tags: Vec<String>,
}

impl FromQuery for Reader {
    fn read(params: &mut Params) -> Self {
        let since =
            params.one_of("since", "a date such as 2026-03-04T09:30:00.000Z or the id of an entry", Since::parse);
        let tags = params.values("tags").flat_map(|list| list.split(',')).map(str::trim);
        Self {
            since,
            since_text: params.text("since").unwrap_or_default().to_owned(),
            tags: tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        }
    }
}

/// Count what is new.
///
/// How many entries were published after the newest one a reader has seen. An entry with an older date of publication
/// is not new, whenever it was written. In maintenance nothing is listed.
#[utoipa::path(
    get,
    path = "/api/changelog/{projectId}/unread",
    tag = "Public",
    params(("projectId" = String, Path, description = "Id or slug of a public project."), ReaderParams),
    responses((status = 200, description = "What is new.", body = wire::Unread))
)]
pub(crate) async fn count_unread(
    State(cx): State<Services>,
    Address(address): Address,
    Query(Reader { since, since_text, tags }): Query<Reader>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut variant = Variant::new("unread", &address);
    if !(since_text.is_empty() && tags.is_empty()) {
        variant = variant.with(&since_text).with(&tags.join(",")).rare();
    }
    cached(&cx, &headers, variant, async || {
        let project = public::project(&cx, &address).await?.into_inner();
        let unread = widgets::unread(&cx, &project, since.as_ref(), &tags).await?;
        let body = conditional::to_bytes(&wire::Unread::new(unread, project.maintenance_mode))?;
        Ok(Rendered::of(&project.id, JSON, body))
    })
    .await
}

/// Read an entry as HTML.
///
/// A whole document around the sanitised text of one published entry, for widgets that open entries in place. Addresses
/// in it are absolute.
#[utoipa::path(
    get,
    path = "/api/changelog/{projectId}/panel/{entryId}",
    tag = "Public",
    params(
        ("projectId" = String, Path, description = "Id or slug of a public project."),
        ("entryId" = String, Path, description = "Id or slug of a published entry.")
    ),
    responses((status = 200, description = "The entry.", body = String, content_type = "text/html"))
)]
pub(crate) async fn read_entry_html(
    State(cx): State<Services>,
    params: RawPathParams,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut values = params.iter().map(|(_, value)| value.to_owned());
    let (Some(address), Some(entry)) = (values.next(), values.next()) else { return Err(Error::NotFound.into()) };
    let variant = Variant::new("panel", &address).with(&entry);
    cached(&cx, &headers, variant, async || {
        let project = public::project(&cx, &address).await?.into_inner();
        if project.maintenance_mode {
            return Err(Problem(Error::NotFound));
        }
        let entry = public::entry(&cx, &project, &entry).await?.into_inner();
        let page = format!("{}/changelog/{}/{}", cx.base_url(), project.slug, entry.slug);
        let options =
            markdown::Options { heading_offset: 3, absolute_base: Some(&page), ..markdown::Options::default() };
        let text = cx.cache.html(&entry.content, &options);
        let title = escape(&entry.title);
        let html = format!(
            "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><title>{title}</title>\
             <meta name=\"robots\" content=\"noindex\"></head><body>{text}</body></html>"
        );
        // Opened as a page of its own it is text and pictures, whatever it says.
        let policy = HeaderValue::from_static("default-src 'none'; img-src http: https: data:; sandbox");
        Ok(Rendered::of(&project.id, HTML, html)
            .with(CONTENT_SECURITY_POLICY, policy)
            .with(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex")))
    })
    .await
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
