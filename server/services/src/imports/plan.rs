//! What each release of a text is, decided before anything is written: its identity, its moment, and the entry it meets.

use std::collections::{HashMap, HashSet};

use chrono::{Duration, NaiveDate};
use importers::{ImportError, Parsed, Release};
use model::entries::MAX_CONTENT;
use model::imports::{
    Choice, DateHandling, Detected, ImportFate, ImportNote, ImportOptions, ImportReport, ImportRow, MAX_RELEASES,
    Outcome, Source,
};
use model::schedule::LEAST_AHEAD;
use model::time::{self, Timestamp};
use model::{EntryId, Error, Result, tags, versions};
use sha2::{Digest, Sha256};
use store::entries::ImportedEntry;
use store::imports::Row;

/// The most different tags in one text.
const MAX_TAGS: usize = 1_000;
/// How far clocks are ahead of UTC at most.
const EASTERNMOST: Duration = Duration::hours(14);

/// The rows of a text, in its order.
pub(super) struct Plan {
    pub detected: Detected,
    pub rows: Vec<Row>,
    pub notes: Vec<ImportNote>,
}

/// The field of a form that an error is about.
pub(super) fn field_of(error: &ImportError) -> &'static str {
    match error {
        ImportError::NoColumn { .. } | ImportError::NoTitles { .. } => "columns",
        _ => "text",
    }
}

pub(super) fn plan(parsed: Parsed, index: Vec<ImportedEntry>, options: &ImportOptions) -> Result<Plan> {
    let detected = parsed.detected();
    let mut notes: Vec<ImportNote> =
        parsed.notes.iter().map(|note| ImportNote { line: note.line, message: note.message.clone() }).collect();
    let different: HashSet<String> =
        parsed.releases.iter().flat_map(|release| &release.tags).map(|name| tags::key(name)).collect();
    if different.len() > MAX_TAGS {
        let message = format!(
            "The text names {} different tags; at most {MAX_TAGS} are allowed. Take another column for them, or another \
             separator.",
            different.len()
        );
        return Err(Error::field("columns", message));
    }
    let mut existing = Existing::new(index);
    let mut versions_here = HashSet::new();
    let mut keys_here: HashMap<String, usize> = HashMap::new();
    let mut rows = Vec::with_capacity(parsed.releases.len());
    let moments = moments(&parsed.releases, detected.source, &mut notes);
    for (position, (release, moment)) in (0..).zip(parsed.releases.into_iter().zip(moments)) {
        let mut version = release.version.clone();
        if version.as_ref().is_some_and(|version| !versions_here.insert(versions::key(version))) {
            let message = "This version stands in the file twice; the second entry is imported without a version.";
            notes.push(ImportNote { line: release.line, message: message.to_owned() });
            version = None;
        }
        let import_key = import_key(&release, &mut keys_here);
        let content = entry_text(&release);
        let reason = refusal(&release, &content);
        let stays_draft = release.draft || release.unreleased;
        let mut row = Row {
            position,
            place: i64::try_from(release.line).unwrap_or(i64::MAX),
            title: release.title,
            content,
            version,
            stated_date: release.date,
            stated_published_at: moment,
            stated_created_at: release.created_at,
            tags: release.tags.iter().filter_map(|tag| tags::name(tag).ok()).take(tags::MAX_PER_ENTRY).collect(),
            stays_draft,
            stated_slug: release.slug,
            source_id: release.id,
            external_id: model::entries::external_id(release.external_id.as_deref()).unwrap_or_default(),
            import_key,
            fate: ImportFate::Refused,
            by_version: false,
            reason,
            choice: None,
            entry_id: None,
            entry_lock: None,
            outcome: None,
            entry_version: None,
        };
        if row.reason.is_none() {
            let meeting = existing.meet(&row, options);
            row.fate = meeting.fate;
            row.by_version = meeting.by_version;
            row.reason = meeting.reason.map(str::to_owned);
            if let Some(entry) = meeting.entry {
                row.entry_id = Some(entry.id.clone());
                row.entry_lock = Some(entry.lock_version);
            }
        }
        rows.push(row);
    }
    notes.sort_by_key(|note| note.line);
    Ok(Plan { detected, rows, notes })
}

