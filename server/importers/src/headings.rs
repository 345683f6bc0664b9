//! The text of a heading: which version, date and title it names.
//!
//! Understood: `1.2`, `v1.2.3-rc.1`, `[1.2.3] - 2024-01-31`, `[1.2.3](url) (2024-01-31)`, `Release 1.2.3`,
//! `Version 1.2.3 – title`, `2024-01-31, Version 20.11.1 (Current)`, `1.2.3 [YANKED]`, `1.3.0 (unreleased)`,
//! `[Unreleased]`, `Latest`, `2024-01-31`, `January 2024` and `product 1.2.3`.

use crate::dates::{self, DateFound};
use crate::plain::{is_separator, squeeze, trim_separators, without_ornaments};
use crate::versions;

/// A longer heading is text that happens to be a heading; it is never read as a release.
const MAX_HEADING_BYTES: usize = 2_000;

/// How sure a heading is to name a release; the order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Strength {
    /// A number before words: `2.0 migration`.
    Faint,
    /// A lone number, a short version, or a version with a title.
    Fair,
    /// A full version, or one in brackets or with a date, and nothing doubtful after it.
    Strong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Version,
    Unreleased,
    Date,
    /// A version after the name of a product.
    Named,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Head {
    pub(crate) class: Class,
    pub(crate) strength: Strength,
    pub(crate) version: Option<String>,
    /// Numeric parts of the version.
    pub(crate) parts: usize,
    pub(crate) date: Option<DateFound>,
    /// What the heading says beside version and date; else version or date as written.
    pub(crate) title: String,
    pub(crate) unreleased: bool,
    pub(crate) yanked: bool,
    /// The version stands in square brackets.
    pub(crate) bracketed: bool,
}

impl Head {
    /// A heading that names no version and no date, and yet is one of a release.
    pub(crate) fn titled(text: &str) -> Self {
        Self {
            class: Class::Named,
            strength: Strength::Fair,
            version: None,
            parts: 0,
            date: None,
            title: squeeze(text).trim().to_owned(),
            unreleased: false,
            yanked: false,
            bracketed: false,
        }
    }
}

/// Reads the plain text of a heading; `None` when it names no release.
pub(crate) fn read(text: &str) -> Option<Head> {
    if text.len() > MAX_HEADING_BYTES {
        return None;
    }
    let text = squeeze(text);
    let text = edges(&text);
    let (text, yanked) = without_yanked(text);
    let (text, bracketed) = unbracketed(text);
    let text = text.as_ref();
    let head = unreleased(text, bracketed)
        .or_else(|| date_first(text, bracketed))
        .or_else(|| version_first(text, bracketed))
        .or_else(|| named(text))?;
    Some(Head { yanked: head.yanked || yanked, ..head })
}

/// `(yanked) 1.2.3` as `1.2.3`, and whether the mark was there.
fn without_yanked(text: &str) -> (&str, bool) {
    let group = text.strip_prefix(['(', '[']).and_then(|rest| rest.split_once([')', ']']));
    match group {
        Some((inside, after)) if is_yanked(inside) && !after.is_empty() => (trim_separators(after), true),
        _ => (text, false),
    }
}

fn is_yanked(word: &str) -> bool {
    word.eq_ignore_ascii_case("yanked") || word.eq_ignore_ascii_case("withdrawn")
}

/// The text without a date at its end, and the date: "Version 1.2 - 2024-01-31" gives "Version 1.2".
pub(crate) fn split_date(text: &str) -> (String, Option<DateFound>) {
    let squeezed = squeeze(text);
    let (rest, date) = date_at_end(&squeezed);
    (trim_separators(rest).to_owned(), date)
}

/// A date, if the text says nothing else: `Released on January 5, 2024`, `_2024-01-31_`.
pub(crate) fn only_date(text: &str) -> Option<DateFound> {
    let squeezed = squeeze(text);
    let bare = edges(&squeezed).trim_matches(['(', ')', '[', ']', '.']).trim();
    dates::whole(after_date_words(bare)).filter(|date| !matches!(date, DateFound::Unreadable(_)))
}

/// Without attributes (`{#id}`), emoji and emphasis at the edges.
fn edges(text: &str) -> &str {
    let text = match text.rfind('{') {
        Some(at) if text.ends_with('}') && text.get(at + 1..).is_some_and(|rest| rest.starts_with(['#', '.'])) => {
            text.get(..at).unwrap_or(text)
        }
        _ => text,
    };
    without_ornaments(without_ornaments(text).trim_matches(['*', '_', '~', '`', ' ']))
}

