//! Helpers for plain text: blanks, ornaments at the edges, separators.

use std::borrow::Cow;

/// Every run of blanks (no-break spaces too) as one space, none at the edges.
pub(crate) fn squeeze(text: &str) -> Cow<'_, str> {
    let clean = !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
        && !text.chars().any(|c| c != ' ' && (c.is_whitespace() || is_invisible(c)));
    if clean {
        return Cow::Borrowed(text);
    }
    let mut squeezed = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() || is_invisible(c)).filter(|word| !word.is_empty()) {
        if !squeezed.is_empty() {
            squeezed.push(' ');
        }
        squeezed.push_str(word);
    }
    Cow::Owned(squeezed)
}

/// Takes emoji, `:shortcodes:` and blanks off both ends.
pub(crate) fn without_ornaments(text: &str) -> &str {
    let mut text = text;
    loop {
        let trimmed = text.trim_matches(|c: char| c.is_whitespace() || is_emoji(c));
        let trimmed = shortcode(trimmed).map_or(trimmed, |length| trimmed.get(length..).unwrap_or_default());
        let trimmed = shortcode_at_end(trimmed).map_or(trimmed, |at| trimmed.get(..at).unwrap_or_default());
        if trimmed.len() == text.len() {
            return text;
        }
        text = trimmed;
    }
}

/// Blanks, dashes and punctuation that stand between version, date and title.
pub(crate) fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '–' | '—' | '−' | ':' | '|' | '/' | ',' | ';' | '·' | '•' | '~' | '→' | '*' | '_' | '='
        )
}

pub(crate) fn trim_separators(text: &str) -> &str {
    text.trim_matches(is_separator)
}

/// Cuts at a word end so that at most `limit` characters remain, the ellipsis included; `None` if nothing was cut.
pub(crate) fn shortened(text: &str, limit: usize) -> Option<String> {
    let (cut, _) = text.char_indices().nth(limit.saturating_sub(1))?;
    text.chars().nth(limit)?;
    let head = text.get(..cut)?;
    let word_end = head.rfind(char::is_whitespace).filter(|&at| at > cut / 2).unwrap_or(cut);
    Some(format!("{}…", head.get(..word_end)?.trim_end_matches(is_separator)))
}

fn shortcode(text: &str) -> Option<usize> {
    let end = text.strip_prefix(':')?.find(':')? + 2;
    is_shortcode(text.get(1..end - 1)?).then_some(end)
}

fn shortcode_at_end(text: &str) -> Option<usize> {
    let start = text.strip_suffix(':')?.rfind(':')?;
    is_shortcode(text.get(start + 1..text.len() - 1)?).then_some(start)
}

fn is_shortcode(name: &str) -> bool {
    (2..=40).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-' | b'+'))
}

/// Symbols and pictographs, with the joiners and selectors that shape them.
fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{200d}' | '\u{20e3}' | '\u{fe0e}' | '\u{fe0f}' | '\u{2139}' | '\u{203c}' | '\u{2049}' | '\u{3030}' | '\u{303d}'
        | '\u{2190}'..='\u{21ff}' | '\u{2300}'..='\u{23ff}' | '\u{2460}'..='\u{24ff}' | '\u{25a0}'..='\u{27bf}'
        | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{e0020}'..='\u{e007f}')
}

/// Zero-width characters that editors leave behind; the joiner inside emoji is not one of them.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}' | '\u{2060}' | '\u{feff}')
}
