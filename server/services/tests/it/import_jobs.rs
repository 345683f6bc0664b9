//! Imports as work: in bits, stopped, left by a process that died, two at once.

use std::time::{Duration as StdDuration, Instant};

use chrono::Duration;
use model::imports::{ImportFate, ImportJob, ImportOptions, ImportState, Outcome, Reading, RowFilter};
use model::projects::Project;
use model::time::{Timestamp, to_wire};
use model::{Error, Role};
use services::access::RunImports;
use services::{Services, imports};
use testkit::{TestApp, count, execute, fixtures, on_both_databases};

use crate::help::{in_order, log, may, told};
use crate::import_options::{FILE, all, finish, importer, read, run};

fn many(count: usize) -> String {
    (0..count)
        .rev()
        .map(|number| format!("## 1.{number}.0 - 2025-01-01\n\n### Added\n\n- Thing {number}\n\n"))
        .collect()
}

/// As a process leaves an import that dies while it works on it.
async fn die_while_working(cx: &Services, job: &ImportJob, leased_until: Timestamp) {
    let (lease, now) = (leased_until.to_rfc3339(), cx.clock.now().to_rfc3339());
    let sql = format!(
        "UPDATE import_jobs SET state = 'running', worker = 'dead', leased_until = '{lease}', started_at = '{now}', \
         handled = 1 WHERE id = '{}'",
        job.id
    );
    assert_eq!(execute(&cx.db, &sql).await, 1);
    // It had decided some rows, which nobody could see.
    let sql = format!(
        "UPDATE import_rows SET outcome = 'created', entry_id = 'cnobody', slug = 'x', excerpt = '', search = '' \
         WHERE job_id = '{}' AND position = 0",
        job.id
    );
    assert_eq!(execute(&cx.db, &sql).await, 1);
}

async fn job_now(cx: &Services, project: &Project, job: &ImportJob) -> ImportJob {
    imports::get(cx, &importer(cx, project).await, &job.id).await.unwrap()
}

