use super::{notes, only_content, parse, summaries};
use crate::{NoteKind, parse_markdown};

#[test]
fn sections_start_at_level_two_and_keep_their_depth() {
    let table = [
        ("## 1.2.3\n\n### Added\n\n#### API\n\n- a", "## Added\n\n### API\n\n- a"),
        ("# 1.2.3\n\n## Added ##\n\n- a", "## Added\n\n- a"),
        ("## 1.2.3\n\n#### Added\n\n- a\n\n### Fixed\n\n- b", "### Added\n\n- a\n\n## Fixed\n\n- b"),
        ("# 1.2.3\n\nAdded\n-----\n\n- a", "## Added\n\n- a"),
        ("# 1.2.3\n\nA long\nname\n---\n\n- a", "## A long name\n\n- a"),
        ("## 1.2.3\n\n# Added\n\n## API\n\n- a", "## Added\n\n### API\n\n- a"),
        (
            "## 1.2.3\n\n- item\n\n  ### not a section\n\n#### Fixed\n\n- b",
            "- item\n\n  ### not a section\n\n## Fixed\n\n- b",
        ),
    ];
    for (text, expected) in table {
        assert_eq!(only_content(text), expected, "{text}");
    }
}

#[test]
fn code_is_never_a_heading_and_stays_as_it_is() {
    let table = [
        "```md\n## 1.2.2\n\n\n\n- text\n```",
        "~~~\n## 1.2.2\n~~~",
        "- item\n\n  ```\n  ## 1.2.2\n\n\n  x\n  ```",
        "Text\n\n    ## 1.2.2\n\n\n    x",
        "````\n```\n## 1.2.2\n```\n````",
        "> ## 1.2.2\n> quoted",
    ];
    for body in table {
        assert_eq!(only_content(&format!("## 1.2.3\n\n{body}\n")), body, "{body}");
    }
}

#[test]
fn an_open_code_block_is_reported() {
    let parsed = parse("## 1.2.3\n\n```\n## 1.2.2\n");
    assert_eq!(parsed.releases.len(), 1);
    assert_eq!(notes(&parsed), [(3, NoteKind::Unclosed)]);
}

#[test]
fn an_open_comment_is_text_and_is_reported() {
    let parsed = parse("## 1.2.3\n\n- a\n\n<!-- open\n## 1.2.2\n");
    assert_eq!(parsed.releases[0].content, "- a\n\n<!-- open\n## 1.2.2");
    assert_eq!(notes(&parsed), [(5, NoteKind::Unclosed)]);
}

#[test]
fn blank_lines_rules_at_the_edges_comments_and_link_targets_go() {
    let text = "## 1.2.3\n\n---\n\n- a <!-- why -->\n\n\n\n---\n\n<!-- one\ntwo -->\n- b\n\n---\n\n<a name=\"1.2.2\"></a>\n## 1.2.2\n\n- c\n<!-- end -->\n";
    let parsed = parse_markdown(text);
    assert_eq!(parsed.releases[0].content, "- a\n\n---\n\n- b");
    assert_eq!(parsed.releases[1].content, "- c");
    let hidden = NoteKind::Hidden;
    assert_eq!(notes(&parsed), [(5, hidden), (11, hidden), (17, hidden), (21, hidden)]);
}

#[test]
fn links_keep_working_in_every_release_that_uses_them() {
    let text = "# Changelog\n\nSee [site].\n\n## [2.0.0] - 2024-02-01\n\n- By [@ada] and [the site][SITE], not `[@bob]`\n\n\
                ## [1.0.0] - 2024-01-01\n\n- By [@ada], see [2.0.0]\n\n\
                [2.0.0]: https://example.org/compare/2\n[1.0.0]: https://example.org/tag/1\n\n\
                [@ada]: https://example.org/ada \"Ada\"\n[@bob]: https://example.org/bob\n[site]: <https://example.org>\n";
    let parsed = parse(text);
    assert_eq!(parsed.preamble.as_deref(), Some("See [site].\n\n[site]: <https://example.org>"));
    assert_eq!(
        parsed.releases[0].content,
        "- By [@ada] and [the site][SITE], not `[@bob]`\n\n[@ada]: https://example.org/ada \"Ada\"\n[site]: <https://example.org>"
    );
    assert_eq!(
        parsed.releases[1].content,
        "- By [@ada], see [2.0.0]\n\n[2.0.0]: https://example.org/compare/2\n[@ada]: https://example.org/ada \"Ada\""
    );
    let links: Vec<_> = parsed.releases.iter().map(|release| release.link.as_deref().unwrap()).collect();
    assert_eq!(links, ["https://example.org/compare/2", "https://example.org/tag/1"]);
    assert_eq!(notes(&parsed), [(3, NoteKind::Preamble), (17, NoteKind::UnusedDefinition)]);
}

