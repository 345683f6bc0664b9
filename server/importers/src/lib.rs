//! Changelog files of other tools, read into releases.
//!
//! Pure functions: text in, releases and notes out. Nothing here reads files, a clock or the network, and nothing
//! decides what happens to a release; that is the caller's task. Block structure (code, headings, comments, link
//! definitions) follows CommonMark, so what a Markdown renderer shows as code never starts a release.
//!
//! `recognise` says what a text is written in. Tables (`table`), JSON (`json`) and feeds (`feed`, whose HTML `markup` makes
//! into Markdown) are taken apart into parts of entries,
//! which `fields` makes into releases. The way of a Markdown text through the modules:
//! `text` (lines) -> `changerawr` and `lists` (unwrap what is no heading) -> `document` (blocks) -> `split` (which headings are
//! releases) -> `content` (Markdown of each release) -> `build` (titles, tags, notes) -> `formats` (the name of it).
//!
//! Exports of Tidings itself go another way, because they are to come back as they went: [`keep`] reads Keep a Changelog
//! files that carry our mark, [`zip`] reads archives of Markdown files, and [`cells`] takes back what a CSV cell was.

mod build;
pub mod canny;
pub mod cells;
mod changerawr;
mod content;
mod dates;
mod decode;
mod document;
mod feed;
mod fields;
mod formats;
mod front_matter;
mod headings;
mod html;
mod json;
pub mod keep;
mod lists;
pub mod markup;
mod notes;
mod plain;
mod recognise;
mod sections;
mod split;
mod table;
mod text;
mod versions;
pub mod zip;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::imports::{Column, DateOrder, Detected, MarkdownReading, Part, Place, Reading, Source};
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

pub use decode::{DecodeError, decode, decode_named};
pub use fields::{Given, of_program};
pub use formats::Format;
pub use notes::{Note, NoteKind};

/// Largest accepted text in bytes (10 MiB).
pub const MAX_TEXT_BYTES: usize = 10 * 1024 * 1024;
/// Smallest accepted text in characters, blanks at the edges not counted.
pub const MIN_TEXT_CHARS: usize = 10;
/// Most releases accepted in one text.
pub const MAX_RELEASES: usize = 5_000;
/// Longest title given to a release, in characters. A longer heading is cut, and its full text opens the content.
pub const MAX_TITLE_CHARS: usize = 200;
/// Longest version taken from a heading, in characters.
pub const MAX_VERSION_CHARS: usize = 64;
/// Longest tag, in characters.
pub const MAX_TAG_CHARS: usize = 50;

/// What a text says, release by release in the order of the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    pub format: Format,
    /// How sure that is, in percent.
    pub confidence: u8,
    /// What speaks for it.
    pub signs: Vec<String>,
    /// What was found out about the reading of tables and lists, and about dates.
    pub found: FoundOut,
    /// The heading of the whole document, such as "Changelog".
    pub title: Option<String>,
    /// Markdown that belongs to no release: the introduction, and text under a heading above the releases' level.
    pub preamble: Option<String>,
    pub releases: Vec<Release>,
    /// What was adapted or not understood, ordered by line.
    pub notes: Vec<Note>,
}

/// How a text was read, beyond its format.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundOut {
    pub columns: Vec<Column>,
    pub used: BTreeMap<Part, String>,
    pub delimiter: Option<char>,
    pub header: bool,
    /// Dates that could be read in two ways.
    pub ambiguous_dates: usize,
    /// How those were read.
    pub dates: Option<DateOrder>,
}

/// One release. Versions and titles are plain text, the content is Markdown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Never empty, at most [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// As written; from headings without a leading `v` before a digit.
    pub version: Option<String>,
    pub date: Option<NaiveDate>,
    /// The moment of its publication, where the text states one and not only a day.
    pub published_at: Option<Timestamp>,
    pub created_at: Option<Timestamp>,
    /// Markdown with its top sections at level 2, complete with the link and footnote definitions it uses.
    /// Empty when the file says nothing about the release.
    pub content: String,
    /// Kinds of change named by the sections, as written, in order of appearance, unique without regard to case.
    pub tags: Vec<String>,
    /// Where it stands, from 1: the line of its heading, its row in a table, its number in a list.
    pub line: usize,
    /// The section collects changes that are not released yet.
    pub unreleased: bool,
    /// The release was withdrawn.
    pub yanked: bool,
    /// Address the version in the heading points to, usually a comparison of two versions.
    pub link: Option<String>,
    /// It is a draft where it comes from.
    pub draft: bool,
    /// The readable part of its address where it comes from.
    pub slug: Option<String>,
    /// Its id in an export of Tidings.
    pub id: Option<String>,
    /// The id that somebody else's program gave it.
    pub external_id: Option<String>,
    /// Why it cannot become an entry; usually nothing.
    pub problems: Vec<String>,
}

