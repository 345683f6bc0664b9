//! Importing Markdown changelogs. Every release becomes one entry; importing the same file again adds nothing.

mod plan;

use model::entries::Entry;
use model::imports::{ImportFate, ImportReport, MAX_BYTES};
use model::tags::TagRef;
use model::{EntryId, Error, Result};
use serde_json::json;
use store::entries;

use crate::access::{CreateProjects, Grant, InstanceGrant, PublishEntries, RunImports};
use crate::audit::{self, Event};
use crate::entries::{author, free_slug};
use crate::{Services, tags};

/// Turns the bytes of a file into text.
///
/// # Errors
/// `TooLarge`; `Invalid` naming `file` when it is not text.
pub fn decode(bytes: &[u8]) -> Result<String> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::TooLarge { limit_bytes: MAX_BYTES });
    }
    importers::decode(bytes).map_err(|error| Error::field("file", error.to_string()))
}

/// What importing `text` would do. Changes nothing.
///
/// # Errors
/// `Invalid` naming `text` when it is too short, too large, or has too many releases.
pub async fn preview(cx: &Services, may: &Grant<RunImports>, text: &str, publish: bool) -> Result<ImportReport> {
    let mut lease = cx.db.acquire().await?;
    let index = entries::import_index(lease.conn(), may.project_id()).await?;
    Ok(plan::plan(text, &index, cx.clock.now(), publish)?.report)
}

/// What importing `text` into a project that is still to be made would do. Changes nothing.
///
/// # Errors
/// As [`preview`].
pub fn preview_new(
    cx: &Services,
    _may: &InstanceGrant<CreateProjects>,
    text: &str,
    publish: bool,
) -> Result<ImportReport> {
    Ok(plan::plan(text, &[], cx.clock.now(), publish)?.report)
}

/// Imports `text`, all or nothing. With `publish`, released versions are public at once and unreleased changes stay a
/// draft; without it everything is a draft.
///
/// # Errors
/// As [`preview`].
pub async fn run(
    cx: &Services,
    may: &Grant<RunImports>,
    publish: Option<&Grant<PublishEntries>>,
    text: &str,
) -> Result<ImportReport> {
    if publish.is_some_and(|publish| publish.project_id() != may.project_id()) {
        return Err(Error::NotFound);
    }
    let now = cx.clock.now();
    let project = may.project_id();
    let mut tx = crate::projects::begin(cx, project).await?;
    let index = entries::import_index(tx.conn(), project).await?;
    let mut plan = plan::plan(text, &index, now, publish.is_some())?;
    let mut known = tags::Known::new();
    let writer = author(may.actor());
    for planned in plan.entries {
        let refs: Vec<TagRef> = planned.tags.into_iter().map(TagRef::Name).collect();
        let mut entry = Entry {
            id: cx.random.id(now, EntryId::compose),
            project_id: project.clone(),
            slug: String::new(),
            excerpt: markdown::excerpt(&planned.content),
            title: planned.title,
            content: planned.content,
            version: planned.version,
            published_at: planned.published_at,
            scheduled_at: None,
            created_at: planned.created_at,
            updated_at: now,
            created_by_id: writer.clone(),
            updated_by_id: writer.clone(),
            external_id: None,
            lock_version: 0,
            tags: tags::resolve(cx, tx.conn(), &refs, &mut known).await?,
        };
        entry.slug = free_slug(tx.conn(), &entry).await?;
        entries::insert(tx.conn(), &entry, Some(&planned.import_key)).await?;
        if let Some(row) = plan.report.rows.get_mut(planned.row) {
            row.entry = Some(entry.id);
        }
    }
    plan.report.done = true;
    let created = plan.report.count(ImportFate::Create);
    if created > 0 {
        store::projects::touch(&mut tx, project).await?;
    }
    let details = json!({
        "format": plan.report.format,
        "created": created,
        "unchanged": plan.report.count(ImportFate::Unchanged),
        "differs": plan.report.count(ImportFate::Differs),
        "refused": plan.report.count(ImportFate::Refused),
    });
    let event = Event { action: "CHANGELOG_IMPORT_SUCCESS", project: Some(project), entity: None, details };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(plan.report)
}
