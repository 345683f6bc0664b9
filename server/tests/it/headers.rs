//! What browsers are told about every kind of page: what it may load and run, who may frame it, what it gives away, and
//! whether it may be kept.

use std::collections::BTreeSet;

use axum::http::Method;
use model::projects::NewProject;
use services::Settings;
use store::Db;
use testkit::{Answer, Person, TestApp, fixtures};

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// The same instance behind TLS.
fn secure(db: Db) -> TestApp {
    let settings = Settings { base_url: "https://tidings.example".to_owned(), ..testkit::settings() };
    TestApp::on(testkit::services_with(db, settings), server::web::router)
}

fn is_html(answer: &Answer) -> bool {
    answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html"))
}

/// The sources of one directive of the policy.
#[track_caller]
fn directive<'a>(answer: &'a Answer, name: &str) -> Option<Vec<&'a str>> {
    let policy = answer.header("content-security-policy").expect("a page has a policy");
    let mut parts = policy.split(';').map(|part| part.split_whitespace());
    parts.find_map(|mut words| (words.next() == Some(name)).then(|| words.collect()))
}

/// What holds for whatever is a page.
#[track_caller]
fn assert_guarded(answer: &Answer, path: &str) {
    assert!(is_html(answer), "{path} is no page: {:?}", answer.headers());
    let default = directive(answer, "default-src").expect("a default");
    assert!(default == ["'none'"] || default == ["'self'"], "{path}: {default:?}");
    for name in ["default-src", "script-src", "script-src-elem", "script-src-attr"] {
        for source in directive(answer, name).unwrap_or_default() {
            let is_open = ["'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:"].contains(&source);
            assert!(!is_open, "{path}: scripts from {source}");
        }
    }
    assert_eq!(directive(answer, "base-uri"), Some(vec!["'none'"]), "{path}");
    let objects = directive(answer, "object-src").unwrap_or(default);
    assert_eq!(objects, ["'none'"], "{path}");
    let forms = directive(answer, "form-action").expect("where forms lead");
    assert!(forms[0] == "'self'" || forms == ["'none'"], "{path}: {forms:?}");
    let frames = directive(answer, "frame-ancestors").expect("who frames it");
    let old = if frames == ["'none'"] { "DENY" } else { "SAMEORIGIN" };
    assert!(frames == ["'none'"] || frames == ["'self'"], "{path}: {frames:?}");
    assert_eq!(answer.header("x-frame-options"), Some(old), "{path}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
    assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
    assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
    let permissions = answer.header("permissions-policy").expect("what it may ask for");
    for part in ["camera=()", "publickey-credentials-get=(self)", "publickey-credentials-create=(self)"] {
        assert!(permissions.contains(part), "{path}: {permissions}");
    }
    assert_scripts(answer, path);
}

/// Scripts in the page carry the nonce of its policy, and nothing is written into attributes.
#[track_caller]
fn assert_scripts(answer: &Answer, path: &str) {
    let allowed = directive(answer, "script-src").unwrap_or_default();
    for (at, _) in answer.text().match_indices("<script") {
        let tag = &answer.text()[at..];
        let tag = &tag[..=tag.find('>').unwrap()];
        let is_data = tag.contains("type=\"application/ld+json\"") || tag.contains("type=\"application/json\"");
        if tag.contains(" src=") || is_data {
            continue;
        }
        let (_, nonce) = tag.split_once("nonce=\"").unwrap_or_else(|| panic!("{path}: {tag} has no nonce"));
        let nonce = nonce.split('"').next().unwrap();
        assert!(allowed.contains(&format!("'nonce-{nonce}'").as_str()), "{path}: {tag}, {allowed:?}");
    }
    for handler in [" onclick=", " onload=", " onerror=", " onsubmit=", "javascript:"] {
        assert!(!answer.text().contains(handler), "{path} has {handler}");
    }
}

/// What holds for pages of the dashboard, and of the way in.
#[track_caller]
fn assert_private(answer: &Answer, path: &str) {
    assert_guarded(answer, path);
    assert_eq!(directive(answer, "frame-ancestors"), Some(vec!["'none'"]), "{path}");
    assert_eq!(answer.header("cache-control"), Some("private, no-store"), "{path}");
    let scripts = directive(answer, "script-src").unwrap();
    assert!(scripts.iter().any(|source| source.starts_with("'nonce-")), "{path}: {scripts:?}");
}

/// Every address that the application answers, with records of the test in the place of names.
fn addresses(project: &str, entry: &str) -> BTreeSet<String> {
    let routes = leptos_axum::generate_route_list(app::App);
    let fill = |path: &str| {
        let parts = path.split('/').map(|part| match part.trim_matches(['{', '}', ':']) {
            name if name == part => part,
            "project" => project,
            "entry" => entry,
            _ => "cnothing",
        });
        parts.collect::<Vec<_>>().join("/")
    };
    routes.iter().map(|route| fill(route.path())).filter(|path| !path.is_empty()).collect()
}

/// Visits every page of the application; gives those that were shown.
async fn visit(person: &Person, paths: &BTreeSet<String>) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for path in paths {
        let answer = person.get(path).await;
        if answer.status() != 303 {
            assert_private(&answer, path);
            shown.insert(path.clone());
        }
    }
    shown
}

