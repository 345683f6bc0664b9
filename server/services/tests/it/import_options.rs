//! What each option and each choice of an import means.

use chrono::Duration;
use model::entries::{Entry, EntryPatch, NewEntry};
use model::imports::{
    Choice, DateHandling, ImportFate, ImportJob, ImportOptions, OnConflict, Outcome, Reading, RowFilter, Source,
    Strategy,
};
use model::projects::Project;
use model::time::{from_wire, to_wire};
use model::{Error, Permission};
use services::access::{ReadEntries, RunImports, WriteEntries};
use services::entries::ListQuery;
use services::{Grant, Services, entries, imports};
use testkit::{TestApp, count, fixtures, on_both_databases, start};

use crate::help::{log, may};

pub const FILE: &str = "# Changelog\n\n## [Unreleased]\n\n- Soon\n\n## 2.0.0 - 2026-02-20\n\n### Added\n\n- Dark\n\n\
    ## 1.1.0 - 2026-01-15\n\n- Middle\n\n## 1.0.0 - 2026-01-10\n\n- First\n";

pub async fn importer(cx: &Services, project: &Project) -> Grant<RunImports> {
    fixtures::may(cx, project).await
}

pub async fn read(cx: &Services, project: &Project, text: &str) -> ImportJob {
    imports::read(cx, &importer(cx, project).await, text, &Reading::default()).await.unwrap()
}

/// Reads, starts and waits.
pub async fn run(cx: &Services, project: &Project, text: &str, options: ImportOptions) -> ImportJob {
    let job = read(cx, project, text).await;
    finish(cx, project, &job, options).await
}

pub async fn finish(cx: &Services, project: &Project, job: &ImportJob, options: ImportOptions) -> ImportJob {
    let may = importer(cx, project).await;
    imports::start(cx, &may, &job.id, options).await.unwrap().done().await.unwrap();
    imports::get(cx, &may, &job.id).await.unwrap()
}

/// Every entry, newest first.
pub async fn all(cx: &Services, project: &Project) -> Vec<Entry> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    entries::list_page(cx, &may, &ListQuery::default(), 1, 10_000).await.unwrap().0
}

async fn edit(cx: &Services, project: &Project, entry: &Entry, content: &str) -> Entry {
    let may = fixtures::may::<WriteEntries>(cx, project).await;
    let patch = EntryPatch { content: Some(content.to_owned()), ..EntryPatch::default() };
    entries::update(cx, &may, &entry.id, patch).await.unwrap()
}

fn published() -> ImportOptions {
    ImportOptions { publish: true, ..ImportOptions::default() }
}

fn outcomes(job: &ImportJob) -> [i64; 5] {
    [Outcome::Created, Outcome::Overwritten, Outcome::Unchanged, Outcome::Skipped, Outcome::Refused]
        .map(|outcome| job.of_outcome(outcome))
}

async fn choose(cx: &Services, project: &Project, job: &ImportJob, position: i64, choice: Choice) {
    imports::choose(cx, &importer(cx, project).await, &job.id, Some(position), None, Some(choice)).await.unwrap();
}

const CHANGED: &str = "# Changelog\n\n## [Unreleased]\n\n- Soon\n\n## 2.0.0 - 2026-02-28\n\n### Fixed\n\n- Darker\n\n\
    ## 1.1.0 - 2026-01-15\n\n- Middle\n\n## 1.0.0 - 2026-01-10\n\n- First of all\n";