/// Waits until the work has ended, whoever does it.
async fn ended(cx: &Services, project: &Project, id: &ImportJob) -> ImportJob {
    let wait = async {
        loop {
            let now = job_now(cx, project, id).await;
            if now.state != ImportState::Running {
                return now;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), wait).await.expect("the work ends")
}

async fn nothing_is_there(cx: &Services) {
    for table in ["entries", "tags", "entry_tags"] {
        assert_eq!(count(&cx.db, table).await, 0, "{table}");
    }
}

on_both_databases! {
    async fn a_preview_is_kept_with_its_rows_and_changes_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let job = read(&cx, &project, &many(120)).await;
        assert_eq!((job.state, job.total, job.of_fate(ImportFate::Create)), (ImportState::Parsed, 120, 120));
        assert_eq!(job.detected.format, "simple_version");
        let importer = importer(&cx, &project).await;
        let pages = [1, 2, 3, 99].map(|page| (page, if page > 3 { 3 } else { page }));
        for (asked, given) in pages {
            let page = imports::rows(&cx, &importer, &job.id, RowFilter::default(), asked).await.unwrap();
            assert_eq!((page.page, page.total, page.rows.len()), (given, 120, if given == 3 { 20 } else { 50 }));
        }
        nothing_is_there(&cx).await;
        // Not endlessly many of them.
        for _ in 0..7 {
            cx.clock.advance(Duration::seconds(1));
            read(&cx, &project, FILE).await;
        }
        assert_eq!(count(&cx.db, "import_jobs").await, 5);
        assert_eq!(imports::get(&cx, &importer, &job.id).await, Err(Error::NotFound));
    }

    async fn an_import_that_is_stopped_leaves_nothing(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        let job = read(&cx, &project, &many(3_000)).await;
        let options = ImportOptions { publish: true, ..ImportOptions::default() };
        let running = imports::start(&cx, &importer, &job.id, options).await.unwrap();
        imports::cancel(&cx, &importer, &job.id).await.unwrap();
        running.done().await.unwrap();
        let job = imports::get(&cx, &importer, &job.id).await.unwrap();
        assert_eq!((job.state, job.written, job.of_outcome(Outcome::Created)), (ImportState::Cancelled, 0, 0));
        nothing_is_there(&cx).await;
        let refused = imports::cancel(&cx, &importer, &job.id).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        let record = told(&cx, "CHANGELOG_IMPORT_ERROR").await;
        assert_eq!(record.details["cancelled"], true);
    }

    async fn work_that_a_process_left_is_taken_over_and_done(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let job = read(&cx, &project, FILE).await;
        die_while_working(&cx, &job, cx.clock.now() + Duration::seconds(30)).await;
        // As long as it may live, nobody takes its work away.
        assert_eq!(job_now(&cx, &project, &job).await.state, ImportState::Running);
        assert!(imports::resume(&cx, &project.id, &job.id).await.unwrap().is_none());
        nothing_is_there(&cx).await;
        cx.clock.advance(Duration::seconds(31));
        // Whoever looks at it next goes on.
        let done = ended(&cx, &project, &job).await;
        assert_eq!((done.state, done.written), (ImportState::Done, 4));
        assert_eq!(all(&cx, &project).await.len(), 4);
        assert!(imports::resume(&cx, &project.id, &job.id).await.unwrap().is_none());
    }

    async fn work_that_a_process_left_is_taken_over_at_the_next_start(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let job = read(&cx, &project, FILE).await;
        die_while_working(&cx, &job, cx.clock.now()).await;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let upkeep = tokio::spawn(imports::upkeep(cx.clone(), async { let _ = stopped.await; }));
        while all(&cx, &project).await.is_empty() {
            tokio::task::yield_now().await;
        }
        drop(stop);
        upkeep.await.unwrap();
        assert_eq!(job_now(&cx, &project, &job).await.state, ImportState::Done);
    }

    async fn work_that_a_process_left_can_be_stopped(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let job = read(&cx, &project, FILE).await;
        die_while_working(&cx, &job, cx.clock.now()).await;
        imports::cancel(&cx, &importer(&cx, &project).await, &job.id).await.unwrap();
        assert_eq!(ended(&cx, &project, &job).await.state, ImportState::Cancelled);
        nothing_is_there(&cx).await;
    }

    async fn a_server_that_stops_leaves_its_work_to_the_next_start(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        let job = read(&cx, &project, &many(1_000)).await;
        let running = imports::start(&cx, &importer, &job.id, ImportOptions::default()).await.unwrap();
        cx.imports.stop().await;
        running.done().await.unwrap();
        nothing_is_there(&cx).await;
        assert!(imports::resume(&cx, &project.id, &job.id).await.unwrap().is_none(), "not by whoever stops");
        let next = testkit::services(cx.db.clone());
        imports::resume(&next, &project.id, &job.id).await.unwrap().expect("left at once").await.unwrap().unwrap();
        assert_eq!(count(&cx.db, "entries").await, 1_000);
    }

    async fn who_lost_the_right_meanwhile_imports_nothing(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let import = may::<RunImports>(cx, &sam, &project).await;
        let job = imports::read(cx, &import, FILE, &Reading::default()).await.unwrap();
        execute(&cx.db, &format!("UPDATE users SET role = '{}' WHERE id = '{}'", Role::Viewer.as_str(), sam.id())).await;
        let failed = imports::start(cx, &import, &job.id, ImportOptions::default()).await.unwrap().done().await;
        assert!(matches!(failed, Err(Error::Forbidden { .. })), "{failed:?}");
        let job = job_now(cx, &project, &job).await;
        assert_eq!(job.state, ImportState::Failed);
        assert!(job.error.is_some_and(|error| error.contains("importing")));
        nothing_is_there(cx).await;
    }

    async fn two_imports_at_once_double_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        let (a, b) = (read(&cx, &project, &many(400)).await, read(&cx, &project, &many(500)).await);
        let first = imports::start(&cx, &importer, &a.id, ImportOptions::default()).await.unwrap();
        let second = imports::start(&cx, &importer, &b.id, ImportOptions::default()).await.unwrap();
        first.done().await.unwrap();
        second.done().await.unwrap();
        let (a, b) = (job_now(&cx, &project, &a).await, job_now(&cx, &project, &b).await);
        let created = a.of_outcome(Outcome::Created) + b.of_outcome(Outcome::Created);
        let unchanged = a.of_outcome(Outcome::Unchanged) + b.of_outcome(Outcome::Unchanged);
        assert_eq!((created, unchanged, count(&cx.db, "entries").await), (500, 400, 500));
    }

    async fn what_appears_between_deciding_and_writing_is_respected(cx: Services) {
        // Both are decided against the same empty project, as far as they can: titles, so addresses, are equal.
        let project = fixtures::project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        let file = |version: &str| format!("title,version,content\nSame,{version},a\nSame,{version}1,b\n");
        let (a, b) = (read(&cx, &project, &file("1.0")).await, read(&cx, &project, &file("2.0")).await);
        let first = imports::start(&cx, &importer, &a.id, ImportOptions::default()).await.unwrap();
        let second = imports::start(&cx, &importer, &b.id, ImportOptions::default()).await.unwrap();
        first.done().await.unwrap();
        second.done().await.unwrap();
        let mut slugs: Vec<_> = all(&cx, &project).await.into_iter().map(|entry| entry.slug).collect();
        slugs.sort();
        assert_eq!(slugs, ["same", "same-2", "same-3", "same-4"]);
    }

    async fn an_import_begins_once(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        let job = read(&cx, &project, FILE).await;
        let (a, b) = tokio::join!(
            imports::start(&cx, &importer, &job.id, ImportOptions::default()),
            imports::start(&cx, &importer, &job.id, ImportOptions::default())
        );
        let (began, refused): (Vec<_>, Vec<_>) = [a, b].into_iter().partition(Result::is_ok);
        assert!(matches!(refused[0], Err(Error::Conflict { .. })), "{refused:?}");
        for running in began {
            running.unwrap().done().await.unwrap();
        }
        assert_eq!(all(&cx, &project).await.len(), 4);
        let again = imports::choose(&cx, &importer, &job.id, Some(0), None, None).await;
        assert!(matches!(again, Err(Error::Conflict { .. })), "{again:?}");
        assert!(matches!(imports::discard(&cx, &importer, &job.id).await, Err(Error::Conflict { .. })));
    }

    async fn the_log_tells_of_beginning_and_end(cx: Services) {
        let cx = in_order(&cx);
        let project = fixtures::project(&cx, "Atuin").await;
        run(&cx, &project, FILE, ImportOptions::default()).await;
        let records: Vec<_> = log(&cx).await.into_iter().filter(|record| record.action.contains("IMPORT")).collect();
        let actions: Vec<_> = records.iter().map(|record| record.action.as_str()).collect();
        assert_eq!(actions, ["CHANGELOG_IMPORT_STARTED", "CHANGELOG_IMPORT_SUCCESS"]);
        assert_eq!((&records[0].details["rows"], &records[1].details["created"]), (&4.into(), &4.into()));
        assert!(records.iter().all(|record| record.project_id.as_ref() == Some(&project.id) && record.user_id.is_some()));
        assert!(!records[1].details.to_string().contains("Dark"), "no text of an entry");
    }

    async fn the_history_of_a_project_is_known_after_its_rows_are_gone(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let importer = importer(&cx, &project).await;
        read(&cx, &project, FILE).await;
        let done = run(&cx, &project, FILE, ImportOptions::default()).await;
        cx.clock.advance(Duration::hours(1));
        let last = cx.clock.now();
        let again = read(&cx, &project, &FILE.replace("2.0.0", "3.0.0")).await;
        finish(&cx, &project, &again, ImportOptions::default()).await;
        let figures = imports::figures(&cx, &importer).await.unwrap();
        assert_eq!((figures.imports, figures.entries, figures.last.map(to_wire)), (2, 5, Some(to_wire(last))));
        let list = imports::list(&cx, &importer).await.unwrap();
        assert_eq!(list.iter().map(|job| job.written).collect::<Vec<_>>(), [1, 4], "newest first, without previews");
        let text = execute(&cx.db, "DELETE FROM import_jobs WHERE state = 'done' AND source_text <> ''").await;
        assert_eq!(text, 0, "the text is not kept longer than it is needed");

        cx.clock.advance(Duration::days(31));
        imports::purge(&cx).await.unwrap();
        assert_eq!((count(&cx.db, "import_rows").await, count(&cx.db, "import_jobs").await), (0, 2));
        assert_eq!(imports::figures(&cx, &importer).await.unwrap(), figures);
        let old = imports::rows(&cx, &importer, &done.id, RowFilter::default(), 1).await.unwrap();
        assert_eq!((old.total, old.page), (0, 1));
    }

    async fn an_import_of_another_project_is_not_there(cx: Services) {
        let (project, other) = (fixtures::project(&cx, "Atuin").await, fixtures::project(&cx, "Other").await);
        let job = read(&cx, &project, FILE).await;
        let may = importer(&cx, &other).await;
        assert_eq!(imports::get(&cx, &may, &job.id).await, Err(Error::NotFound));
        assert_eq!(imports::rows(&cx, &may, &job.id, RowFilter::default(), 1).await, Err(Error::NotFound));
        assert_eq!(imports::text(&cx, &may, &job.id, 0).await, Err(Error::NotFound));
        assert_eq!(imports::tags(&cx, &may, &job.id).await, Err(Error::NotFound));
        assert_eq!(imports::choose(&cx, &may, &job.id, None, None, None).await, Err(Error::NotFound));
        assert_eq!(imports::cancel(&cx, &may, &job.id).await, Err(Error::NotFound));
        assert_eq!(imports::discard(&cx, &may, &job.id).await, Err(Error::NotFound));
        assert_eq!(imports::read_again(&cx, &may, &job.id, &Reading::default()).await, Err(Error::NotFound));
    }

    async fn ten_thousand_entries_take_seconds_and_others_write_meanwhile(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let other = fixtures::project(&cx, "Somebody else's").await;
        let paragraph = "A sentence that says what changed and for whom, with a [link](https://example.com). ".repeat(6);
        let begin = Instant::now();
        let mut slowest = StdDuration::ZERO;
        for major in [1, 2] {
            let text: String = (0..5_000).rev()
                .map(|number| format!("## {major}.{number}.0 - 2025-01-01\n\n### Added\n\n- Thing {number}\n\n### Fixed\n\n{paragraph}\n\n"))
                .collect();
            let job = read(&cx, &project, &text).await;
            let may = importer(&cx, &project).await;
            let options = ImportOptions { publish: true, ..ImportOptions::default() };
            let mut running = imports::start(&cx, &may, &job.id, options).await.unwrap();
            let mut written = 0;
            while !running.done_within(StdDuration::from_millis(20)).await {
                let asked = Instant::now();
                fixtures::entry(&cx, &other, &format!("Entry {major}.{written}")).await;
                slowest = slowest.max(asked.elapsed());
                written += 1;
            }
            assert!(written > 0, "somebody else writes while the import runs");
        }
        let imported = begin.elapsed();
        assert_eq!(count(&cx.db, "entries WHERE published_at IS NOT NULL").await, 10_000);
        assert_eq!(count(&cx.db, "entry_tags").await, 20_000);
        let newest = imports::list(&cx, &importer(&cx, &project).await).await.unwrap().remove(0);
        let begin = Instant::now();
        imports::undo(&cx, &importer(&cx, &project).await, &newest.id).await.unwrap();
        let undone = begin.elapsed();
        assert_eq!(count(&cx.db, "entries WHERE published_at IS NOT NULL").await, 5_000);
        let engine = cx.db.engine().name();
        println!("10,000 entries, {engine}: imported in {imported:?}, others waited {slowest:?} at most, 5,000 taken back in {undone:?}");
        assert!(imported.as_secs() < 60 * 3, "{imported:?}");
    }
}
