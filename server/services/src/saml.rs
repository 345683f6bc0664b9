//! Signing in through providers of SAML 2.0: what administrators set ([`providers`]), the way to a provider ([`begin`]),
//! its answer ([`receive`]), and the end in the browser that began ([`finish`]). What a signature is worth is decided by
//! the crate `saml`; who somebody is, by [`crate::sso`].

mod flow;
mod identity;
pub mod providers;
mod trial;

use model::sso::{ProviderButton, ProviderKind, SamlProvider};
use model::{Error, Result};

use crate::{Services, sso};

pub use flow::{Answer, Returned, begin, finish, receive};
pub use trial::last_trial;

impl<'a> From<&'a SamlProvider> for sso::Provider<'a> {
    fn from(provider: &'a SamlProvider) -> Self {
        Self { kind: ProviderKind::Saml, id: &provider.id, name: &provider.name, rules: &provider.rules }
    }
}

/// The enabled providers, the default one first. Everybody may know them.
pub async fn buttons(cx: &Services) -> Result<Vec<ProviderButton>> {
    let mut lease = cx.db.acquire().await?;
    let providers = store::saml_providers::list(lease.conn()).await?;
    let enabled = providers.into_iter().filter(|provider| provider.enabled);
    Ok(enabled
        .map(|provider| ProviderButton {
            path: provider.authorize_path(),
            id: provider.id,
            name: provider.name,
            slug: provider.slug,
            icon: None,
            is_default: provider.is_default,
        })
        .collect())
}

/// What a provider may know about this instance, as XML. Everybody may read it.
///
/// # Errors
/// `NotFound` for a provider that is unknown or not enabled.
pub async fn metadata(cx: &Services, address: &str) -> Result<String> {
    let provider = find(cx, address).await?.filter(|provider| provider.enabled).ok_or(Error::NotFound)?;
    Ok(::saml::metadata(&entity_id(cx, &provider), &callback_url(cx, &provider), &provider.name_id_format))
}

/// What a provider calls this instance.
pub(crate) fn entity_id(cx: &Services, provider: &SamlProvider) -> String {
    if provider.sp_entity_id.is_empty() { metadata_url(cx, provider) } else { provider.sp_entity_id.clone() }
}

/// Where answers go.
pub(crate) fn callback_url(cx: &Services, provider: &SamlProvider) -> String {
    format!("{}{}", cx.base_url(), provider.callback_path())
}

pub(crate) fn metadata_url(cx: &Services, provider: &SamlProvider) -> String {
    format!("{}{}", cx.base_url(), provider.metadata_path())
}

async fn find(cx: &Services, address: &str) -> Result<Option<SamlProvider>> {
    // PostgreSQL cannot even look for a text with NUL in it.
    if address.is_empty() || address.len() > 200 || address.contains('\0') {
        return Ok(None);
    }
    let mut lease = cx.db.acquire().await?;
    Ok(store::saml_providers::find_by_address(lease.conn(), address).await?)
}
