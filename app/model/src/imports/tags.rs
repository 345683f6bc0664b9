//! Names of tags that mean the same.

use crate::tags;

/// The most tags that one import can rename.
pub const MAX_MAPPED: usize = 500;

/// What tags of a file could be called, by the key of their name there.
const KNOWN: [(&str, &str); 26] = [
    ("bug", "fix"),
    ("bugfix", "fix"),
    ("bugs", "fix"),
    ("feature", "feat"),
    ("features", "feat"),
    ("enhancement", "feat"),
    ("enhancements", "feat"),
    ("improvement", "feat"),
    ("improvements", "feat"),
    ("documentation", "docs"),
    ("doc", "docs"),
    ("breaking", "breaking-change"),
    ("breaking changes", "breaking-change"),
    ("breaking-changes", "breaking-change"),
    ("performance", "perf"),
    ("optimization", "perf"),
    ("optimizations", "perf"),
    ("sec", "security"),
    ("maintenance", "chore"),
    ("housekeeping", "chore"),
    ("misc", "chore"),
    ("miscellaneous", "chore"),
    ("bug fixes", "fix"),
    ("fixed", "fix"),
    ("fixes", "fix"),
    ("added", "feat"),
];

/// Names that a tag of a file could have here, best first: a tag that exists under a similar name, and the short name
/// that is usual. Never the name itself.
pub fn suggestions(name: &str, existing: &[String]) -> Vec<String> {
    let key = tags::key(name);
    if existing.iter().any(|other| tags::key(other) == key) {
        return Vec::new();
    }
    let usual = KNOWN.iter().find(|(from, _)| *from == key).map(|(_, to)| *to);
    let same = |other: &&String| {
        let other = tags::key(other);
        usual == Some(other.as_str())
            || usual.is_some() && KNOWN.iter().any(|(from, to)| *from == other && Some(*to) == usual)
            || strip_plural(&other) == strip_plural(&key)
    };
    let mut found: Vec<String> = existing.iter().filter(same).cloned().collect();
    if let Some(usual) = usual
        && !found.iter().any(|name| tags::key(name) == usual)
    {
        found.push(usual.to_owned());
    }
    found
}

fn strip_plural(key: &str) -> &str {
    key.strip_suffix('s').unwrap_or(key)
}