impl Plan {
    /// The report of an import that was only looked at.
    pub fn into_report(mut self, options: &ImportOptions) -> ImportReport {
        note_drafts(&self.rows, self.detected.source, options, &mut self.notes);
        ImportReport {
            format: self.detected.label,
            place: self.detected.place,
            rows: self.rows.into_iter().map(shown).collect(),
            notes: self.notes,
            publish: options.publish,
            done: false,
        }
    }
}

/// Notes which new entries stay drafts although the import publishes. Drafts of a list or table say so themselves.
pub(super) fn note_drafts(rows: &[Row], source: Source, options: &ImportOptions, notes: &mut Vec<ImportNote>) {
    if !options.publish || source != Source::Markdown {
        return;
    }
    for row in rows.iter().filter(|row| row.stays_draft && row.fate == ImportFate::Create) {
        let message = "Unreleased changes are imported as a draft.".to_owned();
        notes.push(ImportNote { line: usize::try_from(row.place).unwrap_or(0), message });
    }
    notes.sort_by_key(|note| note.line);
}

/// The moment at which a row's entry goes live by itself, because its date lies ahead.
///
/// A day without a time is not ahead while it is today anywhere: whoever released today means now.
pub(super) fn dated_ahead(row: &Row, options: &ImportOptions, now: Timestamp) -> Option<Timestamp> {
    if !options.publish || row.stays_draft || options.dates != DateHandling::Preserve {
        return None;
    }
    let at = time::to_millis(row.stated_published_at?);
    let noon = at.date_naive().and_hms_opt(12, 0, 0)?.and_utc();
    // As [`moments`] makes them of days.
    let is_day = at > noon && at - noon <= Duration::milliseconds(MAX_RELEASES as i64);
    let is_today = is_day && at.date_naive() <= (now + EASTERNMOST).date_naive();
    (at >= now + LEAST_AHEAD && at <= time::MAX && !is_today).then_some(at)
}

/// Notes how many releases go live later. Only those that are new, or may overwrite.
pub(super) fn note_ahead(rows: &[Row], options: &ImportOptions, now: Timestamp, notes: &mut Vec<ImportNote>) {
    let may_write = |row: &&Row| matches!(row.fate, ImportFate::Create | ImportFate::Differs);
    let mut ahead = rows.iter().filter(may_write).filter(|row| dated_ahead(row, options, now).is_some());
    let Some(first) = ahead.next() else { return };
    let message = match ahead.count() {
        0 => "One release is dated ahead; it goes live by itself then.".to_owned(),
        more => format!("{} releases are dated ahead; each goes live by itself then.", more + 1),
    };
    notes.push(ImportNote { line: usize::try_from(first.place).unwrap_or(0), message });
    notes.sort_by_key(|note| note.line);
}

/// A row as people see it.
pub(super) fn shown(row: Row) -> ImportRow {
    ImportRow {
        position: usize::try_from(row.position).unwrap_or(0),
        title: row.title,
        version: if row.outcome == Some(Outcome::Created) { row.entry_version } else { row.version },
        date: row.stated_date,
        tags: row.tags,
        line: usize::try_from(row.place).unwrap_or(0),
        excerpt: markdown::excerpt(&row.content),
        fate: row.fate,
        by_version: row.by_version,
        reason: row.reason,
        choice: row.choice,
        outcome: row.outcome,
        entry: row.entry_id,
    }
}

/// The text of the entry: what the file says about the release, and what its heading says beyond version and date.
/// Empty only for a draft.
pub(super) fn entry_text(release: &Release) -> String {
    let is_empty = release.content.trim().is_empty();
    if is_empty && (release.unreleased || release.draft) {
        return String::new();
    }
    let mut parts = Vec::with_capacity(3);
    if release.yanked {
        parts.push("**This release was withdrawn.**".to_owned());
    }
    // A release without notes still happened; its title is all the file says about it.
    parts.push(if is_empty { release.title.clone() } else { release.content.clone() });
    if let Some(link) = &release.link {
        parts.push(format!("[Full list of changes](<{}>)", link.replace(['<', '>'], "")));
    }
    parts.join("\n\n")
}