/// `[1.2.3] - rest` as `1.2.3 - rest`; an address in parentheses right after the bracket is dropped.
fn unbracketed(text: &str) -> (std::borrow::Cow<'_, str>, bool) {
    let parts = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let Some((inside, after)) = parts else { return (text.into(), false) };
    let after = match after.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((address, rest)) if address.contains("://") || address.starts_with(['/', '#', '.']) => rest,
        _ => after,
    };
    (format!("{} {}", inside.trim(), after.trim_start()).trim_end().to_owned().into(), true)
}

fn unreleased(text: &str, bracketed: bool) -> Option<Head> {
    const WORDS: [&str; 7] = ["unreleased", "upcoming", "latest", "current", "next", "head", "wip"];
    let (word, after) = first_word(text);
    let lower = word.to_lowercase();
    let sure = lower == "unreleased";
    if !WORDS.contains(&lower.as_str()) {
        return None;
    }
    let mut rest = after.trim_start();
    let (noun, after_noun) = first_word(rest);
    if ["changes", "release", "releases", "version", "features"].contains(&noun.to_lowercase().as_str()) {
        rest = after_noun;
    }
    let announced = rest.trim_start_matches(|c| is_separator(c) || c == '(' || c == '[');
    if let Some(version) =
        versions::at_start(announced).filter(|version| version.parts > 1 && dates::at_start(announced).is_none())
    {
        let tail = Tail::read(announced.get(version.length..)?.trim_start_matches([')', ']']));
        let coming = !matches!(lower.as_str(), "latest" | "current");
        return Some(Head {
            class: Class::Version,
            strength: Strength::Fair,
            version: Some(version.number.to_owned()),
            parts: version.parts,
            date: tail.date,
            title: non_empty(tail.title).unwrap_or_else(|| text.to_owned()),
            unreleased: coming || tail.unreleased,
            yanked: tail.yanked,
            bracketed,
        });
    }
    let tail = Tail::read(rest);
    // "Next steps" and "Current status" are sections.
    if !(tail.title.is_empty() || sure && tail.separated) {
        return None;
    }
    Some(Head {
        class: Class::Unreleased,
        strength: if sure || bracketed { Strength::Strong } else { Strength::Faint },
        version: None,
        parts: 0,
        date: tail.date,
        title: non_empty(tail.title).unwrap_or_else(|| capitalized(word)),
        unreleased: true,
        yanked: false,
        bracketed,
    })
}

fn date_first(text: &str, bracketed: bool) -> Option<Head> {
    let (date, length) = dates::at_start(text)?;
    let rest = text.get(length..)?;
    let after = rest.trim_start_matches(is_separator).trim_start_matches(['(', '[']);
    if let Some(head) = version_first(after, bracketed) {
        return Some(Head { date: Some(date), strength: Strength::Strong, ..head });
    }
    let title = trim_separators(rest);
    Some(Head {
        class: Class::Date,
        strength: if title.is_empty() { Strength::Strong } else { Strength::Fair },
        version: None,
        parts: 0,
        date: Some(date),
        title: if title.is_empty() { text.get(..length)?.to_owned() } else { title.to_owned() },
        unreleased: false,
        yanked: false,
        bracketed,
    })
}

fn version_first(text: &str, bracketed: bool) -> Option<Head> {
    let numbered = after_version_words(text);
    let worded = numbered.len() < text.len();
    let version = versions::at_start(numbered)?;
    let rest = numbered.get(version.length..)?;
    let tail = Tail::read(rest.trim_start_matches([')', ']']));
    let marked = version.has_v || worded || bracketed;
    let plain = tail.title.is_empty();
    // "10 things" and "1. Introduction" are no versions, "12" and "Build 12: the title" are.
    if version.parts == 1 && !marked && (!plain || tail.date.is_none() && is_year(version.number)) {
        return None;
    }
    let strength = match (plain, tail.separated || bracketed) {
        (true, _) if version.parts >= 3 || bracketed || tail.date.is_some() || marked && version.parts > 1 => {
            Strength::Strong
        }
        (true, _) => Strength::Fair,
        (false, true) if version.parts >= 3 || bracketed => Strength::Strong,
        (false, true) => Strength::Fair,
        (false, false) if version.parts >= 3 => Strength::Fair,
        (false, false) => Strength::Faint,
    };
    let name_length = text.len() - rest.len();
    Some(Head {
        class: Class::Version,
        strength,
        version: Some(version.number.to_owned()),
        parts: version.parts,
        date: tail.date,
        title: match non_empty(tail.title) {
            Some(title) => title,
            None => text.get(..name_length)?.trim_start_matches('#').trim().to_owned(),
        },
        unreleased: tail.unreleased,
        yanked: tail.yanked,
        bracketed,
    })
}

