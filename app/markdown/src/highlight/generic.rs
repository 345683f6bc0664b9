//! The scanner for most languages.

use super::syntax::{LineStart, Quote, Sign, Syntax};
use super::{Class, Painter, is_word, is_word_start};

/// Longest regular expression, and longest character literal, in bytes. What is looked at in vain stays short.
const MAX_REGEX: usize = 120;
const MAX_CHARACTER: usize = 12;

pub(super) fn scan(painter: &mut Painter<'_, '_>, syntax: &Syntax, start: usize, end: usize) {
    let mut state = State { at: start, end, line_start: true, value_before: false, define: false };
    while state.at < end {
        step(painter, syntax, &mut state);
    }
}

struct State {
    at: usize,
    end: usize,
    /// Only blanks stand before `at` in its line.
    line_start: bool,
    /// What stands before `at` is a value: a `/` divides it.
    value_before: bool,
    /// The last word was one of [`Syntax::defines`].
    define: bool,
}

fn step(painter: &mut Painter<'_, '_>, syntax: &Syntax, state: &mut State) {
    let (at, end) = (state.at, state.end);
    let byte = painter.bytes()[at];
    painter.work += 1;
    if byte == b'\n' {
        state.line_start = true;
        state.value_before = false;
        state.at += 1;
        return;
    }
    if byte.is_ascii_whitespace() {
        state.at += 1;
        return;
    }
    let line_start = std::mem::take(&mut state.line_start);
    if line_start && line_begins(painter, syntax, state) {
        return;
    }
    if let Some(after) = comment(painter, syntax, at, end) {
        painter.paint(at, after, Class::Comment);
        state.at = after;
        return;
    }
    if byte == b'\'' && syntax.rust {
        return tick(painter, state);
    }
    if let Some(quote) = syntax.strings.iter().find(|quote| painter.starts(at, end, quote.open)) {
        let after = string(painter, quote, at, end);
        // JSON's keys and those of its relatives.
        let is_key = syntax.line == LineStart::Colon && followed_by(painter, after, end, b':');
        painter.paint(at, after, if is_key { Class::Attribute } else { Class::Text });
        (state.at, state.value_before, state.define) = (after, true, false);
        return;
    }
    if is_word_start(byte) || (byte == b'-' && syntax.word.contains(&b'-') && is_word_start(painter.byte(at + 1, end)))
    {
        return word(painter, syntax, state);
    }
    if byte.is_ascii_digit() {
        let after = number(painter, at, end);
        painter.paint(at, after, Class::Number);
        (state.at, state.value_before) = (after, true);
        return;
    }
    let next = painter.byte(at + 1, end);
    let sign = match byte {
        b'@' => syntax.at,
        b':' if next != b':' && (at == 0 || painter.bytes()[at - 1] != b':') => syntax.colon,
        b'#' if line_start => syntax.hash,
        _ => Sign::Nothing,
    };
    if sign != Sign::Nothing && (is_word_start(next) || (byte == b'@' && next == b'@')) {
        let after =
            painter.word_end(at + 1 + usize::from(next == b'@'), end, |byte| byte == b'.' && sign == Sign::Attribute);
        let class = match sign {
            Sign::Attribute => Class::Attribute,
            Sign::Meta => Class::Meta,
            Sign::Variable | Sign::Nothing => Class::Variable,
        };
        painter.paint(at, after, class);
        (state.at, state.value_before) = (after, true);
        return;
    }
    if byte == b'$' && syntax.dollar {
        return dollar(painter, state);
    }
    if byte == b'\\' && syntax.backslash {
        let after = painter.word_end(at + 1, end, |_| false).max((at + 2).min(end));
        let after = painter.code.ceil_char_boundary(after);
        painter.paint(at, after, Class::Keyword);
        state.at = after;
        return;
    }
    if byte == b'/'
        && syntax.regex
        && !state.value_before
        && let Some(after) = regex(painter, at, end)
    {
        painter.paint(at, after, Class::Text);
        (state.at, state.value_before) = (after, true);
        return;
    }
    state.value_before = matches!(byte, b')' | b']' | b'}');
    state.define = state.define && matches!(byte, b'*' | b'&');
    state.at += 1;
}

