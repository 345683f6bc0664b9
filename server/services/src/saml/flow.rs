//! To a provider and back, in three steps.
//!
//! The provider's answer is a form that its page posts to us: another site's request, with which browsers send no
//! cookies. So it cannot show yet whether it comes from the browser that began. [`receive`] checks the answer itself,
//! keeps what it says, and leads the browser on with a ticket; the request it then makes is a plain navigation and has
//! the cookies, which [`finish`] compares. Neither half is of use without the other: an answer that somebody else has
//! obtained opens nothing in this browser, and a ticket nothing in another.

use chrono::Duration;
use model::check::local_path;
use model::sso::{Problem, SamlProvider};
use model::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::saml_flows::Flow;

use super::{find, identity, trial};
use crate::access::{self, ClientInfo, ManageOwnAccount, ManageProviders};
use crate::caller::{Caller, set_cookie};
use crate::limits::{self, Rule};
use crate::oauth::{BROWSER_COOKIE, Begun, Broken, Failed, Intent, Outcome};
use crate::sealed::Purpose;
use crate::sso::Asserted;
use crate::{Actor, Services, Via, confirmation, sso, tokens};

/// How long somebody may be at the provider.
const LIFE: Duration = Duration::minutes(10);
/// How long the browser has for the last step, which it takes by itself.
const TICKET_LIFE: Duration = Duration::minutes(2);
/// 258 random bits.
const TOKEN_LENGTH: usize = 43;
/// Longer targets are left for the first page.
const LONGEST_TARGET: usize = 2000;

const LOGIN: &str = "/login";
const LINKED: &str = "/dashboard/account/linked";

/// What a provider's page makes the browser post.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// What names the provider in the address.
    pub provider: &'a str,
    pub response: Option<&'a str>,
    pub relay_state: Option<&'a str>,
}

/// What the browser brings to the last step.
#[derive(Debug, Clone, Copy)]
pub struct Returned<'a> {
    /// What names the provider in the address.
    pub provider: &'a str,
    pub ticket: Option<&'a str>,
    /// The value of [`BROWSER_COOKIE`].
    pub browser: Option<&'a str>,
}

/// What a provider has said, between the two steps.
#[derive(Serialize, Deserialize)]
enum Said {
    About { external_id: String, email: String, name: Option<String>, claims: Value },
    Broken { problem: Problem, detail: String },
}

impl From<Result<Asserted, Broken>> for Said {
    fn from(said: Result<Asserted, Broken>) -> Self {
        match said {
            Ok(Asserted { external_id, email, name, claims, .. }) => Said::About { external_id, email, name, claims },
            Err(Broken { problem, detail }) => Said::Broken { problem, detail },
        }
    }
}

impl From<Said> for Result<Asserted, Broken> {
    fn from(said: Said) -> Self {
        match said {
            Said::About { external_id, email, name, claims } => {
                Ok(Asserted { external_id, email, email_verified: Some(true), name, claims })
            }
            Said::Broken { problem, detail } => Err(Broken { problem, detail }),
        }
    }
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
    // An XML id begins with a letter or an underscore.
    let request_id = format!("_{}", cx.random.token(TOKEN_LENGTH));
    let now = cx.clock.now();
    let request = ::saml::AuthnRequest {
        id: &request_id,
        issued_at: now,
        sso_url: &provider.sso_url,
        entity_id: &super::entity_id(cx, &provider),
        acs_url: &super::callback_url(cx, &provider),
        name_id_format: &provider.name_id_format,
    };
    let location = request.address(&state);
    let target = target.and_then(local_path).filter(|target| target.len() <= LONGEST_TARGET);
    let flow = Flow {
        state_hash: tokens::hash(&state),
        provider_id: provider.id,
        browser_hash: tokens::hash(&browser),
        request_id,
        purpose: intent.name().to_owned(),
        user_id: intent.actor().map(|actor| actor.id().clone()),
        redirect_to: target.unwrap_or("/dashboard").to_owned(),
        said: None,
        expires_at: now + LIFE,
    };
    let mut tx = cx.db.begin().await?;
    store::saml_flows::insert(tx.conn(), &flow, now).await?;
    tx.commit().await?;
    Ok(Begun { location, set_cookie: set_cookie(cx, BROWSER_COOKIE, &browser, LIFE.num_seconds()) })
}

