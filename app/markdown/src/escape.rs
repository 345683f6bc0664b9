//! The only way from text to HTML.
//!
//! The choices are those of the HTML standard's serialiser, so that parsing and writing our output again gives the same
//! bytes: `&`, `<`, `>` and the no-break space everywhere, `"` in attributes as well. Forbidden characters can still
//! arrive here, since `&#1;` in Markdown is such a character; they are dropped.

use crate::source::is_forbidden;

/// Appends text for the inside of an element.
pub(crate) fn push_text(out: &mut String, text: &str) {
    push(out, text, false);
}

/// Appends text for the inside of a double-quoted attribute.
pub(crate) fn push_attribute(out: &mut String, text: &str) {
    push(out, text, true);
}

/// Appends a sentence for people, such as a picture's description, to an attribute. At most 2000 characters: assistive
/// technology reads attributes in one breath, and parsers handle them in one piece.
pub(crate) fn push_description(out: &mut String, text: &str) {
    let end = text.char_indices().nth(2000).map_or(text.len(), |(at, _)| at);
    push_attribute(out, &text[..end]);
}

fn push(out: &mut String, text: &str, quotes: bool) {
    let needs_care = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\u{A0}') || is_forbidden(c);
    let mut rest = text;
    while let Some(at) = rest.find(needs_care) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let mut chars = from.chars();
        match chars.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') if quotes => out.push_str("&quot;"),
            Some('"') => out.push('"'),
            Some('\u{A0}') => out.push_str("&nbsp;"),
            Some('\0') => out.push(char::REPLACEMENT_CHARACTER),
            _ => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}
