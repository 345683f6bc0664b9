//! Two texts row by row, as a page shows them side by side or one in the other.

use serde::{Deserialize, Serialize};

use crate::words::{self, Budget, Span};
use crate::{MAX_LINES, matches};

/// A line of one of the texts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Counts from 1; 0 for what is no line of the text.
    pub number: usize,
    pub spans: Vec<Span>,
}

impl Line {
    /// A text that stands in no line, such as a title.
    pub fn aside(text: &str) -> Self {
        Self { number: 0, spans: Span::whole(text) }
    }

    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// One row of two texts side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Row {
    /// The line is in both, as the lines with these numbers.
    Same { left: usize, right: usize, text: String },
    /// Lines that differ; `None` where one text has nothing.
    Changed { left: Option<Line>, right: Option<Line> },
    /// That many equal lines, left out.
    Skipped(usize),
}

/// Two texts side by side, with `context` equal lines around each change; `usize::MAX` leaves nothing out.
pub fn rows(left: &str, right: &str, context: usize) -> Vec<Row> {
    let (a, b): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let mut rows = Vec::new();
    let mut budget = Budget::new();
    let (mut i, mut j) = (0, 0);
    for (x, y) in matches(&a, &b, MAX_LINES) {
        change(&mut rows, (i, &a[i..x]), (j, &b[j..y]), &mut budget);
        rows.push(Row::Same { left: x + 1, right: y + 1, text: a[x].to_owned() });
        (i, j) = (x + 1, y + 1);
    }
    change(&mut rows, (i, &a[i..]), (j, &b[j..]), &mut budget);
    if context == usize::MAX { rows } else { fold(rows, context) }
}

/// Lines that stand in each other's place, with where each begins.
fn change(rows: &mut Vec<Row>, (from_a, a): (usize, &[&str]), (from_b, b): (usize, &[&str]), budget: &mut Budget) {
    for at in 0..a.len().max(b.len()) {
        let line = |from: usize, spans| Some(Line { number: from + at + 1, spans });
        rows.push(match (a.get(at), b.get(at)) {
            (Some(old), Some(new)) => {
                let (old, new) = words::compare(old, new, budget);
                Row::Changed { left: line(from_a, old), right: line(from_b, new) }
            }
            (old, new) => Row::Changed {
                left: old.and_then(|old| line(from_a, Span::whole(old))),
                right: new.and_then(|new| line(from_b, Span::whole(new))),
            },
        });
    }
}

/// Leaves out long runs of equal lines.
fn fold(rows: Vec<Row>, context: usize) -> Vec<Row> {
    let is_same: Vec<bool> = rows.iter().map(|row| matches!(row, Row::Same { .. })).collect();
    let near = |at: usize| {
        let from = at.saturating_sub(context);
        let to = at.saturating_add(context).saturating_add(1).min(is_same.len());
        is_same[from..to].iter().any(|same| !same)
    };
    let mut folded: Vec<Row> = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        if is_same[at] && !near(at) {
            match folded.last_mut() {
                Some(Row::Skipped(count)) => *count += 1,
                _ => folded.push(Row::Skipped(1)),
            }
        } else {
            folded.push(row);
        }
    }
    folded
}
