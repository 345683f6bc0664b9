//! Sections of a release: which names are kinds of change, and the tags they give.

use std::collections::HashSet;
use std::ops::Range;

use crate::MAX_TAG_CHARS;
use crate::document::{BlockKind, Document};
use crate::plain::{squeeze, without_ornaments};

/// Names of sections that say what kind of change they list, in lower case and without emoji.
const KNOWN: [&str; 112] = [
    "a11y",
    "accessibility",
    "added",
    "additions",
    "api",
    "api changes",
    "backward incompatible changes",
    "backwards incompatible changes",
    "breaking",
    "breaking change",
    "breaking changes",
    "bug",
    "bug fix",
    "bug fixes",
    "bugfix",
    "bugfixes",
    "bugs",
    "bugs fixed",
    "build",
    "build system",
    "builds",
    "changed",
    "changes",
    "chore",
    "chores",
    "ci",
    "ci/cd",
    "cleanup",
    "code refactoring",
    "configuration",
    "continuous integration",
    "dependencies",
    "dependency updates",
    "deprecated",
    "deprecation",
    "deprecations",
    "dev",
    "developer experience",
    "development",
    "doc",
    "docs",
    "documentation",
    "enhancement",
    "enhancements",
    "experimental",
    "feat",
    "feature",
    "features",
    "fix",
    "fixed",
    "fixed bugs",
    "fixes",
    "general",
    "housekeeping",
    "highlights",
    "hotfix",
    "hotfixes",
    "important",
    "improved",
    "improvement",
    "improvements",
    "infrastructure",
    "internal",
    "internal changes",
    "internals",
    "known issues",
    "localization",
    "maintenance",
    "migration",
    "minor changes",
    "major changes",
    "patch changes",
    "misc",
    "miscellaneous",
    "miscellaneous chores",
    "miscellaneous tasks",
    "new",
    "new features",
    "optimizations",
    "other",
    "other changes",
    "packaging",
    "perf",
    "performance",
    "performance improvements",
    "refactor",
    "refactored",
    "refactoring",
    "refactors",
    "removals",
    "removed",
    "revert",
    "reverted",
    "reverts",
    "security",
    "security fixes",
    "style",
    "styles",
    "styling",
    "test",
    "testing",
    "tests",
    "tooling",
    "translations",
    "ui",
    "ux",
    "ui/ux",
    "updated",
    "updates",
    "upgrade notes",
    "what's changed",
    "work in progress",
];

/// Types of Conventional Commits and the sections they belong to.
const COMMIT_TYPES: [(&str, &str); 18] = [
    ("feat", "Features"),
    ("feature", "Features"),
    ("fix", "Bug Fixes"),
    ("bugfix", "Bug Fixes"),
    ("docs", "Documentation"),
    ("doc", "Documentation"),
    ("style", "Style"),
    ("refactor", "Refactoring"),
    ("test", "Tests"),
    ("tests", "Tests"),
    ("chore", "Chores"),
    ("perf", "Performance"),
    ("ci", "CI/CD"),
    ("build", "Build"),
    ("deps", "Dependencies"),
    ("revert", "Reverts"),
    ("wip", "Work in Progress"),
    ("security", "Security"),
];

/// First words of list items, and the sections of Keep a Changelog they stand for.
const LEADING_WORDS: [(&str, &str); 11] = [
    ("added", "Added"),
    ("changed", "Changed"),
    ("updated", "Changed"),
    ("improved", "Changed"),
    ("bumped", "Changed"),
    ("deprecated", "Deprecated"),
    ("removed", "Removed"),
    ("fixed", "Fixed"),
    ("bugfix", "Fixed"),
    ("security", "Security"),
    ("breaking", "Breaking"),
];

#[derive(Debug, Default)]
pub(crate) struct Sections {
    /// As written, in order of appearance, unique without regard to case.
    pub(crate) tags: Vec<String>,
    /// Line and text of headings that are no kind of change.
    pub(crate) unknown: Vec<(usize, String)>,
}

