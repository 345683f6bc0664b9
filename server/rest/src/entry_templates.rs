//! Texts to start an entry from.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use model::entry_templates::EntryTemplate;
use services::access::{EditProjects, ReadProjects};
use services::{Services, entry_templates};

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, EntryTemplatePath, May};
use crate::problem::Problem;
use crate::projects::created;
use crate::wire;

/// List the templates of a project.
///
/// By name.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/entry-templates",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The templates.", body = wire::EntryTemplateList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn list_entry_templates(
    State(cx): State<Services>,
    May(may): May<ReadProjects>,
) -> Result<Json<wire::EntryTemplateList>, Problem> {
    let templates = entry_templates::list(&cx, &may).await?.into_iter().map(wire::EntryTemplate::from).collect();
    Ok(Json(wire::EntryTemplateList { templates }))
}

/// Create a template.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/entry-templates",
    tag = "Entries",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = wire::NewEntryTemplateBody,
    responses((
        status = 201,
        description = "The new template.",
        body = wire::OneEntryTemplate,
        headers(("Location" = String, description = "Where the template is."))
    )),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn create_entry_template(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    Body(wire::NewEntryTemplate(new)): Body<wire::NewEntryTemplate>,
) -> Result<Response, Problem> {
    let template = entry_templates::create(&cx, &may, new).await?;
    let location = format!("/api/projects/{}/entry-templates/{}", may.project_id(), template.id);
    created(&location, &shown(&template))
}

/// Get a template.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/entry-templates/{templateId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("templateId" = String, Path, description = "Id of the template.")
    ),
    responses((status = 200, description = "The template.", body = wire::OneEntryTemplate)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn get_entry_template(
    State(cx): State<Services>,
    May(may): May<ReadProjects>,
    EntryTemplatePath(id): EntryTemplatePath,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    conditional::json(&headers, PRIVATE, &shown(&entry_templates::get(&cx, &may, &id).await?))
}

/// Change a template.
#[utoipa::path(
    patch,
    path = "/api/projects/{projectId}/entry-templates/{templateId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("templateId" = String, Path, description = "Id of the template."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the template still has this `ETag`.")
    ),
    request_body = wire::EntryTemplateChangesBody,
    responses(
        (status = 200, description = "The template as it is now.", body = wire::OneEntryTemplate),
        (status = 412, description = "The template has changed; this is how it is now.", body = wire::OneEntryTemplate)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn update_entry_template(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    EntryTemplatePath(id): EntryTemplatePath,
    if_match: IfMatch,
    Body(wire::EntryTemplateChanges(patch)): Body<wire::EntryTemplateChanges>,
) -> Result<Response, Refusal> {
    let condition = if_match.on(shown);
    let template = condition.settle(entry_templates::update_if(&cx, &may, &id, patch, &condition).await)?;
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &shown(&template))?)
}

/// Delete a template.
///
/// Entries that started from it stay as they are.
#[utoipa::path(
    delete,
    path = "/api/projects/{projectId}/entry-templates/{templateId}",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("templateId" = String, Path, description = "Id of the template."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the template still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The template is gone.", body = wire::Deleted),
        (status = 412, description = "The template has changed; this is how it is now.", body = wire::OneEntryTemplate)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn delete_entry_template(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    EntryTemplatePath(id): EntryTemplatePath,
    if_match: IfMatch,
) -> Result<Json<wire::Deleted>, Refusal> {
    let condition = if_match.on(shown);
    condition.settle(entry_templates::delete_if(&cx, &may, &id, &condition).await)?;
    Ok(Json(wire::Deleted { success: true }))
}

/// A template as every answer shows it.
fn shown(template: &EntryTemplate) -> wire::OneEntryTemplate {
    wire::OneEntryTemplate { template: template.clone().into() }
}
