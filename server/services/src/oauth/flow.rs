//! To a provider and back. What belongs to the way is kept here under a hash of `state`: who began it and in which
//! browser, where it leads, and the secrets that the answer must fit (RFC 7636, OpenID Connect Core 1.0, 15.5.2).

use chrono::Duration;
use model::check::local_path;
use model::sso::{OAuthProvider, Problem};
use model::{Error, ProviderId, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::oauth_flows::Flow;
use url::Url;

use super::identity::{self, Exchange};
use super::trial;
use crate::access::{self, ClientInfo, ManageOwnAccount, ManageProviders};
use crate::caller::{Caller, set_cookie};
use crate::limits::{self, Rule};
use crate::sealed::Purpose;
use crate::sign_in::Progress;
use crate::{Actor, Services, Via, confirmation, sso, tokens};

/// The cookie that joins a way to a provider to the browser that began it. It outlives one way, so that two tabs may be
/// under way at once.
pub const BROWSER_COOKIE: &str = "ssoBrowser";

/// How long somebody may be at the provider.
const LIFE: Duration = Duration::minutes(10);
/// 258 random bits; as a verifier it has the 43 characters that RFC 7636 asks for at least.
const TOKEN_LENGTH: usize = 43;
/// Longer targets are left for the first page.
const LONGEST_TARGET: usize = 2000;

const LOGIN: &str = "/login";
const LINKED: &str = "/dashboard/account/linked";

/// What a way to a provider is for.
#[derive(Debug, Clone, PartialEq)]
pub enum Intent {
    SignIn,
    /// To link an account there with one's own.
    Link(Actor),
    /// To see what the provider says.
    Test(Actor),
}

impl Intent {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Intent::SignIn => "sign_in",
            Intent::Link(_) => "link",
            Intent::Test(_) => "test",
        }
    }

    pub(crate) fn actor(&self) -> Option<&Actor> {
        match self {
            Intent::SignIn => None,
            Intent::Link(actor) | Intent::Test(actor) => Some(actor),
        }
    }
}

/// The way to the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    pub location: String,
    pub set_cookie: String,
}

/// What the browser brings back.
#[derive(Debug, Clone, Default)]
pub struct Returned<'a> {
    /// What names the provider in the address.
    pub provider: &'a str,
    pub code: Option<&'a str>,
    pub state: Option<&'a str>,
    /// Whether the provider sent an error. What it says is not looked at.
    pub is_error: bool,
    /// RFC 9207.
    pub issuer: Option<&'a str>,
    /// The value of [`BROWSER_COOKIE`].
    pub browser: Option<&'a str>,
}

/// How it ended well.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Signed in, or a second step away from it; `target` is a path of this site.
    SignedIn {
        progress: Progress,
        target: String,
    },
    Linked,
    /// A trial ended, well or not; its end can be read by the administrator who began it.
    Tried(ProviderId),
}

/// How it ended badly, and on which page people read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    pub problem: Problem,
    pub page: &'static str,
}

impl Failed {
    fn at_login(problem: Problem) -> Self {
        Self { problem, page: LOGIN }
    }

    /// The path with the problem in it.
    pub fn location(&self) -> String {
        format!("{}?{}", self.page, self.problem.query())
    }
}

/// Nonce and verifier, between the two halves.
#[derive(Serialize, Deserialize)]
struct Secrets {
    nonce: String,
    verifier: String,
}

/// Begins a way to a provider.
///
/// # Errors
/// `NotFound` for a provider that is unknown or, except for a trial, not enabled; `SlowDown`; `NotConfirmed` for linking
/// when the person proved long ago who they are; `Forbidden`.
pub async fn begin(
    cx: &Services,
    address: &str,
    intent: Intent,
    target: Option<&str>,
    browser: Option<&str>,
    client: &ClientInfo,
) -> Result<Begun> {
    limits::take(cx, Rule::Sso, &limits::client(client.ip.as_deref())).await?;
    match &intent {
        Intent::SignIn => {}
        Intent::Link(actor) => {
            access::instance_grant::<ManageOwnAccount>(actor)?;
            confirmation::check(cx, actor).await?;
        }
        Intent::Test(actor) => drop(access::instance_grant::<ManageProviders>(actor)?),
    }
    let provider = find(cx, address).await?.ok_or(Error::NotFound)?;
    if !provider.enabled && !matches!(intent, Intent::Test(_)) {
        return Err(Error::NotFound);
    }
    let browser = match browser {
        Some(known) if known.len() == TOKEN_LENGTH && known.bytes().all(|b| b.is_ascii_graphic()) => known.to_owned(),
        _ => cx.random.token(TOKEN_LENGTH),
    };
    let state = cx.random.token(TOKEN_LENGTH);
    let secrets = Secrets { nonce: cx.random.token(TOKEN_LENGTH), verifier: cx.random.token(TOKEN_LENGTH) };
    let location = location(cx, &provider, &state, &secrets)?;
    let text = serde_json::to_string(&secrets).map_err(|_| Error::Internal { reference: "flow".to_owned() })?;
    let now = cx.clock.now();
    let target = target.and_then(local_path).filter(|target| target.len() <= LONGEST_TARGET);
    let flow = Flow {
        state_hash: tokens::hash(&state),
        provider_id: provider.id,
        browser_hash: tokens::hash(&browser),
        purpose: intent.name().to_owned(),
        user_id: intent.actor().map(|actor| actor.id().clone()),
        redirect_to: target.unwrap_or("/dashboard").to_owned(),
        secrets: cx.seal(Purpose::Flow, &text)?,
        expires_at: now + LIFE,
    };
    let mut tx = cx.db.begin().await?;
    store::oauth_flows::insert(tx.conn(), &flow, now).await?;
    tx.commit().await?;
    Ok(Begun { location, set_cookie: set_cookie(cx, BROWSER_COOKIE, &browser, LIFE.num_seconds()) })
}

