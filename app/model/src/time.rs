//! Instants: UTC, cut to milliseconds, so that a value read back equals the value written on either database.

use chrono::{DateTime, NaiveDate, NaiveDateTime, SecondsFormat, SubsecRound, Utc};

pub type Timestamp = DateTime<Utc>;

/// The first instant that may be stored: 1 January 1970.
pub const MIN: Timestamp = Timestamp::UNIX_EPOCH;
/// The last one: the end of the year 9999, whose text is the last that sorts.
pub const MAX: Timestamp = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(time) => time,
    None => Timestamp::UNIX_EPOCH,
};

/// Cuts to whole milliseconds.
pub fn to_millis(time: Timestamp) -> Timestamp {
    time.trunc_subsecs(3)
}

/// ISO 8601 with exactly three fractional digits and `Z`, as every JSON surface writes it.
pub fn to_wire(time: Timestamp) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Reads any ISO 8601 form clients send: with `Z`, an offset with or without colon, no offset (UTC), or a plain date
/// (midnight UTC). `None` when it is none of these, or lies outside [`MIN`] to [`MAX`], which a database could not keep
/// or sort.
pub fn from_wire(text: &str) -> Option<Timestamp> {
    parse(text.trim()).filter(|time| (MIN..=MAX).contains(time))
}

fn parse(text: &str) -> Option<Timestamp> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(to_millis(time.to_utc()));
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"] {
        if let Ok(time) = DateTime::parse_from_str(text, format) {
            return Some(to_millis(time.to_utc()));
        }
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"] {
        if let Ok(time) = NaiveDateTime::parse_from_str(text, format) {
            return Some(to_millis(time.and_utc()));
        }
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    Some(date.and_hms_opt(0, 0, 0)?.and_utc())
}

/// A date for people, in UTC: `2 November 2026`.
pub fn long_date(time: Timestamp) -> String {
    time.format("%-d %B %Y").to_string()
}

/// A short date for lists, in UTC: `2 Nov 2026`.
pub fn short_date(time: Timestamp) -> String {
    time.format("%-d %b %Y").to_string()
}
