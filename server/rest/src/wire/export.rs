//! The description of exports. The files themselves are written by the services.

#![expect(dead_code, reason = "only described here")]

use utoipa::ToSchema;

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum ExportFormat {
    Markdown,
    Json,
    Csv,
    Zip,
}

#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum ExportStatus {
    Published,
    All,
}

/// An export as JSON.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "format": "tidings",
    "version": 1,
    "exportedAt": "2026-03-04T09:30:00.000Z",
    "project": {
        "id": "cm3k8x2p0000008l4f5g7h9jk", "name": "Orbit Mail", "slug": "orbit-mail", "description": null,
        "color": "#2b5fc2", "icon": null, "isPublic": true, "timezone": "Europe/Berlin", "defaultTags": [],
        "createdAt": "2026-01-01T08:00:00.000Z", "updatedAt": "2026-03-01T08:00:00.000Z"
    },
    "tags": [{ "name": "Changed", "color": "#3b82f6", "description": null }],
    "entries": [{
        "id": "cm3k8x2p0000008l4f5g7h9jm", "externalId": null, "title": "Faster search", "content": "Twice as fast.",
        "version": "1.2.0", "slug": "faster-search", "status": "published",
        "publishedAt": "2026-03-04T12:30:45.678Z", "scheduledAt": null,
        "createdAt": "2026-02-27T07:00:00.001Z", "updatedAt": "2026-03-05T10:00:00.000Z", "tags": ["Changed"]
    }]
}))]
pub(crate) struct ExportFile {
    /// Always `tidings`.
    format: String,
    /// The version of this form.
    version: u32,
    #[schema(format = DateTime)]
    exported_at: String,
    #[schema(inline)]
    project: ExportedProject,
    #[schema(inline)]
    tags: Vec<ExportedTag>,
    #[schema(inline)]
    entries: Vec<ExportedEntry>,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct ExportedProject {
    id: String,
    name: String,
    slug: String,
    #[schema(required = true)]
    description: Option<String>,
    #[schema(required = true)]
    color: Option<String>,
    #[schema(required = true)]
    icon: Option<String>,
    is_public: bool,
    #[schema(required = true)]
    timezone: Option<String>,
    default_tags: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(ToSchema)]
struct ExportedTag {
    name: String,
    #[schema(required = true)]
    color: Option<String>,
    #[schema(required = true)]
    description: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
struct ExportedEntry {
    id: String,
    #[schema(required = true)]
    external_id: Option<String>,
    title: String,
    content: String,
    #[schema(required = true)]
    version: Option<String>,
    slug: String,
    #[schema(inline)]
    status: super::Status,
    #[schema(required = true, format = DateTime)]
    published_at: Option<String>,
    #[schema(required = true, format = DateTime)]
    scheduled_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
    tags: Vec<String>,
}