/// The address at the provider, with what it has to know.
fn location(cx: &Services, provider: &OAuthProvider, state: &str, secrets: &Secrets) -> Result<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let mut url = Url::parse(&provider.authorization_url)
        .map_err(|_| Error::conflict("The authorisation address of this provider is none."))?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(secrets.verifier.as_bytes()));
    url.query_pairs_mut()
        .append_pair("client_id", &provider.client_id)
        .append_pair("redirect_uri", &callback(cx, provider))
        .append_pair("response_type", "code")
        .append_pair("scope", &provider.scopes.join(" "))
        .append_pair("state", state)
        .append_pair("nonce", &secrets.nonce)
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256");
    Ok(url.into())
}

/// What is registered at the provider.
pub(super) fn callback(cx: &Services, provider: &OAuthProvider) -> String {
    format!("{}{}", cx.base_url(), provider.callback_path())
}

async fn find(cx: &Services, address: &str) -> Result<Option<OAuthProvider>> {
    // PostgreSQL cannot even look for a text with NUL in it.
    if address.is_empty() || address.len() > 200 || address.contains('\0') {
        return Ok(None);
    }
    let mut lease = cx.db.acquire().await?;
    Ok(store::oauth_providers::find_by_address(lease.conn(), address).await?)
}

/// Ends a way to a provider. Whatever the provider sent is either what this browser waits for, or nothing at all.
pub async fn finish(
    cx: &Services,
    returned: Returned<'_>,
    caller: &Caller,
    client: &ClientInfo,
) -> Result<Outcome, Failed> {
    limits::take(cx, Rule::Sso, &limits::client(client.ip.as_deref()))
        .await
        .map_err(|error| Failed::at_login(sso::ours(error)))?;
    // Whoever is signed in would be sent on from the sign-in page, and would not read it.
    let lost_page = if caller.is_known() { LINKED } else { LOGIN };
    let (provider, flow) = match take(cx, &returned).await {
        Ok(taken) => taken,
        Err((name, problem)) => {
            sso::refused(cx, &name, &problem, client).await;
            return Err(Failed { problem, page: lost_page });
        }
    };
    match flow.purpose.as_str() {
        "link" => link(cx, &provider, &flow, &returned, caller, client).await,
        "test" => test(cx, &provider, &flow, &returned, caller).await,
        _ => sign_in(cx, &provider, &flow, &returned, client).await,
    }
}

