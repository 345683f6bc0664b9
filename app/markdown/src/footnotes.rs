//! Footnotes: numbered by first mention, collected at the end of the text, linked both ways.

use std::collections::HashMap;
use std::fmt::Write;

use crate::escape;
use crate::links;

#[derive(Default)]
pub(crate) struct Footnotes {
    /// Labels as compared (lower case), with the index into `notes`.
    labels: HashMap<String, usize>,
    /// In order of first mention.
    notes: Vec<Note>,
    /// Definitions that repeat a label, in order of the text: shown last, so that nothing written is lost.
    repeated: Vec<String>,
}

#[derive(Default)]
struct Note {
    mentions: usize,
    html: Option<String>,
}

impl Footnotes {
    fn note(&mut self, label: &str) -> (usize, &mut Note) {
        let next = self.notes.len();
        let index = *self.labels.entry(label.to_lowercase()).or_insert(next);
        if index == next {
            self.notes.push(Note::default());
        }
        (index + 1, &mut self.notes[index])
    }

    /// Writes a mention. Inside a link (`linked`) the number is plain text, because links do not nest.
    pub(crate) fn mention(&mut self, out: &mut String, label: &str, prefix: &str, base: Option<&str>, linked: bool) {
        let (number, note) = self.note(label);
        note.mentions += 1;
        let id = mention_id(prefix, number, note.mentions);
        let _ = write!(out, "<sup class=\"footnote-ref\" id=\"{id}\">");
        if linked {
            let _ = write!(out, "{number}");
        } else {
            out.push_str("<a href=\"");
            escape::push_attribute(out, &links::jump(&note_id(prefix, number), base));
            let _ = write!(out, "\" aria-label=\"Footnote {number}\">{number}</a>");
        }
        out.push_str("</sup>");
    }

    /// Keeps a definition for the end of the text.
    pub(crate) fn define(&mut self, label: &str, html: String) {
        let (_, note) = self.note(label);
        match note.html {
            None => note.html = Some(html),
            Some(_) => self.repeated.push(html),
        }
    }

    /// Writes the collected notes, those that nobody mentions last.
    pub(crate) fn finish(self, out: &mut String, prefix: &str, base: Option<&str>) {
        if self.notes.is_empty() {
            return;
        }
        out.push_str("<section class=\"footnotes\">\n<ol>\n");
        for (index, note) in self.notes.into_iter().enumerate() {
            let number = index + 1;
            let _ = writeln!(out, "<li id=\"{}\">", note_id(prefix, number));
            push_note(out, &note.html.unwrap_or_default(), |out| {
                for mention in 1..=note.mentions {
                    push_back_link(out, prefix, base, number, mention);
                }
            });
        }
        for html in self.repeated {
            out.push_str("<li>\n");
            push_note(out, &html, |_| ());
        }
        out.push_str("</ol>\n</section>\n");
    }
}

/// Writes a note with its way back at the end of its last paragraph, or in one of its own.
fn push_note(out: &mut String, html: &str, back: impl FnOnce(&mut String)) {
    match html.strip_suffix("</p>\n") {
        Some(html) => out.push_str(html),
        None => {
            out.push_str(html);
            out.push_str("<p>");
        }
    }
    back(out);
    out.push_str("</p>\n</li>\n");
}

fn push_back_link(out: &mut String, prefix: &str, base: Option<&str>, number: usize, mention: usize) {
    out.push_str(" <a class=\"footnote-back\" href=\"");
    escape::push_attribute(out, &links::jump(&mention_id(prefix, number, mention), base));
    let _ = write!(out, "\" aria-label=\"Back to mention {mention} of footnote {number}\">");
    // The selector after the arrow asks for text instead of an emoji.
    out.push_str("\u{21A9}\u{FE0E}");
    if mention > 1 {
        let _ = write!(out, "<sup>{mention}</sup>");
    }
    out.push_str("</a>");
}

fn note_id(prefix: &str, number: usize) -> String {
    format!("{prefix}-fn-{number}")
}

fn mention_id(prefix: &str, number: usize, mention: usize) -> String {
    format!("{prefix}-ref-{number}-{mention}")
}
