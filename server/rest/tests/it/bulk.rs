use model::Scope;
use serde_json::{Value, json};
use testkit::{fixtures, on_both_databases};

use crate::app::App;

fn states(answer: &Value) -> Vec<(String, String)> {
    let results = answer["results"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    results.map(|one| (text(&one["id"]), text(&one["status"]))).collect()
}

on_both_databases! {
    async fn many_entries_are_changed_and_each_says_what_became_of_it(app: App) {
        let (owner, staff) = (app.owner("Mara").await, app.staff("Sam").await);
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let one = fixtures::entry(&app.services, &project, "One").await.id.to_string();
        let two = fixtures::entry(&app.services, &project, "Two").await.id.to_string();
        let path = format!("/api/projects/{}/changelog/bulk", project.id);
        let entry = format!("/api/projects/{}/changelog/{one}", project.id);
        let nothing = "c0000000000000000000nothing";
        let tagged = json!({ "action": "add-tag", "tag": "Fix", "entries": [one, nothing, one] });
        let answer = staff.post(&path, tagged).await.expect(200).json();
        assert_eq!((&answer["success"], &answer["done"], &answer["failed"]), (&json!(false), &json!(1), &json!(1)));
        assert_eq!(states(&answer), [(one.clone(), "done".to_owned()), (nothing.to_owned(), "failed".to_owned())]);
        assert!(answer["results"][1]["error"].is_string() && answer["results"][0]["error"].is_null());
        assert_eq!(owner.get(&entry).await.json()["tags"][0]["name"], "Fix");

        let both = |action: &str| json!({ "action": action, "entries": [one, two], "scheduledAt": "2026-04-01T08:00:00Z" });
        let asked = staff.post(&path, both("publish")).await.expect(200).json();
        assert_eq!((&asked["requested"], &asked["success"]), (&json!(2), &json!(true)));
        owner.post(&path, both("schedule")).await.expect(200);
        assert_eq!(owner.get(&entry).await.json()["scheduledAt"], "2026-04-01T08:00:00.000Z");
        owner.post(&path, both("publish")).await.expect(200);
        assert_eq!(owner.get(&entry).await.json()["status"], "published");
        let late = owner.post(&path, both("schedule")).await.expect(200).json();
        assert_eq!(late["failed"], 2, "they are public already");
        owner.post(&path, both("unpublish")).await.expect(200);
        owner.post(&path, both("delete")).await.expect(200);
        owner.get(&entry).await.expect(404);
    }

    async fn what_is_wrong_with_all_of_it_changes_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let one = fixtures::entry(&app.services, &project, "One").await.id.to_string();
        let path = format!("/api/projects/{}/changelog/bulk", project.id);
        for (body, field) in [
            (json!({}), "action"),
            (json!({ "action": "explode", "entries": [one] }), "action"),
            (json!({ "action": "publish" }), "entries"),
            (json!({ "action": "publish", "entries": [] }), "entries"),
            (json!({ "action": "publish", "entries": "all" }), "entries"),
            (json!({ "action": "publish", "entries": vec![one.clone(); 1].into_iter().chain((0..500).map(|n| format!("c{n:024}"))).collect::<Vec<_>>() }), "entries"),
            (json!({ "action": "add-tag", "entries": [one] }), "tag"),
            (json!({ "action": "schedule", "entries": [one] }), "scheduledAt"),
            (json!({ "action": "schedule", "entries": [one], "scheduledAt": "2020-01-01T00:00:00Z" }), "scheduledAt"),
        ] {
            let answer = owner.post(&path, body.clone()).await.expect(400).json();
            assert_eq!(answer["details"][0]["path"], field, "{body}");
        }
        // What a key may not do to one entry it may not do to many.
        let publish = json!({ "action": "publish", "entries": [one] });
        let delete = json!({ "action": "delete", "entries": [one] });
        let key = app.key(&owner, &[Scope::ChangelogWrite], None).await;
        key.post(&path, publish.clone()).await.expect(403);
        key.post(&path, delete).await.expect(403);
        key.post(&path, json!({ "action": "add-tag", "tag": "Fix", "entries": [one] })).await.expect(200);
        app.key(&owner, &[Scope::ChangelogPublish], None).await.post(&path, publish).await.expect(403);
        app.viewer("Vera").await.post(&path, json!({ "action": "remove-tag", "tag": "Fix", "entries": [one] })).await.expect(403);
    }
}
