//! Entries that go live, expire and are unpinned by themselves, and who does it.

use chrono::Duration;
use model::entries::{Entry, EntryPatch, EntryState};
use model::jobs::{Job, JobKind, JobStatus};
use model::mail::LetterKind;
use model::projects::{NewProject, Project};
use model::schedule::EventKind;
use model::time::Timestamp;
use model::{Error, JobId, Permission};
use services::access::{
    DeleteEntries, ManageInstance, ManageOwnAccount, PublishEntries, ReadEntries, WriteEntries, instance_grant,
};
use services::entries::unpublish;
use services::publication::{self, When, Wish};
use services::{Services, entries, jobs, public};
use testkit::{MailServer, TestApp, count, execute, fixtures, on_both_databases, start, texts};

use crate::help::{ask, in_order, log, may, stored, times, told};

/// A draft that goes live in so many minutes.
async fn scheduled(cx: &Services, project: &Project, title: &str, minutes: i64) -> Entry {
    let entry = fixtures::entry(cx, project, title).await;
    let may = fixtures::may::<PublishEntries>(cx, project).await;
    publication::schedule(cx, &may, &entry.id, cx.clock.now() + Duration::minutes(minutes)).await.unwrap().entry
}

async fn jobs_of(cx: &Services, project: &Project, entry: &Entry) -> Vec<Job> {
    publication::jobs_of(cx, &fixtures::may::<ReadEntries>(cx, project).await, &entry.id).await.unwrap()
}

async fn only_job(cx: &Services, project: &Project, entry: &Entry) -> Job {
    let mut jobs = jobs_of(cx, project, entry).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

async fn told_outside(cx: &Services, project: &Project, entry: &Entry) -> Vec<(String, bool)> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    let events = publication::outbox::list(cx, &may, &entry.id).await.unwrap();
    events.into_iter().map(|event| (event.kind, event.is_first)).collect()
}

async fn titles(cx: &Services, project: &Project) -> Vec<String> {
    let page = public::list(cx, project, &public::PublicQuery::default(), 50).await.unwrap();
    page.items.into_iter().map(|entry| entry.title).collect()
}

/// Takes a job as an instance does that dies right after.
async fn die_with_a_job(cx: &Services) -> JobId {
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await.unwrap();
    let taken = store::jobs::claim(tx.conn(), "dead", now + Duration::seconds(15), now, 1).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(taken.len(), 1);
    taken.into_iter().next().unwrap().id
}

/// Makes every publication fail, as if the entry had lost its text while it was scheduled.
async fn lose_text(cx: &Services, project: &Project, entry: &Entry) {
    let patch = EntryPatch { content: Some(String::new()), ..EntryPatch::default() };
    entries::update(cx, &fixtures::may(cx, project).await, &entry.id, patch).await.unwrap();
}