/// Handles what may stand first in a line. Returns true if it went forward.
fn line_begins(painter: &mut Painter<'_, '_>, syntax: &Syntax, state: &mut State) -> bool {
    let (at, end) = (state.at, state.end);
    let byte = painter.bytes()[at];
    let mark = match syntax.line {
        LineStart::Anything => return false,
        LineStart::Command => {
            if !is_word_start(byte) {
                return false;
            }
            let after = painter.word_end(at, end, |byte| matches!(byte, b'-' | b'.'));
            painter.paint(at, after, Class::Keyword);
            state.at = after;
            return true;
        }
        LineStart::Colon => b':',
        LineStart::Equals => b'=',
    };
    if byte == b'[' && mark == b'=' {
        let line = painter.line_end(at, end);
        let after = painter.until(at, line, |byte| byte == b'#');
        painter.paint(at, after, Class::Type);
        state.at = after;
        return true;
    }
    if byte == b'-' && mark == b':' && painter.byte(at + 1, end) == b' ' {
        // An item of a list; a key may follow.
        (state.at, state.line_start) = (at + 2, true);
        return true;
    }
    let key = painter.word_end(at, end, |byte| matches!(byte, b'-' | b'.' | b'/' | b'$' | b'%' | b'(' | b')'));
    let ends = painter.until(key, end, |byte| byte != b' ');
    let is_key = key > at
        && painter.byte(ends, end) == mark
        && (mark == b'=' || matches!(painter.byte(ends + 1, end), b' ' | b'\n' | b'=' | 0));
    if !is_key {
        return false;
    }
    painter.paint(at, key, Class::Attribute);
    (state.at, state.value_before) = (ends + 1, false);
    true
}

fn comment(painter: &mut Painter<'_, '_>, syntax: &Syntax, at: usize, end: usize) -> Option<usize> {
    if let Some((open, close)) = syntax.block_comments.iter().find(|(open, _)| painter.starts(at, end, open)) {
        return Some(painter.after(at + open.len(), end, close));
    }
    let open = syntax.comments.iter().find(|open| painter.starts(at, end, open))?;
    // `$#`, `a#b` and `50%` begin no comment.
    let before = if at > 0 { painter.bytes()[at - 1] } else { b'\n' };
    let free =
        open.len() > 1 || before.is_ascii_whitespace() || matches!(before, b';' | b'(' | b')' | b'{' | b'}' | b',');
    free.then(|| painter.line_end(at, end))
}

fn string(painter: &mut Painter<'_, '_>, quote: &Quote, start: usize, end: usize) -> usize {
    let close = quote.close.as_bytes()[0];
    let mut at = start + quote.open.len();
    loop {
        at = painter.until(at, end, |byte| byte == close || byte == b'\\' || byte == b'\n');
        match painter.byte(at, end) {
            b'\\' if quote.escapes => at = painter.code.ceil_char_boundary((at + 2).min(end)),
            b'\n' if !quote.lines => return at,
            byte if byte == close && painter.starts(at, end, quote.close) => return at + quote.close.len(),
            _ if at >= end => return end,
            _ => at += 1,
        }
    }
}

/// A `'`: a character between two of them, or the start of a name.
fn tick(painter: &mut Painter<'_, '_>, state: &mut State) {
    let (at, end) = (state.at, state.end);
    let near = painter.code.floor_char_boundary((at + MAX_CHARACTER).min(end));
    let mut close = at + 1;
    if painter.byte(close, near) == b'\\' {
        close += 2;
    }
    close = painter.until(close.min(near), near, |byte| byte == b'\'' || byte == b'\n');
    let text = painter.code.get(at + 1..close).unwrap_or_default();
    let is_character = painter.byte(close, near) == b'\'' && (text.starts_with('\\') || text.chars().count() == 1);
    let (after, class) = if is_character {
        (close + 1, Class::Text)
    } else {
        (painter.word_end(at + 1, end, |_| false), Class::Variable)
    };
    if after > at + 1 {
        painter.paint(at, after, class);
    }
    (state.at, state.value_before) = (after, true);
}

