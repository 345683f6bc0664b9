use chrono::Duration;
use model::bookmarks::{BookmarkSort, BookmarksRead};
use model::{Error, ProjectId};
use services::access::{DeleteEntries, ReadEntries, RestoreDeleted, instance_grant};
use services::trash::RestoreChoice;
use services::{Services, bookmarks, entries, trash};
use testkit::{Person, TestApp, fixtures, on_both_databases};

use crate::help::may;

async fn titles(
    cx: &Services,
    person: &Person,
    words: &str,
    project: Option<&ProjectId>,
    sort: BookmarkSort,
) -> Vec<String> {
    let may = instance_grant::<ReadEntries>(&person.actor()).unwrap();
    let list = bookmarks::list(cx, &may, words, project.cloned(), sort).await.unwrap();
    list.into_iter().map(|bookmark| bookmark.title).collect()
}

on_both_databases! {
    async fn everybody_has_bookmarks_of_their_own(app: TestApp) {
        let cx = &app.services;
        let (beta, alpha) = (fixtures::project(cx, "Beta").await, fixtures::project(cx, "Alpha").await);
        let (vera, sam) = (app.viewer("Vera").await, app.staff("Sam").await);
        for (project, title) in [(&beta, "b first"), (&beta, "A second"), (&alpha, "C third")] {
            let entry = fixtures::entry(cx, project, title).await;
            app.advance(Duration::seconds(1));
            let may = may::<ReadEntries>(cx, &vera, project).await;
            bookmarks::set(cx, &may, &entry.id, true).await.unwrap();
            bookmarks::set(cx, &may, &entry.id, true).await.unwrap();
            assert_eq!(bookmarks::among(cx, &may, &[&entry.id]).await.unwrap().len(), 1);
        }
        let all = |sort| titles(cx, &vera, "", None, sort);
        assert_eq!(all(BookmarkSort::Recent).await, ["C third", "A second", "b first"]);
        assert_eq!(all(BookmarkSort::Title).await, ["A second", "b first", "C third"]);
        assert_eq!(all(BookmarkSort::Project).await, ["C third", "A second", "b first"]);
        assert_eq!(titles(cx, &vera, "SECOND", None, BookmarkSort::Recent).await, ["A second"]);
        assert_eq!(titles(cx, &vera, "", Some(&alpha.id), BookmarkSort::Recent).await, ["C third"]);
        assert!(titles(cx, &sam, "", None, BookmarkSort::Recent).await.is_empty());
    }

    async fn a_bookmark_waits_in_the_trash_with_its_entry(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let other = fixtures::project(cx, "Other").await;
        let mara = app.admin("Mara").await;
        let entry = fixtures::entry(cx, &project, "Entry").await;
        let read = may::<ReadEntries>(cx, &mara, &project).await;
        bookmarks::set(cx, &read, &entry.id, true).await.unwrap();
        let elsewhere = may::<ReadEntries>(cx, &mara, &other).await;
        assert_eq!(bookmarks::set(cx, &elsewhere, &entry.id, false).await, Err(Error::NotFound));
        entries::delete(cx, &may::<DeleteEntries>(cx, &mara, &project).await, &entry.id).await.unwrap();
        assert!(titles(cx, &mara, "", None, BookmarkSort::Recent).await.is_empty());
        assert_eq!(bookmarks::set(cx, &read, &entry.id, true).await, Err(Error::NotFound));
        let restore = instance_grant::<RestoreDeleted>(&mara.actor()).unwrap();
        let id = entry.id.as_str().parse().unwrap();
        trash::restore(cx, &restore, &id, &RestoreChoice::default()).await.unwrap();
        assert_eq!(titles(cx, &mara, "", None, BookmarkSort::Recent).await, ["Entry"]);
        bookmarks::set(cx, &read, &entry.id, false).await.unwrap();
        assert!(titles(cx, &mara, "", None, BookmarkSort::Recent).await.is_empty());
    }

    async fn a_file_brings_bookmarks_of_entries_that_are_here(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let (vera, sam) = (app.viewer("Vera").await, app.staff("Sam").await);
        let (one, two) = (fixtures::entry(cx, &project, "One").await, fixtures::entry(cx, &project, "Two").await);
        let read = may::<ReadEntries>(cx, &vera, &project).await;
        for entry in [&one, &two] {
            bookmarks::set(cx, &read, &entry.id, true).await.unwrap();
        }
        let file = bookmarks::file(cx, &instance_grant(&vera.actor()).unwrap()).await.unwrap();
        entries::delete(cx, &fixtures::may::<DeleteEntries>(cx, &project).await, &two.id).await.unwrap();
        let text = serde_json::to_string(&file).unwrap();
        let may = instance_grant::<ReadEntries>(&sam.actor()).unwrap();
        let first = bookmarks::import(cx, &may, &text).await.unwrap();
        assert_eq!(first, BookmarksRead { added: 1, known: 0, missing: 1 });
        let again = bookmarks::import(cx, &may, &text).await.unwrap();
        assert_eq!(again, BookmarksRead { added: 0, known: 1, missing: 1 });
        assert!(bookmarks::import(cx, &may, "{}").await.unwrap_err().for_field("file").is_some());
        assert_eq!(titles(cx, &sam, "", None, BookmarkSort::Recent).await, ["One"]);
    }
}
