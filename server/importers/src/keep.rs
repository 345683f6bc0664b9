//! Keep a Changelog as Tidings writes it: every entry comes back as it was, and people may have edited the file since.
//!
//! The file carries [`MARK`] above its releases. A release is a heading `## …` at the margin, outside of code. Below it
//! may stand a line with the title and the tags; the rest is the text of the entry, with its headings one level down.
//! What this form cannot say is said by comments that begin with [`COMMENT`]; a text that has such a comment itself gets
//! one more colon. `docs/export-formats.md` describes the format; the other half of it is `exporters::keep`.

use std::ops::Range;

use chrono::NaiveDate;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

use crate::dates::{self, DateFound};
use crate::document::Document;
use crate::formats::Format;
use crate::headings;
use crate::notes::{NoteKind, Notes};
use crate::plain;
use crate::sections;
use crate::text::Text;
use crate::{FoundOut, MAX_TITLE_CHARS, MAX_VERSION_CHARS, Parsed, Release};

/// The line that tells a file of ours.
pub const MARK: &str = "<!-- tidings:changelog 1 -->";
/// The line above the link definitions at the foot of the file.
pub const LINKS: &str = "<!-- tidings:links -->";
/// What begins every comment of ours.
pub const COMMENT: &str = "<!-- tidings:";
/// What a text says instead of [`COMMENT`].
pub const ESCAPED_COMMENT: &str = "<!-- tidings::";
/// The heading of drafts.
pub const UNRELEASED: &str = "Unreleased";
/// Sections that a single tag may be written as.
pub const KINDS: [&str; 6] = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

const OPTIONS: Options = Options::ENABLE_FOOTNOTES.union(Options::ENABLE_TABLES);

/// What the form of a release says about its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// The first heading is the tag and no part of the text.
    pub section: bool,
    /// There are no tags, whatever the sections are called.
    pub untagged: bool,
    /// The last line ends what the text leaves open.
    pub closed: bool,
    /// Every line stands four spaces in.
    pub indented: bool,
}

impl Flags {
    fn named(&mut self, name: &str) -> Option<&mut bool> {
        Some(match name {
            "section" => &mut self.section,
            "untagged" => &mut self.untagged,
            "closed" => &mut self.closed,
            "indented" => &mut self.indented,
            _ => return None,
        })
    }

    /// The comment that says so; empty when there is nothing to say.
    pub fn comment(self) -> String {
        let names = [
            (self.section, "section"),
            (self.untagged, "untagged"),
            (self.closed, "closed"),
            (self.indented, "indented"),
        ];
        let names: Vec<&str> = names.into_iter().filter(|(set, _)| *set).map(|(_, name)| name).collect();
        if names.is_empty() { String::new() } else { format!("{COMMENT}{} -->", names.join(" ")) }
    }
}

/// A heading at the margin of a text, outside of lists and quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextHeading {
    /// From the first `#`, or from the first line of an underlined heading, without the end of the last line.
    pub range: Range<usize>,
    /// How many `#` it begins with; 0 for an underlined one.
    pub marks: usize,
}

/// The headings that the Markdown of a text has at its outermost level, in order.
pub fn text_headings(text: &str) -> Vec<TextHeading> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 && matches!(tag, Tag::Heading { .. }) {
                    let written = text.get(range.clone()).unwrap_or_default();
                    let range = range.start..range.start + written.trim_end_matches('\n').len();
                    found.push(TextHeading { range, marks: marks(written, &tag) });
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    found
}

/// A heading of level 2 may begin with `#` and be underlined all the same: `#1 in search` above `---`.
fn marks(written: &str, tag: &Tag<'_>) -> usize {
    let Tag::Heading { level, .. } = tag else { return 0 };
    let rest = written.trim_start_matches('#');
    let marks = written.len() - rest.len();
    let is_marked = marks == *level as usize && (rest.is_empty() || rest.starts_with([' ', '\t', '\n']));
    if is_marked && (*level > HeadingLevel::H2 || !written.trim_end().contains('\n')) { marks } else { 0 }
}

/// Where releases begin: the offsets of headings `## …` at the margin.
fn release_headings(text: &str) -> Vec<usize> {
    let at_margin = |at: usize| at == 0 || text.as_bytes().get(at - 1) == Some(&b'\n');
    let headings = text_headings(text).into_iter().filter(|heading| heading.marks == 2);
    headings.map(|heading| heading.range.start).filter(|&at| at_margin(at)).collect()
}

