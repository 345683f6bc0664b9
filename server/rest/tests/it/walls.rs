use http::Method;
use model::access::verdict;
use model::entry_templates::NewEntryTemplate;
use model::tags::NewTag;
use model::widgets::{NewWidget, Variant};
use model::{Permission, Role, Scope, Verdict};
use serde_json::{Value, json};
use services::access::{DeleteEntries, EditProjects, WriteEntries, WriteTags};
use testkit::{Person, fixtures, on_both_databases};

use crate::app::App;
use crate::document::operations;

/// What anybody may ask for. Everything else refuses a caller without a credential.
pub const PUBLIC: &[&str] = &[
    "GET /api/auth/invitation/{token}",
    "GET /api/auth/oauth/authorize/{provider}",
    "GET /api/auth/oauth/callback/{provider}",
    "GET /api/auth/oauth/providers",
    "GET /api/auth/reset-password/{token}",
    "GET /api/auth/saml/authorize/{provider}",
    "GET /api/auth/saml/callback/{provider}",
    "GET /api/auth/saml/metadata/{provider}",
    "GET /api/auth/saml/providers",
    "GET /api/avatar/{md5}",
    "GET /api/changelog/entries/{entryId}",
    "GET /api/changelog/{projectId}/entries",
    "GET /api/changelog/{projectId}/entries/all",
    "GET /api/changelog/{projectId}/panel/{entryId}",
    "GET /api/changelog/{projectId}/rss.xml",
    "GET /api/changelog/{projectId}/unread",
    "GET /api/config/runtime",
    "GET /api/config/timezone",
    "GET /api/health",
    "GET /api/integrations/widget/{projectId}",
    "GET /api/integrations/widget/{projectId}/{widgetId}",
    "GET /api/setup",
    "GET /api/setup/status",
    "GET /openapi.json",
    "GET /swagger.json",
    "POST /api/analytics/track",
    "POST /api/auth/cli/refresh",
    "POST /api/auth/cli/token",
    "POST /api/auth/forgot-password",
    "POST /api/auth/login",
    "POST /api/auth/login/second-factor",
    "POST /api/auth/logout",
    "POST /api/auth/passkeys/authenticate/options",
    "POST /api/auth/passkeys/authenticate/verify",
    "POST /api/auth/refresh",
    "POST /api/auth/register",
    "POST /api/auth/reset-password/{token}",
    "POST /api/auth/saml/callback/{provider}",
    "POST /api/setup/admin",
];

/// What operations are about. Each gets a place of its own, because some delete what they find.
struct Place {
    project: String,
    entry: String,
    widget: String,
    template: String,
    note: String,
    tag: String,
    key: String,
    draft: String,
    /// What staff asked for about another draft.
    request: String,
    /// A state of the entry.
    revision: String,
    /// What was deleted.
    trash: String,
    medium: String,
}

impl Place {
    async fn new(app: &App) -> Self {
        let project = fixtures::public_project(&app.services, "Orbit Mail").await;
        let entry = fixtures::published(&app.services, &project, "First").await;
        let may = fixtures::may::<EditProjects>(&app.services, &project).await;
        let widget = NewWidget::named("Home", Variant::Classic);
        let widget = services::widgets::create(&app.services, &may, widget).await.unwrap();
        let new =
            NewEntryTemplate { name: "Release".to_owned(), title: "New".to_owned(), ..NewEntryTemplate::default() };
        let template = services::entry_templates::create(&app.services, &may, new).await.unwrap();
        let may = fixtures::may::<WriteTags>(&app.services, &project).await;
        let new = NewTag { name: format!("Tag of {}", project.id), ..NewTag::default() };
        let (tag, _) = services::tags::create(&app.services, &may, new).await.unwrap();
        let draft = fixtures::entry(&app.services, &project, "Second").await;
        let asked = fixtures::entry(&app.services, &project, "Third").await;
        let may = fixtures::may::<WriteEntries>(&app.services, &project).await;
        let note = services::quick_notes::add(&app.services, &may, "A typo").await.unwrap();
        let (_, request) = services::entries::request_publication(&app.services, &may, &asked.id).await.unwrap();
        let states = format!("SELECT id FROM entry_revisions WHERE entry_id = '{}' ORDER BY id", entry.id);
        let revision = testkit::texts(app.db(), &states).await.remove(0);
        let gone = fixtures::entry(&app.services, &project, "Fourth").await;
        let may = fixtures::may::<DeleteEntries>(&app.services, &project).await;
        services::entries::delete(&app.services, &may, &gone.id).await.unwrap();
        let medium = fixtures::medium(&app.services, &project, 1).await;
        Self {
            revision,
            medium: medium.id.into(),
            trash: gone.id.into(),
            project: project.id.into(),
            entry: entry.id.into(),
            widget: widget.id.into(),
            template: template.id.into(),
            note: note.id.into(),
            tag: tag.id.into(),
            key: "unknown".to_owned(),
            draft: draft.id.into(),
            request: request.id.into(),
        }
    }

