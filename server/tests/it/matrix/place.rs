//! Records that calls are about.

use axum::http::Method;
use model::entry_templates::NewEntryTemplate;
use model::invitations::NewInvitation;
use model::tags::NewTag;
use model::widgets::{NewWidget, Variant};
use model::{ProjectId, Scope};
use serde_json::Value;
use services::access::{EditProjects, ManageUsers, RunImports, WriteEntries, WriteTags};
use testkit::{Answer, Person, TestApp, fixtures};

use super::line::Line;

/// One of each kind, in a public project whose staff need approval. Calls delete what they find, so each gets its own.
#[derive(Debug, Clone)]
pub struct Place {
    /// Placeholder and what stands for it.
    records: Vec<(&'static str, String)>,
}

impl Place {
    /// Made by the built-in actor, except for a key of `owner` and a request of `asker`.
    pub async fn new(app: &TestApp, owner: &Person, asker: &Person) -> Self {
        let cx = &app.services;
        let name = format!("Orbit {}", cx.random.token(8));
        let project = fixtures::public_project(cx, &name).await;
        let entry = fixtures::published(cx, &project, "First").await;
        let draft = fixtures::entry(cx, &project, "Second").await;
        let gone = fixtures::entry(cx, &project, "Gone").await;
        services::entries::delete(cx, &fixtures::may(cx, &project).await, &gone.id).await.unwrap();
        let may = fixtures::may::<EditProjects>(cx, &project).await;
        let widget = services::widgets::create(cx, &may, NewWidget::named("Home", Variant::Classic)).await.unwrap();
        let new =
            NewEntryTemplate { name: "Release".to_owned(), title: "New".to_owned(), ..NewEntryTemplate::default() };
        let template = services::entry_templates::create(cx, &may, new).await.unwrap();
        let may = fixtures::may::<WriteEntries>(cx, &project).await;
        let note = services::quick_notes::add(cx, &may, "A typo").await.unwrap();
        let may = fixtures::may::<WriteTags>(cx, &project).await;
        let mut tags = Vec::new();
        for kind in ["Kept", "Other"] {
            let new = NewTag { name: format!("{kind} {}", cx.random.token(8)), ..NewTag::default() };
            tags.push(services::tags::create(cx, &may, new).await.unwrap().0.id.to_string());
        }
        let key = app.key(owner, &[Scope::TagsRead], Some(&project.id)).await;
        let may = fixtures::may::<RunImports>(cx, &project).await;
        let job =
            services::imports::read(cx, &may, "## 9.9.9\n\n### Added\n\n- Text\n", &Default::default()).await.unwrap();
        let medium = fixtures::medium(cx, &project, 1).await;
        let request = request(app, asker, &project.id, draft_to_ask(app, &project).await).await;
        // Somebody whom administrators look after, an invitation with its letter, and a record.
        let other = app.account(&format!("Person {}", cx.random.token(8)), model::Role::Viewer).await;
        let may = fixtures::may_everywhere::<ManageUsers>(cx);
        let address = format!("{}@example.com", cx.random.token(8).to_lowercase());
        let new = NewInvitation::new(address, model::Role::Staff);
        let invitation = services::invitations::create(cx, &may, new).await.unwrap().listed.invitation.id.to_string();
        let one = async |sql: &str| testkit::texts(app.db(), sql).await.pop().unwrap_or_else(|| "cnothing".to_owned());
        let [tag, other_tag] = <[String; 2]>::try_from(tags).unwrap();
        let records = vec![
            ("name", name),
            ("project", project.id.to_string()),
            ("entry", entry.id.to_string()),
            ("draft", draft.id.to_string()),
            ("widget", widget.id.to_string()),
            ("template", template.id.to_string()),
            ("note", note.id.to_string()),
            ("tag", tag),
            ("other_tag", other_tag),
            ("key", key.actor().key().unwrap().id.to_string()),
            ("media", medium.id.to_string()),
            ("job", job.id.to_string()),
            ("request", request),
            ("user", other.id.to_string()),
            ("email", other.email.replace('@', "%40")),
            ("invitation", invitation),
            ("revision", one(&format!("SELECT id FROM entry_revisions WHERE entry_id = '{}'", draft.id)).await),
            ("letter", one("SELECT id FROM letters").await),
            ("record", one("SELECT id FROM audit_logs").await),
            ("trash", gone.id.to_string()),
            ("provider", "cnothing".to_owned()),
            ("passkey", "cnothing".to_owned()),
            ("token", "nothing".to_owned()),
        ];
        Self { records }
    }

