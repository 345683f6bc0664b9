//! The trash: what was deleted in the last 30 days, taking it out again, and deleting it for good.

use std::future::Future;
use std::time::Duration;

use chrono::TimeDelta;
use model::entries::Entry;
use model::projects::{Project, is_reserved_slug};
use model::tags::{self, Tag};
use model::time::Timestamp;
use model::trash::{KEPT_DAYS, Restored, TrashKind, Trashed};
use model::{EntryId, Error, Permission, ProjectId, Result, Role, TrashId};
use serde_json::json;
use store::trash::{By, Kept, KeptTag, Record, TrashFilter};
use store::{Tx, entries, projects, trash};

use crate::access::{Actor, DeleteForGood, InstanceGrant, RestoreDeleted};
use crate::audit::{self, Event};
use crate::entries::{free_slug, refuse_beyond_limit, refuse_used_version};
use crate::{Services, instance};

/// How often it is looked for what has been in the trash for too long.
const EVERY: Duration = Duration::from_secs(60 * 60);
/// How many things one transaction deletes for good, so that nobody waits long for it.
const BATCH: i64 = 100;

/// Which part of the trash to show.
#[derive(Debug, Clone, Default)]
pub struct TrashQuery {
    pub project: Option<ProjectId>,
    pub kind: Option<TrashKind>,
}

/// How something is taken out again where its place is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoreChoice {
    /// An entry comes back without its version if another one has it now.
    pub without_version: bool,
    /// A tag comes back under this name.
    pub name: Option<String>,
}

/// One numbered page of the trash, what was deleted last first, and how much there is. `page` counts from 1.
pub async fn list(
    cx: &Services,
    may: &InstanceGrant<RestoreDeleted>,
    query: &TrashQuery,
    page: i64,
    limit: i64,
) -> Result<(Vec<Trashed>, i64)> {
    let actor = may.actor();
    let only = actor.only_project();
    if let (Some(only), Some(project)) = (only, &query.project)
        && only != project
    {
        return Err(Error::OtherProject);
    }
    let filter = TrashFilter {
        project: only.cloned().or_else(|| query.project.clone()),
        kind: query.kind,
        deleted_by: (actor.user.role != Role::Admin).then(|| actor.id().clone()),
    };
    let mut lease = cx.db.acquire().await?;
    let total = trash::count(lease.conn(), &filter).await?;
    let offset = page.saturating_sub(1).saturating_mul(limit).max(0);
    Ok((trash::list(lease.conn(), &filter, limit, offset).await?, total))
}

/// One thing in the trash.
///
/// # Errors
/// `NotFound` when it is not there, or not for the caller to see.
pub async fn get(cx: &Services, may: &InstanceGrant<RestoreDeleted>, id: &TrashId) -> Result<Trashed> {
    Ok(visible(cx, may.actor(), id).await?.item)
}

/// Takes something out of the trash, to where it was.
///
/// # Errors
/// `NotFound` when it is not there, or somebody else deleted it and the caller is no administrator; `VersionTaken` for an
/// entry whose version another one has now; `Conflict` for a tag whose name another one has now, for an entry of a project
/// that is in the trash itself, and beyond the most entries a project may have.
pub async fn restore(
    cx: &Services,
    may: &InstanceGrant<RestoreDeleted>,
    id: &TrashId,
    choice: &RestoreChoice,
) -> Result<Restored> {
    let actor = may.actor();
    let record = visible(cx, actor, id).await?;
    match record.item.kind {
        TrashKind::Entry => {
            actor.check_scope(Permission::DeleteEntries)?;
            restore_entry(cx, actor, &record, choice).await
        }
        TrashKind::Project => {
            actor.check_scope(Permission::DeleteProjects)?;
            restore_project(cx, actor, &record).await
        }
        TrashKind::Tag => {
            actor.check_scope(Permission::DeleteTags)?;
            restore_tag(cx, actor, &record, choice).await
        }
    }
}

/// What is in the trash under an id, if the caller may see it there.
async fn visible(cx: &Services, actor: &Actor, id: &TrashId) -> Result<Record> {
    let mut lease = cx.db.acquire().await?;
    let record = trash::find(lease.conn(), id.as_str()).await?.ok_or(Error::NotFound)?;
    let is_own = record.item.deleted_by_id.as_ref() == Some(actor.id());
    let is_within = actor
        .only_project()
        .is_none_or(|only| record.item.kind == TrashKind::Entry && record.item.project_id.as_ref() == Some(only));
    if is_within && (is_own || actor.user.role == Role::Admin) { Ok(record) } else { Err(Error::NotFound) }
}

