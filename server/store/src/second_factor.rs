//! Second factors of people: their mode, authenticator apps, recovery codes, and sign-ins between two steps.

use model::second_factor::{Factor, Factors, Mode};
use model::time::Timestamp;
use model::{SessionId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(sqlx::FromRow)]
struct FactorsRow {
    #[sqlx(try_from = "String")]
    two_factor_mode: Mode,
    has_password: bool,
    passkeys: i64,
    totp: bool,
    recovery_codes: i64,
}

/// What somebody can prove themselves with; `None` when there is nobody with this id.
pub async fn factors(conn: Conn<'_>, user: &UserId) -> Result<Option<Factors>> {
    const SQL: &str = "SELECT u.two_factor_mode, u.password_hash IS NOT NULL AS has_password, \
        (SELECT COUNT(*) FROM passkeys p WHERE p.user_id = u.id) AS passkeys, \
        EXISTS (SELECT 1 FROM totp_secrets t WHERE t.user_id = u.id AND t.confirmed_at IS NOT NULL) AS totp, \
        (SELECT COUNT(*) FROM recovery_codes r WHERE r.user_id = u.id AND r.used_at IS NULL) AS recovery_codes \
        FROM users u WHERE u.id = $1";
    let row: Option<FactorsRow> = on!(conn, |c| sqlx::query_as(SQL).bind(user).fetch_optional(c).await)?;
    Ok(row.map(|row| Factors {
        mode: row.two_factor_mode,
        has_password: row.has_password,
        passkeys: u32::try_from(row.passkeys).unwrap_or(u32::MAX),
        totp: row.totp,
        recovery_codes: u32::try_from(row.recovery_codes).unwrap_or(u32::MAX),
    }))
}

/// Holds the row of a person until the transaction ends, so that of two changes to their factors each sees the other.
/// On SQLite a transaction that writes is alone anyway.
pub async fn lock(conn: Conn<'_>, user: &UserId) -> Result<()> {
    const SQL: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
    if let Conn::Postgres(c) = conn {
        sqlx::query(SQL).bind(user).fetch_optional(c).await?;
    }
    Ok(())
}

pub async fn set_mode(conn: Conn<'_>, user: &UserId, mode: Mode) -> Result<()> {
    const SQL: &str = "UPDATE users SET two_factor_mode = $2 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(mode.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// When somebody said that they want no passkey for now.
pub async fn passkey_declined_at(conn: Conn<'_>, user: &UserId) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT passkey_declined_at FROM users WHERE id = $1";
    let found: Option<Option<Timestamp>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(user).fetch_optional(c).await)?;
    Ok(found.flatten())
}

pub async fn decline_passkey(conn: Conn<'_>, user: &UserId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE users SET passkey_declined_at = $2 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// A sign-in between its two steps.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct PendingSession {
    pub token_hash: String,
    pub user_id: UserId,
    #[sqlx(try_from = "String")]
    pub factor: Factor,
    /// `password`, `passkey` or `sso`.
    pub method: String,
    pub provider: Option<String>,
    pub attempts: i64,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Keeps a sign-in until its second step, and forgets those that expired.
pub async fn insert_pending(mut conn: Conn<'_>, pending: &PendingSession, now: Timestamp) -> Result<()> {
    const OLD: &str = "DELETE FROM second_factor_sessions WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO second_factor_sessions (token_hash, user_id, factor, method, provider, attempts, \
        created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn.again(), |c| sqlx::query(OLD).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&pending.token_hash)
            .bind(&pending.user_id)
            .bind(pending.factor.as_str())
            .bind(&pending.method)
            .bind(&pending.provider)
            .bind(pending.attempts)
            .bind(pending.created_at)
            .bind(pending.expires_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// A sign-in that may still be completed.
pub async fn find_pending(conn: Conn<'_>, hash: &str, most: i64, now: Timestamp) -> Result<Option<PendingSession>> {
    const SQL: &str = "SELECT token_hash, user_id, factor, method, provider, attempts, created_at, expires_at \
        FROM second_factor_sessions WHERE token_hash = $1 AND attempts < $2 AND expires_at > $3";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(hash).bind(most).bind(now).fetch_optional(c).await)?)
}

/// Counts an attempt. Nothing when all were used, so that attempts at the same moment are not more than `most`.
pub async fn count_attempt(conn: Conn<'_>, hash: &str, most: i64, now: Timestamp) -> Result<Option<PendingSession>> {
    const SQL: &str = "UPDATE second_factor_sessions SET attempts = attempts + 1 \
        WHERE token_hash = $1 AND attempts < $2 AND expires_at > $3 \
        RETURNING token_hash, user_id, factor, method, provider, attempts, created_at, expires_at";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(hash).bind(most).bind(now).fetch_optional(c).await)?)
}

