//! Entries that become public by themselves.

use model::entries::Entry;
use model::jobs::JobKind;
use model::requests::{RequestKind, RequestStatus};
use model::schedule::ahead;
use model::time::{Timestamp, to_wire};
use model::{EntryId, Error, JobId, Result, UserId};
use serde_json::json;
use store::{Tx, jobs, plans};

use super::outbox::{self, SCHEDULED, UNSCHEDULED};
use super::plan::{add_job, plan};
use crate::Services;
use crate::access::{Actor, Grant, PublishEntries};
use crate::condition::{Always, Condition};
use crate::entries::{open, record, save};
use crate::requests;

/// How an entry is scheduled.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScheduleOptions {
    /// Who wanted it, where an administrator only agreed: in their name the entry goes live, and they are told. Whoever
    /// acts, otherwise.
    pub on_behalf_of: Option<UserId>,
}

/// An entry that was scheduled, and the job that will publish it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheduled {
    pub entry: Entry,
    pub job: JobId,
}

/// Schedules an entry that was read in the same transaction. Scheduling again replaces. The caller has checked that
/// `actor` may publish in the project, or may approve that somebody else wants to.
///
/// # Errors
/// `Conflict` for a published entry; `Invalid` naming `scheduledAt` for a time less than a minute ahead or after the
/// entry expires, or the field that is still missing.
pub(crate) async fn schedule_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    old: Entry,
    at: Timestamp,
    options: &ScheduleOptions,
) -> Result<Scheduled> {
    if old.published_at.is_some() {
        return Err(Error::conflict("This entry is published already. Take it back first to schedule it."));
    }
    let now = cx.clock.now();
    let at = ahead("scheduledAt", at, now)?;
    // The same checks as publishing itself, so that nothing is scheduled that would fail.
    old.clone().publish(now, None)?;
    let planned = plan(tx, &old).await?;
    if planned.expires_at.is_some_and(|end| end <= at) {
        return Err(Error::field("scheduledAt", "Choose a time before the one at which the entry expires."));
    }
    if planned.pinned_until.is_some_and(|end| end <= at) {
        return Err(Error::field("scheduledAt", "Choose a time before the one until which the entry is pinned."));
    }
    let new = save(cx, tx, actor, Entry { scheduled_at: Some(at), ..old.clone() }).await?;
    let by = options.on_behalf_of.as_ref().unwrap_or_else(|| actor.id());
    plans::set_scheduled_by(tx.conn(), &new.project_id, &new.id, Some(by)).await?;
    jobs::cancel(tx.conn(), JobKind::PublishEntry, &new.id, now).await?;
    let job = add_job(cx, tx, JobKind::PublishEntry, &new, at, by).await?;
    let (action, details) = match old.scheduled_at {
        None => ("CHANGELOG_ENTRY_SCHEDULED", json!({ "title": new.title, "scheduledAt": to_wire(at), "jobId": job })),
        Some(before) => (
            "CHANGELOG_ENTRY_RESCHEDULED",
            json!({ "title": new.title, "scheduledAt": { "from": to_wire(before), "to": to_wire(at) }, "jobId": job }),
        ),
    };
    record(cx, tx, actor, action, &new, details).await?;
    requests::settle(cx, tx, actor, &new, RequestKind::AllowSchedule, RequestStatus::Approved).await?;
    outbox::happened(cx, tx, actor, &new, SCHEDULED).await?;
    Ok(Scheduled { entry: new, job })
}

/// Takes the schedule away from an entry that was read in the same transaction; it is a draft again.
///
/// # Errors
/// `BadRequest` for an entry that is not scheduled.
pub(crate) async fn unschedule_in(cx: &Services, tx: &mut Tx, actor: &Actor, old: Entry) -> Result<Entry> {
    if old.published_at.is_some() || old.scheduled_at.is_none() {
        return Err(Error::bad_request("This entry is not scheduled."));
    }
    let details = json!({ "title": old.title, "scheduledAt": old.scheduled_at.map(to_wire) });
    let new = end(cx, tx, actor, old).await?;
    record(cx, tx, actor, "CHANGELOG_ENTRY_UNSCHEDULED", &new, details).await?;
    Ok(new)
}

/// At its time, an entry does not go live because an administrator has still to agree to it.
pub(crate) async fn abort_in(cx: &Services, tx: &mut Tx, actor: &Actor, old: Entry) -> Result<Entry> {
    let details = json!({
        "title": old.title,
        "scheduledAt": old.scheduled_at.map(to_wire),
        "reason": "An administrator has still to decide about this schedule.",
    });
    let new = end(cx, tx, actor, old).await?;
    record(cx, tx, actor, "CHANGELOG_ENTRY_SCHEDULE_ABORTED", &new, details).await?;
    Ok(new)
}

/// Makes a scheduled entry a draft for which nothing is planned.
async fn end(cx: &Services, tx: &mut Tx, actor: &Actor, old: Entry) -> Result<Entry> {
    let new = save(cx, tx, actor, Entry { scheduled_at: None, ..old }).await?;
    super::forget_plans(cx, tx, &new).await?;
    outbox::happened(cx, tx, actor, &new, UNSCHEDULED).await?;
    Ok(new)
}

/// Schedules an entry.
///
/// # Errors
/// `Conflict` for a published entry; `Invalid` naming `scheduledAt`, or the field that is still missing.
pub async fn schedule(cx: &Services, may: &Grant<PublishEntries>, id: &EntryId, at: Timestamp) -> Result<Scheduled> {
    schedule_if(cx, may, id, at, &Always).await
}

/// As [`schedule`], if the entry is still what the caller thinks it is.
///
/// # Errors
/// As [`schedule`], and `Outdated`.
pub async fn schedule_if(
    cx: &Services,
    may: &Grant<PublishEntries>,
    id: &EntryId,
    at: Timestamp,
    condition: &dyn Condition<Entry>,
) -> Result<Scheduled> {
    let (mut tx, entry) = open(cx, may.project_id(), id, condition).await?;
    let scheduled = schedule_in(cx, &mut tx, may.actor(), entry, at, &ScheduleOptions::default()).await?;
    tx.commit().await?;
    Ok(scheduled)
}

/// Takes the schedule away; the entry is a draft again.
///
/// # Errors
/// `BadRequest` for an entry that is not scheduled.
pub async fn unschedule(cx: &Services, may: &Grant<PublishEntries>, id: &EntryId) -> Result<Entry> {
    unschedule_if(cx, may, id, &Always).await
}

/// As [`unschedule`], if the entry is still what the caller thinks it is.
///
/// # Errors
/// As [`unschedule`], and `Outdated`.
pub async fn unschedule_if(
    cx: &Services,
    may: &Grant<PublishEntries>,
    id: &EntryId,
    condition: &dyn Condition<Entry>,
) -> Result<Entry> {
    let (mut tx, entry) = open(cx, may.project_id(), id, condition).await?;
    let entry = unschedule_in(cx, &mut tx, may.actor(), entry).await?;
    tx.commit().await?;
    Ok(entry)
}