async fn restore_entry(cx: &Services, actor: &Actor, record: &Record, choice: &RestoreChoice) -> Result<Restored> {
    let project = record.item.project_id.as_ref().ok_or(Error::NotFound)?;
    let id: EntryId = record.item.id.as_str().parse().map_err(|_| Error::NotFound)?;
    let most = instance::shared(cx).await?.most_entries();
    let mut tx = match cx.db.begin_in(project).await? {
        Some(tx) => tx,
        None => return Err(Error::conflict("The project of this entry is in the trash. Restore the project first.")),
    };
    let Kept { slug, external_id, import_key, requests, .. } = &record.kept;
    let mut entry = trash::find_entry(tx.conn(), project, &id).await?.ok_or(Error::NotFound)?;
    refuse_beyond_limit(tx.conn(), project, most, 1).await?;
    let mut notes = Vec::new();
    match refuse_used_version(tx.conn(), &entry).await {
        Err(Error::VersionTaken { title, .. }) if choice.without_version => {
            notes.push(format!("It has no version any more, because \u{201c}{title}\u{201d} has it now."));
            entry.version = None;
        }
        other => other?,
    }
    entry.slug = slug.clone().unwrap_or_default();
    if entry.slug.is_empty() || entries::slug_taken(tx.conn(), project, &entry.slug, Some(&id)).await? {
        entry.slug = free_slug(tx.conn(), &entry).await?;
        notes.push("Its address is a new one, because another entry has the old one now.".to_owned());
    }
    entry.external_id = match external_id {
        Some(external) if entries::find_by_external_id(tx.conn(), project, external).await?.is_some() => {
            notes.push("It has no external id any more, because another entry has it now.".to_owned());
            None
        }
        other => other.clone(),
    };
    // What was planned ended with the entry. Nothing becomes public because somebody pressed "Undo".
    if entry.scheduled_at.take().is_some() {
        notes.push("It is a draft now: its schedule ended when it was deleted.".to_owned());
    }
    if !notes.is_empty() {
        entry.lock_version += 1;
    }
    if !trash::restore_entry(tx.conn(), &entry, import_key.as_deref()).await? {
        return Err(Error::NotFound);
    }
    trash::reopen_requests(tx.conn(), &id, requests).await?;
    projects::touch(&mut tx, project).await?;
    let details = json!({ "title": entry.title, "version": entry.version, "notes": notes });
    record_entry(cx, &mut tx, actor, &entry, details).await?;
    tx.commit().await?;
    Ok(restored(record, entry.title, notes))
}

