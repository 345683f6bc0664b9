//! Small things that deserve a line and no entry of their own: they wait in their project until an entry takes them along,
//! under one heading.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::{ProjectId, QuickNoteId};
use crate::time::Timestamp;

/// In characters.
pub const MAX_TEXT: usize = 300;
/// The heading under which an entry lists them.
pub const HEADING: &str = "Also fixed";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct QuickNote {
    pub id: QuickNoteId,
    pub project_id: ProjectId,
    /// One line of Markdown.
    pub text: String,
    /// Who wrote it; `None` for the command line and for who is gone.
    pub author: Option<String>,
    pub created_at: Timestamp,
}

/// The line of a note, checked: `text` in the error.
pub fn checked(text: &str) -> Result<String> {
    let mut form = Checker::new();
    let text = form.take("text", check::line(text, "The note", 1, MAX_TEXT));
    form.finish()?;
    Ok(text)
}

/// A text with notes at the end of its section [`HEADING`], which is made where there is none.
pub fn append(content: &str, notes: &[&str]) -> String {
    if notes.is_empty() {
        return content.to_owned();
    }
    let lines: Vec<String> = notes.iter().map(|note| format!("- {note}")).collect();
    let lines = lines.join("\n");
    let Some((start, level)) = section(content) else {
        let before = content.trim_end();
        let gap = if before.is_empty() { "" } else { "\n\n" };
        return format!("{before}{gap}## {HEADING}\n\n{lines}\n");
    };
    let end = end_of_section(content, start, level);
    let (before, after) = (content[..end].trim_end(), content[end..].trim_start_matches('\n'));
    // A list goes on; after anything else it begins.
    let last = before.lines().next_back().unwrap_or_default().trim_start();
    let gap = if last.starts_with("- ") { "\n" } else { "\n\n" };
    let tail = if after.is_empty() { "\n".to_owned() } else { format!("\n\n{after}") };
    format!("{before}{gap}{lines}{tail}")
}

/// The level of a heading and its words.
fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|&b| b == b'#').count();
    let words = line[level..].strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, words.trim().trim_end_matches('#').trim_end()))
}

/// Where the section begins, behind its heading, and the level of that.
fn section(content: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    for line in content.split_inclusive('\n') {
        at += line.len();
        if let Some((level, words)) = heading(line.trim_end_matches('\n'))
            && words.to_lowercase() == HEADING.to_lowercase()
        {
            return Some((at, level));
        }
    }
    None
}

/// Where the next heading of the same level or above stands.
fn end_of_section(content: &str, start: usize, level: usize) -> usize {
    let mut at = start;
    for line in content[start..].split_inclusive('\n') {
        if heading(line.trim_end_matches('\n')).is_some_and(|(own, _)| own <= level) {
            return at;
        }
        at += line.len();
    }
    content.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_come_under_one_heading() {
        for (content, notes, expected) in [
            ("", &["a"][..], "## Also fixed\n\n- a\n"),
            ("Text.\n", &["a", "b"], "Text.\n\n## Also fixed\n\n- a\n- b\n"),
            ("Text.", &[], "Text."),
            ("## Also fixed\n\n- a\n", &["b"], "## Also fixed\n\n- a\n- b\n"),
            (
                "### also fixed ###\n\nWords.\n\n## Next\n\nMore.\n",
                &["b"],
                "### also fixed ###\n\nWords.\n\n- b\n\n## Next\n\nMore.\n",
            ),
            ("## Also fixed\n### Sub\n- x\n# Top", &["b"], "## Also fixed\n### Sub\n- x\n- b\n\n# Top"),
            ("## Also fixed", &["b"], "## Also fixed\n\n- b\n"),
            ("##Also fixed", &["b"], "##Also fixed\n\n## Also fixed\n\n- b\n"),
        ] {
            assert_eq!(append(content, notes), expected, "{content:?}");
        }
    }

    #[test]
    fn a_note_is_one_line() {
        assert_eq!(checked(" Typo in the menu ").as_deref(), Ok("Typo in the menu"));
        for wrong in ["", "  ", "two\nlines", &"x".repeat(MAX_TEXT + 1)] {
            assert!(checked(wrong).is_err(), "{wrong}");
        }
    }
}
