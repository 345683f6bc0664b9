//! What follows from entries that an import makes public or plans, and from taking that back.

use chrono::Duration;
use model::entries::{Entry, EntryState};
use model::imports::{DateHandling, ImportOptions, OnConflict};
use model::projects::Project;
use model::revisions::Reason;
use services::access::{PublishEntries, ReadEntries};
use services::{Services, history, imports, jobs, publication};
use testkit::{count, fixtures, on_both_databases, texts};

use crate::help::{in_order, stored, told};
use crate::import_options::{FILE, all, importer, run};

fn publishing() -> ImportOptions {
    ImportOptions { publish: true, on_conflict: OnConflict::Overwrite, ..ImportOptions::default() }
}

fn of<'a>(entries: &'a [Entry], version: &str) -> &'a Entry {
    entries.iter().find(|entry| entry.version.as_deref() == Some(version)).expect("the entry")
}

/// What subscribers hear of an entry: what happened, whether for the first time, and what is said about letters.
async fn heard(cx: &Services, project: &Project, entry: &Entry) -> Vec<(String, bool, Option<bool>)> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    let events = publication::outbox::list(cx, &may, &entry.id).await.unwrap();
    events.into_iter().map(|event| (event.kind, event.is_first, event.payload["notify"].as_bool())).collect()
}

async fn reasons(cx: &Services, project: &Project, entry: &Entry) -> Vec<Reason> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    let query = history::ListQuery { limit: 50, ..history::ListQuery::default() };
    let page = history::list(cx, &may, &entry.id, &query).await.unwrap();
    page.items.into_iter().map(|revision| revision.reason).collect()
}

async fn open_jobs(cx: &Services) -> Vec<String> {
    texts(&cx.db, "SELECT kind || ' ' || status FROM jobs WHERE entry_id IS NOT NULL ORDER BY created_at, id").await
}

const AHEAD: &str = "title,version,date,content\n\
    Later,3.0.0,2026-04-01T08:00:00Z,A\nToday,2.0.0,2026-03-04,B\nTomorrow,1.5.0,2026-03-06,C\nPast,1.0.0,2026-02-01,D\n";

