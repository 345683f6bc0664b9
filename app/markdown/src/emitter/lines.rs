//! What stands on a line of its own inside a paragraph: small print, embeds, pictures. Each ends the paragraph, and what
//! follows begins another one.

use std::ops::Range;

use super::{Emitter, Kind};
use crate::braces::Braces;
use crate::embeds;

/// What begins a line of small print.
const SUBTEXT: &str = "-# ";

/// What became of the paragraph (or the bare text of a list item) around the current line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    /// Text goes where it stands.
    Open,
    /// In a paragraph of small print, which ends with the line.
    Subtext,
    /// A block has just ended the paragraph; whatever follows opens another.
    Ended,
}

impl Emitter<'_> {
    /// Adds text of the document, without what was read ahead of it.
    pub(super) fn words(&mut self, text: &str, range: &Range<usize>) {
        // Options are plain ASCII, so a byte of the source is a byte of the text.
        let known = self.read_to.saturating_sub(range.start).min(range.len());
        let text = text.get(known..).unwrap_or_default();
        if text.is_empty() || (self.line == Line::Ended && text.trim().is_empty()) {
            return;
        }
        if self.code.is_none()
            && self.line_start
            && let Some(small) = text.strip_prefix(SUBTEXT)
            && self.is_verbatim(range.start + known)
            && self.can_break()
        {
            self.flush_text();
            self.leave_paragraph();
            self.out.push_str("<p class=\"md-subtext\">");
            self.line = Line::Subtext;
            self.line_start = false;
            return self.text(small.trim_start());
        }
        if self.code.is_none() {
            self.resume_line();
        }
        self.text(text);
    }

    /// True if the mark of small print stands in the source as it is, not escaped.
    fn is_verbatim(&self, at: usize) -> bool {
        self.source.get(at..).is_some_and(|rest| rest.starts_with(SUBTEXT)) && !self.source[..at].ends_with('\\')
    }

    /// True where the paragraph can be ended: not within emphasis, a link, a heading or a table.
    pub(super) fn can_break(&self) -> bool {
        self.image.is_none() && self.open.last().is_some_and(|open| matches!(open.kind, Kind::Paragraph | Kind::Item))
    }

    /// True for something that fills its line: it begins one here, and nothing follows `end` in it.
    pub(super) fn is_alone(&self, end: usize) -> bool {
        let rest = self.source.get(end..).unwrap_or_default();
        self.line_start
            && self.can_break()
            && rest.bytes().find(|b| !matches!(b, b' ' | b'\t')).is_none_or(|b| b == b'\n')
    }

    /// Inline content is about to be written.
    pub(super) fn resume_line(&mut self) {
        if self.image.is_some() {
            return;
        }
        self.line_start = false;
        if self.line == Line::Ended {
            self.line = Line::Open;
            if self.open.last().is_some_and(|open| open.kind == Kind::Paragraph) {
                self.block("<p>");
                self.paragraph_at = self.out.len();
            }
        }
    }

    /// Ends the paragraph before a block that interrupts it. The block has to set [`Line::Ended`] or [`Line::Subtext`].
    pub(super) fn leave_paragraph(&mut self) {
        let in_paragraph = self.open.last().is_some_and(|open| open.kind == Kind::Paragraph);
        if self.line == Line::Subtext {
            self.out.push_str("</p>");
        } else if self.line == Line::Open {
            if in_paragraph && self.out.len() == self.paragraph_at {
                self.out.truncate(self.out.len() - "<p>".len());
            } else {
                let written = self.out.trim_end_matches('\n');
                let written = written.strip_suffix("<br>").unwrap_or(written);
                self.out.truncate(written.len());
                self.out.push_str(if in_paragraph { "</p>" } else { "" });
            }
        }
        self.block("");
    }

    pub(super) fn line_break(&mut self, html: &str) {
        if let Some(image) = &mut self.image {
            return image.alt.push(' ');
        }
        if let Some(heading) = &mut self.heading {
            heading.text.push(' ');
        }
        self.line_start = true;
        if self.can_break() {
            match self.line {
                Line::Open => {}
                Line::Subtext => {
                    self.line = Line::Ended;
                    return self.out.push_str("</p>\n");
                }
                Line::Ended => return,
            }
        }
        self.out.push_str(html);
    }

    /// A block begins: small print before it ends, and a line begins.
    pub(super) fn end_line(&mut self) {
        if self.line == Line::Subtext {
            self.out.push_str("</p>\n");
        }
        self.line = Line::Open;
        self.line_start = true;
    }

    /// The paragraph or list item ends.
    pub(super) fn end_paragraph(&mut self) {
        let in_paragraph = self.open.last().is_some_and(|open| open.kind == Kind::Paragraph);
        if in_paragraph && self.line == Line::Open {
            self.out.push_str("</p>\n");
        }
        self.end_line();
    }

    /// Writes the embed that a link at `range` is, if it is one.
    pub(super) fn embed(&mut self, address: &str, range: &Range<usize>) -> bool {
        let Some(provider) = embeds::provider(&self.source[range.start..]) else {
            return false;
        };
        let options = Braces::at_start(&self.source[range.end..]);
        let end = range.end + options.map_or(0, |options| options.len());
        if !self.is_alone(end) {
            return false;
        }
        self.leave_paragraph();
        embeds::push(&mut self.out, provider, address, options);
        self.line = Line::Ended;
        self.read_to = end;
        self.skipping = Some(0);
        true
    }
}
