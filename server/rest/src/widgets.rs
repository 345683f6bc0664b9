//! Keeping widgets. Their scripts are in [`embed`](crate::embed).

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use model::widgets::Widget;
use services::access::{EditProjects, ReadProjects};
use services::{Services, widgets};

use crate::conditional::{self, IfMatch, PRIVATE, Refusal};
use crate::extract::{Body, May, WidgetPath};
use crate::problem::Problem;
use crate::projects::created;
use crate::wire;

/// List the widgets of a project.
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/integrations/widget/{projectId}/list",
    tag = "Widgets",
    params(("projectId" = String, Path, description = "Id of the project.")),
    responses((status = 200, description = "The widgets.", body = wire::WidgetList)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:read"])))
)]
pub(crate) async fn list_widgets(
    State(cx): State<Services>,
    May(may): May<ReadProjects>,
) -> Result<Json<wire::WidgetList>, Problem> {
    let widgets = widgets::list(&cx, &may).await?.into_iter().map(wire::Widget::from).collect();
    Ok(Json(wire::WidgetList { widgets }))
}

/// Create a widget.
#[utoipa::path(
    post,
    path = "/api/integrations/widget/{projectId}",
    tag = "Widgets",
    params(("projectId" = String, Path, description = "Id of the project.")),
    request_body = wire::NewWidgetBody,
    responses((
        status = 201,
        description = "The new widget.",
        body = wire::OneWidget,
        headers(("Location" = String, description = "Where the widget is."))
    )),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn create_widget(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    Body(wire::NewWidget(new)): Body<wire::NewWidget>,
) -> Result<Response, Problem> {
    let widget = widgets::create(&cx, &may, new).await?;
    let location = format!("/api/integrations/widget/{}/{}", may.project_id(), widget.id);
    created(&location, &wire::OneWidget { widget: widget.into() })
}

/// Create a widget, old address.
///
/// The same as `POST /api/integrations/widget/{projectId}`, for clients that send something more in the path.
#[utoipa::path(
    post,
    path = "/api/integrations/widget/{projectId}/{widgetId}",
    tag = "Widgets",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("widgetId" = String, Path, description = "Ignored.")
    ),
    request_body = wire::NewWidgetBody,
    responses((
        status = 201,
        description = "The new widget.",
        body = wire::OneWidget,
        headers(("Location" = String, description = "Where the widget is."))
    )),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn create_widget_at(
    cx: State<Services>,
    may: May<EditProjects>,
    body: Body<wire::NewWidget>,
) -> Result<Response, Problem> {
    create_widget(cx, may, body).await
}

/// Change a widget.
#[utoipa::path(
    put,
    path = "/api/integrations/widget/{projectId}/{widgetId}",
    tag = "Widgets",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("widgetId" = String, Path, description = "Id of the widget."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the widget still has this `ETag`.")
    ),
    request_body = wire::WidgetChangesBody,
    responses(
        (status = 200, description = "The widget as it is now.", body = wire::OneWidget),
        (status = 412, description = "The widget has changed; this is how it is now.", body = wire::OneWidget)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn update_widget(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    WidgetPath(id): WidgetPath,
    if_match: IfMatch,
    Body(wire::WidgetChanges(patch)): Body<wire::WidgetChanges>,
) -> Result<Response, Refusal> {
    let shown = if_match.on(shown);
    let widget = shown.settle(widgets::update_if(&cx, &may, &id, patch, &shown).await)?;
    Ok(conditional::json(&HeaderMap::new(), PRIVATE, &wire::OneWidget { widget: widget.into() })?)
}

/// A widget as every answer shows it.
fn shown(widget: &Widget) -> wire::OneWidget {
    wire::OneWidget { widget: widget.clone().into() }
}

/// Delete a widget.
///
/// Pages that still embed it show nothing in its place.
#[utoipa::path(
    delete,
    path = "/api/integrations/widget/{projectId}/{widgetId}",
    tag = "Widgets",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("widgetId" = String, Path, description = "Id of the widget."),
        ("If-Match" = Option<String>, Header, description = "Goes on only if the widget still has this `ETag`.")
    ),
    responses(
        (status = 200, description = "The widget is gone.", body = wire::Deleted),
        (status = 412, description = "The widget has changed; this is how it is now.", body = wire::OneWidget)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["project:write"])))
)]
pub(crate) async fn delete_widget(
    State(cx): State<Services>,
    May(may): May<EditProjects>,
    WidgetPath(id): WidgetPath,
    if_match: IfMatch,
) -> Result<Json<wire::Deleted>, Refusal> {
    let shown = if_match.on(shown);
    shown.settle(widgets::delete_if(&cx, &may, &id, &shown).await)?;
    Ok(Json(wire::Deleted { success: true }))
}
