//! Keep a Changelog: how the file looks, and that nothing in a text is taken for anything else.

use importers::{Format, Release, parse_markdown};

use crate::help::{Seen, With, item, markdown, read_markdown};

/// The file below its introduction.
#[track_caller]
fn releases(file: &str) -> &str {
    let (_, releases) = file.split_once("<!-- tidings:changelog 1 -->\n").unwrap();
    releases.strip_prefix('\n').unwrap_or(releases)
}

#[track_caller]
fn check(written: exporters::Item, expected: &str) {
    let file = markdown(std::slice::from_ref(&written));
    assert_eq!(releases(&file), expected);
    assert_eq!(read_markdown(&file), [Seen::by_day(&written)]);
}

/// Comes back, whatever it looks like in the file.
#[track_caller]
fn comes_back(content: &str) -> String {
    let after = item("After", "Text").version("0.9.0");
    let written = item("Text", content).version("1.0.0");
    let file = markdown(&[written.clone(), after.clone()]);
    assert_eq!(read_markdown(&file), [Seen::by_day(&written), Seen::by_day(&after)], "{file}");
    file
}

#[test]
fn a_release_looks_as_keep_a_changelog_asks() {
    let file = markdown(&[
        item("1.2.0", "## Added\n\n- Search in all folders\n\n## Fixed\n\n- The clock")
            .version("1.2.0")
            .tagged(&["Added", "Fixed"])
            .url("https://log.example.com/changelog/orbit-mail/1-2-0"),
        item("Faster search", "Twice as fast.").version("1.1.0").tagged(&["Changed"]).published("2026-02-01T10:00:00Z"),
        item("A word to all", "Thank you.").published("2026-01-01T10:00:00Z"),
    ]);
    assert_eq!(
        file,
        "# Changelog\n\n\
         All notable changes to Orbit Mail are listed here, the latest first.\n\n\
         The format is based on [Keep a Changelog](https://keepachangelog.com/en/1.1.0/).\n\n\
         <!-- tidings:changelog 1 -->\n\n\
         ## [1.2.0] - 2026-03-04\n\n\
         ### Added\n\n- Search in all folders\n\n### Fixed\n\n- The clock\n\n\
         ## [1.1.0] - 2026-02-01\n\n\
         **Faster search** <!-- tidings:section -->\n\n\
         ### Changed\n\nTwice as fast.\n\n\
         ## A word to all - 2026-01-01\n\n\
         Thank you.\n\n\
         <!-- tidings:links -->\n\n\
         [1.2.0]: https://log.example.com/changelog/orbit-mail/1-2-0\n"
    );
}

#[test]
fn tags_that_are_no_sections_stand_beside_the_title() {
    check(
        item("Dark mode", "At last.").version("2.0.0").tagged(&["Design", "a `tick`", "Added"]),
        "## [2.0.0] - 2026-03-04\n\n**Dark mode** `Design` `` a `tick` `` `Added`\n\nAt last.\n",
    );
    check(
        item("2.0.0", "At last.").version("2.0.0").tagged(&["Design"]),
        "## [2.0.0] - 2026-03-04\n\n`Design`\n\nAt last.\n",
    );
    check(
        item("2.0.0", "## Added\n\n- x").version("2.0.0"),
        "## [2.0.0] - 2026-03-04\n\n<!-- tidings:untagged -->\n\n### Added\n\n- x\n",
    );
    check(
        item("2.0.0", "## Added\n\n- x").version("2.0.0").tagged(&["Added"]),
        "## [2.0.0] - 2026-03-04\n\n### Added\n\n- x\n",
    );
}

#[test]
fn drafts_are_unreleased() {
    check(item("Ideas", "Some.").draft(), "## [Unreleased]\n\n**Ideas**\n\nSome.\n");
    check(item("1.3.0", "Some.").version("1.3.0").draft(), "## [1.3.0] - Unreleased\n\nSome.\n");
    check(item("Unreleased", "").draft(), "## [Unreleased]\n\n**Unreleased**\n");
    check(item("Only a title", "").draft(), "## [Unreleased]\n\n**Only a title**\n");
    check(item("Unreleased", "x").version("Unreleased"), "## [Unreleased] - 2026-03-04\n\nx\n");
}

#[test]
fn a_title_that_names_a_release_does_not_become_one() {
    check(item("1.2.3", "Text"), "## 2026-03-04\n\n**1.2.3**\n\nText\n");
    check(item("[2.0.0] - 2020-01-01", "Text"), "## \\[2.0.0\\] - 2020-01-01 - 2026-03-04\n\nText\n");
    check(item("Unreleased", "Text"), "## 2026-03-04\n\n**Unreleased**\n\nText\n");
    check(item("2026-03-04", "Text"), "## 2026-03-04\n\nText\n");
    for title in [
        "**bold**",
        "a_b_c",
        "_x_",
        "C:\\Windows\\",
        "<b>",
        "a < b & c",
        "&amp;",
        "[x](y)",
        "#1",
        "`",
        "C#",
        "\\",
        "* *",
        "مرحبا",
        "🎉 yes",
        "- x",
        "~~x~~",
        "^1",
        "x - 2020-02-02",
    ] {
        for written in [
            item(title, "Text"),
            item(title, "Text").version("1.0.0"),
            item("x", "Text").version(title),
            item(title, "").draft(),
        ] {
            let file = markdown(std::slice::from_ref(&written));
            assert_eq!(read_markdown(&file), [Seen::by_day(&written)], "{file}");
        }
    }
}