/// The flow that this browser began at this provider, used up now.
async fn take(cx: &Services, returned: &Returned<'_>) -> Result<(OAuthProvider, Flow), (String, Problem)> {
    let unnamed = |error: Error| (String::new(), sso::ours(error));
    let Some(provider) = find(cx, returned.provider).await.map_err(unnamed)? else {
        return Err((String::new(), Problem::Expired));
    };
    let (Some(state), Some(browser)) = (returned.state, returned.browser) else {
        return Err((provider.name, Problem::Expired));
    };
    let taken = async {
        let mut tx = cx.db.begin().await?;
        let (state, browser) = (tokens::hash(state), tokens::hash(browser));
        let flow = store::oauth_flows::take(tx.conn(), &state, &provider.id, &browser, cx.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, Error>(flow)
    };
    match taken.await {
        // One that was switched off meanwhile signs nobody in.
        Ok(Some(flow)) if provider.enabled || flow.purpose == "test" => Ok((provider, flow)),
        Ok(_) => Err((provider.name, Problem::Expired)),
        Err(error) => Err((provider.name, sso::ours(error))),
    }
}

async fn sign_in(
    cx: &Services,
    provider: &OAuthProvider,
    flow: &Flow,
    returned: &Returned<'_>,
    client: &ClientInfo,
) -> Result<Outcome, Failed> {
    let asserted = match ask(cx, provider, flow, returned).await {
        Ok(asserted) => asserted,
        Err(broken) => {
            sso::refused(cx, &provider.name, &broken.problem, client).await;
            return Err(Failed::at_login(broken.problem));
        }
    };
    let progress = sso::resolve(cx, &provider.into(), &asserted, client).await.map_err(Failed::at_login)?;
    Ok(Outcome::SignedIn { progress, target: flow.redirect_to.clone() })
}

async fn link(
    cx: &Services,
    provider: &OAuthProvider,
    flow: &Flow,
    returned: &Returned<'_>,
    caller: &Caller,
    client: &ClientInfo,
) -> Result<Outcome, Failed> {
    let problem = match same_person(caller, flow) {
        None => Problem::OtherPerson,
        Some(actor) => match ask(cx, provider, flow, returned).await {
            Ok(asserted) => {
                let attached = sso::attach(cx, &provider.into(), &asserted, actor).await;
                return match attached {
                    Ok(()) => Ok(Outcome::Linked),
                    Err(problem) => Err(Failed { problem, page: LINKED }),
                };
            }
            Err(broken) => broken.problem,
        },
    };
    sso::refused(cx, &provider.name, &problem, client).await;
    Err(Failed { problem, page: if caller.is_known() { LINKED } else { LOGIN } })
}

async fn test(
    cx: &Services,
    provider: &OAuthProvider,
    flow: &Flow,
    returned: &Returned<'_>,
    caller: &Caller,
) -> Result<Outcome, Failed> {
    let failed = |problem| Failed { problem, page: if caller.is_known() { LINKED } else { LOGIN } };
    let actor = same_person(caller, flow).ok_or_else(|| failed(Problem::OtherPerson))?;
    access::instance_grant::<ManageProviders>(actor).map_err(|_| failed(Problem::OtherPerson))?;
    let said = ask(cx, provider, flow, returned).await;
    let kept = async {
        let trial = trial::judge(cx, &provider.into(), said).await?;
        trial::keep(cx, &provider.id, actor, &trial).await
    };
    kept.await.map_err(|error| failed(sso::ours(error)))?;
    Ok(Outcome::Tried(provider.id.clone()))
}

/// The caller, if they began this in a browser.
fn same_person<'a>(caller: &'a Caller, flow: &Flow) -> Option<&'a Actor> {
    let actor = caller.actor().ok()?;
    let same = flow.user_id.as_ref() == Some(actor.id()) && matches!(actor.via, Via::Cookie(_));
    same.then_some(actor)
}

/// Asks the provider who it is.
async fn ask(
    cx: &Services,
    provider: &OAuthProvider,
    flow: &Flow,
    returned: &Returned<'_>,
) -> Result<sso::Asserted, super::Broken> {
    let broken = |problem, detail: &str| super::Broken { problem, detail: detail.to_owned() };
    let code = match returned.code {
        Some(code) if !returned.is_error && !code.is_empty() => code,
        _ => return Err(broken(Problem::Declined, "The provider sent an error instead of a code.")),
    };
    if let (Some(named), Some(issuer)) = (returned.issuer, &provider.issuer_url)
        && named != issuer
    {
        return Err(broken(Problem::Untrusted, "The answer came from another issuer."));
    }
    let secrets = async {
        let mut lease = cx.db.acquire().await?;
        let sealed = store::oauth_providers::secret(lease.conn(), &provider.id).await?.ok_or(Error::NotFound)?;
        drop(lease);
        let client_secret = cx.unseal(Purpose::ClientSecret, &sealed)?;
        let own = cx.unseal(Purpose::Flow, &flow.secrets)?;
        let own = serde_json::from_str(&own).map_err(|_| Error::Internal { reference: "flow".to_owned() })?;
        Ok::<(String, Secrets), Error>((client_secret, own))
    };
    let (client_secret, own) =
        secrets.await.map_err(|error| broken(sso::ours(error), "A secret of this instance could not be read."))?;
    let redirect_uri = callback(cx, provider);
    let exchange = Exchange { code, verifier: &own.verifier, nonce: &own.nonce, redirect_uri: &redirect_uri };
    let said = identity::identify(cx, provider, &client_secret, &exchange).await;
    if let Err(super::Broken { detail, .. }) = &said {
        tracing::warn!(provider.id = %provider.id, %detail, "A sign-in at a provider did not work: {detail}");
    }
    said
}
