use std::time::{Duration, Instant};

use model::imports::{DateOrder, Part, Reading, Source};
use model::time::to_wire;

use super::{notes, summaries};
use crate::{Format, ImportError, MAX_RELEASES, NoteKind, Parsed, Release, read};

fn csv() -> Reading {
    Reading { source: Some(Source::Csv), ..Reading::default() }
}

fn with_columns(columns: &[(Part, &str)]) -> Reading {
    Reading { columns: columns.iter().map(|(part, name)| (*part, (*name).to_owned())).collect(), ..csv() }
}

fn parse(text: &str) -> Parsed {
    read(text, &csv()).unwrap()
}

fn only(text: &str) -> Release {
    let mut parsed = parse(text);
    assert_eq!(parsed.releases.len(), 1, "{parsed:#?}");
    parsed.releases.remove(0)
}

#[test]
fn a_table_becomes_releases_with_their_rows() {
    let parsed = parse(
        "title,version,date,content,tags\nDark mode,2.0.0,2026-02-20,\"- Dark\n- Darker\",Feature;UI\nFix,1.9.1,,Text,\n",
    );
    assert_eq!(parsed.format, Format::Csv);
    assert_eq!(summaries(&parsed), ["2.0.0 | 2026-02-20 | Dark mode", "1.9.1 | - | Fix"]);
    assert_eq!(parsed.releases[0].content, "- Dark\n- Darker");
    assert_eq!(parsed.releases[0].tags, ["Feature", "UI"]);
    assert_eq!(parsed.releases[1].tags, Vec::<String>::new());
    assert_eq!(
        parsed.releases.iter().map(|release| release.line).collect::<Vec<_>>(),
        [2, 3],
        "as a spreadsheet counts"
    );
    assert!(parsed.notes.is_empty(), "{:?}", parsed.notes);
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let text = "title,content\nA,\"one\n\ntwo\"\n\n\nB,x\n,\n\"C\",\"y\r\nz\"\r\nD,w";
    let lines: Vec<(String, usize)> =
        parse(text).releases.into_iter().map(|release| (release.title, release.line)).collect();
    let expected = [("A", 2), ("B", 5), ("C", 7), ("D", 8)].map(|(title, row)| (title.to_owned(), row));
    assert_eq!(lines, expected);
}

#[test]
fn every_delimiter_is_recognised() {
    for delimiter in [',', ';', '\t', '|'] {
        let text = "title§version§content\nA§1.0§x, y; z\nB§1.1§\"p§q\"\n".replace('§', &delimiter.to_string());
        let parsed = parse(&text);
        assert_eq!(parsed.found.delimiter, Some(delimiter));
        assert_eq!(summaries(&parsed)[1], "1.1 | - | B", "{delimiter:?}");
        assert_eq!(parsed.releases[1].content, format!("p{delimiter}q"));
    }
    // Without known names, the delimiter is what makes rows equally wide.
    let parsed = read("A;1.0;2026-01-01;x, y, z\nB;1.1;2026-01-02;p, q\n", &csv()).unwrap();
    assert_eq!((parsed.found.delimiter, parsed.found.header), (Some(';'), false));
}

#[test]
fn quotes_and_line_ends_are_those_of_rfc_4180() {
    for (text, content) in [
        ("title,content\nA,\"say \"\"hi\"\", he said\"\n", "say \"hi\", he said"),
        ("title,content\r\nA,\"a\r\nb\"\r\n", "a\nb"),
        ("title,content\rA,b\r", "b"),
        ("\u{feff}title,content\nA,b\n", "b"),
        ("\u{feff}\"title\",\"content\"\nA,\" b \"\n", " b "),
        ("title,content\nA,5\" disk\n", "5\" disk"),
        ("title,content\nA,ze\0ro\n", "ze\u{fffd}ro"),
    ] {
        let release = only(text);
        assert_eq!((release.title.as_str(), release.content.as_str()), ("A", content), "{text:?}");
    }
}

#[test]
fn a_quote_that_never_ends_is_refused_with_its_row() {
    let text = "title,content\nA,fine\nB,\"open\nC,swallowed\n";
    assert_eq!(read(text, &csv()), Err(ImportError::OpenQuote { row: 3 }));
    assert!(read("title,content\nA,\"closed at the end\"", &csv()).is_ok());
}

#[test]
fn without_a_header_the_columns_have_an_order() {
    let parsed = parse("Dark mode,2.0.0,2026-02-20,Text,a;b\nOther,1.0.0,2026-01-01,More,\n");
    assert!(!parsed.found.header);
    assert_eq!(summaries(&parsed), ["2.0.0 | 2026-02-20 | Dark mode", "1.0.0 | 2026-01-01 | Other"]);
    assert_eq!(parsed.releases[0].line, 1);
    assert_eq!(parsed.releases[0].tags, ["a", "b"]);
    let named = parse("title,version\nDark mode,2.0.0\n");
    assert!(named.found.header);
    let told = Reading { header: Some(false), ..csv() };
    assert_eq!(read("title,version\nDark mode,2.0.0\n", &told).unwrap().releases.len(), 2);
}

