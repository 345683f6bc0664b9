//! How often something may be tried. Counts are kept in the database, so that instances share them.

use chrono::Duration;
use model::time::Timestamp;
use model::{Error, Result};

use crate::Services;

/// Attempts allowed within a window; 0 switches a limit off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Sign-ins per address in 15 minutes.
    pub login_per_15_min: u32,
    /// Sign-ins per account in one hour.
    pub login_per_account_per_hour: u32,
    /// Set-up attempts per address in one hour.
    pub setup_per_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { login_per_15_min: 10, login_per_account_per_hour: 20, setup_per_hour: 20 }
    }
}

/// Counts one attempt of `bucket`; an error that says when to come back once there are more than `allowed` in the
/// window. Windows start at multiples of their length.
pub(crate) async fn take(cx: &Services, bucket: &str, allowed: u32, window: Duration) -> Result<()> {
    if allowed == 0 {
        return Ok(());
    }
    let now = cx.clock.now();
    let length = window.num_milliseconds().max(1);
    let into = now.timestamp_millis().rem_euclid(length);
    let start = now - Duration::milliseconds(into);
    let mut tx = cx.db.begin().await?;
    let attempts = store::rate_limits::count(tx.conn(), bucket, start).await?;
    if attempts == 1 {
        store::rate_limits::purge(tx.conn(), oldest_kept(now)).await?;
    }
    tx.commit().await?;
    if attempts > i64::from(allowed) {
        return Err(Error::SlowDown { seconds: (length - into).unsigned_abs().div_ceil(1000) });
    }
    Ok(())
}

fn oldest_kept(now: Timestamp) -> Timestamp {
    now - Duration::days(1)
}
