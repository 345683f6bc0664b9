//! Sign-in providers, for administrators: server functions and pages.

mod edit;
mod fields;
mod list;
mod new;
mod shared;
mod trial;

use leptos::prelude::*;
#[cfg(feature = "ssr")]
use model::sso::{AuthMethod, ProviderInput, SignInRules, read_claims, read_list};
use model::sso::{OAuthProvider, Trial};
#[cfg(feature = "ssr")]
use model::{Error, Role};
use model::{ProviderId, Result};
use serde::{Deserialize, Serialize};
use ui::{TabLink, TabNav};

pub use edit::ProviderPage;
pub use list::ProviderListPage;
pub use new::ProviderNewPage;
pub(crate) use shared::{DeleteQuestion, DeleteSection, Kind, OnSignInPage, Rules};
pub(crate) use trial::TrialSection;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::ManageProviders;
#[cfg(feature = "ssr")]
use services::oauth::{self, providers};

/// Where the pages are.
const PATH: &str = "/dashboard/admin/sign-in";

/// Leads from the providers of one kind to those of the other.
#[component]
pub(crate) fn ProviderTabs(
    /// Whether this is the page of SAML.
    saml: bool,
) -> impl IntoView {
    view! {
        <TabNav label="Kinds of providers">
            <TabLink href=PATH current=!saml>"OAuth and OpenID Connect"</TabLink>
            <TabLink href=format!("{PATH}/saml") current=saml>"SAML"</TabLink>
        </TabNav>
    }
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderLine {
    pub provider: OAuthProvider,
    pub people: i64,
}

/// The list, and what providers mean for passwords and second steps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Providers {
    pub lines: Vec<ProviderLine>,
    pub sso_only: bool,
    pub sso_second_factor: bool,
}

/// One provider with everything its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneProvider {
    pub provider: OAuthProvider,
    pub callback_url: String,
    pub trial: Option<Trial>,
    /// Addresses of the people who could not sign in any more without it.
    pub depending: Vec<String>,
}

/// The fields of the form, as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderForm {
    pub name: String,
    pub icon_key: String,
    pub issuer_url: String,
    pub authorization_url: String,
    pub token_url: String,
    pub user_info_url: String,
    pub emails_url: String,
    pub client_id: String,
    pub client_secret: String,
    pub auth_method: String,
    pub scopes: String,
    pub enabled: bool,
    pub is_default: bool,
    pub domains: String,
    pub block_existing_users: bool,
    pub claims: String,
    pub role: String,
    pub allow_signup: bool,
    pub trust_email: bool,
}

#[cfg(feature = "ssr")]
impl ProviderForm {
    fn input(self) -> Result<ProviderInput> {
        let required_claims = read_claims(&self.claims).map_err(|message| Error::field("requiredClaims", message))?;
        let default_role: Role = self.role.parse().map_err(|_| Error::field("defaultRole", "Choose a role."))?;
        let auth_method = AuthMethod::try_from(self.auth_method)
            .map_err(|_| Error::field("authMethod", "Choose how the secret is sent."))?;
        Ok(ProviderInput {
            name: self.name,
            slug: String::new(),
            icon_key: Some(self.icon_key),
            issuer_url: self.issuer_url,
            authorization_url: self.authorization_url,
            token_url: self.token_url,
            user_info_url: self.user_info_url,
            emails_url: self.emails_url,
            client_id: self.client_id,
            client_secret: self.client_secret,
            auth_method,
            scopes: read_list(&self.scopes),
            enabled: self.enabled,
            is_default: self.is_default,
            rules: SignInRules {
                allowed_email_domains: read_list(&self.domains),
                block_existing_users: self.block_existing_users,
                required_claims,
                default_role,
                allow_signup: self.allow_signup,
                trust_email: self.trust_email,
            },
        })
    }
}

/// All providers.
#[server(prefix = "/rpc", endpoint = "providers/list")]
pub async fn list_providers() -> Result<Providers> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let listed = providers::list(&cx.services, &may).await?;
        let settings = services::instance::load(&cx.services).await?;
        let line =
            |listed: providers::ListedProvider| ProviderLine { provider: listed.provider, people: listed.people };
        Ok(Providers {
            lines: listed.into_iter().map(line).collect(),
            sso_only: settings.sso_only,
            sso_second_factor: settings.sso_second_factor,
        })
    })
    .await
}

/// One provider.
#[server(prefix = "/rpc", endpoint = "providers/get")]
pub async fn get_provider(provider: ProviderId) -> Result<OneProvider> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let found = providers::get(&cx.services, &may, &provider).await?;
        let depending = providers::depending(&cx.services, &may, &provider).await?;
        Ok(OneProvider {
            callback_url: providers::callback_url(&cx.services, &found),
            trial: oauth::last_trial(&cx.services, &may, &provider).await?,
            depending: depending.into_iter().map(|person| person.email).collect(),
            provider: found,
        })
    })
    .await
}

/// Adds a provider and goes to its page.
#[server(prefix = "/rpc", endpoint = "providers/create")]
pub async fn create_provider(form: ProviderForm) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let provider = providers::create(&cx.services, &may, form.input()?).await?;
        leptos_axum::redirect(&format!("{PATH}/{}", provider.id));
        Ok(())
    })
    .await
}

/// Changes a provider. An empty secret keeps the one that is there.
#[server(prefix = "/rpc", endpoint = "providers/update")]
pub async fn update_provider(provider: ProviderId, form: ProviderForm) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        providers::update(&cx.services, &may, &provider, form.input()?).await.map(drop)
    })
    .await
}

/// Deletes a provider whose name was typed, and goes to the list.
#[server(prefix = "/rpc", endpoint = "providers/delete")]
pub async fn delete_provider(provider: ProviderId, #[server(default)] confirm: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let found = providers::get(&cx.services, &may, &provider).await?;
        if confirm.trim() != found.name {
            return Err(Error::field("confirm", "That is not the name of the provider."));
        }
        // The dialog has named the people who depend on it.
        providers::delete(&cx.services, &may, &provider, true).await?;
        leptos_axum::redirect(PATH);
        Ok(())
    })
    .await
}

/// Sets what providers mean for passwords and second steps.
#[server(prefix = "/rpc", endpoint = "providers/settings")]
pub async fn save_sign_in_settings(
    #[server(default)] sso_only: bool,
    #[server(default)] sso_second_factor: bool,
) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        services::sso::save_settings(&cx.services, &may, sso_only, sso_second_factor).await
    })
    .await
}
