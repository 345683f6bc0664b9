//! The steps after the first administrator. Whoever sets the instance up by a page is led through them; how far they
//! are is kept, so that another day or another browser goes on where the last one stopped. Instances that were set up
//! from the command line, or before there was a guide, have none.

use model::check::Checker;
use model::instance::InstanceSettings;
use model::invitations::{DAYS, NewInvitation};
use model::setup::{Check, Outcome, Progress, Step};
use model::{Error, Result};
use serde_json::{Map, Value, json};
use store::{Tx, setup_progress};

use super::already;
use crate::access::{InstanceGrant, ManageInstance, ManageUsers};
use crate::audit::{self, Event};
use crate::invitations::{self, Made};
use crate::{Services, instance, zones};

/// How many entries of a project are the fewest and the most that can be set as a limit.
const ENTRIES: std::ops::RangeInclusive<i64> = 10..=999_999;

/// What the step "Settings" asks for; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    /// Days.
    pub default_invitation_expiry: Option<i64>,
    pub require_approval_for_changelogs: Option<bool>,
    /// −1 is no limit.
    pub max_changelog_entries_per_project: Option<i64>,
    pub enable_analytics: Option<bool>,
    pub enable_notifications: Option<bool>,
    pub timezone: Option<String>,
}

impl Settings {
    /// The names of the fields that are set, as [`InstanceSettings`] has them, and their values.
    ///
    /// # Errors
    /// `Invalid`, with the names of the wire.
    fn checked(self) -> Result<Vec<(&'static str, Value)>> {
        let mut form = Checker::new();
        let mut values = Vec::new();
        if let Some(days) = self.default_invitation_expiry {
            if !DAYS.contains(&days) {
                form.fail("defaultInvitationExpiry", "An invitation stands for 1 to 30 days.");
            }
            values.push(("default_invitation_expiry", json!(days)));
        }
        if let Some(most) = self.max_changelog_entries_per_project {
            if most != -1 && !ENTRIES.contains(&most) {
                let (least, most) = (ENTRIES.start(), ENTRIES.end());
                let message = format!("A limit is {least} to {most} entries; −1 is no limit.");
                form.fail("maxChangelogEntriesPerProject", message);
            }
            values.push(("max_changelog_entries_per_project", json!(most)));
        }
        if let Some(zone) = self.timezone {
            if !zones::is_known(&zone) {
                form.fail("timezone", "Choose a time zone such as Europe/Berlin.");
            }
            values.push(("timezone", json!(zone)));
        }
        let flags = [
            ("require_approval_for_changelogs", self.require_approval_for_changelogs),
            ("enable_analytics", self.enable_analytics),
            ("enable_notifications", self.enable_notifications),
        ];
        values.extend(flags.into_iter().filter_map(|(name, flag)| Some((name, json!(flag?)))));
        form.finish()?;
        Ok(values)
    }
}

/// How far the set-up is, for an administrator.
///
/// # Errors
/// `Conflict` when it is over, or was never begun.
pub async fn open(cx: &Services, _may: &InstanceGrant<ManageInstance>) -> Result<Progress> {
    let mut lease = cx.db.acquire().await?;
    going_on(setup_progress::find(lease.conn()).await?)
}

/// Whether there are steps that an administrator can still take.
pub async fn begun(cx: &Services) -> Result<Option<Progress>> {
    let mut lease = cx.db.acquire().await?;
    Ok(going_on(setup_progress::find(lease.conn()).await?).ok())
}

/// Whether the dashboard leads an administrator back to the guide: until the settings were looked at.
pub async fn leads_back(cx: &Services) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    let found = setup_progress::find(lease.conn()).await?;
    Ok(found.is_some_and(|found| found.is_guided && !found.progress.is_finished && !found.progress.has(Step::Settings)))
}

fn going_on(found: Option<setup_progress::SetupProgress>) -> Result<Progress> {
    found.map(|found| found.progress).filter(|progress| !progress.is_finished).ok_or_else(already)
}

async fn hold(tx: &mut Tx) -> Result<Progress> {
    going_on(setup_progress::find_locked(tx.conn()).await?)
}