/// Why a release cannot become an entry, whatever entries there are.
fn refusal(release: &Release, content: &str) -> Option<String> {
    if !release.problems.is_empty() {
        return Some(release.problems.join(" "));
    }
    if release.unreleased && !release.draft && content.trim().is_empty() && release.id.is_none() {
        return Some("Nothing is unreleased: the section is empty.".to_owned());
    }
    let length = content.chars().count();
    (length > MAX_CONTENT).then(|| format!("The text has {length} characters; at most {MAX_CONTENT} are allowed."))
}

/// What a release is when it meets the entries of the project.
pub(super) struct Meeting<'a> {
    pub fate: ImportFate,
    pub entry: Option<&'a ImportedEntry>,
    /// The entry has the version, but was not imported from this release.
    pub by_version: bool,
    pub reason: Option<&'static str>,
}

/// The entries of a project, by everything that a release is recognised by. Each meets one release at most.
pub(super) struct Existing {
    entries: Vec<ImportedEntry>,
    by_id: HashMap<String, usize>,
    by_external: HashMap<String, usize>,
    by_key: HashMap<String, usize>,
    by_version: HashMap<String, usize>,
    by_slug: HashMap<String, usize>,
    met: HashMap<usize, i64>,
}

impl Existing {
    pub fn new(entries: Vec<ImportedEntry>) -> Self {
        let (mut by_id, mut by_key, mut by_external) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (mut by_version, mut by_slug) = (HashMap::new(), HashMap::new());
        for (at, entry) in entries.iter().enumerate() {
            by_id.insert(entry.id.to_string(), at);
            by_slug.insert(entry.slug.clone(), at);
            if let Some(external) = &entry.external_id {
                by_external.insert(external.clone(), at);
            }
            if let Some(key) = &entry.import_key {
                by_key.insert(key.clone(), at);
            }
            if let Some(key) = &entry.version_key {
                by_version.insert(key.clone(), at);
            }
        }
        Self { entries, by_id, by_external, by_key, by_version, by_slug, met: HashMap::new() }
    }

    /// Takes the entries as they are now, and forgets which release met which.
    pub fn renew(&mut self, entries: Vec<ImportedEntry>) {
        *self = Self::new(entries);
    }

    pub fn has_key(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// The entry that has a version.
    pub fn owner(&self, version: &str) -> Option<&EntryId> {
        let at = self.by_version.get(&versions::key(version))?;
        self.entries.get(*at).map(|entry| &entry.id)
    }

    pub fn versions(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| entry.version.as_deref())
    }

    /// The entry that a release is, and whether only their version says so. Imported from it, or written with its id;
    /// else with its version; else with its address and title.
    pub fn find(&self, known: &Known<'_>) -> Option<(usize, bool)> {
        let free = |at: &&usize| self.met.get(at).is_none_or(|row| *row == known.position);
        let by_program = || known.external_id.and_then(|id| self.by_external.get(id));
        let by_id = known.source_id.and_then(|id| self.by_id.get(id));
        let same = by_id.or_else(by_program).or_else(|| self.by_key.get(known.import_key));
        if let Some(at) = same.filter(free) {
            return Some((*at, false));
        }
        let version = known.version.map(versions::key);
        if let Some(at) = version.and_then(|key| self.by_version.get(&key)).filter(free) {
            return Some((*at, true));
        }
        let at = self.by_slug.get(known.slug?).filter(free)?;
        let entry = self.entries.get(*at)?;
        (entry.title.to_lowercase() == known.title.to_lowercase()).then_some((*at, false))
    }

    /// Lets a release meet its entry, which no other release then meets.
    pub fn meet(&mut self, row: &Row, options: &ImportOptions) -> Meeting<'_> {
        let Some((at, by_version)) = self.find(&Known::of(row)) else {
            return Meeting { fate: ImportFate::Create, entry: None, by_version: false, reason: None };
        };
        self.met.insert(at, row.position);
        let entry = self.entries.get(at);
        match entry.and_then(|entry| difference(entry, row, options)) {
            None => Meeting { fate: ImportFate::Unchanged, entry, by_version, reason: None },
            reason => Meeting { fate: ImportFate::Differs, entry, by_version, reason },
        }
    }
}

