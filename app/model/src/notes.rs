//! What somebody should read before they upgrade: what breaks, what closes a hole, what has to be done.

use serde::{Deserialize, Serialize};

use crate::entries::Entry;

/// Why an entry should be read before an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Note {
    Breaking,
    Security,
    Upgrade,
}

impl Note {
    pub const ALL: [Note; 3] = [Note::Breaking, Note::Security, Note::Upgrade];

    pub fn label(self) -> &'static str {
        match self {
            Note::Breaking => "Breaking",
            Note::Security => "Security",
            Note::Upgrade => "Upgrade notes",
        }
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Note::Breaking => &["breaking", "incompatible", "removed"],
            Note::Security => &["security", "vulnerability", "vulnerabilities", "cve"],
            Note::Upgrade => &["upgrade", "upgrading", "migration", "migrating", "deprecated", "deprecation"],
        }
    }
}

/// What an entry is about, as its tags and the headings of its text say by whole words.
pub fn of(entry: &Entry) -> Vec<Note> {
    let tags = entry.tags.iter().map(|tag| tag.name.as_str());
    let said: Vec<String> = tags.chain(headings(&entry.content)).map(str::to_lowercase).collect();
    let has = |note: &Note| {
        said.iter().any(|text| text.split(|c: char| !c.is_alphanumeric()).any(|word| note.words().contains(&word)))
    };
    Note::ALL.into_iter().filter(has).collect()
}

/// The headings of a Markdown text, outside of code.
fn headings(content: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    content.lines().filter(move |line| {
        let line = line.trim_start();
        if line.starts_with("```") || line.starts_with("~~~") {
            is_code = !is_code;
        }
        // The footer of Conventional Commits, which change logs are made of.
        !is_code && (line.starts_with('#') || line.starts_with("BREAKING CHANGE:"))
    })
}
