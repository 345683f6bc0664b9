//! Changelog files of other tools, read into releases.
//!
//! Pure functions: text in, releases and notes out. Nothing here reads files, a clock or the network, and nothing
//! decides what happens to a release; that is the caller's task. Block structure (code, headings, comments, link
//! definitions) follows CommonMark, so what a Markdown renderer shows as code never starts a release.
//!
//! The way of a text through the modules:
//! `text` (lines) -> `changerawr` and `lists` (unwrap what is no heading) -> `document` (blocks) -> `split` (which headings are
//! releases) -> `content` (Markdown of each release) -> `build` (titles, tags, notes) -> `formats` (the name of it).

mod build;
mod changerawr;
mod content;
mod dates;
mod decode;
mod document;
mod formats;
mod headings;
mod html;
mod lists;
mod notes;
mod plain;
mod sections;
mod split;
mod text;
mod versions;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use decode::{DecodeError, decode};
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
    /// The heading of the whole document, such as "Changelog".
    pub title: Option<String>,
    /// Markdown that belongs to no release: the introduction, and text under a heading above the releases' level.
    pub preamble: Option<String>,
    pub releases: Vec<Release>,
    /// What was adapted or not understood, ordered by line.
    pub notes: Vec<Note>,
}

/// One release. Versions and titles are plain text, the content is Markdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Never empty, at most [`MAX_TITLE_CHARS`] characters.
    pub title: String,
    /// As written, without a leading `v` before a digit.
    pub version: Option<String>,
    pub date: Option<NaiveDate>,
    /// Markdown with its top sections at level 2, complete with the link and footnote definitions it uses.
    /// Empty when the file says nothing about the release.
    pub content: String,
    /// Kinds of change named by the sections, as written, in order of appearance, unique without regard to case.
    pub tags: Vec<String>,
    /// 1-based line of the heading.
    pub line: usize,
    /// The section collects changes that are not released yet.
    pub unreleased: bool,
    /// The release was withdrawn.
    pub yanked: bool,
    /// Address the version in the heading points to, usually a comparison of two versions.
    pub link: Option<String>,
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
}

/// Reads a Markdown changelog within the limits of this crate.
pub fn parse_checked(text: &str) -> Result<Parsed, ImportError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ImportError::TooLarge { bytes: text.len(), limit: MAX_TEXT_BYTES });
    }
    if text.trim_start_matches('\u{feff}').trim().chars().take(MIN_TEXT_CHARS).count() < MIN_TEXT_CHARS {
        return Err(ImportError::TooShort { limit: MIN_TEXT_CHARS });
    }
    let parsed = parse_markdown(text);
    if parsed.releases.len() > MAX_RELEASES {
        return Err(ImportError::TooManyReleases { found: parsed.releases.len(), limit: MAX_RELEASES });
    }
    Ok(parsed)
}

/// Reads a Markdown changelog. Any text gives a result: without a version heading the whole of it is one release,
/// and a blank text has none.
pub fn parse_markdown(text: &str) -> Parsed {
    build::parse(text)
}

#[cfg(test)]
mod tests;
