//! From what a provider says about somebody to a person of this instance: the rules of the provider, connections,
//! links and new accounts. OAuth, OpenID Connect and SAML all end here, and nothing else makes a sign-in from what a
//! provider says.

mod linked;
pub(crate) mod providers;
mod settings;

use model::sso::{Connection, Problem, ProviderButton, ProviderKind, SignInRules};
use model::users::{self, User};
use model::{ConnectionId, Error, ProviderId, UserId, check};
use serde_json::{Value, json};
use store::{Conn, Tx};

use crate::Services;
use crate::access::{Actor, ClientInfo};
use crate::audit::{self, Event};
use crate::sign_in::{self, Method, Progress};

pub use linked::{linked, unlink};
pub(crate) use settings::check_provider;
pub use settings::save_settings;

/// Who speaks.
#[derive(Debug, Clone, Copy)]
pub struct Provider<'a> {
    pub kind: ProviderKind,
    pub id: &'a ProviderId,
    pub name: &'a str,
    pub rules: &'a SignInRules,
}

/// What a provider says about somebody, after its signature or its connection was checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asserted {
    /// What the provider calls the account, for ever: `sub`, the number of an account, a NameID.
    pub external_id: String,
    /// Empty when the provider names none.
    pub email: String,
    /// `None` where the provider does not say. What a provider of SAML signs counts as confirmed.
    pub email_verified: Option<bool>,
    pub name: Option<String>,
    /// Everything else, for the rules about claims.
    pub claims: Value,
}

/// The enabled providers of every kind, the default one first. Everybody may know them.
pub async fn buttons(cx: &Services) -> model::Result<Vec<ProviderButton>> {
    let mut buttons = crate::oauth::buttons(cx).await?;
    buttons.append(&mut crate::saml::buttons(cx).await?);
    buttons.sort_by_key(|button| (!button.is_default, button.name.to_lowercase()));
    Ok(buttons)
}

/// Who somebody is here.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// Has come through this provider before.
    Known(User),
    /// Has an account with this confirmed address, which is linked now.
    Link(User),
    /// Gets an account with this address.
    Create { email: String },
}

/// Signs somebody in of whom a provider has spoken, or says why not; either is in the audit log.
pub async fn resolve(
    cx: &Services,
    provider: &Provider<'_>,
    asserted: &Asserted,
    client: &ClientInfo,
) -> Result<Progress, Problem> {
    let user = match admit(cx, provider, asserted, client).await {
        Ok(user) => user,
        Err(problem) => {
            refused(cx, provider.name, &problem, client).await;
            return Err(problem);
        }
    };
    let method = Method::Sso { provider: provider.name.to_owned() };
    sign_in::proceed(cx, user, method, client).await.map_err(ours)
}

/// Notes in the audit log why somebody was not signed in. For what goes wrong before [`resolve`], too.
pub async fn refused(cx: &Services, provider: &str, problem: &Problem, client: &ClientInfo) {
    let mut details = json!({ "provider": provider, "reason": problem.code() });
    if let Problem::Domain(domain) = problem {
        details["domain"] = json!(domain.chars().take(253).collect::<String>());
    }
    let noted = async {
        let mut tx = cx.db.begin().await?;
        let event = Event { action: "LOGIN_SSO_FAILURE", details, ..Event::default() };
        audit::record_unknown(cx, tx.conn(), client, event).await?;
        tx.commit().await?;
        Ok::<(), Error>(())
    };
    // Nobody is signed in either way; that the log could not be written is in the server's own log.
    let _ = noted.await;
}

/// Why [`admit`] got nowhere.
pub(crate) enum Stop {
    /// Somebody else has just written what this would have written.
    Again,
    Said(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Stop::Said(problem)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Duplicate => Stop::Again,
            other => Stop::Said(ours(other.into())),
        }
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Said(ours(error))
    }
}

