//! The Markdown of a release: its lines with sections at level 2, without hidden parts, and with the definitions its
//! links and footnotes need.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::document::{BlockKind, Document};
use crate::notes::{NoteKind, Notes};

/// What all contents of a document share.
#[derive(Debug)]
pub(crate) struct Writer<'d, 't> {
    document: &'d Document<'t>,
    /// Text to put back in front of lines.
    prefixes: HashMap<usize, String>,
    used: HashSet<usize>,
    /// Footnotes that some line mentions.
    mentioned: HashSet<&'d str>,
    /// Bytes of definitions that may still be repeated, so that a small text cannot grow without bounds.
    budget: usize,
    exceeded: bool,
}

#[derive(Debug)]
enum Written {
    Blank,
    Rule,
    Text(String),
}

impl<'d, 't> Writer<'d, 't> {
    /// `bodies`: the lines of every part that will be written.
    pub(crate) fn new(document: &'d Document<'t>, bodies: &[Range<usize>], prefixes: HashMap<usize, String>) -> Self {
        let budget = 2 * document.text.body.len() + 64 * 1024;
        let mut writer =
            Self { document, prefixes, used: HashSet::new(), mentioned: HashSet::new(), budget, exceeded: false };
        writer.mentioned = writer.footnotes(bodies).into_iter().collect();
        writer
    }

    /// The content of these lines; `level`: the level its top sections get, `None` to leave levels alone.
    pub(crate) fn write(&mut self, parts: &[Range<usize>], level: Option<u8>) -> String {
        let top = parts.iter().filter_map(|lines| self.top_level(lines)).min();
        let shift = match (level, top) {
            (Some(level), Some(top)) => i16::from(level) - i16::from(top),
            _ => 0,
        };
        let footnotes = self.footnotes(parts);
        let parts = self.without_foreign_footnotes(parts, &footnotes.iter().copied().collect());
        let mut written = Vec::new();
        for lines in &parts {
            self.lines(lines, shift, &mut written);
            written.push(Written::Blank);
        }
        let mut content = joined(&written);
        self.append_footnotes(&parts, &footnotes, &mut content);
        self.append_definitions(&parts, &footnotes, &mut content);
        content
    }

    /// Definitions that no written content used.
    pub(crate) fn unused(&self) -> impl Iterator<Item = usize> {
        (0..self.document.definitions.len()).filter(|definition| !self.used.contains(definition))
    }

    pub(crate) fn note_limits(&self, notes: &mut Notes) {
        if self.exceeded {
            notes.add(0, NoteKind::DefinitionLeftOut, "Some link or footnote definitions are used by so many releases that they were not repeated in all of them.");
        }
    }

    fn top_level(&self, lines: &Range<usize>) -> Option<u8> {
        let levels = self.document.blocks_in(lines).iter().filter_map(|block| match &block.kind {
            BlockKind::Heading(heading) => Some(heading.level),
            _ => None,
        });
        levels.min()
    }

