//! People with an account.

use serde::{Deserialize, Serialize};

use crate::access::Role;
use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::UserId;
use crate::time::Timestamp;

/// The id of the built-in actor of jobs and of changes made from the command line.
pub const SYSTEM_ID: &str = "system";
/// The reserved domain of the built-in actor; nobody signs in with an address in it.
pub const SYSTEM_DOMAINS: [&str; 2] = ["tidings.invalid", "changerawr.sys"];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct User {
    pub id: UserId,
    /// Trimmed and lower case.
    pub email: String,
    pub name: Option<String>,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub role: Role,
    pub created_at: Timestamp,
    pub last_login_at: Option<Timestamp>,
    pub disabled_at: Option<Timestamp>,
}

impl User {
    /// The name, or the address when there is none.
    pub fn display_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// A person to create. The password travels beside it and is never kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub role: Role,
}

impl NewUser {
    /// Checks name, address and password together.
    pub fn checked(name: &str, email: &str, role: Role, password: &str) -> Result<Self> {
        let mut form = Checker::new();
        let name = form.take("name", check::line(name, "The name", 2, 100));
        let email = form.take("email", check::email(email));
        if is_reserved(&email) {
            form.fail("email", "Addresses in this domain are reserved.");
        }
        form.take("password", check::new_password(password));
        form.finish()?;
        Ok(Self { name, email, role })
    }
}

/// Whether a normalised address lies in a reserved domain.
pub fn is_reserved(email: &str) -> bool {
    email.rsplit_once('@').is_some_and(|(_, host)| SYSTEM_DOMAINS.contains(&host))
}
