//! Providers of SAML, as administrators see them, and what browsers bring from them.

use std::collections::BTreeMap;

use model::access;
use model::sso::{Expiry, ListedSamlProvider, SamlCertificate, SamlInput};
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use super::oauth::required_claims;
use super::users::Role;
use crate::extract::{Fields, FromBody, FromQuery, Params};

/// `soon` is within 30 days. Answers are accepted all the same: the provider decides when it changes its certificate.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum CertificateExpiry {
    Fine,
    Soon,
    Over,
}

/// A certificate that answers are checked with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SamlCertificate)]
pub(crate) struct ShownCertificate {
    #[schema(example = "CN=login.orbit.example, O=Orbit")]
    subject: String,
    /// SHA-256.
    #[schema(
        example = "3F:9A:0C:52:77:D1:E8:40:0B:66:12:AF:95:C3:38:6E:F1:24:8D:7B:50:E2:19:CA:03:DE:84:61:B7:2C:98:05"
    )]
    fingerprint: String,
    #[schema(format = DateTime)]
    not_before: String,
    #[schema(format = DateTime)]
    not_after: String,
    expiry: CertificateExpiry,
}

impl From<SamlCertificate> for ShownCertificate {
    fn from(certificate: SamlCertificate) -> Self {
        Self {
            subject: certificate.subject,
            fingerprint: certificate.fingerprint,
            not_before: to_wire(certificate.not_before),
            not_after: to_wire(certificate.not_after),
            expiry: match certificate.expiry {
                Expiry::Fine => CertificateExpiry::Fine,
                Expiry::Soon => CertificateExpiry::Soon,
                Expiry::Over => CertificateExpiry::Over,
            },
        }
    }
}

