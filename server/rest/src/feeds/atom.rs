//! Atom 1.0 (RFC 4287).

use std::io;

use model::time::to_wire;
use services::feeds::{Feed, Item};
use sha2::{Digest, Sha256};

use super::xml::Document;
use super::{Format, LANGUAGE};

pub(super) fn write(feed: &Feed) -> io::Result<Vec<u8>> {
    let mut xml = Document::new()?;
    xml.open(
        "feed",
        &[
            ("xmlns", "http://www.w3.org/2005/Atom"),
            ("xmlns:doap", "http://usefulinc.com/ns/doap#"),
            ("xml:lang", LANGUAGE),
        ],
    )?;
    xml.text("id", &urn("feed", &feed.key))?;
    xml.text("title", &feed.title)?;
    xml.text("subtitle", &feed.description)?;
    xml.text("updated", &to_wire(feed.changed))?;
    xml.open("author", &[])?;
    xml.text("name", &feed.author)?;
    xml.close("author")?;
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.page)])?;
    link(&mut xml, feed, Format::Atom, "self")?;
    for other in Format::Atom.others() {
        link(&mut xml, feed, other, "alternate")?;
    }
    for item in &feed.items {
        entry(&mut xml, item)?;
    }
    xml.close("feed")?;
    Ok(xml.finish())
}

fn link(xml: &mut Document, feed: &Feed, format: Format, relation: &str) -> io::Result<()> {
    xml.empty("link", &[("rel", relation), ("type", format.media_type()), ("href", &format.address(feed))])
}

fn entry(xml: &mut Document, item: &Item) -> io::Result<()> {
    xml.open("entry", &[])?;
    xml.text("id", &urn("entry", item.id.as_str()))?;
    xml.text("title", &item.title)?;
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)])?;
    if let Some(picture) = &item.picture {
        xml.empty("link", &[("rel", "enclosure"), ("type", picture.media_type), ("href", &picture.url)])?;
    }
    xml.text("published", &to_wire(item.published_at))?;
    xml.text("updated", &to_wire(item.changed))?;
    for tag in &item.tags {
        xml.empty("category", &[("term", tag)])?;
    }
    xml.text("summary", &item.excerpt)?;
    if item.is_whole {
        xml.text_with("content", &[("type", "html")], &item.html)?;
    }
    if let Some(version) = &item.version {
        xml.text("doap:revision", version)?;
    }
    xml.close("entry")
}

/// A name that follows from an id alone, so that it outlives new addresses and new names: a UUID of version 8, made from
/// a hash (RFC 9562, 5.8).
fn urn(kind: &str, key: &str) -> String {
    let hash = Sha256::digest(format!("{kind}:{key}"));
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    let mut number = u128::from_be_bytes(bytes);
    number = (number & !(0xf << 76)) | (8 << 76);
    number = (number & !(0b11 << 62)) | (0b10 << 62);
    let digits = format!("{number:032x}");
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    format!("urn:uuid:{}", parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::urn;

    #[test]
    fn a_name_is_a_uuid_that_never_changes() {
        // Written down: when this changes, every reader shows every entry once more.
        assert_eq!(urn("entry", "cmk60kvj50ce9uvw53efr4edt"), "urn:uuid:2bb150ab-1aba-850e-a62e-14b65b4bf42c");
        assert_ne!(urn("entry", "c1"), urn("feed", "c1"));
    }
}
