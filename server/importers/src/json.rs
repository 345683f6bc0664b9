//! JSON: a list of entries, or an object that holds one.

use std::collections::{BTreeMap, BTreeSet};

use model::imports::{Column, Part, Reading};
use serde_json::{Map, Value};

use crate::feed;
use crate::fields::{self, Given};
use crate::formats::Format;
use crate::notes::{Note, NoteKind, Notes, quote};
use crate::zip;
use crate::{FoundOut, ImportError, MAX_RELEASES, Parsed};

/// Where an object may hold the list; the first one counts.
const LISTS: [&str; 5] = ["data", "entries", "releases", "items", "changelog"];
/// Elements that are looked at to say which members there are.
const LOOKED_AT: usize = 50;
const SHOWN: usize = 5;
const SHOWN_CHARS: usize = 80;
/// Between tags in one text.
const TAG_SEPARATOR: &str = ",";

/// What each part is called; the first member that says something counts.
const NAMES: [(Part, &[&str]); 9] = [
    (Part::Title, &["title", "name", "heading"]),
    (Part::Version, &["version", "tag_name"]),
    (Part::Date, &["date", "publishedAt", "published_at", "created_at", "released_at", "releasedAt"]),
    (Part::Content, &["content", "body", "description", "changes"]),
    (Part::Tags, &["tags", "labels"]),
    (Part::Status, &["status"]),
    (Part::Slug, &["slug"]),
    (Part::CreatedAt, &["createdAt", "created_at"]),
    (Part::ExternalId, &["externalId", "external_id"]),
];

pub(crate) fn parse(text: &str, reading: &Reading) -> Result<Parsed, ImportError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut value: Value = serde_json::from_str(text).map_err(|error| not_json(&error))?;
    if text.contains("\\u0000") {
        replace_zeros(&mut value);
    }
    if feed::is_json_feed(&value) {
        return feed::of_json(&value, reading);
    }
    let canny = value.get("format").and_then(Value::as_str) == Some("canny");
    let exported = value.get("format").and_then(Value::as_str) == Some("tidings");
    let archive: Option<Vec<Note>> =
        value.get(zip::ARCHIVE).filter(|_| exported).and_then(|notes| serde_json::from_value(notes.clone()).ok());
    let title = value.pointer("/project/name").and_then(Value::as_str).filter(|_| exported).map(str::to_owned);
    let items = list(value)?;
    if items.len() > MAX_RELEASES {
        return Err(ImportError::TooManyReleases { found: items.len(), limit: MAX_RELEASES });
    }
    let github = items.iter().any(|item| item.get("tag_name").is_some_and(Value::is_string));
    let mut notes = Notes::default();
    let is_archive = archive.is_some();
    for Note { line, kind, message } in archive.unwrap_or_default() {
        notes.add(line.saturating_sub(1), kind, message);
    }
    let mut used = BTreeMap::new();
    let columns = columns(&items);
    let known: BTreeSet<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    for name in reading.columns.values().filter(|name| !name.trim().is_empty()) {
        if !items.is_empty()
            && !known.contains(name.trim())
            && !items.iter().any(|item| item.get(name.trim()).is_some())
        {
            let columns = columns.iter().map(|column| quote(&column.name)).collect::<Vec<_>>().join(", ");
            return Err(ImportError::NoColumn { name: name.clone(), columns });
        }
    }
    let separator = reading.tag_separator.as_deref().filter(|text| !text.is_empty()).unwrap_or(TAG_SEPARATOR);
    let total = items.len();
    let mut given = Vec::with_capacity(total);
    for (place, item) in (1..).zip(items) {
        let Value::Object(members) = item else {
            let problems = vec!["This is not an object with the parts of an entry.".to_owned()];
            given.push(Given { place, title: format!("Entry {place}"), problems, ..Given::default() });
            continue;
        };
        if github && members.get("draft") == Some(&Value::Bool(true)) {
            let name = members.get("name").or_else(|| members.get("tag_name")).and_then(Value::as_str);
            let message = format!("{} is a draft at GitHub and is left out.", quote(name.unwrap_or("This release")));
            notes.add(place - 1, NoteKind::LeftOut, message);
            continue;
        }
        let members = Members { place, members: &members, reading, separator };
        given.push(members.given(github, exported, &mut used, &mut notes));
    }
    let made = fields::make(given, reading.dates, &mut notes);
    let (format, confidence) = match (exported, github) {
        (true, _) if is_archive => (Format::Archive, 100),
        (true, _) => (Format::TidingsJson, 100),
        (_, true) => (Format::GithubReleases, 98),
        _ if canny => (Format::Canny, 100),
        _ => (Format::Json, if used.contains_key(&Part::Title) || total == 0 { 90 } else { 50 }),
    };
    let names: Vec<String> = used.values().map(|name: &String| quote(name)).collect();
    let mut signs = vec![format!("a list of {total} entries")];
    if !names.is_empty() {
        signs.push(format!("members {}", names.join(", ")));
    }
    let found = FoundOut { columns, used, ambiguous_dates: made.ambiguous, dates: made.order, ..FoundOut::default() };
    Ok(Parsed {
        format,
        confidence,
        signs,
        found,
        title,
        preamble: None,
        releases: made.releases,
        notes: notes.finish(),
    })
}

