use model::imports::{Reading, Source};

use crate::{Format, parse_markdown, recognise};

fn source(text: &str, file_name: &str) -> Source {
    recognise::source(text, &Reading { file_name: file_name.to_owned(), ..Reading::default() })
}

#[test]
fn a_text_is_recognised_by_what_it_is() {
    for (text, expected) in [
        ("# Changelog\n\n## 1.0.0\n", Source::Markdown),
        ("[Unreleased]\n\n- a, b\n", Source::Markdown),
        ("[1.0.0](https://example.com) first\n", Source::Markdown),
        ("Version 1.0, the title of content\n", Source::Markdown),
        ("[ {\"title\": \"A\"} ]", Source::Json),
        ("\u{feff}\n{\n  \"entries\": []\n}", Source::Json),
        ("[]", Source::Json),
        ("title,content\nA,b\n", Source::Csv),
        ("\u{feff}\"Version\";\"Title\";\"Date\"\r\n1;A;x\r\n", Source::Csv),
        ("name\tdescription\nA\tb\n", Source::Csv),
        ("date,tags\nA,b\n", Source::Markdown),
    ] {
        assert_eq!(source(text, ""), expected, "{text:?}");
    }
}

#[test]
fn the_name_of_the_file_and_the_person_know_better() {
    assert_eq!(source("a,b\n1,2\n", "list.CSV"), Source::Csv);
    assert_eq!(source("whatever", "releases.json"), Source::Json);
    assert_eq!(source("title,content\n", "CHANGELOG.md"), Source::Markdown);
    let told = Reading { source: Some(Source::Markdown), file_name: "x.json".into(), ..Reading::default() };
    assert_eq!(recognise::source("[{\"title\":1}]", &told), Source::Markdown);
}

#[test]
fn formats_have_the_names_that_programs_know_and_a_confidence() {
    for (text, name, at_least) in [
        (
            "[Keep a Changelog](https://keepachangelog.com)\n\n## [1.0.0] - 2026-01-01\n\n### Added\n\n- a\n",
            "keepachangelog",
            95,
        ),
        ("## [1.0.0](https://example.com/a...b) (2026-01-01)\n\n* a\n", "conventional_commits", 85),
        ("## v1.0.0\n\n## What's Changed\n* a\n\n**Full Changelog**: https://example.com\n", "github_releases", 85),
        ("## 2026-01-01\n\n- a\n\n## 2025-12-01\n\n- b\n", "date_based", 70),
        ("## 1.2.3\n\n- a\n\n## 1.2.2\n\n- b\n", "simple_version", 80),
        ("Nothing that looks like a release.\n", "simple", 10),
    ] {
        let detected = parse_markdown(text).detected();
        assert_eq!(detected.format, name, "{text}");
        assert!(detected.confidence >= at_least && !detected.signs.is_empty(), "{detected:?}");
    }
    assert_eq!(parse_markdown("## 1.0.0\n\n- a\n").format, Format::Plain);
}
