//! Changes of published entries that staff propose.

use chrono::Duration;
use model::entries::{Entry, EntryPatch};
use model::projects::Project;
use model::requests::{RequestKind, RequestStatus};
use model::revisions::Reason;
use model::{Error, RequestId};
use services::access::{DecideRequests, ReadEntries, WriteEntries, instance_grant};
use services::requests::{self, NewRequest, Seen};
use services::{Grant, Services, entries, history};
use store::change_requests::ChangeRequest;
use testkit::{Person, TestApp, fixtures, on_both_databases, texts};

use crate::help::{may, stored, times};

struct Desk {
    project: Project,
    sam: Person,
    mara: Person,
    writes: Grant<WriteEntries>,
    decides: Grant<DecideRequests>,
    entry: Entry,
}

impl Desk {
    async fn new(app: &TestApp) -> Self {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Orbit").await;
        let (sam, mara) = (app.staff("Sam").await, app.admin("Mara").await);
        let (writes, decides) = (may(cx, &sam, &project).await, may(cx, &mara, &project).await);
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        Self { project, sam, mara, writes, decides, entry }
    }

    async fn propose(&self, cx: &Services, change: EntryPatch) -> model::Result<ChangeRequest> {
        let new = NewRequest {
            change: Some(change),
            ..NewRequest::about_entry(RequestKind::PublishEdit, self.entry.id.clone())
        };
        requests::create(cx, &self.writes, new).await
    }

    async fn now(&self, cx: &Services) -> Entry {
        stored(cx, &self.project, &self.entry.id).await
    }

    /// Somebody who may changes the text themselves.
    async fn edit(&self, cx: &Services, text: &str) {
        let may = may::<WriteEntries>(cx, &self.mara, &self.project).await;
        entries::update(cx, &may, &self.entry.id, content(text)).await.unwrap();
    }
}

fn content(text: &str) -> EntryPatch {
    EntryPatch { content: Some(text.to_owned()), is_manual: true, ..EntryPatch::default() }
}

async fn status(app: &TestApp, id: &RequestId) -> String {
    texts(app.db(), &format!("SELECT status FROM change_requests WHERE id = '{id}'")).await.remove(0)
}