/// Databases refuse zero characters, wherever they stand.
fn replace_zeros(value: &mut Value) {
    match value {
        Value::String(text) if text.contains('\0') => *text = text.replace('\0', "\u{fffd}"),
        Value::Array(items) => items.iter_mut().for_each(replace_zeros),
        Value::Object(members) => {
            *members = std::mem::take(members)
                .into_iter()
                .map(|(name, mut value)| {
                    replace_zeros(&mut value);
                    (name.replace('\0', "\u{fffd}"), value)
                })
                .collect();
        }
        _ => {}
    }
}

fn not_json(error: &serde_json::Error) -> ImportError {
    let text = error.to_string();
    let reason = text.split(" at line ").next().unwrap_or_default();
    let reason = if reason.contains("recursion limit") { "it is nested too deeply" } else { reason };
    ImportError::NotJson { line: error.line(), column: error.column(), reason: reason.to_owned() }
}

fn list(value: Value) -> Result<Vec<Value>, ImportError> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Object(mut members) => {
            let found = LISTS.iter().find_map(|name| match members.remove(*name) {
                Some(Value::Array(items)) => Some(items),
                _ => None,
            });
            found.ok_or(ImportError::NoList)
        }
        _ => Err(ImportError::NoList),
    }
}

/// The members of the first elements, each with its first values.
fn columns(items: &[Value]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for (name, value) in items.iter().take(LOOKED_AT).filter_map(Value::as_object).flatten() {
        let at = columns.iter().position(|column| column.name == *name).unwrap_or_else(|| {
            columns.push(Column { name: name.clone(), sample: Vec::new() });
            columns.len() - 1
        });
        let Some(column) = columns.get_mut(at) else { continue };
        let shown = match value {
            Value::Null => continue,
            Value::String(text) => text.trim().to_owned(),
            other => other.to_string(),
        };
        if column.sample.len() < SHOWN && !shown.is_empty() {
            column.sample.push(shown.chars().take(SHOWN_CHARS).collect());
        }
    }
    columns
}

/// One element and how it is read.
struct Members<'a> {
    place: usize,
    members: &'a Map<String, Value>,
    reading: &'a Reading,
    separator: &'a str,
}

