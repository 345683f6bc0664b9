//! Imports: texts and entries as callers send them.

use std::collections::BTreeMap;

use model::imports::{
    DateHandling, DateOrder, ImportOptions, MarkdownReading, OnConflict, Part, Reading, Source, Strategy,
};
use model::{Error, ProjectId};
use serde_json::{Map, Value};
use services::imports::Given;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

const MIB: usize = 1024 * 1024;
const LIMIT: usize = 10 * MIB;
/// The most texts that can be taken out of lines, and the longest of them.
const MAX_STRIP: usize = 50;
const MAX_STRIP_CHARS: usize = 200;

/// A text to read, for a project, and how to read it.
#[derive(Debug)]
pub(crate) struct ImportText {
    pub project: ProjectId,
    pub content: String,
    pub reading: Reading,
}

/// Stands where the id of a project is wrong; never used, because the body is then refused.
fn no_project() -> ProjectId {
    ProjectId::compose(model::time::MIN, [0; 16])
}

pub(super) fn project(fields: &mut Fields) -> ProjectId {
    match fields.text("projectId") {
        None => fields.fail_missing("projectId", "projectId is missing."),
        Some(text) => match text.parse() {
            Ok(id) => return id,
            Err(_) => fields.fail("projectId", "projectId is not the id of a project."),
        },
    }
    no_project()
}

fn text(fields: &mut Fields, read: impl FnOnce(&mut Fields) -> Reading) -> ImportText {
    let project = project(fields);
    let content = fields.text("content");
    if content.is_none() {
        fields.fail_missing("content", "content is missing.");
    }
    let reading = read(fields);
    ImportText { project, content: content.unwrap_or_default(), reading }
}

/// Names the member that a text came in.
pub(crate) fn named_content(error: Error) -> Error {
    match error {
        Error::Invalid { mut fields } => {
            for field in fields.iter_mut().filter(|field| field.field == "text") {
                field.field = "content".to_owned();
            }
            for field in fields.iter_mut().filter(|field| field.field == "columns") {
                field.field = "options".to_owned();
            }
            Error::Invalid { fields }
        }
        error => error,
    }
}

#[derive(Debug)]
pub(crate) struct ImportMarkdown(pub ImportText);

impl FromBody for ImportMarkdown {
    const LIMIT: usize = LIMIT;

    fn read(fields: &mut Fields) -> Self {
        Self(text(fields, |fields| fields.nullable_object("overrides", overrides).flatten().unwrap_or_else(markdown)))
    }
}

fn markdown() -> Reading {
    Reading { source: Some(Source::Markdown), ..Reading::default() }
}

fn overrides(fields: &mut Fields) -> Reading {
    let level = fields.integer("primaryHeaderLevel");
    let checked = level.and_then(|level| u8::try_from(level).ok()).filter(|level| (1..=4).contains(level));
    if level.is_some() && checked.is_none() {
        fields.fail("primaryHeaderLevel", "primaryHeaderLevel must be a number from 1 to 4, or null.");
    }
    let strip = fields.texts("stripPatterns").unwrap_or_default();
    if strip.len() > MAX_STRIP || strip.iter().any(|text| text.chars().count() > MAX_STRIP_CHARS) {
        let message = format!("stripPatterns takes up to {MAX_STRIP} texts of up to {MAX_STRIP_CHARS} characters.");
        fields.fail("stripPatterns", message);
    }
    let mut reading = markdown();
    reading.dates = date_order(fields);
    let mut single = fields.flag("treatAsSingleEntry").unwrap_or(false);
    if let Some(format) = fields.text("forceFormat") {
        match format.as_str() {
            "keepachangelog" | "github_releases" | "simple_version" | "conventional_commits" | "date_based"
            | "flat_list" | "custom" => {}
            "simple" => single = true,
            "json" | "json_github" => reading.source = Some(Source::Json),
            "csv" => reading.source = Some(Source::Csv),
            _ => fields.fail(
                "forceFormat",
                "forceFormat must be keepachangelog, github_releases, simple_version, conventional_commits, date_based, \
                 flat_list, simple, custom, json, json_github or csv.",
            ),
        }
    }
    reading.markdown = MarkdownReading { level: checked, strip, single };
    reading
}

