//! Registration: an account from an invitation.

use model::check::{self, Checker};
use model::invitations::Found;
use model::users::{NewUser, User};
use model::{Error, Result};
use serde_json::json;
use store::invitations;

use super::found;
use crate::access::{Actor, ClientInfo, Via};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::sign_in::{self, Kind, Method, SignedIn};
use crate::{Services, breach, tokens, users};

/// Makes an account with the address and the role of an invitation, and signs the person in. Of two who use the same
/// link at the same moment one gets the account.
///
/// # Errors
/// `Invalid` naming `token`, `name` or `password`; `NotFound` for a link that is none of ours, `BadRequest` for one that was used,
/// withdrawn or has expired, `Conflict` where the address has an account; `SlowDown`.
pub async fn accept(cx: &Services, token: &str, name: &str, password: &str, client: &ClientInfo) -> Result<SignedIn> {
    if token.is_empty() {
        return Err(Error::field("token", "The link of an invitation is missing."));
    }
    limits::take(cx, Rule::Register, &limits::client(client.ip.as_deref())).await?;
    let token_hash = tokens::hash(token);
    let mut lease = cx.db.acquire().await?;
    let Some(listed) = invitations::find_by_token(lease.conn(), &token_hash).await? else {
        return refuse(cx, Found::Unknown, None, client).await;
    };
    let has_account = store::users::find_by_email(lease.conn(), &listed.invitation.email).await?.is_some();
    drop(lease);
    let (id, email, role) = (listed.invitation.id.clone(), listed.invitation.email.clone(), listed.invitation.role);
    match found(listed, has_account, cx.clock.now()) {
        Found::Open { .. } => {}
        other => return refuse(cx, other, Some(id.as_str()), client).await,
    }
    let mut form = Checker::new();
    let name = form.take("name", check::line(name, "The name", 2, 100));
    form.take("password", check::new_password(password));
    form.finish()?;
    breach::refuse_known(cx, "password", password).await?;
    let hash = cx.passwords.hash(password).await?;

    let user = users::compose(cx, NewUser { name, email, role });
    let mut tx = cx.db.begin().await?;
    if !invitations::accept(tx.conn(), &id, &token_hash, &user.id, cx.clock.now()).await? {
        drop(tx);
        // Somebody else used, withdrew or renewed it while the password was hashed.
        let mut lease = cx.db.acquire().await?;
        let listed = invitations::find_by_token(lease.conn(), &token_hash).await?;
        drop(lease);
        let found = listed.map_or(Found::Unknown, |listed| found(listed, false, cx.clock.now()));
        return refuse(cx, found, Some(id.as_str()), client).await;
    }
    if let Err(error) = store::users::insert(tx.conn(), &user, Some(&hash)).await {
        drop(tx);
        return match error {
            store::Error::Duplicate => refuse(cx, Found::Registered, Some(id.as_str()), client).await,
            other => Err(other.into()),
        };
    }
    let actor = Actor { user: user.clone(), via: Via::Console, client: client.clone() };
    let details = json!({ "email": user.email, "role": user.role, "invitationId": id });
    let event = Event {
        action: "USER_REGISTERED",
        target: Some(&user.id),
        entity: Some(user.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), &actor, event).await?;
    tx.commit().await?;
    sign_in(cx, user, client).await
}

async fn sign_in(cx: &Services, user: User, client: &ClientInfo) -> Result<SignedIn> {
    sign_in::complete(cx, user, &Method::Invitation, Kind::Web, client).await
}

/// Notes that a link was tried that opens nothing, and says why.
async fn refuse<T>(cx: &Services, found: Found, invitation: Option<&str>, client: &ClientInfo) -> Result<T> {
    let reason = match found {
        Found::Unknown => "UNKNOWN",
        Found::Accepted => "USED",
        Found::Revoked => "REVOKED",
        Found::Expired => "EXPIRED",
        Found::Registered => "USER_EXISTS",
        Found::Open { .. } => "OPEN",
    };
    let mut tx = cx.db.begin().await?;
    let details = json!({ "reason": reason });
    let event = Event { action: "INVALID_INVITATION_ATTEMPT", entity: invitation, details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    tx.commit().await?;
    Err(match found {
        Found::Unknown => Error::NotFound,
        Found::Registered => Error::conflict(found.refusal()),
        other => Error::bad_request(other.refusal()),
    })
}
