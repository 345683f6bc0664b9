//! What of a text can be shown, and where its lines break.

use unicode_normalization::UnicodeNormalization;

/// Longer texts never fit; the rest is not even looked at.
const MOST: usize = 400;

/// The text with composed letters and single spaces, without characters that cannot be drawn. `None` when less than half
/// of its letters and digits are left: a few of them would say something else.
pub fn readable(text: &str, has: impl Fn(char) -> bool) -> Option<String> {
    let mut shown = String::new();
    let (mut all, mut kept) = (0_usize, 0_usize);
    let mut gap = false;
    for c in text.nfc().take(MOST) {
        if c.is_whitespace() || c.is_control() {
            gap = true;
            continue;
        }
        // It marks a place to break, and is no letter.
        if c == '\u{ad}' {
            continue;
        }
        all += usize::from(c.is_alphanumeric());
        if has(c) {
            if gap && !shown.is_empty() {
                shown.push(' ');
            }
            gap = false;
            kept += usize::from(c.is_alphanumeric());
            shown.push(c);
        }
    }
    (kept > 0 && kept * 2 >= all).then_some(shown)
}

/// The text, or its start with an ellipsis where it is wider than `measure`.
pub fn cut(text: &str, measure: f32, width: impl Fn(&str) -> f32) -> String {
    if width(text) <= measure { text.to_owned() } else { with_ellipsis(text, measure, width) }
}

/// Ends at a whole word, unless that would leave less than half a line.
fn with_ellipsis(text: &str, measure: f32, width: impl Fn(&str) -> f32) -> String {
    let ended = |text: &str| format!("{}…", text.trim_end_matches([' ', ',', '.', ';', ':', '-', '–', '—', '…']));
    let mut shown = text.to_owned();
    while !shown.is_empty() && width(&ended(&shown)) > measure {
        shown.pop();
    }
    if let Some((words, _)) = shown.rsplit_once(' ')
        && shown.len() < text.len()
        && width(words) * 2.0 >= measure
    {
        return ended(words);
    }
    ended(&shown)
}

/// Breaks into lines no wider than `measure`: at spaces, behind hyphens and slashes, and inside a word that has no line
/// wide enough.
pub fn wrap(text: &str, measure: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for (space, piece) in pieces(text) {
        let together = format!("{line}{}{piece}", if space && !line.is_empty() { " " } else { "" });
        if width(&together) <= measure {
            line = together;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        line = break_word(piece, measure, &width, &mut lines);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// Words, and parts of words behind which a line may end; each with whether a space stands before it.
fn pieces(text: &str) -> impl Iterator<Item = (bool, &str)> {
    text.split(' ').filter(|word| !word.is_empty()).flat_map(|word| {
        let parts = word.split_inclusive(['-', '–', '—', '/', '_']);
        parts.enumerate().map(|(at, part)| (at == 0, part))
    })
}

/// Pushes full lines of a word that is wider than a line, and returns the rest.
fn break_word(word: &str, measure: f32, width: impl Fn(&str) -> f32, lines: &mut Vec<String>) -> String {
    let mut line = String::new();
    for c in word.chars() {
        let hyphen = if c.is_alphabetic() { "-" } else { "" };
        if !line.is_empty() && width(&format!("{line}{c}{hyphen}")) > measure {
            if line.ends_with(char::is_alphabetic) {
                line.push_str(hyphen);
            }
            lines.push(std::mem::take(&mut line));
        }
        line.push(c);
    }
    line
}

/// The same number of lines, as equal in length as they get.
pub fn balance(text: &str, lines: Vec<String>, measure: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    let (mut low, mut high, mut best) = (measure / 2.0, measure, lines);
    for _ in 0..7 {
        let middle = (low + high) / 2.0;
        let narrower = wrap(text, middle, &width);
        // A word that was whole stays whole.
        let is_whole = best.iter().filter(|line| line.ends_with('-')).count()
            >= narrower.iter().filter(|line| line.ends_with('-')).count();
        if narrower.len() <= best.len() && is_whole {
            best = narrower;
            high = middle;
        } else {
            low = middle;
        }
    }
    best
}

/// At most `most` lines, the last with an ellipsis.
pub fn shorten(mut lines: Vec<String>, most: usize, measure: f32, width: impl Fn(&str) -> f32) -> Vec<String> {
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        *last = with_ellipsis(last, measure, width);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::{balance, cut, readable, shorten, wrap};

    /// Every character is one wide.
    fn width(text: &str) -> f32 {
        text.chars().count() as f32
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out_and_too_little_is_nothing() {
        let latin = |c: char| c.is_ascii() || ('\u{a0}'..'\u{250}').contains(&c);
        let check =
            |text: &str, expected: Option<&str>| assert_eq!(readable(text, latin).as_deref(), expected, "{text}");
        check("  Fast\u{a0}\tsearch \u{1f680} today\n", Some("Fast search today"));
        check("u\u{308}ber", Some("über"));
        check("Donau\u{ad}dampf", Some("Donaudampf"));
        check("Version 2 日本語", Some("Version 2"));
        check("新しい検索機能 v2", None);
        check("\u{1f680}\u{1f680}", None);
        check("", None);
    }

    #[test]
    fn lines_break_where_a_reader_expects_it() {
        assert_eq!(wrap("Faster search for all", 10.0, width), ["Faster", "search for", "all"]);
        assert_eq!(wrap("Single-sign-on now", 12.0, width), ["Single-sign-", "on now"]);
        assert_eq!(wrap("Donaudampfschiff", 7.0, width), ["Donaud-", "ampfsc-", "hiff"]);
        assert_eq!(wrap("12345678", 5.0, width), ["12345", "678"]);
        assert!(wrap("", 5.0, width).is_empty());
    }

    #[test]
    fn lines_are_balanced_and_the_last_of_too_many_says_so() {
        let text = "A title that has a short last word";
        let lines = wrap(text, 30.0, width);
        assert_eq!(lines, ["A title that has a short last", "word"]);
        assert_eq!(balance(text, lines, 30.0, width), ["A title that has", "a short last word"]);
        let lines = wrap("one two three four five", 9.0, width);
        assert_eq!(shorten(lines, 2, 9.0, width), ["one two", "three…"]);
        assert_eq!(cut("Orbit Mail, and more", 12.0, width), "Orbit Mail…");
        assert_eq!(cut("Orbit Mail for everybody", 18.0, width), "Orbit Mail for…");
    }
}