/// The person, with the connection and perhaps the account that they get now. Of two first sign-ins at the same moment
/// one makes the account, and the other finds it then.
async fn admit(
    cx: &Services,
    provider: &Provider<'_>,
    asserted: &Asserted,
    client: &ClientInfo,
) -> Result<User, Problem> {
    for _ in 0..3 {
        match admit_now(cx, provider, asserted, client).await {
            Ok(user) => return Ok(user),
            Err(Stop::Again) => {}
            Err(Stop::Said(problem)) => return Err(problem),
        }
    }
    Err(Problem::Ours)
}

async fn admit_now(
    cx: &Services,
    provider: &Provider<'_>,
    asserted: &Asserted,
    client: &ClientInfo,
) -> Result<User, Stop> {
    let mut tx = cx.db.begin().await?;
    let user = match decide(tx.conn(), provider, asserted).await? {
        Decision::Known(user) => {
            let now = cx.clock.now();
            store::connections::note_use(tx.conn(), provider.kind, provider.id, &asserted.external_id, now).await?;
            user
        }
        Decision::Link(user) => {
            insert(cx, &mut tx, provider, asserted, &user.id).await?;
            let details = json!({ "provider": provider.name, "userId": user.id, "by": "confirmed address" });
            let event = Event { action: "SSO_LINKED", entity: Some(user.id.as_str()), details, ..Event::default() };
            audit::record_unknown(cx, tx.conn(), client, event).await?;
            user
        }
        Decision::Create { email } => create(cx, &mut tx, provider, asserted, email, client).await?,
    };
    tx.commit().await?;
    Ok(user)
}

/// Who somebody is, and whether the rules let them in. Changes nothing.
pub(crate) async fn decide(mut conn: Conn<'_>, provider: &Provider<'_>, asserted: &Asserted) -> Result<Decision, Stop> {
    let rules = provider.rules;
    let email = address(asserted)?;
    let connected =
        store::connections::find_user(conn.again(), provider.kind, provider.id, &asserted.external_id).await?;
    if let Some(user) = connected {
        rules.check_domain(&email)?;
        rules.check_claims(&asserted.claims)?;
        return if user.disabled_at.is_some() { Err(Problem::Disabled.into()) } else { Ok(Decision::Known(user)) };
    }
    let found = store::users::find_by_email(conn.again(), &email).await?;
    rules.check_domain(&email)?;
    if rules.block_existing_users && found.is_some() {
        return Err(Problem::ExistingPerson.into());
    }
    rules.check_claims(&asserted.claims)?;
    // A provider that says that an address is not confirmed makes no account for it either: somebody could take the
    // address of another person and wait until they are linked to it.
    let confirmed = rules.trust_email || asserted.email_verified == Some(true);
    if !confirmed && (found.is_some() || asserted.email_verified == Some(false)) {
        return Err(Problem::UnconfirmedEmail.into());
    }
    let Some(found) = found else {
        return if rules.allow_signup { Ok(Decision::Create { email }) } else { Err(Problem::NoSignup.into()) };
    };
    if found.user.disabled_at.is_some() {
        return Err(Problem::Disabled.into());
    }
    // The address moved to another account at the provider: which of the two is theirs, the person has to say.
    if store::connections::exists(conn, provider.kind, provider.id, &found.user.id).await? {
        return Err(Problem::LinkedAlready.into());
    }
    Ok(Decision::Link(found.user))
}

/// The address as this instance keeps it.
fn address(asserted: &Asserted) -> Result<String, Problem> {
    let id = asserted.external_id.trim();
    if id.is_empty() || id.chars().count() > 1000 || id.contains('\0') {
        return Err(Problem::Untrusted);
    }
    let email = check::email(&asserted.email).map_err(|_| Problem::NoEmail)?;
    if users::is_reserved(&email) || email.contains('\0') { Err(Problem::NoEmail) } else { Ok(email) }
}

