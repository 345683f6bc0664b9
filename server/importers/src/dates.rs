//! Dates at the start of a text, in the forms changelogs use.
//!
//! - `2024-01-31`, `2024/01/31`, also followed by a time of day, which is dropped. `2024.01.31` is a version.
//! - `31/01/2024` and `01/31/2024`: which one it is shows when a number is above 12. `31.01.2024` is always day first.
//! - `15 Jan 2024`, `15th of January, 2024`, `Jan 15, 2024`, `2024-Jan-15`, with or without a weekday.
//! - `January 2024`: a month without a day.

use chrono::NaiveDate;
use model::imports::DateOrder;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DateFound {
    Exact(NaiveDate),
    /// `first/second/year` where either could be the day.
    Ambiguous {
        first: u32,
        second: u32,
        year: i32,
    },
    /// The first day of a month whose day is not stated.
    Month(NaiveDate),
    /// Stands where a date would, but is none: `2025-?-?`, `2024-13-45`.
    Unreadable(String),
}

/// Which of two numbers a file puts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    DayFirst,
    MonthFirst,
}

impl From<DateOrder> for Order {
    fn from(order: DateOrder) -> Self {
        match order {
            DateOrder::DayFirst => Self::DayFirst,
            DateOrder::MonthFirst => Self::MonthFirst,
        }
    }
}

impl From<Order> for DateOrder {
    fn from(order: Order) -> Self {
        match order {
            Order::DayFirst => Self::DayFirst,
            Order::MonthFirst => Self::MonthFirst,
        }
    }
}

/// A date and the bytes it takes.
pub(crate) fn at_start(text: &str) -> Option<(DateFound, usize)> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.weekday();
    let found = if cursor.peek()?.is_ascii_digit() { numeric(&mut cursor)? } else { named_month(&mut cursor)? };
    if cursor.peek().is_some_and(char::is_alphanumeric) && !cursor.time_follows() {
        return None;
    }
    cursor.time();
    Some((found, cursor.at))
}

/// A date that is the whole text.
pub(crate) fn whole(text: &str) -> Option<DateFound> {
    at_start(text).filter(|(_, length)| *length == text.len()).map(|(found, _)| found)
}

/// Four, two and two digits with dashes, such as `2024-01-31`.
pub(crate) fn is_iso(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
}

/// Something written in the place of a date that is none: `2025-?-?`, `2024-xx-xx`, `YYYY-MM-DD`, `2024-13-45`.
pub(crate) fn is_placeholder(word: &str) -> bool {
    let mut pieces = 0;
    let mut telling = false;
    for piece in word.split(['-', '/', '‑', '–']) {
        if piece.is_empty() || piece.chars().count() > 5 {
            return false;
        }
        let letters =
            piece.chars().all(|c| matches!(c.to_ascii_lowercase(), 'x' | 'y' | 'm' | 'd' | '?' | '_' | '*' | '#'));
        let digits = piece.chars().all(|c| c.is_ascii_digit() || matches!(c, '?' | 'x' | 'X'));
        if !(letters || digits) {
            return false;
        }
        telling |= piece.len() >= 4 || piece.contains('?');
        pieces += 1;
    }
    pieces == 3 && telling
}

/// Day and month in the order the rest of the file uses; month first when it gives no hint.
pub(crate) fn resolve(first: u32, second: u32, year: i32, order: Option<Order>) -> Option<NaiveDate> {
    match order {
        Some(Order::DayFirst) => NaiveDate::from_ymd_opt(year, second, first),
        Some(Order::MonthFirst) | None => NaiveDate::from_ymd_opt(year, first, second),
    }
}

/// The order a date proves, if it is written with slashes or dashes and one number is above 12.
pub(crate) fn proven_order(text: &str) -> Option<Order> {
    let mut cursor = Cursor { text, at: 0 };
    let (first, _) = cursor.number(2)?;
    cursor.eat(|c| matches!(c, '/' | '-'))?;
    let (second, _) = cursor.number(2)?;
    cursor.eat(|c| matches!(c, '/' | '-'))?;
    cursor.number(4)?;
    match (first > 12, second > 12) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    }
}

