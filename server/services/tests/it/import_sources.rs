//! Importing from an address, from GitHub and from Canny, against recorded servers on this machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use model::imports::{CannyOptions, CannyStatus, FeedFormat, FromUrl, ImportOptions, Outcome};
use model::projects::Project;
use serde_json::{Value, json};
use services::imports::{self, Sources};
use services::outgoing::Reachable;
use services::{Services, Settings};
use store::Db;
use testkit::{count, fixtures, on_both_databases, services_with, settings};

use crate::help::log;
use crate::import_options::{all, finish, importer};
use crate::other::{Other, found, ok};

const RSS: &str = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Orbit</title><link>https://orbit.example/</link>
    <item><title>Orbit 1.1.0</title><guid>https://orbit.example/11</guid><category>Added</category>
    <pubDate>Tue, 20 Jan 2026 10:00:00 GMT</pubDate><description>&lt;p&gt;New &lt;b&gt;things&lt;/b&gt;&lt;/p&gt;</description></item>
    <item><title>Orbit 1.0.0</title><guid>https://orbit.example/10</guid>
    <pubDate>Sat, 10 Jan 2026 10:00:00 GMT</pubDate><description>First</description></item></channel></rss>"#;

/// An instance that may ask this machine, where GitHub and Canny are `other`.
fn open(db: Db, other: &Other) -> Services {
    let reachable = Reachable::new(vec![("127.0.0.0".parse().unwrap(), 8)], Vec::new());
    let import_sources = Sources { github: other.at(""), canny: other.at("") };
    services_with(db, Settings { reachable, import_sources, ..settings() })
}

fn from(url: String) -> FromUrl {
    FromUrl { url, format: FeedFormat::Auto, most: 50, token: None }
}