#[test]
fn a_definition_written_twice_counts_once_and_is_reported() {
    let parsed = parse("## 1.0.0\n\n- See [x]\n\n[x]: https://example.org/1\n[x]: https://example.org/2\n");
    assert_eq!(parsed.releases[0].content, "- See [x]\n\n[x]: https://example.org/1");
    assert_eq!(notes(&parsed), [(6, NoteKind::UnusedDefinition)]);
}

#[test]
fn a_version_without_brackets_still_finds_its_link() {
    let parsed = parse("## 1.0.0\n\n- a\n\n[v1.0.0]: https://example.org/1\n");
    assert_eq!(parsed.releases[0].link.as_deref(), Some("https://example.org/1"));
    assert_eq!(notes(&parsed), []);
}

#[test]
fn footnotes_follow_the_releases_that_mention_them() {
    let text = "## 2.0.0\n\n- a[^1]\n\n## 1.0.0\n\n- b[^2]\n\n[^1]: First, see [x].\n\n[^2]: Second.\n\n[x]: https://example.org\n";
    let parsed = parse(text);
    assert_eq!(parsed.releases[0].content, "- a[^1]\n\n[^1]: First, see [x].\n\n[x]: https://example.org");
    assert_eq!(parsed.releases[1].content, "- b[^2]\n\n[^2]: Second.");
}

#[test]
fn text_outside_the_releases_is_kept_and_reported() {
    let text =
        "# Changelog\n\nIntro.\n\n## 2.0.0\n\n- a\n\n# Older series\n\nNo longer maintained.\n\n## 1.0.0\n\n- b\n";
    let parsed = parse(text);
    assert_eq!(parsed.title.as_deref(), Some("Changelog"));
    assert_eq!(parsed.preamble.as_deref(), Some("Intro.\n\n# Older series\n\nNo longer maintained."));
    assert_eq!(parsed.releases[0].content, "- a");
    assert_eq!(notes(&parsed), [(3, NoteKind::Preamble), (9, NoteKind::OutsideRelease)]);
}

#[test]
fn front_matter_is_kept_apart() {
    let parsed = parse("---\ntitle: Changes\nlayout: page\n---\n\n# Changelog\n\n## 1.2.3\n\n- a\n");
    assert_eq!(parsed.preamble.as_deref(), Some("---\ntitle: Changes\nlayout: page\n---"));
    assert_eq!((parsed.title.as_deref(), parsed.releases[0].line), (Some("Changelog"), 8));
    assert_eq!(notes(&parsed), [(1, NoteKind::Preamble)]);
}

#[test]
fn a_heading_between_the_releases_that_is_none_stays_and_is_reported() {
    let parsed = parse("## 1.2.3\n\n- a\n\n## Contributors\n\n- Ada\n\n## Fixed\n\n- b\n\n## 1.2.2\n\n- c\n");
    assert_eq!(parsed.releases[0].content, "- a\n\n## Contributors\n\n- Ada\n\n## Fixed\n\n- b");
    assert_eq!(notes(&parsed), [(5, NoteKind::UnknownHeading)]);
}

#[test]
fn empty_and_repeated_releases_are_kept_and_reported() {
    let parsed = parse("## 1.2.0\n\n## 1.1.0\n\n- a\n\n## v1.1.0\n\n- b\n");
    assert_eq!(summaries(&parsed), ["1.2.0 | - | 1.2.0", "1.1.0 | - | 1.1.0", "1.1.0 | - | v1.1.0"]);
    assert_eq!(notes(&parsed), [(1, NoteKind::EmptyRelease), (7, NoteKind::DuplicateVersion)]);
    assert!(parsed.notes[1].message.contains("line 3"), "{:?}", parsed.notes[1]);
}
