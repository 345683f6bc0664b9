//! The page of the REST API.

use axum::http::Method;
use store::Db;
use testkit::{TestApp, on_both_databases};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

on_both_databases! {
    async fn every_operation_of_the_document_is_on_the_page(db: Db) {
        let app = app(db);
        let document = app.stranger().get("/openapi.json").await.expect(200).json();
        let page = app.stranger().get("/api-docs").await.expect(200);
        let text = page.text();
        let mut operations = 0;
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let id = operation["operationId"].as_str().unwrap();
                let start = text.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("{id} is not on the page"));
                let section = &text[start..];
                let section = &section[..section.find("</article>").unwrap()];
                assert!(section.contains(&format!(">{}</b>", method.to_uppercase())), "{id}");
                assert!(section.contains(&format!("<code>{path}</code>")), "{id}");
                assert!(section.contains("curl ") && text.contains(&format!("href=\"#{id}\"")), "{id}");
                for scope in operation["x-required-scopes"].as_array().into_iter().flatten() {
                    assert!(section.contains(&format!("<code>{}</code>", scope.as_str().unwrap())), "{id} needs {scope}");
                }
                for parameter in operation["parameters"].as_array().into_iter().flatten() {
                    let name = parameter["name"].as_str().unwrap_or("Idempotency-Key");
                    assert!(section.contains(&format!("<code>{name}</code>")), "{id} takes {name}");
                }
                for status in operation["responses"].as_object().unwrap().keys() {
                    assert!(section.contains(&format!(">{status}</b>")), "{id} answers {status}");
                }
                operations += 1;
            }
        }
        assert!(operations > 20);
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(text.contains(&format!("id=\"shape-{name}\"")), "{name}");
        }
        // Every link within the page leads somewhere.
        for target in text.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(text.contains(&format!("id=\"{target}\"")), "#{target} is nowhere");
        }
    }

    async fn the_page_needs_no_script_and_nothing_from_elsewhere(db: Db) {
        let app = app(db);
        let page = app.stranger().get("/api-docs").await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("script"), "{policy}");
        assert!(!page.text().contains("<script") && !page.text().contains("style=\""));
        for source in page.text().split(" src=\"").skip(1).chain(page.text().split("<link ").skip(1)) {
            assert!(!source.split('>').next().unwrap().contains("//"), "{}", &source[..80]);
        }
        assert!(page.text().contains("href=\"/openapi.json\""));
        assert!(page.text().contains("http://tidings.example/api/projects"), "the commands call this instance");
    }

    async fn the_page_is_made_once_and_kept_whatever_is_written(db: Db) {
        let app = app(db);
        let page = app.stranger().get("/api-docs").await.expect(200);
        testkit::fixtures::public_project(&app.services, "Atuin").await;
        let tag = page.header("etag").unwrap();
        let again = app.stranger().call(Method::GET, "/api-docs").header("if-none-match", tag).send().await;
        again.expect(304);
        assert_eq!(app.stranger().get("/api-docs/").await.expect(200).text(), page.text());
        let small = app.stranger().call(Method::GET, "/api-docs").header("accept-encoding", "br").send().await;
        assert_eq!(small.header("content-encoding"), Some("br"));
        assert!(small.bytes().len() < page.bytes().len() / 5, "{} of {}", small.bytes().len(), page.bytes().len());
        let dark = app.stranger().call(Method::GET, "/api-docs").header("cookie", "theme=dark").send().await.expect(200);
        assert!(dark.text().contains("data-theme=\"dark\""));
    }
}
