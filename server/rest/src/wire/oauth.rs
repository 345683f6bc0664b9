//! Sign-in providers, as people and as administrators see them.

use std::collections::BTreeMap;

use model::access;
use model::sso::{AuthMethod, Connection, Linked, OAuthProvider, ProviderButton, ProviderInput, ProviderKind, Way};
use model::time::to_wire;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::users::Role;
use crate::extract::{Fields, FromBody, FromQuery, Params};

/// A button of the sign-in page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkq2v7dk0001l2a4orbitsso1", "name": "Orbit SSO", "urlName": "orbit-sso", "isDefault": true
}))]
pub(crate) struct SignInProvider {
    id: String,
    name: String,
    /// The name in addresses.
    url_name: String,
    /// Shown first and emphasised.
    is_default: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignInProviders {
    providers: Vec<SignInProvider>,
}

impl From<Vec<ProviderButton>> for SignInProviders {
    fn from(buttons: Vec<ProviderButton>) -> Self {
        let provider = |button: ProviderButton| SignInProvider {
            id: button.id.into(),
            name: button.name,
            url_name: button.slug,
            is_default: button.is_default,
        };
        Self { providers: buttons.into_iter().map(provider).collect() }
    }
}

/// A provider beside an account of one's own.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = LinkedProvider, example = json!({
    "id": "cmkq2v7dk0001l2a4orbitsso1", "name": "Orbit SSO", "urlName": "orbit-sso", "enabled": true, "isDefault": true
}))]
pub(crate) struct KnownProvider {
    id: String,
    name: String,
    url_name: String,
    enabled: bool,
    is_default: bool,
}

impl From<&Way> for KnownProvider {
    fn from(way: &Way) -> Self {
        Self {
            id: way.id.to_string(),
            name: way.name.clone(),
            url_name: way.slug.clone(),
            enabled: way.enabled,
            is_default: way.is_default,
        }
    }
}

/// An account at a provider of OAuth or OpenID Connect.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Connection)]
pub(crate) struct OwnConnection {
    #[schema(example = "cmkq30a1c0002l2a4connected")]
    id: String,
    #[schema(example = "cmkq2v7dk0001l2a4orbitsso1")]
    provider_id: String,
    provider: KnownProvider,
    /// What the provider calls the account.
    #[schema(example = "248289761001")]
    provider_user_id: String,
    /// Always `null`: no token of the provider is kept, so nothing expires.
    #[schema(format = DateTime, required = true)]
    expires_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// The last sign-in this way.
    #[schema(format = DateTime)]
    updated_at: String,
}

/// An account at a provider of SAML.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SamlConnection)]
pub(crate) struct OwnSamlConnection {
    #[schema(example = "cmkq30a1c0003l2a4connected")]
    id: String,
    #[schema(example = "cmkq2v7dk0001l2a4orbitsaml")]
    provider_id: String,
    provider: KnownProvider,
    #[schema(example = "mara@orbit.example")]
    name_id: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Connections {
    connections: Vec<OwnConnection>,
    all_providers: Vec<KnownProvider>,
    saml_connections: Vec<OwnSamlConnection>,
    #[serde(rename = "allSAMLProviders")]
    all_saml_providers: Vec<KnownProvider>,
}

impl From<Linked> for Connections {
    fn from(linked: Linked) -> Self {
        let of = |kind: ProviderKind| {
            let own = linked.connections.iter().filter(move |connection| connection.kind == kind);
            own.filter_map(|connection| Some((connection, KnownProvider::from(linked.way(connection)?))))
        };
        let used = |connection: &Connection| to_wire(connection.last_used_at.unwrap_or(connection.created_at));
        let oauth = of(ProviderKind::OAuth).map(|(connection, provider)| OwnConnection {
            id: connection.id.to_string(),
            provider_id: connection.provider_id.to_string(),
            provider,
            provider_user_id: connection.external_id.clone(),
            expires_at: None,
            created_at: to_wire(connection.created_at),
            updated_at: used(connection),
        });
        let saml = of(ProviderKind::Saml).map(|(connection, provider)| OwnSamlConnection {
            id: connection.id.to_string(),
            provider_id: connection.provider_id.to_string(),
            provider,
            name_id: connection.external_id.clone(),
            created_at: to_wire(connection.created_at),
            updated_at: used(connection),
        });
        let all = |kind| linked.ways.iter().filter(move |way| way.kind == kind).map(KnownProvider::from).collect();
        Self {
            connections: oauth.collect(),
            saml_connections: saml.collect(),
            all_providers: all(ProviderKind::OAuth),
            all_saml_providers: all(ProviderKind::Saml),
        }
    }
}

/// `post` sends the secret in the form, `basic` in a header.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum ClientAuthMethod {
    Post,
    Basic,
}

