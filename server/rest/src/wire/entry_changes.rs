//! What changes an entry.

use model::entries::EntryPatch;
use model::tags::TagRef;
use model::time::Timestamp;
use utoipa::ToSchema;

use super::entries::{NewEntry, required_text};
use super::tags::{self, NamedTag};
use crate::extract::{Fields, FromBody};

/// What `PUT …/changelog/{entryId}` takes: any subset, or a whole entry, of which the other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "title": "Dark mode", "version": null, "tags": ["Feature", { "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Design" }]
}))]
pub(crate) struct EntryChanges {
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
    /// Markdown.
    #[schema(min_length = 1, max_length = 200_000)]
    content: Option<String>,
    /// Absent keeps, `null` clears. Unique within the project, ignoring case and a leading `v`. A number is taken as
    /// its text.
    #[schema(max_length = 64, value_type = Option<String>)]
    version: Option<Option<String>>,
    /// The whole set; absent keeps.
    #[schema(max_items = 50, value_type = Option<Vec<NamedTag>>)]
    tags: Option<Vec<TagRef>>,
    /// Whether somebody pressed a button. Such a save is always kept in the history; others take the place of one
    /// another for ten minutes.
    is_manual: Option<bool>,
}

impl FromBody for EntryChanges {
    const LIMIT: usize = NewEntry::LIMIT;

    fn read(fields: &mut Fields) -> Self {
        Self {
            title: fields.text("title"),
            content: fields.text("content"),
            version: fields.nullable_text_or_number("version"),
            tags: tags::read(fields, "tags"),
            is_manual: fields.flag("isManual"),
        }
    }
}

impl From<EntryChanges> for EntryPatch {
    fn from(changes: EntryChanges) -> Self {
        Self {
            title: changes.title,
            content: changes.content,
            version: changes.version,
            tags: changes.tags,
            lock_version: None,
            is_manual: changes.is_manual.unwrap_or(false),
        }
    }
}

/// What `PUT /api/changelog/entries/{entryId}` takes. Other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "title": "Dark mode", "content": "## New\n\nA dark theme for **every** page.", "version": "2.4.0", "tags": ["Feature"]
}))]
pub(crate) struct WholeEntry {
    #[schema(min_length = 1, max_length = 200)]
    title: String,
    /// Markdown.
    #[schema(min_length = 1, max_length = 200_000)]
    content: String,
    /// Absent keeps, `null` clears.
    #[schema(max_length = 64, value_type = Option<String>)]
    version: Option<Option<String>>,
    /// The whole set; absent keeps.
    #[schema(max_items = 50, value_type = Option<Vec<NamedTag>>)]
    tags: Option<Vec<TagRef>>,
}

impl FromBody for WholeEntry {
    const LIMIT: usize = NewEntry::LIMIT;

    fn read(fields: &mut Fields) -> Self {
        let (title, content) = required_text(fields);
        let version = fields.nullable_text_or_number("version");
        Self { title, content, version, tags: tags::read(fields, "tags") }
    }
}

impl From<WholeEntry> for EntryPatch {
    fn from(entry: WholeEntry) -> Self {
        Self {
            title: Some(entry.title),
            content: Some(entry.content),
            version: entry.version,
            tags: entry.tags,
            lock_version: None,
            // Whoever sends a whole entry means to save it.
            is_manual: true,
        }
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
