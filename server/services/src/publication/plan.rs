//! How long an entry stays public, and how long it comes first.

use model::entries::Entry;
use model::jobs::JobKind;
use model::time::{Timestamp, to_wire};
use model::{Error, JobId, Result, UserId};
use serde_json::json;
use store::jobs::{self, NewJob};
use store::{Tx, plans};

use crate::Services;
use crate::access::Actor;
use crate::entries::record;

/// Sets when an entry that was read in the same transaction becomes a draft again; never with `None`.
///
/// # Errors
/// `Conflict` for a draft; `Invalid` naming `expiresAt` for a moment that is not ahead, or before the entry goes live.
pub(crate) async fn set_expiry_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    at: Option<Timestamp>,
) -> Result<()> {
    let old = plan(tx, entry).await?.expires_at;
    let now = cx.clock.now();
    let at = at.map(|at| ends("expiresAt", entry, at, now)).transpose()?;
    if old == at {
        return Ok(());
    }
    plans::set_expiry(tx.conn(), &entry.project_id, &entry.id, at).await?;
    jobs::cancel(tx.conn(), JobKind::UnpublishEntry, &entry.id, now).await?;
    if let Some(at) = at {
        add_job(cx, tx, JobKind::UnpublishEntry, entry, at, actor.id()).await?;
    }
    let details = json!({ "title": entry.title, "expiresAt": { "from": old.map(to_wire), "to": at.map(to_wire) } });
    record(cx, tx, actor, "CHANGELOG_ENTRY_EXPIRY_CHANGED", entry, details).await
}

/// Sets until when an entry that was read in the same transaction comes first in the public list; not any more with
/// `None`.
///
/// # Errors
/// `Conflict` for a draft; `Invalid` naming `pinnedUntil` for a moment that is not ahead, or before the entry goes live.
pub(crate) async fn set_pin_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    until: Option<Timestamp>,
) -> Result<()> {
    let old = plan(tx, entry).await?.pinned_until;
    let now = cx.clock.now();
    let until = until.map(|until| ends("pinnedUntil", entry, until, now)).transpose()?;
    if old == until {
        return Ok(());
    }
    plans::set_pin(tx.conn(), &entry.project_id, &entry.id, until).await?;
    jobs::cancel(tx.conn(), JobKind::UnpinEntry, &entry.id, now).await?;
    if let Some(until) = until {
        add_job(cx, tx, JobKind::UnpinEntry, entry, until, actor.id()).await?;
    }
    if entry.published_at.is_some() {
        store::projects::touch(tx, &entry.project_id).await?;
    }
    let details =
        json!({ "title": entry.title, "pinnedUntil": { "from": old.map(to_wire), "to": until.map(to_wire) } });
    record(cx, tx, actor, "CHANGELOG_ENTRY_PIN_CHANGED", entry, details).await
}

/// A moment at which something ends that begins with the publication.
fn ends(field: &str, entry: &Entry, at: Timestamp, now: Timestamp) -> Result<Timestamp> {
    let at = model::schedule::ahead(field, at, now)?;
    match (entry.published_at, entry.scheduled_at) {
        (Some(_), _) => Ok(at),
        (None, Some(live)) if at <= live => {
            Err(Error::field(field, "Choose a time after the one at which the entry goes live."))
        }
        (None, Some(_)) => Ok(at),
        (None, None) => Err(Error::conflict("Publish or schedule this entry first. Nothing was changed.")),
    }
}

/// The plan of an entry that was read in the same transaction.
pub(super) async fn plan(tx: &mut Tx, entry: &Entry) -> Result<model::schedule::Plan> {
    plans::find(tx.conn(), &entry.project_id, &entry.id).await?.ok_or(Error::NotFound)
}

/// Adds a job about an entry, in whose name it will be done.
pub(super) async fn add_job(
    cx: &Services,
    tx: &mut Tx,
    kind: JobKind,
    entry: &Entry,
    at: Timestamp,
    by: &UserId,
) -> Result<JobId> {
    let job = job_about(cx, kind, entry, at, by);
    jobs::insert(tx.conn(), &job).await?;
    Ok(job.id)
}

pub(super) fn job_about(cx: &Services, kind: JobKind, entry: &Entry, at: Timestamp, by: &UserId) -> NewJob {
    let now = cx.clock.now();
    NewJob {
        id: cx.random.id(now, JobId::compose),
        kind,
        entity_id: entry.id.to_string(),
        project_id: Some(entry.project_id.clone()),
        entry_id: Some(entry.id.clone()),
        payload: json!({ "userId": by }),
        scheduled_at: at,
        created_at: now,
    }
}