/// A provider. Its client secret is in no answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OAuthProvider, example = json!({
    "id": "cmkq2v7dk0001l2a4orbitsso1", "name": "Orbit SSO", "urlName": "orbit-sso", "iconKey": "oidc",
    "issuerUrl": "https://sso.orbit.example", "authorizationUrl": "https://sso.orbit.example/authorize",
    "tokenUrl": "https://sso.orbit.example/token", "userInfoUrl": "https://sso.orbit.example/userinfo",
    "emailsUrl": null, "callbackUrl": "https://changelog.example.com/api/auth/oauth/callback/orbit-sso",
    "clientId": "tidings", "hasSecret": true, "authMethod": "post", "scopes": ["openid", "profile", "email"],
    "enabled": true, "isDefault": true, "allowedEmailDomains": ["orbit.example"], "blockExistingUsers": false,
    "requiredClaims": { "groups": "admins | editors" }, "defaultRole": "STAFF", "allowSignup": true,
    "trustEmail": false, "createdAt": "2026-03-04T09:00:00.000Z", "updatedAt": "2026-03-04T09:00:00.000Z"
}))]
pub(crate) struct AdminProvider {
    id: String,
    name: String,
    /// The name in addresses. Never changes.
    url_name: String,
    #[schema(required = true)]
    icon_key: Option<String>,
    /// With an issuer the other addresses are read from it, and ID tokens are verified.
    #[schema(required = true)]
    issuer_url: Option<String>,
    authorization_url: String,
    token_url: String,
    user_info_url: String,
    /// A list of addresses as GitHub has it.
    #[schema(required = true)]
    emails_url: Option<String>,
    /// What has to be registered at the provider.
    callback_url: String,
    client_id: String,
    has_secret: bool,
    auth_method: ClientAuthMethod,
    scopes: Vec<String>,
    enabled: bool,
    is_default: bool,
    allowed_email_domains: Vec<String>,
    block_existing_users: bool,
    required_claims: BTreeMap<String, String>,
    default_role: Role,
    allow_signup: bool,
    trust_email: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl AdminProvider {
    pub fn new(provider: OAuthProvider, callback_url: String) -> Self {
        Self {
            id: provider.id.into(),
            name: provider.name,
            url_name: provider.slug,
            icon_key: provider.icon_key,
            issuer_url: provider.issuer_url,
            authorization_url: provider.authorization_url,
            token_url: provider.token_url,
            user_info_url: provider.user_info_url,
            emails_url: provider.emails_url,
            callback_url,
            client_id: provider.client_id,
            has_secret: provider.has_secret,
            auth_method: match provider.auth_method {
                AuthMethod::Post => ClientAuthMethod::Post,
                AuthMethod::Basic => ClientAuthMethod::Basic,
            },
            scopes: provider.scopes,
            enabled: provider.enabled,
            is_default: provider.is_default,
            allowed_email_domains: provider.rules.allowed_email_domains,
            block_existing_users: provider.rules.block_existing_users,
            required_claims: provider.rules.required_claims,
            default_role: provider.rules.default_role.into(),
            allow_signup: provider.rules.allow_signup,
            trust_email: provider.rules.trust_email,
            created_at: to_wire(provider.created_at),
            updated_at: to_wire(provider.updated_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminProviders {
    pub providers: Vec<AdminProvider>,
}

/// What can be set of a provider. Absent members keep what is there; an empty or absent secret does, too.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `ProviderChanges` reads")]
#[schema(as = OAuthProviderChanges, example = json!({
    "name": "Orbit SSO", "clientId": "tidings", "clientSecret": "…", "issuerUrl": "https://sso.orbit.example",
    "scopes": ["openid", "profile", "email"], "enabled": true, "isDefault": true,
    "allowedEmailDomains": ["orbit.example"], "blockExistingUsers": false, "requiredClaims": { "groups": "editors" }
}))]
pub(crate) struct ProviderChangesBody {
    name: Option<String>,
    /// Only when a provider is added; made from the name where it is absent.
    url_name: Option<String>,
    icon_key: Option<String>,
    issuer_url: Option<String>,
    authorization_url: Option<String>,
    token_url: Option<String>,
    user_info_url: Option<String>,
    emails_url: Option<String>,
    client_id: Option<String>,
    #[schema(write_only)]
    client_secret: Option<String>,
    #[schema(value_type = Option<ClientAuthMethod>)]
    auth_method: Option<String>,
    scopes: Option<Vec<String>>,
    enabled: Option<bool>,
    is_default: Option<bool>,
    allowed_email_domains: Option<Vec<String>>,
    block_existing_users: Option<bool>,
    required_claims: Option<BTreeMap<String, String>>,
    #[schema(value_type = Option<Role>)]
    default_role: Option<String>,
    allow_signup: Option<bool>,
    trust_email: Option<bool>,
}

/// What was sent of a provider.
#[derive(Debug, Default)]
pub(crate) struct ProviderChanges {
    texts: Vec<(Text, String)>,
    icon_key: Option<Option<String>>,
    auth_method: Option<AuthMethod>,
    scopes: Option<Vec<String>>,
    enabled: Option<bool>,
    is_default: Option<bool>,
    allowed_email_domains: Option<Vec<String>>,
    block_existing_users: Option<bool>,
    required_claims: Option<BTreeMap<String, String>>,
    default_role: Option<access::Role>,
    allow_signup: Option<bool>,
    trust_email: Option<bool>,
}

type Text = fn(&mut ProviderInput) -> &mut String;

/// Members that are plain texts, of which `null` is the empty one.
const TEXTS: [(&str, Text); 9] = [
    ("name", |input| &mut input.name),
    ("urlName", |input| &mut input.slug),
    ("issuerUrl", |input| &mut input.issuer_url),
    ("authorizationUrl", |input| &mut input.authorization_url),
    ("tokenUrl", |input| &mut input.token_url),
    ("userInfoUrl", |input| &mut input.user_info_url),
    ("emailsUrl", |input| &mut input.emails_url),
    ("clientId", |input| &mut input.client_id),
    ("clientSecret", |input| &mut input.client_secret),
];

impl FromBody for ProviderChanges {
    fn read(fields: &mut Fields) -> Self {
        let texts = TEXTS
            .into_iter()
            .filter_map(|(name, place)| fields.nullable_text(name).map(|text| (place, text.unwrap_or_default())));
        let texts = texts.collect();
        let auth_method = fields.text("authMethod").and_then(|text| {
            let method = AuthMethod::try_from(text.to_lowercase()).ok();
            if method.is_none() {
                fields.fail("authMethod", "authMethod must be post or basic.");
            }
            method
        });
        let default_role = fields.text("defaultRole").and_then(|text| {
            let role = text.parse().ok();
            if role.is_none() {
                fields.fail("defaultRole", "defaultRole must be ADMIN, STAFF or VIEWER.");
            }
            role
        });
        Self {
            texts,
            icon_key: fields.nullable_text("iconKey"),
            auth_method,
            scopes: fields.texts("scopes"),
            enabled: fields.flag("enabled"),
            is_default: fields.flag("isDefault"),
            allowed_email_domains: fields.texts("allowedEmailDomains"),
            block_existing_users: fields.flag("blockExistingUsers"),
            required_claims: required_claims(fields),
            default_role,
            allow_signup: fields.flag("allowSignup"),
            trust_email: fields.flag("trustEmail"),
        }
    }
}

pub(super) fn required_claims(fields: &mut Fields) -> Option<BTreeMap<String, String>> {
    let wrong = "requiredClaims must be an object whose values are texts.";
    match fields.value("requiredClaims")? {
        Value::Object(members) => {
            let mut claims = BTreeMap::new();
            for (name, value) in members {
                let Value::String(value) = value else {
                    fields.fail("requiredClaims", wrong);
                    return None;
                };
                claims.insert(name, value);
            }
            Some(claims)
        }
        Value::Array(items) if items.is_empty() => Some(BTreeMap::new()),
        _ => {
            fields.fail("requiredClaims", wrong);
            None
        }
    }
}

impl ProviderChanges {
    /// A new provider: enabled unless something else was sent.
    pub fn into_new(self) -> ProviderInput {
        self.over(ProviderInput { enabled: true, ..ProviderInput::default() })
    }

