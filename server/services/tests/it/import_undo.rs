//! Taking an import back.

use chrono::Duration;
use model::entries::{Entry, EntryPatch, NewEntry};
use model::imports::{ImportJob, ImportOptions, OnConflict, Reading, UndoState, Undone, UndoneCounts};
use model::projects::Project;
use model::{Error, Permission};
use services::access::{RunImports, WriteEntries};
use services::{Grant, Services, entries, imports};
use testkit::{TestApp, count, fixtures, on_both_databases};

use crate::help::{may, told};
use crate::import_options::{FILE, all, importer, read, run};

async fn undo(cx: &Services, project: &Project, job: &ImportJob) -> model::Result<UndoState> {
    imports::undo(cx, &importer(cx, project).await, &job.id).await
}

async fn state(cx: &Services, project: &Project, job: &ImportJob) -> UndoState {
    imports::undo_state(cx, &importer(cx, project).await, &job.id).await.unwrap()
}

async fn change(cx: &Services, project: &Project, entry: &Entry, patch: EntryPatch) -> Entry {
    let may = fixtures::may::<WriteEntries>(cx, project).await;
    entries::update(cx, &may, &entry.id, patch).await.unwrap()
}

fn content(text: &str) -> EntryPatch {
    EntryPatch { content: Some(text.to_owned()), ..EntryPatch::default() }
}

fn overwriting() -> ImportOptions {
    ImportOptions { on_conflict: OnConflict::Overwrite, publish: true, ..ImportOptions::default() }
}

fn of<'a>(entries: &'a [Entry], version: &str) -> &'a Entry {
    entries.iter().find(|entry| entry.version.as_deref() == Some(version)).expect("the entry")
}

fn new(title: &str, version: &str) -> NewEntry {
    let (title, content) = (title.to_owned(), "Written by hand".to_owned());
    NewEntry { title, content, version: Some(version.to_owned()), ..NewEntry::default() }
}

/// What people see of an entry.
fn seen(entry: &Entry) -> impl PartialEq + std::fmt::Debug {
    let tags: Vec<String> = entry.tags.iter().map(|tag| tag.name.clone()).collect();
    (
        entry.title.clone(),
        entry.content.clone(),
        entry.excerpt.clone(),
        entry.version.clone(),
        tags,
        entry.published_at,
        entry.created_at,
        entry.slug.clone(),
    )
}

const CHANGED: &str = "# Changelog\n\n## 2.0.0 - 2026-02-28\n\n### Fixed\n\n- Darker\n\n\
    ## 1.1.0 - 2026-01-15\n\n- Middle, again\n\n## 1.0.0 - 2026-01-10\n\n- First of all\n\n## 0.9.0 - 2026-01-01\n\n- New\n";

