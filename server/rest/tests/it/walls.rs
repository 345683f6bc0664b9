use http::Method;
use model::projects::Project;
use model::widgets::{NewWidget, Variant, Widget};
use model::{Scope, WidgetId};
use serde_json::{Value, json};
use services::access::EditProjects;
use testkit::{Person, fixtures, on_both_databases};

use crate::app::App;
use crate::document::operations;

/// What anybody may ask for. Everything else refuses a caller without a credential.
const PUBLIC: &[&str] = &[
    "GET /api/changelog/{projectId}/entries",
    "GET /api/changelog/{projectId}/entries/all",
    "GET /api/changelog/{projectId}/panel/{entryId}",
    "GET /api/changelog/{projectId}/rss.xml",
    "GET /api/changelog/{projectId}/unread",
    "GET /api/health",
    "GET /api/integrations/widget/{projectId}",
    "GET /api/integrations/widget/{projectId}/{widgetId}",
    "GET /openapi.json",
    "GET /swagger.json",
    "POST /api/analytics/track",
    "POST /api/auth/login",
    "POST /api/auth/logout",
    "POST /api/auth/refresh",
];

/// The id of a widget that [`keep_widget`] keeps.
const WIDGET: &str = "widget";

/// Sees to it that there is a widget, whatever has been deleted before.
async fn keep_widget(app: &App, project: &Project) {
    let new = NewWidget::named("Home", Variant::Classic);
    let may = fixtures::may::<EditProjects>(&app.services, project).await;
    let made = services::widgets::create(&app.services, &may, new).await.unwrap();
    let mut tx = app.db().begin().await.unwrap();
    let id = WIDGET.parse::<WidgetId>().unwrap();
    store::widgets::delete(tx.conn(), &project.id, &id).await.unwrap();
    store::widgets::insert(tx.conn(), &Widget { id, ..made }).await.unwrap();
    tx.commit().await.unwrap();
}

/// The id of an API key that [`keep_key`] keeps.
const KEY: &str = "key";

/// Sees to it that there is a key of a person.
async fn keep_key(app: &App, project: &Project, owner: &Person) {
    let made = app.key(owner, &[Scope::TagsRead], Some(&project.id)).await;
    let made = made.actor().key().unwrap().id.clone();
    testkit::execute(app.db(), &format!("DELETE FROM api_keys WHERE id = '{KEY}'")).await;
    testkit::execute(app.db(), &format!("UPDATE api_keys SET id = '{KEY}' WHERE id = '{made}'")).await;
}

/// Whether an operation takes API keys at all.
fn takes_keys(operation: &Value) -> bool {
    operation["security"].as_array().is_some_and(|ways| ways.iter().any(|way| way.get("key").is_some()))
}

/// Reading that is not for viewers.
fn is_guarded_reading(path: &str) -> bool {
    path.contains("/api-keys")
}

/// A body that each operation would take.
fn body(path: &str) -> Value {
    match path {
        "/api/projects" => json!({ "name": "New" }),
        path if path.starts_with("/api/integrations/widget") => json!({ "name": "New", "variant": "classic" }),
        "/api/projects/{projectId}/changelog" => json!({ "title": "New", "content": "x" }),
        _ => json!({ "action": "publish" }),
    }
}

async fn call(person: &Person, method: &Method, path: &str, project: &str, entry: &str) -> testkit::Answer {
    let concrete = path.replace("{projectId}", project).replace("{entryId}", entry).replace("{widgetId}", WIDGET);
    let concrete = concrete.replace("{keyId}", KEY);
    let call = person.call(method.clone(), &concrete);
    if *method == Method::GET { call.send().await } else { call.json(&body(path)).send().await }
}

