//! Signing in through providers of OAuth 2.0 (RFC 6749) and OpenID Connect: what administrators set ([`providers`]), and
//! the way to a provider and back ([`begin`], [`finish`]). What comes back goes to [`crate::sso`].

mod discovery;
mod flow;
mod id_token;
mod identity;
mod keys;
pub mod providers;
mod trial;

use model::Result;
use model::sso::{OAuthProvider, ProviderButton, ProviderKind};

use crate::{Services, sso};

pub use flow::{BROWSER_COOKIE, Begun, Failed, Intent, Outcome, Returned, begin, finish};
pub(crate) use keys::Keys;
pub(crate) use trial::judge;
pub use trial::last_trial;

impl<'a> From<&'a OAuthProvider> for sso::Provider<'a> {
    fn from(provider: &'a OAuthProvider) -> Self {
        Self { kind: ProviderKind::OAuth, id: &provider.id, name: &provider.name, rules: &provider.rules }
    }
}

/// The enabled providers, the default one first. Everybody may know them.
pub async fn buttons(cx: &Services) -> Result<Vec<ProviderButton>> {
    let mut lease = cx.db.acquire().await?;
    let providers = store::oauth_providers::list(lease.conn()).await?;
    let enabled = providers.into_iter().filter(|provider| provider.enabled);
    Ok(enabled
        .map(|provider| ProviderButton {
            path: provider.authorize_path(),
            id: provider.id,
            name: provider.name,
            slug: provider.slug,
            icon: provider.icon_key,
            is_default: provider.is_default,
        })
        .collect())
}

/// Something that did not go well between a provider and us: what the person reads, and what an administrator who looks
/// for the cause does. Neither holds a provider's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broken {
    pub problem: model::sso::Problem,
    pub detail: String,
}

impl From<crate::outgoing::Trouble> for Broken {
    fn from(trouble: crate::outgoing::Trouble) -> Self {
        use crate::outgoing::Trouble as T;
        use model::sso::Problem;
        let problem = match trouble {
            T::Unreachable { .. } | T::Slow { .. } | T::Unknown { .. } => Problem::Unreachable,
            _ => Problem::Misconfigured,
        };
        Self { problem, detail: trouble.to_string() }
    }
}
