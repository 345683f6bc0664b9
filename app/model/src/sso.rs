//! Signing in through a provider: who gets in, and why somebody does not.

mod oauth;
mod presets;
mod rules;
mod saml;

use serde::{Deserialize, Serialize};

pub use oauth::{AuthMethod, OAuthProvider, ProviderInput, claim_lines, read_claims, read_list};
pub use presets::{PRESETS, Preset};
pub use rules::{SignInRules, claim};
pub use saml::{Expiry, ListedSamlProvider, NAME_ID_FORMATS, SamlCertificate, SamlInput, SamlProvider, WARN_DAYS};

use crate::access::Role;
use crate::ids::{ConnectionId, ProviderId};
use crate::time::Timestamp;

/// The two kinds of providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// OAuth 2.0 and OpenID Connect.
    OAuth,
    Saml,
}

impl ProviderKind {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            ProviderKind::OAuth => "oauth",
            ProviderKind::Saml => "saml",
        }
    }
}

impl TryFrom<String> for ProviderKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.as_str() {
            "oauth" => Ok(ProviderKind::OAuth),
            "saml" => Ok(ProviderKind::Saml),
            _ => Err(format!("unknown kind of provider: {text}")),
        }
    }
}

/// An account at a provider that belongs to a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Connection {
    pub id: ConnectionId,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: ProviderKind,
    pub provider_id: ProviderId,
    /// What the provider calls the account: `sub`, the number of an account, a NameID.
    pub external_id: String,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

/// A button of the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderButton {
    pub id: ProviderId,
    pub name: String,
    pub slug: String,
    pub icon: Option<String>,
    pub is_default: bool,
    /// Where signing in begins, without a target.
    pub path: String,
}

/// A provider as people see it among their own accounts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub kind: ProviderKind,
    pub id: ProviderId,
    pub name: String,
    pub slug: String,
    pub enabled: bool,
    pub is_default: bool,
}

/// The accounts at providers that belong to a person, and the providers there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    pub connections: Vec<Connection>,
    /// All of them, also those that are not enabled.
    pub ways: Vec<Way>,
    /// Whether there is a password or a passkey, so that the last connection may go.
    pub has_other_way: bool,
}

impl Linked {
    /// The provider of a connection; one that has just been deleted is missing.
    pub fn way(&self, connection: &Connection) -> Option<&Way> {
        self.ways.iter().find(|way| way.kind == connection.kind && way.id == connection.provider_id)
    }

    /// The enabled providers of which there is no account yet.
    pub fn free(&self) -> impl Iterator<Item = &Way> {
        let is_used = |way: &Way| self.connections.iter().any(|c| c.kind == way.kind && c.provider_id == way.id);
        self.ways.iter().filter(move |way| way.enabled && !is_used(way))
    }

    /// Whether a connection may be given up.
    pub fn may_unlink(&self) -> bool {
        self.has_other_way || self.connections.len() > 1
    }
}

/// How a trial of a provider ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrialEnd {
    /// The exchange with the provider did not work.
    Broken {
        problem: Problem,
        detail: String,
    },
    /// It worked, and the rules let this account not in.
    Refused {
        problem: Problem,
    },
    /// It would sign in somebody who has come this way before.
    SignsIn {
        account: String,
    },
    /// It would sign in somebody and link the account.
    Links {
        account: String,
    },
    Creates {
        account: String,
        role: Role,
    },
}

/// What a provider said when an administrator tried it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    pub at: Timestamp,
    pub end: TrialEnd,
    pub external_id: String,
    pub email: String,
    pub email_verified: Option<bool>,
    pub name: Option<String>,
    /// Names and values, as a page shows them.
    pub claims: Vec<(String, String)>,
}

impl Trial {
    /// One that got nowhere.
    pub fn broken(at: Timestamp, problem: Problem, detail: String) -> Self {
        Self {
            at,
            end: TrialEnd::Broken { problem, detail },
            external_id: String::new(),
            email: String::new(),
            email_verified: None,
            name: None,
            claims: Vec::new(),
        }
    }
}

/// Why signing in through a provider did not work. The text is for the person who tried; a provider's own words are
/// never among it. [`Problem::code`] travels in addresses and stands in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    /// The provider sent an error instead of a code: mostly because somebody cancelled.
    Declined,
    /// No request of this browser fits the answer.
    Expired,
    /// The provider is down or slow.
    Unreachable,
    /// The provider refused to say who it is, mostly because something is set up wrongly.
    Misconfigured,
    /// The answer is not what the provider must have said: a signature, an issuer, a time, a nonce.
    Untrusted,
    /// There is no e-mail address in the answer, or none that can be used.
    NoEmail,
    /// The domain of the address is not on the provider's list.
    Domain(String),
    /// A claim that is asked for is missing or other.
    Claims,
    /// The provider is for new people only.
    ExistingPerson,
    /// The address belongs to an account or could come to, and the provider has not confirmed it.
    UnconfirmedEmail,
    /// The provider makes no accounts.
    NoSignup,
    Disabled,
    /// The account at the provider belongs to another person here.
    TakenByAnother,
    /// The person has an account at this provider linked already.
    LinkedAlready,
    /// Whoever began to link is not signed in any more, or as somebody else.
    OtherPerson,
    SlowDown,
    /// Something went wrong on our side.
    Ours,
}

