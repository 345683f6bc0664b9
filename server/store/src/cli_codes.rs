//! Codes of the command line: made when a person agrees, exchanged once for tokens. Only hashes are kept.

use model::time::Timestamp;
use model::{SessionId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct CliCode {
    pub code_hash: String,
    pub user_id: UserId,
    /// The sign-in of the browser in which the person agreed.
    pub agreed_in: SessionId,
    pub callback_url: String,
    /// What the program calls itself.
    pub client: String,
    pub code_challenge: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    /// The sign-in that the code was exchanged for.
    pub session_id: Option<SessionId>,
}

macro_rules! by_hash {
    () => {
        "SELECT code_hash, user_id, agreed_in, callback_url, client, code_challenge, created_at, expires_at, used_at, \
         session_id FROM cli_codes WHERE code_hash = $1"
    };
}

/// Finds a code and holds its row until the transaction ends, so that of two exchanges one comes after the other. On
/// SQLite a transaction that writes is alone anyway.
pub async fn find_locked(conn: Conn<'_>, code_hash: &str) -> Result<Option<CliCode>> {
    const POSTGRES: &str = concat!(by_hash!(), " FOR UPDATE");
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_as(by_hash!()).bind(code_hash).fetch_optional(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(code_hash).fetch_optional(c).await?,
    })
}

pub async fn insert(conn: Conn<'_>, code: &CliCode) -> Result<()> {
    const SQL: &str = "INSERT INTO cli_codes (code_hash, user_id, agreed_in, callback_url, client, code_challenge, \
        created_at, expires_at, used_at, session_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&code.code_hash)
            .bind(&code.user_id)
            .bind(&code.agreed_in)
            .bind(&code.callback_url)
            .bind(&code.client)
            .bind(&code.code_challenge)
            .bind(code.created_at)
            .bind(code.expires_at)
            .bind(code.used_at)
            .bind(&code.session_id)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Marks a code as used for a sign-in; false when it was used before or has expired, so that of two callers one wins.
pub async fn use_up(conn: Conn<'_>, code_hash: &str, session: &SessionId, now: Timestamp) -> Result<bool> {
    const SQL: &str = "UPDATE cli_codes SET used_at = $3, session_id = $2 \
        WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $3";
    let done = on!(conn, |c| {
        sqlx::query(SQL).bind(code_hash).bind(session).bind(now).execute(c).await.map(|done| done.rows_affected())
    })?;
    Ok(done > 0)
}

/// Forgets codes that expired before `before`; gives how many.
pub async fn purge(conn: Conn<'_>, before: Timestamp) -> Result<u64> {
    const SQL: &str = "DELETE FROM cli_codes WHERE expires_at < $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|done| done.rows_affected()))?)
}