on_both_databases! {
    async fn what_was_created_goes_and_what_was_overwritten_is_again_what_it_was(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions { publish: true, ..ImportOptions::default() }).await;
        let before = all(&cx, &project).await;
        let draft = fixtures::entry_with(&cx, &project, NewEntry { tags: fixtures::tags(&["Mine"]), ..new("A draft", "0.9.0") }).await;
        cx.clock.advance(Duration::hours(2));
        let more = format!("{CHANGED}\n## 0.8.0 - 2025-12-24\n\n- Only here\n");
        let job = run(&cx, &project, &more, overwriting()).await;
        assert_eq!(job.written, 5);
        let UndoState::Open { until, counts } = state(&cx, &project, &job).await else { panic!("it can be taken back") };
        assert_eq!(until, cx.clock.now() + Duration::hours(24));
        assert_eq!(counts, UndoneCounts { created: 1, edited: 0, public: 1, overwritten: 4, changed: 0 });
        let edited = change(&cx, &project, of(&all(&cx, &project).await, "1.1.0"), content("Written by hand")).await;
        cx.clock.advance(Duration::hours(23));

        let UndoState::Done { outcomes, kept, .. } = undo(&cx, &project, &job).await.unwrap() else { panic!("done") };
        assert_eq!(outcomes, [(Undone::Changed, 1), (Undone::Deleted, 1), (Undone::Restored, 3)]);
        assert_eq!(kept, [("1.1.0".to_owned(), edited.id.clone(), Undone::Changed)]);
        let after = all(&cx, &project).await;
        assert_eq!(after.len(), 5);
        for version in ["2.0.0", "1.0.0"] {
            let (was, is) = (of(&before, version), of(&after, version));
            assert_eq!((&was.id, seen(was)), (&is.id, seen(is)));
            assert!(is.lock_version > was.lock_version, "an editor that is open hears of it");
        }
        let mine = of(&after, "0.9.0");
        assert_eq!((&mine.id, seen(mine)), (&draft.id, seen(&draft)));
        assert_eq!(of(&after, "1.1.0").content, "Written by hand");

        let record = told(&cx, "CHANGELOG_IMPORT_UNDONE").await;
        assert_eq!((record.details["deleted"].as_i64(), record.details["restored"].as_i64(), record.details["kept"].as_i64()), (Some(1), Some(3), Some(1)));
        let again = undo(&cx, &project, &job).await.unwrap_err();
        assert!(matches!(&again, Error::Conflict { .. }) && again.to_string().contains("already"), "{again:?}");
        assert_eq!(state(&cx, &project, &job).await, undo_as_it_was(&cx, outcomes, kept));
        let figures = imports::figures(&cx, &importer(&cx, &project).await).await.unwrap();
        assert_eq!((figures.imports, figures.entries), (1, 4), "what was taken back counts no longer");

        // The same file is new again.
        let job = read(&cx, &project, &more).await;
        assert_eq!(job.of_fate(model::imports::ImportFate::Create), 1);
    }

    async fn versions_that_entries_exchanged_are_exchanged_back(cx: Services) {
        let project = fixtures::project(&cx, "Swap").await;
        let list = |a: &str, b: &str| format!(r#"[{{"title":"A","version":"{a}","content":"{a}","externalId":"a"}},{{"title":"B","version":"{b}","content":"{b}","externalId":"b"}}]"#);
        run(&cx, &project, &list("1.0.0", "2.0.0"), ImportOptions::default()).await;
        // A gives its version to B, and gets another one.
        let job = run(&cx, &project, &list("3.0.0", "1.0.0"), overwriting()).await;
        let before = all(&cx, &project).await;
        undo(&cx, &project, &job).await.unwrap();
        let after = all(&cx, &project).await;
        assert_eq!((of(&after, "1.0.0").title.as_str(), of(&after, "2.0.0").title.as_str()), ("A", "B"), "{before:?}");
    }

    async fn a_version_that_another_entry_took_meanwhile_stays_there(cx: Services) {
        let project = fixtures::project(&cx, "Taken").await;
        let list = |version: &str| format!(r#"[{{"title":"A","version":"{version}","content":"{version}","externalId":"a"}}]"#);
        run(&cx, &project, &list("1.0.0"), ImportOptions::default()).await;
        let job = run(&cx, &project, &list("2.0.0"), overwriting()).await;
        fixtures::entry_with(&cx, &project, new("Quick", "1.0.0")).await;
        let UndoState::Done { outcomes, kept, .. } = undo(&cx, &project, &job).await.unwrap() else { panic!("done") };
        assert_eq!((outcomes, kept.len()), (vec![(Undone::Taken, 1)], 1));
        let after = all(&cx, &project).await;
        assert_eq!((of(&after, "1.0.0").title.as_str(), of(&after, "2.0.0").title.as_str()), ("Quick", "A"));
    }

    async fn an_import_can_be_taken_back_for_a_day_and_no_longer(cx: Services) {
        let project = fixtures::project(&cx, "Late").await;
        let job = run(&cx, &project, FILE, ImportOptions::default()).await;
        cx.clock.advance(Duration::hours(24));
        assert_eq!(state(&cx, &project, &job).await, UndoState::Closed);
        assert!(matches!(undo(&cx, &project, &job).await, Err(Error::Conflict { .. })));
        assert_eq!(count(&cx.db, "entries").await, 4);
        let nothing = run(&cx, &project, FILE, ImportOptions::default()).await;
        assert_eq!(state(&cx, &project, &nothing).await, UndoState::Closed, "it changed nothing");
        assert!(matches!(undo(&cx, &project, &nothing).await, Err(Error::Conflict { .. })));
        let preview = read(&cx, &project, FILE).await;
        assert!(matches!(undo(&cx, &project, &preview).await, Err(Error::Conflict { .. })));
    }

    async fn of_two_who_take_it_back_at_the_same_moment_one_does(cx: Services) {
        let project = fixtures::project(&cx, "Race").await;
        let job = run(&cx, &project, FILE, ImportOptions::default()).await;
        let (first, second) = tokio::join!(undo(&cx, &project, &job), undo(&cx, &project, &job));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        assert_eq!(count(&cx.db, "entries").await, 0);
    }

    async fn texts_of_former_entries_are_forgotten_when_they_cannot_come_back(cx: Services) {
        let project = fixtures::project(&cx, "Former").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        run(&cx, &project, CHANGED, overwriting()).await;
        assert!(count(&cx.db, "import_formers").await > 0);
        imports::purge(&cx).await.unwrap();
        assert!(count(&cx.db, "import_formers").await > 0, "not before its time");
        cx.clock.advance(Duration::hours(25));
        imports::purge(&cx).await.unwrap();
        assert_eq!(count(&cx.db, "import_formers").await + count(&cx.db, "import_former_tags").await, 0);
    }

    async fn staff_take_back_their_own_drafts_and_nothing_else(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Guarded").await;
        let (sam, kim) = (app.staff("Sam").await, app.staff("Kim").await);
        let import = may::<RunImports>(cx, &sam, &project).await;
        let imported = async |may: &Grant<RunImports>, text: &str, options: ImportOptions| {
            let job = imports::read(cx, may, text, &Reading::default()).await.unwrap();
            imports::start(cx, may, &job.id, options).await.unwrap().done().await.unwrap();
            job
        };
        let drafts = imported(&import, FILE, ImportOptions::default()).await;
        let by_kim = may::<RunImports>(cx, &kim, &project).await;
        let refused = Error::Forbidden { needs: Permission::DeleteEntries };
        assert_eq!(imports::undo(cx, &by_kim, &drafts.id).await, Err(refused.clone()));
        assert_eq!(imports::undo_state(cx, &by_kim, &drafts.id).await, Ok(UndoState::Closed));
        imports::undo(cx, &import, &drafts.id).await.unwrap();
        assert_eq!(count(&cx.db, "entries").await, 0);

        // What the public has seen is for an administrator.
        let again = imported(&import, FILE, ImportOptions::default()).await;
        let entry = all(cx, &project).await.remove(0);
        let may = fixtures::may::<services::access::PublishEntries>(cx, &project).await;
        entries::publish(cx, &may, &entry.id, None).await.unwrap();
        assert_eq!(imports::undo(cx, &import, &again.id).await, Err(refused));
        let elsewhere = fixtures::project(cx, "Elsewhere").await;
        assert_eq!(undo(cx, &elsewhere, &again).await, Err(Error::NotFound));
        undo(cx, &project, &again).await.unwrap();
        assert_eq!(count(&cx.db, "entries").await, 0);
    }
}

/// The state of an import that was taken back just now.
fn undo_as_it_was(
    cx: &Services,
    outcomes: Vec<(Undone, i64)>,
    kept: Vec<(String, model::EntryId, Undone)>,
) -> UndoState {
    UndoState::Done { at: cx.clock.now(), outcomes, kept }
}
