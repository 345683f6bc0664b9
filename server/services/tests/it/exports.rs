//! Exports: what is in them, that they are of one moment, and that what went out comes back.

use chrono::Duration;
use model::entries::{Entry, NewEntry};
use model::exports::{Extent, Format};
use model::imports::{ImportFate, ImportOptions, ImportReport, Reading};
use model::projects::{NewProject, Project};
use model::{Result, time};
use serde_json::Value;
use services::access::{DeleteEntries, ReadEntries};
use services::entries::ListQuery;
use services::exports::{self, ExportQuery};
use services::{Services, entries, imports};
use store::projects;
use testkit::{fixtures, on_both_databases, start};

use crate::help::{times, told};

async fn begin(cx: &Services, project: &Project, query: &ExportQuery) -> Result<exports::Download> {
    exports::start(cx, &fixtures::may::<ReadEntries>(cx, project).await, query).await
}

async fn export(cx: &Services, project: &Project, query: ExportQuery) -> Vec<u8> {
    let mut download = begin(cx, project, &query).await.unwrap();
    let mut bytes = Vec::new();
    while let Some(piece) = download.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

fn everything(format: Format) -> ExportQuery {
    ExportQuery { format, extent: Extent::All, ..ExportQuery::default() }
}

async fn json(cx: &Services, project: &Project, query: ExportQuery) -> Value {
    let query = ExportQuery { format: Format::Json, ..query };
    serde_json::from_slice(&export(cx, project, query).await).unwrap()
}

async fn titles(cx: &Services, project: &Project, query: ExportQuery) -> Vec<String> {
    let json = json(cx, project, query).await;
    json["entries"].as_array().unwrap().iter().map(|entry| entry["title"].as_str().unwrap().to_owned()).collect()
}

async fn import(cx: &Services, project: &Project, file: &[u8]) -> ImportReport {
    let may = fixtures::may(cx, project).await;
    let text = imports::decode(file).unwrap();
    let options = ImportOptions { publish: true, ..ImportOptions::default() };
    imports::run(cx, &may, &text, &Reading::default(), options).await.unwrap()
}

/// Every entry, in the order of the dashboard.
async fn all(cx: &Services, project: &Project) -> Vec<Entry> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    entries::list_page(cx, &may, &ListQuery::default(), 1, 10_000).await.unwrap().0
}

fn new(title: &str, content: &str, version: Option<&str>, tags: &[&str]) -> NewEntry {
    NewEntry {
        title: title.to_owned(),
        content: content.to_owned(),
        version: version.map(str::to_owned),
        tags: fixtures::tags(tags),
        external_id: None,
    }
}

/// Entries of every kind, some of one moment.
async fn varied(cx: &Services, project: &Project) {
    let now = start();
    let text =
        "# One\n\n## [9.9.9] - 2020-01-01\n\n```\n## code\n```\n\nUnder\n---\n\n- item <!-- note -->\n\n<!-- open";
    fixtures::entry_with(cx, project, new("Ideas", "", None, &[])).await;
    fixtures::entry_with(cx, project, new("1.3.0", "Soon", Some("1.3.0"), &["Added"])).await;
    for (title, content, version, tags, days) in [
        ("**Fast** [search]", text, Some("v1.2.0"), &["Added", "Design; look", "`x`"][..], 1),
        ("1.1.0", "## Fixed\n\n- The clock\n", Some("1.1.0"), &["Fixed"], 30),
        ("Thanks", "    code\n\n=1+1", None, &[], 30),
        ("مرحبا 🎉", "\n\nText\n\n", Some("]["), &["Added"], 400),
    ] {
        fixtures::published_with(cx, project, new(title, content, version, tags), now - Duration::days(days)).await;
    }
}

/// What an entry is, but for what every database makes itself.
fn essence(entry: &Entry) -> (String, String, Option<String>, Vec<String>, String) {
    let mut tags: Vec<String> = entry.tags.iter().map(|tag| tag.name.clone()).collect();
    tags.sort();
    (entry.title.clone(), entry.content.clone(), entry.version.clone(), tags, format!("{:?}", entry.state()))
}

/// Numbers that look random and are the same each time.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn some(state: &mut u64, pieces: &[&str], most: usize) -> String {
    let count = 1 + next(state) % most;
    (0..count).map(|_| pieces[next(state) % pieces.len()]).collect()
}

