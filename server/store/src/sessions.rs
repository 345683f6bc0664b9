//! Sign-ins: families of refresh tokens, of which only hashes are kept.

use model::time::Timestamp;
use model::users::User;
use model::{SessionId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RefreshToken {
    pub token_hash: String,
    pub session_id: SessionId,
    pub user_id: UserId,
    /// `web` or `cli`; the two are not interchangeable.
    pub kind: String,
    /// When the sign-in began; the same for all its tokens.
    pub started_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When it was exchanged for its successor.
    pub rotated_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
    /// When the sign-in was last used, as far as the newest of its tokens knows.
    pub last_used_at: Option<Timestamp>,
    /// What the sign-in is called, where whoever began it gave it a name.
    pub label: Option<String>,
    pub user_agent: Option<String>,
    pub ip: Option<String>,
}

macro_rules! columns {
    () => {
        "token_hash, session_id, user_id, kind, started_at, created_at, expires_at, rotated_at, revoked_at, \
         last_used_at, label, user_agent, ip"
    };
}

macro_rules! by_hash {
    () => {
        concat!("SELECT ", columns!(), " FROM refresh_tokens WHERE token_hash = $1")
    };
}

pub async fn find(conn: Conn<'_>, token_hash: &str) -> Result<Option<RefreshToken>> {
    Ok(on!(conn, |c| sqlx::query_as(by_hash!()).bind(token_hash).fetch_optional(c).await)?)
}

/// Finds a token and holds its row until the transaction ends, so that nobody exchanges or revokes it meanwhile. On
/// SQLite a transaction that writes is alone anyway.
pub async fn find_locked(conn: Conn<'_>, token_hash: &str) -> Result<Option<RefreshToken>> {
    const POSTGRES: &str = concat!(by_hash!(), " FOR UPDATE");
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_as(by_hash!()).bind(token_hash).fetch_optional(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(token_hash).fetch_optional(c).await?,
    })
}

pub async fn insert(conn: Conn<'_>, token: &RefreshToken) -> Result<()> {
    const SQL: &str = concat!(
        "INSERT INTO refresh_tokens (",
        columns!(),
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&token.token_hash)
            .bind(&token.session_id)
            .bind(&token.user_id)
            .bind(&token.kind)
            .bind(token.started_at)
            .bind(token.created_at)
            .bind(token.expires_at)
            .bind(token.rotated_at)
            .bind(token.revoked_at)
            .bind(token.last_used_at)
            .bind(&token.label)
            .bind(&token.user_agent)
            .bind(&token.ip)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Marks a token as exchanged; false when it was exchanged or revoked before, so that of two callers one wins.
pub async fn rotate(conn: Conn<'_>, token_hash: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE refresh_tokens SET rotated_at = $2 \
        WHERE token_hash = $1 AND rotated_at IS NULL AND revoked_at IS NULL";
    let done = on!(conn, |c| sqlx::query(SQL).bind(token_hash).bind(now).execute(c).await.map(|d| d.rows_affected()))?;
    Ok(done > 0)
}

/// Ends a whole family.
pub async fn revoke(mut conn: Conn<'_>, session: &SessionId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE refresh_tokens SET revoked_at = $2 WHERE session_id = $1 AND revoked_at IS NULL";
    // An exchange that was under way when the statement began may have added a token that the statement did not see.
    loop {
        let ended = on!(conn.again(), |c| {
            sqlx::query(SQL).bind(session).bind(now).execute(c).await.map(|done| done.rows_affected())
        })?;
        if ended == 0 {
            return Ok(());
        }
    }
}

/// Ends every family of a person, but one where `except` names it.
pub async fn revoke_all(mut conn: Conn<'_>, user: &UserId, except: Option<&SessionId>, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE refresh_tokens SET revoked_at = $2 \
        WHERE user_id = $1 AND session_id <> $3 AND revoked_at IS NULL";
    let except = except.map_or("", SessionId::as_str);
    // As in `revoke`.
    loop {
        let ended = on!(conn.again(), |c| {
            sqlx::query(SQL).bind(user).bind(now).bind(except).execute(c).await.map(|done| done.rows_affected())
        })?;
        if ended == 0 {
            return Ok(());
        }
    }
}

/// The sign-ins of a person that still work, the one used last first: of each its newest token.
pub async fn list_open(conn: Conn<'_>, user: &UserId, now: Timestamp) -> Result<Vec<RefreshToken>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM refresh_tokens WHERE user_id = $1 AND rotated_at IS NULL AND revoked_at IS NULL AND expires_at > $2 \
          ORDER BY last_used_at DESC, created_at DESC, token_hash"
    );
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(user).bind(now).fetch_all(c).await)?)
}

/// The person behind a sign-in.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Signed {
    #[sqlx(flatten)]
    pub user: User,
    /// When the sign-in was last used; `None` when it was revoked or has expired.
    pub last_used_at: Option<Timestamp>,
}

/// The person behind a sign-in that is neither revoked nor expired.
pub async fn find_user(conn: Conn<'_>, session: &SessionId, user: &UserId, now: Timestamp) -> Result<Option<Signed>> {
    const SQL: &str = "SELECT u.id, u.email, u.name, u.role, u.created_at, u.last_login_at, u.disabled_at, \
        (SELECT MAX(COALESCE(t.last_used_at, t.created_at)) FROM refresh_tokens t WHERE t.session_id = $1 \
        AND t.user_id = u.id AND t.revoked_at IS NULL AND t.expires_at > $3) AS last_used_at \
        FROM users u WHERE u.id = $2";
    let found: Option<Signed> =
        on!(conn, |c| sqlx::query_as(SQL).bind(session).bind(user).bind(now).fetch_optional(c).await)?;
    Ok(found.filter(|found| found.last_used_at.is_some()))
}

/// Notes that a sign-in was used, and from where.
pub async fn note_use(conn: Conn<'_>, session: &SessionId, ip: Option<&str>, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE refresh_tokens SET last_used_at = $2, ip = COALESCE($3, ip) \
        WHERE session_id = $1 AND rotated_at IS NULL AND revoked_at IS NULL";
    on!(conn, |c| sqlx::query(SQL).bind(session).bind(now).bind(ip).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets tokens that expired before `before`; gives how many.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<u64> {
    const SQL: &str = "DELETE FROM refresh_tokens WHERE expires_at < $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}
