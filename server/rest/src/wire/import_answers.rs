//! Imports: what was found in a text, and what came of the entries.

use std::collections::BTreeMap;

use chrono::Duration;
use model::imports::{NewestImports, Outcome};
use model::time::to_wire;
use serde::Serialize;
use services::imports::{self, CheckedEntry, Parsed, Processed};
use utoipa::ToSchema;

use crate::problem::ProblemBody;

/// Whether a text came with headings or with elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParsedKind {
    Markdown,
    List,
}

/// What was found in a text.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "success": true,
    "parsed": {
        "sections": [{ "title": "2.4.0", "version": "2.4.0", "date": "2026-03-04", "line": 3, "tags": ["Added"] }],
        "entries": [{
            "title": "2.4.0", "content": "## Added\n\n- A dark theme", "version": "2.4.0",
            "publishedAt": "2026-03-04T12:00:00.001Z", "tags": ["Added"]
        }],
        "metadata": { "title": "Changelog", "format": "keepachangelog", "totalEntries": 1, "introduction": null }
    },
    "validatedEntries": [{
        "title": "2.4.0", "content": "## Added\n\n- A dark theme", "version": "2.4.0",
        "publishedAt": "2026-03-04T12:00:00.001Z", "tags": ["Added"], "line": 3, "isValid": true, "errors": [],
        "warnings": [], "suggestedFixes": {}
    }],
    "preview": {
        "totalEntries": 1, "validEntries": 1, "invalidEntries": 0, "duplicateVersions": [], "missingTitles": 0,
        "missingContent": 0, "suggestedMappings": { "versions": {}, "tags": { "Added": "feat" } }, "warnings": [],
        "errors": []
    },
    "detection": {
        "format": "keepachangelog", "label": "Keep a Changelog", "confidence": 0.9,
        "characteristics": ["1 of 1 headings have a version in brackets"],
        "structure": { "source": "markdown", "columns": [], "usedColumns": {}, "delimiter": null, "hasHeader": false },
        "hints": []
    },
    "parseWarnings": [],
    "metadata": { "title": "Changelog", "format": "keepachangelog", "totalEntries": 1, "introduction": null }
}))]
pub(crate) struct ParsedImport {
    success: bool,
    parsed: ParsedText,
    validated_entries: Vec<ValidatedEntry>,
    preview: ImportPreview,
    detection: Detection,
    /// What was adapted or not understood, with its place.
    parse_warnings: Vec<String>,
    metadata: ImportMetadata,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParsedText {
    sections: Vec<ParsedSection>,
    entries: Vec<ParsedEntry>,
    metadata: ImportMetadata,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ParsedSection {
    title: String,
    #[schema(required = true)]
    version: Option<String>,
    /// The day that the text states.
    #[schema(required = true, format = Date)]
    date: Option<String>,
    /// Where it stands: its line, its row in a table, its number in a list.
    line: usize,
    tags: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ParsedEntry {
    title: String,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    published_at: Option<String>,
    tags: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportMetadata {
    /// The heading of the document, or the project of an export.
    #[schema(required = true)]
    title: Option<String>,
    format: String,
    total_entries: usize,
    /// Text before the first entry, which is not imported.
    #[schema(required = true)]
    introduction: Option<String>,
}

/// An entry that was checked. Send it to `process` as it is or changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ValidatedEntry {
    title: String,
    content: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    published_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    created_at: Option<String>,
    tags: Vec<String>,
    /// `draft` for what stays one in any case.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slug: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
    /// Its id where it was exported from.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_id: Option<String>,
    /// Where it stands: its line, its row in a table, its number in a list.
    line: usize,
    is_valid: bool,
    errors: Vec<String>,
    warnings: Vec<String>,
    /// Better values by member.
    #[schema(value_type = Object)]
    suggested_fixes: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportPreview {
    total_entries: usize,
    valid_entries: usize,
    invalid_entries: usize,
    duplicate_versions: Vec<String>,
    missing_titles: usize,
    missing_content: usize,
    suggested_mappings: SuggestedMappings,
    warnings: Vec<String>,
    errors: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SuggestedMappings {
    /// Better versions by the ones stated.
    #[schema(value_type = Object)]
    versions: BTreeMap<String, String>,
    /// Usual names of tags by the ones stated. Nothing is renamed unless `tagMapping` says so.
    #[schema(value_type = Object)]
    tags: BTreeMap<String, String>,
}

/// What the text looks like.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Detection {
    /// `keepachangelog`, `github_releases`, `simple_version`, `conventional_commits`, `date_based`, `flat_list`, `simple`,
    /// `custom`, `json`, `json_github`, `csv`, `rss` or `atom`.
    format: String,
    /// The name for people.
    label: String,
    /// From 0 to 1.
    #[schema(minimum = 0, maximum = 1)]
    confidence: f64,
    characteristics: Vec<String>,
    structure: DetectedStructure,
    hints: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DetectedStructure {
    /// `markdown`, `json`, `csv` or `feed`.
    source: &'static str,
    /// Names of columns or members.
    columns: Vec<String>,
    /// Which of them each part was taken from.
    #[schema(value_type = Object)]
    used_columns: BTreeMap<&'static str, String>,
    #[schema(required = true)]
    delimiter: Option<String>,
    has_header: bool,
}

impl Detection {
    pub fn of(parsed: &Parsed) -> Self {
        let detected = parsed.detected();
        Self {
            format: detected.format,
            label: detected.label,
            confidence: f64::from(detected.confidence) / 100.0,
            characteristics: detected.signs,
            structure: DetectedStructure {
                source: detected.source.as_str(),
                columns: detected.columns.into_iter().map(|column| column.name).collect(),
                used_columns: detected.used.into_iter().map(|(part, name)| (part.as_str(), name)).collect(),
                delimiter: detected.delimiter.map(String::from),
                has_header: detected.header,
            },
            hints: detected.hints,
        }
    }
}

/// A text with nothing to import.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NothingToImport {
    #[serde(flatten)]
    pub problem: ProblemBody,
    pub detection: Detection,
}

impl ParsedImport {
    pub fn new(parsed: &Parsed, kind: ParsedKind) -> Self {
        let entries = imports::check(parsed);
        let preview = imports::preview_of(parsed, &entries);
        let place = parsed.place();
        let metadata = ImportMetadata {
            title: parsed.title.clone(),
            format: parsed.format.name().to_owned(),
            total_entries: entries.len(),
            introduction: parsed.preamble.clone(),
        };
        let section = |release: &imports::Release| ParsedSection {
            title: release.title.clone(),
            version: release.version.clone(),
            date: release.date.map(|date| date.to_string()),
            line: release.line,
            tags: release.tags.clone(),
        };
        let sections = match kind {
            ParsedKind::Markdown => parsed.releases.iter().map(section).collect(),
            ParsedKind::List => Vec::new(),
        };
        let plain = |entry: &CheckedEntry| ParsedEntry {
            title: entry.title.clone(),
            content: entry.content.clone(),
            version: entry.version.clone(),
            published_at: entry.published_at.map(to_wire),
            tags: entry.tags.clone(),
        };
        Self {
            success: true,
            parsed: ParsedText { sections, entries: entries.iter().map(plain).collect(), metadata: metadata.clone() },
            validated_entries: entries.into_iter().map(ValidatedEntry::from).collect(),
            preview: ImportPreview {
                total_entries: preview.total,
                valid_entries: preview.total - preview.invalid,
                invalid_entries: preview.invalid,
                duplicate_versions: preview.duplicate_versions,
                missing_titles: preview.missing_titles,
                missing_content: preview.missing_content,
                suggested_mappings: SuggestedMappings { versions: preview.versions, tags: preview.tags },
                warnings: preview.warnings,
                errors: preview.errors,
            },
            detection: Detection::of(parsed),
            parse_warnings: parsed
                .notes
                .iter()
                .map(|note| format!("{}: {}", place.at(note.line), note.message))
                .collect(),
            metadata,
        }
    }
}

impl From<CheckedEntry> for ValidatedEntry {
    fn from(entry: CheckedEntry) -> Self {
        Self {
            title: entry.title,
            content: entry.content,
            version: entry.version,
            published_at: entry.published_at.map(to_wire),
            created_at: entry.created_at.map(to_wire),
            tags: entry.tags,
            status: entry.draft.then_some("draft"),
            slug: entry.slug,
            external_id: entry.external_id,
            source_id: entry.id,
            line: entry.place,
            is_valid: entry.errors.is_empty(),
            errors: entry.errors,
            warnings: entry.warnings,
            suggested_fixes: entry.fixes,
        }
    }
}

/// What came of entries.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "success": true, "importedCount": 1, "skippedCount": 0, "errorCount": 0,
    "createdEntries": [{ "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "version": "2.4.0" }],
    "updatedEntries": [], "warnings": [], "errors": [], "processingTime": 840
}))]
pub(crate) struct ImportResult {
    /// False when there was something to import and all of it was refused.
    success: bool,
    /// Entries that were created or overwritten.
    imported_count: usize,
    /// Entries that were here already, or were left alone.
    skipped_count: usize,
    error_count: usize,
    created_entries: Vec<ImportedEntry>,
    /// Entries that were overwritten.
    updated_entries: Vec<ImportedEntry>,
    warnings: Vec<String>,
    errors: Vec<ImportFailure>,
    /// In milliseconds.
    processing_time: u64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportedEntry {
    id: String,
    title: String,
    #[schema(required = true)]
    version: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ImportFailure {
    /// The title.
    entry: String,
    error: String,
    /// Its number among the entries sent, from 1.
    position: usize,
}

impl ImportResult {
    pub fn new(processed: Processed, time: Duration) -> Self {
        let Processed { report, created } = processed;
        let count = |outcome| report.came_out(outcome);
        let imported = count(Outcome::Created) + count(Outcome::Overwritten);
        let skipped = count(Outcome::Unchanged) + count(Outcome::Skipped);
        let errors = count(Outcome::Refused);
        let mut warnings: Vec<(usize, String)> =
            report.notes.into_iter().map(|note| (note.line, note.message)).collect();
        let (mut updated, mut failures) = (Vec::new(), Vec::new());
        for row in report.rows {
            match (row.outcome, row.reason) {
                (Some(Outcome::Refused), reason) => failures.push(ImportFailure {
                    entry: row.title,
                    error: reason.unwrap_or_default(),
                    position: row.line,
                }),
                (outcome, reason) => {
                    if let (Some(Outcome::Overwritten), Some(id)) = (outcome, row.entry) {
                        updated.push(ImportedEntry { id: id.into(), title: row.title, version: row.version });
                    }
                    warnings.extend(reason.map(|reason| (row.line, reason)));
                }
            }
        }
        warnings.sort_by_key(|(place, _)| *place);
        let created = created.into_iter().map(|(id, title, version)| ImportedEntry { id: id.into(), title, version });
        Self {
            success: imported > 0 || errors == 0,
            imported_count: imported,
            skipped_count: skipped,
            error_count: errors,
            created_entries: created.collect(),
            updated_entries: updated,
            warnings: warnings.into_iter().map(|(place, text)| format!("Entry {place}: {text}")).collect(),
            errors: failures,
            processing_time: u64::try_from(time.num_milliseconds()).unwrap_or(0),
        }
    }
}

/// What a project has imported.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "success": true,
    "history": { "totalImports": 3, "lastImportDate": "2026-03-04T09:30:00.000Z", "totalEntriesImported": 41 }
}))]
pub(crate) struct ImportHistory {
    success: bool,
    history: ImportFigures,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImportFigures {
    total_imports: i64,
    #[schema(required = true, format = DateTime)]
    last_import_date: Option<String>,
    /// Created or overwritten.
    total_entries_imported: i64,
}

impl From<NewestImports> for ImportHistory {
    fn from(figures: NewestImports) -> Self {
        let history = ImportFigures {
            total_imports: figures.imports,
            last_import_date: figures.last.map(to_wire),
            total_entries_imported: figures.entries,
        };
        Self { success: true, history }
    }
}
