//! API keys. The key itself is shown once; what is kept is a hash and the first characters.

use serde::{Deserialize, Serialize};

use crate::access::Scope;
use crate::ids::{ApiKeyId, ProjectId, UserId};
use crate::time::Timestamp;

/// What every key starts with.
pub const PREFIX: &str = "chr_";
/// Characters after the prefix.
pub const SECRET_LENGTH: usize = 32;
pub const MAX_NAME: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The first 12 characters, to recognise it by.
    pub prefix: String,
    /// The owner, as whom the key acts.
    pub user_id: UserId,
    /// The only project the key works for; `None` for all.
    pub project_id: Option<ProjectId>,
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl ApiKey {
    pub fn is_usable(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|expiry| expiry > now)
    }

    pub fn covers(&self, needed: Scope) -> bool {
        self.scopes.iter().any(|scope| scope.covers(needed))
    }
}
