//! Sign-ins: short-lived signed access tokens and rotating refresh tokens, of which only hashes are kept. Using a
//! refresh token a second time ends the whole family, since one of the two users is a thief.

mod password;
mod refresh;

use chrono::Duration;
use model::time::Timestamp;
use model::users::User;
use model::{Error, Result, SessionId, UserId};
use serde_json::json;
use store::sessions::RefreshToken;
use store::{Conn, Tx};

use crate::access::{Actor, ClientInfo, Via};
use crate::audit::{self, Event};
use crate::second_factor::{self, Pending};
use crate::{Services, tokens};

pub use password::{with_password, with_password_known_to_thieves};
pub use refresh::refresh;

const REFRESH_LENGTH: usize = 64;
/// How exactly the last use of a sign-in is known.
const NOTED_EVERY: Duration = Duration::minutes(1);

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
    /// A code that a signed-in browser gave to the command line, by the name of the program.
    Cli {
        client: String,
    },
}

impl Method {
    /// What the audit log calls a sign-in that was completed this way.
    fn action(&self) -> &'static str {
        match self {
            Method::Password | Method::Invitation | Method::SetUp => "LOGIN_SUCCESS",
            Method::Passkey => "LOGIN_PASSKEY_SUCCESS",
            Method::Sso { .. } => "LOGIN_SSO_SUCCESS",
            Method::Cli { .. } => "CLI_LOGIN_SUCCESS",
        }
    }

    fn details(&self) -> serde_json::Value {
        match self {
            Method::Sso { provider } => json!({ "provider": provider }),
            Method::Invitation => json!({ "method": "invitation" }),
            Method::Cli { client } => json!({ "client": client }),
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
    let session: SessionId = cx.random.id(cx.clock.now(), SessionId::compose);
    let mut tx = cx.db.begin().await?;
    let signed_in = open(cx, &mut tx, user, session, method, kind, client).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// As [`complete`], under an id of the caller's own and inside the transaction of what led to it.
pub(crate) async fn open(
    cx: &Services,
    tx: &mut Tx,
    user: User,
    session: SessionId,
    method: &Method,
    kind: Kind,
    client: &ClientInfo,
) -> Result<SignedIn> {
    let now = cx.clock.now();
    let refresh_token = cx.random.token(REFRESH_LENGTH);
    let label = match method {
        Method::Cli { client } if !client.is_empty() => Some(client.clone()),
        _ => None,
    };
    let first = refresh::member(cx, &user.id, &session, kind, &refresh_token, client);
    store::sessions::insert(tx.conn(), &RefreshToken { label, ..first }).await?;
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
    Ok(signed_in)
}

/// Ends every sign-in of a person, but one where `except` names it, inside the transaction of what made that necessary.
/// Those that wait for their second step end, too.
pub(crate) async fn end_all(
    cx: &Services,
    mut conn: Conn<'_>,
    user: &UserId,
    except: Option<&SessionId>,
) -> Result<()> {
    store::second_factor::end_all_pending(conn.again(), user).await?;
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

/// How long an access token is still good for, in seconds; `None` for one that is not.
pub fn seconds_left(cx: &Services, token: &str) -> Option<i64> {
    let now = cx.clock.now();
    tokens::verify(&cx.settings.signing_key, token, now).map(|claims| claims.exp - now.timestamp())
}

/// The person behind an access token; a token of the command line is good in a header only. The role and the state of the account come from the database, never from the
/// token, and a revoked session ends its access tokens at once.
///
/// # Errors
/// `SignedOut`.
pub async fn authenticate(cx: &Services, token: &str, client: &ClientInfo, via: fn(SessionId) -> Via) -> Result<Actor> {
    let now = cx.clock.now();
    let claims = tokens::verify(&cx.settings.signing_key, token, now).ok_or(Error::SignedOut)?;
    let via = via(claims.sid.clone());
    if claims.kind.is_some() && matches!(via, Via::Cookie(_)) {
        return Err(Error::SignedOut);
    }
    let mut lease = cx.db.acquire().await?;
    let found = store::sessions::find_user(lease.conn(), &claims.sid, &claims.user_id, now).await?;
    drop(lease);
    let found = found.filter(|found| found.user.disabled_at.is_none()).ok_or(Error::SignedOut)?;
    if found.last_used_at.is_none_or(|last| now - last >= NOTED_EVERY) {
        // Beside the request: one that only reads must not wait for those that write, nor fail with them.
        tokio::spawn(note_use(cx.clone(), claims.sid.clone(), client.ip.clone(), now));
    }
    Ok(Actor { user: found.user, via, client: client.clone() })
}

async fn note_use(cx: Services, session: SessionId, ip: Option<String>, now: Timestamp) {
    let note = async {
        let mut tx = cx.db.begin().await?;
        store::sessions::note_use(tx.conn(), &session, ip.as_deref(), now).await?;
        tx.commit().await
    };
    if let Err(error) = note.await {
        tracing::warn!(%error, session.id = %session, "The use of a sign-in was not noted; the next one is");
    }
}
