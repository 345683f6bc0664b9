use model::Error;
use model::feeds::{FeedConfig, FeedDraft};
use model::projects::ProjectPatch;
use services::access::{EditProjects, ReadEntries, ReadTags};
use services::{feeds, projects};
use testkit::{TestApp, fixtures, on_both_databases};

fn draft(config: FeedConfig) -> FeedDraft {
    FeedDraft { config, full_content: true }
}

on_both_databases! {
    async fn a_preview_shows_what_is_not_saved_yet(app: TestApp) {
        let cx = &app.services;
        // Private, so that people can look before they open it.
        let project = fixtures::project(cx, "Orbit Mail").await;
        for number in 1..=5 {
            app.advance(chrono::Duration::minutes(1));
            fixtures::published(cx, &project, &format!("Release {number}")).await;
        }
        fixtures::entry(cx, &project, "A draft").await;
        let may = fixtures::may::<ReadEntries>(cx, &project).await;
        let config = FeedConfig {
            feed_title: Some("  News ".to_owned()),
            item_template: Some("<b>{{title}}</b><script>x()</script>".to_owned()),
            ..FeedConfig::default()
        };
        let preview = feeds::preview(cx, &may, draft(config)).await.unwrap();
        assert_eq!((preview.title.as_str(), preview.description.as_str()), ("News", "The latest updates of Orbit Mail"));
        let html: Vec<&str> = preview.items.iter().map(|item| item.html.as_str()).collect();
        assert_eq!(html, ["<b>Release 5</b>", "<b>Release 4</b>", "<b>Release 3</b>"]);

        let excerpts = FeedDraft { full_content: false, ..draft(FeedConfig::default()) };
        let preview = feeds::preview(cx, &may, excerpts).await.unwrap();
        assert_eq!((preview.title.as_str(), preview.items[0].html.as_str()), ("Orbit Mail Changelog", "All about Release 5."));
    }

    async fn a_preview_of_wrong_settings_names_the_field(app: TestApp) {
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let may = fixtures::may::<ReadEntries>(&app.services, &project).await;
        let config = FeedConfig { feed_title: Some("x".repeat(201)), ..FeedConfig::default() };
        let error = feeds::preview(&app.services, &may, draft(config)).await.unwrap_err();
        assert!(matches!(&error, Error::Invalid { .. }) && error.for_field("feedTitle").is_some(), "{error:?}");
    }

    async fn a_tag_that_feeds_are_narrowed_by_is_offered_even_when_no_entry_has_it(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Orbit Mail").await;
        let other = fixtures::project(cx, "Other").await;
        let with = |title: &str, tag: &str| model::entries::NewEntry { tags: fixtures::tags(&[tag]), ..fixtures::text(title) };
        fixtures::entry_with(cx, &project, with("One", "Fix")).await;
        let elsewhere = fixtures::entry_with(cx, &other, with("Two", "Feature")).await;
        let may = fixtures::may::<ReadTags>(cx, &project).await;
        let offered = async |project| -> Vec<String> {
            feeds::tags_to_offer(cx, &may, &project).await.unwrap().into_iter().map(|tag| tag.name).collect()
        };
        assert_eq!(offered(project.clone()).await, ["Fix"]);
        let config = FeedConfig { tag_filter: vec![elsewhere.tags[0].id.clone()], ..FeedConfig::default() };
        let patch = ProjectPatch { rss_feed_config: Some(Some(config)), ..ProjectPatch::default() };
        let project = projects::update(cx, &fixtures::may::<EditProjects>(cx, &project).await, patch).await.unwrap();
        assert_eq!(offered(project).await, ["Fix", "Feature"]);
    }
}
