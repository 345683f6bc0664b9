//! Signing in by password.

use chrono::Duration;
use model::users::{self, User};
use model::{Error, Result, Role, check};
use serde_json::json;
use store::users::UserWithPassword;

use super::{Method, Progress, proceed};
use crate::access::ClientInfo;
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::passwords::Verdict;
use crate::{Services, breach, instance};

/// How long somebody who goes on with a password that thieves know is not told again.
const ACCEPTED_FOR: Duration = Duration::days(30);

/// Signs in by password. `user.last_login_at` of the answer is the sign-in before this one.
///
/// # Errors
/// `Invalid` for empty fields, `WrongCredentials` for every other cause, in the same time; `SlowDown`. With the right
/// password: `PasswordBreached` where thieves know it, `FeatureOff` where passwords are not for this person.
pub async fn with_password(cx: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<Progress> {
    attempt(cx, email, password, false, client).await
}

/// As [`with_password`], for somebody who was told that thieves know the password and goes on with it. For 30 days
/// nobody tells them again.
///
/// # Errors
/// As [`with_password`], without `PasswordBreached`.
pub async fn with_password_known_to_thieves(
    cx: &Services,
    email: &str,
    password: &str,
    client: &ClientInfo,
) -> Result<Progress> {
    attempt(cx, email, password, true, client).await
}

async fn attempt(
    cx: &Services,
    email: &str,
    password: &str,
    accepts_breach: bool,
    client: &ClientInfo,
) -> Result<Progress> {
    let mut form = check::Checker::new();
    if email.trim().is_empty() {
        form.fail("email", "Enter your e-mail address.");
    }
    if password.is_empty() {
        form.fail("password", "Enter your password.");
    }
    form.finish()?;
    // PostgreSQL cannot even look for a text with NUL in it.
    let email: String = email.trim().to_lowercase().chars().filter(|&c| c != '\0').take(254).collect();
    limits::take(cx, Rule::Login, &limits::client(client.ip.as_deref())).await?;
    limits::take(cx, Rule::LoginOfAccount, &email).await?;

    let mut lease = cx.db.acquire().await?;
    // PostgreSQL refuses NUL in a text; no address has it.
    let found = if email.contains('\0') { None } else { store::users::find_by_email(lease.conn(), &email).await? };
    drop(lease);
    // A password longer than any that can be set is wrong; hashing it would only cost time.
    let password = if password.len() > 256 { "" } else { password };
    let (reason, user) = match found {
        _ if users::is_reserved(&email) => ("SYSTEM_ACCOUNT_LOGIN_BLOCKED", None),
        None => ("USER_NOT_FOUND", None),
        Some(found) if found.user.disabled_at.is_some() => ("DISABLED", None),
        Some(found) if found.password_hash.is_none() => ("NO_PASSWORD", None),
        Some(found) => ("INVALID_PASSWORD", Some(found)),
    };
    let hash = user.as_ref().and_then(|found| found.password_hash.as_deref());
    let verdict = cx.passwords.judge(password, hash).await?;
    let Some(found) = user.filter(|_| verdict != Verdict::Wrong) else {
        fail(cx, reason, None, client).await?;
        return Err(Error::WrongCredentials);
    };
    let UserWithPassword { user, password_hash } = found;
    if user.role != Role::Admin && instance::shared(cx).await?.sso_only {
        fail(cx, "PASSWORD_SIGN_IN_OFF", Some(&user), client).await?;
        return Err(Error::feature_off("Passwords are switched off here. Sign in through your provider."));
    }
    warn(cx, &user, password, accepts_breach, client).await?;
    if let (Verdict::RightButWeak, Some(old)) = (verdict, password_hash) {
        let new = cx.passwords.hash(password).await?;
        let mut tx = cx.db.begin().await?;
        store::passwords::replace(tx.conn(), &user.id, &old, &new).await?;
        tx.commit().await?;
    }
    proceed(cx, user, Method::Password, client).await
}

async fn fail(cx: &Services, reason: &str, user: Option<&User>, client: &ClientInfo) -> Result<()> {
    let mut details = json!({ "reason": reason });
    if let Some(user) = user {
        details["userId"] = json!(user.id);
    }
    let mut tx = cx.db.begin().await?;
    let event = Event { action: "LOGIN_FAILURE", details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    Ok(tx.commit().await?)
}

/// Tells somebody whose password is right that thieves know it, unless they heard that and go on.
async fn warn(cx: &Services, user: &User, password: &str, accepts: bool, client: &ClientInfo) -> Result<()> {
    let now = cx.clock.now();
    if !breach::is_on(cx).await? {
        return Ok(());
    }
    let mut lease = cx.db.acquire().await?;
    let accepted = store::passwords::breach_accepted_until(lease.conn(), &user.id).await?;
    drop(lease);
    if accepted.is_some_and(|until| until > now) {
        return Ok(());
    }
    let Some(count) = breach::times_seen(cx, password).await else { return Ok(()) };
    let mut tx = cx.db.begin().await?;
    let details = json!({ "userId": user.id, "accepted": accepts });
    let event =
        Event { action: "PASSWORD_BREACH_DETECTED", entity: Some(user.id.as_str()), details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    if accepts {
        store::passwords::accept_breach(tx.conn(), &user.id, now + ACCEPTED_FOR).await?;
    }
    tx.commit().await?;
    if accepts { Ok(()) } else { Err(Error::PasswordBreached { count }) }
}
