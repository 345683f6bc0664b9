use chrono::Duration;
use model::entries::{Entry, EntryPatch, MAX_CONTENT};
use model::imports::{ImportFate, ImportOptions, ImportReport, Reading};
use model::projects::Project;
use model::{Error, time};
use services::access::{PublishEntries, ReadEntries, RunImports, WriteEntries};
use services::entries::ListQuery;
use services::public::{self, PublicQuery};
use services::{Services, entries, imports};
use store::Engine;
use testkit::{TestApp, count, execute, fixtures, on_both_databases, start};

use crate::help::{ask, may, times};

const FILE: &str = "\
# Changelog

All notable changes.

## [Unreleased]

### Added
- Something for later

## [2.0.0] - 2026-02-20

### Added
- Dark mode
- Light mode

### Fixed
- The clock, see [#12]

## [1.1.0] - 2026-01-15

### Security
- A hole

## 1.0.1

### Fixed
- A bug of 1.0.0

## [1.0.0] - 2026-01-15

First release.

[#12]: https://example.com/12
[2.0.0]: https://example.com/compare/1.1.0...2.0.0
";

async fn run(cx: &Services, project: &Project, text: &str, publish: bool) -> model::Result<ImportReport> {
    let may = fixtures::may(cx, project).await;
    imports::run(cx, &may, text, &Reading::default(), ImportOptions { publish, ..ImportOptions::default() }).await
}

async fn preview(cx: &Services, project: &Project, text: &str, publish: bool) -> ImportReport {
    let may = fixtures::may(cx, project).await;
    let options = ImportOptions { publish, ..ImportOptions::default() };
    imports::preview(cx, &may, text, &Reading::default(), &options).await.unwrap()
}

/// Every entry, in the order of the dashboard.
async fn all(cx: &Services, project: &Project) -> Vec<Entry> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    entries::list_page(cx, &may, &ListQuery::default(), 1, 10_000).await.unwrap().0
}

async fn titles(cx: &Services, project: &Project) -> Vec<String> {
    all(cx, project).await.into_iter().map(|entry| entry.version.unwrap_or(entry.title)).collect()
}

fn fates(report: &ImportReport) -> Vec<ImportFate> {
    report.rows.iter().map(|row| row.fate).collect()
}

on_both_databases! {
    async fn every_release_becomes_one_entry_with_its_version_date_tags_and_text(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let report = run(&cx, &project, FILE, true).await.unwrap();
        assert!(report.done && report.publish);
        assert_eq!(fates(&report), [ImportFate::Create; 5]);

        let entries = all(&cx, &project).await;
        assert_eq!(entries.len(), 5);
        let rows: Vec<_> = report.rows.iter().map(|row| row.entry.clone().unwrap()).collect();
        assert_eq!(entries.iter().map(|entry| entry.id.clone()).collect::<Vec<_>>(), rows, "in the order of the file");

        let [unreleased, two, one_one, patch, one] = &entries[..] else { panic!() };
        assert_eq!((unreleased.published_at, unreleased.version.as_deref()), (None, None), "not released, not public");
        assert_eq!(two.version.as_deref(), Some("2.0.0"));
        assert_eq!(two.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["Added", "Fixed"]);
        assert!(two.content.contains("- Dark mode\n- Light mode"), "{}", two.content);
        assert!(two.content.contains("https://example.com/12"), "links at the foot of the file still work");
        assert!(!two.excerpt.is_empty());
        for (entry, day) in [(two, "2026-02-20"), (one_one, "2026-01-15"), (patch, "2026-01-15"), (one, "2026-01-15")] {
            let date = entry.published_at.unwrap();
            assert_eq!((date.date_naive().to_string().as_str(), date), (day, entry.created_at));
        }
        assert_eq!(one.content.trim(), "First release.");

        let shown = public::list(&cx, &project, &PublicQuery::default(), 10).await.unwrap();
        let shown: Vec<_> = shown.items.into_iter().map(|entry| entry.version.unwrap()).collect();
        assert_eq!(shown, ["2.0.0", "1.1.0", "1.0.1", "1.0.0"], "readers see the order of the file");
        assert_eq!(times(&cx, "CHANGELOG_IMPORT_SUCCESS").await, 1);
    }

    async fn without_publication_everything_is_a_draft(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let report = run(&cx, &project, FILE, false).await.unwrap();
        assert!(!report.publish);
        let entries = all(&cx, &project).await;
        assert_eq!(entries.len(), 5);
        assert!(entries.iter().all(|entry| entry.published_at.is_none()));
    }

    async fn a_preview_says_what_the_import_then_does_and_changes_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let planned = preview(&cx, &project, FILE, true).await;
        assert!(!planned.done);
        for table in ["entries", "tags"] {
            assert_eq!(count(&cx.db, table).await, 0);
        }
        let done = run(&cx, &project, FILE, true).await.unwrap();
        assert_eq!(fates(&planned), fates(&done));
        assert_eq!((planned.notes, planned.format), (done.notes, done.format));
    }

    async fn importing_twice_doubles_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, true).await.unwrap();
        let before = all(&cx, &project).await;
        cx.clock.advance(Duration::days(3));
        let again = run(&cx, &project, FILE, false).await.unwrap();
        assert_eq!(fates(&again), [ImportFate::Unchanged; 5]);
        assert!(again.rows.iter().zip(&before).all(|(row, entry)| row.entry.as_ref() == Some(&entry.id)));
        assert_eq!(all(&cx, &project).await, before);
    }

    async fn two_imports_of_one_file_at_the_same_moment_double_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let (a, b) = tokio::join!(run(&cx, &project, FILE, true), run(&cx, &project, FILE, true));
        let created = a.unwrap().count(ImportFate::Create) + b.unwrap().count(ImportFate::Create);
        assert_eq!((created, count(&cx.db, "entries").await), (5, 5));
    }

    async fn a_longer_file_adds_what_is_new(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, FILE, true).await.unwrap();
        let longer = FILE.replace("## [2.0.0]", "## [2.1.0] - 2026-03-01\n\n### Added\n- More\n\n## [2.0.0]");
        let report = run(&cx, &project, &longer, true).await.unwrap();
        assert_eq!((report.count(ImportFate::Create), report.count(ImportFate::Unchanged)), (1, 5));
        assert_eq!(titles(&cx, &project).await[..3], ["Unreleased", "2.1.0", "2.0.0"]);
    }

    async fn a_changed_release_is_reported_and_left_alone(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, true).await.unwrap();
        let before = all(&cx, &project).await;
        let changed = FILE.replace("- Dark mode", "- Dark mode for everybody");
        let report = run(&cx, &project, &changed, true).await.unwrap();
        assert_eq!((report.count(ImportFate::Differs), report.count(ImportFate::Unchanged)), (1, 4));
        let row = &report.rows[1];
        assert!(row.reason.is_some() && row.entry.as_ref() == Some(&before[1].id), "{row:?}");
        assert_eq!(all(&cx, &project).await, before);
    }

    async fn an_entry_edited_since_is_not_overwritten_or_doubled(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, true).await.unwrap();
        let id = all(&cx, &project).await[1].id.clone();
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        let patch = EntryPatch {
            title: Some("Two".into()),
            content: Some("Edited here".into()),
            version: Some(Some("two".into())),
            ..EntryPatch::default()
        };
        entries::update(&cx, &write, &id, patch).await.unwrap();
        let report = run(&cx, &project, FILE, true).await.unwrap();
        assert_eq!(report.rows[1].fate, ImportFate::Differs);
        assert_eq!(count(&cx.db, "entries").await, 5);
    }

    async fn a_version_written_by_hand_is_not_doubled(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let new = model::entries::NewEntry { version: Some("v1.0.0".into()), ..fixtures::text("By hand") };
        let by_hand = fixtures::entry_with(&cx, &project, new).await;
        let report = run(&cx, &project, FILE, true).await.unwrap();
        assert_eq!((report.rows[4].fate, &report.rows[4].entry), (ImportFate::Differs, &Some(by_hand.id)));
        assert_eq!(count(&cx.db, "entries").await, 5);
    }

    async fn a_version_that_stands_twice_in_the_file_loses_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let text = "## 1.0.0\n\nThe first text\n\n## v1.0.0\n\nThe second text\n";
        let report = run(&cx, &project, text, true).await.unwrap();
        assert_eq!(report.count(ImportFate::Create), 2);
        assert!(report.notes.iter().any(|note| note.line == 5), "{:?}", report.notes);
        let entries = all(&cx, &project).await;
        let contents: Vec<_> = entries.iter().map(|entry| entry.content.trim()).collect();
        assert_eq!(contents, ["The first text", "The second text"]);
        assert_eq!(entries[0].version.as_deref(), Some("1.0.0"));
        assert_eq!(fates(&run(&cx, &project, text, true).await.unwrap()), [ImportFate::Unchanged; 2]);
    }

    async fn releases_without_versions_are_recognised_again(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let text = "# News\n\n## 2026-02-01\n\nText one\n\n## 2026-01-01\n\nText two\n";
        let report = run(&cx, &project, text, true).await.unwrap();
        assert_eq!(report.count(ImportFate::Create), 2, "{report:?}");
        assert_eq!(fates(&run(&cx, &project, text, true).await.unwrap()), [ImportFate::Unchanged; 2]);
    }

    async fn what_cannot_be_imported_is_refused_by_row_and_the_rest_is_imported(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let long = "x".repeat(MAX_CONTENT + 1);
        let text = format!("## Unreleased\n\n## 1.1.0\n\n{long}\n\n## 1.0.0\n\nGood\n");
        let report = run(&cx, &project, &text, true).await.unwrap();
        assert_eq!(fates(&report), [ImportFate::Refused, ImportFate::Refused, ImportFate::Create]);
        assert!(report.rows[..2].iter().all(|row| row.reason.is_some() && row.entry.is_none()), "{:?}", report.rows);
        assert_eq!(titles(&cx, &project).await, ["1.0.0"]);
    }

    async fn a_release_without_notes_is_still_a_release(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, "## 1.0.1 - 2026-01-02\n\n## 1.0.0 - 2026-01-01\n\nFirst\n", true).await.unwrap();
        assert_eq!(titles(&cx, &project).await, ["1.0.1", "1.0.0"]);
        assert!(!all(&cx, &project).await[0].content.trim().is_empty());
        assert_eq!(public::figures(&cx, &project).await.unwrap().0, 2);
    }

    async fn releases_of_today_are_public_at_once_and_later_ones_wait(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let text = "## 3.0.0 - 2027-01-01\n\nA\n\n## 2.0.0 - 2026-03-04\n\nB\n\n## 1.0.0 - 2026-03-04\n\nC\n";
        let notes = preview(&cx, &project, text, true).await.notes;
        assert!(notes.iter().any(|note| note.message.starts_with("One release is dated ahead")), "{notes:?}");
        run(&cx, &project, text, true).await.unwrap();
        let shown = public::list(&cx, &project, &PublicQuery::default(), 10).await.unwrap().items;
        let versions: Vec<_> = shown.iter().map(|entry| entry.version.as_deref().unwrap()).collect();
        assert_eq!(versions, ["2.0.0", "1.0.0"]);
        assert!(shown.iter().all(|entry| entry.published_at.unwrap() <= start()));
    }

    async fn dates_before_computers_can_still_be_paged_through(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let text = "## 1.0.0 (12 March 1969)\n\nA\n\n## 0.9.0 (11 March 1969)\n\nB\n";
        run(&cx, &project, text, true).await.unwrap();
        let page = public::list(&cx, &project, &PublicQuery::default(), 1).await.unwrap();
        let cursor = page.next.map(|next| next.to_string());
        let rest = public::list(&cx, &project, &PublicQuery { cursor, ..PublicQuery::default() }, 1).await.unwrap();
        assert_eq!((page.items[0].version.as_deref(), rest.items[0].version.as_deref()), (Some("1.0.0"), Some("0.9.0")));
        assert!(rest.items[0].published_at.unwrap() >= time::MIN);
    }

    async fn an_import_that_fails_half_way_leaves_nothing_behind(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        match cx.db.engine() {
            Engine::Sqlite => {
                let trigger = "CREATE TRIGGER broken BEFORE INSERT ON entry_rows WHEN NEW.version = '1.0.0' \
                    BEGIN SELECT RAISE(ABORT, 'broken'); END";
                execute(&cx.db, trigger).await;
            }
            Engine::Postgres => {
                let function = "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS \
                    $$ BEGIN RAISE EXCEPTION 'broken'; END $$";
                execute(&cx.db, function).await;
                let trigger = "CREATE TRIGGER broken BEFORE INSERT ON entry_rows FOR EACH ROW \
                    WHEN (NEW.version = '1.0.0') EXECUTE FUNCTION broken()";
                execute(&cx.db, trigger).await;
            }
        }
        let failed = run(&cx, &project, FILE, true).await;
        let Err(Error::Internal { reference }) = failed else { panic!("{failed:?}") };
        assert!(!reference.is_empty());
        for table in ["entries", "tags", "entry_tags"] {
            assert_eq!(count(&cx.db, table).await, 0, "{table}");
        }
        assert_eq!(times(&cx, "CHANGELOG_IMPORT_SUCCESS").await, 0);
    }

    async fn staff_import_drafts_and_publish_only_where_they_may(app: TestApp) {
        let cx = &app.services;
        let sam = app.staff("Sam").await;
        let guarded = fixtures::project(cx, "Guarded").await;
        let import = may::<RunImports>(cx, &sam, &guarded).await;
        assert!(ask::<PublishEntries>(cx, &sam, &guarded).await.is_err());
        let publish = ImportOptions { publish: true, ..ImportOptions::default() };
        let refused = imports::run(cx, &import, FILE, &Reading::default(), publish).await;
        assert_eq!(refused, Err(Error::NeedsApproval));
        assert_eq!(count(&cx.db, "entries").await, 0);
        imports::run(cx, &import, FILE, &Reading::default(), ImportOptions::default()).await.unwrap();
        let entries = all(cx, &guarded).await;
        assert_eq!(entries.len(), 5);
        assert!(entries.iter().all(|entry| entry.published_at.is_none()));
        assert_eq!(entries[0].created_by_id.as_ref(), Some(sam.id()));

        let other = fixtures::project(cx, "Other").await;
        let elsewhere = may::<RunImports>(cx, &sam, &other).await;
        let kept = imports::read(cx, &import, FILE, &Reading::default()).await.unwrap();
        let refused = imports::start(cx, &elsewhere, &kept.id, ImportOptions::default()).await;
        assert_eq!(refused.unwrap_err(), Error::NotFound, "an import of another project is not there");
    }

    async fn a_file_that_is_no_changelog_is_refused_by_field(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        for text in ["", "short", "  \n\n  "] {
            let error = run(&cx, &project, text, true).await.unwrap_err();
            assert!(error.for_field("text").is_some(), "{error:?}");
        }
        let many: String = (0..5_001).map(|number| format!("## 1.0.{number}\n\nText\n\n")).collect();
        assert!(run(&cx, &project, &many, true).await.unwrap_err().for_field("text").is_some());
        assert_eq!(count(&cx.db, "entries").await, 0);
    }

    async fn characters_that_a_database_refuses_do_no_harm(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let text = "## 1.0.0 \0 Ze\0ro\r\n\r\n### Fix\0ed\r\nText\0 \u{feff}🦀 \u{1}\r\n";
        assert_eq!(run(&cx, &project, text, true).await.unwrap().count(ImportFate::Create), 1);
        assert_eq!(run(&cx, &project, text, true).await.unwrap().count(ImportFate::Unchanged), 1);
        assert!(!all(&cx, &project).await[0].content.contains('\0'));
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_eq!(imports::decode("## 1.0.0\n\nGrüße\n".as_bytes()).unwrap(), "## 1.0.0\n\nGrüße\n");
    let error = imports::decode(&[0x89, b'P', b'N', b'G', 0, 1, 2, 0xff]).unwrap_err();
    assert!(error.for_field("file").is_some(), "{error:?}");
    let large = vec![b'x'; 10 * 1024 * 1024 + 1];
    assert_eq!(imports::decode(&large), Err(Error::TooLarge { limit_bytes: 10 * 1024 * 1024 }));
}
