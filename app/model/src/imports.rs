//! What an import would do, and what it did.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::EntryId;

/// The largest text accepted, in bytes.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// The most releases one import may have.
pub const MAX_RELEASES: usize = 5_000;

/// What happens to one release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFate {
    /// It becomes a new entry.
    Create,
    /// An entry with this text exists already; nothing happens.
    Unchanged,
    /// An entry of this version exists with another text; it is left alone.
    Differs,
    /// It cannot become an entry; the row says why.
    Refused,
}

/// One release of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    pub title: String,
    pub version: Option<String>,
    /// The date the file states.
    pub date: Option<NaiveDate>,
    pub tags: Vec<String>,
    /// Where its heading stands, from 1.
    pub line: usize,
    pub excerpt: String,
    pub fate: ImportFate,
    /// Why, when it is refused or differs.
    pub reason: Option<String>,
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
}