    /// As [`Place::new`], with an API key of `owner` for the project.
    async fn with_key(app: &App, owner: &Person) -> Self {
        let place = Self::new(app).await;
        let key = app.key(owner, &[Scope::TagsRead], Some(&place.project.parse().unwrap())).await;
        Self { key: key.actor().key().unwrap().id.to_string(), ..place }
    }

    /// Where nothing is.
    fn nowhere() -> Self {
        let unknown = || "unknown".to_owned();
        Self {
            project: unknown(),
            entry: unknown(),
            widget: unknown(),
            template: unknown(),
            note: unknown(),
            tag: unknown(),
            key: unknown(),
            draft: unknown(),
            request: unknown(),
            revision: unknown(),
            trash: unknown(),
            medium: unknown(),
        }
    }

    /// The path of an operation, with a query if it needs one.
    fn path(&self, method: &Method, path: &str) -> String {
        let query = match (method.as_str(), path) {
            ("DELETE", "/api/projects/{projectId}/changelog/tags") => format!("?tagId={}", self.tag),
            ("GET", "/api/search") => "?q=first".to_owned(),
            ("GET", "/api/projects/import/process") => format!("?projectId={}", self.project),
            _ => String::new(),
        };
        let Self { project, entry, widget, template, note, tag, key, draft, request, revision, trash, medium } = self;
        // What is published needs no schedule.
        let entry = if path.contains("/schedule") { draft } else { entry };
        let ids = [
            ("{projectId}", project),
            ("{entryId}", entry),
            ("{widgetId}", widget),
            ("{templateId}", template),
            ("{noteId}", note),
            ("{tagId}", tag),
            ("{keyId}", key),
            ("{requestId}", request),
            ("{revisionId}", revision),
            ("{trashId}", trash),
            ("{mediaId}", medium),
            ("{passkeyId}", &"unknown".to_owned()),
            ("{providerId}", &"unknown".to_owned()),
        ];
        ids.into_iter().fold(path.to_owned(), |path, (name, id)| path.replace(name, id)) + &query
    }

