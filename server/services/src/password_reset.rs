//! A new password for somebody who forgot the old one, by a link in a letter. Nobody learns from it who has an account.

use chrono::Duration;
use model::check::{self, Checker};
use model::own_settings::masked;
use model::users::{self, User};
use model::{Error, Result};
use serde_json::json;
use store::password_resets::PasswordReset;
use store::{Conn, Tx};

use crate::access::{ClientInfo, InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::mail::{self, Queued, letters};
use crate::{Services, breach, instance, sign_in, tokens};

/// How long a link works.
pub const LIFE: Duration = Duration::minutes(60);
const TOKEN_LENGTH: usize = 32;

/// Whether a forgotten password can be reset here: an administrator has switched it on, and letters can be sent.
pub async fn is_offered(cx: &Services) -> Result<bool> {
    let settings = instance::shared(cx).await?;
    Ok(settings.enable_password_reset && settings.mail.is_complete())
}

/// Sends a link to whoever has an account under this address. What comes of it shows in the letter alone.
///
/// # Errors
/// `Invalid` for what is no address, `FeatureOff`.
pub async fn request(cx: &Services, email: &str, client: &ClientInfo) -> Result<()> {
    let mut form = Checker::new();
    let email = form.take("email", check::email(email));
    form.finish()?;
    check_offered(cx).await?;
    if limits::take(cx, Rule::ForgotPassword, &limits::client(client.ip.as_deref())).await.is_err() {
        return Ok(());
    }
    // PostgreSQL refuses NUL in a text; no address has it.
    let email = if email.contains('\0') { String::new() } else { email };
    let mut tx = cx.db.begin().await?;
    let found = store::users::find_by_email(tx.conn(), &email).await?;
    let found = found.filter(|found| found.user.disabled_at.is_none() && !users::is_reserved(&email));
    let outcome = match &found {
        Some(found) => {
            send(cx, tx.conn(), &found.user, found.password_hash.is_some()).await?;
            if found.password_hash.is_some() { "SENT" } else { "NO_PASSWORD" }
        }
        None => "USER_NOT_FOUND",
    };
    let mut details = json!({ "outcome": outcome });
    if let Some(found) = &found {
        details["userId"] = json!(found.user.id);
    }
    let entity = found.as_ref().map(|found| found.user.id.as_str());
    let event = Event { action: "PASSWORD_RESET_REQUESTED", entity, details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the signed-in person a link to a new password.
///
/// # Errors
/// `FeatureOff`, `SlowDown`.
pub async fn request_own(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<()> {
    check_offered(cx).await?;
    let actor = may.actor();
    limits::take(cx, Rule::ForgotPassword, &limits::client(actor.client.ip.as_deref())).await?;
    let mut tx = cx.db.begin().await?;
    let has_password = store::passwords::find(tx.conn(), actor.id()).await?.is_some();
    send(cx, tx.conn(), &actor.user, has_password).await?;
    let details = json!({ "outcome": if has_password { "SENT" } else { "NO_PASSWORD" } });
    let entity = Some(actor.id().as_str());
    let event = Event { action: "PASSWORD_RESET_REQUESTED", entity, details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(())
}

async fn check_offered(cx: &Services) -> Result<()> {
    if is_offered(cx).await? {
        Ok(())
    } else {
        Err(Error::feature_off("Passwords cannot be reset by mail here. Ask an administrator."))
    }
}

/// Puts a letter with a new link into the outbox, and ends links sent before. Whoever has no password is told how to
/// sign in instead.
pub(crate) async fn send(cx: &Services, mut conn: Conn<'_>, user: &User, has_password: bool) -> Result<Queued> {
    let now = cx.clock.now();
    store::password_resets::end_all(conn.again(), &user.id, now).await?;
    store::password_resets::purge(conn.again(), now - Duration::days(1)).await?;
    let letter = if has_password {
        let token = cx.random.token(TOKEN_LENGTH);
        let reset = PasswordReset {
            token_hash: tokens::hash(&token),
            user_id: user.id.clone(),
            email: user.email.clone(),
            created_at: now,
            expires_at: now + LIFE,
            used_at: None,
        };
        store::password_resets::insert(conn.again(), &reset).await?;
        letters::reset(&user.email, &format!("{}/reset-password/{token}", cx.base_url()))
    } else {
        letters::sign_in_by_sso(&user.email, &[])
    };
    mail::queue(cx, conn, letter).await
}

/// The address a link was sent to, most of it hidden.
///
/// # Errors
/// `BadRequest` for a link that does not work, `SlowDown`.
pub async fn check(cx: &Services, token: &str, client: &ClientInfo) -> Result<String> {
    limits::take(cx, Rule::ResetCheck, &limits::client(client.ip.as_deref())).await?;
    let reset = find(cx, token).await?.ok_or_else(over)?;
    Ok(masked(&reset.email))
}

async fn find(cx: &Services, token: &str) -> Result<Option<PasswordReset>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::password_resets::find_open(lease.conn(), &tokens::hash(token), cx.clock.now()).await?)
}

/// Sets the new password. Every sign-in of the account ends, finished or not.
///
/// # Errors
/// `BadRequest` for a link that does not work, `Invalid` naming `password` or `confirm`, `SlowDown`.
pub async fn submit(cx: &Services, token: &str, password: &str, confirm: &str, client: &ClientInfo) -> Result<()> {
    let mut form = Checker::new();
    form.take("password", check::new_password(password));
    if password != confirm {
        form.fail("confirm", "This is not the same as the password above.");
    }
    form.finish()?;
    limits::take(cx, Rule::Reset, &limits::client(client.ip.as_deref())).await?;
    // Before anything costly: whoever makes links up gets no work done.
    find(cx, token).await?.ok_or_else(over)?;
    breach::refuse_known(cx, "password", password).await?;
    let hash = cx.passwords.hash(password).await?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let reset = store::password_resets::find_open(tx.conn(), &tokens::hash(token), now).await?.ok_or_else(over)?;
    if !store::password_resets::use_up(tx.conn(), &reset.token_hash, now).await? {
        return Err(over());
    }
    let user = store::users::find(tx.conn(), &reset.user_id).await?.filter(|user| user.disabled_at.is_none());
    let user = user.ok_or_else(over)?;
    store::passwords::set(tx.conn(), &user.id, &hash, now).await?;
    store::password_resets::end_all(tx.conn(), &user.id, now).await?;
    store::second_factor::end_all_pending(tx.conn(), &user.id).await?;
    sign_in::end_all(cx, tx.conn(), &user.id, None).await?;
    tell(cx, &mut tx, &user, client).await?;
    tx.commit().await?;
    Ok(())
}

async fn tell(cx: &Services, tx: &mut Tx, user: &User, client: &ClientInfo) -> Result<()> {
    let details = json!({ "userId": user.id });
    let entity = Some(user.id.as_str());
    let event = Event { action: "PASSWORD_RESET_COMPLETED", entity, details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    mail::queue(cx, tx.conn(), letters::password_changed(&user.email)).await?;
    Ok(())
}

fn over() -> Error {
    Error::bad_request("This link does not work any more: it was used, it has expired, or a newer one was sent.")
}
