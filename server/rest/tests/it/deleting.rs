use model::Scope;
use model::entries::Entry;
use model::projects::Project;
use serde_json::{Value, json};
use testkit::{Answer, fixtures, on_both_databases, texts};

use crate::app::App;

fn path(project: &Project, entry: &Entry) -> String {
    format!("/api/projects/{}/changelog/{}", project.id, entry.id)
}

fn alone(entry: &Entry) -> String {
    format!("/api/changelog/entries/{}", entry.id)
}

/// A request as it is sent right after it was made.
fn request(answer: &Value, project: &Project, entry: &Entry, staff: &testkit::Person) -> Value {
    json!({
        "id": answer["request"]["id"], "type": "DELETE_ENTRY", "status": "PENDING", "staffId": staff.id(), "adminId": null,
        "projectId": project.id, "targetId": null, "changelogEntryId": entry.id, "changelogTagId": null,
        "metadata": null, "createdAt": "2026-03-04T09:30:00.000Z", "reviewedAt": null,
    })
}

async fn actions(app: &App) -> Vec<String> {
    let sql = "SELECT action FROM audit_logs WHERE action LIKE 'DELETE_%' OR action LIKE '%REQUEST%'";
    let mut actions = texts(app.db(), sql).await;
    actions.sort();
    actions
}

