//! An entry as a text that people edit: Markdown, perhaps below title, version and tags in TOML.
//!
//! ```text
//! +++
//! title = "Dark mode"
//! version = "1.4.0"
//! tags = ["Added"]
//! +++
//!
//! A dark theme for every page.
//! ```

use serde::{Deserialize, Serialize};

const FENCE: &str = "+++";

/// What a text says of an entry; what it does not say is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    pub title: Option<String>,
    /// An empty one stands for none.
    pub version: Option<String>,
    pub tags: Option<Vec<String>>,
    /// Markdown without blank lines around it.
    pub content: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct NotADraft {
    line: usize,
    reason: String,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
}

/// Reads a text. Without a head all of it is content.
pub fn read(text: &str) -> Result<Draft, NotADraft> {
    let mut rest = text.split_inclusive('\n');
    if rest.next().is_none_or(|line| line.trim_end() != FENCE) {
        return Ok(Draft { content: trim(text), ..Draft::default() });
    }
    let mut head = String::new();
    let closed = rest.by_ref().any(|line| {
        let ends = line.trim_end() == FENCE;
        if !ends {
            head.push_str(line);
        }
        ends
    });
    if !closed {
        let reason = format!("The first line is {FENCE}, and no second one ends what it begins.");
        return Err(NotADraft { line: 1, reason });
    }
    let read: Head = toml::from_str(&head).map_err(|error| {
        let before = error.span().and_then(|span| head.get(..span.start)).unwrap_or_default();
        let reason = error.message().lines().next().unwrap_or_default().trim_end_matches('.');
        NotADraft { line: 2 + before.matches('\n').count(), reason: format!("{reason}.") }
    })?;
    let Head { title, version, tags } = read;
    let title = title.map(|title| title.trim().to_owned());
    let version = version.map(|version| version.trim().to_owned());
    Ok(Draft { title, version, tags, content: trim(&rest.collect::<String>()) })
}

/// Writes all that [`read`] reads.
pub fn write(draft: &Draft) -> String {
    let Draft { title, version, tags, content } = draft.clone();
    // Three plain members can always be written.
    let head = toml::to_string(&Head { title, version, tags }).unwrap_or_default();
    format!("{FENCE}\n{head}{FENCE}\n\n{content}\n")
}

/// Blank lines at the beginning and white space at the end say nothing; blanks before the first word may.
pub fn trim(text: &str) -> String {
    let text = text.trim_end();
    let blank: usize = text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum();
    text[blank..].to_owned()
}

/// The title and the rest, if the text begins with a heading of the first or second level. Others are parts of a text.
pub fn heading(content: &str) -> Option<(String, String)> {
    let (first, rest) = content.split_once('\n').unwrap_or((content, ""));
    let indent = first.len() - first.trim_start_matches(' ').len();
    let (title, rest) = match first.trim_start().strip_prefix("##").or_else(|| first.trim_start().strip_prefix('#')) {
        Some(title) if indent < 4 && title.starts_with([' ', '\t']) => {
            let title = title.trim();
            // Marks at the end belong to the heading when a blank stands before them.
            let marks = title.trim_end_matches('#');
            let title = if marks.ends_with([' ', '\t']) { marks.trim_end() } else { title };
            (title, rest)
        }
        _ => {
            let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
            let line = line.trim_end();
            let is_underline = !line.is_empty() && (line.bytes().all(|b| b == b'=') || line.bytes().all(|b| b == b'-'));
            if !is_underline || indent >= 4 || first.trim().is_empty() {
                return None;
            }
            (first.trim(), rest)
        }
    };
    let title = plain(title);
    (!title.is_empty()).then(|| (title, trim(rest)))
}

/// A title is plain text: the words of a link stay, its address and the signs of emphasis and code go.
fn plain(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(char) = rest.chars().next() {
        rest = &rest[char.len_utf8()..];
        match char {
            '\\' => {
                let escaped = rest.chars().next().filter(char::is_ascii_punctuation);
                out.push(escaped.unwrap_or('\\'));
                rest = &rest[escaped.map_or(0, char::len_utf8)..];
            }
            '[' => {}
            ']' => {
                let end = match rest.chars().next() {
                    Some('(') => rest.find(')'),
                    Some('[') => rest.find(']'),
                    _ => None,
                };
                if let Some(end) = end {
                    rest = &rest[end + 1..];
                }
            }
            '`' => {}
            '*' if rest.starts_with('*') => rest = &rest[1..],
            char => out.push(char),
        }
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(content: &str, expected: Option<(&str, &str)>) {
        let found = heading(content);
        assert_eq!(found.as_ref().map(|(title, rest)| (title.as_str(), rest.as_str())), expected, "{content:?}");
    }

    #[test]
    fn a_text_may_begin_with_its_title() {
        check("# Dark mode\n\nFor every page.", Some(("Dark mode", "For every page.")));
        check("## [1.4.0] - 2026-03-04\n\n### Added\n\n- This", Some(("1.4.0 - 2026-03-04", "### Added\n\n- This")));
        check("## [1.4.0](https://example.com/v1.4.0) (2026-03-04)", Some(("1.4.0 (2026-03-04)", "")));
        check("# **Big** `news` #\ntext", Some(("Big news", "text")));
        check("# C# \\* 2", Some(("C# * 2", "")));
        check("Dark mode\n=========\ntext", Some(("Dark mode", "text")));
        for none in
            ["", "text", "### Added\n- this", "#hashtag", "    # code", "- a\n- b", "text\n\n# later", "# \ntext"]
        {
            check(none, None);
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for (title, content) in [("Dark \"mode\"", "text\n\n+++\n\nmore"), ("", ""), ("\\", "    code first")] {
            let draft = Draft {
                title: Some(title.to_owned()),
                version: Some("1.4.0".to_owned()),
                tags: Some(vec!["Added, really".to_owned()]),
                content: content.to_owned(),
            };
            assert_eq!(read(&write(&draft)), Ok(draft));
        }
    }

    #[test]
    fn a_text_without_a_head_is_all_content() {
        let draft = read("\n\n---\ntitle: x\n---\n\ntext\n\n").unwrap();
        assert_eq!(draft, Draft { content: "---\ntitle: x\n---\n\ntext".to_owned(), ..Draft::default() });
    }

    #[test]
    fn a_head_that_cannot_be_read_is_told_with_its_line() {
        let refused = |text: &str| read(text).unwrap_err().to_string();
        assert!(refused("+++\ntitle = \"x\"\ntitel = 1\n+++\n").starts_with("line 3: "));
        assert!(refused("+++\ntitle = \"x\"\n\ntext").starts_with("line 1: "));
        assert!(refused("+++\ntags = \"Added\"\n+++\n").contains("line 2: "));
    }
}
