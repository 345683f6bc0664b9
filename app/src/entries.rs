//! Entries: the list of a project and the editor.

mod bulk;
mod edit;
mod editor;
mod list;
mod plan;

use leptos::prelude::*;
use model::entries::{Entry, EntryState, EntrySummary, StateCounts};
use model::entry_templates::{Start, TemplateName};
use model::presence::Around;
use model::requests::OpenRequest;
use model::versions::{UsedVersion, VersionHelp};
use model::{Cursor, EntryId, EntryTemplateId, Page, ProjectId, Result, UserId};
use serde::{Deserialize, Serialize};

pub use edit::{EntryEditPage, EntryNewPage};
pub use editor::watch_history;
pub(crate) use editor::{Compare, Snapshot};
pub use list::{EntryLines, EntryListPage};
pub use plan::{PlanTold, arrange_entry, unschedule_entry};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use model::entries::{EntryPatch, EntrySort, NewEntry};
#[cfg(feature = "ssr")]
use model::tags::{self, NewTag, TagRef};
#[cfg(feature = "ssr")]
use services::access::{self, DeleteEntries, PublishEntries, ReadEntries, ReadTags, Way, WriteEntries, WriteTags};
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
    /// Who wrote its entries, by name.
    pub authors: Vec<(UserId, String)>,
    /// Which entries of the page the caller has marked.
    pub bookmarked: Vec<EntryId>,
}

/// An entry as the editor needs it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryToEdit {
    pub project: model::projects::Project,
    /// `None` for a new one.
    pub entry: Option<Entry>,
    /// What waits for an administrator.
    pub requests: Vec<OpenRequest>,
    /// Whether the public has ever seen it.
    pub was_published: bool,
    /// All tags, to offer.
    pub tags: Vec<TagToOffer>,
    pub publication: Publication,
    pub plan: PlanTold,
    /// How many states of it are kept.
    pub revisions: i64,
    /// Whether the caller has marked it.
    pub is_bookmarked: bool,
    /// What there is to start from, or to insert.
    pub templates: Vec<TemplateName>,
    /// What a new entry starts with, where a template was named.
    pub start: Option<Start>,
}

/// A tag as a tag field shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagToOffer {
    pub name: String,
    pub color: Option<String>,
}

/// When an entry became public, in the zone that readers see.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publication {
    /// The IANA name of the zone.
    pub zone: String,
    /// `2 November 2026, 14:05 CET`; empty for what is not public.
    pub moment: String,
}

#[cfg(feature = "ssr")]
impl Publication {
    fn of(zone: &services::zones::Zone, entry: Option<&Entry>) -> Self {
        let at = entry.and_then(|entry| entry.published_at);
        Self { moment: at.map(|at| zone.moment(at)).unwrap_or_default(), zone: zone.name().to_owned() }
    }
}

/// Entries of a project, 50 at a time. `tag` has names of tags, divided by commas; any of them matches. `sort` is
/// "newest", "oldest", "updated" or "version".
#[server(prefix = "/rpc", endpoint = "entries/list")]
pub async fn list_entries(
    project: ProjectId,
    #[server(default)] state: Option<EntryState>,
    #[server(default)] search: String,
    #[server(default)] tag: String,
    #[server(default)] author: String,
    #[server(default)] sort: String,
    #[server(default)] after: Option<Cursor>,
) -> Result<EntryList> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let query = ListQuery {
            state,
            search,
            tags: tags::parse_list(&tag),
            author: author.parse().ok(),
            sort: EntrySort::parse(&sort),
            ..ListQuery::default()
        };
        let page = services::entries::list(&cx.services, &may, &query, after.as_ref(), 50).await?;
        let counts = services::entries::counts(&cx.services, &may).await?;
        let may_tags = cx.grant::<ReadTags>(&project).await?;
        let tags = services::tags::list_used(&cx.services, &may_tags).await?;
        let tags = tags.into_iter().map(|tag| tag.name).collect();
        let authors = services::entries::authors(&cx.services, &may).await?;
        let ids: Vec<&EntryId> = page.items.iter().map(|entry| &entry.id).collect();
        let bookmarked = services::bookmarks::among(&cx.services, &may, &ids).await?.into_iter().collect();
        Ok(EntryList { project: may.project().clone(), page, counts, tags, authors, bookmarked })
    })
    .await
}

