//! What the audit log says about a change of a project.

use model::feeds::FeedConfig;
use model::projects::Project;
use serde_json::{Map, Value, json};

/// What changed, as `{field: {from, to}}`. Long texts are told by their length. An address that merely followed the
/// name is not a change of its own.
pub(super) fn of(old: &Project, new: &Project, chose_slug: bool) -> Map<String, Value> {
    let slug = |project: &Project| if chose_slug { json!(project.slug) } else { Value::Null };
    let values = |project: &Project| {
        [
            ("name", json!(project.name)),
            ("slug", slug(project)),
            ("description", json!(project.description)),
            ("color", json!(project.color)),
            ("icon", json!(project.icon)),
            ("defaultTags", json!(project.default_tags)),
            ("isPublic", json!(project.is_public)),
            ("allowAutoPublish", json!(project.allow_auto_publish)),
            ("requireApproval", json!(project.require_approval)),
            ("maintenanceMode", json!(project.maintenance_mode)),
            ("maintenanceMessage", json!(project.maintenance_message)),
            ("allowIndexing", json!(project.allow_indexing)),
            ("enableRss", json!(project.enable_rss)),
            ("rssItemLimit", json!(project.rss_item_limit)),
            ("rssFullContent", json!(project.rss_full_content)),
            ("rssFeedConfig", json!(project.rss_feed_config)),
            ("logoUrl", json!(project.logo_url)),
            ("faviconUrl", json!(project.favicon_url)),
            ("socialImageUrl", json!(project.social_image_url)),
            ("customCss", json!(project.custom_css)),
            ("layout", json!(project.layout)),
            ("timezone", json!(project.timezone)),
        ]
    };
    let (was, is) = (values(old), values(new));
    was.into_iter()
        .zip(is)
        .filter(|((_, from), (_, to))| from != to)
        .map(|((field, from), (_, to))| (field.to_owned(), json!({ "from": told(field, from), "to": told(field, to) })))
        .collect()
}

/// A value as the log keeps it.
fn told(field: &str, value: Value) -> Value {
    match (field, value) {
        ("customCss", Value::String(text)) => length(&text),
        ("rssFeedConfig", value @ Value::Object(_)) => match serde_json::from_value::<FeedConfig>(value) {
            Ok(config) => {
                let template = config.item_template.as_deref().map(length);
                let mut told = json!(FeedConfig { item_template: None, ..config });
                if let Some(template) = template {
                    told["itemTemplate"] = template;
                }
                told
            }
            Err(_) => Value::Null,
        },
        (_, value) => value,
    }
}

fn length(text: &str) -> Value {
    json!({ "characters": text.chars().count() })
}

/// The name of the audit record: a specific one when exactly one field changed.
pub(super) fn action(changes: &Map<String, Value>, new: &Project) -> &'static str {
    let mut names = changes.keys();
    let (Some(name), None) = (names.next(), names.next()) else { return "UPDATE_PROJECT_SETTINGS" };
    let either = |on: bool, yes: &'static str, no: &'static str| if on { yes } else { no };
    match name.as_str() {
        "name" => "RENAME_PROJECT",
        "isPublic" => either(new.is_public, "MAKE_PROJECT_PUBLIC", "MAKE_PROJECT_PRIVATE"),
        "allowAutoPublish" => either(new.allow_auto_publish, "ENABLE_AUTO_PUBLISH", "DISABLE_AUTO_PUBLISH"),
        "requireApproval" => {
            either(new.require_approval, "ENABLE_APPROVAL_REQUIREMENT", "DISABLE_APPROVAL_REQUIREMENT")
        }
        "maintenanceMode" => either(new.maintenance_mode, "ENABLE_MAINTENANCE_MODE", "DISABLE_MAINTENANCE_MODE"),
        "allowIndexing" => either(new.allow_indexing, "ENABLE_SEARCH_INDEXING", "DISABLE_SEARCH_INDEXING"),
        "enableRss" => either(new.enable_rss, "ENABLE_RSS_FEED", "DISABLE_RSS_FEED"),
        "rssItemLimit" => "UPDATE_RSS_ITEM_LIMIT",
        "rssFullContent" => either(new.rss_full_content, "ENABLE_RSS_FULL_CONTENT", "DISABLE_RSS_FULL_CONTENT"),
        "rssFeedConfig" => either(new.rss_feed_config.is_some(), "UPDATE_RSS_FEED_BUILDER", "RESET_RSS_FEED_BUILDER"),
        _ => "UPDATE_PROJECT_SETTINGS",
    }
}
