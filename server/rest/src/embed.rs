//! The scripts of embed tags.

use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::projects::Project;
use model::widgets::{Widget, origin};
use model::{Error, ProjectId};
use serde_json::{Map, Value};
use services::access::ReadProjects;
use services::cache::{Rendered, Variant};
use services::{Services, public, widgets};
use sha2::{Digest, Sha384};

use crate::cached::cached;
use crate::conditional;
use crate::extract::{Address, May, WidgetPath};
use crate::problem::{self, Problem};
use crate::widget::{self, About, Config};
use crate::wire;

/// What the loader is made of. Addresses are paths on this instance, as `/assets/frame-0123.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WidgetAssets {
    /// The text of the loader, with the place for its configuration.
    pub loader: &'static str,
    /// What follows it where pages make widgets by themselves, a module without imports and exports.
    pub bundle: &'static str,
    /// The loader's file as it is, for pages that pin its content.
    pub loader_js: &'static str,
    pub frame_js: &'static str,
    pub plain_js: &'static str,
    pub entry_js: &'static str,
    pub panel_js: &'static str,
    pub panel_wasm: &'static str,
}

impl WidgetAssets {
    /// The `integrity` of the loader as a file (Subresource Integrity, 3.2).
    pub fn integrity(&self) -> String {
        format!("sha384-{}", STANDARD.encode(Sha384::digest(self.loader)))
    }

    fn script(&self, base: &str, about: About<'_>) -> Result<String, Problem> {
        let absolute = |path: &str| format!("{base}{path}");
        let config = Config {
            base,
            frame_js: &absolute(self.frame_js),
            plain_js: &absolute(self.plain_js),
            entry_js: &absolute(self.entry_js),
            panel_js: &absolute(self.panel_js),
            panel_wasm: &absolute(self.panel_wasm),
            about,
        };
        widget::loader(self.loader, &config).map_err(|_| unwritable())
    }
}

const UNKNOWN: &str = "There is no changelog with this id.";
const SCRIPT: HeaderValue = HeaderValue::from_static(widget::HEADERS[0].1);
const FIVE_MINUTES: HeaderValue = HeaderValue::from_static(widget::HEADERS[1].1);
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const CROSS_ORIGIN: HeaderValue = HeaderValue::from_static("cross-origin");

/// Load the widget.
///
/// The classic script behind `<script src="…/api/integrations/widget/{projectId}" async></script>`. Refusals are scripts
/// too, which write one line to the console of the page; callers that accept `application/json` get JSON.
#[utoipa::path(
    get,
    path = "/api/integrations/widget/{projectId}",
    tag = "Public",
    params(("projectId" = String, Path, description = "Id or slug of a public project.")),
    responses(
        (status = 200, description = "The loader.", body = String, content_type = "text/javascript"),
        (status = 403, description = "The project is private.", content(
            (String = "text/javascript"), (crate::problem::ProblemBody = "application/json"))),
        (status = 404, description = "There is no such project.", content(
            (String = "text/javascript"), (crate::problem::ProblemBody = "application/json")))
    )
)]
pub(crate) async fn widget_script(
    State(cx): State<Services>,
    Extension(assets): Extension<WidgetAssets>,
    address: Result<Address, Problem>,
    headers: HeaderMap,
) -> Response {
    // A script tag cannot read a problem, so an impossible address is refused by a script as well.
    let Ok(Address(address)) = address else {
        return Refusal::Unknown(UNKNOWN).answer(wants_json(&headers));
    };
    let json = wants_json(&headers);
    let variant = Variant::new("widget", &address);
    let answer = cached(&cx, &headers, variant, async || {
        let project = embeddable(&cx, &address).await.map_err(|refusal| refusal.answer(json))?;
        let settings = project_settings(&project);
        let about = About::Project {
            project: project.id.as_str(),
            name: &project.name,
            widget: None,
            variant: None,
            settings: &settings,
            custom_css: None,
            origins: &[],
        };
        rendered(&cx, &assets, &project.id, about).map_err(IntoResponse::into_response)
    });
    answer.await.unwrap_or_else(|other| other)
}

