//! What staff ask an administrator to do, because they may not do it themselves.

use serde::{Deserialize, Serialize};

use crate::access::UnknownName;
use crate::ids::{RequestId, UserId};
use crate::time::Timestamp;

macro_rules! names {
    ($(#[$meta:meta])* $kind:ident { $($(#[$doc:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $kind {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)*
        }

        impl $kind {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }

        impl TryFrom<String> for $kind {
            type Error = UnknownName;

            fn try_from(text: String) -> Result<Self, UnknownName> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text).ok_or_else(|| UnknownName {
                    given: text,
                    allowed: [$($name,)*].join(", "),
                })
            }
        }
    };
}

names! {
    /// What is asked for.
    RequestKind {
        AllowPublish = "ALLOW_PUBLISH",
        DeleteEntry = "DELETE_ENTRY",
    }
}

names! {
    /// What became of a request. There is at most one open request of a kind about an entry.
    RequestStatus {
        /// Open: nobody has decided yet.
        Pending = "PENDING",
        Approved = "APPROVED",
        Rejected = "REJECTED",
        /// Taken back by who asked.
        Withdrawn = "WITHDRAWN",
        /// The entry is gone, so that there is nothing left to decide.
        Superseded = "SUPERSEDED",
    }
}

/// A request that nobody has decided yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct OpenRequest {
    #[cfg_attr(feature = "sql", sqlx(rename = "request_id"))]
    pub id: RequestId,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub kind: RequestKind,
    pub staff_id: Option<UserId>,
    /// The name or address of who asked; `None` when the account is gone.
    pub asked_by: Option<String>,
    pub asked_at: Timestamp,
}
