//! Notes for the person who imports: what was adapted or not understood, and where.

use serde::{Deserialize, Serialize};

/// Notes kept in one result; a longer list helps nobody and could outgrow the text it is about.
const MAX_NOTES: usize = 1_000;

/// A remark about one place of the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// 1-based line.
    pub line: usize,
    pub kind: NoteKind,
    /// A sentence for people.
    pub message: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteKind {
    /// Text before the first release.
    Preamble,
    /// Text after a release that belongs to none.
    OutsideRelease,
    /// A heading at the level of the releases that names no release; it stayed in the release above it.
    UnknownHeading,
    /// A section whose name is not a kind of change; it stayed in the text and gave no tag.
    UnknownSection,
    /// Day and month could be swapped.
    AmbiguousDate,
    /// Something in the place of a date that is none.
    UnreadableDate,
    /// A month without a day.
    MonthWithoutDay,
    /// A release without text.
    EmptyRelease,
    /// A version that an earlier release of the text has too.
    DuplicateVersion,
    /// A heading too long for a title.
    LongTitle,
    /// A heading that Markdown does not regard as one.
    LooseHeading,
    /// A comment or an anchor, which readers never see.
    Hidden,
    /// A link definition that no release uses.
    UnusedDefinition,
    /// A footnote or link definition that was not repeated because the result would become too large.
    DefinitionLeftOut,
    /// A code block or comment without an end.
    Unclosed,
    /// Characters that cannot be kept.
    Replaced,
    /// No heading names a version, so the text became one release.
    NoVersions,
    /// A column or member that is not imported.
    UnknownColumn,
    /// A row with more fields than there are columns.
    UnevenRow,
    /// A value that was changed so that it fits, or left out.
    Adapted,
    /// An element that is no entry, such as a draft of GitHub.
    LeftOut,
    /// There are more notes than fit.
    MoreNotes,
}

/// Collects notes up to the limit and counts the rest.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    notes: Vec<Note>,
    left_out: usize,
}

impl Notes {
    /// `line` counts from 0, as everywhere inside this crate.
    pub(crate) fn add(&mut self, line: usize, kind: NoteKind, message: impl Into<String>) {
        if self.notes.len() < MAX_NOTES {
            self.notes.push(Note { line: line + 1, kind, message: message.into() });
        } else {
            self.left_out += 1;
        }
    }

    pub(crate) fn finish(mut self) -> Vec<Note> {
        self.notes.sort_by_key(|note| note.line);
        if self.left_out > 0 {
            let line = self.notes.last().map_or(1, |note| note.line);
            let message = format!("{} more notes are not listed.", self.left_out);
            self.notes.push(Note { line, kind: NoteKind::MoreNotes, message });
        }
        self.notes
    }
}

/// Text quoted inside a note: one line, at most 80 characters.
pub(crate) fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    let words = text.split_whitespace().flat_map(|word| std::iter::once(' ').chain(word.chars())).skip(1);
    for (index, character) in words.enumerate() {
        if index == 80 {
            quoted.push('…');
            break;
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}
