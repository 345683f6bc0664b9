use chrono::Duration;
use model::feeds::FeedConfig;
use model::projects::{Layout, NewProject, Project, ProjectPatch, ProjectSort};
use model::{Error, Permission, Scope};
use services::access::{CreateProjects, DeleteAllEntries, DeleteProjects, EditProjects, ReadProjects, instance_grant};
use services::public::{self, Found};
use services::{Services, projects};
use testkit::{TestApp, count, fixtures, on_both_databases};

use crate::help::{ask, log, may, times, told};

fn named(name: &str) -> NewProject {
    NewProject { name: name.into(), ..NewProject::default() }
}

fn keep() -> ProjectPatch {
    ProjectPatch::default()
}

fn move_to(slug: &str) -> ProjectPatch {
    ProjectPatch { slug: Some(slug.into()), ..keep() }
}

fn rename(name: &str) -> ProjectPatch {
    ProjectPatch { name: Some(name.into()), ..ProjectPatch::default() }
}

async fn update(cx: &Services, project: &Project, patch: ProjectPatch) -> model::Result<Project> {
    projects::update(cx, &fixtures::may::<EditProjects>(cx, project).await, patch).await
}

on_both_databases! {
    async fn a_new_project_is_private_and_asks_for_approval(app: TestApp) {
        let sam = app.staff("Sam").await;
        let may = instance_grant::<CreateProjects>(&sam.actor()).unwrap();
        let project = projects::create(&app.services, &may, named("  Neue Töne ")).await.unwrap();
        assert_eq!((project.name.as_str(), project.slug.as_str()), ("Neue Töne", "neue-tone"));
        assert!(!project.is_public && project.require_approval && !project.allow_auto_publish);
        let again = projects::create(&app.services, &may, named("Neue Töne")).await.unwrap();
        assert_eq!(again.slug, "neue-tone-2");
        assert_eq!(times(&app.services, "CREATE_PROJECT").await, 2);
    }

    async fn staff_cannot_create_what_only_an_administrator_may_set(app: TestApp) {
        let sam = app.staff("Sam").await;
        let may = instance_grant::<CreateProjects>(&sam.actor()).unwrap();
        let refused = Err(Error::Forbidden { needs: Permission::SetProjectAccess });
        for new in [
            NewProject { is_public: Some(true), ..named("Atuin") },
            NewProject { allow_auto_publish: Some(true), ..named("Atuin") },
            NewProject { require_approval: Some(false), ..named("Atuin") },
        ] {
            assert_eq!(projects::create(&app.services, &may, new).await, refused);
        }
        assert_eq!(count(app.db(), "projects").await, 0);
        let strict = NewProject { is_public: Some(false), require_approval: Some(true), ..named("Atuin") };
        assert!(projects::create(&app.services, &may, strict).await.is_ok());
    }

    async fn renaming_a_project_keeps_its_old_address(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let apex = update(&cx, &acme, rename("Apex")).await.unwrap();
        assert_eq!(apex.slug, "apex");
        assert_eq!(public::project(&cx, "apex").await, Ok(Found::Here(apex.clone())));
        assert_eq!(public::project(&cx, "acme").await, Ok(Found::Moved(apex.clone())));

        // Nobody else gets an address that readers may have kept.
        let other = fixtures::public_project(&cx, "Acme").await;
        assert_eq!(other.slug, "acme-2");

        let back = update(&cx, &apex, rename("Acme")).await.unwrap();
        assert_eq!(back.slug, "acme");
        assert_eq!(public::project(&cx, "acme").await, Ok(Found::Here(back.clone())));
        assert_eq!(public::project(&cx, "apex").await, Ok(Found::Moved(back)));
    }

    async fn a_chosen_address_stays_when_the_name_changes(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let moved = update(&cx, &acme, move_to("the-notes")).await.unwrap();
        assert_eq!((moved.name.as_str(), moved.slug.as_str()), ("Acme", "the-notes"));
        assert_eq!(public::project(&cx, "acme").await, Ok(Found::Moved(moved.clone())));
        let renamed = update(&cx, &moved, rename("Apex")).await.unwrap();
        assert_eq!(renamed.slug, "the-notes");
        let both = ProjectPatch { slug: Some("zenith".into()), ..rename("Zenith") };
        let both = update(&cx, &renamed, both).await.unwrap();
        for old in ["acme", "the-notes"] {
            assert_eq!(public::project(&cx, old).await, Ok(Found::Moved(both.clone())), "{old}");
        }
        // Back to an address it had.
        assert_eq!(update(&cx, &both, move_to("acme")).await.unwrap().slug, "acme");
    }

    async fn nobody_takes_the_address_of_another_project(cx: Services) {
        let acme = fixtures::public_project(&cx, "Acme").await;
        let acme = update(&cx, &acme, move_to("now")).await.unwrap();
        let other = fixtures::public_project(&cx, "Other").await;
        // Its present address, one that readers may have kept, and its id, which works as an address as well.
        for taken in ["now", "acme", acme.id.as_str()] {
            let error = update(&cx, &other, move_to(taken)).await.unwrap_err();
            assert!(error.for_field("slug").is_some(), "{taken}: {error:?}");
        }
        assert_eq!(public::project(&cx, acme.id.as_str()).await, Ok(Found::Moved(acme)));
        assert_eq!(public::project(&cx, "other").await, Ok(Found::Here(other)));
        // Words that mean something else in addresses are not made from names, either.
        assert_eq!(fixtures::project(&cx, "Tags").await.slug, "tags-2");
    }

    async fn a_zone_and_the_tags_of_a_feed_must_exist(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let zone = |name: &str| ProjectPatch { timezone: Some(Some(name.into())), ..keep() };
        for wrong in ["Mars/Olympus", "europe/berlin", "+02:00"] {
            let error = update(&cx, &project, zone(wrong)).await.unwrap_err();
            assert!(error.for_field("timezone").is_some(), "{wrong}");
        }
        let berlin = update(&cx, &project, zone(" Europe/Berlin ")).await.unwrap();
        assert_eq!(berlin.timezone.as_deref(), Some("Europe/Berlin"));
        let unknown = FeedConfig { tag_filter: vec!["unknown".parse().unwrap()], ..FeedConfig::default() };
        let patch = ProjectPatch { rss_feed_config: Some(Some(unknown)), ..keep() };
        let error = update(&cx, &project, patch).await.unwrap_err();
        assert!(error.for_field("rssFeedConfig.tagFilter").is_some(), "{error:?}");
    }

    async fn long_texts_are_told_by_their_length_in_the_audit_log(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let config = FeedConfig { item_template: Some("{{title}}".into()), ..FeedConfig::default() };
        let patch = ProjectPatch {
            custom_css: Some(Some("a { color: red }".into())),
            rss_feed_config: Some(Some(config)),
            ..keep()
        };
        update(&cx, &project, patch).await.unwrap();
        let last = told(&cx, "UPDATE_PROJECT_SETTINGS").await;
        assert_eq!(last.details["customCss"]["to"], serde_json::json!({ "characters": 16 }));
        assert_eq!(last.details["rssFeedConfig"]["to"]["itemTemplate"], serde_json::json!({ "characters": 9 }));
        assert!(!last.details.to_string().contains("{{title}}"));
    }

    async fn emptying_a_project_needs_its_name_and_leaves_the_project(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let (project, other) = (fixtures::public_project(cx, "Atuin").await, fixtures::project(cx, "Other").await);
        for project in [&project, &other] {
            fixtures::published(cx, project, "First").await;
            fixtures::entry(cx, project, "Second").await;
        }
        let empty = may::<DeleteAllEntries>(cx, &mara, &project).await;
        assert!(projects::delete_entries(cx, &empty, "atuin").await.unwrap_err().for_field("confirmation").is_some());
        assert_eq!(count(app.db(), "entries").await, 4);
        let before = public::project(cx, "atuin").await.unwrap().into_inner().revision;
        assert_eq!(projects::delete_entries(cx, &empty, "Atuin").await, Ok(2));
        assert_eq!(count(app.db(), "entries").await, 2);
        assert!(public::project(cx, "atuin").await.unwrap().into_inner().revision > before, "readers see it at once");
        assert_eq!(told(cx, "DELETE_ALL_CHANGELOG_ENTRIES").await.details["entries"], 2);
    }

    async fn changing_only_the_spelling_of_a_name_keeps_the_address(cx: Services) {
        fixtures::public_project(&cx, "Acme").await;
        let second = fixtures::public_project(&cx, "Acme").await;
        let renamed = update(&cx, &second, rename("ACME!")).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.slug.as_str()), ("ACME!", "acme-2"));
    }

    async fn each_change_has_its_name_in_the_audit_log(cx: Services) {
        let mut project = fixtures::project(&cx, "Atuin").await;
        let public = |on| ProjectPatch { is_public: Some(on), ..ProjectPatch::default() };
        let auto = |on| ProjectPatch { allow_auto_publish: Some(on), ..ProjectPatch::default() };
        let approval = |on| ProjectPatch { require_approval: Some(on), ..ProjectPatch::default() };
        let color = Some(Some("#4F46E5".to_owned()));
        for (patch, action) in [
            (rename("Magical"), "RENAME_PROJECT"),
            (public(true), "MAKE_PROJECT_PUBLIC"),
            (public(false), "MAKE_PROJECT_PRIVATE"),
            (auto(true), "ENABLE_AUTO_PUBLISH"),
            (auto(false), "DISABLE_AUTO_PUBLISH"),
            (approval(false), "DISABLE_APPROVAL_REQUIREMENT"),
            (approval(true), "ENABLE_APPROVAL_REQUIREMENT"),
            (ProjectPatch { color, ..ProjectPatch::default() }, "UPDATE_PROJECT_SETTINGS"),
            (ProjectPatch { maintenance_mode: Some(true), ..keep() }, "ENABLE_MAINTENANCE_MODE"),
            (ProjectPatch { maintenance_mode: Some(false), ..keep() }, "DISABLE_MAINTENANCE_MODE"),
            (ProjectPatch { allow_indexing: Some(false), ..keep() }, "DISABLE_SEARCH_INDEXING"),
            (ProjectPatch { allow_indexing: Some(true), ..keep() }, "ENABLE_SEARCH_INDEXING"),
            (ProjectPatch { enable_rss: Some(false), ..keep() }, "DISABLE_RSS_FEED"),
            (ProjectPatch { enable_rss: Some(true), ..keep() }, "ENABLE_RSS_FEED"),
            (ProjectPatch { rss_item_limit: Some(50), ..keep() }, "UPDATE_RSS_ITEM_LIMIT"),
            (ProjectPatch { rss_full_content: Some(false), ..keep() }, "DISABLE_RSS_FULL_CONTENT"),
            (ProjectPatch { rss_full_content: Some(true), ..keep() }, "ENABLE_RSS_FULL_CONTENT"),
            (ProjectPatch { rss_feed_config: Some(Some(FeedConfig::default())), ..keep() }, "UPDATE_RSS_FEED_BUILDER"),
            (ProjectPatch { rss_feed_config: Some(None), ..keep() }, "RESET_RSS_FEED_BUILDER"),
            (ProjectPatch { slug: Some("elsewhere".into()), ..keep() }, "UPDATE_PROJECT_SETTINGS"),
            (ProjectPatch { layout: Some(Layout::Cards), ..keep() }, "UPDATE_PROJECT_SETTINGS"),
            (ProjectPatch { is_public: Some(true), ..rename("Atuin") }, "UPDATE_PROJECT_SETTINGS"),
        ] {
            let before = project.clone();
            cx.clock.advance(Duration::seconds(1));
            project = update(&cx, &project, patch).await.unwrap();
            assert_eq!(project.revision, before.revision + 1);
            assert_eq!(project.updated_at, cx.clock.now());
            let records = log(&cx).await;
            assert_eq!(records.last().unwrap().action, action);
            let mut lease = cx.db.acquire().await.unwrap();
            assert_eq!(store::projects::find(lease.conn(), &project.id).await.unwrap(), Some(project.clone()));
        }
        assert_eq!(project.color.as_deref(), Some("#4f46e5"));
        let last = log(&cx).await.pop().unwrap();
        assert_eq!(last.details["name"], serde_json::json!({ "from": "Magical", "to": "Atuin" }));
        assert_eq!(last.details["isPublic"], serde_json::json!({ "from": false, "to": true }));
    }

    async fn saving_a_project_unchanged_leaves_no_trace(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let records = log(&cx).await.len();
        let same = ProjectPatch { is_public: Some(false), color: Some(None), ..rename(" Atuin ") };
        assert_eq!(update(&cx, &project, same).await, Ok(project));
        assert_eq!(log(&cx).await.len(), records);
    }

    async fn staff_cannot_change_who_sees_a_project(app: TestApp) {
        let cx = &app.services;
        let project = fixtures::project(cx, "Atuin").await;
        let sam = app.staff("Sam").await;
        let edit = may::<EditProjects>(cx, &sam, &project).await;
        for patch in [
            ProjectPatch { is_public: Some(true), ..rename("Taken over") },
            ProjectPatch { allow_auto_publish: Some(true), ..ProjectPatch::default() },
            ProjectPatch { require_approval: Some(false), ..ProjectPatch::default() },
            ProjectPatch { maintenance_mode: Some(true), ..keep() },
            ProjectPatch { maintenance_message: Some(Some("Closed".into())), ..keep() },
            ProjectPatch { allow_indexing: Some(false), ..keep() },
            ProjectPatch { enable_rss: Some(false), ..keep() },
            ProjectPatch { rss_item_limit: Some(1), ..keep() },
            ProjectPatch { rss_full_content: Some(false), ..keep() },
            ProjectPatch { rss_feed_config: Some(Some(FeedConfig::default())), ..keep() },
        ] {
            let refused = projects::update(cx, &edit, patch).await;
            assert_eq!(refused, Err(Error::Forbidden { needs: Permission::SetProjectAccess }));
        }
        let mut lease = cx.db.acquire().await.unwrap();
        assert_eq!(store::projects::find(lease.conn(), &project.id).await.unwrap(), Some(project), "nothing changed");
        drop(lease);
        let whole_form = ProjectPatch { is_public: Some(false), require_approval: Some(true), ..rename("Magical") };
        assert_eq!(projects::update(cx, &edit, whole_form).await.unwrap().name, "Magical");
    }

    async fn wrong_fields_are_named_and_nothing_changes(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let patch = ProjectPatch {
            color: Some(Some("blue".into())),
            description: Some(Some("d".repeat(501))),
            is_public: Some(true),
            ..rename("")
        };
        let Err(Error::Invalid { fields }) = update(&cx, &project, patch).await else { panic!() };
        assert_eq!(fields.iter().map(|f| f.field.as_str()).collect::<Vec<_>>(), ["name", "description", "color"]);
        let mut lease = cx.db.acquire().await.unwrap();
        assert_eq!(store::projects::find(lease.conn(), &project.id).await.unwrap(), Some(project));
    }

    async fn deleting_needs_the_typed_name_and_takes_everything_along(app: TestApp) {
        let cx = &app.services;
        let mara = app.owner("Mara").await;
        let project = fixtures::public_project(cx, "Atuin").await;
        let kept = fixtures::public_project(cx, "Kept").await;
        for project in [&project, &kept] {
            let new = model::entries::NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text("Dark mode") };
            fixtures::published_with(cx, project, new, cx.clock.now()).await;
            app.key(&mara, &[], Some(&project.id)).await;
        }
        update(cx, &project, rename("Magical")).await.unwrap();
        let delete = may::<DeleteProjects>(cx, &mara, &project).await;
        for wrong in ["", "Atuin", "magical", "Magical."] {
            let error = projects::delete(cx, &delete, wrong).await.unwrap_err();
            assert!(error.for_field("confirmation").unwrap().contains("Magical"), "{error:?}");
        }
        assert_eq!(count(app.db(), "projects").await, 2);
        projects::delete(cx, &delete, " Magical ").await.unwrap();
        for table in ["projects", "entries"] {
            assert_eq!(count(app.db(), table).await, 1, "{table}");
        }
        for table in ["project_rows", "entry_rows", "entry_tags", "api_keys"] {
            assert_eq!(count(app.db(), table).await, 2, "{table}: it can come back");
        }
        assert_eq!(projects::delete(cx, &delete, "Magical").await, Err(Error::NotFound));
        assert!(public::project(cx, "kept").await.is_ok());
        let records: Vec<_> = log(cx).await.into_iter().filter(|record| record.action == "DELETE_PROJECT").collect();
        assert_eq!((records.len(), &records[0].details["entries"]), (1, &serde_json::json!(1)));

        testkit::execute(app.db(), "DELETE FROM trash").await;
        for table in ["project_rows", "entry_rows", "entry_tags", "api_keys"] {
            assert_eq!(count(app.db(), table).await, 1, "{table}");
        }
        assert_eq!(count(app.db(), "project_slugs").await, 0);
    }

    async fn staff_may_not_delete_a_project(app: TestApp) {
        let project = fixtures::project(&app.services, "Atuin").await;
        let sam = app.staff("Sam").await;
        let refused = ask::<DeleteProjects>(&app.services, &sam, &project).await.map(|_| ());
        assert_eq!(refused, Err(Error::Forbidden { needs: Permission::DeleteProjects }));
    }

    async fn a_key_for_one_project_lists_only_that_one(app: TestApp) {
        let cx = &app.services;
        let mine = fixtures::project(cx, "Mine").await;
        fixtures::project(cx, "Other").await;
        let mara = app.owner("Mara").await;
        let key = app.key(&mara, &[Scope::ProjectRead], Some(&mine.id)).await;
        let may = instance_grant::<ReadProjects>(&key.actor()).unwrap();
        let list = projects::list(cx, &may, "", ProjectSort::Recent, 10).await.unwrap();
        assert_eq!(list.items.iter().map(|p| &p.project.id).collect::<Vec<_>>(), [&mine.id]);
        assert_eq!(list.total, 1);
        let (page, total) = projects::list_page(cx, &may, 1, 10).await.unwrap();
        assert_eq!((page.len(), total), (1, 1));
        assert!(projects::list(cx, &may, "other", ProjectSort::Recent, 10).await.unwrap().items.is_empty());
    }

    async fn projects_are_listed_newest_first_and_searched(cx: Services) {
        for number in 1..=5 {
            fixtures::project(&cx, &format!("Über {number}")).await;
            fixtures::project(&cx, &format!("Noise {number}")).await;
            cx.clock.advance(Duration::milliseconds(1));
        }
        let may = fixtures::may_everywhere::<ReadProjects>(&cx);
        for (limit, expected) in [(2, &["Über 5", "Über 4"][..]), (9, &["Über 5", "Über 4", "Über 3", "Über 2", "Über 1"])] {
            let list = projects::list(&cx, &may, "ÜBER", ProjectSort::Newest, limit).await.unwrap();
            let names: Vec<_> = list.items.iter().map(|summary| summary.project.name.as_str()).collect();
            assert_eq!((names.as_slice(), list.total), (expected, 5));
        }
        let (third, total) = projects::list_page(&cx, &may, 3, 4).await.unwrap();
        assert_eq!((third.len(), total), (2, 10));
        for beyond in [0, -7, i64::MAX, i64::MIN] {
            assert_eq!(projects::list_page(&cx, &may, beyond, 4).await.unwrap().1, 10);
        }
    }

    async fn an_overview_counts_what_is_there(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let may = fixtures::may::<ReadProjects>(&cx, &project).await;
        let empty = projects::overview(&cx, &may).await.unwrap();
        assert_eq!((empty.figures, empty.latest), (Default::default(), None));
        let date = fixtures::published(&cx, &project, "First").await.published_at;
        cx.clock.advance(Duration::seconds(1));
        fixtures::entry(&cx, &project, "Second").await;
        let draft = fixtures::entry(&cx, &fixtures::project(&cx, "Other").await, "Elsewhere").await;
        let full = projects::overview(&cx, &may).await.unwrap();
        let figures = full.figures;
        assert_eq!((figures.entries, figures.drafts, figures.scheduled, figures.published), (2, 1, 0, 1));
        assert_eq!(figures.last_published_at, date);
        assert_eq!(full.latest.unwrap().title, "Second");
        assert_ne!(draft.project_id, project.id);
    }

    async fn two_people_changing_different_fields_both_get_their_way(cx: Services) {
        let project = fixtures::project(&cx, "Atuin").await;
        let color = ProjectPatch { color: Some(Some("#112233".into())), ..ProjectPatch::default() };
        let (a, b) = tokio::join!(update(&cx, &project, rename("Magical")), update(&cx, &project, color));
        a.unwrap();
        b.unwrap();
        let mut lease = cx.db.acquire().await.unwrap();
        let stored = store::projects::find(lease.conn(), &project.id).await.unwrap().unwrap();
        assert_eq!((stored.name.as_str(), stored.color.as_deref()), ("Magical", Some("#112233")));
    }
}
