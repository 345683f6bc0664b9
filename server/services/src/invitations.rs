//! Invitations: an address gets a link, and whoever has it makes an account with it, once.

mod accept;

use model::invitations::{Expiry, Found, Invitation, ListedInvitation, NewInvitation, State};
use model::time::{Timestamp, to_wire};
use model::{Error, InvitationId, Result};
use serde_json::json;
use store::{Tx, invitations};

use crate::access::{Actor, ClientInfo, InstanceGrant, ManageUsers};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::mail::{self, Queued};
use crate::{Services, instance, tokens, users};

pub use accept::accept;

const TOKEN_LENGTH: usize = 32;

type May = InstanceGrant<ManageUsers>;

/// An invitation with its link, which cannot be had again.
#[derive(Clone, PartialEq, Eq)]
pub struct Made {
    pub listed: ListedInvitation,
    /// Secret: the way to the account.
    pub token: String,
    pub url: String,
    /// Whether the link is on its way by mail.
    pub is_mailed: bool,
}

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Made").field("invitation", &self.listed.invitation.id).finish_non_exhaustive()
    }
}

/// The address of the page that takes an invitation.
pub fn address(cx: &Services, token: &str) -> String {
    format!("{}/register/{token}", cx.base_url())
}

/// All invitations, newest first, with what has become of each.
pub async fn list(cx: &Services, _may: &May) -> Result<Vec<(ListedInvitation, State)>> {
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let all = invitations::list(lease.conn()).await?;
    Ok(all
        .into_iter()
        .map(|listed| {
            let state = listed.invitation.state(now);
            (listed, state)
        })
        .collect())
}

/// Invites somebody.
///
/// # Errors
/// `Invalid` naming `email` (also where the address has an account or an open invitation), `name` or `expiresAt`.
pub async fn create(cx: &Services, may: &May, new: NewInvitation) -> Result<Made> {
    let mut tx = cx.db.begin().await?;
    users::check_administrator(&mut tx, may.actor()).await?;
    let made = invite(cx, &mut tx, may.actor(), new).await?;
    tx.commit().await?;
    Ok(made)
}

/// Invites several people, or nobody where something is wrong with one of them.
///
/// # Errors
/// `Invalid` naming `invitations.0.email` and the like.
pub async fn create_all(cx: &Services, may: &May, all: Vec<NewInvitation>) -> Result<Vec<Made>> {
    let mut tx = cx.db.begin().await?;
    let made = invite_all(cx, &mut tx, may.actor(), all).await?;
    tx.commit().await?;
    Ok(made)
}

/// As [`create_all`], inside a transaction, which has to be dropped after an error.
pub(crate) async fn invite_all(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    all: Vec<NewInvitation>,
) -> Result<Vec<Made>> {
    users::check_administrator(tx, actor).await?;
    let mut made = Vec::with_capacity(all.len());
    let mut wrong = Vec::new();
    for (position, new) in all.into_iter().enumerate() {
        match invite(cx, tx, actor, new).await {
            Ok(one) => made.push(one),
            Err(Error::Invalid { fields }) => wrong.extend(fields.into_iter().map(|mut field| {
                field.field = format!("invitations.{position}.{}", field.field);
                field
            })),
            Err(error) => return Err(error),
        }
    }
    if wrong.is_empty() { Ok(made) } else { Err(Error::Invalid { fields: wrong }) }
}

async fn invite(cx: &Services, tx: &mut Tx, actor: &Actor, new: NewInvitation) -> Result<Made> {
    let now = cx.clock.now();
    let settings = instance::read(tx.conn()).await?;
    let checked = new.checked(now, settings.default_invitation_expiry.into())?;
    if store::users::find_by_email(tx.conn(), &checked.email).await?.is_some() {
        let message = format!("{} has an account already.", checked.email);
        return Err(Error::field("email", message));
    }
    if invitations::stands(tx.conn(), &checked.email, now).await? {
        return Err(taken(&checked.email));
    }
    invitations::free_address(tx.conn(), &checked.email, now).await?;
    let invitation = Invitation {
        id: cx.random.id(now, InvitationId::compose),
        email: checked.email,
        role: checked.role,
        name: checked.name,
        created_by_id: actor.id().clone(),
        accepted_user_id: None,
        created_at: now,
        issued_at: now,
        expires_at: checked.expires_at,
        used_at: None,
        revoked_at: None,
    };
    let token = cx.random.token(TOKEN_LENGTH);
    if !invitations::insert(tx.conn(), &invitation, &tokens::hash(&token)).await? {
        // Somebody else invited the same address just now.
        return Err(taken(&invitation.email));
    }
    let listed = invitations::find(tx.conn(), &invitation.id).await?.ok_or(Error::NotFound)?;
    finish(cx, tx, actor, "CREATE_INVITATION", listed, token).await
}

fn taken(email: &str) -> Error {
    let message = format!("{email} has an open invitation already. Send that one again, or withdraw it first.");
    Error::field("email", message)
}