/// Keeps the settings and goes on.
///
/// # Errors
/// `Conflict` as [`open`]; `Invalid` naming the field as on the wire.
pub async fn save_settings(
    cx: &Services,
    may: &InstanceGrant<ManageInstance>,
    settings: Settings,
) -> Result<(InstanceSettings, Progress)> {
    let values = settings.checked()?;
    let mut tx = cx.db.begin().await?;
    let mut progress = hold(&mut tx).await?;
    let before = serde_json::to_value(instance::read(tx.conn()).await?).unwrap_or_default();
    let mut changes = Map::new();
    for (name, value) in values {
        if before[name] != value {
            instance::set(cx, &mut tx, name, &value).await?;
            changes.insert(name.to_owned(), json!({ "from": before[name], "to": value }));
        }
    }
    if !changes.is_empty() {
        let event = Event { action: "UPDATE_SYSTEM_CONFIG", details: Value::Object(changes), ..Event::default() };
        audit::record(cx, tx.conn(), may.actor(), event).await?;
    }
    progress.complete(Step::Settings);
    setup_progress::update(tx.conn(), &progress, cx.clock.now()).await?;
    let settings = instance::read(tx.conn()).await?;
    tx.commit().await?;
    Ok((settings, progress))
}

/// Leaves a step out that can be left out.
///
/// # Errors
/// `Conflict` as [`open`]; `BadRequest` for a step that is needed.
pub async fn skip(cx: &Services, _may: &InstanceGrant<ManageInstance>, step: Step) -> Result<Progress> {
    let mut tx = cx.db.begin().await?;
    let mut progress = hold(&mut tx).await?;
    if !progress.skip(step) {
        return Err(Error::bad_request(format!("The step “{}” cannot be left out.", step.label())));
    }
    setup_progress::update(tx.conn(), &progress, cx.clock.now()).await?;
    tx.commit().await?;
    Ok(progress)
}

/// Invites the team: everybody, or nobody where something is wrong with one of them.
///
/// # Errors
/// `Conflict` as [`open`]; `Invalid` as [`invitations::create_all`].
pub async fn invite(
    cx: &Services,
    may: &InstanceGrant<ManageUsers>,
    all: Vec<NewInvitation>,
) -> Result<(Vec<Made>, Progress)> {
    let mut tx = cx.db.begin().await?;
    let mut progress = hold(&mut tx).await?;
    let made = invitations::invite_all(cx, &mut tx, may.actor(), all).await?;
    progress.complete(Step::Team);
    setup_progress::update(tx.conn(), &progress, cx.clock.now()).await?;
    tx.commit().await?;
    Ok((made, progress))
}

/// Ends the guide. What was not done is left out.
///
/// # Errors
/// `Conflict` as [`open`]; `BadRequest` while the settings were not looked at.
pub async fn finish_guide(cx: &Services, may: &InstanceGrant<ManageInstance>) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let mut progress = hold(&mut tx).await?;
    if !progress.has(Step::Settings) {
        return Err(Error::bad_request("Look at the settings first; they can stay as they are."));
    }
    progress.skip(Step::Oauth);
    progress.skip(Step::Team);
    progress.is_finished = true;
    setup_progress::update(tx.conn(), &progress, cx.clock.now()).await?;
    let details = json!({ "completed": progress.completed, "skipped": progress.skipped });
    audit::record(cx, tx.conn(), may.actor(), Event { action: "SETUP_FINISHED", details, ..Event::default() }).await?;
    tx.commit().await?;
    Ok(())
}

/// What the set-up finds around it. Says what is good and what is missing, and no value of the configuration but the
/// address that everybody knows who sees the page.
///
/// # Errors
/// `Unavailable` when the database does not answer: nothing can be set up then.
pub async fn checks(cx: &Services) -> Result<Vec<Check>> {
    let check = |what: &str, outcome: Outcome, text: String| Check { what: what.to_owned(), outcome, text };
    let version = cx.db.version().await?;
    let engine = cx.db.engine().name();
    let address = cx.base_url();
    let is_local = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
        .iter()
        .filter_map(|local| address.strip_prefix(local))
        .any(|rest| rest.is_empty() || rest.starts_with(':') || rest.starts_with('/'));
    let public = if cx.is_https() {
        check("Public address", Outcome::Good, format!("People reach Tidings at {address}."))
    } else if is_local {
        let text = format!("Tidings is at {address}, for this machine alone. Set server.base_url to let others in.");
        check("Public address", Outcome::Note, text)
    } else {
        let text = format!("{address} is not encrypted: passwords can be read on the way. Use an https address.");
        check("Public address", Outcome::Warn, text)
    };
    let mail = if instance::load(cx).await?.mail.is_complete() {
        check("Mail", Outcome::Good, "Letters can be sent.".to_owned())
    } else {
        let text = "No mail server is set. Invitations are links that you hand over yourself.".to_owned();
        check("Mail", Outcome::Note, text)
    };
    Ok(vec![
        check("Database", Outcome::Good, format!("{engine} {version} answers, and its schema is the present one.")),
        public,
        check("Secrets", Outcome::Good, "This instance has a key of its own to protect them.".to_owned()),
        mail,
    ])
}
