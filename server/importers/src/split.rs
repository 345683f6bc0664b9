//! Which headings start a release, and which lines belong to it.

use std::collections::HashSet;
use std::ops::Range;

use crate::changerawr::Lifts;
use crate::dates::DateFound;
use crate::document::{Block, BlockKind, Document, Heading};
use crate::headings::{self, Class, Head, Strength};
use crate::notes::{NoteKind, Notes, quote};
use crate::sections;

/// Deepest level a release heading may have.
const DEEPEST: u8 = 4;

#[derive(Debug, Default)]
pub(crate) struct Split {
    pub(crate) title: Option<String>,
    /// Lines that belong to no release, in order.
    pub(crate) loose: Vec<Range<usize>>,
    pub(crate) releases: Vec<Found>,
    /// Lines of headings that are already reported.
    pub(crate) reported: HashSet<usize>,
}

#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) head: Head,
    /// Text of the heading.
    pub(crate) heading: String,
    pub(crate) line: usize,
    pub(crate) link: Option<String>,
    pub(crate) link_inline: bool,
    /// Lines after the heading, up to the next release.
    pub(crate) body: Range<usize>,
    /// Date of a heading above that groups releases by day.
    pub(crate) group_date: Option<DateFound>,
}

/// Which headings are releases.
#[derive(Debug)]
struct Scheme {
    level: u8,
    named: bool,
    faint: bool,
    /// Every heading of the level is a release.
    forced: bool,
}

/// Splits the document; no releases when no heading and no line names one.
///
/// `level`: every heading of this level is one, whatever it says.
pub(crate) fn split(document: &mut Document<'_>, lifts: Option<&Lifts>, level: Option<u8>, notes: &mut Notes) -> Split {
    let mut scheme = match level {
        Some(level) => Some(Scheme { level, named: true, faint: true, forced: true }),
        None => scheme(&heads(document)),
    };
    if scheme.is_none() && promote_lines(document) {
        scheme = Some(Scheme { level: 2, named: false, faint: false, forced: false });
    }
    let Some(scheme) = scheme else { return Split::default() };
    let mut splitter =
        Splitter { scheme, lifts, split: Split::default(), part: Part::Loose(0), group_date: None, headings: 0 };
    for block in &document.blocks {
        if let BlockKind::Heading(heading) = &block.kind {
            splitter.heading(block, heading, notes);
        }
    }
    splitter.close(document.text.lines());
    splitter.split
}

fn heads(document: &Document<'_>) -> Vec<(u8, Head)> {
    let headings = document.blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Heading(heading) => Some(heading),
        _ => None,
    });
    headings.filter_map(|heading| headings::read(&heading.text).map(|head| (heading.level, head))).collect()
}

/// The level with the clearest release headings wins; of equals the upper one. A doubtful name before
/// a version counts only where no heading starts with a version, so "Upgrading to 2.0" stays a section elsewhere.
fn scheme(heads: &[(u8, Head)]) -> Option<Scheme> {
    let clear = |head: &Head| head.class == Class::Version && head.strength > Strength::Faint;
    let named = !heads.iter().any(|(_, head)| clear(head));
    let score = |level: u8| -> usize {
        let of_level = heads.iter().filter(|(other, _)| *other == level);
        of_level
            .map(|(_, head)| match (head.class, head.strength) {
                (Class::Version | Class::Unreleased, Strength::Strong) => 6,
                (Class::Version, Strength::Fair) => 4,
                (Class::Named, Strength::Strong) => 5,
                (Class::Named, _) if named => 3,
                (Class::Date, _) => 2,
                (Class::Named, _) => 0,
                _ => 1,
            })
            .sum()
    };
    let level = (1..=DEEPEST).rev().max_by_key(|&level| score(level)).filter(|&level| score(level) > 0)?;
    let faint = !heads.iter().any(|(other, head)| *other == level && clear(head));
    Some(Scheme { level, named, faint, forced: false })
}

/// Turns lines of plain text that clearly name a version into headings: `Version 1.2.3 – title`, `**1.2.3**`.
/// Returns whether there was one.
fn promote_lines(document: &mut Document<'_>) -> bool {
    let read = |block: &Block| {
        let line = document.text.line(block.lines.start);
        let head = matches!(block.kind, BlockKind::Paragraph).then(|| headings::read(line)).flatten()?;
        (head.strength == Strength::Strong && matches!(head.class, Class::Version | Class::Unreleased))
            .then(|| (head.class, line.trim().trim_matches(['*', '_']).trim().to_owned()))
    };
    let found: Vec<Option<(Class, String)>> = document.blocks.iter().map(read).collect();
    if !found.iter().flatten().any(|(class, _)| *class == Class::Version) {
        return false;
    }
    let mut blocks = Vec::with_capacity(document.blocks.len());
    for (block, found) in std::mem::take(&mut document.blocks).into_iter().zip(found) {
        let Some((_, text)) = found else {
            blocks.push(block);
            continue;
        };
        let Range { start, end } = block.lines;
        let heading = Heading { level: 2, text, link: None, link_inline: false };
        blocks.push(Block { kind: BlockKind::Heading(heading), lines: start..start + 1 });
        if start + 1 < end {
            blocks.push(Block { kind: BlockKind::Paragraph, lines: start + 1..end });
        }
    }
    document.blocks = blocks;
    true
}