#[test]
fn headings_of_a_text_stand_below_those_of_releases_and_come_back_as_they_were() {
    let text = "# One\n\n## Two ##\n\n###\tThree\n\n #### Four\n\n##### Five\n\n###### Six\n\nUnder\n-----\n\nUnder one\n===\n\nTwo\nlines\n---\n\n####### Seven\n\n##none";
    let file = comes_back(text);
    for line in [
        "### One <!-- tidings:h1 -->",
        "### Two ##",
        "####\tThree",
        " ##### Four",
        "###### Five",
        "###### Six <!-- tidings:h6 -->",
        "### Under <!-- tidings:-5 -->",
        "### Under one <!-- tidings:=3 -->",
        "####### Seven",
        "##none",
    ] {
        assert!(file.lines().any(|written| written == line), "{line}\n{file}");
    }
}

#[test]
fn nothing_in_a_text_is_taken_for_a_release() {
    for text in [
        "## [9.9.9] - 2020-01-01\n\nText",
        "```\n## [9.9.9] - 2020-01-01\n```",
        "<!--\n## [9.9.9] - 2020-01-01\n-->",
        "> ## [9.9.9]\n\n- ## [9.9.8]\n  ## [9.9.7]",
        "[9.9.9] - 2020-01-01\n---",
        "**9.9.9**\n\nText",
        "**Bold** `code`\n\nText",
        "`code`",
        "<!-- tidings:untagged -->\n\nText",
        "<!-- tidings:changelog 1 -->\n\n<!-- tidings:links -->\n\n[1.0.0]: /x\n\n## x <!-- tidings:h1 --> <!-- tidings::h1 -->",
        "### Deep <!-- tidings:h1 -->",
        "    ## [9.9.9]",
        "::: note\n## [9.9.9]\n:::",
        "---\ntitle: x\n---\n\n## [9.9.9]",
        "***\n---\n===",
        "| a | b |\n|---|---|\n| ## [1] | x |",
    ] {
        comes_back(text);
    }
}

#[test]
fn what_a_text_leaves_open_does_not_swallow_the_next_release() {
    for (text, end) in [
        ("Text\n\n```rust\nlet a = 1;", "```"),
        ("````\n```\ncode", "````"),
        ("~~~~\ncode\n~~~", "~~~~"),
        ("Text\n\n<!-- todo", "-->"),
        ("<pre>\nx", "</pre>"),
        ("<?php x", "?>"),
    ] {
        let file = comes_back(text);
        assert!(file.contains("<!-- tidings:closed -->") && file.contains(&format!("{text}\n{end}\n")), "{file}");
    }
    comes_back("<script>\nx");
    comes_back("- ```\n  x");
    comes_back("> ```\n> x");
    comes_back("<![CDATA[ x");
}

#[test]
fn blanks_that_mean_something_stay() {
    for text in [
        "    code\n\n    more",
        "a  \nb",
        "a\n\n\n\nb",
        "\tx",
        "x  ",
        "a\n   \nb",
        "\u{a0}",
        "##\u{a0}1.2.3",
        "a\u{2028}b",
    ] {
        comes_back(text);
    }
}

#[test]
fn people_may_go_on_writing_the_file_by_hand() {
    let file = markdown(&[item("1.0.0", "First").version("1.0.0").url("https://x.example/1")]);
    let file = file
        .replace(
            "## [1.0.0]",
            "## [Unreleased]\n\n## v1.2.0 (2026-04-01)\n\n### Added\n\n- By hand\n\n## [1.1.0] - 2026-03-20 [YANKED]\n\nText\n\n## [1.0.0]",
        )
        .replace('\n', "\r\n")
        + "[#1]: https://x.example/#1\r\n\r\n## [0.9.0] - 2025-01-01\r\n\r\nBelow the links\r\n";
    let parsed = parse_markdown(&file);
    assert_eq!((parsed.format, parsed.title.as_deref()), (Format::Tidings, Some("Changelog")));
    assert_eq!(parsed.preamble.unwrap().lines().count(), 3);
    let [unreleased, two, one, first, below] = &parsed.releases[..] else { panic!("{:#?}", parsed.releases) };
    assert_eq!((unreleased.content.as_str(), unreleased.unreleased, unreleased.draft), ("", true, false));
    let facts =
        |release: &Release| (release.version.clone(), release.date.map(|date| date.to_string()), release.yanked);
    assert_eq!(facts(two), (Some("1.2.0".to_owned()), Some("2026-04-01".to_owned()), false));
    assert_eq!((two.content.as_str(), &two.tags[..]), ("## Added\n\n- By hand", &["Added".to_owned()][..]));
    assert_eq!(facts(one), (Some("1.1.0".to_owned()), Some("2026-03-20".to_owned()), true));
    assert_eq!((first.content.as_str(), below.content.as_str()), ("First", "Below the links"));
    for release in &parsed.releases {
        let line = file.lines().nth(release.line - 1).unwrap();
        assert!(line.starts_with("## ") && line.contains(release.version.as_deref().unwrap_or("Unreleased")), "{line}");
    }
}

#[test]
fn without_its_mark_the_file_is_read_like_any_other() {
    let file = markdown(&[item("Search", "## Added\n\n- x").version("1.0.0"), item("0.9.0", "Old").version("0.9.0")]);
    let parsed = parse_markdown(&file.replace("<!-- tidings:changelog 1 -->", ""));
    assert_eq!(parsed.format, Format::KeepAChangelog);
    let versions: Vec<_> = parsed.releases.iter().map(|release| release.version.as_deref().unwrap()).collect();
    assert_eq!(versions, ["1.0.0", "0.9.0"]);
    assert!(parsed.releases[0].content.contains("## Added"));
}
