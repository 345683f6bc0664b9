//! Links that set a new password, of which only hashes are kept.

use model::UserId;
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PasswordReset {
    pub token_hash: String,
    pub user_id: UserId,
    /// The address the link was mailed to.
    pub email: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was used, or when a newer one took its place.
    pub used_at: Option<Timestamp>,
}

pub async fn insert(conn: Conn<'_>, reset: &PasswordReset) -> Result<()> {
    const SQL: &str = "INSERT INTO password_resets (token_hash, user_id, email, created_at, expires_at, used_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&reset.token_hash)
            .bind(&reset.user_id)
            .bind(&reset.email)
            .bind(reset.created_at)
            .bind(reset.expires_at)
            .bind(reset.used_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// A link that still works: neither used nor expired.
pub async fn find_open(conn: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<Option<PasswordReset>> {
    const SQL: &str = "SELECT token_hash, user_id, email, created_at, expires_at, used_at FROM password_resets \
        WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(token_hash).bind(now).fetch_optional(c).await)?)
}

/// Marks a link as used; false when it was used before or has expired, so that of two callers one wins.
pub async fn use_up(conn: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str =
        "UPDATE password_resets SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
    let done = on!(conn, |c| sqlx::query(SQL).bind(token_hash).bind(now).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done > 0)
}

/// Ends every open link of a person.
pub async fn end_all(conn: Conn<'_>, user: &UserId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE password_resets SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets links that expired before `before`; gives how many.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<u64> {
    const SQL: &str = "DELETE FROM password_resets WHERE expires_at < $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}