fn numeric(cursor: &mut Cursor<'_>) -> Option<DateFound> {
    let start = cursor.at;
    let (first, width) = cursor.number(4)?;
    if width == 4 {
        return year_first(cursor, start, first);
    }
    if width > 2 {
        return None;
    }
    let ordinal = cursor.ordinal();
    let after_number = cursor.at;
    if let Some(separator) = cursor.eat(|c| matches!(c, '/' | '-' | '.' | '‑' | '–'))
        && !ordinal
        && let Some((second, second_width)) = cursor.number(2)
    {
        cursor.eat(|c| c == separator)?;
        let (year, year_width) = cursor.number(4)?;
        if second_width == 0 || !(year_width == 4 || year_width == 2 && separator == '/') {
            return None;
        }
        return slashed(cursor.text.get(start..cursor.at)?, first, second, full_year(year, year_width), separator);
    }
    cursor.at = after_number;
    cursor.gap();
    cursor.word("of");
    let month = cursor.month()?;
    cursor.gap();
    let (year, width) = cursor.number(4)?;
    (width == 4).then_some(())?;
    Some(exact_or_unreadable(i32::try_from(year).ok()?, month, first, cursor.text.get(start..cursor.at)?))
}

/// `2024-01-31` and `2024-Jan-31`, the year already read.
fn year_first(cursor: &mut Cursor<'_>, start: usize, year: u32) -> Option<DateFound> {
    let year = i32::try_from(year).ok().filter(|year| (1970..2200).contains(year))?;
    let separator = cursor.eat(|c| matches!(c, '-' | '/' | '‑' | '–' | ' '))?;
    let month = match cursor.month() {
        Some(month) => month,
        None if separator == ' ' => return None,
        None => cursor.number(2)?.0,
    };
    cursor.eat(|c| c == separator)?;
    let (day, _) = cursor.number(2)?;
    Some(exact_or_unreadable(year, month, day, cursor.text.get(start..cursor.at)?))
}

/// `January 15, 2024`, `Jan 15th 2024` and `January 2024`.
fn named_month(cursor: &mut Cursor<'_>) -> Option<DateFound> {
    let start = cursor.at;
    let month = cursor.month()?;
    cursor.gap();
    let (day, width) = cursor.number(4)?;
    if width == 4 {
        let year = i32::try_from(day).ok().filter(|year| (1970..2200).contains(year))?;
        return NaiveDate::from_ymd_opt(year, month, 1).map(DateFound::Month);
    }
    cursor.ordinal();
    cursor.gap();
    let (year, width) = cursor.number(4)?;
    (width == 4).then_some(())?;
    Some(exact_or_unreadable(i32::try_from(year).ok()?, month, day, cursor.text.get(start..cursor.at)?))
}

fn slashed(written: &str, first: u32, second: u32, year: i32, separator: char) -> Option<DateFound> {
    if !(1970..2200).contains(&year) || first > 31 || second > 31 {
        return None;
    }
    let day_first = NaiveDate::from_ymd_opt(year, second, first);
    let month_first = NaiveDate::from_ymd_opt(year, first, second);
    Some(match (day_first, month_first) {
        (Some(date), _) if separator == '.' => DateFound::Exact(date),
        (Some(_), Some(_)) if first != second => DateFound::Ambiguous { first, second, year },
        (Some(date), _) | (None, Some(date)) if separator != '.' => DateFound::Exact(date),
        _ => DateFound::Unreadable(written.to_owned()),
    })
}

fn exact_or_unreadable(year: i32, month: u32, day: u32, written: &str) -> DateFound {
    NaiveDate::from_ymd_opt(year, month, day)
        .map_or_else(|| DateFound::Unreadable(written.to_owned()), DateFound::Exact)
}

