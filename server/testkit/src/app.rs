//! The application without sockets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use axum::Router;
use chrono::Duration;
use model::api_keys::{NewKey, scopes_or_all};
use model::users::{SYSTEM_ID, User};
use model::{ProjectId, Role, Scope, UserId};
use services::api_keys::CreatedKey;
use services::{Actor, ClientInfo, Services, access, api_keys, cli_login, sign_in};
use store::Db;

use crate::FromDb;
use crate::person::{Credential, PASSWORD, Person};

/// An instance with its router, and the people who use it. Cheap to clone.
#[derive(Clone)]
pub struct TestApp {
    pub services: Services,
    router: Router,
    /// People come from different addresses, so that nobody runs into the limits of somebody else.
    people: Arc<AtomicU8>,
}

impl TestApp {
    /// An instance on `db` that is not set up; creating the first person sets it up.
    pub fn new(db: Db, router: impl FnOnce(Services) -> Router) -> Self {
        Self::on(crate::services(db), router)
    }

    /// As [`TestApp::new`], on services of the test's own.
    pub fn on(services: Services, router: impl FnOnce(Services) -> Router) -> Self {
        Self { router: router(services.clone()), services, people: Arc::default() }
    }

    pub fn db(&self) -> &Db {
        &self.services.db
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Lets time pass.
    pub fn advance(&self, by: Duration) {
        self.services.clock.advance(by);
    }

    /// The first administrator, who set the instance up.
    pub async fn owner(&self, name: &str) -> Person {
        self.person(name, Role::Admin).await
    }

    pub async fn admin(&self, name: &str) -> Person {
        self.person(name, Role::Admin).await
    }

    pub async fn staff(&self, name: &str) -> Person {
        self.person(name, Role::Staff).await
    }

    pub async fn viewer(&self, name: &str) -> Person {
        self.person(name, Role::Viewer).await
    }

    /// Somebody with an account and the password [`PASSWORD`], signed in by an access token. The address is made from
    /// the name: `mara@tidings.example`.
    pub async fn person(&self, name: &str, role: Role) -> Person {
        let user = self.account(name, role).await;
        self.sign_in(user).await
    }

    /// Signs a person in once more, as from another browser.
    pub async fn sign_in(&self, user: User) -> Person {
        let client = self.client();
        let signed_in = sign_in::with_password(&self.services, &user.email, PASSWORD, &client).await;
        let signed_in = signed_in.expect("the person signs in").completed().expect("no second factor");
        let signed_in = Box::new(signed_in);
        Person::new(self, Some(user), client, Credential::Token(signed_in))
    }

    /// A program that the person let in through their browser, as the command line is.
    pub async fn program(&self, person: &Person) -> Person {
        let may = access::instance_grant(&person.by_cookie().actor()).expect("people have an account");
        let request = cli_login::Request::read(&self.services, "http://127.0.0.1:4711/", None, Some("Testkit"));
        let issued = cli_login::issue(&self.services, &may, &request.expect("a request")).await.expect("a code");
        let client = self.client();
        let exchange = cli_login::Exchange { code: &issued.code, expires: None, verifier: None };
        let signed_in = cli_login::exchange(&self.services, exchange, &client).await.expect("the program signs in");
        Person::new(self, Some(person.user().clone()), client, Credential::Token(Box::new(signed_in)))
    }

    /// Somebody with an account who is not signed in.
    pub async fn account(&self, name: &str, role: Role) -> User {
        let now = self.services.clock.now();
        let email = format!("{}@tidings.example", name.to_lowercase().replace(' ', "."));
        let user = User {
            id: self.services.random.id(now, UserId::compose),
            email,
            name: Some(name.to_owned()),
            role,
            created_at: now,
            last_login_at: None,
            disabled_at: None,
        };
        let mut tx = self.services.db.begin().await.expect("a transaction");
        store::users::insert(tx.conn(), &user, Some(&cheap_hash())).await.expect("a free address");
        if !store::instance::is_set_up(tx.conn()).await.expect("an answer") {
            let first = if role == Role::Admin { user.id.clone() } else { SYSTEM_ID.parse().expect("an id") };
            store::instance::complete(tx.conn(), &first, now).await.expect("a set-up instance");
        }
        tx.commit().await.expect("a commit");
        user
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Person {
        Person::new(self, None, self.client(), Credential::None)
    }

    /// The same person behind an API key. No scopes means all of them.
    pub async fn key(&self, owner: &Person, scopes: &[Scope], project: Option<&ProjectId>) -> Person {
        let console = Actor::console(self.services.clock.now()).expect("the built-in actor");
        let may = access::instance_grant(&console).expect("the built-in actor may do everything");
        let scopes = scopes_or_all(scopes.to_vec());
        let new = NewKey { name: "Build server".to_owned(), scopes, ..NewKey::default() };
        let key = api_keys::create_for(&self.services, &may, owner.user(), project.cloned(), new).await;
        self.behind(owner, key.expect("a key"))
    }

    /// The same person behind a key that exists.
    pub fn behind(&self, owner: &Person, key: CreatedKey) -> Person {
        Person::new(self, Some(owner.user().clone()), self.client(), Credential::Key(Box::new(key)))
    }

    fn client(&self) -> ClientInfo {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        ClientInfo {
            ip: Some(format!("198.51.100.{number}")),
            user_agent: Some("Testkit/1.0".to_owned()),
            ..ClientInfo::default()
        }
    }
}

/// People on an instance without routes, for tests of services.
impl FromDb for TestApp {
    async fn from_db(db: Db) -> Self {
        Self::new(db, |_| Router::new())
    }
}

/// The hash of [`PASSWORD`] at the lowest cost; the cost is part of the hash.
fn cheap_hash() -> String {
    let cost = Params::new(8, 1, 1, None).expect("a cost");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
        .hash_password_with_salt(PASSWORD.as_bytes(), b"salt for a test.")
        .expect("a hash")
        .to_string()
}
