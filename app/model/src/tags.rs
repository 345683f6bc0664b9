//! Tags. They are shared by the whole instance; names are unique ignoring case and shown as written.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::TagId;
use crate::time::Timestamp;

/// The longest tag name, in characters.
pub const MAX_NAME: usize = 50;
pub const MAX_DESCRIPTION: usize = 200;
/// The most tags one entry may have.
pub const MAX_PER_ENTRY: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Tag {
    pub id: TagId,
    pub name: String,
    pub color: Option<String>,
    pub description: Option<String>,
    /// Tags are listed by position, then by name.
    pub position: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// How a caller names a tag: by id, by name, by a text that is an id if such a tag exists and a name otherwise, or by a
/// whole tag, whose name counts when its id is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TagRef {
    Id(TagId),
    Name(String),
    Either(String),
    Whole { id: TagId, name: String },
}

/// The form names are compared by.
pub fn key(name: &str) -> String {
    name.trim().to_lowercase()
}

/// A checked tag name.
pub fn name(text: &str) -> std::result::Result<String, String> {
    check::line(text, "The tag name", 1, MAX_NAME)
}

/// Splits a comma-separated list, as a plain form sends it; blanks and repetitions fall away, order stays.
pub fn parse_list(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty() && seen.insert(key(name)))
        .map(str::to_owned)
        .collect()
}

/// A tag with how often it is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct TagUsage {
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub tag: Tag,
    /// Entries of the project that was asked about.
    pub here: i64,
    /// Entries of all projects.
    pub entries: i64,
    /// Projects with such entries.
    pub projects: i64,
}

/// A tag to create.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewTag {
    pub name: String,
    pub color: Option<String>,
    pub description: Option<String>,
}

impl NewTag {
    /// Trims and checks every field.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            name: form.take("name", name(&self.name)),
            color: form.take("color", check::color(self.color.as_deref())),
            description: form.take("description", description(self.description.as_deref())),
        };
        form.finish()?;
        Ok(checked)
    }
}

/// Changes of a tag. The outer `None` keeps; `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagPatch {
    pub name: Option<String>,
    pub color: Option<Option<String>>,
    pub description: Option<Option<String>>,
}

impl TagPatch {
    /// Trims and checks every field.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            name: self.name.map(|text| form.take("name", name(&text))),
            color: self.color.map(|text| form.take("color", check::color(text.as_deref()))),
            description: self.description.map(|text| form.take("description", description(text.as_deref()))),
        };
        form.finish()?;
        Ok(checked)
    }

    /// The tag with the changes applied; times are the caller's business.
    pub fn apply(&self, tag: Tag) -> Tag {
        Tag {
            name: self.name.clone().unwrap_or(tag.name),
            color: self.color.clone().unwrap_or(tag.color),
            description: self.description.clone().unwrap_or(tag.description),
            ..tag
        }
    }
}

fn description(text: Option<&str>) -> std::result::Result<Option<String>, String> {
    check::optional_line(text, "The description", MAX_DESCRIPTION)
}

/// What an instance without tags is offered: name, colour, description.
pub const STARTERS: [(&str, &str, &str); 6] = [
    ("Feature", "#2b5fc2", "Something new"),
    ("Improvement", "#0f766e", "Something that works better than before"),
    ("Fix", "#a16207", "Something that was broken and works again"),
    ("Security", "#b0306a", "Something that makes it safer to use"),
    ("Breaking", "#c2452b", "Something that needs a change on the reader's side"),
    ("Deprecated", "#4a5568", "Something that will go away"),
];

/// Names with `old` replaced by `new` or, without one, left out. Order stays and nothing stands twice; `None` when
/// `old` is not among them.
pub fn replace_name(names: &[String], old: &str, new: Option<&str>) -> Option<Vec<String>> {
    let old = key(old);
    if !names.iter().any(|name| key(name) == old) {
        return None;
    }
    let mut seen = HashSet::new();
    let replaced = names
        .iter()
        .filter_map(|name| if key(name) == old { new } else { Some(name.as_str()) })
        .filter(|name| seen.insert(key(name)))
        .map(str::to_owned)
        .collect();
    Some(replaced)
}