fn full_year(year: u32, width: usize) -> i32 {
    let year = i32::try_from(year).unwrap_or_default();
    match (width, year) {
        (2, 70..) => 1900 + year,
        (2, _) => 2000 + year,
        _ => year,
    }
}

struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn eat(&mut self, accepts: impl Fn(char) -> bool) -> Option<char> {
        let character = self.peek().filter(|&character| accepts(character))?;
        self.at += character.len_utf8();
        Some(character)
    }

    /// A number and its digits, at most `width` of them.
    fn number(&mut self, width: usize) -> Option<(u32, usize)> {
        let digits = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > width {
            return None;
        }
        let number = self.rest().get(..digits)?.parse().ok()?;
        self.at += digits;
        Some((number, digits))
    }

    /// Blanks, commas, full stops and dashes between the parts of a date; at most three, so that prose is no date.
    fn gap(&mut self) {
        for _ in 0..3 {
            if self.eat(|c| matches!(c, ' ' | ',' | '.' | '-' | '\u{a0}')).is_none() {
                return;
            }
        }
    }

    /// Skips a word, whatever its case, when it is the next one.
    fn word(&mut self, word: &str) -> bool {
        let next = self.rest().split(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let found = next.eq_ignore_ascii_case(word);
        if found {
            self.at += word.len();
            self.gap();
        }
        found
    }

    fn ordinal(&mut self) -> bool {
        let rest = self.rest();
        let found = ["st", "nd", "rd", "th"].iter().any(|ending| {
            rest.get(..2).is_some_and(|start| start.eq_ignore_ascii_case(ending))
                && !rest.get(2..).unwrap_or_default().starts_with(char::is_alphabetic)
        });
        self.at += if found { 2 } else { 0 };
        found
    }

    fn month(&mut self) -> Option<u32> {
        const MONTHS: [&str; 12] = [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ];
        let word = self.rest().split(|c: char| !c.is_alphabetic()).next()?.to_ascii_lowercase();
        let number = MONTHS.iter().position(|month| {
            *month == word || word.len() == 3 && month.starts_with(&word) || word == "sept" && *month == "september"
        })?;
        self.at += word.len();
        u32::try_from(number + 1).ok()
    }

    fn weekday(&mut self) {
        const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
        let Some(word) = self.rest().split(|c: char| !c.is_alphabetic()).next().map(str::to_ascii_lowercase) else {
            return;
        };
        if word.len() >= 3 && DAYS.iter().any(|day| *day == word || day.starts_with(&word) && word.len() <= 4) {
            self.at += word.len();
            self.gap();
        }
    }

    fn time_follows(&self) -> bool {
        self.rest().strip_prefix(['T', 't']).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    }

    /// Skips `T12:30:00.5Z`, ` 12:30 UTC` and `, 12:30 +02:00`.
    fn time(&mut self) {
        let start = self.at;
        if self.eat(|c| matches!(c, 'T' | 't')).is_none() {
            self.gap();
        }
        let hour = self.number(2);
        if hour.is_none() || self.eat(|c| c == ':').is_none() || self.number(2).is_none() {
            self.at = start;
            return;
        }
        while self.eat(|c| matches!(c, ':' | '.')).is_some() && self.number(9).is_some() {}
        let before_zone = self.at;
        self.eat(|c| c == ' ');
        let zone = self.rest().bytes().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let named = self
            .rest()
            .get(..zone)
            .is_some_and(|zone| ["z", "utc", "gmt", "am", "pm"].contains(&zone.to_ascii_lowercase().as_str()));
        if named {
            self.at += zone;
        } else if self.eat(|c| matches!(c, '+' | '-')).is_some() && self.number(4).is_some() {
            if self.eat(|c| c == ':').is_some() {
                self.number(2);
            }
        } else {
            self.at = before_zone;
        }
    }
}
