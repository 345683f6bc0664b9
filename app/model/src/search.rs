//! Searching the entries of all projects: what a query asks for, and what a result shows of a text.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, ProjectId, UserId};
use crate::projects::Project;
use crate::time::Timestamp;

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

/// The runs of letters and digits in a text, as the index takes words apart.
pub fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !belongs(c)).filter(|piece| !piece.is_empty())
}

/// Letters, digits, and the marks that are written above or below a letter.
fn belongs(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c)
}

/// Whether a word is of a script that is written without spaces: what the index takes for a word there is half a
/// sentence.
pub fn runs_on(word: &str) -> bool {
    word.chars().any(|c| {
        matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
    })
}

/// The lengths of words that are kept to find parts of words and mistyped ones, in characters. In other scripts than the
/// Latin one, short words mean as much as long ones.
const SHORTEST: usize = 3;
const LONGEST: usize = 64;

/// The words of a lower-case text that are worth keeping: no numbers, nothing very short or very long.
pub fn vocabulary(text: &str) -> BTreeSet<&str> {
    let is_kept = |piece: &&str| {
        let length = piece.chars().count();
        let is_short = piece.is_ascii() && length < SHORTEST;
        !is_short && length <= LONGEST && !piece.bytes().all(|b| b.is_ascii_digit())
    };
    pieces(text).filter(is_kept).collect()
}

/// How many letters may be wrong in a word for it to be taken for another: none in a short one.
pub fn tolerance(word: &str) -> usize {
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

/// A word of a query that nothing has, and what was looked for in its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instead {
    pub word: String,
    pub read_as: Vec<String>,
}

/// A part of a text that a result shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub text: String,
    /// Whether this is what was looked for.
    pub is_hit: bool,
}

/// An entry that a search found, as the dashboard shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundEntry {
    pub id: EntryId,
    pub project: ProjectId,
    pub project_name: String,
    pub title: Vec<Part>,
    /// At most [`SNIPPET`] characters of its text, around what was found.
    pub snippet: Vec<Part>,
    pub version: Option<String>,
    pub published_at: Option<Timestamp>,
    /// Whether readers see it.
    pub is_published: bool,
}

impl FoundEntry {
    pub fn plain_title(&self) -> String {
        self.title.iter().map(|part| part.text.as_str()).collect()
    }
}

/// A project, by what it is recognised by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundProject {
    pub id: ProjectId,
    pub name: String,
    pub icon: Option<String>,
    pub color: Option<String>,
}

impl From<Project> for FoundProject {
    fn from(project: Project) -> Self {
        Self { id: project.id, name: project.name, icon: project.icon, color: project.color }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundTag {
    pub name: String,
    pub color: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPerson {
    pub id: UserId,
    pub name: String,
    pub email: String,
}

/// What a search of everything found, as far as the searcher may see it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Everything {
    /// One page of them.
    pub entries: Vec<FoundEntry>,
    /// How many there are on all pages.
    pub total: i64,
    pub instead: Vec<Instead>,
    pub projects: Vec<FoundProject>,
    pub tags: Vec<FoundTag>,
    /// For administrators only.
    pub people: Vec<FoundPerson>,
}

/// An entry somebody wrote on last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct RecentEntry {
    pub id: EntryId,
    pub project_id: ProjectId,
    pub project_name: String,
    pub title: String,
}

/// A text in parts, so that the places with one of the words (in lower case) can be marked.
pub fn parts(text: &str, words: &[String]) -> Vec<Part> {
    let characters: Vec<char> = text.chars().collect();
    let lowered: Vec<char> = characters.iter().map(|&c| lower(c)).collect();
    let mut is_hit = vec![false; characters.len()];
    for word in words {
        let word: Vec<char> = word.chars().map(lower).collect();
        if word.is_empty() {
            continue;
        }
        for (at, window) in lowered.windows(word.len()).enumerate() {
            if window == word {
                is_hit[at..at + word.len()].fill(true);
            }
        }
    }
    let mut parts: Vec<Part> = Vec::new();
    for (&c, &hit) in characters.iter().zip(&is_hit) {
        match parts.last_mut() {
            Some(part) if part.is_hit == hit => part.text.push(c),
            _ => parts.push(Part { text: c.to_string(), is_hit: hit }),
        }
    }
    parts
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
