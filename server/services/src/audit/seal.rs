//! The sealer: gives records their places in the chain, and deletes what is old enough.
//!
//! Requests only insert. One sealer at a time, across all instances, takes the records that have no number yet, oldest
//! first, and chains them: `link = HMAC(link before, number, hash of the record)`. It holds the row with the end of the
//! chain while it does, and writes that end with a keyed hash of its own, so that the newest records cannot be taken away
//! unseen. It never adds to an end that it did not write: then somebody changed the database, and going on would hide it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration as StdDuration;

use chrono::Duration;
use model::audit::ChainHead;
use model::time::Timestamp;
use model::{Error, Result};
use serde_json::json;
use store::audit::chain::{self, Head, Place, Read};
use tokio::sync::Notify;
use tokio::time::interval;

use super::keys::Key;
use super::{Event, record, verify};
use crate::Services;
use crate::access::Actor;

/// Records that get their places in one transaction, so that other writers need not wait long.
const AT_ONCE: i64 = 500;
/// How long records wait for others before they are sealed together.
const SOON: StdDuration = StdDuration::from_millis(300);
/// How often records of other processes are looked for.
const EVERY: StdDuration = StdDuration::from_secs(1);
/// How often the whole chain is checked, and old records are deleted.
const DAILY: Duration = Duration::hours(24);
/// The first check waits until the start is over.
const FIRST_CHECK: Duration = Duration::minutes(5);

/// Wakes the sealer of this process. Cheap to clone; clones wake the same one.
#[derive(Debug, Clone, Default)]
pub struct Sealer(Arc<State>);

#[derive(Debug, Default)]
struct State {
    written: Notify,
    /// Whether it was said already that the chain cannot go on.
    is_stuck: AtomicBool,
    /// One check of the chain at a time.
    checking: tokio::sync::Mutex<()>,
    /// The end of the chain as this process last knew it: when the chain began, and its number.
    known: Mutex<Option<(Timestamp, i64)>>,
}

impl Sealer {
    /// Says that a record is about to be committed.
    pub(super) fn note_written(&self) {
        self.0.written.notify_one();
    }

    /// Where this process knows that the chain ended. To be asked before the end is read.
    pub(super) fn known_end(&self) -> KnownEnd {
        KnownEnd(*self.0.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note_end(&self, head: &Head) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        let end = head.began_at.map(|began_at| (began_at, head.number));
        *known = match (*known, end) {
            (Some((since, number)), Some((began_at, now))) if since == began_at => Some((since, number.max(now))),
            (_, end) => end,
        };
    }

    /// For when the chain was begun again on purpose.
    fn forget_end(&self) {
        *self.0.known.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) async fn check_alone(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.checking.lock().await
    }
}

/// An end of the chain that was seen earlier: when the chain began, and the number of its newest record.
#[derive(Debug, Clone, Copy)]
pub(super) struct KnownEnd(Option<(Timestamp, i64)>);

impl KnownEnd {
    /// Whether the chain ends before that now: somebody put an older end back, whose hash is right.
    pub(super) fn is_after(self, head: &Head) -> bool {
        self.0.is_some_and(|(began_at, number)| head.began_at == Some(began_at) && head.number < number)
    }
}

/// What one run of the sealer did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Records that got their places.
    pub records: i64,
    pub head: ChainHead,
    /// False when the end of the chain is not as Tidings left it; then nothing was done.
    pub is_intact: bool,
}

/// Seals what is there, until nothing is left.
///
/// # Errors
/// When the database cannot be reached or written.
pub async fn seal(cx: &Services) -> Result<Sealed> {
    let mut all = 0;
    loop {
        let sealed = seal_some(cx).await?;
        all += sealed.records;
        if sealed.records == 0 || !sealed.is_intact {
            return Ok(Sealed { records: all, ..sealed });
        }
    }
}

