use model::Scope;
use model::entries::NewEntry;
use serde_json::json;
use testkit::{fixtures, on_both_databases};

use crate::app::{App, column};

on_both_databases! {
    async fn without_paging_the_list_is_an_array_and_with_it_a_page(app: App) {
        let owner = app.owner("Mara").await;
        let mut names = Vec::new();
        for number in 0..12 {
            app.advance(chrono::Duration::seconds(1));
            let name = format!("Project {number}");
            fixtures::project(&app.services, &name).await;
            names.insert(0, name);
        }
        let all = owner.get("/api/projects").await.expect(200).json();
        assert_eq!(column(&all, "name"), names);
        // The empty array of PHP is still a GET without paging.
        let all = owner.call(http::Method::GET, "/api/projects").header("content-type", "application/json").send().await;
        assert_eq!(column(&all.expect(200).json(), "name"), names);

        let page = owner.get("/api/projects?page=2&limit=5").await.expect(200).json();
        assert_eq!(column(&page["items"], "name"), &names[5..10]);
        assert_eq!(page["pagination"], json!({
            "page": 2, "limit": 5, "total": 12, "totalCount": 12, "totalPages": 3, "hasMore": true,
        }));
        for (query, items, page, limit) in [
            ("limit=5", 5, 1, 5), ("page=2", 2, 2, 10), ("page=x&limit=y", 10, 1, 10), ("page=0&limit=1000", 12, 1, 100),
            ("page=99", 0, 99, 10), ("page=9223372036854775807&limit=100", 0, 1_000_000_000, 100),
        ] {
            let answer = owner.get(&format!("/api/projects?{query}")).await.expect(200).json();
            assert_eq!(answer["items"].as_array().unwrap().len(), items, "{query}");
            assert_eq!((&answer["pagination"]["page"], &answer["pagination"]["limit"]), (&json!(page), &json!(limit)));
        }
    }

    async fn a_listed_project_has_every_member_that_clients_read(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::entry(&app.services, &project, "Older").await;
        app.advance(chrono::Duration::seconds(1));
        let new = NewEntry { version: Some("2.4.0".to_owned()), ..fixtures::text("Dark mode") };
        let entry = fixtures::entry_with(&app.services, &project, new).await;
        let latest = json!({ "id": entry.id, "version": "2.4.0", "createdAt": "2026-03-04T09:30:01.000Z" });
        let expected = json!([{
            "id": project.id, "name": "Orbit Mail", "slug": "orbit-mail", "description": null, "color": null,
            "icon": null, "isPublic": true, "allowAutoPublish": false, "requireApproval": true,
            "maintenanceMode": false, "maintenanceMessage": null, "allowIndexing": true, "enableRss": true,
            "rssItemLimit": 10, "rssFullContent": true, "rssFeedConfig": null, "defaultTags": [],
            "logoUrl": null, "faviconUrl": null, "socialImageUrl": null, "customCss": null, "layout": "timeline",
            "timezone": null,
            "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z",
            "changelog": {
                "id": project.changelog_id, "projectId": project.id, "createdAt": "2026-03-04T09:30:00.000Z",
                "updatedAt": "2026-03-04T09:30:00.000Z", "entries": [latest], "_count": { "entries": 2 },
            },
            "entryCount": 2, "latestEntry": latest,
        }]);
        assert_eq!(owner.get("/api/projects").await.expect(200).json(), expected);

        app.advance(chrono::Duration::seconds(1));
        fixtures::project(&app.services, "Empty").await;
        let list = owner.get("/api/projects").await.expect(200).json();
        assert_eq!(list[0]["latestEntry"], json!(null));
        assert_eq!(list[0]["changelog"]["entries"], json!([]));
    }

    async fn a_key_bound_to_a_project_sees_that_one_and_creates_none(app: App) {
        let owner = app.owner("Mara").await;
        let mine = fixtures::project(&app.services, "Mine").await;
        let other = fixtures::project(&app.services, "Other").await;
        let key = app.key(&owner, &[], Some(&mine.id)).await;
        assert_eq!(column(&key.get("/api/projects").await.expect(200).json(), "name"), ["Mine"]);
        let page = key.get("/api/projects?page=1").await.expect(200).json();
        assert_eq!(page["pagination"]["total"], 1);
        key.get(&format!("/api/projects/{}", mine.id)).await.expect(200);
        let answer = key.get(&format!("/api/projects/{}", other.id)).await.expect(403).json();
        assert_eq!(answer["code"], "other_project");
        let answer = key.post("/api/projects", json!({ "name": "New" })).await.expect(403).json();
        assert_eq!(answer["code"], "other_project");
    }

    async fn creating_a_project_applies_every_setting(app: App) {
        let owner = app.owner("Mara").await;
        let answer = owner.post("/api/projects", json!({
            "name": "  Orbit Mail ", "description": "Mail in orbit", "color": "#4F46E5", "icon": "Rocket",
            "isPublic": true, "allowAutoPublish": true, "requireApproval": false, "defaultTags": ["Feature", " Fix "],
            // What the PHP client sends beside them.
            "id": "", "createdAt": null, "updatedAt": "2026-03-04T09:30:00+0000", "metadata": [], "maintenanceMode": true,
        })).await.expect(201);
        let project = answer.json();
        let id = project["id"].as_str().unwrap();
        assert_eq!(answer.header("location"), Some(format!("/api/projects/{id}").as_str()));
        assert_eq!(project, json!({
            "id": id, "name": "Orbit Mail", "slug": "orbit-mail", "description": "Mail in orbit", "color": "#4f46e5",
            "icon": "Rocket", "isPublic": true, "allowAutoPublish": true, "requireApproval": false,
            "maintenanceMode": false, "maintenanceMessage": null, "allowIndexing": true, "enableRss": true,
            "rssItemLimit": 10, "rssFullContent": true, "rssFeedConfig": null, "logoUrl": null, "faviconUrl": null,
            "socialImageUrl": null, "customCss": null, "layout": "timeline", "timezone": null,
            "defaultTags": ["Feature", "Fix"],
            "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "2026-03-04T09:30:00.000Z",
            "changelog": {
                "id": project["changelog"]["id"], "projectId": id, "createdAt": "2026-03-04T09:30:00.000Z",
                "updatedAt": "2026-03-04T09:30:00.000Z",
            },
        }));
        let whole = owner.get(answer.header("location").unwrap()).await.expect(200).json();
        assert_eq!(whole["changelog"]["entries"], json!([]));
        assert_eq!(whole["name"], "Orbit Mail");
    }

    async fn a_wrong_project_names_every_wrong_member_and_creates_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let answer = owner.post("/api/projects", json!({})).await.expect(400).json();
        assert_eq!(answer["details"], json!([{ "path": "name", "message": "The name is missing.", "code": "invalid" }]));
        assert_eq!(answer["error"], "The name is missing.");

        let wrong_types = json!({ "name": 5, "isPublic": "yes", "defaultTags": ["ok", 7], "color": ["#4f46e5"] });
        let answer = owner.post("/api/projects", wrong_types).await.expect(400).json();
        let mut paths = column(&answer["details"], "path");
        paths.sort();
        assert_eq!(paths, ["color", "defaultTags.1", "isPublic", "name"]);

        let wrong_values = json!({ "name": "n".repeat(201), "color": "red", "icon": "i".repeat(51),
                                   "description": "d".repeat(501), "defaultTags": ["t".repeat(51)] });
        let answer = owner.post("/api/projects", wrong_values).await.expect(400).json();
        let mut paths = column(&answer["details"], "path");
        paths.sort();
        assert_eq!(paths, ["color", "defaultTags", "description", "icon", "name"]);
        assert_eq!(owner.get("/api/projects").await.expect(200).json(), json!([]));
    }

    async fn staff_create_projects_but_do_not_open_them(app: App) {
        let staff = app.staff("Sam").await;
        let closed = json!({ "name": "Closed", "isPublic": false, "allowAutoPublish": false, "requireApproval": true });
        staff.post("/api/projects", closed).await.expect(201);
        for open in [json!({ "isPublic": true }), json!({ "allowAutoPublish": true }), json!({ "requireApproval": false })] {
            let mut body = open.clone();
            body["name"] = json!("Open");
            let answer = staff.post("/api/projects", body).await.expect(403).json();
            assert_eq!(answer["code"], "forbidden", "{open}");
        }
        let viewer = app.viewer("Vera").await;
        viewer.post("/api/projects", json!({ "name": "Mine" })).await.expect(403);
        assert_eq!(column(&viewer.get("/api/projects").await.expect(200).json(), "name"), ["Closed"]);
    }

    async fn a_project_carries_its_entries_in_full(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let draft = fixtures::entry(&app.services, &project, "A draft").await;
        app.advance(chrono::Duration::seconds(1));
        let published = fixtures::published(&app.services, &project, "First").await;
        let path = format!("/api/projects/{}", project.id);
        let answer = owner.get(&path).await.expect(200);
        let whole = answer.json();
        assert_eq!(column(&whole["changelog"]["entries"], "id"), [published.id.as_str(), draft.id.as_str()]);
        assert_eq!(whole["changelog"]["entries"][1]["content"], "All about **A draft**.");
        assert_eq!(whole["changelog"].get("entriesTruncated"), None);
        assert_eq!(whole["changelog"]["id"], project.changelog_id);
        let known = owner.call(http::Method::GET, &path).header("if-none-match", answer.header("etag").unwrap());
        known.send().await.expect(304);

        let reader = app.key(&owner, &[Scope::ProjectRead], None).await;
        let refused = reader.get(&path).await.expect(403).json();
        assert_eq!(refused["error"], "This API key lacks the scope changelog:read.");
        for unknown in ["unknown", "%00", "a.b"] {
            owner.get(&format!("/api/projects/{unknown}")).await.expect(404);
        }
    }
}
