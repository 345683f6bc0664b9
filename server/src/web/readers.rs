//! Readers' pages. A private project is answered exactly like an unknown one.
//!
//! Each handler names the answer it wants, and `rest::cached` gives it from memory or has it made. What ends before
//! there is a page (a redirect, maintenance, nothing there) is a [`Stop`].

use app::changelog::{
    ArchivePageData, EntryPageData, Indexing, ListPageData, Listed, Message, Scope, Site, UpgradeNote, archive_page,
    archive_path, entry_page, entry_path, list_page, list_path, maintenance_page, message_page, tag_path,
};
use axum::Router;
use axum::extract::{Path, RawQuery, Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use model::Error;
use model::projects::Project;
use rest::cached;
use services::Services;
use services::cache::{Rendered, Variant};
use services::public::{self, Found, Part, Previous, PublicQuery};
use ui::Theme;

use super::security;
use crate::assets;

mod asked;
mod cards;
mod crawlers;

use asked::Asked;

/// Entries on one page.
const PAGE: usize = 20;
/// Entries between two versions that are looked through for what should be read before an upgrade.
const NOTED: usize = 500;

pub fn router() -> Router<Services> {
    Router::new()
        .route("/changelog/{project}", get(list))
        .route("/changelog/{project}/", get(list))
        .route("/changelog/{project}/tags/{tag}", get(tag))
        .route("/changelog/{project}/archive", get(archive))
        .route("/changelog/{project}/archive/{year}", get(year))
        .route("/changelog/{project}/archive/{year}/{month}", get(month))
        .route("/changelog/{project}/theme.css", get(theme_css))
        .merge(rest::feed_routes())
        .merge(cards::router())
        .merge(crawlers::router())
        .route("/changelog/{project}/{entry}", get(entry))
        .route("/projects/{project}", get(project))
        .route("/projects/{project}/", get(project))
}

/// Addresses of the files that the widget's loader names.
pub fn widget_assets() -> rest::WidgetAssets {
    rest::WidgetAssets {
        loader: assets::find("widget-loader.js").and_then(|asset| asset.text()).unwrap_or_default(),
        bundle: assets::find("widget-bundle.js").and_then(|asset| asset.text()).unwrap_or_default(),
        loader_js: assets::url("widget-loader.js"),
        frame_js: assets::url("widget-frame.js"),
        plain_js: assets::url("widget-plain.js"),
        entry_js: assets::url("widget-entry.js"),
        panel_js: assets::url("widget-panel.js"),
        panel_wasm: assets::url("widget-panel.wasm"),
    }
}

fn site(services: &Services, headers: &HeaderMap) -> Site {
    themed(services, app::server::theme(headers))
}

fn themed(services: &Services, theme: Theme) -> Site {
    Site {
        base_url: services.base_url().to_owned(),
        style: assets::url("public.css"),
        script: assets::url("reader.js"),
        favicon: assets::url("favicon.svg"),
        theme,
    }
}

/// Why there is no page.
enum Stop {
    /// It is at this path now.
    Moved(String),
    Maintenance(Box<Project>),
    /// The public project that the address leads into, if any, so that readers find back.
    Failed(Error, Option<Box<Project>>),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Failed(error, None)
    }
}

impl Stop {
    fn nothing_in(project: Project) -> Self {
        Stop::Failed(Error::NotFound, Some(Box::new(project)))
    }

    fn answer(self, site: &Site) -> Response {
        match self {
            Stop::Moved(to) => moved(&to),
            Stop::Maintenance(project) => maintenance(site, &project),
            Stop::Failed(error, project) => failed(site, &error, project.as_deref()),
        }
    }
}

/// The public project at an address. Its other addresses lead to the present one, with everything that follows.
async fn open(services: &Services, address: &str, uri: &Uri) -> Result<Project, Stop> {
    let found = public::project(services, address).await?;
    let is_here = matches!(found, Found::Here(_));
    let project = found.into_inner();
    if project.maintenance_mode {
        return Err(Stop::Maintenance(Box::new(project)));
    }
    if is_here {
        return Ok(project);
    }
    let asked = uri.path_and_query().map_or(uri.path(), |asked| asked.as_str());
    let rest = asked.strip_prefix("/changelog/").and_then(|asked| asked.find(['/', '?']).map(|at| &asked[at..]));
    Err(Stop::Moved(format!("{}{}", list_path(&project), rest.unwrap_or_default())))
}

