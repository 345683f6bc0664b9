//! Pictures and files of projects. The files themselves are served at `/media`.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use model::media::{Medium, NewAlt};
use services::Services;
use services::access::{ReadEntries, WriteEntries};
use services::media::{self, MediaFilter, Uploaded};
use utoipa::IntoParams;

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, FromQuery, May, MediaPath, Params, Query, Upload};
use crate::problem::Problem;
use crate::projects::created;
use crate::wire;

/// Which media to list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Listing` reads")]
pub(crate) struct ListParams {
    /// Counts from 1.
    #[param(minimum = 1)]
    page: Option<i64>,
    /// Media on a page. Default: 20.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<i64>,
    /// Part of the name or of the description.
    search: Option<String>,
    /// Whether pictures alone are listed. Default: false.
    pictures: Option<bool>,
}

pub(crate) struct Listing {
    paging: wire::Paging,
    filter: MediaFilter,
}

impl FromQuery for Listing {
    fn read(params: &mut Params) -> Self {
        Self {
            paging: wire::Paging::read(params, 20, 100),
            filter: MediaFilter {
                search: params.text("search").unwrap_or_default().to_owned(),
                pictures: flag(params, "pictures"),
            },
        }
    }
}

fn flag(params: &mut Params, name: &str) -> bool {
    params.one_of(name, "true, false", |text| text.trim().parse().ok()).unwrap_or_default()
}