/// Takes a provider's answer, and gives the path that the browser goes to next.
pub async fn receive(cx: &Services, answer: Answer<'_>, client: &ClientInfo) -> Result<String, Failed> {
    let failed = |problem| Failed { problem, page: LOGIN };
    let limited = limits::take(cx, Rule::Sso, &limits::client(client.ip.as_deref())).await;
    limited.map_err(|error| failed(sso::ours(error)))?;
    match received(cx, &answer).await {
        Ok(path) => Ok(path),
        Err((name, problem)) => {
            sso::refused(cx, &name, &problem, client).await;
            Err(failed(problem))
        }
    }
}

async fn received(cx: &Services, answer: &Answer<'_>) -> Result<String, (String, Problem)> {
    let unnamed = |error: Error| (String::new(), sso::ours(error));
    let Some(provider) = find(cx, answer.provider).await.map_err(unnamed)? else {
        return Err((String::new(), Problem::Expired));
    };
    let (Some(response), Some(state)) = (answer.response, answer.relay_state) else {
        return Err((provider.name, Problem::Expired));
    };
    match kept(cx, &provider, response, &tokens::hash(state)).await {
        Ok(Some(ticket)) => Ok(format!("{}?ticket={ticket}", provider.callback_path())),
        Ok(None) => Err((provider.name, Problem::Expired)),
        Err(error) => Err((provider.name, sso::ours(error))),
    }
}

