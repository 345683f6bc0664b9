//! Providers of OAuth 2.0 and OpenID Connect.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::SignInRules;
use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::ProviderId;
use crate::time::Timestamp;

/// How the client proves itself when it exchanges a code (RFC 6749, 2.3.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// In the form.
    #[default]
    Post,
    /// In a header.
    Basic,
}

impl AuthMethod {
    pub fn as_str(self) -> &'static str {
        match self {
            AuthMethod::Post => "post",
            AuthMethod::Basic => "basic",
        }
    }
}

impl TryFrom<String> for AuthMethod {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        match text.as_str() {
            "post" => Ok(AuthMethod::Post),
            "basic" => Ok(AuthMethod::Basic),
            _ => Err(format!("unknown way to prove a client: {text}")),
        }
    }
}

/// A provider. Its secret is not here: it is sealed, and never shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
#[serde(rename_all = "camelCase")]
pub struct OAuthProvider {
    pub id: ProviderId,
    /// The only part of it that stands in addresses. Never changes.
    pub slug: String,
    pub name: String,
    pub icon_key: Option<String>,
    /// With an issuer the provider speaks OpenID Connect, and who it says somebody is has a signature.
    pub issuer_url: Option<String>,
    pub authorization_url: String,
    pub token_url: String,
    /// Empty where the signed answer says everything.
    pub user_info_url: String,
    /// A list of addresses with `primary` and `verified`, as GitHub has it.
    pub emails_url: Option<String>,
    /// The keys that answers are signed with; read from the issuer.
    pub jwks_url: Option<String>,
    pub client_id: String,
    pub has_secret: bool,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub auth_method: AuthMethod,
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub scopes: Vec<String>,
    pub enabled: bool,
    /// Shown first and emphasised; at most one.
    pub is_default: bool,
    #[serde(flatten)]
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub rules: SignInRules,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl OAuthProvider {
    /// Where signing in through it begins.
    pub fn authorize_path(&self) -> String {
        format!("/api/auth/oauth/authorize/{}", self.slug)
    }

    /// What is registered at the provider, below the address of the instance.
    pub fn callback_path(&self) -> String {
        format!("/api/auth/oauth/callback/{}", self.slug)
    }
}

/// What an administrator sets. An empty secret keeps the one that is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProviderInput {
    pub name: String,
    /// Only when a provider is added; made from the name when it is empty.
    pub slug: String,
    pub icon_key: Option<String>,
    pub issuer_url: String,
    pub authorization_url: String,
    pub token_url: String,
    pub user_info_url: String,
    pub emails_url: String,
    pub client_id: String,
    pub client_secret: String,
    pub auth_method: AuthMethod,
    pub scopes: Vec<String>,
    pub enabled: bool,
    pub is_default: bool,
    pub rules: SignInRules,
}

impl From<&OAuthProvider> for ProviderInput {
    fn from(provider: &OAuthProvider) -> Self {
        let provider = provider.clone();
        Self {
            name: provider.name,
            slug: provider.slug,
            icon_key: provider.icon_key,
            issuer_url: provider.issuer_url.unwrap_or_default(),
            authorization_url: provider.authorization_url,
            token_url: provider.token_url,
            user_info_url: provider.user_info_url,
            emails_url: provider.emails_url.unwrap_or_default(),
            client_id: provider.client_id,
            client_secret: String::new(),
            auth_method: provider.auth_method,
            scopes: provider.scopes,
            enabled: provider.enabled,
            is_default: provider.is_default,
            rules: provider.rules,
        }
    }
}

