use chrono::Duration;
use model::entries::NewEntry;
use model::feeds::FeedConfig;
use model::instance::InstancePatch;
use model::projects::{NewProject, Project, ProjectPatch};
use model::requests::RequestStatus;
use model::tags::{NewTag, Tag};
use model::trash::TrashKind;
use model::{EntryId, Error, Role, Scope, TrashId};
use services::access::{
    DeleteAllEntries, DeleteEntries, DeleteForGood, DeleteProjects, DeleteTags, EditProjects, ManageInstance,
    ReadEntries, RestoreDeleted, WriteEntries, WriteTags, instance_grant,
};
use services::entries::ListQuery;
use services::trash::{RestoreChoice, TrashQuery};
use services::{InstanceGrant, Services, entries, instance, projects, public, requests, tags, trash};
use testkit::{Person, TestApp, count, execute, fixtures, on_both_databases};

use crate::help::{may, stored, told};

fn id(text: &str) -> TrashId {
    text.parse().unwrap()
}

fn restoring(cx: &Services) -> InstanceGrant<RestoreDeleted> {
    fixtures::may_everywhere(cx)
}

async fn restore(cx: &Services, what: &str) -> model::Result<model::trash::Restored> {
    trash::restore(cx, &restoring(cx), &id(what), &RestoreChoice::default()).await
}

async fn delete(cx: &Services, project: &Project, entry: &EntryId) {
    entries::delete(cx, &fixtures::may::<DeleteEntries>(cx, project).await, entry).await.unwrap();
}

/// Kind and title of what is in the trash, as somebody sees it.
async fn in_trash(cx: &Services, may: &InstanceGrant<RestoreDeleted>) -> Vec<(TrashKind, String)> {
    let (page, total) = trash::list(cx, may, &TrashQuery::default(), 1, 50).await.unwrap();
    assert_eq!(page.len(), usize::try_from(total).unwrap());
    page.into_iter().map(|item| (item.kind, item.title)).collect()
}

fn grant_of(person: &Person) -> InstanceGrant<RestoreDeleted> {
    instance_grant(&person.actor()).unwrap()
}

async fn tag(cx: &Services, project: &Project, name: &str) -> Tag {
    let may = fixtures::may::<WriteTags>(cx, project).await;
    tags::create(cx, &may, NewTag { name: name.into(), ..NewTag::default() }).await.unwrap().0
}

