//! Whether this instance is set up, and the tokens that may set it up.

use model::UserId;
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

pub async fn is_set_up(conn: Conn<'_>) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM instance";
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// Marks the instance as set up. [`crate::Error::Duplicate`] when it already is: of two simultaneous set-ups one wins.
pub async fn complete(conn: Conn<'_>, first_admin: &UserId, now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO instance (id, setup_completed_at, first_admin_id) VALUES (1, $1, $2)";
    on!(conn, |c| sqlx::query(SQL).bind(now).bind(first_admin).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn insert_token(conn: Conn<'_>, hash: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO setup_tokens (token_hash, created_at) VALUES ($1, $2)";
    on!(conn, |c| sqlx::query(SQL).bind(hash).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

pub async fn has_token(conn: Conn<'_>, hash: &str) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM setup_tokens WHERE token_hash = $1";
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(hash).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// Forgets all tokens, once the instance is set up.
pub async fn delete_tokens(conn: Conn<'_>) -> Result<()> {
    on!(conn, |c| sqlx::query("DELETE FROM setup_tokens").execute(c).await.map(|_| ()))?;
    Ok(())
}
