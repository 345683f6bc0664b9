//! Requests of every kind, changes on request, comments, letters, and decisions that meet each other.

use chrono::Duration;
use model::projects::Project;
use model::requests::{RequestKind, RequestStatus, RequestTab, Verb};
use model::{EntryId, Error, RequestId};
use services::access::{
    DecideRequests, DeleteTags, PublishEntries, ReadEntries, WriteEntries, WriteTags, instance_grant,
};
use services::requests::{self, NewRequest, RequestQuery, Seen};
use services::{Grant, InstanceGrant, Services, entries, mail, projects, tags};
use store::change_requests::ChangeRequest;

use testkit::{MailServer, Person, TestApp, fixtures, on_both_databases, texts};

use crate::help::{may, stored, times};

struct Desk {
    project: Project,
    sam: Person,
    mara: Person,
    writes: Grant<WriteEntries>,
    decides: Grant<DecideRequests>,
}

impl Desk {
    async fn new(app: &TestApp) -> Self {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Orbit").await;
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let (writes, decides) = (may(cx, &sam, &project).await, may(cx, &mara, &project).await);
        Self { project, sam, mara, writes, decides }
    }

    async fn draft(&self, cx: &Services, title: &str) -> EntryId {
        entries::create(cx, &self.writes, fixtures::text(title)).await.unwrap().id
    }

    async fn asked(&self, cx: &Services, title: &str) -> (EntryId, RequestId) {
        let entry = self.draft(cx, title).await;
        let (_, request) = entries::request_publication(cx, &self.writes, &entry).await.unwrap();
        (entry, request.id)
    }

    fn sees(person: &Person) -> InstanceGrant<ReadEntries> {
        instance_grant(&person.actor()).unwrap()
    }
}

async fn status(app: &TestApp, id: &RequestId) -> String {
    texts(app.db(), &format!("SELECT status FROM change_requests WHERE id = '{id}'")).await.remove(0)
}

async fn tag(cx: &Services, project: &Project, name: &str) -> model::tags::Tag {
    let may = fixtures::may::<WriteTags>(cx, project).await;
    let new = model::tags::NewTag { name: name.to_owned(), ..Default::default() };
    tags::create(cx, &may, new).await.unwrap().0
}

async fn create(cx: &Services, desk: &Desk, new: NewRequest) -> ChangeRequest {
    requests::create(cx, &desk.writes, new).await.unwrap()
}

