//! What is known of well-known providers, so that an administrator fills in a form of five fields.

use super::AuthMethod;
use super::oauth::ProviderInput;

/// A way to fill the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preset {
    /// In addresses, and the key of the icon.
    pub key: &'static str,
    pub name: &'static str,
    /// What the base address is called, and an example; `None` where there is but one.
    pub base: Option<(&'static str, &'static str)>,
    /// What is filled in when nobody gives a base.
    default_base: &'static str,
    issuer: &'static str,
    authorization: &'static str,
    token: &'static str,
    user_info: &'static str,
    emails: &'static str,
    scopes: &'static [&'static str],
    trust_email: bool,
    /// Where the client is made, in words.
    pub help: &'static str,
}

const OPENID: &[&str] = &["openid", "profile", "email"];

const PLAIN: Preset = Preset {
    key: "oidc",
    name: "OpenID Connect",
    base: Some(("Issuer", "https://sso.example.com")),
    default_base: "",
    issuer: "{base}",
    authorization: "",
    token: "",
    user_info: "",
    emails: "",
    scopes: OPENID,
    trust_email: false,
    help: "Any provider with a discovery document. Its issuer is enough; the other addresses are read from it.",
};

/// All presets, the general one first.
pub const PRESETS: &[Preset] = &[
    PLAIN,
    Preset {
        key: "google",
        name: "Google",
        base: None,
        issuer: "https://accounts.google.com",
        help: "Make an OAuth client of the type “Web application” in the Google Cloud console.",
        ..PLAIN
    },
    Preset {
        key: "microsoft",
        name: "Microsoft Entra",
        base: Some(("Directory (tenant) id", "00000000-0000-0000-0000-000000000000")),
        issuer: "https://login.microsoftonline.com/{base}/v2.0",
        trust_email: true,
        help: "Register an application for this directory only. Entra does not say whether an address is confirmed, so \
               the addresses of your directory are trusted; do not use “common” or “organizations” here.",
        ..PLAIN
    },
    Preset {
        key: "github",
        name: "GitHub",
        base: Some(("Address of GitHub", "https://github.com")),
        default_base: "https://github.com",
        issuer: "",
        authorization: "{base}/login/oauth/authorize",
        token: "{base}/login/oauth/access_token",
        user_info: "{api}/user",
        emails: "{api}/user/emails",
        scopes: &["read:user", "user:email"],
        help: "Make an OAuth app under Settings → Developer settings. The confirmed primary address is used.",
        ..PLAIN
    },
    Preset {
        key: "gitlab",
        name: "GitLab",
        base: Some(("Address of GitLab", "https://gitlab.com")),
        default_base: "https://gitlab.com",
        help: "Make an application under Preferences → Applications with the scopes openid, profile and email.",
        ..PLAIN
    },
    Preset {
        key: "pocket-id",
        name: "Pocket ID",
        base: Some(("Address of Pocket ID", "https://id.example.com")),
        authorization: "{base}/authorize",
        token: "{base}/api/oidc/token",
        user_info: "{base}/api/oidc/userinfo",
        help: "Make an OIDC client in Pocket ID.",
        ..PLAIN
    },
    Preset {
        key: "authentik",
        name: "Authentik",
        base: Some(("Address of the application", "https://auth.example.com/application/o/tidings")),
        issuer: "{base}/",
        help: "Make an OAuth2/OpenID provider; its page shows the “OpenID Configuration Issuer”.",
        ..PLAIN
    },
    Preset {
        key: "keycloak",
        name: "Keycloak",
        base: Some(("Address of the realm", "https://auth.example.com/realms/main")),
        help: "Make a client of the type OpenID Connect with client authentication.",
        ..PLAIN
    },
    Preset {
        key: "easypanel",
        name: "Easypanel",
        base: Some(("Address of Easypanel", "https://panel.example.com")),
        issuer: "",
        authorization: "{base}/oauth/authorize",
        token: "{base}/oauth/token",
        user_info: "{base}/oauth/userinfo",
        help: "Make an OAuth client in the settings of Easypanel.",
        ..PLAIN
    },
];

impl Preset {
    pub fn find(key: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.key == key)
    }

    /// The form with everything filled in that follows from the base address.
    pub fn fill(&self, base: &str) -> ProviderInput {
        let base = base.trim().trim_end_matches('/');
        let base = if base.is_empty() { self.default_base } else { base };
        let api =
            if base == "https://github.com" { "https://api.github.com".to_owned() } else { format!("{base}/api/v3") };
        let text = |template: &str| {
            if base.is_empty() && template.contains("{base}") {
                return String::new();
            }
            template.replace("{base}", base).replace("{api}", &api)
        };
        let mut input = ProviderInput {
            name: if self.key == "oidc" { String::new() } else { self.name.to_owned() },
            icon_key: Some(self.key.to_owned()),
            issuer_url: text(self.issuer),
            authorization_url: text(self.authorization),
            token_url: text(self.token),
            user_info_url: text(self.user_info),
            emails_url: text(self.emails),
            scopes: self.scopes.iter().map(|&scope| scope.to_owned()).collect(),
            auth_method: AuthMethod::Post,
            enabled: true,
            ..ProviderInput::default()
        };
        input.rules.trust_email = self.trust_email;
        input
    }
}
