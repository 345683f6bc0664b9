//! Section 1.1 to 1.5: addresses, time, bodies and errors, the same for every operation.

use serde_json::{Value, json};
use testkit::on_both_databases;

use crate::objects::draft;
use crate::shape::{self, is_time};
use crate::site::{Site, id};

const MIB: usize = 1024 * 1024;

/// Every text that is a time, anywhere in a value.
fn times<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a str)>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(text) if name.ends_with("At") => found.push((name, text)),
                    value => times(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| times(item, found)),
        _ => {}
    }
}

on_both_databases! {
    async fn unknown_addresses_are_errors_in_json(site: Site) {
        let mara = site.admin().await;
        for path in [
            "/api",
            "/api/",
            "/api/nothing",
            "/api/v1",
            "/api/fn/x",
            "/api/public/x",
            "/api//projects",
            "/api/projects/x/y/z",
            "/api/auth/nothing",
            "/api/%ff",
        ] {
            for caller in [&site.stranger(), &*mara] {
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
                    caller.call(method, path).send().await.refused(404);
                }
            }
        }
    }

    async fn other_methods_name_the_right_ones(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for (method, path, allowed) in [
            ("PUT", "/api/projects".to_owned(), ["GET", "HEAD", "POST"].as_slice()),
            ("GET", "/api/auth/login".to_owned(), &["POST"]),
            ("POST", format!("/api/projects/{project}"), &["GET", "HEAD", "PATCH", "DELETE"]),
            ("DELETE", format!("/api/projects/{project}/settings"), &["GET", "HEAD", "PATCH"]),
            ("PATCH", "/api/health".to_owned(), &["GET", "HEAD"]),
        ] {
            let answer = mara.call(method, &path).send().await.refused(405);
            let mut methods: Vec<_> = answer.header("allow").unwrap_or_default().split(',').map(str::trim).collect();
            let mut allowed = allowed.to_vec();
            methods.sort_unstable();
            allowed.sort_unstable();
            assert_eq!(methods, allowed, "{method} {path}");
        }
    }

    async fn a_slash_at_the_end_is_answered_in_place(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        mara.published(&project, json!({ "title": "One", "content": "x" }), None).await;
        for path in [
            "/api/projects".to_owned(),
            format!("/api/projects/{project}"),
            format!("/api/changelog/{project}/entries"),
            format!("/api/changelog/{project}/rss.xml"),
            "/api/auth/me".to_owned(),
            "/openapi.json".to_owned(),
        ] {
            let plain = mara.get(&path).await.expect(200);
            assert_eq!(mara.get(&format!("{path}/")).await.expect(200).body, plain.body, "{path}");
        }
        mara.get("/api/projects/?limit=1").await.is(200, &json!({ "pagination": { "total": 1 } }));
        mara.post("/api/projects/", json!({ "name": "Two" })).await.expect(201);
        mara.delete(&format!("/api/projects/{project}/")).await.empty(204);
    }

    async fn head_is_get_without_a_body(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for path in [
            "/api/projects".to_owned(),
            format!("/api/projects/{project}"),
            format!("/api/changelog/{project}/entries"),
            format!("/api/changelog/{project}/rss.xml"),
            "/api/nothing".to_owned(),
            "/openapi.json".to_owned(),
        ] {
            let get = mara.get(&path).await;
            let head = mara.call("HEAD", &path).send().await.empty(get.status);
            for name in ["content-type", "etag", "cache-control", "content-length", "access-control-allow-origin"] {
                assert_eq!(head.header(name), get.header(name), "{name} of {path}");
            }
        }
    }

    async fn every_answer_has_a_request_id_of_its_own(site: Site) {
        let mara = site.admin().await;
        let mut seen = std::collections::HashSet::new();
        for (method, path) in [
            ("GET", "/api/projects"),
            ("GET", "/api/nothing"),
            ("POST", "/api/projects"),
            ("OPTIONS", "/api/projects"),
            ("PUT", "/api/projects"),
            ("GET", "/openapi.json"),
            ("POST", "/api/auth/login"),
        ] {
            for caller in [&site.stranger(), &*mara] {
                let answer = caller.call(method, path).send().await;
                let name =
                    answer.header("x-request-id").unwrap_or_else(|| panic!("{method} {path} has no id")).to_owned();
                assert!(!name.is_empty() && seen.insert(name), "{method} {path}");
            }
        }
    }

    async fn every_time_is_utc_with_three_digits(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = mara
            .published(
                &project,
                json!({ "title": "One", "content": "x", "tags": ["Fix"] }),
                Some("2026-01-02T03:04:05.6789Z"),
            )
            .await;
        assert_eq!(entry["publishedAt"], "2026-01-02T03:04:05.678Z");
        for path in [
            "/api/projects".to_owned(),
            format!("/api/projects/{project}"),
            format!("/api/projects/{project}/changelog"),
            format!("/api/changelog/{project}/entries"),
            "/api/health".to_owned(),
        ] {
            let answer = mara.get(&path).await.expect(200).json();
            let mut found = Vec::new();
            times(&answer, &mut found);
            for (name, text) in found {
                assert!(is_time(text), "{path}: {name} is {text}");
            }
        }
    }

    async fn ids_are_opaque_and_have_the_shape_that_clients_check(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.draft(&project, json!({ "title": "One", "content": "x" })).await);
        for made in [project.as_str(), entry.as_str()] {
            let rest = made.strip_prefix('c').unwrap_or_else(|| panic!("{made}"));
            assert!(
                rest.len() == 24 && rest.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase()),
                "{made}"
            );
        }
        // What cannot be an id names nothing.
        for odd in ["a.b", "%00", "..%2F", "%F0%9F%98%80", &"x".repeat(65), "a%20b"] {
            mara.get(&format!("/api/projects/{project}/changelog/{odd}")).await.refused(404);
            mara.get(&format!("/api/projects/{odd}")).await.refused(404);
        }
    }

    async fn a_body_is_json_whatever_its_type_says(site: Site) {
        let mara = site.admin().await;
        for kind in [
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("multipart/form-data"),
            Some("nonsense"),
            Some("application/json; charset=latin1"),
            None,
        ] {
            let call = mara.call("POST", "/api/projects").body(r#"{"name":"Orbit Mail"}"#);
            let call = if let Some(kind) = kind { call.header("content-type", kind) } else { call };
            call.send().await.expect(201);
        }
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"] {
            let call = mara.cookie().call("POST", "/api/projects").body(r#"{"name":"Orbit Mail"}"#);
            call.header("content-type", kind).send().await.refused(415);
        }
        let call = mara.cookie().call("POST", "/api/projects").body(r#"{"name":"Orbit Mail"}"#);
        call.clone().send().await.refused(415);
        call.header("content-type", "application/json; charset=utf-8").send().await.expect(201);
    }

    async fn reading_with_a_json_type_and_no_body_is_no_error(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.draft(&project, json!({ "title": "One", "content": "x" })).await);
        for caller in [&*mara, mara.cookie()] {
            for path in [
                "/api/projects".to_owned(),
                format!("/api/projects/{project}/changelog/{entry}"),
                format!("/api/changelog/{project}/entries"),
                "/api/auth/me".to_owned(),
            ] {
                caller.call("GET", &path).header("content-type", "application/json").send().await.expect(200);
                caller.call("GET", &path).header("content-type", "application/json").body("").send().await.expect(200);
            }
        }
        let delete =
            mara.call("DELETE", &format!("/api/projects/{project}")).header("content-type", "application/json");
        delete.send().await.empty(204);
    }

    async fn an_empty_list_and_no_body_are_an_empty_object(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        for body in ["", " \r\n", "[]", " [ ] ", "{}"] {
            mara.call("POST", "/api/projects").body(body).send().await.invalid(&["name"]);
            mara.call("PATCH", &format!("/api/projects/{project}")).body(body).send().await.expect(200);
        }
        mara.call("POST", "/api/projects").send().await.invalid(&["name"]);
    }

    async fn broken_json_is_a_bad_request_in_json(site: Site) {
        let mara = site.admin().await;
        for body in [
            "{",
            "{\"name\":}",
            "nonsense",
            "{\"name\":\"x\"} more",
            "\"text\"",
            "5",
            "true",
            "[1]",
            "{\"name\":\"\\ud800\"}",
            "{'name':'x'}",
        ] {
            let answer =
                mara.call("POST", "/api/projects").header("content-type", "application/json").body(body).send().await;
            shape::check(body, &json!({ "details": "<absent|list>" }), &answer.refused(400).json());
        }
        mara.call("POST", "/api/projects").body(b"{\"name\":\"caf\xe9\"}".to_vec()).send().await.refused(400);
        mara.call("POST", "/api/projects").body("[".repeat(200_000)).send().await.refused(400);
    }

    async fn unknown_members_are_ignored_and_null_is_absent(site: Site) {
        let mara = site.admin().await;
        let body = json!({
            "name": "Orbit Mail", "isPublic": null, "color": null, "unknown": { "deep": [1] }, "id": 5,
            "createdAt": [], "updatedAt": "never",
        });
        mara.post("/api/projects", body)
            .await
            .is(201, &json!({ "name": "Orbit Mail", "isPublic": false, "color": null }));
    }

    async fn bodies_have_limits(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entries = format!("/api/projects/{project}/changelog");
        for (path, limit, fits) in [("/api/projects", MIB, 400), (entries.as_str(), 2 * MIB, 400)] {
            for length in [limit + 1, 3 * limit] {
                let body = format!("{{\"name\":\"{}\"}}", "x".repeat(length - 11));
                mara.call("POST", path).header("content-type", "application/json").body(body).send().await.refused(413);
            }
            let body = format!("{{\"unknown\":\"{}\"}}", "x".repeat(limit - 14));
            mara.call("POST", path).body(body).send().await.expect(fits);
        }
    }

    async fn problem_details_have_the_same_members_under_their_own_type(site: Site) {
        let mara = site.admin().await;
        for (accept, kind) in [
            ("application/problem+json", "application/problem+json"),
            ("application/json, application/problem+json;q=0.5", "application/problem+json"),
            ("application/json", "application/json"),
            ("*/*", "application/json"),
            ("text/html", "application/json"),
        ] {
            let answer =
                mara.call("POST", "/api/projects").header("accept", accept).body("{}").send().await.expect(400);
            assert_eq!(answer.header("content-type"), Some(kind), "{accept}");
            shape::check(
                accept,
                &json!({
                    "error": "<text>", "details": [{ "path": "name", "message": "<text>", "code": "<text>" }],
                    "type": "<text>", "title": "Bad Request", "status": 400, "detail": "<text>", "code": "<text>",
                    "fields": "<list>",
                }),
                &answer.json(),
            );
        }
    }

    async fn two_slashes_are_another_address_and_dots_are_no_way_out(site: Site) {
        let mara = site.admin().await;
        for path in ["//api/projects", "/api//projects", "/api/./projects", "/api/x/../projects"] {
            let answer = mara.get(path).await;
            assert!(answer.status == 404 || answer.status == 308, "{path}: {}", answer.status);
        }
    }

    async fn a_space_in_a_query_comes_in_two_forms(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        mara.draft(&project, json!({ "title": "Dark mode, at last", "content": "1 + 1" })).await;
        for query in ["dark+mode", "dark%20mode", "mode,+at", "mode%2C%20at", "1+%2B+1", "1%20%2B%201"] {
            let list = mara.get(&format!("/api/projects/{project}/changelog?search={query}")).await;
            list.is(200, &json!({ "entries": [draft()] }));
        }
        // No UTF-8, no value, no name, many times: no error.
        for query in
            ["search=%ff", "search", "=x", "&&&", "search=a&search=b", "page=%00", "limit=99999999999999999999"]
        {
            mara.get(&format!("/api/projects/{project}/changelog?{query}")).await.expect(200);
        }
    }

    async fn old_links_lead_to_pages(site: Site) {
        let mara = site.admin().await;
        let project = mara.project("Orbit Mail").await;
        let entry = id(&mara.published(&project, json!({ "title": "One", "content": "x" }), None).await);
        for path in [
            format!("/changelog/{project}"),
            format!("/changelog/{project}/{entry}"),
            format!("/changelog/{project}/rss.xml"),
            format!("/projects/{project}"),
            "/login".to_owned(),
            "/api-docs".to_owned(),
        ] {
            let answer = site.stranger().get(&path).await;
            assert!([200, 301, 302, 303, 307, 308].contains(&answer.status), "{path}: {}", answer.status);
        }
    }
}
