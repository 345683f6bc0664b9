//! What a project's feeds contain.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::{EntryId, TagId};
use crate::time::Timestamp;

pub const MAX_TITLE: usize = 200;
pub const MAX_DESCRIPTION: usize = 500;
pub const MAX_TAG_FILTER: usize = 50;
/// Entries in the feeds of a project that says nothing else.
pub const DEFAULT_ITEMS: i64 = 10;
/// In characters.
pub const MAX_TEMPLATE: usize = 5_000;

/// How the feeds of a project differ from their default form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FeedConfig {
    /// `None`: the project's name and "Changelog".
    pub feed_title: Option<String>,
    pub feed_description: Option<String>,
    /// Whether items name their tags as categories.
    pub include_tags: bool,
    pub include_version: bool,
    /// Only entries with any of these tags; none means all entries.
    pub tag_filter: Vec<TagId>,
    /// What an item says, with places such as `{{title}}`. `None`: the entry's text.
    pub item_template: Option<String>,
}

impl Default for FeedConfig {
    fn default() -> Self {
        Self {
            feed_title: None,
            feed_description: None,
            include_tags: false,
            include_version: true,
            tag_filter: Vec::new(),
            item_template: None,
        }
    }
}

impl FeedConfig {
    /// Trims and checks every field.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let title = check::optional_line(self.feed_title.as_deref(), "The feed's title", MAX_TITLE);
        let description =
            check::optional_line(self.feed_description.as_deref(), "The feed's description", MAX_DESCRIPTION);
        let checked = Self {
            feed_title: form.take("feedTitle", title),
            feed_description: form.take("feedDescription", description),
            item_template: self.item_template.filter(|text| !text.trim().is_empty()),
            ..self
        };
        if checked.tag_filter.len() > MAX_TAG_FILTER {
            form.fail("tagFilter", format!("At most {MAX_TAG_FILTER} tags are allowed."));
        }
        let length = checked.item_template.as_deref().map_or(0, |text| text.chars().count());
        if length > MAX_TEMPLATE {
            form.fail(
                "itemTemplate",
                format!("The template has {length} characters; at most {MAX_TEMPLATE} are allowed."),
            );
        }
        form.finish()?;
        Ok(checked)
    }
}

/// What a template may name, each with what stands there then.
pub const PLACES: [(&str, &str); 8] = [
    ("title", "the title"),
    ("content", "the whole text, as HTML"),
    ("excerpt", "the first sentences, without markup"),
    ("version", "the version as it was entered"),
    ("date", "the date of publication, such as 4 March 2026"),
    ("url", "the address of the entry's page"),
    ("tags", "the names of the tags, separated by commas"),
    ("id", "the entry's id"),
];

/// Fills the places of a template, such as `{{title}}`. `value` gives what stands for a name; a name it does not know
/// gives nothing. What has braces but is no name stays as it is.
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let name = after.split_once("}}").map(|(name, behind)| (name.trim(), behind));
        match name.filter(|(name, _)| is_name(name)) {
            Some((name, behind)) => {
                filled.push_str(&value(name).unwrap_or_default());
                rest = behind;
            }
            None => {
                filled.push('{');
                // The second brace may begin a place: `{{{title}}`.
                rest = &rest[before.len() + 1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Settings of a feed that are being tried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedDraft {
    pub config: FeedConfig,
    /// Whether items carry the whole text.
    pub full_content: bool,
}

/// A feed as readers would get it, with its first items only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedPreview {
    pub title: String,
    pub description: String,
    pub items: Vec<FeedPreviewItem>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedPreviewItem {
    pub id: EntryId,
    pub title: String,
    /// Safe HTML.
    pub html: String,
    pub version: Option<String>,
    /// The names that the item carries as categories.
    pub tags: Vec<String>,
    pub published_at: Timestamp,
}