async fn seal_some(cx: &Services) -> Result<Sealed> {
    let known = cx.sealer.known_end();
    let mut lease = cx.db.acquire().await?;
    let has_unsealed = chain::has_unsealed(lease.conn()).await?;
    let seen = chain::head(lease.conn()).await?;
    drop(lease);
    let key = Key::of(cx);
    if let Some(head) = &seen
        && !has_unsealed
        && !head.is_adopting
        && head.began_at.is_some()
    {
        let is_intact = key.head(head) == head.mac && !known.is_after(head);
        if is_intact {
            cx.sealer.note_end(head);
        }
        return Ok(Sealed { records: 0, head: shown(head), is_intact });
    }
    let mut tx = cx.db.begin().await?;
    let Some(mut head) = chain::hold_head(tx.conn()).await? else {
        return Ok(Sealed { records: 0, head: shown(&Head::default()), is_intact: false });
    };
    if is_new(&head) {
        head = begun(cx.clock.now());
    } else if key.head(&head) != head.mac || known.is_after(&head) {
        return Ok(Sealed { records: 0, head: shown(&head), is_intact: false });
    }
    let found = chain::unsealed(tx.conn(), AT_ONCE).await?;
    let records = i64::try_from(found.len()).unwrap_or(i64::MAX);
    let mut places = Vec::with_capacity(found.len());
    let mut has_old = false;
    for row in found {
        let Read::Whole(row) = row else { continue };
        // Only while the chain takes in what is older than itself: later, a record without a hash is not one of ours.
        let mac = match row.mac {
            None if head.is_adopting => {
                has_old = true;
                Some(key.stored(&row))
            }
            mac => mac,
        };
        head.number += 1;
        head.link = key.link(&head.link, head.number, mac.as_deref());
        places.push(Place { id: row.id, mac, number: head.number, link: head.link.clone() });
    }
    if has_old {
        head.adopted = head.number;
    } else {
        head.is_adopting = false;
    }
    chain::seal(tx.conn(), &places).await?;
    head.mac = key.head(&head);
    chain::set_head(tx.conn(), &head).await?;
    tx.commit().await?;
    cx.sealer.note_end(&head);
    // What cannot be read gets no place; it must not keep the sealer busy for ever.
    let records = if places.is_empty() { 0 } else { records };
    Ok(Sealed { records, head: shown(&head), is_intact: true })
}

/// Whether the chain has never begun.
fn is_new(head: &Head) -> bool {
    *head == Head::default()
}

fn begun(now: Timestamp) -> Head {
    Head { began_at: Some(now), is_adopting: true, ..Head::default() }
}

pub(super) fn shown(head: &Head) -> ChainHead {
    ChainHead { number: head.number, link: head.link.clone() }
}

/// Seals as records come, checks the whole chain and deletes old records once a day, until `stop` ends; then seals what
/// is left. Runs beside, as a task.
pub async fn run(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = interval(EVERY);
    let mut next_day = cx.clock.now() + FIRST_CHECK;
    say_head(&cx, seal_and_say(&cx).await);
    loop {
        tokio::select! {
            () = &mut stop => break,
            () = cx.sealer.0.written.notified() => tokio::time::sleep(SOON).await,
            _ = ticks.tick() => {}
        }
        let sealed = seal_and_say(&cx).await;
        if cx.clock.now() >= next_day {
            next_day = cx.clock.now() + DAILY;
            daily(&cx).await;
            say_head(&cx, sealed);
        }
    }
    say_head(&cx, seal_and_say(&cx).await);
}

async fn seal_and_say(cx: &Services) -> Option<Sealed> {
    match seal(cx).await {
        Ok(sealed) => {
            let was_stuck = cx.sealer.0.is_stuck.swap(!sealed.is_intact, Ordering::Relaxed);
            if !sealed.is_intact && !was_stuck {
                tracing::error!(
                    "The end of the audit log's chain is not as Tidings left it, and no record is added to it any more. \
                     Somebody changed the database, or the signing key is another one; see `tidings audit verify` and `tidings rekey`"
                );
            }
            Some(sealed)
        }
        Err(error) => {
            tracing::warn!(%error, "Audit records could not be sealed; it is tried again");
            None
        }
    }
}