on_both_databases! {
    async fn a_scheduled_entry_goes_live_at_its_time_and_not_before(app: TestApp) {
        let cx = &in_order(&app.services);
        let project = fixtures::public_project(cx, "Atuin").await;
        let mara = app.admin("Mara").await;
        let publish = may::<PublishEntries>(cx, &mara, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let due = start() + Duration::minutes(30);
        let done = publication::schedule(cx, &publish, &entry.id, due).await.unwrap();
        assert_eq!((done.entry.state(), done.entry.scheduled_at), (EntryState::Scheduled, Some(due)));
        let job = only_job(cx, &project, &entry).await;
        assert_eq!((job.id, job.kind, job.status, job.scheduled_at), (done.job, JobKind::PublishEntry, JobStatus::Pending, due));
        let plan = publication::plan_of(cx, &fixtures::may(cx, &project).await, &entry.id).await.unwrap();
        assert_eq!((plan.scheduled_by_id.as_ref(), plan.scheduled_by.as_deref()), (Some(mara.id()), Some("Mara")));
        let record = told(cx, "CHANGELOG_ENTRY_SCHEDULED").await;
        assert_eq!((record.user_id.as_ref(), record.details["scheduledAt"].as_str()), (Some(mara.id()), Some("2026-03-04T10:00:00.000Z")));

        app.advance(Duration::minutes(29));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
        assert!(titles(cx, &project).await.is_empty(), "nothing leaks before its time");
        app.advance(Duration::seconds(63));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        let live = stored(cx, &project, &entry.id).await;
        assert_eq!((live.published_at, live.scheduled_at), (Some(due), None), "the date is the one that was planned");
        assert_eq!(live.updated_by_id.as_ref(), Some(mara.id()));
        assert_eq!(titles(cx, &project).await, ["Dark mode"]);
        let job = only_job(cx, &project, &entry).await;
        assert_eq!((job.status, job.note, job.executed_at), (JobStatus::Completed, None, Some(cx.clock.now())));
        let record = told(cx, "CHANGELOG_ENTRY_AUTO_PUBLISHED").await;
        assert_eq!(record.user_id.as_ref(), Some(mara.id()), "in the name of who planned it");
        assert_eq!(
            told_outside(cx, &project, &entry).await,
            [("entry.scheduled".to_owned(), false), ("entry.published".to_owned(), true)]
        );
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0, "once");
    }

    async fn only_what_could_be_published_and_only_ahead_is_scheduled(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        for seconds in [-60, 0, 59] {
            let refused = publication::schedule(cx, &publish, &entry.id, start() + Duration::seconds(seconds)).await;
            assert!(refused.unwrap_err().for_field("scheduledAt").is_some(), "{seconds}");
        }
        publication::schedule(cx, &publish, &entry.id, start() + Duration::seconds(60)).await.unwrap();
        let empty = fixtures::entry_with(cx, &project, model::entries::NewEntry { content: String::new(), ..fixtures::text("Empty") }).await;
        let refused = publication::schedule(cx, &publish, &empty.id, start() + Duration::hours(1)).await.unwrap_err();
        assert!(refused.for_field("content").is_some(), "{refused:?}");
        let public = fixtures::published(cx, &project, "Public").await;
        let refused = publication::schedule(cx, &publish, &public.id, start() + Duration::hours(1)).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        let refused = publication::unschedule(cx, &publish, &public.id).await;
        assert!(matches!(refused, Err(Error::BadRequest { .. })), "{refused:?}");
        assert_eq!(count(&cx.db, "jobs").await, 1);
    }

    async fn staff_schedule_where_they_may_publish(app: TestApp) {
        let cx = &app.services;
        let asks = fixtures::public_project(cx, "Asks").await;
        let sam = app.staff("Sam").await;
        let refused = ask::<PublishEntries>(cx, &sam, &asks).await.unwrap_err();
        assert!(matches!(refused, Error::NeedsApproval), "{refused:?}");
        let new = NewProject { name: "Free".into(), require_approval: Some(false), ..NewProject::default() };
        let free = fixtures::project_with(cx, new).await;
        let publish = may::<PublishEntries>(cx, &sam, &free).await;
        let entry = fixtures::entry(cx, &free, "Dark mode").await;
        publication::schedule(cx, &publish, &entry.id, start() + Duration::hours(1)).await.unwrap();
        let vera = app.viewer("Vera").await;
        let refused = ask::<PublishEntries>(cx, &vera, &free).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden { needs: Permission::PublishEntries }), "{refused:?}");
    }

    async fn staff_who_may_not_publish_change_nothing_that_is_scheduled(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Asks").await;
        let entry = scheduled(cx, &project, "Looked at", 10).await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let patch = EntryPatch { content: Some("Something else.".into()), ..EntryPatch::default() };
        let refused = entries::update(cx, &write, &entry.id, patch.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::NeedsApproval), "{refused:?}");
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        publication::unschedule(cx, &publish, &entry.id).await.unwrap();
        entries::update(cx, &write, &entry.id, patch).await.unwrap();
    }

    async fn scheduling_again_replaces_and_unscheduling_ends_it(app: TestApp) {
        let cx = &in_order(&app.services);
        let project = fixtures::public_project(cx, "Atuin").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = scheduled(cx, &project, "Dark mode", 10).await;
        let later = start() + Duration::minutes(20);
        publication::schedule(cx, &publish, &entry.id, later).await.unwrap();
        let statuses: Vec<_> = jobs_of(cx, &project, &entry).await.into_iter().map(|job| job.status).collect();
        assert_eq!(statuses, [JobStatus::Pending, JobStatus::Cancelled]);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_RESCHEDULED").await, 1);
        app.advance(Duration::minutes(15));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0, "the first time is forgotten");
        let draft = publication::unschedule(cx, &publish, &entry.id).await.unwrap();
        assert_eq!((draft.state(), draft.scheduled_at), (EntryState::Draft, None));
        assert_eq!(times(cx, "CHANGELOG_ENTRY_UNSCHEDULED").await, 1);
        app.advance(Duration::minutes(15));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
        assert!(titles(cx, &project).await.is_empty());
    }

    async fn publishing_and_deleting_end_a_schedule(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = scheduled(cx, &project, "Now after all", 10).await;
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        let gone = scheduled(cx, &project, "Gone", 10).await;
        entries::delete(cx, &fixtures::may::<DeleteEntries>(cx, &project).await, &gone.id).await.unwrap();
        unpublish(cx, &publish, &entry.id).await.unwrap();
        app.advance(Duration::hours(1));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
        assert_eq!(stored(cx, &project, &entry.id).await.state(), EntryState::Draft, "an old job republishes nothing");
        let kinds: Vec<_> = told_outside(cx, &project, &entry).await.into_iter().map(|(kind, _)| kind).collect();
        assert_eq!(kinds.iter().filter(|kind| *kind == "entry.published").count(), 1);
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        let again = told_outside(cx, &project, &entry).await;
        assert!(again.contains(&("entry.published".to_owned(), false)), "the second publication is not the first");
    }

    async fn a_changed_date_is_no_publication(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        entries::publish(cx, &publish, &entry.id, Some(start() - Duration::days(1))).await.unwrap();
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        assert_eq!(told_outside(cx, &project, &entry).await, [("entry.published".to_owned(), true)]);
    }

    async fn an_open_request_keeps_an_entry_from_going_live(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        for status in ["PENDING", "CHANGES_REQUESTED", "CHANGES_REQUESTED_PENDING"] {
            let entry = scheduled(cx, &project, status, 10).await;
            execute(app.db(), &format!(
                "INSERT INTO change_requests (id, kind, status, project_id, project_name, target_id, target_name, \
                 entry_id, created_at) VALUES ('c{}', 'ALLOW_SCHEDULE', '{status}', '{}', 'Atuin', '{}', 'Dark mode', '{}', \
                 '2026-03-04T09:30:00+00:00')",
                status.to_lowercase().replace('_', ""), project.id, entry.id, entry.id
            )).await;
            app.advance(Duration::minutes(11));
            assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
            let left = stored(cx, &project, &entry.id).await;
            assert_eq!((left.state(), left.scheduled_at), (EntryState::Draft, None), "{status}");
            assert!(only_job(cx, &project, &entry).await.note.is_some_and(|note| note.contains("administrator")));
        }
        assert_eq!(times(cx, "CHANGELOG_ENTRY_SCHEDULE_ABORTED").await, 3);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_AUTO_PUBLISHED").await, 0);
    }

    async fn who_scheduled_an_entry_is_told_that_it_is_live(app: TestApp) {
        let cx = &app.services;
        let server = MailServer::start().await;
        server.serve_for(cx).await;
        let project = fixtures::public_project(cx, "Atuin").await;
        for (name, wants) in [("Mara", true), ("Nora", false)] {
            let person = app.admin(name).await;
            if !wants {
                let own = instance_grant::<ManageOwnAccount>(&person.actor()).unwrap();
                let patch = model::own_settings::OwnSettingsPatch { enable_notifications: Some(false), ..Default::default() };
                services::own_settings::update(cx, &own, patch).await.unwrap();
            }
            let entry = fixtures::entry(cx, &project, &format!("By {name}")).await;
            let publish = may::<PublishEntries>(cx, &person, &project).await;
            publication::schedule(cx, &publish, &entry.id, cx.clock.now() + Duration::minutes(2)).await.unwrap();
        }
        app.advance(Duration::minutes(3));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 2);
        let subjects = texts(app.db(), "SELECT subject FROM letters").await;
        assert_eq!(subjects.len(), 1, "{subjects:?}");
        assert!(subjects[0].contains("Published: By Mara"), "{subjects:?}");
        assert_eq!(texts(app.db(), "SELECT kind FROM letters").await, [LetterKind::Notice.as_str()]);
        assert_eq!(times(cx, "SCHEDULE_NOTIFICATION_SENT").await, 1);
    }

    async fn after_downtime_everything_happens_once_and_in_the_order_it_was_due(app: TestApp) {
        let cx = &in_order(&app.services);
        let project = fixtures::public_project(cx, "Atuin").await;
        for (title, minutes) in [("Third", 30), ("First", 10), ("Second", 20)] {
            scheduled(cx, &project, title, minutes).await;
        }
        // One that was to be public for an hour in the middle of the downtime.
        let brief = fixtures::entry(cx, &project, "Brief").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let wish = Wish {
            when: When::At(start() + Duration::minutes(40)),
            expires_at: Some(Some(start() + Duration::minutes(100))),
            pinned_until: None,
        };
        publication::arrange(cx, &publish, &brief.id, wish).await.unwrap();
        app.advance(Duration::days(2));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 5);
        let order: Vec<String> = log(cx)
            .await
            .into_iter()
            .filter(|record| matches!(record.action.as_str(), "CHANGELOG_ENTRY_AUTO_PUBLISHED" | "CHANGELOG_ENTRY_UNPUBLISHED"))
            .map(|record| format!("{} {}", record.action.rsplit('_').next().unwrap(), record.details["title"].as_str().unwrap()))
            .collect();
        assert_eq!(
            order,
            ["PUBLISHED First", "PUBLISHED Second", "PUBLISHED Third", "PUBLISHED Brief", "UNPUBLISHED Brief"]
        );
        assert_eq!(titles(cx, &project).await, ["Third", "Second", "First"]);
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
    }

    async fn a_job_of_an_instance_that_died_is_taken_over_when_its_lease_has_run_out(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = scheduled(cx, &project, "Dark mode", 10).await;
        app.advance(Duration::minutes(10));
        die_with_a_job(cx).await;
        app.advance(Duration::seconds(14));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0, "somebody works on it, as far as is known");
        app.advance(Duration::seconds(1));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        assert_eq!(stored(cx, &project, &entry.id).await.state(), EntryState::Published);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_AUTO_PUBLISHED").await, 1);
    }

    async fn whoever_lost_a_job_does_nothing_about_it(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        scheduled(cx, &project, "Dark mode", 10).await;
        app.advance(Duration::minutes(10));
        let id = die_with_a_job(cx).await;
        let mut tx = cx.db.begin().await.unwrap();
        let now = cx.clock.now();
        for (holder, is_theirs) in [("another", false), ("dead", true), ("dead", false)] {
            assert_eq!(store::jobs::complete(tx.conn(), &id, holder, now).await.unwrap(), is_theirs, "{holder}");
        }
    }

    async fn a_job_that_kills_whoever_takes_it_is_given_up(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = scheduled(cx, &project, "Dark mode", 10).await;
        app.advance(Duration::minutes(10));
        for _ in 0..9 {
            die_with_a_job(cx).await;
            app.advance(Duration::seconds(15));
            let mut tx = cx.db.begin().await.unwrap();
            assert_eq!(store::jobs::return_lost(tx.conn(), cx.clock.now(), 10, "x").await.unwrap(), 1);
            tx.commit().await.unwrap();
        }
        die_with_a_job(cx).await;
        app.advance(Duration::seconds(15));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
        let job = only_job(cx, &project, &entry).await;
        assert_eq!(job.status, JobStatus::Failed);
        assert!(job.error.is_some_and(|error| error.contains("again and again")));
    }

    async fn what_fails_is_tried_again_after_1_5_and_25_minutes_and_then_left_to_a_person(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = scheduled(cx, &project, "Dark mode", 10).await;
        lose_text(cx, &project, &entry).await;
        app.advance(Duration::minutes(10));
        for wait in [1, 5, 25] {
            assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
            let job = only_job(cx, &project, &entry).await;
            assert_eq!((job.status, job.run_at), (JobStatus::Pending, cx.clock.now() + Duration::minutes(wait)));
            assert!(job.error.is_some_and(|error| error.contains("text")));
            app.advance(Duration::minutes(wait) - Duration::seconds(1));
            assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
            app.advance(Duration::seconds(1));
        }
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        let job = only_job(cx, &project, &entry).await;
        assert_eq!((job.status, job.retry_count), (JobStatus::Failed, 3));
        assert_eq!(times(cx, "CHANGELOG_ENTRY_AUTO_PUBLISH_FAILED").await, 1);
        let plan = publication::plan_of(cx, &fixtures::may(cx, &project).await, &entry.id).await.unwrap();
        assert!(plan.failure.is_some_and(|why| why.contains("text")), "the entry says what is wrong");
        app.advance(Duration::days(1));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0, "nobody tries any more");

        // The text is back, and an administrator has it tried again.
        let patch = EntryPatch { content: Some("Here it is.".into()), ..EntryPatch::default() };
        entries::update(cx, &fixtures::may(cx, &project).await, &entry.id, patch).await.unwrap();
        let manage = fixtures::may_everywhere::<ManageInstance>(cx);
        jobs::retry(cx, &manage, &job.id).await.unwrap();
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        let live = stored(cx, &project, &entry.id).await;
        assert_eq!(live.published_at, Some(job.scheduled_at));
        let refused = jobs::retry(cx, &manage, &job.id).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
    }

    async fn what_one_entry_waits_for_does_not_keep_others_back(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let broken = scheduled(cx, &project, "Broken", 10).await;
        lose_text(cx, &project, &broken).await;
        scheduled(cx, &project, "Fine", 11).await;
        app.advance(Duration::minutes(12));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 2);
        assert_eq!(titles(cx, &project).await, ["Fine"]);
    }

    async fn an_entry_expires_and_what_was_planned_for_it_ends(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = fixtures::entry(cx, &project, "Sale").await;
        let soon = start() + Duration::hours(1);
        let draft = publication::arrange(cx, &publish, &entry.id, Wish { expires_at: Some(Some(soon)), ..Wish::default() }).await;
        assert!(matches!(draft, Err(Error::Conflict { .. })), "{draft:?}");
        let wish = Wish {
            when: When::Now,
            expires_at: Some(Some(soon)),
            pinned_until: Some(Some(soon + Duration::hours(1))),
        };
        publication::arrange(cx, &publish, &entry.id, wish).await.unwrap();
        assert_eq!(titles(cx, &project).await, ["Sale"]);
        app.advance(Duration::minutes(61));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        assert!(titles(cx, &project).await.is_empty());
        let record = told(cx, "CHANGELOG_ENTRY_UNPUBLISHED").await;
        assert_eq!(record.details["expired"], true);
        let plan = publication::plan_of(cx, &fixtures::may(cx, &project).await, &entry.id).await.unwrap();
        assert_eq!((plan.expires_at, plan.pinned_until), (None, None));
        app.advance(Duration::hours(2));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 0);
    }

    async fn an_entry_never_expires_before_it_goes_live(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = fixtures::entry(cx, &project, "Sale").await;
        let at = |hours: i64| start() + Duration::hours(hours);
        let wish = |live: i64, end: i64| Wish { when: When::At(at(live)), expires_at: Some(Some(at(end))), pinned_until: None };
        let refused = publication::arrange(cx, &publish, &entry.id, wish(5, 5)).await.unwrap_err();
        assert!(refused.for_field("expiresAt").is_some(), "{refused:?}");
        assert_eq!(stored(cx, &project, &entry.id).await.state(), EntryState::Draft, "all of it or nothing");
        publication::arrange(cx, &publish, &entry.id, wish(5, 6)).await.unwrap();
        let refused = publication::schedule(cx, &publish, &entry.id, at(7)).await.unwrap_err();
        assert!(refused.for_field("scheduledAt").is_some(), "{refused:?}");
        publication::arrange(cx, &publish, &entry.id, wish(7, 8)).await.unwrap();
        app.advance(Duration::hours(9));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 2);
        assert_eq!(stored(cx, &project, &entry.id).await.state(), EntryState::Draft);
    }

    async fn pinned_entries_come_first_for_readers_until_their_time_is_over(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let mut entries = Vec::new();
        for (title, age) in [("Old", 3), ("Middle", 2), ("New", 1)] {
            entries.push(fixtures::published_at(cx, &project, title, start() - Duration::days(age)).await);
        }
        let pin = |hours: i64| Wish { pinned_until: Some(Some(start() + Duration::hours(hours))), ..Wish::default() };
        publication::arrange(cx, &publish, &entries[0].id, pin(2)).await.unwrap();
        let part = async || {
            let part = public::part(cx, &project, &public::PublicQuery::default(), None, 2).await.unwrap();
            (part.entries.into_iter().map(|entry| entry.title).collect::<Vec<_>>(), part.pinned.len(), part.next)
        };
        let (shown, pinned, next) = part().await;
        assert_eq!((shown, pinned), (vec!["Old".to_owned(), "New".to_owned(), "Middle".to_owned()], 1));
        let rest = public::PublicQuery { cursor: next.map(|next| next.to_string()), ..Default::default() };
        let rest = public::part(cx, &project, &rest, None, 2).await.unwrap();
        assert_eq!(rest.entries.into_iter().map(|entry| entry.title).collect::<Vec<_>>(), ["Old"], "and once in its own place");
        let searched = public::PublicQuery { search: "about".into(), ..Default::default() };
        assert!(public::part(cx, &project, &searched, None, 9).await.unwrap().pinned.is_empty());
        app.advance(Duration::hours(3));
        assert_eq!(part().await.1, 0, "the time counts, also before anybody has cleaned up");
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_PIN_CHANGED").await, 2);
    }

    async fn administrators_cancel_and_hurry_jobs(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let mara = app.admin("Mara").await;
        let manage = instance_grant::<ManageInstance>(&mara.actor()).unwrap();
        let early = scheduled(cx, &project, "Early", 60).await;
        let never = scheduled(cx, &project, "Never", 60).await;
        let job = only_job(cx, &project, &never).await;
        jobs::cancel(cx, &manage, &job.id).await.unwrap();
        assert_eq!(stored(cx, &project, &never.id).await.state(), EntryState::Draft);
        assert_eq!(told(cx, "CHANGELOG_ENTRY_UNSCHEDULED").await.user_id.as_ref(), Some(mara.id()));
        assert_eq!(told(cx, "SCHEDULED_JOB_CANCELLED").await.entity_id.as_deref(), Some(job.id.as_str()));
        for refused in [jobs::cancel(cx, &manage, &job.id).await, jobs::hurry(cx, &manage, &job.id).await] {
            assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        }
        let job = only_job(cx, &project, &early).await;
        jobs::hurry(cx, &manage, &job.id).await.unwrap();
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        assert_eq!(stored(cx, &project, &early.id).await.published_at, Some(start()), "never a date ahead");
        let page = jobs::list(cx, &manage, None, None, None, 10).await.unwrap();
        let mut lines: Vec<_> = page.items.into_iter().map(|line| (line.entry_title.unwrap(), line.job.status)).collect();
        lines.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!(lines, [("Early".to_owned(), JobStatus::Completed), ("Never".to_owned(), JobStatus::Cancelled)]);
        let counts = jobs::counts(cx, &manage).await.unwrap();
        assert_eq!((counts.completed, counts.cancelled, counts.total()), (1, 1, 2));
        let failed = jobs::list(cx, &manage, Some(JobStatus::Failed), Some(JobKind::PublishEntry), None, 10).await.unwrap();
        assert!(failed.items.is_empty());
        let unknown = jobs::hurry(cx, &manage, &"cnothing".parse().unwrap()).await;
        assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
    }

    async fn a_job_about_what_is_gone_is_done_and_says_so(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = scheduled(cx, &project, "Dark mode", 10).await;
        let lost = fixtures::public_project(cx, "Lost").await;
        scheduled(cx, &lost, "Also", 10).await;
        // Past every rule, as a mistake of ours would.
        execute(app.db(), &format!("DELETE FROM entry_rows WHERE id = '{}'", entry.id)).await;
        execute(app.db(), &format!("DELETE FROM project_rows WHERE id = '{}'", lost.id)).await;
        app.advance(Duration::minutes(11));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 2);
        let mut notes = texts(app.db(), "SELECT note FROM jobs WHERE status = 'COMPLETED'").await;
        notes.sort();
        assert_eq!(notes, ["The entry is gone.", "The project is gone."]);
    }

    async fn what_ended_is_forgotten_after_thirty_days(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        scheduled(cx, &project, "Old", 10).await;
        app.advance(Duration::minutes(11));
        jobs::run_due(cx).await.unwrap();
        app.advance(Duration::days(20));
        let waiting = scheduled(cx, &project, "Waiting", 60 * 24 * 60).await;
        app.advance(Duration::days(11));
        jobs::plan_purge(cx).await.unwrap();
        jobs::plan_purge(cx).await.unwrap();
        assert_eq!(count(&cx.db, "jobs WHERE kind = 'PURGE_EXPIRED'").await, 1, "one clean-up, whoever plans it");
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        let kinds = texts(app.db(), "SELECT kind FROM jobs WHERE status = 'PENDING' AND kind = 'PURGE_EXPIRED'").await;
        assert_eq!(kinds.len(), 1, "the next one is planned");
        assert_eq!(count(&cx.db, "jobs WHERE kind = 'PUBLISH_CHANGELOG_ENTRY'").await, 1, "what ended is gone");
        assert_eq!(only_job(cx, &project, &waiting).await.status, JobStatus::Pending, "what waits is not");
        assert_eq!(count(&cx.db, "outbox_events WHERE kind = 'entry.published'").await, 0);
        assert_eq!(count(&cx.db, "outbox_events").await, 1, "the newer event is still told");
        let record = told(cx, "SCHEDULED_JOBS_CLEANUP").await;
        assert_eq!((record.details["jobs"].as_i64(), record.details["events"].as_i64()), (Some(1), Some(2)));
    }

    async fn the_calendar_shows_what_was_is_and_will_be(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let other = fixtures::public_project(cx, "Other").await;
        scheduled(cx, &other, "Elsewhere", 30).await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        fixtures::published_at(cx, &project, "Long ago", start() - Duration::days(60)).await;
        let live = fixtures::published_at(cx, &project, "Live", start() - Duration::days(1)).await;
        let end = start() + Duration::days(2);
        publication::arrange(cx, &publish, &live.id, Wish { expires_at: Some(Some(end)), ..Wish::default() }).await.unwrap();
        scheduled(cx, &project, "Soon", 30).await;
        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        let (from, until): (Timestamp, Timestamp) = (start() - Duration::days(3), start() + Duration::days(3));
        let events = publication::calendar(cx, &read, from, until).await.unwrap();
        let events: Vec<_> = events.into_iter().map(|event| (event.kind, event.title)).collect();
        assert_eq!(
            events,
            [
                (EventKind::Published, "Live".to_owned()),
                (EventKind::Scheduled, "Soon".to_owned()),
                (EventKind::Expires, "Live".to_owned()),
            ]
        );
    }

    async fn many_who_take_jobs_at_once_take_each_once(app: TestApp) {
        let cx = &app.services;
        let mut all = Vec::new();
        for name in ["A", "B", "C"] {
            let project = fixtures::public_project(cx, name).await;
            for number in 0..6 {
                all.push((project.clone(), scheduled(cx, &project, &format!("{name} {number}"), 10).await));
            }
        }
        app.advance(Duration::minutes(10));
        let (a, b, c) = tokio::join!(jobs::run_due(cx), jobs::run_due(cx), jobs::run_due(cx));
        let mut done = a.unwrap() + b.unwrap() + c.unwrap();
        done += jobs::run_due(cx).await.unwrap();
        assert_eq!(done, 18);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_AUTO_PUBLISHED").await, 18);
        for (project, entry) in &all {
            assert_eq!(told_outside(cx, project, entry).await.len(), 2);
        }
    }
}
