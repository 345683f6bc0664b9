//! Puts the result together: titles, dates, tags and notes of each release.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use chrono::NaiveDate;
use model::imports::{DateOrder, MarkdownReading};

use crate::changerawr::{self, Lifts};
use crate::content::Writer;
use crate::dates::{self, DateFound, Order};
use crate::document::{BlockKind, Document};
use crate::formats::{self, Circumstances};
use crate::headings::{self, Class, Strength};
use crate::keep;
use crate::lists;
use crate::notes::{NoteKind, Notes, quote};
use crate::plain;
use crate::sections;
use crate::split::{self, Found, Split};
use crate::text::{self, Text};
use crate::{FoundOut, MAX_TITLE_CHARS, Parsed, Release};

pub(crate) fn parse(text: &str, reading: &MarkdownReading, order: Option<DateOrder>) -> Parsed {
    if let Some(parsed) = keep::parse(text) {
        return parsed;
    }
    let mut notes = Notes::default();
    let mut cleaned = text::clean(text, &mut notes);
    for pattern in reading.strip.iter().filter(|pattern| !pattern.is_empty() && !pattern.contains('\n')) {
        if cleaned.contains(pattern.as_str()) {
            cleaned = cleaned.replace(pattern.as_str(), "");
        }
    }
    let front_matter = text::take_front_matter(&mut cleaned);
    if front_matter.is_some() {
        notes.add(0, NoteKind::Preamble, "The settings at the start of the text (front matter) belong to no release.");
    }
    let told = reading.single || reading.level.is_some();
    let lifts = if told { None } else { changerawr::lift(&mut cleaned) };
    let mut list = false;
    if !told
        && lifts.is_none()
        && let Some(converted) = lists::as_headings(&cleaned)
        && !has_releases(&cleaned)
    {
        cleaned = converted;
        list = true;
    }
    let text = Text::new(cleaned);
    let mut document = Document::read(&text, &mut notes);
    let split = match reading.single {
        true => Split::default(),
        false => split::split(&mut document, lifts.as_ref(), reading.level, &mut notes),
    };
    let prefixes = lifts.as_ref().map(|lifts| {
        let released = |line: usize| split.releases.binary_search_by_key(&line, |found| found.line).is_ok();
        lifts.unused(released)
    });
    let mut bodies = split.loose.clone();
    bodies.extend(split.releases.iter().map(|found| found.body.clone()));
    if split.releases.is_empty() {
        bodies.clear();
        bodies.push(0..text.lines());
    }
    let mut writer = Writer::new(&document, &bodies, prefixes.unwrap_or_default());

    let loose = writer.write(&split.loose, None);
    let given = Circumstances { preamble: &loose, changerawr: lifts.is_some(), list, forced: reading.level.is_some() };
    let verdict = formats::detect(&document, &split, &given);
    let proven = self::order(&split);
    let order = order.map(Order::from).or(proven);
    let mut ambiguous_dates = 0;
    let mut preamble = front_matter.unwrap_or_default();
    let releases = if split.releases.is_empty() {
        single(&document, &mut writer, reading.single, &mut notes)
    } else {
        if !preamble.is_empty() && !loose.is_empty() {
            preamble.push_str("\n\n");
        }
        preamble.push_str(&loose);
        note_preamble(&document, &split, &mut notes);
        let mut builder = Builder {
            document: &document,
            writer: &mut writer,
            notes: &mut notes,
            lifts: lifts.as_ref(),
            order,
            ambiguous: 0,
            seen: HashMap::new(),
            reported: &split.reported,
        };
        let releases = split.releases.iter().map(|found| builder.release(found)).collect();
        ambiguous_dates = builder.ambiguous;
        releases
    };
    note_definitions(&document, &writer, &releases, &mut notes);
    let title = split.title.filter(|title| !title.is_empty() && !split.releases.is_empty());
    let preamble = Some(preamble).filter(|preamble| !preamble.is_empty());
    let found = FoundOut { ambiguous_dates, dates: order.map(DateOrder::from), ..FoundOut::default() };
    let formats::Verdict { format, confidence, signs } = verdict;
    Parsed { format, confidence, signs, found, title, preamble, releases, notes: notes.finish() }
}

