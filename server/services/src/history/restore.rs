//! The way back to an older state.

use model::entries::Entry;
use model::revisions::RevisionTag;
use model::tags::Tag;
use model::{EntryId, Error, Result, RevisionId};
use serde_json::json;
use store::{Tx, revisions, tags};

use super::find;
use crate::Services;
use crate::access::{Grant, WriteEntries};
use crate::condition::Condition;
use crate::entries::{fit, may_publish, open, record, save_as};
use crate::history::Why;

/// What to restore, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restore {
    pub revision: RevisionId,
    /// The entry keeps the version it has, for when another entry uses the old one.
    pub without_version: bool,
    /// The lock version the caller has seen. `None` restores whatever happened meanwhile.
    pub lock_version: Option<i64>,
}

/// An entry as it is now, and the revision that says so.
#[derive(Debug, Clone, PartialEq)]
pub struct Restored {
    pub entry: Entry,
    pub revision: RevisionId,
}

/// Gives an entry title, text, version and tags of a revision, as a new revision: what it said until now stays in the
/// history. Tags that were deleted since do not come back.
///
/// # Errors
/// `NotFound`; `VersionTaken`; `EditedElsewhere`; `Outdated`; `NeedsApproval` for who may not change what is public;
/// `Invalid` when a published entry would lose its text.
pub async fn restore(
    cx: &Services,
    may: &Grant<WriteEntries>,
    id: &EntryId,
    wish: &Restore,
    condition: &dyn Condition<Entry>,
) -> Result<Restored> {
    let (mut tx, old) = open(cx, may.project_id(), id, condition).await?;
    let source = find(tx.conn(), may, id, &wish.revision).await?;
    if wish.lock_version.is_some_and(|read| read != old.lock_version) {
        return Err(Error::EditedElsewhere { current: Box::new(old) });
    }
    if old.published_at.is_some() {
        may_publish(may)?;
    }
    let version = if wish.without_version { old.version.clone() } else { source.summary.version };
    let mut new = Entry {
        title: source.summary.title,
        excerpt: markdown::excerpt(&source.content),
        content: source.content,
        version,
        tags: existing(&mut tx, &source.tags).await?,
        ..old.clone()
    };
    fit(&mut tx, &old, &mut new).await?;
    let entry = save_as(cx, &mut tx, may.actor(), new, Why::Restore(&wish.revision)).await?;
    let newest = revisions::newest(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    let details = json!({
        "revisionId": wish.revision,
        "newRevisionId": newest.id,
        "title": { "from": old.title, "to": entry.title },
        "version": { "from": old.version, "to": entry.version },
        "contentChanged": old.content != entry.content,
    });
    record(cx, &mut tx, may.actor(), "RESTORE_CHANGELOG_ENTRY_REVISION_SUCCESS", &entry, details).await?;
    if entry.published_at.is_some() {
        store::projects::touch(&mut tx, may.project_id()).await?;
    }
    tx.commit().await?;
    Ok(Restored { entry, revision: newest.id })
}

/// Those of the tags that are still there, under their id or their name.
async fn existing(tx: &mut Tx, wanted: &[RevisionTag]) -> Result<Vec<Tag>> {
    let mut found: Vec<Tag> = Vec::with_capacity(wanted.len());
    for tag in wanted {
        let known = match tags::find(tx.conn(), &tag.id).await? {
            Some(tag) => Some(tag),
            None => tags::find_by_name(tx.conn(), &tag.name).await?,
        };
        found.extend(known.filter(|known| found.iter().all(|other| other.id != known.id)));
    }
    Ok(found)
}
