//! The application on a socket, and the people who use it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::ops::Deref;

use chrono::Duration;
use model::{ProjectId, Role, Scope};
use serde_json::{Value, json};
use services::Settings;
use store::Db;
use testkit::{FromDb, PASSWORD, TestApp};
use tokio::net::TcpListener;
use tokio::sync::Mutex;

use crate::client::{Answer, Call};

/// One instance, empty, set up when its first person appears.
pub struct Site {
    app: TestApp,
    address: SocketAddr,
    /// Owners of keys, who sign in once.
    owners: Mutex<HashMap<String, testkit::Person>>,
}

impl FromDb for Site {
    async fn from_db(db: Db) -> Self {
        Self::with(db, |_| {}).await
    }
}

impl Site {
    /// An instance with settings of the test's own.
    pub async fn with(db: Db, change: impl FnOnce(&mut Settings)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let mut settings = Settings { base_url: format!("http://{address}"), ..testkit::settings() };
        change(&mut settings);
        let services = testkit::services_with(db, settings);
        let router = server::web::router(services.clone());
        let serving = router.clone().into_make_service_with_connect_info::<SocketAddr>();
        // Ends with the runtime of the test.
        tokio::spawn(async move { axum::serve(listener, serving).await });
        Self { app: TestApp::on(services, |_| router), address, owners: Mutex::default() }
    }

    pub fn app(&self) -> &TestApp {
        &self.app
    }

    /// Lets time pass; at the start it is 2026-03-04T09:30:00.000Z, and it stands still.
    pub fn advance(&self, by: Duration) {
        self.app.advance(by);
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Somebody without a credential.
    pub fn stranger(&self) -> Caller {
        Caller { address: self.address, credential: Vec::new() }
    }

    /// Whoever shows this key or token.
    pub fn bearer(&self, token: &str) -> Caller {
        Caller { address: self.address, credential: vec![("authorization".to_owned(), format!("Bearer {token}"))] }
    }

    pub async fn admin(&self) -> Person {
        self.person("Mara", Role::Admin).await
    }

    pub async fn staff(&self) -> Person {
        self.person("Sam", Role::Staff).await
    }

    pub async fn viewer(&self) -> Person {
        self.person("Vera", Role::Viewer).await
    }

    /// Somebody with an account, signed in as a script or a browser signs in. The address is `mara@tidings.example`.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let user = self.app.account(name, role).await;
        let login = json!({ "email": user.email, "password": PASSWORD });
        let answer = self.stranger().post("/api/auth/login", login).await.expect(200);
        Person::new(self, &answer)
    }

    /// A key of somebody with these scopes; none means all of them.
    pub async fn key(&self, owner: &Person, scopes: &[&str], project: Option<&str>) -> Caller {
        self.bearer(&self.secret(owner, scopes, project).await)
    }

    /// The text of such a key.
    pub async fn secret(&self, owner: &Person, scopes: &[&str], project: Option<&str>) -> String {
        let scopes: Vec<Scope> = scopes.iter().map(|scope| scope.parse().expect("a scope")).collect();
        let project: Option<ProjectId> = project.map(|id| id.parse().expect("an id"));
        let mut owners = self.owners.lock().await;
        if !owners.contains_key(owner.id()) {
            let person = self.app.sign_in(self.user(owner).await).await;
            owners.insert(owner.id().to_owned(), person);
        }
        self.app.key(&owners[owner.id()], &scopes, project.as_ref()).await.secret().to_owned()
    }

    async fn user(&self, person: &Person) -> model::users::User {
        let mut lease = self.app.db().acquire().await.expect("a connection");
        let id = person.id().parse().expect("an id");
        store::users::find(lease.conn(), &id).await.expect("an answer").expect("an account")
    }
}

/// Somebody with an account. Asks with the token of the sign-in.
#[derive(Clone)]
pub struct Person {
    pub user: Value,
    pub refresh_token: String,
    pub access_token: String,
    token: Caller,
    cookies: Caller,
    /// Both cookies, for calls that have no other credential.
    pub cookie_header: String,
}

impl Person {
    /// Whom an answer to a sign-in signed in.
    pub fn new(site: &Site, answer: &Answer) -> Self {
        let signed_in = answer.json();
        let pairs: Vec<&str> =
            answer.header_values("set-cookie").iter().filter_map(|cookie| cookie.split(';').next()).collect();
        let cookie_header = pairs.join("; ");
        let text = |member: &str| signed_in[member].as_str().unwrap_or_default().to_owned();
        let cookies = vec![("cookie".to_owned(), cookie_header.clone()), ("origin".to_owned(), site.origin())];
        Self {
            user: signed_in["user"].clone(),
            refresh_token: text("refreshToken"),
            access_token: text("accessToken"),
            token: site.bearer(&text("accessToken")),
            cookies: Caller { address: site.address, credential: cookies },
            cookie_header,
        }
    }

    pub fn id(&self) -> &str {
        self.user["id"].as_str().unwrap_or_default()
    }

    pub fn email(&self) -> &str {
        self.user["email"].as_str().unwrap_or_default()
    }

    /// The same person in a browser, on a page of the instance.
    pub fn cookie(&self) -> &Caller {
        &self.cookies
    }
}

impl Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.token
    }
}

/// Whoever asks, with the headers that say who.
#[derive(Clone)]
pub struct Caller {
    address: SocketAddr,
    credential: Vec<(String, String)>,
}

impl Caller {
    pub fn call(&self, method: &str, target: &str) -> Call {
        let call = Call::new(self.address, method, target);
        self.credential.iter().fold(call, |call, (name, value)| call.header(name, value))
    }

    pub async fn get(&self, target: &str) -> Answer {
        self.call("GET", target).send().await
    }

    pub async fn delete(&self, target: &str) -> Answer {
        self.call("DELETE", target).send().await
    }

    pub async fn post(&self, target: &str, json: Value) -> Answer {
        self.call("POST", target).json(&json).send().await
    }

    pub async fn put(&self, target: &str, json: Value) -> Answer {
        self.call("PUT", target).json(&json).send().await
    }

    pub async fn patch(&self, target: &str, json: Value) -> Answer {
        self.call("PATCH", target).json(&json).send().await
    }

    /// Creates a public project of this name; gives its id.
    pub async fn project(&self, name: &str) -> String {
        let answer = self.post("/api/projects", json!({ "name": name, "isPublic": true })).await.expect(201);
        answer.text_of("id")
    }

    /// Creates a draft; gives it whole.
    pub async fn draft(&self, project: &str, entry: Value) -> Value {
        self.post(&format!("/api/projects/{project}/changelog"), entry).await.expect(201).json()
    }

    /// Creates an entry and publishes it, under a date or now; gives it whole.
    pub async fn published(&self, project: &str, entry: Value, date: Option<&str>) -> Value {
        let id = id(&self.draft(project, entry).await);
        let publish = json!({ "action": "publish", "publishedAt": date });
        self.patch(&format!("/api/projects/{project}/changelog/{id}"), publish).await.expect(200).json()
    }
}

/// The id of a record.
#[track_caller]
pub fn id(record: &Value) -> String {
    record["id"].as_str().unwrap_or_else(|| panic!("no id in {record}")).to_owned()
}

/// One member of each element of a list.
#[track_caller]
pub fn column(list: &Value, member: &str) -> Vec<String> {
    let items = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
}

/// Members of a record that another one has too, as clients send whole records back.
pub fn overlay(record: &Value, members: Value) -> Value {
    crate::shape::with(record.clone(), members)
}
