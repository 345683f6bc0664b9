//! Parts of entries, as a table, a list or a program gives them, made into releases.

use std::collections::HashSet;

use chrono::NaiveDate;
use model::imports::DateOrder;
use model::time::{self, Timestamp};

use crate::dates::{self, DateFound, Order};
use crate::formats::Format;
use crate::notes::{NoteKind, Notes, quote};
use crate::plain;
use crate::{FoundOut, MAX_TAG_CHARS, MAX_TITLE_CHARS, MAX_VERSION_CHARS, Parsed, Release};

/// The longest id or address that is kept.
const MAX_ID_CHARS: usize = 200;

/// The parts of one entry as they were given. Empty texts are the same as none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Where it stands, from 1.
    pub place: usize,
    pub title: String,
    pub version: String,
    pub content: String,
    pub date: String,
    pub created_at: String,
    /// `draft`, `scheduled`, `published`, or something that says nothing.
    pub status: String,
    pub slug: String,
    pub id: String,
    pub external_id: String,
    pub tags: Vec<String>,
    /// What is wrong with it already.
    pub problems: Vec<String>,
}

impl Given {
    /// Databases refuse zero characters, wherever they stand.
    fn replace_zeros(&mut self) {
        let texts = [
            &mut self.title,
            &mut self.version,
            &mut self.content,
            &mut self.date,
            &mut self.created_at,
            &mut self.status,
            &mut self.slug,
            &mut self.id,
            &mut self.external_id,
        ];
        for text in texts.into_iter().chain(&mut self.tags).chain(&mut self.problems) {
            if text.contains('\0') {
                *text = text.replace('\0', "\u{fffd}");
            }
        }
    }
}

/// Releases of parts, with what was adapted, and what was found out about dates.
pub(crate) struct Made {
    pub(crate) releases: Vec<Release>,
    pub(crate) ambiguous: usize,
    pub(crate) order: Option<DateOrder>,
}

/// Makes releases of what a program gives.
pub fn of_program(mut given: Vec<Given>) -> Parsed {
    for given in &mut given {
        given.replace_zeros();
    }
    let mut notes = Notes::default();
    let made = make(given, None, &mut notes);
    let found = FoundOut { ambiguous_dates: made.ambiguous, dates: made.order, ..FoundOut::default() };
    Parsed {
        format: Format::Json,
        confidence: 100,
        signs: vec!["a program sent the entries".to_owned()],
        found,
        title: None,
        preamble: None,
        releases: made.releases,
        notes: notes.finish(),
    }
}

/// `order` counts for dates that could be read in two ways; without it the other dates tell.
pub(crate) fn make(given: Vec<Given>, order: Option<DateOrder>, notes: &mut Notes) -> Made {
    let order = order.map(Order::from).or_else(|| proven(&given));
    let mut maker = Maker { notes, order, ambiguous: 0 };
    let releases = given.into_iter().map(|given| maker.release(given)).collect();
    Made { releases, ambiguous: maker.ambiguous, order: order.map(DateOrder::from) }
}

fn proven(given: &[Given]) -> Option<Order> {
    let mut proven = given.iter().filter_map(|given| dates::proven_order(given.date.trim()));
    let first = proven.next()?;
    proven.all(|order| order == first).then_some(first)
}

/// A date as it was written.
enum When {
    Nothing,
    Day(NaiveDate),
    Moment(Timestamp),
    Wrong(String),
}

struct Maker<'n> {
    notes: &'n mut Notes,
    order: Option<Order>,
    ambiguous: usize,
}

