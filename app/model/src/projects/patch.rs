//! Changes of a project: what may be said, who may say it, and what comes of it.

use serde::{Deserialize, Serialize};

use super::{
    Layout, MAX_ADDRESS, MAX_CUSTOM_CSS, MAX_DESCRIPTION, MAX_MAINTENANCE_MESSAGE, MAX_NAME, MAX_RSS_ITEMS, MAX_SLUG,
    Project, default_tags, icon,
};
use crate::check::{self, Checker};
use crate::error::{Error, Result};
use crate::feeds::FeedConfig;

type Checked<T> = std::result::Result<T, String>;

/// Changes of a project. The outer `None` keeps; `Some(None)` clears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPatch {
    pub name: Option<String>,
    /// The readable part of public addresses. Without one, the address follows the name as long as it did so far.
    pub slug: Option<String>,
    pub description: Option<Option<String>>,
    pub color: Option<Option<String>>,
    pub icon: Option<Option<String>>,
    pub default_tags: Option<Vec<String>>,
    pub is_public: Option<bool>,
    pub allow_auto_publish: Option<bool>,
    pub require_approval: Option<bool>,
    pub maintenance_mode: Option<bool>,
    pub maintenance_message: Option<Option<String>>,
    pub allow_indexing: Option<bool>,
    pub enable_rss: Option<bool>,
    pub rss_item_limit: Option<i64>,
    pub rss_full_content: Option<bool>,
    pub rss_feed_config: Option<Option<FeedConfig>>,
    pub logo_url: Option<Option<String>>,
    pub favicon_url: Option<Option<String>>,
    pub social_image_url: Option<Option<String>>,
    pub custom_css: Option<Option<String>>,
    pub layout: Option<Layout>,
    /// Whether the name is one of a zone is for the caller to check: the list of zones is not known here.
    pub timezone: Option<Option<String>>,
}

impl ProjectPatch {
    /// Trims and checks every field.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let mut address =
            |field, text: Option<Option<String>>| text.map(|text| form.take(field, image_address(text.as_deref())));
        let logo_url = address("logoUrl", self.logo_url);
        let favicon_url = address("faviconUrl", self.favicon_url);
        let social_image_url = address("socialImageUrl", self.social_image_url);
        let checked = Self {
            name: self.name.map(|name| form.take("name", check::line(&name, "The name", 1, MAX_NAME))),
            slug: self.slug.map(|text| form.take("slug", slug(&text))),
            description: self.description.map(|text| {
                form.take("description", check::optional_line(text.as_deref(), "The description", MAX_DESCRIPTION))
            }),
            color: self.color.map(|color| form.take("color", check::color(color.as_deref()))),
            icon: self.icon.map(|name| form.take("icon", icon(name.as_deref()))),
            default_tags: self.default_tags.map(|tags| form.take("defaultTags", default_tags(&tags))),
            maintenance_message: self
                .maintenance_message
                .map(|text| form.take("maintenanceMessage", maintenance_message(text.as_deref()))),
            rss_item_limit: self.rss_item_limit.map(|limit| form.take("rssItemLimit", rss_item_limit(limit))),
            rss_feed_config: self.rss_feed_config.map(|config| feed_config(&mut form, config)),
            logo_url,
            favicon_url,
            social_image_url,
            custom_css: self.custom_css.map(|css| form.take("customCss", custom_css(css.as_deref()))),
            timezone: self
                .timezone
                .map(|zone| form.take("timezone", check::optional_line(zone.as_deref(), "The time zone", 64))),
            ..self
        };
        form.finish()?;
        Ok(checked)
    }

    /// The project with the changes applied. An address that follows the name, revision and times are the caller's
    /// business.
    pub fn apply(&self, project: Project) -> Project {
        fn set<T: Clone>(new: &Option<T>, old: T) -> T {
            new.clone().unwrap_or(old)
        }
        Project {
            name: set(&self.name, project.name),
            slug: set(&self.slug, project.slug),
            description: set(&self.description, project.description),
            color: set(&self.color, project.color),
            icon: set(&self.icon, project.icon),
            default_tags: set(&self.default_tags, project.default_tags),
            is_public: set(&self.is_public, project.is_public),
            allow_auto_publish: set(&self.allow_auto_publish, project.allow_auto_publish),
            require_approval: set(&self.require_approval, project.require_approval),
            maintenance_mode: set(&self.maintenance_mode, project.maintenance_mode),
            maintenance_message: set(&self.maintenance_message, project.maintenance_message),
            allow_indexing: set(&self.allow_indexing, project.allow_indexing),
            enable_rss: set(&self.enable_rss, project.enable_rss),
            rss_item_limit: set(&self.rss_item_limit, project.rss_item_limit),
            rss_full_content: set(&self.rss_full_content, project.rss_full_content),
            rss_feed_config: set(&self.rss_feed_config, project.rss_feed_config),
            logo_url: set(&self.logo_url, project.logo_url),
            favicon_url: set(&self.favicon_url, project.favicon_url),
            social_image_url: set(&self.social_image_url, project.social_image_url),
            custom_css: set(&self.custom_css, project.custom_css),
            layout: set(&self.layout, project.layout),
            timezone: set(&self.timezone, project.timezone),
            ..project
        }
    }

    /// Whether this changes what only an administrator may change: who reads, who publishes, whether the public page
    /// answers, and the feeds. Sending the present value back is no change.
    pub fn changes_access(&self, project: &Project) -> bool {
        fn differs<T: PartialEq>(new: &Option<T>, old: &T) -> bool {
            new.as_ref().is_some_and(|new| new != old)
        }
        differs(&self.is_public, &project.is_public)
            || differs(&self.allow_auto_publish, &project.allow_auto_publish)
            || differs(&self.require_approval, &project.require_approval)
            || differs(&self.maintenance_mode, &project.maintenance_mode)
            || differs(&self.maintenance_message, &project.maintenance_message)
            || differs(&self.allow_indexing, &project.allow_indexing)
            || differs(&self.enable_rss, &project.enable_rss)
            || differs(&self.rss_item_limit, &project.rss_item_limit)
            || differs(&self.rss_full_content, &project.rss_full_content)
            || differs(&self.rss_feed_config, &project.rss_feed_config)
    }
}

