//! The history of an entry: the states it was in, what people mark them with, and who wrote which line.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::access::UnknownName;
use crate::check::{self, Checker};
use crate::error::{Error, Result};
use crate::ids::{EntryId, NotAnId, RevisionId, TagId, UserId};
use crate::time::Timestamp;

/// The longest label, in characters.
pub const MAX_LABEL: usize = 60;
/// The longest name of an icon, in characters.
pub const MAX_ICON: usize = 40;
/// Revisions on a page, and the most a caller may ask for.
pub const PAGE: usize = 20;
pub const MAX_PAGE: usize = 50;
/// The longest text, in lines, that is told line by line who wrote it.
pub const MAX_BLAMED_LINES: usize = 5_000;
/// For so many minutes an autosave takes the place of the one before it.
pub const AUTOSAVE_MINUTES: i64 = 10;
/// How many revisions of an entry may be kept, where there is a limit.
pub const LIMITS: (i64, i64) = (5, 10_000);

/// Why a state was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The first state there is, or the one before the first change that was followed.
    Initial,
    /// Saved by the editor while somebody wrote.
    Autosave,
    /// Saved because somebody said so.
    Manual,
    /// An older state that somebody took up again.
    Restore,
    /// What readers got to see.
    Publish,
    /// Overwritten by an import.
    Import,
}

impl Reason {
    pub const ALL: [Reason; 6] =
        [Reason::Initial, Reason::Autosave, Reason::Manual, Reason::Restore, Reason::Publish, Reason::Import];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Initial => "initial",
            Reason::Autosave => "autosave",
            Reason::Manual => "manual",
            Reason::Restore => "restore",
            Reason::Publish => "publish",
            Reason::Import => "import",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Reason::Initial => "First version",
            Reason::Autosave => "Saved while writing",
            Reason::Manual => "Saved",
            Reason::Restore => "Restored",
            Reason::Publish => "Published",
            Reason::Import => "Imported",
        }
    }
}

impl TryFrom<String> for Reason {
    type Error = UnknownName;

    fn try_from(text: String) -> std::result::Result<Self, UnknownName> {
        Reason::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| UnknownName { given: text, allowed: Reason::ALL.map(Reason::as_str).join(", ") })
    }
}

/// A tag as the entry had it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionTag {
    pub id: TagId,
    pub name: String,
}

/// What people make a revision stand out with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    pub label: Option<String>,
    /// The name of an icon, in kebab case.
    pub icon: Option<String>,
    /// `#rrggbb`
    pub color: Option<String>,
    /// Pinned revisions stand on top, and are never pruned.
    pub pinned: bool,
}

impl Marker {
    /// Whether somebody wants to keep the revision.
    pub fn keeps(&self) -> bool {
        self.pinned || self.label.is_some()
    }
}

/// Changes of a marker. The outer `None` keeps; `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MarkerPatch {
    pub label: Option<Option<String>>,
    pub icon: Option<Option<String>>,
    pub color: Option<Option<String>>,
    pub pinned: Option<bool>,
}

impl MarkerPatch {
    /// The marker as it would be.
    ///
    /// # Errors
    /// `Invalid` naming the field; `BadRequest` where nothing is to be changed.
    pub fn apply(self, before: &Marker) -> Result<Marker> {
        if self == Self::default() {
            return Err(Error::bad_request("Give label, icon, color or pinned."));
        }
        let mut form = Checker::new();
        let mut after = before.clone();
        if let Some(text) = self.label {
            after.label = form.take("label", check::optional_line(text.as_deref(), "The label", MAX_LABEL));
        }
        if let Some(text) = self.icon {
            after.icon = form.take("icon", icon(text.as_deref()));
        }
        if let Some(text) = self.color {
            after.color = form.take("color", check::color(text.as_deref()));
        }
        after.pinned = self.pinned.unwrap_or(before.pinned);
        form.finish()?;
        Ok(after)
    }
}

fn icon(text: Option<&str>) -> std::result::Result<Option<String>, String> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let is_name = text.len() <= MAX_ICON && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_name {
        Ok(Some(text.to_owned()))
    } else {
        Err(format!("An icon is named by up to {MAX_ICON} letters, digits and hyphens, such as git-commit."))
    }
}

/// Where a restored state came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    pub id: RevisionId,
    pub title: String,
    pub reason: Reason,
    pub marker: Marker,
    pub created_at: Timestamp,
}

/// Who made a revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// `None` when the account is gone.
    pub id: Option<UserId>,
    /// As the person is called now; as they were called then, when the account is gone.
    pub name: String,
    /// `None` when the account is gone.
    pub email: Option<String>,
}

