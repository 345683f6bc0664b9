//! Proving again who one is, before a change to what protects the account. A sign-in counts for five minutes.

use chrono::Duration;
use model::{Error, Result};
use serde_json::Value;

use crate::access::{Actor, InstanceGrant, ManageOwnAccount, Via};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::passkeys::{self, Ceremony, Started};
use crate::{Services, totp};

/// How long a proof counts.
pub const FRESH: Duration = Duration::minutes(5);

/// Whether the caller has proved within the last minutes who they are.
pub async fn is_fresh(cx: &Services, actor: &Actor) -> Result<bool> {
    let Some(session) = actor.session() else { return Ok(matches!(actor.via, Via::Console)) };
    let mut lease = cx.db.acquire().await?;
    let at = store::second_factor::confirmed_at(lease.conn(), session).await?;
    Ok(at.is_some_and(|at| cx.clock.now() - at <= FRESH))
}

/// # Errors
/// `NotConfirmed`.
pub(crate) async fn check(cx: &Services, actor: &Actor) -> Result<()> {
    if is_fresh(cx, actor).await? { Ok(()) } else { Err(Error::NotConfirmed) }
}

/// Confirms with the password.
///
/// # Errors
/// `Invalid` naming `password`, `SlowDown`.
pub async fn with_password(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, password: &str) -> Result<()> {
    limits::take(cx, Rule::SecondFactor, may.actor().id().as_str()).await?;
    if password_is_right(cx, may.actor(), password).await? {
        note(cx, may).await
    } else {
        fail(cx, may, "password").await?;
        Err(Error::field("password", "The password is wrong."))
    }
}

/// Confirms with a code of the authenticator app.
///
/// # Errors
/// `Invalid` naming `code`, `SlowDown`.
pub async fn with_code(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, code: &str) -> Result<()> {
    limits::take(cx, Rule::SecondFactor, may.actor().id().as_str()).await?;
    if totp::accepts(cx, may.actor().id(), code).await? {
        note(cx, may).await
    } else {
        fail(cx, may, "totp").await?;
        Err(Error::field("code", "That code is not right, or it was used already."))
    }
}

/// Begins to confirm with a passkey.
pub async fn begin_with_passkey(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Started> {
    let session = may.actor().session().ok_or(Error::NoKeys)?;
    passkeys::begin_for(cx, Ceremony::Confirm, may.actor().id(), session.as_str()).await
}

/// Confirms with what a passkey signed.
///
/// # Errors
/// `BadRequest` when it proves nothing; `SlowDown`.
pub async fn with_passkey(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, response: &Value) -> Result<()> {
    let session = may.actor().session().ok_or(Error::NoKeys)?;
    limits::take(cx, Rule::SecondFactor, may.actor().id().as_str()).await?;
    match passkeys::verify(cx, Ceremony::Confirm, Some(session.as_str()), response).await? {
        Ok(_) => note(cx, may).await,
        Err(refusal) => {
            fail(cx, may, refusal.reason()).await?;
            Err(passkeys::not_verified())
        }
    }
}

async fn password_is_right(cx: &Services, actor: &Actor, password: &str) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    let found = store::users::find_by_email(lease.conn(), &actor.user.email).await?;
    drop(lease);
    let hash = found.and_then(|found| found.password_hash);
    let password = if password.len() > 256 { "" } else { password };
    cx.passwords.verify(password, hash.as_deref()).await
}

async fn note(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<()> {
    let session = may.actor().session().ok_or(Error::NoKeys)?;
    let mut tx = cx.db.begin().await?;
    store::second_factor::confirm(tx.conn(), session, may.actor().id(), cx.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

async fn fail(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, reason: &str) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let details = serde_json::json!({ "reason": reason });
    let event = Event { action: "CONFIRMATION_FAILURE", details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(())
}
