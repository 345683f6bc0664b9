//! Content hashes: for names that change with the content, and for noticing that nothing changed.

use std::fmt;

use sha2::{Digest, Sha256};

pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of several parts; their lengths count, so that parts cannot flow into each other.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The first 16 hexadecimal digits: short enough for a file name, 64 bits against accidental equality.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(16);
        text
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
