//! Section 7.8: the history of an entry.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::{draft, entry};
use crate::shape::{each, with};
use crate::site::{Person, Site, column, id};
use crate::walls::{self, op};

fn listed() -> Value {
    json!({
        "id": "<id>", "title": "<text>", "version": "<null|text>", "linesAdded": "<integer>",
        "reason": "<'manual'|'autosave'|'restore'|'initial'|'publish'|'import'>",
        "linesRemoved": "<integer>", "createdAt": "<time>", "restoredFromId": "<null|id>", "label": "<null|text>",
        "icon": "<null|text>", "color": "<null|text>", "pinned": "<bool>", "createdBy": "<null|object>",
        "restoredFrom": "<null|object>",
    })
}

/// A draft that was saved twice by hand, and the address of its revisions.
async fn saved_twice(site: &Site) -> (Person, String, String) {
    let mara = site.admin().await;
    let project = mara.project("Orbit Mail").await;
    let made =
        mara.draft(&project, json!({ "title": "Dark mode", "content": "One\nTwo\n", "tags": ["Feature"] })).await;
    let path = format!("/api/projects/{project}/changelog/{}", id(&made));
    mara.put(&path, json!({ "content": "One\nTwo\nThree\n", "isManual": true })).await.expect(200);
    mara.put(&path, json!({ "title": "Darker", "content": "Two\nThree\n", "isManual": true })).await.expect(200);
    let revisions = format!("{path}/revisions");
    (mara, path, revisions)
}

