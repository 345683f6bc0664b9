//! One item of a feed.

use std::borrow::Cow;

use markdown::Options;
use model::EntryId;
use model::entries::Entry;
use model::feeds::{self, FeedConfig};
use model::projects::Project;
use model::tags::Tag;
use model::time::Timestamp;

use crate::cache::Cache;
use crate::zones::Zone;

/// What a reader of a feed gets of one entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub id: EntryId,
    pub title: String,
    /// Absolute, and the same for as long as the project keeps its address.
    pub url: String,
    /// What the item says, as safe HTML: the whole text, the filled template, or the excerpt.
    pub html: String,
    /// Whether `html` is more than the excerpt.
    pub is_whole: bool,
    /// Plain text.
    pub excerpt: String,
    /// `None` as well when the feed leaves versions out.
    pub version: Option<String>,
    /// Empty as well when the feed leaves tags out.
    pub tags: Vec<String>,
    pub published_at: Timestamp,
    pub changed: Timestamp,
    /// The first picture of the text.
    pub picture: Option<Picture>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Absolute, `http` or `https`.
    pub url: String,
    /// Its media type, judged by the ending of its address.
    pub media_type: &'static str,
}

/// What all items of a feed have in common.
pub(super) struct Setting<'a> {
    cache: &'a Cache,
    home: &'a str,
    full_content: bool,
    config: &'a FeedConfig,
    zone: Zone,
    heading_offset: u8,
}

impl<'a> Setting<'a> {
    pub(super) fn new(
        cache: &'a Cache,
        home: &'a str,
        project: &Project,
        config: &'a FeedConfig,
        heading_offset: u8,
    ) -> Self {
        let zone = Zone::named(project.timezone.as_deref());
        Self { cache, home, full_content: project.rss_full_content, config, zone, heading_offset }
    }

    pub(super) fn item(&self, entry: &Entry) -> Item {
        // By id: this address outlives every rename of the entry.
        let url = format!("{}/{}", self.home, entry.id);
        let published_at = entry.published_at.unwrap_or(entry.created_at);
        let tags = || entry.tags.iter().map(|tag| tag.name.clone());
        let (absolute_base, heading_offset) = (Some(url.as_str()), self.heading_offset);
        let options = Options { absolute_base, heading_offset, ..Options::default() };
        let content = self.cache.html(&entry.content, &options);
        let html = match &self.config.item_template {
            Some(template) => {
                let filled = feeds::fill(template, |name| {
                    Some(match name {
                        "content" => content.to_string(),
                        "title" => escape(&entry.title).into_owned(),
                        "excerpt" => escape(&entry.excerpt).into_owned(),
                        "version" => escape(entry.version.as_deref()?).into_owned(),
                        "date" => escape(&self.zone.long_date(published_at)).into_owned(),
                        "url" => escape(&url).into_owned(),
                        "tags" => escape(&tags().collect::<Vec<_>>().join(", ")).into_owned(),
                        "id" => entry.id.to_string(),
                        _ => return None,
                    })
                });
                markdown::clean_html(&filled, &url)
            }
            None if self.full_content => content.to_string(),
            None => escape(&entry.excerpt).into_owned(),
        };
        let named = if self.config.include_tags { entry.tags.as_slice() } else { &[] };
        let renamed = named.iter().map(|tag: &Tag| tag.updated_at);
        Item {
            id: entry.id.clone(),
            title: entry.title.clone(),
            is_whole: self.full_content || self.config.item_template.is_some(),
            picture: first_picture(&content),
            html,
            excerpt: entry.excerpt.clone(),
            version: entry.version.clone().filter(|_| self.config.include_version),
            tags: named.iter().map(|tag| tag.name.clone()).collect(),
            published_at,
            changed: renamed.fold(published_at.max(entry.updated_at), Timestamp::max),
            url,
        }
    }
}

/// Text as HTML, safe between tags and in quoted attributes.
fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    Cow::Owned(escaped)
}

const PICTURES: [(&str, &str); 7] = [
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
];

/// The first picture in HTML of our own making, if readers can fetch it and its kind is known.
fn first_picture(html: &str) -> Option<Picture> {
    let (_, image) = html.split_once("<img ")?;
    let (attributes, _) = image.split_once('>')?;
    let (_, source) = attributes.split_once("src=\"")?;
    let (source, _) = source.split_once('"')?;
    // An address in an attribute has no other reference: the rest is percent-encoded.
    let url = source.replace("&amp;", "&");
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return None;
    }
    let path = url.split(['?', '#']).next()?;
    let (_, ending) = path.rsplit_once('.')?;
    let (_, media_type) = PICTURES.into_iter().find(|(known, _)| ending.eq_ignore_ascii_case(known))?;
    Some(Picture { url, media_type })
}

#[cfg(test)]
mod tests {
    use super::{escape, first_picture};

    #[test]
    fn text_is_escaped_for_elements_and_attributes() {
        assert_eq!(escape("a < b & \"c\" > 'd'"), "a &lt; b &amp; &quot;c&quot; &gt; &#39;d&#39;");
        assert_eq!(escape("plain"), "plain");
    }

    #[test]
    fn only_a_picture_of_known_kind_with_an_address_of_its_own_counts() {
        let check = |markdown: &str, expected: Option<(&str, &str)>| {
            let options = markdown::Options {
                absolute_base: Some("https://tidings.example/changelog/acme/c1"),
                ..markdown::Options::default()
            };
            let picture = first_picture(&markdown::to_safe_html(markdown, &options));
            assert_eq!(picture.as_ref().map(|p| (p.url.as_str(), p.media_type)), expected, "{markdown}");
        };
        check("no picture", None);
        check("![](https://x.example/a.PNG)", Some(("https://x.example/a.PNG", "image/png")));
        check("![a > b](https://x.example/a.jpg?w=1&h=2#x)", Some(("https://x.example/a.jpg?w=1&h=2#x", "image/jpeg")));
        check("![](/uploads/a.webp)", Some(("https://tidings.example/uploads/a.webp", "image/webp")));
        check("![](https://x.example/a.png.exe) ![](https://x.example/b.png)", None);
        check("![](https://x.example/image)", None);
        check("![](data:image/png;base64,AAAA)", None);
        check("`<img src=\"https://x.example/a.png\">`", None);
    }
}
