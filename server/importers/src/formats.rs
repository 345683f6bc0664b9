//! The name of what a text looks like. It changes nothing about how the text is read; people see it in the preview.

use model::imports::{Place, Source};
use serde::{Deserialize, Serialize};

use crate::document::{BlockKind, Document};
use crate::headings::{Class, Strength};
use crate::sections;
use crate::split::Split;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Keep a Changelog as Tidings writes it.
    Tidings,
    /// A zip archive of Markdown files.
    Archive,
    KeepAChangelog,
    GitCliff,
    Changerawr,
    /// Versions linked to a comparison in their heading, as conventional-changelog and release-please write them.
    ConventionalChangelog,
    /// Dates instead of versions.
    DateBased,
    /// Version headings of no particular tool.
    Plain,
    /// Notes as GitHub writes them for releases.
    GithubNotes,
    /// A list with a version as each item.
    FlatList,
    /// Headings of a level that somebody named.
    Custom,
    /// No version headings: the whole text is one release.
    Single,
    Json,
    /// The answer of GitHub about releases.
    GithubReleases,
    /// An export of Tidings.
    TidingsJson,
    Csv,
    Rss,
    Atom,
    JsonFeed,
    /// The changelog of Canny.
    Canny,
}

impl Format {
    /// The name for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Tidings => "Tidings export",
            Self::Archive => "Zip of Markdown files",
            Self::KeepAChangelog => "Keep a Changelog",
            Self::GitCliff => "git-cliff",
            Self::Changerawr => "Changerawr export",
            Self::ConventionalChangelog => "Conventional changelog",
            Self::DateBased => "Headings with dates",
            Self::Plain => "Headings with versions",
            Self::GithubNotes => "Release notes of GitHub",
            Self::FlatList => "List with versions",
            Self::Custom => "Headings of one level",
            Self::Single => "One release",
            Self::Json => "JSON",
            Self::GithubReleases => "Releases of GitHub (JSON)",
            Self::TidingsJson => "Export of Tidings (JSON)",
            Self::Csv => "Table (CSV)",
            Self::Rss => "Feed (RSS)",
            Self::Atom => "Feed (Atom)",
            Self::JsonFeed => "JSON Feed",
            Self::Canny => "Canny",
        }
    }

    /// The name that programs know.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeepAChangelog | Self::Tidings => "keepachangelog",
            Self::GitCliff | Self::ConventionalChangelog => "conventional_commits",
            Self::Changerawr | Self::Custom => "custom",
            Self::DateBased => "date_based",
            Self::Plain => "simple_version",
            Self::GithubNotes => "github_releases",
            Self::FlatList => "flat_list",
            Self::Single => "simple",
            Self::Json | Self::TidingsJson | Self::Archive | Self::JsonFeed | Self::Canny => "json",
            Self::GithubReleases => "json_github",
            Self::Csv => "csv",
            Self::Rss => "rss",
            Self::Atom => "atom",
        }
    }

    pub const fn source(self) -> Source {
        match self {
            Self::Json | Self::TidingsJson | Self::GithubReleases | Self::Archive | Self::JsonFeed | Self::Canny => {
                Source::Json
            }
            Self::Rss | Self::Atom => Source::Feed,
            Self::Csv => Source::Csv,
            _ => Source::Markdown,
        }
    }

    /// What the places of such a text count.
    pub const fn place(self) -> Place {
        match self.source() {
            Source::Markdown => Place::Line,
            Source::Json | Source::Feed => Place::Entry,
            Source::Csv => Place::Row,
        }
    }
}

/// A format, how sure it is, and what speaks for it.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) format: Format,
    pub(crate) confidence: u8,
    pub(crate) signs: Vec<String>,
}

impl Verdict {
    pub(crate) fn new(format: Format, confidence: u8, sign: impl Into<String>) -> Self {
        Self { format, confidence, signs: vec![sign.into()] }
    }
}

/// What is known about a text beside its document.
pub(crate) struct Circumstances<'a> {
    /// The text outside of all releases.
    pub(crate) preamble: &'a str,
    pub(crate) changerawr: bool,
    /// A list was read as headings.
    pub(crate) list: bool,
    /// Somebody named the level of the headings.
    pub(crate) forced: bool,
}

pub(crate) fn detect(document: &Document<'_>, split: &Split, given: &Circumstances<'_>) -> Verdict {
    let total = split.releases.len();
    let most = |count: usize| total > 0 && 2 * count > total;
    let of = |count: usize, what: &str| format!("{count} of {total} headings {what}");
    if total == 0 {
        return Verdict::new(Format::Single, 20, "no heading names a version");
    }
    if given.changerawr {
        return Verdict::new(Format::Changerawr, 98, "titles that repeat the versions, as Changerawr exports them");
    }
    if document.comments.iter().any(|(_, inside)| inside.to_lowercase().contains("git-cliff")) {
        return Verdict::new(Format::GitCliff, 98, "a comment names git-cliff");
    }
    if given.forced {
        return Verdict::new(Format::Custom, 100, "you chose the level of the headings");
    }
    let bracketed = split.releases.iter().filter(|found| found.head.bracketed && !found.link_inline).count();
    let linked = split.releases.iter().filter(|found| found.link_inline).count();
    let dated = split.releases.iter().filter(|found| found.head.class == Class::Date).count();
    let clear = split.releases.iter().filter(|found| found.head.strength == Strength::Strong).count();
    let introduced = given.preamble.to_lowercase().contains("keepachangelog.com");
    let sections = has_keep_a_changelog_sections(document);
    if introduced || most(bracketed) && sections {
        let mut signs = Vec::new();
        if introduced {
            signs.push("it links to keepachangelog.com".to_owned());
        }
        if bracketed > 0 {
            signs.push(of(bracketed, "have a version in brackets"));
        }
        if sections {
            signs.push("its sections are those of Keep a Changelog".to_owned());
        }
        return Verdict { format: Format::KeepAChangelog, confidence: if introduced { 98 } else { 90 }, signs };
    }
    let github = document.text.body.matches("**Full Changelog**:").count();
    if most(github) {
        return Verdict::new(Format::GithubNotes, 90, format!("{github} lines “Full Changelog”"));
    }
    if most(linked) {
        Verdict::new(Format::ConventionalChangelog, 90, of(linked, "link their version to a comparison"))
    } else if most(dated) {
        Verdict::new(Format::DateBased, 80, of(dated, "are dates"))
    } else if given.list {
        Verdict::new(Format::FlatList, 70, format!("a list with {total} versions"))
    } else {
        // From 50 % for headings that could be anything to 90 % for full versions everywhere.
        let confidence = 50 + u8::try_from(40 * clear / total).unwrap_or(40);
        Verdict::new(Format::Plain, confidence, of(clear, "have a full version"))
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
