//! Passkeys (WebAuthn): one's own, and signing in with them.
//!
//! The server makes every challenge, keeps it for five minutes with what it is for and whom, and uses it up with the
//! first answer ([`ceremony`]). What the browser sends back only ever proves something about a challenge of ours.

mod ceremony;

use model::second_factor::{Passkey, PasskeySupport, passkey_name};
use model::{Error, PasskeyId, Result, users};
use serde_json::{Value, json};
use store::passkeys::StoredPasskey;
use webauthn_rs_core::proto::{
    AllowCredentials, AttestationConveyancePreference, RegisterPublicKeyCredential, ResidentKeyRequirement,
    UserVerificationPolicy,
};

use crate::access::{ClientInfo, InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::second_factor;
use crate::sign_in::{self, Method, Progress};
use crate::{Services, confirmation};

pub use ceremony::{Ceremony, Started};
pub(crate) use ceremony::{Refusal, not_verified, verify};

/// Whether browsers can make passkeys for the address of this instance.
pub fn support(cx: &Services) -> PasskeySupport {
    ceremony::support(cx.base_url())
}

/// One's own passkeys, oldest first.
pub async fn list(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Vec<Passkey>> {
    let mut lease = cx.db.acquire().await?;
    let stored = store::passkeys::list(lease.conn(), may.actor().id()).await?;
    Ok(stored.into_iter().map(Passkey::from).collect())
}

/// Begins to register a passkey: options for `navigator.credentials.create`.
///
/// # Errors
/// `NotConfirmed`; `Conflict` where the address of the instance cannot have passkeys; `SlowDown`.
pub async fn begin_registration(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Value> {
    let actor = may.actor();
    let session = actor.session().ok_or(Error::NoKeys)?;
    limits::take(cx, Rule::Passkey, &limits::client(actor.client.ip.as_deref())).await?;
    confirmation::check(cx, actor).await?;
    let party = ceremony::relying_party(cx).await?;
    let mut lease = cx.db.acquire().await?;
    let known = store::passkeys::list(lease.conn(), actor.id()).await?;
    drop(lease);
    let known = known.iter().filter_map(|passkey| ceremony::unname(&passkey.credential_id)).collect();
    // An id is no personal data, which the handle must not be (WebAuthn, 14.6.1), and earlier installations used it too.
    let builder = party
        .new_challenge_register_builder(actor.id().as_str().as_bytes(), &actor.user.email, actor.user.display_name())
        .map_err(ceremony::internal)?
        .attestation(AttestationConveyancePreference::None)
        .user_verification_policy(UserVerificationPolicy::Preferred)
        .exclude_credentials(Some(known));
    let (mut options, state) = party.generate_challenge_register(builder).map_err(ceremony::internal)?;
    if let Some(selection) = &mut options.public_key.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Preferred);
    }
    let bound = Some(session.as_str());
    ceremony::keep(cx, Ceremony::Register, &options.public_key.challenge, Some(actor.id()), bound, &state).await?;
    serde_json::to_value(options.public_key).map_err(ceremony::internal)
}

/// Registers the passkey that the browser made.
///
/// # Errors
/// `Invalid` naming `name`; `BadRequest` when the answer proves nothing; `Conflict` when the passkey is known already.
pub async fn register(
    cx: &Services,
    may: &InstanceGrant<ManageOwnAccount>,
    response: &Value,
    name: &str,
) -> Result<Passkey> {
    let actor = may.actor();
    let session = actor.session().ok_or(Error::NoKeys)?;
    let name = passkey_name(name)?;
    confirmation::check(cx, actor).await?;
    let party = ceremony::relying_party(cx).await?;
    let response: RegisterPublicKeyCredential = ceremony::read(response).ok_or_else(not_verified)?;
    let challenge = ceremony::take(cx, Ceremony::Register, &response.response.client_data_json).await?;
    let challenge = challenge
        .filter(|kept| kept.user_id.as_ref() == Some(actor.id()) && kept.bound_to.as_deref() == Some(session.as_str()))
        .ok_or_else(not_verified)?;
    let state = serde_json::from_str(&challenge.state).map_err(ceremony::internal)?;
    let mut credential = party.register_credential(&response, &state, None).map_err(|error| {
        tracing::info!(%error, user.id = %actor.id(), "A passkey was not registered");
        not_verified()
    })?;
    // Not attested, so the library does not keep them; they are only a hint for the browser.
    credential.transports = response.response.transports.clone();
    let now = cx.clock.now();
    let stored = StoredPasskey {
        id: cx.random.id(now, PasskeyId::compose),
        user_id: actor.id().clone(),
        name,
        credential_id: ceremony::name(&credential.cred_id),
        counter: credential.counter.into(),
        credential: serde_json::to_string(&credential).map_err(ceremony::internal)?,
        created_at: now,
        last_used_at: None,
    };
    let mut tx = cx.db.begin().await?;
    store::passkeys::insert(tx.conn(), &stored).await.map_err(|error| match error {
        store::Error::Duplicate => Error::conflict("This passkey is registered already."),
        other => other.into(),
    })?;
    sign_in::end_all(cx, tx.conn(), actor.id(), Some(session)).await?;
    let event = Event {
        action: "PASSKEY_ADDED",
        entity: Some(stored.id.as_str()),
        details: json!({ "name": stored.name }),
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(stored.into())
}

/// Renames one's own passkey.
///
/// # Errors
/// `Invalid` naming `name`, `NotFound`.
pub async fn rename(
    cx: &Services,
    may: &InstanceGrant<ManageOwnAccount>,
    id: &PasskeyId,
    name: &str,
) -> Result<Passkey> {
    let name = passkey_name(name)?;
    let mut tx = cx.db.begin().await?;
    let renamed = store::passkeys::rename(tx.conn(), may.actor().id(), id, &name).await?.ok_or(Error::NotFound)?;
    let details = json!({ "name": name });
    let event = Event { action: "PASSKEY_RENAMED", entity: Some(id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(renamed)
}

/// Removes one's own passkey.
///
/// # Errors
/// `NotConfirmed`; `NotFound`; `LastPasskey` while signing in needs one.
pub async fn remove(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, id: &PasskeyId) -> Result<()> {
    let actor = may.actor();
    confirmation::check(cx, actor).await?;
    let mut tx = cx.db.begin().await?;
    // Two of two passkeys could go at the same moment otherwise.
    store::second_factor::lock(tx.conn(), actor.id()).await?;
    let before = store::second_factor::factors(tx.conn(), actor.id()).await?.ok_or(Error::NotFound)?;
    let name = store::passkeys::delete(tx.conn(), actor.id(), id).await?.ok_or(Error::NotFound)?;
    if !before.may_lose_a_passkey() {
        return Err(Error::LastPasskey);
    }
    let after = model::second_factor::Factors { passkeys: before.passkeys.saturating_sub(1), ..before };
    second_factor::check_enough(tx.conn(), &before, &after).await?;
    sign_in::end_all(cx, tx.conn(), actor.id(), actor.session()).await?;
    let details = json!({ "name": name });
    let event = Event { action: "PASSKEY_REMOVED", entity: Some(id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// Begins a sign-in. Without an address any passkey of this instance may answer. With one, those of its account are
/// named; an address without passkeys, or without an account, gets made-up ones that are the same every time.
///
/// # Errors
/// `Conflict` where the address of the instance cannot have passkeys; `SlowDown`.
pub async fn begin_sign_in(cx: &Services, email: Option<&str>, client: &ClientInfo) -> Result<Started> {
    limits::take(cx, Rule::Passkey, &limits::client(client.ip.as_deref())).await?;
    let email = email.map(|email| email.trim().to_lowercase()).filter(|email| !email.is_empty());
    let (mut user, mut allow) = (None, Vec::new());
    if let Some(email) = email {
        let mut lease = cx.db.acquire().await?;
        // PostgreSQL refuses NUL in a text; no address has it.
        let asked = if email.contains('\0') || users::is_reserved(&email) { "" } else { &email };
        let found = store::users::find_by_email(lease.conn(), asked).await?.map(|found| found.user);
        let found = found.filter(|user| user.disabled_at.is_none());
        let known = match &found {
            Some(user) => store::passkeys::list(lease.conn(), &user.id).await?,
            None => Vec::new(),
        };
        drop(lease);
        allow = if known.is_empty() {
            ceremony::made_up(cx, &email)
        } else {
            known.iter().filter_map(|passkey| ceremony::unname(&passkey.credential_id)).collect()
        };
        user = found.map(|user| user.id);
    }
    // How a passkey is reached is not said here: made-up ones could not say it.
    let allow =
        allow.into_iter().map(|id| AllowCredentials { type_: "public-key".to_owned(), id, transports: None }).collect();
    // The passkey may turn out to be the only factor, so it has to verify the person.
    ceremony::begin(cx, Ceremony::Login, user.as_ref(), None, allow, UserVerificationPolicy::Required).await
}

/// Signs in with what a passkey signed. `challenge` is the one that [`begin_sign_in`] gave.
///
/// # Errors
/// `BadRequest` for whatever is wrong, `SlowDown`.
pub async fn sign_in(cx: &Services, response: &Value, challenge: &str, client: &ClientInfo) -> Result<Progress> {
    limits::take(cx, Rule::Passkey, &limits::client(client.ip.as_deref())).await?;
    let same = ceremony::challenge_of(response).is_some_and(|signed| signed == challenge.trim_end_matches('='));
    let proved = if same { verify(cx, Ceremony::Login, None, response).await? } else { Err(Refusal::Failed) };
    let refusal = match proved {
        Ok(proved) => {
            let mut lease = cx.db.acquire().await?;
            let user = store::users::find(lease.conn(), &proved.user).await?;
            drop(lease);
            match user.filter(|user| user.disabled_at.is_none()) {
                Some(user) => return sign_in::proceed(cx, user, Method::Passkey, client).await,
                None => Refusal::Disabled(proved.user),
            }
        }
        Err(refusal) => refusal,
    };
    let mut tx = cx.db.begin().await?;
    let mut details = json!({ "reason": refusal.reason() });
    if let Some(user) = refusal.user() {
        details["userId"] = json!(user);
    }
    let event = Event { action: "LOGIN_PASSKEY_FAILURE", details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    tx.commit().await?;
    Err(not_verified())
}

/// Begins a ceremony with the passkeys of somebody who is known: the second step of a sign-in, or a confirmation.
pub(crate) async fn begin_for(cx: &Services, ceremony: Ceremony, user: &model::UserId, bound: &str) -> Result<Started> {
    let mut lease = cx.db.acquire().await?;
    let known = store::passkeys::list(lease.conn(), user).await?;
    drop(lease);
    if known.is_empty() {
        return Err(Error::conflict("There is no passkey to use."));
    }
    let allow = known.iter().filter_map(ceremony::allowed).collect();
    let policy = match ceremony {
        Ceremony::Confirm => UserVerificationPolicy::Required,
        // The password was the other factor.
        _ => UserVerificationPolicy::Preferred,
    };
    ceremony::begin(cx, ceremony, Some(user), Some(bound), allow, policy).await
}

/// Whether somebody should be asked, once, to add a passkey: where there can be one, they have none, and did not decline.
pub async fn is_worth_offering(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<bool> {
    if support(cx) != PasskeySupport::Here {
        return Ok(false);
    }
    let user = may.actor().id();
    let mut lease = cx.db.acquire().await?;
    let declined = store::second_factor::passkey_declined_at(lease.conn(), user).await?.is_some();
    Ok(!declined && store::passkeys::list(lease.conn(), user).await?.is_empty())
}

/// Remembers that somebody wants no passkey for now.
pub async fn decline(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    store::second_factor::decline_passkey(tx.conn(), may.actor().id(), cx.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}
