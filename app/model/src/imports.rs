//! What an import reads, what it would do, and what it did.
//!
//! A file is read into rows ([`reading`]), each row meets the entries that exist ([`ImportFate`]), and options and
//! choices say what happens to it ([`options`]). The server keeps the rows as a job ([`job`]) and works on those.

mod job;
mod options;
mod reading;
mod report;
mod sources;
mod tags;
mod undo;

pub use job::{ImportJob, ImportState, ImportText, NewestImports, Outcome, RowFilter, RowGroup, RowPage};
pub use options::{Action, Choice, DateHandling, ImportOptions, OnConflict, Strategy, action};
pub use reading::{Column, DateOrder, Detected, MarkdownReading, Part, Place, Reading, Source};
pub use report::{ImportFate, ImportNote, ImportReport, ImportRow};
pub use sources::{CannyOptions, CannyStatus, FeedFormat, FromUrl, MAX_FETCHED, USUAL_FETCHED};
pub use tags::{MAX_MAPPED, suggestions};
pub use undo::{UNDO_HOURS, UndoState, Undone, UndoneCounts, undo_until};

/// The largest text accepted, in bytes.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;
/// The smallest text accepted, in characters, blanks at the edges not counted.
pub const MIN_CHARS: usize = 10;
/// The most releases one import may have.
pub const MAX_RELEASES: usize = 5_000;
/// Rows on a page of a preview or report.
pub const ROWS_PER_PAGE: i64 = 50;
