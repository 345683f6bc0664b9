//! Text, links, buttons and pictures.

use std::fmt::Write;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use super::lines::Line;
use super::{Emitter, Kind, MAX_INLINES};
use crate::autolinks;
use crate::braces::Braces;
use crate::buttons::{self, Button};
use crate::escape;
use crate::links::{self, Target};
use crate::media::Kept;
use crate::pictures::{Align, Attributes};
use crate::source::dialect;

/// Longest caption in bytes, as long as the longest description.
const MAX_CAPTION: usize = 2000;

pub(super) struct OpenButton {
    /// Where its label begins in the output.
    at: usize,
    /// Shown if there is no label.
    address: String,
    /// Where its options end in the source.
    end: usize,
}

pub(super) struct Image {
    source: Option<String>,
    /// What is known of it if this server keeps it.
    kept: Option<Kept>,
    title: String,
    pub(super) alt: String,
    attributes: Attributes,
    /// It fills its line, so it becomes a figure.
    alone: bool,
    /// Where its options end in the source.
    end: usize,
}

impl Emitter<'_> {
    pub(super) fn start_link(&mut self, link_type: LinkType, address: &str, title: &str, range: &Range<usize>) {
        if link_type == LinkType::Inline {
            if self.embed(address, range) {
                return;
            }
            if self.source[range.start..].starts_with(buttons::MARK) {
                return self.start_button(address, title, range);
            }
        }
        let target = match link_type {
            LinkType::Email => links::link(&format!("mailto:{address}"), self.base),
            _ => links::link(address, self.base),
        };
        self.resume_line();
        self.open_link(target, title);
    }

    fn open_link(&mut self, target: Option<Target>, title: &str) {
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

    fn start_button(&mut self, address: &str, title: &str, range: &Range<usize>) {
        let options = Braces::at_start(&self.source[range.end..]);
        // The options are read when the parser comes to them; the mark is the beginning of the label.
        let rest = &self.source[range.start + buttons::MARK.len()..range.end];
        self.read_to = range.end - rest.trim_start().len();
        self.resume_line();
        if self.links > 0 || self.inlines >= MAX_INLINES {
            return self.push(Kind::Plain, "");
        }
        let button = Button::new(options);
        let target = links::link(address, self.base);
        let _ = write!(self.out, "<a class=\"md-button {} {}\"", button.class, button.size);
        match target {
            Some(target) if !button.disabled => {
                let (address, rel, leaves) = match &target {
                    Target::External(address) => (address, links::EXTERNAL_REL, true),
                    Target::Local(address) => (address, links::NEW_TAB_REL, !is_in_place(address)),
                };
                self.out.push_str(" href=\"");
                escape::push_attribute(&mut self.out, address);
                self.out.push('"');
                if !title.is_empty() {
                    self.out.push_str(" title=\"");
                    escape::push_description(&mut self.out, title);
                    self.out.push('"');
                }
                if leaves && !button.same_tab {
                    self.out.push_str(" target=\"_blank\"");
                }
                if matches!(target, Target::External(_)) || (leaves && !button.same_tab) {
                    let _ = write!(self.out, " rel=\"{rel}\"");
                }
            }
            // No address at all: nothing to follow by accident.
            _ => self.out.push_str(" role=\"link\" aria-disabled=\"true\""),
        }
        self.out.push('>');
        let end = range.end + options.map_or(0, |options| options.len());
        self.button = Some(OpenButton { at: self.out.len(), address: address.to_owned(), end });
        self.inlines += 1;
        self.links += 1;
        self.push(Kind::Button, "</a>");
    }

    pub(super) fn end_button(&mut self) {
        let Some(OpenButton { at, address, end }) = self.button.take() else {
            return;
        };
        self.read_to = end;
        if self.out.len() == at {
            let shown = address.char_indices().nth(80).map_or(address.len(), |(at, _)| at);
            escape::push_text(&mut self.out, if shown == 0 { "Button" } else { &address[..shown] });
        }
    }

    pub(super) fn start_image(&mut self, address: &str, title: &str, range: &Range<usize>) {
        let options = Braces::attributes(&self.source[range.end..]);
        let end = range.end + options.map_or(0, |options| options.len());
        let alone = self.is_alone(end);
        if !alone {
            self.resume_line();
        }
        self.image = Some(Image {
            source: links::image(address, self.base),
            kept: Kept::read(address),
            title: title.to_owned(),
            alt: String::new(),
            attributes: Attributes::new(options),
            alone,
            end,
        });
        self.push(Kind::Image, "");
    }

    pub(super) fn end_image(&mut self) {
        let Some(image) = self.image.take() else {
            return;
        };
        self.read_to = image.end;
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(&image.alt);
        }
        let Some(source) = &image.source else {
            self.resume_line();
            return escape::push_text(&mut self.out, &image.alt);
        };
        if !image.alone {
            return push_image(&mut self.out, source, &image, true);
        }
        self.leave_paragraph();
        self.out.push_str(match image.attributes.align {
            Align::Left => "<figure class=\"md-left\">",
            Align::Center => "<figure>",
            Align::Right => "<figure class=\"md-right\">",
        });
        // A link to the picture itself: it works without script, and with one it shows the picture large.
        let zoom = !links::is_data_image(source);
        if zoom {
            self.out.push_str("<a class=\"md-zoom\" href=\"");
            escape::push_attribute(&mut self.out, source);
            let _ = write!(self.out, "\" target=\"_blank\" rel=\"{}\"", links::EXTERNAL_REL);
            self.out.push_str(if image.alt.trim().is_empty() { " aria-label=\"Picture\">" } else { ">" });
        }
        push_image(&mut self.out, source, &image, false);
        self.out.push_str(if zoom { "</a>" } else { "" });
        if !image.title.trim().is_empty() {
            self.out.push_str("<figcaption>");
            self.line = Line::Open;
            self.caption(&image.title);
            self.out.push_str("</figcaption>");
        }
        self.out.push_str("</figure>\n");
        self.line = Line::Ended;
    }

    /// Writes a caption: one line of Markdown with emphasis, code and links.
    fn caption(&mut self, text: &str) {
        // The full stop makes any line a paragraph; it is taken off again.
        const GUARD: &str = ". ";
        let end = text.char_indices().map(|(at, _)| at).take_while(|&at| at <= MAX_CAPTION).last().unwrap_or_default();
        let text = if text.len() <= MAX_CAPTION { text } else { &text[..end] };
        let text = format!("{GUARD}{}", text.trim().replace('\n', " "));
        let outer = self.open.len();
        let mut first = true;
        for event in Parser::new_ext(&text, dialect()) {
            match event {
                Event::Text(text) if first => {
                    first = false;
                    self.text(text.strip_prefix(GUARD).unwrap_or(&text));
                }
                Event::Text(text) | Event::InlineHtml(text) => self.text(&text),
                Event::Code(code) => {
                    self.flush_text();
                    self.inline_code(&code);
                }
                Event::Start(tag) => {
                    self.flush_text();
                    match tag {
                        Tag::Emphasis => self.open_inline("<em>", "</em>"),
                        Tag::Strong => self.open_inline("<strong>", "</strong>"),
                        Tag::Strikethrough => self.open_inline("<del>", "</del>"),
                        Tag::Link { link_type, dest_url, title, .. } if link_type != LinkType::Email => {
                            self.open_link(links::link(&dest_url, self.base), &title);
                        }
                        _ => self.push(Kind::Plain, ""),
                    }
                }
                Event::End(TagEnd::Paragraph) => break,
                Event::End(_) if self.open.len() > outer => {
                    self.flush_text();
                    self.end();
                }
                _ => {}
            }
        }
        self.flush_text();
        while self.open.len() > outer {
            self.end();
        }
    }

    pub(super) fn inline_code(&mut self, code: &str) {
        if let Some(image) = &mut self.image {
            return image.alt.push_str(code);
        }
        self.resume_line();
        if let Some(heading) = &mut self.heading {
            heading.text.push_str(code);
        }
        self.out.push_str("<code>");
        escape::push_text(&mut self.out, code);
        self.out.push_str("</code>");
    }

    /// Takes over text where it stands: a description, code, or text to be written with the next other event.
    pub(super) fn text(&mut self, text: &str) {
        if let Some(image) = &mut self.image {
            image.alt.push_str(text);
        } else if let Some(code) = &mut self.code {
            code.text.push_str(text);
        } else {
            self.text.push_str(text);
        }
    }

    /// Writes the collected text, with its addresses as links.
    pub(super) fn flush_text(&mut self) {
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

/// True for an address that opens nothing a tab would be needed for: a jump within the text, a mail, a call.
fn is_in_place(address: &str) -> bool {
    address.starts_with('#')
        || address.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:"))
        || address.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("tel:"))
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

fn push_image(out: &mut String, source: &str, image: &Image, with_title: bool) {
    out.push_str("<img src=\"");
    escape::push_attribute(out, source);
    out.push_str("\" alt=\"");
    escape::push_description(out, &image.alt);
    if with_title && !image.title.is_empty() {
        out.push_str("\" title=\"");
        escape::push_description(out, &image.title);
    }
    let Attributes { width, height, .. } = image.attributes;
    let (width, height) = match image.kept {
        Some(kept) => {
            kept.push_widths(out, source);
            let (width, height) = kept.sizes(width, height);
            (Some(width), Some(height))
        }
        None => (width.map(u32::from), height.map(u32::from)),
    };
    for (name, size) in [("width", width), ("height", height)] {
        if let Some(size) = size {
            let _ = write!(out, "\" {name}=\"{size}");
        }
    }
    out.push_str("\" loading=\"lazy\" decoding=\"async\">");
}
