//! Sign-in providers of SAML 2.0, for administrators: server functions and pages. Those of OAuth are in
//! [`crate::providers`].

mod edit;
mod fields;
mod list;
mod new;

use leptos::prelude::*;
use model::sso::{ListedSamlProvider, Trial};
#[cfg(feature = "ssr")]
use model::sso::{SamlInput, SignInRules, read_claims, read_list};
#[cfg(feature = "ssr")]
use model::{Error, Role};
use model::{ProviderId, Result};
use serde::{Deserialize, Serialize};

pub use edit::SamlProviderPage;
pub use list::SamlProviderListPage;
pub use new::SamlProviderNewPage;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::ManageProviders;
#[cfg(feature = "ssr")]
use services::saml::{self, providers};

/// Where the pages are.
const PATH: &str = "/dashboard/admin/sign-in/saml";

/// One provider with everything its page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OneSamlProvider {
    pub listed: ListedSamlProvider,
    pub trial: Option<Trial>,
    /// Addresses of the people who could not sign in any more without it.
    pub depending: Vec<String>,
}

/// The fields of the form, as they are typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SamlForm {
    pub name: String,
    pub entity_id: String,
    pub sso_url: String,
    pub certificate: String,
    pub sp_entity_id: String,
    pub name_id_format: String,
    pub email_attribute: String,
    pub name_attribute: String,
    pub enabled: bool,
    pub is_default: bool,
    pub domains: String,
    pub block_existing_users: bool,
    pub claims: String,
    pub role: String,
    pub allow_signup: bool,
}

#[cfg(feature = "ssr")]
impl SamlForm {
    fn input(self) -> Result<SamlInput> {
        let required_claims = read_claims(&self.claims).map_err(|message| Error::field("requiredClaims", message))?;
        let default_role: Role = self.role.parse().map_err(|_| Error::field("defaultRole", "Choose a role."))?;
        Ok(SamlInput {
            name: self.name,
            slug: String::new(),
            entity_id: self.entity_id,
            sso_url: self.sso_url,
            certificate: self.certificate,
            sp_entity_id: self.sp_entity_id,
            name_id_format: self.name_id_format,
            email_attribute: self.email_attribute,
            name_attribute: self.name_attribute,
            enabled: self.enabled,
            is_default: self.is_default,
            rules: SignInRules {
                allowed_email_domains: read_list(&self.domains),
                block_existing_users: self.block_existing_users,
                required_claims,
                default_role,
                allow_signup: self.allow_signup,
                trust_email: false,
            },
        })
    }
}

/// All providers.
#[server(prefix = "/rpc", endpoint = "saml-providers/list")]
pub async fn list_saml_providers() -> Result<Vec<ListedSamlProvider>> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        providers::list(&cx.services, &may).await
    })
    .await
}

/// One provider.
#[server(prefix = "/rpc", endpoint = "saml-providers/get")]
pub async fn get_saml_provider(provider: ProviderId) -> Result<OneSamlProvider> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let depending = providers::depending(&cx.services, &may, &provider).await?;
        Ok(OneSamlProvider {
            listed: providers::get(&cx.services, &may, &provider).await?,
            trial: saml::last_trial(&cx.services, &may, &provider).await?,
            depending: depending.into_iter().map(|person| person.email).collect(),
        })
    })
    .await
}

/// Adds a provider and goes to its page.
#[server(prefix = "/rpc", endpoint = "saml-providers/create")]
pub async fn create_saml_provider(form: SamlForm) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let provider = providers::create(&cx.services, &may, form.input()?).await?;
        leptos_axum::redirect(&format!("{PATH}/{}", provider.id));
        Ok(())
    })
    .await
}

/// Changes a provider.
#[server(prefix = "/rpc", endpoint = "saml-providers/update")]
pub async fn update_saml_provider(provider: ProviderId, form: SamlForm) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        providers::update(&cx.services, &may, &provider, form.input()?).await.map(drop)
    })
    .await
}

/// Deletes a provider whose name was typed, and goes to the list.
#[server(prefix = "/rpc", endpoint = "saml-providers/delete")]
pub async fn delete_saml_provider(provider: ProviderId, #[server(default)] confirm: String) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageProviders>()?;
        let found = providers::get(&cx.services, &may, &provider).await?;
        if confirm.trim() != found.provider.name {
            return Err(Error::field("confirm", "That is not the name of the provider."));
        }
        // The page has named the people who depend on it.
        providers::delete(&cx.services, &may, &provider, true).await?;
        leptos_axum::redirect(PATH);
        Ok(())
    })
    .await
}