/// Words that mean something else where an address has a project.
const RESERVED_SLUGS: [&str; 6] = ["entries", "requests", "subscribe", "tags", "unsubscribe", "verify-domain"];

/// Whether no project may have this address.
pub fn is_reserved_slug(slug: &str) -> bool {
    RESERVED_SLUGS.contains(&slug)
}

fn slug(text: &str) -> Checked<String> {
    let slug = check::line(text, "The address", 1, MAX_SLUG)?;
    let is_slug = slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_slug || slug.bytes().all(|b| b == b'-') {
        return Err("The address may have lower-case letters a to z, digits and hyphens.".to_owned());
    }
    if is_reserved_slug(&slug) {
        return Err(format!("\u{201c}{slug}\u{201d} has a meaning of its own in addresses. Choose another."));
    }
    Ok(slug)
}

fn maintenance_message(text: Option<&str>) -> Checked<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let length = text.chars().count();
    if length > MAX_MAINTENANCE_MESSAGE {
        return Err(format!("The message has {length} characters; at most {MAX_MAINTENANCE_MESSAGE} are allowed."));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err("The message must be plain text without control characters.".to_owned());
    }
    Ok(Some(text.to_owned()))
}

fn rss_item_limit(limit: i64) -> Checked<i64> {
    if (1..=MAX_RSS_ITEMS).contains(&limit) {
        Ok(limit)
    } else {
        Err(format!("A feed carries 1 to {MAX_RSS_ITEMS} entries."))
    }
}

/// Names the fields of the feed's form below `rssFeedConfig`.
fn feed_config(form: &mut Checker, config: Option<FeedConfig>) -> Option<FeedConfig> {
    match config?.checked() {
        Ok(config) => Some(config),
        Err(Error::Invalid { fields }) => {
            for wrong in fields {
                form.fail(&format!("rssFeedConfig.{}", wrong.field), wrong.message);
            }
            None
        }
        Err(other) => {
            form.fail("rssFeedConfig", other.to_string());
            None
        }
    }
}

/// An absolute http(s) address, or a path on this instance.
fn image_address(text: Option<&str>) -> Checked<Option<String>> {
    const HINT: &str = "Enter an address such as https://example.com/logo.svg, or a path such as /logo.svg.";
    let Some(address) = check::optional_line(text, "The address", MAX_ADDRESS)? else { return Ok(None) };
    let is_path = address.starts_with('/') && !address.starts_with("//");
    let lower = address.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let has_host = host.is_some_and(|rest| rest.chars().next().is_some_and(char::is_alphanumeric));
    // Characters that no address has unescaped (RFC 3986, 2).
    let is_clean = !address.chars().any(|c| c.is_whitespace() || "\\\"<>^`{|}".contains(c));
    if is_clean && (is_path || has_host) { Ok(Some(address)) } else { Err(HINT.to_owned()) }
}

fn custom_css(text: Option<&str>) -> Checked<Option<String>> {
    let Some(css) = text.filter(|css| !css.trim().is_empty()) else { return Ok(None) };
    let length = css.chars().count();
    if length > MAX_CUSTOM_CSS {
        return Err(format!("The style rules have {length} characters; at most {MAX_CUSTOM_CSS} are allowed."));
    }
    if css.contains('\0') {
        return Err("The style rules contain the character NUL, which no style sheet may have.".to_owned());
    }
    if unescaped(css).to_ascii_lowercase().contains("@import") {
        return Err(
            "@import is not allowed: the page would wait for another site. Paste the rules themselves.".to_owned()
        );
    }
    Ok(Some(css.to_owned()))
}

/// Style rules with their escapes written out (CSS Syntax Level 3, 4.3.7).
fn unescaped(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    let mut chars = css.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '\\' {
            plain.push(c);
            continue;
        }
        let mut code = String::new();
        while code.len() < 6
            && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
        {
            code.push(digit);
        }
        if code.is_empty() {
            plain.extend(chars.next());
        } else {
            chars.next_if(|c| c.is_ascii_whitespace());
            plain.extend(u32::from_str_radix(&code, 16).ok().and_then(char::from_u32));
        }
    }
    plain
}