/// Load or read a widget that is kept.
///
/// Callers that accept `application/json` and may read the project get the record. Everybody else gets the script of the
/// widget, as at `/api/integrations/widget/{projectId}`, with its options and style rules in it.
#[utoipa::path(
    get,
    path = "/api/integrations/widget/{projectId}/{widgetId}",
    tag = "Public",
    params(
        ("projectId" = String, Path, description = "Id or slug of a public project; for the record, its id."),
        ("widgetId" = String, Path, description = "Id of the widget.")
    ),
    responses(
        (status = 200, description = "The loader, or the record.", content(
            (String = "text/javascript"), (wire::OneWidget = "application/json"))),
        (status = 401, description = "The record takes a credential.", body = crate::problem::ProblemBody),
        (status = 403, description = "The project is private, the widget is off, or not for this site.", content(
            (String = "text/javascript"), (crate::problem::ProblemBody = "application/json"))),
        (status = 404, description = "There is no such project or widget.", content(
            (String = "text/javascript"), (crate::problem::ProblemBody = "application/json")))
    )
)]
pub(crate) async fn get_widget(
    State(cx): State<Services>,
    Extension(assets): Extension<WidgetAssets>,
    mut parts: Parts,
) -> Response {
    let mut response = if wants_json(&parts.headers) {
        record(&cx, &mut parts).await.unwrap_or_else(IntoResponse::into_response)
    } else {
        saved_script(&cx, &assets, &mut parts).await.unwrap_or_else(|other| other)
    };
    let vary = HeaderValue::from_static("accept, origin, referer");
    response.headers_mut().append(header::VARY, vary);
    response
}

async fn record(cx: &Services, parts: &mut Parts) -> Result<Response, Problem> {
    let May(may) = May::<ReadProjects>::from_request_parts(parts, cx).await?;
    let WidgetPath(id) = WidgetPath::from_request_parts(parts, cx).await?;
    let widget = widgets::get(cx, &may, &id).await?;
    conditional::json(&parts.headers, conditional::PRIVATE, &wire::OneWidget { widget: widget.into() })
}

async fn saved_script(cx: &Services, assets: &WidgetAssets, parts: &mut Parts) -> Result<Response, Response> {
    let unknown = |_: Problem| Refusal::Unknown("There is no widget with this id.").answer(false);
    let Address(address) = Address::from_request_parts(parts, cx).await.map_err(unknown)?;
    let WidgetPath(id) = WidgetPath::from_request_parts(parts, cx).await.map_err(unknown)?;
    let site = embedding_origin(&parts.headers);
    let mut variant = Variant::new("widget-saved", &address).with(id.as_str());
    if let Some(site) = &site {
        variant = variant.with(site).rare();
    }
    cached(cx, &parts.headers, variant, async || {
        let refuse = |refusal: Refusal| refusal.answer(false);
        let project = embeddable(cx, &address).await.map_err(refuse)?;
        let widget = widgets::find(cx, &project.id, &id).await.map_err(|error| Problem(error).into_response())?;
        let widget = widget.ok_or_else(|| refuse(Refusal::Unknown("There is no widget with this id.")))?;
        if !widget.is_active {
            return Err(refuse(Refusal::Forbidden("inactive_widget", "This widget is switched off.")));
        }
        if !widget.admits(site.as_deref()) {
            return Err(refuse(Refusal::Forbidden("foreign_site", "This widget is not for this site.")));
        }
        let mut settings = project_settings(&project);
        let Widget { id, variant, settings: own, custom_css, allowed_origins, .. } = widget;
        settings.extend(own);
        let about = About::Project {
            project: project.id.as_str(),
            name: &project.name,
            widget: Some(id.as_str()),
            variant: Some(variant.as_str()),
            settings: &settings,
            custom_css: custom_css.as_deref(),
            origins: &allowed_origins,
        };
        rendered(cx, assets, &project.id, about).map_err(IntoResponse::into_response)
    })
    .await
}

/// What the project says about the look of its widgets.
fn project_settings(project: &Project) -> Map<String, Value> {
    project.color.iter().map(|color| ("accentColor".to_owned(), Value::from(color.as_str()))).collect()
}

fn rendered(cx: &Services, assets: &WidgetAssets, project: &ProjectId, about: About<'_>) -> Result<Rendered, Problem> {
    let script = assets.script(cx.base_url(), about)?;
    Ok(Rendered::of(project, SCRIPT, script)
        .with(header::CACHE_CONTROL, FIVE_MINUTES)
        .with(RESOURCE_POLICY, CROSS_ORIGIN))
}

/// Where the page is that embeds, as far as its browser says.
fn embedding_origin(headers: &HeaderMap) -> Option<String> {
    let value = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    value(header::ORIGIN).and_then(origin).or_else(|| value(header::REFERER).and_then(origin))
}

