//! Requests that must not run twice, and the sealed answers of those that ran.

use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

/// A request that somebody wants to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Names caller, method, path and key.
    pub id: String,
    pub fingerprint: String,
    /// Names this attempt.
    pub claim: String,
    /// When the attempt counts as lost.
    pub until: Timestamp,
    pub expires_at: Timestamp,
}

/// What is known of a request.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Known {
    pub fingerprint: String,
    /// `None` while it runs.
    pub status: Option<i64>,
    /// `None` while it runs, and where the answer was too large to be kept.
    pub answer: Option<Vec<u8>>,
}

/// Claims a request, unless somebody else runs it or has run it. Of many who try at the same moment one succeeds.
pub async fn claim(conn: Conn<'_>, wanted: &Claim, now: Timestamp) -> Result<bool> {
    const SQL: &str = "INSERT INTO idempotency_keys (id, fingerprint, claim, claimed_until, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (id) DO UPDATE SET fingerprint = excluded.fingerprint, claim = excluded.claim, \
            claimed_until = excluded.claimed_until, expires_at = excluded.expires_at, status = NULL, answer = NULL \
        WHERE idempotency_keys.expires_at <= $6 \
            OR (idempotency_keys.status IS NULL AND idempotency_keys.claimed_until <= $6) \
        RETURNING claim";
    let Claim { id, fingerprint, claim, until, expires_at } = wanted;
    let row: Option<String> = on!(conn, |c| sqlx::query_scalar(SQL)
        .bind(id)
        .bind(fingerprint)
        .bind(claim)
        .bind(until)
        .bind(expires_at)
        .bind(now)
        .fetch_optional(c)
        .await)?;
    Ok(row.is_some())
}

pub async fn find(conn: Conn<'_>, id: &str) -> Result<Option<Known>> {
    const SQL: &str = "SELECT fingerprint, status, answer FROM idempotency_keys WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Keeps the answer of an attempt, unless the attempt was given up and another one has begun.
pub async fn keep(conn: Conn<'_>, id: &str, claim: &str, status: u16, answer: Option<&[u8]>) -> Result<bool> {
    const SQL: &str =
        "UPDATE idempotency_keys SET status = $3, answer = $4 WHERE id = $1 AND claim = $2 AND status IS NULL";
    let rows = on!(conn, |c| sqlx::query(SQL)
        .bind(id)
        .bind(claim)
        .bind(i64::from(status))
        .bind(answer)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(rows > 0)
}

/// Gives an attempt up, so that the next one may run at once.
pub async fn release(conn: Conn<'_>, id: &str, claim: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM idempotency_keys WHERE id = $1 AND claim = $2 AND status IS NULL";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(claim).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets what has expired.
pub async fn purge(conn: Conn<'_>, now: Timestamp) -> Result<()> {
    const SQL: &str = "DELETE FROM idempotency_keys WHERE expires_at <= $1";
    on!(conn, |c| sqlx::query(SQL).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
