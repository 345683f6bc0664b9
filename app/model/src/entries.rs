//! Entries: what a team shipped, in Markdown.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::{Error, Result};
use crate::ids::{EntryId, ProjectId, UserId};
use crate::tags::{self, Tag, TagRef};
use crate::time::Timestamp;
use crate::versions;

pub const MAX_TITLE: usize = 200;
/// In characters.
pub const MAX_CONTENT: usize = 200_000;
/// The longest external id, in characters.
pub const MAX_EXTERNAL_ID: usize = 255;

/// The state of an entry, derived from its dates and never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    Draft,
    Scheduled,
    Published,
}

impl EntryState {
    pub const ALL: [EntryState; 3] = [EntryState::Draft, EntryState::Scheduled, EntryState::Published];

    pub fn of(published_at: Option<Timestamp>, scheduled_at: Option<Timestamp>) -> Self {
        match (published_at, scheduled_at) {
            (Some(_), _) => EntryState::Published,
            (None, Some(_)) => EntryState::Scheduled,
            (None, None) => EntryState::Draft,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            EntryState::Draft => "draft",
            EntryState::Scheduled => "scheduled",
            EntryState::Published => "published",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        EntryState::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Entry {
    pub id: EntryId,
    pub project_id: ProjectId,
    pub title: String,
    /// Markdown.
    pub content: String,
    /// Plain text of at most 300 characters, made from the content.
    pub excerpt: String,
    pub version: Option<String>,
    /// The readable part of the public address; unique within the project.
    pub slug: String,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub created_by_id: Option<UserId>,
    pub updated_by_id: Option<UserId>,
    /// What another system calls it; unique within the project, and never changed.
    pub external_id: Option<String>,
    /// Grows with every save; a save must name the value it read.
    pub lock_version: i64,
    #[cfg_attr(feature = "sql", sqlx(skip))]
    pub tags: Vec<Tag>,
}

impl Entry {
    pub fn state(&self) -> EntryState {
        EntryState::of(self.published_at, self.scheduled_at)
    }

    /// Whether this is a draft that the person wrote.
    pub fn is_draft_of(&self, person: &UserId) -> bool {
        self.state() == EntryState::Draft && self.created_by_id.as_ref() == Some(person)
    }

    /// Makes the entry public. A published entry keeps its date unless `date` is given; a date must not lie in the
    /// future, because a scheduled publication is another thing than a post-dated one.
    pub fn publish(self, now: Timestamp, date: Option<Timestamp>) -> Result<Entry> {
        if date.is_some_and(|date| date > now) {
            return Err(Error::field("publishedAt", "The publication date must not lie in the future."));
        }
        let mut form = Checker::new();
        form.take("title", check::line(&self.title, "The title", 1, MAX_TITLE));
        if self.content.trim().is_empty() {
            form.fail("content", "Write the text of the entry before publishing it.");
        }
        form.finish()?;
        Ok(Entry { published_at: date.or(self.published_at).or(Some(now)), scheduled_at: None, ..self })
    }

    /// Takes the entry back to a draft. Nothing happens to an entry that is not published.
    pub fn unpublish(self) -> Entry {
        Entry { published_at: None, ..self }
    }
}

/// An entry in a list of the dashboard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct EntrySummary {
    pub id: EntryId,
    pub project_id: ProjectId,
    pub title: String,
    pub excerpt: String,
    pub version: Option<String>,
    pub slug: String,
    pub published_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// The name of the person who wrote it, if that is known.
    pub author: Option<String>,
    /// Whether somebody asked an administrator to publish it.
    pub approval_requested: bool,
    /// Whether somebody asked an administrator to delete it.
    pub deletion_requested: bool,
    #[cfg_attr(feature = "sql", sqlx(skip))]
    pub tags: Vec<Tag>,
}

impl EntrySummary {
    pub fn state(&self) -> EntryState {
        EntryState::of(self.published_at, self.scheduled_at)
    }
}

/// The order of a list of entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EntrySort {
    /// By date of creation.
    #[default]
    Newest,
    Oldest,
    /// Changed last comes first.
    Updated,
    /// The highest version comes first.
    Version,
    /// From A to Z.
    Title,
}

impl EntrySort {
    pub const ALL: [EntrySort; 5] =
        [EntrySort::Newest, EntrySort::Oldest, EntrySort::Updated, EntrySort::Version, EntrySort::Title];

