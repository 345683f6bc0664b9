//! Projects, with the container of entries that existing clients expect beside each.

use model::projects::{self, LatestEntry, ProjectSummary};
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::entries::Entry;
use super::pagination::Pagination;
use super::project_changes::{FeedConfig, Layout};
use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk60kvj50ce9uvw53efr4edt", "name": "Orbit Mail", "slug": "orbit-mail", "description": null,
    "color": "#4f46e5", "icon": "rocket", "isPublic": true, "allowAutoPublish": false, "requireApproval": true,
    "maintenanceMode": false, "maintenanceMessage": null, "allowIndexing": true, "enableRss": true,
    "rssItemLimit": 10, "rssFullContent": true, "rssFeedConfig": null, "logoUrl": null, "faviconUrl": null,
    "socialImageUrl": null, "customCss": null, "layout": "timeline", "timezone": "Europe/Berlin",
    "defaultTags": ["Feature", "Fix"], "createdAt": "2026-01-12T08:00:00.000Z", "updatedAt": "2026-03-02T16:41:10.224Z"
}))]
pub(crate) struct Project {
    id: String,
    name: String,
    /// The readable part of public addresses; the id works as well.
    slug: String,
    #[schema(required = true)]
    description: Option<String>,
    /// `#rrggbb`
    #[schema(required = true)]
    color: Option<String>,
    #[schema(required = true)]
    icon: Option<String>,
    is_public: bool,
    /// Whether staff publish without approval although `requireApproval` is set.
    allow_auto_publish: bool,
    require_approval: bool,
    maintenance_mode: bool,
    #[schema(required = true)]
    maintenance_message: Option<String>,
    allow_indexing: bool,
    enable_rss: bool,
    #[schema(minimum = 1, maximum = 100)]
    rss_item_limit: i64,
    rss_full_content: bool,
    /// `null` for feeds in their default form.
    #[schema(required = true)]
    rss_feed_config: Option<FeedConfig>,
    #[schema(required = true)]
    logo_url: Option<String>,
    #[schema(required = true)]
    favicon_url: Option<String>,
    /// Shown by link previews instead of the card the server draws.
    #[schema(required = true)]
    social_image_url: Option<String>,
    /// Style rules for the public pages alone.
    #[schema(required = true)]
    custom_css: Option<String>,
    layout: Layout,
    /// The IANA name of the zone that public dates are shown in; `null` for UTC.
    #[schema(required = true)]
    timezone: Option<String>,
    /// Names preselected on new entries.
    default_tags: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<projects::Project> for Project {
    fn from(project: projects::Project) -> Self {
        Self {
            id: project.id.into(),
            name: project.name,
            slug: project.slug,
            description: project.description,
            color: project.color,
            icon: project.icon,
            is_public: project.is_public,
            allow_auto_publish: project.allow_auto_publish,
            require_approval: project.require_approval,
            maintenance_mode: project.maintenance_mode,
            maintenance_message: project.maintenance_message,
            allow_indexing: project.allow_indexing,
            enable_rss: project.enable_rss,
            rss_item_limit: project.rss_item_limit,
            rss_full_content: project.rss_full_content,
            rss_feed_config: project.rss_feed_config.map(FeedConfig::from),
            logo_url: project.logo_url,
            favicon_url: project.favicon_url,
            social_image_url: project.social_image_url,
            custom_css: project.custom_css,
            layout: project.layout.into(),
            timezone: project.timezone,
            default_tags: project.default_tags,
            created_at: to_wire(project.created_at),
            updated_at: to_wire(project.updated_at),
        }
    }
}

/// The container of a project's entries. It is born with the project and has no life of its own.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk2sywb3wkh5dnsipzz5fk2z", "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "createdAt": "2026-01-12T08:00:00.000Z", "updatedAt": "2026-03-02T16:41:10.224Z"
}))]
pub(crate) struct Changelog {
    id: String,
    project_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<&projects::Project> for Changelog {
    fn from(project: &projects::Project) -> Self {
        Self {
            id: project.changelog_id.clone(),
            project_id: project.id.to_string(),
            created_at: to_wire(project.created_at),
            updated_at: to_wire(project.updated_at),
        }
    }
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "version": "2.4.0", "createdAt": "2026-03-03T10:12:45.901Z"
}))]
pub(crate) struct NewestEntry {
    id: String,
    #[schema(required = true)]
    version: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<LatestEntry> for NewestEntry {
    fn from(latest: LatestEntry) -> Self {
        Self { id: latest.id.into(), version: latest.version, created_at: to_wire(latest.created_at) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ChangelogCount {
    #[schema(example = 41)]
    entries: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ListedChangelog {
    #[serde(flatten)]
    changelog: Changelog,
    /// The entry that was created last, if there is one.
    entries: Vec<NewestEntry>,
    #[serde(rename = "_count")]
    count: ChangelogCount,
}

/// A project in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ListedProject {
    #[serde(flatten)]
    project: Project,
    changelog: ListedChangelog,
    /// Drafts included.
    #[schema(example = 41)]
    entry_count: i64,
    /// The entry that was created last.
    #[schema(required = true)]
    latest_entry: Option<NewestEntry>,
}

impl From<ProjectSummary> for ListedProject {
    fn from(summary: ProjectSummary) -> Self {
        let latest = summary.latest.map(NewestEntry::from);
        let count = summary.figures.entries;
        Self {
            changelog: ListedChangelog {
                changelog: Changelog::from(&summary.project),
                entries: latest.clone().into_iter().collect(),
                count: ChangelogCount { entries: count },
            },
            project: summary.project.into(),
            entry_count: count,
            latest_entry: latest,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectPage {
    pub items: Vec<ListedProject>,
    pub pagination: Pagination,
}

/// All projects as an array, or one page of them where the query names `page` or `limit`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ProjectList {
    All(Vec<ListedProject>),
    Page(ProjectPage),
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CreatedProject {
    #[serde(flatten)]
    project: Project,
    changelog: Changelog,
}

impl From<projects::Project> for CreatedProject {
    fn from(project: projects::Project) -> Self {
        Self { changelog: Changelog::from(&project), project: project.into() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FullChangelog {
    #[serde(flatten)]
    changelog: Changelog,
    /// Newest first by date of creation, drafts included; at most 1,000.
    entries: Vec<Entry>,
    /// Present and true when there are more entries than listed.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    entries_truncated: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectWithEntries {
    #[serde(flatten)]
    project: Project,
    changelog: FullChangelog,
}

impl ProjectWithEntries {
    pub fn new(project: projects::Project, entries: Vec<Entry>, entries_truncated: bool) -> Self {
        Self {
            changelog: FullChangelog { changelog: Changelog::from(&project), entries, entries_truncated },
            project: project.into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "versions": ["2.4.0", "2.3.1", "2.3.0"] }))]
pub(crate) struct ProjectVersions {
    /// Each once: of what is not published first, then the newest date of publication first.
    pub versions: Vec<String>,
}

/// What `POST /api/projects` takes. Other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "name": "Orbit Mail", "isPublic": false, "color": "#4f46e5", "defaultTags": ["Feature", "Fix"]
}))]
pub(crate) struct NewProject {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(max_length = 500)]
    description: Option<String>,
    /// `#rrggbb`
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    color: Option<String>,
    #[schema(max_length = 50)]
    icon: Option<String>,
    /// Making a project public takes an administrator. Default: false.
    is_public: Option<bool>,
    /// Letting staff publish takes an administrator. Default: false.
    allow_auto_publish: Option<bool>,
    /// Waiving approval takes an administrator. Default: true.
    require_approval: Option<bool>,
    #[schema(max_items = 50)]
    default_tags: Option<Vec<String>>,
}

impl FromBody for NewProject {
    fn read(fields: &mut Fields) -> Self {
        Self {
            name: fields.text("name").unwrap_or_default(),
            description: fields.text("description"),
            color: fields.text("color"),
            icon: fields.text("icon"),
            is_public: fields.flag("isPublic"),
            allow_auto_publish: fields.flag("allowAutoPublish"),
            require_approval: fields.flag("requireApproval"),
            default_tags: fields.texts("defaultTags"),
        }
    }
}

impl From<NewProject> for projects::NewProject {
    fn from(new: NewProject) -> Self {
        Self {
            name: new.name,
            description: new.description,
            color: new.color,
            icon: new.icon,
            is_public: new.is_public,
            allow_auto_publish: new.allow_auto_publish,
            require_approval: new.require_approval,
            default_tags: new.default_tags,
        }
    }
}
