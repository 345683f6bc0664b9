//! How a text is read, and what it was recognised as.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::options::names;

names! {
    /// What a text is written in.
    Source {
        Markdown = "markdown",
        Json = "json",
        Csv = "csv",
        /// RSS or Atom.
        Feed = "feed",
    }

    /// A part of an entry that a column or a member holds.
    #[derive(PartialOrd, Ord)]
    Part {
        Title = "title",
        Version = "version",
        Date = "date",
        Content = "content",
        Tags = "tags",
        Status = "status",
        Slug = "slug",
        CreatedAt = "createdAt",
        ExternalId = "externalId",
    }

    /// Which of two numbers of a date comes first.
    DateOrder {
        DayFirst = "day_first",
        MonthFirst = "month_first",
    }

    /// What the places of a text count.
    Place {
        Line = "line",
        /// Of a table, as a spreadsheet numbers them.
        Row = "row",
        /// Of a list.
        Entry = "entry",
    }
}

impl Source {
    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Markdown => "Markdown",
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Feed => "Feed (RSS, Atom)",
        }
    }
}

impl Part {
    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Title => "Title",
            Self::Version => "Version",
            Self::Date => "Date",
            Self::Content => "Text",
            Self::Tags => "Tags",
            Self::Status => "State",
            Self::Slug => "Address",
            Self::CreatedAt => "Created",
            Self::ExternalId => "External id",
        }
    }
}

impl Place {
    /// `Line 7`, `Row 37`, `Entry 3`.
    pub fn at(self, number: usize) -> String {
        let name = match self {
            Self::Line => "Line",
            Self::Row => "Row",
            Self::Entry => "Entry",
        };
        format!("{name} {number}")
    }
}

/// What the reader was told; everything else it finds out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reading {
    /// Found out when `None`.
    pub source: Option<Source>,
    /// A hint at the source; may be empty.
    pub file_name: String,
    /// Columns or members by the part of an entry they hold. Others follow from their names.
    pub columns: BTreeMap<Part, String>,
    /// Of columns.
    pub delimiter: Option<char>,
    /// Whether the first row names the columns.
    pub header: Option<bool>,
    /// Between the tags in one column or member.
    pub tag_separator: Option<String>,
    /// For dates such as 03/04/2026 where the text itself does not tell.
    pub dates: Option<DateOrder>,
    pub markdown: MarkdownReading,
    /// Only so many of the first releases are read.
    pub most: Option<usize>,
    /// The host it was fetched from; empty for what somebody brought.
    pub origin: String,
}

impl Reading {
    /// Without NUL, which names nothing and which PostgreSQL cannot keep.
    pub fn cleaned(self) -> Self {
        let clean = |text: String| text.replace('\0', "");
        Self {
            file_name: clean(self.file_name),
            origin: clean(self.origin),
            columns: self.columns.into_iter().map(|(part, name)| (part, clean(name))).collect(),
            delimiter: self.delimiter.filter(|delimiter| *delimiter != '\0'),
            tag_separator: self.tag_separator.map(clean),
            markdown: MarkdownReading { strip: self.markdown.strip.into_iter().map(clean).collect(), ..self.markdown },
            ..self
        }
    }
}

/// What the reader of Markdown was told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarkdownReading {
    /// Every heading of this level is a release; found out when `None`.
    pub level: Option<u8>,
    /// Plain texts that are taken out of every line first.
    pub strip: Vec<String>,
    /// The whole text is one release.
    pub single: bool,
}

/// A column of a table, or a member of the objects of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    /// Its first values, shortened.
    pub sample: Vec<String>,
}

/// What a text was recognised as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detected {
    pub source: Source,
    /// A stable name, such as `keepachangelog`.
    pub format: String,
    /// The name for people.
    pub label: String,
    /// In percent.
    pub confidence: u8,
    /// What speaks for it, for people.
    pub signs: Vec<String>,
    /// What the person might do about the reading, for people.
    pub hints: Vec<String>,
    pub place: Place,
    /// Empty for Markdown.
    pub columns: Vec<Column>,
    /// Which column or member each part was taken from.
    pub used: BTreeMap<Part, String>,
    /// Of columns.
    pub delimiter: Option<char>,
    pub header: bool,
    /// How many dates could be read in two ways and were read as `dates` says.
    pub ambiguous_dates: usize,
    pub dates: DateOrder,
    /// The heading of the whole document.
    pub title: Option<String>,
}
