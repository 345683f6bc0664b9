//! Importing from an address and from Canny, as the contract describes it.

use std::io::{Read, Write};
use std::net::TcpListener;

use model::Scope;
use serde_json::{Value, json};
use services::Settings;
use services::imports::Sources;
use services::outgoing::Reachable;
use store::Db;
use testkit::{count, fixtures, on_both_databases, services_with, settings};

use crate::app::{App, column};

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Orbit</title><link>https://orbit.example/</link>
    <item><title>Orbit 1.1.0</title><guid>https://orbit.example/11</guid><category>Added</category>
    <pubDate>Tue, 20 Jan 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;New &lt;b&gt;things&lt;/b&gt;&lt;/p&gt;</description></item>
    <item><title>Orbit 1.0.0</title><guid>https://orbit.example/10</guid><description>First</description></item></channel></rss>"#;

/// A server on this machine that answers by path until the test ends; its address.
fn serve(answer: impl Fn(&str, &str) -> (&'static str, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut bytes = vec![0; 16_384];
            let length = stream.read(&mut bytes).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes[..length]).into_owned();
            let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, body) = answer(&path, &text);
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            // Whoever hung up needs no answer.
            let _ = stream.write_all((head + &body).as_bytes());
        }
    });
    address
}

fn open(db: Db, canny: &str) -> App {
    let reachable = Reachable::new(vec![("127.0.0.0".parse().unwrap(), 8)], Vec::new());
    let import_sources = Sources { canny: canny.to_owned(), ..Sources::default() };
    App::on(services_with(db, Settings { reachable, import_sources, ..settings() }))
}

