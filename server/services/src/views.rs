//! Counting views without watching anybody, and without being in the way of a page.
//!
//! A request leaves a note in memory and goes on. Notes become counts by visitor, and counts go to the database every
//! few seconds, many at a time. A visitor is a hash under a key of the day, which is forgotten after two days: nobody can
//! be followed from one day to the next, or from one project to another. Addresses are never stored. Who asks not to be
//! tracked (DNT, Global Privacy Control), bots, and people signed in here are not counted.

mod agent;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Days, NaiveDate};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, header};
use model::views::DayViews;
use model::{EntryId, ProjectId, Result};
use sha2::Sha256;
use store::views::{self, VisitorViews};
use tokio::sync::Notify;

use crate::access::{Grant, ReadProjects};
use crate::{Services, instance};

/// Between two writings.
const EVERY: Duration = Duration::from_secs(5);
/// So many notes are made into counts at once, before the next writing.
const NOTES: usize = 4_096;
/// Notes beyond this are not taken: counting must not fill the memory.
const MOST_NOTES: usize = 4 * NOTES;
/// Counts that are written at once.
const COUNTS: usize = 5_000;
/// Counts written by one statement, so that other writers need not wait long.
const AT_ONCE: usize = 500;
/// Days for which visitors can be told apart; older days are sums.
const DAYS_KEPT: u64 = 30;

/// What was looked at. Known to the answer that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewed {
    pub project: ProjectId,
    /// `None` for the list.
    pub entry: Option<EntryId>,
}

/// Where somebody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    Page,
    Widget,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Source::Page => "page",
            Source::Widget => "widget",
        }
    }
}

/// Somebody who may be counted.
#[derive(Debug, Clone)]
pub struct Visit {
    address: IpAddr,
    agent: HeaderValue,
    referrer: Option<HeaderValue>,
}

impl Visit {
    /// What there is to know about a visitor; `None` for who must not be counted. Copies nothing.
    pub fn of(address: IpAddr, headers: &HeaderMap) -> Option<Self> {
        let says = |name: &str, value: &[u8]| headers.get(name).is_some_and(|found| found.as_bytes() == value);
        if says("dnt", b"1") || says("sec-gpc", b"1") || is_prefetch(headers) || may_be_signed_in(headers) {
            return None;
        }
        let agent = headers.get(header::USER_AGENT)?.clone();
        Some(Self { address, agent, referrer: headers.get(header::REFERER).cloned() })
    }
}

/// Whether a browser loads what nobody may ever look at.
fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose"].iter().any(|name| {
        headers.get(*name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with("prefetch"))
    })
}

/// Whether one of our sign-in cookies comes along. Good or not: nobody else has one.
fn may_be_signed_in(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.contains("accessToken=") || value.contains("refreshToken="))
}

type Note = (Viewed, Source, Visit);

/// What tells counts apart.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Subject {
    day: NaiveDate,
    project: ProjectId,
    entry: Option<EntryId>,
    visitor: String,
    source: Source,
}

/// The notes that were left, and the counts that are not written yet. Cheap to clone; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Views(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    notes: Mutex<Vec<Note>>,
    many: Notify,
    state: tokio::sync::Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    secret: Option<(NaiveDate, String)>,
    counts: HashMap<Subject, VisitorViews>,
}

impl Views {
    /// Notes a view. Never waits.
    pub fn note(&self, viewed: Viewed, source: Source, visit: Visit) {
        let mut notes = self.0.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < MOST_NOTES {
            notes.push((viewed, source, visit));
        }
        if notes.len() == NOTES {
            self.0.many.notify_one();
        }
    }

