//! The instance under test, and helpers for what its answers look like.

use std::ops::Deref;

use model::entries::{Entry, NewEntry};
use model::projects::Project;
use model::time::Timestamp;
use rest::WidgetAssets;
use serde_json::Value;
use store::Db;
use testkit::{FromDb, TestApp, fixtures};

pub const LOADER: &str = "((config) => {})(\"__TIDINGS_CONFIG__\");\n";

const ASSETS: WidgetAssets = WidgetAssets {
    loader: LOADER,
    bundle: "window.ChangerawrWidget = {};",
    loader_js: "/assets/loader-0.js",
    frame_js: "/assets/frame-1.js",
    plain_js: "/assets/plain-4.js",
    entry_js: "/assets/entry-5.js",
    panel_js: "/assets/panel-2.js",
    panel_wasm: "/assets/panel-3.wasm",
};

/// An instance that serves the REST surface and the feeds, and nothing else.
pub struct App(TestApp);

fn router(services: services::Services) -> axum::Router {
    rest::feed_routes().with_state(services.clone()).merge(rest::router(services, ASSETS))
}

impl App {
    pub fn on(services: services::Services) -> Self {
        Self(TestApp::on(services, router))
    }
}

impl Deref for App {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.0
    }
}

impl FromDb for App {
    async fn from_db(db: Db) -> Self {
        Self(TestApp::new(db, router))
    }
}

/// Writes a project past the rules, for settings that nothing on this surface changes.
pub async fn set_up(app: &App, project: &Project, change: impl FnOnce(&mut Project)) -> Project {
    let mut project = project.clone();
    change(&mut project);
    let mut tx = app.db().begin().await.unwrap();
    store::projects::update(&mut tx, &project).await.unwrap();
    tx.commit().await.unwrap();
    project
}

/// Twenty-five published entries, of which three share one moment; newest first.
pub async fn twenty_five(app: &App, project: &Project) -> Vec<Entry> {
    let now = app.services.clock.now();
    let mut entries = Vec::new();
    for number in 0..25_i64 {
        let minutes = if (10..13).contains(&number) { 11 } else { number };
        let date: Timestamp = now - chrono::Duration::minutes(minutes);
        let tags = if number % 2 == 0 { fixtures::tags(&["Even", "Number"]) } else { fixtures::tags(&["Odd"]) };
        let new = NewEntry { tags, ..fixtures::text(&format!("Release {number}")) };
        entries.push(fixtures::published_with(&app.services, project, new, date).await);
    }
    entries.sort_by(|a, b| (b.published_at, b.id.as_str()).cmp(&(a.published_at, a.id.as_str())));
    entries
}

/// One member of each element of a list.
pub fn column(list: &Value, member: &str) -> Vec<String> {
    let text = |item: &Value| item[member].as_str().unwrap().to_owned();
    list.as_array().unwrap().iter().map(text).collect()
}

pub fn ids(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| entry.id.to_string()).collect()
}