on_both_databases! {
    async fn a_feed_is_read_and_what_was_read_can_be_processed(db: Db) {
        let feed = serve(|_, _| ("200 OK", RSS.to_owned()));
        let app = open(db, "http://127.0.0.1:1");
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit").await;
        let options = json!({ "url": format!("{feed}/feed.xml"), "format": "rss", "maxEntries": 50 });
        let body = json!({ "projectId": project.id, "options": options });
        let answer = mara.post("/api/projects/import/url", body).await.expect(200).json();
        assert_eq!((&answer["success"], &answer["detection"]["format"]), (&json!(true), &json!("rss")));
        assert_eq!(
            answer["validatedEntries"][0],
            json!({
                "title": "Orbit 1.1.0", "content": "New **things**", "version": "1.1.0",
                "publishedAt": "2026-01-20T10:00:00.000Z", "tags": ["Added"], "externalId": "https://orbit.example/11",
                "line": 1, "isValid": true, "errors": [], "warnings": [], "suggestedFixes": {}
            })
        );
        assert_eq!(answer["preview"]["totalEntries"], 2);
        assert_eq!(count(app.db(), "entries").await + count(app.db(), "import_jobs").await, 0, "nothing is kept");
        let body = json!({ "projectId": project.id, "entries": answer["validatedEntries"], "options": {} });
        let done = mara.post("/api/projects/import/process", body.clone()).await.expect(200).json();
        assert_eq!((&done["importedCount"], &done["skippedCount"]), (&json!(2), &json!(0)));
        let again = mara.post("/api/projects/import/process", body).await.expect(200).json();
        assert_eq!((&again["importedCount"], &again["skippedCount"]), (&json!(0), &json!(2)));
    }

    async fn what_is_wrong_with_an_address_is_told_by_member(db: Db) {
        let other = serve(|path, _| match path {
            "/empty" => ("200 OK", "<rss ><channel><title>x</title></channel></rss>".to_owned()),
            "/page" => ("200 OK", "<!doctype html><p>x".to_owned()),
            _ => ("404 Not Found", String::new()),
        });
        let app = open(db, "http://127.0.0.1:1");
        let mara = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit").await;
        let ask = async |options: Value| mara.post("/api/projects/import/url", json!({ "projectId": project.id, "options": options })).await;
        for (options, member) in [
            (json!({}), "options.url"),
            (json!({ "url": "file:///etc/passwd" }), "options.url"),
            (json!({ "url": format!("{other}/nowhere") }), "options.url"),
            (json!({ "url": format!("{other}/page") }), "options.url"),
            (json!({ "url": "http://10.0.0.1/" }), "options.url"),
            (json!({ "url": other, "maxEntries": 501 }), "options.maxEntries"),
            (json!({ "url": other, "maxEntries": "many" }), "options.maxEntries"),
            (json!({ "url": other, "format": "gopher" }), "options.format"),
        ] {
            let answer = ask(options.clone()).await.expect(400).json();
            assert_eq!(answer["details"][0]["path"], member, "{options}: {answer}");
        }
        let missing = mara.post("/api/projects/import/url", json!({ "projectId": project.id })).await.expect(400).json();
        assert_eq!(missing["details"][0]["path"], "options");
        let empty = ask(json!({ "url": format!("{other}/empty") })).await.expect(422).json();
        assert_eq!((&empty["code"], &empty["detection"]["format"]), (&json!("nothing_to_import"), &json!("rss")));
    }

    async fn canny_is_asked_with_the_key_and_its_entries_come_back_checked(db: Db) {
        let canny = serve(|path, asked| {
            assert_eq!(path, "/api/v1/entries/list");
            if !asked.contains("apiKey=right") {
                return ("400 Bad Request", r#"{"error":"invalid API key"}"#.to_owned());
            }
            let entry = |n: usize, status: &str| json!({
                "id": format!("e{n}"), "title": format!("Entry {n}"), "markdownDetails": "Text", "status": status,
                "publishedAt": "2026-01-02T00:00:00.000Z", "types": ["New"], "labels": [{ "name": "Design" }],
                "posts": [{ "title": "Wish", "url": "https://x.canny.io/p", "tags": [{ "name": "UI" }] }], "url": "https://x.canny.io/e", "reactions": { "like": 3 }
            });
            ("200 OK", json!({ "entries": [entry(1, "published"), entry(2, "draft")], "hasMore": false }).to_string())
        });
        let app = open(db, &canny);
        let mara = app.owner("Mara").await;
        let validate = async |key: &str| mara.post("/api/projects/import/canny/validate", json!({ "apiKey": key })).await;
        assert_eq!(validate("right").await.expect(200).json(), json!({ "valid": true }));
        assert_eq!(validate("wrong").await.expect(200).json()["valid"], false);
        assert_eq!(validate("").await.expect(400).json()["details"][0]["path"], "apiKey");

        let fetch = async |more: Value| {
            let mut body = json!({ "apiKey": "right" });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            mara.post("/api/projects/import/canny/fetch", body).await
        };
        let answer = fetch(json!({})).await.expect(200).json();
        assert_eq!((&answer["success"], &answer["count"]), (&json!(true), &json!(1)), "only what is published");
        assert_eq!(
            answer["entries"][0],
            json!({
                "title": "Entry 1", "content": "Text\n\n## Related posts\n\n- [Wish](<https://x.canny.io/p>)",
                "publishedAt": "2026-01-02T00:00:00.000Z", "tags": ["new", "design"], "externalId": "canny:e1", "line": 1,
                "isValid": true, "errors": [], "warnings": [], "suggestedFixes": {},
                "metadata": { "cannyId": "e1", "url": "https://x.canny.io/e", "likes": 3, "postCount": 1, "status": "published" }
            })
        );
        let all = json!({ "statusFilter": "all", "includeLabels": false, "includePostTags": true });
        let answer = fetch(all).await.expect(200).json();
        assert_eq!(column(&answer["entries"], "title"), ["Entry 1", "Entry 2"]);
        assert_eq!((&answer["entries"][1]["status"], &answer["entries"][1]["tags"]), (&json!("draft"), &json!(["new", "ui"])));
        for (more, member) in [
            (json!({ "apiKey": "wrong" }), "apiKey"),
            (json!({ "maxEntries": 0 }), "maxEntries"),
            (json!({ "statusFilter": "open" }), "statusFilter"),
        ] {
            let answer = fetch(more).await.expect(400).json();
            assert_eq!(answer["details"][0]["path"], member, "{answer}");
        }
    }

    async fn only_staff_with_the_scopes_make_the_server_ask_others(db: Db) {
        let app = open(db, &serve(|_, _| ("200 OK", r#"{"entries":[],"hasMore":false}"#.to_owned())));
        let mara = app.owner("Mara").await;
        let (vera, sam) = (app.viewer("Vera").await, app.staff("Sam").await);
        let body = json!({ "apiKey": "key" });
        for path in ["/api/projects/import/canny/validate", "/api/projects/import/canny/fetch"] {
            app.stranger().post(path, body.clone()).await.expect(401);
            vera.post(path, body.clone()).await.expect(403);
            sam.post(path, body.clone()).await.expect(200);
            for half in [Scope::ProjectWrite, Scope::ChangelogWrite] {
                app.key(&mara, &[half], None).await.post(path, body.clone()).await.expect(403);
            }
            app.key(&mara, &[Scope::ProjectWrite, Scope::ChangelogWrite], None).await.post(path, body.clone()).await.expect(200);
        }
    }
}
