//! Providers, as administrators set them.

use model::sso::{AuthMethod, OAuthProvider, ProviderInput, ProviderKind};
use model::users::User;
use model::{Error, ProviderId, Result};
use serde_json::json;

use super::discovery::{self, Discovered};
use crate::Services;
use crate::access::{InstanceGrant, ManageProviders};
use crate::sealed::Purpose;
use crate::sso::providers::{Changes, check_name, check_room, disconnect, record, set_default, slug, taken};

/// A provider with how many people use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedProvider {
    pub provider: OAuthProvider,
    pub people: i64,
}

/// All of them, the default one first.
pub async fn list(cx: &Services, _may: &InstanceGrant<ManageProviders>) -> Result<Vec<ListedProvider>> {
    let mut lease = cx.db.acquire().await?;
    let mut listed = Vec::new();
    for provider in store::oauth_providers::list(lease.conn()).await? {
        let people = store::connections::count(lease.conn(), ProviderKind::OAuth, &provider.id).await?;
        listed.push(ListedProvider { provider, people });
    }
    Ok(listed)
}

/// # Errors
/// `NotFound`.
pub async fn get(cx: &Services, _may: &InstanceGrant<ManageProviders>, id: &ProviderId) -> Result<OAuthProvider> {
    let mut lease = cx.db.acquire().await?;
    store::oauth_providers::find(lease.conn(), id).await?.ok_or(Error::NotFound)
}

/// People who could not sign in any more without this provider.
///
/// # Errors
/// `NotFound`.
pub async fn depending(cx: &Services, _may: &InstanceGrant<ManageProviders>, id: &ProviderId) -> Result<Vec<User>> {
    let mut lease = cx.db.acquire().await?;
    store::oauth_providers::find(lease.conn(), id).await?.ok_or(Error::NotFound)?;
    Ok(store::connections::depending(lease.conn(), ProviderKind::OAuth, id).await?)
}

/// What has to be registered at the provider.
pub fn callback_url(cx: &Services, provider: &OAuthProvider) -> String {
    super::flow::callback(cx, provider)
}

/// Adds a provider. With an issuer, the other addresses are read from it.
///
/// # Errors
/// `Invalid`, naming every field that is wrong; `Conflict` when there are 50 already.
pub async fn create(
    cx: &Services,
    may: &InstanceGrant<ManageProviders>,
    input: ProviderInput,
) -> Result<OAuthProvider> {
    let input = input.checked(true)?;
    let found = discovered(cx, &input).await?;
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let others = store::oauth_providers::list(tx.conn()).await?;
    check_room(others.len())?;
    check_name(store::oauth_providers::name_exists(tx.conn(), &input.name.to_lowercase(), None).await?)?;
    let sealed = cx.seal(Purpose::ClientSecret, &input.client_secret)?;
    let slug = slug(&input.slug, &input.name, |slug| others.iter().any(|other| other.slug == slug))?;
    let is_default = input.is_default;
    let empty = OAuthProvider {
        id: cx.random.id(now, ProviderId::compose),
        slug,
        name: String::new(),
        icon_key: None,
        issuer_url: None,
        authorization_url: String::new(),
        token_url: String::new(),
        user_info_url: String::new(),
        emails_url: None,
        jwks_url: None,
        client_id: String::new(),
        has_secret: true,
        auth_method: AuthMethod::Post,
        scopes: Vec::new(),
        enabled: false,
        is_default: false,
        rules: Default::default(),
        created_at: now,
        updated_at: now,
    };
    let mut provider = filled(empty, input, found);
    store::oauth_providers::insert(tx.conn(), &provider, &sealed).await.map_err(taken)?;
    if is_default {
        set_default(tx.conn(), ProviderKind::OAuth, Some(&provider.id)).await?;
        provider.is_default = true;
    }
    let details = json!({ "name": provider.name, "slug": provider.slug, "enabled": provider.enabled });
    record(cx, &mut tx, may, "CREATE_OAUTH_PROVIDER", &provider.id, details).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Changes a provider. The name in addresses stays; an empty secret keeps the one that is there.
///
/// # Errors
/// `NotFound`; `Invalid`, naming every field that is wrong.
pub async fn update(
    cx: &Services,
    may: &InstanceGrant<ManageProviders>,
    id: &ProviderId,
    input: ProviderInput,
) -> Result<OAuthProvider> {
    let before = get(cx, may, id).await?;
    let input = input.checked(false)?;
    // Asks only when something about it changed: an administrator must be able to switch off a provider that is down.
    let asks = before.issuer_url.as_deref().unwrap_or_default().trim_end_matches('/')
        != input.issuer_url.trim_end_matches('/')
        || before.auth_method != input.auth_method;
    let found = if asks || before.jwks_url.is_none() { discovered(cx, &input).await? } else { None };
    let mut tx = cx.db.begin().await?;
    let before = store::oauth_providers::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    check_name(store::oauth_providers::name_exists(tx.conn(), &input.name.to_lowercase(), Some(id)).await?)?;
    let sealed = match input.client_secret.as_str() {
        "" => None,
        secret => Some(cx.seal(Purpose::ClientSecret, secret)?),
    };
    let is_default = input.is_default;
    let mut provider = filled(before.clone(), input, found);
    provider.is_default = is_default;
    provider.updated_at = cx.clock.now();
    let mut changed = changes(&before, &provider);
    if sealed.is_some() {
        changed.push("clientSecret");
    }
    if changed.is_empty() {
        return Ok(before);
    }
    store::oauth_providers::update(tx.conn(), &provider, sealed.as_deref()).await.map_err(taken)?;
    if before.is_default != is_default {
        set_default(tx.conn(), ProviderKind::OAuth, is_default.then_some(id)).await?;
    }
    let details = json!({ "name": provider.name, "changed": changed });
    record(cx, &mut tx, may, "UPDATE_OAUTH_PROVIDER", &provider.id, details).await?;
    tx.commit().await?;
    Ok(provider)
}

/// Deletes a provider with its connections; accounts of people stay. `knows` says that the caller has seen who could
/// not sign in any more.
///
/// # Errors
/// `NotFound`; `Conflict` when people depend on it and the caller has not said that they know.
pub async fn delete(cx: &Services, may: &InstanceGrant<ManageProviders>, id: &ProviderId, knows: bool) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let provider = store::oauth_providers::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    let (connections, depending) = disconnect(tx.conn(), ProviderKind::OAuth, id, &provider.name, knows).await?;
    store::oauth_providers::delete(tx.conn(), id).await?;
    let details = json!({ "name": provider.name, "connections": connections, "withoutSignIn": depending.len() });
    record(cx, &mut tx, may, "DELETE_OAUTH_PROVIDER", &provider.id, details).await?;
    tx.commit().await?;
    Ok(())
}

