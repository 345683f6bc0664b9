//! Searching the entries of all projects: what a query asks for, and what a result shows of a text.

use std::collections::HashSet;

/// The longest query, in characters.
pub const MAX_QUERY: usize = 200;
/// A shorter query finds nothing.
pub const MIN_QUERY: usize = 2;
/// The longest part of a text that a result shows, in characters.
pub const SNIPPET: usize = 150;
/// How much of a text stands before what was found, in characters.
const LEAD: usize = 40;
const DOTS: char = '…';

/// The words of a query, in lower case, each once.
pub fn words(query: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    query.split_whitespace().map(str::to_lowercase).filter(|word| seen.insert(word.clone())).collect()
}

/// At most [`SNIPPET`] characters of a line of plain text: around the first place where it has the whole query, else the
/// first of its words; the beginning where it has neither.
pub fn snippet(text: &str, query: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    if characters.len() <= SNIPPET {
        return text.to_owned();
    }
    // One character for each, so that a place in the one is the same place in the other.
    let lower: Vec<char> = characters.iter().map(|&c| lower(c)).collect();
    let whole = std::iter::once(query.trim().to_owned());
    let hit = whole.chain(words(query)).find_map(|wanted| find(&lower, &wanted)).unwrap_or(0);

    let room = SNIPPET - 2;
    let mut start = hit.saturating_sub(LEAD).min(characters.len() - room);
    if start > 0 {
        // From the beginning of a word, but never beyond what was found.
        let begun = hit.min(characters.len());
        start = (start..begun).find(|&at| characters[at - 1].is_whitespace()).unwrap_or(start);
    }
    let mut end = (start + room).min(characters.len());
    if end < characters.len() {
        let keep = start + room * 4 / 5;
        end = (keep..=end).rev().find(|&at| characters[at].is_whitespace()).unwrap_or(end);
    }
    let shown = characters[start..end].iter().collect::<String>();
    let before = if start > 0 { Some(DOTS) } else { None };
    let after = if end < characters.len() { Some(DOTS) } else { None };
    before.into_iter().chain(shown.trim().chars()).chain(after).collect()
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn find(text: &[char], wanted: &str) -> Option<usize> {
    let wanted: Vec<char> = wanted.chars().map(lower).collect();
    if wanted.is_empty() {
        return None;
    }
    text.windows(wanted.len()).position(|window| window == wanted)
}
