//! Where pages of the dashboard send files: forms with and without scripts. Programs have the REST API.

use app::media::library_path;
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{DefaultBodyLimit, Extension, State};
use axum::http::header::{ACCEPT, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use axum::{Json, Router};
use model::media::{Medium, NewAlt};
use model::{Error, ProjectId, Result};
use server_fn::error::ServerFnUrlError;
use services::access::{self, WriteEntries};
use services::audit::{self, Refused};
use services::caller::Caller;
use services::{Services, media};

/// Where the form is sent, below the addresses that take nothing from other sites and from strangers.
const PATH: &str = app::media::UPLOAD;
/// What a form has beside the file.
const FIELDS: usize = 64 * 1024;

pub fn router(services: &Services) -> Router<Services> {
    let limit = media::most_bytes(services).saturating_add(FIELDS);
    Router::new().route(PATH, post(upload).layer(DefaultBodyLimit::max(limit)))
}

/// What was sent.
#[derive(Default)]
struct Form {
    project: Option<ProjectId>,
    name: String,
    alt: NewAlt,
    file: Vec<u8>,
}

async fn upload(
    State(cx): State<Services>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    multipart: std::result::Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Response {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let is_plain_form = accept.contains("text/html");
    let mut form = Form::default();
    let outcome = match multipart {
        Ok(multipart) => take(&cx, &caller, multipart, &mut form).await,
        Err(_) => Err(Error::UnsupportedMediaType),
    };
    if let (Err(error), Ok(actor)) = (&outcome, caller.actor()) {
        audit::refused(&cx, Refused { actor, error, project: actor.only_project(), at: PATH }).await;
    }
    let mut response = match (&form.project, is_plain_form) {
        (Some(project), true) => back(&cx, project, outcome),
        _ => match outcome {
            Ok(medium) => Json(medium).into_response(),
            Err(error) => {
                let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                (status, Json(error)).into_response()
            }
        },
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// To the library, with what was uploaded or why it was not.
fn back(cx: &Services, project: &ProjectId, outcome: Result<Medium>) -> Response {
    let library = library_path(project);
    let target = match outcome {
        Ok(medium) => format!("{library}?show={}", medium.id),
        Err(error) => match ServerFnUrlError::new(PATH, error).to_url(&format!("{}{library}", cx.base_url())) {
            Ok(url) => format!("{}?{}", url.path(), url.query().unwrap_or_default()),
            Err(_) => library,
        },
    };
    Redirect::to(&target).into_response()
}

async fn take(cx: &Services, caller: &Caller, mut multipart: Multipart, form: &mut Form) -> Result<Medium> {
    let most = media::most_bytes(cx);
    let actor = caller.actor()?;
    let mut may = None;
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error, most))? {
        match field.name().unwrap_or_default() {
            "project" => {
                let id: ProjectId = text(field, most).await?.trim().parse().map_err(|_| Error::NotFound)?;
                // Before the file is read: who may not need not send it.
                may = Some(access::grant::<WriteEntries>(cx, actor, &id).await?);
                form.project = Some(id);
            }
            "alt" => form.alt.alt = text(field, most).await?,
            "decorative" => form.alt.is_decorative = text(field, most).await?.trim() == "true",
            "file" => {
                if may.is_none() {
                    return Err(Error::field("project", "Name the project before the file."));
                }
                form.name = field.file_name().unwrap_or_default().to_owned();
                form.file = field.bytes().await.map_err(|error| unreadable(&error, most))?.into();
            }
            _ => {}
        }
    }
    let may = may.ok_or_else(|| Error::field("project", "Name the project."))?;
    let file = std::mem::take(&mut form.file);
    if file.is_empty() && form.name.is_empty() {
        return Err(Error::field("file", "Choose a file."));
    }
    Ok(media::upload(cx, &may, &form.name, file, form.alt.clone()).await?.medium)
}

async fn text(field: Field<'_>, most: usize) -> Result<String> {
    field.text().await.map_err(|error| unreadable(&error, most))
}

fn unreadable(error: &MultipartError, most: usize) -> Error {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Error::TooLarge { limit_bytes: most as u64 }
    } else {
        Error::bad_request("The form could not be read to its end.")
    }
}
