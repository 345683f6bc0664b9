use model::imports::{Part, Reading, Source};
use model::time::to_wire;

use super::{notes, summaries};
use crate::{Format, ImportError, MAX_RELEASES, NoteKind, Parsed, read};

fn json() -> Reading {
    Reading { source: Some(Source::Json), ..Reading::default() }
}

fn parse(text: &str) -> Parsed {
    read(text, &json()).unwrap()
}

#[test]
fn a_list_of_entries_is_found_wherever_it_usually_is() {
    let list = r#"[{"title":"Dark mode","version":"2.0","content":"Text","date":"2026-02-20","tags":["a","b"]}]"#;
    for text in [
        list.to_owned(),
        format!(r#"{{"data":{list}}}"#),
        format!(r#"{{"meta":1,"entries":{list}}}"#),
        format!(r#"{{"releases":{list}}}"#),
        format!(r#"{{"items":{list}}}"#),
        format!("\u{feff}{{\"changelog\":{list}}}"),
    ] {
        let parsed = parse(&text);
        assert_eq!(parsed.format, Format::Json);
        assert_eq!(summaries(&parsed), ["2.0 | 2026-02-20 | Dark mode"], "{text}");
        assert_eq!((parsed.releases[0].content.as_str(), parsed.releases[0].line), ("Text", 1));
        assert_eq!(parsed.releases[0].tags, ["a", "b"]);
    }
}

#[test]
fn members_have_usual_names_and_can_be_named() {
    for (members, expected) in [
        (r#""name":"A","tag_name":"v1.0","body":"x","published_at":"2026-01-02T03:04:05Z""#, "1.0 | 2026-01-02 | A"),
        (r#""heading":"A","version":1.5,"description":"x","released_at":"2026-01-02""#, "1.5 | 2026-01-02 | A"),
        (r#""title":"","name":"A","changes":"x","created_at":"2026-01-02""#, "- | 2026-01-02 | A"),
        (r#""title":"A","content":"x","date":1767323045"#, "- | 2026-01-02 | A"),
        (r#""title":"A","content":"x","date":1767323045000"#, "- | 2026-01-02 | A"),
        (r#""version":"1.0","content":"x","title":null"#, "1.0 | - | 1.0"),
    ] {
        let parsed = parse(&format!("[{{{members}}}]"));
        assert_eq!(summaries(&parsed), [expected], "{members}");
        assert_eq!(parsed.releases[0].content, "x", "{members}");
    }
    let columns = [(Part::Title, "was"), (Part::Content, "wie"), (Part::Tags, "worte")];
    let columns = columns.into_iter().map(|(part, name)| (part, name.to_owned())).collect();
    let told = Reading { columns, tag_separator: Some("/".to_owned()), ..json() };
    let parsed = read(r#"[{"was":"A","wie":"x","worte":"a, b/c","title":"not this"}]"#, &told).unwrap();
    assert_eq!((parsed.releases[0].title.as_str(), parsed.releases[0].content.as_str()), ("A", "x"));
    assert_eq!(parsed.releases[0].tags, ["a, b", "c"]);
    assert_eq!(parsed.found.used[&Part::Title], "was");

    let wrong = Reading { columns: [(Part::Title, "titel".to_owned())].into(), ..json() };
    let refused = read(r#"[{"was":"A","wie":"x"}]"#, &wrong);
    assert_eq!(refused, Err(ImportError::NoColumn { name: "titel".into(), columns: "\"was\", \"wie\"".into() }));
}

#[test]
fn releases_of_github_are_recognised() {
    let parsed = parse(
        r#"[{"tag_name":"v2.0.0","name":"Two","body":"Text\r\nmore","draft":false,"prerelease":false,"published_at":"2026-02-20T10:00:00Z"},
            {"tag_name":"v2.1.0-rc.1","name":"","body":"RC","draft":false,"prerelease":true,"published_at":"2026-03-01T10:00:00Z"},
            {"tag_name":"v3.0.0","name":"Three","body":"Soon","draft":true,"published_at":null}]"#,
    );
    assert_eq!(parsed.format, Format::GithubReleases);
    assert_eq!(summaries(&parsed), ["2.0.0 | 2026-02-20 | Two", "2.1.0-rc.1 | 2026-03-01 | Version 2.1.0-rc.1"]);
    assert_eq!(parsed.releases[0].content, "Text\nmore");
    assert_eq!(parsed.releases[1].tags, ["prerelease"]);
    assert_eq!(parsed.releases[1].line, 2, "places count what was left out too");
    assert_eq!(notes(&parsed), [(3, NoteKind::LeftOut)]);
}

#[test]
fn an_own_export_keeps_everything() {
    let parsed = parse(
        r##"{"format":"tidings","version":1,"project":{"name":"Atuin"},"entries":[
            {"id":"cmk9ri19r0wyojfljooa5lqsa","externalId":"jira-7","title":"Dark mode","content":"# Dark\n\nText\n","version":"v2.0.0",
             "slug":"dark-mode","status":"published","publishedAt":"2026-03-04T09:30:00.250Z","createdAt":"2026-03-03T10:12:45.901Z",
             "updatedAt":"2026-03-04T09:29:58.040Z","tags":["Feature","UI, and more"]},
            {"id":"cmk9ri19r0wyojfljooa5lqsb","externalId":null,"title":"Soon","content":"","version":null,"slug":"soon",
             "status":"draft","publishedAt":null,"createdAt":"2026-03-03T10:12:45.901Z","updatedAt":"2026-03-03T10:12:45.901Z","tags":[]}]}"##,
    );
    assert_eq!((parsed.format, parsed.title.as_deref(), parsed.confidence), (Format::TidingsJson, Some("Atuin"), 100));
    let [published, draft] = &parsed.releases[..] else { panic!() };
    assert_eq!(published.id.as_deref(), Some("cmk9ri19r0wyojfljooa5lqsa"));
    assert_eq!(published.external_id.as_deref(), Some("jira-7"));
    assert_eq!(published.version.as_deref(), Some("v2.0.0"));
    assert_eq!(published.content, "# Dark\n\nText\n");
    assert_eq!(published.published_at.map(to_wire).as_deref(), Some("2026-03-04T09:30:00.250Z"));
    assert_eq!(published.created_at.map(to_wire).as_deref(), Some("2026-03-03T10:12:45.901Z"));
    assert_eq!(published.tags, ["Feature", "UI, and more"]);
    assert!(!published.draft && draft.draft && draft.published_at.is_none());
    assert!(parsed.notes.is_empty(), "{:?}", parsed.notes);
}

#[test]
fn lists_of_changes_become_lists_in_markdown() {
    let parsed = parse(
        r#"[{"title":"A","changes":["One","Two\nlines"]},{"title":"B","changes":{"added":["x"],"fixed":["y"]}}]"#,
    );
    assert_eq!(parsed.releases[0].content, "- One\n- Two\n  lines");
    assert_eq!(parsed.releases[1].content, "## Added\n\n- x\n\n## Fixed\n\n- y");
}

#[test]
fn what_is_wrong_with_an_element_is_said_about_it() {
    let parsed = parse(
        r#"[{"title":"A","content":{"x":1}}, 7, {"content":"no title"}, {"title":["A"],"version":"1","date":"soon"}]"#,
    );
    let problems: Vec<_> = parsed.releases.iter().map(|release| (release.line, release.problems.len())).collect();
    assert_eq!(problems, [(1, 1), (2, 1), (3, 1), (4, 2)], "{parsed:#?}");
}

#[test]
fn what_is_no_list_is_refused_and_says_why() {
    assert!(matches!(read("{\"title\": 1,}  ", &json()), Err(ImportError::NotJson { line: 1, .. })));
    let refused = read("[{\"title\": \"A\"},\n{\"title\": }]", &json());
    let Err(ImportError::NotJson { line, column, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!((line, column), (2, 11));
    for text in ["\"just a text\"", "{\"title\":\"A\"}", "{\"data\":{\"title\":\"A\"}}", "12345678901"] {
        assert_eq!(read(text, &json()), Err(ImportError::NoList), "{text}");
    }
    assert!(read("{\"entries\": []}", &json()).unwrap().releases.is_empty());
}

#[test]
fn deep_and_long_lists_are_refused() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let refused = read(&deep, &json());
    let Err(ImportError::NotJson { reason, .. }) = refused else { panic!("{refused:?}") };
    assert_eq!(reason, "it is nested too deeply");
    let long = format!("[{}{{\"title\":\"A\"}}]", "{\"title\":\"A\"},".repeat(100_000));
    assert_eq!(read(&long, &json()), Err(ImportError::TooManyReleases { found: 100_001, limit: MAX_RELEASES }));
    let huge = format!("[{{\"title\":\"A\",\"content\":\"{}\"}}]", "x".repeat(10 * 1024 * 1024 - 64));
    assert_eq!(parse(&huge).releases.len(), 1);
}

#[test]
fn characters_that_databases_refuse_are_replaced() {
    let parsed = parse(
        r#"[{"title":"A\u0000b","content":"x\u0000y","externalId":"a\u0000b","slug":"s\u0000","tags":["t\u0000u"]}]"#,
    );
    let release = &parsed.releases[0];
    assert_eq!((release.content.as_str(), release.external_id.as_deref()), ("x\u{fffd}y", None));
    assert!(!format!("{release:?}").contains("\\0"), "{release:?}");
}