on_both_databases! {
    async fn who_may_do_what_with_revisions(site: Site) {
        const REVISIONS: &str = "/api/projects/{project}/changelog/{draft}/revisions";
        const ONE: &str = "/api/projects/{project}/changelog/{draft}/revisions/{revision}";
        walls::check(
            &site,
            &[
                op("GET", REVISIONS).key("changelog:read"),
                op("GET", "/api/projects/{project}/changelog/{draft}/revisions/count").key("changelog:read"),
                op("GET", ONE).key("changelog:read"),
                op("PATCH", ONE).body(json!({ "pinned": true })).staff().key("changelog:write"),
                op("GET", "/api/projects/{project}/changelog/{draft}/revisions/{revision}/blame").key("changelog:read"),
                op("POST", "/api/projects/{project}/changelog/{draft}/revisions/{revision}/restore")
                    .staff()
                    .key("changelog:write"),
                op("DELETE", "/api/projects/{project}/changelog/history").admin_or_staff(&[202, 403]),
            ],
        )
        .await;
    }

    async fn revisions_are_listed_newest_first_counted_and_read(site: Site) {
        let (mara, _, revisions) = saved_twice(&site).await;
        let list = mara.get(&revisions).await.is(200, &json!({ "revisions": each(listed()), "nextCursor": null })).json();
        let list = list["revisions"].as_array().unwrap();
        let reasons: Vec<_> = list.iter().map(|one| one["reason"].as_str().unwrap()).collect();
        assert_eq!(reasons, ["manual", "manual", "initial"]);
        assert_eq!((&list[0]["linesAdded"], &list[0]["linesRemoved"]), (&json!(0), &json!(1)));
        let author = json!({ "id": "<id>", "name": "<text>", "email": "<text>" });
        mara.get(&format!("{revisions}/count")).await.is(200, &json!({ "count": 3 }));
        let whole = with(
            listed(),
            json!({
                "title": "Dark mode", "content": "One\nTwo\nThree\n", "excerpt": "<string>", "createdBy": author,
                "restoredFrom": null,
            }),
        );
        let detail = json!({
            "revision": whole, "previous": { "id": list[2]["id"], "createdAt": "<time>" }, "restoredFrom": null,
            "diff": [
                { "value": "One\nTwo\n", "added": false, "removed": false },
                { "value": "Three\n", "added": true, "removed": false },
            ],
        });
        mara.get(&format!("{revisions}/{}", id(&list[1]))).await.is(200, &detail);
        let first = mara.get(&format!("{revisions}/{}", id(&list[2]))).await.is(200, &json!({ "previous": null })).json();
        assert_eq!(first["diff"], json!([{ "value": "One\nTwo\n", "added": true, "removed": false }]));
    }

    async fn a_page_of_revisions_is_followed_by_the_next(site: Site) {
        let (mara, _, revisions) = saved_twice(&site).await;
        let all = column(&mara.get(&revisions).await.json()["revisions"], "id");
        let first = mara.get(&format!("{revisions}?limit=2")).await.is(200, &json!({ "nextCursor": "<text>" })).json();
        assert_eq!(column(&first["revisions"], "id"), all[..2]);
        let next = first["nextCursor"].as_str().unwrap();
        for cursor in [next, &all[1]] {
            let second = mara.get(&format!("{revisions}?limit=2&cursor={cursor}")).await.expect(200).json();
            assert_eq!((column(&second["revisions"], "id"), &second["nextCursor"]), (all[2..].to_vec(), &Value::Null));
        }
        for foreign in ["cunknown", "%20", "9.x"] {
            mara.get(&format!("{revisions}?cursor={foreign}")).await.expect(400);
        }
        let found = mara.get(&format!("{revisions}?search=DARKER")).await.expect(200).json();
        assert_eq!(column(&found["revisions"], "id"), all[..1]);
    }

    async fn a_revision_is_marked_and_stands_on_top(site: Site) {
        let (mara, _, revisions) = saved_twice(&site).await;
        let all = column(&mara.get(&revisions).await.json()["revisions"], "id");
        let one = format!("{revisions}/{}", all[2]);
        let mark = json!({ "label": " Sent to legal ", "icon": "flag", "color": "#2B5FC2", "pinned": true });
        let marked = json!({ "id": all[2], "label": "Sent to legal", "icon": "flag", "color": "#2b5fc2", "pinned": true });
        mara.patch(&one, mark).await.is(200, &marked);
        assert_eq!(column(&mara.get(&revisions).await.json()["revisions"], "id")[0], all[2]);
        let cleared = with(marked, json!({ "label": null, "icon": null }));
        mara.patch(&one, json!({ "label": "", "icon": null })).await.is(200, &cleared);
        mara.patch(&one, json!({})).await.expect(400);
        mara.patch(&one, json!({ "label": "x".repeat(61) })).await.invalid(&["label"]);
        mara.patch(&one, json!({ "color": "red", "icon": "<svg>" })).await.invalid(&["color", "icon"]);
    }

    async fn a_restored_revision_is_the_entry_again_and_a_new_revision(site: Site) {
        let (mara, path, revisions) = saved_twice(&site).await;
        let all = column(&mara.get(&revisions).await.json()["revisions"], "id");
        let restored = json!({
            "entry": with(draft(), json!({ "title": "Dark mode", "content": "One\nTwo\n" })), "newRevisionId": "<id>",
        });
        let answer = mara.post(&format!("{revisions}/{}/restore", all[2]), json!({})).await.is(200, &restored).json();
        let source = json!({
            "id": all[2], "title": "Dark mode", "reason": "initial", "label": null, "icon": null, "color": null,
            "createdAt": "<time>",
        });
        let newest = json!({ "reason": "restore", "restoredFromId": all[2], "restoredFrom": source });
        let detail = json!({ "revision": newest, "restoredFrom": source });
        mara.get(&format!("{revisions}/{}", answer["newRevisionId"].as_str().unwrap())).await.is(200, &detail);
        mara.get(&path).await.is(200, &with(entry(), json!({ "title": "Dark mode" })));
    }

    async fn a_version_that_is_taken_by_now_is_a_conflict_and_can_be_left_out(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = mara.draft(&project, json!({ "title": "One", "content": "x", "version": "1.0" })).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        mara.put(&path, json!({ "version": "2.0", "content": "y" })).await.expect(200);
        mara.draft(&project, json!({ "title": "Two", "content": "x", "version": "v1.0" })).await;
        let all = column(&mara.get(&format!("{path}/revisions")).await.json()["revisions"], "id");
        let restore = format!("{path}/revisions/{}/restore", all[1]);
        mara.post(&restore, json!({})).await.expect(409);
        let kept = json!({ "entry": with(draft(), json!({ "content": "x", "version": "2.0" })) });
        mara.post(&restore, json!({ "withoutVersion": true })).await.is(200, &kept);
    }

    async fn every_line_is_told_with_the_revision_that_brought_it(site: Site) {
        let (mara, _, revisions) = saved_twice(&site).await;
        let all = column(&mara.get(&revisions).await.json()["revisions"], "id");
        let known = json!({
            "createdAt": "<time>", "reason": "<text>", "version": null, "linesAdded": "<integer>",
            "linesRemoved": "<integer>", "createdBy": { "id": "<id>", "name": "<text>", "email": "<text>" },
        });
        let blame = json!({
            "lines": [
                { "text": "Two", "revisionId": all[2] }, { "text": "Three", "revisionId": all[1] },
                { "text": "", "revisionId": all[2] },
            ],
            "revisions": { (all[1].clone()): known, (all[2].clone()): known },
        });
        mara.get(&format!("{revisions}/{}/blame", all[0])).await.is(200, &blame);
    }

    async fn the_history_of_a_project_is_deleted(site: Site) {
        let (mara, path, revisions) = saved_twice(&site).await;
        let project = path.split('/').nth(3).unwrap();
        let gone = json!({ "success": true, "revisionsDeleted": 3 });
        mara.delete(&format!("/api/projects/{project}/changelog/history")).await.is(200, &gone);
        mara.get(&format!("{revisions}/count")).await.is(200, &json!({ "count": 0 }));
        mara.get(&path).await.expect(200);
    }
}
