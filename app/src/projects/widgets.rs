//! Widgets of a project: the list, a new one, and the editor with its preview.

mod controls;
mod edit;
mod list;
mod preview;
mod snippets;

use std::collections::BTreeMap;

use leptos::prelude::*;
use model::projects::Project;
use model::widgets::Widget;
use model::{ProjectId, Result, WidgetId};
use serde::{Deserialize, Serialize};

pub use edit::WidgetEditPage;
pub use list::WidgetListPage;

#[cfg(feature = "ssr")]
use crate::params::project_path;
#[cfg(feature = "ssr")]
use crate::server::{PinnedLoader, act};
#[cfg(feature = "ssr")]
use model::widgets::{NewWidget, Variant, WidgetPatch};
#[cfg(feature = "ssr")]
use services::access::{EditProjects, ReadProjects};

/// The widgets of a project, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Widgets {
    pub project: Project,
    pub widgets: Vec<Widget>,
    /// The address people use, without a trailing slash.
    pub base_url: String,
    pub pinned: Option<Pinned>,
}

/// One widget.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneWidget {
    pub project: Project,
    pub widget: Widget,
    pub base_url: String,
}

/// The script as a file whose content never changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pinned {
    /// A path on this instance.
    pub url: String,
    pub integrity: String,
}

#[server(prefix = "/rpc", endpoint = "widgets/list")]
pub async fn list_widgets(project: ProjectId) -> Result<Widgets> {
    // The context is there until the first wait.
    let pinned = use_context::<PinnedLoader>()
        .map(|pinned| Pinned { url: pinned.url.to_owned(), integrity: pinned.integrity.to_owned() });
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        let widgets = services::widgets::list(&cx.services, &may).await?;
        Ok(Widgets { project: may.project().clone(), widgets, base_url: cx.services.base_url().to_owned(), pinned })
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "widgets/get")]
pub async fn get_widget(project: ProjectId, widget: WidgetId) -> Result<OneWidget> {
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        let widget = services::widgets::get(&cx.services, &may, &widget).await?;
        Ok(OneWidget { project: may.project().clone(), widget, base_url: cx.services.base_url().to_owned() })
    })
    .await
}

/// Keeps a new widget and goes to its editor.
#[server(prefix = "/rpc", endpoint = "widgets/create")]
pub async fn create_widget(project: ProjectId, name: String, #[server(default)] variant: String) -> Result<Widget> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let new = NewWidget::named(name, Variant::parse(&variant).unwrap_or_default());
        let widget = services::widgets::create(&cx.services, &may, new).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/widgets/{}", widget.id)));
        Ok(widget)
    })
    .await
}

/// Saves a widget. `settings` are options by name, as text.
#[server(prefix = "/rpc", endpoint = "widgets/save")]
pub async fn save_widget(
    project: ProjectId,
    widget: WidgetId,
    name: String,
    #[server(default)] is_active: bool,
    #[server(default)] custom_css: String,
    /// One on a line.
    #[server(default)]
    allowed_origins: String,
    #[server(default)] settings: BTreeMap<String, String>,
) -> Result<Widget> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let patch = WidgetPatch {
            name: Some(name),
            is_active: Some(is_active),
            custom_css: Some(Some(custom_css)),
            allowed_origins: Some(allowed_origins.lines().map(str::to_owned).collect()),
            ..WidgetPatch::default()
        };
        let fields: Vec<(String, String)> = settings.into_iter().collect();
        services::widgets::update_by_form(&cx.services, &may, &widget, patch, &fields).await
    })
    .await
}

/// Keeps a copy and goes to its editor.
#[server(prefix = "/rpc", endpoint = "widgets/duplicate")]
pub async fn duplicate_widget(project: ProjectId, widget: WidgetId) -> Result<Widget> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let copy = services::widgets::duplicate(&cx.services, &may, &widget).await?;
        leptos_axum::redirect(&project_path(&project, &format!("/widgets/{}", copy.id)));
        Ok(copy)
    })
    .await
}

/// Deletes a widget and goes to the list.
#[server(prefix = "/rpc", endpoint = "widgets/delete")]
pub async fn delete_widget(project: ProjectId, widget: WidgetId) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        services::widgets::delete(&cx.services, &may, &widget).await?;
        leptos_axum::redirect(&project_path(&project, "/widgets"));
        Ok(())
    })
    .await
}
