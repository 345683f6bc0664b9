//! What this instance may still allow, and where it gets more.

use std::collections::{HashMap, VecDeque};
use std::fmt::Display;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::time::Timestamp;
use store::rate_limits::{self, Lease};

use super::{Rule, Standing, Window};
use crate::Services;

/// How long a request waits for a share before the instance counts alone: imports hold the database for seconds.
const PATIENCE: Duration = Duration::from_secs(1);
/// More buckets than this are not kept. One that goes early has lost its share, which only makes the limit stricter.
const MOST: usize = 50_000;
/// Shares fetched in one transaction.
const AT_ONCE: usize = 500;
/// Between two looks for windows that have ended.
const SWEEP: chrono::Duration = chrono::Duration::minutes(1);

/// Everybody's buckets. Cheap to clone; clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buckets(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    book: Mutex<Book>,
    /// One transaction at a time fetches what everybody waits for.
    turn: tokio::sync::Mutex<Option<Timestamp>>,
}

#[derive(Debug, Default)]
struct Book {
    buckets: HashMap<String, Bucket>,
    /// Which of them want a share, in the order in which they asked.
    asking: VecDeque<String>,
    swept: Option<Timestamp>,
    warned: Option<Timestamp>,
}

#[derive(Debug)]
struct Bucket {
    rule: Rule,
    window: Window,
    allowed: u32,
    /// Allowed by this instance within the window.
    used: u32,
    /// Taken from the database and not used yet.
    left: u32,
    /// Taken by all instances together, when the database was last asked.
    taken: u32,
    asking: Asking,
    /// Counts without the database until the window ends.
    is_alone: bool,
}

/// Whether a bucket waits for a share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asking {
    No,
    Waiting,
    Fetching,
}

/// What became of an attempt to count.
enum Step {
    Done {
        standing: Standing,
        runs_low: bool,
    },
    /// There is nothing left here; the database may have more.
    Ask,
}

impl Bucket {
    fn new(rule: Rule, allowed: u32, window: Window) -> Self {
        Self { rule, window, allowed, used: 0, left: 0, taken: 0, asking: Asking::No, is_alone: false }
    }

    /// How much an instance takes at a time.
    fn share(&self) -> u32 {
        (self.allowed / 20).max(1)
    }

    fn may_ask(&self) -> bool {
        !self.is_alone && self.taken < self.allowed
    }

    fn go_alone(&mut self) {
        if !self.is_alone {
            self.is_alone = true;
            self.left = self.allowed.saturating_sub(self.used);
        }
    }

    fn standing(&self, now: Timestamp, is_exceeded: bool) -> Standing {
        let elsewhere = if self.is_alone { 0 } else { self.allowed.saturating_sub(self.taken) };
        Standing {
            rule: self.rule,
            allowed: self.allowed,
            remaining: self.left.saturating_add(elsewhere),
            seconds: self.window.seconds_left(now),
            is_exceeded,
        }
    }

    fn count(&mut self, now: Timestamp) -> Step {
        if self.left > 0 {
            self.left -= 1;
            self.used = self.used.saturating_add(1);
            let low = self.share() / 4;
            let runs_low = low > 0 && self.left <= low && self.may_ask() && self.asking == Asking::No;
            return Step::Done { standing: self.standing(now, false), runs_low };
        }
        if self.may_ask() { Step::Ask } else { Step::Done { standing: self.standing(now, true), runs_low: false } }
    }
}

impl Book {
    /// The bucket of the present window.
    fn bucket(&mut self, key: &str, rule: Rule, allowed: u32, now: Timestamp) -> &mut Bucket {
        let window = Window::of(rule, now);
        if !self.buckets.get(key).is_some_and(|bucket| bucket.window == window) {
            self.make_room(now);
        }
        let bucket = self.buckets.entry(key.to_owned()).or_insert_with(|| Bucket::new(rule, allowed, window));
        if bucket.window != window {
            *bucket = Bucket::new(rule, allowed, window);
        }
        bucket
    }

    fn make_room(&mut self, now: Timestamp) {
        let is_full = self.buckets.len() >= MOST;
        if is_full || self.swept.is_none_or(|swept| now - swept >= SWEEP) {
            self.buckets.retain(|_, bucket| bucket.window.end > now);
            self.swept = Some(now);
        }
        // Still full: some go, many at once, because finding them takes a walk.
        if self.buckets.len() >= MOST {
            let mut some = MOST / 10;
            self.buckets.retain(|_, _| {
                let goes = some > 0;
                some = some.saturating_sub(1);
                !goes
            });
        }
    }

    /// Tells at most once a minute that the database does not count.
    fn warn(&mut self, now: Timestamp, error: &dyn Display) {
        if self.warned.is_none_or(|warned| now - warned >= SWEEP) {
            self.warned = Some(now);
            tracing::warn!(%error, "Requests are not counted in the database; limits hold for this instance alone: {error}");
        }
    }
}

fn key(rule: Rule, who: &str) -> String {
    format!("{}:{who}", rule.name())
}

impl Buckets {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub async fn count(&self, cx: &Services, rule: Rule, allowed: u32, who: &str) -> Standing {
        let key = key(rule, who);
        // Most requests find something left, and need no timer.
        match self.step(&key, rule, allowed, cx.clock.now()) {
            Step::Done { standing, runs_low } => {
                if runs_low {
                    tokio::spawn(fetch(cx.clone()));
                }
                return standing;
            }
            Step::Ask => {}
        }
        if let Ok(standing) = tokio::time::timeout(PATIENCE, self.count_together(cx, rule, allowed, &key)).await {
            return standing;
        }
        let now = cx.clock.now();
        let mut book = self.book();
        book.warn(now, &"the database did not answer in time");
        let bucket = book.bucket(&key, rule, allowed, now);
        bucket.go_alone();
        match bucket.count(now) {
            Step::Done { standing, .. } => standing,
            Step::Ask => bucket.standing(now, true),
        }
    }

