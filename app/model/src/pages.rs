//! Parts of long lists. A cursor names the last item already delivered, by the values the list is ordered by, so it
//! survives the deletion of that item and no item is skipped or repeated at an edge.

use std::fmt;
use std::str::FromStr;

use chrono::DateTime;
use serde::{Deserialize, Serialize};

use crate::ids::{NotAnId, is_id};
use crate::time::{self, Timestamp};

/// A part of a list; `next` is absent on the last part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts `items`, of which one more than `limit` was asked for, to a page. `key` gives an item's position.
    pub fn cut(mut items: Vec<T>, limit: usize, key: impl Fn(&T) -> Cursor) -> Self {
        let next = if items.len() > limit {
            items.truncate(limit);
            items.last().map(key)
        } else {
            None
        };
        Self { items, next }
    }

    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}

/// A position in a list ordered by time and id. Its text is opaque to clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    pub time: Timestamp,
    pub id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.time.timestamp_millis(), self.id)
    }
}

impl FromStr for Cursor {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let (millis, id) = text.split_once('.').ok_or(NotAnId)?;
        let millis = millis.parse().map_err(|_| NotAnId)?;
        let time = DateTime::from_timestamp_millis(millis).ok_or(NotAnId)?;
        if !(time::MIN..=time::MAX).contains(&time) {
            return Err(NotAnId);
        }
        if is_id(id) { Ok(Self { time, id: id.to_owned() }) } else { Err(NotAnId) }
    }
}

impl TryFrom<String> for Cursor {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> String {
        cursor.to_string()
    }
}
