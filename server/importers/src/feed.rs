//! Feeds: RSS, Atom and JSON Feed. Their texts are HTML and become Markdown; the id that a feed gives an item recognises
//! it in the next import.

use chrono::DateTime;
use model::imports::Reading;
use model::time::to_wire;
use roxmltree::{Document, Node, ParsingOptions};
use serde_json::Value;
use url::Url;

use crate::fields::{self, Given};
use crate::formats::Format;
use crate::notes::{NoteKind, Notes};
use crate::{FoundOut, ImportError, MAX_RELEASES, Parsed, markup, plain, versions};

/// Elements, texts and comments of one feed; more than 5,000 items have.
const MOST_NODES: u32 = 1_000_000;
const CONTENT: &str = "http://purl.org/rss/1.0/modules/content/";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const JSON_FEED: &str = "https://jsonfeed.org/version/";

/// Whether a text begins as a feed in XML does.
pub(crate) fn looks_like_one(text: &str) -> bool {
    let start: String = text.trim_start().chars().take(2_000).collect::<String>().to_ascii_lowercase();
    let named = |name: &str| {
        start.match_indices(name).any(|(at, _)| {
            let after = start.get(at + name.len()..).unwrap_or_default();
            after.starts_with(|c: char| c.is_whitespace() || c == '>')
        })
    };
    start.starts_with('<') && ["<rss", "<feed", "<rdf:rdf"].into_iter().any(named)
}

pub(crate) fn is_json_feed(value: &Value) -> bool {
    value.get("version").and_then(Value::as_str).is_some_and(|version| version.starts_with(JSON_FEED))
}

/// Reads RSS or Atom.
pub(crate) fn parse(text: &str, reading: &Reading) -> Result<Parsed, ImportError> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| not_xml(&error))?;
    let root = document.root_element();
    let (format, channel, name) = match root.tag_name().name() {
        "rss" => (Format::Rss, child(root, "channel").unwrap_or(root), "item"),
        // RSS 1.0 has its items beside the channel.
        "RDF" => (Format::Rss, root, "item"),
        "feed" => (Format::Atom, root, "entry"),
        other => return Err(ImportError::NotFeed { root: other.chars().take(60).collect() }),
    };
    let about = child(root, "channel").unwrap_or(channel);
    let title = child(about, "title").map(|title| line(title)).filter(|title| !title.is_empty());
    let home = link(about).and_then(|link| Url::parse(&link).ok());
    let items: Vec<Node> = channel.children().filter(|node| node.tag_name().name() == name).collect();
    let total = items.len();
    let mut notes = Notes::default();
    let given = items.into_iter().take(limit(total, reading, &mut notes)?);
    let given = (1..).zip(given).map(|(place, item)| of_item(place, item, home.as_ref())).collect();
    Ok(made(format, given, title, reading, notes))
}

/// Reads a JSON Feed.
pub(crate) fn of_json(value: &Value, reading: &Reading) -> Result<Parsed, ImportError> {
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let title = Some(text(value, "title")).filter(|title| !title.is_empty());
    let home = Url::parse(&text(value, "home_page_url")).ok();
    let items = value.get("items").and_then(Value::as_array).ok_or(ImportError::NoList)?;
    let mut notes = Notes::default();
    let most = limit(items.len(), reading, &mut notes)?;
    let given = (1..).zip(items.iter().take(most)).map(|(place, item)| {
        let own = Url::parse(&text(item, "url")).ok().or_else(|| home.clone());
        let html = text(item, "content_html");
        let content = if html.trim().is_empty() { text(item, "content_text") } else { markdown(&html, own.as_ref()) };
        let content = if content.trim().is_empty() { text(item, "summary") } else { content };
        let title = text(item, "title");
        let date = [text(item, "date_published"), text(item, "date_modified")];
        let tags = item.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let id = match item.get("id") {
            Some(Value::Number(number)) => number.to_string(),
            _ => text(item, "id"),
        };
        Given {
            place,
            version: versions::in_text(&title).unwrap_or_default(),
            title: plain::squeeze(&title).into_owned(),
            content,
            date: date.into_iter().find(|date| !date.trim().is_empty()).map(|date| moment(&date)).unwrap_or_default(),
            external_id: identity(&id, &text(item, "url"), home.as_ref()),
            tags: tags.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            ..Given::default()
        }
    });
    let given = given.collect();
    Ok(made(Format::JsonFeed, given, title, reading, notes))
}

/// How many items are read; the newest come first.
fn limit(total: usize, reading: &Reading, notes: &mut Notes) -> Result<usize, ImportError> {
    let most = reading.most.unwrap_or(usize::MAX);
    if total.min(most) > MAX_RELEASES {
        return Err(ImportError::TooManyReleases { found: total, limit: MAX_RELEASES });
    }
    if total > most {
        notes.add(most.saturating_sub(1), NoteKind::LeftOut, crate::left_out(total, most));
    }
    Ok(most)
}

fn made(format: Format, given: Vec<Given>, title: Option<String>, reading: &Reading, mut notes: Notes) -> Parsed {
    let total = given.len();
    let made = fields::make(given, reading.dates, &mut notes);
    let found = FoundOut { ambiguous_dates: made.ambiguous, dates: made.order, ..FoundOut::default() };
    Parsed {
        format,
        confidence: 100,
        signs: vec![format!("a feed with {total} {}", if total == 1 { "entry" } else { "entries" })],
        found,
        title,
        preamble: None,
        releases: made.releases,
        notes: notes.finish(),
    }
}

