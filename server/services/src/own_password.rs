//! One's own password: changing it, and setting the first one where an account has none.

use model::check::{self, Checker};
use model::{Error, Result};
use serde_json::json;

use crate::access::{InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::mail::{self, letters};
use crate::{Services, breach, confirmation, sign_in};

/// Whether the person has a password at all. Whoever signs in through a provider may have none.
pub async fn exists(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::passwords::find(lease.conn(), may.actor().id()).await?.is_some())
}

/// Changes the password. All other sign-ins end, and so do links that would reset it.
///
/// # Errors
/// `WrongPassword`, `Invalid` naming `current` or `new`, `SlowDown`.
pub async fn change(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, current: &str, new: &str) -> Result<()> {
    let mut form = Checker::new();
    if current.is_empty() {
        form.fail("current", "Enter your current password.");
    }
    form.take("new", check::new_password(new));
    if current == new && !form.has("new") {
        form.fail("new", "That is your current password. Choose another.");
    }
    form.finish()?;
    limits::take(cx, Rule::ChangePassword, may.actor().id().as_str()).await?;
    let mut lease = cx.db.acquire().await?;
    let hash = store::passwords::find(lease.conn(), may.actor().id()).await?;
    drop(lease);
    let current = if current.len() > 256 { "" } else { current };
    if !cx.passwords.verify(current, hash.as_deref()).await? {
        let mut tx = cx.db.begin().await?;
        let details = json!({ "reason": "WRONG_PASSWORD" });
        audit::record(cx, tx.conn(), may.actor(), event("PASSWORD_CHANGE_FAILURE", may, details)).await?;
        tx.commit().await?;
        return Err(Error::WrongPassword);
    }
    breach::refuse_known(cx, "new", new).await?;
    set(cx, may, new, hash.as_deref()).await
}

/// Sets the first password of an account that has none.
///
/// # Errors
/// `NotConfirmed` where the person has not just proved who they are, `Conflict` when there is a password, `Invalid`
/// naming `new`.
pub async fn set_first(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, new: &str) -> Result<()> {
    let mut form = Checker::new();
    form.take("new", check::new_password(new));
    form.finish()?;
    confirmation::check(cx, may.actor()).await?;
    limits::take(cx, Rule::ChangePassword, may.actor().id().as_str()).await?;
    if exists(cx, may).await? {
        return Err(taken());
    }
    breach::refuse_known(cx, "new", new).await?;
    set(cx, may, new, None).await
}

/// Puts a new password in the place of the one whose hash is `old`.
async fn set(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, new: &str, old: Option<&str>) -> Result<()> {
    let hash = cx.passwords.hash(new).await?;
    let now = cx.clock.now();
    let user = &may.actor().user;
    let mut tx = cx.db.begin().await?;
    if store::passwords::find_locked(tx.conn(), &user.id).await?.as_deref() != old {
        return Err(taken());
    }
    store::passwords::set(tx.conn(), &user.id, &hash, now).await?;
    store::password_resets::end_all(tx.conn(), &user.id, now).await?;
    store::second_factor::end_all_pending(tx.conn(), &user.id).await?;
    sign_in::end_all(cx, tx.conn(), &user.id, may.actor().session()).await?;
    let details = json!({ "first": old.is_none() });
    audit::record(cx, tx.conn(), may.actor(), event("PASSWORD_CHANGED", may, details)).await?;
    mail::queue(cx, tx.conn(), letters::password_changed(&user.email)).await?;
    tx.commit().await?;
    Ok(())
}

fn taken() -> Error {
    Error::conflict("The password was changed meanwhile. Nothing was changed now.")
}

fn event<'a>(action: &'static str, may: &'a InstanceGrant<ManageOwnAccount>, details: serde_json::Value) -> Event<'a> {
    Event { action, entity: Some(may.actor().id().as_str()), details, ..Event::default() }
}
