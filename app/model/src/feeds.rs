//! What a project's feeds contain.

use serde::{Deserialize, Serialize};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::TagId;

pub const MAX_TITLE: usize = 200;
pub const MAX_DESCRIPTION: usize = 500;
pub const MAX_TAG_FILTER: usize = 50;
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
