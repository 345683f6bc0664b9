use chrono::Duration;
use model::Error;
use model::entry_templates::{EntryTemplatePatch, NewEntryTemplate};
use services::access::{EditProjects, ReadEntries, ReadProjects, WriteEntries};
use services::entry_templates::{self as templates, MOST};
use services::presence;
use testkit::{TestApp, fixtures, on_both_databases};

use crate::help::{ask, may, times};

fn new(name: &str) -> NewEntryTemplate {
    NewEntryTemplate {
        name: name.to_owned(),
        title: "Release {NEXT_PATCH}".to_owned(),
        content: "## New in {YYYY}\n".to_owned(),
        tags: vec!["Release".to_owned()],
    }
}

fn names(list: &[model::entry_templates::EntryTemplate]) -> Vec<&str> {
    list.iter().map(|template| template.name.as_str()).collect()
}

on_both_databases! {
    async fn templates_are_made_changed_used_and_deleted(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let edit = may::<EditProjects>(cx, &sam, &project).await;
        let read = may::<ReadProjects>(cx, &sam, &project).await;
        let release = templates::create(cx, &edit, new("Release")).await.unwrap();
        templates::create(cx, &edit, new("an incident")).await.unwrap();
        assert_eq!(names(&templates::list(cx, &read).await.unwrap()), ["an incident", "Release"]);
        let taken = templates::create(cx, &edit, new("RELEASE ")).await.unwrap_err();
        assert_eq!(taken, Error::field("name", "There is a template “Release” already."));

        let patch = EntryTemplatePatch { name: Some("Hotfix".to_owned()), ..EntryTemplatePatch::default() };
        let changed = templates::update(cx, &edit, &release.id, patch.clone()).await.unwrap();
        assert_eq!((changed.name.as_str(), &changed.content), ("Hotfix", &release.content));
        templates::update(cx, &edit, &release.id, patch).await.unwrap();
        assert_eq!(times(cx, "UPDATE_ENTRY_TEMPLATE").await, 1, "nothing changed the second time");

        let writer = may::<ReadEntries>(cx, &sam, &project).await;
        let start = templates::start(cx, &writer, &release.id).await.unwrap();
        let year = cx.clock.now().format("%Y").to_string();
        assert_eq!((start.title.as_str(), start.content), ("Release 0.0.1", format!("## New in {year}\n")));
        assert_eq!(templates::names(cx, &writer).await.unwrap().len(), 2);

        templates::delete(cx, &edit, &release.id).await.unwrap();
        assert_eq!(templates::delete(cx, &edit, &release.id).await, Err(Error::NotFound));
        assert_eq!(templates::start(cx, &writer, &release.id).await, Err(Error::NotFound));
        assert_eq!((times(cx, "CREATE_ENTRY_TEMPLATE").await, times(cx, "DELETE_ENTRY_TEMPLATE").await), (2, 1));
    }

    async fn a_project_knows_only_its_own_templates_and_not_too_many(app: TestApp) {
        let cx = &app.services;
        let (one, other) = (fixtures::project(cx, "One").await, fixtures::project(cx, "Other").await);
        let edit = fixtures::may::<EditProjects>(cx, &one).await;
        let elsewhere = fixtures::may::<EditProjects>(cx, &other).await;
        let template = templates::create(cx, &edit, new("Release")).await.unwrap();
        templates::create(cx, &elsewhere, new("Release")).await.unwrap();
        let patch = EntryTemplatePatch { name: Some("Taken over".to_owned()), ..EntryTemplatePatch::default() };
        assert_eq!(templates::update(cx, &elsewhere, &template.id, patch).await, Err(Error::NotFound));
        assert_eq!(templates::delete(cx, &elsewhere, &template.id).await, Err(Error::NotFound));
        for number in 1..MOST {
            templates::create(cx, &edit, new(&format!("Template {number}"))).await.unwrap();
        }
        assert!(matches!(templates::create(cx, &edit, new("One more")).await, Err(Error::Conflict { .. })));
        let vera = app.viewer("Vera").await;
        assert!(ask::<EditProjects>(cx, &vera, &one).await.is_err());
    }

    async fn who_has_an_entry_open_is_told_to_the_others_and_forgotten_after_a_while(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let other = fixtures::project(cx, "Other").await;
        let entry = fixtures::entry(cx, &project, "Entry").await.id;
        let (mara, sam) = (app.admin("Mara").await, app.staff("Sam").await);
        let first = may::<WriteEntries>(cx, &mara, &project).await;
        let second = may::<WriteEntries>(cx, &sam, &project).await;
        let seen = |around: model::presence::Around| model::presence::told(&around.others);
        assert_eq!(seen(presence::beat(cx, &first, &entry, true).await.unwrap()), "");
        assert_eq!(seen(presence::beat(cx, &second, &entry, false).await.unwrap()), "Mara is editing");
        assert_eq!(seen(presence::beat(cx, &first, &entry, false).await.unwrap()), "Sam is here");
        presence::leave(cx, &second, &entry).await.unwrap();
        assert_eq!(seen(presence::beat(cx, &first, &entry, false).await.unwrap()), "");
        presence::beat(cx, &second, &entry, true).await.unwrap();
        app.advance(Duration::seconds(39));
        assert_eq!(seen(presence::beat(cx, &first, &entry, false).await.unwrap()), "Sam is editing");
        app.advance(Duration::seconds(2));
        assert_eq!(seen(presence::beat(cx, &first, &entry, false).await.unwrap()), "");
        assert_eq!(testkit::count(app.db(), "entry_presence").await, 1, "what is old is not kept");
        let elsewhere = may::<WriteEntries>(cx, &sam, &other).await;
        assert_eq!(presence::beat(cx, &elsewhere, &entry, true).await, Err(Error::NotFound));
    }
}
