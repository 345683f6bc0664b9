//! A zip archive of Markdown files. Names are plain ASCII, different on every file system, and lead nowhere else.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{Datelike, Timelike};
use model::entries::EntryState;
use model::time::Timestamp;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use crate::json::About;
use crate::{Head, Item, Result, front_matter};

/// The longest readable part of a file name, in bytes.
const MAX_NAME: usize = 80;

const README: &str = "\
This archive is an export of a changelog from Tidings.

- `entries/2026/03-faster-search.md`: an entry that was published in March 2026
- `entries/drafts/2026-03-faster-search.md`: one that is not published, by the month it was created
- `project.json`: the project and the tags

Each entry is a Markdown file. The lines between `---` and `---` at its start say what belongs to it: title, version,
date of publication, tags, status, slug (the readable part of its address), id, and when it was created and changed.
What follows the empty line is its text.

Tidings imports the archive as it is. Change, add or remove files as you like: an entry needs no more than a title.
";

pub(crate) struct Writer {
    zip: ZipWriter<StreamWriter<Sink>>,
    written: Sink,
    /// Hashes of the names in use.
    names: HashSet<u64>,
}

/// Collects what the archive writes until somebody takes it.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn drain(&self, out: &mut Vec<u8>) {
        out.append(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Writer {
    pub(crate) fn new(head: &Head) -> Result<Self> {
        let written = Sink::default();
        let zip = ZipWriter::new_stream(written.clone());
        let mut writer = Self { zip, written, names: HashSet::new() };
        let title = head.project.name.replace(char::is_control, " ");
        writer.file("README.md", head.exported_at, format!("# Changelog of {title}\n\n{README}").as_bytes())?;
        let mut about = serde_json::to_vec_pretty(&About::of(head))?;
        about.push(b'\n');
        writer.file("project.json", head.exported_at, &about)?;
        Ok(writer)
    }

    pub(crate) fn push(&mut self, item: &Item, out: &mut Vec<u8>) -> Result<()> {
        let name = self.name(item);
        self.file(&name, item.entry.updated_at, front_matter::file(item).as_bytes())?;
        self.written.drain(out);
        Ok(())
    }

    pub(crate) fn finish(self, out: &mut Vec<u8>) -> Result<()> {
        self.zip.finish()?;
        self.written.drain(out);
        Ok(())
    }

    fn file(&mut self, name: &str, changed: Timestamp, content: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default().unix_permissions(0o644).last_modified_time(moment(changed));
        self.zip.start_file(name, options)?;
        self.zip.write_all(content)?;
        Ok(())
    }

    /// A name that no other entry has, also where capitals do not count.
    fn name(&mut self, item: &Item) -> String {
        let (year, month) = (item.day.year(), item.day.month());
        let readable = readable(&item.entry.slug);
        let stem = match item.entry.state() {
            EntryState::Published => format!("entries/{year:04}/{month:02}-{readable}"),
            EntryState::Draft | EntryState::Scheduled => format!("entries/drafts/{year:04}-{month:02}-{readable}"),
        };
        let mut name = format!("{stem}.md");
        let mut number = 1;
        while !self.names.insert(hash(&name)) {
            number += 1;
            name = format!("{stem}-{number}.md");
        }
        name
    }
}

fn hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

/// A slug as part of a file name: lower-case letters, digits, `-` and `_`.
fn readable(slug: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c.to_ascii_lowercase() } else { '-' };
    let name: String = slug.chars().map(plain).take(MAX_NAME).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "entry".to_owned() } else { name.to_owned() }
}

/// Zip knows the years 1980 to 2107.
fn moment(time: Timestamp) -> zip::DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    u16::try_from(time.year())
        .ok()
        .and_then(|year| {
            let (month, day) = (part(time.month()), part(time.day()));
            zip::DateTime::from_date_and_time(
                year,
                month,
                day,
                part(time.hour()),
                part(time.minute()),
                part(time.second()),
            )
            .ok()
        })
        .unwrap_or_default()
}
