//! Entries as people with an account see them.

use model::entries::{self, EntryState};
use model::projects::Project;
use model::tags::TagRef;
use model::time::{Timestamp, to_wire};
use serde::Serialize;
use store::publish_requests::PublishRequest;
use utoipa::ToSchema;

use super::pagination::Pagination;
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
    "createdAt": "2026-03-03T10:12:45.901Z", "updatedAt": "2026-03-04T09:29:58.040Z",
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
    "tags": ["Feature", { "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Design" }]
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
}

impl FromBody for NewEntry {
    const LIMIT: usize = 2 * 1024 * 1024;

    fn read(fields: &mut Fields) -> Self {
        let title = fields.text("title").unwrap_or_default();
        let content = match fields.value("content") {
            Some(serde_json::Value::String(text)) if !text.trim().is_empty() => text,
            None | Some(serde_json::Value::String(_)) => {
                fields.fail("content", "The text of the entry is missing.");
                String::new()
            }
            Some(_) => {
                fields.fail("content", "content must be text.");
                String::new()
            }
        };
        if title.trim().is_empty() {
            // The rule is in the model; saying it here reports both missing members at once.
            fields.fail("title", "The title is missing.");
        }
        Self { title, content, version: fields.text_or_number("version"), tags: tags::read(fields, "tags") }
    }
}

impl From<NewEntry> for entries::NewEntry {
    fn from(new: NewEntry) -> Self {
        Self { title: new.title, content: new.content, version: new.version, tags: new.tags.unwrap_or_default() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum Action {
    Publish,
    Unpublish,
}

/// What `PATCH …/changelog/{entryId}` takes.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "action": "publish", "publishedAt": "2026-03-01T08:00:00.000Z" }))]
pub(crate) struct EntryChange {
    pub action: Action,
    /// For `publish`: a date in the past to publish under. Absent keeps the date of a published entry, and is now for a
    /// draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
}

impl FromBody for EntryChange {
    const LIMIT: usize = NewEntry::LIMIT;

    fn read(fields: &mut Fields) -> Self {
        let action = match fields.value("action").as_ref().and_then(serde_json::Value::as_str) {
            Some("publish") => Action::Publish,
            Some("unpublish") => Action::Unpublish,
            _ => {
                fields.fail("action", "action must be publish or unpublish.");
                Action::Unpublish
            }
        };
        // Clients send whole records back, and for an unpublished one this date is of no interest.
        let published_at = match action {
            Action::Publish => fields.time("publishedAt"),
            Action::Unpublish => None,
        };
        Self { action, published_at }
    }
}

/// Sent with 202: nothing is public yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PublicationRequested)]
pub(crate) struct ApprovalRequest {
    #[serde(flatten)]
    entry: Entry,
    #[schema(example = "An administrator has to approve this first.")]
    message: &'static str,
    /// Always true.
    requires_approval: bool,
    request: ChangeRequest,
}

impl ApprovalRequest {
    pub fn new(entry: Entry, request: PublishRequest) -> Self {
        Self {
            entry,
            message: "An administrator has to approve this first.",
            requires_approval: true,
            request: request.into(),
        }
    }
}

/// A request that an administrator decide.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkm4l1vfz3zfkkibj3j4wj99", "type": "ALLOW_PUBLISH", "status": "PENDING",
    "staffId": "cmkdn581u33xtplpft75v2seh", "adminId": null, "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "targetId": null, "changelogEntryId": "cmk9ri19r0wyojfljooa5lqsa", "changelogTagId": null,
    "metadata": null, "createdAt": "2026-03-04T09:00:00.000Z", "reviewedAt": null
}))]
pub(crate) struct ChangeRequest {
    id: String,
    /// Always `ALLOW_PUBLISH`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// `PENDING`, `APPROVED` or `WITHDRAWN`.
    status: String,
    #[schema(required = true)]
    staff_id: Option<String>,
    #[schema(required = true)]
    admin_id: Option<String>,
    project_id: String,
    /// Requests to publish have no other target than their entry.
    #[schema(value_type = Option<String>, required = true)]
    target_id: (),
    changelog_entry_id: String,
    #[schema(value_type = Option<String>, required = true)]
    changelog_tag_id: (),
    #[schema(value_type = Option<Object>, required = true)]
    metadata: (),
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime, required = true)]
    reviewed_at: Option<String>,
}

impl From<PublishRequest> for ChangeRequest {
    fn from(request: PublishRequest) -> Self {
        Self {
            id: request.id.into(),
            kind: "ALLOW_PUBLISH",
            status: request.status,
            staff_id: request.staff_id.map(String::from),
            admin_id: request.admin_id.map(String::from),
            project_id: request.project_id.into(),
            target_id: (),
            changelog_entry_id: request.entry_id.into(),
            changelog_tag_id: (),
            metadata: (),
            created_at: to_wire(request.created_at),
            reviewed_at: request.reviewed_at.map(to_wire),
        }
    }
}
