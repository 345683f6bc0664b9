//! Sign-ins: short-lived signed access tokens and rotating refresh tokens, of which only hashes are kept. Using a
//! refresh token a second time ends the whole family, since one of the two users is a thief.

use chrono::Duration;
use model::users::{self, User};
use model::{Error, Result, SessionId, UserId, check};
use serde_json::json;
use store::Conn;
use store::sessions::RefreshToken;

use crate::access::{Actor, ClientInfo, Via};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::second_factor::{self, Pending};
use crate::{Services, tokens};

const REFRESH_LENGTH: usize = 64;
/// Within this time after an exchange the same browser may present the old token again: parallel tabs do.
const GRACE: Duration = Duration::seconds(10);

/// What a sign-in is for. Tokens of one kind are never exchanged for those of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A browser.
    Web,
    /// The command line.
    Cli,
}

impl Kind {
    /// The name in the database and in tokens.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Web => "web",
            Kind::Cli => "cli",
        }
    }

    /// How long an access token is good for.
    pub fn access_life(self) -> Duration {
        match self {
            Kind::Web => Duration::minutes(15),
            Kind::Cli => Duration::hours(1),
        }
    }

    /// How long one stays signed in without being there.
    pub fn refresh_life(self) -> Duration {
        match self {
            Kind::Web => Duration::days(7),
            Kind::Cli => Duration::days(90),
        }
    }
}

/// How somebody proved who they are, first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Method {
    Password,
    Passkey,
    /// An account at a provider, by the name of the provider.
    Sso {
        provider: String,
    },
    /// A new account, from an invitation.
    Invitation,
    /// The first account of the instance.
    SetUp,
    /// A code that a signed-in browser gave to the command line.
    Cli,
}

impl Method {
    /// What the audit log calls a sign-in that was completed this way.
    fn action(&self) -> &'static str {
        match self {
            Method::Password | Method::Invitation | Method::SetUp => "LOGIN_SUCCESS",
            Method::Passkey => "LOGIN_PASSKEY_SUCCESS",
            Method::Sso { .. } => "LOGIN_SSO_SUCCESS",
            Method::Cli => "CLI_LOGIN_SUCCESS",
        }
    }

    fn details(&self) -> serde_json::Value {
        match self {
            Method::Sso { provider } => json!({ "provider": provider }),
            Method::Invitation => json!({ "method": "invitation" }),
            _ => serde_json::Value::Null,
        }
    }
}

/// Where a sign-in stands after its first factor.
#[derive(Debug, Clone, PartialEq)]
pub enum Progress {
    Complete(SignedIn),
    SecondFactor(Pending),
}

impl Progress {
    /// The completed sign-in; `None` while a second step is to be taken.
    pub fn completed(self) -> Option<SignedIn> {
        match self {
            Progress::Complete(signed_in) => Some(signed_in),
            Progress::SecondFactor(_) => None,
        }
    }
}

/// A completed sign-in. The tokens are secrets: for cookies or the body, never for logs.
#[derive(Clone, PartialEq)]
pub struct SignedIn {
    pub user: User,
    pub session: SessionId,
    pub access_token: String,
    pub refresh_token: String,
}

impl SignedIn {
    /// The person, acting through a cookie of this sign-in.
    pub fn actor(&self, client: &ClientInfo) -> Actor {
        Actor { user: self.user.clone(), via: Via::Cookie(self.session.clone()), client: client.clone() }
    }
}

impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("user", &self.user.id).field("session", &self.session).finish_non_exhaustive()
    }
}

