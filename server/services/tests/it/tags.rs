use model::entries::NewEntry;
use model::feeds::FeedConfig;
use model::projects::{NewProject, Project, ProjectPatch};
use model::tags::{NewTag, Tag, TagPatch};
use model::{Error, Permission, Scope};
use services::access::{DeleteTags, EditProjects, ReadEntries, ReadTags, WriteTags, instance_grant};
use services::{Services, entries, projects, public, tags};
use testkit::{TestApp, count, fixtures, on_both_databases};

use crate::help::{ask, log, may, told};

async fn tag(cx: &Services, project: &Project, name: &str) -> Tag {
    let may = fixtures::may::<WriteTags>(cx, project).await;
    tags::create(cx, &may, NewTag { name: name.into(), ..NewTag::default() }).await.unwrap().0
}

fn rename(name: &str) -> TagPatch {
    TagPatch { name: Some(name.into()), ..TagPatch::default() }
}

/// A public project whose only entry has the tag, which is also a default tag and in the filter of the feed.
async fn using(cx: &Services, name: &str, tag: &Tag) -> Project {
    let new = NewProject {
        name: name.into(),
        is_public: Some(true),
        default_tags: Some(vec!["Docs".into(), tag.name.to_lowercase()]),
        ..NewProject::default()
    };
    let project = fixtures::project_with(cx, new).await;
    let entry = NewEntry { tags: fixtures::tags(&[&tag.name]), ..fixtures::text("Entry") };
    fixtures::published_with(cx, &project, entry, cx.clock.now()).await;
    let config = FeedConfig { tag_filter: vec![tag.id.clone()], ..FeedConfig::default() };
    let patch = ProjectPatch { rss_feed_config: Some(Some(config)), ..ProjectPatch::default() };
    projects::update(cx, &fixtures::may::<EditProjects>(cx, &project).await, patch).await.unwrap()
}

async fn stored(cx: &Services, project: &Project) -> Project {
    let mut lease = cx.db.acquire().await.unwrap();
    store::projects::find(lease.conn(), &project.id).await.unwrap().unwrap()
}

/// The tags of the only entry of a project.
async fn on_entry(cx: &Services, project: &Project) -> Vec<String> {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    let page = entries::list(cx, &may, &entries::ListQuery::default(), None, 5).await.unwrap();
    page.items[0].tags.iter().map(|tag| tag.name.clone()).collect()
}

fn filter(project: &Project) -> Vec<model::TagId> {
    project.rss_feed_config.clone().unwrap().tag_filter
}

