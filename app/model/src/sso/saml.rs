//! Providers of SAML 2.0.

use serde::{Deserialize, Serialize};

use super::oauth::address;
use super::rules::SignInRules;
use crate::check::{self, Checker};
use crate::ids::ProviderId;
use crate::time::Timestamp;

/// Ways in which a provider may name people, with words for them. Names that change with every sign-in are not among
/// them: nobody could be recognised by one.
pub const NAME_ID_FORMATS: [(&str, &str); 3] = [
    ("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "E-mail address"),
    ("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "Persistent id"),
    ("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "Whatever the provider has set"),
];

/// Days before its end from which a certificate is pointed out.
pub const WARN_DAYS: i64 = 30;

/// A provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
#[serde(rename_all = "camelCase")]
pub struct SamlProvider {
    pub id: ProviderId,
    /// The only part of it that stands in addresses. Never changes.
    pub slug: String,
    pub name: String,
    /// What the provider calls itself.
    pub entity_id: String,
    /// Where requests go.
    pub sso_url: String,
    /// What answers are signed with, one after another in PEM; several while one follows another. They are public.
    pub certificates: String,
    /// What the provider calls this instance; empty for the address of the metadata.
    pub sp_entity_id: String,
    pub name_id_format: String,
    pub email_attribute: String,
    pub name_attribute: String,
    pub enabled: bool,
    /// Shown first and emphasised; at most one.
    pub is_default: bool,
    #[serde(flatten)]
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub rules: SignInRules,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl SamlProvider {
    /// Where signing in through it begins.
    pub fn authorize_path(&self) -> String {
        format!("/api/auth/saml/authorize/{}", self.slug)
    }

    /// Where the provider sends its answers (the assertion consumer service), below the address of the instance.
    pub fn callback_path(&self) -> String {
        format!("/api/auth/saml/callback/{}", self.slug)
    }

    /// What the provider can read about this instance.
    pub fn metadata_path(&self) -> String {
        format!("/api/auth/saml/metadata/{}", self.slug)
    }
}

/// What people have to know about a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SamlCertificate {
    pub subject: String,
    /// SHA-256, in hexadecimal with colons.
    pub fingerprint: String,
    pub not_before: Timestamp,
    pub not_after: Timestamp,
    pub expiry: Expiry,
}

/// How near the end of a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Expiry {
    Fine,
    /// Within [`WARN_DAYS`].
    Soon,
    Over,
}

impl Expiry {
    pub fn of(not_after: Timestamp, now: Timestamp) -> Self {
        match (not_after - now).num_days() {
            _ if not_after <= now => Expiry::Over,
            0..WARN_DAYS => Expiry::Soon,
            _ => Expiry::Fine,
        }
    }
}

/// A provider with what administrators see beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedSamlProvider {
    pub provider: SamlProvider,
    pub certificates: Vec<SamlCertificate>,
    /// How many people use it.
    pub people: i64,
    /// What is set at the provider: what this instance is called, where answers go, and where both can be read.
    pub entity_id: String,
    pub callback_url: String,
    pub metadata_url: String,
}

impl ListedSamlProvider {
    /// The worst state that matters: an old certificate is of no interest while there is one that is good for long.
    pub fn expiry(&self) -> Expiry {
        let states = self.certificates.iter().map(|certificate| certificate.expiry);
        states.min_by_key(|state| *state as u8).unwrap_or(Expiry::Over)
    }
}

/// What an administrator sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SamlInput {
    pub name: String,
    /// Only when a provider is added; made from the name when it is empty.
    pub slug: String,
    pub entity_id: String,
    pub sso_url: String,
    /// PEM or bare Base64, one or more.
    pub certificate: String,
    pub sp_entity_id: String,
    pub name_id_format: String,
    pub email_attribute: String,
    pub name_attribute: String,
    pub enabled: bool,
    pub is_default: bool,
    pub rules: SignInRules,
}

impl Default for SamlInput {
    fn default() -> Self {
        Self {
            name: String::new(),
            slug: String::new(),
            entity_id: String::new(),
            sso_url: String::new(),
            certificate: String::new(),
            sp_entity_id: String::new(),
            name_id_format: NAME_ID_FORMATS[0].0.to_owned(),
            email_attribute: "email".to_owned(),
            name_attribute: "name".to_owned(),
            enabled: true,
            is_default: false,
            rules: SignInRules::default(),
        }
    }
}

impl From<&SamlProvider> for SamlInput {
    fn from(provider: &SamlProvider) -> Self {
        let provider = provider.clone();
        Self {
            name: provider.name,
            slug: provider.slug,
            entity_id: provider.entity_id,
            sso_url: provider.sso_url,
            certificate: provider.certificates,
            sp_entity_id: provider.sp_entity_id,
            name_id_format: provider.name_id_format,
            email_attribute: provider.email_attribute,
            name_attribute: provider.name_attribute,
            enabled: provider.enabled,
            is_default: provider.is_default,
            rules: provider.rules,
        }
    }
}

impl SamlInput {
    /// The values as they are kept, and what is wrong with them. The certificates are read by whoever can read them.
    pub fn checked(self, is_new: bool, form: &mut Checker) -> Self {
        let name = form.take("name", check::line(&self.name, "The name", 1, 60));
        let slug = self.slug.trim().to_lowercase();
        let slug_fits =
            slug.len() <= 60 && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_new && !slug_fits {
            form.fail("slug", "The name in addresses has a to z, 0 to 9 and hyphens, at most 60 of them.");
        }
        let entity_id = form.take("entityId", check::line(&self.entity_id, "The entity id", 1, 1024));
        let sso_url = form.take("ssoUrl", address(&self.sso_url, "The sign-in address", false));
        let sp_entity_id = form.take("spEntityId", check::line(&self.sp_entity_id, "The entity id", 0, 1024));
        let email_attribute = form.take("emailAttribute", check::line(&self.email_attribute, "The attribute", 0, 200));
        let name_attribute = form.take("nameAttribute", check::line(&self.name_attribute, "The attribute", 0, 200));
        let name_id_format = self.name_id_format.trim().to_owned();
        if !NAME_ID_FORMATS.iter().any(|(format, _)| *format == name_id_format) {
            let known: Vec<&str> = NAME_ID_FORMATS.iter().map(|(format, _)| *format).collect();
            form.fail("nameIdFormat", format!("People are named in one of these ways: {}.", known.join(", ")));
        }
        let rules = self.rules.checked(form);
        Self {
            name,
            slug,
            entity_id,
            sso_url,
            sp_entity_id,
            name_id_format,
            email_attribute,
            name_attribute,
            // What a provider signs counts as confirmed anyway.
            rules: SignInRules { trust_email: false, ..rules },
            ..self
        }
    }
}
