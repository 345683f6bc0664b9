//! What is right and wrong with each entry of a text, for callers who look at entries before they send them.

use std::collections::{BTreeMap, HashMap};

use importers::Parsed;
use model::entries::{MAX_CONTENT, MAX_TITLE};
use model::imports::{Source, suggestions};
use model::time::Timestamp;
use model::versions::{self, Kind};

use super::plan;

/// One entry of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckedEntry {
    /// Where it stands in the text, from 1.
    pub place: usize,
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    pub created_at: Option<Timestamp>,
    pub tags: Vec<String>,
    pub draft: bool,
    pub slug: Option<String>,
    pub id: Option<String>,
    pub external_id: Option<String>,
    /// Why it cannot be imported.
    pub errors: Vec<String>,
    pub warnings: Vec<String>,
    /// Values that would be better, by member.
    pub fixes: BTreeMap<&'static str, String>,
}

/// All entries of a text in numbers, and what could be said about them together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    pub total: usize,
    pub invalid: usize,
    /// Versions that stand there more than once.
    pub duplicate_versions: Vec<String>,
    pub missing_titles: usize,
    pub missing_content: usize,
    /// Better versions by the ones stated, and usual tags by the ones stated.
    pub versions: BTreeMap<String, String>,
    pub tags: BTreeMap<String, String>,
    pub warnings: Vec<String>,
    pub errors: Vec<String>,
}

/// Checks every entry of a text.
pub fn check(parsed: &Parsed) -> Vec<CheckedEntry> {
    let mut notes = Vec::new();
    let moments = plan::moments(&parsed.releases, parsed.detected().source, &mut notes);
    let mut said: HashMap<usize, Vec<String>> = HashMap::new();
    for note in &parsed.notes {
        said.entry(note.line).or_default().push(note.message.clone());
    }
    for note in notes {
        said.entry(note.line).or_default().push(note.message);
    }
    let entries = parsed.releases.iter().zip(moments).map(|(release, published_at)| {
        let content = plan::entry_text(release);
        let mut entry = CheckedEntry {
            place: release.line,
            title: release.title.clone(),
            version: release.version.clone(),
            published_at,
            created_at: release.created_at,
            tags: release.tags.clone(),
            draft: release.draft || release.unreleased,
            slug: release.slug.clone(),
            id: release.id.clone(),
            external_id: release.external_id.clone(),
            errors: release.problems.clone(),
            warnings: said.remove(&release.line).unwrap_or_default(),
            fixes: BTreeMap::new(),
            content,
        };
        let length = entry.content.chars().count();
        if length > MAX_CONTENT {
            entry.errors.push(format!("The text has {length} characters; at most {MAX_CONTENT} are allowed."));
        }
        if release.content.trim().is_empty() {
            // What Markdown says about this is said already.
            if parsed.detected().source != Source::Markdown {
                entry.warnings.push("There is no text.".to_owned());
            }
            entry.fixes.insert("content", entry.title.clone());
        }
        if release.title.chars().count() == MAX_TITLE {
            entry.fixes.insert("title", entry.title.clone());
        }
        if let Some(version) = entry.version.clone().filter(|version| versions::kind(version) == Kind::Custom) {
            entry.warnings.push(format!("The version {version} is not a number such as 1.2.3."));
            if let Some(better) = semantic(&version) {
                entry.fixes.insert("version", better);
            }
        }
        entry
    });
    entries.collect()
}

/// `1.2` as `1.2.0`; nothing for what cannot be completed.
fn semantic(version: &str) -> Option<String> {
    let bare = version.trim();
    let (prefix, bare) = bare.strip_prefix(['v', 'V']).map_or(("", bare), |bare| ("v", bare));
    let parts: Vec<u64> = bare.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    match parts.as_slice() {
        [major] => Some(format!("{prefix}{major}.0.0")),
        [major, minor] => Some(format!("{prefix}{major}.{minor}.0")),
        [major, minor, patch] => Some(format!("{prefix}{major}.{minor}.{patch}")),
        _ => None,
    }
}

/// Puts checked entries together.
pub fn preview_of(parsed: &Parsed, entries: &[CheckedEntry]) -> Preview {
    let place = parsed.place();
    let mut preview = Preview { total: entries.len(), ..Preview::default() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for entry in entries {
        if !entry.errors.is_empty() {
            preview.invalid += 1;
        }
        if let Some(version) = &entry.version {
            let times = seen.entry(versions::key(version)).or_default();
            *times += 1;
            if *times == 2 {
                preview.duplicate_versions.push(version.clone());
            }
            if let Some(better) = entry.fixes.get("version") {
                preview.versions.insert(version.clone(), better.clone());
            }
        }
        preview.missing_titles += usize::from(entry.title.is_empty());
        preview.missing_content += usize::from(entry.fixes.contains_key("content"));
        for tag in &entry.tags {
            if let Some(usual) = suggestions(tag, &[]).into_iter().next() {
                preview.tags.insert(tag.clone(), usual);
            }
        }
        let at = place.at(entry.place);
        preview.errors.extend(entry.errors.iter().map(|text| format!("{at}: {text}")));
        preview.warnings.extend(entry.warnings.iter().map(|text| format!("{at}: {text}")));
    }
    preview
}
