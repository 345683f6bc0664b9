//! Section 1.7: what pages of other origins may read.

use serde_json::json;
use testkit::on_both_databases;

use crate::client::Answer;
use crate::site::Site;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const HEADERS: &str = "Authorization, Content-Type, Accept, If-Match, If-None-Match, Idempotency-Key";
const EXPOSED: &str = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id";

#[track_caller]
fn is_open(answer: &Answer) {
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("access-control-expose-headers"), Some(EXPOSED));
}

on_both_databases! {
    async fn browsers_may_ask_before_they_send(site: Site) {
        for path in [
            "/api/projects",
            "/api/projects/x/changelog/y",
            "/api/projects/x/api-keys",
            "/api/changelog/x/entries",
            "/api/changelog/entries/x",
            "/api/changelog/tags/x",
            "/api/search",
            "/api/projects/import/process",
            "/api/nothing",
        ] {
            let call = site.stranger().call("OPTIONS", path).header("origin", "https://shop.example");
            let call = call.header("access-control-request-method", "PATCH");
            let answer =
                call.header("access-control-request-headers", "authorization,if-match").send().await.empty(204);
            is_open(&answer);
            assert_eq!(answer.header("access-control-allow-methods"), Some(METHODS), "{path}");
            assert_eq!(answer.header("access-control-allow-headers"), Some(HEADERS), "{path}");
            assert_eq!(answer.header("access-control-max-age"), Some("86400"), "{path}");
        }
    }

    async fn sign_in_administration_and_set_up_are_closed(site: Site) {
        let mara = site.admin().await;
        for path in [
            "/api/auth/login",
            "/api/auth/me",
            "/api/auth/nothing",
            "/api/admin/api-keys",
            "/api/setup/status",
            "/api/internal/x",
            "/api/acme/x",
        ] {
            for method in ["OPTIONS", "GET", "POST"] {
                let call = mara.call(method, path).header("origin", "https://shop.example");
                let answer = call.header("access-control-request-method", "POST").send().await;
                for name in
                    ["access-control-allow-origin", "access-control-allow-methods", "access-control-allow-credentials"]
                {
                    assert_eq!(answer.header(name), None, "{method} {path}: {name}");
                }
            }
            let preflight = mara.call("OPTIONS", path).header("origin", "https://shop.example").send().await;
            assert_ne!(preflight.status, 204, "{path}");
        }
    }

    async fn answers_and_errors_can_be_read_from_everywhere(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entries = format!("/api/projects/{project}/changelog");
        let from = |call: crate::client::Call| call.header("origin", "https://shop.example").send();
        is_open(&from(mara.call("GET", &entries)).await.expect(200));
        is_open(&from(mara.call("POST", &entries).json(&json!({ "title": "One", "content": "x" }))).await.expect(201));
        is_open(&from(mara.call("POST", &entries).json(&json!({}))).await.refused(400));
        is_open(&from(mara.call("POST", &entries).body("{")).await.refused(400));
        is_open(&from(site.stranger().call("GET", &entries)).await.refused(401));
        is_open(
            &from(site.viewer().await.call("POST", &entries).json(&json!({ "title": "x", "content": "x" })))
                .await
                .refused(403),
        );
        is_open(&from(mara.call("GET", "/api/projects/cunknown")).await.refused(404));
        is_open(&from(mara.call("GET", "/api/nothing")).await.refused(404));
        is_open(&from(mara.call("PUT", "/api/projects")).await.refused(405));
        is_open(&from(mara.call("POST", "/api/projects").body("x".repeat(2 * 1024 * 1024))).await.refused(413));
        let list = from(site.stranger().call("GET", &format!("/api/changelog/{project}/entries"))).await.expect(200);
        is_open(&list);
        let known = site
            .stranger()
            .call("GET", &format!("/api/changelog/{project}/entries"))
            .header("if-none-match", &list.etag());
        is_open(&from(known).await.empty(304));
        is_open(&from(site.stranger().call("GET", &format!("/api/changelog/{project}/rss.xml"))).await.expect(200));
    }

    async fn it_is_the_same_without_an_origin(site: Site) {
        let mara = site.admin().await;
        is_open(&mara.get("/api/projects").await.expect(200));
    }
}
