//! From parser events to HTML.
//!
//! Everything written is either a literal of this crate, a number, or passed [`escape`]. Start tags push what will end
//! them on `open`, so the nesting is right whatever the events say.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, LinkType, Parser, Tag};

use crate::Options;
use crate::alerts::{self, Document, Look, Marker};
use crate::anchors::{Anchors, Outline};
use crate::autolinks;
use crate::escape;
use crate::footnotes::Footnotes;
use crate::links::{self, Target};
use crate::source::dialect;
use crate::tables::Table;

/// Quotes, lists, items and alerts inside each other. Deeper ones are flattened: HTML parsers search through all open
/// elements, so a hundred thousand of them would cost every reader the square of that, and browsers stop at 512 anyway.
const MAX_BLOCKS: usize = 64;

/// Emphasis and links inside each other.
const MAX_INLINES: usize = 32;

/// Longest language name taken over from a code fence, in bytes.
const MAX_LANGUAGE: usize = 32;

/// Something that an event opened and a later one ends.
struct Open {
    kind: Kind,
    close: &'static str,
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// Not written at all, or nothing to keep account of.
    Plain,
    Block,
    List,
    Item,
    Alert,
    Inline,
    Link,
    Image,
    Heading,
    Code,
    Html,
    Note,
    Table,
    Head,
    Cell,
}

struct Heading {
    /// Where its content begins in the output.
    at: usize,
    level: u8,
    text: String,
}

struct Item {
    /// Where its content begins in the output.
    at: usize,
    is_task: bool,
}

struct Image {
    source: Option<String>,
    title: String,
    alt: String,
}

struct Emitter<'d> {
    out: String,
    /// Text since the last other event: the parser cuts it at every special character, addresses must be seen whole.
    text: String,
    open: Vec<Open>,
    alerts: usize,
    blocks: usize,
    inlines: usize,
    links: usize,
    in_code: bool,
    /// The raw HTML block being read, with its lines joined.
    html: Option<String>,
    image: Option<Image>,
    heading: Option<Heading>,
    /// The list items being written.
    items: Vec<Item>,
    table: Table,
    /// The labels of the footnotes being read, with the output that each interrupted.
    notes: Vec<(CowStr<'d>, String)>,
    footnotes: Footnotes,
    anchors: Anchors,
    outline: Outline,
    base: Option<&'d str>,
}

pub(crate) fn emit(document: &Document<'_>, options: &Options<'_>) -> String {
    let mut emitter = Emitter {
        out: String::with_capacity(document.text.len() + document.text.len() / 2),
        text: String::new(),
        open: Vec::new(),
        alerts: 0,
        blocks: 0,
        inlines: 0,
        links: 0,
        in_code: false,
        html: None,
        image: None,
        heading: None,
        items: Vec::new(),
        table: Table::default(),
        notes: Vec::new(),
        footnotes: Footnotes::default(),
        anchors: Anchors::new(options.id_prefix),
        outline: Outline::new(options.heading_offset),
        base: options.absolute_base.and_then(links::usable_base),
    };
    for (event, range) in Parser::new_ext(&document.text, dialect()).into_offset_iter() {
        if event == Event::Start(Tag::HtmlBlock)
            && let Some(marker) = document.marker(range.start)
        {
            emitter.marker(marker);
        } else {
            emitter.event(event);
        }
    }
    emitter.finish()
}

impl<'d> Emitter<'d> {
    fn event(&mut self, event: Event<'d>) {
        match event {
            Event::Text(text) => self.text(&text),
            Event::InlineHtml(html) if is_comment(&html) => {}
            Event::InlineHtml(html) => self.text(&html),
            Event::Html(html) => {
                if let Some(block) = &mut self.html {
                    block.push_str(&html);
                }
            }
            other => {
                self.flush_text();
                self.markup(other);
            }
        }
    }