/// Keeps what an answer says for the flow that waits for it, and makes a ticket; `None` if no flow does.
async fn kept(cx: &Services, provider: &SamlProvider, response: &str, state: &str) -> Result<Option<String>> {
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let waiting = store::saml_flows::find_waiting(lease.conn(), state, &provider.id, now).await?;
    drop(lease);
    // One that was switched off meanwhile signs nobody in.
    let Some(flow) = waiting.filter(|flow| provider.enabled || flow.purpose == "test") else { return Ok(None) };

    let mut tx;
    let said = match identity::read(cx, provider, &flow.request_id, response) {
        Ok(assertion) => {
            let id = tokens::hash(&assertion.id);
            tx = cx.db.begin().await?;
            match store::saml_flows::use_assertion(tx.conn(), &provider.id, &id, assertion.expires_at, now).await {
                Ok(()) => identity::asserted(provider, &assertion),
                Err(store::Error::Duplicate) => {
                    // After a refusal a transaction is of no use on PostgreSQL.
                    drop(tx);
                    tx = cx.db.begin().await?;
                    let detail = "The assertion was used before.".to_owned();
                    Err(Broken { problem: Problem::Untrusted, detail })
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(broken) => {
            tx = cx.db.begin().await?;
            Err(broken)
        }
    };
    if let Err(Broken { detail, .. }) = &said {
        tracing::warn!(provider.id = %provider.id, %detail, "A sign-in at a provider did not work: {detail}");
    }
    let said =
        serde_json::to_string(&Said::from(said)).map_err(|_| Error::Internal { reference: "flow".to_owned() })?;
    let sealed = cx.seal(Purpose::Flow, &said)?;
    let ticket = cx.random.token(TOKEN_LENGTH);
    let ends = now + TICKET_LIFE;
    let answered = store::saml_flows::answer(tx.conn(), state, &tokens::hash(&ticket), &sealed, ends).await?;
    tx.commit().await?;
    Ok(answered.then_some(ticket))
}

/// Ends a way to a provider, in the browser that began it.
pub async fn finish(
    cx: &Services,
    returned: Returned<'_>,
    caller: &Caller,
    client: &ClientInfo,
) -> Result<Outcome, Failed> {
    // Whoever is signed in would be sent on from the sign-in page, and would not read it.
    let page = if caller.is_known() { LINKED } else { LOGIN };
    let (provider, flow, said) = match taken(cx, &returned).await {
        Ok(taken) => taken,
        Err((name, problem)) => {
            sso::refused(cx, &name, &problem, client).await;
            return Err(Failed { problem, page });
        }
    };
    match flow.purpose.as_str() {
        "link" => link(cx, &provider, &flow, said, caller, client).await,
        "test" => test(cx, &provider, &flow, said, caller).await,
        _ => sign_in(cx, &provider, &flow, said, client).await,
    }
}

type Taken = (SamlProvider, Flow, Result<Asserted, Broken>);

async fn taken(cx: &Services, returned: &Returned<'_>) -> Result<Taken, (String, Problem)> {
    let unnamed = |error: Error| (String::new(), sso::ours(error));
    let Some(provider) = find(cx, returned.provider).await.map_err(unnamed)? else {
        return Err((String::new(), Problem::Expired));
    };
    let Some(ticket) = returned.ticket else { return Err((provider.name, Problem::Expired)) };
    let browser = tokens::hash(returned.browser.unwrap_or_default());
    let taken = async {
        let mut tx = cx.db.begin().await?;
        let flow =
            store::saml_flows::take(tx.conn(), &tokens::hash(ticket), &provider.id, &browser, cx.clock.now()).await?;
        tx.commit().await?;
        let Some((flow, sealed)) = flow.and_then(|mut flow| flow.said.take().map(|said| (flow, said))) else {
            return Ok(None);
        };
        let said: Said = serde_json::from_str(&cx.unseal(Purpose::Flow, &sealed)?)
            .map_err(|_| Error::Internal { reference: "flow".to_owned() })?;
        Ok::<_, Error>(Some((flow, said)))
    };
    match taken.await {
        Ok(Some((flow, said))) if provider.enabled || flow.purpose == "test" => Ok((provider, flow, said.into())),
        Ok(_) => Err((provider.name, Problem::Expired)),
        Err(error) => Err((provider.name, sso::ours(error))),
    }
}

async fn sign_in(
    cx: &Services,
    provider: &SamlProvider,
    flow: &Flow,
    said: Result<Asserted, Broken>,
    client: &ClientInfo,
) -> Result<Outcome, Failed> {
    let failed = |problem| Failed { problem, page: LOGIN };
    let asserted = match said {
        Ok(asserted) => asserted,
        Err(Broken { problem, .. }) => {
            sso::refused(cx, &provider.name, &problem, client).await;
            return Err(failed(problem));
        }
    };
    let progress = sso::resolve(cx, &provider.into(), &asserted, client).await.map_err(failed)?;
    Ok(Outcome::SignedIn { progress, target: flow.redirect_to.clone() })
}

async fn link(
    cx: &Services,
    provider: &SamlProvider,
    flow: &Flow,
    said: Result<Asserted, Broken>,
    caller: &Caller,
    client: &ClientInfo,
) -> Result<Outcome, Failed> {
    let problem = match (same_person(caller, flow), said) {
        (None, _) => Problem::OtherPerson,
        (Some(_), Err(broken)) => broken.problem,
        (Some(actor), Ok(asserted)) => {
            let attached = sso::attach(cx, &provider.into(), &asserted, actor).await;
            return attached.map(|()| Outcome::Linked).map_err(|problem| Failed { problem, page: LINKED });
        }
    };
    sso::refused(cx, &provider.name, &problem, client).await;
    Err(Failed { problem, page: if caller.is_known() { LINKED } else { LOGIN } })
}

async fn test(
    cx: &Services,
    provider: &SamlProvider,
    flow: &Flow,
    said: Result<Asserted, Broken>,
    caller: &Caller,
) -> Result<Outcome, Failed> {
    let failed = |problem| Failed { problem, page: if caller.is_known() { LINKED } else { LOGIN } };
    let actor = same_person(caller, flow).ok_or_else(|| failed(Problem::OtherPerson))?;
    access::instance_grant::<ManageProviders>(actor).map_err(|_| failed(Problem::OtherPerson))?;
    let kept = async {
        let trial = trial::judge(cx, provider, said).await?;
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
