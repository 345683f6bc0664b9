//! Tables: RFC 4180 with any of four delimiters, with or without a row of names.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use model::imports::{Column, Part, Reading};

use crate::cells;
use crate::fields::{self, Given};
use crate::formats::Format;
use crate::notes::{NoteKind, Notes, quote};
use crate::text;
use crate::{FoundOut, ImportError, MAX_RELEASES, Parsed};

/// In the order in which they win when a text fits several.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];
/// As much of a text decides about its delimiter, in bytes.
const SAMPLE: usize = 64 * 1024;
/// Values of a column that are shown to whoever says what it holds.
const SHOWN: usize = 5;
const SHOWN_CHARS: usize = 80;
/// Between tags in one field.
const TAG_SEPARATOR: &str = ";";

/// What each part is called; the first name that a table has counts. Compared without case, blanks, `_` and `-`.
const NAMES: [(Part, &[&str]); 9] = [
    (Part::Title, &["title", "name", "heading"]),
    (Part::Version, &["version", "tag", "tagname"]),
    (Part::Date, &["date", "publishedat", "published", "releasedat", "releasedate"]),
    (Part::Content, &["content", "body", "description", "text", "changes", "notes"]),
    (Part::Tags, &["tags", "labels", "categories"]),
    (Part::Status, &["status", "state"]),
    (Part::Slug, &["slug"]),
    (Part::CreatedAt, &["createdat", "created"]),
    (Part::ExternalId, &["externalid"]),
];
/// What the columns hold in a table without names.
const UNNAMED: [Part; 5] = [Part::Title, Part::Version, Part::Date, Part::Content, Part::Tags];

/// Whether the first row names at least two parts of an entry, a title, version or text among them.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    if line.len() > 4_096 || line.starts_with(['#', '-', '*', '<', '>']) {
        return false;
    }
    DELIMITERS.iter().any(|&delimiter| {
        let row: Vec<String> = line.split(delimiter).map(|name| key(name.trim_matches('"'))).collect();
        let named = |part| names(part).iter().any(|name| row.iter().any(|cell| cell == name));
        let parts = NAMES.iter().filter(|(part, _)| named(*part)).count();
        parts >= 2 && (named(Part::Title) || named(Part::Version) || named(Part::Content))
    })
}

pub(crate) fn parse(text: &str, reading: &Reading) -> Result<Parsed, ImportError> {
    let mut notes = Notes::default();
    let text = text::clean(text, &mut notes);
    let delimiter = reading.delimiter.filter(char::is_ascii).unwrap_or_else(|| delimiter(&text));
    let rows = rows(&text, delimiter)?;
    let first = rows.first().map(|(_, row)| row);
    let header = reading.header.unwrap_or_else(|| first.is_some_and(|row| has_names(row, reading)));
    let width = rows.iter().map(|(_, row)| row.len()).max().unwrap_or(0);
    let columns = column_names(first.filter(|_| header), width);
    let used = mapping(&columns, header, reading)?;
    let body = rows.get(usize::from(header)..).unwrap_or_default();
    if body.len() > MAX_RELEASES {
        return Err(ImportError::TooManyReleases { found: body.len(), limit: MAX_RELEASES });
    }
    if header {
        let taken: Vec<usize> = used.values().copied().collect();
        let unused = columns.iter().enumerate().filter(|(at, name)| !taken.contains(at) && !name.trim().is_empty());
        for (_, name) in unused {
            let message = format!("The column {} is not imported.", quote(name));
            notes.add(rows.first().map_or(0, |(place, _)| place - 1), NoteKind::UnknownColumn, message);
        }
    }
    let separator = reading.tag_separator.as_deref().filter(|text| !text.is_empty()).unwrap_or(TAG_SEPARATOR);
    let mut given = Vec::with_capacity(body.len());
    for (place, row) in body {
        if header && row.len() > columns.len() {
            let message = format!("The row has {} fields and the table {} columns.", row.len(), columns.len());
            notes.add(place - 1, NoteKind::UnevenRow, message);
        }
        given.push(one(*place, row, &used, separator));
    }
    let sample = columns.iter().enumerate().map(|(at, name)| Column { name: name.clone(), sample: sample(body, at) });
    let columns_shown = sample.collect();
    let named = used.keys().filter(|part| NAMES.iter().any(|(known, _)| known == *part)).count();
    let made = fields::make(given, reading.dates, &mut notes);
    let mut signs = vec![format!("{} rows, separated by {}", body.len(), spoken(delimiter))];
    if header {
        let of = |part: &Part| used.get(part).and_then(|&at| columns.get(at)).cloned().unwrap_or_default();
        let list: Vec<String> = used.keys().map(|part| quote(&of(part))).collect();
        signs.push(format!("columns {}", list.join(", ")));
    }
    Ok(Parsed {
        format: Format::Csv,
        confidence: if header { u8::try_from((60 + 10 * named).min(98)).unwrap_or(98) } else { 40 },
        signs,
        found: FoundOut {
            columns: columns_shown,
            used: used.iter().filter_map(|(part, &at)| Some((*part, columns.get(at)?.clone()))).collect(),
            delimiter: Some(delimiter),
            header,
            ambiguous_dates: made.ambiguous,
            dates: made.order,
        },
        title: None,
        preamble: None,
        releases: made.releases,
        notes: notes.finish(),
    })
}

