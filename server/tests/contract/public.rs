//! Section 5.1 to 5.3 and 5.7: what readers, embeds and feed readers get.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::client::encoded;
use crate::objects::{public_entry, public_list, public_project};
use crate::shape::{self, with};
use crate::site::{Site, column, id};

const REVALIDATE: &str = "public, max-age=0, must-revalidate";

fn dark_mode() -> Value {
    json!({
        "title": "Dark mode", "content": "## New\n\nA dark theme for **every** page.", "version": "2.4.0",
        "tags": ["Feature"],
    })
}

on_both_databases! {
    async fn both_lists_give_published_entries_with_every_member(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = mara.published(&project, dark_mode(), Some("2026-03-04T08:00:00.000Z")).await;
        mara.draft(&project, json!({ "title": "Secret", "content": "Not yet." })).await;
        let expected = with(
            public_list(),
            json!({
                "project": with(public_project(), json!({ "id": project, "name": "Orbit Mail" })),
                "items": [with(public_entry(), json!({
                    "id": entry["id"], "title": "Dark mode", "content": "## New\n\nA dark theme for **every** page.",
                    "excerpt": "New A dark theme for every page.", "version": "2.4.0",
                    "publishedAt": "2026-03-04T08:00:00.000Z", "createdAt": "2026-03-04T09:30:00.000Z",
                    "tags": [{
                        "id": entry["tags"][0]["id"], "name": "Feature", "color": "<null|text>", "createdAt": "<absent>",
                    }],
                }))],
                "nextCursor": "<absent>",
            }),
        );
        for path in ["entries", "entries/all"] {
            site.stranger().get(&format!("/api/changelog/{project}/{path}")).await.is(200, &expected);
        }
    }

    async fn a_private_project_is_answered_like_an_unknown_one(site: Site) {
        let mara = site.admin().await;
        let private = mara.post("/api/projects", json!({ "name": "Private" })).await.expect(201).text_of("id");
        let entry = id(&mara.published(&private, dark_mode(), None).await);
        for (known, unknown) in [
            (format!("/api/changelog/{private}/entries"), "/api/changelog/cunknown/entries"),
            (format!("/api/changelog/{private}/entries/all"), "/api/changelog/cunknown/entries/all"),
            (format!("/api/changelog/{private}/rss.xml"), "/api/changelog/cunknown/rss.xml"),
            (format!("/api/changelog/entries/{entry}"), "/api/changelog/entries/cunknown"),
        ] {
            // Even to somebody who may see it elsewhere: public paths look at no credential.
            for caller in [&site.stranger(), &*mara] {
                let known = caller.get(&known).await.refused(404);
                let unknown = caller.get(unknown).await.refused(404);
                assert_eq!(known.json(), unknown.json());
            }
        }
    }

    async fn one_entry_comes_with_its_project(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = mara.published(&project, dark_mode(), None).await;
        let answer = site.stranger().get(&format!("/api/changelog/entries/{}", id(&entry))).await;
        let answer = answer.is(
            200,
            &json!({
                "project": { "id": project, "name": "Orbit Mail", "maintenanceMode": false },
                "entry": with(public_entry(), json!({
                    "id": entry["id"], "title": "Dark mode", "version": "2.4.0", "changelogId": entry["changelogId"],
                })),
            }),
        );
        assert_eq!(answer.header("cache-control"), Some(REVALIDATE));
        let again = site.stranger().call("GET", &format!("/api/changelog/entries/{}", id(&entry)));
        again.header("if-none-match", &answer.etag()).send().await.empty(304);
        let draft = mara.draft(&project, json!({ "title": "Secret", "content": "Not yet." })).await;
        site.stranger().get(&format!("/api/changelog/entries/{}", id(&draft))).await.refused(404);
    }

    async fn maintenance_empties_lists_and_hides_entries_and_feeds(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&project, dark_mode(), None).await);
        let rest = json!({ "maintenanceMode": true, "maintenanceMessage": "Back at noon" });
        mara.patch(&format!("/api/projects/{project}/settings"), rest).await.expect(200);
        let resting = json!({
            "id": project, "name": "Orbit Mail", "maintenanceMode": true, "maintenanceMessage": "Back at noon",
        });
        for path in ["entries", "entries/all", "entries?search=dark"] {
            let list = site.stranger().get(&format!("/api/changelog/{project}/{path}")).await;
            list.is(200, &json!({ "project": resting, "items": [], "nextCursor": "<absent>" }));
        }
        let one = site.stranger().get(&format!("/api/changelog/entries/{entry}")).await;
        one.is(200, &json!({ "project": resting, "entry": "<absent>" }));
        // 503 keeps feed readers subscribed; older servers said 404.
        let feed = site.stranger().get(&format!("/api/changelog/{project}/rss.xml")).await;
        assert!([404, 503].contains(&feed.status), "{}", feed.text());
        mara.get(&format!("/api/projects/{project}/changelog/{entry}")).await.expect(200);
    }

    async fn the_list_is_searched_in_title_text_and_version(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        mara.published(&project, dark_mode(), None).await;
        mara.published(
            &project,
            json!({ "title": "Sound", "content": "Bells, 100% louder_", "version": "2.5.0" }),
            None,
        )
        .await;
        for (search, expected) in [
            ("DARK", vec!["Dark mode"]),
            ("theme for", vec!["Dark mode"]),
            ("2.5", vec!["Sound"]),
            ("100%", vec!["Sound"]),
            ("louder_", vec!["Sound"]),
            ("nothing", vec![]),
            ("'; DROP TABLE entries; --", vec![]),
        ] {
            for query in [encoded(search), encoded(search).replace("%20", "+")] {
                let list = site.stranger().get(&format!("/api/changelog/{project}/entries?search={query}")).await;
                let items = list.expect(200).json()["items"].clone();
                assert_eq!(column(&items, "title"), expected, "{search}");
            }
        }
    }

    async fn unknown_orders_are_the_ordinary_one(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for (title, date) in [("Old", "2026-01-01"), ("New", "2026-02-01")] {
            mara.published(&project, json!({ "title": title, "content": "x" }), Some(date)).await;
        }
        for (query, expected) in [
            ("", ["New", "Old"]),
            ("?sort=newest", ["New", "Old"]),
            ("?sort=nonsense", ["New", "Old"]),
            ("?sort=oldest", ["Old", "New"]),
        ] {
            let list =
                site.stranger().get(&format!("/api/changelog/{project}/entries{query}")).await.expect(200).json();
            assert_eq!(column(&list["items"], "title"), expected, "{query}");
        }
    }

    async fn a_credential_changes_nothing_for_readers(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&project, dark_mode(), None).await);
        for path in [format!("/api/changelog/{project}/entries"), format!("/api/changelog/entries/{entry}")] {
            let plain = site.stranger().get(&path).await.expect(200);
            for caller in [site.bearer("x.y.z"), site.bearer("chr_nonsense"), (*mara).clone()] {
                let same = caller.get(&path).await.expect(200);
                assert_eq!((same.etag(), same.json()), (plain.etag(), plain.json()));
            }
        }
    }

    async fn readers_ask_again_with_what_they_have(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        mara.published(&project, dark_mode(), None).await;
        let path = format!("/api/changelog/{project}/entries");
        let first = site.stranger().get(&path).await.expect(200);
        assert_eq!(first.header("cache-control"), Some(REVALIDATE));
        let ask = || site.stranger().call("GET", &path).header("if-none-match", &first.etag()).send();
        let known = ask().await.empty(304);
        assert_eq!(known.etag(), first.etag());
        mara.published(&project, json!({ "title": "More", "content": "x" }), None).await;
        let changed = ask().await.expect(200);
        assert_ne!(changed.etag(), first.etag());
    }

    async fn the_feed_has_the_ids_that_readers_know(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&project, dark_mode(), Some("2026-03-04T08:00:00.000Z")).await);
        let nasty = json!({ "title": "Ends with ]]> & <b>", "content": "`]]>` in code" });
        mara.published(&project, nasty, Some("2026-03-03T08:00:00.000Z")).await;
        let path = format!("/api/changelog/{project}/rss.xml");
        let feed = site.stranger().get(&path).await.expect(200);
        assert_eq!(feed.header("content-type"), Some("application/xml; charset=utf-8"));
        assert_eq!(feed.header("cache-control"), Some("public, max-age=300"));
        assert!(feed.header("last-modified").is_some_and(|date| date.ends_with(" GMT")));
        let text = feed.text();
        for part in [
            "<title>Orbit Mail Changelog</title>".to_owned(),
            "<language>en-US</language>".to_owned(),
            "<ttl>60</ttl>".to_owned(),
            format!("<guid isPermaLink=\"false\">{entry}</guid>"),
            "<pubDate>Wed, 04 Mar 2026 08:00:00 GMT</pubDate>".to_owned(),
            "rel=\"self\"".to_owned(),
        ] {
            assert!(text.contains(&part), "{part} is not in {text}");
        }
        let mut reader = quick_xml::Reader::from_str(&text);
        while !matches!(reader.read_event().expect("well-formed XML"), quick_xml::events::Event::Eof) {}
        site.stranger().call("GET", &path).header("if-none-match", &feed.etag()).send().await.empty(304);
        // The address that feed readers have; it may lead on to the readable one, and never nowhere.
        let old = site.stranger().get(&format!("/changelog/{project}/rss.xml")).await;
        assert!([200, 301, 308].contains(&old.status), "{}", old.status);
        let off = json!({ "enableRss": false });
        mara.patch(&format!("/api/projects/{project}/settings"), off).await.expect(200);
        site.stranger().get(&path).await.refused(404);
    }

    async fn an_entry_is_no_longer_public_when_it_is_taken_back(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&project, dark_mode(), None).await);
        let path = format!("/api/projects/{project}/changelog/{entry}");
        mara.patch(&path, json!({ "action": "unpublish" })).await.expect(200);
        let list = site.stranger().get(&format!("/api/changelog/{project}/entries")).await.expect(200).json();
        shape::check("the list", &json!({ "items": [] }), &list);
        site.stranger().get(&format!("/api/changelog/entries/{entry}")).await.refused(404);
    }

    async fn what_is_wrong_about_a_list_is_said(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for cursor in ["nonsense", "cunknown", "eyJwIjoieCJ9"] {
            site.stranger().get(&format!("/api/changelog/{project}/entries?cursor={cursor}")).await.refused(400);
        }
        let wrong = site.stranger().delete(&format!("/api/changelog/{project}/entries")).await.refused(405);
        assert!(wrong.header("allow").is_some_and(|allow| allow.contains("GET")));
    }
}
