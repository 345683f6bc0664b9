//! Block structure of a Markdown text, by line: headings, code, comments, definitions and who refers to them.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

use crate::headings::{self, Strength};
use crate::html;
use crate::notes::{NoteKind, Notes, quote};
use crate::text::Text;

/// The line is code or verbatim HTML: kept to the letter.
const VERBATIM: u8 = 1;
/// The line belongs to a link definition outside every block.
const DEFINITION: u8 = 2;
/// The line belongs to a block.
const COVERED: u8 = 4;

#[derive(Debug)]
pub(crate) struct Document<'t> {
    pub(crate) text: &'t Text,
    /// Blocks outside lists, quotes and the like, in order.
    pub(crate) blocks: Vec<Block>,
    pub(crate) definitions: Vec<Definition>,
    /// Comments, in order: line and inside.
    pub(crate) comments: Vec<(usize, String)>,
    flags: Vec<u8>,
    /// Byte ranges readers never see, in order.
    cuts: Vec<Range<usize>>,
    /// Line and index of the definition a link uses, in order.
    references: Vec<(usize, usize)>,
    /// Line and lowercase label of each footnote mark, in order.
    footnote_marks: Vec<(usize, String)>,
    footnotes: HashMap<String, Range<usize>>,
    /// Indices of definitions by lowercase label.
    by_label: HashMap<String, usize>,
}

#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) kind: BlockKind,
    pub(crate) lines: Range<usize>,
}

#[derive(Debug)]
pub(crate) enum BlockKind {
    Heading(Heading),
    Paragraph,
    Rule,
    Footnote(String),
    Other,
}

#[derive(Debug)]
pub(crate) struct Heading {
    pub(crate) level: u8,
    /// Without markup.
    pub(crate) text: String,
    /// Where its first link leads.
    pub(crate) link: Option<String>,
    /// That link has its address in the heading, not in a definition.
    pub(crate) link_inline: bool,
}

/// `[label]: address`.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) label: String,
    pub(crate) address: String,
    /// As written.
    pub(crate) source: String,
    pub(crate) line: usize,
}

impl<'t> Document<'t> {
    pub(crate) fn read(text: &'t Text, notes: &mut Notes) -> Self {
        let document = Self {
            text,
            blocks: Vec::new(),
            definitions: Vec::new(),
            comments: Vec::new(),
            flags: vec![0; text.lines()],
            cuts: Vec::new(),
            references: Vec::new(),
            footnote_marks: Vec::new(),
            footnotes: HashMap::new(),
            by_label: HashMap::new(),
        };
        let mut reader = Reader { document, notes, open: None, labels: Vec::new() };
        let options = Options::ENABLE_FOOTNOTES | Options::ENABLE_TABLES;
        let mut events = Parser::new_ext(&text.body, options).into_offset_iter();
        let mut depth = 0_usize;
        // Where the last thing inside the open block ends. The parser's own range of a list or quote runs on over
        // definitions that follow it.
        let mut filled = 0;
        for (event, range) in events.by_ref() {
            match event {
                Event::Start(tag) => {
                    filled = filled.max(range.start + 1);
                    reader.start(&tag, &range, depth);
                    depth += 1;
                }
                Event::End(tag) => {
                    depth = depth.saturating_sub(1);
                    let container = matches!(
                        tag,
                        TagEnd::List(_) | TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition
                    );
                    filled = if container { filled } else { filled.max(range.end) };
                    reader.end(tag, &(range.start..if container { filled } else { range.end }), depth);
                }
                event => {
                    filled = filled.max(range.end);
                    reader.inline(&event, &range, depth);
                }
            }
        }
        reader.definitions(&events);
        reader.document.cuts.sort_unstable_by_key(|cut| cut.start);
        reader.document
    }

    pub(crate) fn is_verbatim(&self, line: usize) -> bool {
        self.flag(line) & VERBATIM != 0
    }

    pub(crate) fn is_definition(&self, line: usize) -> bool {
        self.flag(line) & DEFINITION != 0
    }

