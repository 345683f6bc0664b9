//! Alert blocks: lines `:::type Title` and `:::` around any Markdown.
//!
//! The parser does not know them, and a text split at the markers would lose what reaches across: link definitions,
//! footnotes, numbering. So each marker line is replaced by an HTML comment between blank lines, which ends every open
//! block as a marker should and arrives as an event with a known offset. A marker inside code arrives as no such event,
//! and that is how it is told apart. Nearly always every marker has its pair and none is code: then the text is parsed
//! once, like one without markers. Otherwise one trial parse with all candidates shows which are alive, the living ones
//! are paired, and only the pairs are replaced.

use std::borrow::Cow;

use pulldown_cmark::{BlockQuoteKind, Event, Parser, Tag};

use crate::source::dialect;

/// Stands for a marker line. The blank line before it ends a raw HTML block.
const STAND_IN: &str = "<!-- -->";

/// Most colons that a marker may have; more are text.
const MAX_COLONS: usize = 64;

/// A text ready for the parser, and what its stand-ins mean.
pub(crate) struct Document<'a> {
    pub(crate) text: Cow<'a, str>,
    /// Byte offsets of stand-ins in `text`, ascending.
    markers: Vec<(usize, Marker<'a>)>,
}

impl<'a> Document<'a> {
    /// The number of stand-ins.
    pub(crate) fn markers(&self) -> usize {
        self.markers.len()
    }

    /// The marker whose stand-in begins at this offset.
    pub(crate) fn marker(&self, offset: usize) -> Option<Marker<'a>> {
        let index = self.markers.binary_search_by_key(&offset, |&(at, _)| at).ok()?;
        Some(self.markers[index].1)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker<'a> {
    Open { word: &'a str, title: &'a str },
    Close,
}

/// How an alert looks and what it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look<'a> {
    pub(crate) open: &'static str,
    pub(crate) title: &'a str,
}

/// The look of `:::word Title`. An unknown word looks like `info` and is its own title.
pub(crate) fn look<'a>(word: &'a str, title: &'a str) -> Look<'a> {
    const KINDS: [(&str, &str, &str); 8] = [
        ("info", "Info", "<div class=\"alert alert-info\" role=\"note\">\n"),
        ("note", "Note", "<div class=\"alert alert-note\" role=\"note\">\n"),
        ("tip", "Tip", "<div class=\"alert alert-tip\" role=\"note\">\n"),
        ("success", "Success", "<div class=\"alert alert-success\" role=\"note\">\n"),
        ("warning", "Warning", "<div class=\"alert alert-warning\" role=\"note\">\n"),
        ("error", "Error", "<div class=\"alert alert-error\" role=\"alert\">\n"),
        ("important", "Important", "<div class=\"alert alert-important\" role=\"note\">\n"),
        ("caution", "Caution", "<div class=\"alert alert-caution\" role=\"note\">\n"),
    ];
    let kind = KINDS.iter().find(|(name, ..)| name.eq_ignore_ascii_case(word));
    let (name, open) = kind.map_or((word, KINDS[0].2), |&(_, name, open)| (name, open));
    Look { open, title: if title.is_empty() { name } else { title } }
}

/// The look of `> [!NOTE]` and its siblings.
pub(crate) fn quote_look(kind: BlockQuoteKind) -> Look<'static> {
    let word = match kind {
        BlockQuoteKind::Note => "note",
        BlockQuoteKind::Tip => "tip",
        BlockQuoteKind::Important => "important",
        BlockQuoteKind::Warning => "warning",
        BlockQuoteKind::Caution => "caution",
    };
    look(word, "")
}

/// The text as it is to be parsed if each line that looks like a marker is one; `None` if not all have their pair. It
/// holds if the parser sees as many stand-ins as there are markers. Lines must end in line feeds.
pub(crate) fn presume(source: &str) -> Option<Document<'_>> {
    let lines = candidates(source);
    if lines.is_empty() {
        return Some(Document { text: Cow::Borrowed(source), markers: Vec::new() });
    }
    (!pair(&lines, |_| true).contains(&false)).then(|| replace(source, lines.iter()))
}

/// Finds the alert blocks of a text whose lines end in line feeds.
pub(crate) fn prepare(source: &str) -> Document<'_> {
    let lines = candidates(source);
    let all = pair(&lines, |_| true);
    if !all.contains(&true) {
        return Document { text: Cow::Borrowed(source), markers: Vec::new() };
    }
    let trial = replace(source, lines.iter());
    let alive = stand_ins_seen(&trial.text);
    let paired = pair(&lines, |index| alive.binary_search(&trial.markers[index].0).is_ok());
    if !paired.contains(&false) {
        return trial;
    }
    replace(source, lines.iter().zip(paired).filter(|(_, paired)| *paired).map(|(line, _)| line))
}

/// A line that may be a marker.
struct Line<'a> {
    start: usize,
    end: usize,
    colons: usize,
    marker: Marker<'a>,
}

fn candidates(source: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        let end = start + line.len();
        if line.starts_with(":::")
            && let Some((colons, marker)) = marker(line)
        {
            lines.push(Line { start, end, colons, marker });
        }
        start = end;
    }
    lines
}

fn marker(line: &str) -> Option<(usize, Marker<'_>)> {
    let rest = line.trim_start_matches(':');
    let colons = line.len() - rest.len();
    if colons > MAX_COLONS {
        return None;
    }
    let rest = rest.trim();
    if rest.is_empty() {
        return Some((colons, Marker::Close));
    }
    let (word, title) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let is_word = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    is_word.then_some((colons, Marker::Open { word, title: title.trim_start() }))
}

/// Tells for each line whether it is alive and opens or closes an alert. A closing line belongs to the nearest open one with as many
/// colons; what was opened in between and not closed stays text.
fn pair(lines: &[Line<'_>], alive: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut paired = vec![false; lines.len()];
    let mut open: Vec<usize> = Vec::new();
    // How many of `open` have each number of colons: without it, closing lines that fit nothing would cost a search.
    let mut waiting = [0_usize; MAX_COLONS + 1];
    for (index, line) in lines.iter().enumerate().filter(|&(index, _)| alive(index)) {
        if line.marker != Marker::Close {
            open.push(index);
            waiting[line.colons] += 1;
        } else if waiting[line.colons] > 0 {
            while let Some(opener) = open.pop() {
                waiting[lines[opener].colons] -= 1;
                if lines[opener].colons == line.colons {
                    paired[opener] = true;
                    paired[index] = true;
                    break;
                }
            }
        }
    }
    paired
}

fn replace<'s: 'l, 'l>(source: &'s str, lines: impl Iterator<Item = &'l Line<'s>>) -> Document<'s> {
    let mut text = String::with_capacity(source.len() + 256);
    let mut markers = Vec::new();
    let mut copied = 0;
    for line in lines {
        text.push_str(&source[copied..line.start]);
        text.push('\n');
        markers.push((text.len(), line.marker));
        text.push_str(STAND_IN);
        text.push('\n');
        copied = line.end;
    }
    text.push_str(&source[copied..]);
    Document { text: Cow::Owned(text), markers }
}

/// Offsets of the HTML blocks that stand in no other block, ascending.
fn stand_ins_seen(text: &str) -> Vec<usize> {
    let mut seen = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, dialect()).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                if depth == 0 && tag == Tag::HtmlBlock {
                    seen.push(range.start);
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    seen
}