    async fn count_together(&self, cx: &Services, rule: Rule, allowed: u32, key: &str) -> Standing {
        loop {
            let now = cx.clock.now();
            match self.step(key, rule, allowed, now) {
                Step::Done { standing, runs_low } => {
                    if runs_low {
                        tokio::spawn(fetch(cx.clone()));
                    }
                    return standing;
                }
                // On a task of its own, because a caller who goes away must not lose what others wait for.
                Step::Ask => {
                    let _ = tokio::spawn(fetch(cx.clone())).await;
                }
            }
        }
    }

    fn step(&self, key: &str, rule: Rule, allowed: u32, now: Timestamp) -> Step {
        let mut book = self.book();
        let bucket = book.bucket(key, rule, allowed, now);
        let step = bucket.count(now);
        let asks = matches!(step, Step::Ask | Step::Done { runs_low: true, .. });
        if asks && bucket.asking == Asking::No {
            bucket.asking = Asking::Waiting;
            book.asking.push_back(key.to_owned());
        }
        step
    }

    pub fn standing(&self, rule: Rule, allowed: u32, who: &str, now: Timestamp) -> Standing {
        let window = Window::of(rule, now);
        let book = self.book();
        match book.buckets.get(&key(rule, who)).filter(|bucket| bucket.window == window) {
            Some(bucket) => bucket.standing(now, false),
            None => Bucket::new(rule, allowed, window).standing(now, false),
        }
    }

    /// The buckets that want a share, grouped by their windows.
    fn asking(&self, now: Timestamp) -> Vec<(Window, Vec<Ask>)> {
        let mut book = self.book();
        let some = book.asking.len().min(AT_ONCE);
        let keys: Vec<String> = book.asking.drain(..some).collect();
        let mut groups: Vec<(Window, Vec<Ask>)> = Vec::new();
        for key in keys {
            // One that has gone meanwhile, or whose window has ended, needs none.
            let Some(bucket) = book.buckets.get_mut(&key) else { continue };
            if bucket.asking != Asking::Waiting || bucket.window.end <= now {
                continue;
            }
            bucket.asking = Asking::Fetching;
            let ask = Ask { key, count: bucket.share() };
            match groups.iter_mut().find(|(window, _)| *window == bucket.window) {
                Some((_, asks)) => asks.push(ask),
                None => groups.push((bucket.window, vec![ask])),
            }
        }
        groups
    }

    fn settle(&self, window: Window, asks: &[Ask], outcome: Option<&HashMap<String, i64>>, names: &[String]) {
        let mut book = self.book();
        for (ask, name) in asks.iter().zip(names) {
            let Some(bucket) = book.buckets.get_mut(&ask.key).filter(|bucket| bucket.window == window) else {
                continue;
            };
            bucket.asking = Asking::No;
            match outcome.and_then(|taken| taken.get(name)) {
                Some(&taken) if !bucket.is_alone => {
                    let taken = u32::try_from(taken).unwrap_or(u32::MAX);
                    let before = taken.saturating_sub(ask.count);
                    bucket.left += bucket.allowed.saturating_sub(before).min(ask.count);
                    bucket.taken = taken.min(bucket.allowed);
                }
                Some(_) => {}
                None => bucket.go_alone(),
            }
        }
    }

    /// How many buckets there are.
    pub fn len(&self) -> usize {
        self.book().buckets.len()
    }
}

struct Ask {
    key: String,
    count: u32,
}

/// What a bucket is called in the database: a keyed hash that differs from window to window, so that nobody learns
/// addresses from it, or follows one.
fn stored_name(cx: &Services, window: Window, key: &str) -> String {
    let start = window.start.timestamp_millis().to_string();
    URL_SAFE_NO_PAD.encode(&cx.settings.signing_key.mac(&["limit", &start, key])[..16])
}

/// Fetches the shares that are wanted, everybody's in one transaction.
async fn fetch(cx: Services) {
    let mut purged = cx.buckets.0.turn.lock().await;
    let now = cx.clock.now();
    for (window, asks) in cx.buckets.asking(now) {
        let names: Vec<String> = asks.iter().map(|ask| stored_name(&cx, window, &ask.key)).collect();
        let leases = names.iter().zip(&asks).map(|(name, ask)| Lease { bucket: name.clone(), count: ask.count });
        let leases: Vec<Lease> = leases.collect();
        let forgets = purged.is_none_or(|last| now - last >= SWEEP);
        let taken = async {
            let mut tx = cx.db.begin().await?;
            let taken = rate_limits::take(tx.conn(), &leases, window.start, window.end).await?;
            if forgets {
                rate_limits::purge(tx.conn(), now).await?;
            }
            tx.commit().await?;
            Ok::<_, store::Error>(taken)
        };
        match taken.await {
            Ok(taken) => {
                if forgets {
                    *purged = Some(now);
                }
                cx.buckets.settle(window, &asks, Some(&taken), &names);
            }
            Err(error) => {
                cx.buckets.book().warn(now, &error);
                cx.buckets.settle(window, &asks, None, &names);
            }
        }
    }
}
