//! Hashes of passwords, and what goes with them.

use model::UserId;
use model::time::Timestamp;

use crate::db::{Conn, on};
use crate::error::Result;

/// The hash of a person's password; `None` for somebody who has none, and for nobody.
pub async fn find(conn: Conn<'_>, user: &UserId) -> Result<Option<String>> {
    const SQL: &str = "SELECT password_hash FROM users WHERE id = $1";
    let found: Option<Option<String>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(user).fetch_optional(c).await)?;
    Ok(found.flatten())
}

/// As [`find`], and holds the person's row until the transaction ends. On SQLite a transaction that writes is alone
/// anyway.
pub async fn find_locked(conn: Conn<'_>, user: &UserId) -> Result<Option<String>> {
    const SQL: &str = "SELECT password_hash FROM users WHERE id = $1";
    const POSTGRES: &str = "SELECT password_hash FROM users WHERE id = $1 FOR UPDATE";
    let found: Option<Option<String>> = match conn {
        Conn::Sqlite(c) => sqlx::query_scalar(SQL).bind(user).fetch_optional(c).await?,
        Conn::Postgres(c) => sqlx::query_scalar(POSTGRES).bind(user).fetch_optional(c).await?,
    };
    Ok(found.flatten())
}

/// Sets a new password. What was accepted of the old one falls with it.
pub async fn set(conn: Conn<'_>, user: &UserId, hash: &str, now: Timestamp) -> Result<()> {
    const SQL: &str =
        "UPDATE users SET password_hash = $2, breach_accepted_until = NULL, updated_at = $3 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(hash).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Puts another hash of the same password in the place of `old`; false when there is another password by now.
pub async fn replace(conn: Conn<'_>, user: &UserId, old: &str, new: &str) -> Result<bool> {
    const SQL: &str = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2";
    let done =
        on!(conn, |c| sqlx::query(SQL).bind(user).bind(old).bind(new).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done > 0)
}

/// Until when a person has accepted that thieves know the password.
pub async fn breach_accepted_until(conn: Conn<'_>, user: &UserId) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT breach_accepted_until FROM users WHERE id = $1";
    let found: Option<Option<Timestamp>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(user).fetch_optional(c).await)?;
    Ok(found.flatten())
}

pub async fn accept_breach(conn: Conn<'_>, user: &UserId, until: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE users SET breach_accepted_until = $2 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(until).execute(c).await.map(|_| ()))?;
    Ok(())
}
