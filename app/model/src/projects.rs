//! Projects. Each has exactly one changelog, which is why the two share a record.

mod patch;

pub use patch::{ProjectPatch, is_reserved_slug};

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::feeds::FeedConfig;
use crate::ids::ProjectId;
use crate::time::Timestamp;

pub const MAX_NAME: usize = 200;
pub const MAX_DESCRIPTION: usize = 500;
pub const MAX_SLUG: usize = 100;
pub const MAX_ICON: usize = 50;
pub const MAX_MAINTENANCE_MESSAGE: usize = 2_000;
pub const MAX_ADDRESS: usize = 2_000;
/// In characters.
pub const MAX_CUSTOM_CSS: usize = 50_000;
pub const MAX_RSS_ITEMS: i64 = 100;
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

/// In which order projects are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectSort {
    /// Where an entry was begun last.
    #[default]
    Recent,
    Name,
    /// Created last.
    Newest,
}

impl ProjectSort {
    pub const ALL: [ProjectSort; 3] = [ProjectSort::Recent, ProjectSort::Name, ProjectSort::Newest];

    pub fn as_str(self) -> &'static str {
        match self {
            ProjectSort::Recent => "recent",
            ProjectSort::Name => "name",
            ProjectSort::Newest => "newest",
        }
    }

    /// Anything unknown is the usual order.
    pub fn parse(text: &str) -> Self {
        ProjectSort::ALL.into_iter().find(|sort| sort.as_str() == text).unwrap_or_default()
    }
}

/// The beginning of a list of projects, and how many there are in all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectList {
    pub items: Vec<ProjectSummary>,
    pub total: i64,
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
            icon: form.take("icon", icon(self.icon.as_deref())),
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

/// The name of an icon: letters, digits and hyphens, as `rocket` or `CircleCheck`. Which ones are drawn is the
/// business of whoever shows them.
fn icon(name: Option<&str>) -> std::result::Result<Option<String>, String> {
    let name = check::optional_line(name, "The icon", MAX_ICON)?;
    let is_name = |name: &String| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    match name {
        Some(name) if !is_name(&name) => {
            Err("An icon is named by letters, digits and hyphens, such as rocket.".to_owned())
        }
        name => Ok(name),
    }
}

fn default_tags(tags: &[String]) -> std::result::Result<Vec<String>, String> {
    if tags.len() > MAX_DEFAULT_TAGS {
        return Err(format!("At most {MAX_DEFAULT_TAGS} default tags are allowed."));
    }
    tags.iter().map(|tag| crate::tags::name(tag)).collect()
}
