//! Reading the audit log, for administrators and for their keys with every scope.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use futures_util::stream;
use http::{HeaderValue, Method, header};
use model::audit::{AuditFilter, LogFormat, MAX_SEARCH, Outcome};
use model::time::{self, Timestamp};
use model::{Cursor, Error};
use services::Services;
use services::access::ReadAuditLog;
use services::audit::{export, log};
use utoipa::IntoParams;

use crate::conditional::PRIVATE;
use crate::extract::{FromQuery, MayInstance, Params, Query};
use crate::problem::Problem;
use crate::wire::{AuditActions, AuditFormat, AuditLog, AuditLogs, AuditOutcome};

const MOST: i64 = 500;
/// Far beyond any log, and small enough to be multiplied by a page's size.
const MAX_PAGE: i64 = 1_000_000_000;

/// Which records.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `Asked` reads")]
pub(crate) struct AuditParams {
    /// Counts from 1.
    #[param(default = 1)]
    page: Option<i64>,
    /// Records of a page, at most 500.
    #[param(default = 20)]
    page_size: Option<i64>,
    /// Asks for the records after `cursor` in place of a numbered page. Nothing is skipped or repeated when records are
    /// added meanwhile.
    #[param(default = false)]
    use_chunking: Option<bool>,
    /// Where the part begins: `nextCursor` of the part before.
    cursor: Option<String>,
    /// Records of a part, at most 500.
    #[param(default = 100)]
    chunk_size: Option<i64>,
    /// A part of an action's name, or of the name or the address of somebody who did it or whom it concerned.
    search: Option<String>,
    /// One action.
    action: Option<String>,
    /// How it ended.
    #[param(inline)]
    outcome: Option<AuditOutcome>,
    /// At this moment or later. A plain date is midnight UTC.
    #[param(format = DateTime)]
    from: Option<String>,
    /// At this moment or earlier. A plain date includes the whole day in UTC.
    #[param(format = DateTime)]
    to: Option<String>,
    /// Who did it.
    user_id: Option<String>,
    /// Whom it concerned.
    target_id: Option<String>,
    /// In which project.
    project_id: Option<String>,
    /// Sends all records as a file.
    #[param(default = false)]
    export: Option<bool>,
    /// The form of the file.
    #[param(inline)]
    format: Option<AuditFormat>,
}

/// What was asked for.
pub(crate) struct Asked {
    filter: AuditFilter,
    what: What,
}

enum What {
    Page { page: i64, size: i64 },
    Chunk { after: Option<Cursor>, size: i64 },
    File(LogFormat),
}

impl FromQuery for Asked {
    fn read(params: &mut Params) -> Self {
        let what = if is_true(params, "export") {
            What::File(params.one_of("format", LogFormat::NAMES, LogFormat::parse).unwrap_or_default())
        } else if is_true(params, "useChunking") {
            let after = params.one_of("cursor", "the nextCursor of an answer", |text| text.parse().ok());
            What::Chunk { after, size: params.number("chunkSize", 100, 1, MOST) }
        } else {
            What::Page { page: params.number("page", 1, 1, MAX_PAGE), size: params.number("pageSize", 20, 1, MOST) }
        };
        let search = params.text("search").map(|text| text.chars().take(MAX_SEARCH).collect());
        let filter = AuditFilter {
            action: params.text("action").map(|action| action.trim().to_owned()),
            outcome: params.one_of("outcome", Outcome::NAMES, Outcome::parse),
            actor: params.one_of("userId", "the id of a person", |text| text.parse().ok()),
            target: params.one_of("targetId", "the id of a person", |text| text.parse().ok()),
            project: params.one_of("projectId", "the id of a project", |text| text.parse().ok()),
            from: params.time("from"),
            until: until(params),
            search,
        };
        Self { filter, what }
    }
}

fn is_true(params: &Params, name: &str) -> bool {
    params.text(name).is_some_and(|text| matches!(text.trim(), "true" | "1"))
}

/// The first moment after `to`, which counts itself.
fn until(params: &mut Params) -> Option<Timestamp> {
    let is_day = params.text("to").is_some_and(|text| text.trim().len() == "2026-03-04".len());
    let step = if is_day { TimeDelta::days(1) } else { TimeDelta::milliseconds(1) };
    params.time("to").map(|to| (to + step).min(time::MAX))
}

