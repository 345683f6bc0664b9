use chrono::Duration;
use model::entries::NewEntry;
use model::home::Waiting;
use model::projects::Project;
use model::requests::{RequestKind, RequestStatus};
use model::{EntryId, Error, Permission, RequestId, Scope};
use services::access::{
    Ask, DecideRequests, DeleteAllEntries, DeleteEntries, Grant, PublishEntries, ReadEntries, ReadProjects, Way,
    WriteEntries, grant_or_ask, instance_grant,
};
use services::entries::{Deletion, Publication};
use services::{Always, Services, entries, home, requests};
use store::change_requests::ChangeRequest;
use testkit::{Person, TestApp, fixtures, on_both_databases, texts};

use crate::help::{ask, may, stored, times, told};

async fn waiting(app: &TestApp) -> Vec<Waiting> {
    let may = fixtures::may_everywhere::<ReadProjects>(&app.services);
    home::overview(&app.services, &may).await.unwrap().waiting
}

async fn waiting_ids(app: &TestApp) -> Vec<EntryId> {
    waiting(app).await.into_iter().map(|waiting| waiting.entry.id).collect()
}

async fn may_ask(cx: &Services, person: &Person, project: &Project) -> Grant<Ask<DeleteEntries>> {
    match grant_or_ask::<DeleteEntries>(cx, &person.actor(), &project.id).await.unwrap() {
        Way::OnRequest(may) => may,
        Way::Directly(_) => panic!("{person:?} need not ask", person = person.user().name),
    }
}

