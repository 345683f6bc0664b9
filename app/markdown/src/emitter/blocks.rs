//! Lists, alerts, headings and raw HTML.

use super::{Emitter, Kind, MAX_BLOCKS};
use crate::alerts::{self, Look, Marker};
use crate::escape;

pub(super) struct Heading {
    /// Where its content begins in the output.
    at: usize,
    level: u8,
    pub(super) text: String,
}

impl Heading {
    pub(super) fn new(at: usize, level: u8) -> Self {
        Self { at, level, text: String::new() }
    }
}

pub(super) struct Item {
    /// Where its content begins in the output.
    at: usize,
    is_task: bool,
}

impl Emitter<'_> {
    pub(super) fn start_list(&mut self, first: Option<u64>) {
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

    pub(super) fn start_item(&mut self) {
        if self.open.last().is_some_and(|open| open.kind == Kind::List) {
            self.open_container(Kind::Item, "<li>", "</li>\n");
            self.items.push(Item { at: self.out.len(), is_task: false });
        } else {
            self.block("");
            self.push(Kind::Plain, "");
        }
    }

    pub(super) fn end_item(&mut self) {
        self.blocks -= 1;
        // Only now, since everything being written keeps its place in the output until it ends.
        if let Some(Item { at, is_task: true }) = self.items.pop() {
            self.out.insert_str(at - 1, " class=\"task\"");
        }
    }

    pub(super) fn task(&mut self, done: bool) {
        self.resume_line();
        if let Some(item) = self.items.last_mut() {
            item.is_task = true;
        }
        self.out.push_str("<input type=\"checkbox\" disabled=\"\"");
        self.out.push_str(if done { " checked=\"\"" } else { "" });
        self.out.push_str(" aria-label=\"Done\"> ");
    }

    /// Opens or closes an alert. Markers stand outside every other block by construction; one that does not is ignored.
    pub(super) fn marker(&mut self, marker: Marker<'_>) {
        let outermost = self.open.len() == self.alerts;
        self.markers += usize::from(outermost);
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

    pub(super) fn alert_title(&mut self, look: Look<'_>) {
        self.block("<p class=\"alert-title\">");
        escape::push_text(&mut self.out, look.title);
        self.out.push_str("</p>\n");
    }

    pub(super) fn end_heading(&mut self) {
        let Some(Heading { at, level, text }) = self.heading.take() else {
            return;
        };
        let id = self.anchors.heading(&text);
        let mut start = format!("<h{level} id=\"");
        escape::push_attribute(&mut start, &id);
        start.push_str("\">");
        self.out.insert_str(at, &start);
        if self.heading_links {
            // For the mouse only: with dozens of headings, one more stop for each would bury the links of the text.
            self.out.push_str("<a class=\"md-anchor\" href=\"#");
            escape::push_attribute(&mut self.out, &id);
            self.out.push_str("\" aria-hidden=\"true\" tabindex=\"-1\"></a>");
        }
        self.out.push_str(&format!("</h{level}>\n"));
    }

    /// Shows a raw HTML block as a paragraph of text.
    pub(super) fn end_html(&mut self) {
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
