//! The imports that this process works on, so that it can stop without leaving one half decided.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Cheap to clone; clones know of the same work.
#[derive(Debug, Clone, Default)]
pub struct Workers(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    is_stopping: AtomicBool,
    running: AtomicUsize,
    ended: Notify,
}

/// Counts a worker for as long as it lives.
#[derive(Debug)]
pub(super) struct Working(Workers);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.0.running.fetch_sub(1, Ordering::SeqCst);
        self.0.0.ended.notify_waiters();
    }
}

impl Workers {
    pub(super) fn begin(&self) -> Working {
        self.0.running.fetch_add(1, Ordering::SeqCst);
        Working(self.clone())
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.0.is_stopping.load(Ordering::SeqCst)
    }

    /// Lets every worker leave its import to the next start, and waits for them.
    pub async fn stop(&self) {
        self.0.is_stopping.store(true, Ordering::SeqCst);
        loop {
            let ended = self.0.ended.notified();
            let mut ended = std::pin::pin!(ended);
            // Listening begins before the count is read, so that no end is missed.
            ended.as_mut().enable();
            if self.0.running.load(Ordering::SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }
}
