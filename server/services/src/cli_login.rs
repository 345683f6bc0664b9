//! Sign-in of programs on a person's own machine: the command line, an editor. The person agrees in the browser they are
//! signed in with, the program gets a code at an address of that machine, and exchanges it for tokens of its own.
//!
//! Codes go to loopback addresses only, and to custom schemes that the instance allows. Who intercepts a code cannot use
//! it without what the program kept to itself (PKCE, RFC 7636), and who uses one twice ends the sign-in it opened.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Duration;
use model::check::Checker;
use model::time::Timestamp;
use model::{Error, Result, SessionId};
use serde_json::json;
use sha2::{Digest, Sha256};
use store::cli_codes::{self, CliCode};
use url::{Host, Url};

use crate::access::{ClientInfo, InstanceGrant, ManageOwnAccount, Via};
use crate::audit::{self, Event};
use crate::sign_in::{self, Kind, Method, SignedIn};
use crate::{Services, tokens};

const CODE_LENGTH: usize = 32;
/// How long a program has to fetch its tokens.
pub const CODE_LIFE: Duration = Duration::minutes(10);
/// How long a code is remembered after its end, so that a second use is noticed.
const REMEMBERED: Duration = Duration::days(1);
/// How far the end that a program sends along may differ.
const TOLERANCE: Duration = Duration::seconds(1);
const LONGEST_CALLBACK: usize = 2000;
/// The longest name of a program, in characters.
pub const LONGEST_CLIENT: usize = 60;
const UNNAMED: &str = "A program that gives no name";
/// SHA-256 in base64url without padding.
const CHALLENGE_LENGTH: usize = 43;

/// What a program asks for, known to be acceptable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    callback: Url,
    challenge: Option<String>,
    client: String,
}

impl Request {
    /// Reads what came with the address of the page, or in the body of a request.
    ///
    /// # Errors
    /// `Invalid` naming `callback` or `code_challenge`.
    pub fn read(cx: &Services, callback: &str, challenge: Option<&str>, client: Option<&str>) -> Result<Self> {
        let mut form = Checker::new();
        let callback = match read_callback(cx, callback) {
            Ok(callback) => Some(callback),
            Err(message) => {
                form.fail("callback", message);
                None
            }
        };
        let challenge = challenge.filter(|text| !text.is_empty());
        if !challenge.is_none_or(is_challenge) {
            form.fail("code_challenge", "The challenge must be a SHA-256 hash in base64url, 43 characters.");
        }
        form.finish()?;
        let callback = callback.ok_or(Error::NotFound)?;
        Ok(Self { callback, challenge: challenge.map(str::to_owned), client: name(client.unwrap_or_default()) })
    }

    /// What the program calls itself, in one line.
    pub fn client(&self) -> &str {
        &self.client
    }

    /// Where the code would go: host and port, or the scheme of an application.
    pub fn place(&self) -> String {
        match (self.callback.host_str(), self.callback.port_or_known_default()) {
            (Some(host), Some(port)) if self.callback.scheme() == "http" => format!("{host}:{port}"),
            _ => format!("{}:", self.callback.scheme()),
        }
    }

    /// Where the browser may be sent from the page, as a source of a content security policy, which knows no addresses of
    /// IPv6.
    pub fn source(&self) -> String {
        match (self.callback.scheme(), self.callback.host()) {
            ("http", Some(Host::Ipv6(_))) => "http:".to_owned(),
            ("http", Some(_)) => format!("http://{}", self.place()),
            (scheme, _) => format!("{scheme}:"),
        }
    }

    /// Where the browser goes when the person does not agree.
    pub fn refusal(&self) -> String {
        let mut to = self.callback.clone();
        to.query_pairs_mut().append_pair("error", "access_denied");
        to.into()
    }
}

/// A program's name as it is shown and kept: one line, not longer than a line.
fn name(client: &str) -> String {
    let line: String = client.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.chars().take(LONGEST_CLIENT).collect::<String>() {
        empty if empty.is_empty() => UNNAMED.to_owned(),
        name => name,
    }
}

/// Parsed as browsers parse it, so that what is judged is where the browser goes.
fn read_callback(cx: &Services, text: &str) -> std::result::Result<Url, String> {
    let schemes = &cx.settings.cli_callback_schemes;
    let allowed = || {
        let more: String = schemes.iter().map(|scheme| format!(", or an address that begins with {scheme}:")).collect();
        format!("It must be an address of this computer such as http://127.0.0.1:4711/callback{more}.")
    };
    if text.trim().is_empty() {
        return Err(format!("The address that the program listens at is missing. {}", allowed()));
    }
    if text.len() > LONGEST_CALLBACK {
        return Err(format!("The address that the program listens at is longer than {LONGEST_CALLBACK} characters."));
    }
    let refused = || format!("The address that the program gave is not allowed. {}", allowed());
    let url = Url::parse(text.trim()).map_err(|_| refused())?;
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address == std::net::Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == std::net::Ipv6Addr::LOCALHOST,
        None => false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    let is_known = match url.scheme() {
        "http" => is_loopback,
        scheme => schemes.iter().any(|one| one == scheme),
    };
    if is_plain && is_known { Ok(url) } else { Err(refused()) }
}