/// Tags of a release: from its section headings; without any, from its Conventional Commits; without those, from the
/// first words of its list items.
pub(crate) fn read(document: &Document<'_>, lines: &Range<usize>) -> Sections {
    let mut sections = Sections::default();
    let mut tags = Tags::default();
    for block in document.blocks_in(lines) {
        match &block.kind {
            BlockKind::Heading(heading) => {
                let names = known(&heading.text);
                if names.is_empty() {
                    sections.unknown.push((block.lines.start, heading.text.clone()));
                }
                tags.extend(names);
            }
            BlockKind::Paragraph => {
                tags.extend(label(document.text.line(block.lines.start)).map(known).unwrap_or_default())
            }
            _ => {}
        }
    }
    for find in [commit_type, leading_word] {
        if tags.list.is_empty() {
            let items = lines
                .clone()
                .filter(|&line| !document.is_verbatim(line))
                .filter_map(|line| item(document.text.line(line)));
            items.for_each(|item| tags.extend(find(item)));
        }
    }
    sections.tags = tags.list;
    sections
}

/// Whether a heading names one or more kinds of change.
pub(crate) fn is_known(heading: &str) -> bool {
    !known(heading).is_empty()
}

/// The kinds of change a heading names, as written: "🐛 Bug Fixes & Docs" gives "Bug Fixes" and "Docs".
fn known(heading: &str) -> Vec<String> {
    if heading.len() > 200 {
        return Vec::new();
    }
    let name = squeeze(heading);
    let name = without_ornaments(&name).trim_matches(['*', '_', '[', ']', ' ']);
    let name = without_ornaments(name.trim_end_matches([':', '.', '!']));
    if is_listed(name) {
        return vec![name.to_owned()];
    }
    let parts: Vec<String> = name
        .split(['&', ',', '/', '+'])
        .flat_map(|part| part.split(" and "))
        .map(|part| without_ornaments(part).to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.iter().all(|part| is_listed(part)) { parts } else { Vec::new() }
}

fn is_listed(name: &str) -> bool {
    let lower = name.to_lowercase().replace('’', "'");
    name.chars().count() <= MAX_TAG_CHARS && KNOWN.contains(&lower.as_str())
}

/// The text of a line that serves as a heading: `**Features**`, `__Fixed:__`, `Bug fixes:`.
fn label(line: &str) -> Option<&str> {
    let line = line.trim();
    let bare = line.trim_end_matches(':');
    for mark in ["**", "__"] {
        if let Some(inside) = bare.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)) {
            return (!inside.contains(mark)).then_some(inside);
        }
    }
    (bare.len() < line.len()).then_some(bare)
}

/// The text of a list item's first line.
fn item(line: &str) -> Option<&str> {
    let rest = line.trim_start();
    if line.len() - rest.len() > 3 {
        return None;
    }
    rest.strip_prefix(['-', '*', '+']).filter(|rest| rest.starts_with([' ', '\t'])).map(str::trim_start)
}

/// `feat(scope)!: text`, also in bold.
fn commit_type(item: &str) -> Vec<String> {
    let item = item.trim_start_matches('*');
    let word = item.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    let Some((_, section)) = COMMIT_TYPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) else {
        return Vec::new();
    };
    let rest = item.get(word.len()..).unwrap_or_default();
    let rest = match rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((scope, after)) if scope.len() <= 80 => after,
        _ => rest,
    };
    let (breaking, rest) = rest.strip_prefix('!').map_or((false, rest), |rest| (true, rest));
    if !rest.starts_with(':') {
        return Vec::new();
    }
    let mut sections = vec![(*section).to_owned()];
    if breaking {
        sections.push("Breaking Changes".to_owned());
    }
    sections
}

/// `Added …`, `[Fixed] …`, `**Removed:** …`.
fn leading_word(item: &str) -> Vec<String> {
    let word =
        item.trim_start_matches(['*', '[', '_']).split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
    LEADING_WORDS
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(word))
        .map(|(_, section)| (*section).to_owned())
        .collect()
}

#[derive(Debug, Default)]
struct Tags {
    list: Vec<String>,
    seen: HashSet<String>,
}

impl Tags {
    fn extend(&mut self, names: Vec<String>) {
        for name in names {
            if self.seen.insert(name.to_lowercase()) {
                self.list.push(name);
            }
        }
    }
}
