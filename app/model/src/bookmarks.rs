//! Entries that a person has marked for themselves, and the file in which they travel.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::entries::EntryState;
use crate::error::{Error, Result};
use crate::ids::{EntryId, ProjectId};
use crate::time::{Timestamp, from_wire, to_wire};

/// The most bookmarks that one file may bring.
pub const MAX_IMPORT: usize = 5_000;

/// A marked entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Bookmark {
    pub entry_id: EntryId,
    pub project_id: ProjectId,
    pub project_name: String,
    pub title: String,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    pub bookmarked_at: Timestamp,
}

impl Bookmark {
    pub fn state(&self) -> EntryState {
        EntryState::of(self.published_at, self.scheduled_at)
    }
}

/// The order of a list of bookmarks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BookmarkSort {
    /// Marked last comes first.
    #[default]
    Recent,
    /// By title.
    Title,
    /// By project, then by title.
    Project,
}

impl BookmarkSort {
    pub const ALL: [BookmarkSort; 3] = [BookmarkSort::Recent, BookmarkSort::Title, BookmarkSort::Project];

    /// The name in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            BookmarkSort::Recent => "recent",
            BookmarkSort::Title => "title",
            BookmarkSort::Project => "project",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            BookmarkSort::Recent => "Newest first",
            BookmarkSort::Title => "By title",
            BookmarkSort::Project => "By project",
        }
    }

    /// The order that a text names; the first one for any other text.
    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text).unwrap_or_default()
    }
}

/// The file: bookmarks by project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BookmarkFile {
    pub exported_at: String,
    pub bookmarks: BTreeMap<String, Vec<FiledBookmark>>,
}

/// A bookmark in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FiledBookmark {
    pub id: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub project_id: String,
    #[serde(default)]
    pub bookmarked_at: Option<String>,
}

impl BookmarkFile {
    pub fn of(bookmarks: Vec<Bookmark>, now: Timestamp) -> Self {
        let mut by_project: BTreeMap<String, Vec<FiledBookmark>> = BTreeMap::new();
        for bookmark in bookmarks {
            by_project.entry(bookmark.project_id.to_string()).or_default().push(FiledBookmark {
                id: bookmark.entry_id.into(),
                title: bookmark.title,
                project_id: bookmark.project_id.into(),
                bookmarked_at: Some(to_wire(bookmark.bookmarked_at)),
            });
        }
        Self { exported_at: to_wire(now), bookmarks: by_project }
    }

    /// Reads a file. Gives the entries it marks, each with the time when that was done, if it says one that has been.
    ///
    /// # Errors
    /// `Invalid` naming `file` when it is no such file, or too long.
    pub fn read(text: &str, now: Timestamp) -> Result<Vec<(EntryId, Timestamp)>> {
        let file: Self = serde_json::from_str(text.trim()).map_err(|_| {
            Error::field("file", "This is no file of bookmarks: JSON with “bookmarks” by project was expected.")
        })?;
        let filed: Vec<FiledBookmark> = file.bookmarks.into_values().flatten().collect();
        if filed.len() > MAX_IMPORT {
            let count = filed.len();
            return Err(Error::field("file", format!("It has {count} bookmarks. At most {MAX_IMPORT} are read.")));
        }
        let when = |filed: &FiledBookmark| {
            let said = filed.bookmarked_at.as_deref().and_then(from_wire);
            said.filter(|at| *at <= now).unwrap_or(now)
        };
        // What cannot be an id is no entry here.
        Ok(filed.iter().filter_map(|filed| Some((filed.id.parse().ok()?, when(filed)))).collect())
    }
}

/// What a file brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookmarksRead {
    pub added: usize,
    /// Those that were marked before.
    pub known: usize,
    /// Those of entries that are not here.
    pub missing: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        from_wire(text).unwrap()
    }

    #[test]
    fn the_file_of_the_other_program_is_read() {
        let text = r#"{ "exportedAt": "2025-11-02T10:00:00.000Z", "bookmarks": {
            "p1": [ { "id": "e1", "title": "One", "projectId": "p1", "bookmarkedAt": "2025-11-01T09:00:00.000Z" },
                    { "id": "e2", "title": "Two", "projectId": "p1", "bookmarkedAt": "2099-01-01T00:00:00.000Z" } ],
            "p2": [ { "id": "not an id", "title": "Odd", "projectId": "p2" }, { "id": "e3" } ] } }"#;
        let now = at("2026-03-04T09:30:00.000Z");
        let read: Vec<_> = BookmarkFile::read(text, now).unwrap();
        let read: Vec<_> = read.iter().map(|(id, at)| (id.as_str(), to_wire(*at))).collect();
        let (then, now) = ("2025-11-01T09:00:00.000Z".to_owned(), to_wire(now));
        assert_eq!(read, [("e1", then), ("e2", now.clone()), ("e3", now)]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let now = at("2026-03-04T09:30:00.000Z");
        let bookmark = Bookmark {
            entry_id: "e1".parse().unwrap(),
            project_id: "p1".parse().unwrap(),
            project_name: "Atuin".to_owned(),
            title: "One".to_owned(),
            version: None,
            published_at: None,
            scheduled_at: None,
            bookmarked_at: at("2026-03-01T00:00:00.000Z"),
        };
        let text = serde_json::to_string(&BookmarkFile::of(vec![bookmark.clone()], now)).unwrap();
        assert_eq!(BookmarkFile::read(&text, now), Ok(vec![(bookmark.entry_id, bookmark.bookmarked_at)]));
    }

    #[test]
    fn what_is_no_such_file_is_refused_at_its_field() {
        for text in ["", "[]", "{}", "{ \"bookmarks\": [] }", "bookmarks"] {
            let error = BookmarkFile::read(text, at("2026-03-04T09:30:00.000Z")).unwrap_err();
            assert!(error.for_field("file").is_some(), "{text}");
        }
    }
}
