//! Texts to start an entry from. Who changes a project looks after them; who writes starts from them.

use model::entry_templates::{EntryTemplate, EntryTemplatePatch, NewEntryTemplate, Start, TemplateName, key};
use model::{EntryTemplateId, Error, Result};
use serde_json::{Value, json};
use store::{Tx, entries, entry_templates};

use crate::access::{Actor, EditProjects, Grant, ReadEntries, ReadProjects};
use crate::audit::{self, Event};
use crate::condition::{self, Always, Condition};
use crate::{Services, projects as project_services, zones};

/// How many templates a project may have.
pub const MOST: usize = 50;

/// The templates of a project, by name.
pub async fn list(cx: &Services, may: &Grant<ReadProjects>) -> Result<Vec<EntryTemplate>> {
    let mut lease = cx.db.acquire().await?;
    Ok(entry_templates::list(lease.conn(), may.project_id()).await?)
}

/// One template of a project.
///
/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, may: &Grant<ReadProjects>, id: &EntryTemplateId) -> Result<EntryTemplate> {
    let mut lease = cx.db.acquire().await?;
    entry_templates::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)
}

/// What there is to start from, by name.
pub async fn names(cx: &Services, may: &Grant<ReadEntries>) -> Result<Vec<TemplateName>> {
    let mut lease = cx.db.acquire().await?;
    Ok(entry_templates::names(lease.conn(), may.project_id()).await?)
}

/// What an entry starts with: the template with today's date, in the zone of the project, and versions filled in.
///
/// # Errors
/// `NotFound`.
pub async fn start(cx: &Services, may: &Grant<ReadEntries>, id: &EntryTemplateId) -> Result<Start> {
    let now = zones::of(cx, may.project()).await?.local(cx.clock.now()).naive_local().and_utc();
    let mut lease = cx.db.acquire().await?;
    let template = entry_templates::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    let used = entries::used_versions(lease.conn(), may.project_id()).await?;
    let used: Vec<&str> = used.iter().map(String::as_str).collect();
    Ok(template.start(now, &used))
}

/// Keeps a new template.
///
/// # Errors
/// `Invalid` naming the fields, `name` when another template has it; `Conflict` when the project has [`MOST`] already.
pub async fn create(cx: &Services, may: &Grant<EditProjects>, new: NewEntryTemplate) -> Result<EntryTemplate> {
    let NewEntryTemplate { name, title, content, tags } = new.checked()?;
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let names = entry_templates::names(tx.conn(), may.project_id()).await?;
    if names.len() >= MOST {
        return Err(Error::conflict(format!("A project has at most {MOST} templates. Delete one that is not used.")));
    }
    let now = cx.clock.now();
    let id = cx.random.id(now, EntryTemplateId::compose);
    free(&names, &id, &name)?;
    let project_id = may.project_id().clone();
    let template = EntryTemplate { id, project_id, name, title, content, tags, created_at: now, updated_at: now };
    entry_templates::insert(tx.conn(), &template).await?;
    finish(cx, tx, may.actor(), "CREATE_ENTRY_TEMPLATE", &template, json!({ "name": template.name })).await?;
    Ok(template)
}

/// Changes a template.
///
/// # Errors
/// `NotFound`, and `Invalid` as [`create`].
pub async fn update(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &EntryTemplateId,
    patch: EntryTemplatePatch,
) -> Result<EntryTemplate> {
    update_if(cx, may, id, patch, &Always).await
}

/// As [`update`], if the template is still what the caller thinks it is.
///
/// # Errors
/// As [`update`], and `Outdated`.
pub async fn update_if(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &EntryTemplateId,
    patch: EntryTemplatePatch,
    condition: &dyn Condition<EntryTemplate>,
) -> Result<EntryTemplate> {
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let old = entry_templates::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    condition::check(condition, &old)?;
    let new = patch.apply(old.clone())?;
    if new == old {
        return Ok(old);
    }
    free(&entry_templates::names(tx.conn(), may.project_id()).await?, id, &new.name)?;
    let new = EntryTemplate { updated_at: cx.clock.now(), ..new };
    entry_templates::update(tx.conn(), &new).await?;
    // Long texts by name only.
    let fields = [
        ("name", old.name != new.name),
        ("title", old.title != new.title),
        ("content", old.content != new.content),
        ("tags", old.tags != new.tags),
    ];
    let changed: Vec<&str> = fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect();
    let details = json!({ "name": new.name, "changed": changed });
    finish(cx, tx, may.actor(), "UPDATE_ENTRY_TEMPLATE", &new, details).await?;
    Ok(new)
}

/// Deletes a template. Entries that started from it stay as they are.
///
/// # Errors
/// `NotFound`.
pub async fn delete(cx: &Services, may: &Grant<EditProjects>, id: &EntryTemplateId) -> Result<()> {
    delete_if(cx, may, id, &Always).await
}

/// As [`delete`], if the template is still what the caller thinks it is.
///
/// # Errors
/// As [`delete`], and `Outdated`.
pub async fn delete_if(
    cx: &Services,
    may: &Grant<EditProjects>,
    id: &EntryTemplateId,
    condition: &dyn Condition<EntryTemplate>,
) -> Result<()> {
    let mut tx = project_services::begin(cx, may.project_id()).await?;
    let template = entry_templates::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    condition::check(condition, &template)?;
    entry_templates::delete(tx.conn(), may.project_id(), id).await?;
    finish(cx, tx, may.actor(), "DELETE_ENTRY_TEMPLATE", &template, json!({ "name": template.name })).await
}

/// Refuses a name that another template has.
fn free(names: &[TemplateName], own: &EntryTemplateId, name: &str) -> Result<()> {
    match names.iter().find(|other| other.id != *own && key(&other.name) == key(name)) {
        Some(other) => Err(Error::field("name", format!("There is a template “{}” already.", other.name))),
        None => Ok(()),
    }
}

async fn finish(
    cx: &Services,
    mut tx: Tx,
    actor: &Actor,
    action: &'static str,
    template: &EntryTemplate,
    details: Value,
) -> Result<()> {
    let event = Event {
        action,
        project: Some(&template.project_id),
        entity: Some(template.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(())
}
