use chrono::Duration;
use model::Error;
use services::access::{ReadEntries, WriteEntries};
use services::{entries, quick_notes};
use testkit::{TestApp, fixtures, on_both_databases};

use crate::help::{ask, may, stored, times};

on_both_databases! {
    async fn notes_wait_until_an_entry_takes_them_along_once(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let write = may::<WriteEntries>(cx, &sam, &project).await;
        let read = may::<ReadEntries>(cx, &sam, &project).await;
        let entry = fixtures::entry(cx, &project, "Entry").await;
        for text in [" Typo in the menu ", "Wrong colour", "Never mind"] {
            quick_notes::add(cx, &write, text).await.unwrap();
            app.advance(Duration::seconds(1));
        }
        let listed = quick_notes::list(cx, &read).await.unwrap();
        assert_eq!(listed.len(), 3);
        assert_eq!((listed[0].text.as_str(), listed[0].author.as_deref()), ("Typo in the menu", Some("Sam")));
        quick_notes::delete(cx, &write, &listed[2].id).await.unwrap();
        assert_eq!(quick_notes::delete(cx, &write, &listed[2].id).await, Err(Error::NotFound));

        let late = quick_notes::take(cx, &write, &entry.id, entry.lock_version + 1).await;
        assert!(matches!(late, Err(Error::EditedElsewhere { .. })));
        let changed = quick_notes::take(cx, &write, &entry.id, entry.lock_version).await.unwrap();
        assert!(changed.content.ends_with("## Also fixed\n\n- Typo in the menu\n- Wrong colour\n"), "{}", changed.content);
        assert_eq!(stored(cx, &project, &entry.id).await.content, changed.content);
        assert!(quick_notes::list(cx, &read).await.unwrap().is_empty());
        let again = quick_notes::take(cx, &write, &entry.id, changed.lock_version).await.unwrap();
        assert_eq!(again, changed, "there is nothing to take twice");
        assert_eq!((times(cx, "CREATE_QUICK_NOTE").await, times(cx, "DELETE_QUICK_NOTE").await), (3, 1));
    }

    async fn notes_belong_to_their_project_and_to_who_writes(app: TestApp) {
        let cx = &app.services;
        let (one, other) = (fixtures::project(cx, "One").await, fixtures::project(cx, "Other").await);
        let write = fixtures::may::<WriteEntries>(cx, &one).await;
        let elsewhere = fixtures::may::<WriteEntries>(cx, &other).await;
        let note = quick_notes::add(cx, &write, "A typo").await.unwrap();
        assert_eq!(note.author, None, "the command line is nobody");
        assert_eq!(quick_notes::delete(cx, &elsewhere, &note.id).await, Err(Error::NotFound));
        let entry = fixtures::entry(cx, &other, "Entry").await;
        let taken = quick_notes::take(cx, &elsewhere, &entry.id, entry.lock_version).await.unwrap();
        assert_eq!(taken.content, entry.content);
        let vera = app.viewer("Vera").await;
        assert!(ask::<WriteEntries>(cx, &vera, &one).await.is_err());
        for wrong in ["", "two\nlines"] {
            assert!(matches!(quick_notes::add(cx, &write, wrong).await, Err(Error::Invalid { .. })));
        }
        // What is published changes only by who may publish.
        let sam = app.staff("Sam").await;
        let published = fixtures::published(cx, &one, "Out").await;
        let staff = may::<WriteEntries>(cx, &sam, &one).await;
        let refused = quick_notes::take(cx, &staff, &published.id, published.lock_version).await;
        let allowed = entries::update(cx, &staff, &published.id, model::entries::EntryPatch {
            title: Some("Other".to_owned()),
            ..model::entries::EntryPatch::default()
        })
        .await;
        assert_eq!(refused.is_ok(), allowed.is_ok());
    }
}
