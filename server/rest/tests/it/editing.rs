use model::Scope;
use model::entries::NewEntry;
use model::projects::NewProject;
use serde_json::{Value, json};
use testkit::{fixtures, on_both_databases};

use crate::app::{App, column};

/// A draft with everything, and its address.
async fn draft(app: &App) -> (model::projects::Project, Value, String) {
    let project = fixtures::project(&app.services, "Orbit Mail").await;
    let new = NewEntry {
        version: Some("2.4.0".to_owned()),
        tags: fixtures::tags(&["Feature", "Design"]),
        external_id: Some("ci/7".to_owned()),
        ..fixtures::text("Dark mode")
    };
    let entry = fixtures::entry_with(&app.services, &project, new).await;
    let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
    let viewer = app.viewer("Vera").await;
    let entry = viewer.get(&path).await.expect(200).json();
    (project, entry, path)
}

on_both_databases! {
    async fn a_change_keeps_what_is_absent_and_answers_with_the_whole_entry(app: App) {
        let staff = app.staff("Sam").await;
        let (_, before, path) = draft(&app).await;
        app.advance(chrono::Duration::seconds(1));
        let answer = staff.put(&path, json!({ "title": " Darker mode ", "content": "A **darker** theme.\r\n" })).await.expect(200);
        let mut expected = before.clone();
        expected["title"] = json!("Darker mode");
        expected["slug"] = json!("darker-mode");
        expected["content"] = json!("A **darker** theme.\n");
        expected["excerpt"] = json!("A darker theme.");
        expected["updatedAt"] = json!("2026-03-04T09:30:01.000Z");
        assert_eq!(answer.json(), expected);
        let read = staff.get(&path).await.expect(200);
        assert_eq!((read.json(), read.header("etag")), (expected.clone(), answer.header("etag")));

        // `null` clears a version and nothing else.
        let nulls = json!({ "title": null, "content": null, "version": null, "tags": null });
        expected["version"] = json!(null);
        assert_eq!(staff.put(&path, nulls).await.expect(200).json(), expected);
        assert_eq!(staff.put(&path, json!({ "version": 3 })).await.expect(200).json()["version"], "3");
        for nothing in [json!({}), json!([])] {
            assert_eq!(staff.put(&path, nothing).await.expect(200).json()["title"], "Darker mode");
        }
        let empty = staff.call(http::Method::PUT, &path).send().await.expect(200).json();
        assert_eq!(empty["version"], "3");
    }

    async fn a_whole_entry_comes_back_as_clients_send_it(app: App) {
        let staff = app.staff("Sam").await;
        let (_, before, path) = draft(&app).await;
        // The PHP client writes dates with an offset without colon, sends its own members, and `[]` for an empty map.
        let mut whole = before.clone();
        whole["title"] = json!("Darker mode");
        whole["createdAt"] = json!("2026-03-04T09:30:00+0000");
        whole["updatedAt"] = json!("2026-03-04T09:30:00+0000");
        whole["publishedAt"] = json!("2020-01-01T00:00:00+0000");
        whole["scheduledAt"] = json!("2040-01-01T00:00:00+0000");
        whole["status"] = json!("published");
        whole["id"] = json!("another");
        whole["projectId"] = json!("another");
        whole["externalId"] = json!("another");
        whole["metadata"] = json!([]);
        whole["isManual"] = json!(true);
        let mut expected = before.clone();
        expected["title"] = json!("Darker mode");
        expected["slug"] = json!("darker-mode");
        assert_eq!(staff.put(&path, whole).await.expect(200).json(), expected, "dates, state and ids are not changed here");
    }

    async fn tags_are_replaced_as_a_set_in_every_form(app: App) {
        let staff = app.staff("Sam").await;
        let (_, before, path) = draft(&app).await;
        let feature = &before["tags"][0];
        let mixed = json!({ "tags": ["fix", feature, { "name": "Docs" }, feature["id"], { "id": "gone", "name": "New" }] });
        let changed = staff.put(&path, mixed).await.expect(200).json();
        assert_eq!(column(&changed["tags"], "name"), ["fix", "Feature", "Docs", "New"]);
        assert_eq!(&changed["tags"][1], feature);
        assert_eq!(staff.put(&path, json!({ "title": "Dark" })).await.expect(200).json()["tags"], changed["tags"]);
        assert_eq!(staff.put(&path, json!({ "tags": [] })).await.expect(200).json()["tags"], json!([]));
    }

    async fn a_wrong_change_names_every_wrong_member_and_changes_nothing(app: App) {
        let staff = app.staff("Sam").await;
        let (project, before, path) = draft(&app).await;
        for (body, paths) in [
            (json!({ "title": " " }), vec!["title"]),
            (json!({ "content": " \n" }), vec!["content"]),
            (json!({ "title": 5, "content": {}, "version": [], "tags": "Feature" }), vec!["content", "tags", "title", "version"]),
            (json!({ "title": "t".repeat(201), "content": "c".repeat(200_001), "version": "v".repeat(65) }), vec!["content", "title", "version"]),
            (json!({ "tags": [{ "id": "unknown" }] }), vec!["tags"]),
        ] {
            let answer = staff.put(&path, body.clone()).await.expect(400).json();
            let mut found = column(&answer["details"], "path");
            found.sort();
            assert_eq!(found, paths, "{body}");
        }
        let taken = NewEntry { version: Some("v3.0".to_owned()), ..fixtures::text("Other") };
        fixtures::entry_with(&app.services, &project, taken).await;
        let answer = staff.put(&path, json!({ "version": "V3.0" })).await.expect(409).json();
        assert_eq!((&answer["code"], &answer["details"][0]["path"]), (&json!("version_taken"), &json!("version")));
        assert_eq!(answer["error"], "Version V3.0 is already used by the entry “Other”.");
        staff.put(&path, json!({ "version": "v2.4.0" })).await.expect(200);
        staff.put(&path, json!({ "version": "2.4.0" })).await.expect(200);
        assert_eq!(staff.get(&path).await.expect(200).json(), before);
    }

    async fn a_draft_without_text_can_be_sent_back_and_no_text_be_taken_away(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let new = NewEntry { content: String::new(), ..fixtures::text("Begun in the dashboard") };
        let entry = fixtures::entry_with(&app.services, &project, new).await;
        let path = format!("/api/projects/{}/changelog/{}", project.id, entry.id);
        let mut whole = staff.get(&path).await.expect(200).json();
        assert_eq!(whole["content"], "");
        whole["title"] = json!("Renamed");
        assert_eq!(staff.put(&path, whole).await.expect(200).json()["title"], "Renamed");
        staff.put(&path, json!({ "content": "Text" })).await.expect(200);
        let answer = staff.put(&path, json!({ "content": "" })).await.expect(400).json();
        assert_eq!(answer["details"][0]["path"], "content");
        assert_eq!(staff.get(&path).await.expect(200).json()["content"], "Text");
    }

    async fn who_changes_what(app: App) {
        let staff = app.staff("Sam").await;
        let (project, before, path) = draft(&app).await;
        let title = json!({ "title": "Changed" });
        app.viewer("Vivian").await.put(&path, title.clone()).await.expect(403);
        app.stranger().put(&path, title.clone()).await.expect(401);
        let reader = app.key(&staff, &[Scope::ChangelogRead, Scope::ChangelogPublish], None).await;
        let refused = reader.put(&path, title.clone()).await.expect(403).json();
        assert_eq!(refused["error"], "This API key lacks the scope changelog:write.");
        assert_eq!(staff.get(&path).await.expect(200).json(), before);
        app.key(&staff, &[Scope::ChangelogWrite], Some(&project.id)).await.put(&path, title.clone()).await.expect(200);

        let other = fixtures::project(&app.services, "Other").await;
        let elsewhere = format!("/api/projects/{}/changelog/{}", other.id, before["id"].as_str().unwrap());
        staff.put(&elsewhere, title.clone()).await.expect(404);
        app.key(&staff, &[], Some(&other.id)).await.put(&path, title.clone()).await.expect(403);

        // What is public changes only for whoever may publish.
        app.admin("Mara").await.patch(&path, json!({ "action": "publish" })).await.expect(200);
        let refused = staff.put(&path, json!({ "title": "Unasked" })).await.expect(403).json();
        assert_eq!(refused["code"], "needs_approval");
        let free = NewProject { name: "Free".into(), require_approval: Some(false), ..NewProject::default() };
        let free = fixtures::project_with(&app.services, free).await;
        let entry = fixtures::published(&app.services, &free, "Public").await;
        let path = format!("/api/projects/{}/changelog/{}", free.id, entry.id);
        let changed = staff.put(&path, title).await.expect(200).json();
        assert_eq!((&changed["title"], &changed["publishedAt"]), (&json!("Changed"), &json!("2026-03-04T09:30:00.000Z")));
        assert_eq!(staff.put(&path, json!({ "content": "" })).await.expect(400).json()["details"][0]["path"], "content");
    }

    async fn an_entry_is_changed_by_its_id_alone(app: App) {
        let staff = app.staff("Sam").await;
        let (project, before, path) = draft(&app).await;
        let alone = format!("/api/changelog/entries/{}", before["id"].as_str().unwrap());
        let body = json!({ "title": "Alone", "content": "By id.", "tags": ["Fix"], "changelogId": "x", "isManual": true });
        let changed = staff.put(&alone, body).await.expect(200);
        let mut expected = before.clone();
        expected["title"] = json!("Alone");
        expected["slug"] = json!("alone");
        expected["content"] = json!("By id.");
        expected["excerpt"] = json!("By id.");
        expected["tags"] = changed.json()["tags"].clone();
        assert_eq!(changed.json(), expected);
        assert_eq!(column(&expected["tags"], "name"), ["Fix"]);
        assert_eq!(staff.get(&path).await.expect(200).header("etag"), changed.header("etag"));

        for (body, paths) in [(json!({}), vec!["content", "title"]), (json!({ "title": "A" }), vec!["content"]),
                              (json!({ "content": "a", "title": "" }), vec!["title"])] {
            let answer = staff.put(&alone, body).await.expect(400).json();
            let mut found = column(&answer["details"], "path");
            found.sort();
            assert_eq!(found, paths);
        }
        let body = json!({ "title": "Alone", "content": "By id.", "version": null });
        assert_eq!(staff.put(&alone, body.clone()).await.expect(200).json()["version"], json!(null));
        staff.put("/api/changelog/entries/unknown", body.clone()).await.expect(404);
        app.stranger().put(&alone, body.clone()).await.expect(401);
        app.viewer("Vivian").await.put(&alone, body.clone()).await.expect(403);
        let here = app.key(&staff, &[Scope::ChangelogWrite], Some(&project.id)).await;
        here.put(&alone, body.clone()).await.expect(200);
        let other = fixtures::project(&app.services, "Other").await;
        let bound = app.key(&staff, &[], Some(&other.id)).await;
        assert_eq!(bound.put(&alone, body).await.expect(403).json()["code"], "other_project");
    }
}
