//! Pages as a browser without scripts meets them.

use std::io::Read;

use axum::http::Method;
use model::projects::NewProject;
use store::Db;
use testkit::{TestApp, fixtures, on_both_databases};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

on_both_databases! {
    async fn a_fresh_instance_leads_everybody_to_its_set_up(db: Db) {
        let app = app(db);
        for path in ["/", "/dashboard", "/login", "/dashboard/projects"] {
            let answer = app.stranger().get(path).await;
            assert_eq!((answer.status(), answer.header("location")), (303, Some("/setup")), "{path}");
        }
        let page = app.stranger().get("/setup").await.expect(200);
        assert!(page.text().contains("one-time link"), "{}", page.text());
    }

    async fn a_signed_out_visitor_signs_in_and_comes_back(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        let answer = app.stranger().get("/dashboard/projects?q=a%20b").await;
        assert_eq!(answer.header("location"), Some("/login?redirectTo=%2Fdashboard%2Fprojects%3Fq%3Da%2520b"));
        let page = app.stranger().get("/login?redirectTo=%2Fdashboard%2Fprojects").await.expect(200);
        assert!(page.text().contains(r#"value="/dashboard/projects""#), "{}", page.text());
    }

    async fn every_name_of_the_way_back_is_understood(db: Db) {
        let app = app(db);
        let browser = app.owner("Mara").await.by_cookie();
        for name in ["redirectTo", "redirect", "from"] {
            let page = app.stranger().get(&format!("/login?x=1&{name}=%2Fdashboard%2Fprojects%3Fq%3Da")).await.expect(200);
            assert!(page.text().contains(r#"value="/dashboard/projects?q=a""#), "{name}: {}", page.text());
            // Who is signed in already goes there at once, if it is on this site.
            for (target, leads) in [
                ("%2Fdashboard%2Fprojects", "/dashboard/projects"), ("", "/dashboard"), ("%2F%2Fevil.example", "/dashboard"),
                ("https%3A%2F%2Fevil.example", "/dashboard"), ("%2F%5Cevil.example", "/dashboard"), ("%2Fa%0Ab", "/dashboard"),
            ] {
                let answer = browser.get(&format!("/login?{name}={target}")).await;
                assert_eq!((answer.status(), answer.header("location")), (303, Some(leads)), "{name}={target}");
            }
        }
        let empty = app.stranger().get("/login?redirectTo=&from=%2Fdashboard%2Fx").await.expect(200);
        assert!(empty.text().contains(r#"value="/dashboard/x""#), "{}", empty.text());
    }

    async fn links_in_old_mails_lead_to_the_public_changelog(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let secret = fixtures::project(&app.services, "Secret").await;
        for address in [project.id.to_string(), format!("{}/", project.id), "atuin".to_owned()] {
            let answer = app.stranger().get(&format!("/projects/{address}")).await;
            assert_eq!((answer.status(), answer.header("location")), (308, Some("/changelog/atuin")), "{address}");
        }
        let hidden = app.stranger().get(&format!("/projects/{}", secret.id)).await.expect(404);
        let unknown = app.stranger().get("/projects/nowhere").await.expect(404);
        assert_eq!(hidden.text(), unknown.text());
        assert_eq!(hidden.headers(), unknown.headers());
        app.stranger().get("/projects/%00").await.expect(404);
    }

    async fn pages_and_answers_of_the_dashboard_come_compressed(db: Db) {
        let app = app(db);
        let browser = app.owner("Mara").await.by_cookie();
        let ask = |coding| browser.call(Method::GET, "/dashboard").header("accept-encoding", coding).send();
        let plain = ask("identity").await.expect(200);
        assert_eq!(plain.header("content-encoding"), None);
        for coding in ["br", "gzip"] {
            let small = ask(coding).await.expect(200);
            assert_eq!(small.header("content-encoding"), Some(coding));
            assert!(small.header_values("vary").contains(&"accept-encoding"), "{coding}");
            assert!(small.bytes().len() * 3 < plain.bytes().len(), "{coding}: {}", small.bytes().len());
            let mut text = String::new();
            match coding {
                "br" => brotli::Decompressor::new(small.bytes(), 4096).read_to_string(&mut text).unwrap(),
                _ => flate2::read::GzDecoder::new(small.bytes()).read_to_string(&mut text).unwrap(),
            };
            assert!(text.starts_with("<!DOCTYPE html>") && text.contains("</html>"), "{coding}");
        }
        let short = browser.call(Method::POST, "/rpc/unknown").header("accept-encoding", "br").send().await;
        assert_eq!(short.header("content-encoding"), None, "nothing to gain");
    }

    async fn old_addresses_of_a_changelog_still_lead_there(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        for (path, leads) in [
            (format!("/changelog/{}", project.id), "/changelog/atuin"),
            (format!("/changelog/{}/{}", project.id, entry.id), "/changelog/atuin/dark-mode"),
            (format!("/changelog/atuin/{}", entry.id), "/changelog/atuin/dark-mode"),
        ] {
            let answer = app.stranger().get(&path).await;
            assert_eq!((answer.status(), answer.header("location")), (301, Some(leads)), "{path}");
        }
        app.stranger().get(&format!("/changelog/{}/rss.xml", project.id)).await.expect(200);
        // What a link names after `#` is on the page.
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        assert!(page.text().contains(&format!(r#"id="{}""#, entry.id)), "{}", page.text());
    }

    async fn dashboard_pages_forbid_foreign_scripts_and_frames(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        let page = owner.get("/dashboard").await.expect(200);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("script-src 'self' 'nonce-") && policy.contains("frame-ancestors 'none'"), "{policy}");
        let scripts = policy.split(';').find(|part| part.trim().starts_with("script-src")).unwrap();
        assert!(!scripts.contains("unsafe-inline") && !scripts.contains("'unsafe-eval'"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "private, no-store"),
        ] {
            assert_eq!(page.header(name), Some(value));
        }
    }

    async fn every_published_text_is_on_the_public_page_and_no_draft_is(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let mut published = Vec::new();
        for number in 1..=5 {
            published.push(fixtures::published(&app.services, &project, &format!("Release number {number}")).await);
        }
        fixtures::entry(&app.services, &project, "Unfinished draft").await;
        let page = app.stranger().get("/changelog/atuin").await.expect(200);
        for entry in &published {
            assert!(page.text().contains(&entry.title), "{}", entry.title);
        }
        assert!(!page.text().contains("Unfinished draft"));
    }

    async fn ids_and_old_addresses_lead_to_the_present_one(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let by_id = app.stranger().get(&format!("/changelog/{}/{}", project.id, entry.id)).await;
        assert_eq!((by_id.status(), by_id.header("location")), (301, Some("/changelog/atuin/dark-mode")));
        app.stranger().get("/changelog/atuin/dark-mode").await.expect(200);
    }

    async fn a_private_project_is_answered_like_an_unknown_one(db: Db) {
        let app = app(db);
        let project = fixtures::project_with(&app.services, NewProject { name: "Secret".into(), ..NewProject::default() }).await;
        let entry = fixtures::published(&app.services, &project, "Hidden").await;
        for path in ["", "/rss.xml", &format!("/{}", entry.slug), &format!("/{}", entry.id)] {
            let hidden = app.stranger().get(&format!("/changelog/secret{path}")).await;
            let unknown = app.stranger().get(&format!("/changelog/nowhere{path}")).await;
            assert_eq!(hidden.status(), 404, "{path}");
            let same = |text: &str| text.replace("/changelog/secret", "/changelog/nowhere");
            assert_eq!(same(hidden.text()), unknown.text(), "{path}");
            assert_eq!(hidden.headers().len(), unknown.headers().len(), "{path}");
        }
    }

    async fn a_reader_who_has_the_page_gets_304(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        fixtures::published(&app.services, &project, "Dark mode").await;
        let tag = app.stranger().get("/changelog/atuin").await.expect(200).header("etag").unwrap().to_owned();
        let again = |tag: String| app.stranger().call(Method::GET, "/changelog/atuin").header("if-none-match", &tag).send();
        assert_eq!(again(tag.clone()).await.status(), 304);
        fixtures::published(&app.services, &project, "Light mode").await;
        assert_eq!(again(tag).await.status(), 200, "a publication shows on the next request");
    }

    async fn the_theme_form_comes_back_to_its_page_and_nowhere_else(db: Db) {
        let app = app(db);
        let choose = |body: &'static str| {
            app.stranger()
                .call(Method::POST, "/theme")
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .body(body)
                .send()
        };
        let answer = choose("theme=dark&from=/changelog/atuin").await;
        assert_eq!((answer.status(), answer.header("location")), (303, Some("/changelog/atuin")));
        assert!(answer.header("set-cookie").unwrap().starts_with("theme=dark;"));
        assert_eq!(choose("theme=dark&from=//evil.example").await.header("location"), Some("/"));
    }

    async fn health_metrics_and_readiness_answer_without_a_sign_in(db: Db) {
        let app = app(db);
        assert_eq!(app.stranger().get("/healthz").await.expect(200).text(), "ok\n");
        assert_eq!(app.stranger().get("/readyz").await.expect(200).text(), "ready\n");
        let metrics = app.stranger().get("/metrics").await.expect(200);
        assert!(metrics.text().contains(r#"tidings_http_requests_total{route="/healthz",status="200"} 1"#), "{}", metrics.text());
    }
}