    /// The line without its hidden parts, and whether there were any.
    pub(crate) fn visible(&self, line: usize) -> (String, bool) {
        let start = self.text.start(line);
        let written = self.text.line(line);
        let end = start + written.len();
        let first = self.cuts.partition_point(|cut| cut.end <= start);
        let mut shown = String::new();
        let mut from = start;
        let mut any = false;
        for cut in self.cuts.iter().skip(first).take_while(|cut| cut.start < end) {
            shown.push_str(self.text.body.get(from..cut.start.max(from)).unwrap_or_default());
            from = cut.end.min(end).max(from);
            any = true;
        }
        if !any {
            return (written.to_owned(), false);
        }
        shown.push_str(self.text.body.get(from..end).unwrap_or_default());
        (shown.trim_end().to_owned(), true)
    }

    /// Blocks that start in these lines.
    pub(crate) fn blocks_in(&self, lines: &Range<usize>) -> &[Block] {
        let first = self.blocks.partition_point(|block| block.lines.start < lines.start);
        let last = self.blocks.partition_point(|block| block.lines.start < lines.end);
        self.blocks.get(first..last).unwrap_or_default()
    }

    /// Definitions that links in these lines use, with repetitions.
    pub(crate) fn definitions_used_in(&self, lines: &Range<usize>) -> impl Iterator<Item = usize> {
        let first = self.references.partition_point(|(line, _)| *line < lines.start);
        let last = self.references.partition_point(|(line, _)| *line < lines.end);
        self.references.get(first..last).unwrap_or_default().iter().map(|(_, definition)| *definition)
    }

    /// Labels of footnotes that these lines mention, with repetitions.
    pub(crate) fn footnotes_used_in(&self, lines: &Range<usize>) -> impl Iterator<Item = &str> {
        let first = self.footnote_marks.partition_point(|(line, _)| *line < lines.start);
        let last = self.footnote_marks.partition_point(|(line, _)| *line < lines.end);
        self.footnote_marks.get(first..last).unwrap_or_default().iter().map(|(_, label)| label.as_str())
    }

    /// The definition whose label is this version, with or without a leading `v`.
    pub(crate) fn definition_of(&self, version: &str) -> Option<&Definition> {
        let index = self
            .by_label
            .get(&version.to_lowercase())
            .or_else(|| self.by_label.get(&format!("v{}", version.to_lowercase())))?;
        self.definitions.get(*index)
    }

    /// Lines of a footnote's text.
    pub(crate) fn footnote(&self, label: &str) -> Option<&Range<usize>> {
        self.footnotes.get(label)
    }

    fn flag(&self, line: usize) -> u8 {
        self.flags.get(line).copied().unwrap_or(0)
    }

    fn mark(&mut self, lines: Range<usize>, flag: u8) {
        for mark in self.flags.get_mut(lines).unwrap_or_default() {
            *mark |= flag;
        }
    }
}

struct Reader<'t, 'n> {
    document: Document<'t>,
    notes: &'n mut Notes,
    /// The heading being read, outside lists and quotes.
    open: Option<Heading>,
    /// Line and label of each link that uses a definition.
    labels: Vec<(usize, String)>,
}

impl Reader<'_, '_> {
    fn start(&mut self, tag: &Tag<'_>, range: &Range<usize>, depth: usize) {
        match tag {
            Tag::Heading { level, .. } if depth == 0 => {
                self.open = Some(Heading { level: *level as u8, text: String::new(), link: None, link_inline: false });
            }
            Tag::CodeBlock(kind) => {
                let lines = self.lines(range);
                self.document.mark(lines.clone(), VERBATIM);
                if depth == 0 && matches!(kind, CodeBlockKind::Fenced(_)) {
                    self.check_fence(&lines);
                }
            }
            Tag::HtmlBlock => self.html_block(range),
            Tag::Link { link_type, dest_url, id, .. } | Tag::Image { link_type, dest_url, id, .. } => {
                let defined = matches!(link_type, LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut);
                if let Some(heading) =
                    self.open.as_mut().filter(|heading| heading.link.is_none() && matches!(tag, Tag::Link { .. }))
                {
                    heading.link = Some(dest_url.to_string());
                    heading.link_inline = !defined;
                }
                if defined {
                    self.labels.push((self.document.text.line_of(range.start), id.to_string()));
                }
            }
            _ => {}
        }
    }

