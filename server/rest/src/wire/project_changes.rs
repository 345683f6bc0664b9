//! Changes of a project, as callers send them: absent members keep, `null` clears what may be empty.

use model::feeds;
use model::projects;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

/// How the public list is set.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Layout {
    Timeline,
    List,
    Cards,
}

impl From<projects::Layout> for Layout {
    fn from(layout: projects::Layout) -> Self {
        match layout {
            projects::Layout::Timeline => Self::Timeline,
            projects::Layout::List => Self::List,
            projects::Layout::Cards => Self::Cards,
        }
    }
}

/// How the feeds of a project differ from their default form.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FeedConfig {
    #[schema(required = true, max_length = 200)]
    feed_title: Option<String>,
    #[schema(required = true, max_length = 500)]
    feed_description: Option<String>,
    /// Whether items name their tags as categories. Default: false.
    include_tags: bool,
    /// Default: true.
    include_version: bool,
    /// Ids; only entries with any of these tags, or all entries where there are none.
    #[schema(max_items = 50)]
    tag_filter: Vec<String>,
    /// What an item says, with places such as `{{title}}`.
    #[schema(required = true, max_length = 5000)]
    item_template: Option<String>,
}

impl From<feeds::FeedConfig> for FeedConfig {
    fn from(config: feeds::FeedConfig) -> Self {
        Self {
            feed_title: config.feed_title,
            feed_description: config.feed_description,
            include_tags: config.include_tags,
            include_version: config.include_version,
            tag_filter: config.tag_filter.into_iter().map(String::from).collect(),
            item_template: config.item_template,
        }
    }
}

/// Reads a whole configuration: a member that is absent has its default.
fn feed_config(fields: &mut Fields) -> feeds::FeedConfig {
    let default = feeds::FeedConfig::default();
    let mut tag_filter = Vec::new();
    for (position, text) in fields.texts("tagFilter").unwrap_or_default().into_iter().enumerate() {
        match text.parse() {
            Ok(id) => tag_filter.push(id),
            Err(_) => fields.fail(format!("tagFilter.{position}"), "That is not the id of a tag."),
        }
    }
    feeds::FeedConfig {
        feed_title: fields.text("feedTitle"),
        feed_description: fields.text("feedDescription"),
        include_tags: fields.flag("includeTags").unwrap_or(default.include_tags),
        include_version: fields.flag("includeVersion").unwrap_or(default.include_version),
        tag_filter,
        item_template: fields.text("itemTemplate"),
    }
}

/// Changes of a project. Absent members keep their value; `null` clears what may be empty. Other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "name": "Orbit Mail", "maintenanceMode": true, "maintenanceMessage": "Back at noon.", "rssFeedConfig": null
}))]
pub(crate) struct ProjectChanges {
    #[schema(min_length = 1, max_length = 200)]
    name: Option<String>,
    /// The readable part of public addresses. The old one redirects.
    #[schema(pattern = "^[a-z0-9-]{1,100}$")]
    slug: Option<String>,
    #[schema(max_length = 500, value_type = Option<String>)]
    description: Option<Option<String>>,
    /// `#rrggbb`
    #[schema(pattern = "^#[0-9A-Fa-f]{6}$", value_type = Option<String>)]
    color: Option<Option<String>>,
    #[schema(max_length = 50, value_type = Option<String>)]
    icon: Option<Option<String>>,
    #[schema(max_items = 50)]
    default_tags: Option<Vec<String>>,
    /// Takes an administrator.
    is_public: Option<bool>,
    /// Takes an administrator.
    allow_auto_publish: Option<bool>,
    /// Takes an administrator.
    require_approval: Option<bool>,
    /// Takes an administrator.
    maintenance_mode: Option<bool>,
    /// Plain text. Takes an administrator.
    #[schema(max_length = 2000, value_type = Option<String>)]
    maintenance_message: Option<Option<String>>,
    /// Takes an administrator.
    allow_indexing: Option<bool>,
    /// Takes an administrator.
    enable_rss: Option<bool>,
    /// Takes an administrator.
    #[schema(minimum = 1, maximum = 100)]
    rss_item_limit: Option<i64>,
    /// Takes an administrator.
    rss_full_content: Option<bool>,
    /// Replaces the whole configuration; `null` resets it. Takes an administrator.
    #[schema(value_type = Option<FeedConfig>)]
    rss_feed_config: Option<Option<feeds::FeedConfig>>,
    /// An absolute http(s) address, or a path on this instance.
    #[schema(max_length = 2000, value_type = Option<String>)]
    logo_url: Option<Option<String>>,
    #[schema(max_length = 2000, value_type = Option<String>)]
    favicon_url: Option<Option<String>>,
    #[schema(max_length = 2000, value_type = Option<String>)]
    social_image_url: Option<Option<String>>,
    #[schema(max_length = 50000, value_type = Option<String>)]
    custom_css: Option<Option<String>>,
    #[schema(value_type = Option<Layout>)]
    layout: Option<projects::Layout>,
    /// An IANA name such as `Europe/Berlin`.
    #[schema(value_type = Option<String>)]
    timezone: Option<Option<String>>,
}

impl FromBody for ProjectChanges {
    fn read(fields: &mut Fields) -> Self {
        let layout = fields.text("layout").and_then(|text| {
            let layout = projects::Layout::parse(&text);
            if layout.is_none() {
                fields.fail("layout", "layout must be timeline, list or cards.");
            }
            layout
        });
        Self {
            name: fields.text("name"),
            slug: fields.text("slug"),
            description: fields.nullable_text("description"),
            color: fields.nullable_text("color"),
            icon: fields.nullable_text("icon"),
            default_tags: fields.texts("defaultTags"),
            is_public: fields.flag("isPublic"),
            allow_auto_publish: fields.flag("allowAutoPublish"),
            require_approval: fields.flag("requireApproval"),
            maintenance_mode: fields.flag("maintenanceMode"),
            maintenance_message: fields.nullable_text("maintenanceMessage"),
            allow_indexing: fields.flag("allowIndexing"),
            enable_rss: fields.flag("enableRss"),
            rss_item_limit: fields.integer("rssItemLimit"),
            rss_full_content: fields.flag("rssFullContent"),
            rss_feed_config: fields.nullable_object("rssFeedConfig", feed_config),
            logo_url: fields.nullable_text("logoUrl"),
            favicon_url: fields.nullable_text("faviconUrl"),
            social_image_url: fields.nullable_text("socialImageUrl"),
            custom_css: fields.nullable_text("customCss"),
            layout,
            timezone: fields.nullable_text("timezone"),
        }
    }
}

impl From<ProjectChanges> for projects::ProjectPatch {
    fn from(changes: ProjectChanges) -> Self {
        Self {
            name: changes.name,
            slug: changes.slug,
            description: changes.description,
            color: changes.color,
            icon: changes.icon,
            default_tags: changes.default_tags,
            is_public: changes.is_public,
            allow_auto_publish: changes.allow_auto_publish,
            require_approval: changes.require_approval,
            maintenance_mode: changes.maintenance_mode,
            maintenance_message: changes.maintenance_message,
            allow_indexing: changes.allow_indexing,
            enable_rss: changes.enable_rss,
            rss_item_limit: changes.rss_item_limit,
            rss_full_content: changes.rss_full_content,
            rss_feed_config: changes.rss_feed_config,
            logo_url: changes.logo_url,
            favicon_url: changes.favicon_url,
            social_image_url: changes.social_image_url,
            custom_css: changes.custom_css,
            layout: changes.layout,
            timezone: changes.timezone,
        }
    }
}
