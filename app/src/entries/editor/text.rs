//! What the toolbar and the keys do to a Markdown text: pure functions from text and selection to an [`Edit`].
//!
//! Positions are byte offsets on character boundaries; the page converts them, because browsers count UTF-16 units.
//! Every edit replaces one range, so that the browser's own undo takes it back in one step.

use std::ops::Range;

/// Replace `range` with `insert`, then select `select` (offsets in the new text).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub range: Range<usize>,
    pub insert: String,
    pub select: Range<usize>,
}

impl Edit {
    /// Replaces the selection and puts the caret behind the new text.
    pub fn replace(range: Range<usize>, insert: impl Into<String>) -> Self {
        let insert = insert.into();
        let end = range.start + insert.len();
        Self { range, insert, select: end..end }
    }
}

/// A mark around words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Bold,
    Italic,
    Strike,
    Code,
}

impl Mark {
    fn text(self) -> &'static str {
        match self {
            Mark::Bold => "**",
            Mark::Italic => "*",
            Mark::Strike => "~~",
            Mark::Code => "`",
        }
    }

    /// Whether a run of `count` of this mark's characters contains the mark: `***` is bold and italic.
    fn is_in_run(self, count: usize) -> bool {
        match self {
            Mark::Bold | Mark::Strike => count >= 2,
            Mark::Italic | Mark::Code => count % 2 == 1,
        }
    }
}

/// What a line begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Prefix {
    Bullet,
    Numbered,
    Task,
    Quote,
}

/// The beginning of a line: its indent, and a marker with the white space behind it.
struct Start<'a> {
    indent: &'a str,
    marker: &'a str,
    kind: Option<Prefix>,
}

impl Start<'_> {
    fn len(&self) -> usize {
        self.indent.len() + self.marker.len()
    }
}

fn start_of(line: &str) -> Start<'_> {
    let body = line.trim_start_matches([' ', '\t']);
    let indent = &line[..line.len() - body.len()];
    let take = |length: usize, kind| Start { indent, marker: &body[..length], kind: Some(kind) };
    if body.starts_with('>') {
        let length = if body.starts_with("> ") { 2 } else { 1 };
        return take(length, Prefix::Quote);
    }
    if let Some(rest) = body.strip_prefix(['-', '*', '+']).and_then(|rest| rest.strip_prefix(' ')) {
        let is_task = ["[ ] ", "[x] ", "[X] "].iter().any(|mark| rest.starts_with(mark));
        return if is_task { take(6, Prefix::Task) } else { take(2, Prefix::Bullet) };
    }
    let digits = body.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=9).contains(&digits) && [". ", ") "].iter().any(|end| body[digits..].starts_with(end)) {
        return take(digits + 2, Prefix::Numbered);
    }
    Start { indent, marker: "", kind: None }
}

/// The whole lines that a selection touches, without the last line's end.
fn lines_of(text: &str, selection: &Range<usize>) -> Range<usize> {
    let start = text[..selection.start].rfind('\n').map_or(0, |at| at + 1);
    // A selection that ends at the start of a line does not touch that line.
    let last = if selection.end > selection.start && text[..selection.end].ends_with('\n') {
        selection.end - 1
    } else {
        selection.end
    };
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
    start..end.max(start)
}

/// The selection without white space at its ends; an empty one as it is.
fn trimmed(text: &str, selection: Range<usize>) -> Range<usize> {
    let inner = &text[selection.clone()];
    let lead = inner.len() - inner.trim_start().len();
    if lead == inner.len() {
        return selection.start..selection.start;
    }
    selection.start + lead..selection.start + inner.trim_end().len()
}

/// The word at a caret that stands inside it; the caret elsewhere.
fn word_at(text: &str, caret: usize) -> Range<usize> {
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’');
    let before = text[..caret].chars().rev().take_while(|&c| is_word(c)).map(char::len_utf8).sum::<usize>();
    let after = text[caret..].chars().take_while(|&c| is_word(c)).map(char::len_utf8).sum::<usize>();
    if before == 0 || after == 0 { caret..caret } else { caret - before..caret + after }
}

