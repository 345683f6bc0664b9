//! Schedules as pages show them, without scripts: to readers, to writers and to administrators.

use chrono::Duration;
use services::access::PublishEntries;
use services::jobs;
use services::publication::{self, When, Wish};
use store::Db;
use testkit::{TestApp, fixtures, on_both_databases, start};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

on_both_databases! {
    async fn a_scheduled_entry_leaks_nowhere_before_its_time_and_is_everywhere_after(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Orbit").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = fixtures::entry(cx, &project, "Embargoed").await;
        publication::schedule(cx, &publish, &entry.id, start() + Duration::hours(2)).await.unwrap();
        let stranger = app.stranger();
        let (slug, id) = (&project.slug, &project.id);
        let everywhere = [
            format!("/changelog/{slug}"),
            format!("/changelog/{slug}?q=Embargoed"),
            format!("/changelog/{slug}/rss.xml"),
            format!("/changelog/{slug}/archive"),
            format!("/api/changelog/{id}/entries"),
            format!("/api/changelog/{id}/entries/all"),
            format!("/api/changelog/{id}/unread"),
        ];
        let alone = [format!("/changelog/{slug}/embargoed"), format!("/api/changelog/entries/{}", entry.id)];
        for path in everywhere.iter().chain(&alone) {
            // Kept in memory from now on, where it is kept.
            let text = stranger.get(path).await.text().to_owned();
            assert!(!text.contains(entry.id.as_str()) && !text.contains("All about"), "{path}: {text}");
        }
        for path in &alone {
            stranger.get(path).await.expect(404);
        }
        app.advance(Duration::hours(2));
        assert_eq!(jobs::run_due(cx).await.unwrap(), 1);
        for path in &everywhere[..3] {
            let text = stranger.get(path).await.expect(200).text().to_owned();
            assert!(text.contains("Embargoed"), "{path}: {text}");
        }
        for path in &alone {
            stranger.get(path).await.expect(200);
        }
    }

    async fn readers_see_pinned_entries_first_and_feeds_stay_in_order(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Orbit").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let old = fixtures::published_at(cx, &project, "Old", start() - Duration::days(2)).await;
        fixtures::published_at(cx, &project, "New", start() - Duration::days(1)).await;
        let path = format!("/changelog/{}", project.slug);
        let place = |text: &str, title: &str| text.find(&format!("All about <strong>{title}</strong>")).unwrap();
        let before = app.stranger().get(&path).await.expect(200).text().to_owned();
        assert!(place(&before, "New") < place(&before, "Old") && !before.contains("entry-pinned"));
        let wish = Wish { pinned_until: Some(Some(start() + Duration::hours(1))), ..Wish::default() };
        publication::arrange(cx, &publish, &old.id, wish).await.unwrap();
        let pinned = app.stranger().get(&path).await.expect(200).text().to_owned();
        assert!(place(&pinned, "Old") < place(&pinned, "New"), "{pinned}");
        assert_eq!(pinned.matches("entry-pinned").count(), 1, "once, and marked");
        assert_eq!(pinned.matches("All about <strong>Old").count(), 1);
        let feed = app.stranger().get(&format!("{path}/rss.xml")).await.expect(200).text().to_owned();
        assert!(feed.find("New").unwrap() < feed.find("Old").unwrap());
        app.advance(Duration::hours(1));
        jobs::run_due(cx).await.unwrap();
        let after = app.stranger().get(&path).await.expect(200).text().to_owned();
        assert!(place(&after, "New") < place(&after, "Old") && !after.contains("entry-pinned"), "also from memory");
    }

    async fn the_calendar_the_list_of_jobs_and_home_say_what_is_planned(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let mara = app.admin("Mara").await;
        let vera = app.viewer("Vera").await;
        let project = fixtures::public_project(cx, "Orbit").await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let wish = Wish {
            when: When::At(start() + Duration::days(6)),
            expires_at: Some(Some(start() + Duration::days(40))),
            pinned_until: None,
        };
        publication::arrange(cx, &publish, &entry.id, wish).await.unwrap();
        let calendar = format!("/dashboard/projects/{}/calendar", project.id);
        for person in [&mara, &vera] {
            let page = person.get(&calendar).await.expect(200).text().to_owned();
            assert!(page.contains("March 2026") && page.contains("Dark mode") && page.contains("Goes live"), "{page}");
            assert!(!page.contains("Expires"));
            assert!(page.contains("month=2026-04"), "links lead to the other months");
        }
        let april = mara.get(&format!("{calendar}?month=2026-04&view=list")).await.expect(200).text().to_owned();
        assert!(april.contains("Monday 13") && april.contains("Expires"), "{april}");
        let empty = mara.get(&format!("{calendar}?month=2031-02")).await.expect(200).text().to_owned();
        assert!(empty.contains("Nothing in this month"));
        let wrong = mara.get(&format!("{calendar}?month=soon")).await.text().to_owned();
        assert!(wrong.contains("The calendar could not be loaded."), "{wrong}");

        let jobs_page = mara.get("/dashboard/admin/jobs").await.expect(200).text().to_owned();
        assert!(jobs_page.contains("Publish an entry") && jobs_page.contains("10 Mar 2026, 09:30 UTC"), "{jobs_page}");
        assert!(jobs_page.contains("Take an entry back") && jobs_page.contains("Run now"));
        let done = mara.get("/dashboard/admin/jobs?status=FAILED").await.expect(200).text().to_owned();
        assert!(done.contains("No job matches these filters."));
        let closed = vera.get("/dashboard/admin/jobs").await.text().to_owned();
        assert!(closed.contains("This page is for administrators.") && !closed.contains("Dark mode"));

        let home = vera.get("/dashboard").await.expect(200).text().to_owned();
        assert!(home.contains("Goes live next") && home.contains("Dark mode"), "{home}");
        let editor = mara.get(&format!("/dashboard/projects/{}/changelog/{}", project.id, entry.id)).await;
        assert!(editor.expect(200).text().contains("for 10 March 2026, 09:30 UTC"));
    }
}