fn date_order(fields: &mut Fields) -> Option<DateOrder> {
    let text = fields.text("dateOrder")?;
    let order = DateOrder::parse(&text);
    if order.is_none() {
        fields.fail("dateOrder", "dateOrder must be day_first or month_first.");
    }
    order
}

#[derive(Debug)]
pub(crate) struct ImportJson(pub ImportText);

impl FromBody for ImportJson {
    const LIMIT: usize = LIMIT;

    fn read(fields: &mut Fields) -> Self {
        let plain = || Reading { source: Some(Source::Json), ..Reading::default() };
        Self(text(fields, |fields| {
            let told = fields.nullable_object("options", |fields| Reading {
                columns: columns(fields),
                tag_separator: fields.text("tagSeparator"),
                dates: date_order(fields),
                ..plain()
            });
            told.flatten().unwrap_or_else(plain)
        }))
    }
}

#[derive(Debug)]
pub(crate) struct ImportCsv(pub ImportText);

impl FromBody for ImportCsv {
    const LIMIT: usize = LIMIT;

    fn read(fields: &mut Fields) -> Self {
        let plain = || Reading { source: Some(Source::Csv), header: Some(true), ..Reading::default() };
        Self(text(fields, |fields| {
            let told = fields.nullable_object("options", |fields| {
                let delimiter = fields.text("delimiter").filter(|text| !text.is_empty());
                let one = delimiter.as_deref().and_then(one_delimiter);
                if delimiter.is_some() && one.is_none() {
                    fields.fail("delimiter", "delimiter must be a comma, a semicolon, a tab or a vertical line.");
                }
                Reading {
                    delimiter: one,
                    header: Some(fields.flag("hasHeader").unwrap_or(true)),
                    columns: columns(fields),
                    tag_separator: fields.text("tagSeparator"),
                    dates: date_order(fields),
                    ..plain()
                }
            });
            told.flatten().unwrap_or_else(plain)
        }))
    }
}

fn one_delimiter(text: &str) -> Option<char> {
    match text {
        "," | ";" | "\t" | "|" => text.chars().next(),
        "\\t" | "tab" => Some('\t'),
        _ => None,
    }
}

/// Which member or column each part is in: `titleField`, `titleColumn`, or `title` within `columns`.
fn columns(fields: &mut Fields) -> BTreeMap<Part, String> {
    let mut columns = BTreeMap::new();
    for &part in Part::ALL {
        for ending in ["Field", "Column"] {
            if let Some(name) = fields.text_or_number(&format!("{}{ending}", part.as_str())) {
                columns.insert(part, name);
            }
        }
    }
    let nested = fields.nullable_object("columns", |fields| {
        let of = |fields: &mut Fields, part: Part| Some((part, fields.text_or_number(part.as_str())?));
        Part::ALL.iter().filter_map(|&part| of(fields, part)).collect::<BTreeMap<_, _>>()
    });
    columns.extend(nested.flatten().unwrap_or_default());
    columns
}

/// Entries to import.
#[derive(Debug)]
pub(crate) struct ImportEntries {
    pub project: ProjectId,
    pub given: Vec<Given>,
    pub options: ImportOptions,
}

impl FromBody for ImportEntries {
    const LIMIT: usize = LIMIT;

    fn read(fields: &mut Fields) -> Self {
        let project = project(fields);
        let entries = fields.list("entries");
        if entries.as_ref().is_none_or(Vec::is_empty) {
            fields.fail_missing("entries", "entries is missing: give a list of entries to import.");
        }
        let options = fields.nullable_object("options", options).flatten().unwrap_or_default();
        let given = (1..).zip(entries.unwrap_or_default()).map(|(place, value)| entry(place, value)).collect();
        Self { project, given, options }
    }
}

