//! The elements of the feed.

use std::borrow::Cow;
use std::io;

use markdown::Options;
use model::entries::Entry;
use model::projects::Project;
use model::time::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// How long readers may keep the feed, in minutes.
const TTL: &str = "60";

/// The whole document.
pub(super) fn write(base: &str, project: &Project, entries: &[Entry], changed: Timestamp) -> io::Result<Vec<u8>> {
    let page = format!("{base}/changelog/{}", project.slug);
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut root = BytesStart::new("rss");
    root.push_attribute(("version", "2.0"));
    root.push_attribute(("xmlns:atom", "http://www.w3.org/2005/Atom"));
    root.push_attribute(("xmlns:content", "http://purl.org/rss/1.0/modules/content/"));
    xml.write_event(Event::Start(root))?;
    xml.write_event(Event::Start(BytesStart::new("channel")))?;
    element(&mut xml, "title", &format!("{} Changelog", project.name))?;
    let about = format!("The latest updates of {}", project.name);
    element(&mut xml, "description", project.description.as_deref().unwrap_or(&about))?;
    element(&mut xml, "link", &page)?;
    element(&mut xml, "language", "en-US")?;
    element(&mut xml, "ttl", TTL)?;
    element(&mut xml, "lastBuildDate", &date(changed))?;
    let own = format!("{page}/rss.xml");
    let mut link = BytesStart::new("atom:link");
    link.push_attribute(("href", own.as_str()));
    link.push_attribute(("rel", "self"));
    link.push_attribute(("type", "application/rss+xml"));
    xml.write_event(Event::Empty(link))?;
    for entry in entries {
        item(&mut xml, &page, project, entry)?;
    }
    xml.write_event(Event::End(BytesEnd::new("channel")))?;
    xml.write_event(Event::End(BytesEnd::new("rss")))?;
    Ok(xml.into_inner())
}

fn item(xml: &mut Writer<Vec<u8>>, page: &str, project: &Project, entry: &Entry) -> io::Result<()> {
    let link = format!("{page}/{}", entry.id);
    xml.write_event(Event::Start(BytesStart::new("item")))?;
    element(xml, "title", &entry.title)?;
    if project.rss_full_content {
        let options = Options { absolute_base: Some(&link), ..Options::default() };
        let html = markdown::to_safe_html(&entry.content, &options);
        element(xml, "description", &html)?;
        element(xml, "content:encoded", &html)?;
    } else {
        element(xml, "description", &entry.excerpt)?;
    }
    element(xml, "link", &link)?;
    let mut guid = BytesStart::new("guid");
    guid.push_attribute(("isPermaLink", "false"));
    xml.write_event(Event::Start(guid))?;
    xml.write_event(Event::Text(BytesText::new(entry.id.as_str())))?;
    xml.write_event(Event::End(BytesEnd::new("guid")))?;
    if let Some(published_at) = entry.published_at {
        element(xml, "pubDate", &date(published_at))?;
    }
    if let Some(version) = &entry.version {
        element(xml, "version", version)?;
    }
    xml.write_event(Event::End(BytesEnd::new("item")))
}

/// An element with text. Escaping, and not CDATA, so that `]]>` in a text is like any other text.
fn element(xml: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(name)))?;
    xml.write_event(Event::Text(BytesText::new(&allowed(text))))?;
    xml.write_event(Event::End(BytesEnd::new(name)))
}

/// Drops what XML 1.0 cannot carry even as a reference (section 2.2).
fn allowed(text: &str) -> Cow<'_, str> {
    fn is_char(c: char) -> bool {
        matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    }
    if text.chars().all(is_char) { Cow::Borrowed(text) } else { text.chars().filter(|&c| is_char(c)).collect() }
}

/// RFC 1123, always in GMT: `Wed, 04 Mar 2026 09:30:00 GMT`.
pub(super) fn date(time: Timestamp) -> String {
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
