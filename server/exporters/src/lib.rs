//! Entries to files: Keep a Changelog, JSON, CSV, and a zip archive of Markdown files.
//!
//! Pure functions: entries in, bytes out, piece by piece, so that a long changelog never stands in memory as a whole.
//! Nothing here reads a clock, a database or the network, and nothing decides who may see what. The same entries give
//! the same bytes. `docs/export-formats.md` describes each format; `importers` reads all of them back.

mod archive;
mod csv;
mod front_matter;
mod json;
mod keep;

pub use csv::push_row as push_csv_row;

use chrono::NaiveDate;
use model::entries::Entry;
use model::exports::Format;
use model::projects::Project;
use model::tags::Tag;
use model::time::Timestamp;

/// What an export says about itself, before its entries.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    pub project: Project,
    /// The tags that entries of the project have.
    pub tags: Vec<Tag>,
    pub exported_at: Timestamp,
}

/// An entry, and what a file says beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub entry: Entry,
    /// The day that readers see; for what is not published, the day it was created.
    pub day: NaiveDate,
    /// The address of its public page, if it has one.
    pub url: Option<String>,
}

/// Something that the format cannot hold.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("an entry cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the archive cannot be written: {0}")]
    Zip(#[from] zip::result::ZipError),
    #[error("the archive cannot be written: {0}")]
    Io(#[from] std::io::Error),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A file being written. [`Export::take`] hands over what is finished.
pub struct Export {
    writer: Writer,
    out: Vec<u8>,
}

enum Writer {
    Markdown(keep::Writer),
    Json(json::Writer),
    Csv,
    Zip(Box<archive::Writer>),
}

impl Export {
    /// Begins a file.
    pub fn new(format: Format, head: &Head) -> Result<Self> {
        let mut out = Vec::new();
        let writer = match format {
            Format::Markdown => Writer::Markdown(keep::Writer::new(head, &mut out)),
            Format::Json => Writer::Json(json::Writer::new(head, &mut out)?),
            Format::Csv => {
                csv::header(&mut out);
                Writer::Csv
            }
            Format::Zip => Writer::Zip(Box::new(archive::Writer::new(head)?)),
        };
        Ok(Self { writer, out })
    }

    /// Writes one entry. Drafts come first, then the newest.
    pub fn push(&mut self, item: &Item) -> Result<()> {
        match &mut self.writer {
            Writer::Markdown(writer) => writer.push(item, &mut self.out),
            Writer::Json(writer) => writer.push(item, &mut self.out)?,
            Writer::Csv => csv::push(item, &mut self.out),
            Writer::Zip(writer) => writer.push(item, &mut self.out)?,
        }
        Ok(())
    }

    /// What was written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Ends the file and gives what was not taken yet.
    pub fn finish(self) -> Result<Vec<u8>> {
        let Self { writer, mut out } = self;
        match writer {
            Writer::Markdown(writer) => writer.finish(&mut out),
            Writer::Json(_) => json::finish(&mut out),
            Writer::Csv => {}
            Writer::Zip(writer) => writer.finish(&mut out)?,
        }
        Ok(out)
    }
}