async fn record_entry(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event {
        action: "RESTORE_CHANGELOG_ENTRY_SUCCESS",
        project: Some(&entry.project_id),
        entity: Some(entry.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await
}

async fn restore_project(cx: &Services, actor: &Actor, record: &Record) -> Result<Restored> {
    let id: ProjectId = record.item.id.as_str().parse().map_err(|_| Error::NotFound)?;
    let mut tx = cx.db.begin().await?;
    let mut project = trash::find_project(tx.conn(), &id).await?.ok_or(Error::NotFound)?;
    let mut notes = Vec::new();
    project.slug = record.kept.slug.clone().unwrap_or_default();
    if is_reserved_slug(&project.slug) || projects::slug_taken(tx.conn(), &project.slug, Some(&id)).await? {
        project.slug = crate::projects::free_slug_of(tx.conn(), &project).await?;
        notes.push("Its address is a new one, because another project has the old one now.".to_owned());
    }
    if !trash::restore_project(&mut tx, &id, &project.slug).await? {
        return Err(Error::NotFound);
    }
    forget_gone_tags(&mut tx, &mut project).await?;
    projects::touch(&mut tx, &id).await?;
    let details = json!({ "name": project.name, "entries": record.item.entries, "notes": notes });
    let event = Event { action: "RESTORE_PROJECT", project: Some(&id), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(restored(record, project.name, notes))
}

/// Drops what a project names of tags that went while it was in the trash.
async fn forget_gone_tags(tx: &mut Tx, project: &mut Project) -> Result<()> {
    let known = store::tags::list(tx.conn()).await?;
    let before = project.clone();
    project.default_tags.retain(|name| known.iter().any(|tag| tags::key(&tag.name) == tags::key(name)));
    if let Some(config) = &mut project.rss_feed_config {
        config.tag_filter.retain(|id| known.iter().any(|tag| tag.id == *id));
    }
    if *project != before {
        projects::update(tx, project).await?;
    }
    Ok(())
}

async fn restore_tag(cx: &Services, actor: &Actor, record: &Record, choice: &RestoreChoice) -> Result<Restored> {
    let KeptTag { tag, links, defaults, filters } = record.kept.tag.clone().ok_or(Error::NotFound)?;
    let mut tx = cx.db.begin().await?;
    let mut tag = Tag { updated_at: cx.clock.now(), ..tag };
    if let Some(name) = choice.name.as_deref().filter(|name| !name.trim().is_empty()) {
        tag.name = tags::name(name).map_err(|message| Error::field("name", message))?;
    }
    if !store::tags::insert(tx.conn(), &tag).await? {
        let message = "There is a tag \u{201c}{}\u{201d} already. Restore this one under another name; the two can be merged then.";
        return Err(Error::conflict(message.replace("{}", &tag.name)));
    }
    // In one order for everybody, as whoever changes a tag does.
    let mut concerned: Vec<&ProjectId> = defaults.iter().chain(&filters).map(|(project, _)| project).collect();
    concerned.sort_unstable();
    concerned.dedup();
    for id in concerned {
        if !projects::lock(tx.conn(), id).await? {
            continue;
        }
        let Some(mut project) = projects::find(tx.conn(), id).await? else { continue };
        if let Some((_, at)) = defaults.iter().find(|(project, _)| project == id) {
            let at = (*at).min(project.default_tags.len());
            project.default_tags.insert(at, tag.name.clone());
        }
        if let (Some((_, at)), Some(config)) =
            (filters.iter().find(|(project, _)| project == id), &mut project.rss_feed_config)
            && !config.tag_filter.contains(&tag.id)
        {
            let at = (*at).min(config.tag_filter.len());
            config.tag_filter.insert(at, tag.id.clone());
        }
        projects::update(&mut tx, &project).await?;
    }
    // Of two who restore it at the same moment, one has added the tag above; the other was refused there.
    if !trash::relink(tx.conn(), &tag.id, &links).await? {
        return Err(Error::NotFound);
    }
    for project in store::tags::projects_with(tx.conn(), &tag.id).await? {
        projects::touch(&mut tx, &project).await?;
    }
    let details = json!({ "name": tag.name, "entries": record.item.entries });
    let event = Event { action: "RESTORE_TAG", entity: Some(tag.id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(restored(record, tag.name, Vec::new()))
}

fn restored(record: &Record, title: String, notes: Vec<String>) -> Restored {
    let Trashed { id, kind, project_id, .. } = record.item.clone();
    Restored { id, kind, project_id, title, notes }
}

/// Deletes something for good. With `typed`, it must be the title of the thing: people confirm, programs do not.
///
/// # Errors
/// `NotFound` when it is not in the trash; `Invalid` naming `confirmation`.
pub async fn delete_for_good(
    cx: &Services,
    may: &InstanceGrant<DeleteForGood>,
    id: &TrashId,
    typed: Option<&str>,
) -> Result<Trashed> {
    let item = visible(cx, may.actor(), id).await?.item;
    if let Some(typed) = typed
        && typed.trim() != item.title.trim()
    {
        return Err(Error::field("confirmation", format!("Type it exactly: {}", item.title)));
    }
    let mut tx = cx.db.begin().await?;
    if !trash::forget(tx.conn(), id.as_str()).await? {
        return Err(Error::NotFound);
    }
    let details = json!({ "kind": item.kind.as_str(), "title": item.title, "entries": item.entries });
    let project = item.project_id.as_ref();
    let event = Event { action: "DELETE_FOR_GOOD", project, entity: Some(id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(item)
}

/// Who puts something into the trash now.
pub(crate) fn by<'a>(actor: &'a Actor, now: Timestamp) -> By<'a> {
    By { user: Some(actor.id()), at: now }
}

/// Where a tag is, to put it back there.
pub(crate) async fn keep_tag(tx: &mut Tx, tag: &Tag) -> Result<KeptTag> {
    let mut kept = KeptTag {
        tag: tag.clone(),
        links: trash::links(tx.conn(), &tag.id).await?,
        defaults: Vec::new(),
        filters: Vec::new(),
    };
    for id in store::tags::projects_naming(tx.conn(), tag).await? {
        let Some(project) = projects::find(tx.conn(), &id).await? else { continue };
        let wanted = tags::key(&tag.name);
        if let Some(at) = project.default_tags.iter().position(|name| tags::key(name) == wanted) {
            kept.defaults.push((id.clone(), at));
        }
        let filter = project.rss_feed_config.as_ref().map(|config| &config.tag_filter);
        if let Some(at) = filter.and_then(|filter| filter.iter().position(|other| *other == tag.id)) {
            kept.filters.push((id, at));
        }
    }
    Ok(kept)
}

/// Deletes for good what has been in the trash for 30 days; how much that was.
pub async fn purge(cx: &Services) -> Result<usize> {
    let before = cx.clock.now() - TimeDelta::days(KEPT_DAYS);
    let actor = Actor::console(cx.clock.now())?;
    let mut gone = 0;
    loop {
        let mut tx = cx.db.begin().await?;
        let old = trash::list_older(tx.conn(), before, BATCH).await?;
        if old.is_empty() {
            return Ok(gone);
        }
        let (mut of_kind, found) = ([0_usize; 3], old.len());
        for (id, kind) in &old {
            // A project takes its entries along, which may have been on the list, too.
            trash::forget(tx.conn(), id).await?;
            for (count, _) in of_kind.iter_mut().zip(TrashKind::ALL).filter(|(_, known)| known.as_str() == kind) {
                *count += 1;
            }
        }
        let [entries, projects, tags] = of_kind;
        let details = json!({ "entries": entries, "projects": projects, "tags": tags });
        audit::record(cx, tx.conn(), &actor, Event { action: "EMPTY_TRASH", details, ..Event::default() }).await?;
        tx.commit().await?;
        gone += found;
    }
}

/// Empties the trash of what is too old, again and again until `stop`.
pub async fn upkeep(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        tokio::select! {
            () = &mut stop => break,
            _ = ticks.tick() => {
                if let Err(error) = purge(&cx).await {
                    tracing::warn!(%error, "The trash could not be emptied of what is too old; it is tried again");
                }
            }
        }
    }
}
