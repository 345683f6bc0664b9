//! Challenges and what is signed with them.

use std::net::IpAddr;
use std::time;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use model::second_factor::PasskeySupport;
use model::{Error, Result, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use store::passkeys::{Challenge, StoredPasskey};
use url::{Host, Url};
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::fake::{FakePasskeyDistribution, WebauthnFakeCredentialGenerator};
use webauthn_rs_core::proto::{
    AllowCredentials, AuthenticationState, Credential, PublicKeyCredential, UserVerificationPolicy,
};

use crate::{Services, instance, tokens};

const LIFE: Duration = Duration::minutes(5);

/// What a challenge is for. One that was made for a purpose is good for no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    Register,
    Login,
    SecondFactor,
    /// Proving again, within a sign-in, who one is.
    Confirm,
}

impl Ceremony {
    fn as_str(self) -> &'static str {
        match self {
            Ceremony::Register => "register",
            Ceremony::Login => "login",
            Ceremony::SecondFactor => "second_factor",
            Ceremony::Confirm => "confirm",
        }
    }
}

/// A ceremony that waits for the browser.
#[derive(Debug, Clone, PartialEq)]
pub struct Started {
    /// For `navigator.credentials.get`, in the JSON form of WebAuthn.
    pub options: Value,
    /// The challenge in it.
    pub challenge: String,
}

/// What a passkey proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proved {
    pub user: UserId,
}

/// Why an answer proves nothing. Strangers are told none of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    Unknown,
    /// No challenge of ours, or not for this; a wrong signature, origin, or person.
    Failed,
    /// The passkey counts its uses, and this one was before: a copy of it may be in use.
    Replayed(UserId),
    Disabled(UserId),
}

impl Refusal {
    pub fn reason(&self) -> &'static str {
        match self {
            Refusal::Unknown => "PASSKEY_NOT_FOUND",
            Refusal::Failed => "VERIFICATION_FAILED",
            Refusal::Replayed(_) => "COUNTER_REPLAY",
            Refusal::Disabled(_) => "DISABLED",
        }
    }

    pub fn user(&self) -> Option<&UserId> {
        match self {
            Refusal::Unknown | Refusal::Failed => None,
            Refusal::Replayed(user) | Refusal::Disabled(user) => Some(user),
        }
    }
}

/// One text for whatever was wrong.
pub(crate) fn not_verified() -> Error {
    Error::bad_request("The passkey could not be verified. Try again.")
}

pub(super) fn internal(error: impl std::fmt::Display) -> Error {
    tracing::error!(%error, "A ceremony with a passkey failed");
    Error::Internal { reference: "passkey".to_owned() }
}

pub(super) fn support(base_url: &str) -> PasskeySupport {
    let Ok(url) = Url::parse(base_url) else { return PasskeySupport::NeedsName };
    match (url.host(), url.scheme()) {
        (Some(Host::Domain(name)), _) if name.parse::<IpAddr>().is_ok() => PasskeySupport::NeedsName,
        (Some(Host::Domain(_)), "https") => PasskeySupport::Here,
        // Browsers trust the machine itself without https.
        (Some(Host::Domain(name)), _) if name == "localhost" || name.ends_with(".localhost") => PasskeySupport::Here,
        (Some(Host::Domain(_)), _) => PasskeySupport::NeedsHttps,
        _ => PasskeySupport::NeedsName,
    }
}

/// This instance, as passkeys know it: by the host of its address.
pub(super) async fn relying_party(cx: &Services) -> Result<WebauthnCore> {
    if let Some(hindrance) = support(cx.base_url()).hindrance() {
        return Err(Error::conflict(hindrance));
    }
    let url = Url::parse(cx.base_url()).map_err(internal)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    let name = instance::load(cx).await?.instance_name;
    let patience = time::Duration::from_secs(LIFE.num_seconds().unsigned_abs());
    Ok(WebauthnCore::new_unsafe_experts_only(&name, &host, vec![url], patience, Some(false), Some(false)))
}

/// The name that browsers have for a credential.
pub(super) fn name(id: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(id)
}

pub(super) fn unname(name: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(name).ok()
}

/// Credentials for an address that has none: the same for each address, and different on each instance.
pub(super) fn made_up(cx: &Services, email: &str) -> Vec<Vec<u8>> {
    let key = cx.settings.signing_key.mac(&["made-up passkeys"]);
    let generator = WebauthnFakeCredentialGenerator::<FakePasskeyDistribution>::new(&key);
    let mut made = generator.and_then(|generator| generator.generate(email.as_bytes())).unwrap_or_default();
    if made.is_empty() {
        // An account with passkeys never has an empty list, so nobody else may have one either.
        made.push(cx.settings.signing_key.mac(&["made-up passkey", email]).to_vec());
    }
    made
}

pub(super) fn allowed(passkey: &StoredPasskey) -> Option<AllowCredentials> {
    let credential: Credential = serde_json::from_str(&passkey.credential).ok()?;
    Some(AllowCredentials { type_: "public-key".to_owned(), id: credential.cred_id, transports: credential.transports })
}