/// The delimiter that gives most rows the same number of fields, and several of them.
fn delimiter(text: &str) -> char {
    let mut end = text.len().min(SAMPLE);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let sample = text.get(..end).unwrap_or(text);
    let score = |delimiter: char| -> usize {
        let mut reader = reader(sample, delimiter);
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        let mut total = 0;
        for record in reader.records().take(200).map_while(Result::ok) {
            *widths.entry(record.len()).or_default() += 1;
            total += 1;
        }
        // The last row of a sample may be cut.
        let (width, rows) = widths
            .into_iter()
            .filter(|(width, _)| *width > 1)
            .max_by_key(|(width, rows)| (*rows, *width))
            .unwrap_or((0, 0));
        if rows == 0 { 0 } else { 1_000 * rows / total + width.min(20) }
    };
    let known = text.lines().next().unwrap_or_default();
    let names = |delimiter: char| known.split(delimiter).filter(|cell| is_name(&key(cell.trim_matches('"')))).count();
    let best = DELIMITERS.iter().rev().max_by_key(|&&delimiter| (names(delimiter), score(delimiter)));
    best.copied().unwrap_or(',')
}

fn reader(text: &str, delimiter: char) -> csv::Reader<&[u8]> {
    let delimiter = u8::try_from(delimiter).unwrap_or(b',');
    ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes())
}

/// Every row with its number, counted as a spreadsheet does: empty rows count, line breaks inside a field do not.
fn rows(text: &str, delimiter: char) -> Result<Vec<(usize, StringRecord)>, ImportError> {
    let mut reader = reader(text, delimiter);
    let mut rows: Vec<(usize, StringRecord)> = Vec::new();
    let mut record = StringRecord::new();
    let mut place = 0;
    let mut line = 1;
    let mut last = 0;
    loop {
        let start = reader.position().byte();
        // The text is UTF-8 and rows may have any width, so nothing is left that could fail.
        if !reader.read_record(&mut record).unwrap_or(false) {
            let last = text.get(usize::try_from(last).unwrap_or(0)..).unwrap_or_default();
            return if is_open(last, delimiter) { Err(ImportError::OpenQuote { row: place }) } else { Ok(rows) };
        }
        last = start;
        let inner: u64 = record.iter().map(|field| field.matches('\n').count() as u64).sum();
        let now = reader.position().line();
        let blank = now.saturating_sub(line).saturating_sub(1 + inner);
        line = now;
        place += 1 + usize::try_from(blank).unwrap_or(0);
        if record.iter().any(|field| !field.trim().is_empty()) {
            if rows.len() <= MAX_RELEASES + 1 {
                rows.push((place, record.clone()));
            } else {
                // Only the number is of interest now.
                rows.push((place, StringRecord::new()));
            }
        }
    }
}

/// Whether a quoted field does not end.
fn is_open(text: &str, delimiter: char) -> bool {
    let (mut quoted, mut at_start) = (false, true);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if quoted {
            if character == '"' && characters.next_if_eq(&'"').is_none() {
                quoted = false;
            }
        } else if character == '"' && at_start {
            quoted = true;
        }
        at_start = !quoted && (character == delimiter || character == '\n');
    }
    quoted
}