/// `product 1.2.3`, `@scope/name@1.2.3`, `name-v1.2.3` and `Release of product 1.2`.
fn named(text: &str) -> Option<Head> {
    let mut at = 0;
    for (count, word) in text.split(' ').enumerate() {
        let start = at;
        at += word.len() + 1;
        let offset = if count == 0 { glued_version(word) } else { glued_version(word).or(Some(0)) };
        let Some(offset) = offset else { continue };
        if count > 4 {
            return None;
        }
        let from = text.get(start + offset..)?;
        let from = from.trim_start_matches(['(', '[']);
        let Some(version) = versions::at_start(from).filter(|version| version.parts > 1 || version.has_v) else {
            continue;
        };
        let rest = from.get(version.length..)?;
        let tail = Tail::read(rest.trim_start_matches([')', ']']));
        if !tail.title.is_empty() && !tail.separated {
            return None;
        }
        let title =
            if tail.title.is_empty() { text.get(..text.len() - rest.len())?.to_owned() } else { split_date(text).0 };
        return Some(Head {
            class: Class::Named,
            strength: if tail.date.is_some() || offset > 0 { Strength::Strong } else { Strength::Fair },
            version: Some(version.number.to_owned()),
            parts: version.parts,
            date: tail.date,
            title,
            unreleased: tail.unreleased,
            yanked: tail.yanked,
            bracketed: false,
        });
    }
    None
}

/// Where the version starts in `name@1.2.3`, `name-1.2.3` or `name/v1.2.3`.
fn glued_version(word: &str) -> Option<usize> {
    word.char_indices()
        .filter(|(at, c)| *at > 0 && matches!(c, '@' | '-' | '/' | '_'))
        .map(|(at, _)| at + 1)
        .find(|&at| word.get(at..).and_then(versions::at_start).is_some_and(|version| version.parts > 1))
}

/// What follows a version.
#[derive(Debug, Default)]
struct Tail {
    date: Option<DateFound>,
    unreleased: bool,
    yanked: bool,
    /// A sign stands between the version and what follows.
    separated: bool,
    title: String,
}

impl Tail {
    fn read(rest: &str) -> Self {
        let mut tail = Self {
            separated: rest
                .trim_start()
                .starts_with(|c: char| !c.is_whitespace() && is_separator(c) || matches!(c, '(' | '[' | '"' | '“')),
            ..Self::default()
        };
        let rest = tail.take_groups(rest);
        let mut rest = trim_separators(&rest);
        let marks = |c: char| is_separator(c);
        while !rest.is_empty() {
            let (word, after) = rest.split_once(' ').unwrap_or((rest, ""));
            if tail.marker(word.trim_end_matches(marks)) {
                rest = after.trim_start_matches(marks);
                continue;
            }
            let bare = after_date_words(rest);
            match dates::at_start(bare).filter(|_| tail.date.is_none()) {
                Some((date, length))
                    if bare.get(length..).is_some_and(|after| {
                        after.is_empty() || after.starts_with(|c| is_separator(c) || c == '(')
                    }) =>
                {
                    tail.date = Some(date);
                    rest = bare.get(length..).unwrap_or_default().trim_start_matches(marks);
                }
                _ if tail.date.is_none() && dates::is_placeholder(word) => {
                    tail.date = Some(DateFound::Unreadable(word.to_owned()));
                    rest = after.trim_start_matches(marks);
                }
                _ => break,
            }
        }
        if tail.date.is_none() {
            let (before, date) = date_at_end(rest);
            (rest, tail.date) = (before, date);
        }
        if let Some((before, word)) = rest.rsplit_once(' ')
            && tail.marker(word)
        {
            rest = before;
        }
        tail.title = squeeze(ungrouped(without_ornaments(trim_separators(rest)))).into_owned();
        tail
    }