on_both_databases! {
    async fn an_entry_that_comes_back_is_as_it_was(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let new = NewEntry {
            version: Some("1.2.0".into()),
            tags: fixtures::tags(&["Fix", "Docs"]),
            external_id: Some("ci-7".into()),
            ..fixtures::text("Entry")
        };
        let before = fixtures::published_with(cx, &project, new, cx.clock.now()).await;
        delete(cx, &project, &before.id).await;

        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        assert_eq!(entries::get(cx, &read, &before.id).await, Err(Error::NotFound));
        assert_eq!(entries::counts(cx, &read).await.unwrap().total(), 0);
        assert!(public::project(cx, &project.slug).await.is_ok());
        assert_eq!(in_trash(cx, &restoring(cx)).await, [(TrashKind::Entry, "Entry".into())]);

        let back = restore(cx, before.id.as_str()).await.unwrap();
        assert_eq!((back.kind, back.project_id, back.notes), (TrashKind::Entry, Some(project.id.clone()), vec![]));
        assert_eq!(stored(cx, &project, &before.id).await, before);
        assert_eq!(in_trash(cx, &restoring(cx)).await, []);
        assert_eq!(restore(cx, before.id.as_str()).await, Err(Error::NotFound));
        assert_eq!(told(cx, "RESTORE_CHANGELOG_ENTRY_SUCCESS").await.details["title"], "Entry");
    }

    async fn what_an_entry_in_the_trash_had_is_free_for_others(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let new = || NewEntry { version: Some("v1.0".into()), external_id: Some("x".into()), ..fixtures::text("Same") };
        let first = fixtures::entry_with(cx, &project, new()).await;
        delete(cx, &project, &first.id).await;
        let second = fixtures::entry_with(cx, &project, new()).await;
        assert_ne!(first.id, second.id);
        assert_eq!((&second.slug, &second.version, &second.external_id), (&first.slug, &first.version, &first.external_id));

        let taken = restore(cx, first.id.as_str()).await.unwrap_err();
        let owner = Error::VersionTaken { version: "v1.0".into(), entry: second.id.clone(), title: "Same".into() };
        assert_eq!(taken, owner);
        let choice = RestoreChoice { without_version: true, ..RestoreChoice::default() };
        let back = trash::restore(cx, &restoring(cx), &id(first.id.as_str()), &choice).await.unwrap();
        assert_eq!(back.notes.len(), 3, "{:?}", back.notes);
        let back = stored(cx, &project, &first.id).await;
        assert_eq!((back.version, back.external_id, back.lock_version), (None, None, first.lock_version + 1));
        assert_ne!(back.slug, second.slug);
        assert_eq!(stored(cx, &project, &second.id).await, second);
    }

    async fn a_project_comes_back_with_the_entries_it_had_and_no_others(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let kept = fixtures::published(cx, &project, "Kept").await;
        let gone = fixtures::entry(cx, &project, "Gone before").await;
        delete(cx, &project, &gone.id).await;
        let delete = fixtures::may::<DeleteProjects>(cx, &project).await;
        projects::delete(cx, &delete, "Atuin").await.unwrap();
        assert_eq!(in_trash(cx, &restoring(cx)).await, [(TrashKind::Project, "Atuin".into())]);
        assert!(public::project(cx, &project.slug).await.is_err());
        assert!(matches!(restore(cx, gone.id.as_str()).await, Err(Error::Conflict { .. })), "its project first");

        let other = fixtures::project(cx, "Atuin").await;
        assert_eq!(other.slug, project.slug, "the address was free");
        let back = restore(cx, project.id.as_str()).await.unwrap();
        assert_eq!(back.notes.len(), 1, "{:?}", back.notes);
        assert_eq!(stored(cx, &project, &kept.id).await, kept);
        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        assert_eq!(entries::get(cx, &read, &gone.id).await, Err(Error::NotFound));
        assert!(read.project().revision > project.revision, "readers see it at once");
        assert_ne!(read.project().slug, other.slug);
        assert_eq!(restore(cx, gone.id.as_str()).await.unwrap().title, "Gone before");
    }

    async fn a_tag_comes_back_to_its_entries_defaults_and_feeds(app: TestApp) {
        let cx = &app.services;
        let home = fixtures::project(cx, "Home").await;
        let fix = tag(cx, &home, "Fix").await;
        let new = NewProject {
            name: "One".into(),
            default_tags: Some(vec!["Fix".into(), "Docs".into()]),
            ..NewProject::default()
        };
        let project = fixtures::project_with(cx, new).await;
        let write = fixtures::may::<EditProjects>(cx, &project).await;
        let config = FeedConfig { tag_filter: vec![fix.id.clone()], ..FeedConfig::default() };
        let patch = ProjectPatch { rss_feed_config: Some(Some(config)), ..ProjectPatch::default() };
        projects::update(cx, &write, patch).await.unwrap();
        let new = NewEntry { tags: fixtures::tags(&["Docs", "Fix"]), ..fixtures::text("Entry") };
        let entry = fixtures::entry_with(cx, &project, new).await;
        let gone = fixtures::entry_with(cx, &project, NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text("Gone") }).await;
        delete(cx, &project, &gone.id).await;

        let remove = fixtures::may::<DeleteTags>(cx, &home).await;
        assert_eq!(tags::delete(cx, &remove, &fix.id).await, Ok(1), "the trash does not count");
        assert_eq!(stored(cx, &project, &entry.id).await.tags.len(), 1);
        let back = restore(cx, fix.id.as_str()).await.unwrap();
        assert_eq!((back.kind, back.title.as_str()), (TrashKind::Tag, "Fix"));
        let names = |entry: model::entries::Entry| entry.tags.into_iter().map(|tag| tag.name).collect::<Vec<_>>();
        assert_eq!(names(stored(cx, &project, &entry.id).await), ["Docs", "Fix"]);
        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        assert_eq!(read.project().default_tags, ["Fix", "Docs"]);
        assert_eq!(read.project().rss_feed_config.clone().unwrap().tag_filter, std::slice::from_ref(&fix.id));
        restore(cx, gone.id.as_str()).await.unwrap();
        assert_eq!(names(stored(cx, &project, &gone.id).await), ["Fix"], "what was in the trash had it, too");
    }

    async fn a_tag_whose_name_is_taken_comes_back_under_another(app: TestApp) {
        let cx = &app.services;
        let home = fixtures::project(cx, "Home").await;
        let first = tag(cx, &home, "Fix").await;
        tags::delete(cx, &fixtures::may::<DeleteTags>(cx, &home).await, &first.id).await.unwrap();
        tag(cx, &home, "FIX").await;
        assert!(matches!(restore(cx, first.id.as_str()).await, Err(Error::Conflict { .. })));
        let under = |name: &str| RestoreChoice { name: Some(name.into()), ..RestoreChoice::default() };
        let wrong = trash::restore(cx, &restoring(cx), &id(first.id.as_str()), &under(&"x".repeat(51))).await;
        assert!(wrong.unwrap_err().for_field("name").is_some());
        let back = trash::restore(cx, &restoring(cx), &id(first.id.as_str()), &under("Repair")).await.unwrap();
        assert_eq!(back.title, "Repair");
    }

    async fn after_thirty_days_it_is_gone_for_good(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (old, young) = (fixtures::entry(cx, &project, "Old").await, fixtures::entry(cx, &project, "Young").await);
        delete(cx, &project, &old.id).await;
        app.advance(Duration::days(1));
        delete(cx, &project, &young.id).await;
        app.advance(Duration::days(29));
        assert_eq!(trash::purge(cx).await, Ok(0), "thirty days are not over");
        app.advance(Duration::milliseconds(1));
        assert_eq!(trash::purge(cx).await, Ok(1));
        assert_eq!(restore(cx, old.id.as_str()).await, Err(Error::NotFound));
        assert_eq!((count(&cx.db, "entry_rows").await, count(&cx.db, "trash").await), (1, 1));
        assert_eq!(told(cx, "EMPTY_TRASH").await.details["entries"], 1);
        restore(cx, young.id.as_str()).await.unwrap();
    }

    async fn a_project_that_goes_for_good_takes_everything_along(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        fixtures::entry(cx, &project, "One").await;
        let two = fixtures::entry(cx, &project, "Two").await;
        delete(cx, &project, &two.id).await;
        let other = fixtures::project(cx, "Other").await;
        fixtures::entry(cx, &other, "Three").await;
        projects::delete(cx, &fixtures::may::<DeleteProjects>(cx, &project).await, "Atuin").await.unwrap();
        let may = fixtures::may_everywhere::<DeleteForGood>(cx);
        let wrong = trash::delete_for_good(cx, &may, &id(project.id.as_str()), Some("atuin")).await.unwrap_err();
        assert!(wrong.for_field("confirmation").is_some());
        trash::delete_for_good(cx, &may, &id(project.id.as_str()), Some("Atuin")).await.unwrap();
        for (table, left) in [("project_rows", 1), ("entry_rows", 1), ("trash", 0)] {
            assert_eq!(count(&cx.db, table).await, left, "{table}");
        }
        let gone = trash::delete_for_good(cx, &may, &id(project.id.as_str()), None).await;
        assert_eq!(gone, Err(Error::NotFound));
        let record = told(cx, "DELETE_FOR_GOOD").await;
        assert_eq!((&record.details["kind"], &record.details["title"]), (&"project".into(), &"Atuin".into()));
    }

    async fn staff_see_and_restore_what_they_deleted_themselves(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (mara, sam) = (app.admin("Mara").await, app.staff("Sam").await);
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let own = entries::create(cx, &write, fixtures::text("Own draft")).await.unwrap();
        let other = fixtures::entry(cx, &project, "Of somebody else").await;
        entries::discard_own_draft(cx, &write, &own.id).await.unwrap();
        entries::delete(cx, &may::<DeleteEntries>(cx, &mara, &project).await, &other.id).await.unwrap();

        assert_eq!(in_trash(cx, &grant_of(&sam)).await, [(TrashKind::Entry, "Own draft".into())]);
        assert_eq!(in_trash(cx, &grant_of(&mara)).await.len(), 2);
        let choice = RestoreChoice::default();
        let refused = trash::restore(cx, &grant_of(&sam), &id(other.id.as_str()), &choice).await;
        assert_eq!(refused, Err(Error::NotFound));
        trash::restore(cx, &grant_of(&sam), &id(own.id.as_str()), &choice).await.unwrap();
        let vera = app.person("Vera", Role::Viewer).await;
        assert!(instance_grant::<RestoreDeleted>(&vera.actor()).is_err());
        assert!(instance_grant::<DeleteForGood>(&sam.actor()).is_err());
    }

    async fn a_key_of_one_project_meets_nothing_else_in_the_trash(app: TestApp) {
        let cx = &app.services;
        let (here, there) = (fixtures::project(cx, "Here").await, fixtures::project(cx, "There").await);
        let mara = app.admin("Mara").await;
        let (mine, theirs) = (fixtures::entry(cx, &here, "Mine").await, fixtures::entry(cx, &there, "Theirs").await);
        delete(cx, &here, &mine.id).await;
        delete(cx, &there, &theirs.id).await;
        let key = app.key(&mara, &[Scope::ChangelogDelete], Some(&here.id)).await;
        assert_eq!(in_trash(cx, &grant_of(&key)).await, [(TrashKind::Entry, "Mine".into())]);
        let query = TrashQuery { project: Some(there.id.clone()), kind: None };
        assert_eq!(trash::list(cx, &grant_of(&key), &query, 1, 10).await, Err(Error::OtherProject));
        let choice = RestoreChoice::default();
        let refused = trash::restore(cx, &grant_of(&key), &id(theirs.id.as_str()), &choice).await;
        assert_eq!(refused, Err(Error::NotFound));
        trash::restore(cx, &grant_of(&key), &id(mine.id.as_str()), &choice).await.unwrap();
        projects::delete(cx, &fixtures::may::<DeleteProjects>(cx, &there).await, "There").await.unwrap();
        let wide = app.key(&mara, &[Scope::ChangelogDelete], None).await;
        let refused = trash::restore(cx, &grant_of(&wide), &id(there.id.as_str()), &choice).await;
        assert_eq!(refused, Err(Error::MissingScope { scope: Scope::ProjectWrite }));
    }

    async fn a_request_that_the_deletion_ended_is_open_again(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let entry = entries::create(cx, &write, fixtures::text("Asked")).await.unwrap();
        let (_, asked) = entries::request_publication(cx, &write, &entry.id).await.unwrap();
        delete(cx, &project, &entry.id).await;
        restore(cx, entry.id.as_str()).await.unwrap();
        let open = requests::list(cx, &may::<ReadEntries>(cx, &sam, &project).await, &entry.id).await.unwrap();
        assert_eq!(open.iter().map(|open| &open.id).collect::<Vec<_>>(), [&asked.id]);
        let mut lease = cx.db.acquire().await.unwrap();
        let now = store::change_requests::find(lease.conn(), &project.id, &asked.id).await.unwrap().unwrap();
        assert_eq!((now.status, now.admin_id, now.reviewed_at), (RequestStatus::Pending, None, None));
    }

    async fn what_was_scheduled_comes_back_as_a_draft(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (one, two) = (fixtures::entry(cx, &project, "One").await, fixtures::entry(cx, &project, "Two").await);
        execute(&cx.db, "UPDATE entry_rows SET scheduled_at = '2026-03-20T00:00:00+00:00'").await;
        delete(cx, &project, &one.id).await;
        let back = restore(cx, one.id.as_str()).await.unwrap();
        assert_eq!(back.notes, ["It is a draft now: its schedule ended when it was deleted."]);
        projects::delete(cx, &fixtures::may::<DeleteProjects>(cx, &project).await, "Atuin").await.unwrap();
        restore(cx, project.id.as_str()).await.unwrap();
        for id in [&one.id, &two.id] {
            assert_eq!(stored(cx, &project, id).await.scheduled_at, None);
        }
    }

    async fn a_full_project_takes_nothing_back(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let gone = fixtures::entry(cx, &project, "Gone").await;
        delete(cx, &project, &gone.id).await;
        for number in 0..10 {
            fixtures::entry(cx, &project, &format!("Entry {number}")).await;
        }
        let patch = InstancePatch { max_changelog_entries_per_project: Some(10), ..InstancePatch::default() };
        instance::update(cx, &fixtures::may_everywhere::<ManageInstance>(cx), patch).await.unwrap();
        assert!(matches!(restore(cx, gone.id.as_str()).await, Err(Error::Conflict { .. })));
    }

    async fn all_entries_of_a_project_go_to_the_trash_one_by_one(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let first = fixtures::entry(cx, &project, "First").await;
        fixtures::entry(cx, &project, "Second").await;
        let empty = fixtures::may::<DeleteAllEntries>(cx, &project).await;
        assert_eq!(projects::delete_entries(cx, &empty, "Atuin").await, Ok(2));
        assert_eq!(in_trash(cx, &restoring(cx)).await.len(), 2);
        restore(cx, first.id.as_str()).await.unwrap();
        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        let page = entries::list(cx, &read, &ListQuery::default(), None, 10).await.unwrap();
        assert_eq!(page.items.iter().map(|entry| entry.title.as_str()).collect::<Vec<_>>(), ["First"]);
    }
}
