//! API keys. The key itself is shown once; what is kept is a hash and the first characters.

mod scopes;

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::access::{Role, Scope};
use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::{ApiKeyId, ProjectId, UserId};
use crate::time::{self, Timestamp};

pub use scopes::{GROUPS, Preset, allows, is_used, scopes_or_all, summary};

/// What every key starts with.
pub const PREFIX: &str = "chr_";
/// Characters after the prefix.
pub const SECRET_LENGTH: usize = 32;
/// How much of a key is kept to recognise it by, in characters.
pub const SHOWN_LENGTH: usize = 12;
pub const MAX_NAME: usize = 100;
/// The longest life in days that may be asked for; without an end a key lives longer.
pub const MAX_DAYS: i64 = 3650;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first characters, to recognise it by.
    pub prefix: String,
    /// The owner, as whom the key acts.
    pub user_id: UserId,
    /// Who made it; `None` once that account is gone.
    pub created_by_id: Option<UserId>,
    /// The only project the key works for; `None` for all.
    pub project_id: Option<ProjectId>,
    /// Whether administrators see it among the keys of its project.
    pub is_global: bool,
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub last_used_ip: Option<String>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// Whether a key opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Active,
    Expired,
    /// For good.
    Revoked,
    /// The account of its owner is disabled.
    OwnerDisabled,
}

impl ApiKey {
    /// What the key's own dates say.
    pub fn state(&self, now: Timestamp) -> State {
        match (self.revoked_at, self.expires_at) {
            (Some(_), _) => State::Revoked,
            (None, Some(expiry)) if expiry <= now => State::Expired,
            _ => State::Active,
        }
    }

    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.state(now) == State::Active
    }

    pub fn covers(&self, needed: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(needed))
    }

    /// How the key is shown once it cannot be had any more.
    pub fn shown(&self) -> String {
        format!("{}...", self.prefix)
    }
}

/// A key with the names of what it refers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct ListedKey {
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub key: ApiKey,
    pub owner_email: String,
    pub owner_name: Option<String>,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub owner_role: Role,
    pub owner_disabled_at: Option<Timestamp>,
    pub project_name: Option<String>,
    /// Name or address of who made it.
    pub creator: Option<String>,
}

impl ListedKey {
    /// The owner's name, or the address when there is none.
    pub fn owner(&self) -> &str {
        self.owner_name.as_deref().unwrap_or(&self.owner_email)
    }

    pub fn state(&self, now: Timestamp) -> State {
        match self.key.state(now) {
            State::Active if self.owner_disabled_at.is_some() => State::OwnerDisabled,
            own => own,
        }
    }
}

/// A key to make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewKey {
    pub name: String,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Timestamp>,
    pub is_global: bool,
}

impl NewKey {
    /// # Errors
    /// `Invalid` naming `name`, `permissions` or `expiresAt`.
    pub fn checked(self, now: Timestamp) -> Result<Self> {
        let mut form = Checker::new();
        let name = form.take("name", check_name(&self.name));
        let scopes = form.take("permissions", check_scopes(self.scopes));
        let expires_at = form.take("expiresAt", check_expiry(self.expires_at, now));
        form.finish()?;
        Ok(Self { name, scopes, expires_at, ..self })
    }
}

/// What to change of a key; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPatch {
    pub name: Option<String>,
    pub scopes: Option<Vec<Scope>>,
    pub expires_at: Option<Option<Timestamp>>,
    pub is_global: Option<bool>,
    pub is_revoked: Option<bool>,
}

