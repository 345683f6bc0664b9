//! The feeds of public changelogs: RSS 2.0 (rssboard.org/rss-specification) with the Atom and Content modules, Atom 1.0
//! (RFC 4287) and JSON Feed 1.1 (jsonfeed.org), of a project and of each of its tags.

mod atom;
mod json;
mod rss;
mod xml;

use std::io;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::{Error, tags};
use services::Services;
use services::cache::{Rendered, Variant};
use services::feeds::{self, Feed};

use crate::cached::cached;
use crate::conditional::PRIVATE;
use crate::cors;
use crate::extract::{Address, Query, TagAddress};
use crate::layer;
use crate::problem::{self, Problem};
use crate::public::{Span, SpanParams};

const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// One way to write a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Rss,
    Atom,
    Json,
}

impl Format {
    const ALL: [Format; 3] = [Format::Rss, Format::Atom, Format::Json];

    /// Its name below the page that the feed follows.
    fn file(self) -> &'static str {
        match self {
            Format::Rss => "rss.xml",
            Format::Atom => "atom.xml",
            Format::Json => "feed.json",
        }
    }

    /// What links to it say.
    fn media_type(self) -> &'static str {
        match self {
            Format::Rss => "application/rss+xml",
            Format::Atom => "application/atom+xml",
            Format::Json => "application/feed+json",
        }
    }

    /// What its answer says. Existing clients know RSS as plain XML, which browsers also show instead of saving it.
    fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Format::Rss => "application/xml; charset=utf-8",
            Format::Atom => "application/atom+xml; charset=utf-8",
            Format::Json => "application/feed+json; charset=utf-8",
        })
    }

    fn write(self, feed: &Feed) -> io::Result<Vec<u8>> {
        match self {
            Format::Rss => rss::write(feed),
            Format::Atom => atom::write(feed),
            Format::Json => json::write(feed),
        }
    }

    /// The absolute address of a feed in this format.
    fn address(self, feed: &Feed) -> String {
        format!("{}/{}", feed.page, self.file())
    }

    /// The same feed in the other formats.
    fn others(self) -> impl Iterator<Item = Format> {
        Format::ALL.into_iter().filter(move |&other| other != self)
    }
}

/// What feeds call their language until projects say theirs.
const LANGUAGE: &str = "en-US";

/// The feeds beside readers' pages.
pub fn routes() -> Router<Services> {
    Format::ALL.into_iter().fold(Router::new(), |router, format| {
        let file = format.file();
        let of_project = async move |State(cx): State<Services>, Address(address), Query(span), headers: HeaderMap| {
            answer(&cx, format, &address, None, span, &headers).await
        };
        let of_tag = async move |State(cx): State<Services>,
                                 Address(address),
                                 TagAddress(tag),
                                 Query(span),
                                 headers: HeaderMap| {
            answer(&cx, format, &address, Some(&tag), span, &headers).await
        };
        router
            .route(&format!("/changelog/{{project}}/{file}"), get(of_project).options(preflight))
            .route(&format!("/changelog/{{project}}/tags/{{tag}}/{file}"), get(of_tag).options(preflight))
    })
}

/// Pages of every origin may read feeds, also with a tag of their last copy.
async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    cors::answer_preflight(response.headers_mut());
    cors::open(response.headers_mut());
    response
}

/// Read the feed.
///
/// RSS 2.0 with the newest entries of a public project. The `guid` of an item is the id of its entry and never changes.
/// Atom and JSON Feed are beside the public page, at `/changelog/{project}/atom.xml` and `/changelog/{project}/feed.json`.
#[utoipa::path(
    get,
    path = "/api/changelog/{projectId}/rss.xml",
    operation_id = "read_feed",
    tag = "Public",
    params(("projectId" = String, Path, description = "Id or slug of a public project."), SpanParams),
    responses(
        (status = 200, description = "The feed.", body = String, content_type = "application/xml"),
        (status = 503, description = "The project is in maintenance.", body = crate::problem::ProblemBody,
            headers(("Retry-After" = i64, description = "Seconds to wait.")))
    )
)]
pub(crate) async fn rss(
    State(cx): State<Services>,
    Address(address): Address,
    Query(span): Query<Span>,
    headers: HeaderMap,
) -> Response {
    answer(&cx, Format::Rss, &address, None, span, &headers).await
}

async fn answer(
    cx: &Services,
    format: Format,
    address: &str,
    tag: Option<&str>,
    span: Span,
    headers: &HeaderMap,
) -> Response {
    let variant = Variant::new(format.file(), address);
    let variant = match tag {
        None => variant,
        Some(tag) if tags::key(tag) == tag => variant.with(tag),
        // A name can be spelt in more ways than should be kept.
        Some(tag) => variant.with(tag).rare(),
    };
    let variant = span.variant(variant);
    let mut response = match cached(cx, headers, variant, async || render(cx, format, address, tag, span).await).await {
        Ok(response) => response,
        Err(not_kept) => {
            let mut response = match not_kept {
                NotKept::Maintenance(message) => maintenance(message.as_deref()),
                NotKept::Failed(error) => Problem(error).into_response(),
            };
            response.headers_mut().insert(CACHE_CONTROL, PRIVATE);
            response
        }
    };
    cors::open(response.headers_mut());
    // Feeds beside readers' pages are outside of the layer that names all other answers.
    layer::name(response.headers_mut(), cx.random.token(20));
    response
}

/// What is answered afresh each time.
enum NotKept {
    Maintenance(Option<String>),
    Failed(Error),
}

impl From<Error> for NotKept {
    fn from(error: Error) -> Self {
        NotKept::Failed(error)
    }
}

async fn render(
    cx: &Services,
    format: Format,
    address: &str,
    tag: Option<&str>,
    span: Span,
) -> Result<Rendered, NotKept> {
    let (project, tag) = feeds::find(cx, address, tag).await?;
    if project.maintenance_mode {
        return Err(NotKept::Maintenance(project.maintenance_message));
    }
    let (id, allow_indexing) = (project.id.clone(), project.allow_indexing);
    let source = feeds::load(cx, project, tag, span.since, span.until).await?;
    let (cache, base) = (cx.cache.clone(), cx.base_url().to_owned());
    // Rendering a hundred long entries takes long enough to be in the way of other requests.
    let written = tokio::task::spawn_blocking(move || {
        let feed = feeds::compose(&cache, &base, &source);
        format.write(&feed).map(|body| (body, feed.changed))
    });
    let (body, changed) = written.await.map_err(io::Error::other).and_then(|written| written).map_err(|error| {
        let reference = cx.random.token(12);
        tracing::error!(%reference, %error, "A feed could not be written");
        Error::Internal { reference }
    })?;
    let rendered = Rendered::of(&id, format.content_type(), body).with(CACHE_CONTROL, FIVE_MINUTES).changed_at(changed);
    Ok(if allow_indexing { rendered } else { rendered.with(ROBOTS, HeaderValue::from_static("noindex, nofollow")) })
}

/// Not 404, which would make readers unsubscribe.
fn maintenance(message: Option<&str>) -> Response {
    let text = message.unwrap_or("This changelog is in maintenance.");
    let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, "maintenance", text);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3600"));
    response
}
