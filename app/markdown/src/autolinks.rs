//! Web addresses written without any markup, as GitHub recognises them (GFM, section 6.9).
//!
//! Only `http://`, `https://` and `www.` count. Bare mail addresses are left as text on purpose: under GitHub's rule
//! `package@1.2.3`, frequent in changelogs, would be one, and a published address would be collected for spam.

use std::ops::Range;

/// An address found in a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) range: Range<usize>,
    /// False for `www.`, which still needs a scheme.
    pub(crate) has_scheme: bool,
}

/// Finds the first address at or after `from`, which must be a character boundary.
///
/// Calling it again from the end of what it found reads every byte a constant number of times.
pub(crate) fn find(text: &str, from: usize) -> Option<Found> {
    let bytes = text.as_bytes();
    let mut at = from;
    while at < bytes.len() {
        let candidate = match bytes[at] {
            b':' if bytes[at..].starts_with(b"://") => ["https", "http"].into_iter().find_map(|scheme| {
                let start = at.checked_sub(scheme.len()).filter(|&start| start >= from)?;
                bytes[start..at].eq_ignore_ascii_case(scheme.as_bytes()).then_some((start, at + 3, true))
            }),
            b'w' if bytes[at..].starts_with(b"www.") => Some((at, at, false)),
            _ => None,
        };
        at += 1;
        if let Some((start, host_start, has_scheme)) = candidate
            && may_start_after(text[..start].chars().next_back())
        {
            let host = host(&text[host_start..]);
            let host_end = host_start + host.len();
            if is_host(host) && (has_scheme || host.contains('.')) {
                return Some(Found { range: start..address_end(text, host_end), has_scheme });
            }
            // Nothing inside a refused host is tried again, or a long one would be read over and over.
            at = at.max(host_end);
        }
    }
    None
}

/// An address starts a line or follows a blank, an opening bracket or a formatting mark, never a word.
fn may_start_after(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || matches!(c, '(' | '[' | '*' | '_' | '~' | '|'))
}

/// The characters at the start of `text` that can belong to a host.
fn host(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '_' | '.')).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', '-', '_'])
}

fn is_host(host: &str) -> bool {
    host.starts_with(char::is_alphanumeric) && !host.rsplit('.').take(2).any(|label| label.contains('_'))
}

/// Where the address ends whose host ends at `host_end`: before a blank or `<`, and without the punctuation that
/// belongs to the sentence around it. A closing bracket belongs to the address only if it was opened inside.
fn address_end(text: &str, host_end: usize) -> usize {
    let rest = &text[host_end..];
    let mut path = &rest[..rest.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(rest.len())];
    let count = |wanted: char| path.chars().filter(|&c| c == wanted).count();
    let mut surplus_round = count(')').saturating_sub(count('('));
    let mut surplus_square = count(']').saturating_sub(count('['));
    loop {
        let surplus = match path.chars().next_back() {
            Some('?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"' | '|') => None,
            Some(')') if surplus_round > 0 => Some(&mut surplus_round),
            Some(']') if surplus_square > 0 => Some(&mut surplus_square),
            _ => return host_end + path.len(),
        };
        if let Some(surplus) = surplus {
            *surplus -= 1;
        }
        path = &path[..path.len() - 1];
    }
}

#[cfg(test)]
mod tests {
    use super::find;

    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(hit) = find(text, from) {
            found.push(&text[hit.range.clone()]);
            from = hit.range.end;
        }
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn addresses_end_before_the_sentence_does() {
        check("See https://example.com/a.", &["https://example.com/a"]);
        check("(https://example.com/a_(b))", &["https://example.com/a_(b)"]);
        check("[https://example.com/a], x", &["https://example.com/a"]);
        check("https://example.com/a?b=c&d=e#f!", &["https://example.com/a?b=c&d=e#f"]);
        check("https://example.com/</b>", &["https://example.com/"]);
        check("www.example.com: yes", &["www.example.com"]);
        check("HTTP://localhost:3000/x", &["HTTP://localhost:3000/x"]);
        check("https://a.example https://b.example", &["https://a.example", "https://b.example"]);
        check("https://münchen.example/ü.", &["https://münchen.example/ü"]);
    }

    #[test]
    fn words_and_broken_hosts_are_no_addresses() {
        for text in [
            "xhttps://example.com",
            "awww.example.com",
            "href=\"https://example.com\"",
            "https://",
            "https://-",
            "https:// example.com",
            "https://a_b.example_x",
            "ftp://example.com",
            "://",
            "www.",
            "_www.x_www.x_www.x_",
            "package@1.2.3",
        ] {
            check(text, &[]);
        }
    }
}