#[test]
fn every_page_of_the_dashboard_and_of_the_way_in_is_guarded() {
    testkit::run_on_sqlite(async |db: Db| {
        let app = app(db);
        let fresh = app.stranger().get("/setup").await.expect(200);
        assert_private(&fresh, "/setup");
        let owner = app.owner("Mara").await.by_cookie();
        let project = fixtures::project(&app.services, "Atuin").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let paths = addresses(project.id.as_str(), entry.id.as_str());
        assert!(paths.len() > 20, "{paths:?}");
        let mut shown = visit(&owner, &paths).await;
        shown.extend(visit(&app.stranger(), &paths).await);
        // Once an instance is set up, its set-up is no page.
        let unseen: Vec<_> = paths.difference(&shown).filter(|path| *path != "/setup").collect();
        assert!(unseen.is_empty(), "nobody saw {unseen:?}");
        assert!(shown.contains("/login") && shown.contains("/cli/auth") && shown.contains("/dashboard"), "{shown:?}");
        // An address that is none.
        assert_private(&owner.get("/dashboard/nowhere").await.expect(404), "/dashboard/nowhere");
        // No nonce is used twice.
        let nonce = async || {
            let page = owner.get("/dashboard").await;
            directive(&page, "script-src")
                .unwrap()
                .into_iter()
                .find(|one| one.starts_with("'nonce-"))
                .unwrap()
                .to_owned()
        };
        assert_ne!(nonce().await, nonce().await);
    });
}

#[test]
fn every_page_for_readers_is_guarded() {
    testkit::run_on_sqlite(async |db: Db| {
        let app = app(db);
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let entry = fixtures::published(&app.services, &project, "Dark mode").await;
        let styled = NewProject { name: "Styled".to_owned(), is_public: Some(true), ..NewProject::default() };
        let styled = fixtures::project_with(&app.services, styled).await;
        let path = format!("/api/projects/{}", styled.id);
        owner.patch(&path, serde_json::json!({ "customCss": ".entry { color: red }" })).await.expect(200);
        let closed = fixtures::public_project(&app.services, "Closed").await;
        let path = format!("/api/projects/{}/settings", closed.id);
        owner.patch(&path, serde_json::json!({ "maintenanceMode": true })).await.expect(200);
        for (path, status) in [
            ("/changelog/atuin", 200),
            (&format!("/changelog/atuin/{}", entry.slug), 200),
            ("/changelog/atuin?q=dark", 200),
            ("/changelog/atuin/archive", 200),
            ("/changelog/styled", 200),
            ("/changelog/closed", 503),
            ("/changelog/nowhere", 404),
            ("/nowhere", 404),
            ("/api-docs", 200),
            ("/widget-preview", 200),
        ] {
            for person in [app.stranger(), owner.by_cookie()] {
                let page = person.get(path).await.expect(status);
                assert_guarded(&page, path);
            }
        }
        // What a page for readers loads comes from here, and is no script of the page's own.
        let page = app.stranger().get("/changelog/atuin").await;
        assert_eq!(directive(&page, "script-src"), Some(vec!["'self'"]));
        assert_eq!(directive(&page, "default-src"), Some(vec!["'none'"]));
    });
}

