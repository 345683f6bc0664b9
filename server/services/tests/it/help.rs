//! Short ways to say what many tests say.

use model::projects::Project;
use model::{EntryId, Result};
use services::access::{Capability, Grant, ReadEntries, grant};
use services::{ClientInfo, Random, Services};
use store::audit::AuditRecord;
use testkit::{Person, fixtures};

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

/// A browser at an address.
pub fn browser(ip: &str) -> ClientInfo {
    ClientInfo { ip: Some(ip.to_owned()), user_agent: Some("Firefox".to_owned()) }
}
