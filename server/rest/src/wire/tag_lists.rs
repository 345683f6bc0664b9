//! Lists of tags, and changes of them.

use std::collections::HashMap;

use model::{TagId, tags};
use serde::Serialize;
use utoipa::ToSchema;

use super::pagination::Pagination;
use super::tags::Tag;
use crate::extract::{Fields, FromBody, FromQuery, Params};

#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct TagCount {
    /// Entries of the project that have the tag.
    entries: i64,
}

/// A tag with how often a project uses it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountedTag {
    #[serde(flatten)]
    tag: Tag,
    /// In lists, only where it is asked for.
    #[serde(rename = "_count", skip_serializing_if = "Option::is_none")]
    count: Option<TagCount>,
}

impl CountedTag {
    /// `counts` says how often each tag is used; without it nothing is said.
    pub fn new(tag: tags::Tag, counts: Option<&HashMap<TagId, i64>>) -> Self {
        let count = counts.map(|counts| TagCount { entries: counts.get(&tag.id).copied().unwrap_or_default() });
        Self { tag: tag.into(), count }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "tags": [{
        "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6",
        "createdAt": "2026-01-12T08:05:00.000Z", "updatedAt": "2026-01-12T08:05:00.000Z", "_count": { "entries": 12 }
    }],
    "items": [{
        "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6",
        "createdAt": "2026-01-12T08:05:00.000Z", "updatedAt": "2026-01-12T08:05:00.000Z", "_count": { "entries": 12 }
    }],
    "pagination": { "page": 1, "limit": 20, "total": 1, "totalCount": 1, "totalPages": 1, "hasMore": false }
}))]
pub(crate) struct TagList {
    /// By name.
    tags: Vec<CountedTag>,
    /// The same as `tags`, for clients that look for it under this name.
    items: Vec<CountedTag>,
    pagination: Pagination,
}

impl TagList {
    pub fn new(tags: Vec<CountedTag>, pagination: Pagination) -> Self {
        Self { items: tags.clone(), tags, pagination }
    }
}

/// What creating a tag takes. Other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(as = NewTag, example = json!({ "name": "Feature", "color": "#3b82f6" }))]
pub(crate) struct NewTag {
    #[schema(min_length = 1, max_length = 50)]
    name: String,
    /// `#rrggbb`
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$")]
    color: Option<String>,
}

impl FromBody for NewTag {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name").unwrap_or_default(), color: fields.text("color") }
    }
}

impl From<NewTag> for tags::NewTag {
    fn from(new: NewTag) -> Self {
        Self { name: new.name, color: new.color, description: None }
    }
}

/// Changes of a tag. Absent members keep their value; other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(example = json!({ "name": "Feature", "color": null }))]
pub(crate) struct TagChanges {
    #[schema(min_length = 1, max_length = 50)]
    name: Option<String>,
    /// `#rrggbb`; `null` clears.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$", value_type = Option<String>)]
    color: Option<Option<String>>,
}

impl FromBody for TagChanges {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name"), color: fields.nullable_text("color") }
    }
}

impl From<TagChanges> for tags::TagPatch {
    fn from(changes: TagChanges) -> Self {
        Self { name: changes.name, color: changes.color, description: None }
    }
}

/// Changes of the tag that the body names.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "tagId": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature" }))]
pub(crate) struct NamedTagChanges {
    #[schema(value_type = String)]
    tag_id: Option<TagId>,
    #[schema(min_length = 1, max_length = 50)]
    name: Option<String>,
    /// `#rrggbb`; `null` clears.
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$", value_type = Option<String>)]
    color: Option<Option<String>>,
}

/// What is said where the id of a tag is missing or cannot be one.
const NO_TAG: &str = "tagId must be the id of a tag.";

impl FromBody for NamedTagChanges {
    fn read(fields: &mut Fields) -> Self {
        let tag_id = fields.text("tagId").and_then(|text| text.parse().ok());
        if tag_id.is_none() {
            fields.fail("tagId", NO_TAG);
        }
        let TagChanges { name, color } = TagChanges::read(fields);
        Self { tag_id, name, color }
    }
}

impl NamedTagChanges {
    /// The tag, which is there once a body was read, and the changes.
    pub fn split(self) -> Option<(TagId, tags::TagPatch)> {
        Some((self.tag_id?, TagChanges { name: self.name, color: self.color }.into()))
    }
}

/// `tagId` of a query.
pub(crate) struct TagQuery(pub Option<TagId>);

impl FromQuery for TagQuery {
    fn read(params: &mut Params) -> Self {
        let tag = params.text("tagId").and_then(|text| text.parse().ok());
        if tag.is_none() {
            params.fail("tagId", NO_TAG);
        }
        Self(tag)
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "success": true, "message": "The tag is deleted. 12 entries had it.", "entriesAffected": 12 }))]
pub(crate) struct DeletedTag {
    /// Always true.
    success: bool,
    /// What happened, for people.
    message: String,
    /// How many entries had the tag, in all projects.
    entries_affected: i64,
}

impl DeletedTag {
    pub fn new(entries_affected: i64) -> Self {
        let message = match entries_affected {
            0 => "The tag is deleted. No entry had it.".to_owned(),
            1 => "The tag is deleted. One entry had it.".to_owned(),
            many => format!("The tag is deleted. {many} entries had it."),
        };
        Self { success: true, message, entries_affected }
    }
}
