//! Deleting entries, or asking for it. What is deleted goes to the trash ([`crate::trash`]).

use model::entries::Entry;
use model::projects::Project;
use model::requests::{RequestKind, RequestStatus};
use model::{EntryId, Error, Permission, Result};
use serde_json::json;
use store::change_requests::{self, ChangeRequest};
use store::{Conn, Tx, entries};

use super::{author, open, record};
use crate::access::{
    Actor, Ask, DeleteAllEntries, DeleteEntries, Deleting, EmptyingProjects, Grant, ReadEntries, Way, WriteEntries,
};
use crate::audit::{self, Event};
use crate::condition::{Always, Condition};
use crate::projects::begin;
use crate::requests::{self, Target, Wish};
use crate::{Services, publication, trash};

/// Deletes an entry.
pub async fn delete(cx: &Services, may: &Grant<DeleteEntries>, id: &EntryId) -> Result<Entry> {
    let (mut tx, entry) = open(cx, may.project_id(), id, &Always).await?;
    remove_in(cx, &mut tx, may.actor(), &entry).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Deletes a draft that the caller wrote and that was never published.
///
/// # Errors
/// `Forbidden` for any other entry, `MissingScope` for a key that may not delete.
pub async fn discard_own_draft(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId) -> Result<Entry> {
    may.actor().check_scope(Permission::DeleteEntries)?;
    let (mut tx, entry) = open(cx, may.project_id(), id, &Always).await?;
    if !is_own_unseen_draft(tx.conn(), may.actor(), &entry).await? {
        return Err(Error::Forbidden { needs: Permission::DeleteEntries });
    }
    remove_in(cx, &mut tx, may.actor(), &entry).await?;
    tx.commit().await?;
    Ok(entry)
}

async fn is_own_unseen_draft(conn: Conn<'_>, actor: &Actor, entry: &Entry) -> Result<bool> {
    let is_own_draft = author(actor).is_some_and(|author| entry.is_draft_of(&author));
    Ok(is_own_draft && !entries::was_published(conn, &entry.project_id, &entry.id).await?)
}

/// Whether the public has ever seen an entry, even if it is a draft again.
pub async fn was_published(cx: &Services, may: &Grant<ReadEntries>, id: &EntryId) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    Ok(entries::was_published(lease.conn(), may.project_id(), id).await?)
}

/// Asks an administrator to delete an entry, for staff who may not do it themselves.
///
/// # Errors
/// `RequestPending` when somebody asked before.
pub async fn request_deletion(cx: &Services, may: &Grant<Ask<DeleteEntries>>, id: &EntryId) -> Result<ChangeRequest> {
    let (mut tx, entry) = open(cx, may.project_id(), id, &Always).await?;
    let request = ask_in(cx, &mut tx, may.actor(), may.project(), &entry).await?;
    tx.commit().await?;
    Ok(request)
}

async fn ask_in(cx: &Services, tx: &mut Tx, actor: &Actor, project: &Project, entry: &Entry) -> Result<ChangeRequest> {
    let wish = Wish::new(RequestKind::DeleteEntry, Target::Entry(entry));
    requests::ask(cx, tx, actor, project, wish).await
}

/// What came of a wish to delete.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is made and taken apart once for each call")]
pub enum Deletion {
    /// The entry as it was before it went.
    Done(Entry),
    /// The entry is as it was, and an administrator has been asked.
    Requested(Box<ChangeRequest>),
}

/// Deletes an entry, or asks an administrator to, if the entry is still what the caller thinks it is.
///
/// # Errors
/// `RequestPending` when somebody asked before; `Outdated`.
pub async fn delete_or_ask(
    cx: &Services,
    way: &Deleting,
    id: &EntryId,
    condition: &dyn Condition<Entry>,
) -> Result<Deletion> {
    let (mut tx, entry) = open(cx, &way.project().id, id, condition).await?;
    let is_own = is_own_unseen_draft(tx.conn(), way.actor(), &entry).await?;
    let done = if is_own || matches!(way, Way::Directly(_)) {
        remove_in(cx, &mut tx, way.actor(), &entry).await?;
        Deletion::Done(entry)
    } else {
        let request = ask_in(cx, &mut tx, way.actor(), way.project(), &entry).await?;
        Deletion::Requested(Box::new(request))
    };
    tx.commit().await?;
    Ok(done)
}