    /// `depth`: how many blocks are still open around the one that ends.
    fn end(&mut self, tag: TagEnd, range: &Range<usize>, depth: usize) {
        if depth > 0 {
            return;
        }
        let lines = self.lines(range);
        let kind = match tag {
            TagEnd::Heading(_) => match self.open.take() {
                Some(heading) => BlockKind::Heading(heading),
                None => BlockKind::Other,
            },
            TagEnd::Paragraph => return self.loose_headings(BlockKind::Paragraph, lines),
            TagEnd::HtmlBlock if !html::is_verbatim(self.document.text.line(lines.start)) => {
                return self.loose_headings(BlockKind::Other, lines);
            }
            TagEnd::FootnoteDefinition => {
                let written = self.document.text.line(lines.start).trim_start();
                match written.strip_prefix("[^").and_then(|rest| rest.split_once("]:")) {
                    Some((label, _)) => {
                        let label = label.to_lowercase();
                        self.document.footnotes.entry(label.clone()).or_insert_with(|| lines.clone());
                        BlockKind::Footnote(label)
                    }
                    None => BlockKind::Other,
                }
            }
            _ => BlockKind::Other,
        };
        self.push(kind, lines);
    }

    fn inline(&mut self, event: &Event<'_>, range: &Range<usize>, depth: usize) {
        match event {
            Event::Rule if depth == 0 => {
                let lines = self.lines(range);
                self.push(BlockKind::Rule, lines);
            }
            Event::InlineHtml(tag) => {
                if let Some((inside, _)) = html::comment(tag) {
                    self.hide(range.clone(), Some(inside));
                } else if let Some(heading) = &mut self.open {
                    heading.text.push_str(if tag.starts_with("<br") { " " } else { "" });
                }
            }
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut self.open {
                    heading.text.push_str(words);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(heading) = &mut self.open {
                    heading.text.push(' ');
                }
            }
            Event::FootnoteReference(label) => {
                let line = self.document.text.line_of(range.start);
                self.document.footnote_marks.push((line, label.to_lowercase()));
            }
            _ => {}
        }
    }

    fn push(&mut self, kind: BlockKind, lines: Range<usize>) {
        self.document.mark(lines.clone(), COVERED);
        self.document.blocks.push(Block { kind, lines });
    }

    /// Lines of a block without the blank ones at its end.
    fn lines(&self, range: &Range<usize>) -> Range<usize> {
        let text = self.document.text;
        let written = text.body.get(range.clone()).unwrap_or_default();
        text.lines_of(&(range.start..range.start + written.trim_end().len()))
    }

    fn hide(&mut self, range: Range<usize>, comment: Option<&str>) {
        let line = self.document.text.line_of(range.start);
        match comment {
            Some("") => {}
            Some(inside) => {
                self.notes.add(line, NoteKind::Hidden, format!("The comment {} is left out.", quote(inside)));
                self.document.comments.push((line, inside.to_owned()));
            }
            None => self.notes.add(line, NoteKind::Hidden, "A link target without text is left out."),
        }
        self.document.cuts.push(range);
    }

    fn html_block(&mut self, range: &Range<usize>) {
        let lines = self.lines(range);
        let written = self.document.text.body.get(range.clone()).unwrap_or_default();
        if !written.trim_start().starts_with("<!--") {
            self.document.mark(lines, VERBATIM);
            return;
        }
        let start = range.start + (written.len() - written.trim_start().len());
        match html::comment(written.trim_start()) {
            Some((inside, length)) => self.hide(start..start + length, Some(inside)),
            None => {
                self.document.mark(lines.clone(), VERBATIM);
                self.notes.add(
                    lines.start,
                    NoteKind::Unclosed,
                    "The comment that starts here has no end, so what follows stays in this place, unread.",
                );
            }
        }
    }

