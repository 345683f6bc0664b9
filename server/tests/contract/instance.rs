//! Section 21: search, dashboard, pictures, and what the instance says about itself.

use serde_json::{Value, json};
use store::Db;
use testkit::{FromDb, TestApp, on_both_databases};

use crate::objects::user;
use crate::shape::{each, with};
use crate::site::{Site, column, id};
use crate::walls::{self, op};

fn found() -> Value {
    json!({
        "id": "<id>", "title": "<text>", "content": "<string>", "version": "<null|text>", "publishedAt": "<null|time>",
        "projectId": "<id>", "projectName": "<text>", "tags": "<list>", "type": "entry", "url": "<text>",
        "isPublished": "<bool>",
    })
}

/// An instance that nobody has set up.
struct Fresh(Site);

impl FromDb for Fresh {
    async fn from_db(db: Db) -> Self {
        Self(Site::from_db(db).await)
    }
}

/// The secret of the one-time set-up link.
async fn secret(app: &TestApp) -> String {
    let link = services::setup::issue_link(&app.services).await.expect("an answer").expect("a link");
    link.rsplit_once("token=").expect("a token").1.to_owned()
}

on_both_databases! {
    async fn who_may_search_and_see_the_dashboard(site: Site) {
        walls::check(
            &site,
            &[
                op("GET", "/api/search?q=dark").key("changelog:read"),
                op("POST", "/api/search").body(json!({ "query": "dark" })).key("changelog:read"),
                op("GET", "/api/dashboard/stats").key("project:read"),
            ],
        )
        .await;
    }

    async fn search_finds_entries_of_all_projects(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let other = mara.project("Other").await;
        let long = format!("A **dark** theme. {}", "More words. ".repeat(50));
        let entry = mara
            .published(
                &orbit,
                json!({ "title": "Dark mode", "content": long, "version": "2.4.0", "tags": ["Feature"] }),
                None,
            )
            .await;
        mara.draft(&other, json!({ "title": "Darkroom", "content": "x" })).await;
        mara.draft(&other, json!({ "title": "Light", "content": "x" })).await;
        let both = json!({
            "success": true, "results": each(found()), "total": 2, "executionTime": "<number>", "query": "dark",
        });
        let search = mara.get("/api/search?q=dark").await.is(200, &both).json();
        let results = search["results"].as_array().unwrap();
        let one = results.iter().find(|one| one["id"] == entry["id"]).expect("the entry");
        crate::shape::check(
            "the entry",
            &with(
                found(),
                json!({
                    "title": "Dark mode", "version": "2.4.0", "publishedAt": entry["publishedAt"], "projectId": orbit,
                    "projectName": "Orbit Mail", "isPublished": true,
                }),
            ),
            one,
        );
        assert!(one["content"].as_str().unwrap().chars().count() <= 153, "{one}");
        assert!(one["url"].as_str().unwrap().starts_with("/dashboard/projects/"), "{one}");
        mara.post("/api/search", json!({ "query": "dark" })).await.is(200, &both);
        for query in ["dark+mode", "dark%20mode", "DARK%20MODE", "2.4"] {
            let answer = mara.get(&format!("/api/search?q={query}")).await.is(200, &json!({ "total": 1 }));
            assert_eq!(column(&answer.json()["results"], "title"), ["Dark mode"], "{query}");
        }
        for odd in ["%22", "%27%3B--", "dark%2A", "%28dark", "%5C%25", "NEAR%28"] {
            mara.get(&format!("/api/search?q={odd}x")).await.expect(200);
        }
        let none = json!({ "success": true, "results": [], "total": 0 });
        mara.get("/api/search?q=d").await.is(200, &none);
        mara.get("/api/search?q=nothing").await.is(200, &none);
        mara.get("/api/search").await.refused(400);
        mara.post("/api/search", json!({})).await.invalid(&["query"]);
        mara.post("/api/search", json!({ "query": "x".repeat(201) })).await.invalid(&["query"]);
        // A key of one project finds nothing elsewhere.
        let key = site.key(&mara, &["changelog:read"], Some(&other)).await;
        key.get("/api/search?q=dark").await.is(200, &json!({ "total": 1, "results": [{ "projectId": other }] }));
    }

    async fn search_is_narrowed_and_paged(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        let other = mara.project("Other").await;
        for number in 0..15 {
            let tags = if number < 5 { json!(["Fix"]) } else { json!([]) };
            mara.draft(&orbit, json!({ "title": format!("Repair {number}"), "content": "x", "tags": tags })).await;
        }
        mara.draft(&other, json!({ "title": "Repair elsewhere", "content": "x", "version": "1.0" })).await;
        let post = async |body: Value| mara.post("/api/search", body).await.expect(200).json();
        let get = mara.get("/api/search?q=repair").await.expect(200).json();
        assert_eq!((get["results"].as_array().unwrap().len(), &get["total"]), (10, &json!(16)));
        assert_eq!(post(json!({ "query": "repair" })).await["results"].as_array().unwrap().len(), 16);
        let mut seen = Vec::new();
        for offset in [0, 7, 14] {
            let page = post(json!({ "query": "repair", "limit": 7, "offset": offset })).await;
            assert_eq!(page["total"], 16);
            seen.extend(column(&page["results"], "id"));
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!((count, seen.len()), (16, 16));
        for (filters, total) in [
            (json!({ "projectIds": [other] }), 1),
            (json!({ "tags": ["fix"] }), 5),
            (json!({ "hasVersion": true }), 1),
            (json!({ "hasVersion": false }), 15),
            (json!({ "dateRange": { "start": "2026-03-04", "end": "2026-03-05" } }), 16),
            (json!({ "dateRange": { "start": "2026-03-05", "end": "2026-03-06" } }), 0),
            (json!([]), 16),
        ] {
            let answer = post(json!({ "query": "repair", "filters": filters })).await;
            assert_eq!(answer["total"], total, "{filters}");
        }
    }

    async fn the_dashboard_counts_and_remembers(site: Site) {
        let mara = site.admin().await;
        let orbit = mara.project("Orbit Mail").await;
        mara.draft(&orbit, json!({ "title": "One", "content": "x" })).await;
        mara.project("Empty").await;
        let preview = json!({
            "id": "<id>", "name": "<text>", "color": "<null|text>", "icon": "<null|text>", "lastUpdated": "<time>",
            "changelogCount": "<integer>",
        });
        let activity = json!({
            "id": "<id>", "type": "CHANGELOG_ENTRY", "message": "<text>", "timestamp": "<time>", "projectId": orbit,
            "projectName": "Orbit Mail", "updatedAt": "<time>",
        });
        let answer = mara
            .get("/api/dashboard/stats")
            .await
            .is(
                200,
                &json!({
                    "projectPreviews": each(preview), "totalProjects": 2, "totalChangelogs": "<integer>",
                    "recentActivity": [activity], "adminStats": { "pendingApprovals": 0 },
                }),
            )
            .json();
        assert_eq!(answer["projectPreviews"].as_array().unwrap().len(), 2);
        site.staff().await.get("/api/dashboard/stats").await.is(200, &json!({ "adminStats": "<absent>" }));
    }

    async fn an_avatar_is_a_picture_drawn_here(site: Site) {
        let path = "/api/avatar/0123456789abcdef0123456789abcdef";
        let picture = site.stranger().get(path).await.expect(200);
        let kind = picture.header("content-type").unwrap();
        assert!(kind.starts_with("image/"), "{kind}");
        assert_eq!(picture.header("cache-control"), Some("public, max-age=86400, stale-while-revalidate=604800"));
        assert!(!picture.body.is_empty());
        assert_eq!(site.stranger().get(path).await.expect(200).body, picture.body);
        assert_ne!(
            site.stranger().get("/api/avatar/ffffffffffffffffffffffffffffffff").await.expect(200).body,
            picture.body
        );
        site.stranger().get(&format!("{path}?s=48")).await.expect(200);
        site.stranger().get(&path.to_uppercase().replace("/API/AVATAR", "/api/avatar")).await.expect(200);
        for wrong in ["x", "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcdef0"] {
            site.stranger().get(&format!("/api/avatar/{wrong}")).await.refused(400);
        }
    }

    async fn the_instance_says_how_it_is(site: Site) {
        let stranger = site.stranger();
        let zone = json!({
            "timezone": "UTC", "source": "system", "allowUserTimezone": "<bool>", "customDateTemplates": null,
        });
        stranger.get("/api/config/timezone").await.is(200, &zone);
        stranger.get("/api/config/runtime").await.is(200, &json!({ "sslEnabled": "<bool>" }));
        let services = json!({ "database": "connected", "application": "ready" });
        let health = json!({ "status": "healthy", "timestamp": "<time>", "services": services });
        let health = stranger.get("/api/health").await.is(200, &health);
        assert!(health.header("cache-control").unwrap().contains("no-store"));
        let version = json!({ "status": "success", "databaseVersion": "<text>", "version": "<text>" });
        site.admin().await.get("/api/system/version").await.is(200, &version);
        // Which version runs is nothing for strangers.
        stranger.get("/api/system/version").await.refused(401);
    }

    async fn the_document_describes_this_contract(site: Site) {
        let document = site.stranger().get("/openapi.json").await.expect(200);
        assert_eq!(site.stranger().get("/swagger.json").await.expect(200).json(), document.json());
        assert!(document.json()["openapi"].as_str().unwrap().starts_with("3.1"));
        let page = site.stranger().get("/api-docs").await.expect(200);
        assert!(page.header("content-type").unwrap().starts_with("text/html"));
        let text = page.text();
        for part in text.split(['"', '\'', '(', ' ']).filter(|part| part.starts_with("http") || part.starts_with("//"))
        {
            // Links lead away; nothing is loaded from there.
            let loaded = [format!("src=\"{part}"), format!("@import \"{part}"), format!("url({part}")];
            assert!(!loaded.iter().any(|form| text.contains(form)), "the page loads {part}");
        }
    }

    async fn a_fresh_instance_is_set_up_once(fresh: Fresh) {
        let site = fresh.0;
        let stranger = site.stranger();
        let state = |done: bool| {
            json!({
                "isComplete": done,
                "setupState": { "adminCreated": done, "systemConfigured": "<bool>", "oauthConfigured": "<bool>" },
            })
        };
        stranger.get("/api/setup/status").await.is(200, &state(false));
        let token = secret(site.app()).await;
        let path = format!("/api/setup/admin?token={token}");
        let admin = |name: &str, email: &str, password: &str| {
            json!({
                "name": name, "email": email, "password": password, "token": token,
            })
        };
        stranger.post(&path, admin("M", "no address", "short")).await.invalid(&["email", "name", "password"]);
        // A stranger who does not know the link cannot claim the instance.
        let claim = json!({ "name": "Mallory", "email": "mallory@evil.example", "password": "correct horse battery" });
        let claim = stranger.post("/api/setup/admin", claim).await;
        assert!([400, 401, 403].contains(&claim.status), "{}", claim.text());
        let made = stranger.post(&path, admin("Mara Lind", "mara@tidings.example", "correct horse battery")).await;
        let made = made.is(
            200,
            &json!({ "message": "<text>", "user": with(user(), json!({
            "email": "mara@tidings.example", "name": "Mara Lind", "role": "ADMIN", "passwordHash": "<absent>",
        })) }),
        );
        stranger.get("/api/setup/status").await.is(200, &state(true));
        stranger.post(&path, admin("Second", "second@tidings.example", "correct horse battery")).await.refused(403);
        let login = json!({ "email": "mara@tidings.example", "password": "correct horse battery" });
        stranger.post("/api/auth/login", login).await.is(200, &json!({ "user": { "id": id(&made.json()["user"]) } }));
    }
}