/// Notes the end of the chain outside the database, where it can be compared later.
fn say_head(cx: &Services, sealed: Option<Sealed>) {
    if let Some(Sealed { head, is_intact: true, .. }) = sealed {
        let now = model::time::to_wire(cx.clock.now());
        tracing::info!(audit.head = %head, "At {now} the audit log is sealed up to record {}, {head}", head.number);
    }
}

async fn daily(cx: &Services) {
    match verify::check(cx, None).await {
        Ok(report) if report.is_whole() => {}
        Ok(report) => {
            let first = report.places.first().map(ToString::to_string).unwrap_or_default();
            tracing::error!(places = report.broken, "The audit log is damaged: {first} See `tidings audit verify`");
        }
        Err(error) => tracing::warn!(%error, "The audit log could not be checked; it is tried again tomorrow"),
    }
    match prune(cx).await {
        Ok(0) => {}
        Ok(records) => tracing::info!(records, "Deleted {records} audit records because of their age"),
        Err(error) => tracing::warn!(%error, "Old audit records could not be deleted; it is tried again tomorrow"),
    }
}

/// Deletes the records that are older than administrators want them kept, with a record of it, and gives how many there
/// were. The chain goes on from where the last of them stood.
///
/// # Errors
/// When the database cannot be reached or written; what was deleted until then stays so.
pub async fn prune(cx: &Services) -> Result<u64> {
    const MOST: i64 = 2_000;
    let days = crate::instance::load(cx).await?.audit_retention_days;
    if days == 0 {
        return Ok(0);
    }
    let now = cx.clock.now();
    let cutoff = now.checked_sub_signed(Duration::days(i64::from(days))).unwrap_or(model::time::MIN);
    let key = Key::of(cx);
    let actor = Actor::console(now)?;
    let mut all = 0;
    loop {
        let mut tx = cx.db.begin().await?;
        let Some(mut head) = chain::hold_head(tx.conn()).await? else { return Ok(all) };
        if key.head(&head) != head.mac {
            return Ok(all);
        }
        let old = chain::last_before(tx.conn(), cutoff).await?.unwrap_or(head.number).min(head.number);
        let until = old.min(head.anchor_number + MOST);
        if until <= head.anchor_number {
            return Ok(all);
        }
        // Of a record that somebody removed there is no link, and what comes after it stays.
        let Some(link) = chain::link_of(tx.conn(), until).await? else {
            tracing::error!(number = until, "Audit record {until} is missing, so older ones are not deleted");
            return Ok(all);
        };
        let records = chain::delete_until(tx.conn(), until).await?;
        let details = json!({ "days": days, "records": records, "lastNumber": until, "lastLink": link });
        (head.anchor_number, head.anchor_link) = (until, link);
        head.mac = key.head(&head);
        chain::set_head(tx.conn(), &head).await?;
        record(cx, tx.conn(), &actor, Event { action: "AUDIT_LOG_PRUNED", details, ..Event::default() }).await?;
        tx.commit().await?;
        all += records;
    }
}

/// Begins the chain anew with what is in the log now, and records it. For after a damage was looked into, or after the
/// signing key was replaced. What happened to older records cannot be told afterwards.
///
/// # Errors
/// When the database cannot be reached or written; then nothing was changed.
pub async fn begin_again(cx: &Services, actor: &Actor, reason: &str) -> Result<Sealed> {
    let reason = model::check::line(reason, "The reason", 3, 300).map_err(|error| Error::field("reason", error))?;
    let mut tx = cx.db.begin().await?;
    let old = chain::hold_head(tx.conn()).await?.unwrap_or_default();
    chain::unseal_all(tx.conn()).await?;
    let head = Head { mac: String::new(), ..begun(cx.clock.now()) };
    let head = Head { mac: Key::of(cx).head(&head), ..head };
    chain::set_head(tx.conn(), &head).await?;
    let details = json!({ "reason": reason, "lastNumber": old.number, "lastLink": old.link });
    record(cx, tx.conn(), actor, Event { action: "AUDIT_CHAIN_BEGUN", details, ..Event::default() }).await?;
    tx.commit().await?;
    cx.sealer.forget_end();
    seal(cx).await
}
