//! Readers' pages. A private project is answered exactly like an unknown one.

use app::changelog::{
    EntryPageData, ListPageData, Site, entry_page, entry_path, list_page, list_path, maintenance_page, message_page,
};
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use model::projects::Project;
use model::{Error, Result};
use services::Services;
use services::public::{self, Found, PublicQuery};

use crate::assets;

/// Entries on one page.
const PAGE: usize = 20;

pub fn router() -> Router<Services> {
    Router::new()
        .route("/changelog/{project}", get(list))
        .route("/changelog/{project}/", get(list))
        .route("/changelog/{project}/rss.xml", get(rest::rss))
        .route("/changelog/{project}/{entry}", get(entry))
}

/// Addresses of the files that the widget's loader names.
pub fn widget_assets() -> rest::WidgetAssets {
    rest::WidgetAssets {
        loader: assets::find("widget-loader.js").and_then(|asset| asset.text()).unwrap_or_default(),
        frame_js: assets::url("widget-frame.js"),
        panel_js: assets::url("widget-panel.js"),
        panel_wasm: assets::url("widget-panel.wasm"),
    }
}

fn site(services: &Services, headers: &HeaderMap, uri: &Uri) -> Site {
    Site {
        base_url: services.base_url().to_owned(),
        style: assets::url("public.css"),
        favicon: assets::url("favicon.svg"),
        theme: app::server::theme(headers),
        here: uri.path_and_query().map_or_else(|| uri.path().to_owned(), ToString::to_string),
    }
}

async fn list(
    State(services): State<Services>,
    Path(address): Path<String>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let site = site(&services, &headers, &uri);
    match list_html(&services, &site, &address, query.as_deref().unwrap_or_default()).await {
        Ok(Page::Found { html, project }) => html_answer(html, &project, &headers),
        Ok(Page::Moved(to)) => Redirect::permanent(&with_query(to, query.as_deref())).into_response(),
        Ok(Page::Maintenance(project)) => maintenance(site, &project),
        Err(error) => failed(site, &error),
    }
}

enum Page {
    Found { html: String, project: Box<Project> },
    Moved(String),
    Maintenance(Box<Project>),
}

async fn list_html(services: &Services, site: &Site, address: &str, query: &str) -> Result<Page> {
    let project = match public::project(services, address).await? {
        Found::Here(project) => project,
        Found::Moved(project) => return Ok(Page::Moved(list_path(&project))),
    };
    if project.maintenance_mode {
        return Ok(Page::Maintenance(Box::new(project)));
    }
    let mut asked = PublicQuery::default();
    for (name, value) in pairs(query) {
        match name.as_str() {
            "q" => asked.search = value.trim().chars().take(200).collect(),
            "tag" if !value.trim().is_empty() && asked.tags.len() < 20 => asked.tags.push(value.trim().to_owned()),
            "after" => asked.cursor = Some(value),
            _ => {}
        }
    }
    let page = public::list(services, &project, &asked, PAGE).await?;
    let data = ListPageData {
        project: project.clone(),
        entries: page.items,
        older: page.next.map(|cursor| cursor.to_string()),
        continued: asked.cursor.is_some(),
        search: asked.search,
        tags: asked.tags,
    };
    Ok(Page::Found { html: list_page(site.clone(), data), project: Box::new(project) })
}

/// The pairs of a query string.
fn pairs(query: &str) -> Vec<(String, String)> {
    let parsed: std::result::Result<axum::extract::Query<Vec<(String, String)>>, _> = format!("/?{query}")
        .parse::<Uri>()
        .map_err(drop)
        .and_then(|uri| axum::extract::Query::try_from_uri(&uri).map_err(drop));
    parsed.map(|pairs| pairs.0).unwrap_or_default()
}

fn with_query(path: String, query: Option<&str>) -> String {
    match query {
        Some(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path,
    }
}

async fn entry(
    State(services): State<Services>,
    Path((address, entry)): Path<(String, String)>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let site = site(&services, &headers, &uri);
    match entry_html(&services, &site, &address, &entry).await {
        Ok(Page::Found { html, project }) => html_answer(html, &project, &headers),
        Ok(Page::Moved(to)) => Redirect::permanent(&to).into_response(),
        Ok(Page::Maintenance(project)) => maintenance(site, &project),
        Err(error) => failed(site, &error),
    }
}

async fn entry_html(services: &Services, site: &Site, address: &str, entry: &str) -> Result<Page> {
    let found = public::project(services, address).await?;
    let moved = matches!(found, Found::Moved(_));
    let project = found.into_inner();
    if project.maintenance_mode {
        return Ok(Page::Maintenance(Box::new(project)));
    }
    let found = public::entry(services, &project, entry).await?;
    if moved || matches!(found, Found::Moved(_)) {
        return Ok(Page::Moved(entry_path(&project, &found.into_inner().slug)));
    }
    let data = EntryPageData { project: project.clone(), entry: found.into_inner() };
    Ok(Page::Found { html: entry_page(site.clone(), data), project: Box::new(project) })
}

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
const NO_INDEX: HeaderValue = HeaderValue::from_static("noindex, nofollow");

/// A page with a tag made from its bytes; a reader who has it gets 304.
fn html_answer(html: String, project: &Project, request: &HeaderMap) -> Response {
    let cache = HeaderValue::from_static("public, max-age=0, must-revalidate");
    let mut answer = rest::conditional_answer(request, HTML, cache, html.into_bytes());
    // The theme cookie changes the page.
    answer.headers_mut().insert(VARY, HeaderValue::from_static("cookie"));
    if !project.allow_indexing {
        answer.headers_mut().insert(ROBOTS, NO_INDEX);
    }
    answer
}

fn html_body(status: StatusCode, html: String) -> Response {
    (status, [(CONTENT_TYPE, HTML)], html).into_response()
}

fn maintenance(site: Site, project: &Project) -> Response {
    let mut answer = html_body(StatusCode::SERVICE_UNAVAILABLE, maintenance_page(site, project));
    let headers = answer.headers_mut();
    headers.insert(RETRY_AFTER, HeaderValue::from_static("3600"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(ROBOTS, NO_INDEX);
    answer
}

fn failed(site: Site, error: &Error) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (title, text) = match error {
        Error::NotFound => {
            ("There is nothing here", "The address is wrong, or what was here is no longer public.".to_owned())
        }
        Error::BadRequest { message } => ("This page does not exist", message.clone()),
        other => ("This page cannot be shown right now", other.to_string()),
    };
    let mut answer = html_body(status, message_page(site, status.as_u16(), title, &text));
    answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.headers_mut().insert(ROBOTS, NO_INDEX);
    answer
}

/// The answer to every address that leads nowhere.
pub async fn nothing_here(State(services): State<Services>, uri: Uri, headers: HeaderMap) -> Response {
    failed(site(&services, &headers, &uri), &Error::NotFound)
}
