//! Telling of what happened to entries. An event is written in the transaction in which it happens, so that there is
//! exactly one for each publication. Deliveries read the outbox and note for themselves how far they are.

use chrono::Duration;
use model::entries::Entry;
use model::jobs::KEPT_DAYS;
use model::time::to_wire;
use model::{EntryId, EventId, Result};
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
pub(super) async fn published(cx: &Services, tx: &mut Tx, actor: &Actor, entry: &Entry, is_first: bool) -> Result<()> {
    write(cx, tx, actor, entry, PUBLISHED, is_first).await
}

/// Tells of anything else.
pub(super) async fn happened(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    kind: &'static str,
) -> Result<()> {
    write(cx, tx, actor, entry, kind, false).await
}

async fn write(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    kind: &'static str,
    is_first: bool,
) -> Result<()> {
    let now = cx.clock.now();
    let event = OutboxEvent {
        id: cx.random.id(now, EventId::compose),
        kind: kind.to_owned(),
        project_id: entry.project_id.clone(),
        entry_id: entry.id.clone(),
        is_first,
        payload: payload(actor, entry),
        created_at: now,
    };
    Ok(outbox::insert(tx.conn(), &event).await?)
}

/// What a subscriber needs to know beside the entry itself, which it reads when it tells of it.
fn payload(actor: &Actor, entry: &Entry) -> Value {
    json!({
        "title": entry.title,
        "version": entry.version,
        "publishedAt": entry.published_at.map(to_wire),
        "scheduledAt": entry.scheduled_at.map(to_wire),
        "lockVersion": entry.lock_version,
        "userId": actor.id(),
        "isScheduled": actor.is_job(),
    })
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
