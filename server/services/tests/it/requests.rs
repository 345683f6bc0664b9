use chrono::Duration;
use model::entries::NewEntry;
use model::{EntryId, Error};
use services::access::{DeleteEntries, PublishEntries, ReadEntries, ReadProjects, WriteEntries};
use services::{entries, home};
use testkit::{TestApp, fixtures, on_both_databases, texts};

use crate::help::{may, times};

async fn waiting(app: &TestApp) -> Vec<EntryId> {
    let home = home::overview(&app.services, &fixtures::may_everywhere::<ReadProjects>(&app.services)).await.unwrap();
    home.waiting.into_iter().map(|entry| entry.id).collect()
}

on_both_databases! {
    async fn a_request_waits_until_an_administrator_publishes(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let mara = app.admin("Mara").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let read = may::<ReadEntries>(cx, &sam, &project).await;
        let first = entries::create(cx, &write, fixtures::text("First")).await.unwrap();
        let second = entries::create(cx, &write, fixtures::text("Second")).await.unwrap();

        let (entry, request) = entries::request_publication(cx, &write, &first.id).await.unwrap();
        assert_eq!(entry, first, "asking changes nothing");
        assert_eq!((request.status.as_str(), request.staff_id.as_ref()), ("PENDING", Some(sam.id())));
        app.advance(Duration::minutes(1));
        entries::request_publication(cx, &write, &second.id).await.unwrap();

        assert_eq!(waiting(&app).await, [first.id.clone(), second.id.clone()], "longest waiting first");
        assert!(entries::is_requested(cx, &read, &first.id).await.unwrap());
        let list = entries::list(cx, &read, &entries::ListQuery::default(), None, 10).await.unwrap();
        assert!(list.items.iter().all(|entry| entry.approval_requested));
        assert_eq!(list.items[0].author.as_deref(), Some("Sam"));

        let publish = may::<PublishEntries>(cx, &mara, &project).await;
        entries::publish(cx, &publish, &first.id, None).await.unwrap();
        assert_eq!(waiting(&app).await, [second.id]);
        assert!(!entries::is_requested(cx, &read, &first.id).await.unwrap());
        let reviewers = texts(app.db(), "SELECT admin_id FROM publish_requests WHERE status = 'APPROVED'").await;
        assert_eq!(reviewers, [mara.id().as_str()]);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_PUBLISH_REQUEST_CREATED").await, 2);
    }

    async fn nobody_asks_twice_or_for_what_cannot_be_done(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let (a, b) = tokio::join!(
            entries::request_publication(cx, &write, &entry.id),
            entries::request_publication(cx, &write, &entry.id),
        );
        let lost = if a.is_ok() { b } else { a };
        assert!(matches!(lost, Err(Error::BadRequest { .. })), "{lost:?}");
        assert_eq!(testkit::count(app.db(), "publish_requests").await, 1);

        let public = fixtures::published(cx, &project, "Public").await;
        let refused = entries::request_publication(cx, &write, &public.id).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        let new = NewEntry { content: String::new(), ..fixtures::text("Empty") };
        let empty = fixtures::entry_with(cx, &project, new).await;
        let refused = entries::request_publication(cx, &write, &empty.id).await.unwrap_err();
        assert!(refused.for_field("content").is_some(), "{refused:?}");
    }

    async fn a_request_goes_with_its_entry(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        entries::request_publication(cx, &write, &entry.id).await.unwrap();
        entries::delete(cx, &fixtures::may::<DeleteEntries>(cx, &project).await, &entry.id).await.unwrap();
        assert!(waiting(&app).await.is_empty());
    }

    async fn an_entry_that_was_taken_back_may_be_asked_for_again(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        entries::request_publication(cx, &write, &entry.id).await.unwrap();
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        entries::unpublish(cx, &publish, &entry.id).await.unwrap();
        assert!(entries::request_publication(cx, &write, &entry.id).await.is_ok());
        assert_eq!(waiting(&app).await, [entry.id]);
    }
}