impl Problem {
    /// The stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Problem::Declined => "declined",
            Problem::Expired => "expired",
            Problem::Unreachable => "unreachable",
            Problem::Misconfigured => "misconfigured",
            Problem::Untrusted => "untrusted",
            Problem::NoEmail => "no_email",
            Problem::Domain(_) => "domain",
            Problem::Claims => "claims",
            Problem::ExistingPerson => "existing_person",
            Problem::UnconfirmedEmail => "unconfirmed_email",
            Problem::NoSignup => "no_signup",
            Problem::Disabled => "disabled",
            Problem::TakenByAnother => "taken",
            Problem::LinkedAlready => "linked_already",
            Problem::OtherPerson => "other_person",
            Problem::SlowDown => "slow_down",
            Problem::Ours => "internal",
        }
    }

    /// What an address with this problem in it says: `error` and, for a domain, `domain`.
    pub fn query(&self) -> String {
        match self {
            Problem::Domain(domain) if is_domain(domain) => format!("error=domain&domain={domain}"),
            other => format!("error={}", other.code()),
        }
    }

    /// Reads [`Problem::query`] back. Everything else is no problem, so that nobody can put words on our pages.
    pub fn read(error: &str, domain: Option<&str>) -> Option<Self> {
        const PLAIN: [Problem; 16] = [
            Problem::Declined,
            Problem::Expired,
            Problem::Unreachable,
            Problem::Misconfigured,
            Problem::Untrusted,
            Problem::NoEmail,
            Problem::Claims,
            Problem::ExistingPerson,
            Problem::UnconfirmedEmail,
            Problem::NoSignup,
            Problem::Disabled,
            Problem::TakenByAnother,
            Problem::LinkedAlready,
            Problem::OtherPerson,
            Problem::SlowDown,
            Problem::Ours,
        ];
        if error == "domain" {
            return Some(Problem::Domain(domain.filter(|domain| is_domain(domain)).unwrap_or_default().to_owned()));
        }
        PLAIN.into_iter().find(|problem| problem.code() == error)
    }

    /// The words for the person who tried.
    pub fn text(&self) -> String {
        match self {
            Problem::Domain(domain) if !domain.is_empty() => {
                format!("Addresses at {domain} are not accepted here. Use another account, or ask an administrator.")
            }
            Problem::Domain(_) => {
                "Addresses of this domain are not accepted here. Use another account, or ask an administrator."
                    .to_owned()
            }
            other => other.plain_text().to_owned(),
        }
    }

    fn plain_text(&self) -> &'static str {
        match self {
            Problem::Declined => "The provider did not sign you in. Try again, or choose another way.",
            Problem::Expired => {
                "That sign-in took too long, was used before, or began in another browser. Please start again."
            }
            Problem::Unreachable => {
                "The provider did not answer in time. Try again in a moment, or choose another way to sign in."
            }
            Problem::Misconfigured => {
                "The provider and this instance do not understand each other. Please tell an administrator."
            }
            Problem::Untrusted => "The provider's answer could not be verified, so nobody was signed in.",
            Problem::NoEmail => {
                "The provider did not say which e-mail address you have. Allow it to, or use another account."
            }
            Problem::Claims => "Your account at the provider is not among those that may sign in here.",
            Problem::ExistingPerson => "This provider is for new people only. Sign in the way you did before.",
            Problem::UnconfirmedEmail => {
                "The provider has not confirmed your e-mail address. If you have an account here, sign in another way and \
                 link this one under “Linked accounts”."
            }
            Problem::NoSignup => "There is no account for you here yet. Ask an administrator for an invitation.",
            Problem::Disabled => "This account is disabled. Ask an administrator.",
            Problem::TakenByAnother => "That account at the provider is linked to another person here.",
            Problem::LinkedAlready => "You have linked an account of this provider already. Unlink it first.",
            Problem::OtherPerson => "You are not signed in any more as the person who began this. Please start again.",
            Problem::SlowDown => "Too many attempts to sign in. Wait some minutes, then try again.",
            Problem::Domain(_) | Problem::Ours => "Something went wrong on our side. Nothing was changed; try again.",
        }
    }
}

/// Whether a text has the shape of a domain, so that it can stand on a page and in an address.
fn is_domain(text: &str) -> bool {
    (1..=253).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'))
}