on_both_databases! {
    async fn a_renamed_tag_leaves_no_stale_name_in_any_project(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let fix = tag(&cx, &home, "Fix").await;
        let (one, two) = (using(&cx, "One", &fix).await, using(&cx, "Two", &fix).await);
        let untouched = fixtures::project(&cx, "Untouched").await;
        let may = fixtures::may::<WriteTags>(&cx, &home).await;
        tags::update(&cx, &may, &fix.id, rename(" Repair ")).await.unwrap();
        for project in [&one, &two] {
            let now = stored(&cx, project).await;
            assert_eq!(now.default_tags, ["Docs", "Repair"]);
            assert_eq!(filter(&now), std::slice::from_ref(&fix.id));
            assert_eq!(on_entry(&cx, project).await, ["Repair"]);
            assert!(now.revision > project.revision, "readers see it at once");
        }
        assert_eq!(stored(&cx, &untouched).await.revision, untouched.revision);
        let record = told(&cx, "UPDATE_TAG").await;
        assert_eq!(record.details["projects"], 2);
        assert_eq!(record.details["name"], serde_json::json!({ "from": "Fix", "to": "Repair" }));
    }

    async fn a_colour_alone_reaches_the_readers_of_every_project_with_the_tag(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let fix = tag(&cx, &home, "Fix").await;
        let one = using(&cx, "One", &fix).await;
        let may = fixtures::may::<WriteTags>(&cx, &home).await;
        let red = TagPatch { color: Some(Some("#AA0000".into())), ..TagPatch::default() };
        assert_eq!(tags::update(&cx, &may, &fix.id, red).await.unwrap().color.as_deref(), Some("#aa0000"));
        assert!(stored(&cx, &one).await.revision > one.revision);
        let cleared = TagPatch { color: Some(None), ..TagPatch::default() };
        assert_eq!(tags::update(&cx, &may, &fix.id, cleared.clone()).await.unwrap().color, None);
        let records = log(&cx).await.len();
        tags::update(&cx, &may, &fix.id, cleared).await.unwrap();
        assert_eq!(log(&cx).await.len(), records, "saving it unchanged leaves no trace");
    }

    async fn a_name_that_another_tag_has_is_refused_in_any_case(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let (fix, docs) = (tag(&cx, &home, "Fix").await, tag(&cx, &home, "Docs").await);
        let may = fixtures::may::<WriteTags>(&cx, &home).await;
        let refused = tags::update(&cx, &may, &docs.id, rename("FIX")).await;
        assert!(matches!(refused, Err(Error::Conflict { .. })), "{refused:?}");
        assert_eq!(tags::update(&cx, &may, &fix.id, rename("FIX")).await.unwrap().name, "FIX", "its own name may change case");
        let wrong = TagPatch { name: Some("n".repeat(51)), color: Some(Some("red".into())), description: Some(Some("d".repeat(201))) };
        let Err(Error::Invalid { fields }) = tags::update(&cx, &may, &docs.id, wrong).await else { panic!() };
        assert_eq!(fields.len(), 3);
    }

    async fn merged_tags_become_one_everywhere(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let (bug, fix) = (tag(&cx, &home, "Bug").await, tag(&cx, &home, "Fix").await);
        let one = using(&cx, "One", &bug).await;
        let two = using(&cx, "Two", &fix).await;
        let may = fixtures::may::<DeleteTags>(&cx, &home).await;
        assert_eq!(tags::merge(&cx, &may, &bug.id, &fix.id).await, Ok(1));
        let now = stored(&cx, &one).await;
        assert_eq!((now.default_tags.clone(), filter(&now)), (vec!["Docs".to_owned(), "Fix".to_owned()], vec![fix.id.clone()]));
        assert_eq!(on_entry(&cx, &one).await, ["Fix"]);
        assert!(now.revision > one.revision);
        assert_eq!(on_entry(&cx, &two).await, ["Fix"]);
        assert_eq!(tags::merge(&cx, &may, &bug.id, &fix.id).await, Err(Error::NotFound), "it is gone");
        assert!(tags::merge(&cx, &may, &fix.id, &fix.id).await.unwrap_err().for_field("into").is_some());
        assert_eq!(told(&cx, "MERGE_TAG").await.details["into"], "Fix");
    }

    async fn a_deleted_tag_is_gone_from_entries_defaults_and_feeds(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let fix = tag(&cx, &home, "Fix").await;
        let one = using(&cx, "One", &fix).await;
        let may = fixtures::may::<DeleteTags>(&cx, &home).await;
        assert_eq!(tags::delete(&cx, &may, &fix.id).await, Ok(1));
        let now = stored(&cx, &one).await;
        assert_eq!((now.default_tags.clone(), filter(&now)), (vec!["Docs".to_owned()], Vec::new()));
        assert!(on_entry(&cx, &one).await.is_empty());
        assert!(now.revision > one.revision);
        assert!(public::tags(&cx, &now).await.unwrap().is_empty());
        assert_eq!((count(&cx.db, "entries").await, count(&cx.db, "entry_tags").await), (1, 0));
        assert_eq!(told(&cx, "DELETE_TAG").await.details["entries"], 1);
    }

    async fn a_tag_that_exists_is_given_back_and_keeps_its_colour(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let may = fixtures::may::<WriteTags>(&cx, &home).await;
        let new = |name: &str, color: &str| NewTag { name: name.into(), color: Some(color.into()), description: None };
        let (first, is_new) = tags::create(&cx, &may, new("Fix", "#112233")).await.unwrap();
        assert!(is_new);
        assert_eq!(tags::create(&cx, &may, new(" FIX ", "#445566")).await, Ok((first, false)));
        assert_eq!(count(&cx.db, "tags").await, 1);
    }

    async fn tags_keep_the_order_they_are_given_and_new_ones_come_last(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let may = fixtures::may::<WriteTags>(&cx, &home).await;
        let names = || async {
            let all = tags::list_with_usage(&cx, &fixtures::may::<ReadTags>(&cx, &home).await).await.unwrap();
            all.into_iter().map(|usage| usage.tag.name).collect::<Vec<_>>()
        };
        for name in ["Charlie", "alpha", "Bravo"] {
            tag(&cx, &home, name).await;
        }
        assert_eq!(names().await, ["alpha", "Bravo", "Charlie"]);
        let charlie = tag(&cx, &home, "Charlie").await;
        let one = using(&cx, "One", &charlie).await;
        tags::move_to(&cx, &may, &charlie.id, 1).await.unwrap();
        assert_eq!(names().await, ["Charlie", "alpha", "Bravo"]);
        assert!(stored(&cx, &one).await.revision > one.revision);
        tag(&cx, &home, "Aardvark").await;
        assert_eq!(names().await, ["Charlie", "alpha", "Bravo", "Aardvark"]);
        tags::move_to(&cx, &may, &charlie.id, 99).await.unwrap();
        assert_eq!(names().await, ["alpha", "Bravo", "Aardvark", "Charlie"]);
        tags::move_to(&cx, &may, &charlie.id, i64::MIN).await.unwrap();
        assert_eq!(names().await[0], "Charlie");
    }

    async fn the_starter_set_comes_in_its_order_and_only_once(cx: Services) {
        let home = fixtures::project(&cx, "Home").await;
        let may = fixtures::may::<WriteTags>(&cx, &home).await;
        tags::add_starters(&cx, &may).await.unwrap();
        tags::add_starters(&cx, &may).await.unwrap();
        let all = tags::list_all(&cx, &fixtures::may::<ReadTags>(&cx, &home).await).await.unwrap();
        let names: Vec<_> = all.iter().map(|tag| tag.name.as_str()).collect();
        assert_eq!(names, ["Feature", "Improvement", "Fix", "Security", "Breaking", "Deprecated"]);
        assert!(all.iter().all(|tag| tag.color.is_some() && tag.description.is_some()));
    }

    async fn staff_rename_tags_but_neither_delete_nor_merge_them(app: TestApp) {
        let cx = &app.services;
        let home = fixtures::project(cx, "Home").await;
        let fix = tag(cx, &home, "Fix").await;
        let (sam, vera) = (app.staff("Sam").await, app.viewer("Vera").await);
        let write = may::<WriteTags>(cx, &sam, &home).await;
        assert_eq!(tags::update(cx, &write, &fix.id, rename("Repair")).await.unwrap().name, "Repair");
        let refused = ask::<DeleteTags>(cx, &sam, &home).await.map(|_| ());
        assert_eq!(refused, Err(Error::Forbidden { needs: Permission::DeleteTags }));
        assert!(ask::<ReadTags>(cx, &vera, &home).await.is_ok());
        assert!(ask::<WriteTags>(cx, &vera, &home).await.is_err());
    }

    async fn a_key_for_one_project_changes_only_tags_that_no_other_uses(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let home = fixtures::project(cx, "Home").await;
        let (shared, own) = (tag(cx, &home, "Shared").await, tag(cx, &home, "Own").await);
        using(cx, "Other", &shared).await;
        let key = app.key(&mara, &[Scope::TagsWrite], Some(&home.id)).await;
        let write = may::<WriteTags>(cx, &key, &home).await;
        let delete = may::<DeleteTags>(cx, &key, &home).await;
        assert_eq!(tags::update(cx, &write, &shared.id, rename("Mine")).await, Err(Error::OtherProject));
        assert_eq!(tags::delete(cx, &delete, &shared.id).await, Err(Error::OtherProject));
        assert!(tags::update(cx, &write, &own.id, rename("Mine")).await.is_ok());
        assert_eq!(tags::delete(cx, &delete, &own.id).await, Ok(0));
    }

    async fn tags_are_looked_after_without_naming_a_project(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let home = fixtures::project(cx, "Home").await;
        let shared = tag(cx, &home, "Shared").await;
        using(cx, "Other", &shared).await;
        let write = instance_grant::<WriteTags>(&mara.actor()).unwrap();
        let (made, _) = tags::create(cx, &write, NewTag { name: "Fix".into(), ..NewTag::default() }).await.unwrap();
        assert_eq!(tags::update(cx, &write, &shared.id, rename("Common")).await.unwrap().name, "Common");
        let record = told(cx, "UPDATE_TAG").await;
        assert_eq!((record.project_id, record.entity_id), (None, Some(shared.id.to_string())));
        let key = app.key(&mara, &[Scope::TagsWrite], Some(&home.id)).await;
        let bound = instance_grant::<WriteTags>(&key.actor()).unwrap();
        assert_eq!(tags::update(cx, &bound, &shared.id, rename("Mine")).await, Err(Error::OtherProject));
        assert_eq!(tags::update(cx, &bound, &made.id, rename("Mine")).await.unwrap().name, "Mine");
        let delete = instance_grant::<DeleteTags>(&key.actor()).unwrap();
        assert_eq!(tags::delete(cx, &delete, &shared.id).await, Err(Error::OtherProject));
        assert_eq!(tags::delete(cx, &delete, &made.id).await, Ok(0));
        assert_eq!(told(cx, "DELETE_TAG").await.project_id, Some(home.id), "a key's own project");
    }
}
