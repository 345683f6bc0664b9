//! Invitations: somebody with an address gets a link and makes an account of their own with it.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::{InvitationId, UserId};
use crate::time::Timestamp;
use crate::users::is_reserved;

/// For how many days an invitation may stand.
pub const DAYS: std::ops::RangeInclusive<i64> = 1..=30;

/// The clock of whoever sends a date may differ from ours.
const TOLERANCE: Duration = Duration::minutes(5);

/// How many invitations one form makes at most.
pub const MOST_AT_ONCE: usize = 25;

/// An invitation, without its link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Invitation {
    pub id: InvitationId,
    /// Trimmed and lower case.
    pub email: String,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub role: Role,
    /// How the person is called, as far as whoever invited knows.
    pub name: Option<String>,
    pub created_by_id: UserId,
    pub accepted_user_id: Option<UserId>,
    pub created_at: Timestamp,
    /// When the present link was made.
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// What has become of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    Open,
    Accepted,
    Revoked,
    Expired,
}

impl State {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Accepted => "accepted",
            State::Revoked => "revoked",
            State::Expired => "expired",
        }
    }
}

impl Invitation {
    pub fn state(&self, now: Timestamp) -> State {
        match self {
            Self { used_at: Some(_), .. } => State::Accepted,
            Self { revoked_at: Some(_), .. } => State::Revoked,
            Self { expires_at, .. } if *expires_at <= now => State::Expired,
            _ => State::Open,
        }
    }

    /// How long its links are good for.
    pub fn life(&self) -> Duration {
        self.expires_at - self.issued_at
    }
}

/// An invitation in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct ListedInvitation {
    #[cfg_attr(feature = "sql", sqlx(flatten))]
    pub invitation: Invitation,
    /// Name or address of whoever invited.
    pub invited_by: Option<String>,
    /// Whether whoever invited has no account any more.
    pub is_inviter_gone: bool,
}

/// How long an invitation shall stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    Days(i64),
    At(Timestamp),
}

/// An invitation to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewInvitation {
    pub email: String,
    pub role: Role,
    pub name: Option<String>,
    /// As long as the instance says, where nothing is said.
    pub expiry: Option<Expiry>,
}

/// A checked [`NewInvitation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub email: String,
    pub role: Role,
    pub name: Option<String>,
    pub expires_at: Timestamp,
}

impl NewInvitation {
    pub fn new(email: impl Into<String>, role: Role) -> Self {
        Self { email: email.into(), role, name: None, expiry: None }
    }

    /// # Errors
    /// `Invalid` naming `email`, `name` or `expiresAt`.
    pub fn checked(self, now: Timestamp, default_days: i64) -> Result<Checked> {
        let mut form = Checker::new();
        let email = form.take("email", check::email(&self.email));
        if is_reserved(&email) {
            form.fail("email", "Addresses in this domain are reserved.");
        }
        let name = match self.name.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(name) => Some(form.take("name", check::line(name, "The name", 2, 100))),
        };
        let (shortest, longest) = (*DAYS.start(), *DAYS.end());
        let expires_at = match self.expiry.unwrap_or(Expiry::Days(default_days)) {
            Expiry::Days(days) if DAYS.contains(&days) => Some(now + Duration::days(days)),
            Expiry::At(time)
                if (now + Duration::days(shortest) - TOLERANCE..=now + Duration::days(longest) + TOLERANCE)
                    .contains(&time) =>
            {
                Some(time)
            }
            Expiry::Days(_) | Expiry::At(_) => None,
        };
        if expires_at.is_none() {
            form.fail("expiresAt", format!("An invitation stands for {shortest} to {longest} days."));
        }
        form.finish()?;
        Ok(Checked { email, role: self.role, name, expires_at: expires_at.unwrap_or(now) })
    }
}

/// Reads a list of people to invite, a line each: the address, and behind commas, semicolons or tabs a role and a name,
/// in either order. Who has no role named becomes staff. Blank lines do not count.
///
/// # Errors
/// What is wrong, with the numbers of the lines.
pub fn parse_list(text: &str) -> std::result::Result<Vec<NewInvitation>, String> {
    let mut found: Vec<NewInvitation> = Vec::new();
    let mut wrong = Vec::new();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    for (number, line) in lines {
        let number = number + 1;
        let mut parts = line.split([',', ';', '\t']).map(str::trim).filter(|part| !part.is_empty());
        let email = match check::email(parts.next().unwrap_or_default()) {
            Ok(email) if is_reserved(&email) => {
                wrong.push(format!("Line {number}: addresses in this domain are reserved."));
                continue;
            }
            Ok(email) => email,
            Err(_) => {
                wrong.push(format!("Line {number} does not begin with an e-mail address."));
                continue;
            }
        };
        if found.iter().any(|one| one.email == email) {
            wrong.push(format!("Line {number}: {email} is in the list twice."));
            continue;
        }
        let mut new = NewInvitation::new(email, Role::Staff);
        let mut has_role = false;
        for part in parts {
            match role(part) {
                Some(role) if !has_role => {
                    new.role = role;
                    has_role = true;
                }
                _ if new.name.is_none() => match check::line(part, "The name", 2, 100) {
                    Ok(name) => new.name = Some(name),
                    Err(message) => wrong.push(format!("Line {number}: {message}")),
                },
                _ => wrong.push(format!("Line {number}: “{part}” is neither a role nor the only name.")),
            }
        }
        found.push(new);
    }
    if found.len() > MOST_AT_ONCE {
        wrong.push(format!("These are {} people; at most {MOST_AT_ONCE} are invited at once.", found.len()));
    }
    // A table that was pasted whole would be wrong on every line.
    wrong.truncate(5);
    if wrong.is_empty() { Ok(found) } else { Err(wrong.join(" ")) }
}

/// A role by its name or as people call it.
fn role(text: &str) -> Option<Role> {
    Role::ALL.into_iter().find(|role| role.label().eq_ignore_ascii_case(text)).or_else(|| text.parse().ok())
}

/// What somebody who opens the link of an invitation finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Found {
    Open {
        email: String,
        role: Role,
        name: Option<String>,
        invited_by: Option<String>,
        expires_at: Timestamp,
    },
    /// An account was made with it.
    Accepted,
    Revoked,
    Expired,
    /// The address got an account in another way.
    Registered,
    /// No link of ours, or one that another took the place of.
    Unknown,
}

impl Found {
    /// Why nothing can be done with it; empty for an open one.
    pub fn refusal(&self) -> &'static str {
        match self {
            Found::Open { .. } => "",
            Found::Accepted => "This invitation was accepted already. Sign in with the account that was made.",
            Found::Revoked => "This invitation was withdrawn. Ask whoever invited you for a new one.",
            Found::Expired => "This invitation has expired. Ask whoever invited you for a new one.",
            Found::Registered => "There is an account for this address already. Sign in instead.",
            Found::Unknown => "There is no such invitation. Look whether the whole link was copied.",
        }
    }
}
