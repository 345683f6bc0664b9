//! Tags. They are shared by the whole instance; names are unique ignoring case and shown as written.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::check;
use crate::ids::TagId;
use crate::time::Timestamp;

/// The longest tag name, in characters.
pub const MAX_NAME: usize = 50;
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
pub fn name(text: &str) -> Result<String, String> {
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
