//! Projects. Each has exactly one changelog, which is why the two share a record.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::feeds::FeedConfig;
use crate::ids::ProjectId;
use crate::time::Timestamp;

pub const MAX_NAME: usize = 200;
pub const MAX_DESCRIPTION: usize = 500;
pub const MAX_ICON: usize = 50;
pub const MAX_DEFAULT_TAGS: usize = 50;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Project {
    pub id: ProjectId,
    /// The id of the changelog container that existing clients expect beside the project.
    pub changelog_id: String,
    pub name: String,
    /// The readable part of public addresses; the id works as well.
    pub slug: String,
    pub description: Option<String>,
    /// `#rrggbb`, or `None` for the product's accent.
    pub color: Option<String>,
    pub icon: Option<String>,
    pub is_public: bool,
    pub allow_auto_publish: bool,
    pub require_approval: bool,
    pub maintenance_mode: bool,
    pub maintenance_message: Option<String>,
    pub allow_indexing: bool,
    pub enable_rss: bool,
    /// 1 to 100.
    pub rss_item_limit: i64,
    pub rss_full_content: bool,
    /// `None` for feeds in their default form.
    #[cfg_attr(feature = "sql", sqlx(json(nullable)))]
    pub rss_feed_config: Option<FeedConfig>,
    /// Absolute http(s) addresses or paths on this instance.
    pub logo_url: Option<String>,
    pub favicon_url: Option<String>,
    /// Shown by link previews instead of the card the server draws.
    pub social_image_url: Option<String>,
    /// Style rules for the public pages alone.
    pub custom_css: Option<String>,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub layout: Layout,
    /// The IANA name of the zone that public dates are shown in; `None` for UTC.
    pub timezone: Option<String>,
    /// Names preselected on new entries, as JSON text in the database.
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub default_tags: Vec<String>,
    /// Grows with every change a reader could see; caches are keyed by it.
    pub revision: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Project {
    /// Whether staff publish without asking an administrator.
    pub fn staff_may_publish(&self) -> bool {
        !self.require_approval || self.allow_auto_publish
    }
}

/// How the public list is set. The markup is the same in all three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Version and date hang in the margin.
    #[default]
    Timeline,
    /// One column, the date above each title.
    List,
    /// Entries in frames, two beside each other where there is room.
    Cards,
}

impl Layout {
    pub const ALL: [Layout; 3] = [Layout::Timeline, Layout::List, Layout::Cards];

    pub fn as_str(self) -> &'static str {
        match self {
            Layout::Timeline => "timeline",
            Layout::List => "list",
            Layout::Cards => "cards",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Layout::ALL.into_iter().find(|layout| layout.as_str() == text)
    }
}

impl TryFrom<String> for Layout {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        Layout::parse(&text).ok_or_else(|| format!("{text} is no layout"))
    }
}

/// Figures of one project.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct ProjectFigures {
    pub entries: i64,
    pub drafts: i64,
    pub scheduled: i64,
    pub published: i64,
    pub last_published_at: Option<Timestamp>,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectSummary {
    pub project: Project,
    pub figures: ProjectFigures,
    pub latest: Option<LatestEntry>,
}

/// The entry of a project that was created last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatestEntry {
    pub id: crate::ids::EntryId,
    pub title: String,
    pub version: Option<String>,
    pub created_at: Timestamp,
}

/// A project to create. Only the name is required; what is `None` gets the default of the instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewProject {
    pub name: String,
    pub description: Option<String>,
    pub color: Option<String>,
    pub icon: Option<String>,
    pub is_public: Option<bool>,
    pub allow_auto_publish: Option<bool>,
    pub require_approval: Option<bool>,
    pub default_tags: Option<Vec<String>>,
}

impl NewProject {
    /// Trims and checks every field.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            name: form.take("name", check::line(&self.name, "The name", 1, MAX_NAME)),
            description: form.take(
                "description",
                check::optional_line(self.description.as_deref(), "The description", MAX_DESCRIPTION),
            ),
            color: form.take("color", check::color(self.color.as_deref())),
            icon: form.take("icon", check::optional_line(self.icon.as_deref(), "The icon", MAX_ICON)),
            default_tags: self.default_tags.map(|tags| form.take("defaultTags", default_tags(&tags))),
            ..self
        };
        form.finish()?;
        Ok(checked)
    }

    /// Whether creating this sets what only an administrator may set.
    pub fn sets_access(&self) -> bool {
        self.is_public == Some(true) || self.allow_auto_publish == Some(true) || self.require_approval == Some(false)
    }
}

/// Changes of a project. The outer `None` keeps; `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPatch {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub color: Option<Option<String>>,
    pub icon: Option<Option<String>>,
    pub default_tags: Option<Vec<String>>,
    pub is_public: Option<bool>,
    pub allow_auto_publish: Option<bool>,
    pub require_approval: Option<bool>,
}

impl ProjectPatch {
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            name: self.name.map(|name| form.take("name", check::line(&name, "The name", 1, MAX_NAME))),
            description: self.description.map(|text| {
                form.take("description", check::optional_line(text.as_deref(), "The description", MAX_DESCRIPTION))
            }),
            color: self.color.map(|color| form.take("color", check::color(color.as_deref()))),
            icon: self.icon.map(|icon| form.take("icon", check::optional_line(icon.as_deref(), "The icon", MAX_ICON))),
            default_tags: self.default_tags.map(|tags| form.take("defaultTags", default_tags(&tags))),
            ..self
        };
        form.finish()?;
        Ok(checked)
    }

    /// The project with the changes applied. Slug, revision and times are the caller's business.
    pub fn apply(&self, project: Project) -> Project {
        Project {
            name: self.name.clone().unwrap_or(project.name),
            description: self.description.clone().unwrap_or(project.description),
            color: self.color.clone().unwrap_or(project.color),
            icon: self.icon.clone().unwrap_or(project.icon),
            default_tags: self.default_tags.clone().unwrap_or(project.default_tags),
            is_public: self.is_public.unwrap_or(project.is_public),
            allow_auto_publish: self.allow_auto_publish.unwrap_or(project.allow_auto_publish),
            require_approval: self.require_approval.unwrap_or(project.require_approval),
            ..project
        }
    }

    /// Whether this changes what only an administrator may change. Sending the present value back is no change.
    pub fn changes_access(&self, project: &Project) -> bool {
        let differs = |new: Option<bool>, old: bool| new.is_some_and(|new| new != old);
        differs(self.is_public, project.is_public)
            || differs(self.allow_auto_publish, project.allow_auto_publish)
            || differs(self.require_approval, project.require_approval)
    }
}

fn default_tags(tags: &[String]) -> std::result::Result<Vec<String>, String> {
    if tags.len() > MAX_DEFAULT_TAGS {
        return Err(format!("At most {MAX_DEFAULT_TAGS} default tags are allowed."));
    }
    tags.iter().map(|tag| crate::tags::name(tag)).collect()
}
