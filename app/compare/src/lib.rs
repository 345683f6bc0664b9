//! What differs between two texts: in whole lines ([`parts`], [`count`]), row by row and word by word as a page shows it
//! ([`rows`]), who a text owes each of its lines to ([`carry`]), and two changes of one text put together ([`merge_pieces`]).
//! Pure functions, native and WebAssembly.
//!
//! The work is bounded by the size of the texts and by no clock, so that the same texts always compare alike. A stretch
//! that is too long to be compared counts as one change: more looks changed than is, and nothing is lost.

mod merge;
mod rows;
mod words;

use std::collections::HashMap;
use std::hash::Hash;

use similar::{Algorithm, DiffOp, capture_diff_slices};

pub use merge::{Pick, Piece, merge_pieces, merge_value, settle};
pub use rows::{Line, Row, rows};
pub use words::Span;

/// The longest stretch of differing lines that is compared, both texts together. The work grows with its square: a tenth
/// of a second at worst.
const MAX_LINES: usize = 8_000;

/// Items that match: index in the first list and in the second, rising in both.
fn matches<T: Eq + Hash>(a: &[T], b: &[T], most: usize) -> Vec<(usize, usize)> {
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let (middle_a, middle_b) = (&a[head..a.len() - tail], &b[head..b.len() - tail]);
    let mut found: Vec<(usize, usize)> = (0..head).map(|at| (at, at)).collect();
    if middle_a.len() + middle_b.len() <= most {
        found.extend(common(middle_a, middle_b).map(|(x, y)| (head + x, head + y)));
    }
    found.extend((0..tail).rev().map(|at| (a.len() - 1 - at, b.len() - 1 - at)));
    found
}

/// A longest common subsequence.
fn common<T: Eq + Hash>(a: &[T], b: &[T]) -> impl Iterator<Item = (usize, usize)> {
    // Numbers instead of texts: each text is looked at once, however often it is compared.
    let mut numbers: HashMap<&T, usize> = HashMap::new();
    let mut number = |item| {
        let next = numbers.len();
        *numbers.entry(item).or_insert(next)
    };
    let a: Vec<usize> = a.iter().map(&mut number).collect();
    let b: Vec<usize> = b.iter().map(&mut number).collect();
    let steps = if a.is_empty() || b.is_empty() { Vec::new() } else { capture_diff_slices(Algorithm::Myers, &a, &b) };
    steps.into_iter().flat_map(|step| {
        let (x, y, length) = match step {
            DiffOp::Equal { old_index, new_index, len } => (old_index, new_index, len),
            _ => (0, 0, 0),
        };
        (0..length).map(move |at| (x + at, y + at))
    })
}

/// Where lines stand in one of the texts only, or in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Same,
    Removed,
    Added,
}

/// Lines of one kind that follow each other, with their line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'t> {
    pub kind: Kind,
    pub text: &'t str,
}

/// One text turned into another. What was not added, put together, is the old text; what was not removed is the new one.
pub fn parts<'t>(old: &'t str, new: &'t str) -> Vec<Part<'t>> {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let (starts_a, starts_b) = (starts(&a), starts(&b));
    let mut parts = Vec::new();
    let mut push = |kind, text: &'t str| {
        if !text.is_empty() {
            parts.push(Part { kind, text });
        }
    };
    let pairs = matches(&a, &b, MAX_LINES);
    let (mut i, mut j) = (0, 0);
    let mut rest = pairs.as_slice();
    while let Some(&(x, y)) = rest.first() {
        push(Kind::Removed, &old[starts_a[i]..starts_a[x]]);
        push(Kind::Added, &new[starts_b[j]..starts_b[y]]);
        let run = rest.iter().enumerate().take_while(|(at, pair)| **pair == (x + at, y + at)).count();
        push(Kind::Same, &new[starts_b[y]..starts_b[y + run]]);
        (i, j) = (x + run, y + run);
        rest = &rest[run..];
    }
    push(Kind::Removed, &old[starts_a[i]..]);
    push(Kind::Added, &new[starts_b[j]..]);
    parts
}

/// The byte at which each line begins, and the one behind the last.
fn starts(lines: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut starts = Vec::with_capacity(lines.len() + 1);
    starts.push(at);
    for line in lines {
        at += line.len();
        starts.push(at);
    }
    starts
}

/// How many lines were added and how many removed. A line end at the very end makes no difference.
pub fn count(old: &str, new: &str) -> (usize, usize) {
    let (a, b): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let kept = matches(&a, &b, MAX_LINES).len();
    (b.len() - kept, a.len() - kept)
}

/// The owner of each line of a new text: lines that were there keep theirs, the others get `owner`.
pub fn carry<T: Clone>(old: &[&str], owners: &[T], new: &[&str], owner: &T) -> Vec<T> {
    let mut carried = vec![owner.clone(); new.len()];
    for (x, y) in matches(old, new, MAX_LINES) {
        if let (Some(from), Some(to)) = (owners.get(x), carried.get_mut(y)) {
            *to = from.clone();
        }
    }
    carried
}

#[cfg(test)]
mod tests;
