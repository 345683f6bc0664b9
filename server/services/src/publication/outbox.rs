//! Telling of what happened to entries. An event is written in the transaction in which it happens, so that there is
//! exactly one for each publication. Deliveries read the outbox and note for themselves how far they are.

use chrono::Duration;
use model::entries::Entry;
use model::jobs::KEPT_DAYS;
use model::time::{Timestamp, to_wire};
use model::{EntryId, EventId, ProjectId, Result, UserId};
use serde_json::{Value, json};
use store::Tx;
use store::outbox::{self, OutboxEvent};

use crate::Services;
use crate::access::{Actor, Grant, ReadEntries};

/// An entry became public.
pub const PUBLISHED: &str = "entry.published";
/// It is a draft again.
pub const UNPUBLISHED: &str = "entry.unpublished";
/// It will become public by itself.
pub const SCHEDULED: &str = "entry.scheduled";
/// It will not.
pub const UNSCHEDULED: &str = "entry.unscheduled";

/// Tells of a publication.
///
/// `notify` is what somebody chose about letters to subscribers; `None` leaves it to the project.
pub(super) async fn published(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    is_first: bool,
    notify: Option<bool>,
) -> Result<()> {
    let told = Told { notify, ..Told::of(actor, entry) };
    Ok(outbox::insert(tx.conn(), &event(cx, &entry.project_id, PUBLISHED, is_first, &told)).await?)
}

/// Tells of anything else.
pub(super) async fn happened(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    kind: &'static str,
) -> Result<()> {
    let told = Told::of(actor, entry);
    Ok(outbox::insert(tx.conn(), &event(cx, &entry.project_id, kind, false, &told)).await?)
}

/// What a subscriber needs to know beside the entry itself, which it reads when it tells of it.
pub(super) struct Told<'e> {
    pub entry: &'e EntryId,
    pub title: &'e str,
    pub version: Option<&'e str>,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    pub lock_version: i64,
    pub by: Option<&'e UserId>,
    pub by_job: bool,
    pub by_import: bool,
    /// Whether subscribers get a letter; `None` leaves it to the project.
    pub notify: Option<bool>,
}

impl<'e> Told<'e> {
    pub fn of(actor: &'e Actor, entry: &'e Entry) -> Self {
        Self {
            entry: &entry.id,
            title: &entry.title,
            version: entry.version.as_deref(),
            published_at: entry.published_at,
            scheduled_at: entry.scheduled_at,
            lock_version: entry.lock_version,
            by: Some(actor.id()),
            by_job: actor.is_job(),
            by_import: false,
            notify: None,
        }
    }
}

/// An event that is about to be written.
pub(super) fn event(
    cx: &Services,
    project: &ProjectId,
    kind: &'static str,
    is_first: bool,
    told: &Told<'_>,
) -> OutboxEvent {
    let now = cx.clock.now();
    let payload: Value = json!({
        "title": told.title,
        "version": told.version,
        "publishedAt": told.published_at.map(to_wire),
        "scheduledAt": told.scheduled_at.map(to_wire),
        "lockVersion": told.lock_version,
        "userId": told.by,
        "isScheduled": told.by_job,
        "isImported": told.by_import,
        "notify": told.notify,
    });
    OutboxEvent {
        id: cx.random.id(now, EventId::compose),
        kind: kind.to_owned(),
        project_id: project.clone(),
        entry_id: told.entry.clone(),
        is_first,
        payload,
        created_at: now,
    }
}

/// What was told of an entry, oldest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(cx: &Services, _may: &Grant<ReadEntries>, entry: &EntryId) -> Result<Vec<OutboxEvent>> {
    let mut lease = cx.db.acquire().await?;
    Ok(outbox::list(lease.conn(), entry).await?)
}

/// Forgets events after 30 days; gives how many.
pub(crate) async fn purge(cx: &Services, tx: &mut Tx) -> Result<u64> {
    Ok(outbox::purge(tx.conn(), cx.clock.now() - Duration::days(KEPT_DAYS)).await?)
}
