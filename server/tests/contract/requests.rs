//! Section 8, and what staff ask for elsewhere: sections 6.5, 7.5, 7.7 and 9.2.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::change_request;
use crate::shape::{each, with};
use crate::site::{Site, id};
use crate::walls::{self, op};

const REQUESTS: &str = "/api/changelog/requests";

fn person() -> Value {
    json!({ "id": "<id>", "email": "<text>", "name": "<null|text>" })
}

/// A request with the records around it.
fn expanded(kind: &str) -> Value {
    with(
        change_request(kind),
        json!({
            "status": "<text>", "adminId": "<null|id>", "reviewedAt": "<null|time>",
            "staff": person(), "admin": "<null|object>",
            "project": { "id": "<id>", "name": "<text>", "defaultTags": [] },
            "ChangelogEntry": "<null|object>", "ChangelogTag": "<null|object>",
        }),
    )
}

on_both_databases! {
    async fn who_may_do_what_with_requests(site: Site) {
        walls::check(
            &site,
            &[
                op("GET", REQUESTS).key("changelog:read"),
                op("GET", "/api/requests").key("changelog:read"),
                op("GET", "/api/projects/{project}/changelog/{draft}/requests").key("changelog:read"),
            ],
        )
        .await;
    }

    async fn staff_ask_an_administrator_wants_changes_and_agrees(site: Site) {
        let (mara, sam) = (site.admin().await, site.staff().await);
        let project = mara.project("Orbit Mail").await;
        let entry = id(&sam.draft(&project, json!({ "title": "Dark mode", "content": "x" })).await);
        let body = json!({ "type": "ALLOW_PUBLISH", "projectId": project, "targetId": entry });
        let asked = sam.post(REQUESTS, body.clone()).await.is(201, &change_request("ALLOW_PUBLISH")).json();
        assert_eq!(asked["changelogEntryId"], entry.as_str());
        sam.post(REQUESTS, body.clone()).await.refused(400);
        mara.post(REQUESTS, body.clone()).await.refused(400);
        site.viewer().await.post(REQUESTS, body.clone()).await.refused(403);
        site.stranger().post(REQUESTS, body.clone()).await.refused(401);

        let one = format!("{REQUESTS}/{}", id(&asked));
        let open = mara.get(REQUESTS).await.is(200, &json!([expanded("ALLOW_PUBLISH")])).json();
        assert_eq!(open[0]["ChangelogEntry"], json!({ "id": entry, "title": "Dark mode" }));
        sam.get(&format!("{REQUESTS}?projectId={project}")).await.is(200, &each(expanded("ALLOW_PUBLISH")));
        sam.patch(&one, json!({ "status": "APPROVED" })).await.refused(403);
        mara.patch(&one, json!({ "status": "WHATEVER" })).await.invalid(&["status"]);
        mara.patch(&one, json!({ "status": "REJECTED", "feedback": "x".repeat(2001) })).await.invalid(&["feedback"]);
        mara.patch(&one, json!({ "status": "CHANGES_REQUESTED" })).await.invalid(&["feedback"]);
        let changes = json!({ "status": "CHANGES_REQUESTED", "feedback": "Name the version.", "timestamp": "x" });
        let answer = mara.patch(&one, changes).await.expect(200).json();
        assert_eq!(answer["success"], true);
        assert_eq!(answer["metadata"]["processedBy"], mara.id());
        assert_eq!(answer["data"]["metadata"]["feedback"], "Name the version.");
        mara.get(REQUESTS).await.is(200, &json!([]));
        mara.patch(&one, json!({ "status": "APPROVED" })).await.refused(409);

        let again = sam.post(REQUESTS, body).await.expect(201).json();
        assert_eq!((&again["id"], &again["status"]), (&asked["id"], &json!("CHANGES_REQUESTED_PENDING")));
        assert_eq!(again["metadata"]["previousFeedback"], "Name the version.");
        assert_eq!(again["metadata"]["changesAddressed"], true);
        let done = mara.patch(&one, json!({ "status": "APPROVED" })).await.expect(200).json();
        assert_eq!(done["data"]["status"], "APPROVED");
        mara.patch(&one, json!({ "status": "APPROVED" })).await.refused(409);
        let public = mara.get(&format!("/api/projects/{project}/changelog/{entry}")).await.expect(200).json();
        assert_ne!(public["publishedAt"], json!(null));
        let own = sam.get("/api/requests").await.is(200, &json!({ "requests": each(expanded("ALLOW_PUBLISH")) })).json();
        assert_eq!(own["requests"][0]["admin"]["email"], mara.email());
        let of_entry = format!("/api/projects/{project}/changelog/{entry}/requests");
        mara.get(&of_entry).await.is(200, &json!([{
            "id": "<id>", "type": "ALLOW_PUBLISH", "status": "APPROVED", "createdAt": "<time>",
            "staff": { "name": "<null|text>", "email": sam.email() },
        }]));
    }

    async fn a_change_of_what_is_public_is_proposed_and_made(site: Site) {
        let (mara, sam) = (site.admin().await, site.staff().await);
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&project, json!({ "title": "Dark mode", "content": "x" }), None).await);
        let path = format!("/api/projects/{project}/changelog/{entry}");
        sam.put(&path, json!({ "content": "y" })).await.refused(403);
        let body = json!({ "type": "PUBLISH_EDIT", "projectId": project, "targetId": entry, "content": "y", "tags": ["Fix"] });
        sam.post(REQUESTS, json!({ "type": "PUBLISH_EDIT", "projectId": project, "title": "New" })).await.invalid(&["targetId"]);
        sam.post(REQUESTS, json!({ "type": "PUBLISH_EDIT", "projectId": project, "targetId": entry, "title": "" }))
            .await
            .invalid(&["title"]);
        let asked = sam.post(REQUESTS, body.clone()).await.is(201, &change_request("PUBLISH_EDIT")).json();
        sam.post(REQUESTS, body).await.refused(400);
        assert_eq!(mara.get(&path).await.json()["content"], "x");
        mara.patch(&format!("{REQUESTS}/{}", id(&asked)), json!({ "status": "APPROVED" })).await;
        let changed = mara.get(&path).await.json();
        assert_eq!((&changed["content"], &changed["title"], &changed["tags"][0]["name"]), (&json!("y"), &json!("Dark mode"), &json!("Fix")));
    }

    async fn a_target_is_there_and_fits(site: Site) {
        let (mara, sam) = (site.admin().await, site.staff().await);
        let (project, other) = (mara.project("Orbit Mail").await, mara.project("Other").await);
        let entry = id(&mara.draft(&other, json!({ "title": "Foreign", "content": "x" })).await);
        let ask = async |body: Value| sam.post(REQUESTS, body).await;
        ask(json!({})).await.invalid(&["projectId", "type"]);
        ask(json!({ "type": "MAKE_TEA", "projectId": project })).await.invalid(&["type"]);
        ask(json!({ "type": "DELETE_ENTRY", "projectId": project })).await.invalid(&["targetId"]);
        ask(json!({ "type": "DELETE_ENTRY", "projectId": project, "targetId": entry })).await.refused(404);
        ask(json!({ "type": "DELETE_TAG", "projectId": project, "targetId": entry })).await.refused(404);
        ask(json!({ "type": "DELETE_PROJECT", "projectId": "cnothing" })).await.refused(404);
        let public = id(&mara.published(&project, json!({ "title": "Public", "content": "x" }), None).await);
        ask(json!({ "type": "ALLOW_PUBLISH", "projectId": project, "targetId": public })).await.refused(409);
        let late = json!({
            "type": "ALLOW_SCHEDULE", "projectId": project, "targetId": "2020-01-01T00:00:00.000Z", "entryId": entry,
        });
        ask(late).await.refused(404);
    }

    async fn a_key_that_decides_needs_the_scope_of_the_deletion(site: Site) {
        let (mara, sam) = (site.admin().await, site.staff().await);
        let project = mara.project("Orbit Mail").await;
        let entry = mara.published(&project, json!({ "title": "Old", "content": "x", "tags": ["Old"] }), None).await;
        let (entry, tag) = (id(&entry), id(&entry["tags"][0]));
        let decides = site.key(&mara, &["changelog:publish"], None).await;
        let all = site.key(&mara, &["changelog:publish", "changelog:delete", "tags:write", "project:write"], None).await;
        let targets = [
            sam.delete(&format!("/api/projects/{project}/changelog/tags/{tag}")).await,
            sam.delete(&format!("/api/projects/{project}/changelog/{entry}")).await,
            sam.delete(&format!("/api/projects/{project}")).await,
        ];
        for asked in targets {
            let request = asked.expect(202).json()["request"].clone();
            let one = format!("{REQUESTS}/{}", id(&request));
            decides.patch(&one, json!({ "status": "APPROVED" })).await.refused(403);
            all.patch(&one, json!({ "status": "APPROVED" })).await.expect(200);
        }
        mara.get(&format!("/api/projects/{project}")).await.refused(404);
        // What was decided stays known when the project is gone.
        let own = sam.get("/api/requests").await.expect(200).json();
        assert_eq!((&own["requests"][0]["type"], &own["requests"][0]["projectId"]), (&json!("DELETE_PROJECT"), &json!(null)));
    }

    async fn all_entries_are_asked_for_and_no_key_agrees(site: Site) {
        let (mara, sam) = (site.admin().await, site.staff().await);
        let project = mara.project("Orbit Mail").await;
        mara.draft(&project, json!({ "title": "One", "content": "x" })).await;
        let asked = sam.delete(&format!("/api/projects/{project}/changelog")).await.expect(202).json();
        let asked = &asked["request"];
        assert_eq!(asked["type"], "DELETE_ALL_ENTRIES");
        let one = format!("{REQUESTS}/{}", id(asked));
        let key = site.key(&mara, &["changelog:publish", "changelog:delete"], None).await;
        key.patch(&one, json!({ "status": "APPROVED" })).await.refused(403);
        mara.patch(&one, json!({ "status": "APPROVED" })).await.expect(200);
        let left = mara.get(&format!("/api/projects/{project}/changelog")).await.expect(200).json();
        assert_eq!(left["entries"], json!([]));
    }

    async fn a_schedule_is_asked_for_and_decided(site: Site) {
        let (mara, sam) = (site.admin().await, site.staff().await);
        let project = mara.project("Orbit Mail").await;
        let entry = id(&sam.draft(&project, json!({ "title": "Dark mode", "content": "x" })).await);
        let path = format!("/api/projects/{project}/changelog/{entry}/schedule/approval");
        let at = "2026-03-10T07:00:00.000Z";
        let ask = json!({ "action": "request_approval", "scheduledAt": at });
        let answer = |status: &str, at: Value| {
            json!({
                "success": true, "message": "<text>",
                "request": { "id": "<id>", "type": "ALLOW_SCHEDULE", "status": status, "scheduledAt": at },
            })
        };
        sam.post(&path, json!({})).await.invalid(&["action"]);
        sam.post(&path, json!({ "action": "request_approval" })).await.invalid(&["scheduledAt"]);
        let past = json!({ "action": "request_approval", "scheduledAt": "2020-01-01T00:00:00.000Z" });
        sam.post(&path, past).await.invalid(&["scheduledAt"]);
        mara.post(&path, ask.clone()).await.refused(400);
        mara.post(&path, json!({ "action": "approve" })).await.refused(404);
        sam.post(&path, ask.clone()).await.is(200, &answer("PENDING", json!(at)));
        sam.post(&path, ask.clone()).await.refused(409);
        sam.post(&path, json!({ "action": "approve" })).await.refused(403);
        mara.post(&path, json!({ "action": "reject", "reason": "Too early." })).await.is(200, &answer("REJECTED", json!(null)));
        sam.post(&path, ask).await.is(200, &answer("PENDING", json!(at)));
        mara.post(&path, json!({ "action": "approve" })).await.is(200, &answer("APPROVED", json!(at)));
        let planned = mara.get(&format!("/api/projects/{project}/changelog/{entry}")).await.expect(200).json();
        assert_eq!((&planned["scheduledAt"], &planned["publishedAt"]), (&json!(at), &json!(null)));
    }
}
