//! RSS 2.0.
//!
//! `description` carries what an item says as HTML, also when that is the whole text, because existing clients read it
//! there; `content:encoded` repeats it for readers that take a description for a summary. The version stands in a bare
//! `version`, which existing clients read although no specification knows it, and as the `revision` of the vocabulary
//! for projects (DOAP).

use std::io;

use model::time::Timestamp;
use services::feeds::{Feed, Item};

use super::xml::Document;
use super::{Format, LANGUAGE};

/// How long readers may keep the feed, in minutes.
const TTL: &str = "60";

pub(super) fn write(feed: &Feed) -> io::Result<Vec<u8>> {
    let mut xml = Document::new()?;
    xml.open(
        "rss",
        &[
            ("version", "2.0"),
            ("xmlns:atom", "http://www.w3.org/2005/Atom"),
            ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
            ("xmlns:doap", "http://usefulinc.com/ns/doap#"),
        ],
    )?;
    xml.open("channel", &[])?;
    xml.text("title", &feed.title)?;
    xml.text("description", &feed.description)?;
    xml.text("link", &feed.page)?;
    xml.text("language", LANGUAGE)?;
    xml.text("ttl", TTL)?;
    xml.text("lastBuildDate", &date(feed.changed))?;
    link(&mut xml, feed, Format::Rss, "self")?;
    for other in Format::Rss.others() {
        link(&mut xml, feed, other, "alternate")?;
    }
    for item in &feed.items {
        write_item(&mut xml, item)?;
    }
    xml.close("channel")?;
    xml.close("rss")?;
    Ok(xml.finish())
}

fn link(xml: &mut Document, feed: &Feed, format: Format, relation: &str) -> io::Result<()> {
    xml.empty("atom:link", &[("href", &format.address(feed)), ("rel", relation), ("type", format.media_type())])
}

fn write_item(xml: &mut Document, item: &Item) -> io::Result<()> {
    xml.open("item", &[])?;
    xml.text("title", &item.title)?;
    xml.text("description", &item.html)?;
    if item.is_whole {
        xml.text("content:encoded", &item.html)?;
    }
    xml.text("link", &item.url)?;
    xml.text_with("guid", &[("isPermaLink", "false")], item.id.as_str())?;
    xml.text("pubDate", &date(item.published_at))?;
    for tag in &item.tags {
        xml.text("category", tag)?;
    }
    if let Some(picture) = &item.picture {
        // The size is not known without fetching it; 0 is what the format asks for then.
        xml.empty("enclosure", &[("url", &picture.url), ("length", "0"), ("type", picture.media_type)])?;
    }
    if let Some(version) = &item.version {
        xml.text("version", version)?;
        xml.text("doap:revision", version)?;
    }
    xml.close("item")
}

/// RFC 1123, always in GMT: `Wed, 04 Mar 2026 09:30:00 GMT`.
fn date(time: Timestamp) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
