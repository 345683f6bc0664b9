//! What the clients in the field do, call by call and with the bodies they send.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::client::{Answer, encoded};
use crate::objects::{draft, project, published, tag};
use crate::shape::{each, with};
use crate::site::{Caller, Site, column, id, overlay};

/// Sends as the PHP SDK does: a JSON type on everything, empty maps as lists, dates with an offset without colon.
async fn php(key: &Caller, method: &str, path: &str, body: Option<Value>) -> Answer {
    let call = key.call(method, path).header("content-type", "application/json").header("accept", "application/json");
    let call = call.header("user-agent", "changerawr-php/0.1.0");
    match body {
        Some(Value::Object(members)) if members.is_empty() => call.body("[]").send().await,
        Some(body) => call.body(php_dates(body).to_string()).send().await,
        None => call.send().await,
    }
}

/// Dates as PHP writes them back.
fn php_dates(value: Value) -> Value {
    match value {
        Value::String(text) if crate::shape::is_time(&text) => json!(format!("{}+0000", &text[..19])),
        Value::Array(items) => items.into_iter().map(php_dates).collect(),
        Value::Object(members) => members.into_iter().map(|(name, value)| (name, php_dates(value))).collect(),
        value => value,
    }
}

/// Sends as the React SDK does: from a page of another origin, with a JSON type on everything.
async fn react(key: &Caller, method: &str, path: &str, body: Option<Value>) -> Answer {
    let call =
        key.call(method, path).header("content-type", "application/json").header("origin", "https://shop.example");
    let call = call.header("referer", "https://shop.example/news").header("sec-fetch-site", "cross-site");
    let call = match body {
        Some(body) => call.body(body.to_string()),
        None => call,
    };
    let answer = call.send().await;
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "the page could not read {method} {path}");
    answer
}