/// Connects an account at a provider with a person.
async fn insert(
    cx: &Services,
    tx: &mut Tx,
    provider: &Provider<'_>,
    asserted: &Asserted,
    user: &UserId,
) -> store::Result<()> {
    let now = cx.clock.now();
    let connection = Connection {
        id: cx.random.id(now, ConnectionId::compose),
        kind: provider.kind,
        provider_id: provider.id.clone(),
        external_id: asserted.external_id.clone(),
        created_at: now,
        last_used_at: Some(now),
    };
    store::connections::insert(tx.conn(), user, &connection).await
}

/// Makes an account without a password.
async fn create(
    cx: &Services,
    tx: &mut Tx,
    provider: &Provider<'_>,
    asserted: &Asserted,
    email: String,
    client: &ClientInfo,
) -> Result<User, Stop> {
    let now = cx.clock.now();
    let user = User {
        id: cx.random.id(now, UserId::compose),
        name: Some(display_name(asserted.name.as_deref(), &email)),
        email,
        role: provider.rules.default_role,
        created_at: now,
        last_login_at: None,
        disabled_at: None,
    };
    store::users::insert(tx.conn(), &user, None).await?;
    insert(cx, tx, provider, asserted, &user.id).await?;
    let event = Event {
        action: "USER_REGISTERED",
        entity: Some(user.id.as_str()),
        details: json!({ "email": user.email, "role": user.role.as_str(), "provider": provider.name }),
        ..Event::default()
    };
    audit::record_unknown(cx, tx.conn(), client, event).await?;
    Ok(user)
}

/// The name a provider gives, cut to what a name may be here; the address when that is nothing.
fn display_name(name: Option<&str>, email: &str) -> String {
    let plain: String = name.unwrap_or_default().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = words.chars().take(100).collect();
    let cut = cut.trim_end();
    if cut.chars().count() >= 2 { cut.to_owned() } else { email.chars().take(100).collect() }
}

/// Attaches what a provider has spoken of to the person who asked for it.
pub async fn attach(cx: &Services, provider: &Provider<'_>, asserted: &Asserted, actor: &Actor) -> Result<(), Problem> {
    let problem = match attach_to(cx, provider, asserted, actor).await {
        Ok(()) => return Ok(()),
        // There is a connection of this person or of this account already.
        Err(Stop::Again) => Problem::LinkedAlready,
        Err(Stop::Said(problem)) => problem,
    };
    refused(cx, provider.name, &problem, &actor.client).await;
    Err(problem)
}

async fn attach_to(cx: &Services, provider: &Provider<'_>, asserted: &Asserted, actor: &Actor) -> Result<(), Stop> {
    let email = address(asserted)?;
    provider.rules.check_domain(&email)?;
    if provider.rules.block_existing_users {
        return Err(Problem::ExistingPerson.into());
    }
    provider.rules.check_claims(&asserted.claims)?;
    let mut tx = cx.db.begin().await?;
    let owner = store::connections::find_user(tx.conn(), provider.kind, provider.id, &asserted.external_id).await?;
    match owner {
        Some(owner) if owner.id == *actor.id() => return Err(Problem::LinkedAlready.into()),
        Some(_) => return Err(Problem::TakenByAnother.into()),
        None => insert(cx, &mut tx, provider, asserted, actor.id()).await?,
    }
    let details = json!({ "provider": provider.name });
    let event = Event { action: "SSO_LINKED", entity: Some(actor.id().as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await?;
    tx.commit().await?;
    Ok(())
}

/// What went wrong here and not at the provider; the log has it with its reference already.
pub(crate) fn ours(error: Error) -> Problem {
    match error {
        Error::SlowDown { .. } => Problem::SlowDown,
        Error::SignedOut => Problem::OtherPerson,
        _ => Problem::Ours,
    }
}

/// Who would be left without a way to sign in, in words.
pub(crate) fn only_way(name: &str, people: &[User]) -> String {
    let shown: Vec<&str> = people.iter().take(5).map(|person| person.email.as_str()).collect();
    let more = people.len().saturating_sub(shown.len());
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "{name} is the only way to sign in for {}{more}. Confirm that you delete it all the same.",
        shown.join(", ")
    )
}
