//! The ways to sign in through a provider, as plain links: they work without scripts, and a form would not be let out of
//! this site.

use leptos::prelude::*;
use model::Result;
use model::sso::ProviderButton;
use serde::{Deserialize, Serialize};

use crate::params::encode;
#[cfg(feature = "ssr")]
use crate::server::act_public;

/// What the sign-in page offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInWays {
    pub providers: Vec<ProviderButton>,
    /// Whether the form for passwords is hidden. Administrators may still use theirs.
    pub sso_only: bool,
    /// Whether a forgotten password can be reset by mail.
    pub resets: bool,
}

/// What there is to sign in with. Everybody may know that.
#[server(prefix = "/rpc/public", endpoint = "account/sign-in-ways")]
pub async fn get_sign_in_ways() -> Result<SignInWays> {
    act_public(async |cx| {
        let providers = services::sso::buttons(&cx.services).await?;
        let sso_only = services::instance::shared(&cx.services).await?.sso_only;
        let resets = services::password_reset::is_offered(&cx.services).await?;
        Ok(SignInWays { providers, sso_only, resets })
    })
    .await
}

/// A link for each provider, the default one first and emphasised. Nothing where there are none.
#[component]
pub fn ProviderButtons(
    ways: SignInWays,
    /// The path to go to afterwards; may be empty.
    #[prop(into)]
    target: String,
) -> impl IntoView {
    let emphasised = ways.sso_only;
    let links = ways.providers.into_iter().map(move |button| {
        let primary = button.is_default && emphasised;
        let class = match (primary, button.is_default) {
            (true, _) => "button button-primary",
            (false, true) => "button button-quiet provider-default",
            (false, false) => "button button-quiet",
        };
        let href =
            if target.is_empty() { button.path } else { format!("{}?redirect={}", button.path, encode(&target)) };
        view! {
            <a class=class rel="external" href=href>
                <span class="button-label">"Sign in with " <span dir="auto">{button.name}</span></span>
            </a>
        }
    });
    let links: Vec<_> = links.collect();
    (!links.is_empty())
        .then(|| view! { <nav class="provider-buttons stack" aria-label="Other ways to sign in">{links}</nav> })
}
