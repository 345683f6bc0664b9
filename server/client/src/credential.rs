//! API keys and the tokens of a sign-in, which are never shown.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;
use serde::Deserialize;

/// An API key or a token. Prints as `***`, in every way of printing.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Credential(String);

/// Why a text cannot be a key. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("The API key is empty.")]
    Empty,
    #[error("An API key is one word of letters, digits and signs, as it was shown when it was made.")]
    Characters,
}

impl FromStr for Credential {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        match text.trim() {
            "" => Err(NotAKey::Empty),
            text if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text.to_owned())),
            _ => Err(NotAKey::Characters),
        }
    }
}

impl TryFrom<String> for Credential {
    type Error = NotAKey;

    fn try_from(text: String) -> Result<Self, NotAKey> {
        text.parse()
    }
}

impl Credential {
    /// For the file it is kept in.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The value of `Authorization`.
    pub(crate) fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