    /// A body that each operation would take.
    fn body(&self, path: &str) -> Value {
        match path {
            "/api/projects" => json!({ "name": "New" }),
            "/api/search" => json!({ "query": "first" }),
            "/api/projects/import/parse" => json!({ "projectId": self.project, "content": "## 1.0.0\n\n- Text\n" }),
            "/api/projects/import/json" => json!({ "projectId": self.project, "content": "[{\"title\":\"New\"}]" }),
            "/api/projects/import/csv" => json!({ "projectId": self.project, "content": "title,content\nNew,x\n" }),
            // The answer is then about the address or the key, and nobody else is asked.
            "/api/projects/import/url" => {
                json!({ "projectId": self.project, "options": { "url": "http://127.0.0.1/" } })
            }
            "/api/projects/import/canny/validate" | "/api/projects/import/canny/fetch" => json!({ "apiKey": "no key" }),
            "/api/projects/import/process" => {
                json!({ "projectId": self.project, "entries": [{ "title": "New", "content": "x" }] })
            }
            path if path.ends_with("/quick-notes") => json!({ "text": "New" }),
            path if path.contains("/entry-templates") => json!({ "name": "New", "content": "x" }),
            path if path.starts_with("/api/integrations/widget") => json!({ "name": "New", "variant": "classic" }),
            path if path.contains("/changelog/tags") => {
                json!({ "name": format!("New {}", self.tag), "tagId": self.tag })
            }
            "/api/projects/{projectId}/changelog" | "/api/changelog/entries/{entryId}" => {
                json!({ "title": "New", "content": "x" })
            }
            "/api/changelog/requests" => {
                json!({ "type": "DELETE_ENTRY", "projectId": self.project, "targetId": self.entry })
            }
            "/api/changelog/requests/{requestId}" => json!({ "status": "APPROVED" }),
            path if path.ends_with("/changelog/bulk") => {
                json!({ "action": "add-tag", "tag": "New", "entries": [self.entry] })
            }
            path if path.ends_with("/schedule/approval") => {
                json!({ "action": "request_approval", "scheduledAt": "2027-01-01T08:00:00.000Z" })
            }
            path if path.ends_with("/schedule") => {
                json!({ "action": "schedule", "scheduledAt": "2027-01-01T08:00:00.000Z" })
            }
            path if path.ends_with("/revisions/{revisionId}") => json!({ "label": "Good" }),
            _ => json!({ "action": "publish" }),
        }
    }

    async fn call(&self, person: &Person, method: &Method, path: &str) -> testkit::Answer {
        let call = person.call(method.clone(), &self.path(method, path));
        if *method == Method::GET { call.send().await } else { call.json(&self.body(path)).send().await }
    }
}

/// Whether an operation takes API keys at all.
fn takes_keys(operation: &Value) -> bool {
    operation["security"].as_array().is_some_and(|ways| ways.iter().any(|way| way.get("key").is_some()))
}

/// What an operation says it needs. That it says what the table of permissions has for it is proved by the matrix of
/// `server/tests`.
fn needs(operation: &Value) -> Vec<Permission> {
    serde_json::from_value(operation["x-permission"].clone()).unwrap()
}

