//! From parser events to HTML.
//!
//! Everything written is either a literal of this crate, a number, or passed [`escape`]. Start tags push what will end
//! them on `open`, so the nesting is right whatever the events say.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use crate::Options;
use crate::alerts::{self, Document};
use crate::anchors::{Anchors, Outline};
use crate::footnotes::Footnotes;
use crate::links;
use crate::source::dialect;
use crate::tables::Table;

mod blocks;
mod code;
mod inline;
mod lines;

use blocks::{Heading, Item};
use code::Code;
use inline::{Image, OpenButton};
use lines::Line;

pub(crate) use blocks::{is_comment, without_leading_comments};

/// Quotes, lists, items and alerts inside each other. Deeper ones are flattened: HTML parsers search through all open
/// elements, so a hundred thousand of them would cost every reader the square of that, and browsers stop at 512 anyway.
const MAX_BLOCKS: usize = 64;

/// Emphasis and links inside each other.
const MAX_INLINES: usize = 32;

/// Something that an event opened and a later one ends.
struct Open {
    kind: Kind,
    close: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Not written at all, or nothing to keep account of.
    Plain,
    Paragraph,
    Block,
    List,
    Item,
    Alert,
    Inline,
    Link,
    Button,
    Image,
    Heading,
    Code,
    Html,
    Note,
    Table,
    Head,
    Cell,
}

struct Emitter<'d> {
    source: &'d str,
    out: String,
    /// Text since the last other event: the parser cuts it at every special character, addresses must be seen whole.
    text: String,
    open: Vec<Open>,
    alerts: usize,
    /// Alert markers seen.
    markers: usize,
    blocks: usize,
    inlines: usize,
    links: usize,
    line: Line,
    /// Nothing was written since the line began.
    line_start: bool,
    /// Where the content of the last paragraph begins in the output.
    paragraph_at: usize,
    /// Everything before this place in the source was read ahead of the parser's text.
    read_to: usize,
    /// Depth inside something that is not written because it was read ahead.
    skipping: Option<usize>,
    code: Option<Code>,
    /// What code blocks may still cost; zero switches highlighting off.
    highlight: usize,
    /// The raw HTML block being read, with its lines joined.
    html: Option<String>,
    image: Option<Image>,
    /// The button being written; they do not nest.
    button: Option<OpenButton>,
    heading: Option<Heading>,
    /// Whether headings carry links to themselves.
    heading_links: bool,
    /// The list items being written.
    items: Vec<Item>,
    table: Table,
    /// The labels of the footnotes being read, with the output that each interrupted.
    notes: Vec<(String, String)>,
    footnotes: Footnotes,
    anchors: Anchors,
    outline: Outline,
    base: Option<&'d str>,
}

/// Writes the HTML of a document. `highlight` is the number of bytes of code that may be coloured. Returns the number
/// of alert markers that the parser saw as such, too.
pub(crate) fn emit(document: &Document<'_>, options: &Options<'_>, highlight: usize) -> (String, usize) {
    let base = options.absolute_base.and_then(links::usable_base);
    let mut emitter = Emitter {
        source: &document.text,
        out: String::with_capacity(document.text.len() + document.text.len() / 2),
        text: String::new(),
        open: Vec::new(),
        alerts: 0,
        markers: 0,
        blocks: 0,
        inlines: 0,
        links: 0,
        line: Line::Open,
        line_start: true,
        paragraph_at: 0,
        read_to: 0,
        skipping: None,
        code: None,
        // Feeds and mails have no style sheet to colour with.
        highlight: if base.is_none() { highlight } else { 0 },
        html: None,
        image: None,
        button: None,
        heading: None,
        heading_links: options.heading_offset <= 1 && base.is_none(),
        items: Vec::new(),
        table: Table::default(),
        notes: Vec::new(),
        footnotes: Footnotes::default(),
        anchors: Anchors::new(options.id_prefix),
        outline: Outline::new(options.heading_offset),
        base,
    };
    for (event, range) in Parser::new_ext(&document.text, dialect()).into_offset_iter() {
        if event == Event::Start(Tag::HtmlBlock)
            && let Some(marker) = document.marker(range.start)
        {
            emitter.marker(marker);
        } else {
            emitter.event(event, &range);
        }
    }
    let markers = emitter.markers;
    (emitter.finish(), markers)
}

