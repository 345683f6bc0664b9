//! Every server function, called by those who may not: nobody gets past the wall, and a new function that forgets its
//! check fails here.

use std::collections::BTreeSet;

use axum::http::Method;
use model::Scope;
use model::widgets::{NewWidget, Variant};
use server_fn::axum::server_fn_paths;
use services::access::EditProjects;
use services::widgets;
use store::Db;
use testkit::{Person, TestApp, fixtures, on_both_databases};

/// What anybody on a page of this site may call. Signing in, setting up and signing out cannot need a sign-in.
const PUBLIC: [&str; 4] = [
    "/rpc/public/account/check-setup",
    "/rpc/public/account/set-up",
    "/rpc/public/account/sign-in",
    "/rpc/public/account/sign-out",
];

/// What a viewer may call: they read.
const READING: [&str; 16] = [
    "/rpc/account/me",
    "/rpc/entries/get",
    "/rpc/entries/list",
    "/rpc/entries/version-owner",
    "/rpc/entries/versions",
    "/rpc/feeds/get",
    "/rpc/feeds/preview",
    "/rpc/home",
    "/rpc/projects/choices",
    "/rpc/projects/get",
    "/rpc/projects/head",
    "/rpc/projects/list",
    "/rpc/projects/overview",
    "/rpc/tags/list",
    "/rpc/widgets/get",
    "/rpc/widgets/list",
];

fn app(db: Db) -> TestApp {
    TestApp::new(db, server::web::router)
}

/// Calls a server function as its own page does.
fn call(person: &Person, path: &str, body: &str) -> testkit::Call {
    person
        .call(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("accept", "application/json")
        .header("sec-fetch-site", "same-origin")
        .body(body.to_owned())
}

/// Good arguments for every function, so that a refusal is about the caller and not about a missing field.
fn arguments(project: &str, entry: &str, widget: &str) -> String {
    format!(
        "project={project}&entry={entry}&title=Taken+over&content=x&version=&tags=&intent=&lock_version=0&name=Taken\
         &description=&color=&is_public=true&require_approval=false&confirm=Atuin&text=%23+Changelog%0A%0A%23%23+9.9.9\
         %0A%0A-+x&publish=true&search=&limit=10&tag=cnothing&into=cneither&position=0&widget={widget}\
         &draft%5BfullContent%5D=true&draft%5Bconfig%5D%5BincludeTags%5D=true&key=cnothing&preset=full&request=cnothing\
         &job=cnothing&source=markdown&show=&page=1"
    )
}

#[test]
fn the_lists_of_this_test_name_functions_that_exist() {
    let paths: BTreeSet<&str> = server_fn_paths().map(|(path, _)| path).collect();
    assert!(paths.len() > PUBLIC.len() + READING.len(), "{paths:?}");
    for path in PUBLIC.iter().chain(&READING) {
        assert!(paths.contains(path), "{path}");
    }
    let public: BTreeSet<&str> = paths.iter().copied().filter(|path| path.starts_with("/rpc/public/")).collect();
    assert_eq!(public, BTreeSet::from(PUBLIC));
}

on_both_databases! {
    async fn nobody_calls_a_server_function_signed_out(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        for (path, _) in server_fn_paths().filter(|(path, _)| !PUBLIC.contains(path)) {
            let answer = call(&app.stranger(), path, "").send().await;
            assert_eq!(answer.status(), 401, "{path}");
            assert_eq!(answer.json()["code"], "signed_out", "{path}");
        }
    }

    async fn a_foreign_page_calls_no_server_function_with_somebodys_cookie(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        for (path, _) in server_fn_paths() {
            let foreign = call(&owner, path, "").without("sec-fetch-site").header("origin", "https://evil.example");
            let answer = foreign.header("sec-fetch-site", "cross-site").send().await;
            assert_eq!(answer.status(), 403, "{path}");
        }
    }

    async fn a_viewer_reads_and_changes_nothing(db: Db) {
        let app = app(db);
        app.owner("Mara").await;
        let viewer = app.viewer("Vera").await.by_cookie();
        let project = fixtures::project(&app.services, "Atuin").await;
        let entry = fixtures::entry(&app.services, &project, "Dark mode").await;
        let may = fixtures::may::<EditProjects>(&app.services, &project).await;
        let widget = widgets::create(&app.services, &may, NewWidget::named("Home page", Variant::Classic)).await.unwrap();
        let body = arguments(project.id.as_str(), entry.id.as_str(), widget.id.as_str());
        for (path, _) in server_fn_paths().filter(|(path, _)| !PUBLIC.contains(path)) {
            let answer = call(&viewer, path, &body).send().await;
            let expected = if READING.contains(&path) { 200 } else { 403 };
            assert_eq!(answer.status(), expected, "{path}: {}", answer.text());
        }
        assert_eq!(testkit::count(app.db(), "projects").await, 1);
        assert_eq!(testkit::count(app.db(), "widgets").await, 1);
        assert_eq!(testkit::count(app.db(), "tags").await, 0);
        assert_eq!(testkit::count(app.db(), "entries WHERE title = 'Dark mode'").await, 1);
    }

    async fn an_unknown_project_is_not_found_by_any_server_function(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await.by_cookie();
        let body = arguments("cnowhere", "cnothing", "cnothing");
        let about_a_project = |path: &str| {
            !["/rpc/account/me", "/rpc/home", "/rpc/projects/list", "/rpc/projects/create"].contains(&path)
        };
        for (path, _) in server_fn_paths().filter(|(path, _)| !PUBLIC.contains(path) && about_a_project(path)) {
            assert_eq!(call(&owner, path, &body).send().await.status(), 404, "{path}");
        }
    }

    async fn an_api_key_opens_no_server_function_beyond_its_scopes(db: Db) {
        let app = app(db);
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Atuin").await;
        let key = app.key(&owner, &[Scope::TagsRead], None).await;
        let body = arguments(project.id.as_str(), "cnothing", "cnothing");
        for path in ["/rpc/projects/list", "/rpc/projects/delete", "/rpc/entries/save", "/rpc/imports/read", "/rpc/home"] {
            assert_eq!(call(&key, path, &body).send().await.status(), 403, "{path}");
        }
    }
}
