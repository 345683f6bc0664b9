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
        assert_eq!(reader.get(&path).await.expect(200).json(), whole);
        for unknown in ["unknown", "%00", "a.b"] {
            owner.get(&format!("/api/projects/{unknown}")).await.expect(404);
        }
    }

    async fn a_deleted_project_is_gone_with_everything_it_owns(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let other = fixtures::public_project(&app.services, "Other").await;
        for project in [&project, &other] {
            let new = NewEntry { tags: fixtures::tags(&["Fix"]), ..fixtures::text("First") };
            fixtures::published_with(&app.services, project, new, app.services.clock.now()).await;
        }
        let bound = app.key(&owner, &[], Some(&project.id)).await;
        let path = format!("/api/projects/{}", project.id);
        let public = format!("/api/changelog/{}/entries", project.id);
        let stranger = app.stranger();
        stranger.get(&public).await.expect(200);
        let refused = app.viewer("Vera").await.delete(&path).await.expect(403).json();
        assert_eq!(refused["error"], "Your role does not allow this: deleting a project.");
        let asked = app.staff("Sam").await.delete(&path).await.expect(202).json();
        assert_eq!(asked["request"]["type"], "DELETE_PROJECT");
        app.key(&owner, &[Scope::ProjectRead], None).await.delete(&path).await.expect(403);
        app.key(&owner, &[], Some(&other.id)).await.delete(&path).await.expect(403);

        // The PHP client names the type of a body that it does not send.
        let call = owner.call(http::Method::DELETE, &path).header("content-type", "application/json");
        assert_eq!(call.send().await.expect(204).bytes(), b"");
        owner.delete(&path).await.expect(404);
        owner.get(&path).await.expect(404);
        stranger.get(&public).await.expect(404);
        stranger.get(&format!("/api/changelog/{}/rss.xml", project.id)).await.expect(404);
        bound.get("/api/projects").await.expect(401);
        assert_eq!(column(&owner.get("/api/projects").await.expect(200).json(), "name"), ["Other"]);
        for (rows, of) in [(1, "entries"), (1, "projects"), (1, "tags"), (1, "audit_logs WHERE action = 'DELETE_PROJECT'")] {
            assert_eq!(testkit::count(app.db(), of).await, rows, "{of}");
        }
    }

    async fn versions_come_unpublished_first_then_newest(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/versions", project.id);
        assert_eq!(owner.get(&path).await.expect(200).json(), json!({ "versions": [] }));
        let version = |version: &str| NewEntry { version: Some(version.to_owned()), ..fixtures::text(version) };
        let now = app.services.clock.now();
        for (name, days) in [("2.3.0", 9), ("v2.4.0", 1), ("2.3.1", 5)] {
            fixtures::published_with(&app.services, &project, version(name), now - chrono::Duration::days(days)).await;
        }
        fixtures::published(&app.services, &project, "Without a version").await;
        for name in ["3.0.0", "2.5.0-rc.1"] {
            app.advance(chrono::Duration::seconds(1));
            fixtures::entry_with(&app.services, &project, version(name)).await;
        }
        let expected = json!({ "versions": ["2.5.0-rc.1", "3.0.0", "v2.4.0", "2.3.1", "2.3.0"] });
        for person in [&owner, &app.viewer("Vera").await, &app.key(&owner, &[Scope::ProjectRead], Some(&project.id)).await] {
            assert_eq!(person.get(&path).await.expect(200).json(), expected);
        }
        owner.get("/api/projects/unknown/versions").await.expect(404);
    }

    async fn php_renames_by_sending_the_whole_project_back(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}", project.id);
        let mut whole = staff.get(&path).await.expect(200).json();
        whole["name"] = json!("Orbit Post");
        whole["createdAt"] = json!("2026-03-04T09:30:00+0000");
        whole["changelog"] = json!([]);
        let changed = staff.call(http::Method::PATCH, &path).header("content-type", "text/plain").body(whole.to_string());
        let changed = changed.send().await.expect(200).json();
        assert_eq!((&changed["name"], &changed["createdAt"]), (&json!("Orbit Post"), &json!("2026-03-04T09:30:00.000Z")));
        assert_eq!(changed["changelog"]["id"], project.changelog_id);
        assert_eq!(changed["changelog"].get("entries"), None);
        // An empty map of PHP is a list; as a feed's configuration it says that everything is usual.
        let owner = app.admin("Mara").await;
        let feed = owner.patch(&path, json!({ "rssFeedConfig": [] })).await.expect(200).json();
        assert_eq!(feed["rssFeedConfig"], json!({
            "feedTitle": null, "feedDescription": null, "includeTags": false, "includeVersion": true, "tagFilter": [],
            "itemTemplate": null,
        }));
    }

    async fn one_changed_setting_has_its_own_name_in_the_audit_log(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/settings", project.id);
        for (change, action) in [
            (json!({ "name": "Orbit" }), "RENAME_PROJECT"),
            (json!({ "isPublic": true }), "MAKE_PROJECT_PUBLIC"),
            (json!({ "isPublic": false }), "MAKE_PROJECT_PRIVATE"),
            (json!({ "allowAutoPublish": true }), "ENABLE_AUTO_PUBLISH"),
            (json!({ "allowAutoPublish": false }), "DISABLE_AUTO_PUBLISH"),
            (json!({ "requireApproval": false }), "DISABLE_APPROVAL_REQUIREMENT"),
            (json!({ "requireApproval": true }), "ENABLE_APPROVAL_REQUIREMENT"),
            (json!({ "maintenanceMode": true }), "ENABLE_MAINTENANCE_MODE"),
            (json!({ "maintenanceMode": false }), "DISABLE_MAINTENANCE_MODE"),
            (json!({ "allowIndexing": false }), "DISABLE_SEARCH_INDEXING"),
            (json!({ "allowIndexing": true }), "ENABLE_SEARCH_INDEXING"),
            (json!({ "enableRss": false }), "DISABLE_RSS_FEED"),
            (json!({ "enableRss": true }), "ENABLE_RSS_FEED"),
            (json!({ "rssItemLimit": 25 }), "UPDATE_RSS_ITEM_LIMIT"),
            (json!({ "rssFullContent": false }), "DISABLE_RSS_FULL_CONTENT"),
            (json!({ "rssFullContent": true }), "ENABLE_RSS_FULL_CONTENT"),
            (json!({ "rssFeedConfig": { "feedTitle": "News" } }), "UPDATE_RSS_FEED_BUILDER"),
            (json!({ "rssFeedConfig": null }), "RESET_RSS_FEED_BUILDER"),
            (json!({ "defaultTags": ["Fix"] }), "UPDATE_PROJECT_SETTINGS"),
            (json!({ "name": "Other", "rssItemLimit": 5 }), "UPDATE_PROJECT_SETTINGS"),
        ] {
            app.advance(chrono::Duration::seconds(1));
            owner.patch(&path, change.clone()).await.expect(200);
            let last = "SELECT action FROM audit_logs ORDER BY created_at DESC LIMIT 1";
            assert_eq!(testkit::texts(app.db(), last).await, [action], "{change}");
        }
        let records = testkit::count(app.db(), "audit_logs").await;
        owner.patch(&path, json!({ "name": "Other", "defaultTags": ["Fix"] })).await.expect(200);
        assert_eq!(testkit::count(app.db(), "audit_logs").await, records, "nothing changed");
    }
}
