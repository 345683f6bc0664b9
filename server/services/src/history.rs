//! The history of an entry: every state that was saved, who made it, what it changed, and the way back to it.
//!
//! States are kept where entries are written ([`write`]), in the same transaction. An entry without a history, such as
//! one from before there was any or from an import, gets its first revision with its first change.

mod blame;
mod compare;
mod imports;
mod restore;
mod write;

use model::projects::Project;
use model::revisions::{MarkerPatch, Place, Revision, RevisionPage, RevisionSummary};
use model::{EntryId, Error, Result, RevisionId};
use serde_json::json;
use store::{Conn, Tx, entries, revisions};

use crate::Services;
use crate::access::{Actor, DeleteAllHistory, Grant, ReadEntries, WriteEntries};
use crate::audit::{self, Event};
use crate::projects::begin;

pub use blame::{Blames, blame};
pub use compare::{Against, Comparison, Difference, compare, difference};
pub(crate) use imports::{after_import, before_import};
pub use restore::{Restore, Restored, restore};
pub(crate) use write::{Why, hold, keep, keep_first, open};

/// Which part of a history to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// A part of title, version or label.
    pub search: String,
    pub after: Option<Place>,
    /// At most 50.
    pub limit: usize,
}

/// Pinned revisions first, then newest first.
///
/// # Errors
/// `NotFound` when the entry is not there.
pub async fn list(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId, query: &ListQuery) -> Result<RevisionPage> {
    let mut lease = cx.db.acquire().await?;
    known(lease.conn(), may, entry).await?;
    Ok(revisions::list(lease.conn(), may.project_id(), entry, &query.search, query.after, query.limit).await?)
}

/// Where a revision stands, for clients that name it instead of its place.
///
/// # Errors
/// `NotFound`.
pub async fn place(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId, id: &RevisionId) -> Result<Place> {
    let mut lease = cx.db.acquire().await?;
    Ok(find(lease.conn(), may, entry, id).await?.summary.place())
}

/// How many states of an entry are kept.
///
/// # Errors
/// `NotFound` when the entry is not there.
pub async fn count(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId) -> Result<i64> {
    let mut lease = cx.db.acquire().await?;
    known(lease.conn(), may, entry).await?;
    Ok(revisions::count(lease.conn(), may.project_id(), entry).await?)
}

/// How many states of all entries of the project are kept.
pub async fn count_all(cx: &Services, may: &Grant<ReadEntries>) -> Result<i64> {
    let mut lease = cx.db.acquire().await?;
    Ok(revisions::count_all(lease.conn(), may.project_id()).await?)
}

/// A revision, and the one before it.
///
/// # Errors
/// `NotFound`.
pub async fn get(
    cx: &Services,
    may: &Grant<ReadEntries>,
    entry: &EntryId,
    id: &RevisionId,
) -> Result<(Revision, Option<Revision>)> {
    let mut lease = cx.db.acquire().await?;
    let revision = find(lease.conn(), may, entry, id).await?;
    let number = revision.summary.number;
    let previous = revisions::previous(lease.conn(), may.project_id(), entry, number).await?;
    Ok((revision, previous))
}

/// Labels, colours or pins a revision.
///
/// # Errors
/// `NotFound`; `Invalid` naming the field; `BadRequest` where nothing is to be changed.
pub async fn mark(
    cx: &Services,
    may: &Grant<WriteEntries>,
    entry: &EntryId,
    id: &RevisionId,
    patch: MarkerPatch,
) -> Result<RevisionSummary> {
    let mut tx = begin(cx, may.project_id()).await?;
    let mut revision = find(tx.conn(), may, entry, id).await?.summary;
    let marker = patch.apply(&revision.marker)?;
    if marker == revision.marker {
        return Ok(revision);
    }
    revisions::mark(tx.conn(), &revision, &marker).await?;
    let details = json!({
        "revisionId": id,
        "label": { "from": revision.marker.label, "to": marker.label },
        "icon": { "from": revision.marker.icon, "to": marker.icon },
        "color": { "from": revision.marker.color, "to": marker.color },
        "pinned": { "from": revision.marker.pinned, "to": marker.pinned },
    });
    let event = Event {
        action: "MARK_CHANGELOG_ENTRY_REVISION",
        project: Some(may.project_id()),
        entity: Some(entry.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    revision.marker = marker;
    Ok(revision)
}

/// Forgets every kept state of every entry of a project, pinned ones included; how many there were. The entries stay as
/// they are.
pub async fn delete_all(cx: &Services, may: &Grant<DeleteAllHistory>) -> Result<i64> {
    let mut tx = begin(cx, may.project_id()).await?;
    let deleted = delete_all_in(cx, &mut tx, may.actor(), may.project()).await?;
    tx.commit().await?;
    Ok(deleted)
}

/// As [`delete_all`], in a project that is held by the transaction.
pub(crate) async fn delete_all_in(cx: &Services, tx: &mut Tx, actor: &Actor, project: &Project) -> Result<i64> {
    let deleted = revisions::delete_all(tx.conn(), &project.id).await?;
    let details = json!({ "name": project.name, "revisions": deleted });
    let event =
        Event { action: "DELETE_ALL_CHANGELOG_HISTORY", project: Some(&project.id), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    Ok(deleted)
}

/// That the entry is one of the project.
async fn known<C>(conn: Conn<'_>, may: &Grant<C>, entry: &EntryId) -> Result<()> {
    match entries::project_of(conn, entry).await? {
        Some(project) if project == *may.project_id() => Ok(()),
        _ => Err(Error::NotFound),
    }
}

async fn find<C>(conn: Conn<'_>, may: &Grant<C>, entry: &EntryId, id: &RevisionId) -> Result<Revision> {
    revisions::find(conn, may.project_id(), entry, id).await?.ok_or(Error::NotFound)
}
