//! Signing in with the browser (RFC 8252): an address of this machine to come back to, a code, tokens, and their renewal.

mod back;
mod browser;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client::shapes::Tokens;
use client::{Client, Credential, Error, Renew};
use http::StatusCode;
use model::time::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use services::{Clock, Random};
use sha2::{Digest, Sha256};

use super::session::connect;
use super::{Failure, Result, input, output};
use crate::config::BaseUrl;
use crate::config::client::Environment;
use crate::credentials::{CredentialsError, Locked, SignIn};
use back::{Back, Found};

/// How long the browser may take; the server's code lives as long.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// An access token that ends sooner than this, in seconds, is renewed before it is used.
const NEAR: i64 = 60;

pub fn now() -> Timestamp {
    Clock::System.now()
}

/// Lets the person agree in their browser; gives what the server gave for it.
pub async fn by_browser(host: &BaseUrl, environment: &Environment, opens: bool) -> Result<Tokens> {
    // 384 random bits; letters, digits, `-` and `_`, as RFC 7636 has it.
    let verifier = Random::System.token(64);
    let state = Random::System.token(32);
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    let mut back = Back::listen(&state).await?;
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let address = format!(
        "{host}/cli/auth?callback={}&code_challenge={challenge}&client={}",
        encode(&back.address()),
        encode(&format!("tidings on {}", browser::machine(environment)))
    );
    let client = connect(host, None, None, environment, false)?;
    output::note(&format!("Open this address in your browser to sign in:\n\n  {address}\n"));
    if opens && !browser::open(environment, &address) {
        output::note("No browser could be opened from here; open the address yourself.");
    }
    if !opens {
        output::note("If the browser runs on another machine, its last page cannot be shown. Paste its address here:");
    }
    output::note("Waiting for your browser. Ctrl-C stops.");
    let arrival = tokio::time::timeout(PATIENCE, next(&mut back, !opens, &state));
    let (found, reply) = arrival.await.map_err(|_| {
        Failure::new("Nobody agreed in the browser within ten minutes. Run the command again to begin anew.")
    })??;
    let outcome = match found {
        Found::Code { code, expires } => {
            client.exchange_code(&code, expires.as_deref(), &verifier).await.map_err(Failure::from)
        }
        Found::Refused => Err(Failure::new("The sign-in was cancelled in the browser. Nothing was changed.")),
    };
    if let Some(reply) = reply {
        back.say(reply, outcome.is_ok()).await;
    }
    outcome
}

/// What comes first: the browser, or something pasted.
async fn next(back: &mut Back, pastes: bool, state: &str) -> Result<(Found, Option<back::Reply>)> {
    let mut pasted = pastes.then(paste);
    loop {
        let line = async {
            match &mut pasted {
                Some(lines) => lines.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            arrived = back.next() => {
                let (found, reply) = arrived?;
                return Ok((found, Some(reply)));
            }
            line = line => match line.as_deref().map(str::trim) {
                // The input has ended; the browser may still come.
                None => pasted = None,
                Some("") => {}
                Some(line) => match Found::pasted(line, state) {
                    Some(found) => return Ok((found, None)),
                    None => output::note(
                        "That is neither the address at which your browser ended nor the code in it. Try again:",
                    ),
                },
            }
        }
    }
}

/// Lines of standard input. A thread of its own: reading cannot be stopped, and must not keep the program from ending.
fn paste() -> tokio::sync::mpsc::Receiver<String> {
    let (sender, lines) = tokio::sync::mpsc::channel(1);
    std::thread::spawn(move || {
        while let Ok(Some(line)) = input::next_line() {
            if sender.blocking_send(line).is_err() {
                break;
            }
        }
    });
    lines
}

/// What it takes to renew the sign-in to a host.
#[derive(Clone)]
pub struct Renewing(Arc<Inner>);

struct Inner {
    host: String,
    folder: Option<PathBuf>,
    client: Client,
}

impl Renewing {
    pub fn new(host: &BaseUrl, environment: &Environment) -> Result<Self> {
        // The client that asks has told already where the connection is not safe.
        let client = connect(host, None, None, environment, true)?;
        Ok(Self(Arc::new(Inner { host: host.to_string(), folder: environment.folder.clone(), client })))
    }

    /// The access token to begin with.
    pub async fn ahead_of_need(&self, kept: SignIn) -> Result<Credential> {
        if kept.expires_at - now().timestamp() > NEAR {
            return Ok(kept.access_token);
        }
        // Where it cannot be renewed, the server says so to what it is asked.
        let renewed = self.0.renew(&kept.access_token).await.map_err(Failure::from)?;
        Ok(renewed.unwrap_or(kept.access_token))
    }

    /// For tokens that the server does not take any more.
    pub fn on_refusal(&self) -> Renew {
        let inner = Arc::clone(&self.0);
        Box::new(move |refused| {
            let inner = Arc::clone(&inner);
            Box::pin(async move { inner.renew(&refused).await })
        })
    }
}

impl Inner {
    /// Another access token than `old`: the one that another command has brought meanwhile, or a new one. Others wait, so
    /// that no refresh token is used twice. `None` where the sign-in has ended.
    async fn renew(&self, old: &Credential) -> Result<Option<Credential>, Error> {
        let of_this_machine = |error: CredentialsError| Error::NotRenewed(error.to_string());
        let mut store = Locked::open(self.folder.as_deref()).await.map_err(of_this_machine)?;
        let kept = store.credentials.hosts.get(&self.host).and_then(|host| host.sign_in.clone());
        let Some(kept) = kept else { return Ok(None) };
        if kept.access_token != *old {
            return Ok(Some(kept.access_token));
        }
        let tokens = match self.client.renew_sign_in(&kept.refresh_token).await {
            Ok(tokens) => tokens,
            Err(Error::Refused(refusal)) if refusal.status == StatusCode::UNAUTHORIZED => return Ok(None),
            Err(error) => return Err(error),
        };
        let fresh = SignIn::new(tokens, now());
        let access_token = fresh.access_token.clone();
        if let Some(host) = store.credentials.hosts.get_mut(&self.host) {
            host.sign_in = Some(fresh);
        }
        store.save().map_err(of_this_machine)?;
        Ok(Some(access_token))
    }
}