impl KeyPatch {
    /// The key as it is afterwards. What is sent back as it was read is no change.
    ///
    /// # Errors
    /// `Invalid` naming `name`, `permissions`, `expiresAt`, `isGlobal` or `isRevoked`: a revoked key stays revoked, and
    /// of it nothing but the name can be changed.
    pub fn apply(self, key: ApiKey, now: Timestamp) -> Result<ApiKey> {
        const FINAL: &str = "This key is revoked for good. Make a new one.";
        let mut form = Checker::new();
        let mut new = key.clone();
        if let Some(name) = self.name {
            new.name = form.take("name", check_name(&name));
        }
        if let Some(scopes) = self.scopes {
            new.scopes = form.take("permissions", check_scopes(scopes));
        }
        if let Some(expiry) = self.expires_at.filter(|expiry| *expiry != key.expires_at) {
            new.expires_at = form.take("expiresAt", check_expiry(expiry, now));
        }
        if let Some(is_global) = self.is_global {
            new.is_global = is_global;
            if is_global && key.project_id.is_none() {
                form.fail(
                    "isGlobal",
                    "Only the key of a project can be shown to administrators; they see this one anyway.",
                );
            }
        }
        match (self.is_revoked, key.revoked_at) {
            (Some(true), None) => new.revoked_at = Some(now),
            (Some(false), Some(_)) => form.fail("isRevoked", FINAL),
            _ => {}
        }
        form.finish()?;
        if key.revoked_at.is_some() {
            let mut form = Checker::new();
            let kept = [
                ("permissions", new.scopes == key.scopes),
                ("expiresAt", new.expires_at == key.expires_at),
                ("isGlobal", new.is_global == key.is_global),
            ];
            kept.into_iter().filter(|(_, kept)| !kept).for_each(|(field, _)| form.fail(field, FINAL));
            form.finish()?;
        }
        Ok(new)
    }
}

type Checked<T> = std::result::Result<T, String>;

fn check_name(name: &str) -> Checked<String> {
    check::line(name, "The name", 1, MAX_NAME)
}

/// In one order, each once.
fn check_scopes(mut scopes: Vec<Scope>) -> Checked<Vec<Scope>> {
    if scopes.is_empty() {
        return Err("A key needs at least one scope.".to_owned());
    }
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

fn check_expiry(expiry: Option<Timestamp>, now: Timestamp) -> Checked<Option<Timestamp>> {
    match expiry {
        Some(expiry) if expiry <= now => Err("The end of a key must lie in the future.".to_owned()),
        other => Ok(other),
    }
}

/// The scopes with these names.
///
/// # Errors
/// `Invalid` naming each unknown one as `permissions.<position>`.
pub fn parse_scopes<S: AsRef<str>>(names: &[S]) -> Result<Vec<Scope>> {
    let mut form = Checker::new();
    let mut scopes = Vec::with_capacity(names.len());
    for (position, name) in names.iter().enumerate() {
        match name.as_ref().parse::<Scope>() {
            Ok(scope) => scopes.push(scope),
            Err(unknown) => form.fail(
                &format!("permissions.{position}"),
                format!("There is no scope “{}”. The scopes are {}.", unknown.given, unknown.allowed),
            ),
        }
    }
    form.finish()?;
    Ok(scopes)
}

/// When a key ends, as people write it: `90d`, or a date, whose day (UTC) is the last.
///
/// # Errors
/// Says what is allowed.
pub fn parse_expiry(text: &str, now: Timestamp) -> Checked<Timestamp> {
    const HINT: &str = "Write a number of days such as 90d, or a date such as 2027-03-31.";
    let text = text.trim();
    if let Some(days) = text.strip_suffix('d') {
        let days: i64 = days.parse().map_err(|_| HINT.to_owned())?;
        return if (1..=MAX_DAYS).contains(&days) {
            Ok(now + Duration::days(days))
        } else {
            Err(format!("A number of days lies between 1 and {MAX_DAYS}."))
        };
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| HINT.to_owned())?;
    let end = date.and_hms_milli_opt(23, 59, 59, 999).ok_or_else(|| HINT.to_owned())?.and_utc();
    if end > time::MAX {
        return Err(HINT.to_owned());
    }
    check_expiry(Some(end), now)?;
    Ok(end)
}