/// Keeps a challenge of ours with what it is for.
pub(super) async fn keep(
    cx: &Services,
    ceremony: Ceremony,
    challenge: &[u8],
    user: Option<&UserId>,
    bound: Option<&str>,
    state: &impl Serialize,
) -> Result<()> {
    let now = cx.clock.now();
    let kept = Challenge {
        challenge_hash: tokens::hash(&name(challenge)),
        purpose: ceremony.as_str().to_owned(),
        user_id: user.cloned(),
        bound_to: bound.map(str::to_owned),
        state: serde_json::to_string(state).map_err(internal)?,
        expires_at: now + LIFE,
    };
    let mut tx = cx.db.begin().await?;
    store::passkeys::insert_challenge(tx.conn(), &kept, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Makes a challenge for passkeys that exist. No name in `allow` lets any passkey of this instance answer.
pub(super) async fn begin(
    cx: &Services,
    ceremony: Ceremony,
    user: Option<&UserId>,
    bound: Option<&str>,
    allow: Vec<AllowCredentials>,
    policy: UserVerificationPolicy,
) -> Result<Started> {
    let party = relying_party(cx).await?;
    // The passkeys are read when the answer comes, with their counters of then.
    let builder = party.new_challenge_authenticate_builder(Vec::new(), Some(policy)).map_err(internal)?;
    let (request, state) =
        party.generate_challenge_authenticate(builder.allow_backup_eligible_upgrade(true)).map_err(internal)?;
    let mut options = request.public_key;
    options.allow_credentials = allow;
    keep(cx, ceremony, &options.challenge, user, bound, &state).await?;
    let challenge = name(&options.challenge);
    Ok(Started { options: serde_json::to_value(options).map_err(internal)?, challenge })
}

/// What a browser sent, if it has the form of WebAuthn.
pub(super) fn read<T: DeserializeOwned>(response: &Value) -> Option<T> {
    serde_json::from_value(response.clone()).ok()
}

/// The challenge that the browser signed, as text.
fn signed_challenge(client_data: &[u8]) -> Option<String> {
    let client_data: Value = serde_json::from_slice(client_data).ok()?;
    Some(client_data.get("challenge")?.as_str()?.trim_end_matches('=').to_owned())
}

/// As [`signed_challenge`], of a whole answer.
pub(super) fn challenge_of(response: &Value) -> Option<String> {
    let client_data = response.get("response")?.get("clientDataJSON")?.as_str()?;
    signed_challenge(&URL_SAFE_NO_PAD.decode(client_data.trim_end_matches('=')).ok()?)
}

/// Uses the challenge up that an answer was signed with. It is gone whatever becomes of the answer.
pub(super) async fn take(cx: &Services, ceremony: Ceremony, client_data: &[u8]) -> Result<Option<Challenge>> {
    let Some(challenge) = signed_challenge(client_data) else { return Ok(None) };
    let mut tx = cx.db.begin().await?;
    let hash = tokens::hash(&challenge);
    let kept = store::passkeys::use_challenge(tx.conn(), &hash, ceremony.as_str(), cx.clock.now()).await?;
    tx.commit().await?;
    Ok(kept)
}

/// Checks what a passkey signed: the challenge is ours, for this, unused and not old; it was signed for this address, by
/// a passkey of the person it was meant for, whose counter has grown.
pub(crate) async fn verify(
    cx: &Services,
    ceremony: Ceremony,
    bound: Option<&str>,
    response: &Value,
) -> Result<std::result::Result<Proved, Refusal>> {
    let Some(response) = read::<PublicKeyCredential>(response) else { return Ok(Err(Refusal::Failed)) };
    let party = relying_party(cx).await?;
    let challenge = take(cx, ceremony, &response.response.client_data_json).await?;
    let Some(challenge) = challenge.filter(|kept| kept.bound_to.as_deref() == bound) else {
        return Ok(Err(Refusal::Failed));
    };
    let mut tx = cx.db.begin().await?;
    let Some(passkey) = store::passkeys::find_locked(tx.conn(), &name(&response.raw_id)).await? else {
        return Ok(Err(Refusal::Unknown));
    };
    let handle = response.response.user_handle.as_deref();
    let is_theirs = |handle: &[u8]| handle == passkey.user_id.as_str().as_bytes();
    let meant = match &challenge.user_id {
        Some(user) => *user == passkey.user_id && handle.is_none_or(is_theirs),
        // Nobody was named, so the passkey has to name its owner (WebAuthn, 7.2, step 6).
        None => handle.is_some_and(is_theirs),
    };
    if !meant {
        return Ok(Err(Refusal::Failed));
    }
    let state: AuthenticationState = serde_json::from_str(&challenge.state).map_err(internal)?;
    let mut credential: Credential = serde_json::from_str(&passkey.credential).map_err(internal)?;
    credential.counter = u32::try_from(passkey.counter).unwrap_or(u32::MAX);
    match party.authenticate_single_credential(&response, &state, &credential) {
        Ok(result) => {
            credential.backup_state = result.backup_state();
            credential.backup_eligible = result.backup_eligible();
            credential.counter = result.counter();
            let text = serde_json::to_string(&credential).map_err(internal)?;
            let counter = result.counter().into();
            store::passkeys::note_use(tx.conn(), &passkey.id, &text, counter, cx.clock.now()).await?;
            tx.commit().await?;
            Ok(Ok(Proved { user: passkey.user_id }))
        }
        Err(WebauthnError::CredentialPossibleCompromise) => Ok(Err(Refusal::Replayed(passkey.user_id))),
        Err(error) => {
            tracing::info!(%error, user.id = %passkey.user_id, "A passkey was not accepted");
            Ok(Err(Refusal::Failed))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_need_a_name_and_https_or_the_machine_itself() {
        for (address, expected) in [
            ("https://changelog.example.com", PasskeySupport::Here),
            ("https://changelog.example.com:8443", PasskeySupport::Here),
            ("http://localhost:8080", PasskeySupport::Here),
            ("http://tidings.localhost", PasskeySupport::Here),
            ("http://changelog.example.com", PasskeySupport::NeedsHttps),
            ("http://127.0.0.1:8080", PasskeySupport::NeedsName),
            ("https://192.0.2.7", PasskeySupport::NeedsName),
            ("https://[2001:db8::1]", PasskeySupport::NeedsName),
            ("nonsense", PasskeySupport::NeedsName),
        ] {
            assert_eq!(support(address), expected, "{address}");
        }
    }
}
