//! The images that link previews show.

use std::sync::Arc;

use ::cards::{Card, Rgb};
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use model::entries::Entry;
use model::projects::Project;
use model::{Error, versions};
use rest::cached;
use services::Services;
use services::cache::{Rendered, Variant};
use services::public::{self, PublicQuery};
use services::zones::Zone;
use tokio::sync::Semaphore;

use super::{Stop, site};

const PNG: HeaderValue = HeaderValue::from_static("image/png");
const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// The product's accent, for projects without a colour.
const ACCENT: Rgb = Rgb([0x2b, 0x5f, 0xc2]);
/// Cards drawn at the same moment. Others wait: nobody looks at a page until they are there.
const AT_ONCE: usize = 2;

pub(super) fn router() -> Router<Services> {
    Router::new()
        .route("/changelog/{project}/card.png", get(of_project))
        .route("/changelog/{project}/{entry}/card.png", get(of_entry))
        .layer(Extension(Desk(Arc::new(Semaphore::new(AT_ONCE)))))
}

/// Where cards are drawn, a few at a time.
#[derive(Clone)]
struct Desk(Arc<Semaphore>);

async fn of_project(
    State(services): State<Services>,
    Extension(desk): Extension<Desk>,
    Path(address): Path<String>,
    headers: HeaderMap,
) -> Response {
    answer(&services, &headers, Variant::new("card", &address), async || {
        let project = open(&services, &address).await?;
        let newest = public::list(&services, &project, &PublicQuery::default(), 1).await?.items.pop();
        draw(&services, &desk, project, newest, false).await
    })
    .await
}

async fn of_entry(
    State(services): State<Services>,
    Extension(desk): Extension<Desk>,
    Path((address, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    // There are as many as entries, and each is asked for a few times only.
    let variant = Variant::new("entry-card", &address).with(&name).rare();
    answer(&services, &headers, variant, async || {
        let project = open(&services, &address).await?;
        let entry = public::entry(&services, &project, &name).await?.into_inner();
        draw(&services, &desk, project, Some(entry), true).await
    })
    .await
}

async fn answer(
    services: &Services,
    headers: &HeaderMap,
    variant: Variant,
    render: impl AsyncFnOnce() -> Result<Rendered, Stop>,
) -> Response {
    match cached(services, headers, variant, render).await {
        Ok(answer) => answer,
        Err(stop) => stop.answer(&site(services, headers)),
    }
}

/// Old addresses are answered in place: what fetches previews need not follow redirects.
async fn open(services: &Services, address: &str) -> Result<Project, Stop> {
    let project = public::project(services, address).await?.into_inner();
    if project.maintenance_mode { Err(Stop::Maintenance(Box::new(project))) } else { Ok(project) }
}

/// Draws the card of the project, with version and date of its newest entry, or the card of that entry itself.
async fn draw(
    services: &Services,
    desk: &Desk,
    project: Project,
    entry: Option<Entry>,
    with_title: bool,
) -> Result<Rendered, Stop> {
    let zone = Zone::named(project.timezone.as_deref());
    let version = entry.as_ref().and_then(|entry| entry.version.as_deref()).map(versions::label);
    let date = entry.as_ref().and_then(|entry| entry.published_at).map(|date| zone.long_date(date));
    let title = entry.filter(|_| with_title).map(|entry| entry.title);
    let accent = project.color.as_deref().and_then(Rgb::parse).unwrap_or(ACCENT);
    let (id, name) = (project.id, project.name);
    // Fails only when the program ends.
    let _turn = desk.0.acquire().await;
    let drawn = tokio::task::spawn_blocking(move || {
        ::cards::card(&Card {
            project: &name,
            title: title.as_deref(),
            version: version.as_deref(),
            date: date.as_deref(),
            accent,
        })
        .map_err(|error| error.to_string())
    });
    let png = drawn.await.map_err(|error| error.to_string()).and_then(|drawn| drawn).map_err(|error| {
        let reference = services.random.token(12);
        tracing::error!(%reference, %error, "A card image could not be drawn");
        Error::Internal { reference }
    })?;
    Ok(Rendered::of(&id, PNG, png).with(CACHE_CONTROL, FIVE_MINUTES))
}