/// Where the lines being read belong.
#[derive(Debug)]
enum Part {
    /// To no release, from this line.
    Loose(usize),
    /// To the last release.
    Release,
}

struct Splitter<'l> {
    scheme: Scheme,
    lifts: Option<&'l Lifts>,
    split: Split,
    part: Part,
    group_date: Option<DateFound>,
    headings: usize,
}

impl Splitter<'_> {
    fn heading(&mut self, block: &Block, heading: &Heading, notes: &mut Notes) {
        self.headings += 1;
        let mut head = headings::read(&heading.text);
        if self.scheme.forced && heading.level == self.scheme.level && !heading.text.trim().is_empty() {
            head = head.or_else(|| Some(Head::titled(&heading.text)));
        }
        if let Some(head) = head.as_ref().filter(|head| self.accepts(head, heading.level, block.lines.start)) {
            self.close(block.lines.start);
            self.part = Part::Release;
            self.split.releases.push(Found {
                head: head.clone(),
                heading: heading.text.clone(),
                line: block.lines.start,
                link: heading.link.clone(),
                link_inline: heading.link_inline,
                body: block.lines.end..block.lines.end,
                group_date: self.group_date.clone(),
            });
            return;
        }
        let above = heading.level < self.scheme.level;
        match (&self.part, above) {
            (Part::Loose(from), _) => {
                if self.headings == 1
                    && heading.level <= self.scheme.level
                    && head.as_ref().is_none_or(|head| head.class == Class::Named)
                {
                    let from = *from;
                    self.loose(from..block.lines.start);
                    self.part = Part::Loose(block.lines.end);
                    self.split.title = Some(heading.text.trim().to_owned());
                } else if above {
                    self.group(block, head);
                }
            }
            (Part::Release, true) if self.lifts.is_none() && !sections::is_known(&heading.text) => {
                self.close(block.lines.start);
                self.part = Part::Loose(block.lines.start);
                if !self.group(block, head) {
                    let message = format!(
                        "The heading {} stands above the releases; what follows it up to the next release belongs to none of them.",
                        quote(&heading.text)
                    );
                    notes.add(block.lines.start, NoteKind::OutsideRelease, message);
                }
            }
            (Part::Release, _) => {
                if heading.level == self.scheme.level && self.lifts.is_none() && !sections::is_known(&heading.text) {
                    let message = format!(
                        "The heading {} names no version, so it stays inside the release above it.",
                        quote(&heading.text)
                    );
                    notes.add(block.lines.start, NoteKind::UnknownHeading, message);
                    self.split.reported.insert(block.lines.start);
                }
            }
        }
    }

    /// A heading above the releases that is a date gives its date to the releases below it.
    fn group(&mut self, block: &Block, head: Option<Head>) -> bool {
        let date = head.filter(|head| head.class == Class::Date && head.strength == Strength::Strong);
        let is_date = date.is_some();
        self.group_date = date.and_then(|head| head.date);
        if let (true, Part::Loose(from)) = (is_date, &self.part) {
            let from = *from;
            self.loose(from..block.lines.start);
            self.part = Part::Loose(block.lines.end);
        }
        is_date
    }

    fn accepts(&self, head: &Head, level: u8, line: usize) -> bool {
        let strong = head.strength == Strength::Strong;
        if self.scheme.forced {
            return level == self.scheme.level;
        }
        if let Some(lifts) = self.lifts {
            return level == self.scheme.level
                && (head.class == Class::Unreleased
                    || head.class == Class::Version && (strong || lifts.of(line).is_some()));
        }
        if level == self.scheme.level {
            return match head.class {
                Class::Version => head.strength > Strength::Faint || self.scheme.faint,
                Class::Named => strong || self.scheme.named,
                Class::Unreleased | Class::Date => true,
            };
        }
        let open = match self.part {
            Part::Release => self.split.releases.last().and_then(|release| release.head.version.as_ref()),
            Part::Loose(_) => None,
        };
        let repeats = level > self.scheme.level && open.is_some() && open == head.version.as_ref();
        level <= DEEPEST
            && strong
            && !repeats
            && match head.class {
                Class::Version => head.parts >= 3 || head.bracketed,
                Class::Unreleased => true,
                Class::Date | Class::Named => false,
            }
    }

    /// Ends the current part before `line`.
    fn close(&mut self, line: usize) {
        match self.part {
            Part::Loose(from) => self.loose(from..line),
            Part::Release => {
                if let Some(release) = self.split.releases.last_mut() {
                    release.body.end = line;
                }
            }
        }
    }

    fn loose(&mut self, lines: Range<usize>) {
        if !lines.is_empty() {
            self.split.loose.push(lines);
        }
    }
}
