//! Importing in two steps: a text is read into entries that the caller may look at and change; entries are imported.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::{Error, ProjectId};
use services::access::{EditProjects, RunImports};
use services::{Services, imports};
use utoipa::IntoParams;

use crate::extract::{Body, FromQuery, MayLater, Params, Query};
use crate::problem::{self, Problem};
use crate::wire;

/// The caller, who has to be allowed to import into the project that the body names. An import changes the project and
/// writes entries, so a key needs the scope of both.
type MayImport = MayLater<(EditProjects, RunImports)>;

async fn parse(
    cx: &Services,
    may: &MayImport,
    text: wire::ImportText,
    kind: wire::ParsedKind,
) -> Result<Response, Problem> {
    may.grant(cx, &text.project).await?;
    let parsed = imports::parse(&text.content, &text.reading).await.map_err(wire::named_content)?;
    if parsed.releases.is_empty() {
        let body = wire::NothingToImport {
            problem: problem::body(
                StatusCode::UNPROCESSABLE_ENTITY,
                "nothing_to_import",
                "There is nothing to import in this text.",
            ),
            detection: wire::Detection::of(&parsed),
        };
        return Ok(problem::with_body(StatusCode::UNPROCESSABLE_ENTITY, &body));
    }
    Ok(Json(wire::ParsedImport::new(&parsed, kind)).into_response())
}

/// Read Markdown for an import.
///
/// Nothing is imported. The entries come back checked, to be changed or left out and sent to `process`. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/import/parse",
    tag = "Import",
    request_body = wire::ImportMarkdownBody,
    responses(
        (status = 200, description = "What was found.", body = wire::ParsedImport),
        (status = 422, description = "There is nothing to import in the text.", body = wire::NothingToImport)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn parse_import(
    State(cx): State<Services>,
    may: MayImport,
    Body(wire::ImportMarkdown(text)): Body<wire::ImportMarkdown>,
) -> Result<Response, Problem> {
    parse(&cx, &may, text, wire::ParsedKind::Markdown).await
}

/// Read JSON for an import.
///
/// A list of entries, or an object with a list in `data`, `entries`, `releases`, `items` or `changelog`; also the answer
/// of GitHub about releases. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/import/json",
    tag = "Import",
    request_body = wire::ImportJsonBody,
    responses(
        (status = 200, description = "What was found.", body = wire::ParsedImport),
        (status = 422, description = "The list is empty.", body = wire::NothingToImport)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn parse_json_import(
    State(cx): State<Services>,
    may: MayImport,
    Body(wire::ImportJson(text)): Body<wire::ImportJson>,
) -> Result<Response, Problem> {
    parse(&cx, &may, text, wire::ParsedKind::List).await
}

/// Read a table for an import.
///
/// CSV (RFC 4180). The delimiter is found out unless it is given. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/import/csv",
    tag = "Import",
    request_body = wire::ImportCsvBody,
    responses(
        (status = 200, description = "What was found.", body = wire::ParsedImport),
        (status = 422, description = "The table has no rows.", body = wire::NothingToImport)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn parse_csv_import(
    State(cx): State<Services>,
    may: MayImport,
    Body(wire::ImportCsv(text)): Body<wire::ImportCsv>,
) -> Result<Response, Problem> {
    parse(&cx, &may, text, wire::ParsedKind::List).await
}

/// Import entries.
///
/// Entries as `parse`, `json` and `csv` give them; each is checked again, whatever it says about itself. Everything is
/// written in one transaction. Importing the same entries again adds nothing. Takes staff; publishing and replacing take
/// the rights of their own.
#[utoipa::path(
    post,
    path = "/api/projects/import/process",
    tag = "Import",
    request_body = wire::ImportEntriesBody,
    responses((status = 200, description = "What came of it.", body = wire::ImportResult)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn process_import(
    State(cx): State<Services>,
    may: MayImport,
    Body(entries): Body<wire::ImportEntries>,
) -> Result<Json<wire::ImportResult>, Problem> {
    let may = may.grant(&cx, &entries.project).await?;
    let begin = cx.clock.now();
    let processed = imports::process(&cx, &may, entries.given, entries.options).await?;
    Ok(Json(wire::ImportResult::new(processed, cx.clock.now() - begin)))
}

/// Which project.
#[derive(IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `History` reads")]
pub(crate) struct HistoryParams {
    /// Id of the project.
    project_id: String,
}

pub(crate) struct History(Option<String>);

impl FromQuery for History {
    fn read(params: &mut Params) -> Self {
        Self(params.text("projectId").map(str::to_owned))
    }
}

/// Read what a project has imported.
///
/// Takes staff.
#[utoipa::path(
    get,
    path = "/api/projects/import/process",
    tag = "Import",
    params(HistoryParams),
    responses((status = 200, description = "The imports in numbers.", body = wire::ImportHistory)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn get_import_history(
    State(cx): State<Services>,
    may: MayImport,
    Query(History(project)): Query<History>,
) -> Result<Json<wire::ImportHistory>, Problem> {
    let project = project.ok_or_else(|| Error::field("projectId", "projectId is missing."))?;
    let project: ProjectId = project.parse().map_err(|_| Error::NotFound)?;
    let may = may.grant(&cx, &project).await?;
    Ok(Json(imports::figures(&cx, &may).await?.into()))
}