/// Entries with whatever stands between people and the formats: marks, quotes, separators, headings, other scripts.
async fn random_entries(cx: &Services, project: &Project, seed: u64) {
    const TITLES: &[&str] = &[
        "Faster ",
        "search",
        "1.2.3",
        " - 2026-03-04",
        "*",
        "_x_",
        "`",
        "[",
        "](y)",
        "<b>",
        "&amp;",
        "# ",
        "=1",
        ";",
        ",",
        "\"",
        "'",
        "🎉",
        "مرحبا",
        "日本語",
        "\\",
        "|",
        "Unreleased",
        "<!-- x -->",
    ];
    const TEXTS: &[&str] = &[
        "Text",
        " ",
        "\n",
        "\n\n",
        "# One\n",
        "## [9.9.9] - 2020-01-01\n",
        "### Added\n",
        "- item\n",
        "  - below\n",
        "```\n",
        "~~~\n",
        "    code\n",
        "> quote\n",
        "---\n",
        "[a]: https://x.example\n",
        "[a]",
        "<!-- note -->",
        "<!--",
        "-->",
        "| a | b |\n| --- | --- |\n",
        "+++\n",
        "\"a\"; 'b', c",
        "=1+1",
        "\t",
        "🎉",
        "**bold**",
        "\\",
    ];
    const TAGS: &[&str] = &["Added", "Fixed", "Design; look", "a, b", "`x`", "日本"];
    let mut state = seed;
    for number in 0..25 {
        let state = &mut state;
        let title = format!("{}{number}", some(state, TITLES, 5));
        let content = format!("{}x", some(state, TEXTS, 12));
        let version = (!next(state).is_multiple_of(3)).then(|| format!("{seed}.{number}.{}", next(state) % 4));
        let tags: Vec<&str> = TAGS.iter().copied().filter(|_| next(state).is_multiple_of(4)).collect();
        let new = new(title.trim(), &content, version.as_deref(), &tags);
        let ago = Duration::minutes((next(state) % 1_000_000) as i64);
        match next(state) % 4 {
            0 => fixtures::entry_with(cx, project, new).await,
            _ => fixtures::published_with(cx, project, new, cx.clock.now() - ago).await,
        };
        cx.clock.advance(Duration::milliseconds(317));
    }
}