/// Deletes an entry that was read in the same transaction. Whoever asked for it is answered.
pub(crate) async fn remove_in(cx: &Services, tx: &mut Tx, actor: &Actor, entry: &Entry) -> Result<()> {
    let details = json!({ "title": entry.title, "version": entry.version });
    record(cx, tx, actor, "DELETE_CHANGELOG_ENTRY_SUCCESS", entry, details).await?;
    let open = change_requests::list_open(tx.conn(), &entry.project_id, &entry.id).await?;
    requests::settle_deleted(cx, tx, actor, entry).await?;
    publication::forget_plans(cx, tx, entry).await?;
    let which = store::trash::Which::One(&entry.id);
    store::trash::put_entries(tx.conn(), &entry.project_id, which, trash::by(actor, cx.clock.now())).await?;
    // What was asked about it, and was not this, is asked again when it comes back.
    let asked = open.into_iter().filter(|request| request.kind != RequestKind::DeleteEntry);
    store::trash::keep_requests(tx.conn(), &entry.id, asked.map(|request| request.id).collect()).await?;
    if entry.published_at.is_some() {
        store::projects::touch(tx, &entry.project_id).await?;
    }
    Ok(())
}

/// What came of a wish to delete every entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Emptying {
    /// So many entries are gone.
    Done(i64),
    /// All are there, and an administrator has been asked.
    Requested(Box<ChangeRequest>),
}

/// Deletes every entry of a project, or asks an administrator to.
///
/// # Errors
/// `RequestPending` when somebody asked before.
pub async fn delete_all_or_ask(cx: &Services, way: &EmptyingProjects) -> Result<Emptying> {
    match way {
        Way::Directly(may) => delete_all(cx, may).await.map(Emptying::Done),
        Way::OnRequest(may) => {
            let mut tx = begin(cx, may.project_id()).await?;
            let wish = Wish::new(RequestKind::DeleteAllEntries, Target::Project);
            let request = requests::ask(cx, &mut tx, may.actor(), may.project(), wish).await?;
            tx.commit().await?;
            Ok(Emptying::Requested(Box::new(request)))
        }
    }
}

/// Deletes every entry of a project; how many there were.
pub async fn delete_all(cx: &Services, may: &Grant<DeleteAllEntries>) -> Result<i64> {
    let mut tx = begin(cx, may.project_id()).await?;
    let deleted = empty_in(cx, &mut tx, may.actor(), may.project()).await?;
    tx.commit().await?;
    Ok(deleted)
}

/// Deletes every entry of a project that is held by the transaction.
pub(crate) async fn empty_in(cx: &Services, tx: &mut Tx, actor: &Actor, project: &Project) -> Result<i64> {
    let now = cx.clock.now();
    let by = Some(actor.id());
    let (deletion, over) = (RequestKind::DeleteEntry, RequestStatus::Superseded);
    let approved =
        change_requests::close_all(tx.conn(), &project.id, deletion, RequestStatus::Approved, by, now).await?;
    for kind in [RequestKind::AllowPublish, RequestKind::AllowSchedule, RequestKind::PublishEdit] {
        change_requests::close_all(tx.conn(), &project.id, kind, over, None, now).await?;
    }
    let (emptying, approval) = (RequestKind::DeleteAllEntries, RequestStatus::Approved);
    requests::settle_about(cx, tx, actor, project.id.as_str(), emptying, approval).await?;
    publication::forget_all_plans(cx, tx, &project.id).await?;
    let all = store::trash::Which::All;
    let deleted = store::trash::put_entries(tx.conn(), &project.id, all, trash::by(actor, now)).await?;
    store::projects::touch(tx, &project.id).await?;
    let details = json!({ "name": project.name, "entries": deleted, "requestsApproved": approved });
    let event =
        Event { action: "DELETE_ALL_CHANGELOG_ENTRIES", project: Some(&project.id), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    Ok(deleted)
}
