//! The one way in which entries reach the public and leave it: publishing, taking back, scheduling, expiring, pinning.
//!
//! Every function ending in `_in` works inside the transaction of its caller, who holds the project and has read the
//! entry in it. State, schedule, jobs, requests, audit record and outbox event change together or not at all. Whoever
//! wants to tell the world of a publication subscribes to the outbox ([`outbox`]); nothing else may.

mod arrange;
mod imported;
pub mod outbox;
mod plan;
mod schedule;

use model::entries::Entry;
use model::jobs::JobKind;
use model::time::Timestamp;
use model::{ProjectId, Result};
use serde_json::json;
use store::{Tx, entries, jobs, plans};

use crate::Services;
use crate::access::Actor;
use crate::entries::{record, save, save_as};
use crate::history::Why;
use crate::requests;

pub use arrange::{When, Wish, arrange, calendar, jobs_of, plan_of};
pub(crate) use imported::{before_import, end_jobs_of_gone, forget_created, imported_in, taken_back_in};
pub(crate) use plan::{set_expiry_in, set_pin_in};
pub use schedule::{ScheduleOptions, Scheduled, schedule, schedule_if, unschedule, unschedule_if};
pub(crate) use schedule::{abort_in, schedule_in, unschedule_in};

/// Publishes an entry that was read in the same transaction, now or at a given past date. Whoever asked for it is
/// answered. Publishing a published entry changes at most its date, and is no publication.
///
/// # Errors
/// `Invalid` naming `publishedAt` for a future date, or the field that is still missing.
pub(crate) async fn publish_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    old: Entry,
    date: Option<Timestamp>,
) -> Result<Entry> {
    publish_with(cx, tx, actor, old, date, None).await
}

/// As [`publish_in`], with what was chosen about letters to subscribers; `None` leaves it to the project.
pub(crate) async fn publish_with(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    old: Entry,
    date: Option<Timestamp>,
    notify: Option<bool>,
) -> Result<Entry> {
    let new = old.clone().publish(cx.clock.now(), date)?;
    if new == old {
        return Ok(old);
    }
    let is_first = !entries::was_published(tx.conn(), &old.project_id, &old.id).await?;
    let new = save_as(cx, tx, actor, new, Why::Publish).await?;
    store::projects::touch(tx, &new.project_id).await?;
    end_schedule(cx, tx, &old).await?;
    let mut details = json!({ "title": new.title, "version": new.version });
    let action = if actor.is_job() {
        details["scheduledAt"] = json!(old.scheduled_at.map(model::time::to_wire));
        "CHANGELOG_ENTRY_AUTO_PUBLISHED"
    } else {
        "CHANGELOG_ENTRY_PUBLISHED"
    };
    record(cx, tx, actor, action, &new, details).await?;
    requests::settle_published(cx, tx, actor, &new).await?;
    if old.published_at.is_none() {
        outbox::published(cx, tx, actor, &new, is_first, notify).await?;
    }
    Ok(new)
}

/// Takes an entry that was read in the same transaction back to a draft. Nothing that was planned for it happens any
/// more. Nothing happens to an entry that is not published.
pub(crate) async fn unpublish_in(cx: &Services, tx: &mut Tx, actor: &Actor, old: Entry) -> Result<Entry> {
    if old.published_at.is_none() {
        return Ok(old);
    }
    let new = save(cx, tx, actor, old.unpublish()).await?;
    store::projects::touch(tx, &new.project_id).await?;
    forget_plans(cx, tx, &new).await?;
    let mut details = json!({ "title": new.title, "version": new.version });
    if actor.is_job() {
        details["expired"] = json!(true);
    }
    record(cx, tx, actor, "CHANGELOG_ENTRY_UNPUBLISHED", &new, details).await?;
    outbox::happened(cx, tx, actor, &new, outbox::UNPUBLISHED).await?;
    Ok(new)
}

/// Nothing that was planned for an entry happens any more. For whoever takes the entry away: a schedule has to end with
/// the entry, and must not come back with it.
pub(crate) async fn forget_plans(cx: &Services, tx: &mut Tx, entry: &Entry) -> Result<()> {
    let now = cx.clock.now();
    for kind in [JobKind::PublishEntry, JobKind::UnpublishEntry, JobKind::UnpinEntry] {
        jobs::cancel(tx.conn(), kind, &entry.id, now).await?;
    }
    Ok(plans::clear(tx.conn(), &entry.project_id, &entry.id).await?)
}

/// As [`forget_plans`], for all entries of a project that is being emptied or deleted.
pub(crate) async fn forget_all_plans(cx: &Services, tx: &mut Tx, project: &ProjectId) -> Result<()> {
    jobs::cancel_in_project(tx.conn(), project, cx.clock.now()).await?;
    Ok(())
}

/// The schedule of an entry is over, whatever ended it.
async fn end_schedule(cx: &Services, tx: &mut Tx, old: &Entry) -> Result<()> {
    jobs::cancel(tx.conn(), JobKind::PublishEntry, &old.id, cx.clock.now()).await?;
    if old.scheduled_at.is_some() {
        plans::set_scheduled_by(tx.conn(), &old.project_id, &old.id, None).await?;
    }
    Ok(())
}
