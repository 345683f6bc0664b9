//! Pictures and files, as they are sent and as callers describe them.

use model::media::{self, NewAlt};
use model::time::to_wire;
use serde::Serialize;
use services::media::Listed;
use utoipa::ToSchema;

use super::pagination::Pagination;
use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk9ri19r0wyojfljooa5lqsa", "projectId": "cmk60kvj50ce9uvw53efr4edt", "name": "search.png",
    "url": "https://changelog.example.com/media/cmk60kvj50ce9uvw53efr4edt/5f2c0e9a7b3d4f60a1b2c3d4e5f60718-1600x900.png",
    "kind": "png", "contentType": "image/png", "bytes": 48213, "width": 1600, "height": 900,
    "alt": "The search with three results", "isDecorative": false,
    "markdown": "![The search with three results](/media/cmk60kvj50ce9uvw53efr4edt/5f2c0e9a7b3d4f60a1b2c3d4e5f60718-1600x900.png)",
    "createdBy": { "id": "cmk2sywb3wkh5dnsipzz5fk2z", "name": "Mara" },
    "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z"
}))]
pub(crate) struct Medium {
    id: String,
    project_id: String,
    /// What the file was called when it was uploaded.
    name: String,
    /// Where it is. Changes with the content alone, so an answer may be kept for ever while the project is public.
    url: String,
    /// `png`, `jpeg`, `webp`, `gif`, `svg`, `pdf`, `zip`, `text`, `csv`, `mp4` or `webm`, by its content.
    kind: &'static str,
    content_type: &'static str,
    /// Of the form at `url`.
    bytes: i64,
    /// In pixels; `null` for what is no picture, and for drawings without a size.
    #[schema(required = true)]
    width: Option<i64>,
    #[schema(required = true)]
    height: Option<i64>,
    /// What it shows, for who does not see it.
    alt: String,
    /// It shows nothing that has to be said.
    is_decorative: bool,
    /// What to write into an entry for it.
    markdown: String,
    created_by: UploadedBy,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

/// Who uploaded something.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadedBy {
    /// `null` when the account is gone.
    #[schema(required = true)]
    id: Option<String>,
    #[schema(required = true)]
    name: Option<String>,
}

impl Medium {
    pub fn new(medium: media::Medium, base_url: &str) -> Self {
        Self {
            url: format!("{base_url}{}", medium.path()),
            markdown: medium.markdown(),
            id: medium.id.into(),
            project_id: medium.project_id.into(),
            name: medium.name,
            kind: medium.kind.as_str(),
            content_type: medium.kind.media_type(),
            bytes: medium.bytes,
            width: medium.width,
            height: medium.height,
            alt: medium.alt,
            is_decorative: medium.is_decorative,
            created_by: UploadedBy { id: medium.created_by_id.map(String::from), name: medium.created_by_name },
            created_at: to_wire(medium.created_at),
            updated_at: to_wire(medium.updated_at),
        }
    }
}

/// An entry in whose text something stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "entryId": "cmk9ri19r0wyojfljooa5lqsa", "title": "Faster search", "isTrashed": false }))]
pub(crate) struct MediaUse {
    entry_id: String,
    title: String,
    /// Whether the entry is in the trash, from which it may come back.
    is_trashed: bool,
}

impl From<media::MediaUse> for MediaUse {
    fn from(one: media::MediaUse) -> Self {
        Self { entry_id: one.entry_id.into(), title: one.title, is_trashed: one.is_trashed }
    }
}

/// A medium, and where it stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsedMedium {
    #[serde(flatten)]
    medium: Medium,
    used_in: Vec<MediaUse>,
}

impl UsedMedium {
    pub fn new(listed: Listed, base_url: &str) -> Self {
        let used_in = listed.uses.into_iter().map(MediaUse::from).collect();
        Self { medium: Medium::new(listed.medium, base_url), used_in }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MediaList {
    /// Newest first.
    pub media: Vec<UsedMedium>,
    pub pagination: Pagination,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneMedium {
    pub medium: Medium,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneUsedMedium {
    pub medium: UsedMedium,
}

/// What a picture shows.
#[derive(Debug, ToSchema)]
#[schema(as = MediaDescription, rename_all = "camelCase", example = json!({ "alt": "The search with three results" }))]
#[expect(dead_code, reason = "the description of what `Description` reads")]
pub(crate) struct DescriptionBody {
    /// Empty for nothing.
    #[schema(max_length = 500)]
    alt: Option<String>,
    /// It shows nothing that has to be said; `alt` is empty then. Default: false.
    is_decorative: Option<bool>,
}

pub(crate) struct Description(pub NewAlt);

impl FromBody for Description {
    fn read(fields: &mut Fields) -> Self {
        Self(NewAlt {
            alt: fields.text("alt").unwrap_or_default(),
            is_decorative: fields.flag("isDecorative").unwrap_or_default(),
        })
    }
}
