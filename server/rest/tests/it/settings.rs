use model::Scope;
use model::projects::Project;
use serde_json::{Value, json};
use testkit::{fixtures, on_both_databases};

use crate::app::App;

/// Both addresses that take changes of a project.
fn addresses(project: &Project) -> [String; 2] {
    let path = format!("/api/projects/{}", project.id);
    [path.clone(), format!("{path}/settings")]
}

on_both_databases! {
    async fn both_addresses_change_every_setting_and_null_clears(app: App) {
        let owner = app.owner("Mara").await;
        for at in 0..2 {
            let project = fixtures::project(&app.services, &format!("Orbit {at}")).await;
            let entry = model::entries::NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text("First") };
            let tag = fixtures::entry_with(&app.services, &project, entry).await.tags[0].id.clone();
            let path = &addresses(&project)[at];
            let config = json!({ "feedTitle": "News", "feedDescription": null, "includeTags": true, "includeVersion": false,
                                 "tagFilter": [tag], "itemTemplate": "{{title}}" });
            let all = json!({
                "name": "Mail", "slug": format!("mail-{at}"), "description": "In orbit", "color": "#4F46E5", "icon": "rocket",
                "isPublic": true, "allowAutoPublish": true, "requireApproval": false, "maintenanceMode": true,
                "maintenanceMessage": "Back at noon.", "allowIndexing": false, "enableRss": false, "rssItemLimit": 25,
                "rssFullContent": false, "rssFeedConfig": config, "logoUrl": "/logo.svg",
                "faviconUrl": "https://example.com/i.png", "socialImageUrl": "https://example.com/s.png",
                "customCss": "h1 { color: red }", "layout": "cards", "timezone": "Europe/Berlin",
                "defaultTags": ["Fix"],
            });
            let changed = owner.patch(path, all.clone()).await.expect(200).json();
            for (member, value) in all.as_object().unwrap() {
                let expected = if member == "color" { json!("#4f46e5") } else { value.clone() };
                assert_eq!(changed[member], expected, "{member}");
            }
            assert_eq!(changed.get("changelog").is_some(), at == 0, "only the project carries the container");
            let read = owner.get(&format!("/api/projects/{}/settings", project.id)).await.expect(200).json();
            assert_eq!(read["customCss"], "h1 { color: red }");
            assert_eq!(read["rssFeedConfig"], config);

            // What is absent stays, what is null is cleared, where it can be.
            let nulls = json!({
                "name": null, "slug": null, "description": null, "color": null, "icon": null, "isPublic": null,
                "maintenanceMessage": null, "rssItemLimit": null, "rssFeedConfig": null, "logoUrl": null, "faviconUrl": null,
                "socialImageUrl": null, "customCss": null, "layout": null, "timezone": null, "defaultTags": [],
            });
            let cleared = owner.patch(path, nulls).await.expect(200).json();
            for member in ["description", "color", "icon", "maintenanceMessage", "rssFeedConfig", "logoUrl", "faviconUrl",
                           "socialImageUrl", "customCss", "timezone"] {
                assert_eq!(cleared[member], Value::Null, "{member}");
            }
            assert_eq!(cleared["defaultTags"], json!([]));
            for member in ["name", "slug", "isPublic", "rssItemLimit", "layout", "maintenanceMode", "enableRss"] {
                assert_eq!(cleared[member], changed[member], "{member}");
            }
        }
    }

    async fn an_empty_change_changes_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for path in addresses(&project) {
            for body in [json!({}), json!([]), json!({ "unknown": 7, "id": "other", "createdAt": null })] {
                let same = owner.patch(&path, body).await.expect(200).json();
                assert_eq!(same["updatedAt"], model::time::to_wire(project.updated_at));
            }
        }
    }

    async fn staff_change_access_through_neither_address(app: App) {
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let staff = app.staff("Sam").await;
        let settings = format!("/api/projects/{}/settings", project.id);
        let before = staff.get(&settings).await.expect(200).json();
        for path in addresses(&project) {
            for (member, value) in [
                ("isPublic", json!(true)),
                ("allowAutoPublish", json!(true)),
                ("requireApproval", json!(false)),
                ("maintenanceMode", json!(true)),
                ("maintenanceMessage", json!("Closed")),
                ("allowIndexing", json!(false)),
                ("enableRss", json!(false)),
                ("rssItemLimit", json!(50)),
                ("rssFullContent", json!(false)),
                ("rssFeedConfig", json!({})),
            ] {
                let mut body = json!({ "name": "Taken over" });
                body[member] = value;
                let refused = staff.patch(&path, body).await.expect(403).json();
                assert_eq!(refused["code"], "forbidden", "{member}");
            }
        }
        assert_eq!(staff.get(&settings).await.expect(200).json(), before);
        // A client that sends the whole record back may rename it.
        for (path, name) in addresses(&project).iter().zip(["Orbit", "Orbit Post"]) {
            let mut whole = staff.get(&settings).await.expect(200).json();
            whole["name"] = json!(name);
            assert_eq!(staff.patch(path, whole).await.expect(200).json()["name"], name);
        }
    }

    async fn wrong_members_are_all_named_and_nothing_is_saved(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let paths = |answer: &Value| {
            let mut paths = crate::app::column(&answer["details"], "path");
            paths.sort();
            paths
        };
        for path in addresses(&project) {
            let types = json!({ "name": "Other", "isPublic": "yes", "rssItemLimit": 1.5, "customCss": 7, "layout": "grid",
                                "rssFeedConfig": { "includeTags": "no", "tagFilter": ["a b"] } });
            let answer = owner.patch(&path, types).await.expect(400).json();
            assert_eq!(paths(&answer), ["customCss", "isPublic", "layout", "rssFeedConfig.includeTags",
                                        "rssFeedConfig.tagFilter.0", "rssItemLimit"]);
            let values = json!({ "name": "", "slug": "A B", "color": "red", "rssItemLimit": 101, "logoUrl": "javascript:x",
                                 "customCss": "@import 'x'", "rssFeedConfig": { "feedTitle": "t".repeat(201) } });
            let answer = owner.patch(&path, values).await.expect(400).json();
            assert_eq!(paths(&answer),
                       ["color", "customCss", "logoUrl", "name", "rssFeedConfig.feedTitle", "rssItemLimit", "slug"]);
            let answer = owner.patch(&path, json!({ "name": "Other", "timezone": "Mars" })).await.expect(400).json();
            assert_eq!(paths(&answer), ["timezone"]);
            owner.patch(&path, json!({ "rssFeedConfig": ["feedTitle"] })).await.expect(400);
        }
        let read = owner.get(&format!("/api/projects/{}/settings", project.id)).await.expect(200).json();
        assert_eq!(read["name"], "Orbit Mail");
        owner.patch("/api/projects/unknown/settings", json!({})).await.expect(404);
    }

    async fn maintenance_closes_the_public_surface_and_reopens_it(app: App) {
        let owner = app.owner("Mara").await;
        let stranger = app.stranger();
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        let settings = format!("/api/projects/{}/settings", project.id);
        let list = format!("/api/changelog/{}/entries", project.id);
        let feed = format!("/api/changelog/{}/rss.xml", project.id);
        owner.patch(&settings, json!({ "maintenanceMode": true, "maintenanceMessage": "Back at noon." })).await.expect(200);
        let closed = stranger.get(&list).await.json();
        assert_eq!(closed["project"]["maintenanceMode"], true);
        assert_eq!(closed["project"]["maintenanceMessage"], "Back at noon.");
        assert!(!closed.to_string().contains("First"));
        stranger.get(&feed).await.expect(503);
        owner.patch(&settings, json!({ "maintenanceMode": false })).await.expect(200);
        assert!(stranger.get(&list).await.expect(200).text().contains("First"));
        stranger.get(&feed).await.expect(200);
        owner.patch(&settings, json!({ "enableRss": false })).await.expect(200);
        stranger.get(&feed).await.expect(404);
        owner.patch(&settings, json!({ "isPublic": false })).await.expect(200);
        stranger.get(&list).await.expect(404);
    }

    async fn a_key_needs_the_scope_and_the_project(app: App) {
        let owner = app.owner("Mara").await;
        let (mine, other) = (fixtures::project(&app.services, "Mine").await, fixtures::project(&app.services, "Other").await);
        let reader = app.key(&owner, &[Scope::ProjectRead], None).await;
        let bound = app.key(&owner, &[Scope::ProjectWrite], Some(&mine.id)).await;
        for (path, foreign) in addresses(&mine).iter().zip(addresses(&other)) {
            reader.patch(path, json!({ "name": "New" })).await.expect(403);
            bound.patch(path, json!({ "icon": "Star" })).await.expect(200);
            assert_eq!(bound.patch(&foreign, json!({})).await.expect(403).json()["code"], "other_project");
        }
    }
}
