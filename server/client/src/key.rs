//! API keys, which are never shown.

use std::fmt;
use std::str::FromStr;

use http::HeaderValue;

/// Prints as `***`, in every way of printing.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKey(String);

/// Why a text cannot be a key. Holds nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    #[error("The API key is empty.")]
    Empty,
    #[error("An API key is one word of letters, digits and signs, as it was shown when it was made.")]
    Characters,
}

impl FromStr for ApiKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        match text.trim() {
            "" => Err(NotAKey::Empty),
            text if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text.to_owned())),
            _ => Err(NotAKey::Characters),
        }
    }
}

impl ApiKey {
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

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