/// An entry to edit, or what a new one starts with: `template`, if there is one.
#[server(prefix = "/rpc", endpoint = "entries/get")]
pub async fn get_entry(
    project: ProjectId,
    #[server(default)] entry: Option<EntryId>,
    #[server(default)] template: Option<EntryTemplateId>,
) -> Result<EntryToEdit> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let (entry, requests, was_published, revisions) = match entry {
            None => (None, Vec::new(), false, 0),
            Some(id) => {
                let entry = services::entries::get(&cx.services, &may, &id).await?;
                let requests = services::requests::list(&cx.services, &may, &id).await?;
                let was_published = services::entries::was_published(&cx.services, &may, &id).await?;
                let revisions = services::history::count(&cx.services, &may, &id).await?;
                (Some(entry), requests, was_published, revisions)
            }
        };
        let may_tags = cx.grant::<ReadTags>(&project).await?;
        let tags = services::tags::list_all(&cx.services, &may_tags).await?;
        let tags = tags.into_iter().map(|tag| TagToOffer { name: tag.name, color: tag.color }).collect();
        let zone = services::zones::of(&cx.services, may.project()).await?;
        let publication = Publication::of(&zone, entry.as_ref());
        let plan = PlanTold::load(&cx, &may, entry.as_ref()).await?;
        let ids: Vec<&EntryId> = entry.iter().map(|entry| &entry.id).collect();
        let is_bookmarked = !services::bookmarks::among(&cx.services, &may, &ids).await?.is_empty();
        let templates = services::entry_templates::names(&cx.services, &may).await?;
        let start = match template.filter(|_| entry.is_none()) {
            None => None,
            // One that was deleted meanwhile leaves an empty page.
            Some(id) => match services::entry_templates::start(&cx.services, &may, &id).await {
                Ok(start) => Some(start),
                Err(model::Error::NotFound) => None,
                Err(error) => return Err(error),
            },
        };
        let project = may.project().clone();
        Ok(EntryToEdit {
            project,
            entry,
            requests,
            was_published,
            tags,
            publication,
            plan,
            revisions,
            is_bookmarked,
            templates,
            start,
        })
    })
    .await
}

#[cfg(feature = "ssr")]
fn tag_refs(list: &str) -> Vec<TagRef> {
    tags::parse_list(list).into_iter().map(TagRef::Name).collect()
}

/// Saves an entry: creates it when `entry` is empty, else changes it if nobody else did since `lock_version`. With
/// `intent` "publish" the saved entry is published, with "unpublish" taken back, with "request" an administrator is
/// asked. Goes to the entry's own page when it was new, unless `stay` is set. With `manual` the state is kept in the
/// history as one that somebody asked to save.
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
    #[server(default)] stay: bool,
    #[server(default)] manual: bool,
) -> Result<Entry> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        // Asked before anything is written, so that a refusal changes nothing.
        let may_publish = match intent.as_str() {
            "publish" | "unpublish" => Some(cx.grant::<PublishEntries>(&project).await?),
            _ => None,
        };
        let is_new = entry.is_empty();
        let saved = if is_new {
            let version = Some(version);
            let new = NewEntry { title, content, version, tags: tag_refs(&tags), external_id: None };
            services::entries::create(&cx.services, &may, new).await?
        } else {
            let id: EntryId = entry.parse().map_err(|_| model::Error::NotFound)?;
            let patch = EntryPatch {
                title: Some(title),
                content: Some(content),
                version: Some(Some(version)),
                tags: Some(tag_refs(&tags)),
                lock_version: Some(lock_version),
                is_manual: manual,
            };
            services::entries::update(&cx.services, &may, &id, patch).await?
        };
        if is_new && !stay {
            leptos_axum::redirect(&crate::params::project_path(&project, &format!("/changelog/{}", saved.id)));
        }
        match (intent.as_str(), may_publish) {
            ("publish", Some(may)) => services::entries::publish(&cx.services, &may, &saved.id, None).await,
            ("unpublish", Some(may)) => services::entries::unpublish(&cx.services, &may, &saved.id).await,
            ("request", _) => Ok(services::entries::request_publication(&cx.services, &may, &saved.id).await?.0),
            _ => Ok(saved),
        }
    })
    .await
}

/// Notes that the caller has an entry open in the editor, or that they leave it, and tells who else has.
#[server(prefix = "/rpc", endpoint = "entries/be-present")]
pub async fn be_present(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] writing: bool,
    #[server(default)] leaves: bool,
) -> Result<Around> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        if leaves {
            services::presence::leave(&cx.services, &may, &entry).await?;
            return Ok(Around::default());
        }
        services::presence::beat(&cx.services, &may, &entry, writing).await
    })
    .await
}