/// A page for everybody; the theme is the only thing that a reader brings.
async fn page(
    services: &Services,
    headers: &HeaderMap,
    variant: Variant,
    render: impl AsyncFnOnce(&Site) -> Result<Rendered, Stop>,
) -> Response {
    let site = site(services, headers);
    let variant = variant.with(site.theme.as_str());
    match cached(services, headers, variant, async || render(&site).await).await {
        Ok(answer) => answer,
        Err(stop) => stop.answer(&site),
    }
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex, nofollow");
const MAY_BE_KEPT: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");

fn html(project: &Project, indexing: Indexing, html: String) -> Rendered {
    let mut answer = Rendered::of(&project.id, HTML, html).with(VARY, HeaderValue::from_static("cookie"));
    if project.custom_css.is_some() {
        answer = answer.with(CONTENT_SECURITY_POLICY, security::styled());
    }
    match indexing.as_str() {
        Some(robots) => answer.with(ROBOTS, HeaderValue::from_static(robots)),
        None => answer,
    }
}

async fn list(
    State(services): State<Services>,
    Path(address): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::read(query.as_deref());
    let variant = asked.variant(Variant::new("list", &address));
    page(&services, &headers, variant, async |site| {
        let project = open(&services, &address, &uri).await?;
        show_list(&services, site, project, Scope::All, asked).await
    })
    .await
}

async fn tag(
    State(services): State<Services>,
    Path((address, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::read(query.as_deref()).unnarrowed();
    let variant = asked.variant(Variant::new("tag", &address).with(&name));
    page(&services, &headers, variant, async |site| {
        let project = open(&services, &address, &uri).await?;
        let figures = public::figures_with_tags(&services, &project).await?;
        let (tag, entries) = match figures.tag(&name) {
            Some(Found::Here(found)) => found.clone(),
            Some(Found::Moved((tag, _))) => return Err(Stop::Moved(asked.onto(tag_path(&project, &tag.name)))),
            None => return Err(Stop::nothing_in(project)),
        };
        show_list(&services, site, project, Scope::Tag { tag, entries }, asked).await
    })
    .await
}

async fn archive(
    State(services): State<Services>,
    Path(address): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    page(&services, &headers, Variant::new("archive", &address), async |site| {
        let project = open(&services, &address, &uri).await?;
        let years = public::archive(&services, &project).await?;
        let indexing = Indexing::of_archive(&project);
        let text = archive_page(site, ArchivePageData { project: project.clone(), years });
        Ok(html(&project, indexing, text))
    })
    .await
}

async fn year(
    State(services): State<Services>,
    Path((address, year)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    period(services, address, year, None, query, uri, headers).await
}

async fn month(
    State(services): State<Services>,
    Path((address, year, month)): Path<(String, String, String)>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    period(services, address, year, Some(month), query, uri, headers).await
}

async fn period(
    services: Services,
    address: String,
    year_text: String,
    month_text: Option<String>,
    query: Option<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let asked = Asked::read(query.as_deref()).unnarrowed();
    let variant = Variant::new("period", &address).with(&year_text).with(month_text.as_deref().unwrap_or_default());
    // Anybody can ask for any year.
    page(&services, &headers, asked.variant(variant).rare(), async |site| {
        let project = open(&services, &address, &uri).await?;
        let numbers = (year_text.parse::<i32>(), month_text.as_deref().map(str::parse::<u32>).transpose());
        let (Ok(year), Ok(month)) = numbers else { return Err(Stop::nothing_in(project)) };
        let years = public::archive(&services, &project).await?;
        let Some(found) = years.iter().find(|known| known.year == year) else {
            return Err(Stop::nothing_in(project));
        };
        let entries = match month {
            None => Some(found.entries),
            Some(month) => found.months.iter().find(|known| known.month == month).map(|known| known.entries),
        };
        let Some(entries) = entries else { return Err(Stop::nothing_in(project)) };
        // Each period has one address: four digits and two.
        let path = archive_path(&project, Some(year), month);
        if uri.path() != path {
            return Err(Stop::Moved(asked.onto(path)));
        }
        let scope = Scope::Period { year, month, entries, months: found.months.clone() };
        show_list(&services, site, project, scope, asked).await
    })
    .await
}

async fn show_list(
    services: &Services,
    site: &Site,
    project: Project,
    scope: Scope,
    asked: Asked,
) -> Result<Rendered, Stop> {
    let mut query = asked.query;
    let period = match &scope {
        Scope::Period { year, month, .. } => Some(public::period(&project, *year, *month)?),
        Scope::All | Scope::Tag { .. } => None,
    };
    if let Scope::Tag { tag, .. } = &scope {
        query.tags = vec![tag.name.clone()];
    }
    let is_between = matches!(scope, Scope::All) && query.is_between();
    let (Part { entries, pinned, next, previous, found }, notes) = if is_between {
        match between(services, &project, &query).await {
            Ok(found) => found,
            Err(error @ Error::UnknownVersion { .. }) => return Err(Stop::Failed(error, Some(Box::new(project)))),
            Err(error) => return Err(error.into()),
        }
    } else {
        (public::part(services, &project, &query, period, PAGE).await?, Vec::new())
    };
    if !matches!(scope, Scope::All) {
        query.tags.clear();
    }
    let listed = |entry: model::entries::Entry| Listed {
        body: public::body(services, &entry, 2, true),
        is_pinned: pinned.contains(&entry.id),
        entry,
    };
    let data = ListPageData {
        figures: public::figures_with_tags(services, &project).await?,
        project: project.clone(),
        scope,
        query,
        entries: entries.into_iter().map(listed).collect(),
        next,
        previous,
        found,
        notes,
    };
    let indexing = data.indexing();
    Ok(html(&project, indexing, list_page(site, data)).viewed(None))
}

/// One page of what lies between two versions or dates. The first one also tells what of it all should be read before an
/// upgrade, as far as [`NOTED`] entries.
async fn between(
    services: &Services,
    project: &Project,
    query: &PublicQuery,
) -> Result<(Part, Vec<UpgradeNote>), Error> {
    if query.cursor.is_some() {
        let page = public::list(services, project, query, PAGE).await?;
        let part = Part {
            entries: page.items,
            pinned: Vec::new(),
            next: page.next,
            previous: Some(Previous::First),
            found: None,
        };
        return Ok((part, Vec::new()));
    }
    let page = public::list(services, project, query, NOTED).await?;
    let found = page.next.is_none().then(|| i64::try_from(page.items.len()).unwrap_or(i64::MAX));
    let notes = UpgradeNote::of(&page.items);
    let part = model::Page::cut(page.items, PAGE, |entry| model::Cursor {
        time: entry.published_at.unwrap_or(entry.created_at),
        id: entry.id.to_string(),
    });
    Ok((Part { entries: part.items, pinned: Vec::new(), next: part.next, previous: None, found }, notes))
}

async fn entry(
    State(services): State<Services>,
    Path((address, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    page(&services, &headers, Variant::new("entry", &address).with(&name), async |site| {
        let found = public::project(&services, &address).await?;
        let project_moved = matches!(found, Found::Moved(_));
        let project = found.into_inner();
        if project.maintenance_mode {
            return Err(Stop::Maintenance(Box::new(project)));
        }
        let entry = match public::entry(&services, &project, &name).await {
            Ok(Found::Here(entry)) if !project_moved => entry,
            Ok(found) => return Err(Stop::Moved(entry_path(&project, &found.into_inner().slug))),
            Err(error) => return Err(Stop::Failed(error, Some(Box::new(project)))),
        };
        let (newer, older) = public::neighbours(&services, &project, &entry).await?;
        let entry = Listed { body: public::body(&services, &entry, 1, false), entry, is_pinned: false };
        let data = EntryPageData { project: project.clone(), entry, newer, older };
        let indexing = data.indexing();
        let id = data.entry.entry.id.clone();
        Ok(html(&project, indexing, entry_page(site, data)).viewed(Some(&id)))
    })
    .await
}

/// The address that mails of earlier times lead to.
async fn project(State(services): State<Services>, Path(address): Path<String>, headers: HeaderMap) -> Response {
    match public::project(&services, &address).await {
        Ok(found) => {
            let mut answer = moved(&list_path(&found.into_inner()));
            *answer.status_mut() = StatusCode::PERMANENT_REDIRECT;
            answer
        }
        Err(error) => failed(&site(&services, &headers), &error, None),
    }
}

/// The project's own style rules. A page names them with the project's revision, so a browser may keep them for ever.
async fn theme_css(
    State(services): State<Services>,
    Path(address): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let variant = Variant::new("theme.css", &address).with(query.as_deref().unwrap_or_default()).rare();
    let made = cached(&services, &headers, variant, async || {
        let project = public::project(&services, &address).await?.into_inner();
        let Some(rules) = project.custom_css else { return Err(Stop::from(Error::NotFound)) };
        let is_present = query.as_deref() == Some(format!("v={}", project.revision).as_str());
        let cache =
            if is_present { HeaderValue::from_static("public, max-age=31536000, immutable") } else { MAY_BE_KEPT };
        let kind = HeaderValue::from_static("text/css; charset=utf-8");
        Ok(Rendered::of(&project.id, kind, rules).with(CACHE_CONTROL, cache))
    });
    match made.await {
        Ok(answer) => answer,
        Err(stop) => stop.answer(&site(&services, &headers)),
    }
}

fn html_body(status: StatusCode, html: String) -> Response {
    (status, [(CONTENT_TYPE, HTML)], html).into_response()
}

/// For good, but asked about each time: a private project must not live on in somebody's redirects.
fn moved(to: &str) -> Response {
    let to = HeaderValue::try_from(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::MOVED_PERMANENTLY, [(LOCATION, to), (CACHE_CONTROL, MAY_BE_KEPT)]).into_response()
}

fn maintenance(site: &Site, project: &Project) -> Response {
    let mut answer = html_body(StatusCode::SERVICE_UNAVAILABLE, maintenance_page(site, project));
    let headers = answer.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("3600"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ROBOTS, NO_INDEX);
    answer
}

fn failed(site: &Site, error: &Error, project: Option<&Project>) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (title, text) = match error {
        Error::NotFound => {
            ("There is nothing here", "The address is wrong, or what was here is no longer public.".to_owned())
        }
        Error::UnknownVersion { version } => (
            "There is no such version",
            format!("This changelog has no version {version}. Name one that it has, or a date such as 2026-03-04."),
        ),
        Error::BadRequest { message } => ("This page does not exist", message.clone()),
        Error::AddressNotAllowed { .. } => ("Not from here", error.to_string()),
        Error::SlowDown { seconds } => {
            ("Too many searches", format!("You can search again in {seconds} seconds. Reading on needs no waiting."))
        }
        other => ("This page cannot be shown right now", other.to_string()),
    };
    let page = message_page(site, Message { code: status.as_u16(), title, text: &text, project });
    let mut answer = html_body(status, page);
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(ROBOTS, NO_INDEX);
    answer
}

/// A page that says what went wrong, also for those who came for something else than a changelog.
pub fn failed_page(services: &Services, headers: &HeaderMap, error: &Error) -> Response {
    failed(&site(services, headers), error, None)
}

/// Searching costs more than reading, so it is limited; the refusal is a page.
pub async fn limit(State(services): State<Services>, request: Request, next: Next) -> Response {
    let theme = app::server::theme(request.headers());
    rest::limited(&services, request, next, |error| {
        let site = themed(&services, theme);
        let seconds = if let Error::SlowDown { seconds } = error { seconds } else { 60 };
        let mut answer = failed(&site, &error, None);
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        answer
    })
    .await
}

/// The answer to every address that leads nowhere.
pub async fn nothing_here(State(services): State<Services>, headers: HeaderMap) -> Response {
    failed(&site(&services, &headers), &Error::NotFound, None)
}