/// List media.
///
/// The pictures and files of a project, newest first, each with the entries in whose text it stands.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/media",
    tag = "Media",
    params(("projectId" = String, Path, description = "Id of the project."), ListParams),
    responses((status = 200, description = "One page of the media.", body = wire::MediaList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn list_media(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    Query(Listing { paging, filter }): Query<Listing>,
) -> Result<Json<wire::MediaList>, Problem> {
    let (found, total) = media::list(&cx, &may, &filter, paging.page, paging.limit).await?;
    let media = found.into_iter().map(|one| wire::UsedMedium::new(one, cx.base_url())).collect();
    Ok(Json(wire::MediaList { media, pagination: wire::Pagination::new(paging, total) }))
}

/// What is uploaded.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Named` reads")]
pub(crate) struct UploadParams {
    /// What the file is called. Default: file.
    #[param(max_length = 200)]
    name: Option<String>,
    /// What a picture shows, for who does not see it.
    #[param(max_length = 500)]
    alt: Option<String>,
    /// It shows nothing that has to be said. Default: false.
    is_decorative: Option<bool>,
}

pub(crate) struct Named {
    name: String,
    alt: NewAlt,
}

impl FromQuery for Named {
    fn read(params: &mut Params) -> Self {
        Self {
            name: params.text("name").unwrap_or_default().to_owned(),
            alt: NewAlt {
                alt: params.text("alt").unwrap_or_default().to_owned(),
                is_decorative: flag(params, "isDecorative"),
            },
        }
    }
}

/// Upload a picture or file.
///
/// The body is the file; what it is decides its content, not its name or `Content-Type`. Pictures are written anew: made
/// at most 2,400 pixels wide, turned upright, without what cameras and programs note in them. SVG loses what could run or
/// load something. The same file twice is one medium, and the second answer is 200.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/media",
    tag = "Media",
    params(("projectId" = String, Path, description = "Id of the project."), UploadParams),
    request_body(
        content = Vec<u8>,
        content_type = "application/octet-stream",
        description = "PNG, JPEG, WebP, GIF, SVG, PDF, ZIP, text, CSV, MP4 or WebM; 25 MiB unless the instance says otherwise."
    ),
    responses(
        (status = 200, description = "The project had it already.", body = wire::OneMedium),
        (
            status = 201,
            description = "The new medium.",
            body = wire::OneMedium,
            headers(("Location" = String, description = "Where the medium is."))
        ),
        (status = 409, description = "The project has no room for it.", body = crate::problem::ProblemBody),
        (status = 413, description = "The file is too large.", body = crate::problem::ProblemBody)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn upload_medium(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    Query(Named { name, alt }): Query<Named>,
    Upload(bytes): Upload,
) -> Result<Response, Problem> {
    let Uploaded { medium, is_known } = media::upload(&cx, &may, &name, bytes, alt).await?;
    let location = format!("/api/projects/{}/media/{}", may.project_id(), medium.id);
    let body = wire::OneMedium { medium: wire::Medium::new(medium, cx.base_url()) };
    if is_known {
        return conditional::json(&HeaderMap::new(), PRIVATE, &body);
    }
    created(&location, &body)
}

/// Get a medium.
///
/// With the entries in whose text it stands.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/media/{mediaId}",
    tag = "Media",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("mediaId" = String, Path, description = "Id of the medium.")
    ),
    responses((status = 200, description = "The medium.", body = wire::OneUsedMedium)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn get_medium(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    MediaPath(id): MediaPath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = media::get(&cx, &may, &id).await?;
    let inner = shown(&found.medium, &cx);
    let body = wire::OneUsedMedium { medium: wire::UsedMedium::new(found, cx.base_url()) };
    conditional::json_around(&headers, PRIVATE, &body, &inner)
}

/// A medium as every answer shows it.
fn shown(medium: &Medium, cx: &Services) -> wire::OneMedium {
    wire::OneMedium { medium: wire::Medium::new(medium.clone(), cx.base_url()) }
}

/// Describe a medium.
///
/// Says what a picture shows. Entries that have it keep what they say.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/media/{mediaId}",
    tag = "Media",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("mediaId" = String, Path, description = "Id of the medium."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the medium still has this `ETag`.")
    ),
    request_body = wire::DescriptionBody,
    responses(
        (status = 200, description = "The medium as it is now.", body = wire::OneMedium),
        (status = 412, description = "The medium has changed; this is how it is now.", body = wire::OneMedium)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn describe_medium(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    MediaPath(id): MediaPath,
    if_match: IfMatch,
    Body(wire::Description(alt)): Body<wire::Description>,
) -> Result<Response, Refusal> {
    let condition = if_match.on(|medium: &Medium| shown(medium, &cx));
    let medium = condition.settle(media::describe_if(&cx, &may, &id, alt, &condition).await)?;
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &shown(&medium, &cx))?)
}

/// How to delete.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Deleting` reads")]
pub(crate) struct DeleteParams {
    /// Whether it goes although entries have it. Default: false.
    force: Option<bool>,
}

pub(crate) struct Deleting {
    force: bool,
}

impl FromQuery for Deleting {
    fn read(params: &mut Params) -> Self {
        Self { force: flag(params, "force") }
    }
}

/// Delete a medium.
///
/// What stands in entries, those in the trash included, is deleted with `force` only: it would be missing there.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/media/{mediaId}",
    tag = "Media",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("mediaId" = String, Path, description = "Id of the medium."),
        DeleteParams,
        ("If-Match" = Option<String>, Header, description = "Goes on only if the medium still has this `ETag`.")
    ),
    responses(
        (status = 204, description = "It is gone."),
        (status = 409, description = "Entries have it; the answer names some.", body = crate::problem::ProblemBody),
        (status = 412, description = "The medium has changed; this is how it is now.", body = wire::OneMedium)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:write"])))
)]
pub(crate) async fn delete_medium(
    State(cx): State<Services>,
    May(may): May<WriteEntries>,
    MediaPath(id): MediaPath,
    Query(Deleting { force }): Query<Deleting>,
    if_match: IfMatch,
) -> Result<StatusCode, Refusal> {
    let condition = if_match.on(|medium: &Medium| shown(medium, &cx));
    condition.settle(media::delete_if(&cx, &may, &id, force, &condition).await)?;
    Ok(StatusCode::NO_CONTENT)
}
