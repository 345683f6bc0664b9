//! Importing changelogs: Markdown, JSON and tables. Every release becomes one entry; importing the same again adds
//! nothing.
//!
//! A text is read into rows that meet the entries of the project ([`plan`]). The rows are kept as a job, for which
//! people choose what happens ([`jobs`]). The work decides row by row, bit by bit and in the background ([`decide`],
//! [`work`]); entries see all of it in one last transaction, or nothing.

mod check;
mod decide;
mod jobs;
mod plan;
mod sources;
mod undo;
mod work;
mod workers;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::imports::{ImportOptions, ImportReport, MAX_BYTES, Reading};
use model::{Error, ImportId, Result};

use crate::Services;
use crate::access::{CreateProjects, Grant, InstanceGrant, RunImports};

pub use check::{CheckedEntry, Preview, check, preview_of};
pub use importers::{Given, Parsed, Release};
pub use jobs::{
    Processed, Running, cancel, choose, discard, figures, get, list, process, read, read_again, report, rows,
    set_options, start, tags, text,
};
pub use sources::{
    CANNY_URL, CannyEntry, Fetched, GITHUB_URL, Sources, canny_takes, fetch_canny, fetch_url, read_canny, read_url,
};
pub use undo::{undo, undo_state};
pub use work::{purge, resume, upkeep};
pub use workers::Workers;

/// Turns the bytes of a file into text. A zip archive of Markdown files becomes the list of entries it stands for.
///
/// # Errors
/// `TooLarge`; `Invalid` naming `file` when it is not text.
pub fn decode(bytes: &[u8]) -> Result<String> {
    if bytes.len() as u64 > MAX_BYTES {
        return Err(Error::TooLarge { limit_bytes: MAX_BYTES });
    }
    if importers::zip::is_zip(bytes) {
        return importers::zip::to_json(bytes).map_err(|error| Error::field("file", error.to_string()));
    }
    // A feed says in its first line what it is written in.
    importers::decode_named(bytes, None).map_err(|error| Error::field("file", error.to_string()))
}

/// Turns an archive that came as text (base64url without padding) into the list of entries it stands for.
///
/// # Errors
/// `TooLarge`; `Invalid` naming `text` when it is no archive of Markdown files.
pub fn unpack(archive: &str) -> Result<String> {
    let most = usize::try_from(MAX_BYTES).unwrap_or(usize::MAX);
    if archive.len() / 4 * 3 > most {
        return Err(Error::TooLarge { limit_bytes: MAX_BYTES });
    }
    let bytes = URL_SAFE_NO_PAD.decode(archive).map_err(|_| Error::field("text", "The archive arrived damaged."))?;
    importers::zip::to_json(&bytes).map_err(|error| Error::field("text", error.to_string()))
}

/// Reads a text, on a thread of its own: large ones take a while.
///
/// # Errors
/// `Invalid` naming `text` when it is too short, too large, has too many releases, or cannot be read at all.
pub async fn parse(text: &str, reading: &Reading) -> Result<importers::Parsed> {
    let (text, reading) = (text.to_owned(), reading.clone());
    let parsed = tokio::task::spawn_blocking(move || importers::read(&text, &reading)).await;
    let parsed = parsed.map_err(|_| Error::field("text", "The text could not be read."))?;
    parsed.map_err(|error| Error::field(plan::field_of(&error), error.to_string()))
}

/// What importing `text` would do. Keeps and changes nothing.
///
/// # Errors
/// As [`parse`].
pub async fn preview(
    cx: &Services,
    may: &Grant<RunImports>,
    text: &str,
    reading: &Reading,
    options: &ImportOptions,
) -> Result<ImportReport> {
    let parsed = parse(text, reading).await?;
    let mut lease = cx.db.acquire().await?;
    let index = store::entries::import_index(lease.conn(), may.project_id()).await?;
    drop(lease);
    let mut plan = plan::plan(parsed, index, options)?;
    plan::note_ahead(&plan.rows, options, cx.clock.now(), &mut plan.notes);
    Ok(plan.into_report(options))
}

/// What importing `text` into a project that is still to be made would do.
///
/// # Errors
/// As [`parse`].
pub async fn preview_new(
    _may: &InstanceGrant<CreateProjects>,
    text: &str,
    reading: &Reading,
    options: &ImportOptions,
) -> Result<ImportReport> {
    Ok(plan::plan(parse(text, reading).await?, Vec::new(), options)?.into_report(options))
}

/// Imports `text` at once: reads, keeps, works, and gives the report.
///
/// # Errors
/// As [`parse`] and [`start`].
pub async fn run(
    cx: &Services,
    may: &Grant<RunImports>,
    text: &str,
    reading: &Reading,
    options: ImportOptions,
) -> Result<ImportReport> {
    let id: ImportId = read(cx, may, text, reading).await?.id;
    start(cx, may, &id, options).await?.done().await?;
    report(cx, may, &id).await
}