/// Why a script draws nothing.
#[derive(Debug)]
enum Refusal {
    Unknown(&'static str),
    Forbidden(&'static str, &'static str),
    /// Nothing is wrong, so browsers shall not report a failure.
    Paused,
    Failed(Error),
}

impl Refusal {
    fn answer(self, json: bool) -> Response {
        let (status, code, reason) = match self {
            Self::Unknown(reason) => (StatusCode::NOT_FOUND, "not_found", reason),
            Self::Forbidden(code, reason) => (StatusCode::FORBIDDEN, code, reason),
            Self::Paused => (StatusCode::OK, "maintenance", "This changelog is in maintenance."),
            Self::Failed(error) => return Problem(error).into_response(),
        };
        let mut response = match widget::refusal(reason) {
            _ if json && status == StatusCode::NOT_FOUND => Problem(Error::NotFound).into_response(),
            _ if json && status != StatusCode::OK => problem::answer(status, code, reason),
            Ok(script) => {
                let mut response = (status, script).into_response();
                response.headers_mut().insert(header::CONTENT_TYPE, SCRIPT);
                response
            }
            Err(_) => unwritable().into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, conditional::PRIVATE);
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(RESOURCE_POLICY, CROSS_ORIGIN);
        response
    }
}

/// The project whose widgets may be drawn.
async fn embeddable(cx: &Services, address: &str) -> Result<Project, Refusal> {
    match public::project(cx, address).await {
        Ok(found) => match found.into_inner() {
            project if project.maintenance_mode => Err(Refusal::Paused),
            project => Ok(project),
        },
        Err(Error::NotFound) => match is_private(cx, address).await {
            Ok(true) => Err(Refusal::Forbidden("private_project", "This changelog is private.")),
            Ok(false) => Err(Refusal::Unknown(UNKNOWN)),
            Err(Problem(error)) => Err(Refusal::Failed(error)),
        },
        Err(error) => Err(Refusal::Failed(error)),
    }
}

/// Whether this is the id of a private project. Slugs can be guessed, so they do not tell.
async fn is_private(cx: &Services, address: &str) -> Result<bool, Problem> {
    let Ok(id) = address.parse::<ProjectId>() else { return Ok(false) };
    let mut lease = cx.db.acquire().await?;
    Ok(store::projects::find(lease.conn(), &id).await?.is_some())
}

fn wants_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::ACCEPT).iter();
    values.any(|value| value.to_str().is_ok_and(|value| value.contains("application/json")))
}

/// Scripts with which a page makes widgets by itself, by file and kind.
const BUNDLES: [(&str, &str); 5] = [
    ("/widget-bundle.js", "bundle"),
    ("/widget-classic.js", "classic"),
    ("/widget-floating.js", "floating"),
    ("/widget-modal.js", "modal"),
    ("/widget-announcement.js", "announcement"),
];

/// Style sheets that pages may link. The styles are part of the scripts, so there is nothing left to say in them.
const SHEETS: [&str; 6] = ["variables", "reset", "common", "floating", "modal", "announcement"];

/// Files at the addresses that existing pages name.
pub(crate) fn files() -> Router<Services> {
    let mut router = Router::new();
    for (path, kind) in BUNDLES {
        let bundle = move |State(cx): State<Services>,
                           Extension(assets): Extension<WidgetAssets>,
                           headers: HeaderMap| async move {
            match assets.script(cx.base_url(), About::Bundle { bundle: kind }) {
                Ok(script) => {
                    let script = format!("{script}(()=>{{\"use strict\";{}\n}})();\n", assets.bundle);
                    let mut response = conditional::answer(&headers, SCRIPT, FIVE_MINUTES, script.into_bytes());
                    response.headers_mut().insert(RESOURCE_POLICY, CROSS_ORIGIN);
                    response
                }
                Err(problem) => problem.into_response(),
            }
        };
        router = router.route(path, get(bundle));
    }
    for name in SHEETS {
        let sheet = move |headers: HeaderMap| async move {
            let css = format!("/* Tidings: the styles of \"{name}\" come with the script. */\n");
            let kind = HeaderValue::from_static("text/css; charset=utf-8");
            conditional::answer(&headers, kind, FIVE_MINUTES, css.into_bytes())
        };
        router = router.route(&format!("/widgets/core/styles/{name}.css"), get(sheet));
    }
    router
}

fn unwritable() -> Problem {
    Problem(Error::Internal { reference: "widget".to_owned() })
}