/// Puts a mark around the selection, or takes it away where it is. Several lines are marked one by one, because a mark
/// does not reach over the end of a paragraph.
pub(super) fn toggle_mark(text: &str, selection: Range<usize>, mark: Mark) -> Edit {
    let sign = mark.text();
    if selection.is_empty() {
        let caret = selection.start;
        // Between two fresh marks: take them back.
        if text[..caret].ends_with(sign) && text[caret..].starts_with(sign) && run_around(text, &selection, mark) {
            let range = caret - sign.len()..caret + sign.len();
            return Edit { select: range.start..range.start, range, insert: String::new() };
        }
        let word = word_at(text, caret);
        if word.is_empty() {
            let inside = caret + sign.len();
            return Edit { range: selection, insert: format!("{sign}{sign}"), select: inside..inside };
        }
        let mut edit = toggle_mark(text, word.clone(), mark);
        // The caret stays where it was within the word.
        let moved = caret - word.start + edit.select.start;
        edit.select = moved..moved;
        return edit;
    }
    let range = trimmed(text, selection.clone());
    if range.is_empty() {
        return Edit { range: selection.clone(), insert: text[selection.clone()].to_owned(), select: selection };
    }
    let inner = &text[range.clone()];
    if inner.contains('\n') {
        return toggle_lines_mark(text, range, mark);
    }
    if is_marked(inner, mark) {
        let bare = &inner[sign.len()..inner.len() - sign.len()];
        let select = range.start..range.start + bare.len();
        return Edit { range, insert: bare.to_owned(), select };
    }
    if run_around(text, &range, mark) {
        let outer = range.start - sign.len()..range.end + sign.len();
        let select = outer.start..outer.start + inner.len();
        return Edit { range: outer, insert: inner.to_owned(), select };
    }
    let select = range.start + sign.len()..range.end + sign.len();
    Edit { range, insert: format!("{sign}{inner}{sign}"), select }
}

/// Whether the mark stands at both ends inside `inner`.
fn is_marked(inner: &str, mark: Mark) -> bool {
    let sign = mark.text();
    let character = sign.as_bytes()[0];
    let lead = inner.bytes().take_while(|&b| b == character).count();
    let tail = inner.bytes().rev().take_while(|&b| b == character).count();
    inner.len() > 2 * sign.len() && mark.is_in_run(lead) && mark.is_in_run(tail) && lead < inner.len()
}

/// Whether the mark stands directly around `range`.
fn run_around(text: &str, range: &Range<usize>, mark: Mark) -> bool {
    let character = mark.text().as_bytes()[0];
    let lead = text[..range.start].bytes().rev().take_while(|&b| b == character).count();
    let tail = text[range.end..].bytes().take_while(|&b| b == character).count();
    mark.is_in_run(lead) && mark.is_in_run(tail)
}

fn toggle_lines_mark(text: &str, range: Range<usize>, mark: Mark) -> Edit {
    let sign = mark.text();
    let inner = &text[range.clone()];
    let parts = || inner.split('\n').map(|line| line.split_at(start_of(line).len()));
    let remove = parts().filter(|(_, body)| !body.trim().is_empty()).all(|(_, body)| is_marked(body.trim(), mark));
    let changed: Vec<String> = parts()
        .map(|(lead, body)| {
            let bare = body.trim();
            if bare.is_empty() {
                format!("{lead}{body}")
            } else if remove {
                format!("{lead}{}", &bare[sign.len()..bare.len() - sign.len()])
            } else if is_marked(bare, mark) {
                format!("{lead}{bare}")
            } else {
                format!("{lead}{sign}{bare}{sign}")
            }
        })
        .collect();
    let insert = changed.join("\n");
    let select = range.start..range.start + insert.len();
    Edit { range, insert, select }
}

/// Whether a text is one web or mail address and nothing else.
pub(super) fn is_address(text: &str) -> bool {
    let known = ["https://", "http://", "mailto:"];
    let rest = known.iter().find_map(|scheme| text.strip_prefix(scheme));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || c == '<' || c == '>'))
}

/// What pasting `pasted` over a selection does when it is an address: the selected words become a link to it.
pub(super) fn paste_address(text: &str, selection: Range<usize>, pasted: &str) -> Option<Edit> {
    let address = pasted.trim();
    let words = text[selection.clone()].trim();
    if words.is_empty() || words.contains('\n') || is_address(words) || !is_address(address) {
        return None;
    }
    let range = trimmed(text, selection);
    // A parenthesis without its partner would end the address.
    let address = if address.contains(['(', ')']) { format!("<{address}>") } else { address.to_owned() };
    Some(Edit::replace(range, format!("[{words}]({address})")))
}

/// Changes each line of the selection. The selection afterwards covers the changed lines; a caret stays in its place
/// within its line.
fn each_line(text: &str, selection: &Range<usize>, mut change: impl FnMut(usize, &str) -> String) -> Edit {
    let range = lines_of(text, selection);
    let mut insert = String::with_capacity(range.len() + 16);
    for (number, line) in text[range.clone()].split('\n').enumerate() {
        if number > 0 {
            insert.push('\n');
        }
        insert.push_str(&change(number, line));
    }
    let select = if selection.is_empty() {
        // Keep the distance to the end of the line: what changes stands at its start.
        let from_end = range.end - selection.start;
        let caret = range.start + insert.len().saturating_sub(from_end);
        caret..caret
    } else {
        range.start..range.start + insert.len()
    };
    Edit { range, insert, select }
}