/// Ends a pending sign-in; false when somebody else did.
pub async fn end_pending(conn: Conn<'_>, hash: &str) -> Result<bool> {
    const SQL: &str = "DELETE FROM second_factor_sessions WHERE token_hash = $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(hash).execute(c).await.map(|done| done.rows_affected()))? > 0)
}

/// Ends every pending sign-in of a person.
pub async fn end_all_pending(conn: Conn<'_>, user: &UserId) -> Result<()> {
    const SQL: &str = "DELETE FROM second_factor_sessions WHERE user_id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The secret of an authenticator app, sealed.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct TotpSecret {
    pub secret: String,
    pub last_step: i64,
    pub created_at: Timestamp,
    pub confirmed_at: Option<Timestamp>,
}

pub async fn totp(conn: Conn<'_>, user: &UserId) -> Result<Option<TotpSecret>> {
    const SQL: &str = "SELECT secret, last_step, created_at, confirmed_at FROM totp_secrets WHERE user_id = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(user).fetch_optional(c).await)?)
}

/// Keeps a secret that is still to be confirmed, in the place of an earlier one; false when a confirmed one is there.
pub async fn offer_totp(conn: Conn<'_>, user: &UserId, secret: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "INSERT INTO totp_secrets (user_id, secret, last_step, created_at) VALUES ($1, $2, 0, $3) \
        ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, last_step = 0, created_at = excluded.created_at \
        WHERE totp_secrets.confirmed_at IS NULL";
    let done =
        on!(conn, |c| sqlx::query(SQL).bind(user).bind(secret).bind(now).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done > 0)
}

/// Accepts the code of a step; false when that step or a later one was accepted before.
pub async fn accept_step(conn: Conn<'_>, user: &UserId, step: i64) -> Result<bool> {
    const SQL: &str = "UPDATE totp_secrets SET last_step = $2 WHERE user_id = $1 AND last_step < $2";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(user).bind(step).execute(c).await.map(|d| d.rows_affected()))? > 0)
}

pub async fn confirm_totp(conn: Conn<'_>, user: &UserId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE totp_secrets SET confirmed_at = $2 WHERE user_id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets an authenticator app; false when there was none.
pub async fn delete_totp(conn: Conn<'_>, user: &UserId) -> Result<bool> {
    const SQL: &str = "DELETE FROM totp_secrets WHERE user_id = $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(user).execute(c).await.map(|done| done.rows_affected()))? > 0)
}

/// Puts new recovery codes in the place of the old ones.
pub async fn replace_codes(mut conn: Conn<'_>, user: &UserId, hashes: &[String], now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO recovery_codes (user_id, code_hash, created_at) VALUES ($1, $2, $3)";
    delete_codes(conn.again(), user).await?;
    for hash in hashes {
        on!(conn.again(), |c| sqlx::query(SQL).bind(user).bind(hash).bind(now).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

/// Uses a recovery code up; false when it is unknown or used.
pub async fn use_code(conn: Conn<'_>, user: &UserId, hash: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE recovery_codes SET used_at = $3 \
        WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL";
    let done =
        on!(conn, |c| sqlx::query(SQL).bind(user).bind(hash).bind(now).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done > 0)
}

pub async fn delete_codes(conn: Conn<'_>, user: &UserId) -> Result<()> {
    const SQL: &str = "DELETE FROM recovery_codes WHERE user_id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// When the person behind a sign-in last proved who they are: when it began, or when they did so again. That the
/// command line was signed in proves nothing: a browser did that for it.
pub async fn confirmed_at(conn: Conn<'_>, session: &SessionId) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT MAX(at) FROM (\
        SELECT MIN(created_at) AS at FROM refresh_tokens WHERE session_id = $1 AND kind = 'web' \
        UNION ALL SELECT confirmed_at AS at FROM confirmations WHERE session_id = $1) AS times";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(session).fetch_one(c).await)?)
}

/// Notes that the person behind a sign-in proved again who they are.
pub async fn confirm(mut conn: Conn<'_>, session: &SessionId, user: &UserId, now: Timestamp) -> Result<()> {
    // Those of earlier days say nothing any more.
    const OLD: &str = "DELETE FROM confirmations WHERE user_id = $1 AND session_id <> $2 AND confirmed_at < $3";
    const SQL: &str = "INSERT INTO confirmations (session_id, user_id, confirmed_at) VALUES ($1, $2, $3) \
        ON CONFLICT (session_id) DO UPDATE SET confirmed_at = excluded.confirmed_at";
    let yesterday = now - chrono::Duration::days(1);
    on!(conn.again(), |c| sqlx::query(OLD).bind(user).bind(session).bind(yesterday).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(SQL).bind(session).bind(user).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
