use chrono::Duration;
use http::Method;
use model::Scope;
use serde_json::{Value, json};
use services::Settings;
use store::Db;
use testkit::{FromDb, fixtures, on_both_databases, settings};

use crate::app::{App, column};

/// An instance that people reach by https.
struct Secure(App);

impl FromDb for Secure {
    async fn from_db(db: Db) -> Self {
        let settings = Settings { base_url: "https://tidings.example".to_owned(), ..settings() };
        Self(App::on(testkit::services_with(db, settings)))
    }
}

/// A hash as it stands in old links to avatars.
const HASH: &str = "0bc83cb571cd1c50ba6f3e8a78ef1346";

on_both_databases! {
    async fn what_is_left_out_is_not_found(app: App) {
        let owner = app.owner("Mara").await;
        for path in [
            "/api/extensions", "/api/extensions/any", "/api/system/perform-update", "/api/system/easypanel/status",
            "/api/telemetry/config", "/api/admin/sponsor", "/api/deployment/stats", "/api/ai/decrypt",
            "/api/ai/tagger-progress", "/api/setup/oauth/debug", "/api/check-setup",
            // It would tell who has an account.
            "/api/auth/preview",
        ] {
            for person in [&owner, &app.stranger()] {
                for method in [Method::GET, Method::POST] {
                    let answer = person.call(method, path).json(&json!({ "email": "mara@tidings.example" })).send().await.expect(404);
                    assert_eq!(answer.json()["code"], "not_found", "{path}");
                    assert_eq!(answer.header("content-type"), Some("application/json"));
                }
            }
        }
        let preview = |email: &str| {
            let (stranger, body) = (app.stranger(), json!({ "email": email }));
            async move { stranger.post("/api/auth/preview", body).await.expect(404).text().to_owned() }
        };
        assert_eq!(preview("mara@tidings.example").await, preview("nobody@tidings.example").await);
    }

    async fn anybody_reads_how_the_instance_runs(app: App) {
        let stranger = app.stranger();
        let zone = json!({ "timezone": "UTC", "source": "system", "allowUserTimezone": true, "customDateTemplates": null });
        assert_eq!(stranger.get("/api/config/timezone").await.expect(200).json(), zone);
        assert_eq!(stranger.get("/api/config/runtime").await.expect(200).json(), json!({ "sslEnabled": false }));
    }

    async fn an_instance_by_https_says_so(secure: Secure) {
        let Secure(app) = secure;
        assert_eq!(app.stranger().get("/api/config/runtime").await.expect(200).json(), json!({ "sslEnabled": true }));
    }

    async fn versions_are_for_those_who_belong_here(app: App) {
        app.stranger().get("/api/system/version").await.expect(401);
        let viewer = app.viewer("Vera").await;
        for person in [viewer.clone(), app.key(&viewer, &[Scope::TagsRead], None).await] {
            let versions = person.get("/api/system/version").await.expect(200).json();
            let database = versions["databaseVersion"].as_str().unwrap();
            assert!(database.starts_with(|c: char| c.is_ascii_digit()) && !database.contains(' '), "{database}");
            assert_eq!(versions, json!({
                "status": "success", "version": env!("CARGO_PKG_VERSION"), "database": app.db().engine().name(),
                "databaseVersion": database,
            }));
        }
    }

    async fn an_avatar_is_drawn_here_and_always_the_same(app: App) {
        let stranger = app.stranger();
        let picture = stranger.get(&format!("/api/avatar/{HASH}")).await.expect(200);
        assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
        assert_eq!(picture.header("cache-control"), Some("public, max-age=86400, stale-while-revalidate=604800"));
        assert_eq!(picture.header("access-control-allow-origin"), Some("*"));
        assert!(picture.text().starts_with("<svg ") && picture.text().contains(r#"width="80" height="80""#), "{}", picture.text());
        for same in [format!("/api/avatar/{}", HASH.to_uppercase()), format!("/api/avatar/{HASH}/?s=80&d=retro"), format!("/api/avatar/{HASH}?s=x")] {
            assert_eq!(stranger.get(&same).await.expect(200).text(), picture.text(), "{same}");
        }
        for (size, drawn) in [("200", 200), ("0", 1), ("-4", 1), ("99999", 2048)] {
            let answer = stranger.get(&format!("/api/avatar/{HASH}?s={size}")).await.expect(200);
            assert!(answer.text().contains(&format!(r#"width="{drawn}" height="{drawn}""#)), "{size}");
        }
        let other = stranger.get("/api/avatar/ffffffffffffffffffffffffffffff00").await.expect(200);
        assert_ne!(other.text(), picture.text());
        let again = stranger.call(Method::GET, &format!("/api/avatar/{HASH}")).header("if-none-match", picture.header("etag").unwrap());
        again.send().await.expect(304);
        for wrong in ["x", &HASH[1..], &format!("{HASH}0"), &format!("g{}", &HASH[1..]), "..%2F..%2Fetc", "%00"] {
            let answer = stranger.get(&format!("/api/avatar/{wrong}")).await.expect(400);
            assert_eq!(answer.json()["details"][0]["path"], "md5", "{wrong}");
        }
    }

    async fn home_figures_have_every_member_that_clients_read(app: App) {
        let owner = app.owner("Mara").await;
        let empty = owner.get("/api/dashboard/stats").await.expect(200).json();
        assert_eq!(empty, json!({
            "projectPreviews": [], "totalProjects": 0, "totalChangelogs": 0, "recentActivity": [],
            "adminStats": { "pendingApprovals": 0 },
        }));
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        app.advance(Duration::minutes(1));
        let published = fixtures::published(&app.services, &project, "Dark mode").await;
        app.advance(Duration::minutes(1));
        let draft = fixtures::entry(&app.services, &project, "Unfinished").await;
        let activity = |id: &str, message: &str, at: &str| json!({
            "id": id, "type": "CHANGELOG_ENTRY", "message": message, "timestamp": at, "projectId": project.id,
            "projectName": "Orbit Mail", "updatedAt": at,
        });
        assert_eq!(owner.get("/api/dashboard/stats").await.expect(200).json(), json!({
            "projectPreviews": [{
                "id": project.id, "name": "Orbit Mail", "color": null, "icon": null,
                "lastUpdated": "2026-03-04T09:32:00.000Z", "changelogCount": 2,
            }],
            "totalProjects": 1, "totalChangelogs": 2,
            "recentActivity": [
                activity(draft.id.as_str(), "Draft: Unfinished", "2026-03-04T09:32:00.000Z"),
                activity(published.id.as_str(), "Published: Dark mode", "2026-03-04T09:31:00.000Z"),
            ],
            "adminStats": { "pendingApprovals": 0 },
        }));
    }

    async fn home_figures_are_short_and_of_what_the_caller_sees(app: App) {
        let owner = app.owner("Mara").await;
        let staff = app.staff("Sam").await;
        let mut projects = Vec::new();
        for number in 0..8 {
            let project = fixtures::project(&app.services, &format!("Project {number}")).await;
            for entry in 0..2 {
                app.advance(Duration::seconds(1));
                fixtures::entry(&app.services, &project, &format!("Entry {number}.{entry}")).await;
            }
            projects.push(project);
        }
        let entry = fixtures::entry(&app.services, &projects[3], "To approve").await;
        staff.patch(&format!("/api/projects/{}/changelog/{}", projects[3].id, entry.id), json!({ "action": "publish" })).await.expect(202);
        let figures = |stats: &Value| (stats["totalProjects"].clone(), stats["totalChangelogs"].clone());
        for (person, is_admin) in [(&owner, true), (&staff, false), (&app.viewer("Vera").await, false)] {
            let stats = person.get("/api/dashboard/stats").await.expect(200).json();
            assert_eq!(figures(&stats), (json!(8), json!(17)));
            assert_eq!(stats["projectPreviews"].as_array().unwrap().len(), 6);
            assert_eq!(stats["recentActivity"].as_array().unwrap().len(), 10);
            assert_eq!(stats.get("adminStats").is_some(), is_admin);
        }
        let stats = owner.get("/api/dashboard/stats").await.json();
        assert_eq!(stats["adminStats"]["pendingApprovals"], 1);
        let bound = app.key(&owner, &[Scope::ProjectRead], Some(&projects[5].id)).await;
        let stats = bound.get("/api/dashboard/stats").await.expect(200).json();
        assert_eq!(figures(&stats), (json!(1), json!(2)));
        assert_eq!(column(&stats["projectPreviews"], "name"), ["Project 5"]);
        assert_eq!(column(&stats["recentActivity"], "message"), ["Draft: Entry 5.1", "Draft: Entry 5.0"]);
        assert_eq!(stats["adminStats"]["pendingApprovals"], 0);
    }
}