on_both_databases! {
    async fn an_administrator_deletes_and_gets_the_entry_a_last_time(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let path = path(&project, &entry);
        let before = owner.get(&path).await.expect(200).json();
        let list = format!("/api/changelog/{}/entries", project.id);
        assert_eq!(app.stranger().get(&list).await.json()["items"].as_array().unwrap().len(), 1);
        // Clients send JSON without a body.
        let call = owner.call(http::Method::DELETE, &path).header("content-type", "application/json");
        assert_eq!(call.send().await.expect(200).json(), before);
        assert_eq!(app.stranger().get(&list).await.json()["items"], json!([]), "readers see it at once");
        owner.get(&path).await.expect(404);
        owner.delete(&path).await.expect(404);
        assert_eq!(actions(&app).await, ["DELETE_CHANGELOG_ENTRY_SUCCESS"]);
    }

    async fn staff_ask_for_a_deletion_once(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let path = path(&project, &entry);
        let before = staff.get(&path).await.expect(200).json();
        let asked = staff.delete(&path).await.expect(202).json();
        assert_eq!(asked, json!({
            "message": "An administrator has to approve this first.", "request": request(&asked, &project, &entry, &staff),
        }));
        let again = staff.delete(&path).await.expect(400).json();
        assert_eq!(again["error"], "An administrator has been asked to delete this entry already.");
        app.staff("Max").await.delete(&alone(&entry)).await.expect(400);
        assert_eq!(staff.get(&path).await.expect(200).json(), before);
        assert_eq!(actions(&app).await, ["CHANGELOG_ENTRY_DELETION_REQUEST_CREATED"]);

        app.admin("Mara").await.delete(&path).await.expect(200);
        assert_eq!(actions(&app).await, [
            "CHANGELOG_ENTRY_DELETION_REQUEST_CREATED", "DELETE_CHANGELOG_ENTRY_SUCCESS", "REQUEST_APPROVED",
        ]);
    }

    async fn a_request_to_publish_does_not_hinder_one_to_delete(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let path = path(&project, &entry);
        staff.patch(&path, json!({ "action": "publish" })).await.expect(202);
        staff.delete(&path).await.expect(202);
        staff.patch(&path, json!({ "action": "publish" })).await.expect(400);
        staff.delete(&path).await.expect(400);
    }

    async fn staff_delete_drafts_of_their_own_at_once(app: App) {
        let staff = app.staff("Sam").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        let create = async |title: &str| {
            let entry = staff.post(&list, json!({ "title": title, "content": "x" })).await.expect(201).json();
            (format!("{list}/{}", entry["id"].as_str().unwrap()), entry)
        };
        let (path, entry) = create("Own").await;
        assert_eq!(staff.delete(&path).await.expect(200).json(), entry);
        let (_, entry) = create("Own, by id").await;
        let by_id = format!("/api/changelog/entries/{}", entry["id"].as_str().unwrap());
        assert_eq!(staff.delete(&by_id).await.expect(200).json(), json!({ "message": "The entry is deleted.", "entry": entry }));

        let (path, _) = create("Once public").await;
        let owner = app.admin("Mara").await;
        owner.patch(&path, json!({ "action": "publish" })).await.expect(200);
        owner.patch(&path, json!({ "action": "unpublish" })).await.expect(200);
        staff.delete(&path).await.expect(202);
    }

    async fn by_its_id_alone_an_entry_is_deleted_or_asked_for_with_200(app: App) {
        let (staff, owner) = (app.staff("Sam").await, app.admin("Mara").await);
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let asked = staff.delete(&alone(&entry)).await.expect(200).json();
        assert_eq!(asked, json!({
            "message": "An administrator has to approve this first.", "request": request(&asked, &project, &entry, &staff),
        }));
        staff.delete(&alone(&entry)).await.expect(400);
        let before = owner.get(&path(&project, &entry)).await.expect(200).json();
        let gone = owner.delete(&alone(&entry)).await.expect(200).json();
        assert_eq!(gone, json!({ "message": "The entry is deleted.", "entry": before }));
        owner.delete(&alone(&entry)).await.expect(404);
    }

    async fn who_deletes_what(app: App) {
        let (staff, owner) = (app.staff("Sam").await, app.admin("Mara").await);
        let viewer = app.viewer("Vera").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let other = fixtures::project(&app.services, "Other").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        for path in [path(&project, &entry), alone(&entry)] {
            app.stranger().delete(&path).await.expect(401);
            assert_eq!(viewer.delete(&path).await.expect(403).json()["code"], "forbidden");
            for person in [&staff, &owner] {
                let writer = app.key(person, &[Scope::ChangelogWrite, Scope::ChangelogPublish], None).await;
                let refused = writer.delete(&path).await.expect(403).json();
                assert_eq!(refused["error"], "This API key lacks the scope changelog:delete.");
                let bound = app.key(person, &[Scope::ChangelogDelete], Some(&other.id)).await;
                assert_eq!(bound.delete(&path).await.expect(403).json()["code"], "other_project");
            }
        }
        owner.delete(&format!("/api/projects/{}/changelog/{}", other.id, entry.id)).await.expect(404);
        owner.delete("/api/changelog/entries/unknown").await.expect(404);
        owner.delete("/api/changelog/entries/a.b").await.expect(404);
        assert!(actions(&app).await.is_empty());
        let key = app.key(&staff, &[Scope::ChangelogDelete], Some(&project.id)).await;
        key.delete(&path(&project, &entry)).await.expect(202);
        let key = app.key(&owner, &[Scope::ChangelogDelete], Some(&project.id)).await;
        key.delete(&alone(&entry)).await.expect(200);
    }

    async fn all_entries_go_together_for_an_administrator_without_a_key(app: App) {
        let (staff, owner) = (app.staff("Sam").await, app.admin("Mara").await);
        let (project, other) =
            (fixtures::public_project(&app.services, "Orbit Mail").await, fixtures::project(&app.services, "Other").await);
        for number in 0..3 {
            fixtures::published(&app.services, &project, &format!("Release {number}")).await;
        }
        fixtures::entry(&app.services, &other, "Stays").await;
        let list = format!("/api/projects/{}/changelog", project.id);
        app.stranger().delete(&list).await.expect(401);
        app.viewer("Vera").await.delete(&list).await.expect(403);
        let asked = staff.delete(&list).await.expect(202).json();
        assert_eq!(asked["request"]["type"], "DELETE_ALL_ENTRIES");
        let refused: Answer = app.key(&owner, &[], None).await.delete(&list).await.expect(403);
        assert_eq!(refused.json()["code"], "no_keys");
        owner.delete("/api/projects/unknown/changelog").await.expect(404);
        assert_eq!(testkit::count(app.db(), "entries").await, 4);

        let deleted = owner.delete(&list).await.expect(200);
        assert_eq!(deleted.json(), json!({ "success": true, "entriesDeleted": 3 }));
        assert_eq!(owner.get(&list).await.expect(200).json()["entries"], json!([]));
        let public = app.stranger().get(&format!("/api/changelog/{}/entries", project.id)).await.expect(200).json();
        assert_eq!(public["items"], json!([]));
        assert_eq!(owner.delete(&list).await.expect(200).json()["entriesDeleted"], 0);
        assert_eq!(testkit::count(app.db(), "entries").await, 1);
        assert!(actions(&app).await.contains(&"DELETE_ALL_CHANGELOG_ENTRIES".to_owned()));
    }
}
