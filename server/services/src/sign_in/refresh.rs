//! Exchanging refresh tokens.
//!
//! The successor of a token is computed from it with the key of the instance. So everybody who presents one token at the
//! same moment, in parallel tabs or after an answer was lost, gets one and the same successor, and nothing has to be
//! kept for that.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use model::time::Timestamp;
use model::{Error, Result, SessionId, UserId};
use serde_json::json;
use store::Conn;
use store::sessions::RefreshToken;

use super::{Kind, SignedIn};
use crate::access::ClientInfo;
use crate::audit::{self, Event};
use crate::{Services, tokens};

/// Within this time after an exchange the same browser may present the old token again: parallel tabs do.
const GRACE: Duration = Duration::seconds(10);
/// Within this time the same browser may do so as long as nobody has used the successor: the answer that brought it was
/// lost.
const LOST: Duration = Duration::seconds(30);

/// Exchanges a refresh token for a new pair.
///
/// # Errors
/// `SignedOut` when it is unknown, expired, revoked, of the other kind, or used before; the last ends the whole family.
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
    let refresh_token = if store::sessions::rotate(tx.conn(), &hash, now).await? {
        let next = successor(cx, token);
        let member = member(cx, &old.user_id, &old.session_id, kind, &next, client);
        let member = RefreshToken { started_at: old.started_at, label: old.label.clone(), ..member };
        store::sessions::insert(tx.conn(), &member).await?;
        Some(next)
    } else if old.user_agent == client.kept_user_agent() {
        again(cx, tx.conn(), token, &old, now).await?
    } else {
        None
    };
    let Some(refresh_token) = refresh_token else {
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
    };
    tx.commit().await?;
    Ok(SignedIn {
        access_token: tokens::sign(&cx.settings.signing_key, &user.id, &old.session_id, kind, now)?,
        user,
        session: old.session_id,
        refresh_token,
    })
}

/// The newest token of the line that begins with a token that was exchanged before; `None` when it is too late to ask.
async fn again(
    cx: &Services,
    mut conn: Conn<'_>,
    token: &str,
    old: &RefreshToken,
    now: Timestamp,
) -> Result<Option<String>> {
    let since = old.rotated_at.map_or(Duration::MAX, |rotated| now - rotated);
    if since > LOST {
        return Ok(None);
    }
    let mut newest = successor(cx, token);
    loop {
        match store::sessions::find(conn.again(), &tokens::hash(&newest)).await? {
            Some(found) if found.rotated_at.is_none() => return Ok(Some(newest)),
            Some(_) if since <= GRACE => newest = successor(cx, &newest),
            _ => return Ok(None),
        }
    }
}

/// The token that follows one: 64 characters that nobody can tell without the key of the instance.
fn successor(cx: &Services, token: &str) -> String {
    let key = &cx.settings.signing_key;
    let mut bytes = key.mac(&["refresh successor", "1", token]).to_vec();
    bytes.extend_from_slice(&key.mac(&["refresh successor", "2", token])[..16]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A token of a family that begins, or goes on, now.
pub(super) fn member(
    cx: &Services,
    user: &UserId,
    session: &SessionId,
    kind: Kind,
    token: &str,
    client: &ClientInfo,
) -> RefreshToken {
    let now = cx.clock.now();
    RefreshToken {
        token_hash: tokens::hash(token),
        session_id: session.clone(),
        user_id: user.clone(),
        kind: kind.as_str().to_owned(),
        started_at: Some(now),
        created_at: now,
        expires_at: now + kind.refresh_life(),
        rotated_at: None,
        revoked_at: None,
        last_used_at: Some(now),
        label: None,
        user_agent: client.kept_user_agent(),
        ip: client.ip.clone(),
    }
}
