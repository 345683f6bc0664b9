//! Everything about the publication of an entry at once, as the sheet of the editor sends it; and what is planned.

use model::entries::Entry;
use model::jobs::Job;
use model::schedule::{CalendarEvent, Plan};
use model::time::Timestamp;
use model::{EntryId, Error, Result};
use store::{jobs, plans};

use super::{ScheduleOptions, publish_in, schedule_in, set_expiry_in, set_pin_in};
use crate::Services;
use crate::access::{Grant, PublishEntries, ReadEntries};
use crate::condition::Always;
use crate::entries::open;

/// The most lines of a calendar.
const MOST_EVENTS: i64 = 1_000;
/// The most jobs about one entry that are told.
const MOST_JOBS: i64 = 50;

/// When an entry is to be public.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum When {
    /// As it is.
    #[default]
    Keep,
    Now,
    /// With a date that has passed.
    Since(Timestamp),
    At(Timestamp),
}

/// What is to become of an entry. The outer `None` keeps; `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    pub when: When,
    pub expires_at: Option<Option<Timestamp>>,
    pub pinned_until: Option<Option<Timestamp>>,
}

/// Publishes or schedules an entry, and plans how long it stays public and comes first, all of it or nothing.
///
/// # Errors
/// Those of publishing, scheduling, expiring and pinning.
pub async fn arrange(cx: &Services, may: &Grant<PublishEntries>, id: &EntryId, wish: Wish) -> Result<Entry> {
    let (mut tx, entry) = open(cx, may.project_id(), id, &Always).await?;
    let actor = may.actor();
    // What ends before the entry goes live must be out of the way first; what begins with it comes after.
    if wish.expires_at == Some(None) {
        set_expiry_in(cx, &mut tx, actor, &entry, None).await?;
    }
    if wish.pinned_until == Some(None) {
        set_pin_in(cx, &mut tx, actor, &entry, None).await?;
    }
    let entry = match wish.when {
        When::Keep => entry,
        When::Now => publish_in(cx, &mut tx, actor, entry, None).await?,
        When::Since(date) => publish_in(cx, &mut tx, actor, entry, Some(date)).await?,
        When::At(at) => {
            // Both ends move with the schedule, so they are set after it; old ones must not be in its way.
            if wish.expires_at.flatten().is_some() {
                set_expiry_in(cx, &mut tx, actor, &entry, None).await?;
            }
            if wish.pinned_until.flatten().is_some() {
                set_pin_in(cx, &mut tx, actor, &entry, None).await?;
            }
            schedule_in(cx, &mut tx, actor, entry, at, &ScheduleOptions::default()).await?.entry
        }
    };
    if let Some(Some(at)) = wish.expires_at {
        set_expiry_in(cx, &mut tx, actor, &entry, Some(at)).await?;
    }
    if let Some(Some(until)) = wish.pinned_until {
        set_pin_in(cx, &mut tx, actor, &entry, Some(until)).await?;
    }
    tx.commit().await?;
    Ok(entry)
}

/// What is planned for an entry.
///
/// # Errors
/// `NotFound`.
pub async fn plan_of(cx: &Services, may: &Grant<ReadEntries>, id: &EntryId) -> Result<Plan> {
    let mut lease = cx.db.acquire().await?;
    plans::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)
}

/// The jobs about an entry, newest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn jobs_of(cx: &Services, may: &Grant<ReadEntries>, id: &EntryId) -> Result<Vec<Job>> {
    let mut lease = cx.db.acquire().await?;
    Ok(jobs::of_entry(lease.conn(), may.project_id(), id, MOST_JOBS).await?)
}

/// What happens in a project from one moment to before another, in order: at most a thousand lines.
///
/// # Errors
/// When the database cannot be read.
pub async fn calendar(
    cx: &Services,
    may: &Grant<ReadEntries>,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<CalendarEvent>> {
    let mut lease = cx.db.acquire().await?;
    Ok(plans::calendar(lease.conn(), may.project_id(), from, until, MOST_EVENTS).await?)
}