/// A SAML provider.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SamlProvider)]
pub(crate) struct AdminSamlProvider {
    #[schema(example = "cmkq2v7dk0001l2a4orbitsaml")]
    id: String,
    #[schema(example = "Orbit")]
    name: String,
    /// The name in addresses. Never changes.
    #[schema(example = "orbit")]
    url_name: String,
    /// What the provider calls itself.
    #[schema(example = "https://login.orbit.example/metadata")]
    entity_id: String,
    #[schema(example = "https://login.orbit.example/sso")]
    sso_url: String,
    /// What answers are checked with, in PEM.
    #[schema(example = "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----\n")]
    certificate: String,
    certificates: Vec<ShownCertificate>,
    /// What the provider calls this instance; `null` for the address of the metadata.
    #[schema(required = true)]
    sp_entity_id: Option<String>,
    /// What the provider calls this instance, whether set or not.
    #[schema(example = "https://changelog.example.com/api/auth/saml/metadata/orbit")]
    service_entity_id: String,
    /// Where the provider sends its answers.
    #[schema(example = "https://changelog.example.com/api/auth/saml/callback/orbit")]
    callback_url: String,
    #[schema(example = "https://changelog.example.com/api/auth/saml/metadata/orbit")]
    metadata_url: String,
    #[schema(example = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress")]
    name_id_format: String,
    #[schema(example = "email")]
    email_attribute: String,
    #[schema(example = "name")]
    name_attribute: String,
    enabled: bool,
    is_default: bool,
    #[schema(example = json!(["orbit.example"]))]
    allowed_email_domains: Vec<String>,
    block_existing_users: bool,
    #[schema(example = json!({ "groups": "admins | editors" }))]
    required_claims: BTreeMap<String, String>,
    default_role: Role,
    allow_signup: bool,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<ListedSamlProvider> for AdminSamlProvider {
    fn from(listed: ListedSamlProvider) -> Self {
        let provider = listed.provider;
        Self {
            id: provider.id.into(),
            name: provider.name,
            url_name: provider.slug,
            entity_id: provider.entity_id,
            sso_url: provider.sso_url,
            certificate: provider.certificates,
            certificates: listed.certificates.into_iter().map(Into::into).collect(),
            sp_entity_id: Some(provider.sp_entity_id).filter(|id| !id.is_empty()),
            service_entity_id: listed.entity_id,
            callback_url: listed.callback_url,
            metadata_url: listed.metadata_url,
            name_id_format: provider.name_id_format,
            email_attribute: provider.email_attribute,
            name_attribute: provider.name_attribute,
            enabled: provider.enabled,
            is_default: provider.is_default,
            allowed_email_domains: provider.rules.allowed_email_domains,
            block_existing_users: provider.rules.block_existing_users,
            required_claims: provider.rules.required_claims,
            default_role: provider.rules.default_role.into(),
            allow_signup: provider.rules.allow_signup,
            created_at: to_wire(provider.created_at),
            updated_at: to_wire(provider.updated_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdminSamlProviders {
    pub providers: Vec<AdminSamlProvider>,
}

/// What can be set of a SAML provider. Absent members keep what is there.
#[derive(ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "the description of what `SamlChanges` reads")]
#[schema(as = SamlProviderChanges, example = json!({
    "name": "Orbit", "entityId": "https://login.orbit.example/metadata", "ssoUrl": "https://login.orbit.example/sso",
    "certificate": "-----BEGIN CERTIFICATE-----\nMIIB…\n-----END CERTIFICATE-----", "enabled": true, "isDefault": false,
    "allowedEmailDomains": ["orbit.example"], "requiredClaims": { "groups": "editors" }
}))]
pub(crate) struct SamlChangesBody {
    name: Option<String>,
    /// Only when a provider is added; made from the name where it is absent.
    url_name: Option<String>,
    entity_id: Option<String>,
    sso_url: Option<String>,
    /// PEM or bare Base64; several while one certificate follows another.
    certificate: Option<String>,
    sp_entity_id: Option<String>,
    name_id_format: Option<String>,
    email_attribute: Option<String>,
    name_attribute: Option<String>,
    enabled: Option<bool>,
    is_default: Option<bool>,
    allowed_email_domains: Option<Vec<String>>,
    block_existing_users: Option<bool>,
    required_claims: Option<BTreeMap<String, String>>,
    #[schema(value_type = Option<Role>)]
    default_role: Option<String>,
    allow_signup: Option<bool>,
}

type Text = fn(&mut SamlInput) -> &mut String;

/// Members that are plain texts, of which `null` is the empty one.
const TEXTS: [(&str, Text); 9] = [
    ("name", |input| &mut input.name),
    ("urlName", |input| &mut input.slug),
    ("entityId", |input| &mut input.entity_id),
    ("ssoUrl", |input| &mut input.sso_url),
    ("certificate", |input| &mut input.certificate),
    ("spEntityId", |input| &mut input.sp_entity_id),
    ("nameIdFormat", |input| &mut input.name_id_format),
    ("emailAttribute", |input| &mut input.email_attribute),
    ("nameAttribute", |input| &mut input.name_attribute),
];

/// What was sent of a provider.
#[derive(Debug, Default)]
pub(crate) struct SamlChanges {
    texts: Vec<(Text, String)>,
    enabled: Option<bool>,
    is_default: Option<bool>,
    allowed_email_domains: Option<Vec<String>>,
    block_existing_users: Option<bool>,
    required_claims: Option<BTreeMap<String, String>>,
    default_role: Option<access::Role>,
    allow_signup: Option<bool>,
}

impl FromBody for SamlChanges {
    fn read(fields: &mut Fields) -> Self {
        let texts = TEXTS
            .into_iter()
            .filter_map(|(name, place)| fields.nullable_text(name).map(|text| (place, text.unwrap_or_default())));
        let texts = texts.collect();
        let default_role = fields.text("defaultRole").and_then(|text| {
            let role = text.parse().ok();
            if role.is_none() {
                fields.fail("defaultRole", "defaultRole must be ADMIN, STAFF or VIEWER.");
            }
            role
        });
        Self {
            texts,
            enabled: fields.flag("enabled"),
            is_default: fields.flag("isDefault"),
            allowed_email_domains: fields.texts("allowedEmailDomains"),
            block_existing_users: fields.flag("blockExistingUsers"),
            required_claims: required_claims(fields),
            default_role,
            allow_signup: fields.flag("allowSignup"),
        }
    }
}

impl SamlChanges {
    /// What was sent, over what is there.
    pub fn over(self, mut input: SamlInput) -> SamlInput {
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
        input.enabled = self.enabled.unwrap_or(input.enabled);
        input.is_default = self.is_default.unwrap_or(input.is_default);
        input
    }
}

/// What a provider's page makes a browser post.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of a form")]
#[schema(as = SamlAnswer, example = json!({ "SAMLResponse": "PHNhbWxwOlJlc3BvbnNl…", "RelayState": "k3v0…" }))]
pub(crate) struct SamlAnswerBody {
    /// A signed response, in Base64.
    #[schema(rename = "SAMLResponse")]
    saml_response: String,
    /// What this instance gave the provider to bring back.
    #[schema(rename = "RelayState")]
    relay_state: String,
}

/// What a browser got for a provider's answer.
#[derive(Debug)]
pub(crate) struct SamlTicket(pub Option<String>);

impl FromQuery for SamlTicket {
    fn read(params: &mut Params) -> Self {
        Self(params.text("ticket").map(str::to_owned))
    }
}