/// Read the audit log.
///
/// Newest first, by page or by part, or all of it as a file with `export=true`: CSV with the columns
/// `timestamp,action,performer,performer_email,performer_deleted,target,target_email,target_deleted,details`, in which
/// cells that a spreadsheet would take for formulas begin with an apostrophe, or JSON Lines. A file is sent while it is
/// read, and asking for one is recorded. Takes an administrator, or an administrator's key with all sixteen scopes that is
/// bound to no project.
#[utoipa::path(
    get,
    path = "/api/admin/audit-logs",
    tag = "Administration",
    params(AuditParams),
    responses(
        (
            status = 200,
            description = "The records, or the file.",
            content(
                (AuditLogs = "application/json"),
                (String = "text/csv", example = "timestamp,action,performer,performer_email,performer_deleted,target,target_email,target_deleted,details\r\n2026-03-04T09:30:00.000Z,CREATE_PROJECT,Mara Lind,mara@orbit.example,false,,,,{}\r\n"),
                (String = "application/jsonl", example = "{\"id\":\"cmkf7jyu5jsjc616i76bofbci\",\"action\":\"CREATE_PROJECT\"}\n"),
            )
        ),
        (status = 429, description = "Others are exporting.", body = crate::problem::ProblemBody,
            headers(("Retry-After" = i64, description = "Seconds to wait.")))
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!([
        "changelog:read", "changelog:write", "changelog:publish", "changelog:delete", "project:read", "project:write",
        "analytics:read", "subscribers:read", "subscribers:write", "email:send", "github:read", "github:write",
        "tags:read", "tags:write", "webhooks:read", "webhooks:write"
    ])))
)]
pub(crate) async fn list_audit_logs(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadAuditLog>,
    Query(Asked { filter, what }): Query<Asked>,
    method: Method,
) -> Result<Response, Problem> {
    let (page, size) = match what {
        What::File(format) => {
            let (name, body) = if method == Method::HEAD {
                // Nothing is read and nothing recorded for somebody who only asks what there would be.
                (
                    export::file_name(&cx, format),
                    Body::from_stream(stream::empty::<std::io::Result<axum::body::Bytes>>()),
                )
            } else {
                let mut download = export::start(&cx, &may, &filter, format).await?;
                let name = std::mem::take(&mut download.file_name);
                let pieces =
                    stream::unfold(download, |mut download| async { Some((download.next().await?, download)) });
                (name, Body::from_stream(pieces))
            };
            return file(&name, format, body);
        }
        What::Chunk { after, size } => {
            let limit = usize::try_from(size).unwrap_or(1);
            let part = log::page(&cx, &may, &filter, after.as_ref(), limit).await?;
            let total = log::count(&cx, &may, &filter).await?;
            let logs: Vec<AuditLog> = part.items.into_iter().map(AuditLog::from).collect();
            let (current_count, has_more) = (logs.len(), part.next.is_some());
            let next_cursor = part.next.map(|next| next.to_string());
            let pages = (total + size - 1) / size;
            return Ok(Json(AuditLogs { logs, total, pages, next_cursor, has_more, current_count }).into_response());
        }
        What::Page { page, size } => (page, size),
    };
    let (skipped, limit) = (usize::try_from((page - 1) * size), usize::try_from(size).unwrap_or(1));
    let logs = log::list_at(&cx, &may, &filter, skipped.unwrap_or(usize::MAX), limit).await?;
    let total = log::count(&cx, &may, &filter).await?;
    let pages = (total + size - 1) / size;
    let logs: Vec<AuditLog> = logs.into_iter().map(AuditLog::from).collect();
    let current_count = logs.len();
    let answer = AuditLogs { logs, total, pages, next_cursor: None, has_more: page < pages, current_count };
    Ok(Json(answer).into_response())
}

fn file(name: &str, format: LogFormat, body: Body) -> Result<Response, Problem> {
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    let disposition = disposition.map_err(|_| Error::bad_request("There is no name for the file."))?;
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    headers.insert(header::CACHE_CONTROL, PRIVATE);
    Ok(response)
}

/// List the actions of the audit log.
///
/// Each that the log has, with how often. Takes what reading the log takes.
#[utoipa::path(
    get,
    path = "/api/admin/audit-logs/actions",
    tag = "Administration",
    responses((status = 200, description = "The actions, by name.", body = AuditActions)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!([
        "changelog:read", "changelog:write", "changelog:publish", "changelog:delete", "project:read", "project:write",
        "analytics:read", "subscribers:read", "subscribers:write", "email:send", "github:read", "github:write",
        "tags:read", "tags:write", "webhooks:read", "webhooks:write"
    ])))
)]
pub(crate) async fn list_audit_actions(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ReadAuditLog>,
) -> Result<Json<AuditActions>, Problem> {
    Ok(Json(log::actions(&cx, &may).await?.into()))
}