on_both_databases! {
    async fn only_the_public_list_answers_a_stranger(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        let stranger = app.stranger();
        let mut public = Vec::new();
        for (method, path, operation) in operations() {
            let name = format!("{method} {path}");
            if PUBLIC.contains(&name.as_str()) {
                assert!(operation.get("security").is_none(), "{name} is documented as private");
                public.push(name);
                continue;
            }
            let answer = call(&stranger, &method, &path, project.id.as_str(), entry.id.as_str()).await;
            assert_eq!(answer.status(), 401, "{name}");
            assert_eq!(answer.json()["code"], "signed_out");
            // Nothing of the record is in the refusal, known or not.
            let unknown = call(&stranger, &method, &path, "unknown", "unknown").await;
            assert_eq!(unknown.json(), answer.json(), "{name}");
            let expired = stranger.call(method, &path.replace(['{', '}'], "")).header("authorization", "Bearer x.y.z");
            expired.send().await.expect(401);
        }
        public.sort();
        assert_eq!(public, PUBLIC);
    }

    async fn a_viewer_changes_nothing(app: App) {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        let viewer = app.viewer("Vera").await;
        for (method, path, operation) in operations() {
            if operation.get("security").is_none() {
                continue;
            }
            let answer = call(&viewer, &method, &path, project.id.as_str(), entry.id.as_str()).await;
            let expected = if method == Method::GET && !is_guarded_reading(&path) { 200 } else { 403 };
            assert_eq!(answer.status(), expected, "{method} {path}: {}", answer.text());
        }
    }

    async fn a_key_needs_exactly_the_documented_scopes(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        for (method, path, operation) in operations() {
            let Some(scopes) = operation.get("x-required-scopes") else { continue };
            keep_widget(&app, &project).await;
            let needed: Vec<Scope> =
                scopes.as_array().unwrap().iter().map(|scope| scope.as_str().unwrap().parse().unwrap()).collect();
            let exact = match needed.as_slice() {
                // An empty list would mean every scope.
                [] => vec![Scope::WebhooksRead],
                needed => needed.to_vec(),
            };
            let key = app.key(&owner, &exact, None).await;
            let answer = call(&key, &method, &path, project.id.as_str(), entry.id.as_str()).await;
            assert!(answer.status() < 300, "{method} {path} with {exact:?}: {}", answer.text());
            for missing in needed {
                let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| !scope.covers(missing)).collect();
                let key = app.key(&owner, &others, None).await;
                let answer = call(&key, &method, &path, project.id.as_str(), entry.id.as_str()).await.expect(403);
                assert_eq!(answer.json()["error"], format!("This API key lacks the scope {missing}."), "{method} {path}");
            }
        }
    }

    async fn a_key_of_another_project_is_refused(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        let other = fixtures::project(&app.services, "Other").await;
        let key = app.key(&owner, &[], Some(&other.id)).await;
        for (method, path, operation) in operations() {
            if !takes_keys(&operation) || !path.contains("{projectId}") {
                continue;
            }
            let answer = call(&key, &method, &path, project.id.as_str(), entry.id.as_str()).await.expect(403);
            assert_eq!(answer.json()["code"], "other_project", "{method} {path}");
            // An unknown project is refused in the same words, so that a key cannot find out which exist.
            let unknown = call(&key, &method, &path, "unknown", "unknown").await;
            assert_eq!(unknown.json(), answer.json(), "{method} {path}");
        }
    }

    async fn keys_are_refused_where_the_document_does_not_offer_them(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let other = fixtures::project(&app.services, "Other").await;
        keep_key(&app, &project, &owner).await;
        for bound in [None, Some(&project.id), Some(&other.id)] {
            let key = app.key(&owner, &[], bound).await;
            for (method, path, operation) in operations() {
                if operation.get("security").is_none() || takes_keys(&operation) {
                    continue;
                }
                let answer = call(&key, &method, &path, project.id.as_str(), "unknown").await.expect(403);
                assert_eq!(answer.json()["code"], "no_keys", "{method} {path}");
            }
        }
        assert_eq!(testkit::count(app.db(), &format!("api_keys WHERE id = '{KEY}'")).await, 1);
    }

    async fn a_key_that_ended_opens_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        for column in ["revoked_at", "expires_at"] {
            let key = app.key(&owner, &[], None).await;
            key.get("/api/projects").await.expect(200);
            testkit::execute(app.db(), &format!("UPDATE api_keys SET {column} = '2026-03-04T09:00:00+00:00'")).await;
            for (method, path, operation) in operations() {
                if operation.get("security").is_some() {
                    let answer = call(&key, &method, &path, project.id.as_str(), "unknown").await.expect(401);
                    assert_eq!(answer.json()["code"], "signed_out", "{method} {path}");
                }
            }
        }
    }

    async fn a_revoked_sign_in_is_out_at_once(app: App) {
        let owner = app.owner("Mara").await;
        let project = fixtures::project(&app.services, "Orbit Mail").await;
        let token = owner.signed_in().refresh_token.clone();
        services::sign_in::sign_out(&app.services, &token, owner.client()).await.unwrap();
        for (method, path, operation) in operations() {
            if operation.get("security").is_some() {
                call(&owner, &method, &path, project.id.as_str(), "unknown").await.expect(401);
            }
        }
    }
}
