use model::Scope;
use model::projects::NewProject;
use serde_json::json;
use testkit::{fixtures, on_both_databases};

use crate::app::App;

on_both_databases! {
    async fn an_administrator_publishes_and_takes_back(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        app.advance(chrono::Duration::minutes(1));
        let published = owner.patch(&path, json!({ "action": "publish" })).await.expect(200);
        assert_eq!(published.json()["publishedAt"], "2026-03-04T09:31:00.000Z");
        assert_eq!(published.json()["status"], "published");
        assert_eq!(owner.get(&path).await.expect(200).json(), published.json());

        app.advance(chrono::Duration::minutes(1));
        let again = owner.patch(&path, json!({ "action": "publish", "publishedAt": null })).await.expect(200).json();
        assert_eq!(again["publishedAt"], "2026-03-04T09:31:00.000Z");
        let dated = json!({ "action": "publish", "publishedAt": "2026-01-12T08:00:00+0100", "id": "x", "tags": [] });
        let dated = owner.patch(&path, dated).await.expect(200).json();
        assert_eq!(dated["publishedAt"], "2026-01-12T07:00:00.000Z");
        let day = owner.patch(&path, json!({ "action": "publish", "publishedAt": "2026-02-01" })).await.expect(200).json();
        assert_eq!(day["publishedAt"], "2026-02-01T00:00:00.000Z");

        // A whole record comes back with a date that does not matter here.
        let back = json!({ "action": "unpublish", "publishedAt": "whenever" });
        let draft = owner.patch(&path, back.clone()).await.expect(200).json();
        assert_eq!((&draft["publishedAt"], &draft["status"]), (&json!(null), &json!("draft")));
        owner.patch(&path, back).await.expect(200);
        let list = app.stranger().get(&format!("/api/changelog/{}/entries", project.id)).await.expect(200).json();
        assert_eq!(list["items"], json!([]));
    }

    async fn a_wrong_publication_is_refused(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        for (body, field) in [
            (json!({}), "action"), (json!([]), "action"), (json!({ "action": "archive" }), "action"),
            (json!({ "action": 1 }), "action"),
            (json!({ "action": "publish", "publishedAt": "2026-03-04T09:30:00.001Z" }), "publishedAt"),
            (json!({ "action": "publish", "publishedAt": "soon" }), "publishedAt"),
            (json!({ "action": "publish", "publishedAt": 1_772_616_600 }), "publishedAt"),
            (json!({ "action": "publish", "publishedAt": "-200000-01-01T00:00:00Z" }), "publishedAt"),
        ] {
            let answer = owner.patch(&path, body.clone()).await.expect(400).json();
            assert_eq!(answer["details"][0]["path"], field, "{body}");
        }
        assert_eq!(owner.get(&path).await.expect(200).json()["publishedAt"], json!(null));
        app.viewer("Vera").await.patch(&path, json!({ "action": "publish" })).await.expect(403);
    }

    async fn staff_ask_where_the_project_wants_approval(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let before = staff.get(&path).await.expect(200).json();

        let ahead = json!({ "action": "publish", "publishedAt": "2027-01-12" });
        assert_eq!(staff.patch(&path, ahead).await.expect(400).json()["details"][0]["path"], "publishedAt");
        let mut asked = staff.patch(&path, json!({ "action": "publish" })).await.expect(202).json();
        let request = asked["request"].take();
        assert_eq!(request, json!({
            "id": request["id"], "type": "ALLOW_PUBLISH", "status": "PENDING", "staffId": staff.id(), "adminId": null,
            "projectId": project.id, "targetId": null, "changelogEntryId": entry.id, "changelogTagId": null,
            "metadata": null, "createdAt": "2026-03-04T09:30:00.000Z", "reviewedAt": null,
        }));
        // The whole entry is beside it, because clients build an entry from any success.
        let mut expected = before.clone();
        expected["message"] = json!("An administrator has to approve this first.");
        expected["requiresApproval"] = json!(true);
        expected["request"] = json!(null);
        assert_eq!(asked, expected);

        staff.patch(&path, json!({ "action": "publish" })).await.expect(400);
        let refused = staff.patch(&path, json!({ "action": "unpublish" })).await.expect(403).json();
        assert_eq!(refused["code"], "needs_approval");
        let owner = app.admin("Mara").await;
        let published = owner.patch(&path, json!({ "action": "publish" })).await.expect(200).json();
        staff.patch(&path, json!({ "action": "unpublish" })).await.expect(403);
        // Nobody has to approve what is so already.
        assert_eq!(staff.patch(&path, json!({ "action": "publish" })).await.expect(200).json(), published);
        assert_eq!(staff.get(&path).await.expect(200).json()["status"], "published");
    }

    async fn staff_publish_where_the_project_lets_them(app: App) {
        let staff = app.staff("Sam").await;
        for (require_approval, allow_auto_publish) in [(false, false), (true, true)] {
            let project = fixtures::project_with(&app.services, NewProject {
                name: "Orbit Mail".to_owned(),
                require_approval: Some(require_approval),
                allow_auto_publish: Some(allow_auto_publish),
                ..NewProject::default()
            }).await;
            let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
            let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
            staff.patch(&path, json!({ "action": "publish" })).await.expect(200);
            staff.patch(&path, json!({ "action": "unpublish" })).await.expect(200);
        }
    }

    async fn a_key_that_may_only_publish_can_still_ask(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let writer = app.key(&staff, &[Scope::ChangelogWrite], None).await;
        let answer = writer.patch(&path, json!({ "action": "publish" })).await.expect(403).json();
        assert_eq!(answer["error"], "This API key lacks the scope changelog:publish.");
        let publisher = app.key(&staff, &[Scope::ChangelogPublish], Some(&project.id)).await;
        publisher.patch(&path, json!({ "action": "publish" })).await.expect(202);
        let body = json!({ "title": "New", "content": "x" });
        publisher.post(&format!("/api/projects/{}/changelog", project.id), body).await.expect(403);
    }

    async fn a_condition_stops_a_publication_of_something_else(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let read = owner.get(&path).await.expect(200);
        let tag = read.header("etag").unwrap().to_owned();
        let publish = |tag: &str| {
            let call = owner.call(http::Method::PATCH, &path).header("if-match", tag);
            call.json(&json!({ "action": "publish" })).send()
        };
        let stopped = publish("\"something else\"").await.expect(412);
        assert_eq!(stopped.json(), read.json());
        assert_eq!(stopped.header("etag"), Some(tag.as_str()));
        let published = publish(&tag).await.expect(200);
        assert_ne!(published.header("etag"), Some(tag.as_str()));
        publish(&tag).await.expect(412);
        publish("*").await.expect(200);
    }
}
