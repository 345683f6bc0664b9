//! Random entries, always the same ones: a failure names the seed that repeats it.

use exporters::Item;
use importers::{parse_markdown, zip};
use model::exports::Format;

use crate::help::{Seen, With, export, item, markdown, read_csv, read_json, read_markdown};

const TITLES: &[&str] = &[
    "Faster",
    "search",
    " ",
    "*",
    "**",
    "_",
    "`",
    "``",
    "[",
    "]",
    "(x)",
    "<b>",
    "<",
    ">",
    "&amp;",
    "&",
    "#",
    "##",
    "- ",
    " - 2026-03-04",
    "1.2.3",
    "v2",
    "Unreleased",
    "\\",
    "\"",
    "'",
    "=1",
    ";",
    ":",
    "🎉",
    "مرحبا",
    "\u{202e}",
    "é",
    "~",
    "^1",
    "!",
    "|",
    "---",
    "tidings:",
    "<!-- tidings:h1 -->",
    "-->",
    "{x}",
    "[YANKED]",
    "Added",
    "日本語",
    "\u{a0}",
    "  ",
];

const TEXTS: &[&str] = &[
    "\n",
    "\n",
    "\n\n",
    "\n\n",
    " ",
    "    ",
    "\t",
    "Text",
    "more words",
    "# One",
    "## [9.9.9] - 2020-01-01",
    "## Added",
    "### Fixed",
    "###### Deep",
    "#",
    "##",
    "  ## x",
    "x\n===",
    "y\n---",
    "a\nb\n---",
    "---",
    "===",
    "***",
    "```",
    "```rust",
    "````",
    "~~~",
    "`code`",
    "**9.9.9**",
    "**Title** `tag`",
    "- item",
    "- ## [1.0.0]",
    "  - nested",
    "1. one",
    "> quote",
    "> ## x",
    "<!--",
    "-->",
    "<!-- note -->",
    "<!-- tidings:links -->",
    "<!-- tidings:",
    "<!-- tidings:changelog 1 -->",
    " <!-- tidings:h1 -->",
    "<!-- tidings::h6 -->",
    "<!-- tidings:section -->",
    "<div>",
    "</div>",
    "<pre>",
    "<script>",
    "<?",
    "?>",
    "<![CDATA[",
    "]]>",
    "| a | b |\n|---|---|",
    "[x]: https://example.com",
    "[x]",
    "[^1]",
    "[^1]: note",
    ":::",
    "::: tip\n",
    "🎉",
    "مرحبا",
    "\u{feff}",
    "\u{a0}",
    "\u{2028}",
    "\\",
    "\\#",
    "&lt;",
    "  \n",
    "\u{c}",
    "title: x",
    "'=1",
    "=1",
    ";",
    "\"",
    ",",
    "feat: x",
    "- Added x",
    "**Fixed:**",
    "$1",
    "[Unreleased]",
];

const TAGS: &[&str] = &[
    "Added",
    "Fixed",
    "added",
    "a;b",
    "`",
    "``x`",
    "= 1",
    "\\",
    "a b",
    "🎉",
    "[x]",
    "\"q\"",
    "Bug fixes",
    "--",
    ",",
    "**",
];

fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 33).unwrap()
}

fn some(state: &mut u64, pieces: &[&str], most: usize) -> String {
    (0..next(state) % (most + 1)).map(|_| pieces[next(state) % pieces.len()]).collect()
}

/// A line as the checks of the model leave it.
fn line(state: &mut u64, pieces: &[&str], fallback: &str) -> String {
    let text = some(state, pieces, 5).trim().to_owned();
    if text.is_empty() { fallback.to_owned() } else { text }
}

fn random(state: &mut u64) -> Item {
    let title = line(state, TITLES, "Untitled");
    let content = some(state, TEXTS, 14);
    let mut made = item(&title, &content).slug(&format!("s{}", next(state) % 9));
    if next(state).is_multiple_of(2) {
        let version = line(state, TITLES, "1.0.0");
        made = made.version(&version);
        if next(state).is_multiple_of(2) {
            made.entry.title = version;
        }
    }
    let mut tags: Vec<&str> = (0..next(state) % 4).map(|_| TAGS[next(state) % TAGS.len()]).collect();
    tags.sort_unstable();
    tags.dedup();
    made = made.tagged(&tags);
    if next(state).is_multiple_of(4) {
        made = made.draft();
    } else if next(state).is_multiple_of(2) {
        made = made.published("2025-12-31T23:59:59.999Z");
    }
    if next(state).is_multiple_of(5) {
        made.entry.external_id = Some(line(state, TITLES, "x"));
    }
    if next(state).is_multiple_of(3) {
        made = made.url("https://log.example.com/changelog/x");
    }
    made
}

fn several(seed: u64) -> Vec<Item> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    (0..1 + next(&mut state) % 4).map(|_| random(&mut state)).collect()
}

const RUNS: u64 = 6_000;

#[test]
fn random_entries_come_back_from_keep_a_changelog() {
    for seed in 0..RUNS {
        let items = several(seed);
        let file = markdown(&items);
        let expected: Vec<_> = items.iter().map(Seen::by_day).collect();
        assert_eq!(read_markdown(&file), expected, "seed {seed}\n{file}");
    }
}

#[test]
fn a_changelog_that_comes_back_is_written_in_the_same_way_again() {
    for seed in 0..RUNS / 4 {
        let items = several(seed);
        let file = markdown(&items);
        let again: Vec<Item> = parse_markdown(&file)
            .releases
            .into_iter()
            .zip(&items)
            .map(|(release, item)| {
                let mut item = item.clone();
                item.entry.title = release.title;
                item.entry.content = release.content;
                item.entry.version = release.version;
                item
            })
            .collect();
        assert_eq!(markdown(&again), file, "seed {seed}");
    }
}

#[test]
fn random_entries_come_back_from_json_csv_and_zip() {
    for seed in 0..RUNS / 4 {
        let items = several(seed);
        let expected: Vec<_> = items.iter().map(Seen::of).collect();
        let text = |format| String::from_utf8(export(format, &items)).unwrap();
        assert_eq!(read_json(&text(Format::Json)), expected, "seed {seed}");
        assert_eq!(read_csv(&text(Format::Csv)), expected, "seed {seed}");

        let parsed = zip::read(&export(Format::Zip, &items)).unwrap();
        let mut found: Vec<_> = parsed.releases.iter().map(Seen::release).collect();
        let mut expected = expected;
        let order = |seen: &Seen| format!("{seen:?}");
        found.sort_by_key(order);
        expected.sort_by_key(order);
        assert_eq!(found, expected, "seed {seed}");
        assert_eq!(parsed.notes, [], "seed {seed}");
    }
}

#[test]
fn a_file_with_any_line_ends_reads_the_same() {
    for seed in 0..RUNS / 10 {
        let items = several(seed);
        if items.iter().any(|item| item.entry.content.contains('\r')) {
            continue;
        }
        let file = markdown(&items);
        assert_eq!(parse_markdown(&file.replace('\n', "\r\n")).releases, parse_markdown(&file).releases, "seed {seed}");
    }
}
