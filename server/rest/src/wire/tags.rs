//! Tags, as they are sent and as callers name them.

use model::tags::TagRef;
use model::time::to_wire;
use model::{TagId, tags};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::Fields;

#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature", "color": "#3b82f6",
    "createdAt": "2026-01-12T08:05:00.000Z", "updatedAt": "2026-01-12T08:05:00.000Z"
}))]
pub(crate) struct Tag {
    id: String,
    name: String,
    #[schema(required = true)]
    color: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<tags::Tag> for Tag {
    fn from(tag: tags::Tag) -> Self {
        Self {
            id: tag.id.into(),
            name: tag.name,
            color: tag.color,
            created_at: to_wire(tag.created_at),
            updated_at: to_wire(tag.updated_at),
        }
    }
}

/// How a caller names a tag. Unknown names are created.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum NamedTag {
    /// An id if there is such a tag, otherwise a name.
    Text(String),
    /// The id counts if there is such a tag, otherwise the name.
    Object { id: Option<String>, name: Option<String> },
}

impl NamedTag {
    fn resolve(self) -> Option<TagRef> {
        let (id, name) = match self {
            Self::Text(text) => return Some(TagRef::Either(text)),
            Self::Object { id, name } => (id, name.filter(|name| !name.trim().is_empty())),
        };
        match (id.and_then(|id| id.parse::<TagId>().ok()), name) {
            (Some(id), Some(name)) => Some(TagRef::Whole { id, name }),
            (Some(id), None) => Some(TagRef::Id(id)),
            (None, Some(name)) => Some(TagRef::Name(name)),
            (None, None) => None,
        }
    }
}

/// Reads `tags`, in every mixture of forms.
pub(super) fn read(fields: &mut Fields, name: &str) -> Option<Vec<TagRef>> {
    let items = fields.list(name)?;
    let mut refs = Vec::with_capacity(items.len());
    for (position, item) in items.into_iter().enumerate() {
        match serde_json::from_value::<NamedTag>(item).ok().and_then(NamedTag::resolve) {
            Some(tag) => refs.push(tag),
            None => fields
                .fail(format!("{name}.{position}"), "A tag is its name or id as text, or an object with id or name."),
        }
    }
    Some(refs)
}
