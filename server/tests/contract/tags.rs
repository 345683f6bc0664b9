//! Section 9: tags, with and without a project in the path.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::{pagination, tag};
use crate::shape::{each, with};
use crate::site::{Caller, Site, column, id};
use crate::walls::{self, op};

fn named(name: &str) -> Value {
    with(tag(), json!({ "name": name }))
}

/// Tags of these names, used by one entry of the project.
async fn used(caller: &Caller, project: &str, names: &[&str]) -> Vec<Value> {
    let entry = caller.draft(project, json!({ "title": "Tagged", "content": "x", "tags": names })).await;
    let tags = entry["tags"].as_array().expect("tags").clone();
    names.iter().map(|name| tags.iter().find(|tag| tag["name"] == *name).expect("the tag").clone()).collect()
}

on_both_databases! {
    async fn who_may_do_what_with_tags(site: Site) {
        const TAGS: &str = "/api/projects/{project}/changelog/tags";
        const TAG: &str = "/api/projects/{project}/changelog/tags/{tag}";
        walls::check(
            &site,
            &[
                op("GET", TAGS).key("tags:read"),
                op("POST", TAGS).body(json!({ "name": "feature" })).staff().key("tags:write").gives(&[200, 201]),
                op("GET", TAG).key("tags:read"),
                op("PATCH", TAG).body(json!({ "color": "#123456" })).staff().key("tags:write"),
                op("PATCH", TAGS).body(json!({ "tagId": "{tag}", "color": "#123456" })).staff().key("tags:write"),
                op("GET", "/api/projects/{project}/tags/used").key("tags:read"),
                op("POST", "/api/changelog/tags")
                    .body(json!({ "name": "feature" }))
                    .staff()
                    .key("tags:write")
                    .gives(&[200, 201]),
                op("PATCH", "/api/changelog/tags/{tag}").body(json!({ "color": "#123456" })).staff().key("tags:write"),
                op("GET", "/api/changelog/tags/search?query=fea").key("tags:read"),
            ],
        )
        .await;
    }

    async fn who_may_delete_a_tag(site: Site) {
        // It goes from every project, which an administrator decides.
        const ASKS: &[u16] = &[202, 403];
        let mara = site.admin().await;
        let sam = site.staff().await;
        let vera = site.viewer().await;
        let project = mara.project("Orbit Mail").await;
        let without = site.key(&mara, &["tags:read", "changelog:delete", "project:write"], None).await;
        let with_scope = site.key(&mara, &["tags:write"], None).await;
        type Form = fn(&str, &str) -> String;
        let forms: [(Form, u16); 3] = [
            (|project, tag| format!("/api/projects/{project}/changelog/tags/{tag}"), 200),
            (|project, tag| format!("/api/projects/{project}/changelog/tags?tagId={tag}"), 200),
            (|_, tag| format!("/api/changelog/tags/{tag}"), 204),
        ];
        for (number, (path, good)) in forms.into_iter().enumerate() {
            for (other, caller) in [&*mara, mara.cookie(), &with_scope].into_iter().enumerate() {
                let name = format!("Tag {number} {other}");
                let tag = id(&used(&mara, &project, &[&name]).await[0]);
                let path = path(&project, &tag);
                site.stranger().delete(&path).await.refused(401);
                vera.delete(&path).await.refused(403);
                without.delete(&path).await.refused(403);
                mara.cookie().call("DELETE", &path).header("origin", "https://evil.example").send().await.refused(403);
                let asked = sam.delete(&path).await;
                assert!(ASKS.contains(&asked.status), "staff: {} {}", asked.status, asked.text());
                caller.call("DELETE", &path).header("content-type", "application/json").send().await.expect(good);
                mara.delete(&path).await.refused(404);
            }
        }
    }

    async fn tags_are_listed_by_name_in_both_forms(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let other = mara.project("Other").await;
        used(&mara, &project, &["fix", "Design"]).await;
        used(&mara, &other, &["Elsewhere"]).await;
        let path = format!("/api/projects/{project}/changelog/tags");
        mara.post(&path, json!({ "name": "Unused", "color": "#3b82f6" })).await.expect(201);
        // Used here, or nowhere.
        let tags = json!([named("Design"), named("fix"), with(named("Unused"), json!({ "color": "#3b82f6" }))]);
        mara.get(&path).await.is(200, &json!({ "tags": tags, "items": tags, "pagination": pagination(1, 20, 3) }));
        let page = json!({ "tags": [named("fix")], "items": [named("fix")], "pagination": pagination(2, 1, 3) });
        mara.get(&format!("{path}?page=2&limit=1")).await.is(200, &page);
        mara.get(&format!("{path}?search=FI"))
            .await
            .is(200, &json!({ "tags": [named("fix")], "pagination": pagination(1, 20, 1) }));
        let counted = |name: &str, entries: i64| with(named(name), json!({ "_count": { "entries": entries } }));
        let tags = json!([counted("Design", 1), counted("fix", 1), counted("Unused", 0)]);
        mara.get(&format!("{path}?includeUsage=true")).await.is(200, &json!({ "tags": tags, "items": tags }));
        for (asked, limit) in [("0", 1), ("500", 100), ("many", 20)] {
            let answer = mara.get(&format!("{path}?limit={asked}")).await;
            answer.is(200, &json!({ "pagination": pagination(1, limit, 3) }));
        }
    }

    async fn a_tag_is_made_once_whatever_its_case(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for path in [format!("/api/projects/{project}/changelog/tags"), "/api/changelog/tags".to_owned()] {
            let name = if path.contains("projects") { "Feature" } else { "Änderung" };
            let new = json!({ "name": format!("  {name} "), "color": "#3b82f6" });
            let made = mara.post(&path, new).await.is(201, &with(named(name), json!({ "color": "#3b82f6" }))).json();
            for again in [json!({ "name": name.to_uppercase() }), json!({ "name": name, "color": "#000000" })] {
                mara.post(&path, again).await.is(200, &made);
            }
            let colorless = mara.post(&path, json!({ "name": format!("{name} two"), "color": null })).await;
            colorless.is(201, &json!({ "color": null }));
            mara.post(&path, json!({})).await.invalid(&["name"]);
            mara.post(&path, json!({ "name": " " })).await.invalid(&["name"]);
            mara.post(&path, json!({ "name": "x".repeat(51) })).await.invalid(&["name"]);
            for color in ["blue", "#12", "#1234567", "123456", "#12345g"] {
                mara.post(&path, json!({ "name": "Other", "color": color })).await.invalid(&["color"]);
            }
        }
    }

    async fn a_tag_is_read_changed_and_deleted(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let tags = used(&mara, &project, &["Feature", "Fix"]).await;
        let path = format!("/api/projects/{project}/changelog/tags/{}", id(&tags[0]));
        mara.get(&path)
            .await
            .is(200, &with(named("Feature"), json!({ "id": tags[0]["id"], "_count": { "entries": 1 } })));
        mara.patch(&path, json!({ "color": "#AABBCC" }))
            .await
            .is(200, &with(named("Feature"), json!({ "color": "<'#AABBCC'|'#aabbcc'>" })));
        mara.patch(&path, json!({ "name": " Improvement " }))
            .await
            .is(200, &with(named("Improvement"), json!({ "color": "<text>" })));
        mara.patch(&path, json!({ "color": null }))
            .await
            .is(200, &with(named("Improvement"), json!({ "color": null })));
        mara.patch(&path, json!({ "name": "improvement" })).await.is(200, &named("improvement"));
        mara.patch(&path, json!({ "name": "FIX" })).await.refused(409);
        mara.patch(&path, json!({ "name": "", "color": "red" })).await.invalid(&["color", "name"]);
        mara.delete(&path).await.is(200, &json!({ "success": true, "message": "<text>" }));
        mara.get(&path).await.refused(404);
        let list = mara.get(&format!("/api/projects/{project}/changelog")).await.expect(200).json();
        assert_eq!(column(&list["entries"][0]["tags"], "name"), ["Fix"]);
    }

    async fn the_older_forms_name_the_tag_beside_the_path(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let tag = used(&mara, &project, &["Feature"]).await.remove(0);
        let path = format!("/api/projects/{project}/changelog/tags");
        let change = json!({ "tagId": tag["id"], "name": "Improvement", "color": "#00ff00" });
        mara.patch(&path, change)
            .await
            .is(200, &with(named("Improvement"), json!({ "id": tag["id"], "color": "#00ff00" })));
        mara.patch(&path, json!({ "name": "x" })).await.refused(400);
        mara.patch(&path, json!({ "tagId": "cunknown", "name": "x" })).await.refused(404);
        mara.delete(&path).await.refused(400);
        let gone = json!({ "success": true, "message": "<text>", "entriesAffected": 1 });
        mara.delete(&format!("{path}?tagId={}", id(&tag))).await.is(200, &gone);
        mara.delete(&format!("{path}?tagId={}", id(&tag))).await.refused(404);
    }

    async fn tags_are_found_and_listed_without_a_project(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let other = mara.project("Other").await;
        used(&mara, &project, &["Feature", "Fix", "Bug fix"]).await;
        used(&mara, &other, &["Prefix"]).await;
        let search = async |query: &str| {
            let answer = mara.get(&format!("/api/changelog/tags/search?{query}")).await;
            column(&answer.is(200, &each(tag())).json(), "name")
        };
        assert_eq!(search("query=F").await[..2], ["Feature", "Fix"]);
        // What begins with it comes before what contains it.
        assert_eq!(search("query=fix").await[0], "Fix");
        assert_eq!(search("query=bug+f").await, ["Bug fix"]);
        assert_eq!(search("query=fix&limit=1").await, ["Fix"]);
        assert_eq!(search("query=nothing").await, Vec::<String>::new());
        let used_here = mara.get(&format!("/api/projects/{project}/tags/used")).await.is(200, &each(tag())).json();
        let mut names = column(&used_here, "name");
        names.sort();
        assert_eq!(names, ["Bug fix", "Feature", "Fix"]);
    }

    async fn a_key_of_one_project_leaves_the_tags_of_others_alone(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let other = mara.project("Other").await;
        let shared = id(&used(&mara, &project, &["Shared"]).await[0]);
        used(&mara, &other, &["Shared"]).await;
        let own = id(&used(&mara, &project, &["Own"]).await[0]);
        let key = site.key(&mara, &[], Some(&project)).await;
        for path in [format!("/api/projects/{project}/changelog/tags"), "/api/changelog/tags".to_owned()] {
            key.patch(&format!("{path}/{shared}"), json!({ "name": "Taken" })).await.refused(403);
            key.delete(&format!("{path}/{shared}")).await.refused(403);
            key.patch(&format!("{path}/{own}"), json!({ "name": "Mine" })).await.is(200, &named("Mine"));
        }
        key.delete(&format!("/api/changelog/tags/{own}")).await.empty(204);
    }
}
