//! The text as lines with `\n` ends. Lines count from 0 inside this crate; only notes and releases count from 1.

use std::ops::Range;

use crate::notes::{NoteKind, Notes};

#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) body: String,
    /// Byte offset of each line's start.
    starts: Vec<usize>,
}

impl Text {
    pub(crate) fn new(body: String) -> Self {
        let starts = std::iter::once(0).chain(body.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { body, starts }
    }

    pub(crate) fn lines(&self) -> usize {
        self.starts.len()
    }

    /// A line without its end; empty past the last one.
    pub(crate) fn line(&self, line: usize) -> &str {
        self.body.get(self.span(line)).map_or("", |line| line.trim_end_matches('\n'))
    }

    pub(crate) fn start(&self, line: usize) -> usize {
        self.starts.get(line).copied().unwrap_or(self.body.len())
    }

    /// The line a byte offset lies on.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).saturating_sub(1)
    }

    /// The lines a byte range touches; a range ending right after a line end does not touch the next line.
    pub(crate) fn lines_of(&self, range: &Range<usize>) -> Range<usize> {
        let first = self.line_of(range.start);
        let last = self.line_of(range.end.saturating_sub(1).max(range.start));
        first..last + 1
    }

    fn span(&self, line: usize) -> Range<usize> {
        self.start(line)..self.start(line + 1)
    }
}

/// Drops a byte order mark, makes every line end `\n`, replaces zero characters, which databases refuse, and gives
/// headings a plain space where an editor left a no-break space after the `#`.
pub(crate) fn clean(text: &str, notes: &mut Notes) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut cleaned = String::with_capacity(text.len());
    let mut zero_on = None;
    let mut line = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' => {
                characters.next_if_eq(&'\n');
                cleaned.push('\n');
                line += 1;
            }
            '\n' => {
                cleaned.push('\n');
                line += 1;
            }
            '\0' => {
                zero_on.get_or_insert(line);
                cleaned.push('\u{fffd}');
            }
            '\u{a0}' if is_heading_mark(&cleaned) => cleaned.push(' '),
            other => cleaned.push(other),
        }
    }
    if let Some(line) = zero_on {
        notes.add(line, NoteKind::Replaced, "Zero characters were replaced by \u{fffd}.");
    }
    cleaned
}

/// Whether the line being written holds nothing but one to six `#`.
fn is_heading_mark(written: &str) -> bool {
    let before = written.trim_end_matches('#');
    (1..=6).contains(&(written.len() - before.len())) && (before.is_empty() || before.ends_with('\n'))
}

/// Takes a YAML front matter (`---`, `key: value` lines, `---`) off the start. Its lines stay behind as blank ones,
/// so that line numbers hold.
pub(crate) fn take_front_matter(text: &mut String) -> Option<String> {
    let after_open = text.strip_prefix("---\n")?;
    let mut length = 0;
    let mut keys = 0;
    for (count, line) in after_open.split_inclusive('\n').enumerate() {
        let bare = line.trim_end();
        if bare == "---" || bare == "..." {
            break;
        }
        let nested = line.starts_with([' ', '\t', '#']) || line.starts_with("- ");
        let key = line.split_once(':').is_some_and(|(key, _)| {
            !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        });
        keys += usize::from(key);
        if count > 200 || !(nested || key) {
            return None;
        }
        length += line.len();
    }
    let close = after_open.get(length..)?.split_inclusive('\n').next()?;
    if keys == 0 {
        return None;
    }
    let end = 4 + length + close.len();
    let taken = text.get(..end)?.trim_end().to_owned();
    let blank = "\n".repeat(taken.matches('\n').count() + usize::from(close.ends_with('\n')));
    text.replace_range(..end, &blank);
    Some(taken)
}
