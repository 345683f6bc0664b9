//! What differs within a line, by words.

use serde::{Deserialize, Serialize};

use crate::matches;

/// The most words of two lines that are compared; longer ones differ as a whole.
const MAX_WORDS: usize = 2_000;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    pub text: String,
    /// Whether it stands in this line only.
    pub changed: bool,
}

impl Span {
    pub(crate) fn whole(text: &str) -> Vec<Span> {
        vec![Span { text: text.to_owned(), changed: false }]
    }
}

/// How much may still be compared. The comparisons of one text share it.
pub(crate) struct Budget(usize);

impl Budget {
    pub fn new() -> Self {
        Self(40_000_000)
    }

    fn allows(&mut self, words: usize) -> bool {
        let cost = words.saturating_mul(words);
        if words > MAX_WORDS || cost > self.0 {
            return false;
        }
        self.0 -= cost;
        true
    }
}

/// Two lines that stand in each other's place. Lines with little in common are not marked: every second word would be.
pub(crate) fn compare(old: &str, new: &str, budget: &mut Budget) -> (Vec<Span>, Vec<Span>) {
    let (a, b) = (split(old), split(new));
    if !budget.allows(a.len() + b.len()) {
        return (Span::whole(old), Span::whole(new));
    }
    let pairs = matches(&a, &b, MAX_WORDS);
    let weight = |words: &[&str]| words.iter().map(|word| word.trim().chars().count()).sum::<usize>();
    let shared: usize = pairs.iter().map(|(x, _)| weight(&a[*x..=*x])).sum();
    // Two fifths of the longer line.
    if shared * 5 < weight(&a).max(weight(&b)) * 2 {
        return (Span::whole(old), Span::whole(new));
    }
    let kept_a: Vec<usize> = pairs.iter().map(|(x, _)| *x).collect();
    let kept_b: Vec<usize> = pairs.iter().map(|(_, y)| *y).collect();
    (spans(&a, &kept_a), spans(&b, &kept_b))
}

/// Neighbours of one kind become one span; `kept` rises.
fn spans(words: &[&str], kept: &[usize]) -> Vec<Span> {
    let mut kept = kept.iter().copied().peekable();
    let mut spans: Vec<Span> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let changed = kept.next_if_eq(&at).is_none();
        match spans.last_mut() {
            Some(span) if span.changed == changed => span.text.push_str(word),
            _ => spans.push(Span { text: (*word).to_owned(), changed }),
        }
    }
    spans
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Class {
    Word,
    Space,
    /// Stands for itself: punctuation, and scripts that put no spaces between words.
    Single,
}

fn class(character: char) -> Class {
    match character {
        c if c.is_whitespace() => Class::Space,
        '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' => Class::Single,
        c if c.is_alphanumeric() || c == '_' => Class::Word,
        _ => Class::Single,
    }
}

fn split(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, character) in line.char_indices() {
        let class = class(character);
        if last.is_some_and(|last| last != class || class == Class::Single) {
            words.push(&line[start..at]);
            start = at;
        }
        last = Some(class);
    }
    if start < line.len() {
        words.push(&line[start..]);
    }
    words
}