/// Signs in by password. `user.last_login_at` of the answer is the sign-in before this one.
///
/// # Errors
/// `Invalid` for empty fields, `WrongCredentials` for every other cause, in the same time; `SlowDown`.
pub async fn with_password(cx: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<Progress> {
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
    let right = cx.passwords.verify(password, hash).await?;
    match user {
        Some(found) if right => proceed(cx, found.user, Method::Password, client).await,
        _ => {
            let mut tx = cx.db.begin().await?;
            let event = Event { action: "LOGIN_FAILURE", details: json!({ "reason": reason }), ..Event::default() };
            audit::record_unknown(cx, tx.conn(), client, event).await?;
            tx.commit().await?;
            Err(Error::WrongCredentials)
        }
    }
}

/// Goes on with somebody who has proved who they are by one factor: a second step where one is demanded, or a session.
pub(crate) async fn proceed(cx: &Services, user: User, method: Method, client: &ClientInfo) -> Result<Progress> {
    match second_factor::demanded(cx, &user, &method, client).await? {
        Some(pending) => Ok(Progress::SecondFactor(pending)),
        None => complete(cx, user, &method, Kind::Web, client).await.map(Progress::Complete),
    }
}

/// Opens a session for somebody of whom no further proof is asked.
pub(crate) async fn complete(
    cx: &Services,
    user: User,
    method: &Method,
    kind: Kind,
    client: &ClientInfo,
) -> Result<SignedIn> {
    let now = cx.clock.now();
    let session: SessionId = cx.random.id(now, SessionId::compose);
    let refresh_token = cx.random.token(REFRESH_LENGTH);
    let mut tx = cx.db.begin().await?;
    store::sessions::insert(tx.conn(), &family_member(cx, &user, &session, kind, &refresh_token, client)).await?;
    store::sessions::purge(tx.conn(), now - Duration::days(1)).await?;
    store::users::note_login(tx.conn(), &user.id, now).await?;
    let signed_in = SignedIn {
        access_token: tokens::sign(&cx.settings.signing_key, &user.id, &session, kind, now)?,
        user,
        session,
        refresh_token,
    };
    let event = Event { action: method.action(), details: method.details(), ..Event::default() };
    audit::record(cx, tx.conn(), &signed_in.actor(client), event).await?;
    tx.commit().await?;
    Ok(signed_in)
}

fn family_member(
    cx: &Services,
    user: &User,
    session: &SessionId,
    kind: Kind,
    token: &str,
    client: &ClientInfo,
) -> RefreshToken {
    let now = cx.clock.now();
    RefreshToken {
        token_hash: tokens::hash(token),
        session_id: session.clone(),
        user_id: user.id.clone(),
        kind: kind.as_str().to_owned(),
        created_at: now,
        expires_at: now + kind.refresh_life(),
        rotated_at: None,
        revoked_at: None,
        user_agent: client.kept_user_agent(),
        ip: client.ip.clone(),
    }
}

/// Exchanges a refresh token for a new pair.
///
/// # Errors
/// `SignedOut` when it is unknown, expired, revoked, or used before; the last ends the whole family.
pub async fn refresh(cx: &Services, token: &str, kind: Kind, client: &ClientInfo) -> Result<SignedIn> {
    let now = cx.clock.now();
    let hash = tokens::hash(token);
    let mut tx = cx.db.begin().await?;
    let old = store::sessions::find_locked(tx.conn(), &hash).await?.ok_or(Error::SignedOut)?;
    if old.kind != kind.as_str() || old.revoked_at.is_some() || old.expires_at <= now {
        return Err(Error::SignedOut);
    }
    let user = store::users::find(tx.conn(), &old.user_id).await?.ok_or(Error::SignedOut)?;
    if user.disabled_at.is_some() {
        return Err(Error::SignedOut);
    }
    let fresh = store::sessions::rotate(tx.conn(), &hash, now).await?;
    let within_grace = old.rotated_at.is_none_or(|rotated| now - rotated <= GRACE);
    let parallel_tab = within_grace && old.user_agent == client.kept_user_agent();
    if !fresh && !parallel_tab {
        store::sessions::revoke(tx.conn(), &old.session_id, now).await?;
        let event = Event {
            action: "REFRESH_TOKEN_REUSE",
            entity: Some(old.session_id.as_str()),
            details: json!({ "userId": user.id }),
            ..Event::default()
        };
        audit::record_unknown(cx, tx.conn(), client, event).await?;
        tx.commit().await?;
        return Err(Error::SignedOut);
    }
    let refresh_token = cx.random.token(REFRESH_LENGTH);
    store::sessions::insert(tx.conn(), &family_member(cx, &user, &old.session_id, kind, &refresh_token, client))
        .await?;
    tx.commit().await?;
    Ok(SignedIn {
        access_token: tokens::sign(&cx.settings.signing_key, &user.id, &old.session_id, kind, now)?,
        user,
        session: old.session_id,
        refresh_token,
    })
}

/// Ends every sign-in of a person, but one where `except` names it, inside the transaction of what made that necessary.
pub(crate) async fn end_all(cx: &Services, conn: Conn<'_>, user: &UserId, except: Option<&SessionId>) -> Result<()> {
    Ok(store::sessions::revoke_all(conn, user, except, cx.clock.now()).await?)
}

/// Ends the family a refresh token belongs to. An unknown token is no error: the aim is reached.
pub async fn sign_out(cx: &Services, token: &str, client: &ClientInfo) -> Result<()> {
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    if let Some(found) = store::sessions::find(tx.conn(), &tokens::hash(token)).await? {
        store::sessions::revoke(tx.conn(), &found.session_id, now).await?;
        let event = Event {
            action: "LOGOUT",
            entity: Some(found.session_id.as_str()),
            details: json!({ "userId": found.user_id }),
            ..Event::default()
        };
        audit::record_unknown(cx, tx.conn(), client, event).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The person behind an access token. The role and the state of the account come from the database, never from the
/// token, and a revoked session ends its access tokens at once.
///
/// # Errors
/// `SignedOut`.
pub async fn authenticate(cx: &Services, token: &str, client: &ClientInfo, via: fn(SessionId) -> Via) -> Result<Actor> {
    let now = cx.clock.now();
    let claims = tokens::verify(&cx.settings.signing_key, token, now).ok_or(Error::SignedOut)?;
    let mut lease = cx.db.acquire().await?;
    let user = store::sessions::find_user(lease.conn(), &claims.sid, &claims.user_id, now).await?;
    let user = user.filter(|user| user.disabled_at.is_none()).ok_or(Error::SignedOut)?;
    Ok(Actor { user, via: via(claims.sid), client: client.clone() })
}