fn options(fields: &mut Fields) -> ImportOptions {
    let mut one_of = |name: &str, allowed: &str| {
        let text = fields.text(name)?;
        let is_known = allowed.split([',', ' ']).any(|known| known == text);
        if !is_known {
            fields.fail(name, format!("{name} must be {allowed}."));
        }
        is_known.then_some(text)
    };
    let strategy = one_of("strategy", "merge, replace or append").and_then(|text| Strategy::parse(&text));
    let on_conflict =
        one_of("conflictResolution", "skip, overwrite or prompt").and_then(|text| OnConflict::parse(&text));
    let dates = one_of("dateHandling", "preserve, current or sequence").and_then(|text| DateHandling::parse(&text));
    let mut flag = |name: &str, default: bool| fields.flag(name).unwrap_or(default);
    let preserve_existing = flag("preserveExistingEntries", true);
    let auto_versions = flag("autoGenerateVersions", false);
    let publish = flag("publishImportedEntries", false);
    let default_tags = fields.texts("defaultTags").unwrap_or_default();
    let tag_names = match fields.value("tagMapping") {
        Some(Value::Object(members)) => {
            members.into_iter().filter_map(|(from, to)| Some((from, to.as_str()?.to_owned()))).collect()
        }
        Some(Value::Array(items)) if items.is_empty() => BTreeMap::new(),
        None => BTreeMap::new(),
        Some(_) => {
            fields.fail("tagMapping", "tagMapping must be an object of names.");
            BTreeMap::new()
        }
    };
    let plain = ImportOptions::default();
    ImportOptions {
        strategy: strategy.unwrap_or(plain.strategy),
        on_conflict: on_conflict.unwrap_or(plain.on_conflict),
        preserve_existing,
        auto_versions,
        default_tags,
        publish,
        dates: dates.unwrap_or(plain.dates),
        tag_names,
    }
}

/// An entry as a caller sends it back. What it says about being valid is not believed.
fn entry(place: usize, value: Value) -> Given {
    let Value::Object(members) = value else {
        let problems = vec!["This is not an object with the members of an entry.".to_owned()];
        return Given { place, title: format!("Entry {place}"), problems, ..Given::default() };
    };
    let mut given = Given { place, ..Given::default() };
    given.title = take(&members, "title", &mut given.problems);
    given.version = take(&members, "version", &mut given.problems);
    given.content = take(&members, "content", &mut given.problems);
    given.date = take(&members, "publishedAt", &mut given.problems);
    if given.date.is_empty() {
        given.date = take(&members, "date", &mut given.problems);
    }
    given.created_at = take(&members, "createdAt", &mut given.problems);
    given.status = take(&members, "status", &mut given.problems);
    given.slug = take(&members, "slug", &mut given.problems);
    given.id = take(&members, "sourceId", &mut given.problems);
    given.external_id = take(&members, "externalId", &mut given.problems);
    given.tags = match members.get("tags") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
        Some(Value::Array(items)) => items.iter().filter_map(tag).collect(),
        Some(_) => {
            given.problems.push("tags must be a list.".to_owned());
            Vec::new()
        }
    };
    given
}

fn take(members: &Map<String, Value>, name: &str, problems: &mut Vec<String>) -> String {
    match members.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        Some(_) => {
            problems.push(format!("{name} must be text."));
            String::new()
        }
    }
}

fn tag(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(name.clone()),
        Value::Object(members) => members.get("name").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

/// What `POST …/import/parse` takes.
#[derive(Debug, ToSchema)]
#[schema(as = ImportMarkdown, rename_all = "camelCase", example = json!({
    "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "content": "# Changelog\n\n## [2.4.0] - 2026-03-04\n\n### Added\n\n- A dark theme\n",
    "overrides": { "primaryHeaderLevel": null, "stripPatterns": [], "forceFormat": null }
}))]
#[expect(dead_code, reason = "the description of what `ImportMarkdown` reads")]
pub(crate) struct ImportMarkdownBody {
    project_id: String,
    /// 10 characters to 10 MiB.
    content: String,
    overrides: Option<ImportOverrides>,
}

/// What to do otherwise than the text suggests.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `overrides` reads")]
pub(crate) struct ImportOverrides {
    /// Every heading of this level is an entry.
    #[schema(minimum = 1, maximum = 4)]
    primary_header_level: Option<u8>,
    /// Plain texts that are taken out of every line first.
    #[schema(max_items = 50)]
    strip_patterns: Option<Vec<String>>,
    /// `simple` makes one entry of the whole text; `json`, `json_github` and `csv` read it as such.
    force_format: Option<String>,
    treat_as_single_entry: Option<bool>,
    /// `day_first` or `month_first`, for dates such as 03/04/2026.
    date_order: Option<String>,
}

