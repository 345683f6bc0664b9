//! Keep a Changelog 1.1.0, such that every entry comes back as it was. `importers::keep` is the reading half and says
//! what the parts mean.
//!
//! The plain form is tried first. What it would lose is found by reading it back, so that only texts that need it carry
//! remarks for the reader.

use chrono::NaiveDate;
use importers::Release;
use importers::keep::{self, COMMENT, ESCAPED_COMMENT, Flags, KINDS, LINKS, MARK, TextHeading, UNRELEASED};
use model::entries::EntryState;

use crate::{Head, Item};

#[derive(Debug, Default)]
pub(crate) struct Writer {
    /// Addresses of the releases, which stand at the foot of the file.
    links: String,
}

impl Writer {
    pub(crate) fn new(head: &Head, out: &mut Vec<u8>) -> Self {
        let name = escaped(&head.project.name);
        let intro = format!(
            "# Changelog\n\nAll notable changes to {name} are listed here, the latest first.\n\n\
             The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n{MARK}\n"
        );
        out.extend_from_slice(intro.as_bytes());
        Self::default()
    }

    pub(crate) fn push(&mut self, item: &Item, out: &mut Vec<u8>) {
        let (heading, body) = section(item);
        out.extend_from_slice(format!("\n## {heading}\n").as_bytes());
        if !body.is_empty() {
            out.extend_from_slice(format!("\n{body}\n").as_bytes());
        }
        if let (Some(url), Some(version)) = (&item.url, &item.entry.version) {
            self.links.push_str(&format!("[{}]: {url}\n", escaped(version)));
        }
    }

    pub(crate) fn finish(self, out: &mut Vec<u8>) {
        if !self.links.is_empty() {
            out.extend_from_slice(format!("\n{LINKS}\n\n{}", self.links).as_bytes());
        }
    }
}

/// What a reader should get back.
struct Wanted<'a> {
    version: Option<&'a str>,
    title: &'a str,
    date: Option<NaiveDate>,
    draft: bool,
    content: &'a str,
    tags: Vec<&'a str>,
}

impl Wanted<'_> {
    fn is(&self, read: &Release) -> bool {
        read.version.as_deref() == self.version
            && read.title == self.title
            && read.date == self.date
            && read.draft == self.draft
            && !read.yanked
            && read.content == self.content
            && self.has_tags(&read.tags)
    }

    /// Whether these are the tags, in whatever order.
    fn has_tags(&self, tags: &[String]) -> bool {
        let mut tags: Vec<&str> = tags.iter().map(String::as_str).collect();
        let mut wanted = self.tags.clone();
        tags.sort_unstable();
        wanted.sort_unstable();
        tags == wanted
    }
}

/// The words of the heading, and the lines below it.
fn section(item: &Item) -> (String, String) {
    let entry = &item.entry;
    let draft = entry.state() != EntryState::Published;
    let wanted = Wanted {
        version: entry.version.as_deref(),
        title: &entry.title,
        date: (!draft).then_some(item.day),
        draft,
        content: keep::without_blank_lines(&entry.content),
        tags: entry.tags.iter().map(|tag| tag.name.as_str()).collect(),
    };
    let (heading, named) = heading(&wanted);
    let (text, flags) = text(wanted.content);
    // What the reader finds out by itself is left out, if it then does find it out.
    let tags = !wanted.has_tags(&keep::section_tags(wanted.content));
    for (title, tags) in [(!named, tags), (true, tags), (true, true)] {
        let body = body(&wanted, &text, flags, title, tags);
        if wanted.is(&keep::section(&heading, &body)) {
            return (heading, body);
        }
    }
    // As code, in which nothing means anything.
    let flags = Flags { indented: true, ..Flags::default() };
    let body = body(&wanted, &indented(wanted.content), flags, true, true);
    (heading, body)
}

/// The heading, and whether it names the entry: with its version, if that is the title as well, or with its title.
fn heading(wanted: &Wanted<'_>) -> (String, bool) {
    let plain = match (wanted.version, wanted.date) {
        (Some(version), Some(date)) => format!("[{}] - {date}", escaped(version)),
        (Some(version), None) => format!("[{}] - {UNRELEASED}", escaped(version)),
        (None, None) => format!("[{UNRELEASED}]"),
        (None, Some(date)) => {
            let titled = format!("{} - {date}", escaped(wanted.title));
            let read = keep::section(&titled, "");
            let is_read = read.title == wanted.title && read.version.is_none() && read.date == wanted.date;
            if is_read && !read.unreleased && !read.yanked { titled } else { date.to_string() }
        }
    };
    let named = keep::section(&plain, "").title == wanted.title;
    (plain, named)
}

