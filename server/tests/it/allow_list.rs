//! Which addresses reach the dashboard: asked on every surface, with headers that lie.

use std::net::IpAddr;

use axum::http::Method;
use model::instance::InstancePatch;
use serde_json::json;
use services::access::ManageInstance;
use services::caller::TrustedProxies;
use services::{Services, instance};
use store::Db;
use testkit::{Person, TestApp, fixtures, on_both_databases, services_with, settings};

const INSIDE: &str = "198.51.100.200";
const OUTSIDE: &str = "203.0.113.9";
const PROXY: &str = "10.0.0.1";

/// What is there for everybody, whatever is on the list. A project is public at "orbit".
const OPEN: [&str; 15] = [
    "/changelog/orbit",
    "/changelog/orbit/rss.xml",
    "/changelog/orbit/atom.xml",
    "/changelog/orbit/feed.json",
    "/api/changelog/orbit/rss.xml",
    "/api/changelog/orbit/entries",
    "/api/changelog/orbit/entries/",
    "/api/changelog/orbit/entries/all",
    "/api/integrations/widget/orbit",
    "/api/health",
    "/api/changelog/orbit/unread",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/widget-classic.js",
];

/// What is not: with a method, since a path can be both.
const CLOSED: [(&str, &str); 20] = [
    ("GET", "/dashboard"),
    ("GET", "/dashboard/projects"),
    ("GET", "/login"),
    ("GET", "/setup"),
    ("GET", "/forgot-password"),
    ("GET", "/two-factor"),
    ("POST", "/rpc/home"),
    ("POST", "/rpc/public/account/sign-in"),
    ("GET", "/api/projects"),
    ("POST", "/api/projects"),
    ("GET", "/api/auth/me"),
    ("POST", "/api/auth/login"),
    ("POST", "/api/auth/refresh"),
    ("POST", "/api/setup/admin"),
    ("GET", "/api/setup/status"),
    ("GET", "/api/admin/config"),
    ("PATCH", "/api/admin/config"),
    ("GET", "/api/search?q=dark"),
    ("GET", "/api/avatar/00000000000000000000000000000000"),
    ("DELETE", "/api/integrations/widget/orbit/cnothing"),
];

fn app(db: Db) -> TestApp {
    TestApp::on(services(db), server::web::router)
}

fn services(db: Db) -> Services {
    let proxy: IpAddr = PROXY.parse().unwrap();
    services_with(db, services::Settings { trusted_proxies: TrustedProxies::new(vec![(proxy, 32)]), ..settings() })
}

async fn close(cx: &Services) {
    let may = fixtures::may_everywhere::<ManageInstance>(cx);
    let patch = InstancePatch {
        panel_ip_whitelist_enabled: Some(true),
        panel_ip_whitelist: Some(vec![format!("{INSIDE}/32"), "2001:db8::/32".to_owned()]),
        ..InstancePatch::default()
    };
    instance::update(cx, &may, patch).await.unwrap();
}

/// The status of an answer to somebody at `peer`, who sends this header.
async fn status(person: &Person, method: &str, path: &str, peer: &str, header: Option<(&str, &str)>) -> u16 {
    let call = person.call(Method::from_bytes(method.as_bytes()).unwrap(), path).from_address(peer.parse().unwrap());
    let call = call.header("accept", "application/json").header("sec-fetch-site", "same-origin");
    let call = match header {
        Some((name, value)) => call.header(name, value),
        None => call,
    };
    let call = if method == "GET" { call } else { call.json(&json!({})) };
    call.send().await.status()
}