#[test]
fn columns_have_usual_names_and_can_be_named() {
    let fallback = only("Heading;Tag;Released At;Description;Labels\nA;1.0;2026-01-02;Text;x\n");
    assert_eq!(fallback.version.as_deref(), Some("1.0"));
    assert_eq!((fallback.title.as_str(), fallback.content.as_str(), fallback.tags[0].as_str()), ("A", "Text", "x"));
    assert_eq!(fallback.date.unwrap().to_string(), "2026-01-02");

    let text = "Betreff,Nr,Was\nDark,2.0,Text\n";
    let told = with_columns(&[(Part::Title, "betreff"), (Part::Version, "2"), (Part::Content, "Was")]);
    let parsed = read(text, &told).unwrap();
    assert_eq!(summaries(&parsed), ["2.0 | - | Dark"]);
    assert_eq!(parsed.releases[0].content, "Text");
    assert_eq!(parsed.found.used[&Part::Version], "Nr");
    assert_eq!(
        parsed.found.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
        ["Betreff", "Nr", "Was"]
    );
    assert_eq!(parsed.found.columns[2].sample, ["Text"]);

    // An empty name: no column holds it.
    let without = with_columns(&[(Part::Version, "")]);
    assert_eq!(read("title,version\nA lot,1.0\n", &without).unwrap().releases[0].version, None);
}

#[test]
fn a_table_without_titles_or_with_a_wrong_column_is_refused_with_the_columns() {
    let header = Reading { header: Some(true), ..csv() };
    let refused = read("Betreff,Nr\nDark,2.0\n", &header);
    assert_eq!(refused, Err(ImportError::NoTitles { columns: "\"Betreff\", \"Nr\"".to_owned() }));
    let wrong = with_columns(&[(Part::Title, "Titel")]);
    let refused = read("Betreff,Nr\nDark,2.0\n", &wrong);
    let Err(ImportError::NoColumn { name, columns }) = refused else { panic!("{refused:?}") };
    assert_eq!((name.as_str(), columns.as_str()), ("Titel", "\"Betreff\", \"Nr\""));
}

#[test]
fn a_mistake_in_row_37_is_found_in_row_37() {
    let mut text = "title,version,date,content\n".to_owned();
    for row in 2..=40 {
        let date = if row == 37 { "2026-13-45" } else { "2026-01-02" };
        text.push_str(&format!("Entry {row},1.{row}.0,{date},Text\n"));
    }
    let wrong: Vec<Release> =
        parse(&text).releases.into_iter().filter(|release| !release.problems.is_empty()).collect();
    assert_eq!(wrong.len(), 1);
    assert_eq!((wrong[0].line, wrong[0].title.as_str()), (37, "Entry 37"));
    assert_eq!(wrong[0].problems, ["\"2026-13-45\" is not a date."]);
}

#[test]
fn what_is_wrong_with_a_row_is_said_about_it() {
    let long = "9".repeat(65);
    let text =
        format!("title,version,date,content,author\n,,,Text,x\nA,{long},,Text,x\n,2.0,,Text,x\nB,1.0,,Text,x,more\n");
    let parsed = parse(&text);
    let problems: Vec<_> = parsed.releases.iter().map(|release| release.problems.join(" ")).collect();
    assert_eq!(problems[0], "There is no title.");
    assert!(problems[1].contains("65 characters"), "{}", problems[1]);
    assert_eq!((problems[2].as_str(), parsed.releases[2].title.as_str()), ("", "2.0"), "the version is the title");
    assert_eq!(notes(&parsed), [(1, NoteKind::UnknownColumn), (4, NoteKind::Adapted), (5, NoteKind::UnevenRow)]);
}

#[test]
fn dates_keep_their_time_and_their_order_is_found_out_or_told() {
    let exact = only("title,date,created_at\nA,2026-02-20T08:15:30.250+01:00,2026-01-02\n");
    assert_eq!(exact.published_at.map(to_wire).as_deref(), Some("2026-02-20T07:15:30.250Z"));
    assert_eq!(exact.created_at.map(to_wire).as_deref(), Some("2026-01-02T12:00:00.000Z"));
    let day = |text: &str, reading: &Reading| read(text, reading).unwrap().releases[0].date.unwrap().to_string();
    assert_eq!(day("title,date\nA,03/04/2026\nB,25/12/2025\n", &csv()), "2026-04-03", "the other date tells");
    let open = "title,date\nA,03/04/2026\n";
    assert_eq!(day(open, &csv()), "2026-03-04");
    assert_eq!(day(open, &Reading { dates: Some(DateOrder::DayFirst), ..csv() }), "2026-04-03");
    assert_eq!(parse(open).found.ambiguous_dates, 1);
    assert_eq!(day("title,date\nA,4 March 2026\n", &csv()), "2026-03-04");
}