fn not_xml(error: &roxmltree::Error) -> ImportError {
    let pos = error.pos();
    let reason = match error {
        roxmltree::Error::DtdDetected => "it defines a document type, which is not read".to_owned(),
        roxmltree::Error::NodesLimitReached => "it holds too many elements".to_owned(),
        roxmltree::Error::UnknownEntityReference(name, _) => format!("&{name}; is not defined"),
        other => {
            let text = other.to_string();
            text.rsplit_once(" at ").map_or(text.clone(), |(reason, _)| reason.to_owned())
        }
    };
    ImportError::NotXml { line: pos.row as usize, column: pos.col as usize, reason }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

fn text(node: Node) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

/// A title, which may hold HTML although it should not.
fn line(node: Node) -> String {
    let text = text(node);
    let is_html =
        node.attribute("type").is_none_or(|kind| kind == "html") && (markup::has_tags(&text) || text.contains('&'));
    if is_html { markup::to_line(&text) } else { plain::squeeze(&text).into_owned() }
}

/// The address of a channel or an item: the text of RSS, the attribute of Atom.
fn link(node: Node) -> Option<String> {
    let links = || node.children().filter(|child| child.is_element() && child.tag_name().name() == "link");
    let own = |link: &Node| link.attribute("rel").is_none_or(|rel| rel == "alternate");
    let of_atom = links().filter(own).find_map(|link| link.attribute("href").map(str::to_owned));
    let of_rss = || links().map(text).find(|link| !link.trim().is_empty());
    // RSS with elements of Atom names its own address there, with `rel="self"`.
    of_rss().or(of_atom).map(|link| link.trim().to_owned()).filter(|link| !link.is_empty())
}

fn of_item(place: usize, item: Node, home: Option<&Url>) -> Given {
    let first = |names: &[&str]| names.iter().find_map(|name| child(item, name)).map(text).unwrap_or_default();
    let title = child(item, "title").map(line).unwrap_or_default();
    let address = link(item).unwrap_or_default();
    let base = Url::parse(&address).ok().or_else(|| home.cloned());
    let id = first(&["guid", "id"]);
    let date = first(&["pubDate", "published", "date", "updated", "modified", "issued"]);
    let categories = item.children().filter(|child| child.is_element() && child.tag_name().name() == "category");
    let tags = categories.map(|category| {
        let named = category.attribute("label").or_else(|| category.attribute("term"));
        named.map_or_else(|| text(category), str::to_owned)
    });
    Given {
        place,
        version: versions::in_text(&title).unwrap_or_default(),
        title,
        content: content(item, base.as_ref()),
        date: moment(&date),
        external_id: identity(&id, &address, home),
        tags: tags.collect(),
        ..Given::default()
    }
}

/// The first text that says something, the whole one before summaries.
fn content(item: Node, base: Option<&Url>) -> String {
    let whole = item.children().find(|child| child.has_tag_name((CONTENT, "encoded")));
    let others = ["content", "description", "summary"].into_iter().filter_map(|name| child(item, name));
    let texts = whole.into_iter().chain(others).map(|node| {
        let of_feed =
            node.ancestors().find_map(|node| node.attribute((XML, "base"))).and_then(|base| Url::parse(base).ok());
        let base = of_feed.as_ref().or(base);
        match node.attribute("type") {
            // Elements, not a text about them: what stands in the document is read.
            Some("xhtml") => {
                let inside = node.document().input_text().get(node.range()).unwrap_or_default();
                markup::to_markdown(inside, base)
            }
            Some("text") => text(node).trim().to_owned(),
            _ => markdown(&text(node), base),
        }
    });
    texts.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default()
}

/// HTML becomes Markdown; a text without a tag is taken as Markdown.
fn markdown(text: &str, base: Option<&Url>) -> String {
    if markup::has_tags(text) {
        markup::to_markdown(text, base)
    } else if text.contains('&') {
        markup::to_text(text).trim().to_owned()
    } else {
        text.trim().to_owned()
    }
}

/// What recognises an item. Numbers and words are good within their feed only, so the address of the feed's site goes
/// with them.
fn identity(id: &str, address: &str, home: Option<&Url>) -> String {
    let id = id.trim();
    match (id.is_empty(), home) {
        (true, _) => address.to_owned(),
        (false, Some(home)) if !id.contains(':') => format!("{home}#{id}"),
        _ => id.to_owned(),
    }
}

/// A moment as RSS or Atom writes it, as we do; anything else stays, and is told to be no date.
fn moment(date: &str) -> String {
    let date = date.trim();
    let named_day = date.split_once(',').map(|(_, rest)| rest.trim());
    let moment = DateTime::parse_from_rfc3339(date)
        .or_else(|_| DateTime::parse_from_rfc2822(date))
        // The name of the day is often another one than that of the date.
        .or_else(|error| named_day.map_or(Err(error), DateTime::parse_from_rfc2822));
    moment.map_or_else(|_| date.to_owned(), |moment| to_wire(moment.to_utc()))
}
