//! The second step of a sign-in ([`demanded`], [`answer`]), and what people choose for it ([`set_mode`]).

mod own;

use chrono::Duration;
use model::second_factor::{Factor, First, masked};
use model::users::User;
use model::{Error, Result};
use serde_json::{Value, json};
use store::second_factor::PendingSession;

use crate::access::ClientInfo;
use crate::audit::{self, Event};
use crate::limits::{self, Rule};
use crate::passkeys::{self, Ceremony, Started};
use crate::sign_in::{self, Kind, Method, SignedIn};
use crate::{Services, instance, tokens, totp};

pub use own::{Overview, RecoveryCodes, must_set_up, new_codes, overview, reset_for, set_mode};
pub(crate) use own::{check_enough, drop_idle_codes, first_codes};

/// The cookie that carries [`Pending::token`] between the two steps in a browser.
pub const PENDING_COOKIE: &str = "pendingSignIn";

/// 258 random bits.
const TOKEN_LENGTH: usize = 43;
/// How long somebody has for the second step.
pub const LIFE: Duration = Duration::minutes(10);
/// How often the second step of one sign-in may be tried.
pub const ATTEMPTS: u32 = 5;

/// A sign-in that waits for its second step.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    /// Secret; good for ten minutes.
    pub token: String,
    pub factor: Factor,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pending").field("factor", &self.factor).finish_non_exhaustive()
    }
}

/// What is presented as the second step.
#[derive(Clone, PartialEq)]
pub enum Proof {
    /// Nothing was sent. That is a wrong answer, too.
    Nothing,
    /// What a passkey signed, in the JSON form of WebAuthn.
    Passkey(Value),
    Password(String),
    /// Of the authenticator app.
    Code(String),
    /// In the place of a passkey or a code.
    Recovery(String),
}

/// The step that `user` still has to take after `method`; `None` when they are in.
pub(crate) async fn demanded(
    cx: &Services,
    user: &User,
    method: &Method,
    client: &ClientInfo,
) -> Result<Option<Pending>> {
    let (first, name, provider) = match method {
        Method::Password => (First::Password, "password", None),
        Method::Passkey => (First::Passkey, "passkey", None),
        Method::Sso { provider } => {
            (First::Sso { asks: instance::load(cx).await?.sso_second_factor }, "sso", Some(provider.clone()))
        }
        // A new account has nothing to ask for, and the command line was let in by a browser that is.
        Method::Invitation | Method::SetUp | Method::Cli { .. } => return Ok(None),
    };
    let mut tx = cx.db.begin().await?;
    let factors = store::second_factor::factors(tx.conn(), &user.id).await?.ok_or(Error::SignedOut)?;
    let Some(factor) = factors.asked_after(first) else { return Ok(None) };
    let now = cx.clock.now();
    let token = cx.random.token(TOKEN_LENGTH);
    let pending = PendingSession {
        token_hash: tokens::hash(&token),
        user_id: user.id.clone(),
        factor,
        method: name.to_owned(),
        provider,
        attempts: 0,
        created_at: now,
        expires_at: now + LIFE,
    };
    store::second_factor::insert_pending(tx.conn(), &pending, now).await?;
    if *method == Method::Passkey {
        let details = json!({ "userId": user.id });
        let event = Event { action: "LOGIN_PASSKEY_FIRST_FACTOR_SUCCESS", details, ..Event::default() };
        audit::record_unknown(cx, tx.conn(), client, event).await?;
    }
    tx.commit().await?;
    Ok(Some(Pending { token, factor }))
}

/// A sign-in between its two steps, as the person at its page sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub factor: Factor,
    /// The address of the account, masked: whoever looks knows one of its factors, and may have taken it.
    pub account: String,
    pub attempts_left: u32,
    /// Whether a recovery code would do.
    pub takes_recovery_codes: bool,
}

/// # Errors
/// `SignInExpired`.
pub async fn waiting(cx: &Services, token: &str) -> Result<Waiting> {
    let pending = find(cx, token).await?;
    let mut lease = cx.db.acquire().await?;
    let user = store::users::find(lease.conn(), &pending.user_id).await?.ok_or(Error::SignInExpired)?;
    let factors = store::second_factor::factors(lease.conn(), &user.id).await?.ok_or(Error::SignInExpired)?;
    Ok(Waiting {
        factor: pending.factor,
        account: masked(&user.email),
        attempts_left: left(&pending),
        takes_recovery_codes: pending.factor != Factor::Password && factors.recovery_codes > 0,
    })
}

/// Begins the second step with a passkey.
///
/// # Errors
/// `SignInExpired`; `Conflict` where none is asked for; `SlowDown`.
pub async fn begin_passkey(cx: &Services, token: &str, client: &ClientInfo) -> Result<Started> {
    limits::take(cx, Rule::Passkey, &limits::client(client.ip.as_deref())).await?;
    let pending = find(cx, token).await?;
    if pending.factor != Factor::Passkey {
        return Err(Error::conflict("This sign-in does not ask for a passkey."));
    }
    passkeys::begin_for(cx, Ceremony::SecondFactor, &pending.user_id, &pending.token_hash).await
}