/// Why a text is refused as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ImportError {
    #[error(
        "The text is {bytes} bytes long; at most {limit} bytes can be imported at once. Split it and import the parts."
    )]
    TooLarge { bytes: usize, limit: usize },
    #[error("The text is too short to be a changelog; it needs at least {limit} characters.")]
    TooShort { limit: usize },
    #[error("The text holds {found} releases; at most {limit} can be imported at once. Split it and import the parts.")]
    TooManyReleases { found: usize, limit: usize },
    #[error("This is not valid JSON: line {line}, column {column}: {reason}.")]
    NotJson { line: usize, column: usize, reason: String },
    #[error(
        "The JSON holds no list of entries. Give a list, or an object with a list in data, entries, releases, items or changelog."
    )]
    NoList,
    #[error("This is not valid XML: line {line}, column {column}: {reason}.")]
    NotXml { line: usize, column: usize, reason: String },
    #[error("This is no feed: its outermost element is <{root}>, where RSS has <rss> and Atom has <feed>.")]
    NotFeed { root: String },
    #[error("No column holds titles or versions. The columns are: {columns}. Say which one holds the titles.")]
    NoTitles { columns: String },
    #[error("There is no column “{name}”. The columns are: {columns}.")]
    NoColumn { name: String, columns: String },
    #[error("The quote that opens in row {row} never ends, so what follows cannot be told apart.")]
    OpenQuote { row: usize },
}

/// Reads a text within the limits of this crate: Markdown, JSON or a table, as the text itself or `reading` says.
pub fn read(text: &str, reading: &Reading) -> Result<Parsed, ImportError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ImportError::TooLarge { bytes: text.len(), limit: MAX_TEXT_BYTES });
    }
    let source = recognise::source(text, reading);
    let stated = text.trim_start_matches('\u{feff}').trim();
    // A list or a table says itself that it is empty.
    let enough = if source == Source::Markdown { MIN_TEXT_CHARS } else { 1 };
    if stated.chars().take(enough).count() < enough {
        return Err(ImportError::TooShort { limit: MIN_TEXT_CHARS });
    }
    let parsed = match source {
        Source::Markdown => build::parse(text, &reading.markdown, reading.dates),
        Source::Json => json::parse(text, reading)?,
        Source::Csv => table::parse(text, reading)?,
        Source::Feed => feed::parse(text, reading)?,
    };
    let parsed = parsed.at_most(reading.most);
    if parsed.releases.len() > MAX_RELEASES {
        return Err(ImportError::TooManyReleases { found: parsed.releases.len(), limit: MAX_RELEASES });
    }
    Ok(parsed)
}

/// What a text is written in, by its looks alone.
pub fn looks_like(text: &str) -> Source {
    recognise::source(text, &Reading::default())
}

/// Reads a Markdown changelog. Any text gives a result: without a version heading the whole of it is one release,
/// and a blank text has none.
pub fn parse_markdown(text: &str) -> Parsed {
    build::parse(text, &MarkdownReading::default(), None)
}

/// What is said when a text holds more releases than were asked for.
fn left_out(total: usize, most: usize) -> String {
    format!("There are {total} entries; the first {most} were read.")
}

impl Parsed {
    fn at_most(mut self, most: Option<usize>) -> Self {
        let total = self.releases.len();
        if let Some(most) = most.filter(|most| *most < total) {
            self.releases.truncate(most);
            let line = self.releases.last().map_or(1, |release| release.line);
            self.notes.retain(|note| note.line <= line);
            self.notes.push(Note { line, kind: NoteKind::LeftOut, message: left_out(total, most) });
        }
        self
    }

    /// What the text was recognised as.
    pub fn detected(&self) -> Detected {
        let mut hints = Vec::new();
        if self.format == Format::Single {
            hints.push(
                "No heading names a version. Choose the level of the headings if each of them is a release.".to_owned(),
            );
        }
        if self.found.ambiguous_dates > 0 {
            hints
                .push("Some dates could be read in two ways. Say whether the day or the month comes first.".to_owned());
        }
        Detected {
            source: self.format.source(),
            format: self.format.name().to_owned(),
            label: self.format.label().to_owned(),
            confidence: self.confidence,
            signs: self.signs.clone(),
            hints,
            place: self.format.place(),
            columns: self.found.columns.clone(),
            used: self.found.used.clone(),
            delimiter: self.found.delimiter,
            header: self.found.header,
            ambiguous_dates: self.found.ambiguous_dates,
            dates: self.found.dates.unwrap_or(DateOrder::MonthFirst),
            title: self.title.clone(),
        }
    }

    /// What the places of releases and notes count.
    pub fn place(&self) -> Place {
        self.format.place()
    }
}

#[cfg(test)]
mod tests;