/// What `POST …/import/json` takes.
#[derive(Debug, ToSchema)]
#[schema(as = ImportJson, rename_all = "camelCase", example = json!({
    "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "content": "[{\"name\":\"Dark mode\",\"version\":\"2.4.0\",\"body\":\"A dark theme\"}]",
    "options": { "titleField": "name", "contentField": "body", "tagSeparator": "," }
}))]
#[expect(dead_code, reason = "the description of what `ImportJson` reads")]
pub(crate) struct ImportJsonBody {
    project_id: String,
    /// 10 characters to 10 MiB.
    content: String,
    options: Option<ImportFields>,
}

/// Which member holds which part, where the usual names do not tell.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `options` reads")]
pub(crate) struct ImportFields {
    title_field: Option<String>,
    version_field: Option<String>,
    date_field: Option<String>,
    content_field: Option<String>,
    tags_field: Option<String>,
    status_field: Option<String>,
    /// Between tags in one text. Default: a comma.
    tag_separator: Option<String>,
    /// `day_first` or `month_first`, for dates such as 03/04/2026.
    date_order: Option<String>,
}

/// What `POST …/import/csv` takes.
#[derive(Debug, ToSchema)]
#[schema(as = ImportCsv, rename_all = "camelCase", example = json!({
    "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "content": "title,version,date,content,tags\nDark mode,2.4.0,2026-03-04,A dark theme,Feature;Design\n",
    "options": { "delimiter": ",", "hasHeader": true, "columns": { "title": "title" }, "tagSeparator": ";" }
}))]
#[expect(dead_code, reason = "the description of what `ImportCsv` reads")]
pub(crate) struct ImportCsvBody {
    project_id: String,
    /// 10 characters to 10 MiB.
    content: String,
    options: Option<ImportColumns>,
}

/// How the table is read.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `options` reads")]
pub(crate) struct ImportColumns {
    /// `,` `;` `|` or a tab. Found out when it is absent.
    delimiter: Option<String>,
    /// Whether the first row names the columns. Without it they are: title, version, date, content, tags. Default: true.
    has_header: Option<bool>,
    /// Names or numbers of columns by part: `title`, `version`, `date`, `content`, `tags`, `status`, `slug`, `createdAt`,
    /// `externalId`. The same as `titleColumn` and so on.
    #[schema(value_type = Option<Object>)]
    columns: Option<Value>,
    /// Between tags in one field. Default: a semicolon.
    tag_separator: Option<String>,
    /// `day_first` or `month_first`, for dates such as 03/04/2026.
    date_order: Option<String>,
}

/// What `POST …/import/process` takes.
#[derive(Debug, ToSchema)]
#[schema(as = ImportEntries, rename_all = "camelCase", example = json!({
    "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "entries": [{
        "title": "Dark mode", "content": "A dark theme", "version": "2.4.0",
        "publishedAt": "2026-03-04T12:00:00.001Z", "tags": ["Feature"], "isValid": true
    }],
    "options": { "strategy": "merge", "conflictResolution": "skip", "publishImportedEntries": false }
}))]
#[expect(dead_code, reason = "the description of what `ImportEntries` reads")]
pub(crate) struct ImportEntriesBody {
    project_id: String,
    #[schema(min_items = 1, max_items = 5_000, value_type = Vec<Object>)]
    entries: Vec<Value>,
    options: Option<ImportOptionsBody>,
}

/// What is to happen with the entries.
#[derive(Debug, ToSchema)]
#[schema(as = ImportOptions, rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `options` reads")]
pub(crate) struct ImportOptionsBody {
    /// `merge` adds what is new; `append` adds everything and leaves versions to the entries that have them; `replace`
    /// deletes what is not among the entries, and takes the right to delete. Default: `merge`.
    strategy: Option<String>,
    /// Must be false for `replace`. Default: true.
    preserve_existing_entries: Option<bool>,
    /// Entries without a version get the next patch, the oldest first.
    auto_generate_versions: Option<bool>,
    default_tags: Option<Vec<String>>,
    /// Takes the right to publish.
    publish_imported_entries: Option<bool>,
    /// `preserve` (the default), `current`, or `sequence`: a minute between entries.
    date_handling: Option<String>,
    /// What happens to entries that exist and say something else: `skip` (the default) leaves them, `overwrite` changes
    /// them and keeps their id and address, `prompt` leaves them and names each.
    conflict_resolution: Option<String>,
    /// What tags are called here, by their name; an empty name leaves a tag out.
    #[schema(value_type = Option<Object>)]
    tag_mapping: Option<Value>,
}