/// Whether headings or lines of the text name releases.
fn has_releases(text: &str) -> bool {
    let text = Text::new(text.to_owned());
    let mut unused = Notes::default();
    let mut document = Document::read(&text, &mut unused);
    !split::split(&mut document, None, None, &mut unused).releases.is_empty()
}

struct Builder<'b, 'd, 't> {
    document: &'d Document<'t>,
    writer: &'b mut Writer<'d, 't>,
    notes: &'b mut Notes,
    lifts: Option<&'b Lifts>,
    /// Which of day and month the file puts first.
    order: Option<Order>,
    /// How many dates could be read in two ways.
    ambiguous: usize,
    /// Lines of the versions so far.
    seen: HashMap<String, usize>,
    /// Lines of headings that are already reported.
    reported: &'b HashSet<usize>,
}

impl Builder<'_, '_, '_> {
    fn release(&mut self, found: &Found) -> Release {
        let head = &found.head;
        let mut body = found.body.clone();
        let mut title = head.title.clone();
        let mut date = head.date.clone();
        if let Some(lift) = self.lifts.and_then(|lifts| lifts.of(found.line)) {
            let (own_title, own_date) = headings::split_date(&lift.title);
            title = if own_title.is_empty() { title } else { own_title };
            date = date.or(own_date);
        }
        if date.is_none() {
            date = self.date_below(&mut body).or_else(|| found.group_date.clone());
        }
        let mut content = self.writer.write(std::slice::from_ref(&body), Some(2));
        let sections = sections::read(self.document, &body);
        for (line, name) in sections.unknown.into_iter().filter(|(line, _)| !self.reported.contains(line)) {
            self.notes.add(
                line,
                NoteKind::UnknownSection,
                format!("The section {} is not a kind of change, so it gives no tag.", quote(&name)),
            );
        }
        if content.is_empty() {
            self.notes.add(found.line, NoteKind::EmptyRelease, format!("{} has no text.", quote(&found.heading)));
        }
        if let Some(cut) = plain::shortened(&title, MAX_TITLE_CHARS) {
            self.notes.add(
                found.line,
                NoteKind::LongTitle,
                format!("The title is cut at {MAX_TITLE_CHARS} characters; the text starts with all of it."),
            );
            content = if content.is_empty() { title } else { format!("{title}\n\n{content}") };
            title = cut;
        }
        if let Some(version) = &head.version {
            self.note_duplicate(version, found.line);
        }
        Release {
            title,
            version: head.version.clone(),
            date: date.and_then(|date| self.resolve(date, found.line)),
            content,
            tags: sections.tags,
            line: found.line + 1,
            unreleased: head.unreleased,
            yanked: head.yanked,
            link: found.link.clone().or_else(|| self.defined_link(head.version.as_deref())),
            ..Release::default()
        }
    }

    /// The date in the first block below the heading, if it says nothing else. A heading is taken out of the body,
    /// a paragraph or quote stays.
    fn date_below(&self, body: &mut Range<usize>) -> Option<DateFound> {
        let first = self.document.blocks_in(body).first()?;
        match &first.kind {
            BlockKind::Heading(heading) => {
                let head = headings::read(&heading.text)
                    .filter(|head| head.class == Class::Date && head.strength == Strength::Strong)?;
                body.start = first.lines.end;
                head.date
            }
            BlockKind::Paragraph | BlockKind::Other if first.lines.len() == 1 => {
                let (line, _) = self.document.visible(first.lines.start);
                headings::only_date(line.trim_start().trim_start_matches('>'))
            }
            _ => None,
        }
    }

    fn resolve(&mut self, date: DateFound, line: usize) -> Option<NaiveDate> {
        match date {
            DateFound::Exact(date) => Some(date),
            DateFound::Month(date) => {
                let message = format!("The day is not stated, so the date is {date}.");
                self.notes.add(line, NoteKind::MonthWithoutDay, message);
                Some(date)
            }
            DateFound::Ambiguous { first, second, year } => {
                let date = dates::resolve(first, second, year, self.order)?;
                self.ambiguous += 1;
                let why = if self.order.is_some() {
                    "as other dates of the text are written"
                } else {
                    "with the month first"
                };
                let message = format!(
                    "The date {first}/{second}/{year} could be read in two ways; it is taken as {date}, {why}."
                );
                self.notes.add(line, NoteKind::AmbiguousDate, message);
                Some(date)
            }
            DateFound::Unreadable(written) => {
                let message = format!("{} is not a date, so the release has none.", quote(&written));
                self.notes.add(line, NoteKind::UnreadableDate, message);
                None
            }
        }
    }

    /// Versions are equal without regard to case and build data is part of them.
    fn note_duplicate(&mut self, version: &str, line: usize) {
        match self.seen.get(&version.to_lowercase()) {
            Some(first) => {
                let message = format!("Version {} is also in line {}; both are kept.", quote(version), first + 1);
                self.notes.add(line, NoteKind::DuplicateVersion, message);
            }
            None => {
                self.seen.insert(version.to_lowercase(), line);
            }
        }
    }

    /// The address of a definition whose label is the version, although the heading does not use it.
    fn defined_link(&self, version: Option<&str>) -> Option<String> {
        let definition = self.document.definition_of(version?)?;
        Some(definition.address.clone())
    }
}