    fn check_fence(&mut self, lines: &Range<usize>) {
        let text = self.document.text;
        let open = text.line(lines.start).trim_start();
        let mark = open.chars().next().unwrap_or('`');
        let length = open.chars().take_while(|&c| c == mark).count();
        let last = text.line(lines.end.saturating_sub(1)).trim();
        let closed = lines.len() > 1 && last.chars().all(|c| c == mark) && last.len() >= length;
        if !closed {
            self.notes.add(
                lines.start,
                NoteKind::Unclosed,
                "The code block that starts here has no end, so everything after it is code.",
            );
        }
    }

    /// Splits a paragraph or HTML block at lines that are meant as headings of releases: `##1.2.3`, `##\u{a0}1.2.3`,
    /// `## 1.2.3` right below a tag. Hides lines that are only link targets.
    fn loose_headings(&mut self, kind: BlockKind, lines: Range<usize>) {
        let text = self.document.text;
        let mut from = lines.start;
        for line in lines.clone() {
            let written = text.line(line);
            if html::is_anchor(written) {
                let start = text.start(line);
                self.hide(start..start + written.len(), None);
            }
            let Some((level, words)) = loose_heading(written) else { continue };
            if from < line {
                self.push(BlockKind::Other, from..line);
            }
            let heading = Heading { level, text: words, link: None, link_inline: false };
            self.notes.add(line, NoteKind::LooseHeading, format!("{} is read as a heading.", quote(written)));
            self.push(BlockKind::Heading(heading), line..line + 1);
            from = line + 1;
        }
        if from == lines.start {
            self.push(kind, lines);
        } else if from < lines.end {
            self.push(BlockKind::Other, from..lines.end);
        }
    }

    /// Lists the definitions, resolves who uses them and marks their lines.
    fn definitions(&mut self, events: &OffsetIter<'_>) {
        let text = self.document.text;
        let known = events.reference_definitions();
        let mut spans: Vec<_> = known.iter().collect();
        spans.sort_by_key(|(_, definition)| definition.span.start);
        let mut by_start = HashMap::new();
        for (label, definition) in spans {
            by_start.insert(definition.span.start, self.document.definitions.len());
            self.document.by_label.insert(label.to_lowercase(), self.document.definitions.len());
            let lines = self.lines(&definition.span);
            // One inside a list or quote stays where it is.
            let nested = self.document.flag(lines.start) & COVERED != 0;
            self.document.definitions.push(Definition {
                label: label.to_owned(),
                address: definition.dest.to_string(),
                source: text.body.get(definition.span.clone()).unwrap_or_default().trim().to_owned(),
                line: lines.start,
            });
            if !nested {
                self.document.mark(lines, DEFINITION);
            }
        }
        for (line, label) in std::mem::take(&mut self.labels) {
            let found = known.get(&label).and_then(|definition| by_start.get(&definition.span.start));
            self.document.references.extend(found.map(|&definition| (line, definition)));
        }
        self.document.references.sort_unstable();
        self.repeated_definitions();
    }

    /// A definition of a label that has one already is in no block and in no list; the first one counts.
    fn repeated_definitions(&mut self) {
        let text = self.document.text;
        for line in 0..text.lines() {
            let written = text.line(line).trim_start();
            if self.document.flag(line) & (COVERED | DEFINITION) == 0
                && let Some((label, _)) = written.strip_prefix('[').and_then(|rest| rest.split_once("]:"))
            {
                self.document.mark(line..line + 1, DEFINITION);
                let message = format!("The link {} is defined twice; the first definition counts.", quote(label));
                self.notes.add(line, NoteKind::UnusedDefinition, message);
            }
        }
    }
}

/// A line that Markdown does not regard as a heading although it clearly starts a release: its level and text.
fn loose_heading(line: &str) -> Option<(u8, String)> {
    let indented = line.trim_start_matches(' ');
    let words = indented.trim_start_matches('#');
    let level = indented.len() - words.len();
    if line.len() - indented.len() > 3 || !(1..=4).contains(&level) {
        return None;
    }
    let words = words.trim().trim_end_matches('#').trim_end();
    let head = headings::read(words).filter(|head| head.strength == Strength::Strong)?;
    // "#1.2" could be many things; "##1.2" and "#1.2.3" hardly.
    (level > 1 || head.parts >= 3).then(|| (u8::try_from(level).unwrap_or(4), words.to_owned()))
}
