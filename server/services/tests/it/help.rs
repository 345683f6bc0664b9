//! Short ways to say what many tests say.

use std::ops::Deref;

use model::projects::Project;
use model::{EntryId, Result};
use serde_json::json;
use services::access::{Capability, Grant, ManageOwnAccount, ReadEntries, grant};
use services::sealed::Purpose;
use services::{ClientInfo, InstanceGrant, Random, Services, Settings, passkeys};
use store::Db;
use store::audit::AuditRecord;
use testkit::{Authenticator, FromDb, Person, TestApp, fixtures, texts};

/// Asks for a grant as a person.
pub async fn ask<C: Capability>(cx: &Services, person: &Person, project: &Project) -> Result<Grant<C>> {
    grant(cx, &person.actor(), &project.id).await
}

/// A grant that the person surely gets.
pub async fn may<C: Capability>(cx: &Services, person: &Person, project: &Project) -> Grant<C> {
    ask(cx, person, project).await.expect("the person may")
}

/// Services whose ids sort in the order they were made, for tests that read the audit log while the clock stands still.
pub fn in_order(cx: &Services) -> Services {
    let mut cx = cx.clone();
    cx.random = Random::counter();
    cx
}

/// The audit log, oldest first.
pub async fn log(cx: &Services) -> Vec<AuditRecord> {
    let mut lease = cx.db.acquire().await.unwrap();
    let mut records = store::audit::list(lease.conn(), None, 1000).await.unwrap();
    records.reverse();
    records
}

/// The only record of an action.
pub async fn told(cx: &Services, action: &str) -> AuditRecord {
    let mut records: Vec<_> = log(cx).await.into_iter().filter(|record| record.action == action).collect();
    assert_eq!(records.len(), 1, "{action}");
    records.remove(0)
}

/// How often an action is in the audit log.
pub async fn times(cx: &Services, action: &str) -> usize {
    log(cx).await.iter().filter(|record| record.action == action).count()
}

/// The stored entry.
pub async fn stored(cx: &Services, project: &Project, id: &EntryId) -> model::entries::Entry {
    let may = fixtures::may::<ReadEntries>(cx, project).await;
    services::entries::get(cx, &may, id).await.unwrap()
}

/// An instance whose address can have passkeys, and the people of it.
pub struct Secure(pub TestApp);

/// Where [`Secure`] is.
pub const SECURE: &str = "https://tidings.example";

impl FromDb for Secure {
    async fn from_db(db: Db) -> Self {
        let settings = Settings { base_url: SECURE.to_owned(), ..testkit::settings() };
        Self(TestApp::on(testkit::services_with(db, settings), |_| axum::Router::new()))
    }
}

impl Deref for Secure {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.0
    }
}

/// The right of a person to look after their own account.
pub fn own(person: &Person) -> InstanceGrant<ManageOwnAccount> {
    services::access::instance_grant(&person.actor()).expect("everybody may")
}

/// Gives a person a new authenticator with one passkey.
pub async fn with_passkey(app: &Secure, person: &Person) -> Authenticator {
    let mut device = Authenticator::new(SECURE);
    let options = passkeys::begin_registration(&app.services, &own(person)).await.unwrap();
    let answer = device.create(&options);
    passkeys::register(&app.services, &own(person), &answer, "Laptop").await.unwrap();
    device
}

/// A browser at an address.
pub fn browser(ip: &str) -> ClientInfo {
    ClientInfo { ip: Some(ip.to_owned()), user_agent: Some("Firefox".to_owned()), ..ClientInfo::default() }
}

/// Sets something for the whole instance.
pub async fn set(cx: &Services, name: &str, value: serde_json::Value) {
    let mut tx = cx.db.begin().await.unwrap();
    store::instance_settings::set(&mut tx, name, &value, cx.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

/// Lets letters be sent, and forgotten passwords be reset.
pub async fn with_mail(cx: &Services) {
    set(cx, "mail", json!({ "host": "mail.tidings.example", "port": 587, "sender": "tidings@tidings.example" })).await;
    set(cx, "enable_password_reset", json!(true)).await;
}

/// What lies in the outbox, oldest first: kind, recipient, text.
pub async fn letters(cx: &Services) -> Vec<(String, String, String)> {
    let rows =
        texts(&cx.db, "SELECT kind || '|' || recipient || '|' || COALESCE(body, '') FROM letters ORDER BY id").await;
    let read = |row: String| {
        let mut parts = row.splitn(3, '|').map(str::to_owned);
        let mut next = || parts.next().unwrap_or_default();
        let (kind, to, sealed) = (next(), next(), next());
        let text = if sealed.is_empty() { sealed } else { cx.unseal(Purpose::Letter, &sealed).unwrap() };
        (kind, to, text)
    };
    rows.into_iter().map(read).collect()
}

/// The token of the only link to a new password in a letter.
pub fn reset_token(letter: &str) -> String {
    let (_, rest) = letter.split_once("/reset-password/").expect("a link");
    rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).collect()
}
