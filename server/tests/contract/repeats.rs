//! Section 23.3 to 23.5: repeating a request does no harm, and nobody overwrites what they have not seen.

use chrono::Duration;
use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::client::Answer;
use crate::objects::{draft, entry, problem};
use crate::shape::{self, with};
use crate::site::{Caller, Site, column, id};

async fn post_with_key(caller: &Caller, path: &str, key: &str, body: &Value) -> Answer {
    caller.call("POST", path).header("idempotency-key", key).json(body).send().await
}

async fn count(caller: &Caller, project: &str) -> i64 {
    let list = caller.get(&format!("/api/projects/{project}/changelog")).await.expect(200).json();
    list["pagination"]["total"].as_i64().unwrap()
}

/// A refusal that shows what is there now: the object itself, or an error with it in `current`.
#[track_caller]
fn is_outdated(answer: Answer, current: &Value) {
    let body = answer.expect(412).json();
    let shown = match body.get("current") {
        Some(shown) => {
            shape::check("the refusal", &problem(412), &body);
            shown
        }
        None => &body,
    };
    for (name, value) in current.as_object().expect("an object") {
        assert_eq!(shown.get(name), Some(value), "{name} of the current object in {body}");
    }
}

on_both_databases! {
    async fn the_same_request_is_answered_again_and_done_once(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/changelog");
        let body = json!({ "title": "One", "content": "x", "version": "1.0" });
        let first = post_with_key(&mara, &path, "release-1.0", &body).await.expect(201);
        assert_eq!(first.header("idempotent-replayed"), None);
        for _ in 0..2 {
            let again = post_with_key(&mara, &path, "release-1.0", &body).await.expect(201);
            assert_eq!(again.header("idempotent-replayed"), Some("true"));
            assert_eq!((again.json(), again.header("location")), (first.json(), first.header("location")));
        }
        assert_eq!(count(&mara, &project).await, 1);
        let different = json!({ "title": "Two", "content": "x" });
        post_with_key(&mara, &path, "release-1.0", &different).await.refused(409);
        post_with_key(&mara, &path, "release-1.1", &different).await.expect(201);
        assert_eq!(count(&mara, &project).await, 2);
    }

    async fn a_repeated_change_is_done_once(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = mara.draft(&project, json!({ "title": "One", "content": "x" })).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        let patch =
            |key: &str, body: Value| mara.call("PATCH", &path).header("idempotency-key", key).json(&body).send();
        let first = patch("publish", json!({ "action": "publish" })).await.expect(200);
        mara.patch(&path, json!({ "action": "unpublish" })).await.expect(200);
        let again = patch("publish", json!({ "action": "publish" })).await.expect(200);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        assert_eq!(again.json(), first.json());
        // It was not done again.
        mara.get(&path).await.is(200, &draft());
        patch("publish", json!({ "action": "unpublish" })).await.refused(409);
    }

    async fn a_key_for_repeats_belongs_to_its_caller_and_ends_after_a_day(site: Site) {
        let mara = site.admin().await;
        let sam = site.staff().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/changelog");
        let build = site.key(&mara, &[], None).await;
        let body = json!({ "title": "One", "content": "x" });
        let mut made = Vec::new();
        for caller in [&*mara, &*sam, &build] {
            let answer = post_with_key(caller, &path, "same", &body).await.expect(201);
            assert_eq!(answer.header("idempotent-replayed"), None);
            made.push(answer.text_of("id"));
        }
        made.dedup();
        assert_eq!(made.len(), 3);
        site.advance(Duration::hours(23));
        let again = post_with_key(&build, &path, "same", &body).await.expect(201);
        assert_eq!(again.header("idempotent-replayed"), Some("true"));
        site.advance(Duration::hours(2));
        let anew = post_with_key(&build, &path, "same", &body).await.expect(201);
        assert_eq!(anew.header("idempotent-replayed"), None);
        assert!(!made.contains(&anew.text_of("id")));
    }

    async fn a_key_for_repeats_has_at_most_255_characters(site: Site) {
        let mara = site.admin().await;
        let body = json!({ "name": "Orbit Mail" });
        post_with_key(&mara, "/api/projects", &"k".repeat(255), &body).await.expect(201);
        post_with_key(&mara, "/api/projects", &"k".repeat(256), &body).await.refused(400);
        let list = mara.get("/api/projects").await.expect(200).json();
        assert_eq!(column(&list, "name"), ["Orbit Mail"]);
    }

    async fn at_the_same_moment_it_is_still_done_once(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/changelog");
        let body = json!({ "title": "One", "content": "x" });
        let ask = || post_with_key(&mara, &path, "same", &body);
        let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
        for answer in [a, b, c, d] {
            if answer.status == 409 {
                assert!(answer.header("retry-after").is_some(), "still running, and no word about when to come back");
            } else {
                answer.expect(201);
            }
        }
        assert_eq!(count(&mara, &project).await, 1);
    }

    async fn an_external_id_names_one_entry(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let path = format!("/api/projects/{project}/changelog");
        let body = json!({ "title": "One", "content": "x", "externalId": "git:7eaed46" });
        let first =
            mara.post(&path, body.clone()).await.is(201, &with(draft(), json!({ "externalId": "git:7eaed46" })));
        let twice = json!({ "title": "Another text", "content": "y", "externalId": "git:7eaed46" });
        let again = mara.post(&path, twice).await;
        assert!([200, 201].contains(&again.status), "{}", again.text());
        shape::check("the first", &with(entry(), json!({ "id": first.json()["id"], "title": "One" })), &again.json());
        assert_eq!(count(&mara, &project).await, 1);
        let only_new = mara.call("POST", &path).header("if-none-match", "*").json(&body).send().await;
        is_outdated(only_new, &first.json());
        let fresh = json!({ "title": "Two", "content": "x", "externalId": "git:9478da6" });
        mara.call("POST", &path).header("if-none-match", "*").json(&fresh).send().await.expect(201);
        // Another project has ids of its own.
        let other = mara.project("Other").await;
        mara.post(&format!("/api/projects/{other}/changelog"), body).await.expect(201);
        mara.post(&path, json!({ "title": "x", "content": "x", "externalId": ["5"] })).await.invalid(&["externalId"]);
    }

    async fn every_single_object_has_a_strong_tag(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = mara.draft(&project, json!({ "title": "One", "content": "x", "tags": ["Fix"] })).await;
        let mut paths = vec![
            format!("/api/projects/{project}"),
            format!("/api/projects/{project}/settings"),
            format!("/api/projects/{project}/changelog/{}", id(&made)),
            format!("/api/projects/{project}/changelog/tags/{}", id(&made["tags"][0])),
        ];
        let key = mara.post(&format!("/api/projects/{project}/api-keys"), json!({ "name": "CI" })).await;
        if key.status == 201 {
            paths.push(format!("/api/projects/{project}/api-keys/{}", key.text_of("id")));
        }
        let mut missing = Vec::new();
        for path in paths {
            let answer = mara.get(&path).await;
            let Some(tag) = answer.header("etag").filter(|tag| tag.starts_with('"')) else {
                missing.push(format!("{path}: {} and {:?}", answer.status, answer.header("etag")));
                continue;
            };
            let known = mara.call("GET", &path).header("if-none-match", tag).send().await;
            if known.status != 304 || !known.body.is_empty() {
                missing.push(format!("{path}: {} for the tag it gave", known.status));
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    async fn nobody_overwrites_what_they_have_not_seen(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = mara.draft(&project, json!({ "title": "One", "content": "x" })).await;
        let path = format!("/api/projects/{project}/changelog/{}", id(&made));
        let with_tag =
            |method: &str, tag: &str, body: Value| mara.call(method, &path).header("if-match", tag).json(&body).send();
        let first = mara.get(&path).await.expect(200).etag();
        with_tag("PUT", &first, json!({ "title": "Two" })).await.is(200, &json!({ "title": "Two" }));
        let current = mara.get(&path).await.expect(200).json();
        is_outdated(with_tag("PUT", &first, json!({ "title": "Three" })).await, &current);
        is_outdated(with_tag("PATCH", &first, json!({ "action": "publish" })).await, &current);
        is_outdated(with_tag("DELETE", &first, json!({})).await, &current);
        is_outdated(with_tag("PUT", "\"nonsense\"", json!({ "title": "Three" })).await, &current);
        // `If-Match` compares strongly.
        let second = mara.get(&path).await.expect(200).etag();
        is_outdated(with_tag("PUT", &format!("W/{second}"), json!({ "title": "Three" })).await, &current);
        mara.get(&path).await.is(200, &with(draft(), json!({ "title": "Two" })));
        with_tag("PATCH", &format!("\"other\", {second}"), json!({ "action": "publish" })).await.expect(200);
        with_tag("PUT", "*", json!({ "title": "Three" })).await.expect(200);
        with_tag("DELETE", &mara.get(&path).await.expect(200).etag(), json!({})).await.expect(200);
        // Never required.
        let free = mara.draft(&project, json!({ "title": "One", "content": "x" })).await;
        mara.delete(&format!("/api/projects/{project}/changelog/{}", id(&free))).await.expect(200);
    }

    async fn projects_and_tags_are_guarded_alike(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let made = mara.draft(&project, json!({ "title": "One", "content": "x", "tags": ["Fix"] })).await;
        let tag = format!("/api/projects/{project}/changelog/tags/{}", id(&made["tags"][0]));
        for (path, method, change) in [
            (format!("/api/projects/{project}"), "PATCH", json!({ "name": "Renamed" })),
            (format!("/api/projects/{project}/settings"), "PATCH", json!({ "color": "#112233" })),
            (tag, "PATCH", json!({ "color": "#112233" })),
        ] {
            let call = |tag: &str| mara.call(method, &path).header("if-match", tag).json(&change).send();
            let before = mara.get(&path).await.expect(200);
            call("\"nonsense\"").await.expect(412);
            call(&before.etag()).await.expect(200);
            let outdated = call(&before.etag()).await.expect(412);
            assert!(outdated.text().contains(change.as_object().unwrap().values().next().unwrap().as_str().unwrap()));
        }
    }
}
