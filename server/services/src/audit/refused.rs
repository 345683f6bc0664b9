//! Records of people who were not let: by their role, by the scopes of a key, by a limit.
//!
//! One record for many of the same kind: whoever tries again and again must not fill the log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::Duration;
use model::time::Timestamp;
use model::{Error, Permission, ProjectId};
use serde_json::json;

use super::{Event, record, record_unknown};
use crate::Services;
use crate::access::{Actor, ClientInfo};
use crate::limits::Rule;

/// So long a refusal of the same kind is not recorded again.
const QUIET: Duration = Duration::minutes(10);
/// More than this are not remembered; then they are forgotten all, and recorded once more.
const MOST: usize = 10_000;
/// The longest address that is kept, in characters.
const LONGEST: usize = 200;

/// What was recorded a moment ago. Cheap to clone; clones remember together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Mutex<HashMap<String, Timestamp>>>);

impl Told {
    /// Whether something was not told within the time before `now`; it counts as told then, until `until`.
    fn is_new(&self, what: String, now: Timestamp, until: Timestamp) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= MOST {
            told.retain(|_, until| *until > now);
            if told.len() >= MOST {
                told.clear();
            }
        }
        let is_new = told.get(&what).is_none_or(|until| *until <= now);
        if is_new {
            told.insert(what, until);
        }
        is_new
    }
}

/// Somebody known who was refused.
#[derive(Debug, Clone, Copy)]
pub struct Refused<'a> {
    pub actor: &'a Actor,
    pub error: &'a Error,
    pub project: Option<&'a ProjectId>,
    /// The address that was asked for, without its query.
    pub at: &'a str,
}

/// Records that somebody wanted what they may not, or a version that is taken, if `error` says so; other errors are no
/// refusals. A record that cannot
/// be written changes nothing of the answer.
pub async fn refused(cx: &Services, refused: Refused<'_>) {
    let Refused { actor, error, project, at } = refused;
    let mut action = "UNAUTHORIZED_ACCESS_ATTEMPT";
    let mut taken_by = None;
    let what = match error {
        Error::Forbidden { needs } => {
            use Permission::{DeleteAllEntries, DeleteAllHistory, DeleteEntries, PublishEntries, WriteEntries};
            if matches!(needs, WriteEntries | PublishEntries | DeleteEntries | DeleteAllEntries | DeleteAllHistory) {
                action = "CHANGELOG_ENTRY_PERMISSION_DENIED";
            }
            needs.phrase().to_owned()
        }
        Error::VersionTaken { version, entry, .. } => {
            action = "CHANGELOG_VERSION_CONFLICT";
            taken_by = Some(entry.as_str());
            format!("{version} {entry}")
        }
        Error::MissingScope { scope } => scope.to_string(),
        Error::NoKeys | Error::OtherProject => at.to_owned(),
        _ => return,
    };
    let now = cx.clock.now();
    let key = actor.key().map(|key| key.id.to_string()).unwrap_or_default();
    if !cx.told.is_new(format!("{} {key} {} {what}", actor.id(), error.code()), now, now + QUIET) {
        return;
    }
    let mut details = json!({ "reason": error.code(), "at": at.chars().take(LONGEST).collect::<String>() });
    match error {
        Error::Forbidden { needs } => details["needs"] = json!(needs),
        Error::MissingScope { scope } => details["needs"] = json!(scope),
        Error::VersionTaken { version, title, .. } => details = json!({ "version": version, "title": title }),
        _ => {}
    }
    let done = async {
        let mut tx = cx.db.begin().await?;
        // Of an entry the project is known.
        let of_entry = match error {
            Error::VersionTaken { entry, .. } => store::entries::project_of(tx.conn(), entry).await?,
            _ => None,
        };
        let project = of_entry.as_ref().or(project);
        let event = Event { action, project, entity: taken_by, details, ..Event::default() };
        record(cx, tx.conn(), actor, event).await?;
        Ok::<(), Error>(tx.commit().await?)
    };
    if let Err(error) = done.await {
        tracing::warn!(%error, "A refusal could not be recorded");
    }
}

/// Records that a limit of signing in was reached, once for each window. `who` is what is counted: an address, or for
/// some limits an account.
pub(crate) async fn limited(cx: &Services, rule: Rule, who: &str, until: Timestamp) {
    let by_account = match rule {
        // These are met by programs in their daily work, and tell nothing of people.
        Rule::ApiKey | Rule::Person | Rule::Views | Rule::Search => return,
        Rule::LoginOfAccount | Rule::SecondFactor | Rule::ChangePassword => true,
        _ => false,
    };
    if !cx.told.is_new(format!("{} {who}", rule.name()), cx.clock.now(), until) {
        return;
    }
    let done = async {
        let mut tx = cx.db.begin().await?;
        let account = match rule {
            Rule::LoginOfAccount => store::users::find_by_email(tx.conn(), who).await?.map(|found| found.user.id),
            _ if by_account => who.parse().ok(),
            _ => None,
        };
        // What was typed as an address of an account may be anything, a password among it.
        let client = ClientInfo { ip: (!by_account).then(|| who.to_owned()), ..ClientInfo::default() };
        let details = json!({ "limit": rule.name() });
        let event = Event { action: "RATE_LIMITED", target: account.as_ref(), details, ..Event::default() };
        record_unknown(cx, tx.conn(), &client, event).await?;
        Ok::<(), Error>(tx.commit().await?)
    };
    if let Err(error) = done.await {
        tracing::warn!(%error, "A limit that was reached could not be recorded");
    }
}
