//! What a sign-in still asks for after its first factor.

use serde::{Deserialize, Serialize};

/// A proof of identity that is asked for as the second step of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Factor {
    Passkey,
    Password,
    /// A code of an authenticator app (RFC 6238).
    Totp,
}

impl Factor {
    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Factor::Passkey => "passkey",
            Factor::Password => "password",
            Factor::Totp => "totp",
        }
    }
}