    /// The same with records of `other`, except for those with these names.
    pub fn with_records_of(&self, other: &Self, except: &[&str]) -> Self {
        let pairs = self.records.iter().zip(&other.records);
        let records =
            pairs.map(|(mine, theirs)| if except.contains(&mine.0) { mine } else { theirs }).cloned().collect();
        Self { records }
    }

    /// The same project by another id, at which nothing is.
    pub fn nowhere(&self) -> Self {
        let records = self.records.iter().map(|(name, _)| (*name, "cnothing".to_owned())).collect();
        Self { records }
    }

    /// `{project}` and `{projectId}` by its id, and so on.
    pub fn fill(&self, text: &str) -> String {
        self.records.iter().fold(text.to_owned(), |text, (name, id)| {
            text.replace(&format!("{{{name}}}"), id).replace(&format!("{{{name}Id}}"), id)
        })
    }

    /// Makes a call as pages of this site, or scripts, make it.
    pub async fn call(&self, person: &Person, line: &Line) -> Answer {
        let (method, path) = line.target();
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        if line.is_function() {
            let call = person.call(method, path).header("content-type", "application/x-www-form-urlencoded");
            let call = call.header("accept", "application/json").header("sec-fetch-site", "same-origin");
            return call.body(self.fill(line.body)).send().await;
        }
        // What nobody has a record for.
        let path = if line.is_about_draft { path.replace("{entryId}", "{draftId}") } else { path.to_owned() };
        let path = self.fill(&path).replace("{md5}", "unknown");
        assert!(!path.contains('{'), "{}: the place has nothing for a part of this path", line.name);
        let call = person.call(method, &format!("{path}{}", self.fill(line.query)));
        match line.body {
            "" => call.send().await,
            body => {
                let body: Value =
                    serde_json::from_str(&self.fill(body)).unwrap_or_else(|error| panic!("{}: {error}", line.name));
                call.json(&body).send().await
            }
        }
    }
}

async fn draft_to_ask(app: &TestApp, project: &model::projects::Project) -> String {
    fixtures::entry(&app.services, project, "Third").await.id.to_string()
}

/// What `asker`, who needs approval, asks for.
async fn request(app: &TestApp, asker: &Person, project: &ProjectId, entry: String) -> String {
    let path = format!("/api/projects/{project}/changelog/{entry}");
    asker.patch(&path, serde_json::json!({ "action": "publish" })).await.expect(202);
    let sql = format!("SELECT id FROM change_requests WHERE entry_id = '{entry}'");
    testkit::texts(app.db(), &sql).await.remove(0)
}

/// Places of one owner: a new one for each call that may change something; calls that only read share one.
pub struct Places<'a> {
    app: &'a TestApp,
    owner: &'a Person,
    asker: &'a Person,
    read: Option<Place>,
}

impl<'a> Places<'a> {
    pub fn new(app: &'a TestApp, owner: &'a Person, asker: &'a Person) -> Self {
        Self { app, owner, asker, read: None }
    }

    pub async fn call(&mut self, person: &Person, line: &Line) -> Answer {
        let make = || Place::new(self.app, self.owner, self.asker);
        if !line.name.starts_with("GET ") {
            return make().await.call(person, line).await;
        }
        let place = match self.read.take() {
            Some(place) => place,
            None => make().await,
        };
        self.read.insert(place).call(person, line).await
    }
}