/// A text without versions as one release, named after its first heading.
fn single(document: &Document<'_>, writer: &mut Writer<'_, '_>, wanted: bool, notes: &mut Notes) -> Vec<Release> {
    if document.text.body.trim().is_empty() {
        return Vec::new();
    }
    let heading = document.blocks.iter().find_map(|block| match &block.kind {
        BlockKind::Heading(heading) => Some((block.lines.clone(), heading.text.trim().to_owned())),
        _ => None,
    });
    let (lines, title) = heading.unwrap_or((0..0, String::new()));
    let end = document.text.lines();
    let mut content = writer.write(&[0..lines.start, lines.end..end], Some(2));
    let mut title = if title.is_empty() { "Changelog".to_owned() } else { title };
    if !wanted {
        notes.add(lines.start, NoteKind::NoVersions, "No heading names a version, so the whole text is one release.");
    }
    if content.is_empty() {
        notes.add(lines.start, NoteKind::EmptyRelease, format!("{} has no text.", quote(&title)));
    }
    if let Some(cut) = plain::shortened(&title, MAX_TITLE_CHARS) {
        content = format!("{title}\n\n{content}").trim_end().to_owned();
        title = cut;
    }
    let tags = sections::read(document, &(lines.end..end)).tags;
    let line = lines.start + 1;
    vec![Release { title, content, tags, line, ..Release::default() }]
}

/// The order that dates of this text prove, if they agree.
fn order(split: &Split) -> Option<Order> {
    let words = split
        .releases
        .iter()
        .flat_map(|found| found.heading.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']' | ',')));
    let mut proven = words.filter_map(dates::proven_order);
    let first = proven.next()?;
    proven.all(|order| order == first).then_some(first)
}

fn note_preamble(document: &Document<'_>, split: &Split, notes: &mut Notes) {
    let first = split.releases.first().map_or(0, |found| found.line);
    let mut lines = split.loose.iter().take_while(|lines| lines.start < first).cloned().flatten();
    let shown = lines.find(|&line| !document.is_definition(line) && !document.visible(line).0.trim().is_empty());
    if let Some(line) = shown {
        notes.add(line, NoteKind::Preamble, "The text before the first release belongs to no release.");
    }
}

/// Notes the definitions that lead nowhere: neither a content nor the heading of a release uses them.
fn note_definitions(document: &Document<'_>, writer: &Writer<'_, '_>, releases: &[Release], notes: &mut Notes) {
    let links: HashSet<&str> = releases.iter().filter_map(|release| release.link.as_deref()).collect();
    for definition in writer.unused().filter_map(|index| document.definitions.get(index)) {
        if !links.contains(definition.address.as_str()) {
            let message =
                format!("No release uses the link definition {}, so it is left out.", quote(&definition.label));
            notes.add(definition.line, NoteKind::UnusedDefinition, message);
        }
    }
    writer.note_limits(notes);
}
