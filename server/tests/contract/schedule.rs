//! Section 7.7: schedules.

use chrono::Duration;
use serde_json::json;
use services::jobs;
use testkit::on_both_databases;

use crate::shape::each;
use crate::site::{Site, id};
use crate::walls::{self, op};

const AT: &str = "2026-03-10T07:00:00.000Z";

on_both_databases! {
    async fn who_may_do_what_with_schedules(site: Site) {
        const DRAFT: &str = "/api/projects/{project}/changelog/{draft}/schedule";
        walls::check(
            &site,
            &[
                op("GET", DRAFT).key("changelog:read"),
                op("POST", DRAFT).body(json!({ "action": "schedule", "scheduledAt": AT })).admin().key("changelog:publish"),
            ],
        )
        .await;
    }

    async fn an_entry_is_scheduled_shown_replaced_and_unscheduled(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let draft = mara.draft(&project, json!({ "title": "Dark mode", "content": "For **every** page." })).await;
        let entry = id(&draft);
        let path = format!("/api/projects/{project}/changelog/{entry}/schedule");
        let shown = |at: serde_json::Value| json!({ "id": entry, "title": "Dark mode", "scheduledAt": at, "publishedAt": null });
        mara.get(&path).await.is(200, &json!({ "entry": shown(json!(null)), "jobs": [] }));
        let first = mara.post(&path, json!({ "action": "schedule", "scheduledAt": "2026-03-09T07:00:00+01:00" })).await;
        first.is(200, &json!({
            "success": true, "message": "<text>", "entry": shown(json!("2026-03-09T06:00:00.000Z")), "jobId": "<id>"
        }));
        let second = mara.post(&path, json!({ "action": "schedule", "scheduledAt": AT })).await;
        let made = second.is(200, &json!({ "success": true, "entry": shown(json!(AT)), "jobId": "<id>" })).text_of("jobId");
        let job = json!({
            "id": "<id>", "type": "PUBLISH_CHANGELOG_ENTRY", "scheduledAt": "<time>", "status": "<text>", "errorMessage": null
        });
        let now = mara.get(&path).await.is(200, &json!({ "entry": shown(json!(AT)), "jobs": each(job) })).json();
        let waiting: Vec<_> =
            now["jobs"].as_array().unwrap().iter().filter(|job| job["status"] == "PENDING").map(id).collect();
        assert_eq!(waiting, [made], "scheduling again replaces");
        mara.get(&format!("/api/projects/{project}/changelog?status=scheduled")).await.expect(200);

        let undone = mara.post(&path, json!({ "action": "unschedule", "scheduledAt": AT })).await;
        undone.is(200, &json!({ "success": true, "message": "<text>", "entry": shown(json!(null)), "jobId": "<absent>" }));
        mara.post(&path, json!({ "action": "unschedule" })).await.refused(400);
    }

    async fn what_cannot_be_scheduled_is_refused(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let draft = id(&mara.draft(&project, json!({ "title": "Next", "content": "Soon." })).await);
        let path = format!("/api/projects/{project}/changelog/{draft}/schedule");
        for wrong in [
            json!({ "action": "schedule" }),
            json!({ "action": "schedule", "scheduledAt": null }),
            json!({ "action": "schedule", "scheduledAt": "soon" }),
            json!({ "action": "schedule", "scheduledAt": "2026-03-04T09:29:00.000Z" }),
            json!({ "action": "schedule", "scheduledAt": "2026-03-04T09:30:59.000Z" }),
            json!({ "action": "publish" }),
            json!({}),
        ] {
            mara.post(&path, wrong).await.refused(400);
        }
        let text = json!({ "title": "Public", "content": "Here." });
        let public = id(&mara.published(&project, text, None).await);
        let path = format!("/api/projects/{project}/changelog/{public}/schedule");
        mara.post(&path, json!({ "action": "schedule", "scheduledAt": AT })).await.refused(409);
        mara.post(&path, json!({ "action": "unschedule" })).await.refused(400);
    }

    async fn a_scheduled_entry_is_public_from_its_time_on(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.draft(&project, json!({ "title": "Dark mode", "content": "Here." })).await);
        let path = format!("/api/projects/{project}/changelog/{entry}");
        let at = json!({ "action": "schedule", "scheduledAt": "2026-03-04T09:35:00.000Z" });
        mara.post(&format!("{path}/schedule"), at).await.expect(200);
        let public = format!("/api/changelog/{project}/entries");
        site.advance(Duration::seconds(299));
        assert_eq!(jobs::run_due(&site.app().services).await.unwrap(), 0);
        assert_eq!(site.stranger().get(&public).await.expect(200).json()["items"], json!([]));
        // Late, as after downtime.
        site.advance(Duration::minutes(6));
        assert_eq!(jobs::run_due(&site.app().services).await.unwrap(), 1);
        let live = mara.get(&path).await.expect(200).json();
        assert_eq!((&live["publishedAt"], &live["scheduledAt"]), (&json!("2026-03-04T09:35:00.000Z"), &json!(null)));
        assert_eq!(site.stranger().get(&public).await.expect(200).json()["items"][0]["title"], "Dark mode");
    }
}