    fn markup(&mut self, event: Event<'d>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Code(code) => self.inline_code(&code),
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br>\n"),
            Event::Rule => self.block("<hr>\n"),
            Event::FootnoteReference(label) => {
                if self.image.is_none() {
                    let linked = self.links > 0;
                    self.footnotes.mention(&mut self.out, &label, self.anchors.prefix(), self.base, linked);
                }
            }
            Event::TaskListMarker(done) => self.task(done),
            // Text-like events were handled before; mathematics is not part of the dialect.
            Event::Text(_) | Event::Html(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'d>) {
        if self.image.is_some() {
            return self.push(Kind::Plain, "");
        }
        match tag {
            Tag::Paragraph => self.open_block(Kind::Plain, "<p>", "</p>\n"),
            Tag::Heading { level, .. } => {
                self.block("");
                let level = self.outline.place(level as u8);
                self.heading = Some(Heading { at: self.out.len(), level, text: String::new() });
                self.push(Kind::Heading, "");
            }
            Tag::BlockQuote(None) => self.open_container(Kind::Block, "<blockquote>\n", "</blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let look = alerts::quote_look(kind);
                self.open_container(Kind::Block, look.open, "</div>\n");
                self.alert_title(look);
            }
            Tag::CodeBlock(kind) => {
                // A wide block scrolls sideways, and what scrolls must be reachable from the keyboard.
                self.block("<pre tabindex=\"0\"><code");
                if let CodeBlockKind::Fenced(info) = &kind
                    && let Some(language) = language(info)
                {
                    self.out.push_str(" class=\"language-");
                    escape::push_attribute(&mut self.out, language);
                    self.out.push('"');
                }
                self.out.push('>');
                self.in_code = true;
                self.push(Kind::Code, "</code></pre>\n");
            }
            Tag::HtmlBlock => {
                self.html = Some(String::new());
                self.push(Kind::Html, "");
            }
            Tag::List(first) => self.start_list(first),
            Tag::Item => self.start_item(),
            Tag::FootnoteDefinition(label) => {
                self.notes.push((label, std::mem::take(&mut self.out)));
                self.push(Kind::Note, "");
            }
            Tag::Table(alignments) => {
                self.table = Table::new(alignments);
                // A group, not a region: regions are landmarks, and a page would have dozens with one name.
                self.block(
                    "<div class=\"table-scroll\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">\n<table>\n",
                );
                self.push(Kind::Table, "</table>\n</div>\n");
            }
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.start_row();
                self.out.push_str("<thead>\n<tr>");
                self.push(Kind::Head, "</tr>\n</thead>\n");
            }
            Tag::TableRow => {
                if !self.table.has_body {
                    self.table.has_body = true;
                    self.out.push_str("<tbody>\n");
                }
                self.table.start_row();
                self.out.push_str("<tr>");
                self.push(Kind::Plain, "</tr>\n");
            }
            Tag::TableCell => {
                self.table.start_cell(&mut self.out);
                self.push(Kind::Cell, "");
            }
            Tag::Emphasis => self.open_inline("<em>", "</em>"),
            Tag::Strong => self.open_inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.open_inline("<del>", "</del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title),
            Tag::Image { dest_url, title, .. } => {
                let source = links::image(&dest_url, self.base);
                self.image = Some(Image { source, title: title.into_string(), alt: String::new() });
                self.push(Kind::Image, "");
            }
            // Extensions that the dialect does not switch on: their content is shown, they are not.
            Tag::MetadataBlock(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript => self.push(Kind::Plain, ""),
        }
    }

    fn end(&mut self) {
        let Some(Open { kind, close }) = self.open.pop() else {
            return;
        };
        match kind {
            Kind::Plain => {}
            Kind::Block | Kind::List => self.blocks -= 1,
            Kind::Item => self.end_item(),
            Kind::Alert => self.alerts -= 1,
            Kind::Inline => self.inlines -= 1,
            Kind::Link => {
                self.inlines -= 1;
                self.links -= 1;
            }
            Kind::Code => self.in_code = false,
            Kind::Head => self.table.in_head = false,
            Kind::Cell => self.table.end_cell(&mut self.out),
            Kind::Table => {
                if self.table.has_body {
                    self.out.push_str("</tbody>\n");
                }
            }
            Kind::Heading => self.end_heading(),
            Kind::Image => self.end_image(),
            Kind::Html => self.end_html(),
            Kind::Note => {
                if let Some((label, interrupted)) = self.notes.pop() {
                    let html = std::mem::replace(&mut self.out, interrupted);
                    self.footnotes.define(&label, html);
                }
            }
        }
        self.out.push_str(close);
    }

    fn finish(mut self) -> String {
        self.flush_text();
        while !self.open.is_empty() {
            self.end();
        }
        self.footnotes.finish(&mut self.out, self.anchors.prefix(), self.base);
        self.out
    }

    fn push(&mut self, kind: Kind, close: &'static str) {
        self.open.push(Open { kind, close });
    }

    /// Writes something that begins a line.
    fn block(&mut self, html: &str) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(html);
    }

    fn open_block(&mut self, kind: Kind, open: &str, close: &'static str) {
        self.block(open);
        self.push(kind, close);
    }

    /// Opens a block that holds blocks, unless there are too many around it already.
    fn open_container(&mut self, kind: Kind, open: &str, close: &'static str) {
        if self.blocks < MAX_BLOCKS {
            self.blocks += 1;
            self.open_block(kind, open, close);
        } else {
            self.block("");
            self.push(Kind::Plain, "");
        }
    }

    fn open_inline(&mut self, open: &str, close: &'static str) {
        if self.inlines < MAX_INLINES {
            self.inlines += 1;
            self.out.push_str(open);
            self.push(Kind::Inline, close);
        } else {
            self.push(Kind::Plain, "");
        }
    }

    fn start_list(&mut self, first: Option<u64>) {
        // A list without its items would be no list: both fit or neither.
        if self.blocks + 1 >= MAX_BLOCKS {
            self.block("");
            return self.push(Kind::Plain, "");
        }
        match first {
            None => self.open_container(Kind::List, "<ul>\n", "</ul>\n"),
            Some(1) => self.open_container(Kind::List, "<ol>\n", "</ol>\n"),
            Some(first) => self.open_container(Kind::List, &format!("<ol start=\"{first}\">\n"), "</ol>\n"),
        }
    }

    fn start_item(&mut self) {
        if self.open.last().is_some_and(|open| open.kind == Kind::List) {
            self.open_container(Kind::Item, "<li>", "</li>\n");
            self.items.push(Item { at: self.out.len(), is_task: false });
        } else {
            self.block("");
            self.push(Kind::Plain, "");
        }
    }

    fn end_item(&mut self) {
        self.blocks -= 1;
        // Only now, since everything being written keeps its place in the output until it ends.
        if let Some(Item { at, is_task: true }) = self.items.pop() {
            self.out.insert_str(at - 1, " class=\"task\"");
        }
    }

    fn task(&mut self, done: bool) {
        if let Some(item) = self.items.last_mut() {
            item.is_task = true;
        }
        self.out.push_str("<input type=\"checkbox\" disabled=\"\"");
        self.out.push_str(if done { " checked=\"\"" } else { "" });
        self.out.push_str(" aria-label=\"Done\"> ");
    }

    /// Opens or closes an alert. Markers stand outside every other block by construction; one that does not is ignored.
    fn marker(&mut self, marker: Marker<'_>) {
        let outermost = self.open.len() == self.alerts;
        // The parser ends the HTML block of the stand-in next, which must not end what the marker opened.
        match marker {
            Marker::Open { word, title } if outermost => {
                self.alerts += 1;
                let look = alerts::look(word, title);
                if self.alerts <= MAX_BLOCKS {
                    self.open_block(Kind::Alert, look.open, "</div>\n");
                } else {
                    self.push(Kind::Alert, "");
                }
                self.alert_title(look);
            }
            Marker::Close if outermost => self.end(),
            _ => {}
        }
        self.html = None;
        self.push(Kind::Html, "");
    }

    fn alert_title(&mut self, look: Look<'_>) {
        self.block("<p class=\"alert-title\">");
        escape::push_text(&mut self.out, look.title);
        self.out.push_str("</p>\n");
    }

    fn start_link(&mut self, link_type: LinkType, address: &str, title: &str) {
        let target = match link_type {
            LinkType::Email => links::link(&format!("mailto:{address}"), self.base),
            _ => links::link(address, self.base),
        };
        match target {
            // Links do not nest, in HTML as little as in Markdown.
            Some(target) if self.links == 0 && self.inlines < MAX_INLINES => {
                push_link(&mut self.out, &target, title);
                self.inlines += 1;
                self.links += 1;
                self.push(Kind::Link, "</a>");
            }
            _ => self.push(Kind::Plain, ""),
        }
    }

    fn end_image(&mut self) {
        let Some(Image { source, title, alt }) = self.image.take() else {
            return;
        };
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&alt);
        }
        let Some(source) = source else {
            return escape::push_text(&mut self.out, &alt);
        };
        self.out.push_str("<img src=\"");
        escape::push_attribute(&mut self.out, &source);
        self.out.push_str("\" alt=\"");
        escape::push_description(&mut self.out, &alt);
        if !title.is_empty() {
            self.out.push_str("\" title=\"");
            escape::push_description(&mut self.out, &title);
        }
        self.out.push_str("\" loading=\"lazy\" decoding=\"async\">");
    }

    fn end_heading(&mut self) {
        let Some(Heading { at, level, text }) = self.heading.take() else {
            return;
        };
        let id = self.anchors.heading(&text);
        let mut start = format!("<h{level} id=\"");
        escape::push_attribute(&mut start, &id);
        start.push_str("\">");
        self.out.insert_str(at, &start);
        self.out.push_str(&format!("</h{level}>\n"));
    }

    /// Shows a raw HTML block as a paragraph of text.
    fn end_html(&mut self) {
        let Some(html) = self.html.take() else {
            return;
        };
        let text = without_leading_comments(html.trim());
        if !text.is_empty() {
            self.block("<p>");
            escape::push_text(&mut self.out, text);
            self.out.push_str("</p>\n");
        }
    }

    fn inline_code(&mut self, code: &str) {
        if let Some(image) = &mut self.image {
            return image.alt.push_str(code);
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(code);
        }
        self.out.push_str("<code>");
        escape::push_text(&mut self.out, code);
        self.out.push_str("</code>");
    }

    fn line_break(&mut self, html: &str) {
        if let Some(image) = &mut self.image {
            return image.alt.push(' ');
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push(' ');
        }
        self.out.push_str(html);
    }

    fn text(&mut self, text: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
        } else if self.in_code {
            escape::push_text(&mut self.out, text);
        } else {
            self.text.push_str(text);
        }
    }

    /// Writes the collected text, with its addresses as links.
    fn flush_text(&mut self) {
        if self.text.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&text);
        }
        let mut written = 0;
        let mut from = 0;
        while self.links == 0
            && let Some(found) = autolinks::find(&text, from)
        {
            from = found.range.end;
            let address = &text[found.range.clone()];
            let target = match found.has_scheme {
                true => links::link(address, None),
                false => links::link(&format!("http://{address}"), None),
            };
            if let Some(target) = target {
                escape::push_text(&mut self.out, &text[written..found.range.start]);
                push_link(&mut self.out, &target, "");
                escape::push_text(&mut self.out, address);
                self.out.push_str("</a>");
                written = found.range.end;
            }
        }
        escape::push_text(&mut self.out, &text[written..]);
        // Give the buffer back, so that a text is not an allocation per word.
        self.text = text;
        self.text.clear();
    }
}

