//! What readers see.

use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk60kvj50ce9uvw53efr4edt", "name": "Orbit Mail", "slug": "orbit-mail", "maintenanceMode": false,
    "maintenanceMessage": null, "allowIndexing": true, "enableRss": true, "emailNotificationsEnabled": false
}))]
pub(crate) struct PublicProject {
    id: String,
    name: String,
    /// The readable part of public addresses.
    slug: String,
    /// While true, there are no entries to read.
    maintenance_mode: bool,
    #[schema(required = true)]
    maintenance_message: Option<String>,
    allow_indexing: bool,
    enable_rss: bool,
    /// Whether readers can subscribe by mail.
    email_notifications_enabled: bool,
}

impl From<&Project> for PublicProject {
    fn from(project: &Project) -> Self {
        Self {
            id: project.id.to_string(),
            name: project.name.clone(),
            slug: project.slug.clone(),
            maintenance_mode: project.maintenance_mode,
            maintenance_message: project.maintenance_message.clone(),
            allow_indexing: project.allow_indexing,
            enable_rss: project.enable_rss,
            // Projects have no mail settings yet.
            email_notifications_enabled: false,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PublicTag {
    id: String,
    name: String,
    #[schema(required = true)]
    color: Option<String>,
}

impl From<Tag> for PublicTag {
    fn from(tag: Tag) -> Self {
        Self { id: tag.id.into(), name: tag.name, color: tag.color }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode",
    "content": "## New\n\nA dark theme for **every** page.", "excerpt": "New A dark theme for every page.",
    "version": "2.4.0", "slug": "dark-mode", "publishedAt": "2026-03-04T09:30:00.000Z",
    "createdAt": "2026-03-03T10:12:45.901Z", "updatedAt": "2026-03-04T09:29:58.040Z",
    "tags": [{ "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6" }]
}))]
pub(crate) struct PublicEntry {
    id: String,
    title: String,
    /// Markdown. Left out where the query says `content=false`.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// Plain text of at most about 300 characters, made from the content.
    excerpt: String,
    #[schema(required = true)]
    version: Option<String>,
    /// The readable part of the public address.
    slug: String,
    #[schema(format = DateTime, required = true)]
    published_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    tags: Vec<PublicTag>,
}

impl PublicEntry {
    pub fn new(entry: Entry, with_content: bool) -> Self {
        Self {
            id: entry.id.into(),
            title: entry.title,
            content: with_content.then_some(entry.content),
            excerpt: entry.excerpt,
            version: entry.version,
            slug: entry.slug,
            published_at: entry.published_at.map(to_wire),
            created_at: to_wire(entry.created_at),
            updated_at: to_wire(entry.updated_at),
            tags: entry.tags.into_iter().map(PublicTag::from).collect(),
        }
    }
}

/// A published entry with the container it is in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ContainedEntry {
    #[serde(flatten)]
    pub entry: PublicEntry,
    pub changelog_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OnePublicEntry {
    project: PublicProject,
    /// Left out while the project is in maintenance.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<ContainedEntry>,
}

impl OnePublicEntry {
    pub fn new(project: &Project, entry: Entry) -> Self {
        let contained =
            |entry| ContainedEntry { entry: PublicEntry::new(entry, true), changelog_id: project.changelog_id.clone() };
        Self { project: project.into(), entry: (!project.maintenance_mode).then(|| contained(entry)) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicEntries {
    pub project: PublicProject,
    pub items: Vec<PublicEntry>,
    /// Pass it as `cursor` for the next part of the list. Left out on the last part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}
