//! What changed between two versions or dates.
//!
//! Versions are compared by their numbers, so that a fix of an old release that came out late does not count as news of a
//! newer one. What has no number, or no version at all, is compared by its date with that of the version named.

use std::cmp::Ordering;

use chrono::TimeDelta;
use model::entries::Entry;
use model::projects::Project;
use model::time::{Timestamp, from_wire};
use model::{Error, Page, Result, versions};
use store::Conn;
use store::entries::{self, PublicFilter};

use super::{PublicQuery, filter, position, position_of};
use crate::Services;

/// How many entries are read at once to find those that lie between.
const CHUNK: usize = 100;
/// The longest name of a version or date that is looked at, in characters.
const LONGEST: usize = 64;

/// One end of what is asked for.
#[derive(Debug, Clone, PartialEq)]
enum Bound {
    Moment(Timestamp),
    /// A version, and when it came out; for one that the project does not have, when the highest below it did.
    Version(String, Option<Timestamp>),
}

/// What lies between two versions or dates; without an end, up to now.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    since: Option<Bound>,
    until: Option<Bound>,
    /// Dates outside of which nothing lies.
    filter: (Option<Timestamp>, Option<Timestamp>),
}

impl Span {
    /// The span that a query asks for, if it does.
    ///
    /// # Errors
    /// `UnknownVersion` for what is neither a version that can be placed nor a date.
    pub(super) async fn of(
        conn: Conn<'_>,
        project: &Project,
        query: &PublicQuery,
        now: Timestamp,
    ) -> Result<Option<Self>> {
        let asked = |text: &Option<String>| {
            let text = text.as_deref().map(str::trim).unwrap_or_default();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let (since, until) = (asked(&query.since), asked(&query.until));
        if since.is_none() && until.is_none() {
            return Ok(None);
        }
        let known = entries::public_versions(conn, &project.id, now).await?;
        let since = since.map(|text| bound(&text, &known, false)).transpose()?;
        let until = until.map(|text| bound(&text, &known, true)).transpose()?;
        let mut span = Self { since, until, filter: (None, None) };
        span.filter = span.dates(&known);
        Ok(Some(span))
    }

    /// Dates that hold everything that lies between, so that the index on dates narrows what is read.
    fn dates(&self, known: &[(String, Timestamp)]) -> (Option<Timestamp>, Option<Timestamp>) {
        let within = || known.iter().filter(|(version, at)| self.holds(Some(version), *at)).map(|(_, at)| *at);
        let from = match &self.since {
            None | Some(Bound::Version(_, None)) => None,
            Some(Bound::Moment(at)) => Some(*at),
            Some(Bound::Version(_, Some(at))) => Some(within().min().map_or(*at, |first| first.min(*at))),
        };
        let last = match &self.until {
            None => None,
            Some(Bound::Moment(at)) => Some(*at),
            Some(Bound::Version(_, at)) => {
                let last = within().max();
                // Before the first version nothing lies, which any early bound says.
                last.max(*at).or(Some(model::time::MIN))
            }
        };
        (from, last.and_then(|last| last.checked_add_signed(TimeDelta::milliseconds(1))))
    }

    /// Whether something with this version and date lies between.
    fn holds(&self, version: Option<&str>, at: Timestamp) -> bool {
        let order = |named: &str| version.and_then(|version| versions::compare_numbers(version, named));
        let after = match &self.since {
            None => true,
            Some(Bound::Moment(since)) => at >= *since,
            Some(Bound::Version(named, since)) => match order(named) {
                Some(order) => order == Ordering::Greater,
                None => since.is_none_or(|since| at > since),
            },
        };
        let before = match &self.until {
            None => true,
            Some(Bound::Moment(until)) => at <= *until,
            Some(Bound::Version(named, until)) => match order(named) {
                Some(order) => order != Ordering::Greater,
                None => until.is_some_and(|until| at <= until),
            },
        };
        after && before
    }
}

/// What a text means: a version of the project, a date, or a version that can be placed among those of the project. A day
/// is meant whole.
fn bound(text: &str, known: &[(String, Timestamp)], is_end: bool) -> Result<Bound> {
    let key = versions::key(text);
    let order = |version: &str| versions::compare_numbers(version, text);
    let named = known.iter().find(|(version, _)| versions::key(version) == key);
    let equal = || known.iter().find(|(version, _)| order(version) == Some(Ordering::Equal));
    if let Some((version, at)) = named.or_else(equal) {
        return Ok(Bound::Version(version.clone(), Some(*at)));
    }
    if let Some(moment) = from_wire(text) {
        let is_day = text.len() == "2026-03-04".len();
        let end = moment.checked_add_signed(TimeDelta::days(1) - TimeDelta::milliseconds(1)).unwrap_or(moment);
        return Ok(Bound::Moment(if is_end && is_day { end } else { moment }));
    }
    if text.chars().count() > LONGEST || !known.iter().any(|(version, _)| order(version).is_some()) {
        return Err(Error::UnknownVersion { version: text.chars().take(LONGEST).collect() });
    }
    let below = known.iter().filter(|(version, _)| order(version) == Some(Ordering::Less));
    let highest = below.max_by(|(a, _), (b, _)| versions::compare_numbers(a, b).unwrap_or(Ordering::Equal));
    Ok(Bound::Version(text.to_owned(), highest.map(|(_, at)| *at)))
}

/// As [`super::list`], for what lies between.
pub(super) async fn list(
    cx: &Services,
    mut conn: Conn<'_>,
    project: &Project,
    query: &PublicQuery,
    span: &Span,
    limit: usize,
) -> Result<Page<Entry>> {
    let now = cx.clock.now();
    let mut after = position(conn.again(), project, query.cursor.as_deref()).await?;
    let filter = PublicFilter { from: span.filter.0, until: span.filter.1, ..filter(conn.again(), query, None).await? };
    let chunk = limit.max(CHUNK);
    let mut found: Vec<Entry> = Vec::new();
    loop {
        let page = entries::list_public(conn.again(), &project.id, &filter, now, after.as_ref(), chunk).await?;
        let within = page
            .items
            .into_iter()
            .filter(|entry| span.holds(entry.version.as_deref(), entry.published_at.unwrap_or(entry.created_at)));
        found.extend(within);
        match page.next {
            Some(next) if found.len() <= limit => after = Some(next),
            _ => return Ok(Page::cut(found, limit, position_of)),
        }
    }
}
