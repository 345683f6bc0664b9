//! Entries: the list of a project and the editor.

mod edit;
mod editor;
mod list;

use leptos::prelude::*;
use model::entries::{Entry, EntryState, EntrySummary, StateCounts};
use model::{Cursor, EntryId, Page, ProjectId, Result};
use serde::{Deserialize, Serialize};

pub use edit::{EntryEditPage, EntryNewPage};
pub use editor::watch_history;
pub use list::{EntryLines, EntryListPage};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::entries::{EntryPatch, NewEntry};
#[cfg(feature = "ssr")]
use model::tags::{self, TagRef};
#[cfg(feature = "ssr")]
use services::access::{DeleteEntries, PublishEntries, ReadEntries, ReadTags, WriteEntries};
#[cfg(feature = "ssr")]
use services::entries::ListQuery;

/// One page of the list, with the figures above it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryList {
    pub project: model::projects::Project,
    pub page: Page<EntrySummary>,
    pub counts: StateCounts,
    /// Names of the tags used in the project.
    pub tags: Vec<String>,
}

/// An entry as the editor needs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryToEdit {
    pub project: model::projects::Project,
    /// `None` for a new one.
    pub entry: Option<Entry>,
    /// Whether somebody asked an administrator to publish it.
    pub requested: bool,
    /// Names of all tags, to offer.
    pub tags: Vec<String>,
}

/// Entries of a project, newest first, 50 at a time.
#[server(prefix = "/rpc", endpoint = "entries/list")]
pub async fn list_entries(
    project: ProjectId,
    #[server(default)] state: Option<EntryState>,
    #[server(default)] search: String,
    #[server(default)] tag: String,
    #[server(default)] after: Option<Cursor>,
) -> Result<EntryList> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let tags = if tag.is_empty() { Vec::new() } else { vec![tag] };
        let query = ListQuery { state, search, tags, ..ListQuery::default() };
        let page = services::entries::list(&cx.services, &may, &query, after.as_ref(), 50).await?;
        let counts = services::entries::counts(&cx.services, &may).await?;
        let may_tags = cx.grant::<ReadTags>(&project).await?;
        let tags = services::tags::list_used(&cx.services, &may_tags).await?;
        let tags = tags.into_iter().map(|tag| tag.name).collect();
        Ok(EntryList { project: may.project().clone(), page, counts, tags })
    })
    .await
}

/// An entry to edit, or what a new one starts with.
#[server(prefix = "/rpc", endpoint = "entries/get")]
pub async fn get_entry(project: ProjectId, #[server(default)] entry: Option<EntryId>) -> Result<EntryToEdit> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let (entry, requested) = match entry {
            None => (None, false),
            Some(id) => {
                let entry = services::entries::get(&cx.services, &may, &id).await?;
                (Some(entry), services::entries::is_requested(&cx.services, &may, &id).await?)
            }
        };
        let may_tags = cx.grant::<ReadTags>(&project).await?;
        let tags = services::tags::list_all(&cx.services, &may_tags).await?;
        let tags = tags.into_iter().map(|tag| tag.name).collect();
        Ok(EntryToEdit { project: may.project().clone(), entry, requested, tags })
    })
    .await
}

#[cfg(feature = "ssr")]
fn tag_refs(list: &str) -> Vec<TagRef> {
    tags::parse_list(list).into_iter().map(TagRef::Name).collect()
}

/// Saves an entry: creates it when `entry` is empty, else changes it if nobody else did since `lock_version`. With
/// `intent` "publish" the saved entry is published, with "unpublish" taken back, with "request" an administrator is
/// asked. Goes to the entry's own page when it was new.
#[server(prefix = "/rpc", endpoint = "entries/save")]
pub async fn save_entry(
    project: ProjectId,
    #[server(default)] entry: String,
    #[server(default)] lock_version: i64,
    title: String,
    #[server(default)] content: String,
    #[server(default)] version: String,
    #[server(default)] tags: String,
    #[server(default)] intent: String,
) -> Result<Entry> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let is_new = entry.is_empty();
        let saved = if is_new {
            let new = NewEntry { title, content, version: Some(version), tags: tag_refs(&tags) };
            services::entries::create(&cx.services, &may, new).await?
        } else {
            let id: EntryId = entry.parse().map_err(|_| model::Error::NotFound)?;
            let patch = EntryPatch {
                title: Some(title),
                content: Some(content),
                version: Some(Some(version)),
                tags: Some(tag_refs(&tags)),
                lock_version: Some(lock_version),
            };
            services::entries::update(&cx.services, &may, &id, patch).await?
        };
        if is_new {
            leptos_axum::redirect(&crate::params::project_path(&project, &format!("/changelog/{}", saved.id)));
        }
        match intent.as_str() {
            "publish" => {
                let may = cx.grant::<PublishEntries>(&project).await?;
                services::entries::publish(&cx.services, &may, &saved.id, None).await
            }
            "unpublish" => {
                let may = cx.grant::<PublishEntries>(&project).await?;
                services::entries::unpublish(&cx.services, &may, &saved.id).await
            }
            "request" => Ok(services::entries::request_publication(&cx.services, &may, &saved.id).await?.0),
            _ => Ok(saved),
        }
    })
    .await
}

/// Deletes an entry and goes to the list. Staff delete only drafts of their own.
#[server(prefix = "/rpc", endpoint = "entries/delete")]
pub async fn delete_entry(project: ProjectId, entry: EntryId) -> Result<()> {
    act(async |cx| {
        match cx.grant::<DeleteEntries>(&project).await {
            Ok(may) => services::entries::delete(&cx.services, &may, &entry).await?,
            Err(model::Error::Forbidden { .. }) => {
                let may = cx.grant::<WriteEntries>(&project).await?;
                services::entries::discard_own_draft(&cx.services, &may, &entry).await?
            }
            Err(error) => return Err(error),
        };
        leptos_axum::redirect(&crate::params::project_path(&project, "/changelog"));
        Ok(())
    })
    .await
}