/// What a release is recognised by.
pub(super) struct Known<'a> {
    pub position: i64,
    pub title: &'a str,
    pub version: Option<&'a str>,
    pub slug: Option<&'a str>,
    pub source_id: Option<&'a str>,
    pub external_id: Option<&'a str>,
    pub import_key: &'a str,
}

impl<'a> Known<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            position: row.position,
            title: &row.title,
            version: row.version.as_deref(),
            slug: row.stated_slug.as_deref(),
            source_id: row.source_id.as_deref(),
            external_id: row.external_id.as_deref(),
            import_key: &row.import_key,
        }
    }
}

/// In what an entry says something else than the row that it meets.
fn difference(entry: &ImportedEntry, row: &Row, options: &ImportOptions) -> Option<&'static str> {
    // Tags that somebody added here are no difference.
    let lacks_tag = || options.tags(&row.tags).iter().any(|name| entry.tags.binary_search(&tags::key(name)).is_err());
    if entry.content.trim() != row.content.trim() {
        Some("An entry for this release exists with another text.")
    } else if entry.title != row.title {
        Some("An entry for this release exists with another title.")
    } else if row.version.as_deref().is_some_and(|version| Some(versions::key(version)) != entry.version_key) {
        Some("An entry for this release exists with another version.")
    } else if lacks_tag() {
        Some("An entry for this release exists without some of its tags.")
    } else {
        None
    }
}

/// When each release was published, such that the file's order is the order of dates; nothing where the file says
/// nothing.
///
/// A stated moment is taken as it is. A stated day stands at noon UTC, where it is the same day in nearly every zone, plus
/// as many milliseconds as releases follow, which keeps the order of a day. In Markdown, whose releases stand in order,
/// one without a date takes the date of the one above it, and keeps its place by the same milliseconds.
pub(super) fn moments(releases: &[Release], source: Source, notes: &mut Vec<ImportNote>) -> Vec<Option<Timestamp>> {
    let noon = |date: NaiveDate| date.and_hms_opt(12, 0, 0).map(|time| time.and_utc().max(time::MIN));
    let in_order = source == Source::Markdown;
    let mut dated = releases.iter().filter_map(|release| release.date);
    let oldest_first = !in_order && dated.next().zip(dated.next_back()).is_some_and(|(first, last)| first < last);
    let mut above: Option<NaiveDate> = None;
    let mut moments = Vec::with_capacity(releases.len());
    for (place, release) in releases.iter().enumerate() {
        let following = if oldest_first { place + 1 } else { releases.len() - place };
        let after = Duration::milliseconds(following as i64);
        let mut date = release.date;
        if in_order {
            if date.is_none()
                && let Some(date) = above
            {
                let message = format!("No date is stated; the entry is placed below the release of {date}.");
                notes.push(ImportNote { line: release.line, message });
            }
            above = date.or(above);
            date = above;
        }
        moments.push(release.published_at.or_else(|| date.and_then(noon).map(|noon| noon + after)));
    }
    moments
}

/// What a release is recognised by when the file is imported again: an id that a program gave it; else its version; else
/// its title and date.
fn import_key(release: &Release, seen: &mut HashMap<String, usize>) -> String {
    let identity = match (&release.external_id, &release.id, &release.version) {
        (Some(id), _, _) => format!("external\n{id}"),
        (None, Some(id), _) => format!("id\n{id}"),
        (None, None, Some(version)) => format!("version\n{}", versions::key(version)),
        (None, None, None) if release.unreleased => "unreleased".to_owned(),
        (None, None, None) => {
            let date = release.date.map(|date| date.to_string()).unwrap_or_default();
            format!("title\n{}\n{date}", release.title.to_lowercase())
        }
    };
    let times = seen.entry(identity.clone()).and_modify(|times| *times += 1).or_insert(1);
    hash(&format!("{identity}\n{times}"))
}

/// The key of an entry that is added beside the one that the release is.
pub(super) fn second_key(key: &str) -> String {
    hash(&format!("{key}\nwithout version"))
}

fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether a choice can be made for a row of this fate.
pub(super) fn fits(fate: ImportFate, choice: Choice) -> bool {
    match fate {
        ImportFate::Refused => false,
        ImportFate::Unchanged => choice == Choice::Skip,
        ImportFate::Create => choice != Choice::Overwrite,
        ImportFate::Differs => choice != Choice::Create,
    }
}
