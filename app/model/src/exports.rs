//! Exports: in which form a changelog leaves, and how much of it.

use serde::{Deserialize, Serialize};

/// A file format that entries are exported in. Each can be imported again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Keep a Changelog.
    #[default]
    Markdown,
    Json,
    Csv,
    /// An archive of Markdown files with front matter.
    Zip,
}

impl Format {
    pub const ALL: [Format; 4] = [Format::Markdown, Format::Json, Format::Csv, Format::Zip];
    /// The names of all formats, for messages.
    pub const NAMES: &str = "markdown, json, csv or zip";

    /// The name on the wire and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::Markdown => "markdown",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Zip => "zip",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Format::Markdown => "Keep a Changelog (Markdown)",
            Format::Json => "JSON",
            Format::Csv => "CSV",
            Format::Zip => "Zip of Markdown files",
        }
    }

    /// What it is good for, in a sentence.
    pub fn purpose(self) -> &'static str {
        match self {
            Format::Markdown => "A CHANGELOG.md for your repository. Keeps the day of each release, not the time.",
            Format::Json => "Everything about each entry, for programs and for moving to another instance.",
            Format::Csv => "A table for spreadsheets.",
            Format::Zip => {
                "One file per entry with front matter, for site generators and archives. The command line takes it back."
            }
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Format::ALL.into_iter().find(|format| format.as_str() == text)
    }

    pub fn extension(self) -> &'static str {
        match self {
            Format::Markdown => "md",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Zip => "zip",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Format::Markdown => "text/markdown; charset=utf-8",
            Format::Json => "application/json",
            Format::Csv => "text/csv; charset=utf-8; header=present",
            Format::Zip => "application/zip",
        }
    }
}

/// Which entries an export holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    #[default]
    Published,
    /// Drafts and scheduled entries as well.
    All,
}

impl Extent {
    pub const NAMES: &str = "published or all";

    pub fn as_str(self) -> &'static str {
        match self {
            Extent::Published => "published",
            Extent::All => "all",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Extent::Published, Extent::All].into_iter().find(|extent| extent.as_str() == text)
    }
}
