//! Texts to start an entry from, as they are sent and as callers make and change them.

use model::entry_templates::{self, EntryTemplatePatch, NewEntryTemplate as New};
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk794g9dpmrcg629be2u66ms", "projectId": "cmk60kvj50ce9uvw53efr4edt", "name": "Release",
    "title": "Release {NEXT_MINOR}", "content": "## New\n\n## Fixed\n", "tags": ["Release"],
    "createdAt": "2026-01-12T08:05:00.000Z", "updatedAt": "2026-01-12T08:05:00.000Z"
}))]
pub(crate) struct EntryTemplate {
    id: String,
    project_id: String,
    name: String,
    /// The title of the entry. Tokens such as `{YYYY}`, `{MM}`, `{DD}` and `{NEXT_MINOR}` are filled in when it starts.
    title: String,
    /// Markdown; the same tokens.
    content: String,
    /// Names of tags.
    tags: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<entry_templates::EntryTemplate> for EntryTemplate {
    fn from(template: entry_templates::EntryTemplate) -> Self {
        Self {
            id: template.id.into(),
            project_id: template.project_id.into(),
            name: template.name,
            title: template.title,
            content: template.content,
            tags: template.tags,
            created_at: to_wire(template.created_at),
            updated_at: to_wire(template.updated_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneEntryTemplate {
    pub template: EntryTemplate,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryTemplateList {
    pub templates: Vec<EntryTemplate>,
}

/// What a new template is made from: a name, and a title or a text.
#[derive(Debug, ToSchema)]
#[schema(as = NewEntryTemplate, example = json!({
    "name": "Release", "title": "Release {NEXT_MINOR}", "content": "## New\n\n## Fixed\n", "tags": ["Release"]
}))]
#[expect(dead_code, reason = "the description of what `NewEntryTemplate` reads")]
pub(crate) struct NewEntryTemplateBody {
    /// No other template of the project has it.
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    #[schema(max_length = 200)]
    title: Option<String>,
    #[schema(max_length = 50_000)]
    content: Option<String>,
    #[schema(max_items = 50)]
    tags: Option<Vec<String>>,
}

/// What to change of a template. Members that are left out stay as they are.
#[derive(Debug, ToSchema)]
#[schema(as = EntryTemplateChanges, example = json!({ "title": "Release of {YYYY}-{MM}-{DD}" }))]
#[expect(dead_code, reason = "the description of what `EntryTemplateChanges` reads")]
pub(crate) struct EntryTemplateChangesBody {
    #[schema(min_length = 1, max_length = 60)]
    name: Option<String>,
    #[schema(max_length = 200)]
    title: Option<String>,
    #[schema(max_length = 50_000)]
    content: Option<String>,
    #[schema(max_items = 50)]
    tags: Option<Vec<String>>,
}

pub(crate) struct NewEntryTemplate(pub New);

impl FromBody for NewEntryTemplate {
    fn read(fields: &mut Fields) -> Self {
        Self(New {
            name: fields.text("name").unwrap_or_default(),
            title: fields.text("title").unwrap_or_default(),
            content: fields.text("content").unwrap_or_default(),
            tags: fields.texts("tags").unwrap_or_default(),
        })
    }
}

pub(crate) struct EntryTemplateChanges(pub EntryTemplatePatch);

impl FromBody for EntryTemplateChanges {
    fn read(fields: &mut Fields) -> Self {
        Self(EntryTemplatePatch {
            name: fields.text("name"),
            title: fields.text("title"),
            content: fields.text("content"),
            tags: fields.texts("tags"),
        })
    }
}
