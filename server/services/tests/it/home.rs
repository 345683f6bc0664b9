use chrono::Duration;
use model::Error;
use model::projects::ProjectPatch;
use services::access::{DeleteEntries, EditProjects, PublishEntries, ReadProjects, WriteEntries, instance_grant};
use services::{Services, entries, home, projects};
use testkit::{TestApp, execute, fixtures, on_both_databases};

use crate::help::may;

on_both_databases! {
    async fn home_shows_real_figures_and_the_right_order(cx: Services) {
        let may = fixtures::may_everywhere::<ReadProjects>(&cx);
        let empty = home::overview(&cx, &may).await.unwrap();
        assert_eq!((empty.projects, empty.entries, empty.published_this_month), (0, 0, 0));

        for number in 0..7 {
            let project = fixtures::project(&cx, &format!("Project {number}")).await;
            fixtures::entry(&cx, &project, &format!("Draft {number}")).await;
            fixtures::published(&cx, &project, &format!("New {number}")).await;
            let old = cx.clock.now() - Duration::days(60);
            fixtures::published_at(&cx, &project, &format!("Old {number}"), old).await;
            cx.clock.advance(Duration::minutes(1));
        }
        let future = "UPDATE entry_rows SET published_at = '2026-03-20T00:00:00+00:00' WHERE title = 'New 6'";
        execute(&cx.db, future).await;

        let full = home::overview(&cx, &may).await.unwrap();
        assert_eq!((full.projects, full.entries, full.published_this_month), (7, 21, 6));
        let names: Vec<_> = full.recent_projects.iter().map(|p| p.project.name.as_str()).collect();
        assert_eq!(names, ["Project 6", "Project 5", "Project 4", "Project 3", "Project 2", "Project 1"]);
        assert_eq!(full.recent_projects[0].figures.entries, 3);
        assert_eq!(full.drafts.len(), 7);
        assert_eq!((full.drafts[0].title.as_str(), full.drafts[0].project_name.as_str()), ("Draft 6", "Project 6"));
        assert!(full.waiting.is_empty());
    }

    async fn home_tells_what_was_done_in_plain_words(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let project = fixtures::project(cx, "Atuin").await;
        app.advance(Duration::seconds(1));
        let write = may::<WriteEntries>(cx, &mara, &project).await;
        let entry = entries::create(cx, &write, fixtures::text("Dark mode")).await.unwrap();
        app.advance(Duration::seconds(1));
        let publish = may::<PublishEntries>(cx, &mara, &project).await;
        entries::publish(cx, &publish, &entry.id, None).await.unwrap();
        app.advance(Duration::seconds(1));
        let edit = may::<EditProjects>(cx, &mara, &project).await;
        let rename = ProjectPatch { name: Some("Magical".into()), ..ProjectPatch::default() };
        projects::update(cx, &edit, rename).await.unwrap();
        app.advance(Duration::seconds(1));
        let delete = may::<DeleteEntries>(cx, &mara, &project).await;
        entries::delete(cx, &delete, &entry.id).await.unwrap();

        let told = home::overview(cx, &fixtures::may_everywhere(cx)).await.unwrap().activity;
        let told: Vec<_> = told
            .iter()
            .map(|done| (done.who.as_deref(), done.what.words(), done.name.as_deref(), done.entry.is_some()))
            .collect();
        assert_eq!(told, [
            (Some("Mara"), "deleted", Some("Dark mode"), false),
            (Some("Mara"), "renamed the project", Some("Magical"), false),
            (Some("Mara"), "published", Some("Dark mode"), false),
            (Some("Mara"), "began", Some("Dark mode"), false),
            (None, "created the project", Some("Atuin"), false),
        ]);
    }

    async fn a_key_of_one_project_sees_no_home(app: TestApp) {
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Atuin").await;
        let key = app.key(&mara, &[], Some(&project.id)).await;
        let may = instance_grant::<ReadProjects>(&key.actor()).unwrap();
        assert_eq!(home::overview(&app.services, &may).await, Err(Error::OtherProject));
        assert_eq!(home::stats(&app.services, &may).await.unwrap().total_projects, 1);
    }
}