    /// Labels of the footnotes these parts mention, those that such footnotes mention included, in order.
    fn footnotes(&self, parts: &[Range<usize>]) -> Vec<&'d str> {
        let document = self.document;
        let mut seen = HashSet::new();
        let mut labels: Vec<&'d str> = Vec::new();
        for lines in parts {
            let mut from = lines.start;
            let texts = document.blocks_in(lines).iter().filter(|block| matches!(block.kind, BlockKind::Footnote(_)));
            for text in texts {
                labels
                    .extend(document.footnotes_used_in(&(from..text.lines.start)).filter(|label| seen.insert(*label)));
                from = text.lines.end;
            }
            labels.extend(document.footnotes_used_in(&(from..lines.end)).filter(|label| seen.insert(*label)));
        }
        let mut next = 0;
        while let Some(lines) = labels.get(next).map(|label| document.footnote(label)) {
            if let Some(lines) = lines {
                labels.extend(document.footnotes_used_in(lines).filter(|label| seen.insert(*label)));
            }
            next += 1;
        }
        labels
    }

    /// The parts without footnotes that only other parts mention; those move there. A footnote that nothing mentions
    /// stays where it is.
    fn without_foreign_footnotes(&self, parts: &[Range<usize>], ours: &HashSet<&str>) -> Vec<Range<usize>> {
        let mut kept = Vec::with_capacity(parts.len());
        for lines in parts {
            let mut from = lines.start;
            for block in self.document.blocks_in(lines) {
                let BlockKind::Footnote(label) = &block.kind else { continue };
                let moves =
                    self.mentioned.contains(label.as_str()) && self.document.footnote(label) == Some(&block.lines);
                if moves && !ours.contains(label.as_str()) {
                    kept.push(from..block.lines.start);
                    from = block.lines.end.min(lines.end);
                }
            }
            kept.push(from..lines.end);
        }
        kept
    }

    fn lines(&self, lines: &Range<usize>, shift: i16, written: &mut Vec<Written>) {
        let mut line = lines.start;
        for block in self.document.blocks_in(lines) {
            while line < block.lines.start {
                self.line(line, written);
                line += 1;
            }
            let end = block.lines.end.min(lines.end);
            match &block.kind {
                BlockKind::Heading(heading) => {
                    written.push(Written::Text(self.heading(&block.lines, heading.level, shift)));
                }
                BlockKind::Rule => written.push(Written::Rule),
                _ => (line..end).for_each(|line| self.line(line, written)),
            }
            line = end.max(line);
        }
        (line..lines.end).for_each(|line| self.line(line, written));
    }

    fn line(&self, line: usize, written: &mut Vec<Written>) {
        if self.document.is_definition(line) {
            return;
        }
        let (mut visible, cut) = self.document.visible(line);
        if let Some(prefix) = self.prefixes.get(&line) {
            visible.insert_str(0, prefix);
        }
        if !visible.trim().is_empty() || self.document.is_verbatim(line) && !cut {
            written.push(Written::Text(visible));
        } else if !cut {
            written.push(Written::Blank);
        }
    }

    fn heading(&self, lines: &Range<usize>, level: u8, shift: i16) -> String {
        let level = (i16::from(level) + shift).clamp(1, 6);
        let mut heading = "#".repeat(usize::try_from(level).unwrap_or(1));
        let underlined = lines.len() > 1 || !self.document.text.line(lines.start).trim_start().starts_with('#');
        let last = if underlined && lines.len() > 1 { lines.end - 1 } else { lines.end };
        for line in lines.start..last {
            let (visible, _) = self.document.visible(line);
            let words = if underlined { visible.trim() } else { without_marks(&visible) };
            if !words.is_empty() {
                heading.push(' ');
                heading.push_str(words);
            }
        }
        heading
    }

    fn append_footnotes(&mut self, parts: &[Range<usize>], footnotes: &[&str], content: &mut String) {
        for label in footnotes {
            let Some(lines) = self.document.footnote(label).filter(|lines| !holds(parts, lines.start)) else {
                continue;
            };
            let text = self.document.text;
            if self.spend(text.start(lines.end) - text.start(lines.start)) {
                let mut written = Vec::new();
                lines.clone().for_each(|line| self.line(line, &mut written));
                let text = joined(&written);
                content.push_str(if content.is_empty() { "" } else { "\n\n" });
                content.push_str(&text);
            }
        }
    }

    fn append_definitions(&mut self, parts: &[Range<usize>], footnotes: &[&str], content: &mut String) {
        let document = self.document;
        let moved = footnotes.iter().filter_map(|label| document.footnote(label));
        let mut seen = HashSet::new();
        let mut first = true;
        for definition in parts.iter().chain(moved).flat_map(|lines| document.definitions_used_in(lines)) {
            let Some(known) = document.definitions.get(definition).filter(|_| seen.insert(definition)) else {
                continue;
            };
            self.used.insert(definition);
            let in_place = !document.is_definition(known.line) && holds(parts, known.line);
            if !in_place && self.spend(known.source.len()) {
                content.push_str(if first { "\n\n" } else { "\n" });
                content.push_str(&known.source);
                first = false;
            }
        }
    }

    fn spend(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.budget;
        if fits {
            self.budget -= bytes;
        } else {
            self.exceeded = true;
        }
        fits
    }
}

/// Whether a line lies in one of these parts, which are in order.
fn holds(parts: &[Range<usize>], line: usize) -> bool {
    parts.get(parts.partition_point(|part| part.end <= line)).is_some_and(|part| part.contains(&line))
}

/// The text of a heading line without its `#` at the start and a closing run of them.
fn without_marks(line: &str) -> &str {
    let words = line.trim_start().trim_start_matches('#').trim();
    let open = words.trim_end_matches('#');
    if open.is_empty() || open.ends_with([' ', '\t']) { open.trim_end() } else { words }
}

/// Lines joined; no blank lines and rules at the ends, and at most one blank line in a row outside code.
fn joined(written: &[Written]) -> String {
    let is_text = |line: &Written| matches!(line, Written::Text(text) if !text.trim().is_empty());
    let Some(first) = written.iter().position(is_text) else { return String::new() };
    let last = written.iter().rposition(is_text).unwrap_or(first);
    let mut joined = String::new();
    let mut blank = true;
    for line in written.get(first..=last).unwrap_or_default() {
        match line {
            Written::Blank if blank => continue,
            Written::Blank => {}
            Written::Rule => joined.push_str("---"),
            Written::Text(text) => joined.push_str(text),
        }
        blank = matches!(line, Written::Blank);
        joined.push('\n');
    }
    joined.truncate(joined.trim_end().len());
    joined
}
