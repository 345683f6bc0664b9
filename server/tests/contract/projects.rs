//! Section 6: projects and their settings.

use chrono::Duration;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::{changelog, draft, project, published};
use crate::shape::{each, with};
use crate::site::{Site, id, overlay};
use crate::walls::{self, op};

/// A project in lists, with its newest entry.
fn listed(id: &str, entries: i64, newest: Value) -> Value {
    let newest_list = if newest.is_null() { json!([]) } else { json!([newest]) };
    let changelog = with(changelog(id), json!({ "entries": newest_list, "_count": { "entries": entries } }));
    with(project(), json!({ "id": id, "changelog": changelog, "entryCount": entries, "latestEntry": newest }))
}

on_both_databases! {
    async fn who_may_do_what_with_projects(site: Site) {
        walls::check(
            &site,
            &[
                op("GET", "/api/projects").key("project:read"),
                op("GET", "/api/projects?page=1&limit=5").key("project:read"),
                op("POST", "/api/projects").body(json!({ "name": "New" })).staff().key("project:write").gives(&[201]),
                op("GET", "/api/projects/{project}").key("project:read"),
                op("PATCH", "/api/projects/{project}").body(json!({ "name": "Renamed" })).staff().key("project:write"),
                op("DELETE", "/api/projects/{project}").admin_or_staff(&[202, 403]).key("project:write").gives(&[204]),
                op("GET", "/api/projects/{project}/settings").key("project:read"),
                op("PATCH", "/api/projects/{project}/settings")
                    .body(json!({ "name": "Renamed" }))
                    .staff()
                    .key("project:write"),
                op("PATCH", "/api/projects/{project}/settings")
                    .body(json!({ "allowIndexing": false }))
                    .admin()
                    .key("project:write"),
                op("GET", "/api/projects/{project}/versions").key("project:read"),
                op("GET", "/api/projects/{project}/catch-up").key("changelog:read"),
            ],
        )
        .await;
    }

    async fn projects_are_listed_newest_first_with_their_latest_entry(site: Site) {
        let mara = site.admin().await;
        let first = mara.project("First").await;
        site.advance(Duration::seconds(1));
        let second = mara.project("Second").await;
        mara.draft(&first, json!({ "title": "One", "content": "x", "version": "1.0" })).await;
        site.advance(Duration::seconds(1));
        let newest = mara.draft(&first, json!({ "title": "Two", "content": "x" })).await;
        let newest = json!({ "id": newest["id"], "version": null, "createdAt": newest["createdAt"] });
        let list = json!([listed(&second, 0, Value::Null), listed(&first, 2, newest.clone())]);
        mara.get("/api/projects").await.is(200, &list);
        let page = json!({ "items": [listed(&first, 2, newest)], "pagination": crate::objects::pagination(2, 1, 2) });
        mara.get("/api/projects?page=2&limit=1").await.is(200, &page);
        let key = site.key(&mara, &["project:read"], Some(&second)).await;
        key.get("/api/projects").await.is(200, &json!([listed(&second, 0, Value::Null)]));
        key.post("/api/projects", json!({ "name": "More" })).await.refused(403);
    }

    async fn a_new_project_is_private_and_asks_for_approval(site: Site) {
        let mara = site.admin().await;
        let answer = mara.post("/api/projects", json!({ "name": "  Orbit Mail " })).await;
        let made = answer.clone().is(201, &with(project(), json!({
            "name": "Orbit Mail", "color": null, "icon": null, "isPublic": false, "allowAutoPublish": false,
            "requireApproval": true, "maintenanceMode": false, "maintenanceMessage": null, "allowIndexing": true,
            "enableRss": true, "rssItemLimit": 10, "rssFullContent": true, "rssFeedConfig": null, "defaultTags": [],
            "createdAt": "2026-03-04T09:30:00.000Z",
            "changelog": { "id": "<id>", "projectId": "<id>", "createdAt": "<time>", "updatedAt": "<time>" },
        })));
        let project = made.text_of("id");
        assert_eq!(made.json()["changelog"]["projectId"], project.as_str());
        assert_eq!(answer.header("location"), Some(format!("/api/projects/{project}").as_str()));
    }

    async fn what_a_project_may_not_be_is_said_member_by_member(site: Site) {
        let mara = site.admin().await;
        let create = async |body: Value| mara.post("/api/projects", body).await;
        create(json!({})).await.invalid(&["name"]);
        create(json!({ "name": "  " })).await.invalid(&["name"]);
        create(json!({ "name": null })).await.invalid(&["name"]);
        create(json!({ "name": 5 })).await.invalid(&["name"]);
        create(json!({ "name": "x".repeat(201) })).await.invalid(&["name"]);
        create(json!({ "name": "x".repeat(200) })).await.expect(201);
        create(json!({ "name": "x", "isPublic": "yes", "requireApproval": 1 }))
            .await
            .invalid(&["isPublic", "requireApproval"]);
        create(json!({ "name": "x", "color": "c".repeat(21) })).await.invalid(&["color"]);
        create(json!({ "name": "x", "icon": "i".repeat(51) })).await.invalid(&["icon"]);
        create(json!({ "name": "x", "defaultTags": "Feature" })).await.invalid(&["defaultTags"]);
        create(json!({ "name": "x", "defaultTags": vec!["t"; 51] })).await.refused(400);
    }

    async fn a_project_comes_with_all_its_entries_drafts_included(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let first =
            mara.published(&orbit, json!({ "title": "One", "content": "First **text**", "tags": ["Fix"] }), None).await;
        site.advance(Duration::seconds(1));
        let second = mara.draft(&orbit, json!({ "title": "Two", "content": "Second" })).await;
        let expected = with(
            project(),
            json!({
                "id": orbit,
                "changelog": with(changelog(&orbit), json!({ "entries": [
                    with(draft(), json!({ "id": second["id"], "content": "Second", "tags": [] })),
                    with(published(), json!({ "id": first["id"], "content": "First **text**" })),
                ] })),
                "entriesTruncated": "<absent>",
            }),
        );
        mara.get(&format!("/api/projects/{orbit}")).await.is(200, &expected);
    }

    async fn beyond_a_thousand_entries_the_project_says_that_some_are_missing(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{orbit}/changelog");
        for _ in 0..1000 {
            mara.post(&path, json!({ "title": "One of many", "content": "x" })).await.expect(201);
        }
        let exactly = mara.get(&format!("/api/projects/{orbit}")).await.expect(200).json();
        // Beside the entries, or beside the changelog that has them.
        let truncated = |whole: &Value| {
            whole["entriesTruncated"] == json!(true) || whole["changelog"]["entriesTruncated"] == json!(true)
        };
        assert!(!truncated(&exactly));
        site.advance(Duration::seconds(1));
        let newest = mara.draft(&orbit, json!({ "title": "Newest", "content": "x" })).await;
        let more = mara.get(&format!("/api/projects/{orbit}")).await.expect(200).json();
        assert!(truncated(&more), "1,001 entries, and not a word about it");
        let entries = more["changelog"]["entries"].as_array().unwrap();
        assert_eq!((entries.len(), &entries[0]["id"]), (1000, &newest["id"]));
    }

    async fn a_project_is_changed_in_part(site: Site) {
        let mara = site.admin().await;
        let new = json!({ "name": "Orbit Mail", "color": "#4f46e5", "icon": "Rocket", "isPublic": true });
        let orbit = mara.post("/api/projects", new).await.expect(201).text_of("id");
        let path = format!("/api/projects/{orbit}");
        let change = json!({ "name": "Orbit", "color": null, "defaultTags": ["Feature", "Fix"] });
        mara.patch(&path, change).await.is(
            200,
            &with(
                project(),
                json!({
                    "id": orbit, "name": "Orbit", "color": null, "icon": "Rocket", "isPublic": true,
                    "defaultTags": ["Feature", "Fix"],
                    "changelog": with(changelog(&orbit), json!({ "entries": "<absent>" })),
                }),
            ),
        );
        mara.patch(&path, json!({ "icon": null })).await.is(200, &json!({ "icon": null, "name": "Orbit" }));
        mara.patch(&path, json!({})).await.expect(200);
        mara.patch(&path, json!({ "name": "" })).await.invalid(&["name"]);
        mara.patch(&path, json!({ "isPublic": "no", "defaultTags": 5 })).await.invalid(&["defaultTags", "isPublic"]);
    }

    async fn staff_change_access_only_to_what_it_is_already(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let orbit = mara.project("Orbit Mail").await;
        for path in [format!("/api/projects/{orbit}"), format!("/api/projects/{orbit}/settings")] {
            // A whole record goes back, with one new name in it.
            let whole = overlay(&sam.get(&path).await.expect(200).json(), json!({ "name": "Renamed" }));
            sam.patch(&path, whole).await.is(200, &json!({ "name": "Renamed", "isPublic": true }));
            for change in
                [json!({ "isPublic": false }), json!({ "requireApproval": false }), json!({ "allowAutoPublish": true })]
            {
                sam.patch(&path, change).await.refused(403);
            }
        }
        let settings = format!("/api/projects/{orbit}/settings");
        for change in [
            json!({ "maintenanceMode": true }),
            json!({ "maintenanceMessage": "x" }),
            json!({ "allowIndexing": false }),
            json!({ "enableRss": false }),
            json!({ "rssItemLimit": 5 }),
            json!({ "rssFullContent": false }),
            json!({ "rssFeedConfig": { "feedTitle": "x" } }),
        ] {
            sam.patch(&settings, change).await.refused(403);
        }
        let same = json!({ "isPublic": true, "requireApproval": true, "allowAutoPublish": false });
        mara.get(&settings).await.is(200, &same);
    }

    async fn a_deleted_project_is_gone_from_every_surface(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&orbit, json!({ "title": "One", "content": "x" }), None).await);
        let key = site.key(&mara, &[], Some(&orbit)).await;
        key.get(&format!("/api/projects/{orbit}")).await.expect(200);
        mara.delete(&format!("/api/projects/{orbit}")).await.empty(204);
        for path in [format!("/api/projects/{orbit}"), format!("/api/projects/{orbit}/changelog/{entry}")] {
            mara.get(&path).await.refused(404);
        }
        for path in [
            format!("/api/changelog/{orbit}/entries"),
            format!("/api/changelog/entries/{entry}"),
            format!("/api/changelog/{orbit}/rss.xml"),
        ] {
            site.stranger().get(&path).await.refused(404);
        }
        mara.delete(&format!("/api/projects/{orbit}")).await.refused(404);
        mara.get("/api/projects").await.is(200, &json!([]));
        key.get("/api/projects").await.refused(401);
    }

    async fn settings_are_a_whole_project_and_change_in_part(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{orbit}/settings");
        mara.get(&path).await.is(200, &with(project(), json!({ "id": orbit, "name": "Orbit Mail" })));
        let all = json!({
            "name": "Orbit", "color": "#112233", "icon": "Bell", "isPublic": false, "allowAutoPublish": true,
            "requireApproval": false, "maintenanceMode": true, "maintenanceMessage": "Back at noon",
            "allowIndexing": false,
            "enableRss": false, "rssItemLimit": 25, "rssFullContent": false,
            "rssFeedConfig": {
                "feedTitle": "News", "feedDescription": null, "includeTags": true, "includeVersion": false,
                "tagFilter": [], "itemTemplate": "{{title}}",
            },
            "defaultTags": ["Feature"],
        });
        mara.patch(&path, all.clone()).await.is(200, &with(project(), all.clone()));
        mara.get(&path).await.is(200, &with(project(), all.clone()));
        // Nothing changes nothing, in each of the forms it is sent in.
        for nothing in ["[]", "{}", ""] {
            mara.call("PATCH", &path).body(nothing).send().await.is(200, &all);
        }
        mara.patch(
            &path,
            json!({
                "rssFeedConfig": null, "defaultTags": [], "maintenanceMessage": null, "color": null, "icon": null,
            }),
        )
        .await
        .is(
            200,
            &json!({
                "rssFeedConfig": null, "defaultTags": [], "maintenanceMessage": null, "color": null, "icon": null,
            }),
        );
    }

    async fn settings_have_limits(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{orbit}/settings");
        for (member, wrong) in [
            ("rssItemLimit", json!(0)),
            ("rssItemLimit", json!(101)),
            ("rssItemLimit", json!("many")),
            ("maintenanceMessage", json!("x".repeat(2001))),
            ("maintenanceMode", json!("on")),
            ("rssFeedConfig", json!("x")),
            ("name", json!("")),
            ("color", json!("x".repeat(21))),
            ("icon", json!("x".repeat(51))),
        ] {
            mara.patch(&path, json!({ member: wrong })).await.invalid(&[member]);
        }
        for (member, wrong) in [
            ("feedTitle", json!("x".repeat(201))),
            ("feedDescription", json!("x".repeat(501))),
            ("itemTemplate", json!("x".repeat(5001))),
            ("includeTags", json!("yes")),
        ] {
            let path_of = format!("rssFeedConfig.{member}");
            mara.patch(&path, json!({ "rssFeedConfig": { member: wrong } })).await.invalid(&[path_of.as_str()]);
        }
        mara.patch(&path, json!({ "defaultTags": vec!["t"; 51] })).await.refused(400);
        // All that is wrong is said at once, and nothing is changed.
        mara.patch(&path, json!({ "name": "Taken over", "rssItemLimit": 0, "maintenanceMessage": "x".repeat(2001) }))
            .await
            .invalid(&["maintenanceMessage", "rssItemLimit"]);
        mara.get(&path).await.is(200, &json!({ "name": "Orbit Mail", "rssItemLimit": 10, "rssFeedConfig": null }));
    }

    async fn versions_come_once_each_unpublished_first(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{orbit}/versions");
        mara.get(&path).await.is(200, &json!({ "versions": [] }));
        for (version, date) in [("2.3.0", "2026-01-01"), ("2.4.0", "2026-03-01"), ("2.3.1", "2026-02-01")] {
            mara.published(&orbit, json!({ "title": version, "content": "x", "version": version }), Some(date)).await;
        }
        mara.draft(&orbit, json!({ "title": "Next", "content": "x", "version": "2.5.0" })).await;
        mara.draft(&orbit, json!({ "title": "Some time", "content": "x" })).await;
        mara.get(&path).await.is(200, &json!({ "versions": ["2.5.0", "2.4.0", "2.3.1", "2.3.0"] }));
    }

    async fn catching_up_counts_what_is_new(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        for (title, version, date, tag) in [
            ("Start", "v1.0", "2026-01-10T12:00:00.000Z", "Feature"),
            ("Repair", "1.1", "2026-02-20T12:00:00.000Z", "bug fix"),
            ("Dark mode", "1.2", "2026-03-01T12:00:00.000Z", "Feature"),
            ("Patch", "1.2.1", "2026-03-02T12:00:00.000Z", "Hotfix"),
            ("Words", "1.2.2", "2026-03-03T12:00:00.000Z", "Documentation"),
        ] {
            mara.published(
                &orbit,
                json!({ "title": title, "content": "x", "version": version, "tags": [tag] }),
                Some(date),
            )
            .await;
        }
        let entry = json!({
            "id": "<id>", "title": "<text>", "content": "<string>", "version": "<null|text>",
            "publishedAt": "<null|time>",
            "tags": each(json!({ "id": "<id>", "name": "<text>", "color": "<null|text>" })),
        });
        let answer = |from: &str, from_version: &str, total: i64| {
            json!({
                "fromDate": from, "fromVersion": from_version, "toVersion": "1.2.2", "totalEntries": total,
                "summary": { "features": "<integer>", "fixes": "<integer>", "other": "<integer>" },
                "entries": each(entry.clone()),
            })
        };
        let path = |since: &str| format!("/api/projects/{orbit}/catch-up?since={since}");
        let week = mara.get(&path("7d")).await.is(200, &answer("2026-02-25T09:30:00.000Z", "1.1", 3)).json();
        assert_eq!(week["summary"], json!({ "features": 1, "fixes": 1, "other": 1 }));
        assert_eq!(week["entries"].as_array().unwrap().len(), 3);
        mara.get(&path("1w")).await.is(200, &answer("2026-02-25T09:30:00.000Z", "1.1", 3));
        mara.get(&path("1m")).await.is(200, &answer("2026-02-02T09:30:00.000Z", "v1.0", 4));
        for since in ["1.1", "v1.1"] {
            let since_version = mara.get(&path(since)).await.expect(200).json();
            assert_eq!(
                (&since_version["fromDate"], &since_version["toVersion"]),
                (&json!("2026-02-20T12:00:00.000Z"), &json!("1.2.2"))
            );
        }
        mara.get(&path("2026-03-02")).await.is(200, &answer("2026-03-02T00:00:00.000Z", "1.2", 2));
        // Somebody who was never here before: a week.
        for since in ["auto", ""] {
            mara.get(&path(since)).await.is(200, &answer("2026-02-25T09:30:00.000Z", "1.1", 3));
        }
        mara.draft(&orbit, json!({ "title": "Unfinished", "content": "x" })).await;
        mara.get(&path("7d")).await.is(200, &json!({ "totalEntries": 4 }));
    }
}