/// Whether the lines below a heading neither look like another release nor swallow the next one.
pub fn stands_alone(body: &str) -> bool {
    let probed = format!("{body}\n\n## [1.0.0]\n");
    release_headings(&probed) == [body.len() + 2]
}

/// The releases of a file that carries our mark; `None` for any other file.
pub(crate) fn parse(text: &str) -> Option<Parsed> {
    let head = text.lines().take_while(|line| !line.starts_with("## "));
    if !head.map(str::trim).any(|line| line == MARK) {
        return None;
    }
    let mut notes = Notes::default();
    let text = cleaned(text, &mut notes);
    let (text, footer) = without_links(&text);
    let starts = release_headings(&text);
    let mut releases = Vec::with_capacity(starts.len());
    let (mut line, mut counted) = (0, 0);
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).copied().unwrap_or(text.len());
        let whole = text.get(start..end).unwrap_or_default();
        let (heading, body) = whole.split_once('\n').unwrap_or((whole, ""));
        line += text.get(counted..start).unwrap_or_default().matches('\n').count();
        counted = start;
        // The link definitions that were taken out stood above what follows them.
        let shift = footer.as_ref().filter(|(at, _)| *at <= start).map_or(0, |(_, lines)| *lines);
        let mut release = section(heading.strip_prefix("##").unwrap_or(heading), body);
        release.line = line + shift + 1;
        shorten(&mut release, &mut notes);
        releases.push(release);
    }
    let head = text.get(..starts.first().copied().unwrap_or(text.len())).unwrap_or_default();
    let title = head.lines().find_map(|line| line.strip_prefix("# ")).map(|title| title.trim().to_owned());
    let intro: Vec<&str> = head.lines().filter(|line| !line.starts_with("# ") && line.trim() != MARK).collect();
    let preamble = Some(intro.join("\n").trim().to_owned()).filter(|intro| !intro.is_empty());
    let (confidence, signs) = (100, vec!["the mark of an export of Tidings".to_owned()]);
    let found = FoundOut::default();
    Some(Parsed { format: Format::Tidings, confidence, signs, found, title, preamble, releases, notes: notes.finish() })
}

/// One release from the words of its heading and the lines below.
pub fn section(heading: &str, body: &str) -> Release {
    let mut release = named(heading.trim());
    let mut lines = body.trim_matches('\n');
    lines = without_blank_lines(lines);
    let (first, rest) = lines.split_once('\n').unwrap_or((lines, ""));
    let is_alone = rest.split('\n').next().is_none_or(|next| next.trim().is_empty());
    let line = is_alone.then(|| head_line(first)).flatten();
    if line.is_some() {
        lines = without_blank_lines(rest);
    }
    let stated = line.is_some();
    let HeadLine { title, tags, flags } = line.unwrap_or_default();
    let mut tags: Option<Vec<String>> = (!tags.is_empty() || flags.untagged).then_some(tags);
    if flags.section
        && let Some(after) = lines.strip_prefix("### ")
    {
        let (kind, rest) = after.split_once('\n').unwrap_or((after, ""));
        tags.get_or_insert_default().push(kind.trim().to_owned());
        lines = without_blank_lines(rest);
    }
    if flags.closed {
        lines = without_blank_lines(lines.rsplit_once('\n').map_or("", |(text, _)| text));
    }
    release.content = if flags.indented { outdented(lines) } else { raised(lines) };
    release.content = release.content.replace(ESCAPED_COMMENT, COMMENT);
    if let Some(title) = title {
        release.title = title;
    }
    release.tags = tags.unwrap_or_else(|| section_tags(&release.content));
    // Somebody who writes a heading and nothing else says that there is nothing yet.
    release.draft = release.unreleased && (stated || !release.content.is_empty());
    release
}

/// The tags that the sections of a text give.
pub fn section_tags(content: &str) -> Vec<String> {
    if content.trim().is_empty() {
        return Vec::new();
    }
    let text = Text::new(content.to_owned());
    let document = Document::read(&text, &mut Notes::default());
    sections::read(&document, &(0..text.lines())).tags
}

