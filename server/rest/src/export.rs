//! Exports: all entries of a project as one file.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use futures_util::stream;
use http::{HeaderValue, Method, header};
use model::Error;
use model::exports::{Extent, Format};
use model::time::{self, Timestamp};
use services::Services;
use services::access::ReadEntries;
use services::exports::{self, ExportQuery};
use utoipa::IntoParams;

use crate::conditional::PRIVATE;
use crate::extract::{FromQuery, May, Params, Query};
use crate::problem::Problem;
use crate::wire;

/// What to export.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Wanted` reads")]
pub(crate) struct ExportParams {
    /// The form of the file. Default: markdown.
    #[param(inline)]
    format: Option<wire::ExportFormat>,
    /// Whether drafts and scheduled entries come as well. Default: published.
    #[param(inline)]
    status: Option<wire::ExportStatus>,
    /// Tags by id or name, separated by commas; may be given several times. Entries with any of them are exported.
    tags: Option<String>,
    /// Published (drafts: created) at this moment or later. A plain date is midnight UTC.
    #[param(format = DateTime)]
    from: Option<String>,
    /// Published (drafts: created) at this moment or earlier. A plain date includes the whole day in UTC.
    #[param(format = DateTime)]
    to: Option<String>,
}

pub(crate) struct Wanted(ExportQuery);

impl FromQuery for Wanted {
    fn read(params: &mut Params) -> Self {
        let tags = params.values("tags").chain(params.values("tag")).flat_map(model::tags::parse_list).collect();
        Self(ExportQuery {
            tags,
            format: params.one_of("format", Format::NAMES, Format::parse).unwrap_or_default(),
            extent: params.one_of("status", Extent::NAMES, Extent::parse).unwrap_or_default(),
            from: params.time("from"),
            until: until(params),
            links: true,
        })
    }
}

/// The first moment after `to`, which counts itself.
fn until(params: &mut Params) -> Option<Timestamp> {
    let is_day = params.text("to").is_some_and(|text| text.trim().len() == "2026-03-04".len());
    let step = if is_day { TimeDelta::days(1) } else { TimeDelta::milliseconds(1) };
    params.time("to").map(|to| (to + step).min(time::MAX))
}

/// Export a project.
///
/// All entries as one file, drafts first, then the newest: Keep a Changelog, JSON, CSV, or a zip archive of Markdown
/// files with front matter. Each can be imported again. The file is sent while it is read; when something fails on the
/// way, the connection is cut, so that half a file is not taken for a whole one. Two exports run at a time; one more
/// waits a moment and is then answered with 429.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/export",
    tag = "Projects",
    params(("projectId" = String, Path, description = "Id of the project."), ExportParams),
    responses(
        (
            status = 200,
            description = "The file.",
            content(
                (String = "text/markdown", example = "# Changelog\n\n## [1.2.0] - 2026-03-04\n\n**Faster search**\n\nTwice as fast.\n"),
                (wire::ExportFile = "application/json"),
                (String = "text/csv", example = "title,version,date,content,tags,status,slug,created_at,updated_at,external_id\r\n"),
                (Vec<u8> = "application/zip"),
            ),
            headers(("Content-Disposition" = String, description = "`attachment` with a name for the file."))
        ),
        (status = 429, description = "Others are exporting.", body = crate::problem::ProblemBody,
            headers(("Retry-After" = i64, description = "Seconds to wait.")))
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn export_project(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    Query(Wanted(query)): Query<Wanted>,
    method: Method,
) -> Result<Response, Problem> {
    let (file_name, body) = if method == Method::HEAD {
        // Nothing is read and nothing recorded for somebody who only asks what there would be. A stream, because a body
        // that is known to be empty would be announced as the length of the file.
        let nothing = stream::empty::<std::io::Result<axum::body::Bytes>>();
        (exports::file_name(&cx, may.project(), query.format), Body::from_stream(nothing))
    } else {
        let mut download = exports::start(&cx, &may, &query).await?;
        let name = std::mem::take(&mut download.file_name);
        let pieces = stream::unfold(download, |mut download| async { Some((download.next().await?, download)) });
        (name, Body::from_stream(pieces))
    };
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{file_name}\""));
    let disposition = disposition.map_err(|_| Error::bad_request("The project has no address for a file name."))?;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(query.format.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    Ok(response)
}