    /// The name in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            EntrySort::Newest => "newest",
            EntrySort::Oldest => "oldest",
            EntrySort::Updated => "updated",
            EntrySort::Version => "version",
            EntrySort::Title => "title",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            EntrySort::Newest => "Newest first",
            EntrySort::Oldest => "Oldest first",
            EntrySort::Updated => "Changed last",
            EntrySort::Version => "By version",
            EntrySort::Title => "By title",
        }
    }

    /// The order that a text names; the first one for any other text.
    pub fn parse(text: &str) -> Self {
        Self::known(text).unwrap_or_default()
    }

    /// As [`Self::parse`], and nothing for any other text.
    pub fn known(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }

    /// Whether no database knows the order, so that it is made from a key of every entry.
    pub fn is_made(self) -> bool {
        matches!(self, EntrySort::Version | EntrySort::Title)
    }
}

/// How many entries a project has in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct StateCounts {
    pub draft: i64,
    pub scheduled: i64,
    pub published: i64,
}

impl StateCounts {
    pub fn total(self) -> i64 {
        self.draft + self.scheduled + self.published
    }
}

/// Text, version and tags as a writer sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEntry {
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub tags: Vec<TagRef>,
    /// Creating an entry twice with one external id gives the first one.
    pub external_id: Option<String>,
}

/// Changes of an entry. The outer `None` keeps; `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryPatch {
    pub title: Option<String>,
    pub content: Option<String>,
    pub version: Option<Option<String>>,
    pub tags: Option<Vec<TagRef>>,
    /// The lock version the writer read. `None` saves whatever happened meanwhile, for callers that cannot know it.
    pub lock_version: Option<i64>,
    /// Whether somebody said "save", so that this state is kept in the history; else it was saved while they wrote.
    pub is_manual: bool,
}

impl NewEntry {
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            title: form.take("title", title(&self.title)),
            content: form.take("content", content(self.content)),
            version: form.take("version", version(self.version.as_deref())),
            tags: form.take("tags", tag_refs(self.tags)),
            external_id: form.take("externalId", external_id(self.external_id.as_deref())),
        };
        form.finish()?;
        Ok(checked)
    }
}

impl EntryPatch {
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            title: self.title.map(|text| form.take("title", title(&text))),
            content: self.content.map(|text| form.take("content", content(text))),
            version: self.version.map(|text| form.take("version", version(text.as_deref()))),
            tags: self.tags.map(|refs| form.take("tags", tag_refs(refs))),
            lock_version: self.lock_version,
            is_manual: self.is_manual,
        };
        form.finish()?;
        Ok(checked)
    }
}

fn title(text: &str) -> std::result::Result<String, String> {
    check::line(text, "The title", 1, MAX_TITLE)
}

/// Line ends become `\n`, and NUL, which PostgreSQL cannot store, falls away.
fn content(text: String) -> std::result::Result<String, String> {
    let length = text.chars().count();
    if length > MAX_CONTENT {
        return Err(format!("The text has {length} characters; at most {MAX_CONTENT} are allowed."));
    }
    if text.contains(['\r', '\0']) {
        return Ok(text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', ""));
    }
    Ok(text)
}

fn version(text: Option<&str>) -> std::result::Result<Option<String>, String> {
    check::optional_line(text, "The version", versions::MAX_LENGTH)
}

/// The form an external id is kept and looked for in.
pub fn external_id(text: Option<&str>) -> std::result::Result<Option<String>, String> {
    check::optional_line(text, "The external id", MAX_EXTERNAL_ID)
}

fn tag_refs(refs: Vec<TagRef>) -> std::result::Result<Vec<TagRef>, String> {
    if refs.len() > tags::MAX_PER_ENTRY {
        return Err(format!("An entry has at most {} tags.", tags::MAX_PER_ENTRY));
    }
    refs.into_iter()
        .map(|tag| match tag {
            TagRef::Id(id) => Ok(TagRef::Id(id)),
            TagRef::Name(name) => tags::name(&name).map(TagRef::Name),
            TagRef::Either(text) => tags::name(&text).map(TagRef::Either),
            TagRef::Whole { id, name } => tags::name(&name).map(|name| TagRef::Whole { id, name }),
        })
        .collect()
}
