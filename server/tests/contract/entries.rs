//! Section 7 without schedules (`schedule.rs`) and revisions: writing, publishing, deleting.

use chrono::Duration;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::{change_request, draft, entry, pagination, published, tag};
use crate::shape::{each, with};
use crate::site::{Person, Site, column, id};
use crate::walls::{self, op};

fn text(title: &str) -> Value {
    json!({ "title": title, "content": format!("All about {title}.") })
}

/// A public project that asks for approval, of an administrator.
async fn orbit(site: &Site) -> (Person, String) {
    let mara = site.admin().await;
    let project = mara.project("Orbit Mail").await;
    (mara, project)
}

on_both_databases! {
    async fn who_may_do_what_with_entries(site: Site) {
        const ENTRIES: &str = "/api/projects/{project}/changelog";
        const DRAFT: &str = "/api/projects/{project}/changelog/{draft}";
        walls::check(
            &site,
            &[
                op("GET", ENTRIES).key("changelog:read"),
                op("POST", ENTRIES)
                    .body(json!({ "title": "New", "content": "x" }))
                    .staff()
                    .key("changelog:write")
                    .gives(&[201])
                    .mebibytes(2),
                op("GET", DRAFT).key("changelog:read"),
                op("PUT", DRAFT).body(json!({ "title": "New" })).staff().key("changelog:write").mebibytes(2),
                op("PATCH", DRAFT)
                    .body(json!({ "action": "publish" }))
                    .admin_or_staff(&[202])
                    .key("changelog:publish")
                    .mebibytes(2),
                op("DELETE", DRAFT).admin_or_staff(&[202]).key("changelog:delete"),
                op("DELETE", ENTRIES).admin_or_staff(&[202, 403]),
                op("PUT", "/api/changelog/entries/{draft}")
                    .body(json!({ "title": "New", "content": "y" }))
                    .staff()
                    .key("changelog:write")
                    .mebibytes(2),
                op("DELETE", "/api/changelog/entries/{draft}").admin_or_staff(&[200]).key("changelog:delete"),
            ],
        )
        .await;
    }

    async fn a_new_entry_is_a_draft_with_every_member(site: Site) {
        let (mara, project) = orbit(&site).await;
        let path = format!("/api/projects/{project}/changelog");
        let new = json!({
            "title": "  Dark mode ", "content": "## New\n\nA dark theme for **every** page.", "version": "2.4.0",
            "tags": ["Feature"],
            "id": "cmine", "publishedAt": "2026-01-01T00:00:00.000Z", "scheduledAt": "2027-01-01T00:00:00.000Z",
            "createdAt": null,
        });
        let expected = with(
            draft(),
            json!({
                "title": "Dark mode", "content": "## New\n\nA dark theme for **every** page.",
                "excerpt": "New A dark theme for every page.", "version": "2.4.0", "publishedAt": null,
                "scheduledAt": null,
                "createdAt": "2026-03-04T09:30:00.000Z", "tags": [with(tag(), json!({ "name": "Feature" }))],
            }),
        );
        let made = mara.post(&path, new).await.is(201, &expected);
        let made_id = made.text_of("id");
        assert_ne!(made_id, "cmine");
        assert_eq!(made.header("location"), Some(format!("{path}/{made_id}").as_str()));
        mara.get(&format!("{path}/{made_id}")).await.is(200, &made.json());
        let whole = mara.get(&format!("/api/projects/{project}")).await.expect(200).json();
        assert_eq!(made.json()["changelogId"], whole["changelog"]["id"]);
    }

    async fn tags_are_named_in_every_form_and_mixture(site: Site) {
        let (mara, project) = orbit(&site).await;
        let first = mara.draft(&project, json!({ "title": "One", "content": "x", "tags": ["Feature", "Fix"] })).await;
        let tag_id = |name: &str| {
            let tags = first["tags"].as_array().unwrap();
            id(tags.iter().find(|tag| tag["name"] == name).unwrap())
        };
        let mixture = json!([
            "feature", tag_id("Fix"), { "name": "Design" }, { "id": tag_id("Feature") },
            { "id": "cunknown", "name": "Speed" },
            { "id": tag_id("Fix"), "name": "Another name", "color": "#ffffff" }, "  design ",
        ]);
        let second = mara.draft(&project, json!({ "title": "Two", "content": "x", "tags": mixture })).await;
        let mut names = column(&second["tags"], "name");
        names.sort();
        assert_eq!(names, ["Design", "Feature", "Fix", "Speed"]);
        let none = [
            json!({ "title": "Three", "content": "x" }),
            json!({ "title": "Four", "content": "x", "tags": null }),
            json!({ "title": "Five", "content": "x", "tags": [] }),
        ];
        for new in none {
            assert_eq!(mara.draft(&project, new).await["tags"], json!([]));
        }
        // Naming a tag needs no right to make tags.
        let key = site.key(&mara, &["changelog:write"], None).await;
        key.draft(&project, json!({ "title": "Six", "content": "x", "tags": ["Brand new"] })).await;
    }

    async fn what_an_entry_may_not_be_is_said_member_by_member(site: Site) {
        let (mara, project) = orbit(&site).await;
        let path = format!("/api/projects/{project}/changelog");
        let create = async |body: Value| mara.post(&path, body).await;
        create(json!({})).await.invalid(&["content", "title"]);
        create(json!({ "title": " ", "content": "" })).await.invalid(&["content", "title"]);
        create(json!({ "title": 5, "content": ["x"] })).await.invalid(&["content", "title"]);
        create(json!({ "title": "x".repeat(201), "content": "x" })).await.invalid(&["title"]);
        create(json!({ "title": "x".repeat(200), "content": "x" })).await.expect(201);
        create(json!({ "title": "x", "content": "é".repeat(200_001) })).await.invalid(&["content"]);
        create(json!({ "title": "x", "content": "é".repeat(200_000) })).await.expect(201);
        create(json!({ "title": "x", "content": "x", "version": "1".repeat(101) })).await.invalid(&["version"]);
        create(json!({ "title": "x", "content": "x", "version": ["1"] })).await.invalid(&["version"]);
        create(json!({ "title": "x", "content": "x", "tags": "Feature" })).await.invalid(&["tags"]);
        create(json!({ "title": "x", "content": "x", "tags": [{}] })).await.invalid(&["tags.0"]);
        create(json!({ "title": "x", "content": "x", "tags": ["y".repeat(51)] })).await.refused(400);
        let many: Vec<String> = (0..51).map(|number| format!("Tag {number}")).collect();
        create(json!({ "title": "x", "content": "x", "tags": many })).await.invalid(&["tags"]);
    }

    async fn a_version_belongs_to_one_entry(site: Site) {
        let (mara, project) = orbit(&site).await;
        let path = format!("/api/projects/{project}/changelog");
        mara.draft(&project, json!({ "title": "One", "content": "x", "version": "2.4.0" })).await;
        for same in ["2.4.0", "v2.4.0", "V2.4.0"] {
            let taken = mara.post(&path, json!({ "title": "Two", "content": "x", "version": same })).await.refused(409);
            assert!(taken.text_of("error").contains(same.trim_start_matches(['v', 'V'])), "{}", taken.text());
        }
        let number = mara.draft(&project, json!({ "title": "Number", "content": "x", "version": 3 })).await;
        assert_eq!(number["version"], "3");
        for free in [json!(null), json!(null), json!(""), json!("2.4.1")] {
            mara.draft(&project, json!({ "title": "Three", "content": "x", "version": free })).await;
        }
        // Another project has versions of its own.
        let other = mara.project("Other").await;
        let mine = mara.draft(&other, json!({ "title": "One", "content": "x", "version": "2.4.0" })).await;
        let second = mara.draft(&other, json!({ "title": "Two", "content": "x", "version": "2.5.0" })).await;
        let put = async |version: Value| {
            let path = format!("/api/projects/{other}/changelog/{}", id(&second));
            mara.put(&path, json!({ "version": version })).await
        };
        put(json!("2.4.0")).await.refused(409);
        put(json!("2.5.0")).await.is(200, &json!({ "version": "2.5.0" }));
        let by_id = json!({ "title": "Two", "content": "x", "version": mine["version"] });
        mara.put(&format!("/api/changelog/entries/{}", id(&second)), by_id).await.refused(409);
    }

    async fn a_list_has_whole_entries_and_the_tags_of_the_project(site: Site) {
        let (mara, project) = orbit(&site).await;
        let other = mara.project("Other").await;
        mara.draft(&other, json!({ "title": "Elsewhere", "content": "x", "tags": ["Elsewhere"] })).await;
        let first = mara
            .published(&project, json!({ "title": "One", "content": "First", "tags": ["Fix", "Design"] }), None)
            .await;
        site.advance(Duration::seconds(1));
        let second = mara.draft(&project, text("Two")).await;
        let expected = json!({
            "entries": [
                with(draft(), json!({ "id": second["id"], "content": "All about Two." })),
                with(published(), json!({ "id": first["id"], "content": "First" })),
            ],
            "tags": [with(tag(), json!({ "name": "Design" })), with(tag(), json!({ "name": "Fix" }))],
            "pagination": pagination(1, 50, 2),
        });
        mara.get(&format!("/api/projects/{project}/changelog")).await.is(200, &expected);
    }

    async fn a_list_is_narrowed(site: Site) {
        let (mara, project) = orbit(&site).await;
        // A key outlasts the day that passes here.
        let mara = site.key(&mara, &[], None).await;
        let fix = mara
            .published(
                &project,
                json!({ "title": "A repair", "content": "Nothing **special**", "version": "1.0.1", "tags": ["Fix"] }),
                None,
            )
            .await;
        site.advance(Duration::days(1));
        mara.draft(&project, json!({ "title": "Dark mode", "content": "All pages", "tags": ["Feature"] })).await;
        let fix_tag = id(&fix["tags"][0]);
        for (query, expected) in [
            ("search=REPAIR", vec!["A repair"]),
            ("search=all+pages", vec!["Dark mode"]),
            ("search=all%20pages", vec!["Dark mode"]),
            ("search=nothing+there", vec![]),
            ("tag=fix", vec!["A repair"]),
            (&format!("tag={fix_tag}"), vec!["A repair"]),
            ("tag=nobody", vec![]),
            ("status=draft", vec!["Dark mode"]),
            ("status=published", vec!["A repair"]),
            ("status=scheduled", vec![]),
            ("startDate=2026-03-05", vec!["Dark mode"]),
            ("endDate=2026-03-04T23:00:00.000Z", vec!["A repair"]),
            ("endDate=2026-03-04T23:00:00%2B0000", vec!["A repair"]),
            ("startDate=2026-03-01&endDate=2026-03-31", vec!["Dark mode", "A repair"]),
            ("search=e&tag=fix&status=published", vec!["A repair"]),
        ] {
            let list = mara.get(&format!("/api/projects/{project}/changelog?{query}")).await.expect(200).json();
            assert_eq!(column(&list["entries"], "title"), expected, "{query}");
            assert_eq!(list["pagination"]["total"], expected.len(), "{query}");
        }
        mara.get(&format!("/api/projects/{project}/changelog?startDate=tomorrow")).await.invalid(&["startDate"]);
        mara.get(&format!("/api/projects/{project}/changelog?status=lost")).await.invalid(&["status"]);
    }

    async fn an_entry_of_another_project_is_not_there(site: Site) {
        let (mara, project) = orbit(&site).await;
        let other = mara.project("Other").await;
        let entry = id(&mara.draft(&project, text("One")).await);
        let path = format!("/api/projects/{other}/changelog/{entry}");
        mara.get(&path).await.refused(404);
        mara.put(&path, text("Taken over")).await.refused(404);
        mara.patch(&path, json!({ "action": "publish" })).await.refused(404);
        mara.delete(&path).await.refused(404);
        let key = site.key(&mara, &[], Some(&other)).await;
        key.put(&format!("/api/changelog/entries/{entry}"), text("Taken over")).await.refused(403);
        key.delete(&format!("/api/changelog/entries/{entry}")).await.refused(403);
        mara.get(&format!("/api/projects/{project}/changelog/{entry}"))
            .await
            .is(200, &with(draft(), json!({ "title": "One" })));
    }

    async fn an_entry_is_changed_in_part(site: Site) {
        let (mara, project) = orbit(&site).await;
        let made = mara
            .published(
                &project,
                json!({ "title": "Dark mode", "content": "Old", "version": "2.4.0", "tags": ["Feature"] }),
                None,
            )
            .await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        site.advance(Duration::seconds(1));
        // Absent keeps.
        mara.put(&path, json!({ "content": "A **new** text" })).await.is(200, &with(published(), json!({
            "id": made["id"], "title": "Dark mode", "content": "A **new** text", "excerpt": "A new text",
            "version": "2.4.0",
            "publishedAt": made["publishedAt"], "createdAt": made["createdAt"], "updatedAt": "2026-03-04T09:30:01.000Z",
            "tags": [with(tag(), json!({ "name": "Feature" }))],
        })));
        mara.put(&path, json!({ "version": null })).await.is(200, &json!({ "version": null, "title": "Dark mode" }));
        mara.put(&path, json!({ "tags": [{ "name": "Fix" }] }))
            .await
            .is(200, &json!({ "tags": [with(tag(), json!({ "name": "Fix" }))] }));
        mara.put(&path, json!({ "tags": [] })).await.is(200, &json!({ "tags": [] }));
        mara.put(&path, json!({ "isManual": true, "title": " Night mode " }))
            .await
            .is(200, &json!({ "title": "Night mode" }));
        // Dates of a whole record that comes back are no command.
        let dates = json!({
            "publishedAt": null, "scheduledAt": "2027-01-01T00:00:00+0000", "createdAt": "2020-01-01", "id": "cother",
        });
        mara.put(&path, dates).await.is(
            200,
            &with(
                published(),
                json!({ "id": made["id"], "publishedAt": made["publishedAt"], "createdAt": made["createdAt"] }),
            ),
        );
        mara.put(&path, json!([])).await.expect(200);
        mara.put(&path, json!({ "title": "" })).await.invalid(&["title"]);
        mara.put(&path, json!({ "content": "" })).await.invalid(&["content"]);
        mara.put(&path, json!({ "title": "x".repeat(201) })).await.invalid(&["title"]);
        mara.get(&path).await.is(200, &json!({ "title": "Night mode", "content": "A **new** text" }));
    }

    async fn publishing_and_taking_back(site: Site) {
        let (mara, project) = orbit(&site).await;
        let made = mara.draft(&project, text("One")).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        let patch = async |body: Value| mara.patch(&path, body).await;
        let now = "2026-03-04T09:30:00.000Z";
        patch(json!({ "action": "publish" }))
            .await
            .is(200, &with(published(), json!({ "id": made["id"], "publishedAt": now })));
        site.advance(Duration::seconds(5));
        patch(json!({ "action": "publish" })).await.is(200, &json!({ "publishedAt": now }));
        for (date, expected) in [
            ("2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.678Z"),
            ("2026-01-02T03:04:05+0100", "2026-01-02T02:04:05.000Z"),
            ("2026-01-02T03:04:05-05:00", "2026-01-02T08:04:05.000Z"),
            ("2026-01-02", "2026-01-02T00:00:00.000Z"),
            ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123Z"),
        ] {
            patch(json!({ "action": "publish", "publishedAt": date }))
                .await
                .is(200, &json!({ "publishedAt": expected }));
        }
        patch(json!({ "action": "publish", "publishedAt": "2026-03-05T00:00:00.000Z" }))
            .await
            .invalid(&["publishedAt"]);
        patch(json!({ "action": "publish", "publishedAt": "soon" })).await.invalid(&["publishedAt"]);
        for action in [json!("archive"), json!(null), json!(5), json!("PUBLISH ")] {
            patch(json!({ "action": action })).await.invalid(&["action"]);
        }
        patch(json!({})).await.invalid(&["action"]);
        patch(json!({ "action": "unpublish" })).await.is(200, &with(draft(), json!({ "id": made["id"] })));
        patch(json!({ "action": "unpublish" })).await.is(200, &draft());
    }

    async fn staff_ask_where_they_may_not_publish(site: Site) {
        let (mara, project) = orbit(&site).await;
        let sam = site.staff().await;
        let made = sam.draft(&project, text("One")).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        let publish = async || sam.patch(&path, json!({ "action": "publish" })).await;
        publish().await.is(202, &with(draft(), json!({
            "id": made["id"], "message": "<text>", "requiresApproval": true,
            "request": with(change_request("ALLOW_PUBLISH"), json!({
                "staffId": sam.id(), "projectId": project, "changelogEntryId": made["id"], "changelogTagId": null,
            })),
        })));
        publish().await.refused(400);
        sam.get(&path).await.is(200, &draft());
        for open in
            [json!({ "allowAutoPublish": true }), json!({ "allowAutoPublish": false, "requireApproval": false })]
        {
            mara.patch(&format!("/api/projects/{project}"), open).await.expect(200);
            publish().await.is(200, &published());
            sam.patch(&path, json!({ "action": "unpublish" })).await.is(200, &draft());
        }
    }

    async fn staff_who_may_not_publish_may_not_take_back_either(site: Site) {
        let (mara, project) = orbit(&site).await;
        let sam = site.staff().await;
        let made = mara.published(&project, text("One"), None).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        sam.patch(&path, json!({ "action": "unpublish" })).await.refused(403);
        mara.get(&path).await.is(200, &published());
    }

    async fn an_administrator_deletes_and_staff_ask_for_it(site: Site) {
        let (mara, project) = orbit(&site).await;
        let sam = site.staff().await;
        let made = mara.draft(&project, json!({ "title": "One", "content": "x", "tags": ["Fix"] })).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        let asked = json!({
            "message": "<text>", "request": with(change_request("DELETE_ENTRY"), json!({
                "staffId": sam.id(), "projectId": project, "changelogEntryId": made["id"],
            })),
        });
        sam.delete(&path).await.is(202, &asked);
        sam.delete(&path).await.refused(400);
        mara.get(&path).await.is(200, &entry());
        mara.delete(&path).await.is(200, &with(draft(), json!({ "id": made["id"], "title": "One" })));
        mara.get(&path).await.refused(404);
        mara.delete(&path).await.refused(404);
    }

    async fn an_entry_is_changed_and_deleted_by_its_id_alone(site: Site) {
        let (mara, project) = orbit(&site).await;
        let sam = site.staff().await;
        let made = mara.published(&project, json!({ "title": "One", "content": "x", "tags": ["Fix"] }), None).await;
        let path = format!("/api/changelog/entries/{}", id(&made));
        let change = json!({ "title": "Two", "content": "y", "version": "1.0", "tags": ["Feature"] });
        let expected = with(
            published(),
            json!({
                "id": made["id"], "title": "Two", "content": "y", "version": "1.0",
                "tags": [with(tag(), json!({ "name": "Feature" }))],
            }),
        );
        // What is public is changed by those who may publish.
        sam.put(&path, change.clone()).await.refused(403);
        mara.put(&path, change).await.is(200, &expected);
        mara.put(&path, json!({ "title": "Three" })).await.invalid(&["content"]);
        mara.put(&path, json!({})).await.invalid(&["content", "title"]);
        let request = with(change_request("DELETE_ENTRY"), json!({ "changelogEntryId": made["id"] }));
        sam.delete(&path).await.is(200, &json!({ "message": "<text>", "request": request, "entry": "<absent>" }));
        let gone = with(entry(), json!({ "id": made["id"] }));
        mara.delete(&path).await.is(200, &json!({ "message": "<text>", "entry": gone }));
        mara.delete(&path).await.refused(404);
        site.stranger().get(&path).await.refused(404);
    }

    async fn all_entries_are_deleted_at_once(site: Site) {
        let (mara, project) = orbit(&site).await;
        let other = mara.project("Other").await;
        mara.draft(&other, text("Elsewhere")).await;
        for title in ["One", "Two", "Three"] {
            mara.published(&project, text(title), None).await;
        }
        let path = format!("/api/projects/{project}/changelog");
        let key = site.key(&mara, &[], None).await;
        key.delete(&path).await.refused(403);
        mara.delete(&path).await.is(200, &json!({ "success": true, "entriesDeleted": 3 }));
        mara.delete(&path).await.is(200, &json!({ "success": true, "entriesDeleted": 0 }));
        mara.get(&path).await.is(200, &json!({ "entries": [], "tags": [], "pagination": pagination(1, 50, 0) }));
        mara.get(&format!("/api/projects/{other}/changelog"))
            .await
            .is(200, &json!({ "entries": each(draft()), "pagination": pagination(1, 50, 1) }));
    }
}
