//! What an import does with each release, decided before anything is written.

use std::collections::{HashMap, HashSet};

use chrono::{Duration, NaiveDate};
use importers::Release;
use model::entries::MAX_CONTENT;
use model::imports::{ImportFate, ImportNote, ImportReport, ImportRow};
use model::time::{self, Timestamp};
use model::{Error, Result, tags, versions};
use sha2::{Digest, Sha256};
use store::entries::ImportedEntry;

/// An entry to create.
pub(super) struct PlannedEntry {
    /// Its row in the report.
    pub row: usize,
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub tags: Vec<String>,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    pub import_key: String,
}

pub(super) struct Plan {
    pub report: ImportReport,
    pub entries: Vec<PlannedEntry>,
}

pub(super) fn plan(text: &str, index: &[ImportedEntry], now: Timestamp, publish: bool) -> Result<Plan> {
    let parsed = importers::parse_checked(text).map_err(|error| Error::field("text", error.to_string()))?;
    let mut notes: Vec<ImportNote> =
        parsed.notes.iter().map(|note| ImportNote { line: note.line, message: note.message.clone() }).collect();
    let existing = Existing::new(index);
    let mut versions_here = HashSet::new();
    let mut keys_here: HashMap<String, usize> = HashMap::new();
    let mut rows = Vec::with_capacity(parsed.releases.len());
    let mut entries = Vec::new();
    let dates = dates(&parsed.releases, now, &mut notes);
    for (row, (release, created_at)) in parsed.releases.into_iter().zip(dates).enumerate() {
        let mut version = release.version.clone();
        if version.as_ref().is_some_and(|version| !versions_here.insert(versions::key(version))) {
            notes.push(ImportNote {
                line: release.line,
                message: "This version stands in the file twice; the second entry is imported without a version."
                    .to_owned(),
            });
            version = None;
        }
        let key = import_key(&release, &mut keys_here);
        let content = entry_text(&release);
        let found = existing.find(&key, version.as_deref());
        let (fate, reason) = fate(&release, &content, found);
        let tags: Vec<String> =
            release.tags.iter().filter_map(|tag| tags::name(tag).ok()).take(tags::MAX_PER_ENTRY).collect();
        rows.push(ImportRow {
            title: release.title.clone(),
            version: version.clone(),
            date: release.date,
            tags: tags.clone(),
            line: release.line,
            excerpt: markdown::excerpt(&content),
            fate,
            reason,
            entry: found.map(|found| found.id.clone()),
        });
        if fate == ImportFate::Create {
            if publish && release.unreleased {
                notes.push(ImportNote {
                    line: release.line,
                    message: "Unreleased changes are imported as a draft.".to_owned(),
                });
            }
            entries.push(PlannedEntry {
                row,
                title: release.title,
                content,
                version,
                tags,
                created_at,
                published_at: (publish && !release.unreleased).then_some(created_at),
                import_key: key,
            });
        }
    }
    notes.sort_by_key(|note| note.line);
    let report = ImportReport { format: parsed.format.label().to_owned(), rows, notes, publish, done: false };
    Ok(Plan { report, entries })
}

/// The text of the entry: what the file says about the release, and what its heading says beyond version and date.
/// Empty only for an empty section of unreleased changes.
fn entry_text(release: &Release) -> String {
    let stated = release.content.trim_end();
    if stated.is_empty() && release.unreleased {
        return String::new();
    }
    let mut parts = Vec::with_capacity(3);
    if release.yanked {
        parts.push("**This release was withdrawn.**".to_owned());
    }
    // A release without notes still happened; its title is all the file says about it.
    parts.push(if stated.is_empty() { release.title.clone() } else { stated.to_owned() });
    if let Some(link) = &release.link {
        parts.push(format!("[Full list of changes](<{}>)", link.replace(['<', '>'], "")));
    }
    parts.join("\n\n")
}

/// The entries that a release could be.
struct Existing<'a> {
    by_key: HashMap<&'a str, &'a ImportedEntry>,
    by_version: HashMap<&'a str, &'a ImportedEntry>,
}

impl<'a> Existing<'a> {
    fn new(index: &'a [ImportedEntry]) -> Self {
        Self {
            by_key: index.iter().filter_map(|entry| Some((entry.import_key.as_deref()?, entry))).collect(),
            by_version: index.iter().filter_map(|entry| Some((entry.version_key.as_deref()?, entry))).collect(),
        }
    }

    fn find(&self, key: &str, version: Option<&str>) -> Option<&'a ImportedEntry> {
        let by_version = || self.by_version.get(versions::key(version?).as_str()).copied();
        self.by_key.get(key).copied().or_else(by_version)
    }
}

fn fate(release: &Release, content: &str, found: Option<&ImportedEntry>) -> (ImportFate, Option<String>) {
    let length = content.chars().count();
    if let Some(found) = found {
        return if found.content.trim() == content.trim() {
            (ImportFate::Unchanged, None)
        } else {
            let reason = "An entry for this release exists with another text. It was left alone.";
            (ImportFate::Differs, Some(reason.to_owned()))
        };
    }
    if release.unreleased && content.trim().is_empty() {
        return (ImportFate::Refused, Some("Nothing is unreleased: the section is empty.".to_owned()));
    }
    if length > MAX_CONTENT {
        let reason = format!("The text has {length} characters; at most {MAX_CONTENT} are allowed.");
        return (ImportFate::Refused, Some(reason));
    }
    (ImportFate::Create, None)
}

/// A date for each release, such that the file's order is the order of dates.
///
/// A stated date stands at noon UTC, where it is the same day in nearly every zone, plus as many milliseconds as
/// releases follow, which keeps the order of a day. A release without a date takes the date of the one above it, or
/// now at the top, and keeps its place by the same milliseconds.
fn dates(releases: &[Release], now: Timestamp, notes: &mut Vec<ImportNote>) -> Vec<Timestamp> {
    let noon = |date: NaiveDate| date.and_hms_opt(12, 0, 0).map(|time| time.and_utc().max(time::MIN));
    let mut above: Option<NaiveDate> = None;
    let mut dates = Vec::with_capacity(releases.len());
    for (place, release) in releases.iter().enumerate() {
        let after = Duration::milliseconds((releases.len() - place) as i64);
        let stated = release.date.and_then(noon);
        if let Some(date) = release.date {
            above = Some(date);
        } else if let Some(date) = above {
            let message = format!("No date is stated; the entry is placed below the release of {date}.");
            notes.push(ImportNote { line: release.line, message });
        }
        let limit = now - Duration::milliseconds(place as i64);
        let time = stated.or_else(|| above.and_then(noon)).map_or(limit, |noon| noon + after);
        // A date of today at noon may still lie ahead, and a future one would not be public.
        dates.push(time.min(limit));
    }
    dates
}

/// What a release is recognised by when the file is imported again: its version, or else its title and date.
fn import_key(release: &Release, seen: &mut HashMap<String, usize>) -> String {
    let identity = match &release.version {
        Some(version) => format!("version\n{}", versions::key(version)),
        None if release.unreleased => "unreleased".to_owned(),
        None => {
            let date = release.date.map(|date| date.to_string()).unwrap_or_default();
            format!("title\n{}\n{date}", release.title.to_lowercase())
        }
    };
    let times = seen.entry(identity.clone()).and_modify(|times| *times += 1).or_insert(1);
    let text = format!("{identity}\n{times}");
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
