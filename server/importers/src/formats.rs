//! The name of what a text looks like. It changes nothing about how the text is read; people see it in the preview.

use serde::{Deserialize, Serialize};

use crate::document::{BlockKind, Document};
use crate::headings::Class;
use crate::sections;
use crate::split::Split;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    KeepAChangelog,
    GitCliff,
    Changerawr,
    /// Versions linked to a comparison in their heading, as conventional-changelog and release-please write them.
    ConventionalChangelog,
    /// Dates instead of versions.
    DateBased,
    /// Version headings of no particular tool.
    Plain,
    /// No version headings: the whole text is one release.
    Single,
}

impl Format {
    /// The name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::KeepAChangelog => "Keep a Changelog",
            Self::GitCliff => "git-cliff",
            Self::Changerawr => "Changerawr export",
            Self::ConventionalChangelog => "Conventional changelog",
            Self::DateBased => "Headings with dates",
            Self::Plain => "Headings with versions",
            Self::Single => "One release",
        }
    }
}

/// `preamble`: the text outside of all releases.
pub(crate) fn detect(document: &Document<'_>, split: &Split, preamble: &str, changerawr: bool) -> Format {
    let total = split.releases.len();
    let most = |count: usize| total > 0 && 2 * count > total;
    if total == 0 {
        return Format::Single;
    }
    if changerawr {
        return Format::Changerawr;
    }
    if document.comments.iter().any(|(_, inside)| inside.to_lowercase().contains("git-cliff")) {
        return Format::GitCliff;
    }
    let bracketed = split.releases.iter().filter(|found| found.head.bracketed && !found.link_inline).count();
    let linked = split.releases.iter().filter(|found| found.link_inline).count();
    let dated = split.releases.iter().filter(|found| found.head.class == Class::Date).count();
    let introduced = preamble.to_lowercase().contains("keepachangelog.com");
    if introduced || most(bracketed) && has_keep_a_changelog_sections(document) {
        Format::KeepAChangelog
    } else if most(linked) {
        Format::ConventionalChangelog
    } else if most(dated) {
        Format::DateBased
    } else {
        Format::Plain
    }
}

/// Most sections with a known name are one of the six kinds of Keep a Changelog.
fn has_keep_a_changelog_sections(document: &Document<'_>) -> bool {
    const KINDS: [&str; 6] = ["added", "changed", "deprecated", "removed", "fixed", "security"];
    let (mut ours, mut others) = (0, 0);
    for block in &document.blocks {
        if let BlockKind::Heading(heading) = &block.kind {
            if KINDS.contains(&heading.text.trim().to_lowercase().as_str()) {
                ours += 1;
            } else if sections::is_known(&heading.text) {
                others += 1;
            }
        }
    }
    ours > others
}
