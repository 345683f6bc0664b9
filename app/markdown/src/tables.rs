//! State of the table that is being written.

use pulldown_cmark::Alignment;

#[derive(Default)]
pub(crate) struct Table {
    pub(crate) alignments: Vec<Alignment>,
    pub(crate) in_head: bool,
    pub(crate) has_body: bool,
    /// Column of the next cell.
    column: usize,
    /// Where the current cell's start tag begins, and where its content does.
    cell_at: usize,
    content_at: usize,
}

impl Table {
    pub(crate) fn new(alignments: Vec<Alignment>) -> Self {
        Self { alignments, ..Self::default() }
    }

    pub(crate) fn start_row(&mut self) {
        self.column = 0;
    }

    pub(crate) fn start_cell(&mut self, out: &mut String) {
        self.cell_at = out.len();
        out.push_str(if self.in_head { "<th scope=\"col\"" } else { "<td" });
        out.push_str(self.class());
        out.push('>');
        self.content_at = out.len();
    }

    pub(crate) fn end_cell(&mut self, out: &mut String) {
        if !self.in_head {
            out.push_str("</td>");
        } else if out.len() == self.content_at {
            // An empty header names nothing, so assistive technology must not announce it as one.
            out.truncate(self.cell_at);
            out.push_str("<td></td>");
        } else {
            out.push_str("</th>");
        }
        self.column += 1;
    }

    /// A class instead of a style attribute, which the content security policy of a page may forbid.
    fn class(&self) -> &'static str {
        match self.alignments.get(self.column) {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        }
    }
}
