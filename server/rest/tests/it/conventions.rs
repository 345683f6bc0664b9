//! What holds for every operation, walked over the document, so that a new operation meets it by itself.

use std::collections::BTreeMap;

use http::Method;
use model::projects::Project;
use serde_json::{Value, json};
use testkit::{Answer, fixtures, on_both_databases};

use crate::app::App;
use crate::document::operations;

/// A path of the document with something in the place of every parameter.
fn concrete(path: &str, project: &Project, entry: &str) -> String {
    let path = path.replace("{projectId}", project.id.as_str()).replace("{entryId}", entry);
    let mut whole = String::new();
    for part in path.split('/').skip(1) {
        whole.push('/');
        whole.push_str(if part.starts_with('{') { "unknown" } else { part });
    }
    whole
}

/// What every answer has, whatever it says.
#[track_caller]
fn check_common(answer: &Answer, name: &str) {
    assert_eq!(answer.header("x-request-id").map(str::len), Some(20), "{name}");
    assert!(answer.header("cache-control").is_some(), "{name} may be kept by anybody");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{name}");
    assert_eq!(answer.header("access-control-allow-credentials"), None, "{name}");
    if answer.status() >= 400 && !answer.bytes().is_empty() {
        assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{name}");
        if answer.header("content-type") == Some("application/json") && !name.contains("/api/health") {
            let problem = answer.json();
            assert!(problem["error"].as_str().is_some_and(|text| !text.is_empty()), "{name}: {problem}");
            assert!(problem.get("details").is_none_or(Value::is_array), "{name}: {problem}");
            assert_eq!(problem["status"], answer.status(), "{name}");
        }
    }
}

