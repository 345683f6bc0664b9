//! Rows as people see them, and all of them together.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Choice, Outcome, Place};
use crate::ids::EntryId;

/// What a release is when it meets the entries that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFate {
    /// It becomes a new entry.
    Create,
    /// An entry that says the same exists already.
    Unchanged,
    /// An entry of this version exists and says something else.
    Differs,
    /// It cannot become an entry; the row says why.
    Refused,
}

impl ImportFate {
    pub const ALL: [ImportFate; 4] = [Self::Create, Self::Unchanged, Self::Differs, Self::Refused];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Unchanged => "unchanged",
            Self::Differs => "differs",
            Self::Refused => "refused",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|fate| fate.as_str() == text)
    }
}

/// One release of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// In the order of the file, from 0.
    pub position: usize,
    pub title: String,
    pub version: Option<String>,
    /// The date the file states.
    pub date: Option<NaiveDate>,
    pub tags: Vec<String>,
    /// Where it stands in the file, from 1; [`ImportReport::place`] says what is counted.
    pub line: usize,
    pub excerpt: String,
    pub fate: ImportFate,
    /// The entry it differs from has its version, but was not imported from it.
    pub by_version: bool,
    /// Why, when it is refused, differs or was adapted.
    pub reason: Option<String>,
    /// What somebody chose for this row.
    pub choice: Option<Choice>,
    /// What became of it; `None` before the import is done.
    pub outcome: Option<Outcome>,
    /// The entry it became or equals.
    pub entry: Option<EntryId>,
}

/// Something that was not understood or was adapted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportNote {
    /// From 1.
    pub line: usize,
    pub message: String,
}

/// What an import would do (`done` false) or did (`done` true).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The recognised format, for people.
    pub format: String,
    /// What `line` counts in rows and notes.
    pub place: Place,
    pub rows: Vec<ImportRow>,
    pub notes: Vec<ImportNote>,
    /// Whether created entries are published at once.
    pub publish: bool,
    pub done: bool,
}

impl ImportReport {
    pub fn count(&self, fate: ImportFate) -> usize {
        self.rows.iter().filter(|row| row.fate == fate).count()
    }

    /// How many rows had an outcome.
    pub fn came_out(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.outcome == Some(outcome)).count()
    }
}
