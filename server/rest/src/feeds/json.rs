//! JSON Feed 1.1.

use std::borrow::Cow;
use std::io;

use model::time::to_wire;
use serde::Serialize;
use services::feeds::{self, Feed};

use super::xml::allowed;
use super::{Format, LANGUAGE};

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: Cow<'a, str>,
    description: Cow<'a, str>,
    home_page_url: &'a str,
    feed_url: String,
    language: &'static str,
    authors: [Author<'a>; 1],
    items: Vec<Item<'a>>,
}

#[derive(Serialize)]
struct Author<'a> {
    name: Cow<'a, str>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    url: &'a str,
    title: Cow<'a, str>,
    /// Each item has one of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    content_html: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_text: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<&'a str>,
    date_published: String,
    date_modified: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    _tidings: Option<Extension<'a>>,
}

/// What the format has no name for.
#[derive(Serialize)]
struct Extension<'a> {
    version: Cow<'a, str>,
}

pub(super) fn write(feed: &Feed) -> io::Result<Vec<u8>> {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: allowed(&feed.title),
        description: allowed(&feed.description),
        home_page_url: &feed.page,
        feed_url: Format::Json.address(feed),
        language: LANGUAGE,
        authors: [Author { name: allowed(&feed.author) }],
        items: feed.items.iter().map(item).collect(),
    };
    Ok(serde_json::to_vec(&document)?)
}

fn item(item: &feeds::Item) -> Item<'_> {
    let excerpt = || Some(allowed(&item.excerpt));
    Item {
        id: item.id.as_str(),
        url: &item.url,
        title: allowed(&item.title),
        content_html: item.is_whole.then(|| allowed(&item.html)),
        content_text: if item.is_whole { None } else { excerpt() },
        summary: if item.is_whole { excerpt() } else { None },
        image: item.picture.as_ref().map(|picture| picture.url.as_str()),
        date_published: to_wire(item.published_at),
        date_modified: to_wire(item.changed),
        tags: item.tags.iter().map(|tag| allowed(tag)).collect(),
        _tidings: item.version.as_deref().map(|version| Extension { version: allowed(version) }),
    }
}
