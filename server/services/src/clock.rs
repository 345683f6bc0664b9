//! The time.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{Duration, Utc};
use model::time::{Timestamp, to_millis};

/// Where the time comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// A time that only a test moves.
    Fixed(Arc<Mutex<Timestamp>>),
}

impl Clock {
    pub fn fixed(time: Timestamp) -> Self {
        Self::Fixed(Arc::new(Mutex::new(to_millis(time))))
    }

    /// Now, cut to milliseconds.
    pub fn now(&self) -> Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
            Clock::System => to_millis(Utc::now()),
            Clock::Fixed(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// Moves a fixed clock; the system clock stays as it is.
    pub fn advance(&self, by: Duration) {
        if let Clock::Fixed(time) = self {
            let mut time = time.lock().unwrap_or_else(PoisonError::into_inner);
            *time += by;
        }
    }
}