    fn take(&self) -> Vec<Note> {
        std::mem::take(&mut *self.0.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what is counted every few seconds, until `stop` ends; then once more. Runs beside, as a task.
pub async fn run(cx: Services, stop: impl Future<Output = ()>) {
    let mut stop = std::pin::pin!(stop);
    let mut ticks = tokio::time::interval(EVERY);
    let mut tidied = None;
    loop {
        tokio::select! {
            () = &mut stop => break,
            () = cx.views.0.many.notified() => {
                if let Err(error) = count(&cx).await {
                    tracing::warn!(%error, "Some views could not be counted");
                }
            }
            _ = ticks.tick() => {
                write_now(&cx).await;
                let today = cx.clock.now().date_naive();
                if tidied != Some(today) {
                    match tidy(&cx).await {
                        Ok(()) => tidied = Some(today),
                        Err(error) => tracing::warn!(%error, "Old views could not be summed up; it is tried again"),
                    }
                }
            }
        }
    }
    write_now(&cx).await;
}

async fn write_now(cx: &Services) {
    if let Err(error) = write(cx).await {
        tracing::warn!(%error, "Views could not be written; they are tried again");
    }
}

/// Makes the notes into counts.
async fn count(cx: &Services) -> Result<()> {
    // Asked first, so that notes stay where it cannot be answered.
    let counts = instance::shared(cx).await?.enable_analytics;
    let notes = cx.views.take();
    if notes.is_empty() || !counts {
        return Ok(());
    }
    let mut state = cx.views.0.state.lock().await;
    let day = cx.clock.now().date_naive();
    let secret = match &state.secret {
        Some((of, secret)) if *of == day => secret.clone(),
        _ => {
            let secret = day_secret(cx, day).await?;
            state.secret = Some((day, secret.clone()));
            secret
        }
    };
    let own = cx.base_url().split_once("://").map_or("", |(_, host)| host);
    for (viewed, source, visit) in notes {
        let agent = visit.agent.to_str().unwrap_or_default();
        let Some((device, browser)) = agent::read(agent) else { continue };
        let Some(visitor) = visitor(&secret, &viewed.project, visit.address, agent) else { continue };
        let Viewed { project, entry } = viewed;
        let subject = Subject { day, project, entry, visitor, source };
        if let Some(counted) = state.counts.get_mut(&subject) {
            counted.views += 1;
        } else if state.counts.len() < 2 * COUNTS {
            let referrer = visit.referrer.as_ref().and_then(|value| value.to_str().ok()).unwrap_or_default();
            let first = VisitorViews {
                project: subject.project.clone(),
                day,
                entry: subject.entry.clone(),
                visitor: subject.visitor.clone(),
                source: source.as_str(),
                referrer_host: referrer_host(referrer, own),
                country: String::new(),
                device,
                browser,
                views: 1,
            };
            state.counts.insert(subject, first);
        }
    }
    let full = state.counts.len() >= COUNTS;
    drop(state);
    if full { store_counts(cx).await } else { Ok(()) }
}

/// Writes everything that was noted so far.
///
/// # Errors
/// When the database does not take it; the counts are kept for the next time.
pub async fn write(cx: &Services) -> Result<()> {
    count(cx).await?;
    store_counts(cx).await
}

async fn store_counts(cx: &Services) -> Result<()> {
    let mut state = cx.views.0.state.lock().await;
    while !state.counts.is_empty() {
        let some: Vec<VisitorViews> = state.counts.values().take(AT_ONCE).cloned().collect();
        let mut tx = cx.db.begin().await?;
        views::add(tx.conn(), &some).await?;
        tx.commit().await?;
        for row in some {
            let source = if row.source == Source::Widget.as_str() { Source::Widget } else { Source::Page };
            let VisitorViews { day, project, entry, visitor, .. } = row;
            state.counts.remove(&Subject { day, project, entry, visitor, source });
        }
    }
    Ok(())
}

async fn day_secret(cx: &Services, day: NaiveDate) -> Result<String> {
    let fresh = cx.random.token(43);
    let mut tx = cx.db.begin().await?;
    let secret = views::day_secret(tx.conn(), day, &fresh).await?;
    tx.commit().await?;
    Ok(secret)
}

/// Forgets what must not be kept: keys after two days, single visitors after a month.
pub async fn tidy(cx: &Services) -> Result<()> {
    let today = cx.clock.now().date_naive();
    let mut tx = cx.db.begin().await?;
    views::forget_secrets(tx.conn(), before(today, 1)).await?;
    views::sum_up(tx.conn(), before(today, DAYS_KEPT)).await?;
    tx.commit().await?;
    Ok(())
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// The last `days` days with today as the last one, also those without a view.
pub async fn last_days(cx: &Services, may: &Grant<ReadProjects>, days: u32) -> Result<Vec<DayViews>> {
    let today = cx.clock.now().date_naive();
    let from = before(today, u64::from(days.clamp(1, 366)) - 1);
    let mut lease = cx.db.acquire().await?;
    let found = views::daily(lease.conn(), may.project_id(), from, today).await?;
    let of = |day| found.iter().find(|views| views.day == day).copied();
    let every = from.iter_days().take_while(|day| *day <= today);
    Ok(every.map(|day| of(day).unwrap_or(DayViews { day, views: 0, visitors: 0 })).collect())
}

/// Who somebody is for one project on one day, and only there. The parts are separated, so that they cannot be shifted.
fn visitor(secret: &str, project: &ProjectId, address: IpAddr, agent: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    for part in [project.as_str(), &address.to_string(), agent] {
        mac.update(part.as_bytes());
        mac.update(&[0]);
    }
    Some(URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..16]))
}

/// The host of an address, without "www."; empty for our own.
fn referrer_host(referrer: &str, own: &str) -> String {
    let Ok(uri) = referrer.parse::<http::Uri>() else { return String::new() };
    let (Some("http" | "https"), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return String::new() };
    if authority.as_str().eq_ignore_ascii_case(own) {
        return String::new();
    }
    let host = authority.host().to_ascii_lowercase();
    host.strip_prefix("www.").unwrap_or(&host).chars().take(255).collect()
}

#[cfg(test)]
mod tests;
