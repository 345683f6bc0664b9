//! What administrators see of people, and what stays known of those who are gone.

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::UserId;
use crate::second_factor::Mode;
use crate::time::Timestamp;
use crate::users::User;

/// A person in the list of people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Person {
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub user: User,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub two_factor_mode: Mode,
    pub has_password: bool,
    pub passkeys: i64,
    /// Whether an authenticator app was set up and confirmed.
    pub has_authenticator: bool,
    /// Accounts at sign-in providers.
    pub connections: i64,
    /// In how many places the person is signed in.
    pub open_sessions: i64,
}

/// With what somebody can begin a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    Password,
    Passkey,
    Provider,
}

impl Way {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Way::Password => "password",
            Way::Passkey => "passkey",
            Way::Provider => "sso",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Way::Password => "Password",
            Way::Passkey => "Passkey",
            Way::Provider => "Provider",
        }
    }
}

impl Person {
    pub fn ways(&self) -> Vec<Way> {
        let all = [
            (self.has_password, Way::Password),
            (self.passkeys > 0, Way::Passkey),
            (self.connections > 0, Way::Provider),
        ];
        all.into_iter().filter(|(has, _)| *has).map(|(_, way)| way).collect()
    }

    /// Whether there is anything that a reset of the second factor would take away.
    pub fn has_factors(&self) -> bool {
        self.passkeys > 0 || self.has_authenticator || self.two_factor_mode != Mode::None
    }
}

/// How many people one page of the list has.
pub const PAGE: usize = 50;

/// One page of the people who match, and figures of all people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    pub people: Vec<Person>,
    /// How many match, on all pages.
    pub total: usize,
    /// From 1.
    pub page: usize,
    pub pages: usize,
}

/// Whom to list. Everything is optional and holds together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PeopleFilter {
    /// A part of the name or the address, whatever its case.
    pub words: String,
    pub role: Option<Role>,
    /// From 1.
    pub page: usize,
}

impl PeopleFilter {
    /// Whether a person is meant.
    pub fn matches(&self, user: &User) -> bool {
        let words = self.words.trim().to_lowercase();
        let named = words.is_empty()
            || user.email.contains(&words)
            || user.name.as_ref().is_some_and(|name| name.to_lowercase().contains(&words));
        named && self.role.is_none_or(|role| role == user.role)
    }

    /// Cuts those who match to the page that is asked for; a page behind the last is the last.
    pub fn cut(&self, matching: Vec<Person>) -> People {
        let total = matching.len();
        let pages = total.div_ceil(PAGE).max(1);
        let page = self.page.clamp(1, pages);
        let people = matching.into_iter().skip((page - 1) * PAGE).take(PAGE).collect();
        People { people, total, page, pages }
    }
}

/// What an administrator changes of somebody; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UserPatch {
    pub name: Option<String>,
    pub role: Option<Role>,
}

impl UserPatch {
    /// The person with the changes.
    ///
    /// # Errors
    /// `Invalid` naming `name`.
    pub fn apply(self, user: &User) -> Result<User> {
        let mut form = Checker::new();
        let mut user = user.clone();
        if let Some(name) = self.name {
            user.name = Some(form.take("name", check::line(&name, "The name", 2, 100)));
        }
        form.finish()?;
        if let Some(role) = self.role {
            user.role = role;
        }
        Ok(user)
    }
}

/// What is left of a person whose account was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct FormerUser {
    pub id: UserId,
    pub email: String,
    pub name: Option<String>,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub role: Role,
    pub deleted_at: Timestamp,
    pub deleted_by: UserId,
}

/// What a deletion kept, and what it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Preserved {
    /// Records by and about the person.
    pub audit_logs: i64,
    /// Requests the person made or decided.
    pub change_requests: i64,
    /// Keys that acted as the person; they are revoked.
    pub api_keys: i64,
    /// Open invitations by the person; they are revoked.
    pub invitations: i64,
    /// Entries the person began.
    pub entries: i64,
}

/// What stands on the overview of the administration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Overview {
    pub admins: i64,
    pub staff: i64,
    pub viewers: i64,
    /// Counted among the others as well.
    pub disabled: i64,
    pub open_invitations: i64,
    pub invitations: i64,
    pub entries: i64,
    pub entries_this_month: i64,
    pub waiting_requests: i64,
}

impl Overview {
    /// All people.
    pub fn people(&self) -> i64 {
        self.admins + self.staff + self.viewers
    }
}