/// What became of a request.
async fn request(cx: &Services, project: &Project, id: &RequestId) -> ChangeRequest {
    let mut lease = cx.db.acquire().await.unwrap();
    store::change_requests::find(lease.conn(), &project.id, id).await.unwrap().unwrap()
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

        let (entry, asked) = entries::request_publication(cx, &write, &first.id).await.unwrap();
        assert_eq!(entry, first, "asking changes nothing");
        assert_eq!((asked.status.as_str(), asked.staff_id.as_ref()), ("PENDING", Some(sam.id())));
        app.advance(Duration::minutes(1));
        entries::request_publication(cx, &write, &second.id).await.unwrap();

        assert_eq!(waiting_ids(&app).await, [first.id.clone(), second.id.clone()], "longest waiting first");
        let open = requests::list(cx, &read, &first.id).await.unwrap();
        assert_eq!((open.len(), open[0].kind, open[0].asked_by.as_deref()), (1, RequestKind::AllowPublish, Some("Sam")));
        let list = entries::list(cx, &read, &entries::ListQuery::default(), None, 10).await.unwrap();
        assert!(list.items.iter().all(|entry| entry.approval_requested && !entry.deletion_requested));
        assert_eq!(list.items[0].author.as_deref(), Some("Sam"));

        let publish = may::<PublishEntries>(cx, &mara, &project).await;
        entries::publish(cx, &publish, &first.id, None).await.unwrap();
        assert_eq!(waiting_ids(&app).await, [second.id]);
        assert!(requests::list(cx, &read, &first.id).await.unwrap().is_empty());
        let reviewers = texts(app.db(), "SELECT admin_id FROM change_requests WHERE status = 'APPROVED'").await;
        assert_eq!(reviewers, [mara.id().as_str()]);
        assert_eq!(times(cx, "CHANGELOG_ENTRY_PUBLISH_REQUEST_CREATED").await, 2);
        let approved = told(cx, "REQUEST_APPROVED").await;
        assert_eq!((approved.user_id.as_ref(), approved.entity_id.as_deref()), (Some(mara.id()), Some(first.id.as_str())));
        assert_eq!(approved.details["requestId"], asked.id.as_str());
        assert_eq!(approved.details["type"], "ALLOW_PUBLISH");
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
        assert!(matches!(lost, Err(Error::RequestPending { .. })), "{lost:?}");
        assert_eq!(testkit::count(app.db(), "change_requests").await, 1);

        let public = fixtures::published(cx, &project, "Public").await;
        let refused = entries::request_publication(cx, &write, &public.id).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        let way = grant_or_ask::<PublishEntries>(cx, &sam.actor(), &project.id).await.unwrap();
        let nothing_to_ask = entries::publish_or_ask(cx, &way, &public.id, None, &Always).await;
        assert_eq!(nothing_to_ask, Ok(Publication::Done(public)), "a published entry is published");
        let new = NewEntry { content: String::new(), ..fixtures::text("Empty") };
        let empty = fixtures::entry_with(cx, &project, new).await;
        let refused = entries::request_publication(cx, &write, &empty.id).await.unwrap_err();
        assert!(refused.for_field("content").is_some(), "{refused:?}");
    }

    async fn a_request_to_publish_ends_with_its_entry(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let (_, asked) = entries::request_publication(cx, &write, &entry.id).await.unwrap();
        entries::delete(cx, &fixtures::may::<DeleteEntries>(cx, &project).await, &entry.id).await.unwrap();
        assert!(waiting(&app).await.is_empty());
        let left = request(cx, &project, &asked.id).await;
        assert_eq!((left.status, left.admin_id), (RequestStatus::Superseded, None));
        assert_eq!(times(cx, "REQUEST_APPROVED").await, 0);
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
        assert_eq!(waiting_ids(&app).await, [entry.id]);
    }

    async fn staff_ask_for_a_deletion_and_an_administrator_deletes(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        let asked = entries::request_deletion(cx, &may_ask(cx, &sam, &project).await, &entry.id).await.unwrap();
        assert_eq!((asked.kind, asked.status, asked.entry_id.as_ref()), (RequestKind::DeleteEntry, RequestStatus::Pending, Some(&entry.id)));
        assert_eq!(stored(cx, &project, &entry.id).await, entry, "asking changes nothing");
        let waits = waiting(&app).await;
        assert_eq!((waits[0].request.kind, waits[0].request.asked_by.as_deref()), (RequestKind::DeleteEntry, Some("Sam")));
        assert_eq!(waits[0].request.asked_at, cx.clock.now());
        let read = may::<ReadEntries>(cx, &mara, &project).await;
        let list = entries::list(cx, &read, &entries::ListQuery::default(), None, 10).await.unwrap();
        assert!(list.items[0].deletion_requested && !list.items[0].approval_requested);
        let created = told(cx, "CHANGELOG_ENTRY_DELETION_REQUEST_CREATED").await;
        assert_eq!((created.user_id.as_ref(), created.details["title"].as_str()), (Some(sam.id()), Some("Dark mode")));

        entries::delete(cx, &may::<DeleteEntries>(cx, &mara, &project).await, &entry.id).await.unwrap();
        let left = request(cx, &project, &asked.id).await;
        assert_eq!((left.status, left.admin_id.as_ref()), (RequestStatus::Approved, Some(mara.id())));
        assert!(left.reviewed_at.is_some() && waiting(&app).await.is_empty());
        assert_eq!(told(cx, "REQUEST_APPROVED").await.details["type"], "DELETE_ENTRY");
        assert_eq!(times(cx, "DELETE_CHANGELOG_ENTRY_SUCCESS").await, 1);
    }

    async fn both_kinds_wait_beside_each_other_and_are_asked_for_once(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (sam, max) = (app.staff("Sam").await, app.staff("Max").await);
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        entries::request_publication(cx, &may::<WriteEntries>(cx, &sam, &project).await, &entry.id).await.unwrap();
        let (by_sam, by_max) = (may_ask(cx, &sam, &project).await, may_ask(cx, &max, &project).await);
        let (a, b) = tokio::join!(
            entries::request_deletion(cx, &by_sam, &entry.id),
            entries::request_deletion(cx, &by_max, &entry.id),
        );
        let lost = if a.is_ok() { b } else { a };
        assert!(matches!(lost, Err(Error::RequestPending { .. })), "{lost:?}");
        assert_eq!(waiting(&app).await.len(), 2);
        for (person, sees) in [(&sam, vec![RequestKind::AllowPublish]), (&app.viewer("Vera").await, vec![])] {
            let may = instance_grant::<ReadProjects>(&person.actor()).unwrap();
            let own = home::overview(cx, &may).await.unwrap().waiting;
            let own: Vec<_> = own.iter().filter(|one| one.request.kind == RequestKind::AllowPublish).collect();
            assert_eq!(own.iter().map(|one| one.request.kind).collect::<Vec<_>>(), sees, "who does not decide sees their own");
        }
        // Publishing answers the one and not the other.
        let publish = fixtures::may::<PublishEntries>(cx, &project).await;
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        let left = waiting(&app).await;
        assert_eq!((left.len(), left[0].request.kind), (1, RequestKind::DeleteEntry));
    }

    async fn an_administrator_decides_once_and_a_rejected_deletion_may_be_asked_for_again(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        let ask_to_delete = may_ask(cx, &sam, &project).await;
        let decide = may::<DecideRequests>(cx, &mara, &project).await;
        let asked = entries::request_deletion(cx, &ask_to_delete, &entry.id).await.unwrap();
        requests::reject(cx, &decide, &asked.id).await.unwrap();
        let left = request(cx, &project, &asked.id).await;
        assert_eq!((left.status, left.admin_id.as_ref()), (RequestStatus::Rejected, Some(mara.id())));
        assert_eq!(stored(cx, &project, &entry.id).await, entry);
        assert_eq!(told(cx, "REQUEST_REJECTED").await.details["requestId"], asked.id.as_str());
        for late in [requests::approve(cx, &decide, &asked.id).await, requests::reject(cx, &decide, &asked.id).await] {
            assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
        }

        let again = entries::request_deletion(cx, &ask_to_delete, &entry.id).await.unwrap();
        let (a, b) = tokio::join!(requests::approve(cx, &decide, &again.id), requests::reject(cx, &decide, &again.id));
        assert!(a.is_ok() != b.is_ok(), "one decision counts: {a:?} {b:?}");
        let gone = testkit::count(app.db(), "entries").await == 0;
        let left = request(cx, &project, &again.id).await.status;
        assert_eq!(left, if gone { RequestStatus::Approved } else { RequestStatus::Rejected });
    }

    async fn approving_does_what_was_asked_for(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let decide = may::<DecideRequests>(cx, &mara, &project).await;
        let entry = fixtures::entry(cx, &project, "Dark mode").await;
        let (_, publication) = entries::request_publication(cx, &write, &entry.id).await.unwrap();
        requests::approve(cx, &decide, &publication.id).await.unwrap();
        assert_eq!(stored(cx, &project, &entry.id).await.published_at, Some(cx.clock.now()));
        assert_eq!(request(cx, &project, &publication.id).await.status, RequestStatus::Approved);

        let deletion = entries::request_deletion(cx, &may_ask(cx, &sam, &project).await, &entry.id).await.unwrap();
        let key = app.key(&mara, &[Scope::ChangelogPublish], None).await;
        let by_key = may::<DecideRequests>(cx, &key, &project).await;
        let scope = Scope::ChangelogDelete;
        assert_eq!(requests::approve(cx, &by_key, &deletion.id).await, Err(Error::MissingScope { scope }));
        assert_eq!(waiting(&app).await.len(), 1, "what fails leaves the request open");
        requests::approve(cx, &decide, &deletion.id).await.unwrap();
        assert_eq!(testkit::count(app.db(), "entries").await, 0);
    }

    async fn only_who_asked_takes_a_request_back_and_only_administrators_decide(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let (sam, max) = (app.staff("Sam").await, app.staff("Max").await);
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        let asked = entries::request_deletion(cx, &may_ask(cx, &sam, &project).await, &entry.id).await.unwrap();
        let (by_sam, by_max) =
            (may::<WriteEntries>(cx, &sam, &project).await, may::<WriteEntries>(cx, &max, &project).await);
        let forbidden = Err(Error::Forbidden { needs: Permission::DecideRequests });
        assert_eq!(requests::withdraw(cx, &by_max, &asked.id).await, forbidden);
        assert_eq!(ask::<DecideRequests>(cx, &sam, &project).await.map(|_| ()), forbidden);
        requests::withdraw(cx, &by_sam, &asked.id).await.unwrap();
        let left = request(cx, &project, &asked.id).await;
        assert_eq!((left.status, left.admin_id), (RequestStatus::Withdrawn, None));
        let withdrawn = told(cx, "REQUEST_WITHDRAWN").await;
        assert_eq!((withdrawn.user_id.as_ref(), withdrawn.entity_id.as_deref()), (Some(sam.id()), Some(entry.id.as_str())));
        assert!(matches!(requests::withdraw(cx, &by_sam, &asked.id).await, Err(Error::Conflict { .. })));

        let other = fixtures::project(cx, "Other").await;
        let elsewhere = may::<WriteEntries>(cx, &sam, &other).await;
        assert_eq!(requests::withdraw(cx, &elsewhere, &asked.id).await, Err(Error::NotFound));
        let decide = fixtures::may::<DecideRequests>(cx, &other).await;
        assert_eq!(requests::approve(cx, &decide, &asked.id).await, Err(Error::NotFound));
        assert_eq!(requests::reject(cx, &decide, &asked.id).await, Err(Error::NotFound));
    }

    async fn own_drafts_go_at_once_and_the_rest_is_asked_for(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let way = grant_or_ask::<DeleteEntries>(cx, &sam.actor(), &project.id).await.unwrap();
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let own = entries::create(cx, &write, fixtures::text("Own")).await.unwrap();
        assert_eq!(entries::delete_or_ask(cx, &way, &own.id, &Always).await, Ok(Deletion::Done(own)));
        let foreign = fixtures::entry(cx, &project, "Of somebody else").await;
        let asked = entries::delete_or_ask(cx, &way, &foreign.id, &Always).await;
        assert!(matches!(asked, Ok(Deletion::Requested(_))), "{asked:?}");
        let again = entries::delete_or_ask(cx, &way, &foreign.id, &Always).await;
        assert!(matches!(again, Err(Error::RequestPending { .. })), "{again:?}");
        assert_eq!(testkit::count(app.db(), "entries").await, 1);
    }

    async fn emptying_a_project_answers_everybody_who_asked(app: TestApp) {
        let cx = &app.services;
        let (project, other) = (fixtures::public_project(cx, "Atuin").await, fixtures::project(cx, "Other").await);
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let mut asked = Vec::new();
        for project in [&project, &other] {
            let entry = fixtures::entry(cx, project, "Dark mode").await;
            let may_ask = may_ask(cx, &sam, project).await;
            asked.push(entries::request_deletion(cx, &may_ask, &entry.id).await.unwrap());
            let write = may::<WriteEntries>(cx, &sam, project).await;
            asked.push(entries::request_publication(cx, &write, &entry.id).await.unwrap().1);
        }
        assert_eq!(entries::delete_all(cx, &may::<DeleteAllEntries>(cx, &mara, &project).await).await, Ok(1));
        let mut states = Vec::new();
        for (number, asked) in asked.iter().enumerate() {
            states.push(request(cx, if number < 2 { &project } else { &other }, &asked.id).await.status);
        }
        use RequestStatus::{Approved, Pending, Superseded};
        assert_eq!(states, [Approved, Superseded, Pending, Pending]);
        let record = told(cx, "DELETE_ALL_CHANGELOG_ENTRIES").await;
        assert_eq!((&record.details["entries"], &record.details["requestsApproved"]), (&1.into(), &1.into()));
        assert_eq!(ask::<DeleteAllEntries>(cx, &sam, &project).await.map(|_| ()), Err(Error::Forbidden {
            needs: Permission::DeleteAllEntries
        }));
        let key = app.key(&mara, &[], None).await;
        assert_eq!(ask::<DeleteAllEntries>(cx, &key, &project).await.map(|_| ()), Err(Error::NoKeys));
    }
}
