//! Taking an import back.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::options::names;
use crate::ids::EntryId;
use crate::time::Timestamp;

/// So long after its end an import can be taken back.
pub const UNDO_HOURS: i64 = 24;

names! {
    /// What became of an entry when its import was taken back.
    #[derive(PartialOrd, Ord)]
    Undone {
        /// The import had created it.
        Deleted = "deleted",
        /// It is again what it was.
        Restored = "restored",
        /// Somebody changed it after the import, so it stays.
        Changed = "changed",
        /// Another entry has its former version, so it stays.
        Taken = "taken",
        /// Somebody had deleted it already.
        Gone = "gone",
    }
}

/// The entries of an import as they are now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoneCounts {
    /// That it created and that are still here.
    pub created: i64,
    /// Of those, that were changed since, and that the public has seen.
    pub edited: i64,
    pub public: i64,
    /// That it overwrote and that are still here, and of those, that were changed since.
    pub overwritten: i64,
    pub changed: i64,
}

/// Whether an import can be taken back, or what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum UndoState {
    /// It changed nothing, or its time is over, or the caller may not.
    Closed,
    Open {
        until: Timestamp,
        counts: UndoneCounts,
    },
    Done {
        at: Timestamp,
        /// How many entries came out which way.
        outcomes: Vec<(Undone, i64)>,
        /// Entries that stay: title, id and why.
        kept: Vec<(String, EntryId, Undone)>,
    },
}

/// Until when an import that ended then can be taken back.
pub fn undo_until(finished: Timestamp) -> Timestamp {
    finished + Duration::hours(UNDO_HOURS)
}