on_both_databases! {
    async fn the_php_sdk_writes_an_entry_from_beginning_to_end(site: Site) {
        let mara = site.admin().await;
        let key = site.key(&mara, &[], None).await;
        php(&key, "GET", "/api/projects", None).await.is(200, &json!([]));
        let new = json!({
            "name": "Orbit Mail", "isPublic": true, "allowAutoPublish": false, "requireApproval": true,
            "defaultTags": [], "color": null, "icon": null,
        });
        let made = php(&key, "POST", "/api/projects", Some(new)).await.is(201, &project()).json();
        let orbit = id(&made);
        php(&key, "GET", "/api/projects", None)
            .await
            .is(200, &json!([with(project(), json!({ "id": orbit, "latestEntry": null }))]));
        // A whole record goes back with one new value in it.
        let whole = php(&key, "GET", &format!("/api/projects/{orbit}"), None).await.expect(200).json();
        let renamed = overlay(&whole, json!({ "name": "Orbit Mail 2" }));
        php(&key, "PATCH", &format!("/api/projects/{orbit}"), Some(renamed))
            .await
            .is(200, &json!({ "name": "Orbit Mail 2" }));
        php(&key, "PATCH", &format!("/api/projects/{orbit}/settings"), Some(json!({}))).await.is(200, &project());

        let tags = format!("/api/projects/{orbit}/changelog/tags?page=1&limit=50");
        php(&key, "GET", &tags, None).await.is(200, &json!({ "tags": [], "pagination": { "totalCount": 0 } }));
        php(&key, "POST", "/api/changelog/tags", Some(json!({ "name": "Feature", "color": null })))
            .await
            .is(201, &tag());
        let listed = php(&key, "GET", &tags, None).await.is(200, &json!({ "tags": [tag()] })).json();
        let feature = listed["tags"][0].clone();

        let entries = format!("/api/projects/{orbit}/changelog");
        let new = json!({
            "title": "Dark mode", "content": "For **every** page.", "version": null,
            "tags": [feature, { "name": "Design" }],
        });
        let entry =
            php(&key, "POST", &entries, Some(new)).await.is(201, &with(draft(), json!({ "version": null }))).json();
        assert_eq!(column(&entry["tags"], "name").len(), 2);
        let one = format!("{entries}/{}", id(&entry));
        let entry = php(&key, "PATCH", &one, Some(json!({ "action": "publish" }))).await.is(200, &published()).json();
        // The whole entry with dates, tags and ids, as its model serialises it.
        let back = overlay(&entry, json!({ "title": "Dark mode for all" }));
        let kept = json!({
            "title": "Dark mode for all", "publishedAt": entry["publishedAt"], "createdAt": entry["createdAt"],
            "tags": entry["tags"],
        });
        php(&key, "PUT", &one, Some(back)).await.is(200, &with(published(), kept));
        php(&key, "GET", &format!("{entries}?page=1&limit=20&search=dark+mode"), None)
            .await
            .is(200, &json!({ "entries": [published()], "pagination": { "total": 1, "totalCount": 1 } }));
        php(&key, "GET", &format!("/api/changelog/{orbit}/entries?limit=5&tags=Feature%2Cdesign"), None)
            .await
            .is(200, &json!({ "items": [{ "content": "For **every** page.", "tags": "<list>" }] }));
        php(&key, "PATCH", &one, Some(json!({ "action": "unpublish" }))).await.is(200, &draft());
        assert!([200, 202, 204].contains(&php(&key, "DELETE", &one, None).await.status));
        php(&key, "DELETE", &format!("/api/changelog/tags/{}", id(&listed["tags"][0])), None).await.empty(204);
        php(&key, "DELETE", &format!("/api/projects/{orbit}"), None).await.empty(204);
        php(&key, "GET", &format!("/api/projects/{orbit}"), None).await.refused(404);
    }

    async fn the_php_sdk_reads_errors_as_text_and_a_list(site: Site) {
        let mara = site.admin().await;
        let key = site.key(&mara, &[], None).await;
        let orbit = mara.project("Orbit Mail").await;
        for answer in [
            php(&key, "POST", "/api/projects", Some(json!({}))).await,
            php(&key, "POST", &format!("/api/projects/{orbit}/changelog"), Some(json!({ "title": "" }))).await,
            php(&key, "GET", "/api/projects/cunknown", None).await,
            php(&site.stranger(), "GET", "/api/projects", None).await,
        ] {
            let body = answer.json();
            crate::shape::check("an error", &json!({ "error": "<text>", "details": "<absent|list>" }), &body);
            for one in body["details"].as_array().into_iter().flatten() {
                crate::shape::check("a detail", &json!({ "path": "<text>", "message": "<text>" }), one);
            }
        }
    }

    async fn the_react_sdk_lists_writes_and_publishes_from_another_origin(site: Site) {
        let mara = site.admin().await;
        let key = site.key(&mara, &[], None).await;
        let new = json!({
            "name": "Orbit Mail", "isPublic": true, "requireApproval": false, "allowAutoPublish": true,
            "defaultTags": ["Feature"],
        });
        let orbit = react(&key, "POST", "/api/projects", Some(new)).await.is(201, &project()).text_of("id");
        let page = react(&key, "GET", "/api/projects?page=1&limit=20", None).await;
        page.is(
            200,
            &json!({
                "items": [with(project(), json!({ "id": orbit }))],
                "pagination": { "page": 1, "limit": 20, "total": 1, "totalPages": 1 },
            }),
        );
        let tags = react(&key, "GET", &format!("/api/projects/{orbit}/changelog/tags?page=1&limit=20"), None).await;
        tags.is(200, &json!({ "items": [], "pagination": { "total": 0 } }));
        let entries = format!("/api/projects/{orbit}/changelog");
        // Names and ids alike, and no version at all.
        let new = json!({ "title": "Dark mode", "content": "For every page.", "tags": ["Feature", "Design"] });
        let entry = react(&key, "POST", &entries, Some(new)).await.is(201, &draft()).json();
        let one = format!("{entries}/{}", id(&entry));
        let change = json!({
            "title": "Night mode", "content": entry["content"], "tags": [entry["tags"][0]["id"]], "id": entry["id"],
            "updatedAt": entry["updatedAt"],
        });
        react(&key, "PUT", &one, Some(change))
            .await
            .is(200, &with(draft(), json!({ "title": "Night mode", "tags": [{ "id": entry["tags"][0]["id"] }] })));
        react(&key, "PATCH", &one, Some(json!({ "action": "publish" }))).await.is(200, &published());
        react(&key, "GET", &one, None).await.is(200, &published());
        let public =
            react(&site.stranger(), "GET", &format!("/api/changelog/{orbit}/entries?limit=5&sort=newest"), None).await;
        public.is(
            200,
            &json!({ "project": { "id": orbit }, "items": [{ "title": "Night mode", "content": "For every page." }] }),
        );
        let settings =
            react(&key, "GET", &format!("/api/projects/{orbit}/settings"), None).await.is(200, &project()).json();
        let change = overlay(&settings, json!({ "rssItemLimit": 20 }));
        react(&key, "PATCH", &format!("/api/projects/{orbit}/settings"), Some(change))
            .await
            .is(200, &json!({ "rssItemLimit": 20 }));
        let refused = react(&site.bearer("chr_nonsense"), "GET", "/api/projects?page=1&limit=20", None).await;
        assert!(!refused.refused(401).text_of("error").is_empty());
        react(&key, "DELETE", &one, None).await.expect(200);
        react(&key, "DELETE", &format!("/api/projects/{orbit}"), None).await.empty(204);
    }

    async fn the_command_line_reads_projects_and_every_published_entry(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        for number in 0..12 {
            let text = json!({
                "title": format!("Release {number}"), "content": format!("Text {number}"),
                "version": format!("1.{number}"), "tags": ["Fix"],
            });
            mara.published(&orbit, text, Some(&format!("2026-02-{:02}T10:00:00.000Z", number / 2 + 1))).await;
        }
        mara.draft(&orbit, json!({ "title": "Draft", "content": "Not yet" })).await;
        // With the token of a person, as after its sign-in in a browser.
        let projects = mara.get("/api/projects").await.is(200, &each(project())).json();
        assert_eq!(column(&projects, "id"), std::slice::from_ref(&orbit));
        let whole = mara.get(&format!("/api/projects/{orbit}")).await.expect(200).json();
        let titles = column(&whole["changelog"]["entries"], "title");
        assert_eq!((titles.len(), titles.contains(&"Draft".to_owned())), (13, true));
        let mut found = Vec::new();
        let mut query = String::new();
        loop {
            let part = mara.get(&format!("/api/changelog/{orbit}/entries/all{query}")).await.expect(200).json();
            for item in part["items"].as_array().unwrap() {
                crate::shape::check(
                    "an entry",
                    &json!({
                        "title": "<text>", "content": "<text>", "version": "<text>", "tags": [{ "name": "Fix" }],
                    }),
                    item,
                );
                found.push(item["version"].as_str().unwrap().to_owned());
            }
            match part["nextCursor"].as_str() {
                Some(cursor) => query = format!("?cursor={}", encoded(cursor)),
                None => break,
            }
        }
        found.sort();
        let mut expected: Vec<String> = (0..12).map(|number| format!("1.{number}")).collect();
        expected.sort();
        assert_eq!(found, expected);
    }
}