on_both_databases! {
    async fn the_dashboard_and_its_api_are_closed_and_what_readers_need_stays_open(db: Db) {
        let app = app(db);
        let mara = app.admin("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit").await;
        fixtures::published(&app.services, &project, "Dark mode").await;
        let mut before = Vec::new();
        for path in OPEN {
            before.push(status(&mara, "GET", path, OUTSIDE, None).await);
            assert!(before.last().is_some_and(|status| *status < 400), "{path}: {before:?}");
        }
        close(&app.services).await;
        for (path, before) in OPEN.iter().zip(before) {
            assert_eq!(status(&mara, "GET", path, OUTSIDE, None).await, before, "{path}");
        }
        let track = mara.call(Method::POST, "/api/analytics/track").from_address(OUTSIDE.parse().unwrap());
        track.json(&json!({ "projectId": project.id })).send().await.expect(200);
        for (method, path) in CLOSED {
            for person in [&mara, &app.stranger(), &mara.by_cookie()] {
                assert_eq!(status(person, method, path, OUTSIDE, None).await, 403, "{method} {path}");
                // Nobody sets up what is set up, wherever they are.
                if path != "/api/setup/admin" {
                    assert_ne!(status(person, method, path, "2001:db8::7", None).await, 403, "{method} {path}");
                }
            }
        }
    }

    async fn headers_that_lie_open_nothing(db: Db) {
        let app = app(db);
        let mara = app.admin("Mara").await;
        close(&app.services).await;
        let lies = [
            ("x-forwarded-for", INSIDE),
            ("x-real-ip", INSIDE),
            ("forwarded", "for=198.51.100.200"),
            ("x-forwarded-for", "198.51.100.200, 198.51.100.200"),
            ("cf-connecting-ip", INSIDE),
            ("true-client-ip", INSIDE),
            ("x-client-ip", INSIDE),
        ];
        for lie in lies {
            assert_eq!(status(&mara, "GET", "/api/projects", OUTSIDE, Some(lie)).await, 403, "{lie:?}");
        }
        // Behind the proxy its own last word counts, and nothing that was there before.
        for (chain, expected) in [
            (INSIDE.to_owned(), 200),
            (OUTSIDE.to_owned(), 403),
            (format!("{INSIDE}, {OUTSIDE}"), 403),
            (format!("{OUTSIDE}, {INSIDE}"), 200),
            (format!("{INSIDE}, nonsense"), 403),
            ("2001:db8::1".to_owned(), 200),
        ] {
            let header = Some(("x-forwarded-for", chain.as_str()));
            assert_eq!(status(&mara, "GET", "/api/projects", PROXY, header).await, expected, "{chain}");
        }
        assert_eq!(status(&mara, "GET", "/api/projects", PROXY, None).await, 403);
        assert_eq!(status(&mara, "GET", "/api/projects", INSIDE, None).await, 200);
    }

    async fn who_is_refused_reads_why(db: Db) {
        let app = app(db);
        app.admin("Mara").await;
        close(&app.services).await;
        let page = app.stranger().call(Method::GET, "/login").from_address(OUTSIDE.parse().unwrap()).send().await.expect(403);
        assert!(page.text().contains("Not from here") && page.text().contains(OUTSIDE), "{}", page.text());
        assert_eq!(page.header("cache-control"), Some("no-store"));
        let json = app.stranger().call(Method::GET, "/api/projects").from_address(OUTSIDE.parse().unwrap());
        let json = json.send().await.expect(403).json();
        assert_eq!(json["code"], "address_not_allowed");
        let rpc = app.stranger().call(Method::POST, "/rpc/home").from_address(OUTSIDE.parse().unwrap()).send().await;
        assert_eq!(rpc.expect(403).json()["code"], "address_not_allowed");
    }

    async fn a_change_of_the_list_counts_on_the_next_request(db: Db) {
        let app = app(db);
        let mara = app.admin("Mara").await;
        let own = mara.client().ip.clone().unwrap();
        let patch = json!({ "panelIpWhitelistEnabled": true, "panelIpWhitelist": ["192.0.2.0/24"] });
        let saved = mara.patch("/api/admin/config", patch).await.expect(200).json();
        assert_eq!(saved["panelIpWhitelist"], json!(["192.0.2.0/24", own]));
        assert!(saved["_warning"].as_str().unwrap().contains(&own));
        assert_eq!(status(&mara, "GET", "/api/projects", OUTSIDE, None).await, 403);
        mara.patch("/api/admin/config", json!({ "panelIpWhitelistEnabled": false })).await.expect(200);
        assert_eq!(status(&mara, "GET", "/api/projects", OUTSIDE, None).await, 200);
    }
}
