//! Taking an import back: what it created is deleted, what it overwrote becomes what it was. For a day, once.
//!
//! Like an import itself this is one transaction, so that nobody sees half of it. What was created goes in statements that
//! work on all entries at once; what becomes what it was is saved entry by entry, as any other change, and so it stands in
//! the history of each.

use std::collections::HashMap;

use chrono::Duration;
use model::entries::Entry;
use model::imports::{ImportState, UNDO_HOURS, UndoState, Undone, UndoneCounts};
use model::time::Timestamp;
use model::{EntryId, Error, ImportId, Permission, Result, Verdict};
use serde_json::json;
use store::imports::{self, StoredJob, undo as stored};
use store::{Tx, entries, revisions};

use super::jobs;
use crate::Services;
use crate::access::{Actor, Grant, RunImports};
use crate::audit::{self, Event};
use crate::history::Why;
use crate::publication;

/// Entries that are in memory at the same time.
const AT_ONCE: i64 = 100;

/// Whether an import can be taken back by the caller, with what that would do; or what came of it.
///
/// # Errors
/// `NotFound`.
pub async fn undo_state(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<UndoState> {
    let mut lease = cx.db.acquire().await?;
    let job = jobs::stored(&mut lease, may, id).await?;
    if let Some(at) = job.undone_at {
        let outcomes = stored::outcomes(lease.conn(), id).await?;
        let kept = stored::kept(lease.conn(), id).await?;
        return Ok(UndoState::Done { at, outcomes, kept });
    }
    let Some(until) = open_until(&job).filter(|until| *until > cx.clock.now()) else {
        return Ok(UndoState::Closed);
    };
    let counts = stored::counts(lease.conn(), may.project_id(), id).await?;
    match check_rights(may, &job, counts) {
        Ok(()) => Ok(UndoState::Open { until, counts }),
        Err(_) => Ok(UndoState::Closed),
    }
}

/// Takes an import back.
///
/// # Errors
/// `NotFound`; `Conflict` when it changed nothing, was taken back before, or ended more than a day ago; `Forbidden` for
/// staff, except for their own imports of which the public has seen nothing.
pub async fn undo(cx: &Services, may: &Grant<RunImports>, id: &ImportId) -> Result<UndoState> {
    let (project, now) = (may.project_id(), cx.clock.now());
    let mut tx = crate::projects::begin(cx, project).await?;
    let job = imports::find(tx.conn(), project, id).await?.ok_or(Error::NotFound)?;
    refuse_closed(&job, now)?;
    let counts = stored::counts(tx.conn(), project, id).await?;
    check_rights(may, &job, counts)?;
    let by = Some(may.actor().id()).filter(|id| id.as_str() != model::users::SYSTEM_ID);
    if !stored::begin(tx.conn(), project, id, by, now, now - Duration::hours(UNDO_HOURS)).await? {
        return Err(Error::conflict("Somebody took this import back at the same moment."));
    }
    stored::note_what_goes(tx.conn(), project, id).await?;
    publication::forget_created(&mut tx, project, id).await?;
    stored::delete_created(tx.conn(), project, id, by, now).await?;
    publication::end_jobs_of_gone(cx, &mut tx, id).await?;
    stored::decide(tx.conn(), project, id).await?;
    give_back(cx, &mut tx, may, id).await?;
    let outcomes = stored::outcomes(tx.conn(), id).await?;
    let of = |wanted| outcomes.iter().find(|(undone, _)| *undone == wanted).map_or(0, |(_, rows)| *rows);
    if of(Undone::Deleted) + of(Undone::Restored) > 0 {
        store::projects::touch(&mut tx, project).await?;
    }
    let details = json!({
        "importId": id,
        "deleted": of(Undone::Deleted),
        "restored": of(Undone::Restored),
        "kept": of(Undone::Changed) + of(Undone::Taken),
        "author": job.created_by_id,
    });
    let event = Event {
        action: "CHANGELOG_IMPORT_UNDONE",
        project: Some(project),
        entity: Some(id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    let kept = stored::kept(tx.conn(), id).await?;
    tx.commit().await?;
    Ok(UndoState::Done { at: now, outcomes, kept })
}

/// Saves entries as they were before an import.
async fn give_back(cx: &Services, tx: &mut Tx, may: &Grant<RunImports>, id: &ImportId) -> Result<()> {
    let (project, now) = (may.project_id(), cx.clock.now());
    stored::give_back_origins(tx.conn(), project, id).await?;
    let mut after = String::new();
    loop {
        let formers = stored::formers(tx.conn(), id, &after, AT_ONCE).await?;
        let Some(last) = formers.last() else { return Ok(()) };
        after = last.entry_id.to_string();
        let ids: Vec<EntryId> = formers.iter().map(|former| former.entry_id.clone()).collect();
        let entries = entries::find_all(tx.conn(), project, &ids).await?;
        let mut entries: HashMap<EntryId, Entry> = entries.into_iter().map(|entry| (entry.id.clone(), entry)).collect();
        for former in formers {
            let Some(old) = entries.remove(&former.entry_id) else { continue };
            let new = Entry {
                title: former.title,
                content: former.content,
                excerpt: former.excerpt,
                version: former.version,
                tags: former.tags,
                published_at: former.published_at,
                // What should have gone live meanwhile is a draft, for somebody to look at.
                scheduled_at: former.scheduled_at.filter(|at| former.published_at.is_none() && *at > now),
                ..old.clone()
            };
            let from = revisions::newest_saying(tx.conn(), &old.id, &new.title, &new.content).await?;
            let why = from.as_ref().map_or(Why::Manual, Why::Restore);
            publication::taken_back_in(cx, tx, may.actor(), &old, new, why).await?;
        }
    }
}

/// Until when an import can be taken back; nothing where there is nothing to take back.
pub(super) fn open_until(job: &StoredJob) -> Option<Timestamp> {
    let is_open = job.state == ImportState::Done && job.undone_at.is_none() && job.written > 0;
    job.finished_at.filter(|_| is_open).map(model::imports::undo_until)
}

fn refuse_closed(job: &StoredJob, now: Timestamp) -> Result<()> {
    if job.undone_at.is_some() {
        return Err(Error::conflict("This import was taken back already."));
    }
    if job.state != ImportState::Done || job.written == 0 {
        return Err(Error::conflict("This import changed nothing, so there is nothing to take back."));
    }
    match open_until(job) {
        Some(until) if until > now => Ok(()),
        _ => Err(Error::conflict(format!(
            "An import can be taken back for {UNDO_HOURS} hours, and this one ended earlier."
        ))),
    }
}

/// Administrators delete; others take back what they imported themselves, as they may delete their own drafts.
fn check_rights(may: &Grant<RunImports>, job: &StoredJob, counts: UndoneCounts) -> Result<()> {
    let actor: &Actor = may.actor();
    actor.check_scope(Permission::DeleteEntries)?;
    let verdict = model::access::verdict(actor.user.role, Permission::DeleteEntries, Some(may.project()));
    let is_own = job.created_by_id.as_ref() == Some(actor.id());
    if verdict == Verdict::Allowed || is_own && counts.public == 0 && counts.overwritten == 0 {
        Ok(())
    } else {
        Err(Error::Forbidden { needs: Permission::DeleteEntries })
    }
}
