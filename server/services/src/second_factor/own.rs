//! What people choose for their own sign-ins, recovery codes, and what administrators take away.

use model::second_factor::{Factors, Mode, Passkey, PasskeySupport};
use model::{Error, Result, UserId};
use serde_json::json;
use store::Conn;

use crate::access::{Actor, InstanceGrant, ManageOwnAccount, ManageUsers};
use crate::audit::{self, Event};
use crate::{Services, confirmation, instance, passkeys, sign_in, tokens};

/// How many recovery codes somebody gets.
const CODES: usize = 10;
/// Without letters that look like digits (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const CODE_LENGTH: usize = 16;

/// Recovery codes in clear: for their owner's eyes, once.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCodes(pub Vec<String>);

impl std::fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecoveryCodes(***)")
    }
}

/// One's own factors, and what the instance makes of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    pub factors: Factors,
    pub passkeys: Vec<Passkey>,
    pub support: PasskeySupport,
    /// Whether the instance wants a second factor of everybody.
    pub is_required: bool,
    /// Whether it wants its own after a sign-in through a provider.
    pub sso_asks: bool,
    /// Whether the person has proved within the last minutes who they are.
    pub is_confirmed: bool,
}

pub async fn overview(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Overview> {
    let settings = instance::load(cx).await?;
    let is_confirmed = confirmation::is_fresh(cx, may.actor()).await?;
    let mut lease = cx.db.acquire().await?;
    let factors = store::second_factor::factors(lease.conn(), may.actor().id()).await?.ok_or(Error::NotFound)?;
    drop(lease);
    Ok(Overview {
        factors,
        passkeys: passkeys::list(cx, may).await?,
        support: passkeys::support(cx),
        is_required: settings.require_second_factor,
        sso_asks: settings.sso_second_factor,
        is_confirmed,
    })
}

/// Chooses what one's sign-ins take. Comes with recovery codes where there were none.
///
/// # Errors
/// `NotConfirmed`; `Invalid` naming `twoFactorMode` where a passkey or a password is missing; `Conflict` where the
/// instance needs a second factor and none would be left.
pub async fn set_mode(
    cx: &Services,
    may: &InstanceGrant<ManageOwnAccount>,
    mode: Mode,
) -> Result<Option<RecoveryCodes>> {
    let actor = may.actor();
    let mut tx = cx.db.begin().await?;
    store::second_factor::lock(tx.conn(), actor.id()).await?;
    let before = store::second_factor::factors(tx.conn(), actor.id()).await?.ok_or(Error::NotFound)?;
    if before.mode == mode {
        return Ok(None);
    }
    if mode != Mode::None && before.passkeys == 0 {
        return Err(Error::field("twoFactorMode", "Add a passkey first; this mode asks for one."));
    }
    if mode != Mode::None && !before.has_password {
        return Err(Error::field("twoFactorMode", "Set a password first; this mode asks for it, too."));
    }
    drop(tx);
    confirmation::check(cx, actor).await?;
    let mut tx = cx.db.begin().await?;
    store::second_factor::lock(tx.conn(), actor.id()).await?;
    let before = store::second_factor::factors(tx.conn(), actor.id()).await?.ok_or(Error::NotFound)?;
    if mode != Mode::None && (before.passkeys == 0 || !before.has_password) {
        return Err(Error::field("twoFactorMode", "Add a passkey and a password first; this mode asks for both."));
    }
    let after = Factors { mode, ..before };
    check_enough(tx.conn(), &before, &after).await?;
    store::second_factor::set_mode(tx.conn(), actor.id(), mode).await?;
    let codes = match mode {
        Mode::None => {
            drop_idle_codes(tx.conn(), actor.id(), &after).await?;
            None
        }
        _ => first_codes(cx, tx.conn(), actor.id()).await?,
    };
    sign_in::end_all(cx, tx.conn(), actor.id(), actor.session()).await?;
    let details = json!({ "from": before.mode.as_str(), "to": mode.as_str() });
    let event =
        Event { action: "TWO_FACTOR_MODE_CHANGED", entity: Some(actor.id().as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(codes)
}

/// New recovery codes in the place of the old ones.
///
/// # Errors
/// `NotConfirmed`; `Conflict` where there is no second factor to recover from.
pub async fn new_codes(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<RecoveryCodes> {
    let actor = may.actor();
    confirmation::check(cx, actor).await?;
    let mut tx = cx.db.begin().await?;
    store::second_factor::lock(tx.conn(), actor.id()).await?;
    let factors = store::second_factor::factors(tx.conn(), actor.id()).await?.ok_or(Error::NotFound)?;
    if !takes_codes(&factors) {
        return Err(Error::conflict("Recovery codes stand in for a second step, and none is set up."));
    }
    let codes = replace_codes(cx, tx.conn(), actor.id()).await?;
    let event = Event { action: "RECOVERY_CODES_CREATED", entity: Some(actor.id().as_str()), ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Takes every passkey and second factor of somebody who cannot get in any more, and ends their sign-ins. What is left
/// to them is their password, or their provider.
///
/// # Errors
/// `NotFound`.
pub async fn reset_for(cx: &Services, may: &InstanceGrant<ManageUsers>, user: &UserId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    store::second_factor::lock(tx.conn(), user).await?;
    let found = store::users::find(tx.conn(), user).await?;
    let found = found.filter(|found| found.id.as_str() != model::users::SYSTEM_ID).ok_or(Error::NotFound)?;
    let before = store::second_factor::factors(tx.conn(), &found.id).await?.ok_or(Error::NotFound)?;
    store::passkeys::delete_all(tx.conn(), user).await?;
    store::second_factor::delete_totp(tx.conn(), user).await?;
    store::second_factor::delete_codes(tx.conn(), user).await?;
    store::second_factor::set_mode(tx.conn(), user, Mode::None).await?;
    let own = (may.actor().id() == user).then(|| may.actor().session()).flatten();
    sign_in::end_all(cx, tx.conn(), user, own).await?;
    let details = json!({ "mode": before.mode.as_str(), "passkeys": before.passkeys, "totp": before.totp });
    let event = Event { action: "USER_2FA_RESET", entity: Some(user.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the instance wants a second factor of everybody and this person has none.
pub async fn must_set_up(cx: &Services, actor: &Actor) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    let required = store::instance_settings::find(lease.conn(), "require_second_factor").await?;
    if required != Some(serde_json::Value::Bool(true)) {
        return Ok(false);
    }
    let Some(factors) = store::second_factor::factors(lease.conn(), actor.id()).await? else { return Ok(true) };
    let sso_asks = store::instance_settings::find(lease.conn(), "sso_second_factor").await?;
    Ok(!factors.are_enough(sso_asks == Some(serde_json::Value::Bool(true))))
}

/// Refuses a change that would leave somebody without the second factor that the instance wants.
pub(crate) async fn check_enough(conn: Conn<'_>, before: &Factors, after: &Factors) -> Result<()> {
    let settings = instance::read(conn).await?;
    let asks = settings.sso_second_factor;
    if settings.require_second_factor && before.are_enough(asks) && !after.are_enough(asks) {
        return Err(Error::conflict(
            "This instance needs a second factor of everybody. Set another one up before you remove this one.",
        ));
    }
    Ok(())
}

/// Recovery codes for somebody who has none left.
pub(crate) async fn first_codes(cx: &Services, mut conn: Conn<'_>, user: &UserId) -> Result<Option<RecoveryCodes>> {
    let factors = store::second_factor::factors(conn.again(), user).await?.ok_or(Error::NotFound)?;
    if factors.recovery_codes > 0 {
        return Ok(None);
    }
    replace_codes(cx, conn, user).await.map(Some)
}

/// Forgets recovery codes that stand in for nothing any more.
pub(crate) async fn drop_idle_codes(conn: Conn<'_>, user: &UserId, after: &Factors) -> Result<()> {
    if !takes_codes(after) {
        store::second_factor::delete_codes(conn, user).await?;
    }
    Ok(())
}

/// Whether there is a step that a recovery code stands in for.
fn takes_codes(factors: &Factors) -> bool {
    factors.totp || factors.mode != Mode::None
}

async fn replace_codes(cx: &Services, conn: Conn<'_>, user: &UserId) -> Result<RecoveryCodes> {
    let codes: Vec<String> = (0..CODES).map(|_| compose(cx.random.bytes())).collect();
    let hashes: Vec<String> = codes.iter().map(|code| tokens::hash(&plain(code))).collect();
    store::second_factor::replace_codes(conn, user, &hashes, cx.clock.now()).await?;
    Ok(RecoveryCodes(codes))
}

/// 80 random bits in four groups.
fn compose(bytes: [u8; CODE_LENGTH]) -> String {
    let text: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    text.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A code as it is hashed: without groups, and with the digits that people mean when they read letters.
fn plain(code: &str) -> String {
    let kept = code.chars().filter(|c| c.is_ascii_alphanumeric()).take(64);
    kept.map(|c| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        c => c,
    })
    .collect()
}

/// Uses a recovery code up; false when it is none.
pub(super) async fn use_code(cx: &Services, user: &UserId, code: &str) -> Result<bool> {
    let mut tx = cx.db.begin().await?;
    let used = store::second_factor::use_code(tx.conn(), user, &tokens::hash(&plain(code)), cx.clock.now()).await?;
    tx.commit().await?;
    Ok(used)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_however_it_is_typed() {
        let code = compose([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(code, "0123-4567-89ab-cdez");
        for typed in ["0123456789abcdez", " 0123-4567 89AB-CDEZ ", "O l23 4567 89ab cdez"] {
            assert_eq!(plain(typed), plain(&code), "{typed}");
        }
    }
}