#[test]
fn what_is_no_page_is_what_it_says_and_is_kept_only_where_it_is_for_everybody() {
    testkit::run_on_sqlite(async |db: Db| {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        let project = fixtures::public_project(&app.services, "Atuin").await;
        let private = [
            "/api/auth/me".to_owned(),
            "/api/projects".to_owned(),
            format!("/api/projects/{}/api-keys", project.id),
            "/api/nowhere".to_owned(),
        ];
        let public = [
            format!("/api/changelog/{}/entries", project.id),
            format!("/changelog/{}/rss.xml", project.slug),
            "/openapi.json".to_owned(),
            "/healthz".to_owned(),
            "/widget-classic.js".to_owned(),
            "/robots.txt".to_owned(),
        ];
        for path in private.iter().chain(&public) {
            let answer = owner.get(path).await;
            assert!(!is_html(&answer), "{path}");
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        }
        for path in &private {
            let answer = owner.get(path).await;
            let kept = answer.header("cache-control").unwrap_or_default();
            assert!(kept.contains("private") && !kept.contains("public"), "{path}: {kept}");
        }
        let function = owner.call(Method::POST, "/rpc/account/me").header("accept", "application/json").send().await;
        assert_eq!(function.expect(200).header("cache-control"), Some("private, no-store"));
    });
}

#[test]
fn behind_tls_browsers_keep_to_tls_and_every_cookie_is_of_tls() {
    testkit::run_on_sqlite(async |db: Db| {
        let app = secure(db);
        app.owner("Mara").await;
        for path in ["/login", "/changelog/nowhere", "/api-docs", "/api/health", "/healthz", "/dashboard"] {
            let answer = app.stranger().get(path).await;
            assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"), "{path}");
        }
        let body = serde_json::json!({ "email": "mara@tidings.example", "password": testkit::PASSWORD });
        let signed_in = app.stranger().post("/api/auth/login", body).await.expect(200);
        let theme = app.stranger().call(Method::POST, "/theme").header("origin", "https://tidings.example");
        let theme = theme.header("content-type", "application/x-www-form-urlencoded").body("theme=dark").send().await;
        let mut cookies = signed_in.header_values("set-cookie");
        assert_eq!(cookies.len(), 2);
        for cookie in &cookies {
            assert!(
                cookie.starts_with("__Host-") && cookie.contains("; HttpOnly") && cookie.contains("Path=/;"),
                "{cookie}"
            );
        }
        cookies.extend(theme.header_values("set-cookie"));
        assert_eq!(cookies.len(), 3);
        for cookie in cookies {
            assert!(cookie.contains("; Secure") && cookie.contains("SameSite=Lax"), "{cookie}");
        }
    });
    testkit::run_on_sqlite(async |db: Db| {
        let app = app(db);
        app.owner("Mara").await;
        assert_eq!(app.stranger().get("/login").await.header("strict-transport-security"), None);
    });
}

#[test]
fn a_form_of_another_site_or_of_nowhere_changes_nothing() {
    testkit::run_on_sqlite(async |db: Db| {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        let form = |path: &str| {
            let call = owner.call(Method::POST, path).without("origin");
            let call = call.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
            call.body("theme=dark&name=Taken&email=mara%40tidings.example&password=wrong")
        };
        for path in ["/theme", "/rpc/projects/create", "/rpc/public/account/sign-out", "/rpc/public/account/sign-in"] {
            for (name, value) in [
                ("origin", "https://evil.example"),
                ("origin", "null"),
                ("origin", "http://tidings.example.evil.example"),
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
            ] {
                let answer = form(path).header(name, value).send().await;
                assert_eq!(
                    (answer.status(), answer.header_values("set-cookie").len()),
                    (403, 0),
                    "{path} {name}: {value}"
                );
            }
            form(path).send().await.expect(403);
        }
        assert_eq!(testkit::count(app.db(), "projects").await, 0);
        owner.get("/api/auth/me").await.expect(200);
    });
}