on_both_databases! {
    async fn only_the_public_list_answers_a_stranger(app: App) {
        let place = Place::new(&app).await;
        let stranger = app.stranger();
        let mut public = Vec::new();
        for (method, path, operation) in operations() {
            let name = format!("{method} {path}");
            if PUBLIC.contains(&name.as_str()) {
                assert!(operation.get("security").is_none(), "{name} is documented as private");
                public.push(name);
                continue;
            }
            let answer = place.call(&stranger, &method, &path).await;
            assert_eq!(answer.status(), 401, "{name}");
            assert_eq!(answer.json()["code"], "signed_out");
            // Nothing of the record is in the refusal, known or not.
            let unknown = Place::nowhere().call(&stranger, &method, &path).await;
            assert_eq!(unknown.json(), answer.json(), "{name}");
            let expired = stranger.call(method, &path.replace(['{', '}'], "")).header("authorization", "Bearer x.y.z");
            expired.send().await.expect(401);
        }
        public.sort();
        assert_eq!(public, PUBLIC);
    }

    async fn a_viewer_changes_nothing(app: App) {
        let place = Place::new(&app).await;
        let viewer = app.viewer("Vera").await;
        for (method, path, operation) in operations() {
            if operation.get("security").is_none() {
                continue;
            }
            let needs = needs(&operation);
            // Their own account is theirs.
            if needs.contains(&Permission::ManageOwnAccount) {
                continue;
            }
            let answer = place.call(&viewer, &method, &path).await;
            let may_all = needs.iter().all(|one| verdict(Role::Viewer, *one, None) == Verdict::Allowed);
            let expected = if may_all { 200 } else { 403 };
            assert_eq!(answer.status(), expected, "{method} {path}: {}", answer.text());
        }
    }

    async fn a_key_needs_exactly_the_documented_scopes(app: App) {
        let (admin, staff) = (app.owner("Mara").await, app.staff("Sam").await);
        for (method, path, operation) in operations() {
            let Some(scopes) = operation.get("x-required-scopes") else { continue };
            // Only staff ask; administrators need not.
            let asks = method == Method::POST && (path.ends_with("/requests") || path.ends_with("/schedule/approval"));
            let owner = if asks { &staff } else { &admin };
            let place = Place::new(&app).await;
            let needed: Vec<Scope> =
                scopes.as_array().unwrap().iter().map(|scope| scope.as_str().unwrap().parse().unwrap()).collect();
            let exact = match needed.as_slice() {
                // An empty list would mean every scope.
                [] => vec![Scope::WebhooksRead],
                needed => needed.to_vec(),
            };
            let key = app.key(owner, &exact, None).await;
            let answer = place.call(&key, &method, &path).await;
            let asks_others = path.ends_with("/import/url") || path.contains("/import/canny/");
            let is_good = answer.status() < 300 || asks_others && answer.status() == 400;
            assert!(is_good, "{method} {path} with {exact:?}: {}", answer.text());
            for missing in needed {
                let others: Vec<Scope> = Scope::ALL.iter().copied().filter(|scope| !scope.covers(missing)).collect();
                let key = app.key(owner, &others, None).await;
                // What the first call deleted is there again.
                let answer = Place::new(&app).await.call(&key, &method, &path).await.expect(403);
                assert_eq!(answer.json()["error"], format!("This API key lacks the scope {missing}."), "{method} {path}");
            }
        }
    }

    async fn a_key_of_another_project_is_refused(app: App) {
        let owner = app.owner("Mara").await;
        let place = Place::new(&app).await;
        let other = fixtures::project(&app.services, "Other").await;
        let key = app.key(&owner, &[], Some(&other.id)).await;
        for (method, path, operation) in operations() {
            if !takes_keys(&operation) || !path.contains("{projectId}") {
                continue;
            }
            let answer = place.call(&key, &method, &path).await.expect(403);
            assert_eq!(answer.json()["code"], "other_project", "{method} {path}");
            // An unknown project is refused in the same words, so that a key cannot find out which exist.
            let unknown = Place::nowhere().call(&key, &method, &path).await;
            assert_eq!(unknown.json(), answer.json(), "{method} {path}");
        }
    }

    async fn keys_are_refused_where_the_document_does_not_offer_them(app: App) {
        let owner = app.owner("Mara").await;
        let place = Place::with_key(&app, &owner).await;
        let other = fixtures::project(&app.services, "Other").await;
        for bound in [None, Some(&place.project.parse().unwrap()), Some(&other.id)] {
            let key = app.key(&owner, &[], bound).await;
            for (method, path, operation) in operations() {
                if operation.get("security").is_none() || takes_keys(&operation) {
                    continue;
                }
                let answer = place.call(&key, &method, &path).await.expect(403);
                assert_eq!(answer.json()["code"], "no_keys", "{method} {path}");
            }
        }
        assert_eq!(testkit::count(app.db(), &format!("api_keys WHERE id = '{}'", place.key)).await, 1);
    }

    async fn a_key_that_ended_opens_nothing(app: App) {
        let owner = app.owner("Mara").await;
        let place = Place::with_key(&app, &owner).await;
        for column in ["revoked_at", "expires_at"] {
            let key = app.key(&owner, &[], None).await;
            key.get("/api/projects").await.expect(200);
            testkit::execute(app.db(), &format!("UPDATE api_keys SET {column} = '2026-03-04T09:00:00+00:00'")).await;
            for (method, path, operation) in operations() {
                if operation.get("security").is_some() {
                    let answer = place.call(&key, &method, &path).await.expect(401);
                    assert_eq!(answer.json()["code"], "signed_out", "{method} {path}");
                }
            }
        }
    }

    async fn a_revoked_sign_in_is_out_at_once(app: App) {
        let owner = app.owner("Mara").await;
        let place = Place::new(&app).await;
        let token = owner.signed_in().refresh_token.clone();
        services::sign_in::sign_out(&app.services, &token, owner.client()).await.unwrap();
        for (method, path, operation) in operations() {
            if operation.get("security").is_some() {
                place.call(&owner, &method, &path).await.expect(401);
            }
        }
    }
}