/// A release as its heading names it.
fn named(words: &str) -> Release {
    let known = |version: Option<String>, title: String, date: Option<NaiveDate>| Release {
        version,
        title,
        date,
        ..Release::default()
    };
    let draft = |release: Release| Release { unreleased: true, ..release };
    if let Some((version, rest)) = bracketed(words) {
        let date = rest.strip_prefix(" - ");
        match (rest, date) {
            ("", _) if version == UNRELEASED => return draft(known(None, version, None)),
            ("", _) => return known(Some(version.clone()), version, None),
            (_, Some(UNRELEASED)) => return draft(known(Some(version.clone()), version, None)),
            (_, Some(date)) => {
                if let Some(date) = day(date) {
                    return known(Some(version.clone()), version, Some(date));
                }
            }
            _ => {}
        }
    }
    if let Some(date) = day(words) {
        return known(None, words.to_owned(), Some(date));
    }
    if let Some(head) = headings::read(words) {
        return Release {
            unreleased: head.unreleased,
            yanked: head.yanked,
            ..known(head.version, head.title, head.date.and_then(resolved))
        };
    }
    match words.rsplit_once(" - ").and_then(|(title, date)| Some((title, day(date)?))) {
        Some((title, date)) => known(None, unescaped(title.trim()), Some(date)),
        None if words.is_empty() => known(None, "Changelog".to_owned(), None),
        None => known(None, unescaped(words), None),
    }
}

/// The text in square brackets at the start, and what follows them.
fn bracketed(words: &str) -> Option<(String, &str)> {
    let inside = words.strip_prefix('[')?;
    let end = unescaped_end(inside, "]")?;
    let version = unescaped(inside.get(..end)?);
    let fits = !version.trim().is_empty() && version.chars().count() <= MAX_VERSION_CHARS;
    fits.then_some((version, inside.get(end + 1..)?))
}

fn day(text: &str) -> Option<NaiveDate> {
    dates::is_iso(text).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn resolved(date: DateFound) -> Option<NaiveDate> {
    match date {
        DateFound::Exact(date) | DateFound::Month(date) => Some(date),
        DateFound::Ambiguous { first, second, year } => dates::resolve(first, second, year, None),
        DateFound::Unreadable(_) => None,
    }
}

/// The line below a heading: ``**Title** `tag` `tag` <!-- tidings:… -->``, each part optional.
#[derive(Debug, Default, PartialEq, Eq)]
struct HeadLine {
    title: Option<String>,
    tags: Vec<String>,
    flags: Flags,
}

fn head_line(line: &str) -> Option<HeadLine> {
    let mut found = HeadLine::default();
    let mut rest = line.trim_end();
    if let Some(inside) = rest.strip_prefix("**") {
        let end = unescaped_end(inside, "**")?;
        let title = unescaped(inside.get(..end)?);
        if title.trim().is_empty() {
            return None;
        }
        found.title = Some(title);
        rest = inside.get(end + 2..)?;
    }
    while !rest.is_empty() {
        if rest.len() < line.trim_end().len() {
            rest = rest.strip_prefix(' ')?;
        }
        if rest.starts_with('`') {
            let (tag, after) = code_span(rest)?;
            found.tags.push(tag.to_owned());
            rest = after;
        } else {
            let names = rest.strip_prefix(COMMENT)?.strip_suffix(" -->")?;
            for name in names.split(' ') {
                *found.flags.named(name)? = true;
            }
            rest = "";
        }
    }
    (found != HeadLine::default()).then_some(found)
}

/// The text of the code span that starts here, and what follows it (CommonMark 0.31, 6.1).
fn code_span(text: &str) -> Option<(&str, &str)> {
    let fence = text.len() - text.trim_start_matches('`').len();
    let inside = text.get(fence..)?;
    let mut at = 0;
    loop {
        at += inside.get(at..)?.find('`')?;
        let run = inside.get(at..)?;
        let length = run.len() - run.trim_start_matches('`').len();
        if length == fence {
            let code = inside.get(..at)?;
            let padded = code.strip_prefix(' ').and_then(|code| code.strip_suffix(' '));
            let code = padded.filter(|code| !code.trim().is_empty()).unwrap_or(code);
            return (!code.trim().is_empty()).then_some((code, run.get(length..)?));
        }
        at += length;
    }
}

/// Where `end` stands first without a backslash before it.
fn unescaped_end(text: &str, end: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if text.get(at..).is_some_and(|rest| rest.starts_with(end)) {
            return Some(at);
        }
        let escapes = bytes.get(at) == Some(&b'\\') && bytes.get(at + 1).is_some_and(u8::is_ascii_punctuation);
        at += if escapes { 2 } else { 1 };
    }
    None
}

