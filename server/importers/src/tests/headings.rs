use super::{parse, summary};
use crate::headings::{Class, Strength, read};
use crate::parse_markdown;

/// Each heading, read as the only release of a text, gives `version | date | title`.
#[test]
fn a_version_heading_gives_version_date_and_title() {
    let table = [
        ("1.2", "1.2 | - | 1.2"),
        ("1.2.3", "1.2.3 | - | 1.2.3"),
        ("v1.2.3-rc.1", "1.2.3-rc.1 | - | v1.2.3-rc.1"),
        ("1.0.7.3", "1.0.7.3 | - | 1.0.7.3"),
        ("1.2.3+build.5", "1.2.3+build.5 | - | 1.2.3+build.5"),
        ("1.0b2", "1.0b2 | - | 1.0b2"),
        ("2024.01.31", "2024.01.31 | - | 2024.01.31"),
        ("4.x", "4.x | - | 4.x"),
        ("12", "12 | - | 12"),
        ("[1.2.3]", "1.2.3 | - | 1.2.3"),
        ("[2.0.0] - 2026-06-07", "2.0.0 | 2026-06-07 | 2.0.0"),
        ("[v2.0.0] – 2026-06-07", "2.0.0 | 2026-06-07 | v2.0.0"),
        ("[1.2.3](https://example.org/compare) (2024-01-31)", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("1.2.3 / 2024-01-31", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("1.2.3-2024-01-31", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("1.2.3 2024-01-31T12:30:00Z", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("v1.2.3-rc.1 (January 5, 2024)", "1.2.3-rc.1 | 2024-01-05 | v1.2.3-rc.1"),
        ("1.2.3 (15 Jan 2024)", "1.2.3 | 2024-01-15 | 1.2.3"),
        ("Release 1.2.3", "1.2.3 | - | Release 1.2.3"),
        ("Version 1.2.3 – The big one", "1.2.3 | - | The big one"),
        ("Version 1.2.3: The big one (2024-01-31)", "1.2.3 | 2024-01-31 | The big one"),
        ("1.2.3 - The big one - 2024-01-31", "1.2.3 | 2024-01-31 | The big one"),
        ("1.2.3 - 2024-01-31 - The big one", "1.2.3 | 2024-01-31 | The big one"),
        ("1.2.3 (released on January 5th, 2024)", "1.2.3 | 2024-01-05 | 1.2.3"),
        ("2024-01-09, Version 20.11.0 'Iron' (LTS)", "20.11.0 | 2024-01-09 | 'Iron' (LTS)"),
        ("🚀 1.2.3 🎉", "1.2.3 | - | 1.2.3"),
        (":rocket: v1.2.3", "1.2.3 | - | v1.2.3"),
        ("1.2.3 ✨ Sparkles ✨", "1.2.3 | - | Sparkles"),
        ("**1.2.3**", "1.2.3 | - | 1.2.3"),
        ("<a name=\"1.2.3\"></a>1.2.3 (2024-01-31)", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("1.2.3\u{a0}(2024-01-31)", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("\t1.2.3  -  2024-01-31 ##", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("1.2.3 {#v1-2-3}", "1.2.3 | - | 1.2.3"),
        ("1.2.3 [YANKED]", "1.2.3 | - | 1.2.3"),
        ("1.3.0 (unreleased)", "1.3.0 | - | 1.3.0"),
        ("[Unreleased]", "- | - | Unreleased"),
        ("Unreleased changes", "- | - | Unreleased"),
        ("Latest", "- | - | Latest"),
        ("HEAD", "- | - | HEAD"),
        ("Upcoming: 1.3.0", "1.3.0 | - | Upcoming: 1.3.0"),
        ("2024-01-31", "- | 2024-01-31 | 2024-01-31"),
        ("January 5, 2024 – Search", "- | 2024-01-05 | Search"),
        ("January 2024", "- | 2024-01-01 | January 2024"),
        ("Tidings 1.2.3", "1.2.3 | - | Tidings 1.2.3"),
        ("tidings v1.2 (2024-01-31)", "1.2 | 2024-01-31 | tidings v1.2"),
        ("@tidings/widget@1.2.3", "1.2.3 | - | @tidings/widget@1.2.3"),
        ("tidings-1.2.3: Search", "1.2.3 | - | tidings-1.2.3: Search"),
        ("Release core 1.2.3 / ui 2.0.1 (2024-01-31)", "1.2.3 | 2024-01-31 | Release core 1.2.3 / ui 2.0.1"),
        ("(yanked) [1.2.3] - 2024-01-31", "1.2.3 | 2024-01-31 | 1.2.3"),
        ("1.2.3 - 2024-01-31 (Yanked; use 1.2.4)", "1.2.3 | 2024-01-31 | use 1.2.4"),
        ("1.2.3 (2020)", "1.2.3 | - | 1.2.3"),
        ("[Unreleased] - ReleaseDate", "- | - | Unreleased"),
    ];
    for (heading, expected) in table {
        let parsed = parse(&format!("## {heading}\n\n- Text\n"));
        let found: Vec<String> = parsed.releases.iter().map(summary).collect();
        assert_eq!(found, [expected], "{heading}");
        assert_eq!(parsed.releases[0].content, "- Text", "{heading}");
    }
}

#[test]
fn a_heading_of_a_section_names_no_release() {
    let table = [
        "Bug Fixes",
        "10 things to know",
        "1. Introduction",
        "#123",
        "2024",
        "Next steps",
        "Current status",
        "50% faster",
        "3rd party licences",
        "Python 3.8 support",
        "May the force be with you",
        "Upgrading",
        "",
    ];
    for heading in table {
        assert_eq!(read(heading), None, "{heading}");
    }
}

#[test]
fn doubtful_headings_are_weaker_than_clear_ones() {
    let table = [
        ("1.2.3", Class::Version, Strength::Strong),
        ("[1.2]", Class::Version, Strength::Strong),
        ("1.2 (2024-01-31)", Class::Version, Strength::Strong),
        ("1.2", Class::Version, Strength::Fair),
        ("1.2.3 is here", Class::Version, Strength::Fair),
        ("2.0 migration guide", Class::Version, Strength::Faint),
        ("Upgrading to 2.0", Class::Named, Strength::Fair),
        ("Unreleased", Class::Unreleased, Strength::Strong),
        ("Next", Class::Unreleased, Strength::Faint),
        ("2024-01-31", Class::Date, Strength::Strong),
    ];
    for (heading, class, strength) in table {
        let head = read(heading).unwrap();
        assert_eq!((head.class, head.strength), (class, strength), "{heading}");
    }
}

#[test]
fn markers_are_flags_and_not_titles() {
    let parsed =
        parse("## 1.3.0 - Unreleased\n\nx\n\n## [1.2.0] - 2024-01-31 [YANKED]\n\ny\n\n## 1.1.0 (yanked)\n\nz\n");
    let flags: Vec<(bool, bool)> = parsed.releases.iter().map(|release| (release.unreleased, release.yanked)).collect();
    assert_eq!(flags, [(true, false), (false, true), (false, true)]);
    assert_eq!(parsed.releases[1].title, "1.2.0");
}

#[test]
fn a_title_longer_than_the_limit_is_cut_and_opens_the_text() {
    let title = "word ".repeat(80);
    let parsed = parse_markdown(&format!("## 1.2.3 – {title}\n\nText\n"));
    let release = &parsed.releases[0];
    assert!(
        release.title.chars().count() <= crate::MAX_TITLE_CHARS && release.title.ends_with("word…"),
        "{}",
        release.title
    );
    assert_eq!(release.content, format!("{}\n\nText", title.trim()));
}

#[test]
fn a_version_longer_than_the_limit_is_no_version() {
    assert_eq!(read(&format!("1.2.3-{}", "x".repeat(64))), None);
}
