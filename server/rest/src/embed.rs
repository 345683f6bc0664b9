//! The script of an embed tag.

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use model::projects::Project;
use model::{Error, ProjectId};
use services::{Services, public};

use crate::conditional;
use crate::extract::Address;
use crate::problem::{self, Problem};
use crate::widget::{self, Config, Settings};

/// What the loader is made of. Addresses are paths on this instance, as `/assets/frame-0123.js`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WidgetAssets {
    /// The text of the loader, with the place for its configuration.
    pub loader: &'static str,
    pub frame_js: &'static str,
    pub panel_js: &'static str,
    pub panel_wasm: &'static str,
}

const UNKNOWN: &str = "There is no changelog with this id.";

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
    let Ok(Address(address)) = address else { return refuse(&headers, StatusCode::NOT_FOUND, UNKNOWN) };
    match public::project(&cx, &address).await {
        Ok(found) => loader(&cx, &assets, &found.into_inner(), &headers).unwrap_or_else(IntoResponse::into_response),
        Err(Error::NotFound) => match is_private(&cx, &address).await {
            Ok(true) => refuse(&headers, StatusCode::FORBIDDEN, "This changelog is private."),
            Ok(false) => refuse(&headers, StatusCode::NOT_FOUND, UNKNOWN),
            Err(problem) => problem.into_response(),
        },
        Err(error) => Problem(error).into_response(),
    }
}

/// Whether this is the id of a private project. Slugs can be guessed, so they do not tell.
async fn is_private(cx: &Services, address: &str) -> Result<bool, Problem> {
    let Ok(id) = address.parse::<ProjectId>() else { return Ok(false) };
    let mut lease = cx.db.acquire().await?;
    Ok(store::projects::find(lease.conn(), &id).await?.is_some())
}

fn loader(cx: &Services, assets: &WidgetAssets, project: &Project, request: &HeaderMap) -> Result<Response, Problem> {
    let base = cx.base_url();
    let absolute = |path: &str| format!("{base}{path}");
    let (frame_js, panel_js, panel_wasm) =
        (absolute(assets.frame_js), absolute(assets.panel_js), absolute(assets.panel_wasm));
    let config = Config {
        project: project.id.as_str(),
        name: &project.name,
        base,
        frame_js: &frame_js,
        panel_js: &panel_js,
        panel_wasm: &panel_wasm,
        settings: Settings { accent_color: project.color.as_deref() },
    };
    let script = widget::loader(assets.loader, &config).map_err(|_| unwritable())?;
    let [(_, content_type), (_, cache), ..] = widget::HEADERS;
    let mut response = conditional::answer(
        request,
        HeaderValue::from_static(content_type),
        HeaderValue::from_static(cache),
        script.into_bytes(),
    );
    add_headers(&mut response);
    Ok(response)
}

fn refuse(request: &HeaderMap, status: StatusCode, reason: &str) -> Response {
    let wants_json = request
        .get_all(header::ACCEPT)
        .iter()
        .any(|value| value.to_str().is_ok_and(|value| value.contains("application/json")));
    let mut response = match (wants_json, widget::refusal(reason)) {
        (true, _) if status == StatusCode::NOT_FOUND => Problem(Error::NotFound).into_response(),
        (true, _) => problem::answer(status, "private_project", reason),
        (false, Ok(script)) => {
            let mut response = (status, script).into_response();
            add_headers(&mut response);
            response
        }
        (false, Err(_)) => unwritable().into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, conditional::PRIVATE);
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

fn add_headers(response: &mut Response) {
    for (name, value) in widget::HEADERS {
        if name != "cache-control" && (name != "content-type" || response.status() != StatusCode::NOT_MODIFIED) {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
}

fn unwritable() -> Problem {
    Problem(Error::Internal { reference: "widget".to_owned() })
}