/// Makes the lines headings of a level, or plain lines where they are already. Level 0 is a plain line.
pub(super) fn heading(text: &str, selection: Range<usize>, level: usize) -> Edit {
    let range = lines_of(text, &selection);
    let present = |line: &str| {
        let marks = line.bytes().take_while(|&b| b == b'#').count();
        if (1..=6).contains(&marks) && line[marks..].starts_with(' ') { marks } else { 0 }
    };
    let lines = text[range].split('\n');
    let mut filled = lines.clone().filter(|line| !line.trim().is_empty()).peekable();
    let is_already = level > 0 && filled.peek().is_some() && filled.all(|line| present(line) == level);
    let only = lines.count() == 1;
    let level = if is_already { 0 } else { level };
    each_line(text, &selection, |_, line| {
        let marks = present(line);
        let bare = if marks > 0 { line[marks..].trim_start() } else { line };
        if level == 0 || (bare.trim().is_empty() && !only) {
            return bare.to_owned();
        }
        format!("{} {bare}", "#".repeat(level))
    })
}

/// Makes the lines a list or a quote of this kind, or plain lines where they are already.
pub(super) fn toggle_prefix(text: &str, selection: Range<usize>, kind: Prefix) -> Edit {
    let range = lines_of(text, &selection);
    let lines = text[range].split('\n');
    let only = lines.clone().count() == 1;
    let mut filled = lines.filter(|line| !line.trim().is_empty()).peekable();
    let remove = filled.peek().is_some() && filled.all(|line| start_of(line).kind == Some(kind));
    let mut number = 0;
    each_line(text, &selection, |_, line| {
        if line.trim().is_empty() && !only {
            // A quote goes on through blank lines; a list does not need them marked.
            return if kind == Prefix::Quote && !remove { ">".to_owned() } else { line.to_owned() };
        }
        let start = start_of(line);
        let (indent, body) = (start.indent, &line[start.len()..]);
        if remove {
            return format!("{indent}{body}");
        }
        // A quote may hold lists, so their markers stay.
        let body = if kind == Prefix::Quote { &line[indent.len()..] } else { body };
        number += 1;
        match kind {
            Prefix::Bullet => format!("{indent}- {body}"),
            Prefix::Task => format!("{indent}- [ ] {body}"),
            Prefix::Numbered => format!("{indent}{number}. {body}"),
            Prefix::Quote => format!("{indent}> {body}"),
        }
    })
}

/// Puts the lines into a fenced code block, or takes the fence away. The fence is longer than any in the text.
pub(super) fn code_block(text: &str, selection: Range<usize>) -> Edit {
    let range = lines_of(text, &selection);
    let inner = &text[range.clone()];
    let mut lines = inner.split('\n');
    let is_fence = |line: &str| line.starts_with("```");
    if lines.clone().count() > 1 && lines.next().is_some_and(is_fence) && lines.next_back().is_some_and(is_fence) {
        let bare = lines.collect::<Vec<_>>().join("\n");
        let select = range.start..range.start + bare.len();
        return Edit { range, insert: bare, select };
    }
    let longest = inner.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let insert = format!("{fence}\n{inner}\n{fence}");
    let start = range.start + fence.len() + 1;
    let select = start..start + inner.len();
    Edit { range, insert, select }
}

/// Follows the fences of code blocks from line to line.
#[derive(Default)]
pub(super) struct Fences(Option<(u8, usize)>);

impl Fences {
    /// Whether this line, the next of the text, lies in a code block or is one of its fences.
    pub fn pass(&mut self, line: &str) -> bool {
        let body = line.trim_start();
        let mark = body.as_bytes().first().copied().filter(|b| matches!(b, b'`' | b'~'));
        let Some(mark) = mark else { return self.0.is_some() };
        let length = body.bytes().take_while(|&b| b == mark).count();
        let was_open = self.0.is_some();
        match self.0 {
            None if length >= 3 => self.0 = Some((mark, length)),
            Some((opened, least)) if opened == mark && length >= least && body[length..].trim().is_empty() => {
                self.0 = None
            }
            _ => {}
        }
        was_open || self.0.is_some()
    }
}

/// Whether a position lies in a fenced code block.
pub(super) fn is_in_code(text: &str, at: usize) -> bool {
    let mut fences = Fences::default();
    let before = lines_of(text, &(at..at)).start;
    for line in text[..before].lines() {
        fences.pass(line);
    }
    fences.0.is_some()
}

