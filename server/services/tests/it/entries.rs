use chrono::Duration;
use model::entries::{Entry, EntryPatch, EntryState, NewEntry};
use model::projects::{NewProject, Project};
use model::tags::TagRef;
use model::{Error, Permission, Scope};
use services::access::{DeleteEntries, PublishEntries, ReadEntries, Way, WriteEntries};
use services::entries::{self, Created, Deletion, ListQuery};
use services::{Condition, Services, public, requests};
use testkit::{TestApp, count, fixtures, on_both_databases, start};

use crate::help::{ask, log, may, stored};

fn versioned(title: &str, version: &str) -> NewEntry {
    NewEntry { version: Some(version.into()), ..fixtures::text(title) }
}

fn titled(title: &str) -> EntryPatch {
    EntryPatch { title: Some(title.into()), ..EntryPatch::default() }
}

fn content(text: &str) -> EntryPatch {
    EntryPatch { content: Some(text.into()), ..EntryPatch::default() }
}

async fn create(cx: &Services, project: &Project, new: NewEntry) -> model::Result<Entry> {
    entries::create(cx, &fixtures::may(cx, project).await, new).await
}

async fn update(cx: &Services, project: &Project, entry: &Entry, patch: EntryPatch) -> model::Result<Entry> {
    entries::update(cx, &fixtures::may(cx, project).await, &entry.id, patch).await
}

async fn publish(cx: &Services, project: &Project, entry: &Entry) -> model::Result<Entry> {
    entries::publish(cx, &fixtures::may(cx, project).await, &entry.id, None).await
}

fn tag_names(entry: &Entry) -> Vec<&str> {
    entry.tags.iter().map(|tag| tag.name.as_str()).collect()
}

async fn revision(cx: &Services, project: &Project) -> i64 {
    let mut lease = cx.db.acquire().await.unwrap();
    store::projects::find(lease.conn(), &project.id).await.unwrap().unwrap().revision
}

