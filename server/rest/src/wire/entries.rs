//! Entries as people with an account see them.

use model::entries::{self, EntryState};
use model::projects::Project;
use model::tags::TagRef;
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::pagination::Pagination;
use super::requests::{self, ChangeRequest};
use super::tags::{self, NamedTag, Tag};
use crate::extract::{Fields, FromBody};

/// The state of an entry, which follows from its dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Draft,
    Scheduled,
    Published,
}

impl From<EntryState> for Status {
    fn from(state: EntryState) -> Self {
        match state {
            EntryState::Draft => Self::Draft,
            EntryState::Scheduled => Self::Scheduled,
            EntryState::Published => Self::Published,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "changelogId": "cmk2sywb3wkh5dnsipzz5fk2z", "title": "Dark mode",
    "content": "## New\n\nA dark theme for **every** page.", "excerpt": "New A dark theme for every page.",
    "version": "2.4.0", "slug": "dark-mode", "status": "published",
    "publishedAt": "2026-03-04T09:30:00.000Z", "scheduledAt": null,
    "createdAt": "2026-03-03T10:12:45.901Z", "updatedAt": "2026-03-04T09:29:58.040Z", "externalId": null,
    "tags": [{
        "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6",
        "createdAt": "2026-01-12T08:05:00.000Z", "updatedAt": "2026-01-12T08:05:00.000Z"
    }]
}))]
pub(crate) struct Entry {
    id: String,
    project_id: String,
    changelog_id: String,
    title: String,
    /// Markdown.
    content: String,
    /// Plain text of at most about 300 characters, made from the content.
    excerpt: String,
    #[schema(required = true)]
    version: Option<String>,
    /// The readable part of the public address.
    slug: String,
    status: Status,
    /// Absent (`null`) unless published.
    #[schema(format = DateTime, required = true)]
    published_at: Option<String>,
    #[schema(format = DateTime, required = true)]
    scheduled_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    /// What another system calls the entry, as it was given when it was created.
    #[schema(required = true)]
    external_id: Option<String>,
    tags: Vec<Tag>,
}

impl Entry {
    /// An entry of `project`.
    pub fn of(project: &Project, entry: entries::Entry) -> Self {
        let status = entry.state().into();
        Self {
            id: entry.id.into(),
            project_id: entry.project_id.into(),
            changelog_id: project.changelog_id.clone(),
            title: entry.title,
            content: entry.content,
            excerpt: entry.excerpt,
            version: entry.version,
            slug: entry.slug,
            status,
            published_at: entry.published_at.map(to_wire),
            scheduled_at: entry.scheduled_at.map(to_wire),
            created_at: to_wire(entry.created_at),
            updated_at: to_wire(entry.updated_at),
            external_id: entry.external_id,
            tags: entry.tags.into_iter().map(Tag::from).collect(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryList {
    /// Newest first by date of creation, drafts included.
    pub entries: Vec<Entry>,
    /// Every tag used in this project, by name.
    pub tags: Vec<Tag>,
    pub pagination: Pagination,
}

/// What `POST …/changelog` takes. Other members are ignored; a new entry is a draft, whatever they say.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "title": "Dark mode", "content": "## New\n\nA dark theme for **every** page.", "version": "2.4.0",
    "tags": ["Feature", { "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Design" }], "externalId": "release-2.4.0"
}))]
pub(crate) struct NewEntry {
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Markdown.
    #[schema(min_length = 1, max_length = 200_000)]
    content: String,
    /// Unique within the project, ignoring case and a leading `v`. A number is taken as its text.
    #[schema(max_length = 64)]
    version: Option<String>,
    #[schema(max_items = 50, value_type = Option<Vec<NamedTag>>)]
    tags: Option<Vec<TagRef>>,
    /// What your system calls the entry. Unique within the project: creating twice under one gives the first entry, as
    /// it is by then.
    #[schema(max_length = 255)]
    external_id: Option<String>,
}

impl FromBody for NewEntry {
    const LIMIT: usize = 2 * 1024 * 1024;

    fn read(fields: &mut Fields) -> Self {
        let (title, content) = required_text(fields);
        Self {
            title,
            content,
            version: fields.text_or_number("version"),
            tags: tags::read(fields, "tags"),
            external_id: fields.text_or_number("externalId"),
        }
    }
}

/// Title and content, which must be there. The rules are in the model; saying it here reports both at once.
pub(super) fn required_text(fields: &mut Fields) -> (String, String) {
    let title = fields.text("title").unwrap_or_default();
    let content = match fields.value("content") {
        Some(serde_json::Value::String(text)) if !text.trim().is_empty() => text,
        None | Some(serde_json::Value::String(_)) => {
            fields.fail("content", NO_TEXT);
            String::new()
        }
        Some(_) => {
            fields.fail("content", "content must be text.");
            String::new()
        }
    };
    if title.trim().is_empty() {
        fields.fail("title", "The title is missing.");
    }
    (title, content)
}

/// What is wrong with an entry without a text.
pub(crate) const NO_TEXT: &str = "The text of the entry is missing.";

impl From<NewEntry> for entries::NewEntry {
    fn from(new: NewEntry) -> Self {
        Self {
            title: new.title,
            content: new.content,
            version: new.version,
            tags: new.tags.unwrap_or_default(),
            external_id: new.external_id,
        }
    }
}

/// What deleting by id alone comes to: the entry that is gone, or the request that an administrator delete it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryDeleted {
    #[schema(example = "The entry is deleted.")]
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<Entry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<ChangeRequest>,
}

impl EntryDeleted {
    pub fn gone(entry: Entry) -> Self {
        Self { message: "The entry is deleted.", entry: Some(entry), request: None }
    }

    pub fn requested(request: ChangeRequest) -> Self {
        Self { message: requests::MESSAGE, entry: None, request: Some(request) }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "success": true, "entriesDeleted": 41 }))]
pub(crate) struct AllDeleted {
    /// Always true.
    pub success: bool,
    pub entries_deleted: i64,
}