/// Backslashes before punctuation taken away (CommonMark 0.31, 2.4).
fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next_if(char::is_ascii_punctuation) } else { None };
        plain.push(escaped.unwrap_or(character));
    }
    plain
}

/// The text with its headings one level up, as the entry has them.
fn raised(lines: &str) -> String {
    let mut text = String::with_capacity(lines.len());
    let mut from = 0;
    for TextHeading { range, marks } in text_headings(lines) {
        let Some(raised) = lines.get(range.clone()).and_then(|written| raised_heading(written, marks)) else {
            continue;
        };
        text.push_str(lines.get(from..range.start).unwrap_or_default());
        text.push_str(&raised);
        from = range.end;
    }
    text.push_str(lines.get(from..).unwrap_or_default());
    text
}

fn raised_heading(written: &str, marks: usize) -> Option<String> {
    let words = written.get(marks..)?;
    let noted = words.strip_suffix(" -->").and_then(|words| words.rsplit_once(" <!-- tidings:"));
    match (marks, noted) {
        (3, Some((words, "h1"))) => Some(format!("#{words}")),
        (6, Some((words, "h6"))) => Some(format!("######{words}")),
        (3, Some((words, underline))) if underline.starts_with(['=', '-']) => {
            let (sign, count) = underline.split_at(1);
            let count: usize = count.parse().ok().filter(|count| (1..1_000).contains(count))?;
            Some(format!("{}\n{}", words.strip_prefix(' ')?, sign.repeat(count)))
        }
        (3.., _) => Some(format!("{}{words}", "#".repeat(marks - 1))),
        _ => None,
    }
}

fn outdented(lines: &str) -> String {
    let outdent = |line: &str| {
        let spaces = line.bytes().take(4).take_while(|&byte| byte == b' ').count();
        line.get(spaces..).unwrap_or_default().to_owned()
    };
    lines.split('\n').map(outdent).collect::<Vec<_>>().join("\n")
}

/// Without blank lines at both ends; what a first line begins with and a last line ends with stays.
pub fn without_blank_lines(text: &str) -> &str {
    let mut text = text;
    while let Some((first, rest)) = text.split_once('\n') {
        if !first.trim().is_empty() {
            break;
        }
        text = rest;
    }
    while let Some((rest, last)) = text.rsplit_once('\n') {
        if !last.trim().is_empty() {
            break;
        }
        text = rest;
    }
    if text.trim().is_empty() { "" } else { text }
}

/// The text without the link definitions that close the file; where they stood, and how many lines they were.
fn without_links(text: &str) -> (String, Option<(usize, usize)>) {
    let mut at = 0;
    let mut start = None;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == LINKS {
            start = Some(at);
        }
        at += line.len();
    }
    let Some(start) = start else { return (text.to_owned(), None) };
    let mut end = start;
    let mut lines = 0;
    for line in text.get(start..).unwrap_or_default().split_inclusive('\n') {
        let is_definition = line.starts_with('[') && line.contains("]: ");
        if !(end == start || is_definition || line.trim().is_empty()) {
            break;
        }
        end += line.len();
        lines += 1;
    }
    let kept = [text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default()].concat();
    (kept, Some((start, lines)))
}

/// Line ends as `\n`, no mark of the byte order, no zero characters.
fn cleaned(text: &str, notes: &mut Notes) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let Some(zero) = text.find('\0') else { return text };
    let line = text.get(..zero).unwrap_or_default().matches('\n').count();
    notes.add(line, NoteKind::Replaced, "Zero characters were replaced by \u{fffd}.");
    text.replace('\0', "\u{fffd}")
}

fn shorten(release: &mut Release, notes: &mut Notes) {
    if let Some(cut) = plain::shortened(&release.title, MAX_TITLE_CHARS) {
        notes.add(
            release.line.saturating_sub(1),
            NoteKind::LongTitle,
            format!("The title is cut at {MAX_TITLE_CHARS} characters; the text starts with all of it."),
        );
        release.content = format!("{}\n\n{}", release.title, release.content).trim_end().to_owned();
        release.title = cut;
    }
}
