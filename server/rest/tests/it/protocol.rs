use http::Method;
use serde_json::{Value, json};
use testkit::{Answer, fixtures, on_both_databases};

use crate::app::App;

/// What every error has, whatever caused it.
#[track_caller]
fn check_problem(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status(), status, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    let problem = answer.json();
    assert_eq!(problem["code"], code);
    assert_eq!(problem["status"], status);
    assert_eq!(problem["type"], "about:blank");
    assert!(!problem["title"].as_str().unwrap().is_empty());
    assert!(!problem["error"].as_str().unwrap().is_empty());
    assert_eq!(problem["detail"], problem["error"]);
    assert!(problem.get("details").is_none_or(Value::is_array));
}

on_both_databases! {
    async fn an_unknown_address_is_a_problem_in_json(app: App) {
        let owner = app.owner("Mara").await;
        for path in ["/api", "/api/", "/api/nothing", "/api/projects/x/nothing/at/all", "/api/auth/nothing", "/api//projects"] {
            for method in [Method::GET, Method::POST, Method::DELETE] {
                check_problem(&owner.call(method, path).send().await, 404, "not_found");
            }
        }
    }

    async fn a_wrong_method_names_the_right_ones(app: App) {
        let owner = app.owner("Mara").await;
        let put = owner.put("/api/projects", json!({})).await;
        check_problem(&put, 405, "method_not_allowed");
        assert_eq!(put.header("allow"), Some("GET,HEAD,POST"));
        let get = owner.get("/api/auth/login").await;
        check_problem(&get, 405, "method_not_allowed");
        assert_eq!(get.header("allow"), Some("POST"));
        let delete = app.stranger().delete("/api/changelog/x/entries").await;
        check_problem(&delete, 405, "method_not_allowed");
        assert_eq!(delete.header("allow"), Some("GET,HEAD"));
    }

    async fn a_slash_at_the_end_changes_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        fixtures::published(&app.services, &project, "First").await;
        let id = &project.id;
        for path in [
            "/api/projects".to_owned(),
            format!("/api/projects/{id}"),
            format!("/api/projects/{id}/changelog"),
            format!("/api/changelog/{id}/entries"),
            format!("/api/changelog/{id}/rss.xml"),
            format!("/api/integrations/widget/{id}"),
            "/api/auth/me".to_owned(),
            "/api/health".to_owned(),
            "/openapi.json".to_owned(),
        ] {
            let plain = owner.get(&path).await.expect(200);
            let slash = owner.get(&format!("{path}/")).await.expect(200);
            assert_eq!(slash.text(), plain.text(), "{path}");
        }
        let query = owner.get("/api/projects/?limit=1").await.expect(200).json();
        assert_eq!(query["pagination"]["total"], 1);
        owner.post("/api/projects/", json!({ "name": "Two" })).await.expect(201);
    }

    async fn head_answers_like_get_without_a_body(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        for path in ["/api/projects".to_owned(), format!("/api/changelog/{}/entries", project.id), "/api/health".to_owned()] {
            let get = owner.get(&path).await.expect(200);
            let head = owner.call(Method::HEAD, &path).send().await.expect(200);
            assert_eq!(head.bytes(), b"");
            assert_eq!(head.header("content-type"), get.header("content-type"));
            assert_eq!(head.header("etag"), get.header("etag"));
            assert_eq!(head.header("content-length"), Some(get.bytes().len().to_string().as_str()));
        }
    }

    async fn every_answer_has_a_request_id_of_its_own(app: App) {
        let owner = app.owner("Mara").await;
        let mut seen = std::collections::HashSet::new();
        for path in ["/api/projects", "/api/nothing", "/api/auth/login", "/openapi.json", "/api/auth/me"] {
            for person in [&owner, &app.stranger()] {
                let answer = person.call(Method::GET, path).header("x-request-id", "forged").send().await;
                let id = answer.header("x-request-id").unwrap().to_owned();
                assert_eq!(id.len(), 20);
                assert!(seen.insert(id));
            }
        }
    }

    async fn other_origins_may_ask_without_a_credential(app: App) {
        let stranger = app.stranger();
        for path in ["/api/projects", "/api/changelog/x/entries", "/api/projects/x/changelog/y", "/api/integrations/widget/x"] {
            let call = stranger.call(Method::OPTIONS, path).header("origin", "https://shop.example");
            let call = call.header("access-control-request-method", "PATCH");
            let answer = call.header("access-control-request-headers", "authorization").send().await.expect(204);
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            assert_eq!(answer.header("access-control-allow-credentials"), None);
            assert_eq!(answer.header("access-control-max-age"), Some("86400"));
            assert_eq!(
                answer.header("access-control-allow-methods"),
                Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
            );
            let headers = answer.header("access-control-allow-headers").unwrap();
            assert!(headers.contains("Authorization") && headers.contains("Content-Type"));
            assert_eq!(answer.bytes(), b"");
        }
        // Errors can be read by the page that asked, too.
        let refused = stranger.call(Method::GET, "/api/projects").header("origin", "https://shop.example").send().await;
        let refused = refused.expect(401);
        assert_eq!(refused.header("access-control-allow-origin"), Some("*"));
        assert!(refused.header("access-control-expose-headers").unwrap().contains("Retry-After"));
    }

    async fn sign_in_is_closed_to_other_origins(app: App) {
        let owner = app.owner("Mara").await;
        for (method, path) in [(Method::OPTIONS, "/api/auth/login"), (Method::GET, "/api/auth/me"), (Method::GET, "/api/admin/x")] {
            let answer = owner.call(method, path).header("origin", "https://shop.example").send().await;
            assert_eq!(answer.header("access-control-allow-origin"), None, "{path}");
        }
        owner.call(Method::OPTIONS, "/api/auth/login").send().await.expect(405);
    }

    async fn problem_details_come_under_their_own_type_when_asked_for(app: App) {
        let owner = app.owner("Mara").await;
        for (accept, content_type) in [
            ("application/problem+json", "application/problem+json"),
            ("application/json, application/problem+json;q=0.9", "application/problem+json"),
            ("application/json", "application/json"),
            ("*/*", "application/json"),
            ("text/html", "application/json"),
        ] {
            let call = owner.call(Method::POST, "/api/projects").header("accept", accept).body("{}");
            let answer = call.send().await.expect(400);
            assert_eq!(answer.header("content-type"), Some(content_type), "{accept}");
            assert_eq!(answer.json(), json!({
                "error": "The name is missing.", "details": [{ "path": "name", "message": "The name is missing.", "code": "invalid" }],
                "type": "about:blank", "title": "Bad Request", "status": 400, "detail": "The name is missing.",
                "code": "invalid", "fields": [{ "field": "name", "message": "The name is missing." }],
            }));
        }
        let good = owner.call(Method::GET, "/api/projects").header("accept", "application/problem+json").send().await;
        assert_eq!(good.expect(200).header("content-type"), Some("application/json"));
    }

    async fn answers_to_a_credential_are_not_kept(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        for path in ["/api/projects".to_owned(), format!("/api/projects/{}/changelog", project.id), "/api/auth/me".to_owned()] {
            let answer = owner.get(&path).await.expect(200);
            assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        }
    }

    async fn another_site_cannot_use_the_cookies_of_a_visitor(app: App) {
        let owner = app.owner("Mara").await.by_cookie();
        let post = || owner.call(Method::POST, "/api/projects").json(&json!({ "name": "Planted" }));
        let foreign = post().header("origin", "https://evil.example").send().await;
        check_problem(&foreign, 403, "cross_site");
        for site in ["cross-site", "same-site"] {
            check_problem(&post().header("sec-fetch-site", site).send().await, 403, "cross_site");
        }
        // Every browser says where a form comes from; what does not say it is not believed.
        check_problem(&post().without("origin").send().await, 403, "cross_site");
        assert_eq!(owner.get("/api/projects").await.expect(200).json(), json!([]));
        // Reading is harmless, because the answer is never open to another origin with cookies.
        let read = owner.call(Method::GET, "/api/projects").header("origin", "https://evil.example").send().await;
        assert_eq!(read.expect(200).header("access-control-allow-credentials"), None);
        post().header("sec-fetch-site", "same-origin").send().await.expect(201);
        post().send().await.expect(201);
        // A token in the header is no cookie: a script may call from anywhere.
        let script = app.admin("Ada").await;
        let call = script.call(Method::POST, "/api/projects").header("origin", "https://shop.example");
        call.json(&json!({ "name": "From a script" })).send().await.expect(201);
    }
}