on_both_databases! {
    async fn what_an_import_publishes_is_told_once_and_nobody_gets_a_letter(cx: Services) {
        let cx = in_order(&cx);
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, FILE, publishing()).await;
        for entry in all(&cx, &project).await.iter().filter(|entry| entry.published_at.is_some()) {
            assert_eq!(heard(&cx, &project, entry).await, [("entry.published".to_owned(), true, Some(false))]);
        }
        let published = count(&cx.db, "entries WHERE published_at IS NOT NULL").await;
        assert!(published > 0);
        assert_eq!(count(&cx.db, "outbox_events").await, published, "drafts are nobody's business");
        assert_eq!(told(&cx, "CHANGELOG_IMPORT_SUCCESS").await.details["published"].as_i64(), Some(published));
        run(&cx, &project, &FILE.replace("- Dark", "- Darker"), publishing()).await;
        assert_eq!(count(&cx.db, "outbox_events").await, published, "what is public already is not published again");
        assert_eq!(count(&cx.db, "letters").await, 0);
    }

    async fn what_is_dated_ahead_goes_live_by_itself(cx: Services) {
        let cx = in_order(&cx);
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, AHEAD, publishing()).await;
        let entries = all(&cx, &project).await;
        let states: Vec<_> = ["3.0.0", "2.0.0", "1.5.0", "1.0.0"].map(|version| of(&entries, version).state()).into();
        assert_eq!(states, [EntryState::Scheduled, EntryState::Published, EntryState::Scheduled, EntryState::Published]);
        let later = of(&entries, "3.0.0");
        assert_eq!(later.scheduled_at.map(model::time::to_wire).as_deref(), Some("2026-04-01T08:00:00.000Z"));
        assert!(later.created_at <= cx.clock.now());
        assert_eq!(open_jobs(&cx).await, ["PUBLISH_CHANGELOG_ENTRY PENDING"; 2]);
        assert_eq!(told(&cx, "CHANGELOG_IMPORT_SUCCESS").await.details["scheduled"].as_i64(), Some(2));
        assert_eq!(jobs::run_due(&cx).await.unwrap(), 0);
        cx.clock.advance(Duration::days(40));
        assert_eq!(jobs::run_due(&cx).await.unwrap(), 2);
        let live = stored(&cx, &project, &later.id).await;
        assert_eq!((live.published_at, live.scheduled_at), (later.scheduled_at, None));
        let quiet = [("entry.scheduled".to_owned(), false, Some(false)), ("entry.published".to_owned(), true, Some(false))];
        assert_eq!(heard(&cx, &project, later).await, quiet);
    }

    async fn only_a_date_of_the_file_plans_something_and_only_with_the_wish_to_publish(cx: Services) {
        for (name, options) in [
            ("Drafts", ImportOptions { publish: false, ..publishing() }),
            ("Now", ImportOptions { dates: DateHandling::Current, ..publishing() }),
            ("In a row", ImportOptions { dates: DateHandling::Sequence, ..publishing() }),
        ] {
            let project = fixtures::project(&cx, name).await;
            run(&cx, &project, AHEAD, options).await;
            assert!(all(&cx, &project).await.iter().all(|entry| entry.scheduled_at.is_none()), "{name}");
        }
        assert_eq!(count(&cx.db, "jobs").await, 0);
    }

    async fn an_import_ends_the_schedule_of_what_it_publishes_and_moves_that_of_others(cx: Services) {
        let cx = in_order(&cx);
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, AHEAD, ImportOptions { publish: false, ..publishing() }).await;
        let entries = all(&cx, &project).await;
        let may = fixtures::may::<PublishEntries>(&cx, &project).await;
        for version in ["3.0.0", "1.0.0"] {
            let at = cx.clock.now() + Duration::days(60);
            publication::schedule(&cx, &may, &of(&entries, version).id, at).await.unwrap();
        }
        let changed = AHEAD.replace(",A\n", ",A!\n").replace(",D\n", ",D!\n");
        let job = run(&cx, &project, &changed, publishing()).await;
        let after = all(&cx, &project).await;
        assert_eq!(of(&after, "1.0.0").state(), EntryState::Published);
        let moved = of(&after, "3.0.0").scheduled_at.map(model::time::to_wire);
        assert_eq!(moved.as_deref(), Some("2026-04-01T08:00:00.000Z"));
        let all_jobs = open_jobs(&cx).await;
        assert_eq!(all_jobs.iter().filter(|job| job.ends_with("CANCELLED")).count(), 2, "{all_jobs:?}");
        assert_eq!(all_jobs.iter().filter(|job| job.ends_with("PENDING")).count(), 1, "{all_jobs:?}");

        // Back to what somebody had planned.
        imports::undo(&cx, &importer(&cx, &project).await, &job.id).await.unwrap();
        let back = all(&cx, &project).await;
        for version in ["3.0.0", "1.0.0"] {
            let entry = of(&back, version);
            assert_eq!((entry.state(), entry.published_at), (EntryState::Scheduled, None), "{version}");
            assert_eq!(entry.scheduled_at, Some(cx.clock.now() + Duration::days(60)));
        }
        let last = heard(&cx, &project, of(&back, "1.0.0")).await;
        let kinds: Vec<_> = last.iter().map(|(kind, ..)| kind.as_str()).collect();
        assert_eq!(kinds, ["entry.scheduled", "entry.published", "entry.unpublished", "entry.scheduled"]);
        cx.clock.advance(Duration::days(61));
        assert_eq!(jobs::run_due(&cx).await.unwrap(), 2, "and it happens");
    }

    async fn taking_an_import_back_stands_in_the_history_and_ends_what_it_planned(cx: Services) {
        let cx = in_order(&cx);
        let project = fixtures::public_project(&cx, "Atuin").await;
        let draft = fixtures::entry_with(&cx, &project, model::entries::NewEntry {
            version: Some("1.0.0".to_owned()), ..fixtures::text("By hand")
        }).await;
        let job = run(&cx, &project, AHEAD, publishing()).await;
        assert_eq!(stored(&cx, &project, &draft.id).await.state(), EntryState::Published);
        imports::undo(&cx, &importer(&cx, &project).await, &job.id).await.unwrap();
        let entry = stored(&cx, &project, &draft.id).await;
        assert_eq!((entry.title.as_str(), entry.content.as_str()), (draft.title.as_str(), draft.content.as_str()));
        assert_eq!((entry.state(), entry.created_at), (EntryState::Draft, draft.created_at));
        assert_eq!(reasons(&cx, &project, &entry).await, [Reason::Restore, Reason::Import, Reason::Initial]);
        let kinds: Vec<_> = heard(&cx, &project, &entry).await.into_iter().map(|(kind, ..)| kind).collect();
        assert_eq!(kinds, ["entry.published", "entry.unpublished"]);
        assert_eq!(all(&cx, &project).await.len(), 1);
        assert_eq!(open_jobs(&cx).await, ["PUBLISH_CHANGELOG_ENTRY CANCELLED"; 2]);
        cx.clock.advance(Duration::days(60));
        assert_eq!(jobs::run_due(&cx).await.unwrap(), 0);
    }

    async fn a_request_that_an_import_answers_is_open_no_longer(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        run(&cx, &project, AHEAD, ImportOptions { publish: false, ..publishing() }).await;
        let entries = all(&cx, &project).await;
        let write = fixtures::may::<services::access::WriteEntries>(&cx, &project).await;
        let at = cx.clock.now() + Duration::days(1);
        for version in ["3.0.0", "1.0.0"] {
            services::requests::request_schedule(&cx, &write, &of(&entries, version).id, at).await.unwrap();
            services::entries::request_publication(&cx, &write, &of(&entries, version).id).await.unwrap();
        }
        run(&cx, &project, &AHEAD.replace(",A\n", ",A!\n").replace(",D\n", ",D!\n"), publishing()).await;
        let states = texts(&cx.db, "SELECT e.version || ' ' || r.kind || ' ' || r.status FROM change_requests r \
            JOIN entries e ON e.id = r.entry_id ORDER BY 1").await;
        assert_eq!(states, [
            "1.0.0 ALLOW_PUBLISH APPROVED", "1.0.0 ALLOW_SCHEDULE SUPERSEDED",
            "3.0.0 ALLOW_PUBLISH PENDING", "3.0.0 ALLOW_SCHEDULE APPROVED",
        ]);
    }
}