impl ProviderInput {
    /// The values as they are kept. With an issuer the other addresses may be missing: they are read from it.
    ///
    /// # Errors
    /// `Invalid`, naming every field that is wrong as it is called on the wire.
    pub fn checked(self, is_new: bool) -> Result<Self> {
        let mut form = Checker::new();
        let name = form.take("name", check::line(&self.name, "The name", 1, 60));
        let slug = self.slug.trim().to_lowercase();
        let slug_fits =
            slug.len() <= 60 && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if is_new && !slug_fits {
            form.fail("slug", "The name in addresses has a to z, 0 to 9 and hyphens, at most 60 of them.");
        }
        let issuer_url = form.take("issuerUrl", address(&self.issuer_url, "The issuer", true));
        let optional = !issuer_url.is_empty();
        let mut addresses = [
            ("authorizationUrl", "The authorisation address", &self.authorization_url, optional),
            ("tokenUrl", "The token address", &self.token_url, optional),
            ("userInfoUrl", "The user info address", &self.user_info_url, optional),
            ("emailsUrl", "The address for e-mails", &self.emails_url, true),
        ]
        .map(|(field, what, text, optional)| form.take(field, address(text, what, optional)));
        let [authorization_url, token_url, user_info_url, emails_url] = &mut addresses;
        let client_id = form.take("clientId", check::line(&self.client_id, "The client id", 1, 500));
        let client_secret = self.client_secret.trim().to_owned();
        if is_new && client_secret.is_empty() {
            form.fail("clientSecret", "The client secret is missing.");
        } else if client_secret.len() > 4000 || client_secret.chars().any(char::is_control) {
            form.fail("clientSecret", "The client secret is one line of at most 4000 characters.");
        }
        let mut scopes: Vec<String> = Vec::new();
        for scope in self.scopes.iter().flat_map(|scope| scope.split_whitespace()) {
            // RFC 6749, 3.3.
            if !scope.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\') || scope.len() > 200
            {
                form.fail("scopes", "A scope has printable characters without quotation marks and backslashes.");
                break;
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        if scopes.is_empty() && !form.has("scopes") {
            form.fail("scopes", "Ask for at least one scope, usually openid, profile and email.");
        } else if scopes.len() > 50 {
            form.fail("scopes", "At most 50 scopes are allowed.");
        } else if !issuer_url.is_empty() && !scopes.iter().any(|scope| scope == "openid") && !form.has("scopes") {
            form.fail("scopes", "A provider with an issuer needs the scope openid.");
        }
        let icon_key = self.icon_key.map(|key| key.trim().to_lowercase()).filter(|key| !key.is_empty());
        if icon_key
            .as_ref()
            .is_some_and(|key| key.len() > 40 || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
        {
            form.fail("iconKey", "An icon is named by at most 40 letters, digits and hyphens.");
        }
        let rules = self.rules.checked(&mut form);
        let checked = Self {
            name,
            slug,
            icon_key,
            issuer_url,
            authorization_url: std::mem::take(authorization_url),
            token_url: std::mem::take(token_url),
            user_info_url: std::mem::take(user_info_url),
            emails_url: std::mem::take(emails_url),
            client_id,
            client_secret,
            scopes,
            rules,
            ..self
        };
        form.finish()?;
        Ok(checked)
    }
}

/// An address of https, or of http for a host in one's own network; whether it may be asked is decided when it is.
pub(super) fn address(text: &str, what: &str, optional: bool) -> std::result::Result<String, String> {
    let text = text.trim();
    if text.is_empty() {
        return if optional { Ok(String::new()) } else { Err(format!("{what} is missing.")) };
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let fits = !host.is_empty()
        && !host.contains('@')
        && text.len() <= 2000
        && !text.contains('#')
        && text.chars().all(|c| !c.is_whitespace() && !c.is_control());
    if fits {
        Ok(text.to_owned())
    } else {
        Err(format!("{what} must be an address such as https://sso.example.com/…."))
    }
}

/// A list as people type it: commas, spaces and new lines part its members.
pub fn read_list(text: &str) -> Vec<String> {
    text.split([',', ' ', '\n', '\r', '\t', ';'])
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Claims as people type them, one a line: `groups = admins | editors`.
///
/// # Errors
/// The first line that is none.
pub fn read_claims(text: &str) -> std::result::Result<BTreeMap<String, String>, String> {
    let mut claims = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((name, value)) = line.split_once('=') else {
            let shown: String = line.chars().take(60).collect();
            return Err(format!("Write one claim a line, as in groups = admins | editors. This is none: “{shown}”"));
        };
        claims.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    Ok(claims)
}

/// The opposite of [`read_claims`].
pub fn claim_lines(claims: &BTreeMap<String, String>) -> String {
    claims.iter().map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join("\n")
}