fn is_challenge(text: &str) -> bool {
    text.len() == CHALLENGE_LENGTH && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// Whether `verifier` is what the program made its challenge from. A verifier where none was announced is wrong, too: the
/// code is not of the sign-in that the program began.
fn proves(challenge: Option<&str>, verifier: Option<&str>) -> bool {
    match (challenge, verifier.filter(|text| !text.is_empty())) {
        (None, None) => true,
        (Some(challenge), Some(verifier)) => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge,
        _ => false,
    }
}

/// A code for a program, and the way to it. Secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Issued {
    pub code: String,
    pub expires_at: Timestamp,
    /// The program's address with the code, its end in Unix milliseconds, and the address of this instance.
    pub callback: String,
}

impl std::fmt::Debug for Issued {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issued").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Lets a program sign in as the caller, who agreed in a browser.
///
/// # Errors
/// `NeedsBrowser` for a caller who shows a token: a stolen one must not make itself last for months.
pub async fn issue(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, request: &Request) -> Result<Issued> {
    let actor = may.actor();
    let Via::Cookie(agreed_in) = &actor.via else { return Err(Error::NeedsBrowser) };
    let now = cx.clock.now();
    let code = cx.random.token(CODE_LENGTH);
    let stored = CliCode {
        code_hash: tokens::hash(&code),
        user_id: actor.id().clone(),
        agreed_in: agreed_in.clone(),
        callback_url: request.callback.as_str().to_owned(),
        client: request.client.clone(),
        code_challenge: request.challenge.clone(),
        created_at: now,
        expires_at: now + CODE_LIFE,
        used_at: None,
        session_id: None,
    };
    let mut tx = cx.db.begin().await?;
    cli_codes::purge(tx.conn(), now - REMEMBERED).await?;
    cli_codes::insert(tx.conn(), &stored).await?;
    let details = json!({
        "client": request.client,
        "callback": request.place(),
        "hasChallenge": request.challenge.is_some(),
    });
    audit::record(cx, tx.conn(), actor, Event { action: "CLI_CODE_CREATED", details, ..Event::default() }).await?;
    tx.commit().await?;
    let mut callback = request.callback.clone();
    callback
        .query_pairs_mut()
        .append_pair("code", &code)
        .append_pair("expires", &stored.expires_at.timestamp_millis().to_string())
        .append_pair("instance", cx.base_url());
    Ok(Issued { code, expires_at: stored.expires_at, callback: callback.into() })
}

/// What a program shows to get its tokens.
#[derive(Debug, Clone, Copy)]
pub struct Exchange<'a> {
    pub code: &'a str,
    /// The end of the code as the program was told it.
    pub expires: Option<Timestamp>,
    /// What the program made its challenge from.
    pub verifier: Option<&'a str>,
}

/// Exchanges a code for a sign-in of the command line, once.
///
/// # Errors
/// `BadRequest`, in the same words for a code that is unknown, used, expired, or not of this program. The second use of a
/// code also ends the sign-in that the first one opened.
pub async fn exchange(cx: &Services, exchange: Exchange<'_>, client: &ClientInfo) -> Result<SignedIn> {
    let refused = || Error::bad_request("This code is unknown, was used, or has expired. Begin the sign-in again.");
    let now = cx.clock.now();
    let hash = tokens::hash(exchange.code);
    let mut tx = cx.db.begin().await?;
    let code = cli_codes::find_locked(tx.conn(), &hash).await?.ok_or_else(refused)?;
    let differs = |end: Timestamp| (end - code.expires_at).abs() > TOLERANCE;
    if exchange.expires.is_some_and(differs) || !proves(code.code_challenge.as_deref(), exchange.verifier) {
        return Err(refused());
    }
    if let Some(opened) = &code.session_id {
        store::sessions::revoke(tx.conn(), opened, now).await?;
        let event = Event {
            action: "CLI_SESSION_REVOKED",
            entity: Some(opened.as_str()),
            details: json!({ "userId": code.user_id, "client": code.client, "reason": "CODE_USED_TWICE" }),
            ..Event::default()
        };
        audit::record_unknown(cx, tx.conn(), client, event).await?;
        tx.commit().await?;
        return Err(refused());
    }
    // Nobody signs in by what somebody agreed to who is out by now.
    let user = store::sessions::find_user(tx.conn(), &code.agreed_in, &code.user_id, now).await?;
    let user = user.map(|signed| signed.user).filter(|user| user.disabled_at.is_none()).ok_or_else(refused)?;
    let session: SessionId = cx.random.id(now, SessionId::compose);
    if !cli_codes::use_up(tx.conn(), &hash, &session, now).await? {
        return Err(refused());
    }
    let method = Method::Cli { client: code.client };
    let signed_in = sign_in::open(cx, &mut tx, user, session, &method, Kind::Cli, client).await?;
    tx.commit().await?;
    Ok(signed_in)
}
