//! An import that the server keeps: what was read, what was chosen, how far it is, and what came out.

use serde::{Deserialize, Serialize};

use super::options::names;
use super::{Action, Choice, Detected, ImportFate, ImportNote, ImportOptions, ImportRow, Reading, action};
use crate::ids::ImportId;
use crate::time::Timestamp;

names! {
    ImportState {
        /// It was read; nothing has happened yet.
        Parsed = "parsed",
        Running = "running",
        Done = "done",
        /// Somebody stopped it; nothing was changed.
        Cancelled = "cancelled",
        /// It could not be done; nothing was changed.
        Failed = "failed",
    }

    /// What became of a row.
    Outcome {
        Created = "created",
        Overwritten = "overwritten",
        /// The entry said the same already.
        Unchanged = "unchanged",
        Skipped = "skipped",
        /// The row says why.
        Refused = "refused",
    }
}

/// Rows that are alike in everything that decides what happens to them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowGroup {
    pub fate: ImportFate,
    pub by_version: bool,
    pub choice: Option<Choice>,
    pub outcome: Option<Outcome>,
    pub rows: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportJob {
    pub id: ImportId,
    pub state: ImportState,
    /// Empty for a text that was pasted or sent.
    pub file_name: String,
    pub reading: Reading,
    pub detected: Detected,
    pub options: ImportOptions,
    pub notes: Vec<ImportNote>,
    /// How many rows there are, and how many are decided.
    pub total: i64,
    pub handled: i64,
    /// Entries that were deleted because the file does not have them.
    pub deleted: i64,
    /// Entries that were created or changed.
    pub written: i64,
    /// Somebody asked it to stop.
    pub cancelling: bool,
    /// Why it failed.
    pub error: Option<String>,
    /// The person who began it, if that is known.
    pub author: Option<String>,
    pub created_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    /// When it was taken back.
    pub undone_at: Option<Timestamp>,
    /// In a list: whether it changed something and can still be taken back.
    pub undoable: bool,
    pub groups: Vec<RowGroup>,
}

impl ImportJob {
    /// The file, or where it came from, for people; nothing for a text.
    pub fn name(&self) -> Option<String> {
        let (file, origin) = (&self.file_name, &self.reading.origin);
        match (file.is_empty(), origin.is_empty()) {
            (false, false) => Some(format!("{file} ({origin})")),
            (false, true) => Some(file.clone()),
            (true, false) => Some(origin.clone()),
            (true, true) => None,
        }
    }

    pub fn count(&self, wanted: impl Fn(&RowGroup) -> bool) -> i64 {
        self.groups.iter().filter(|group| wanted(group)).map(|group| group.rows).sum()
    }

    pub fn of_fate(&self, fate: ImportFate) -> i64 {
        self.count(|group| group.fate == fate)
    }

    pub fn of_outcome(&self, outcome: Outcome) -> i64 {
        self.count(|group| group.outcome == Some(outcome))
    }

    /// How many rows something would happen to.
    pub fn of_action(&self, options: &ImportOptions, wanted: impl Fn(Action) -> bool) -> i64 {
        self.count(|group| wanted(action(group.fate, group.by_version, group.choice, options)))
    }
}

/// Which rows a page shows: by what they are before the import, by what came out after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowFilter {
    pub fate: Option<ImportFate>,
    pub outcome: Option<Outcome>,
}

/// Some rows of an import, and how many match in all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowPage {
    pub rows: Vec<ImportRow>,
    pub total: i64,
    /// From 1.
    pub page: i64,
}

/// One row with its text, and the text of the entry it differs from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportText {
    pub row: ImportRow,
    pub content: String,
    /// Title, version, tags and text of the entry that exists.
    pub existing: Option<(String, Option<String>, Vec<String>, String)>,
}

/// What a project has imported so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewestImports {
    /// How many imports were done.
    pub imports: i64,
    /// How many entries they created or changed.
    pub entries: i64,
    pub last: Option<Timestamp>,
}