    /// What was sent, over what is there.
    pub fn over(self, mut input: ProviderInput) -> ProviderInput {
        for (place, text) in self.texts {
            *place(&mut input) = text;
        }
        let rules = &mut input.rules;
        if let Some(domains) = self.allowed_email_domains {
            rules.allowed_email_domains = domains;
        }
        if let Some(claims) = self.required_claims {
            rules.required_claims = claims;
        }
        rules.block_existing_users = self.block_existing_users.unwrap_or(rules.block_existing_users);
        rules.default_role = self.default_role.unwrap_or(rules.default_role);
        rules.allow_signup = self.allow_signup.unwrap_or(rules.allow_signup);
        rules.trust_email = self.trust_email.unwrap_or(rules.trust_email);
        input.icon_key = self.icon_key.unwrap_or(input.icon_key);
        input.auth_method = self.auth_method.unwrap_or(input.auth_method);
        input.scopes = self.scopes.unwrap_or(input.scopes);
        input.enabled = self.enabled.unwrap_or(input.enabled);
        input.is_default = self.is_default.unwrap_or(input.is_default);
        input
    }
}

/// Which providers to list.
#[derive(Debug)]
pub(crate) struct IncludeAll(pub bool);

impl FromQuery for IncludeAll {
    fn read(params: &mut Params) -> Self {
        Self(params.text("includeAll") == Some("true"))
    }
}

/// Whether the caller knows who could not sign in any more.
#[derive(Debug)]
pub(crate) struct Confirm(pub bool);

impl FromQuery for Confirm {
    fn read(params: &mut Params) -> Self {
        Self(params.text("confirm") == Some("true"))
    }
}

/// What a way to a provider begins with.
#[derive(Debug)]
pub(crate) struct SignInTarget {
    pub redirect: Option<String>,
    pub intent: Option<String>,
}

impl FromQuery for SignInTarget {
    fn read(params: &mut Params) -> Self {
        let text = |name: &str| params.text(name).map(str::to_owned);
        Self { redirect: text("redirect").or_else(|| text("redirectTo")), intent: text("intent") }
    }
}

/// What a provider sends back.
#[derive(Debug)]
pub(crate) struct ProviderAnswer {
    pub code: Option<String>,
    pub state: Option<String>,
    pub is_error: bool,
    pub issuer: Option<String>,
}

impl FromQuery for ProviderAnswer {
    fn read(params: &mut Params) -> Self {
        let text = |name: &str| params.text(name).map(str::to_owned);
        Self { code: text("code"), state: text("state"), is_error: params.has("error"), issuer: text("iss") }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProviderDeleted {
    pub success: bool,
}
