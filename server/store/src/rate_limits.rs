//! What is used up within fixed windows, shared by all instances on one database.

use std::collections::HashMap;

use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

/// A share of a window that an instance takes for itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub bucket: String,
    pub count: u32,
}

/// Takes shares of windows that start and end together, each bucket at most once, and gives for each bucket how much is
/// taken of it now.
pub async fn take(
    conn: Conn<'_>,
    leases: &[Lease],
    window_start: Timestamp,
    window_end: Timestamp,
) -> Result<HashMap<String, i64>> {
    macro_rules! upsert {
        ($each:literal) => {
            concat!(
                "INSERT INTO rate_limits (bucket, window_start, expires_at, attempts) \
                 SELECT r.value->>0, $2, $3, CAST(r.value->>1 AS BIGINT) FROM ",
                $each,
                // In one order, so that two instances never wait for each other in a circle.
                " WHERE TRUE ORDER BY 1 ON CONFLICT (bucket, window_start) \
                 DO UPDATE SET attempts = rate_limits.attempts + excluded.attempts RETURNING bucket, attempts"
            )
        };
    }
    const SQLITE: &str = upsert!("json_each($1) r");
    const POSTGRES: &str = upsert!("jsonb_array_elements(CAST($1 AS JSONB)) r(value)");
    let rows: Vec<_> = leases.iter().map(|lease| serde_json::json!([lease.bucket, lease.count])).collect();
    let rows = serde_json::Value::from(rows).to_string();
    let taken: Vec<(String, i64)> = match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(rows).bind(window_start).bind(window_end).fetch_all(c).await?,
        Conn::Postgres(c) => {
            sqlx::query_as(POSTGRES).bind(rows).bind(window_start).bind(window_end).fetch_all(c).await?
        }
    };
    Ok(taken.into_iter().collect())
}

/// Forgets windows that have ended.
pub async fn purge(conn: Conn<'_>, now: Timestamp) -> Result<()> {
    const SQL: &str = "DELETE FROM rate_limits WHERE expires_at <= $1";
    on!(conn, |c| sqlx::query(SQL).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
