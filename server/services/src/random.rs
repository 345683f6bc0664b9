//! Randomness for ids, tokens and salts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use model::time::Timestamp;

/// Where random bytes come from.
#[derive(Debug, Clone)]
pub enum Random {
    /// The operating system.
    System,
    /// A counter, for tests that want the same ids every time. Never a source of secrets.
    Counter(Arc<AtomicU64>),
}

impl Random {
    pub fn counter() -> Self {
        Self::Counter(Arc::default())
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match self {
            Random::System => {
                #[expect(clippy::disallowed_methods, reason = "the one place that draws random bytes")]
                if let Err(error) = getrandom::fill(&mut bytes) {
                    // Without randomness no token is safe and no request can be served; the process must not go on.
                    tracing::error!(%error, "The operating system gives no random bytes; stopping");
                    std::process::abort();
                }
            }
            Random::Counter(counter) => {
                let value = counter.fetch_add(1, Ordering::Relaxed).to_be_bytes();
                for (to, from) in bytes.iter_mut().rev().zip(value.iter().rev()) {
                    *to = *from;
                }
            }
        }
        bytes
    }

    /// `length` characters out of `[A-Za-z0-9_-]`, six random bits each.
    pub fn token(&self, length: usize) -> String {
        const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
        let mut text = String::with_capacity(length);
        while text.len() < length {
            for byte in self.bytes::<32>().into_iter().rev().take(length - text.len()) {
                text.push(char::from(ALPHABET[usize::from(byte & 63)]));
            }
        }
        text
    }

    /// A new id of any kind: `let id: EntryId = random.id(now, EntryId::compose)`.
    pub fn id<I>(&self, now: Timestamp, compose: fn(Timestamp, [u8; 16]) -> I) -> I {
        compose(now, self.bytes())
    }
}