impl Emitter<'_> {
    fn event(&mut self, event: Event<'_>, range: &Range<usize>) {
        if let Some(depth) = &mut self.skipping {
            match event {
                Event::Start(_) => *depth += 1,
                Event::End(_) if *depth == 0 => self.skipping = None,
                Event::End(_) => *depth -= 1,
                _ => {}
            }
            return;
        }
        match event {
            Event::Text(text) => self.words(&text, range),
            Event::InlineHtml(html) if is_comment(&html) => {}
            Event::InlineHtml(html) => {
                self.resume_line();
                self.text(&html);
            }
            Event::Html(html) => {
                if let Some(block) = &mut self.html {
                    block.push_str(&html);
                }
            }
            other => {
                self.flush_text();
                self.markup(other, range);
            }
        }
    }

    fn markup(&mut self, event: Event<'_>, range: &Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(_) => self.end(),
            Event::Code(code) => self.inline_code(&code),
            Event::SoftBreak => self.line_break("\n"),
            Event::HardBreak => self.line_break("<br>\n"),
            Event::Rule => {
                self.end_line();
                self.block("<hr>\n");
            }
            Event::FootnoteReference(label) => {
                if self.image.is_none() {
                    self.resume_line();
                    let linked = self.links > 0;
                    self.footnotes.mention(&mut self.out, &label, self.anchors.prefix(), self.base, linked);
                }
            }
            Event::TaskListMarker(done) => self.task(done),
            // Text-like events were handled before; mathematics is not part of the dialect.
            Event::Text(_) | Event::Html(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        if self.image.is_some() {
            return self.push(Kind::Plain, "");
        }
        match tag {
            Tag::Emphasis => self.open_inline("<em>", "</em>"),
            Tag::Strong => self.open_inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.open_inline("<del>", "</del>"),
            Tag::Link { link_type, dest_url, title, .. } => self.start_link(link_type, &dest_url, &title, range),
            Tag::Image { dest_url, title, .. } => self.start_image(&dest_url, &title, range),
            // Extensions that the dialect does not switch on: their content is shown, they are not.
            Tag::Superscript | Tag::Subscript => self.push(Kind::Plain, ""),
            block => {
                self.end_line();
                self.start_block(block);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {
                self.block("<p>");
                self.paragraph_at = self.out.len();
                self.push(Kind::Paragraph, "");
            }
            Tag::Heading { level, .. } => {
                self.block("");
                let level = self.outline.place(level as u8);
                self.heading = Some(Heading::new(self.out.len(), level));
                self.push(Kind::Heading, "");
            }
            Tag::BlockQuote(None) => self.open_container(Kind::Block, "<blockquote>\n", "</blockquote>\n"),
            Tag::BlockQuote(Some(kind)) => {
                let look = alerts::quote_look(kind);
                self.open_container(Kind::Block, look.open, "</div>\n");
                self.alert_title(look);
            }
            Tag::CodeBlock(kind) => {
                self.code = Some(match &kind {
                    CodeBlockKind::Fenced(info) => Code::fenced(info),
                    CodeBlockKind::Indented => Code::default(),
                });
                self.push(Kind::Code, "");
            }
            Tag::HtmlBlock => {
                self.html = Some(String::new());
                self.push(Kind::Html, "");
            }
            Tag::List(first) => self.start_list(first),
            Tag::Item => self.start_item(),
            Tag::FootnoteDefinition(label) => {
                self.notes.push((label.into_string(), std::mem::take(&mut self.out)));
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
            // Inline elements were handled before; the others belong to extensions that the dialect does not switch on.
            _ => self.push(Kind::Plain, ""),
        }
    }

    fn end(&mut self) {
        if self.open.last().is_some_and(|open| matches!(open.kind, Kind::Paragraph | Kind::Item)) {
            self.end_paragraph();
        }
        let Some(Open { kind, close }) = self.open.pop() else {
            return;
        };
        match kind {
            Kind::Plain | Kind::Paragraph => {}
            Kind::Block | Kind::List => self.blocks -= 1,
            Kind::Item => self.end_item(),
            Kind::Alert => self.alerts -= 1,
            Kind::Inline => self.inlines -= 1,
            Kind::Button | Kind::Link => {
                if kind == Kind::Button {
                    self.end_button();
                }
                self.inlines -= 1;
                self.links -= 1;
            }
            Kind::Code => self.end_code(),
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
        let inline = matches!(kind, Kind::Plain | Kind::Inline | Kind::Link | Kind::Button | Kind::Image);
        self.line_start = !inline;
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
        self.resume_line();
        if self.inlines < MAX_INLINES {
            self.inlines += 1;
            self.out.push_str(open);
            self.push(Kind::Inline, close);
        } else {
            self.push(Kind::Plain, "");
        }
    }
}