on_both_databases! {
    async fn what_is_proposed_is_seen_by_readers_when_an_administrator_agrees(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let change = EntryPatch {
            title: Some("Dark theme".into()), tags: Some(fixtures::tags(&["Look"])), ..content("Darker.")
        };
        let request = desk.propose(cx, change).await.unwrap();
        assert_eq!((request.kind, request.status), (RequestKind::PublishEdit, RequestStatus::Pending));
        assert_eq!(desk.now(cx).await, desk.entry, "nothing changes before that");
        assert_eq!(testkit::count(app.db(), "tags").await, 0);
        let sees = instance_grant::<ReadEntries>(&desk.mara.actor()).unwrap();
        let review = requests::review(cx, &sees, &request.id).await.unwrap();
        assert_eq!(review.proposal.as_ref().map(|text| text.title.as_str()), Some("Dark theme"));
        assert!(!review.is_stale && review.before.is_none());
        app.advance(Duration::minutes(5));
        requests::approve(cx, &desk.decides, &request.id).await.unwrap();
        let entry = desk.now(cx).await;
        assert_eq!((entry.title.as_str(), entry.content.as_str(), entry.tags[0].name.as_str()), ("Dark theme", "Darker.", "Look"));
        assert_eq!((entry.published_at, entry.excerpt.as_str()), (desk.entry.published_at, "Darker."));
        let read = fixtures::may::<ReadEntries>(cx, &desk.project).await;
        let kept = history::list(cx, &read, &entry.id, &history::ListQuery { limit: 50, ..history::ListQuery::default() }).await.unwrap();
        assert_eq!(kept.items[0].reason, Reason::Manual);
        assert_eq!((status(&app, &request.id).await.as_str(), times(cx, "REQUEST_APPROVED").await), ("APPROVED", 1));
        let over = requests::approve(cx, &desk.decides, &request.id).await.unwrap_err();
        assert!(matches!(over, Error::Conflict { .. }));
    }

    async fn a_proposal_for_a_text_that_has_changed_is_made_again(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let request = desk.propose(cx, content("Darker.")).await.unwrap();
        desk.edit(cx, "Light.").await;
        let sees = instance_grant::<ReadEntries>(&desk.mara.actor()).unwrap();
        assert!(requests::review(cx, &sees, &request.id).await.unwrap().is_stale);
        let lock = desk.now(cx).await.lock_version;
        for seen in [Seen::AsAsked, Seen::At(lock), Seen::AsItIs] {
            let stale = requests::approve_with(cx, &desk.decides, &request.id, seen, "").await.unwrap_err();
            assert!(matches!(&stale, Error::Conflict { .. }) && stale.to_string().contains("undo"), "{stale:?}");
        }
        assert_eq!(desk.now(cx).await.content, "Light.");
        requests::request_changes(cx, &desk.decides, &request.id, "Say it of the new text.").await.unwrap();
        let proposal = requests::proposal(cx, &desk.writes, &desk.entry.id).await.unwrap();
        assert_eq!((proposal.text.content.as_str(), proposal.now.content.as_str()), ("Darker.", "Light."));
        let outdated = EntryPatch { lock_version: Some(lock - 1), ..content("Lighter.") };
        assert!(matches!(desk.propose(cx, outdated).await, Err(Error::EditedElsewhere { .. })));
        let again = desk.propose(cx, EntryPatch { lock_version: Some(lock), ..content("Lighter.") }).await.unwrap();
        assert_eq!((&again.id, again.status), (&request.id, RequestStatus::ChangesRequestedPending));
        requests::approve(cx, &desk.decides, &request.id).await.unwrap();
        assert_eq!(desk.now(cx).await.content, "Lighter.");
    }

    async fn only_what_could_be_done_and_changes_something_is_proposed(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let other = model::entries::NewEntry { version: Some("1.0".into()), ..fixtures::text("Other") };
        fixtures::entry_with(cx, &desk.project, other).await;
        let titled = |title: &str| EntryPatch { title: Some(title.into()), ..EntryPatch::default() };
        assert!(desk.propose(cx, titled("")).await.unwrap_err().for_field("title").is_some());
        assert!(desk.propose(cx, content(" ")).await.unwrap_err().for_field("content").is_some());
        let taken = EntryPatch { version: Some(Some("v1.0".into())), ..EntryPatch::default() };
        assert!(matches!(desk.propose(cx, taken).await, Err(Error::VersionTaken { .. })));
        assert!(matches!(desk.propose(cx, titled("Dark mode")).await, Err(Error::BadRequest { .. })), "the same");
        let draft = fixtures::entry(cx, &desk.project, "A draft").await;
        let new = NewRequest { change: Some(content("x")), ..NewRequest::about_entry(RequestKind::PublishEdit, draft.id) };
        assert!(matches!(requests::create(cx, &desk.writes, new.clone()).await, Err(Error::Conflict { .. })));
        // Who may need not ask, and who may not even ask is refused.
        let admin = may::<WriteEntries>(cx, &desk.mara, &desk.project).await;
        assert!(matches!(requests::create(cx, &admin, new).await, Err(Error::BadRequest { .. })));
        assert_eq!(testkit::count(app.db(), "change_requests").await, 0);
        let request = desk.propose(cx, content("Darker.")).await.unwrap();
        assert!(matches!(desk.propose(cx, content("Darkest.")).await, Err(Error::RequestPending { .. })));
        requests::withdraw(cx, &desk.writes, &request.id).await.unwrap();
        desk.propose(cx, content("Darkest.")).await.unwrap();
    }

    async fn a_proposal_ends_with_its_entry(app: TestApp) {
        let cx = &app.services;
        let desk = Desk::new(&app).await;
        let request = desk.propose(cx, content("Darker.")).await.unwrap();
        entries::unpublish(cx, &fixtures::may(cx, &desk.project).await, &desk.entry.id).await.unwrap();
        let nothing_left = requests::approve(cx, &desk.decides, &request.id).await.unwrap_err();
        assert!(nothing_left.to_string().contains("nothing left"), "{nothing_left:?}");
        assert_eq!(status(&app, &request.id).await, "SUPERSEDED");
        entries::publish(cx, &fixtures::may(cx, &desk.project).await, &desk.entry.id, None).await.unwrap();
        let request = desk.propose(cx, content("Darker.")).await.unwrap();
        entries::delete(cx, &fixtures::may(cx, &desk.project).await, &desk.entry.id).await.unwrap();
        assert_eq!(status(&app, &request.id).await, "SUPERSEDED");
        assert_eq!(desk.sam.id(), request.staff_id.as_ref().unwrap());
    }
}
