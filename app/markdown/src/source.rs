//! What happens to the text before the parser sees it.

use std::borrow::Cow;

use pulldown_cmark::Options;

/// The dialect, in the parser's terms.
pub(crate) fn dialect() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_GFM
}

/// True for characters that no output may contain: controls other than tab and line feed, and the two code points that
/// XML 1.0 forbids. NUL is among them, but readers get U+FFFD in its place, as CommonMark asks.
pub(crate) fn is_forbidden(c: char) -> bool {
    (c.is_control() && c != '\t' && c != '\n') || c == '\u{FFFE}' || c == '\u{FFFF}'
}

/// Drops a byte order mark and forbidden characters, and makes every line end in a line feed.
pub(crate) fn normalize(source: &str) -> Cow<'_, str> {
    let source = source.strip_prefix('\u{FEFF}').unwrap_or(source);
    if !source.contains(is_forbidden) {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len());
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\0' => out.push(char::REPLACEMENT_CHARACTER),
            c if is_forbidden(c) => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}
