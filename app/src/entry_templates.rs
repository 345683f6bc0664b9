//! Texts to start an entry from: what the settings of a project and the editor ask the server for.

use leptos::prelude::*;
use model::entry_templates::{EntryTemplate, Start};
use model::{EntryTemplateId, ProjectId, Result};

#[cfg(feature = "ssr")]
use crate::params::project_path;
#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::entry_templates::{EntryTemplatePatch, NewEntryTemplate};
#[cfg(feature = "ssr")]
use services::access::{EditProjects, ReadEntries, ReadProjects};

/// The templates of a project, by name.
#[server(prefix = "/rpc", endpoint = "entry-templates/list")]
pub async fn list_entry_templates(project: ProjectId) -> Result<Vec<EntryTemplate>> {
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        services::entry_templates::list(&cx.services, &may).await
    })
    .await
}

/// Keeps a template, a new one where `template` is empty, and goes to the list. `tags` are names with commas between
/// them.
#[server(prefix = "/rpc", endpoint = "entry-templates/save")]
pub async fn save_entry_template(
    project: ProjectId,
    #[server(default)] template: String,
    name: String,
    #[server(default)] title: String,
    #[server(default)] content: String,
    #[server(default)] tags: String,
) -> Result<EntryTemplate> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        let tags = model::tags::parse_list(&tags);
        let saved = if template.is_empty() {
            let new = NewEntryTemplate { name, title, content, tags };
            services::entry_templates::create(&cx.services, &may, new).await?
        } else {
            let id: EntryTemplateId = template.parse().map_err(|_| model::Error::NotFound)?;
            let (name, title, content, tags) = (Some(name), Some(title), Some(content), Some(tags));
            let patch = EntryTemplatePatch { name, title, content, tags };
            services::entry_templates::update(&cx.services, &may, &id, patch).await?
        };
        leptos_axum::redirect(&project_path(&project, "/settings/templates"));
        Ok(saved)
    })
    .await
}

/// Deletes a template and goes to the list.
#[server(prefix = "/rpc", endpoint = "entry-templates/delete")]
pub async fn delete_entry_template(project: ProjectId, template: EntryTemplateId) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<EditProjects>(&project).await?;
        services::entry_templates::delete(&cx.services, &may, &template).await?;
        leptos_axum::redirect(&project_path(&project, "/settings/templates"));
        Ok(())
    })
    .await
}

/// What an entry starts with that is made from a template today.
#[server(prefix = "/rpc", endpoint = "entry-templates/start")]
pub async fn start_from_template(project: ProjectId, template: EntryTemplateId) -> Result<Start> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::entry_templates::start(&cx.services, &may, &template).await
    })
    .await
}