/// Takes a published entry back to a draft.
#[server(prefix = "/rpc", endpoint = "entries/unpublish")]
pub async fn unpublish_entry(project: ProjectId, entry: EntryId) -> Result<Entry> {
    act(async |cx| {
        let may = cx.grant::<PublishEntries>(&project).await?;
        services::entries::unpublish(&cx.services, &may, &entry).await
    })
    .await
}

/// Asks an administrator to publish a saved entry.
#[server(prefix = "/rpc", endpoint = "entries/request")]
pub async fn request_publication(project: ProjectId, entry: EntryId) -> Result<(Entry, OpenRequest)> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let (entry, request) = services::entries::request_publication(&cx.services, &may, &entry).await?;
        Ok((entry, services::requests::opened(may.actor(), request)))
    })
    .await
}

/// Asks an administrator to let a saved entry go live at a moment: a time of the project's zone as a date field writes it.
#[server(prefix = "/rpc", endpoint = "entries/request-schedule")]
pub async fn request_schedule(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] at: String,
) -> Result<OpenRequest> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let zone = services::zones::of(&cx.services, may.project()).await?;
        let wrong = || model::Error::field("scheduledAt", "Give date and time, such as 2026-11-02 14:05.");
        let at = zone.at_local(at.trim()).ok_or_else(wrong)?;
        let (_, request) = services::requests::request_schedule(&cx.services, &may, &entry, at).await?;
        Ok(services::requests::opened(may.actor(), request))
    })
    .await
}

/// Asks an administrator to delete an entry.
#[server(prefix = "/rpc", endpoint = "entries/request-deletion")]
pub async fn request_deletion(project: ProjectId, entry: EntryId) -> Result<OpenRequest> {
    act(async |cx| match access::grant_or_ask::<DeleteEntries>(&cx.services, cx.actor()?, &project).await? {
        Way::OnRequest(may) => {
            let request = services::entries::request_deletion(&cx.services, &may, &entry).await?;
            Ok(services::requests::opened(may.actor(), request))
        }
        Way::Directly(_) => Err(model::Error::bad_request("You can delete this entry yourself. Load the page again.")),
    })
    .await
}

/// Makes a draft with the text and tags of another entry, and goes to it.
#[server(prefix = "/rpc", endpoint = "entries/duplicate")]
pub async fn duplicate_entry(project: ProjectId, entry: EntryId) -> Result<Entry> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        let copy = services::entries::duplicate(&cx.services, &may, &entry).await?;
        leptos_axum::redirect(&crate::params::project_path(&project, &format!("/changelog/{}", copy.id)));
        Ok(copy)
    })
    .await
}

/// What to offer as the version of an entry.
#[server(prefix = "/rpc", endpoint = "entries/versions")]
pub async fn get_version_help(project: ProjectId) -> Result<VersionHelp> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::entries::version_help(&cx.services, &may).await
    })
    .await
}

/// The entry that has a version, other than `entry`.
#[server(prefix = "/rpc", endpoint = "entries/version-owner")]
pub async fn version_owner(
    project: ProjectId,
    version: String,
    #[server(default)] entry: Option<EntryId>,
) -> Result<Option<UsedVersion>> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::entries::version_owner(&cx.services, &may, &version, entry.as_ref()).await
    })
    .await
}

/// Creates a tag while an entry is written; one that exists stays as it is.
#[server(prefix = "/rpc", endpoint = "entries/create-tag")]
pub async fn create_entry_tag(
    project: ProjectId,
    name: String,
    #[server(default)] color: String,
) -> Result<TagToOffer> {
    act(async |cx| {
        let may = cx.grant::<WriteTags>(&project).await?;
        let new = NewTag { name, color: Some(color), ..NewTag::default() };
        let (tag, _) = services::tags::create(&cx.services, &may, new).await?;
        Ok(TagToOffer { name: tag.name, color: tag.color })
    })
    .await
}

/// Puts an entry into the trash and goes to the list. Staff delete only drafts of their own.
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
        let path = crate::params::project_path(&project, "/changelog");
        leptos_axum::redirect(&crate::params::with_query(&path, &[("deleted", entry.as_str())]));
        Ok(())
    })
    .await
}