fn push_link(out: &mut String, target: &Target, title: &str) {
    let (address, rel) = match target {
        Target::External(address) => (address, Some(links::EXTERNAL_REL)),
        Target::Local(address) => (address, None),
    };
    out.push_str("<a href=\"");
    escape::push_attribute(out, address);
    if !title.is_empty() {
        out.push_str("\" title=\"");
        escape::push_description(out, title);
    }
    if let Some(rel) = rel {
        out.push_str("\" rel=\"");
        out.push_str(rel);
    }
    out.push_str("\">");
}

/// The language of a code fence: its first word, if that looks like the name of one.
fn language(info: &str) -> Option<&str> {
    let word = info.trim_start().split([' ', '\t', ',', '{']).next().unwrap_or_default();
    let named = !word.is_empty()
        && word.len() <= MAX_LANGUAGE
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'#' | b'-' | b'_' | b'.'));
    named.then_some(word)
}

/// True for a complete HTML comment. Readers never see those, as in HTML; an unfinished one is text.
pub(crate) fn is_comment(html: &str) -> bool {
    html.starts_with("<!--") && without_leading_comments(html).is_empty()
}

/// What follows the complete comments at the start.
pub(crate) fn without_leading_comments(mut html: &str) -> &str {
    // The overlapping forms `<!-->` and `<!--->` are comments too.
    while let Some(rest) = html.strip_prefix("<!--") {
        let short = rest.strip_prefix('>').or_else(|| rest.strip_prefix("->"));
        let Some(after) = short.or_else(|| rest.split_once("-->").map(|(_, after)| after)) else {
            break;
        };
        html = after.trim_start();
    }
    html
}