/// What the issuer says, where there is one.
async fn discovered(cx: &Services, input: &ProviderInput) -> Result<Option<Discovered>> {
    if input.issuer_url.is_empty() {
        return Ok(None);
    }
    let found = discovery::discover(cx, &input.issuer_url).await;
    let found = found.map_err(|message| Error::field("issuerUrl", message))?;
    let (method, other) = match input.auth_method {
        AuthMethod::Post => ("client_secret_post", "in a header (Basic)"),
        AuthMethod::Basic => ("client_secret_basic", "in the form (POST)"),
    };
    if found.takes(method) {
        Ok(Some(found))
    } else {
        Err(Error::field("authMethod", format!("The provider does not take the secret this way. Send it {other}.")))
    }
}

/// The provider with what was set; what an issuer says about itself goes before what was typed.
fn filled(provider: OAuthProvider, input: ProviderInput, found: Option<Discovered>) -> OAuthProvider {
    let text = |text: String| Some(text).filter(|text| !text.is_empty());
    let mut filled = OAuthProvider {
        name: input.name,
        icon_key: input.icon_key,
        authorization_url: text(input.authorization_url).unwrap_or_else(|| provider.authorization_url.clone()),
        token_url: text(input.token_url).unwrap_or_else(|| provider.token_url.clone()),
        user_info_url: input.user_info_url,
        emails_url: text(input.emails_url),
        client_id: input.client_id,
        auth_method: input.auth_method,
        scopes: input.scopes,
        enabled: input.enabled,
        rules: input.rules,
        ..provider
    };
    match found {
        Some(found) => {
            filled.issuer_url = Some(found.issuer);
            filled.authorization_url = found.authorization_endpoint;
            filled.token_url = found.token_endpoint;
            filled.user_info_url = found.userinfo_endpoint;
            filled.jwks_url = Some(found.jwks_uri);
        }
        None if input.issuer_url.is_empty() => {
            filled.issuer_url = None;
            filled.jwks_url = None;
        }
        None => {}
    }
    filled
}

/// The names of what differs, as they are called on the wire.
fn changes(before: &OAuthProvider, after: &OAuthProvider) -> Vec<&'static str> {
    let mut changed = Changes::default();
    changed.note("name", before.name != after.name);
    changed.note("iconKey", before.icon_key != after.icon_key);
    changed.note("issuerUrl", before.issuer_url != after.issuer_url);
    changed.note("authorizationUrl", before.authorization_url != after.authorization_url);
    changed.note("tokenUrl", before.token_url != after.token_url);
    changed.note("userInfoUrl", before.user_info_url != after.user_info_url);
    changed.note("emailsUrl", before.emails_url != after.emails_url);
    changed.note("jwksUrl", before.jwks_url != after.jwks_url);
    changed.note("clientId", before.client_id != after.client_id);
    changed.note("authMethod", before.auth_method != after.auth_method);
    changed.note("scopes", before.scopes != after.scopes);
    changed.note("enabled", before.enabled != after.enabled);
    changed.note("isDefault", before.is_default != after.is_default);
    changed.note_rules(&before.rules, &after.rules);
    changed.names()
}
