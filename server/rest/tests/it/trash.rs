use serde_json::json;
use testkit::{fixtures, on_both_databases};

use crate::app::App;

on_both_databases! {
    async fn what_was_deleted_is_listed_and_comes_back(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let before = owner.get(&path).await.expect(200).json();
        owner.delete(&path).await.expect(200);
        app.advance(chrono::Duration::minutes(10));
        let list = owner.get("/api/trash").await.expect(200).json();
        assert_eq!(list["items"], json!([{
            "id": entry.id, "kind": "entry", "projectId": project.id, "title": "Dark mode", "version": null, "entries": 1,
            "deletedBy": { "id": owner.id(), "name": "Mara" }, "deletedAt": "2026-03-04T09:30:00.000Z",
            "expiresAt": "2026-04-03T09:30:00.000Z", "daysLeft": 30,
        }]));
        assert_eq!(list["pagination"]["total"], 1);
        let restore = format!("/api/trash/{}/restore", entry.id);
        let back = owner.post(&restore, json!({})).await.expect(200).json();
        assert_eq!(back, json!({
            "id": entry.id, "kind": "entry", "projectId": project.id, "title": "Dark mode", "notes": [],
        }));
        assert_eq!(owner.get(&path).await.expect(200).json(), before);
        let readers = format!("/api/changelog/{}/entries", project.id);
        assert_eq!(app.stranger().get(&readers).await.json()["items"].as_array().unwrap().len(), 1);
        owner.post(&restore, json!({})).await.expect(404);
    }

    async fn a_version_that_is_taken_is_a_conflict_until_it_is_given_up(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entries = format!("/api/projects/{}/changelog", project.id);
        let new = json!({ "title": "Release", "content": "Text", "version": "2.0.0" });
        let first = owner.post(&entries, new.clone()).await.expect(201).json();
        let id = first["id"].as_str().unwrap();
        owner.delete(&format!("{entries}/{id}")).await.expect(200);
        owner.post(&entries, new).await.expect(201);
        let restore = format!("/api/trash/{id}/restore");
        let taken = owner.post(&restore, json!({})).await.expect(409).json();
        assert_eq!(taken["code"], "version_taken");
        let back = owner.post(&restore, json!({ "withoutVersion": true })).await.expect(200).json();
        assert_eq!(back["notes"].as_array().unwrap().len(), 2, "version and address: {back}");
        assert_eq!(owner.get(&format!("{entries}/{id}")).await.json()["version"], json!(null));
    }

    async fn a_project_can_be_had_back_or_deleted_for_good(app: App) {
        let owner = app.owner("Mara").await;
        for (name, for_good) in [("Back", false), ("Gone", true)] {
            let project = fixtures::public_project(&app.services, name).await;
            fixtures::published(&app.services, &project, "Entry").await;
            let path = format!("/api/projects/{}", project.id);
            owner.delete(&path).await.expect(204);
            owner.get(&path).await.expect(404);
            let record = format!("/api/trash/{}", project.id);
            if for_good {
                owner.delete(&record).await.expect(204);
                owner.delete(&record).await.expect(404);
                owner.post(&format!("{record}/restore"), json!({})).await.expect(404);
            } else {
                owner.post(&format!("{record}/restore"), json!({})).await.expect(200);
                assert_eq!(owner.get(&path).await.expect(200).json()["changelog"]["entries"].as_array().unwrap().len(), 1);
            }
        }
    }

    async fn the_trash_is_narrowed_by_project_and_kind_and_wrong_filters_are_refused(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let other = fixtures::project(&app.services, "Other").await;
        for of in [&project, &other] {
            let entry = fixtures::entry(&app.services, of, "Entry").await;
            owner.delete(&format!("/api/projects/{}/changelog/{}", of.id, entry.id)).await.expect(200);
        }
        let tags = format!("/api/projects/{}/changelog/tags", project.id);
        let tag = owner.post(&tags, json!({ "name": "Fix" })).await.expect(201).json();
        owner.delete(&format!("{tags}/{}", tag["id"].as_str().unwrap())).await.expect(200);
        let total = async |query: &str| {
            owner.get(&format!("/api/trash?{query}")).await.expect(200).json()["pagination"]["total"].as_i64().unwrap()
        };
        assert_eq!((total("").await, total("kind=tag").await, total("kind=entry").await), (3, 1, 2));
        assert_eq!(total(&format!("projectId={}", project.id)).await, 1);
        let wrong = owner.get("/api/trash?kind=widget").await.expect(400).json();
        assert_eq!(wrong["details"][0]["path"], "kind");
    }

    async fn bookmarks_are_exported_in_the_form_that_is_read(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Entry").await;
        let may = services::access::grant(&app.services, &owner.actor(), &project.id).await.unwrap();
        services::bookmarks::set(&app.services, &may, &entry.id, true).await.unwrap();
        let file = owner.get("/api/bookmarks").await.expect(200);
        assert_eq!(file.json(), json!({
            "exportedAt": "2026-03-04T09:30:00.000Z",
            "bookmarks": { project.id.as_str(): [{
                "id": entry.id, "title": "Entry", "projectId": project.id, "bookmarkedAt": "2026-03-04T09:30:00.000Z",
            }] },
        }));
        app.stranger().get("/api/bookmarks").await.expect(401);
    }
}
