use super::{notes, parse, summaries};
use crate::NoteKind;
use crate::dates::{DateFound, is_placeholder, whole};

#[test]
fn every_written_form_of_a_day_is_read() {
    let forms = [
        "2024-01-31",
        "2024/01/31",
        "2024-1-31",
        "2024‑01‑31",
        "31.01.2024",
        "31/01/2024",
        "01/31/2024",
        "31-01-2024",
        "1/31/24",
        "31 Jan 2024",
        "31 January 2024",
        "31st January, 2024",
        "31st of January 2024",
        "31-Jan-2024",
        "Jan 31, 2024",
        "Jan. 31 2024",
        "January 31st, 2024",
        "2024-Jan-31",
        "2024 January 31",
        "Wednesday, January 31, 2024",
        "Wed 31 Jan 2024",
        "2024-01-31 12:30",
        "2024-01-31T12:30:00.125Z",
        "2024-01-31 12:30:00 +02:00",
        "2024-01-31 9:05 PM",
    ];
    for form in forms {
        let Some(DateFound::Exact(date)) = whole(form) else { panic!("{form}: {:?}", whole(form)) };
        assert_eq!(date.to_string(), "2024-01-31", "{form}");
    }
}

#[test]
fn other_numbers_and_words_are_no_dates() {
    for text in [
        "1.2.3",
        "2024.01.31",
        "2024",
        "12/31",
        "1/2/3",
        "10 Downing Street",
        "Marching 5, 2024",
        "2024-01-31x",
        "May",
        "",
    ] {
        assert_eq!(whole(text), None, "{text}");
    }
}

#[test]
fn a_day_that_does_not_exist_is_reported_and_gives_no_date() {
    let parsed = parse("## 1.2.3 - 2024-02-30\n\nx\n\n## 1.2.2 - 2025-?-?\n\ny\n\n## 1.2.1 (YYYY-MM-DD)\n\nz\n");
    assert_eq!(summaries(&parsed), ["1.2.3 | - | 1.2.3", "1.2.2 | - | 1.2.2", "1.2.1 | - | 1.2.1"]);
    let unreadable = NoteKind::UnreadableDate;
    assert_eq!(notes(&parsed), [(1, unreadable), (5, unreadable), (9, unreadable)]);
    for word in ["2024-xx-xx", "????-??-??", "2024-??-01"] {
        assert!(is_placeholder(word), "{word}");
    }
    for word in ["4-5-6", "add-new-item", "a-b", "client-side"] {
        assert!(!is_placeholder(word), "{word}");
    }
}

#[test]
fn a_date_that_could_be_read_in_two_ways_is_read_month_first_and_reported() {
    let parsed = parse("## 1.1.0 (03/04/2024)\n\nx\n");
    assert_eq!(summaries(&parsed), ["1.1.0 | 2024-03-04 | 1.1.0"]);
    assert_eq!(notes(&parsed), [(1, NoteKind::AmbiguousDate)]);
}

#[test]
fn a_date_that_could_be_read_in_two_ways_follows_the_clear_dates_of_the_text() {
    let parsed = parse("## 1.1.0 (03/04/2024)\n\nx\n\n## 1.0.0 (25/03/2024)\n\ny\n\n## 0.9.0 (04/04/2023)\n\nz\n");
    assert_eq!(
        summaries(&parsed),
        ["1.1.0 | 2024-04-03 | 1.1.0", "1.0.0 | 2024-03-25 | 1.0.0", "0.9.0 | 2023-04-04 | 0.9.0"]
    );
    assert_eq!(notes(&parsed), [(1, NoteKind::AmbiguousDate)]);
}

#[test]
fn a_date_right_below_the_heading_belongs_to_the_release() {
    let table = [
        "_2024-01-31_",
        "Released on January 31, 2024",
        "**Release date:** 2024-01-31",
        "> 2024-01-31",
        "(31 Jan 2024)",
        "### January 31, 2024",
    ];
    for line in table {
        let parsed = parse(&format!("## 1.2.3\n\n{line}\n\n### Added\n\n- Text\n"));
        assert_eq!(summaries(&parsed), ["1.2.3 | 2024-01-31 | 1.2.3"], "{line}");
        assert!(parsed.releases[0].content.ends_with("## Added\n\n- Text"), "{line}");
    }
}

#[test]
fn a_date_in_the_middle_of_a_title_is_part_of_the_title() {
    let parsed = parse("## 1.2.3 – Fix 2024-01-31 outage\n\nx\n");
    assert_eq!(summaries(&parsed), ["1.2.3 | - | Fix 2024-01-31 outage"]);
}