fn word(painter: &mut Painter<'_, '_>, syntax: &Syntax, state: &mut State) {
    let (at, end) = (state.at, state.end);
    let mut after = painter.word_end(at, end, |byte| syntax.word.contains(&byte));
    // A hyphen or mark at the end belongs to the operator that follows, a question mark to the name.
    while after > at + 1 && matches!(painter.bytes()[after - 1], b'-' | b'.') {
        after -= 1;
    }
    let text = &painter.code[at..after];
    let next = painter.byte(after, end);
    let member = at > 0 && painter.bytes()[at - 1] == b'.';
    let is = |list: &[&str]| {
        if syntax.caseless {
            list.binary_search(&&*text.to_ascii_lowercase()).is_ok()
        } else {
            list.binary_search(&text).is_ok()
        }
    };
    let define = std::mem::replace(&mut state.define, syntax.defines.contains(&text));
    if syntax.rust
        && matches!(text, "r" | "br" | "cr")
        && matches!(next, b'#' | b'"')
        && raw_string(painter, state, after)
    {
        return;
    }
    let small = text.bytes().any(|b| b.is_ascii_lowercase());
    let class = if !member && is(syntax.keywords) {
        Some(Class::Keyword)
    } else if !member && is(syntax.values) {
        Some(Class::Variable)
    } else if is(syntax.types) {
        Some(Class::Type)
    } else if syntax.rust && next == b'!' && painter.byte(after + 1, end) != b'=' {
        after += 1;
        Some(Class::Function)
    } else if syntax.calls && next == b'(' {
        Some(if define || !syntax.capitals || !text.starts_with(|c: char| c.is_ascii_uppercase()) {
            Class::Function
        } else {
            Class::Type
        })
    } else if define {
        Some(if text.starts_with(|c: char| c.is_ascii_uppercase()) { Class::Type } else { Class::Function })
    } else if syntax.capitals && text.starts_with(|c: char| c.is_ascii_uppercase()) {
        Some(if small || text.len() == 1 { Class::Type } else { Class::Variable })
    } else {
        None
    };
    if let Some(class) = class {
        painter.paint(at, after, class);
    }
    // After `return /x/` a regular expression follows, after a name a division.
    (state.at, state.value_before) = (after, class != Some(Class::Keyword));
}

/// A raw string of Rust, `r#"…"#`, whose first quote or hash is at `at`.
fn raw_string(painter: &mut Painter<'_, '_>, state: &mut State, at: usize) -> bool {
    const HASHES: &str = "\"########";
    let hashes = painter.until(at, state.end, |byte| byte != b'#') - at;
    if painter.byte(at + hashes, state.end) != b'"' || hashes >= HASHES.len() {
        return false;
    }
    let after = painter.after(at + hashes + 1, state.end, &HASHES[..=hashes]);
    painter.paint(state.at, after, Class::Text);
    (state.at, state.value_before) = (after, true);
    true
}

fn number(painter: &mut Painter<'_, '_>, start: usize, end: usize) -> usize {
    let mut at = start;
    loop {
        at = painter.word_end(at, end, |_| false);
        let (byte, next) = (painter.byte(at, end), painter.byte(at + 1, end));
        let exponent = matches!(byte, b'+' | b'-')
            && matches!(painter.bytes()[at - 1], b'e' | b'E')
            && !painter.code[start..at].starts_with("0x");
        if (byte == b'.' || exponent) && next.is_ascii_digit() {
            at += 1;
        } else {
            // A number may be cut off inside a character of another script.
            return painter.code.floor_char_boundary(at);
        }
    }
}

/// `$name`, `$1`, `${…}` on one line, or `$(`, of which only the sign is painted.
fn dollar(painter: &mut Painter<'_, '_>, state: &mut State) {
    let (at, end) = (state.at, state.end);
    let after = match painter.byte(at + 1, end) {
        b'{' => {
            let close = painter.until(at, end, |byte| byte == b'}' || byte == b'\n');
            if painter.byte(close, end) == b'}' { close + 1 } else { close }
        }
        b'?' | b'#' | b'@' | b'*' | b'!' | b'$' => at + 2,
        _ => painter.word_end(at + 1, end, |_| false),
    };
    painter.paint(at, after, Class::Variable);
    (state.at, state.value_before) = (after, true);
}

fn regex(painter: &mut Painter<'_, '_>, start: usize, end: usize) -> Option<usize> {
    let near = (start + MAX_REGEX).min(end);
    let mut at = start + 1;
    let mut in_class = false;
    while at < near {
        painter.work += 1;
        match painter.bytes()[at] {
            b'\n' => return None,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class && at > start + 1 => {
                return Some(painter.until(at + 1, end, |byte| !byte.is_ascii_lowercase()));
            }
            b'/' if !in_class => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// True if `wanted` follows after a few blanks.
fn followed_by(painter: &Painter<'_, '_>, at: usize, end: usize, wanted: u8) -> bool {
    painter.bytes()[at..end].iter().take(8).find(|byte| **byte != b' ') == Some(&wanted)
}

/// True for a byte that a word may hold; for scanners beside this one.
pub(super) fn in_word(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}