/// Moves list items in or out; `None` where the lines are no list items, so that Tab leaves the field.
pub(super) fn indent(text: &str, selection: Range<usize>, outwards: bool) -> Option<Edit> {
    let range = lines_of(text, &selection);
    let is_item = |line: &str| matches!(start_of(line).kind, Some(Prefix::Bullet | Prefix::Task | Prefix::Numbered));
    let filled = || text[range.clone()].split('\n').filter(|line| !line.trim().is_empty());
    if filled().next().is_none() || !filled().all(is_item) || is_in_code(text, selection.start) {
        return None;
    }
    if outwards && filled().all(|line| start_of(line).indent.is_empty()) {
        return None;
    }
    Some(each_line(text, &selection, |_, line| {
        if line.trim().is_empty() {
            return line.to_owned();
        }
        let start = start_of(line);
        // The text of the item above begins behind its marker, and a nested list begins there.
        let step = if start.kind == Some(Prefix::Numbered) { start.marker.len() } else { 2 };
        if outwards {
            let out = line.bytes().take(step).take_while(|&b| b == b' ').count();
            let out = if line.starts_with('\t') { 1 } else { out };
            line[out..].to_owned()
        } else {
            format!("{}{line}", " ".repeat(step))
        }
    }))
}

/// What Enter does in a list or quote: the next item, or the end of the list on an empty one. `None` elsewhere, so that
/// the browser does what it always does.
pub(super) fn enter(text: &str, selection: Range<usize>) -> Option<Edit> {
    let line_start = text[..selection.start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[selection.end..].find('\n').map_or(text.len(), |at| selection.end + at);
    let line = &text[line_start..line_end];
    let start = start_of(line);
    let kind = start.kind?;
    if selection.start < line_start + start.len() || is_in_code(text, selection.start) {
        return None;
    }
    if selection.is_empty() && line[start.len()..].trim().is_empty() {
        // What follows a list directly would belong to its last item; a blank line keeps it apart.
        let follows_text = text[..line_start].lines().next_back().is_some_and(|above| !above.trim().is_empty());
        let insert = if follows_text { "\n" } else { "" };
        return Some(Edit::replace(line_start..line_end, insert));
    }
    let marker = match kind {
        Prefix::Task => format!("{}[ ] ", &start.marker[..2]),
        Prefix::Numbered => {
            let digits = start.marker.len() - 2;
            let number: u64 = start.marker[..digits].parse().unwrap_or(0);
            format!("{}{}", number + 1, &start.marker[digits..])
        }
        Prefix::Quote => "> ".to_owned(),
        Prefix::Bullet => start.marker.to_owned(),
    };
    Some(Edit::replace(selection, format!("\n{}{marker}", start.indent)))
}

/// Puts a block in place of the selection, with blank lines around it where there is text.
pub(super) fn insert_block(text: &str, selection: Range<usize>, block: &str) -> Edit {
    let before = &text[..selection.start];
    let after = &text[selection.end..];
    let lead = if before.trim().is_empty() || before.ends_with("\n\n") {
        ""
    } else if before.ends_with('\n') {
        "\n"
    } else {
        "\n\n"
    };
    let tail = if after.is_empty() || after.starts_with("\n\n") {
        "\n"
    } else if after.starts_with('\n') {
        ""
    } else {
        "\n\n"
    };
    Edit::replace(selection, format!("{lead}{block}{tail}"))
}

/// The word behind a `/` at the start of a line, up to the caret, with the place of the slash.
pub(super) fn slash_word(text: &str, caret: usize) -> Option<(usize, &str)> {
    let line_start = text[..caret].rfind('\n').map_or(0, |at| at + 1);
    let line = &text[line_start..caret];
    let word = line.trim_start_matches(' ').strip_prefix('/')?;
    let is_word = word.chars().count() <= 24 && word.chars().all(|c| c.is_alphanumeric() || c == ' ' || c == '-');
    (is_word && !word.starts_with(' ') && !is_in_code(text, caret)).then(|| (caret - word.len() - 1, word))
}

/// A byte offset of UTF-16 units from the start.
pub(super) fn from_utf16(text: &str, units: usize) -> usize {
    let mut passed = 0;
    for (at, character) in text.char_indices() {
        if passed >= units {
            return at;
        }
        passed += character.len_utf16();
    }
    text.len()
}

/// UTF-16 units up to a byte offset.
pub(super) fn to_utf16(text: &str, bytes: usize) -> usize {
    text[..bytes].chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests;