impl Members<'_> {
    fn given(&self, github: bool, exported: bool, used: &mut BTreeMap<Part, String>, notes: &mut Notes) -> Given {
        let mut given = Given { place: self.place, ..Given::default() };
        let mut problems = Vec::new();
        let mut take = |part: Part| self.find(part, used);
        let title = take(Part::Title);
        let version = take(Part::Version);
        let date = take(Part::Date);
        let content = take(Part::Content);
        let tags = take(Part::Tags);
        let status = take(Part::Status);
        let slug = take(Part::Slug);
        let created_at = if github { None } else { take(Part::CreatedAt) };
        let external_id = take(Part::ExternalId);
        let mut text = |part: Part, value: Option<&Value>| match value {
            None => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            Some(_) => {
                problems.push(format!("The {} must be text.", part.label().to_lowercase()));
                String::new()
            }
        };
        given.title = text(Part::Title, title);
        given.version = text(Part::Version, version);
        given.status = text(Part::Status, status);
        given.slug = text(Part::Slug, slug);
        given.external_id = text(Part::ExternalId, external_id);
        given.date = date.map(moment).unwrap_or_default();
        given.created_at = created_at.map(moment).unwrap_or_default();
        given.content = match content.map(prose) {
            None => String::new(),
            Some(Some(text)) => text,
            Some(None) => {
                problems.push("The text must be text, a list of texts, or lists of texts by section.".to_owned());
                String::new()
            }
        };
        given.tags = tags.map(|value| self.tags(value)).unwrap_or_default();
        if exported && let Some(Value::String(id)) = self.members.get("id") {
            given.id = id.clone();
        }
        if github {
            // Tags begin with a letter where versions do not.
            let version = given.version.trim();
            if let Some(number) =
                version.strip_prefix(['v', 'V']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            {
                given.version = number.to_owned();
            }
            if given.title.trim().is_empty() && !given.version.trim().is_empty() {
                given.title = format!("Version {}", given.version.trim().trim_start_matches(['v', 'V']));
            }
            if self.members.get("prerelease") == Some(&Value::Bool(true)) {
                given.tags.push("prerelease".to_owned());
            }
        }
        if self.members.get("draft") == Some(&Value::Bool(true)) && given.status.is_empty() {
            given.status = "draft".to_owned();
            notes.add(self.place - 1, NoteKind::Adapted, "It is a draft, so it is imported as one.");
        }
        given.problems = problems;
        given
    }

    /// The member that somebody named, or the first known one that says something.
    fn find(&self, part: Part, used: &mut BTreeMap<Part, String>) -> Option<&Value> {
        let says = |name: &str| {
            self.members
                .get(name)
                .filter(|value| !value.is_null() && value.as_str().is_none_or(|text| !text.trim().is_empty()))
        };
        let (name, value) = match self.reading.columns.get(&part) {
            Some(name) => (name.trim(), says(name.trim())?),
            None => {
                let names = NAMES.iter().find(|(known, _)| *known == part).map_or(&[][..], |(_, names)| names);
                names.iter().find_map(|name| Some((*name, says(name)?)))?
            }
        };
        used.entry(part).or_insert_with(|| name.to_owned());
        Some(value)
    }

    /// A list of names or of objects with one, or one text with names.
    fn tags(&self, value: &Value) -> Vec<String> {
        match value {
            Value::String(text) => text.split(self.separator).map(str::to_owned).collect(),
            Value::Array(items) => {
                let name = |item: &Value| match item {
                    Value::String(name) => Some(name.clone()),
                    Value::Object(members) => members.get("name").and_then(Value::as_str).map(str::to_owned),
                    _ => None,
                };
                items.iter().filter_map(name).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A date as text; a number counts the seconds or milliseconds since 1970.
fn moment(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => {
            let Some(count) = number.as_i64() else { return number.to_string() };
            // In seconds, such a number would lie beyond the year 5000.
            let millis = if count.abs() >= 100_000_000_000 { Some(count) } else { count.checked_mul(1_000) };
            let time = millis.and_then(chrono::DateTime::from_timestamp_millis);
            time.map_or_else(|| number.to_string(), model::time::to_wire)
        }
        other => other.to_string(),
    }
}

/// Text as it is; a list as a list in Markdown; lists by name as sections.
fn prose(value: &Value) -> Option<String> {
    let items = |items: &[Value]| -> Option<String> {
        let lines: Option<Vec<String>> = items
            .iter()
            .map(|item| item.as_str().map(|text| format!("- {}", text.trim().replace('\n', "\n  "))))
            .collect();
        lines.map(|lines| lines.join("\n"))
    };
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(list) => items(list),
        Value::Object(sections) => {
            let section = |(name, value): (&String, &Value)| {
                let mut letters = name.chars();
                let name: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
                Some(format!("## {name}\n\n{}", items(value.as_array()?)?))
            };
            let sections: Option<Vec<String>> = sections.iter().map(section).collect();
            sections.map(|sections| sections.join("\n\n"))
        }
        _ => None,
    }
}