on_both_databases! {
    async fn random_entries_that_leave_and_come_back_are_the_same(cx: Services) {
        for seed in 1..=3 {
            let home = fixtures::project(&cx, &format!("Home {seed}")).await;
            random_entries(&cx, &home, seed).await;
            let key = |entry: &Entry| (essence(entry), entry.published_at, entry.created_at, entry.slug.clone());
            let mut originals: Vec<_> = all(&cx, &home).await.iter().map(key).collect();
            originals.sort();
            for format in [Format::Json, Format::Csv, Format::Zip] {
                let file = export(&cx, &home, everything(format)).await;
                let away = fixtures::project(&cx, &format!("Away {seed} {format:?}")).await;
                assert_eq!(import(&cx, &away, &file).await.count(ImportFate::Create), 25, "{seed} {format:?}");
                let mut copies: Vec<_> = all(&cx, &away).await.iter().map(key).collect();
                copies.sort();
                assert_eq!(copies, originals, "{seed} {format:?}");
                for project in [&home, &away] {
                    let again = import(&cx, project, &file).await;
                    assert_eq!(again.count(ImportFate::Unchanged), 25, "{seed} {format:?}: once more adds nothing");
                }
            }
        }
    }

    async fn published_entries_are_exported_newest_first_and_drafts_only_when_asked_for(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        varied(&cx, &project).await;
        let published = ["**Fast** [search]", "1.1.0", "Thanks", "مرحبا 🎉"];
        let mut found = titles(&cx, &project, ExportQuery::default()).await;
        found[1..3].sort();
        assert_eq!(found, published);
        let found = titles(&cx, &project, everything(Format::Json)).await;
        assert_eq!(found.len(), 6);
        assert!(found[..2].iter().all(|title| title == "Ideas" || title == "1.3.0"), "{found:?}");
    }

    async fn a_zip_imported_into_another_project_gives_the_same_entries(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        varied(&cx, &project).await;
        let file = export(&cx, &project, everything(Format::Zip)).await;
        let other = fixtures::project(&cx, "Other").await;
        cx.clock.advance(Duration::days(3));
        assert_eq!(import(&cx, &other, &file).await.count(ImportFate::Create), 6);

        let key = |entry: &Entry| (essence(entry), entry.published_at, entry.created_at, entry.slug.clone());
        let mut before: Vec<_> = all(&cx, &project).await.iter().map(key).collect();
        let mut after: Vec<_> = all(&cx, &other).await.iter().map(key).collect();
        before.sort();
        after.sort();
        assert_eq!(after, before);
        // Once more adds nothing.
        assert_eq!(import(&cx, &other, &file).await.count(ImportFate::Unchanged), 6);
        // And what goes out again is the same but for ids and the time of the last change.
        assert_eq!(all(&cx, &other).await.len(), 6);
    }

    async fn a_changelog_imported_into_another_project_gives_the_same_entries_by_day(cx: Services) {
        let project = fixtures::public_project(&cx, "Orbit Mail").await;
        varied(&cx, &project).await;
        let file = export(&cx, &project, ExportQuery { links: true, ..everything(Format::Markdown) }).await;
        let other = fixtures::public_project(&cx, "Other").await;
        let report = import(&cx, &other, &file).await;
        assert_eq!(report.count(ImportFate::Create), 6);
        // Nothing had to be adapted; drafts are said to stay drafts.
        assert!(report.notes.iter().all(|note| note.message.contains("draft")), "{:?}", report.notes);

        let key = |entry: &Entry| {
            let (title, content, ..) = essence(entry);
            let content = importers::keep::without_blank_lines(&content).to_owned();
            (title, content, entry.version.clone(), essence(entry).3, entry.published_at.map(|at| at.date_naive()))
        };
        let mut before: Vec<_> = all(&cx, &project).await.iter().map(key).collect();
        let mut after: Vec<_> = all(&cx, &other).await.iter().map(key).collect();
        before.sort();
        after.sort();
        assert_eq!(after, before);
        assert_eq!(import(&cx, &other, &file).await.count(ImportFate::Unchanged), 6);
        // The order of a day is that of the file.
        assert_eq!(
            titles(&cx, &other, ExportQuery::default()).await,
            titles(&cx, &project, ExportQuery::default()).await
        );
    }

    async fn a_changelog_that_went_around_is_the_same_file(cx: Services) {
        let project = fixtures::public_project(&cx, "Orbit Mail").await;
        varied(&cx, &project).await;
        let query = ExportQuery::default();
        let file = export(&cx, &project, query.clone()).await;
        let other = fixtures::public_project(&cx, "Orbit Mail").await;
        import(&cx, &other, &file).await;
        assert_eq!(String::from_utf8(export(&cx, &other, query).await).unwrap(), String::from_utf8(file).unwrap());
    }

    async fn an_export_is_of_one_moment_while_others_go_on_writing(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        for number in 0..420 {
            let date = start() - Duration::minutes(number / 3);
            fixtures::published_with(&cx, &project, fixtures::text(&format!("Release {number}")), date).await;
        }
        let mut download = begin(&cx, &project, &everything(Format::Json)).await.unwrap();
        let mut bytes = download.next().await.unwrap().unwrap().to_vec();
        let may = fixtures::may::<DeleteEntries>(&cx, &project).await;
        for entry in all(&cx, &project).await.iter().step_by(2) {
            entries::delete(&cx, &may, &entry.id).await.unwrap();
        }
        fixtures::published_at(&cx, &project, "Late", start() - Duration::days(1)).await;
        while let Some(piece) = download.next().await {
            bytes.extend_from_slice(&piece.unwrap());
        }
        let json: Value = serde_json::from_slice(&bytes).unwrap();
        let mut titles: Vec<_> = json["entries"].as_array().unwrap().iter().map(|entry| entry["title"].to_string()).collect();
        titles.sort();
        titles.dedup();
        assert_eq!(titles.len(), 420, "each once, and no late one");
        assert!(!titles.iter().any(|title| title.contains("Late")));
        assert_eq!(all(&cx, &project).await.len(), 211);
    }

    async fn entries_can_be_narrowed_by_tag_and_date(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        varied(&cx, &project).await;
        let elsewhere = fixtures::project(&cx, "Elsewhere").await;
        varied(&cx, &elsewhere).await;
        let tagged = |tags: &[&str]| ExportQuery {
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
            ..everything(Format::Json)
        };
        assert_eq!(titles(&cx, &project, tagged(&["fixed"])).await, ["1.1.0"]);
        assert_eq!(titles(&cx, &project, tagged(&["Added", "Fixed"])).await.len(), 4);
        assert_eq!(titles(&cx, &project, tagged(&["unknown\0"])).await.len(), 0);
        let day = |days| Some(start() - Duration::days(days));
        let between = |from, until| ExportQuery { from, until, ..everything(Format::Json) };
        assert_eq!(titles(&cx, &project, between(day(30), day(1))).await.len(), 2, "the second bound is excluded");
        assert_eq!(titles(&cx, &project, between(day(0), None)).await.len(), 2, "drafts by their creation");
        assert_eq!(titles(&cx, &project, between(Some(time::MAX), None)).await.len(), 0);
    }

    async fn only_public_entries_are_linked(cx: Services) {
        let project = fixtures::public_project(&cx, "Orbit Mail").await;
        fixtures::published_with(&cx, &project, new("Search", "x", Some("1.0.0"), &[]), start()).await;
        fixtures::entry_with(&cx, &project, new("Later", "x", Some("2.0.0"), &[])).await;
        let query = ExportQuery { links: true, ..everything(Format::Markdown) };
        let text = String::from_utf8(export(&cx, &project, query.clone()).await).unwrap();
        assert!(text.ends_with("\n[1.0.0]: http://tidings.example/changelog/orbit-mail/search\n"), "{text}");
        assert!(!text.contains("[2.0.0]:"));
        let hidden = fixtures::project(&cx, "Hidden").await;
        fixtures::published_with(&cx, &hidden, new("Search", "x", Some("1.0.0"), &[]), start()).await;
        let text = String::from_utf8(export(&cx, &hidden, query).await).unwrap();
        assert!(!text.contains("tidings.example"), "{text}");
    }

    async fn the_day_is_that_of_the_project(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        let date = time::from_wire("2026-03-03T20:30:00Z").unwrap();
        fixtures::published_with(&cx, &project, new("1.0.0", "x", Some("1.0.0"), &[]), date).await;
        let mut tx = cx.db.begin().await.unwrap();
        let tokyo = Project { timezone: Some("Asia/Tokyo".to_owned()), ..project };
        projects::update(&mut tx, &tokyo).await.unwrap();
        tx.commit().await.unwrap();
        let text = String::from_utf8(export(&cx, &tokyo, ExportQuery::default()).await).unwrap();
        assert!(text.contains("## [1.0.0] - 2026-03-04\n"), "{text}");
        let download = begin(&cx, &tokyo, &everything(Format::Zip)).await.unwrap();
        assert_eq!(download.file_name, "orbit-mail-changelog-2026-03-04.zip");
    }

    async fn an_export_is_recorded_with_what_was_asked_for(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        export(&cx, &project, everything(Format::Csv)).await;
        let record = told(&cx, "EXPORT_CREATED").await;
        assert_eq!(record.project_id.as_ref(), Some(&project.id));
        assert_eq!((&record.details["format"], &record.details["status"]), (&"csv".into(), &"all".into()));
    }

    async fn an_export_that_nobody_reads_ends_and_makes_room(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        for number in 0..400 {
            fixtures::published(&cx, &project, &format!("Release {number}")).await;
        }
        for _ in 0..6 {
            let mut download = begin(&cx, &project, &everything(Format::Json)).await.unwrap();
            assert!(download.next().await.unwrap().is_ok());
        }
        assert_eq!(titles(&cx, &project, ExportQuery::default()).await.len(), 400);
        assert_eq!(times(&cx, "EXPORT_CREATED").await, 7);
    }

    async fn a_project_is_found_by_id_or_address(cx: Services) {
        let project = fixtures::project_with(&cx, NewProject { name: "Orbit Mail".to_owned(), ..NewProject::default() }).await;
        for named in [project.id.as_str(), "orbit-mail"] {
            assert_eq!(exports::find_project(&cx, named).await.unwrap().id, project.id);
        }
        assert!(exports::find_project(&cx, "nowhere").await.is_err());
    }

    async fn a_project_without_entries_gives_a_file_all_the_same(cx: Services) {
        let project = fixtures::project(&cx, "Orbit Mail").await;
        for format in Format::ALL {
            assert!(!export(&cx, &project, everything(format)).await.is_empty(), "{format:?}");
        }
    }
}
