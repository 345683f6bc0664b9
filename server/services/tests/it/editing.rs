//! What the editor asks for beside saving and publishing: versions, addresses, copies.

use chrono::Duration;
use model::entries::{Entry, EntryPatch, EntryState, NewEntry};
use model::projects::Project;
use model::{EntryId, Error};
use services::access::{ReadEntries, WriteEntries};
use services::{Services, entries, public};
use testkit::{TestApp, fixtures, on_both_databases};

use crate::help::{may, stored};

fn versioned(title: &str, version: &str) -> NewEntry {
    NewEntry { version: Some(version.into()), ..fixtures::text(title) }
}

async fn move_to(cx: &Services, project: &Project, id: &EntryId, slug: &str) -> model::Result<Entry> {
    entries::set_address(cx, &fixtures::may(cx, project).await, id, slug).await
}

async fn rename(cx: &Services, project: &Project, entry: &Entry, title: &str) -> Entry {
    let patch = EntryPatch { title: Some(title.into()), ..EntryPatch::default() };
    entries::update(cx, &fixtures::may(cx, project).await, &entry.id, patch).await.unwrap()
}

on_both_databases! {
    async fn versions_are_suggested_after_the_highest_of_the_project(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let read = fixtures::may::<ReadEntries>(cx, &project).await;
        let help = entries::version_help(cx, &read).await.unwrap();
        assert_eq!(help.next[0].version, "v1.0.0");
        assert!(help.recent.is_empty());

        for (title, version) in [("Second", "v1.10.0"), ("First", "v1.9.0"), ("Spring", "spring"), ("Patched", "1.10.1")] {
            fixtures::entry_with(cx, &project, versioned(title, version)).await;
            cx.clock.advance(Duration::minutes(1));
        }
        fixtures::entry_with(cx, &fixtures::project(cx, "Other").await, versioned("Elsewhere", "v9.0.0")).await;
        let help = entries::version_help(cx, &read).await.unwrap();
        let next: Vec<&str> = help.next.iter().map(|offer| offer.version.as_str()).collect();
        assert_eq!(next, ["1.10.2", "1.11.0", "2.0.0"]);
        let recent: Vec<&str> = help.recent.iter().map(|used| used.title.as_str()).collect();
        assert_eq!(recent, ["Patched", "Spring", "First", "Second"]);
        assert_eq!(help.dates.len(), 3);
    }

    async fn the_entry_that_has_a_version_is_named_whatever_the_spelling(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let read = fixtures::may::<ReadEntries>(&cx, &project).await;
        let first = fixtures::entry_with(&cx, &project, versioned("First", "v1.2.0")).await;
        let owner = entries::version_owner(&cx, &read, " V1.2.0", None).await.unwrap().unwrap();
        assert_eq!((owner.entry, owner.title.as_str()), (first.id.clone(), "First"));
        assert_eq!(entries::version_owner(&cx, &read, "1.2.0", Some(&first.id)).await.unwrap(), None);
        assert_eq!(entries::version_owner(&cx, &read, "1.2.1", None).await.unwrap(), None);
        assert_eq!(entries::version_owner(&cx, &read, "  ", None).await.unwrap(), None);
    }

    async fn a_chosen_address_stays_and_the_one_readers_knew_redirects(cx: Services) {
        let project = fixtures::public_project(&cx, "Atuin").await;
        let entry = fixtures::published(&cx, &project, "Dark mode").await;
        let moved = move_to(&cx, &project, &entry.id, " night-2026 ").await.unwrap();
        assert_eq!((moved.slug.as_str(), moved.lock_version), ("night-2026", entry.lock_version + 1));
        assert_eq!(move_to(&cx, &project, &entry.id, "night-2026").await.unwrap(), moved, "nothing to do");
        assert_eq!(public::entry(&cx, &project, "dark-mode").await, Ok(public::Found::Moved(moved.clone())));
        assert_eq!(public::entry(&cx, &project, "night-2026").await, Ok(public::Found::Here(moved.clone())));

        let renamed = rename(&cx, &project, &moved, "Black mode").await;
        assert_eq!(renamed.slug, "night-2026", "a chosen address does not follow the title");
        let other = fixtures::entry(&cx, &project, "Other").await;
        let error = move_to(&cx, &project, &other.id, "dark-mode").await.unwrap_err();
        assert!(error.for_field("slug").is_some_and(|text| text.contains("dark-mode")), "{error:?}");
    }

    async fn an_address_that_is_none_is_refused_and_nothing_changes(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let entry = fixtures::entry(&cx, &project, "Dark mode").await;
        let long = "a".repeat(101);
        for bad in ["", "A", "a b", "ä", "-a", "a-", "a--b", "rss.xml", "tags", "archive", "../x", long.as_str()] {
            let error = move_to(&cx, &project, &entry.id, bad).await.unwrap_err();
            assert!(error.for_field("slug").is_some(), "{bad}: {error:?}");
        }
        assert_eq!(stored(&cx, &project, &entry.id).await, entry);
    }

    async fn while_a_draft_is_typed_its_old_addresses_are_free(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let draft = fixtures::entry(&cx, &project, "D").await;
        rename(&cx, &project, &draft, "Dark mode").await;
        assert_eq!(fixtures::entry(&cx, &project, "D").await.slug, "d");
    }

    async fn staff_do_not_move_what_is_published_where_approval_is_needed(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let published = fixtures::published(cx, &project, "Dark mode").await;
        assert_eq!(entries::set_address(cx, &write, &published.id, "mine").await, Err(Error::NeedsApproval));
        let draft = fixtures::entry(cx, &project, "Draft").await;
        assert_eq!(entries::set_address(cx, &write, &draft.id, "mine").await.unwrap().slug, "mine");
    }

    async fn a_copy_is_a_draft_with_the_text_and_tags_and_no_version(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let new = NewEntry { tags: fixtures::tags(&["UI", "Fix"]), ..versioned(&"t".repeat(200), "1.0") };
        let original = fixtures::published_with(&cx, &project, new, cx.clock.now()).await;
        let copy = entries::duplicate(&cx, &fixtures::may(&cx, &project).await, &original.id).await.unwrap();
        assert_eq!((copy.state(), copy.version.as_deref()), (EntryState::Draft, None));
        assert_eq!((&copy.content, &copy.tags), (&original.content, &original.tags));
        assert!(copy.title.starts_with("Copy of ttt") && copy.title.chars().count() == 200);
        assert_ne!(copy.slug, original.slug);
    }
}