on_both_databases! {
    async fn a_new_entry_is_a_draft_with_its_excerpt_and_author(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let new = NewEntry {
            title: "  Dark mode ".into(),
            content: "For **every** page.\r\n\0".into(),
            version: Some(" v1.2.0 ".into()),
            tags: fixtures::tags(&["UI", "Neues", "ui"]),
            external_id: Some(" release/1.2 ".into()),
        };
        let entry = entries::create(cx, &write, new).await.unwrap();
        assert_eq!(entry.title, "Dark mode");
        assert_eq!(entry.content, "For **every** page.\n");
        assert_eq!(entry.excerpt, "For every page.");
        assert_eq!(entry.version.as_deref(), Some("v1.2.0"));
        assert_eq!(entry.external_id.as_deref(), Some("release/1.2"));
        assert_eq!((entry.slug.as_str(), entry.state(), entry.lock_version), ("dark-mode", EntryState::Draft, 0));
        assert_eq!((entry.created_by_id.as_ref(), entry.updated_by_id.as_ref()), (Some(sam.id()), Some(sam.id())));
        assert_eq!(tag_names(&entry), ["UI", "Neues"]);
        assert_eq!(stored(cx, &project, &entry.id).await, entry, "what is answered is what is stored");
    }

    async fn a_version_is_used_once_in_a_project_whatever_its_spelling(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let first = create(&cx, &project, versioned("First", "v1.2.0-RC.1")).await.unwrap();
        for same in ["v1.2.0-RC.1", "1.2.0-rc.1", "V1.2.0-rc.1", " 1.2.0-Rc.1 "] {
            let error = create(&cx, &project, versioned("Second", same)).await.unwrap_err();
            let Error::VersionTaken { entry, title, .. } = &error else { panic!("{same}: {error:?}") };
            assert_eq!((entry, title.as_str()), (&first.id, "First"));
        }
        let other = fixtures::project(&cx, "Other").await;
        create(&cx, &other, versioned("Elsewhere", "1.2.0-rc.1")).await.unwrap();
        assert_eq!(count(&cx.db, "entries").await, 2);
    }

    async fn entries_without_a_version_never_collide(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let mut slugs = Vec::new();
        for version in [None, None, Some(String::new()), Some("  ".to_owned())] {
            let new = NewEntry { version, ..fixtures::text("Same title") };
            slugs.push(create(&cx, &project, new).await.unwrap().slug);
        }
        assert_eq!(slugs, ["same-title", "same-title-2", "same-title-3", "same-title-4"]);
    }

    async fn changing_a_version_meets_the_same_rule(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        create(&cx, &project, versioned("First", "1.0")).await.unwrap();
        let second = create(&cx, &project, versioned("Second", "2.0")).await.unwrap();
        let to = |version: Option<&str>| EntryPatch { version: Some(version.map(Into::into)), ..EntryPatch::default() };
        let error = update(&cx, &project, &second, to(Some("v1.0"))).await.unwrap_err();
        assert!(matches!(error, Error::VersionTaken { .. }) && error.for_field("version").is_some(), "{error:?}");
        assert_eq!(stored(&cx, &project, &second.id).await, second);
        let own = update(&cx, &project, &second, to(Some("V2.0"))).await.unwrap();
        assert_eq!(own.version.as_deref(), Some("V2.0"), "its own version is free to it");
        assert_eq!(update(&cx, &project, &second, to(None)).await.unwrap().version, None);
        create(&cx, &project, versioned("Third", "2.0")).await.unwrap();
    }

    async fn of_two_writers_with_one_version_one_is_told_about_the_other(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let (a, b) = tokio::join!(
            create(&cx, &project, versioned("First", "1.0")),
            create(&cx, &project, versioned("Second", "v1.0")),
        );
        let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
        let Err(Error::VersionTaken { entry, .. }) = lost else { panic!("{lost:?}") };
        assert_eq!(entry, won.unwrap().id);
    }

    async fn two_writers_may_use_the_same_title_and_tag_at_the_same_time(cx: Services) {
        let here = fixtures::project(&cx, "Here").await;
        let there = fixtures::project(&cx, "There").await;
        let new = || NewEntry { tags: fixtures::tags(&["Brand new"]), ..fixtures::text("Same title") };
        let (a, b, c) = tokio::join!(
            create(&cx, &here, new()),
            create(&cx, &here, new()),
            create(&cx, &there, new()),
        );
        let [a, b, c] = [a, b, c].map(Result::unwrap);
        assert_ne!(a.slug, b.slug);
        assert!([&b, &c].iter().all(|entry| entry.tags == a.tags), "one tag for all");
        assert_eq!(count(&cx.db, "tags").await, 1);
    }

    async fn everything_wrong_is_named_and_nothing_is_made(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let new = NewEntry {
            title: String::new(),
            content: "x".repeat(200_001),
            version: Some("9".repeat(65)),
            tags: fixtures::tags(&[""]),
            external_id: Some("e".repeat(256)),
        };
        let Err(Error::Invalid { fields }) = create(&cx, &project, new).await else { panic!() };
        assert_eq!(fields.len(), 5);
        let unknown = TagRef::Id("nothing".parse().unwrap());
        let new = NewEntry { tags: vec![TagRef::Name("Fresh".into()), unknown], ..fixtures::text("Title") };
        assert!(create(&cx, &project, new).await.unwrap_err().for_field("tags").is_some());
        assert_eq!((count(&cx.db, "entries").await, count(&cx.db, "tags").await), (0, 0));
    }

    async fn tags_are_one_whatever_their_case_and_keep_their_first_spelling(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let with = |refs: Vec<TagRef>| NewEntry { tags: refs, ..fixtures::text("Title") };
        let first = create(&cx, &project, with(fixtures::tags(&["Änderung", "Fix"]))).await.unwrap();
        let second = create(&cx, &project, with(fixtures::tags(&["FIX", "ÄNDERUNG", "fix"]))).await.unwrap();
        assert_eq!(tag_names(&second), ["Fix", "Änderung"]);
        let by_id = vec![TagRef::Id(first.tags[1].id.clone()), TagRef::Either("änderung".into())];
        assert_eq!(tag_names(&create(&cx, &project, with(by_id)).await.unwrap()), ["Fix", "Änderung"]);
        let removed = EntryPatch { tags: Some(Vec::new()), ..EntryPatch::default() };
        assert!(update(&cx, &project, &second, removed).await.unwrap().tags.is_empty());
        assert_eq!(stored(&cx, &project, &first.id).await.tags, first.tags, "other entries keep theirs");
    }

    async fn the_second_of_two_editors_gets_the_stored_text_and_loses_nothing(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let read = fixtures::entry(&cx, &project, "Dark mode").await;
        let locked = |text: &str, lock| EntryPatch { lock_version: Some(lock), ..content(text) };
        let saved = update(&cx, &project, &read, locked("From the first editor", 0)).await.unwrap();
        assert_eq!(saved.lock_version, 1);
        let refused = update(&cx, &project, &read, locked("From the second editor", 0)).await;
        assert_eq!(refused, Err(Error::EditedElsewhere { current: Box::new(saved.clone()) }));
        assert_eq!(stored(&cx, &project, &read.id).await, saved);
        let merged = update(&cx, &project, &read, locked("From both", saved.lock_version)).await.unwrap();
        assert_eq!((merged.content.as_str(), merged.lock_version), ("From both", 2));
    }

    async fn two_editors_at_the_same_moment_cannot_both_save(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let read = fixtures::entry(&cx, &project, "Dark mode").await;
        let save = |text: &'static str| {
            let (cx, project, read) = (&cx, &project, &read);
            async move { update(cx, project, read, EntryPatch { lock_version: Some(0), ..content(text) }).await }
        };
        let (a, b) = tokio::join!(save("One"), save("Two"));
        let (won, lost) = if a.is_ok() { (a, b) } else { (b, a) };
        assert_eq!(lost, Err(Error::EditedElsewhere { current: Box::new(won.unwrap()) }));
    }

    async fn a_caller_that_knows_no_lock_version_saves_all_the_same(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let read = fixtures::entry(&cx, &project, "Dark mode").await;
        let (a, b) = tokio::join!(
            update(&cx, &project, &read, content("By a script")),
            update(&cx, &project, &read, titled("By another script")),
        );
        a.unwrap();
        b.unwrap();
        let now = stored(&cx, &project, &read.id).await;
        assert_eq!((now.title.as_str(), now.content.as_str()), ("By another script", "By a script"));
    }

    async fn saving_an_entry_unchanged_leaves_no_trace(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let entry = fixtures::entry(&cx, &project, "Dark mode").await;
        let records = log(&cx).await.len();
        cx.clock.advance(Duration::seconds(1));
        let same = EntryPatch { lock_version: Some(0), content: Some(entry.content.clone()), ..titled("Dark mode ") };
        assert_eq!(update(&cx, &project, &entry, same).await, Ok(entry));
        assert_eq!(log(&cx).await.len(), records);
    }

    async fn a_missing_field_is_kept_and_a_cleared_one_is_empty(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let new = NewEntry { tags: fixtures::tags(&["Fix"]), ..versioned("Dark mode", "1.0") };
        let entry = create(&cx, &project, new).await.unwrap();
        cx.clock.advance(Duration::seconds(1));
        let changed = update(&cx, &project, &entry, content("New text")).await.unwrap();
        assert_eq!(
            changed,
            Entry {
                content: "New text".into(),
                excerpt: "New text".into(),
                lock_version: 1,
                updated_at: cx.clock.now(),
                ..entry
            }
        );
        assert_eq!(stored(&cx, &project, &changed.id).await, changed);
    }

    async fn the_address_follows_the_title_and_old_ones_redirect(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let entry = fixtures::published(&cx, &project, "Dark mode").await;
        let renamed = update(&cx, &project, &entry, titled("Night mode")).await.unwrap();
        assert_eq!(renamed.slug, "night-mode");
        let found = public::entry(&cx, &project, "dark-mode").await;
        assert_eq!(found, Ok(public::Found::Moved(renamed.clone())));
        let newcomer = fixtures::published(&cx, &project, "Dark mode").await;
        assert_eq!(newcomer.slug, "dark-mode-2", "an address that redirects is not given away");
        let back = update(&cx, &project, &entry, titled("Dark mode")).await.unwrap();
        assert_eq!(back.slug, "dark-mode");
        assert_eq!(public::entry(&cx, &project, "dark-mode").await, Ok(public::Found::Here(back)));
    }

    async fn publishing_takes_the_moment_or_a_past_date(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let entry = fixtures::entry(&cx, &project, "Dark mode").await;
        let may = fixtures::may::<PublishEntries>(&cx, &project).await;
        let future = Some(start() + Duration::milliseconds(1));
        let error = entries::publish(&cx, &may, &entry.id, future).await.unwrap_err();
        assert!(error.for_field("publishedAt").is_some());
        let before = revision(&cx, &project).await;
        let now = entries::publish(&cx, &may, &entry.id, None).await.unwrap();
        assert_eq!((now.published_at, now.state()), (Some(start()), EntryState::Published));
        assert!(revision(&cx, &project).await > before, "pages kept by readers' caches are out of date");
        let past = Some(start() - Duration::days(400));
        let moved = entries::publish(&cx, &may, &entry.id, past).await.unwrap();
        assert_eq!(moved.published_at, past);
        cx.clock.advance(Duration::days(1));
        let records = log(&cx).await.len();
        assert_eq!(entries::publish(&cx, &may, &entry.id, None).await, Ok(moved.clone()), "nothing left to do");
        assert_eq!(log(&cx).await.len(), records);
        assert_eq!(stored(&cx, &project, &entry.id).await, moved);
    }

    async fn an_entry_without_text_is_not_published_and_a_published_one_keeps_its_text(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let empty = create(&cx, &project, NewEntry { content: " \n".into(), ..fixtures::text("Empty") }).await.unwrap();
        assert!(publish(&cx, &project, &empty).await.unwrap_err().for_field("content").is_some());
        let full = fixtures::published(&cx, &project, "Full").await;
        assert!(update(&cx, &project, &full, content("  ")).await.unwrap_err().for_field("content").is_some());
        assert_eq!(stored(&cx, &project, &full.id).await, full);
    }

    async fn unpublishing_makes_a_draft_again(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let entry = fixtures::published(&cx, &project, "Dark mode").await;
        let may = fixtures::may::<PublishEntries>(&cx, &project).await;
        let before = revision(&cx, &project).await;
        let draft = entries::unpublish(&cx, &may, &entry.id).await.unwrap();
        assert_eq!((draft.state(), draft.published_at), (EntryState::Draft, None));
        assert!(revision(&cx, &project).await > before);
        assert_eq!(public::entry(&cx, &project, "dark-mode").await, Err(Error::NotFound));
        let records = log(&cx).await.len();
        assert_eq!(entries::unpublish(&cx, &may, &entry.id).await, Ok(draft));
        assert_eq!(log(&cx).await.len(), records);
    }

    async fn staff_change_what_is_public_only_where_they_may_publish(app: TestApp) {
        let cx = &app.services;
        let sam = app.staff("Sam").await;
        let guarded = fixtures::public_project(cx, "Guarded").await;
        let entry = fixtures::published(cx, &guarded, "Dark mode").await;
        let write = may::<WriteEntries>(cx, &sam, &guarded).await;
        assert_eq!(entries::update(cx, &write, &entry.id, content("Changed")).await, Err(Error::NeedsApproval));
        assert_eq!(stored(cx, &guarded, &entry.id).await, entry);
        assert_eq!(ask::<PublishEntries>(cx, &sam, &guarded).await.map(|_| ()), Err(Error::NeedsApproval));
        let draft = fixtures::entry(cx, &guarded, "Draft").await;
        assert!(entries::update(cx, &write, &draft.id, content("Changed")).await.is_ok());

        let free = NewProject { name: "Free".into(), allow_auto_publish: Some(true), ..NewProject::default() };
        let free = fixtures::project_with(cx, free).await;
        let entry = fixtures::published(cx, &free, "Dark mode").await;
        let write = may::<WriteEntries>(cx, &sam, &free).await;
        let changed = entries::update(cx, &write, &entry.id, content("Changed")).await.unwrap();
        assert_eq!(changed.published_at, entry.published_at);
    }

    async fn the_entry_of_another_project_is_not_there_for_any_operation(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let entry = fixtures::published(cx, &fixtures::project(cx, "Home").await, "Dark mode").await;
        let wrong = fixtures::project(cx, "Wrong").await;
        let (read, write) = (may::<ReadEntries>(cx, &mara, &wrong).await, may::<WriteEntries>(cx, &mara, &wrong).await);
        let publish = may::<PublishEntries>(cx, &mara, &wrong).await;
        let delete = may::<DeleteEntries>(cx, &mara, &wrong).await;
        let id = &entry.id;
        let nothing = Err(Error::NotFound);
        assert_eq!(entries::get(cx, &read, id).await, nothing);
        assert_eq!(entries::update(cx, &write, id, titled("Stolen")).await, nothing);
        assert_eq!(entries::publish(cx, &publish, id, None).await, nothing);
        assert_eq!(entries::unpublish(cx, &publish, id).await, nothing);
        assert_eq!(entries::delete(cx, &delete, id).await, nothing);
        assert_eq!(entries::discard_own_draft(cx, &write, id).await, nothing);
        assert_eq!(entries::request_publication(cx, &write, id).await.map(|_| ()), Err(Error::NotFound));
        assert_eq!(requests::list(cx, &read, id).await, Ok(Vec::new()));
    }

    async fn deleting_an_entry_frees_its_version(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let entry = create(&cx, &project, versioned("First", "1.0")).await.unwrap();
        let delete = fixtures::may::<DeleteEntries>(&cx, &project).await;
        assert_eq!(entries::delete(&cx, &delete, &entry.id).await, Ok(entry.clone()));
        assert_eq!(entries::delete(&cx, &delete, &entry.id).await, Err(Error::NotFound));
        create(&cx, &project, versioned("Second", "1.0")).await.unwrap();
    }

    async fn an_external_id_is_created_once_and_the_first_entry_stays_as_it_is(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let named = |title: &str| NewEntry { external_id: Some("build-7".into()), ..versioned(title, "1.0") };
        let may = fixtures::may::<WriteEntries>(&cx, &project).await;
        let Ok(Created::New(first)) = entries::create_once(&cx, &may, named("First")).await else { panic!() };
        // The same version is no conflict: it is the version of this very entry.
        let again = entries::create_once(&cx, &may, named("Second")).await;
        assert_eq!(again, Ok(Created::Before(first.clone())));
        assert_eq!(entries::create(&cx, &may, named("Third")).await, Ok(first.clone()));
        assert_eq!((count(&cx.db, "entries").await, stored(&cx, &project, &first.id).await), (1, first.clone()));
        assert_eq!(log(&cx).await.iter().filter(|record| record.action.starts_with("CREATE_CHANGELOG")).count(), 1);

        let wrong = NewEntry { title: String::new(), ..named("") };
        assert!(entries::create_once(&cx, &may, wrong).await.unwrap_err().for_field("title").is_some());
        let other = fixtures::project(&cx, "Other").await;
        let elsewhere = create(&cx, &other, named("Elsewhere")).await.unwrap();
        assert_ne!(elsewhere.id, first.id, "external ids belong to a project");
        let changed = update(&cx, &project, &first, titled("Renamed")).await.unwrap();
        assert_eq!(changed.external_id, first.external_id);
        entries::delete(&cx, &fixtures::may(&cx, &project).await, &first.id).await.unwrap();
        assert!(matches!(entries::create_once(&cx, &may, named("Anew")).await, Ok(Created::New(_))));
    }

    async fn parallel_creations_under_one_external_id_make_one_entry(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let may = fixtures::may::<WriteEntries>(&cx, &project).await;
        let create = |number: usize| {
            let new = NewEntry { external_id: Some("build-7".into()), ..fixtures::text(&format!("Entry {number}")) };
            entries::create_once(&cx, &may, new)
        };
        let (a, b, c, d) = tokio::join!(create(1), create(2), create(3), create(4));
        let (mut new, mut ids) = (0, std::collections::BTreeSet::new());
        for created in [a, b, c, d] {
            match created.unwrap() {
                Created::New(entry) => {
                    new += 1;
                    ids.insert(entry.id);
                }
                Created::Before(entry) => {
                    ids.insert(entry.id);
                }
            }
        }
        assert_eq!((new, ids.len(), count(&cx.db, "entries").await), (1, 1, 1));
    }

    async fn a_condition_is_asked_about_what_is_stored_and_stops_the_change(cx: Services) {
        struct Titled(&'static str);
        impl Condition<Entry> for Titled {
            fn holds(&self, entry: &Entry) -> bool {
                entry.title == self.0
            }
        }
        let project = fixtures::project(&cx, "Atuin").await;
        let entry = fixtures::published(&cx, &project, "Dark mode").await;
        let write = fixtures::may::<WriteEntries>(&cx, &project).await;
        let publish = Way::Directly(fixtures::may::<PublishEntries>(&cx, &project).await);
        let Way::Directly(may_publish) = &publish else { panic!() };
        let delete = Way::Directly(fixtures::may::<DeleteEntries>(&cx, &project).await);
        let records = log(&cx).await.len();
        let (no, yes) = (Titled("Light mode"), Titled("Dark mode"));
        let id = &entry.id;
        assert_eq!(entries::update_if(&cx, &write, id, titled("Other"), &no).await, Err(Error::Outdated));
        assert_eq!(entries::unpublish_if(&cx, may_publish, id, &no).await, Err(Error::Outdated));
        let published = entries::publish_or_ask(&cx, &publish, id, Some(start()), &no).await;
        assert_eq!(published, Err(Error::Outdated));
        assert_eq!(entries::delete_or_ask(&cx, &delete, id, &no).await, Err(Error::Outdated));
        assert_eq!((stored(&cx, &project, id).await, log(&cx).await.len()), (entry.clone(), records));

        entries::unpublish_if(&cx, may_publish, id, &yes).await.unwrap();
        entries::publish_or_ask(&cx, &publish, id, None, &yes).await.unwrap();
        let gone = entries::delete_or_ask(&cx, &delete, id, &yes).await.unwrap();
        assert!(matches!(gone, Deletion::Done(gone) if gone.id == *id));
    }

    async fn staff_discard_only_their_own_drafts_that_were_never_public(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let forbidden = Err(Error::Forbidden { needs: Permission::DeleteEntries });
        assert_eq!(ask::<DeleteEntries>(cx, &sam, &project).await.map(|_| ()), Err(Error::Forbidden {
            needs: Permission::DeleteEntries
        }));

        let own = entries::create(cx, &write, fixtures::text("Own")).await.unwrap();
        assert_eq!(entries::discard_own_draft(cx, &write, &own.id).await, Ok(own));

        let foreign = fixtures::entry(cx, &project, "Of somebody else").await;
        assert_eq!(entries::discard_own_draft(cx, &write, &foreign.id).await, forbidden);

        let public = entries::create(cx, &write, fixtures::text("Public")).await.unwrap();
        publish(cx, &project, &public).await.unwrap();
        assert_eq!(entries::discard_own_draft(cx, &write, &public.id).await, forbidden);
        entries::unpublish(cx, &fixtures::may(cx, &project).await, &public.id).await.unwrap();
        assert_eq!(entries::discard_own_draft(cx, &write, &public.id).await, forbidden, "it was public once");
        let read = may::<ReadEntries>(cx, &sam, &project).await;
        assert_eq!(entries::was_published(cx, &read, &public.id).await, Ok(true));
        assert_eq!(entries::was_published(cx, &read, &foreign.id).await, Ok(false));

        let key = app.key(&sam, &[Scope::ChangelogWrite], None).await;
        let by_key = may::<WriteEntries>(cx, &key, &project).await;
        let own = entries::create(cx, &by_key, fixtures::text("By key")).await.unwrap();
        let scope = Scope::ChangelogDelete;
        assert_eq!(entries::discard_own_draft(cx, &by_key, &own.id).await, Err(Error::MissingScope { scope }));
        assert_eq!(count(app.db(), "entries").await, 3);
    }

    async fn the_list_filters_by_state_search_tag_and_date_and_pages_through_all(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        for number in 0..6 {
            let tags = fixtures::tags(if number % 2 == 0 { &["Even"] } else { &["Odd"] });
            let entry = create(&cx, &project, NewEntry { tags, ..fixtures::text(&format!("Entry {number}")) }).await;
            if number < 3 {
                publish(&cx, &project, &entry.unwrap()).await.unwrap();
            }
            cx.clock.advance(Duration::days(1));
        }
        let may = fixtures::may::<ReadEntries>(&cx, &project).await;
        let list = |query: ListQuery| {
            let (cx, may) = (&cx, &may);
            async move {
                let mut titles = Vec::new();
                let mut after = None;
                loop {
                    let page = entries::list(cx, may, &query, after.as_ref(), 2).await.unwrap();
                    titles.extend(page.items.into_iter().map(|entry| entry.title.replace("Entry ", "")));
                    after = page.next;
                    if after.is_none() {
                        break;
                    }
                }
                let (numbered, total) = entries::list_page(cx, may, &query, 1, 100).await.unwrap();
                let numbered: Vec<_> = numbered.into_iter().map(|e| e.title.replace("Entry ", "")).collect();
                assert_eq!((&numbered, total), (&titles, titles.len() as i64), "both ways to page agree");
                titles.join(" ")
            }
        };
        let all = ListQuery::default;
        assert_eq!(list(all()).await, "5 4 3 2 1 0");
        assert_eq!(list(ListQuery { state: Some(EntryState::Draft), ..all() }).await, "5 4 3");
        assert_eq!(list(ListQuery { state: Some(EntryState::Published), ..all() }).await, "2 1 0");
        assert_eq!(list(ListQuery { state: Some(EntryState::Scheduled), ..all() }).await, "");
        assert_eq!(list(ListQuery { search: "ENTRY 4".into(), ..all() }).await, "4");
        assert_eq!(list(ListQuery { tags: vec!["even".into()], ..all() }).await, "4 2 0");
        assert_eq!(list(ListQuery { tags: vec!["even".into(), "Odd".into()], ..all() }).await, "5 4 3 2 1 0");
        assert_eq!(list(ListQuery { tags: vec!["unknown".into()], ..all() }).await, "");
        let (from, to) = (Some(start() + Duration::days(1)), Some(start() + Duration::days(4)));
        assert_eq!(list(ListQuery { created_from: from, created_to: to, ..all() }).await, "4 3 2 1");
        let counts = entries::counts(&cx, &may).await.unwrap();
        assert_eq!((counts.draft, counts.scheduled, counts.published, counts.total()), (3, 0, 3, 6));
    }
}