    /// Takes out `(2024-01-31)`, `[YANKED]` and `(unreleased)`; other groups stay.
    fn take_groups(&mut self, text: &str) -> String {
        let mut kept = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(open) = rest.find(['(', '[']) {
            let (before, group) = rest.split_at(open);
            let close = if group.starts_with('(') { ')' } else { ']' };
            let Some(end) = group.find(close) else { break };
            let inside = group.get(1..end).unwrap_or_default().trim();
            kept.push_str(before);
            match inside.split_once(|c: char| !c.is_alphabetic()) {
                // "(yanked; use 1.2.4)" keeps its advice.
                Some((word, advice)) if is_yanked(word) => {
                    self.yanked = true;
                    kept.push_str(trim_separators(advice));
                }
                _ if self.group(inside) => {}
                _ => kept.push_str(group.get(..=end).unwrap_or_default()),
            }
            rest = group.get(end + 1..).unwrap_or_default();
        }
        kept.push_str(rest);
        kept
    }

    fn group(&mut self, inside: &str) -> bool {
        if self.marker(inside) {
            return true;
        }
        let bare = after_date_words(inside);
        if is_year(bare) && self.date.is_none() {
            self.date = Some(DateFound::Unreadable(bare.to_owned()));
            return true;
        }
        let date =
            dates::whole(bare).or_else(|| dates::is_placeholder(bare).then(|| DateFound::Unreadable(bare.to_owned())));
        if self.date.is_some() || date.is_none() {
            return inside.is_empty();
        }
        self.date = date;
        true
    }

    fn marker(&mut self, word: &str) -> bool {
        match word.trim_matches(['[', ']', '(', ')', '*', '!']).to_lowercase().as_str() {
            word if is_yanked(word) => self.yanked = true,
            "unreleased" | "releasedate" | "tbd" | "tba" | "in development" | "in progress" | "not released"
            | "not yet released" | "upcoming" | "pending" => self.unreleased = true,
            _ => return false,
        }
        true
    }
}

/// "(Current)" as "Current", if the group is the whole text.
fn ungrouped(text: &str) -> &str {
    let inside = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let inside = inside.or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')));
    inside.filter(|inside| !inside.contains(['(', ')', '[', ']'])).unwrap_or(text)
}

/// A date in the last five words, set off by a separator, and the text before it.
fn date_at_end(text: &str) -> (&str, Option<DateFound>) {
    let starts: Vec<usize> = text
        .char_indices()
        .rev()
        .filter(|(_, c)| *c == ' ' || *c == '(' || *c == '[')
        .take(6)
        .map(|(at, c)| at + c.len_utf8())
        .collect();
    for &start in starts.iter().rev() {
        let (before, last) = text.split_at(start);
        let last = last.trim_end_matches([')', ']']).trim_start_matches(['-', '–', '—', ' ']);
        let set_off = before.trim_end().ends_with(|c| is_separator(c) || matches!(c, '(' | '['))
            || text.get(start..).is_some_and(|last| last.starts_with(['-', '–', '—']));
        if !set_off {
            continue;
        }
        let bare = after_date_words(last);
        let date =
            dates::whole(bare).or_else(|| dates::is_placeholder(bare).then(|| DateFound::Unreadable(bare.to_owned())));
        if date.is_some() {
            return (before.trim_end_matches(['(', '[', ' ']), date);
        }
    }
    (text, None)
}

/// Skips "Version", "Release" and the like, at most two words, before a number.
fn after_version_words(text: &str) -> &str {
    const WORDS: [&str; 11] =
        ["version", "release", "released", "ver", "rev", "tag", "update", "hotfix", "patch", "milestone", "build"];
    let mut rest = text;
    for _ in 0..2 {
        let (word, after) = first_word(rest);
        if !WORDS.contains(&word.to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | '#' | '-' | '[' | '('));
    }
    rest
}

/// Skips "Released on", "Date:" and the like before a date.
fn after_date_words(text: &str) -> &str {
    const WORDS: [&str; 7] = ["released", "release", "date", "published", "on", "at", "of"];
    let mut rest = text;
    for _ in 0..3 {
        let (word, after) = first_word(rest);
        if !WORDS.contains(&word.to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '*' | '_' | '-' | '–'));
    }
    rest
}

fn first_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len()))
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && matches!(number.parse::<u32>(), Ok(1970..2200))
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// "unreleased" as "Unreleased"; "HEAD" stays.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