on_both_databases! {
    async fn every_answer_has_the_headers_that_all_have_in_common(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        for (method, path, _) in operations() {
            for person in [&owner, &app.stranger()] {
                let name = format!("{method} {path}");
                check_common(&person.call(method.clone(), &concrete(&path, &project, "unknown")).send().await, &name);
                check_common(&person.call(Method::PUT, &concrete(&path, &project, "unknown")).body("{").send().await, &name);
            }
            if ["/api/auth", "/api/admin", "/api/setup"].iter().any(|closed| path.starts_with(closed)) {
                continue;
            }
            let preflight = app.stranger().call(Method::OPTIONS, &concrete(&path, &project, "unknown")).send().await;
            check_common(&preflight.expect(204), &format!("OPTIONS {path}"));
        }
        check_common(&owner.get("/api/nothing").await.expect(404), "nothing");
    }

    async fn head_is_served_wherever_get_is(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        for (_, path, _) in operations().into_iter().filter(|(method, ..)| method == Method::GET) {
            let path = concrete(&path, &project, entry.id.as_str());
            let get = owner.get(&path).await;
            let head = owner.call(Method::HEAD, &path).send().await;
            assert_eq!((head.status(), head.bytes()), (get.status(), &b""[..]), "{path}");
            for name in ["content-type", "cache-control", "etag", "content-length", "access-control-allow-origin"] {
                if name != "content-length" || head.header(name).is_some() {
                    let length = get.bytes().len().to_string();
                    let expected = if name == "content-length" { Some(length.as_str()) } else { get.header(name) };
                    assert_eq!(head.header(name), expected, "{name} of {path}");
                }
            }
        }
    }

    async fn every_path_names_its_methods_and_is_the_same_with_a_slash(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let mut paths: BTreeMap<String, Vec<Method>> = BTreeMap::new();
        for (method, path, _) in operations() {
            paths.entry(path).or_default().push(method);
        }
        for (path, methods) in paths {
            let path = concrete(&path, &project, "unknown");
            for path in [path.clone(), format!("{path}/"), format!("{path}?a=b")] {
                let wrong = owner.call(Method::TRACE, &path).send().await;
                assert_eq!((wrong.status(), wrong.header("content-type")), (405, Some("application/json")), "{path}");
                let mut allowed: Vec<&str> = wrong.header("allow").unwrap().split(',').collect();
                let mut expected: Vec<&str> = methods.iter().map(Method::as_str).collect();
                if expected.contains(&"GET") {
                    expected.push("HEAD");
                }
                allowed.sort_unstable();
                expected.sort_unstable();
                assert_eq!(allowed, expected, "{path}");
            }
            for method in methods.into_iter().filter(|method| method == Method::GET) {
                let plain = owner.call(method.clone(), &path).send().await;
                let slash = owner.call(method, &format!("{path}/")).send().await;
                assert_eq!((slash.status(), slash.header("location")), (plain.status(), plain.header("location")), "{path}/");
            }
        }
    }

    async fn every_path_of_the_surface_tells_other_origins_what_they_may(app: App) {
        let stranger = app.stranger();
        for (path, is_open) in [
            ("/api/projects", true), ("/api/nothing/at/all", true), ("/api", true), ("/api/", true), ("/openapi.json", true),
            ("/api/authors", true), ("/api/changelog/x/entries/", true),
            ("/api/auth", false), ("/api/auth/login", false), ("/api/auth/nothing", false), ("/api/admin/users", false),
            ("/api/setup/status", false), ("/api/internal/x", false), ("/api/acme/x", false),
        ] {
            for method in [Method::OPTIONS, Method::GET, Method::POST] {
                let call = stranger.call(method.clone(), path).header("origin", "https://shop.example");
                let answer = call.send().await;
                let expected = is_open.then_some("*");
                assert_eq!(answer.header("access-control-allow-origin"), expected, "{method} {path}");
                if method == Method::OPTIONS && path != "/openapi.json" {
                    assert_eq!(answer.status() == 204, is_open, "{path}");
                }
                if is_open {
                    assert_eq!(
                        answer.header("access-control-expose-headers"),
                        Some("ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id")
                    );
                }
            }
        }
        let preflight = stranger.call(Method::OPTIONS, "/api/nothing").send().await.expect(204);
        assert_eq!(
            preflight.header("access-control-allow-headers"),
            Some("Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key")
        );
    }

    async fn a_path_that_cannot_be_is_not_there(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        let long = "x".repeat(9_000);
        for id in ["%00", "a%00b", "%FF", "%zz", "%", "..", "a.b", "%2e%2e", "a%2Fb", "%E2%80%AE", "'", "a b", long.as_str()] {
            let id = id.replace(' ', "%20");
            for path in [format!("/api/projects/{id}"), format!("/api/projects/{}/changelog/{id}", project.id), format!("/api/changelog/{id}/entries"), format!("/api/changelog/{id}/rss.xml")] {
                let answer = owner.get(&path).await;
                assert_eq!((answer.status(), &answer.json()["code"]), (404, &json!("not_found")), "{path}");
            }
        }
        // An id is the same however it is written.
        let encoded: String = project.id.as_str().bytes().map(|byte| format!("%{byte:02x}")).collect();
        owner.get(&format!("/api/projects/{encoded}")).await.expect(200);
        owner.get(&format!("/api/changelog/{encoded}/entries")).await.expect(200);
    }

    async fn spaces_and_commas_in_queries_may_be_written_in_every_way(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let tags = fixtures::tags(&["Bug fix", "Feature"]);
        let new = model::entries::NewEntry { tags, ..fixtures::text("The dark mode") };
        fixtures::published_with(&app.services, &project, new, app.services.clock.now()).await;
        fixtures::published(&app.services, &project, "Another").await;
        let path = format!("/api/changelog/{}/entries", project.id);
        for query in [
            "search=dark+mode", "search=dark%20mode", "search=DARK%20mode", "tags=bug+fix", "tags=bug%20fix",
            "tags=Bug+fix,nothing", "tags=nothing%2CBug%20fix", "tags=%2C,+Feature+%2C", "tags=nothing&tags=Feature",
            "search=dark%00+mode", "%73earch=dark+mode", "search=dark+mode&unknown=%zz&&=",
        ] {
            let found = app.stranger().get(&format!("{path}?{query}")).await.expect(200).json();
            assert_eq!(found["items"].as_array().unwrap().len(), 1, "{query}");
        }
    }

    async fn reading_and_deleting_may_claim_to_send_json(app: App) {
        let owner = app.owner("Mara").await;
        for (method, path, operation) in operations() {
            if method != Method::GET && method != Method::DELETE || operation.get("security").is_none() {
                continue;
            }
            let mut plain = None;
            for content_type in [None, Some("application/json"), Some("application/json; charset=utf-8"), Some("text/plain")] {
                // Some of them delete the project.
                let project = fixtures::project(&app.services, "Orbit Mail").await;
                let mut call = owner.call(method.clone(), &concrete(&path, &project, "unknown"));
                if let Some(content_type) = content_type {
                    call = call.header("content-type", content_type);
                }
                let answer = call.send().await;
                let expected = *plain.get_or_insert(answer.status());
                assert_eq!(answer.status(), expected, "{method} {path}: {}", answer.text());
            }
        }
    }

    async fn large_and_strange_headers_are_no_reason_to_fail(app: App) {
        let owner = app.owner("Mara").await;
        for (name, value) in [
            ("user-agent", "x".repeat(100_000)), ("x-forwarded-for", "1.2.3.4, ".repeat(2_000)), ("accept", "caf\u{e9}".to_owned()),
            ("cookie", "accessToken=\"; =;;; accessToken".to_owned()), ("if-none-match", "\"".repeat(9_000)),
            ("origin", "null".to_owned()), ("x-request-id", "\u{e9}".repeat(400)), ("content-length-x", String::new()),
        ] {
            let answer = owner.call(Method::POST, "/api/projects").header(name, &value).json(&json!({ "name": name })).send().await;
            check_common(&answer.expect(201), name);
        }
    }

    async fn text_that_no_database_takes_is_refused_or_cleaned_and_never_a_failure(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/changelog", project.id);
        for (path, body) in [
            ("/api/projects", json!({ "name": "a\u{0}b" })),
            ("/api/projects", json!({ "name": "a", "icon": "\u{0}", "color": "#000000" })),
            (path.as_str(), json!({ "title": "a\u{0}b", "content": "c\u{0}d", "version": "1\u{0}", "tags": ["\u{0}", "x\u{0}"] })),
            (path.as_str(), json!({ "title": "\u{202e}", "content": "\u{0}" })),
        ] {
            let answer = owner.post(path, body.clone()).await;
            assert!(matches!(answer.status(), 201 | 400), "{body}: {} {}", answer.status(), answer.text());
        }
        let form = json!({ "email": "a\u{0}@b.example", "password": "\u{0}" });
        owner.post("/api/auth/login", form).await.expect(401);
        app.stranger().post("/api/analytics/track", json!({ "projectId": "\u{0}", "changelogEntryId": "\u{0}" })).await.expect(200);
    }
}
