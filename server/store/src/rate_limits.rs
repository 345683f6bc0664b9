//! Attempts within fixed windows, shared by all instances on one database.

use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

/// Counts one attempt and gives how many there are now in the window.
pub async fn count(conn: Conn<'_>, bucket: &str, window_start: Timestamp) -> Result<i64> {
    const SQL: &str = "INSERT INTO rate_limits (bucket, window_start, attempts) VALUES ($1, $2, 1) \
        ON CONFLICT (bucket, window_start) DO UPDATE SET attempts = rate_limits.attempts + 1 RETURNING attempts";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(bucket).bind(window_start).fetch_one(c).await)?)
}

/// Forgets windows that started before `before`.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<()> {
    const SQL: &str = "DELETE FROM rate_limits WHERE window_start < $1";
    on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}
