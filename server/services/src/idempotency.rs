//! Requests that are sent twice and done once.
//!
//! A caller names a request; whoever sends the same name with the same content within a day gets the first answer again.
//! The name is claimed before the work begins, so of many that arrive together one runs. Names are stored as keyed
//! hashes, and answers are encrypted under a key that is made from the caller, their name for the request and the secret
//! of the instance: an answer can hold a new API key, and no list of such answers has to be kept up to date.
//!
//! What cannot be promised: when the process dies after the work was committed and before the answer was kept, the name
//! is free again after [`CLAIM`], and the request can be done a second time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use model::Result;
use model::time::Timestamp;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use serde::{Deserialize, Serialize};
use store::idempotency;

use crate::access::{Actor, Via};
use crate::{Services, SigningKey};

/// How long an answer is given again.
const KEPT: Duration = Duration::hours(24);
/// How long a request may run before it counts as lost. Longer than any does: the largest imports take seconds.
pub const CLAIM: Duration = Duration::minutes(2);
/// The largest answer that is kept, in bytes: that of the largest entry.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;
const PURGE_EVERY: Duration = Duration::minutes(10);
const NONCE: usize = 12;

/// When this instance last forgot what had expired.
pub(crate) type Purged = Arc<AtomicI64>;

/// A request with the name its caller gave it.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub body: &'a [u8],
    pub name: &'a str,
}

/// An answer, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// The right to run a request.
#[derive(Debug, Clone)]
pub struct Claim {
    id: String,
    claim: String,
    seal: Seal,
}

/// What a named request meets.
#[derive(Debug)]
pub enum Begun {
    /// Nothing: it is to be run.
    First(Claim),
    /// It was run before.
    Again(Answer),
    /// It was run before, with this status, and its answer was too large to be kept.
    Forgotten { status: u16 },
    /// It is running.
    Running,
    /// The name was used for a request with other content.
    Different,
}

/// Claims a request, or tells what became of it.
pub async fn begin(cx: &Services, actor: &Actor, request: Named<'_>) -> Result<Begun> {
    let Named { method, path, query, body, name } = request;
    let caller = caller(actor);
    let key = &cx.settings.signing_key;
    let now = cx.clock.now();
    let wanted = idempotency::Claim {
        id: text(&key.mac(&["request", &caller, method, path, name])),
        fingerprint: text(&key.mac(&[b"content", query.as_bytes(), body])),
        claim: cx.random.token(22),
        until: now + CLAIM,
        expires_at: now + KEPT,
    };
    let seal = Seal::new(key, &caller, name);
    let mut tx = cx.db.begin().await?;
    purge(cx, &mut tx, now).await?;
    if idempotency::claim(tx.conn(), &wanted, now).await? {
        tx.commit().await?;
        return Ok(Begun::First(Claim { id: wanted.id, claim: wanted.claim, seal }));
    }
    let known = idempotency::find(tx.conn(), &wanted.id).await?;
    tx.commit().await?;
    // Given up between the two statements: by the time the caller comes back it is free.
    let Some(known) = known else { return Ok(Begun::Running) };
    if known.fingerprint != wanted.fingerprint {
        return Ok(Begun::Different);
    }
    let Some(status) = known.status.and_then(|status| u16::try_from(status).ok()) else {
        return Ok(Begun::Running);
    };
    let plain = known.answer.and_then(|sealed| seal.open(&wanted.id, sealed));
    let answer = plain.and_then(|plain| Kept::read(status, &plain));
    Ok(answer.map_or(Begun::Forgotten { status }, Begun::Again))
}

/// Keeps the answer of a request that was run.
pub async fn finish(cx: &Services, claim: &Claim, answer: &Answer) -> Result<()> {
    let sealed = if answer.body.len() > MOST_BYTES {
        None
    } else {
        Kept::write(answer).and_then(|plain| claim.seal.close(cx.random.bytes(), &claim.id, plain))
    };
    let mut tx = cx.db.begin().await?;
    idempotency::keep(tx.conn(), &claim.id, &claim.claim, answer.status, sealed.as_deref()).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets a request that came to nothing, so that it may be tried again at once.
pub async fn release(cx: &Services, claim: &Claim) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    idempotency::release(tx.conn(), &claim.id, &claim.claim).await?;
    tx.commit().await?;
    Ok(())
}

async fn purge(cx: &Services, tx: &mut store::Tx, now: Timestamp) -> Result<()> {
    let last = cx.idempotency_purged.load(Ordering::Relaxed);
    if now.timestamp_millis() - last >= PURGE_EVERY.num_milliseconds() {
        idempotency::purge(tx.conn(), now).await?;
        cx.idempotency_purged.store(now.timestamp_millis(), Ordering::Relaxed);
    }
    Ok(())
}

/// Whose names they are: those of a key are its own, those of a person the same in every browser.
fn caller(actor: &Actor) -> String {
    match &actor.via {
        Via::Key(key) => format!("key {}", key.id),
        Via::Cookie(_) | Via::Token(_) | Via::Console | Via::Job => format!("person {}", actor.id()),
    }
}

fn text(hash: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(hash)
}

/// What is encrypted: a line of JSON with the headers, then the body.
#[derive(Serialize, Deserialize)]
struct Kept {
    headers: Vec<(String, String)>,
}

impl Kept {
    fn write(answer: &Answer) -> Option<Vec<u8>> {
        let mut plain = serde_json::to_vec(&Self { headers: answer.headers.clone() }).ok()?;
        plain.push(b'\n');
        plain.extend_from_slice(&answer.body);
        Some(plain)
    }

    fn read(status: u16, plain: &[u8]) -> Option<Answer> {
        let end = plain.iter().position(|&byte| byte == b'\n')?;
        let kept: Self = serde_json::from_slice(&plain[..end]).ok()?;
        Some(Answer { status, headers: kept.headers, body: plain[end + 1..].to_vec() })
    }
}

/// Encrypts the answers to one name of one caller (ChaCha20-Poly1305, RFC 8439).
#[derive(Clone)]
struct Seal([u8; 32]);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal(***)")
    }
}

impl Seal {
    fn new(key: &SigningKey, caller: &str, name: &str) -> Self {
        Self(key.mac(&["answer", caller, name]))
    }

    fn key(&self) -> Option<LessSafeKey> {
        Some(LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, &self.0).ok()?))
    }

    fn close(&self, nonce: [u8; NONCE], id: &str, mut plain: Vec<u8>) -> Option<Vec<u8>> {
        let mut sealed = nonce.to_vec();
        self.key()?.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(id), &mut plain).ok()?;
        sealed.append(&mut plain);
        Some(sealed)
    }

    fn open(&self, id: &str, mut sealed: Vec<u8>) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_first_chunk_mut::<NONCE>()?;
        let plain = self.key()?.open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(id), text).ok()?;
        Some(plain.to_vec())
    }
}
