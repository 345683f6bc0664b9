//! Who gets in through a provider.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Problem;
use crate::access::Role;
use crate::check::Checker;

/// The rules of one provider. They are asked at every sign-in, also of people who came through it before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
#[serde(rename_all = "camelCase", default)]
pub struct SignInRules {
    /// Lower case; none is any.
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub allowed_email_domains: Vec<String>,
    /// The provider makes new accounts and opens no existing one.
    pub block_existing_users: bool,
    /// Path of a claim, with dots between levels, to the values it may have, with `|` between them.
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub required_claims: BTreeMap<String, String>,
    /// The role of accounts that are made.
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub default_role: Role,
    /// Whether somebody without an account gets one.
    pub allow_signup: bool,
    /// Whether addresses count as confirmed though the provider does not say so.
    pub trust_email: bool,
}

impl Default for SignInRules {
    fn default() -> Self {
        Self {
            allowed_email_domains: Vec::new(),
            block_existing_users: false,
            required_claims: BTreeMap::new(),
            default_role: Role::Staff,
            allow_signup: true,
            trust_email: false,
        }
    }
}

impl SignInRules {
    /// The rules as they are kept: trimmed, lower-cased, without repetitions.
    pub fn checked(self, form: &mut Checker) -> Self {
        let mut domains: Vec<String> = Vec::new();
        for domain in self.allowed_email_domains {
            let domain = domain.trim().trim_start_matches('@').to_lowercase();
            if domain.is_empty() || domains.contains(&domain) {
                continue;
            }
            let labels_fit = domain.split('.').all(|label| {
                !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-') && label.len() <= 63
            });
            if labels_fit && domain.len() <= 253 {
                domains.push(domain);
            } else if !form.has("allowedEmailDomains") {
                let shown: String = domain.chars().take(60).collect();
                form.fail("allowedEmailDomains", format!("“{shown}” is no domain. Write example.com, without sub-domains in mind: each counts for itself."));
            }
        }
        if domains.len() > 200 {
            form.fail("allowedEmailDomains", "At most 200 domains are allowed.");
        }
        let mut claims = BTreeMap::new();
        for (name, value) in self.required_claims {
            let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
            // An empty value asks for nothing.
            if value.is_empty() {
                continue;
            }
            if name.is_empty() || name.len() > 200 || value.len() > 500 {
                form.fail("requiredClaims", "A claim has a name of 1 to 200 characters and a value of at most 500.");
                break;
            }
            claims.insert(name, value);
        }
        if claims.len() > 50 {
            form.fail("requiredClaims", "At most 50 claims can be asked for.");
        }
        Self { allowed_email_domains: domains, required_claims: claims, ..self }
    }

    /// The part after the last `@` must be on the list, exactly: no sub-domain is meant.
    ///
    /// # Errors
    /// [`Problem::Domain`].
    pub fn check_domain(&self, email: &str) -> Result<(), Problem> {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain).to_lowercase();
        let listed = self.allowed_email_domains.iter().any(|allowed| allowed.to_lowercase() == domain);
        if self.allowed_email_domains.is_empty() || listed { Ok(()) } else { Err(Problem::Domain(domain)) }
    }

    /// Every claim that is asked for must be there: a single value equals, a list contains one of the alternatives, in
    /// any case.
    ///
    /// # Errors
    /// [`Problem::Claims`].
    pub fn check_claims(&self, claims: &Value) -> Result<(), Problem> {
        let asked = self.required_claims.iter().filter(|(_, wanted)| !wanted.trim().is_empty());
        for (name, wanted) in asked {
            let found = claim(claims, name).ok_or(Problem::Claims)?;
            let fits = |value: &Value| {
                let text = scalar(value);
                text.is_some_and(|text| {
                    wanted
                        .split('|')
                        .any(|one| !one.trim().is_empty() && one.trim().to_lowercase() == text.to_lowercase())
                })
            };
            let satisfied = match found {
                Value::Array(items) => items.iter().any(fits),
                other => fits(other),
            };
            if !satisfied {
                return Err(Problem::Claims);
            }
        }
        Ok(())
    }

    /// Whether the claims that are asked for are there at all, whatever their values.
    pub fn has_claims(&self, claims: &Value) -> bool {
        self.required_claims.keys().all(|name| claim(claims, name).is_some())
    }
}

/// A claim by its whole name, else by a path with dots: `realm_access.roles`. Names with dots exist
/// (`https://example.com/groups`), so the whole name goes first.
pub fn claim<'a>(claims: &'a Value, name: &str) -> Option<&'a Value> {
    let found = claims.get(name).or_else(|| {
        name.match_indices('.')
            .find_map(|(at, _)| claims.get(&name[..at]).and_then(|inner| claim(inner, &name[at + 1..])))
    });
    found.filter(|value| !value.is_null())
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
