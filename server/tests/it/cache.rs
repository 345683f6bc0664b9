//! What is served from memory is never old, on any surface.

use model::entries::{Entry, EntryPatch};
use model::projects::{Project, ProjectPatch};
use services::Services;
use services::access::{EditProjects, PublishEntries, ReadProjects, WriteEntries};
use services::views;
use store::Db;
use testkit::{Answer, TestApp, fixtures, on_both_databases};

const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Every surface that shows the title of an entry.
const SURFACES: [&str; 7] = [
    "/changelog/atuin",
    "/changelog/atuin/rss.xml",
    "/changelog/atuin/atom.xml",
    "/changelog/atuin/feed.json",
    "/api/changelog/atuin/rss.xml",
    "/api/changelog/atuin/entries",
    "/api/changelog/atuin/entries/all?limit=50",
];

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// Which surfaces show a text. Each is asked twice, so that the second answer comes from memory.
async fn showing(app: &TestApp, text: &str) -> Vec<&'static str> {
    let mut showing = Vec::new();
    for path in SURFACES {
        let first = app.stranger().get(path).await;
        let second = app.stranger().get(path).await;
        assert_eq!((first.status(), first.bytes()), (second.status(), second.bytes()), "{path}");
        if first.text().contains(text) {
            showing.push(path);
        }
    }
    showing
}

async fn statuses(app: &TestApp) -> Vec<u16> {
    let mut statuses = Vec::new();
    for path in SURFACES {
        statuses.push(app.stranger().get(path).await.status());
    }
    statuses
}

async fn change(cx: &Services, project: &Project, patch: ProjectPatch) {
    let may = fixtures::may::<EditProjects>(cx, project).await;
    services::projects::update(cx, &may, patch).await.unwrap();
}

async fn retitle(cx: &Services, project: &Project, entry: &Entry, title: &str) {
    let may = fixtures::may::<WriteEntries>(cx, project).await;
    let patch = EntryPatch { title: Some(title.to_owned()), ..EntryPatch::default() };
    services::entries::update(cx, &may, &entry.id, patch).await.unwrap();
}

async fn get(app: &TestApp, path: &str, name: &str, value: &str) -> Answer {
    app.stranger().call(axum::http::Method::GET, path).header(name, value).send().await
}

on_both_databases! {
    async fn every_surface_shows_a_change_on_the_next_request(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        assert!(showing(&app, "Dark mode").await.is_empty());
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        assert_eq!(showing(&app, "Dark mode").await, SURFACES, "published");
        retitle(cx, &project, &entry, "Light mode").await;
        assert_eq!(showing(&app, "Light mode").await, SURFACES, "edited");
        services::entries::unpublish(cx, &fixtures::may::<PublishEntries>(cx, &project).await, &entry.id).await.unwrap();
        assert!(showing(&app, "Light mode").await.is_empty(), "taken back");
    }

    async fn a_setting_holds_on_the_next_request(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        fixtures::published(cx, &project, "Dark mode").await;
        assert_eq!(statuses(&app).await, [200; 7]);
        change(cx, &project, ProjectPatch { is_public: Some(false), ..ProjectPatch::default() }).await;
        assert_eq!(statuses(&app).await, [404; 7], "private");
        change(cx, &project, ProjectPatch { is_public: Some(true), ..ProjectPatch::default() }).await;
        assert_eq!(statuses(&app).await, [200; 7], "public again");
        let patch = ProjectPatch { maintenance_mode: Some(true), ..ProjectPatch::default() };
        change(cx, &project, patch).await;
        assert_eq!(statuses(&app).await, [503, 503, 503, 503, 503, 200, 200], "in maintenance");
        assert!(showing(&app, "Dark mode").await.is_empty());
    }

    async fn a_page_is_sent_once_and_in_the_form_a_browser_takes(db: Db) {
        let app = app(db);
        let project = fixtures::public_project(&app.services, "Atuin").await;
        for number in 0..20 {
            fixtures::published(&app.services, &project, &format!("Release {number}")).await;
        }
        for path in SURFACES {
            let plain = app.stranger().get(path).await.expect(200);
            assert_eq!(plain.header("content-encoding"), None);
            assert!(plain.header_values("vary").iter().any(|vary| vary.contains("accept-encoding")), "{path}");
            for encoding in ["br", "gzip"] {
                let small = get(&app, path, "accept-encoding", encoding).await.expect(200);
                assert_eq!(small.header("content-encoding"), Some(encoding), "{path}");
                assert!(small.bytes().len() * 2 < plain.bytes().len(), "{path}");
                assert_ne!(small.header("etag"), plain.header("etag"));
            }
            let tag = plain.header("etag").unwrap();
            let known = get(&app, path, "if-none-match", tag).await.expect(304);
            assert!(known.bytes().is_empty() && known.header("etag") == Some(tag), "{path}");
            assert_eq!(known.header("cache-control"), plain.header("cache-control"), "{path}");
            let head = app.stranger().call(axum::http::Method::HEAD, path).send().await.expect(200);
            assert_eq!(head.header("content-length"), Some(plain.bytes().len().to_string().as_str()), "{path}");
        }
    }

    async fn what_somebody_presents_changes_no_public_answer(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        let project = fixtures::public_project(&app.services, "Atuin").await;
        fixtures::published(&app.services, &project, "Dark mode").await;
        for path in SURFACES {
            let (known, unknown) = (owner.get(path).await, app.stranger().get(path).await);
            assert_eq!((known.status(), known.bytes()), (unknown.status(), unknown.bytes()), "{path}");
            assert!(known.header("set-cookie").is_none());
        }
    }

    async fn readers_are_counted_and_nobody_else(db: Db) {
        let app = app(db);
        let cx = &app.services;
        let project = fixtures::public_project(cx, "Atuin").await;
        let entry = fixtures::published(cx, &project, "Dark mode").await;
        let reader = app.stranger();
        let read = async |path: &str, name: &str, value: &str| {
            let call = reader.call(axum::http::Method::GET, path).header("user-agent", BROWSER);
            call.header(name, value).send().await.expect(200);
        };
        read("/changelog/atuin", "accept", "text/html").await;
        read("/changelog/atuin", "accept", "text/html").await;
        read("/changelog/atuin/dark-mode", "accept", "text/html").await;
        read("/changelog/atuin", "dnt", "1").await;
        read("/changelog/atuin", "sec-gpc", "1").await;
        read("/changelog/atuin", "cookie", "accessToken=x").await;
        app.stranger().get("/changelog/atuin").await.expect(200);
        let report = serde_json::json!({ "projectId": project.id, "changelogEntryId": entry.id });
        for body in [report, serde_json::json!({ "projectId": "nothing" })] {
            let call = reader.call(axum::http::Method::POST, "/api/analytics/track").header("user-agent", BROWSER);
            assert_eq!(call.json(&body).send().await.expect(200).json(), serde_json::json!({ "success": true }));
        }
        views::write(cx).await.unwrap();
        let may = fixtures::may::<ReadProjects>(cx, &project).await;
        let today = views::last_days(cx, &may, 1).await.unwrap()[0];
        assert_eq!((today.views, today.visitors), (4, 1));
    }
}
