//! Section 3: where the server of before and its clients disagree. One test for each row that concerns what is served.

use serde_json::{Value, json};
use testkit::{PASSWORD, on_both_databases};

use crate::client::encoded;
use crate::objects::{change_request, draft, pagination, project, public_list, tag};
use crate::shape::with;
use crate::site::{Person, Site, column, id, overlay};

async fn orbit(site: &Site) -> (Person, String) {
    let mara = site.admin().await;
    let project = mara.project("Orbit Mail").await;
    (mara, project)
}

fn text(title: &str) -> Value {
    json!({ "title": title, "content": format!("All about **{title}**.") })
}

/// What stands between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> Option<&'a str> {
    text.split_once(from)?.1.split_once(to).map(|(found, _)| found)
}

on_both_databases! {
    async fn d01_projects_are_a_bare_list_or_a_page_by_the_query(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        mara.get("/api/projects").await.is(200, &json!([{ "id": orbit }]));
        mara.get("/api/projects?other=1").await.is(200, &json!([{ "id": orbit }]));
        for (query, limit) in [("page=1", 10), ("limit=20", 20), ("page=1&limit=20", 20), ("page=&limit=", 10)] {
            let page = json!({ "items": [{ "id": orbit }], "pagination": pagination(1, limit, 1) });
            mara.get(&format!("/api/projects?{query}")).await.is(200, &page);
        }
    }

    async fn d02_public_lists_have_text_and_excerpt(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        mara.published(&orbit, text("Dark mode"), None).await;
        let items = json!({ "items": [{ "content": "All about **Dark mode**.", "excerpt": "All about Dark mode." }] });
        for path in ["entries", "entries/all"] {
            site.stranger().get(&format!("/api/changelog/{orbit}/{path}")).await.is(200, &items);
        }
    }

    async fn d03_the_length_of_public_lists_is_honoured(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        for number in 0..12 {
            mara.published(&orbit, text(&format!("Release {number}")), None).await;
        }
        for (query, length) in
            [("", 10), ("?limit=3", 3), ("?limit=11", 11), ("?limit=100", 12), ("?limit=0", 1), ("?limit=1000", 12)]
        {
            let list = site
                .stranger()
                .get(&format!("/api/changelog/{orbit}/entries{query}"))
                .await
                .is(200, &public_list())
                .json();
            assert_eq!(list["items"].as_array().unwrap().len(), length, "{query}");
        }
    }

    async fn d04_tags_are_named_by_id_or_name(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let first = mara
            .published(&orbit, json!({ "title": "One", "content": "x", "tags": ["Bug fix"] }), Some("2026-03-01"))
            .await;
        mara.published(&orbit, json!({ "title": "Two", "content": "x", "tags": ["Feature"] }), Some("2026-03-02"))
            .await;
        mara.published(&orbit, json!({ "title": "Three", "content": "x" }), Some("2026-03-03")).await;
        let fix = id(&first["tags"][0]);
        for (tags, expected) in [
            (fix.clone(), vec!["One"]),
            ("bug+FIX".to_owned(), vec!["One"]),
            ("bug%20fix".to_owned(), vec!["One"]),
            ("feature".to_owned(), vec!["Two"]),
            (format!("{fix},FEATURE"), vec!["Two", "One"]),
            (format!("{fix}%2Cfeature"), vec!["Two", "One"]),
            ("feature,nobody".to_owned(), vec!["Two"]),
            ("nobody".to_owned(), vec![]),
            (String::new(), vec!["Three", "Two", "One"]),
        ] {
            let list =
                site.stranger().get(&format!("/api/changelog/{orbit}/entries?tags={tags}")).await.expect(200).json();
            assert_eq!(column(&list["items"], "title"), expected, "{tags}");
        }
    }

    async fn d05_the_list_of_entries_has_texts_beside_tags_and_pages(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        mara.draft(&orbit, json!({ "title": "One", "content": "All **of** it", "tags": ["Fix"] })).await;
        let list = json!({
            "entries": [with(draft(), json!({ "content": "All **of** it" }))],
            "tags": [with(tag(), json!({ "name": "Fix" }))],
            "pagination": pagination(1, 50, 1),
        });
        mara.get(&format!("/api/projects/{orbit}/changelog")).await.is(200, &list);
    }

    async fn d06_tags_come_as_texts_objects_and_not_at_all(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let first =
            mara.draft(&orbit, json!({ "title": "One", "content": "x", "tags": ["Fix", { "name": "Feature" }] })).await;
        let path = format!("/api/projects/{orbit}/changelog/{}", id(&first));
        mara.put(&path, json!({ "title": "Renamed" })).await.is(200, &json!({ "tags": "<list>" }));
        let kept = mara.get(&path).await.expect(200).json();
        assert_eq!(column(&kept["tags"], "name").len(), 2);
        // Whole tags, as a list gave them, and one by its id, and one by a name in another case.
        for tags in [
            kept["tags"].clone(),
            json!([kept["tags"][0]["id"], kept["tags"][1]["id"]]),
            json!(["FIX", { "name": "feature" }]),
        ] {
            let put = mara.put(&path, json!({ "tags": tags })).await.expect(200).json();
            assert_eq!(column(&put["tags"], "id").len(), 2, "{tags}");
            assert_eq!(put["tags"], kept["tags"]);
        }
        let none = mara.draft(&orbit, json!({ "title": "Two", "content": "x" })).await;
        assert_eq!(none["tags"], json!([]));
    }

    async fn d07_an_entry_without_version_conflicts_with_none(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        for new in [
            json!({ "title": "One", "content": "x" }),
            json!({ "title": "Two", "content": "x", "version": null }),
            json!({ "title": "Three", "content": "x", "version": "" }),
        ] {
            let made = mara.draft(&orbit, new).await;
            assert_eq!(made["version"], Value::Null);
        }
    }

    async fn d08_a_request_for_approval_is_a_whole_entry_too(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let sam = site.staff().await;
        let made = mara.draft(&orbit, json!({ "title": "One", "content": "x", "tags": ["Fix"] })).await;
        let path = format!("/api/projects/{orbit}/changelog/{}", id(&made));
        sam.patch(&path, json!({ "action": "publish" })).await.is(
            202,
            &with(
                draft(),
                json!({
                    "id": made["id"], "title": "One", "content": "x", "tags": [tag()], "message": "<text>",
                    "requiresApproval": true,
                    "request": change_request("ALLOW_PUBLISH"),
                }),
            ),
        );
    }

    async fn d09_the_list_of_tags_has_both_names_for_everything(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        mara.draft(&orbit, json!({ "title": "One", "content": "x", "tags": ["Fix", "Feature"] })).await;
        let path = format!("/api/projects/{orbit}/changelog/tags");
        let list = json!({ "tags": [tag(), tag()], "items": [tag(), tag()], "pagination": pagination(1, 20, 2) });
        let answer = mara.get(&path).await.is(200, &list).json();
        assert_eq!(answer["tags"], answer["items"]);
    }

    async fn d10_tags_are_reached_without_a_project(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let made =
            mara.post("/api/changelog/tags", json!({ "name": "Fix", "color": null })).await.is(201, &tag()).json();
        mara.post("/api/changelog/tags", json!({ "name": "fix" })).await.is(200, &made);
        mara.get("/api/changelog/tags/search?query=fi&limit=5").await.is(200, &json!([made]));
        let path = format!("/api/changelog/tags/{}", id(&made));
        mara.patch(&path, overlay(&made, json!({ "color": "#00ff00" })))
            .await
            .is(200, &with(tag(), json!({ "color": "#00ff00" })));
        mara.get(&format!("/api/projects/{orbit}/tags/used")).await.is(200, &json!([]));
        mara.draft(&orbit, json!({ "title": "One", "content": "x", "tags": [made] })).await;
        mara.get(&format!("/api/projects/{orbit}/tags/used")).await.is(200, &json!([{ "id": made["id"] }]));
        mara.delete(&path).await.empty(204);
    }

    async fn d17_deleting_answers_as_each_client_expects(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let tagged = mara.draft(&orbit, json!({ "title": "One", "content": "x", "tags": ["Fix", "Feature"] })).await;
        let (first, second) = (id(&tagged["tags"][0]), id(&tagged["tags"][1]));
        let with_project = mara.delete(&format!("/api/projects/{orbit}/changelog/tags/{first}")).await;
        let without = mara.delete(&format!("/api/changelog/tags/{second}")).await;
        mara.delete(&format!("/api/projects/{orbit}")).await.empty(204);
        with_project.is(200, &json!({ "success": true, "message": "<text>" }));
        without.empty(204);
    }

    async fn d18_a_new_project_gets_all_its_settings(site: Site) {
        let mara = site.admin().await;
        let new = json!({
            "name": "Orbit Mail", "isPublic": true, "allowAutoPublish": true, "requireApproval": false,
            "defaultTags": ["Feature", "Fix"], "color": "#4f46e5", "icon": "Rocket",
        });
        let made = mara.post("/api/projects", new.clone()).await.is(201, &with(project(), new.clone()));
        mara.get(&format!("/api/projects/{}/settings", made.text_of("id"))).await.is(200, &new);
    }

    async fn d22_settings_say_when_the_project_was_made(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let path = format!("/api/projects/{orbit}/settings");
        mara.get(&path).await.is(200, &json!({ "createdAt": "2026-03-04T09:30:00.000Z", "updatedAt": "<time>" }));
        mara.patch(&path, json!({ "name": "Orbit" }))
            .await
            .is(200, &json!({ "createdAt": "2026-03-04T09:30:00.000Z" }));
    }

    async fn d26_a_token_in_the_header_says_who_one_is(site: Site) {
        let mara = site.admin().await;
        mara.get("/api/auth/me")
            .await
            .is(200, &json!({ "id": mara.id(), "email": mara.email(), "name": "Mara", "role": "ADMIN" }));
    }

    async fn d27_not_signed_in_is_401(site: Site) {
        let (_, orbit) = orbit(&site).await;
        for path in [
            "/api/projects".to_owned(),
            format!("/api/projects/{orbit}"),
            format!("/api/projects/{orbit}/changelog"),
            format!("/api/projects/{orbit}/versions"),
            "/api/auth/me".to_owned(),
            "/api/search?q=xx".to_owned(),
            "/api/admin/api-keys".to_owned(),
            "/api/changelog/tags/search?query=x".to_owned(),
        ] {
            site.stranger().get(&path).await.refused(401);
            site.bearer("x.y.z").get(&path).await.refused(401);
            site.bearer("chr_nonsense").get(&path).await.refused(401);
        }
    }

    async fn d28_the_feed_is_at_the_address_that_pages_named(site: Site) {
        let (mara, orbit) = orbit(&site).await;
        let entry = id(&mara.published(&orbit, text("Dark mode"), None).await);
        let feed = site.stranger().get(&format!("/api/changelog/{orbit}/rss.xml")).await.expect(200);
        assert!(feed.text().contains(&format!("<guid isPermaLink=\"false\">{entry}</guid>")), "{}", feed.text());
    }

    async fn d29_sign_in_leads_back_under_each_name(site: Site) {
        let mara = site.admin().await;
        let wanted = "/dashboard/projects?from=cli";
        for name in ["redirect", "redirectTo", "from"] {
            // Each try is a sign-in, of which there are few.
            let foreign: &[&str] = if name == "redirect" {
                &["https://evil.example/x", "//evil.example/x", "/\\evil.example"]
            } else {
                &[]
            };
            for target in std::iter::once(&wanted).chain(foreign) {
                let page = site.stranger().get(&format!("/login?{name}={}", encoded(target))).await.expect(200).text();
                let form = between(&page, "<form", ">").expect("a form");
                let action = between(form, "action=\"", "\"").expect("where it goes").replace("&amp;", "&");
                let hidden = between(&page, "name=\"redirect_to\"", ">")
                    .and_then(|rest| between(rest, "value=\"", "\""))
                    .unwrap_or_default();
                let hidden = hidden.replace("&amp;", "&");
                let body = format!(
                    "email={}&password={}&redirect_to={}",
                    encoded(mara.email()),
                    encoded(PASSWORD),
                    encoded(&hidden)
                );
                let call =
                    site.stranger().call("POST", &action).header("content-type", "application/x-www-form-urlencoded");
                let call = call
                    .header("origin", &site.origin())
                    .header("accept", "text/html")
                    .header("referer", &format!("{}/login", site.origin()));
                let answer = call.body(body).send().await;
                let location = answer.header("location").unwrap_or_default().to_owned();
                if *target == wanted {
                    assert!(location.ends_with(wanted), "{name}={target} led to {location:?} ({})", answer.status);
                } else {
                    assert!(!location.contains("evil.example"), "{name}={target} led to {location:?}");
                }
            }
        }
    }
}
