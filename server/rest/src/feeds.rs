//! The feed of a public changelog: RSS 2.0 (rssboard.org/rss-specification) with the Atom and Content modules.

mod xml;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use model::entries::Entry;
use model::projects::Project;
use model::time::Timestamp;
use model::{Error, Page};
use services::public::PublicQuery;
use services::{Services, public};

use crate::extract::Address;
use crate::problem::{self, Problem};
use crate::{conditional, cors};

const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");
const XML: HeaderValue = HeaderValue::from_static("application/xml; charset=utf-8");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Read the feed.
///
/// RSS 2.0 with the newest entries of a public project. The `guid` of an item is the id of its entry and never changes.
#[utoipa::path(
    get,
    path = "/api/changelog/{projectId}/rss.xml",
    tag = "Public",
    params(("projectId" = String, Path, description = "Id or slug of a public project.")),
    responses(
        (status = 200, description = "The feed.", body = String, content_type = "application/xml"),
        (status = 503, description = "The project is in maintenance.", body = crate::problem::ProblemBody,
            headers(("Retry-After" = i64, description = "Seconds to wait.")))
    )
)]
pub async fn rss(
    State(cx): State<Services>,
    Address(address): Address,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = public::project(&cx, &address).await?.into_inner();
    if project.maintenance_mode {
        // 404 would make readers unsubscribe.
        let text = project.maintenance_message.as_deref().unwrap_or("This changelog is in maintenance.");
        let mut response = problem::answer(StatusCode::SERVICE_UNAVAILABLE, "maintenance", text);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3600"));
        cors::open(response.headers_mut());
        return Ok(response);
    }
    if !project.enable_rss {
        return Err(Error::NotFound.into());
    }
    let limit = usize::try_from(project.rss_item_limit.clamp(1, 100)).unwrap_or(1);
    let Page { items, .. } = public::list(&cx, &project, &PublicQuery::default(), limit).await?;
    let newest = newest_change(&project, &items);
    let allow_indexing = project.allow_indexing;
    let base = cx.base_url().to_owned();
    // Rendering a hundred long entries takes long enough to be in the way of other requests.
    let body = tokio::task::spawn_blocking(move || xml::write(&base, &project, &items, newest))
        .await
        .map_err(std::io::Error::other)
        .and_then(|written| written)
        .map_err(|error| unwritable(&cx, &error))?;
    let mut response = answer(&headers, body, newest);
    if !allow_indexing {
        response.headers_mut().insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    }
    Ok(response)
}

/// When anything in the feed last changed; never the present, which would make every reading look like news.
fn newest_change(project: &Project, entries: &[Entry]) -> Timestamp {
    let changes = entries.iter().map(|entry| entry.published_at.unwrap_or(entry.updated_at).max(entry.updated_at));
    changes.fold(project.updated_at, Timestamp::max)
}

fn answer(request: &HeaderMap, body: Vec<u8>, changed: Timestamp) -> Response {
    let tag = conditional::tag(&body);
    // A tag knows more than a date, so the date counts only without one (RFC 9110, 13.2.2).
    let is_known = if request.contains_key(IF_NONE_MATCH) {
        conditional::is_known(request, &tag)
    } else {
        request
            .get(IF_MODIFIED_SINCE)
            .and_then(|value| chrono::DateTime::parse_from_rfc2822(value.to_str().ok()?).ok())
            .is_some_and(|since| changed.timestamp() <= since.timestamp())
    };
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = body.into_response();
        response.headers_mut().insert(CONTENT_TYPE, XML);
        response
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, FIVE_MINUTES);
    for (name, value) in [(ETAG, tag), (LAST_MODIFIED, xml::date(changed))] {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    }
    cors::open(headers);
    response
}

fn unwritable(cx: &Services, error: &std::io::Error) -> Problem {
    let reference = cx.random.token(12);
    tracing::error!(%reference, %error, "A feed could not be written");
    Problem(Error::Internal { reference })
}
