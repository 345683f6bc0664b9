//! Codes of authenticator apps (RFC 6238): HMAC-SHA-1, six digits, steps of thirty seconds, which is what every app
//! knows. A code of the step before or after counts too, because clocks differ; each step counts once.

use chrono::Duration;
use model::time::Timestamp;
use model::{Error, Result, UserId};
use ring::hmac;
use serde_json::json;

use crate::access::{InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::sealed::Purpose;
use crate::second_factor::{self, RecoveryCodes};
use crate::{Services, confirmation, instance, qr, sign_in};

const STEP: i64 = 30;
const DIGITS: u32 = 6;
/// As long as the hash (RFC 4226, 4).
const SECRET_BYTES: usize = 20;
/// How long a secret that nobody confirmed is shown.
const OFFER_LIFE: Duration = Duration::minutes(30);

/// What an authenticator app needs to know.
#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    /// For typing: base 32 in groups of four.
    pub secret: String,
    /// For apps on the same device.
    pub address: String,
    /// For apps with a camera: an SVG document.
    pub qr: String,
}

impl std::fmt::Debug for Offer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Offer(***)")
    }
}

/// Makes a secret for an authenticator app. It counts once [`confirm`] has seen a code of it.
///
/// # Errors
/// `NotConfirmed`; `Conflict` when an app is set up already.
pub async fn offer(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Offer> {
    confirmation::check(cx, may.actor()).await?;
    let secret: [u8; SECRET_BYTES] = cx.random.bytes();
    let sealed = cx.seal(Purpose::Totp, &base32(&secret))?;
    let mut tx = cx.db.begin().await?;
    if !store::second_factor::offer_totp(tx.conn(), may.actor().id(), &sealed, cx.clock.now()).await? {
        return Err(already());
    }
    tx.commit().await?;
    describe(cx, may, &base32(&secret)).await
}

/// The secret that was offered and still waits for its first code. Nothing where that was long ago, or where the person
/// would have to confirm first who they are.
pub async fn offered(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Option<Offer>> {
    if !confirmation::is_fresh(cx, may.actor()).await? {
        return Ok(None);
    }
    let mut lease = cx.db.acquire().await?;
    let found = store::second_factor::totp(lease.conn(), may.actor().id()).await?;
    drop(lease);
    let young = |at: Timestamp| cx.clock.now() - at < OFFER_LIFE;
    match found {
        Some(found) if found.confirmed_at.is_none() && young(found.created_at) => {
            let secret = cx.unseal(Purpose::Totp, &found.secret)?;
            describe(cx, may, &secret).await.map(Some)
        }
        _ => Ok(None),
    }
}

/// Sets the app up, once it gives a right code. Comes with recovery codes where there were none.
///
/// # Errors
/// `NotConfirmed`; `Invalid` naming `code`; `Conflict` where nothing was offered; `SlowDown`.
pub async fn confirm(
    cx: &Services,
    may: &InstanceGrant<ManageOwnAccount>,
    code: &str,
) -> Result<Option<RecoveryCodes>> {
    let user = may.actor().id();
    confirmation::check(cx, may.actor()).await?;
    limits::take(cx, Rule::SecondFactor, user.as_str()).await?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    store::second_factor::lock(tx.conn(), user).await?;
    let found = store::second_factor::totp(tx.conn(), user).await?;
    let found = found.ok_or_else(|| Error::conflict("Begin the set-up of the authenticator app again."))?;
    if found.confirmed_at.is_some() {
        return Err(already());
    }
    let secret = unbase32(&cx.unseal(Purpose::Totp, &found.secret)?);
    let step = matching_step(&secret, code, now);
    let step = step.ok_or_else(|| Error::field("code", "That code is not right. Enter the one the app shows now."))?;
    store::second_factor::accept_step(tx.conn(), user, step).await?;
    store::second_factor::confirm_totp(tx.conn(), user, now).await?;
    let codes = second_factor::first_codes(cx, tx.conn(), user).await?;
    sign_in::end_all(cx, tx.conn(), user, may.actor().session()).await?;
    let details = json!({ "recoveryCodes": codes.is_some() });
    let event = Event { action: "TOTP_ADDED", entity: Some(user.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Forgets the authenticator app, set up or only offered.
///
/// # Errors
/// `NotConfirmed`; `Conflict` where the instance needs a second factor and this is the only one; `NotFound`.
pub async fn remove(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<()> {
    let user = may.actor().id();
    confirmation::check(cx, may.actor()).await?;
    let mut tx = cx.db.begin().await?;
    store::second_factor::lock(tx.conn(), user).await?;
    let before = store::second_factor::factors(tx.conn(), user).await?.ok_or(Error::NotFound)?;
    let after = model::second_factor::Factors { totp: false, ..before };
    second_factor::check_enough(tx.conn(), &before, &after).await?;
    if !store::second_factor::delete_totp(tx.conn(), user).await? {
        return Err(Error::NotFound);
    }
    if before.totp {
        sign_in::end_all(cx, tx.conn(), user, may.actor().session()).await?;
        second_factor::drop_idle_codes(tx.conn(), user, &after).await?;
        let event = Event { action: "TOTP_REMOVED", entity: Some(user.as_str()), ..Event::default() };
        audit::record(cx, tx.conn(), may.actor(), event).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whether a code is right, and uses its step up.
pub(crate) async fn accepts(cx: &Services, user: &UserId, code: &str) -> Result<bool> {
    let mut tx = cx.db.begin().await?;
    let found = store::second_factor::totp(tx.conn(), user).await?;
    let Some(found) = found.filter(|found| found.confirmed_at.is_some()) else { return Ok(false) };
    let secret = unbase32(&cx.unseal(Purpose::Totp, &found.secret)?);
    let Some(step) = matching_step(&secret, code, cx.clock.now()) else { return Ok(false) };
    let fresh = store::second_factor::accept_step(tx.conn(), user, step).await?;
    tx.commit().await?;
    Ok(fresh)
}

fn already() -> Error {
    Error::conflict("An authenticator app is set up already. Remove it first to set up another.")
}

async fn describe(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, secret: &str) -> Result<Offer> {
    let issuer = instance::load(cx).await?.instance_name.replace(':', " ");
    let encode = |text: &str| percent_encode(text);
    let address = format!(
        "otpauth://totp/{}:{}?secret={secret}&issuer={}&algorithm=SHA1&digits={DIGITS}&period={STEP}",
        encode(&issuer),
        encode(&may.actor().user.email),
        encode(&issuer),
    );
    let qr = qr::svg(&address).ok_or_else(|| Error::Internal { reference: "qr".to_owned() })?;
    let groups: Vec<&str> = secret.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    Ok(Offer { secret: groups.join(" "), address, qr })
}

/// The code of a step, before it is cut to its last digits (RFC 4226, 5.3).
fn truncated(secret: &[u8], step: i64) -> u32 {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let hash = tag.as_ref();
    let offset = usize::from(hash[hash.len() - 1] & 15);
    u32::from_be_bytes([hash[offset], hash[offset + 1], hash[offset + 2], hash[offset + 3]]) & 0x7fff_ffff
}

/// The step that a code belongs to, if it is this one, the one before or the one after.
fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let well_formed = digits.len() == DIGITS as usize && digits.bytes().all(|byte| byte.is_ascii_digit());
    let typed: u32 = digits.parse().ok().filter(|_| well_formed)?;
    let current = now.timestamp().div_euclid(STEP);
    [current, current - 1, current + 1].into_iter().find(|step| truncated(secret, *step) % 10_u32.pow(DIGITS) == typed)
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648, 6, without padding.
fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for byte in bytes {
        bits = (bits << 8) | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            text.push(char::from(BASE32[(bits >> held & 31) as usize]));
            bits &= (1 << held) - 1;
        }
    }
    if held > 0 {
        text.push(char::from(BASE32[(bits << (5 - held) & 31) as usize]));
    }
    text
}

fn unbase32(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for value in text.bytes().filter_map(|byte| BASE32.iter().position(|known| *known == byte)) {
        bits = (bits << 5) | u32::try_from(value).unwrap_or_default();
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held & 255) as u8);
            bits &= (1 << held) - 1;
        }
    }
    bytes
}

fn percent_encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B.
    #[test]
    fn the_vectors_of_the_standard_are_met() {
        let secret = b"12345678901234567890";
        for (seconds, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(truncated(secret, seconds / STEP) % 100_000_000, code, "{seconds}");
        }
    }

    #[test]
    fn a_code_of_the_step_before_or_after_counts_and_no_other() {
        let secret = b"12345678901234567890";
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        // 287082 is the code from second 30 to 59.
        for (seconds, expected) in
            [(0, Some(1)), (29, Some(1)), (59, Some(1)), (60, Some(1)), (89, Some(1)), (90, None)]
        {
            assert_eq!(matching_step(secret, "287082", at(seconds)), expected, "{seconds}");
        }
        assert_eq!(matching_step(secret, " 287 082 ", at(59)), Some(1));
        for bad in ["", "28708", "2870820", "28708x", "+87082", "²87082", "00287082"] {
            assert_eq!(matching_step(secret, bad, at(59)), None, "{bad}");
        }
    }

    /// RFC 4648, 10.
    #[test]
    fn secrets_are_written_in_base_32() {
        for (bytes, text) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(unbase32(text), bytes.as_bytes());
        }
    }
}
