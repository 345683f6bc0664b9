//! Version numbers at the start of a text: `1.2`, `v1.2.3-rc.1`, `1.0.7.3`, `2024.1`, `1.0b2`, `4.x`.

use crate::MAX_VERSION_CHARS;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version<'t> {
    /// As written, without a leading `v`.
    pub(crate) number: &'t str,
    /// Numeric parts: 3 for `1.2.3-rc.1`.
    pub(crate) parts: usize,
    pub(crate) has_v: bool,
    /// Bytes read, the `v` included.
    pub(crate) length: usize,
}

/// Reads a version that ends where the text does or before a character that cannot continue one.
pub(crate) fn at_start(text: &str) -> Option<Version<'_>> {
    let lead = v_prefix(text);
    let rest = text.get(lead..)?;
    let bytes = rest.as_bytes();
    let mut end = digits(bytes, 0);
    if end == 0 || end > 10 {
        return None;
    }
    let mut parts = 1;
    while bytes.get(end) == Some(&b'.') {
        let part = digits(bytes, end + 1);
        if part > 0 && part <= 10 {
            end += 1 + part;
        } else if matches!(bytes.get(end + 1), Some(b'x' | b'X' | b'*'))
            && !bytes.get(end + 2).is_some_and(u8::is_ascii_alphanumeric)
        {
            end += 2;
        } else {
            break;
        }
        parts += 1;
    }
    end += suffix(rest.get(end..)?, parts, lead > 0)?;
    let number = rest.get(..end)?;
    let boundary = rest.get(end..)?.chars().next().is_none_or(|next| {
        next.is_whitespace()
            || matches!(
                next,
                ':' | ','
                    | ';'
                    | '.'
                    | '-'
                    | '–'
                    | '—'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '|'
                    | '/'
                    | '_'
                    | '*'
                    | '~'
                    | '`'
                    | '!'
            )
    });
    (boundary && number.len() <= MAX_VERSION_CHARS).then_some(Version {
        number,
        parts,
        has_v: lead > 0,
        length: lead + end,
    })
}

/// The version that a title names: `Atuin 18.0.1 is out`, `v2`, `Release 1.2`, `1.2 – Search`. Numbers of two parts or
/// fewer are one only where something says so.
pub(crate) fn in_text(title: &str) -> Option<String> {
    let mut before = "";
    let mut at = 0;
    for word in title.split_inclusive(char::is_whitespace) {
        let start = at + (word.len() - word.trim_start_matches(['(', '[', '"', '\'', '“']).len());
        if let Some(version) = title.get(start..).and_then(at_start) {
            let is_named = !before.is_empty();
            let is_version = version.parts >= 3 || version.has_v || version.parts == 2 && (is_named || at == 0);
            if is_version && !crate::dates::is_iso(version.number) {
                return Some(version.number.to_owned());
            }
        }
        at += word.len();
        before = match word.trim() {
            "Version" | "version" => "version",
            "Release" | "release" | "Released" | "released" => "release",
            "Update" | "update" => "update",
            "v" | "V" => "v",
            _ => "",
        };
    }
    None
}

/// Bytes of `v`, `v.` or `v ` before a digit.
fn v_prefix(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(['v', 'V']) else { return 0 };
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let rest = rest.strip_prefix(' ').unwrap_or(rest);
    if rest.starts_with(|c: char| c.is_ascii_digit()) { text.len() - rest.len() } else { 0 }
}

fn digits(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).map_or(0, |rest| rest.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

/// Length of a pre-release or build part, 0 for none; `None` when what follows makes the number no version.
fn suffix(rest: &str, parts: usize, has_v: bool) -> Option<usize> {
    let run = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+' | '~')))
        .unwrap_or(rest.len());
    let run = rest.get(..run)?.trim_end_matches(['.', '-', '_', '+', '~']);
    let Some(first) = run.chars().next() else { return Some(0) };
    // "1.2.3-2024-01-31" is a version and a date.
    if run.get(1..).is_some_and(crate::dates::is_iso) {
        return Some(0);
    }
    // "3rd", "2D" and "10x" are words, "1.0b2" and "1.1.1w" are versions.
    if first.is_ascii_alphabetic() && (parts < 2 || run.len() > 20) {
        return None;
    }
    // "5-based" is a word; a pre-release of a lone number needs the "v" or a digit ("12-rc1").
    if parts == 1 && !has_v && !run.contains(|c: char| c.is_ascii_digit()) && !run.starts_with('+') {
        return None;
    }
    Some(run.len())
}
