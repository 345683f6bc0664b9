//! What people choose for themselves: name, theme, time zone, letters.

use model::own_settings::{OwnSettings, OwnSettingsPatch, ThemeChoice};
use model::users::User;
use model::{Error, Result};
use serde_json::{Map, Value, json};

use crate::access::{InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};
use crate::{Services, instance, zones};

/// What holds for a person on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `None` for somebody who never chose one.
    pub theme: Option<ThemeChoice>,
    /// The IANA name of the zone that dates are shown in.
    pub zone: String,
}

/// The settings of the person.
pub async fn get(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<OwnSettings> {
    let mut lease = cx.db.acquire().await?;
    let found = store::user_settings::find(lease.conn(), may.actor().id()).await?;
    Ok(found.unwrap_or_else(|| nothing_chosen(&may.actor().user)))
}

fn nothing_chosen(user: &User) -> OwnSettings {
    OwnSettings::of(user.id.clone(), user.created_at)
}

/// What pages need to know of a person's choices. A zone counts as long as administrators allow it.
pub async fn shown(cx: &Services, user: &User) -> Result<Shown> {
    let instance = instance::shared(cx).await?;
    let mut lease = cx.db.acquire().await?;
    let own = store::user_settings::find(lease.conn(), &user.id).await?;
    let zone = own.as_ref().and_then(|own| own.timezone.clone()).filter(|_| instance.allow_user_timezone);
    Ok(Shown { theme: own.and_then(|own| own.theme), zone: zone.unwrap_or_else(|| instance.timezone.clone()) })
}

/// Changes what the patch names.
///
/// # Errors
/// `Invalid` naming `name`, `theme` or `timezone`; `BadRequest` when nothing is named.
pub async fn update(
    cx: &Services,
    may: &InstanceGrant<ManageOwnAccount>,
    patch: OwnSettingsPatch,
) -> Result<OwnSettings> {
    if patch.is_empty() {
        return Err(Error::bad_request("Name at least one of name, theme, enableNotifications and timezone."));
    }
    let patch = patch.checked(zones::is_known)?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let user = store::users::find(tx.conn(), may.actor().id()).await?.ok_or(Error::SignedOut)?;
    let old = store::user_settings::find(tx.conn(), &user.id).await?;
    let old = old.unwrap_or_else(|| OwnSettings { created_at: now, ..nothing_chosen(&user) });
    let new = OwnSettings {
        theme: patch.theme.or(old.theme),
        enable_notifications: patch.enable_notifications.unwrap_or(old.enable_notifications),
        timezone: patch.timezone.unwrap_or_else(|| old.timezone.clone()),
        updated_at: now,
        ..old.clone()
    };
    let mut changes = Map::new();
    let mut note = |name: &str, from: Value, to: Value| {
        if from != to {
            changes.insert(name.to_owned(), json!({ "from": from, "to": to }));
        }
    };
    if let Some(name) = &patch.name {
        note("name", json!(user.name), json!(name));
        store::user_settings::rename(tx.conn(), &user.id, name, now).await?;
    }
    note("theme", json!(old.theme), json!(new.theme));
    note("enableNotifications", json!(old.enable_notifications), json!(new.enable_notifications));
    note("timezone", json!(old.timezone), json!(new.timezone));
    store::user_settings::save(tx.conn(), &new).await?;
    if !changes.is_empty() {
        let entity = Some(user.id.as_str());
        let event =
            Event { action: "UPDATE_OWN_SETTINGS", entity, details: Value::Object(changes), ..Event::default() };
        audit::record(cx, tx.conn(), may.actor(), event).await?;
    }
    tx.commit().await?;
    Ok(new)
}

/// Keeps the theme that a person chose with the switch that stands on every page. That is nothing for the audit log.
pub async fn remember_theme(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, theme: ThemeChoice) -> Result<()> {
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let user = &may.actor().user;
    let old = store::user_settings::find(tx.conn(), &user.id).await?;
    let old = old.unwrap_or_else(|| OwnSettings { created_at: now, ..nothing_chosen(user) });
    if old.theme != Some(theme) {
        let new = OwnSettings { theme: Some(theme), updated_at: now, ..old };
        store::user_settings::save(tx.conn(), &new).await?;
        tx.commit().await?;
    }
    Ok(())
}