fn typed(kind: &str, body: &str) -> Option<String> {
    Some(format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n{body}", body.len()))
}

fn status(line: &str) -> Option<String> {
    Some(format!("HTTP/1.1 {line}\r\nContent-Length: 0\r\n\r\n"))
}

async fn fetch(cx: &Services, project: &Project, from: FromUrl) -> model::Result<imports::Fetched> {
    imports::fetch_url(cx, &importer(cx, project).await, from).await
}

/// What is said about the address.
async fn refusal(cx: &Services, project: &Project, from: FromUrl, field: &str) -> String {
    fetch(cx, project, from).await.unwrap_err().for_field(field).expect("the field is named")
}

on_both_databases! {
    async fn a_feed_is_previewed_and_importing_it_twice_adds_nothing(db: Db) {
        let other = Other::answering(|_, _| typed("application/rss+xml", RSS)).await;
        let cx = open(db, &other);
        let project = fixtures::project(&cx, "Orbit").await;
        let may = importer(&cx, &project).await;
        let job = imports::read_url(&cx, &may, from(other.at("/feed.xml"))).await.unwrap();
        assert_eq!((job.detected.label.as_str(), job.total), ("Feed (RSS)", 2));
        assert_eq!(job.name().as_deref(), Some(format!("feed.xml (127.0.0.1:{})", other.port).as_str()));
        let options = ImportOptions { publish: true, ..ImportOptions::default() };
        let done = finish(&cx, &project, &job, options.clone()).await;
        assert_eq!(done.of_outcome(Outcome::Created), 2);
        let entries = all(&cx, &project).await;
        let newest = entries.iter().find(|entry| entry.version.as_deref() == Some("1.1.0")).unwrap();
        assert_eq!((newest.title.as_str(), newest.content.as_str()), ("Orbit 1.1.0", "New **things**"));
        assert_eq!(newest.external_id.as_deref(), Some("https://orbit.example/11"));
        assert_eq!(newest.published_at.map(model::time::to_wire).as_deref(), Some("2026-01-20T10:00:00.000Z"));
        assert_eq!(newest.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["Added"]);

        let again = imports::read_url(&cx, &may, from(other.at("/feed.xml"))).await.unwrap();
        let again = finish(&cx, &project, &again, options).await;
        assert_eq!((again.of_outcome(Outcome::Created), again.of_outcome(Outcome::Unchanged)), (0, 2));
        assert_eq!(all(&cx, &project).await, entries);
    }

    async fn a_preview_keeps_its_limit_and_origin_when_it_is_read_again(db: Db) {
        let other = Other::answering(|_, _| typed("application/rss+xml", RSS)).await;
        let cx = open(db, &other);
        let project = fixtures::project(&cx, "Orbit").await;
        let may = importer(&cx, &project).await;
        let job = imports::read_url(&cx, &may, FromUrl { most: 1, ..from(other.at("/feed")) }).await.unwrap();
        assert_eq!(job.total, 1);
        assert!(job.notes.iter().any(|note| note.message == "There are 2 entries; the first 1 were read."));
        let again = imports::read_again(&cx, &may, &job.id, &model::imports::Reading::default()).await.unwrap();
        assert_eq!((again.total, again.name()), (1, job.name()));
    }

    async fn pages_lead_to_their_feed_and_files_are_read_as_what_they_are(db: Db) {
        let other = Other::answering(|path, _| match path {
            "/blog" => typed("text/html", "<!doctype html><link rel=alternate type=application/rss+xml href='/deep/feed.xml'>"),
            "/deep/feed.xml" => typed("text/xml", RSS),
            "/moved" => found("/deep/feed.xml"),
            "/CHANGELOG.md" => typed("text/plain", "# Changelog\n\n## 1.0.0\n\n- x\n"),
            "/table" => typed("text/csv", "title,content\nOne,x\n"),
            "/json" => typed("application/json", "[{\"title\":\"One\",\"content\":\"x\"}]"),
            "/latin" => typed("application/xml", "<?xml version='1.0'?><rss><channel><title>x</title><item><title>y</title></item></channel></rss>"),
            _ => None,
        })
        .await;
        let cx = open(db, &other);
        for (path, label) in [
            ("/blog", "Feed (RSS)"),
            ("/moved", "Feed (RSS)"),
            ("/CHANGELOG.md", "Headings with versions"),
            ("/table", "Table (CSV)"),
            ("/json", "JSON"),
            ("/latin", "Feed (RSS)"),
        ] {
            // Each in a project of its own: of previews of one moment only a few are kept.
            let project = fixtures::project(&cx, path).await;
            let may = importer(&cx, &project).await;
            let job = imports::read_url(&cx, &may, from(other.at(path))).await.unwrap();
            assert_eq!(job.detected.label, label, "{path}");
        }
    }

    async fn what_cannot_be_imported_is_told_with_the_reason(db: Db) {
        let other = Other::answering(|path, port| match path {
            "/missing" => status("404 Not Found"),
            "/secret" => status("403 Forbidden"),
            "/broken" => status("500 Internal Server Error"),
            "/page" => typed("text/html", "<!doctype html><p>Hello"),
            "/text" => typed("text/plain", "Just some text that is no feed at all"),
            "/image" => typed("image/png", "\u{1}\u{2}PNG"),
            "/dtd" => typed("text/xml", "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss ><channel><item><title>&x;</title></item></channel></rss>"),
            "/large" => typed("text/xml", &format!("<rss >{}</rss>", "x".repeat(5 * 1024 * 1024))),
            "/inside" => found("http://169.254.169.254/latest/meta-data/"),
            "/round" => found(&format!("http://127.0.0.1:{port}/round")),
            _ => None,
        })
        .await;
        let cx = open(db, &other);
        let project = fixtures::project(&cx, "Orbit").await;
        for (path, words) in [
            ("/missing", "has nothing at this address"),
            ("/secret", "does not give this to everybody"),
            ("/broken", "answered with an error (500)"),
            ("/page", "a page that names no feed"),
            ("/text", "is not a feed"),
            ("/image", "is not a feed"),
            ("/large", "more than 5 MB"),
            ("/inside", "169.254.169.254 is in a private network"),
            ("/round", "redirects too often"),
        ] {
            let said = refusal(&cx, &project, from(other.at(path)), "url").await;
            assert!(said.contains(words), "{path}: {said}");
        }
        let may = importer(&cx, &project).await;
        let refused = imports::read_url(&cx, &may, from(other.at("/dtd"))).await.unwrap_err();
        assert!(refused.for_field("url").is_some_and(|said| said.contains("document type")), "{refused:?}");
        let wrong = FromUrl { format: FeedFormat::Json, ..from(other.at("/text")) };
        assert!(refusal(&cx, &project, wrong, "url").await.contains("is not JSON"));
        for url in ["file:///etc/passwd", "example.com", "gopher://x"] {
            assert!(refusal(&cx, &project, from(url.to_owned()), "url").await.contains("whole address"), "{url}");
        }
        assert_eq!(count(&cx.db, "import_jobs").await, 0);
    }

    async fn private_addresses_are_refused_unless_the_configuration_opens_them(cx: Services) {
        let other = Other::answering(|_, _| ok(RSS)).await;
        let project = fixtures::project(&cx, "Orbit").await;
        let mapped = format!("http://[::ffff:127.0.0.1]:{}/", other.port);
        for url in [other.at("/feed"), format!("http://localhost:{}/", other.port), mapped, "http://10.0.0.1/".to_owned()] {
            let said = refusal(&cx, &project, from(url.clone()), "url").await;
            assert!(said.contains("private network"), "{url}: {said}");
        }
        assert_eq!(other.asked(), Vec::<String>::new());
    }

    async fn releases_of_github_come_page_by_page_and_the_token_goes_nowhere_else(db: Db) {
        let page = |from: usize, to: usize| -> String {
            let release = |n: usize| json!({ "tag_name": format!("v1.{n}.0"), "name": "", "body": format!("Text {n}"), "draft": n == 3, "prerelease": n == 4, "published_at": "2026-01-01T00:00:00Z" });
            Value::Array((from..to).map(release).collect()).to_string()
        };
        let (first, second) = (page(0, 100), page(100, 120));
        let github = Other::answering(move |path, _| match path {
            "/repos/acme/orbit/releases?per_page=100&page=1" => ok(&first),
            "/repos/acme/orbit/releases?per_page=100&page=2" => ok(&second),
            "/repos/acme/orbit/releases?per_page=2&page=1" => ok(&page(0, 2)),
            "/repos/acme/busy/releases?per_page=50&page=1" => status("403 Forbidden"),
            "/repos/acme/closed/releases?per_page=50&page=1" => status("401 Unauthorized"),
            _ => status("404 Not Found"),
        })
        .await;
        let cx = open(db, &github);
        let project = fixtures::project(&cx, "Orbit").await;
        let may = importer(&cx, &project).await;
        let token = Some("ghp_secret".to_owned());
        let all = FromUrl { most: 150, token: token.clone(), ..from("https://github.com/acme/orbit".to_owned()) };
        let job = imports::read_url(&cx, &may, all).await.unwrap();
        // A draft of GitHub is left out.
        assert_eq!((job.detected.label.as_str(), job.total), ("Releases of GitHub (JSON)", 119));
        assert_eq!(job.name().as_deref(), Some("github.com/acme/orbit"));
        let asked = github.asked().join("\n").to_ascii_lowercase();
        assert_eq!(asked.matches("authorization: bearer ghp_secret").count(), 2, "{asked}");
        let rows = imports::rows(&cx, &may, &job.id, Default::default(), 1).await.unwrap().rows;
        assert_eq!((rows[0].title.as_str(), rows[0].version.as_deref()), ("Version 1.0.0", Some("1.0.0")));

        let few = FromUrl { most: 2, format: FeedFormat::GithubApi, ..from(github.at("/repos/acme/orbit/releases")) };
        assert_eq!(imports::read_url(&cx, &may, few).await.unwrap().total, 2);
        let said = |name: &str, field: &'static str, token: Option<String>| {
            let wanted = FromUrl { token, ..from(format!("https://github.com/acme/{name}/releases")) };
            let (cx, project) = (&cx, &project);
            async move { refusal(cx, project, wanted, field).await }
        };
        assert!(said("busy", "githubToken", None).await.contains("without a token"));
        assert!(said("closed", "githubToken", token.clone()).await.contains("does not take this token"));
        assert!(said("none", "url", None).await.contains("acme/none"));
        let no_repository = FromUrl { format: FeedFormat::GithubApi, ..from("https://example.com/x".to_owned()) };
        assert!(refusal(&cx, &project, no_repository, "url").await.contains("https://github.com/owner/name"));

        // Another host never sees the token.
        let other = Other::answering(|_, _| typed("application/rss+xml", RSS)).await;
        fetch(&cx, &project, FromUrl { token, ..from(other.at("/feed")) }).await.unwrap();
        assert!(!other.asked().join("").contains("ghp_secret"));
        let kept = kept_texts(&cx).await;
        assert!(!kept.contains("ghp_secret"), "{kept}");
    }

    async fn entries_of_canny_come_page_by_page_and_the_key_is_kept_nowhere(db: Db) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let entry = |n: usize, status: &str| json!({
            "id": format!("e{n}"), "title": format!("Entry {n}"), "markdownDetails": format!("Text {n}"), "status": status,
            "created": "2026-01-01T00:00:00.000Z", "publishedAt": "2026-01-02T00:00:00.000Z", "types": ["New"],
            "labels": [{ "name": "Design" }], "posts": [], "reactions": { "like": n }, "url": "https://x.canny.io/e"
        });
        let first: Vec<Value> = (0..50).map(|n| entry(n, if n == 7 { "draft" } else { "published" })).collect();
        let second: Vec<Value> = (50..60).map(|n| entry(n, "published")).collect();
        let first = json!({ "entries": first, "hasMore": true }).to_string();
        let second = json!({ "entries": second, "hasMore": false }).to_string();
        let canny = Other::answering(move |path, _| match (path, counted.fetch_add(1, Ordering::SeqCst)) {
            ("/api/v1/entries/list", 0) => ok(&first),
            ("/api/v1/entries/list", 1) => ok(&second),
            _ => Some("HTTP/1.1 400 Bad Request\r\nContent-Length: 27\r\n\r\n{\"error\":\"invalid API key\"}".to_owned()),
        })
        .await;
        let cx = open(db, &canny);
        let project = fixtures::project(&cx, "Orbit").await;
        let may = importer(&cx, &project).await;
        let options = CannyOptions { most: 500, ..CannyOptions::default() };
        let job = imports::read_canny(&cx, &may, " secret-canny-key ", &options).await.unwrap();
        assert_eq!((job.detected.label.as_str(), job.total, job.name().as_deref()), ("Canny", 59, Some("Canny")));
        let done = finish(&cx, &project, &job, ImportOptions::default()).await;
        assert_eq!(done.of_outcome(Outcome::Created), 59);
        let entries = all(&cx, &project).await;
        let one = entries.iter().find(|entry| entry.external_id.as_deref() == Some("canny:e0")).unwrap();
        assert_eq!((one.title.as_str(), one.content.as_str()), ("Entry 0", "Text 0"));
        assert_eq!(one.tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["new", "design"]);
        let questions = canny.asked().join("\n");
        assert!(questions.contains("skip=0&limit=50") && questions.contains("skip=50&limit=50"), "{questions}");
        assert!(questions.contains("sort=created") && questions.contains("apiKey=secret-canny-key"));

        // From now on the key is refused.
        assert!(!imports::canny_takes(&cx, &may, "other").await.unwrap());
        let refused = imports::fetch_canny(&cx, &may, "other", &CannyOptions { status: CannyStatus::All, ..options }).await;
        assert!(refused.unwrap_err().for_field("apiKey").is_some());
        for wrong in ["", "two words"] {
            assert!(imports::canny_takes(&cx, &may, wrong).await.unwrap_err().for_field("apiKey").is_some());
        }
        let kept = kept_texts(&cx).await + &format!("{:?}", log(&cx).await);
        assert!(!kept.contains("secret-canny-key"), "the key is in the database");
    }
}

/// Everything that jobs keep of what they were given.
async fn kept_texts(cx: &Services) -> String {
    testkit::texts(&cx.db, "SELECT source_text || CAST(reading AS TEXT) FROM import_jobs").await.join("\n")
}