/// The form in which names are compared.
fn key(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '\u{feff}'))
        .flat_map(char::to_lowercase)
        .collect()
}

fn names(part: Part) -> &'static [&'static str] {
    NAMES.iter().find(|(known, _)| *known == part).map_or(&[], |(_, names)| names)
}

fn is_name(key: &str) -> bool {
    NAMES.iter().any(|(_, names)| names.contains(&key))
}

/// A name of a title or version, or any two: a lone "text" may be a value. Who names columns knows that they have names.
fn has_names(row: &StringRecord, reading: &Reading) -> bool {
    if reading.columns.values().any(|name| !name.trim().is_empty() && name.trim().parse::<usize>().is_err()) {
        return true;
    }
    let cells: Vec<String> = row.iter().map(key).collect();
    let clear = |cell: &String| {
        let cell = cell.as_str();
        names(Part::Title).contains(&cell) || names(Part::Version).contains(&cell)
    };
    cells.iter().any(clear) || cells.iter().filter(|cell| is_name(cell)).count() >= 2
}

fn column_names(first: Option<&StringRecord>, width: usize) -> Vec<String> {
    match first {
        Some(row) => row.iter().map(|name| name.trim().to_owned()).collect(),
        None => (1..=width).map(|number| format!("Column {number}")).collect(),
    }
}

/// Which column each part is in.
fn mapping(columns: &[String], header: bool, reading: &Reading) -> Result<BTreeMap<Part, usize>, ImportError> {
    let list = || columns.iter().map(|name| quote(name)).collect::<Vec<_>>().join(", ");
    let position = |name: &str| columns.iter().position(|column| key(column) == key(name));
    let mut used = BTreeMap::new();
    for (part, name) in reading.columns.iter().filter(|(_, name)| !name.trim().is_empty()) {
        let number = || {
            name.trim().parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|&at| at < columns.len())
        };
        let Some(at) = position(name).or_else(number) else {
            return Err(ImportError::NoColumn { name: name.clone(), columns: list() });
        };
        used.insert(*part, at);
    }
    // An empty name means that no column holds the part.
    let open = |part: &Part| !reading.columns.contains_key(part);
    if header {
        for (part, names) in NAMES.iter().filter(|(part, _)| open(part)) {
            let free = |at: &usize| !used.values().any(|taken| taken == at);
            if let Some(at) = names.iter().filter_map(|name| position(name)).find(free) {
                used.insert(*part, at);
            }
        }
    } else if reading.columns.is_empty() {
        used.extend(UNNAMED.into_iter().zip(0..columns.len()));
    }
    if !columns.is_empty() && !used.contains_key(&Part::Title) && !used.contains_key(&Part::Version) {
        return Err(ImportError::NoTitles { columns: list() });
    }
    Ok(used)
}

fn one(place: usize, row: &StringRecord, used: &BTreeMap<Part, usize>, separator: &str) -> Given {
    let cell = |part: Part| cells::original(used.get(&part).and_then(|&at| row.get(at)).unwrap_or_default());
    let text = |part: Part| cell(part).to_owned();
    let tags = cell(Part::Tags);
    Given {
        place,
        title: text(Part::Title),
        version: text(Part::Version),
        content: text(Part::Content),
        date: text(Part::Date),
        created_at: text(Part::CreatedAt),
        status: text(Part::Status),
        slug: text(Part::Slug),
        external_id: text(Part::ExternalId),
        tags: match separator {
            TAG_SEPARATOR => cells::tags(tags),
            other => tags.split(other).map(str::to_owned).collect(),
        },
        ..Given::default()
    }
}

fn sample(body: &[(usize, StringRecord)], at: usize) -> Vec<String> {
    let values = body.iter().filter_map(|(_, row)| row.get(at)).map(str::trim).filter(|value| !value.is_empty());
    values.take(SHOWN).map(|value| value.chars().take(SHOWN_CHARS).collect()).collect()
}

fn spoken(delimiter: char) -> String {
    match delimiter {
        ',' => "commas".to_owned(),
        ';' => "semicolons".to_owned(),
        '\t' => "tabs".to_owned(),
        '|' => "vertical lines".to_owned(),
        other => quote(&other.to_string()),
    }
}