impl Maker<'_> {
    fn release(&mut self, given: Given) -> Release {
        let place = given.place;
        let mut problems = given.problems;
        let version = self.version(&given.version, &mut problems);
        let mut title = self.line(place, "title", &given.title);
        let mut content = given.content;
        if content.contains('\r') {
            content = content.replace("\r\n", "\n").replace('\r', "\n");
        }
        if title.is_empty() {
            match &version {
                Some(version) => {
                    title = version.clone();
                    self.note(place, NoteKind::Adapted, "There is no title, so the version is the title.");
                }
                None => problems.push("There is no title.".to_owned()),
            }
        }
        if let Some(cut) = plain::shortened(&title, MAX_TITLE_CHARS) {
            let message = format!("The title is cut at {MAX_TITLE_CHARS} characters; the text starts with all of it.");
            self.note(place, NoteKind::LongTitle, message);
            content = if content.is_empty() { title } else { format!("{title}\n\n{content}") };
            title = cut;
        }
        let (date, published_at) = match self.when(place, &given.date) {
            When::Nothing => (None, None),
            When::Day(date) => (Some(date), None),
            When::Moment(moment) => (Some(moment.date_naive()), Some(moment)),
            When::Wrong(written) => {
                problems.push(format!("{} is not a date.", quote(&written)));
                (None, None)
            }
        };
        let created_at = match self.when(place, &given.created_at) {
            When::Nothing => None,
            When::Day(date) => date.and_hms_opt(12, 0, 0).map(|noon| noon.and_utc()),
            When::Moment(moment) => Some(moment),
            When::Wrong(written) => {
                let message =
                    format!("{} is not a date, so the date of creation follows from the other one.", quote(&written));
                self.note(place, NoteKind::UnreadableDate, message);
                None
            }
        };
        let status = given.status.trim().to_lowercase();
        if status == "scheduled" {
            self.note(place, NoteKind::Adapted, "A scheduled entry is imported as a draft.");
        }
        let draft = matches!(status.as_str(), "draft" | "scheduled");
        let some = |text: String| {
            let text = text.trim();
            let fits = !text.is_empty()
                && text.chars().count() <= MAX_ID_CHARS
                && !text.chars().any(|c| c.is_control() || c == '\u{fffd}');
            fits.then(|| text.to_owned())
        };
        Release {
            unreleased: draft && version.is_none() && title.eq_ignore_ascii_case("unreleased"),
            title,
            version,
            date,
            published_at,
            created_at,
            content,
            tags: self.tags(place, given.tags),
            line: place,
            draft,
            slug: some(given.slug),
            id: some(given.id),
            external_id: some(given.external_id),
            problems,
            ..Release::default()
        }
    }

    /// A single line: line breaks and other control characters become spaces.
    fn line(&mut self, place: usize, what: &str, text: &str) -> String {
        let text = text.trim();
        if !text.chars().any(char::is_control) {
            return text.to_owned();
        }
        self.note(place, NoteKind::Adapted, format!("Line breaks in the {what} became spaces."));
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        plain::squeeze(&plain).trim().to_owned()
    }

    fn version(&mut self, text: &str, problems: &mut Vec<String>) -> Option<String> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let length = text.chars().count();
        if length > MAX_VERSION_CHARS {
            problems.push(format!("The version has {length} characters; at most {MAX_VERSION_CHARS} are allowed."));
            return None;
        }
        if text.chars().any(char::is_control) {
            problems.push("The version must be a single line.".to_owned());
            return None;
        }
        Some(text.to_owned())
    }

    fn when(&mut self, place: usize, text: &str) -> When {
        let text = text.trim();
        if text.is_empty() {
            return When::Nothing;
        }
        if let Ok(date) = text.parse::<NaiveDate>() {
            return within(date).map_or_else(|| When::Wrong(text.to_owned()), When::Day);
        }
        if let Some(moment) = time::from_wire(text) {
            return When::Moment(moment);
        }
        match dates::whole(text) {
            Some(DateFound::Exact(date)) => When::Day(date),
            Some(DateFound::Month(date)) => {
                self.note(place, NoteKind::MonthWithoutDay, format!("The day is not stated, so the date is {date}."));
                When::Day(date)
            }
            Some(DateFound::Ambiguous { first, second, year }) => {
                let Some(date) = dates::resolve(first, second, year, self.order) else {
                    return When::Wrong(text.to_owned());
                };
                self.ambiguous += 1;
                let message = format!("The date {text} could be read in two ways; it is taken as {date}.");
                self.note(place, NoteKind::AmbiguousDate, message);
                When::Day(date)
            }
            Some(DateFound::Unreadable(_)) | None => When::Wrong(text.to_owned()),
        }
    }

    fn tags(&mut self, place: usize, names: Vec<String>) -> Vec<String> {
        let mut seen = HashSet::new();
        let mut tags = Vec::with_capacity(names.len());
        for name in names {
            let name = self.line(place, "tag", &name);
            if name.is_empty() || !seen.insert(name.to_lowercase()) {
                continue;
            }
            if name.chars().count() > MAX_TAG_CHARS {
                let message =
                    format!("The tag {} is longer than {MAX_TAG_CHARS} characters and is left out.", quote(&name));
                self.note(place, NoteKind::Adapted, message);
                continue;
            }
            tags.push(name);
        }
        tags
    }

    fn note(&mut self, place: usize, kind: NoteKind, message: impl Into<String>) {
        // Notes count from 0 inside this crate.
        self.notes.add(place.saturating_sub(1), kind, message);
    }
}

/// A day that a database can keep.
fn within(date: NaiveDate) -> Option<NaiveDate> {
    let noon = date.and_hms_opt(12, 0, 0)?.and_utc();
    (time::MIN..=time::MAX).contains(&noon).then_some(date)
}
