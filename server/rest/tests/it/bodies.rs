use http::Method;
use serde_json::json;
use testkit::{fixtures, on_both_databases};

use crate::app::App;

const MIB: usize = 1024 * 1024;

on_both_databases! {
    async fn a_body_is_json_whatever_its_content_type_says(app: App) {
        let owner = app.owner("Mara").await;
        for content_type in [Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("nonsense"), None] {
            let call = owner.call(Method::POST, "/api/projects").body(r#"{"name":"Orbit Mail"}"#);
            let call = match content_type {
                Some(content_type) => call.header("content-type", content_type),
                None => call,
            };
            call.send().await.expect(201);
        }
    }

    async fn a_cookie_needs_json_because_a_form_of_another_site_cannot_send_it(app: App) {
        let owner = app.owner("Mara").await.by_cookie();
        let post = |content_type: &str| {
            let call = owner.call(Method::POST, "/api/projects").body(r#"{"name":"Orbit Mail"}"#);
            call.header("content-type", content_type).send()
        };
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"] {
            assert_eq!(post(content_type).await.expect(415).json()["code"], "unsupported_media_type");
        }
        let call = owner.call(Method::POST, "/api/projects").body(r#"{"name":"Orbit Mail"}"#);
        call.send().await.expect(415);
        post("Application/JSON; charset=utf-8").await.expect(201);
    }

    async fn malformed_json_is_a_bad_request_in_json(app: App) {
        let owner = app.owner("Mara").await;
        for body in ["{", "{\"name\":}", "nonsense", "{\"name\":\"x\"} more", "\"text\"", "5", "[1]", "{\"name\":\"\\ud800\"}"] {
            let answer = owner.call(Method::POST, "/api/projects").body(body).send().await.expect(400);
            let problem = answer.json();
            assert_eq!(problem["code"], "bad_request", "{body}");
            assert_eq!(problem.get("details"), None);
            assert!(problem["error"].as_str().unwrap().starts_with("The body"), "{problem}");
        }
        let latin1 = owner.call(Method::POST, "/api/projects").body(b"{\"name\":\"caf\xe9\"}".to_vec());
        latin1.send().await.expect(400);
        let deep = "[".repeat(100_000);
        owner.call(Method::POST, "/api/projects").body(deep).send().await.expect(400);
    }

    async fn an_empty_body_and_an_empty_array_are_an_empty_object(app: App) {
        let owner = app.owner("Mara").await;
        for body in ["", " \n", "null", "[]", " [ ] ", "{}"] {
            let answer = owner.call(Method::POST, "/api/projects").body(body).send().await.expect(400);
            assert_eq!(answer.json()["details"][0]["path"], "name", "{body:?}");
        }
    }

    async fn a_body_that_is_too_large_is_refused_before_it_is_read_as_json(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let entries = format!("/api/projects/{}/changelog", project.id);
        for (path, limit) in [("/api/projects", MIB), (entries.as_str(), 2 * MIB)] {
            let too_large = format!("{{\"name\":\"{}", "x".repeat(limit));
            let answer = owner.call(Method::POST, path).body(too_large).send().await.expect(413).json();
            assert_eq!(answer["code"], "too_large");
            assert_eq!(answer["error"], format!("That is too large: at most {limit} bytes are accepted."));
            // One that fits is read, and is then wrong for another reason.
            let fits = format!("{{\"unknown\":\"{}\"}}", "x".repeat(limit - 14));
            owner.call(Method::POST, path).body(fits).send().await.expect(400);
        }
    }

    async fn what_is_wrong_with_the_caller_comes_before_what_is_wrong_with_the_body(app: App) {
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let path = format!("/api/projects/{}/changelog", project.id);
        app.stranger().call(Method::POST, &path).body("{").send().await.expect(401);
        app.viewer("Vera").await.call(Method::POST, &path).body("{").send().await.expect(403);
        app.staff("Sam").await.post(&path, json!({})).await.expect(400);
    }
}
