//! Markdown files with front matter: one entry each.

use std::fmt::Write as _;

use model::entries::EntryState;
use model::time::to_wire;

use crate::Item;

/// The file of an entry. The text follows an empty line and ends with a line end of its own.
pub(crate) fn file(item: &Item) -> String {
    let entry = &item.entry;
    let mut text = String::with_capacity(entry.content.len() + 512);
    let mut line = |key: &str, value: &str| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{key}: {value}");
    };
    line("title", &quoted(&entry.title));
    if let Some(version) = &entry.version {
        line("version", &quoted(version));
    }
    if let Some(published_at) = entry.published_at {
        line("date", &to_wire(published_at));
    }
    let tags: Vec<String> = entry.tags.iter().map(|tag| quoted(&tag.name)).collect();
    line("tags", &format!("[{}]", tags.join(", ")));
    line("status", entry.state().as_str());
    if let Some(scheduled_at) = entry.scheduled_at.filter(|_| entry.state() == EntryState::Scheduled) {
        line("scheduled", &to_wire(scheduled_at));
    }
    line("slug", &quoted(&entry.slug));
    line("id", &quoted(entry.id.as_str()));
    if let Some(id) = &item.entry.external_id {
        line("externalId", &quoted(id));
    }
    line("created", &to_wire(entry.created_at));
    line("updated", &to_wire(entry.updated_at));
    format!("---\n{text}---\n\n{}\n", entry.content)
}

/// A text as a double-quoted value of YAML 1.2 (7.3.1); characters that YAML calls not printable are escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(character);
            }
            '\u{0}'..='\u{1f}'
            | '\u{7f}'..='\u{9f}'
            | '\u{2028}'
            | '\u{2029}'
            | '\u{feff}'
            | '\u{fffe}'
            | '\u{ffff}' => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(character));
            }
            _ => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
