//! Importing in two steps: a text is read into entries that the caller may look at and change; entries are imported.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::{Error, ProjectId};
use services::access::{EditProjects, RunImports};
use services::{Services, imports};
use utoipa::IntoParams;

use crate::extract::{Body, FromQuery, MayBoth, MayLater, Params, Query};
use crate::problem::{self, Problem};
use crate::wire;

/// The caller, who has to be allowed to import into the project that the body names. An import changes the project and
/// writes entries, so a key needs the scope of both.
type MayImport = MayLater<(EditProjects, RunImports)>;
/// The same for what is fetched and goes into no project yet.
type MayFetch = MayBoth<EditProjects, RunImports>;

async fn parse(
    cx: &Services,
    may: &MayImport,
    text: wire::ImportText,
    kind: wire::ParsedKind,
) -> Result<Response, Problem> {
    may.grant(cx, &text.project).await?;
    let parsed = imports::parse(&text.content, &text.reading).await.map_err(wire::named_content)?;
    found(&parsed, kind)
}

/// What was read, or what it looks like when nothing was.
fn found(parsed: &imports::Parsed, kind: wire::ParsedKind) -> Result<Response, Problem> {
    if parsed.releases.is_empty() {
        let body = wire::NothingToImport {
            problem: problem::body(
                StatusCode::UNPROCESSABLE_ENTITY,
                "nothing_to_import",
                "There is nothing to import in this text.",
            ),
            detection: wire::Detection::of(parsed),
        };
        return Ok(problem::with_body(StatusCode::UNPROCESSABLE_ENTITY, &body));
    }
    Ok(Json(wire::ParsedImport::new(parsed, kind)).into_response())
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

/// Read a feed or a file at an address for an import.
///
/// RSS, Atom, JSON Feed, JSON, and, where the address says that it is one, Markdown or a table; releases of a repository
/// at GitHub; a page that names its feed leads to that. Addresses in private networks are refused unless the operator has
/// opened them, also after redirects. The token is sent to the API of GitHub and nowhere else, and is not kept. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/import/url",
    tag = "Import",
    request_body = wire::ImportUrlBody,
    responses(
        (status = 200, description = "What was found.", body = wire::ParsedImport),
        (status = 422, description = "There is nothing to import at the address.", body = wire::NothingToImport)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn parse_url_import(
    State(cx): State<Services>,
    may: MayImport,
    Body(wire::ImportUrl { project, from }): Body<wire::ImportUrl>,
) -> Result<Response, Problem> {
    let may = may.grant(&cx, &project).await?;
    let imports::Fetched { text, reading } =
        imports::fetch_url(&cx, &may, from).await.map_err(|error| wire::within_options(error, "url"))?;
    let parsed = imports::parse(&text, &reading).await.map_err(|error| wire::within_options(error, "url"))?;
    found(&parsed, wire::ParsedKind::List)
}

/// Ask whether Canny takes a key.
///
/// The key is sent to Canny, and neither kept nor logged. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/import/canny/validate",
    tag = "Import",
    request_body = wire::CannyKeyBody,
    responses((status = 200, description = "What Canny says.", body = wire::CannyKeyChecked)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn validate_canny_key(
    State(cx): State<Services>,
    may: MayFetch,
    Body(wire::CannyKey(key)): Body<wire::CannyKey>,
) -> Result<Json<wire::CannyKeyChecked>, Problem> {
    let valid = imports::canny_takes(&cx, &may.grant, &key).await?;
    Ok(Json(wire::CannyKeyChecked::new(valid)))
}

/// Fetch entries of Canny.
///
/// Nothing is imported: the entries come back checked, to be sent to `process`. The key is sent to Canny, and neither
/// kept nor logged. Takes staff.
#[utoipa::path(
    post,
    path = "/api/projects/import/canny/fetch",
    tag = "Import",
    request_body = wire::CannyFetchBody,
    responses((status = 200, description = "What was found.", body = wire::CannyFetched)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write", "changelog:write"])))
)]
pub(crate) async fn fetch_canny_entries(
    State(cx): State<Services>,
    may: MayFetch,
    Body(wire::CannyFetch { key, options }): Body<wire::CannyFetch>,
) -> Result<Json<wire::CannyFetched>, Problem> {
    let entries = imports::fetch_canny(&cx, &may.grant, &key, &options).await?;
    Ok(Json(entries.into()))
}
