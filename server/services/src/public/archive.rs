//! Years and months of a project, in the zone its dates are shown in.

use std::sync::Arc;

use model::projects::Project;
use model::time::Timestamp;
use model::{Error, Result};
use store::entries;

use crate::Services;
use crate::zones::Zone;

/// A year in which something was published, the newest month first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    pub year: i32,
    pub entries: i64,
    pub months: Vec<Month>,
}

/// A month in which something was published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Month {
    /// 1 to 12.
    pub month: u32,
    pub entries: i64,
}

/// From a first moment to one that is excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: Timestamp,
    pub until: Timestamp,
}

/// All years with published entries, the newest first.
pub async fn archive(cx: &Services, project: &Project) -> Result<Arc<Vec<Year>>> {
    if let Some(kept) = cx.readers.archive.get(project) {
        return Ok(kept);
    }
    let zone = Zone::named(project.timezone.as_deref());
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let figures = entries::public_figures(lease.conn(), &project.id, now).await?;
    let (Some(oldest), Some(newest)) = (figures.oldest, figures.newest) else {
        return Ok(cx.readers.archive.put(project, Vec::new()));
    };
    let months = months_between(zone.month(oldest), zone.month(newest));
    let after = months.last().map(|&(year, month)| next(year, month));
    let mut bounds: Vec<Timestamp> =
        months.iter().copied().chain(after).filter_map(|(year, month)| zone.start_of_month(year, month)).collect();
    // The last month ends now: what is dated ahead is not public.
    if let Some(end) = bounds.last_mut() {
        *end = (*end).min(now + chrono::TimeDelta::milliseconds(1));
    }
    let counts = entries::count_in_periods(lease.conn(), &project.id, &bounds).await?;
    let mut years: Vec<Year> = Vec::new();
    for (&(year, month), entries) in months.iter().zip(counts).rev().filter(|&(_, entries)| entries > 0) {
        match years.last_mut().filter(|last| last.year == year) {
            Some(last) => {
                last.entries += entries;
                last.months.push(Month { month, entries });
            }
            None => years.push(Year { year, entries, months: vec![Month { month, entries }] }),
        }
    }
    Ok(cx.readers.archive.put(project, years))
}

/// A year, or one month of it, in the project's zone.
///
/// # Errors
/// `NotFound` for what is no month of the years 1 to 9999.
pub fn period(project: &Project, year: i32, month: Option<u32>) -> Result<Period> {
    let zone = Zone::named(project.timezone.as_deref());
    let (until_year, until_month) = match month {
        Some(month) => next(year, month),
        None => (year.saturating_add(1), 1),
    };
    let from = zone.start_of_month(year, month.unwrap_or(1));
    let until = zone.start_of_month(until_year, until_month);
    let (Some(from), Some(until)) = (from, until) else { return Err(Error::NotFound) };
    Ok(Period { from, until })
}

fn next(year: i32, month: u32) -> (i32, u32) {
    if month == 12 { (year.saturating_add(1), 1) } else { (year, month.saturating_add(1)) }
}

/// Every month from the first to the last, both included.
fn months_between(first: (i32, u32), last: (i32, u32)) -> Vec<(i32, u32)> {
    std::iter::successors(Some(first), |&(year, month)| Some(next(year, month)))
        .take_while(|&month| month <= last)
        .collect()
}