#[test]
fn an_own_export_keeps_state_address_and_ids() {
    let text = "title,version,date,content,tags,status,slug,created_at,updated_at,external_id\n\
        Dark mode,v2.0.0,2026-02-20T08:15:30.250Z,\"# Dark\n\nText\n\",Feature;UI & co,published,dark-mode,2026-02-19T07:00:00.000Z,2026-02-21T00:00:00.000Z,jira-7\n\
        Soon,,,,,draft,soon,2026-02-22T07:00:00.000Z,2026-02-22T07:00:00.000Z,\n";
    let parsed = parse(text);
    let [published, draft] = &parsed.releases[..] else { panic!() };
    assert_eq!(published.version.as_deref(), Some("v2.0.0"), "as it was written");
    assert_eq!(published.content, "# Dark\n\nText\n", "to the last line end");
    assert_eq!((published.slug.as_deref(), published.external_id.as_deref()), (Some("dark-mode"), Some("jira-7")));
    assert_eq!(published.tags, ["Feature", "UI & co"]);
    assert!(!published.draft && draft.draft && draft.content.is_empty());
    assert_eq!(draft.created_at.map(to_wire).as_deref(), Some("2026-02-22T07:00:00.000Z"));
}

#[test]
fn a_hundred_thousand_rows_are_refused_with_their_number() {
    let text = format!("title,content\n{}", "A,b\n".repeat(100_000));
    assert_eq!(read(&text, &csv()), Err(ImportError::TooManyReleases { found: 100_000, limit: MAX_RELEASES }));
}

#[test]
fn one_line_of_ten_mebibytes_is_read_in_seconds() {
    let start = Instant::now();
    let text = format!("title,content\nA,{}\n", "x".repeat(10 * 1024 * 1024 - 32));
    assert_eq!(only(&text).content.len(), 10 * 1024 * 1024 - 32);
    let commas = format!("title,content\nA{}\n", ",".repeat(1 << 20));
    assert_eq!(parse(&commas).releases.len(), 1);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn any_mixture_of_pieces_is_read_without_panic() {
    const PIECES: [&str; 20] = [
        "title,content\n",
        "a",
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "|",
        "\n",
        "\r\n",
        "\r",
        " ",
        "\u{feff}",
        "\0",
        "é",
        "2026-01-02",
        "31/12/2025",
        "version",
        "🦀",
        "x\ny",
    ];
    let mut state: u64 = 0x2545_F491_4F6C_DD1D;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap()
    };
    for _ in 0..20_000 {
        let length = 1 + next() % 40;
        let text: String = (0..length).map(|_| PIECES[next() % PIECES.len()]).collect();
        let header = [None, Some(true), Some(false)][next() % 3];
        let Ok(parsed) = read(&text, &Reading { header, ..csv() }) else { continue };
        let mut last = 0;
        for release in &parsed.releases {
            assert!(release.line > last, "{text:?}\n{parsed:#?}");
            assert!(release.title.chars().count() <= 200 && !release.title.chars().any(char::is_control), "{text:?}");
            assert!(!release.title.is_empty() || !release.problems.is_empty(), "{text:?}");
            assert!(!release.content.contains(['\0', '\r']), "{text:?}");
            last = release.line;
        }
    }
}

/// What a careful program writes comes back as it was.
#[test]
fn any_fields_that_are_quoted_come_back() {
    let mut state: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % 1_000_003).unwrap() % below
    };
    const LETTERS: [char; 12] = ['a', 'B', '"', ',', ';', '\t', '|', '\n', ' ', 'é', '#', '-'];
    for _ in 0..500 {
        let delimiter = [',', ';', '\t', '|'][next(4)];
        let mut text = ["title", "content", "version"].join(&delimiter.to_string()) + "\n";
        let mut contents = Vec::new();
        for row in 0..1 + next(8) {
            let content: String = (0..next(30)).map(|_| LETTERS[next(LETTERS.len())]).collect();
            let quoted = content.replace('"', "\"\"");
            text.push_str(&format!("T{row}{delimiter}\"{quoted}\"{delimiter}1.{row}\n"));
            contents.push(content);
        }
        let parsed = parse(&text);
        let read: Vec<_> = parsed.releases.iter().map(|release| release.content.clone()).collect();
        assert_eq!(read, contents, "{text}");
    }
}
