//! Opaque identifiers, one type for each kind of record.
//!
//! New ids are `c`, eight base-36 digits of Unix milliseconds and sixteen random base-36 characters: 25 characters that
//! sort by time of creation and have the shape that existing clients know. Imported records keep the id they had.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The longest id accepted, in characters.
pub const MAX_LENGTH: usize = 64;

/// A text that cannot be an id: empty, longer than 64 characters, or with a character outside `[A-Za-z0-9_-]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -")]
pub struct NotAnId;

/// Whether `text` may be an id at all. Says nothing about whether such a record exists.
pub fn is_id(text: &str) -> bool {
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Makes the text of a new id from the time and 16 random bytes.
pub fn compose(now: DateTime<Utc>, random: [u8; 16]) -> String {
    let mut id = String::with_capacity(25);
    id.push('c');
    push_base36(&mut id, now.timestamp_millis().unsigned_abs().into(), 8);
    push_base36(&mut id, u128::from_be_bytes(random), 16);
    id
}

/// Appends the lowest `digits` base-36 digits of `number`, highest first.
fn push_base36(text: &mut String, mut number: u128, digits: usize) {
    const ALPHABET: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut reversed = Vec::with_capacity(digits);
    for _ in 0..digits {
        reversed.push(ALPHABET[(number % 36) as usize]);
        number /= 36;
    }
    text.extend(reversed.iter().rev().map(|&digit| char::from(digit)));
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "sql", derive(sqlx::Type))]
        #[cfg_attr(feature = "sql", sqlx(transparent))]
        pub struct $name(String);

        impl $name {
            /// Makes a new id from the time and 16 random bytes.
            pub fn compose(now: DateTime<Utc>, random: [u8; 16]) -> Self {
                Self(compose(now, random))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<Self, NotAnId> {
                if is_id(&text) { Ok(Self(text)) } else { Err(NotAnId) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }
    )*};
}

id! {
    /// An API key.
    ApiKeyId;
    /// A record of the audit log.
    AuditId;
    /// Something that was said about a request.
    CommentId;
    /// An account at a sign-in provider that belongs to a person.
    ConnectionId;
    /// One note of a changelog.
    EntryId;
    /// A text to start an entry from.
    EntryTemplateId;
    /// Something that happened, for those who want to hear of it.
    EventId;
    /// An import, with the rows it read.
    ImportId;
    /// An invitation to open an account.
    InvitationId;
    /// Work that is due at a moment.
    JobId;
    /// A letter in the outbox.
    LetterId;
    /// A picture or file of a project.
    MediaId;
    /// A passkey of a person.
    PasskeyId;
    /// A project with its changelog.
    ProjectId;
    /// A sign-in provider: OAuth, OpenID Connect or SAML.
    ProviderId;
    /// A line that waits for an entry.
    QuickNoteId;
    /// A request for approval.
    RequestId;
    /// A state an entry was in.
    RevisionId;
    /// A family of refresh tokens: one sign-in on one device.
    SessionId;
    /// A tag. Tags are shared by the whole instance.
    TagId;
    /// Something in the trash; the id that it had and gets again.
    TrashId;
    /// A person, or the built-in `system` actor.
    UserId;
    /// A widget that is kept.
    WidgetId;
}
