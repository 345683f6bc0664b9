use model::imports::{DateOrder, MarkdownReading, Reading};

use super::summaries;
use crate::{Format, Parsed, read};

fn parse(text: &str, markdown: MarkdownReading) -> Parsed {
    read(text, &Reading { markdown, ..Reading::default() }).unwrap()
}

const SEASONS: &str =
    "# News\n\nIntro\n\n## Summer release\n\n### Added\n\n- Sun\n\n## Version 1.0 – Spring (2026-03-20)\n\n- Rain\n";

#[test]
fn every_heading_of_a_chosen_level_is_a_release() {
    let parsed = parse(SEASONS, MarkdownReading { level: Some(2), ..MarkdownReading::default() });
    assert_eq!(parsed.format, Format::Custom);
    assert_eq!(summaries(&parsed), ["- | - | Summer release", "1.0 | 2026-03-20 | Spring"]);
    assert_eq!(parsed.releases[0].content, "## Added\n\n- Sun");
    assert_eq!(parsed.title.as_deref(), Some("News"));
    let none = parse(SEASONS, MarkdownReading { level: Some(4), ..MarkdownReading::default() });
    assert_eq!((none.releases.len(), none.format), (1, Format::Single), "no heading of that level");
}

#[test]
fn the_whole_text_can_be_one_release() {
    let parsed = parse(SEASONS, MarkdownReading { single: true, ..MarkdownReading::default() });
    assert_eq!(summaries(&parsed), ["- | - | News"]);
    assert!(parsed.releases[0].content.contains("- Rain") && parsed.notes.is_empty(), "{parsed:#?}");
}

#[test]
fn texts_are_taken_out_of_every_line_without_moving_lines() {
    let strip = vec!["acme/app@".to_owned(), String::new(), "a\nb".to_owned()];
    let parsed = parse(
        "## acme/app@1.0.0\n\n- a\n\n## acme/app@0.9.0\n\n- b\n",
        MarkdownReading { strip, ..MarkdownReading::default() },
    );
    assert_eq!(summaries(&parsed), ["1.0.0 | - | 1.0.0", "0.9.0 | - | 0.9.0"]);
    assert_eq!(parsed.releases[1].line, 5);
}

#[test]
fn whoever_knows_says_whether_the_day_comes_first() {
    let text = "## 1.0.0 (03/04/2026)\n\n- a\n";
    let day =
        |dates| read(text, &Reading { dates, ..Reading::default() }).unwrap().releases[0].date.unwrap().to_string();
    assert_eq!((day(None), day(Some(DateOrder::DayFirst))), ("2026-03-04".to_owned(), "2026-04-03".to_owned()));
    assert_eq!(read(text, &Reading::default()).unwrap().found.ambiguous_dates, 1);
}