/// The lines below the heading, with the title and the tags if these are to be said.
fn body(wanted: &Wanted<'_>, text: &str, flags: Flags, title: bool, tags: bool) -> String {
    let mut flags = flags;
    let mut parts = Vec::new();
    let mut text = text.to_owned();
    if title {
        parts.push(format!("**{}**", escaped(wanted.title)));
    }
    match wanted.tags.as_slice() {
        _ if !tags => {}
        [] => flags.untagged = true,
        [kind]
            if KINDS.contains(kind) && !text.is_empty() && !flags.indented && keep::text_headings(&text).is_empty() =>
        {
            flags.section = true;
            text = format!("### {kind}\n\n{text}");
        }
        names => parts.extend(names.iter().map(|name| code(name))),
    }
    let comment = flags.comment();
    if !comment.is_empty() {
        parts.push(comment);
    }
    let line = parts.join(" ");
    if line.is_empty() || text.is_empty() { line + &text } else { format!("{line}\n\n{text}") }
}

/// The text with its headings one level down, and what has to be said about it.
fn text(content: &str) -> (String, Flags) {
    let text = lowered(&content.replace(COMMENT, ESCAPED_COMMENT));
    if keep::stands_alone(&text) {
        return (text, Flags::default());
    }
    for end in [&fence(&text, '`'), &fence(&text, '~'), "-->", "</pre>", "?>", "]]>", ">"] {
        let closed = format!("{text}\n{end}");
        if keep::stands_alone(&closed) {
            return (closed, Flags { closed: true, ..Flags::default() });
        }
    }
    (indented(content), Flags { indented: true, ..Flags::default() })
}

/// A line that ends any code block of the text that begins with this sign.
fn fence(text: &str, sign: char) -> String {
    let run = |line: &str| line.trim_start().chars().take_while(|&c| c == sign).count();
    sign.to_string().repeat(text.lines().map(run).max().unwrap_or(0).max(3))
}

fn indented(content: &str) -> String {
    let content = content.replace(COMMENT, ESCAPED_COMMENT);
    content.split('\n').map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

fn lowered(content: &str) -> String {
    let mut text = String::with_capacity(content.len() + 16);
    let mut from = 0;
    for TextHeading { range, marks } in keep::text_headings(content) {
        let Some(lowered) = content.get(range.clone()).and_then(|written| lowered_heading(written, marks)) else {
            continue;
        };
        text.push_str(content.get(from..range.start).unwrap_or_default());
        text.push_str(&lowered);
        from = range.end;
    }
    text.push_str(content.get(from..).unwrap_or_default());
    text
}

/// A heading one level down. The first level skips that of releases, and the sixth has nowhere to go: a comment says
/// which it was. So it does for an underlined heading of one line; one of several lines stays as it is.
fn lowered_heading(written: &str, marks: usize) -> Option<String> {
    match marks {
        0 => {
            let (words, underline) = written.split_once('\n')?;
            let sign = underline.chars().next()?;
            let is_plain = underline.chars().all(|c| c == sign) && words.trim() == words;
            let count = underline.len();
            (is_plain && count < 1_000).then(|| format!("### {words} {COMMENT}{sign}{count} -->"))
        }
        1 => Some(format!("###{} {COMMENT}h1 -->", written.get(1..)?)),
        6 => Some(format!("{written} {COMMENT}h6 -->")),
        _ => Some(format!("#{written}")),
    }
}

/// Plain text as Markdown. Only what would mean something gets a backslash, so that most texts stay as they are.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 8);
    let mut before = None;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let next = rest.peek().copied();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let means_something = match character {
            '*' | '`' | '[' | ']' | '~' => true,
            '_' => !(is_word(before) && is_word(next)),
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
            '<' => next.is_some_and(|next| next.is_alphabetic() || matches!(next, '/' | '!' | '?')),
            '&' => next.is_some_and(|next| next.is_alphanumeric() || next == '#'),
            '^' | '#' => before.is_none(),
            _ => false,
        };
        if means_something {
            written.push('\\');
        }
        written.push(character);
        before = Some(character);
    }
    written
}

/// Text as a code span (CommonMark 0.31, 6.1).
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}