/// Mails the link if that is possible, and notes what was done.
async fn finish(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    listed: ListedInvitation,
    token: String,
) -> Result<Made> {
    let url = address(cx, &token);
    let who = actor.user.display_name();
    let invited = &listed.invitation;
    let letter = mail::letters::invitation(&invited.email, &url, Some(who), invited.role, invited.expires_at);
    let is_mailed = mail::queue(cx, tx.conn(), letter).await? == Queued::Waiting;
    let details = json!({
        "email": listed.invitation.email,
        "role": listed.invitation.role,
        "expiresAt": to_wire(listed.invitation.expires_at),
        "mailed": is_mailed,
    });
    record(cx, tx, actor, action, &listed.invitation, details).await?;
    Ok(Made { listed, token, url, is_mailed })
}

/// Makes a new link for an invitation that was not accepted; the old link is worthless from now on. It is good for as
/// long as the old one was.
///
/// # Errors
/// `NotFound`; `BadRequest` for one that was accepted or withdrawn, or whose address has an account or another open
/// invitation by now.
pub async fn resend(cx: &Services, may: &May, id: &InvitationId) -> Result<Made> {
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    users::check_administrator(&mut tx, may.actor()).await?;
    let listed = invitations::find_locked(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    let refused = match listed.invitation.state(now) {
        State::Accepted => "This invitation was accepted already.",
        State::Revoked => "This invitation was withdrawn. Invite the person anew.",
        State::Open | State::Expired => "",
    };
    if !refused.is_empty() {
        return Err(Error::bad_request(refused));
    }
    if store::users::find_by_email(tx.conn(), &listed.invitation.email).await?.is_some() {
        return Err(Error::bad_request(format!("{} has an account already.", listed.invitation.email)));
    }
    let token = cx.random.token(TOKEN_LENGTH);
    let expires_at = now + listed.invitation.life();
    let renewed = invitations::renew(tx.conn(), id, &tokens::hash(&token), now, expires_at).await;
    renewed.map_err(|error| match error {
        store::Error::Duplicate => {
            Error::bad_request(format!("There is another open invitation for {}.", listed.invitation.email))
        }
        other => other.into(),
    })?;
    let listed =
        ListedInvitation { invitation: Invitation { issued_at: now, expires_at, ..listed.invitation }, ..listed };
    let made = finish(cx, &mut tx, may.actor(), "INVITATION_RESENT", listed, token).await?;
    tx.commit().await?;
    Ok(made)
}

/// Withdraws an invitation; its link is worthless from now on. Doing so twice changes nothing.
///
/// # Errors
/// `NotFound`; `BadRequest` for one that was accepted.
pub async fn revoke(cx: &Services, may: &May, id: &InvitationId) -> Result<ListedInvitation> {
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let listed = invitations::find_locked(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    match listed.invitation.state(now) {
        State::Accepted => {
            let message = "This invitation was accepted already. Disable or delete the account instead.";
            return Err(Error::bad_request(message));
        }
        State::Revoked => return Ok(listed),
        State::Open | State::Expired => {}
    }
    invitations::revoke(tx.conn(), id, now).await?;
    let details = json!({ "email": listed.invitation.email, "role": listed.invitation.role });
    record(cx, &mut tx, may.actor(), "REVOKE_INVITATION", &listed.invitation, details).await?;
    tx.commit().await?;
    Ok(ListedInvitation { invitation: Invitation { revoked_at: Some(now), ..listed.invitation }, ..listed })
}

/// What the holder of a link finds.
///
/// # Errors
/// `SlowDown`.
pub async fn look_up(cx: &Services, token: &str, client: &ClientInfo) -> Result<Found> {
    limits::take(cx, Rule::Invitation, &limits::client(client.ip.as_deref())).await?;
    let mut lease = cx.db.acquire().await?;
    let Some(listed) = invitations::find_by_token(lease.conn(), &tokens::hash(token)).await? else {
        return Ok(Found::Unknown);
    };
    let email = &listed.invitation.email;
    let has_account = store::users::find_by_email(lease.conn(), email).await?.is_some();
    Ok(found(listed, has_account, cx.clock.now()))
}

/// The invitation of a link, for an administrator who has it.
pub async fn of_token(cx: &Services, _may: &May, token: &str) -> Result<Option<ListedInvitation>> {
    let mut lease = cx.db.acquire().await?;
    Ok(invitations::find_by_token(lease.conn(), &tokens::hash(token)).await?)
}

fn found(listed: ListedInvitation, has_account: bool, now: Timestamp) -> Found {
    let ListedInvitation { invitation, invited_by, .. } = listed;
    match invitation.state(now) {
        State::Accepted => Found::Accepted,
        State::Revoked => Found::Revoked,
        State::Expired => Found::Expired,
        State::Open if has_account => Found::Registered,
        State::Open => Found::Open {
            email: invitation.email,
            role: invitation.role,
            name: invitation.name,
            invited_by,
            expires_at: invitation.expires_at,
        },
    }
}

/// An expiry as forms send it: a number of days, or nothing for as long as the instance says.
///
/// # Errors
/// `Invalid` naming `expiresAt`.
pub fn expiry_of_form(days: &str) -> Result<Option<Expiry>> {
    match days.trim() {
        "" => Ok(None),
        days => match days.parse() {
            Ok(days) => Ok(Some(Expiry::Days(days))),
            Err(_) => Err(Error::field("expiresAt", "An invitation stands for 1 to 30 days.")),
        },
    }
}

async fn record(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    invitation: &Invitation,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event { action, entity: Some(invitation.id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await
}