on_both_databases! {
    async fn changes_are_asked_for_made_and_approved(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let (entry, request) = desk.asked(cx, "Dark mode").await;
        let silent = requests::request_changes(cx, &desk.decides, &request, "  ").await.unwrap_err();
        assert!(silent.for_field("feedback").is_some(), "changes need a reason: {silent:?}");
        requests::request_changes(cx, &desk.decides, &request, "Name the version.").await.unwrap();
        assert_eq!(status(&app, &request).await, "CHANGES_REQUESTED");
        let early = requests::approve(cx, &desk.decides, &request).await;
        assert!(matches!(early, Err(Error::Conflict { .. })), "{early:?}");
        assert_eq!(requests::count(cx, &Desk::sees(&desk.sam)).await, Ok(1));
        assert_eq!(requests::count(cx, &Desk::sees(&desk.mara)).await, Ok(0));

        let patch = model::entries::EntryPatch { version: Some(Some("2.4.0".to_owned())), ..Default::default() };
        entries::update(cx, &desk.writes, &entry, patch).await.unwrap();
        let again = requests::ask_again(cx, &desk.writes, &request).await.unwrap();
        assert_eq!((&again.id, again.status), (&request, RequestStatus::ChangesRequestedPending));
        assert_eq!(again.previous_feedback.as_deref(), Some("Name the version."));
        assert_eq!(again.entry_text.as_ref().map(|text| text.version.as_str()), Some("2.4.0"));
        let twice = entries::request_publication(cx, &desk.writes, &entry).await;
        assert!(matches!(twice, Err(Error::RequestPending { .. })), "{twice:?}");
        requests::approve(cx, &desk.decides, &request).await.unwrap();
        assert!(stored(cx, &desk.project, &entry).await.published_at.is_some());
        let said = requests::review(cx, &Desk::sees(&desk.sam), &request).await.unwrap().comments;
        assert_eq!(said.iter().map(|comment| comment.body.as_str()).collect::<Vec<_>>(), ["Name the version."]);
        assert_eq!((times(cx, "REQUEST_CHANGES_REQUESTED").await, times(cx, "REQUEST_RESUBMITTED").await), (1, 1));
    }

    async fn a_text_that_has_changed_is_approved_by_who_has_seen_it(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let (entry, request) = desk.asked(cx, "Dark mode").await;
        let patch = model::entries::EntryPatch { content: Some("Another text.".to_owned()), ..Default::default() };
        let changed = entries::update(cx, &desk.writes, &entry, patch).await.unwrap();
        let refused = requests::approve(cx, &desk.decides, &request).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        assert_eq!(status(&app, &request).await, "PENDING", "what fails leaves it open");
        let review = requests::review(cx, &Desk::sees(&desk.mara), &request).await.unwrap();
        assert_eq!(review.before.map(|before| before.content).as_deref(), Some("All about **Dark mode**."));
        let older = Seen::At(changed.lock_version - 1);
        assert!(requests::approve_with(cx, &desk.decides, &request, older, "").await.is_err());
        requests::approve_with(cx, &desk.decides, &request, Seen::At(changed.lock_version), "").await.unwrap();
        assert_eq!(stored(cx, &desk.project, &entry).await.content, "Another text.");
    }

    async fn an_entry_is_published_under_the_date_that_was_asked_for(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let entry = desk.draft(cx, "Dark mode").await;
        let date = cx.clock.now() - Duration::days(30);
        let (_, request) = entries::request_publication_at(cx, &desk.writes, &entry, Some(date)).await.unwrap();
        requests::approve(cx, &desk.decides, &request.id).await.unwrap();
        assert_eq!(stored(cx, &desk.project, &entry).await.published_at, Some(date));
    }

    async fn an_approved_schedule_is_one_and_a_late_one_stays_open(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let entry = desk.draft(cx, "Dark mode").await;
        let past = requests::request_schedule(cx, &desk.writes, &entry, cx.clock.now()).await.unwrap_err();
        assert!(past.for_field("scheduledAt").is_some(), "{past:?}");
        let at = cx.clock.now() + Duration::hours(2);
        let (_, asked) = requests::request_schedule(cx, &desk.writes, &entry, at).await.unwrap();
        app.advance(Duration::hours(3));
        let late = requests::approve(cx, &desk.decides, &asked.id).await.unwrap_err();
        assert!(late.for_field("scheduledAt").is_some(), "{late:?}");
        assert_eq!(status(&app, &asked.id).await, "PENDING");
        requests::request_changes(cx, &desk.decides, &asked.id, "Choose another time.").await.unwrap();
        let at = cx.clock.now() + Duration::hours(2);
        requests::request_schedule(cx, &desk.writes, &entry, at).await.unwrap();
        requests::approve(cx, &desk.decides, &asked.id).await.unwrap();
        let scheduled = stored(cx, &desk.project, &entry).await;
        assert_eq!((scheduled.scheduled_at, scheduled.published_at), (Some(at), None));
        let planner = texts(app.db(), "SELECT scheduled_by_id FROM entries WHERE scheduled_by_id IS NOT NULL").await;
        assert_eq!(planner, [desk.sam.id().as_str()], "in the name of who asked");
    }

    async fn tags_projects_and_all_entries_go_when_an_administrator_agrees(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let tag = tag(cx, &desk.project, "Old").await;
        let entry = desk.draft(cx, "Dark mode").await;
        let unknown = NewRequest::about_tag(RequestKind::DeleteTag, "cnothing".parse().unwrap());
        assert_eq!(requests::create(cx, &desk.writes, unknown).await, Err(Error::NotFound));
        let about_tag = create(cx, &desk, NewRequest::about_tag(RequestKind::DeleteTag, tag.id.clone())).await;
        let about_all = create(cx, &desk, NewRequest::new(RequestKind::DeleteAllEntries)).await;
        let about_project = create(cx, &desk, NewRequest::new(RequestKind::DeleteProject)).await;
        let twice = requests::create(cx, &desk.writes, NewRequest::new(RequestKind::DeleteProject)).await;
        assert!(matches!(twice, Err(Error::RequestPending { .. })), "{twice:?}");
        let by_admin = may::<WriteEntries>(cx, &desk.mara, &desk.project).await;
        let need_not = requests::create(cx, &by_admin, NewRequest::new(RequestKind::DeleteProject)).await;
        assert!(matches!(need_not, Err(Error::BadRequest { .. })), "{need_not:?}");

        requests::approve(cx, &desk.decides, &about_tag.id).await.unwrap();
        assert_eq!(testkit::count(app.db(), "tags").await, 0);
        requests::approve(cx, &desk.decides, &about_all.id).await.unwrap();
        let read = may::<ReadEntries>(cx, &desk.sam, &desk.project).await;
        assert_eq!(entries::get(cx, &read, &entry).await, Err(Error::NotFound));
        requests::approve(cx, &desk.decides, &about_project.id).await.unwrap();
        let sees = Desk::sees(&desk.sam);
        let review = requests::review(cx, &sees, &about_project.id).await.unwrap();
        assert_eq!((review.line.project_id, review.line.project_name.as_str()), (None, "Orbit"));
        assert_eq!((review.line.status, review.line.decided_by.as_deref()), (RequestStatus::Approved, Some("Mara")));
        for action in ["DELETE_TAG", "DELETE_ALL_CHANGELOG_ENTRIES", "DELETE_PROJECT"] {
            assert_eq!(times(cx, action).await, 1, "{action}: the same as when an administrator does it");
        }
    }

    async fn what_is_done_in_another_way_is_off_the_list(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let old = tag(cx, &desk.project, "Old").await;
        let new = tag(cx, &desk.project, "New").await;
        let about_tag = create(cx, &desk, NewRequest::about_tag(RequestKind::DeleteTag, old.id.clone())).await;
        let deletes = may::<DeleteTags>(cx, &desk.mara, &desk.project).await;
        tags::merge(cx, &deletes, &old.id, &new.id).await.unwrap();
        assert_eq!(status(&app, &about_tag.id).await, "SUPERSEDED");

        let (entry, publication) = desk.asked(cx, "Dark mode").await;
        let at = cx.clock.now() + Duration::hours(2);
        let (_, schedule) = requests::request_schedule(cx, &desk.writes, &entry, at).await.unwrap();
        let publish = may::<PublishEntries>(cx, &desk.mara, &desk.project).await;
        entries::publish(cx, &publish, &entry, None).await.unwrap();
        assert_eq!(status(&app, &publication).await, "APPROVED");
        assert_eq!(status(&app, &schedule.id).await, "SUPERSEDED");

        // Staff who discard a draft of their own do not approve what somebody asked about it.
        let (entry, publication) = desk.asked(cx, "Light mode").await;
        entries::discard_own_draft(cx, &desk.writes, &entry).await.unwrap();
        assert_eq!(status(&app, &publication).await, "SUPERSEDED");
    }

    async fn of_two_administrators_who_decide_at_once_one_does(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let ole = app.admin("Ole").await;
        let by_ole = may::<DecideRequests>(cx, &ole, &desk.project).await;
        let (entry, request) = desk.asked(cx, "Dark mode").await;
        let (a, b, c) = tokio::join!(
            requests::approve(cx, &desk.decides, &request),
            requests::approve(cx, &by_ole, &request),
            requests::request_changes(cx, &by_ole, &request, "Not yet."),
        );
        let good = [&a, &b, &c].into_iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(good, 1, "{a:?} {b:?} {c:?}");
        let is_public = stored(cx, &desk.project, &entry).await.published_at.is_some();
        assert_eq!(status(&app, &request).await, if is_public { "APPROVED" } else { "CHANGES_REQUESTED" });
        assert_eq!(times(cx, "CHANGELOG_ENTRY_PUBLISHED").await, usize::from(is_public));

        // A tag is held by all projects that use it, and its request still answered once.
        let tag = tag(cx, &desk.project, "Old").await;
        let asked = create(cx, &desk, NewRequest::about_tag(RequestKind::DeleteTag, tag.id.clone())).await;
        let (a, b) = tokio::join!(
            requests::approve(cx, &desk.decides, &asked.id),
            requests::reject(cx, &by_ole, &asked.id),
        );
        assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
        let left = testkit::count(app.db(), "tags").await;
        assert_eq!(status(&app, &asked.id).await, if left == 0 { "APPROVED" } else { "REJECTED" });
    }

    async fn a_batch_with_one_that_fails_leaves_the_others_done(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let (first, one) = desk.asked(cx, "First").await;
        let (second, two) = desk.asked(cx, "Second").await;
        let (third, three) = desk.asked(cx, "Third").await;
        let patch = model::entries::EntryPatch { content: Some("Another text.".to_owned()), ..Default::default() };
        entries::update(cx, &desk.writes, &second, patch).await.unwrap();
        let whole = create(cx, &desk, NewRequest::new(RequestKind::DeleteProject)).await;
        let decides = instance_grant::<DecideRequests>(&desk.mara.actor()).unwrap();
        let ids = [one.clone(), two.clone(), "cnothing".parse().unwrap(), whole.id.clone(), three];
        let outcomes = requests::decide_many(cx, &decides, &ids, Verb::Approve, "Thanks.").await.unwrap();
        let failed: Vec<_> = outcomes.iter().map(|outcome| outcome.error.is_some()).collect();
        assert_eq!(failed, [false, true, true, true, false]);
        assert_eq!(outcomes[1].name, "Second");
        for (entry, is_public) in [(&first, true), (&second, false), (&third, true)] {
            assert_eq!(stored(cx, &desk.project, entry).await.published_at.is_some(), is_public);
        }
        assert_eq!(status(&app, &two).await, "PENDING");
        assert_eq!(status(&app, &whole.id).await, "PENDING", "a whole project is decided by itself");
        let none = requests::decide_many(cx, &decides, &[], Verb::Approve, "").await.unwrap_err();
        assert!(none.for_field("requests").is_some(), "{none:?}");
        let again = requests::decide_many(cx, &decides, &[one], Verb::Reject, "").await.unwrap();
        assert!(matches!(again[0].error, Some(Error::Conflict { .. })), "{again:?}");
    }

    async fn lists_show_staff_their_own_and_administrators_all(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let other = fixtures::public_project(cx, "Other").await;
        let max = app.staff("Max").await;
        let (_, first) = desk.asked(cx, "First").await;
        app.advance(Duration::minutes(1));
        let by_max = may::<WriteEntries>(cx, &max, &other).await;
        let entry = entries::create(cx, &by_max, fixtures::text("Second")).await.unwrap();
        let (_, second) = entries::request_publication(cx, &by_max, &entry.id).await.unwrap();
        let ids = async |person: &Person, query: RequestQuery| {
            let list = requests::page(cx, &Desk::sees(person), &query).await.unwrap();
            list.items.into_iter().map(|line| line.id).collect::<Vec<_>>()
        };
        let all = || RequestQuery::default();
        assert_eq!(ids(&desk.mara, all()).await, [second.id.clone(), first.clone()], "the newest first");
        let oldest = RequestQuery { oldest_first: true, ..all() };
        assert_eq!(ids(&desk.mara, oldest).await, [first.clone(), second.id.clone()]);
        let narrowed = RequestQuery { project: Some(other.id.clone()), ..all() };
        assert_eq!(ids(&desk.mara, narrowed).await, std::slice::from_ref(&second.id));
        let deletions = RequestQuery { kind: Some(RequestKind::DeleteEntry), ..all() };
        assert!(ids(&desk.mara, deletions).await.is_empty());
        assert_eq!(ids(&desk.sam, all()).await, std::slice::from_ref(&first));
        let foreign = requests::review(cx, &Desk::sees(&desk.sam), &second.id).await;
        assert_eq!(foreign, Err(Error::NotFound), "what somebody else asked for is not there");
        assert_eq!(requests::comment(cx, &by_max, &first, "Me too.").await, Err(Error::NotFound));
        requests::reject_with(cx, &desk.decides, &first, "Not now.").await.unwrap();
        let history = RequestQuery { tab: RequestTab::History, ..all() };
        assert_eq!(ids(&desk.mara, history).await, std::slice::from_ref(&first));
        let rejected = RequestQuery { tab: RequestTab::Rejected, ..all() };
        assert_eq!(ids(&desk.sam, rejected).await, [first]);
    }

    async fn administrators_get_one_letter_until_they_have_looked(app: TestApp) {
        let cx = &app.services;
        let server = MailServer::start().await;
        server.serve_for(cx).await;
        let desk = Desk::new(&app).await;
        let letters = async || {
            cx.clock.advance(Duration::seconds(1));
            mail::deliver(cx, std::time::Duration::from_secs(20)).await.unwrap();
            server.received().iter().filter(|letter| letter.to == desk.mara.user().email).count()
        };
        desk.asked(cx, "First").await;
        desk.asked(cx, "Second").await;
        assert_eq!(letters().await, 1, "not one for each");
        requests::page(cx, &Desk::sees(&desk.mara), &RequestQuery::default()).await.unwrap();
        desk.asked(cx, "Third").await;
        assert_eq!(letters().await, 2, "there is something new");
    }

    async fn what_was_said_stays_named_when_people_go(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let (_, request) = desk.asked(cx, "Dark mode").await;
        requests::comment(cx, &desk.writes, &request, "It is urgent.").await.unwrap();
        let manages = instance_grant(&desk.mara.actor()).unwrap();
        services::users::delete(cx, &manages, desk.sam.id()).await.unwrap();
        let review = requests::review(cx, &Desk::sees(&desk.mara), &request).await.unwrap();
        assert_eq!(review.line.asked_by.as_deref(), Some("Sam (deleted)"));
        assert_eq!(review.comments[0].author.as_deref(), Some("Sam (deleted)"));
        assert_eq!(testkit::count(app.db(), "request_comments").await, 1);
    }

    async fn deleting_a_project_directly_answers_who_asked_for_it(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        desk.asked(cx, "Dark mode").await;
        let asked = create(cx, &desk, NewRequest::new(RequestKind::DeleteProject)).await;
        projects::delete(cx, &may(cx, &desk.mara, &desk.project).await, "Orbit").await.unwrap();
        assert_eq!(status(&app, &asked.id).await, "APPROVED");
        let left = requests::page(cx, &Desk::sees(&desk.sam), &RequestQuery { tab: RequestTab::All, ..RequestQuery::default() }).await.unwrap();
        assert_eq!((left.items.len(), left.total), (1, 1), "the others went with the project");
    }
}