/// Takes the second step. A session comes of it only when the factor that this sign-in asks for was there and right.
///
/// # Errors
/// `SignInExpired`, also when all attempts were used; `WrongFactor`; `SlowDown` for too many attempts at one account.
pub async fn answer(cx: &Services, token: &str, proof: Proof, client: &ClientInfo) -> Result<SignedIn> {
    let known = find(cx, token).await?;
    limits::take(cx, Rule::SecondFactor, known.user_id.as_str()).await?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let counted = store::second_factor::count_attempt(tx.conn(), &known.token_hash, ATTEMPTS.into(), now).await?;
    let pending = counted.ok_or(Error::SignInExpired)?;
    let user = store::users::find(tx.conn(), &pending.user_id).await?;
    tx.commit().await?;
    let user = user.filter(|user| user.disabled_at.is_none()).ok_or(Error::SignInExpired)?;
    let verdict = check(cx, &user, &pending, &proof).await?;
    let mut tx = cx.db.begin().await?;
    let by = match verdict {
        Ok(by) => by,
        Err(reason) => {
            let details = json!({ "userId": user.id, "factor": pending.factor.as_str(), "reason": reason });
            let event = Event { action: "SECOND_FACTOR_FAILURE", details, ..Event::default() };
            audit::record_unknown(cx, tx.conn(), client, event).await?;
            let left = left(&pending);
            if left == 0 {
                store::second_factor::end_pending(tx.conn(), &pending.token_hash).await?;
            }
            tx.commit().await?;
            return Err(Error::WrongFactor { left });
        }
    };
    // Of two right answers at the same moment one ends the wait, and only that one gets a session.
    if !store::second_factor::end_pending(tx.conn(), &pending.token_hash).await? {
        return Err(Error::SignInExpired);
    }
    let details = json!({ "userId": user.id, "factor": by });
    let event = Event { action: "SECOND_FACTOR_SUCCESS", details, ..Event::default() };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    tx.commit().await?;
    sign_in::complete(cx, user, &method(&pending), Kind::Web, client).await
}

/// What the proof was, or why it is none.
async fn check(
    cx: &Services,
    user: &User,
    pending: &PendingSession,
    proof: &Proof,
) -> Result<std::result::Result<&'static str, &'static str>> {
    let verdict = |right: bool, by, reason| if right { Ok(by) } else { Err(reason) };
    Ok(match (pending.factor, proof) {
        (Factor::Passkey, Proof::Passkey(response)) => {
            let bound = Some(pending.token_hash.as_str());
            match passkeys::verify(cx, Ceremony::SecondFactor, bound, response).await? {
                Ok(proved) => verdict(proved.user == user.id, "passkey", "VERIFICATION_FAILED"),
                Err(refusal) => Err(refusal.reason()),
            }
        }
        (Factor::Password, Proof::Password(password)) => {
            verdict(password_is_right(cx, user, password).await?, "password", "INVALID_PASSWORD")
        }
        (Factor::Totp, Proof::Code(code)) => verdict(totp::accepts(cx, &user.id, code).await?, "totp", "INVALID_CODE"),
        (Factor::Passkey | Factor::Totp, Proof::Recovery(code)) => {
            verdict(own::use_code(cx, &user.id, code).await?, "recovery_code", "INVALID_RECOVERY_CODE")
        }
        (_, Proof::Nothing) => Err("MISSING"),
        _ => Err("OTHER_FACTOR"),
    })
}

async fn password_is_right(cx: &Services, user: &User, password: &str) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    let found = store::users::find_by_email(lease.conn(), &user.email).await?;
    drop(lease);
    let hash = found.and_then(|found| found.password_hash);
    // One that is longer than any that can be set is wrong; hashing it would only cost time.
    let password = if password.len() > 256 { "" } else { password };
    cx.passwords.verify(password, hash.as_deref()).await
}

/// Gives a pending sign-in up.
pub async fn give_up(cx: &Services, token: &str) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    store::second_factor::end_pending(tx.conn(), &tokens::hash(token)).await?;
    tx.commit().await?;
    Ok(())
}

async fn find(cx: &Services, token: &str) -> Result<PendingSession> {
    let mut lease = cx.db.acquire().await?;
    let hash = tokens::hash(token);
    let found = store::second_factor::find_pending(lease.conn(), &hash, ATTEMPTS.into(), cx.clock.now()).await?;
    found.ok_or(Error::SignInExpired)
}

fn left(pending: &PendingSession) -> u32 {
    ATTEMPTS.saturating_sub(u32::try_from(pending.attempts).unwrap_or(u32::MAX))
}

fn method(pending: &PendingSession) -> Method {
    match (pending.method.as_str(), &pending.provider) {
        ("passkey", _) => Method::Passkey,
        ("sso", Some(provider)) => Method::Sso { provider: provider.clone() },
        _ => Method::Password,
    }
}
