//! First run: exactly one first administrator, made by whoever holds the one-time link from the server's log.

mod guide;

use std::sync::atomic::Ordering;

use model::users::{NewUser, User};
use model::{Error, Result, Role};
use serde_json::json;

use crate::access::{Actor, ClientInfo, Via};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::sign_in::{self, Kind, Method, SignedIn};
use crate::{Services, tokens, users};

pub use guide::{Settings, begun, checks, finish_guide, invite, leads_back, open as open_guide, save_settings, skip};

const TOKEN_LENGTH: usize = 32;

/// Whether the instance has its first administrator. A fact of the database, remembered once it is true.
pub async fn is_complete(cx: &Services) -> Result<bool> {
    if cx.is_set_up.load(Ordering::Relaxed) {
        return Ok(true);
    }
    let mut lease = cx.db.acquire().await?;
    let complete = store::instance::is_set_up(lease.conn()).await?;
    if complete {
        cx.is_set_up.store(true, Ordering::Relaxed);
    }
    Ok(complete)
}

/// The address of a new one-time set-up page; `None` once the instance is set up. Links made before stay good until
/// then, so that several instances on one database can each print theirs.
pub async fn issue_link(cx: &Services) -> Result<Option<String>> {
    if is_complete(cx).await? {
        return Ok(None);
    }
    let token = cx.random.token(TOKEN_LENGTH);
    let mut tx = cx.db.begin().await?;
    store::instance::insert_token(tx.conn(), &tokens::hash(&token), cx.clock.now()).await?;
    tx.commit().await?;
    Ok(Some(format!("{}/setup?token={token}", cx.base_url())))
}

/// Whether a token may set the instance up now.
pub async fn accepts(cx: &Services, token: &str) -> Result<bool> {
    if is_complete(cx).await? {
        return Ok(false);
    }
    let mut lease = cx.db.acquire().await?;
    Ok(store::instance::has_token(lease.conn(), &tokens::hash(token.trim())).await?)
}

/// Makes the first administrator and signs them in.
///
/// # Errors
/// `Conflict` when the instance is set up already, `Invalid` naming `token`, `name`, `email` or `password`, `SlowDown`.
pub async fn complete(
    cx: &Services,
    token: &str,
    name: &str,
    email: &str,
    password: &str,
    client: &ClientInfo,
) -> Result<SignedIn> {
    claim(cx, token, name, email, password, false, client).await
}

/// As [`complete`], and the dashboard leads on through the further steps.
///
/// # Errors
/// As [`complete`].
pub async fn complete_and_guide(
    cx: &Services,
    token: &str,
    name: &str,
    email: &str,
    password: &str,
    client: &ClientInfo,
) -> Result<SignedIn> {
    claim(cx, token, name, email, password, true, client).await
}

async fn claim(
    cx: &Services,
    token: &str,
    name: &str,
    email: &str,
    password: &str,
    is_guided: bool,
    client: &ClientInfo,
) -> Result<SignedIn> {
    limits::take(cx, Rule::Setup, &limits::client(client.ip.as_deref())).await?;
    if is_complete(cx).await? {
        return Err(already());
    }
    if !accepts(cx, token).await? {
        let invalid =
            || Error::field("token", "This set-up link is not valid. The current one is in the server's log.");
        // The link ends when somebody else was quicker.
        return Err(if is_complete(cx).await? { already() } else { invalid() });
    }
    let new = NewUser::checked(name, email, Role::Admin, password)?;
    let hash = cx.passwords.hash(password).await?;
    let user = users::compose(cx, new);
    let mut tx = cx.db.begin().await?;
    if let Err(error) = store::users::insert(tx.conn(), &user, Some(&hash)).await {
        return Err(match error {
            // The same form sent twice, or an account that the command line made.
            store::Error::Duplicate if is_complete(cx).await? => already(),
            store::Error::Duplicate => Error::field("email", "A person with this address exists already."),
            other => other.into(),
        });
    }
    finish(cx, &mut tx, &user, client).await?;
    store::setup_progress::begin(tx.conn(), is_guided).await?;
    tx.commit().await?;
    cx.is_set_up.store(true, Ordering::Relaxed);
    sign_in::complete(cx, user, &Method::SetUp, Kind::Web, client).await
}

/// Marks the instance as set up by `admin`, inside the transaction that creates the account.
pub(crate) async fn finish(cx: &Services, tx: &mut store::Tx, admin: &User, client: &ClientInfo) -> Result<()> {
    store::instance::complete(tx.conn(), &admin.id, cx.clock.now()).await.map_err(|error| match error {
        store::Error::Duplicate => already(),
        other => other.into(),
    })?;
    store::instance::delete_tokens(tx.conn()).await?;
    let actor = Actor { user: admin.clone(), via: Via::Console, client: client.clone() };
    let details = json!({ "email": admin.email });
    audit::record(cx, tx.conn(), &actor, Event { action: "SETUP_COMPLETED", details, ..Event::default() }).await
}

fn already() -> Error {
    Error::conflict("This instance is already set up. Sign in instead.")
}