/// A revision in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionSummary {
    pub id: RevisionId,
    pub entry_id: EntryId,
    /// Rises with every revision of the entry; not every number is there.
    pub number: i64,
    pub reason: Reason,
    pub title: String,
    pub version: Option<String>,
    pub lines_added: i64,
    pub lines_removed: i64,
    pub created_at: Timestamp,
    /// `None` for the command line.
    pub created_by: Option<Author>,
    pub restored_from_id: Option<RevisionId>,
    /// `None` also where what was restored is not kept any more.
    pub restored_from: Option<Source>,
    pub marker: Marker,
}

impl RevisionSummary {
    /// Where the revision stands in a list.
    pub fn place(&self) -> Place {
        Place { pinned: self.marker.pinned, number: self.number }
    }
}

/// A state an entry was in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    pub summary: RevisionSummary,
    pub excerpt: String,
    pub tags: Vec<RevisionTag>,
    /// Markdown.
    pub content: String,
}

/// One of two states that are compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Side {
    /// Before the first revision.
    Nothing,
    Kept(Box<RevisionSummary>),
    /// What the entry says now.
    Now,
}

/// A position in a history: pinned revisions first, then by number, newest first. Its text is opaque to clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Place {
    pub pinned: bool,
    pub number: i64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", u8::from(self.pinned), self.number)
    }
}

impl FromStr for Place {
    type Err = NotAnId;

    fn from_str(text: &str) -> std::result::Result<Self, NotAnId> {
        let (pinned, number) = text.split_once('.').ok_or(NotAnId)?;
        let pinned = match pinned {
            "0" => false,
            "1" => true,
            _ => return Err(NotAnId),
        };
        Ok(Self { pinned, number: number.parse().map_err(|_| NotAnId)? })
    }
}

impl TryFrom<String> for Place {
    type Error = NotAnId;

    fn try_from(text: String) -> std::result::Result<Self, NotAnId> {
        text.parse()
    }
}

impl From<Place> for String {
    fn from(place: Place) -> String {
        place.to_string()
    }
}

/// A part of a history; `next` is absent on the last part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionPage {
    pub items: Vec<RevisionSummary>,
    pub next: Option<Place>,
}

/// A line of a text, and the revision that brought it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlamedLine {
    pub text: String,
    pub revision: RevisionId,
}

/// Who wrote which line. The lines, joined by line ends, are the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blame {
    pub lines: Vec<BlamedLine>,
    /// Those that lines are from, oldest first.
    pub revisions: Vec<RevisionSummary>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_is_trimmed_and_empty_texts_clear_it() {
        let before = Marker { label: Some("Old".into()), pinned: true, ..Marker::default() };
        let patch = MarkerPatch {
            label: Some(Some("  Sent to legal ".into())),
            icon: Some(Some("flag".into())),
            color: Some(Some("#AABBCC".into())),
            pinned: None,
        };
        let after = patch.apply(&before).unwrap();
        assert_eq!(after.label.as_deref(), Some("Sent to legal"));
        assert_eq!(
            (after.icon.as_deref(), after.color.as_deref(), after.pinned),
            (Some("flag"), Some("#aabbcc"), true)
        );
        let cleared = MarkerPatch { label: Some(Some(" ".into())), color: Some(None), ..MarkerPatch::default() };
        let cleared = cleared.apply(&after).unwrap();
        assert_eq!((cleared.label, cleared.color, cleared.icon.as_deref()), (None, None, Some("flag")));
    }

    #[test]
    fn what_a_marker_may_not_be_is_told_at_its_field() {
        let with = |field: &str, text: &str| {
            let mut patch = MarkerPatch::default();
            let place = match field {
                "label" => &mut patch.label,
                "icon" => &mut patch.icon,
                _ => &mut patch.color,
            };
            *place = Some(Some(text.to_owned()));
            patch
        };
        for (field, text) in [
            ("label", "x".repeat(61).as_str()),
            ("label", "two\nlines"),
            ("icon", "<svg>"),
            ("icon", "x".repeat(41).as_str()),
            ("color", "red"),
            ("color", "#12345"),
        ] {
            let error = with(field, text).apply(&Marker::default()).unwrap_err();
            assert!(error.for_field(field).is_some(), "{field} {text:?}: {error:?}");
        }
        assert!(with("label", &"ä".repeat(60)).apply(&Marker::default()).is_ok());
        assert!(matches!(MarkerPatch::default().apply(&Marker::default()), Err(Error::BadRequest { .. })));
    }

    #[test]
    fn a_place_survives_being_written() {
        for place in [Place { pinned: true, number: 1 }, Place { pinned: false, number: i64::MAX }] {
            assert_eq!(place.to_string().parse(), Ok(place));
        }
        for text in ["", "1", "2.1", "1.x", "0.1.2", "cmk9"] {
            assert_eq!(text.parse::<Place>(), Err(NotAnId), "{text}");
        }
    }
}
