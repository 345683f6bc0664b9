//! What happened in a project since somebody last looked.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::entries::Entry;
use crate::tags::Tag;
use crate::time::{self, Timestamp};

/// How far back a view goes whose beginning is not known.
pub const USUAL: TimeDelta = TimeDelta::days(7);

/// Where a caller wants to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// When the caller last marked the project as read, or else their visit before the present one.
    LastVisit,
    /// So long ago.
    Ago(TimeDelta),
    /// A version, or else a date.
    Label(String),
}

impl Since {
    /// Reads `auto`, a number of days, weeks or months such as `7d`, `2w` or `1m`, or anything else as a label. A month
    /// has 30 days.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() || text.eq_ignore_ascii_case("auto") {
            return Self::LastVisit;
        }
        match ago(text) {
            Some(time) => Self::Ago(time),
            None => Self::Label(text.to_owned()),
        }
    }

    /// The moment, `ago` before `now`, as far as there are moments.
    pub fn before(now: Timestamp, ago: TimeDelta) -> Timestamp {
        now.checked_sub_signed(ago).map_or(time::MIN, |moment| moment.max(time::MIN))
    }
}

fn ago(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let number = &text[..text.len() - unit.len_utf8()];
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let days = match unit.to_ascii_lowercase() {
        'd' => 1,
        'w' => 7,
        'm' => 30,
        _ => return None,
    };
    // More than there is time is all of it.
    let days = number.parse::<i64>().ok().and_then(|number| number.checked_mul(days));
    Some(days.and_then(TimeDelta::try_days).unwrap_or(TimeDelta::MAX))
}

/// What an entry is about, as far as its tags say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    Features,
    Fixes,
    Other,
}

const FEATURES: [&str; 7] = ["feature", "features", "feat", "feats", "enhancement", "enhancements", "new"];
const FIXES: [&str; 12] =
    ["fix", "fixes", "fixed", "bug", "bugs", "bugfix", "bugfixes", "patch", "patches", "patched", "hotfix", "hotfixes"];

/// What a tag stands for, by the whole words of its name: “Bug fix” is a fix, “Prefix” is not.
pub fn category(tag: &str) -> Category {
    let name = tag.to_lowercase();
    let has = |known: &[&str]| name.split(|c: char| !c.is_alphanumeric()).any(|word| known.contains(&word));
    if has(&FEATURES) {
        Category::Features
    } else if has(&FIXES) {
        Category::Fixes
    } else {
        Category::Other
    }
}

impl Category {
    pub const ALL: [Category; 3] = [Category::Features, Category::Fixes, Category::Other];

    /// What an entry with these tags is about. One with tags of both kinds is a feature.
    pub fn of(tags: &[Tag]) -> Self {
        tags.iter().map(|tag| category(&tag.name)).min().unwrap_or(Category::Other)
    }

    /// As a heading.
    pub fn label(self) -> &'static str {
        match self {
            Category::Features => "New",
            Category::Fixes => "Fixed",
            Category::Other => "Other changes",
        }
    }
}

/// How many entries are about what. An entry with tags of both kinds is a feature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub features: i64,
    pub fixes: i64,
    pub other: i64,
}

impl Summary {
    pub fn total(self) -> i64 {
        self.features + self.fixes + self.other
    }
}

/// Why a view begins where it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Basis {
    /// The caller marked the project as read then.
    Mark,
    /// The caller's visit before the present one.
    LastVisit,
    /// Neither is known.
    Usual,
    /// The caller asked for it.
    Asked,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatchUp {
    pub from: Timestamp,
    pub basis: Basis,
    /// Until when this is all.
    pub until: Timestamp,
    /// The newest version that was published by then.
    pub from_version: Option<String>,
    /// The newest version that is published now.
    pub to_version: Option<String>,
    /// Of all entries, also of those that are not listed.
    pub summary: Summary,
    /// What was published, newest first.
    pub entries: Vec<Entry>,
    /// What was begun and is not published yet, newest first.
    pub drafts: Vec<Entry>,
}

/// What was published, as text to pass on: a heading for each kind, a line for each entry.
pub fn as_text(project: &str, happened: &CatchUp) -> String {
    let mut text = format!("# {project}");
    match (&happened.from_version, &happened.to_version) {
        (Some(from), Some(to)) if from != to => text.push_str(&format!(" {from} to {to}")),
        (None, Some(to)) => text.push_str(&format!(" up to {to}")),
        _ => text.push_str(&format!(" since {}", time::long_date(happened.from))),
    }
    text.push('\n');
    for kind in Category::ALL {
        let mut of_kind = happened.entries.iter().filter(|entry| Category::of(&entry.tags) == kind).peekable();
        if of_kind.peek().is_some() {
            text.push_str(&format!("\n## {}\n\n", kind.label()));
        }
        for entry in of_kind {
            let version = entry.version.as_ref().map(|version| format!(" ({version})")).unwrap_or_default();
            text.push_str(&format!("- {}{version}\n", entry.title));
        }
    }
    text
}