on_both_databases! {
    async fn an_overwritten_entry_keeps_its_id_its_address_and_its_date(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, FILE, published()).await;
        let before = all(&cx, &project).await;
        cx.clock.advance(Duration::days(1));
        let job = run(&cx, &project, CHANGED, ImportOptions { on_conflict: OnConflict::Overwrite, ..published() }).await;
        assert_eq!(outcomes(&job), [0, 2, 2, 0, 0]);
        assert_eq!(job.written, 2);
        let after = all(&cx, &project).await;
        assert_eq!(after.len(), 4);
        let two = after.iter().find(|entry| entry.version.as_deref() == Some("2.0.0")).unwrap();
        let was = before.iter().find(|entry| entry.id == two.id).expect("the same entry");
        assert!(two.content.contains("Darker") && two.excerpt.contains("Darker"), "{two:?}");
        assert_eq!(two.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["Fixed"]);
        assert_eq!((&two.slug, two.published_at, two.created_at), (&was.slug, was.published_at, was.created_at));
        assert_eq!((two.lock_version, two.updated_at), (was.lock_version + 1, cx.clock.now()));
        // What says the same was not touched, and the same file again finds nothing to do.
        let untouched: Vec<_> = after.iter().filter(|entry| before.contains(entry)).collect();
        assert_eq!(untouched.len(), 2);
        let again = run(&cx, &project, CHANGED, ImportOptions { on_conflict: OnConflict::Overwrite, ..published() }).await;
        assert_eq!(outcomes(&again), [0, 0, 4, 0, 0]);
        assert_eq!(all(&cx, &project).await, after);
    }

    async fn a_draft_that_is_overwritten_becomes_public_with_the_import(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let before = all(&cx, &project).await;
        assert!(before.iter().all(|entry| entry.published_at.is_none()));
        let job = run(&cx, &project, CHANGED, ImportOptions { on_conflict: OnConflict::Overwrite, ..published() }).await;
        assert_eq!(outcomes(&job), [0, 2, 2, 0, 0]);
        let public: Vec<_> = all(&cx, &project).await.into_iter().filter(|entry| entry.published_at.is_some()).collect();
        assert_eq!(public.len(), 2);
        assert!(public.iter().any(|entry| entry.published_at.map(to_wire).unwrap().starts_with("2026-02-28")));
    }

    async fn rows_can_be_decided_one_by_one(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let more = format!("{CHANGED}\n## 0.9.0 - 2025-12-01\n\n- Early\n\n## 0.8.0 - 2025-11-01\n\n- Earlier\n");
        let job = read(&cx, &project, &more).await;
        assert_eq!((job.of_fate(ImportFate::Differs), job.of_fate(ImportFate::Create), job.total), (2, 2, 6));
        choose(&cx, &project, &job, 1, Choice::WithoutVersion).await;
        choose(&cx, &project, &job, 3, Choice::Overwrite).await;
        choose(&cx, &project, &job, 5, Choice::Skip).await;
        let importer = importer(&cx, &project).await;
        for (position, choice) in [(2, Choice::Overwrite), (4, Choice::Overwrite), (1, Choice::Create)] {
            let refused = imports::choose(&cx, &importer, &job.id, Some(position), None, Some(choice)).await;
            assert!(refused.unwrap_err().for_field("choice").is_some(), "{position} {choice:?}");
        }
        let job = finish(&cx, &project, &job, ImportOptions::default()).await;
        assert_eq!(outcomes(&job), [2, 1, 2, 1, 0]);
        let entries = all(&cx, &project).await;
        assert_eq!(entries.len(), 6);
        let texts = |version: Option<&str>| -> Vec<&str> {
            entries.iter().filter(|entry| entry.version.as_deref() == version).map(|entry| entry.content.trim()).collect()
        };
        assert_eq!(texts(Some("2.0.0")), ["## Added\n\n- Dark"], "the entry that was there");
        assert!(texts(None).contains(&"## Fixed\n\n- Darker"), "{:?}", texts(None));
        assert_eq!(texts(Some("1.0.0")), ["- First of all"]);
        assert_eq!((texts(Some("0.9.0")), texts(Some("0.8.0"))), (vec!["- Early"], vec![]));

        // The same choices again add nothing: what was added without its version is known.
        let job = read(&cx, &project, &more).await;
        choose(&cx, &project, &job, 1, Choice::WithoutVersion).await;
        choose(&cx, &project, &job, 5, Choice::Skip).await;
        let job = finish(&cx, &project, &job, ImportOptions::default()).await;
        assert_eq!(job.of_outcome(Outcome::Created), 0);
        assert_eq!(all(&cx, &project).await.len(), 6);
    }

    async fn all_rows_of_a_kind_can_be_decided_at_once(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let importer = importer(&cx, &project).await;
        let job = read(&cx, &project, &format!("{CHANGED}\n## 0.9.0\n\n- Early\n")).await;
        imports::choose(&cx, &importer, &job.id, None, Some(ImportFate::Differs), Some(Choice::Overwrite)).await.unwrap();
        imports::choose(&cx, &importer, &job.id, None, Some(ImportFate::Create), Some(Choice::Skip)).await.unwrap();
        let job = finish(&cx, &project, &job, ImportOptions::default()).await;
        assert_eq!(outcomes(&job), [0, 2, 2, 1, 0]);
        let job = read(&cx, &project, &format!("{FILE}\n## 0.9.0\n\n- Early\n")).await;
        imports::choose(&cx, &importer, &job.id, None, None, Some(Choice::Skip)).await.unwrap();
        imports::choose(&cx, &importer, &job.id, None, None, None).await.unwrap();
        assert_eq!(finish(&cx, &project, &job, ImportOptions::default()).await.of_outcome(Outcome::Created), 1);
    }

    async fn asking_about_conflicts_waits_for_the_answers(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let job = read(&cx, &project, CHANGED).await;
        let importer = importer(&cx, &project).await;
        let ask = ImportOptions { on_conflict: OnConflict::Prompt, ..ImportOptions::default() };
        let refused = imports::start(&cx, &importer, &job.id, ask.clone()).await.unwrap_err();
        assert!(refused.for_field("choices").is_some_and(|message| message.contains("2 rows")), "{refused:?}");
        choose(&cx, &project, &job, 1, Choice::Overwrite).await;
        choose(&cx, &project, &job, 3, Choice::Skip).await;
        assert_eq!(outcomes(&finish(&cx, &project, &job, ask).await), [0, 1, 2, 1, 0]);
    }

    async fn the_text_of_a_row_and_of_its_entry_stand_side_by_side(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let job = read(&cx, &project, CHANGED).await;
        let importer = importer(&cx, &project).await;
        let both = imports::text(&cx, &importer, &job.id, 1).await.unwrap();
        let (title, version, tags, content) = both.existing.expect("an entry");
        assert_eq!((title.as_str(), version.as_deref(), tags), ("2.0.0", Some("2.0.0"), vec!["Added".to_owned()]));
        assert!(content.contains("- Dark") && both.content.contains("- Darker"));
        assert_eq!(imports::text(&cx, &importer, &job.id, 2).await.unwrap().existing, None);
        assert_eq!(imports::text(&cx, &importer, &job.id, 99).await, Err(Error::NotFound));
    }

    async fn what_somebody_edited_since_the_preview_is_not_overwritten(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let two = all(&cx, &project).await.into_iter().find(|entry| entry.version.as_deref() == Some("2.0.0")).unwrap();
        let job = read(&cx, &project, CHANGED).await;
        let edited = edit(&cx, &project, &two, "Written by hand").await;
        let job = finish(&cx, &project, &job, ImportOptions { on_conflict: OnConflict::Overwrite, ..ImportOptions::default() }).await;
        assert_eq!(outcomes(&job), [0, 1, 2, 0, 1]);
        assert!(all(&cx, &project).await.contains(&edited));
        let refused = RowFilter { outcome: Some(Outcome::Refused), fate: None };
        let rows = imports::rows(&cx, &importer(&cx, &project).await, &job.id, refused, 1).await.unwrap().rows;
        assert!(rows[0].reason.as_deref().unwrap().contains("since the preview"), "{rows:?}");
    }

    async fn append_leaves_a_taken_version_to_the_other_entry(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let by_hand = NewEntry { version: Some("v2.0.0".into()), ..fixtures::text("By hand") };
        fixtures::entry_with(&cx, &project, by_hand).await;
        let append = ImportOptions { strategy: Strategy::Append, ..ImportOptions::default() };
        let job = run(&cx, &project, FILE, append.clone()).await;
        assert_eq!(outcomes(&job), [4, 0, 0, 0, 0]);
        let entries = all(&cx, &project).await;
        let added = entries.iter().find(|entry| entry.content.contains("- Dark")).unwrap();
        assert_eq!((added.version.as_deref(), entries.len()), (None, 5));
        let created = RowFilter { outcome: Some(Outcome::Created), fate: None };
        let rows = imports::rows(&cx, &importer(&cx, &project).await, &job.id, created, 1).await.unwrap().rows;
        assert!(rows[1].reason.as_deref().unwrap().contains("2.0.0"), "{rows:?}");
        assert_eq!(outcomes(&run(&cx, &project, FILE, append).await), [0, 0, 3, 1, 0], "again, nothing is added");
        assert_eq!(all(&cx, &project).await.len(), 5);
    }

    async fn replace_leaves_exactly_what_is_in_the_file(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, FILE, published()).await;
        fixtures::published(&cx, &project, "Not in the file").await;
        let before = all(&cx, &project).await;
        let replace = ImportOptions { strategy: Strategy::Replace, preserve_existing: false, ..published() };
        let file = CHANGED.replace("## 1.1.0 - 2026-01-15\n\n- Middle\n\n", "") + "\n## 0.9.0 - 2025-12-01\n\n- Early\n";
        let job = run(&cx, &project, &file, replace).await;
        assert_eq!((outcomes(&job), job.deleted), ([1, 3, 0, 0, 0], 2));
        let after = all(&cx, &project).await;
        let versions: Vec<_> = after.iter().map(|entry| entry.version.as_deref()).collect();
        assert_eq!(versions, [None, Some("2.0.0"), Some("1.0.0"), Some("0.9.0")]);
        assert!(after[1].published_at.map(to_wire).unwrap().starts_with("2026-02-28"), "dates are those of the file");
        let kept = after.iter().filter(|entry| before.iter().any(|was| was.id == entry.id && was.slug == entry.slug));
        assert_eq!(kept.count(), 3, "links that people know still lead there");
    }

    async fn replace_and_publish_have_rights_of_their_own(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Guarded").await;
        let sam = app.staff("Sam").await;
        let import = may::<RunImports>(cx, &sam, &project).await;
        let job = imports::read(cx, &import, FILE, &Reading::default()).await.unwrap();
        let start = async |options| imports::start(cx, &import, &job.id, options).await.unwrap_err();
        let replace = ImportOptions { strategy: Strategy::Replace, preserve_existing: false, ..ImportOptions::default() };
        assert_eq!(start(replace.clone()).await, Error::Forbidden { needs: Permission::DeleteEntries });
        let careless = ImportOptions { preserve_existing: true, ..replace };
        assert!(start(careless).await.for_field("preserveExistingEntries").is_some());
        assert_eq!(start(published()).await, Error::NeedsApproval);
        assert_eq!(count(&cx.db, "entries").await, 0);
        assert!(log(cx).await.iter().all(|record| !record.action.contains("IMPORT")), "nothing has begun");
    }

    async fn staff_who_may_not_publish_change_no_published_entry(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Guarded").await;
        run(cx, &project, FILE, published()).await;
        let before = all(cx, &project).await;
        let sam = app.staff("Sam").await;
        let import = may::<RunImports>(cx, &sam, &project).await;
        let file = CHANGED.replace("- Soon", "- Sooner");
        let job = imports::read(cx, &import, &file, &Reading::default()).await.unwrap();
        let options = ImportOptions { on_conflict: OnConflict::Overwrite, ..ImportOptions::default() };
        imports::start(cx, &import, &job.id, options).await.unwrap().done().await.unwrap();
        let job = imports::get(cx, &import, &job.id).await.unwrap();
        assert_eq!(outcomes(&job), [0, 1, 1, 0, 2], "only the draft");
        let changed: Vec<_> = all(cx, &project).await.into_iter().filter(|entry| !before.contains(entry)).collect();
        assert_eq!(changed.len(), 1);
        assert_eq!((changed[0].published_at, changed[0].updated_by_id.as_ref()), (None, Some(sam.id())));
    }

    async fn missing_versions_are_made_in_the_order_of_dates(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        fixtures::entry_with(&cx, &project, NewEntry { version: Some("1.4.0".into()), ..fixtures::text("Old") }).await;
        let text = "title,version,date,content\nThird,,2026-03-03,c\nFirst,,2026-03-01,a\nTaken,1.4.2,2026-03-02,x\nSecond,,2026-03-02,b\nUndated,,,d\n";
        let options = ImportOptions { auto_versions: true, ..ImportOptions::default() };
        run(&cx, &project, text, options.clone()).await;
        let entries = all(&cx, &project).await;
        let version = |title: &str| entries.iter().find(|entry| entry.title == title).unwrap().version.clone().unwrap();
        assert_eq!(["First", "Second", "Third", "Undated"].map(version), ["1.4.3", "1.4.4", "1.4.5", "1.4.6"]);
        let more = format!("{text}Fourth,,2026-03-04,e\n");
        run(&cx, &project, &more, options).await;
        let entries = all(&cx, &project).await;
        assert_eq!(entries.len(), 7);
        assert_eq!(entries.iter().find(|entry| entry.title == "Fourth").unwrap().version.as_deref(), Some("1.4.7"));
    }

    async fn tags_get_other_names_and_company(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let text = "title,content,tags\nA,x,bug;UI\nB,y,Bug;noise\nC,z,\n";
        let tag_names = [("BUG".to_owned(), "Fix".to_owned()), ("noise".to_owned(), String::new())].into();
        let options = ImportOptions { tag_names, default_tags: vec!["Imported".into()], ..ImportOptions::default() };
        run(&cx, &project, text, options).await;
        let tags: Vec<String> = all(&cx, &project).await.iter()
            .map(|entry| entry.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(tags, ["Fix UI Imported", "Fix Imported", "Imported"]);
        assert_eq!(count(&cx.db, "tags").await, 3, "none under its old name");
        // The next preview starts from the same names, so that nothing looks different.
        let again = read(&cx, &project, text).await;
        assert_eq!(again.of_fate(ImportFate::Unchanged), 3);
    }

    async fn dates_are_those_of_the_file_or_of_now(cx: Services) {
        let text = "title,date,content\nA,2026-01-01T10:00:00.250Z,x\nB,2025-12-01,y\nC,,z\n";
        for (dates, expected) in [
            (DateHandling::Preserve, ["2026-01-01T10:00:00.250Z", "2025-12-01T12:00:00.002Z", "2026-03-04T09:29:59.998Z"]),
            (DateHandling::Current, ["2026-03-04T09:30:00.000Z", "2026-03-04T09:29:59.999Z", "2026-03-04T09:29:59.998Z"]),
            (DateHandling::Sequence, ["2026-03-04T09:30:00.000Z", "2026-03-04T09:29:00.000Z", "2026-03-04T09:28:00.000Z"]),
        ] {
            let project = fixtures::project(&cx, &format!("{dates:?}")).await;
            run(&cx, &project, text, ImportOptions { dates, ..published() }).await;
            let mut entries = all(&cx, &project).await;
            entries.sort_by(|a, b| a.title.cmp(&b.title));
            let published: Vec<_> = entries.iter().map(|entry| to_wire(entry.published_at.unwrap())).collect();
            assert_eq!(published, expected, "{dates:?}");
            assert!(entries.iter().all(|entry| entry.published_at == Some(entry.created_at)), "{dates:?}");
        }
    }

    async fn rows_of_one_day_keep_the_order_of_the_table_whichever_it_is(cx: Services) {
        for (rows, expected) in [
            (["A,2026-02-02", "B,2026-01-01", "C,2026-01-01"], ["A", "B", "C"]),
            (["C,2026-01-01", "B,2026-01-01", "A,2026-02-02"], ["A", "B", "C"]),
        ] {
            let project = fixtures::project(&cx, rows[0]).await;
            let text = format!("title,date\n{}\n", rows.join("\n"));
            run(&cx, &project, &text, published()).await;
            let titles: Vec<_> = all(&cx, &project).await.into_iter().map(|entry| entry.title).collect();
            assert_eq!(titles, expected, "{rows:?}");
        }
    }

    async fn an_export_that_is_imported_gives_the_same_entries(cx: Services) {
        let home = fixtures::public_project(&cx, "Home").await;
        let mut made = Vec::new();
        for (title, content, version, tags, date) in [
            ("Dark mode", "# Dark\n\n\"Quoted\", and; more | `x`\n", Some("v2.0.0"), &["Feature", "UI & more"][..], Some("2026-02-20T08:15:30.250Z")),
            ("2.0.0-rc.1", "Text", Some("2.0.0-rc.1"), &[], Some("2026-02-20T08:15:30.250Z")),
            ("Nothing yet", "", None, &["Feature"], None),
            ("No version", "Text\n\nwith lines", None, &[], Some("2026-01-01T00:00:00.000Z")),
        ] {
            let new = NewEntry { title: title.into(), content: content.into(), version: version.map(Into::into), external_id: None, tags: fixtures::tags(tags) };
            let entry = fixtures::entry_with(&cx, &home, new).await;
            cx.clock.advance(Duration::milliseconds(1_234));
            made.push((entry, date));
        }
        for (entry, date) in &made {
            if let Some(date) = date {
                entries::publish(&cx, &fixtures::may(&cx, &home).await, &entry.id, from_wire(date)).await.unwrap();
            }
        }
        let originals = all(&cx, &home).await;
        let json = export_json(&originals);
        let csv = export_csv(&originals);
        for (name, text) in [("Json", json), ("Csv", csv)] {
            let away = fixtures::public_project(&cx, name).await;
            let job = run(&cx, &away, &text, published()).await;
            assert_eq!(outcomes(&job), [4, 0, 0, 0, 0], "{name}: {:?}", job.notes);
            assert_eq!(job.notes.len(), usize::from(name == "Csv"), "{:?}", job.notes);
            let copies = all(&cx, &away).await;
            for original in &originals {
                let copy = copies.iter().find(|copy| copy.title == original.title).unwrap();
                assert_eq!(
                    (&copy.content, &copy.version, copy.created_at, copy.published_at, &copy.slug, copy.tags.iter().map(|tag| &tag.id).collect::<Vec<_>>()),
                    (&original.content, &original.version, original.created_at, original.published_at, &original.slug, original.tags.iter().map(|tag| &tag.id).collect::<Vec<_>>()),
                    "{name}"
                );
            }
            for project in [&home, &away] {
                assert_eq!(outcomes(&run(&cx, project, &text, published()).await), [0, 0, 4, 0, 0], "{name} again");
            }
            assert_eq!(all(&cx, &home).await, originals);
        }
    }

    async fn a_program_that_names_its_entries_changes_them_under_any_title(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let file = |title: &str| format!(r#"[{{"externalId":"jira-7","title":"{title}","content":"Same"}}]"#);
        run(&cx, &project, &file("One"), ImportOptions::default()).await;
        let overwrite = ImportOptions { on_conflict: OnConflict::Overwrite, ..ImportOptions::default() };
        assert_eq!(outcomes(&run(&cx, &project, &file("Two"), overwrite).await), [0, 1, 0, 0, 0]);
        assert_eq!(all(&cx, &project).await.into_iter().map(|entry| entry.title).collect::<Vec<_>>(), ["Two"]);
    }

    async fn a_table_can_be_read_again_with_other_columns(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        let told = Reading { source: Some(Source::Csv), ..Reading::default() };
        let job = imports::read(&cx, &importer, "title,name,content\nWrong,Right,Text\n", &told).await.unwrap();
        choose(&cx, &project, &job, 0, Choice::Skip).await;
        let columns = [(model::imports::Part::Title, "name".to_owned())].into();
        let job = imports::read_again(&cx, &importer, &job.id, &Reading { columns, ..told.clone() }).await.unwrap();
        let page = imports::rows(&cx, &importer, &job.id, RowFilter::default(), 1).await.unwrap();
        assert_eq!((page.rows[0].title.as_str(), page.rows[0].choice), ("Right", None));
        let columns = [(model::imports::Part::Title, "nothing".to_owned())].into();
        let refused = imports::read_again(&cx, &importer, &job.id, &Reading { columns, ..told.clone() }).await.unwrap_err();
        assert!(refused.for_field("columns").is_some(), "{refused:?}");
        finish(&cx, &project, &job, ImportOptions::default()).await;
        assert!(matches!(imports::read_again(&cx, &importer, &job.id, &told).await, Err(Error::Conflict { .. })));
    }

    async fn a_mistake_in_row_37_is_reported_for_row_37_and_the_rest_is_imported(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let mut text = "title,version,date,content\n".to_owned();
        for row in 2..=40 {
            let date = if row == 37 { "2026-02-31" } else { "2026-01-02" };
            text.push_str(&format!("Entry {row},1.{row}.0,{date},Text\n"));
        }
        let job = run(&cx, &project, &text, ImportOptions::default()).await;
        assert_eq!(outcomes(&job), [38, 0, 0, 0, 1]);
        let refused = RowFilter { outcome: Some(Outcome::Refused), fate: None };
        let page = imports::rows(&cx, &importer(&cx, &project).await, &job.id, refused, 1).await.unwrap();
        assert_eq!((page.total, page.rows[0].line, page.rows[0].title.as_str()), (1, 37, "Entry 37"));
        assert_eq!(page.rows[0].reason.as_deref(), Some("\"2026-02-31\" is not a date."));
        let last = log(&cx).await;
        assert!(last.iter().any(|record| record.action == "CHANGELOG_IMPORT_PARTIAL"), "{last:?}");
        assert_eq!(start(), cx.clock.now());
    }

    async fn too_many_different_tags_are_a_wrong_column(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let names: Vec<String> = (0..1_001).map(|number| format!("t{number}")).collect();
        let text = format!("title,tags\nA,{}\n", names.join(";"));
        let importer = importer(&cx, &project).await;
        let refused = imports::read(&cx, &importer, &text, &Reading::default()).await.unwrap_err();
        assert!(refused.for_field("columns").is_some_and(|message| message.contains("1001")), "{refused:?}");
    }
}

/// As the export of a project writes it.
fn export_json(entries: &[Entry]) -> String {
    let entries: Vec<_> = entries
        .iter()
        .map(|entry| {
            serde_json::json!({
                "id": entry.id, "externalId": null, "title": entry.title, "content": entry.content,
                "version": entry.version, "slug": entry.slug, "status": entry.state().as_str(),
                "publishedAt": entry.published_at.map(to_wire), "createdAt": to_wire(entry.created_at),
                "updatedAt": to_wire(entry.updated_at),
                "tags": entry.tags.iter().map(|tag| &tag.name).collect::<Vec<_>>(),
            })
        })
        .collect();
    serde_json::json!({ "format": "tidings", "version": 1, "project": { "name": "Home" }, "entries": entries })
        .to_string()
}

fn export_csv(entries: &[Entry]) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut text = "title,version,date,content,tags,status,slug,created_at,updated_at,external_id\r\n".to_owned();
    for entry in entries {
        let tags: Vec<_> = entry.tags.iter().map(|tag| tag.name.as_str()).collect();
        let fields = [
            quote(&entry.title),
            quote(entry.version.as_deref().unwrap_or_default()),
            entry.published_at.map(to_wire).unwrap_or_default(),
            quote(&entry.content),
            quote(&tags.join(";")),
            entry.state().as_str().to_owned(),
            entry.slug.clone(),
            to_wire(entry.created_at),
            to_wire(entry.updated_at),
            String::new(),
        ];
        text.push_str(&fields.join(","));
        text.push_str("\r\n");
    }
    text
}
