//! Passkeys, and the challenges they sign.

use model::second_factor::Passkey;
use model::time::Timestamp;
use model::{PasskeyId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

/// A passkey with what is needed to check its signatures.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct StoredPasskey {
    pub id: PasskeyId,
    pub user_id: UserId,
    pub name: String,
    /// base64url.
    pub credential_id: String,
    /// The public key, and what the authenticator said of itself, as JSON.
    pub credential: String,
    pub counter: i64,
    pub created_at: Timestamp,
    pub last_used_at: Option<Timestamp>,
}

impl From<StoredPasskey> for Passkey {
    fn from(stored: StoredPasskey) -> Self {
        let StoredPasskey { id, name, created_at, last_used_at, .. } = stored;
        Self { id, name, created_at, last_used_at }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, user_id, name, credential_id, credential, counter, created_at, last_used_at FROM passkeys ",
            $rest
        )
    };
}

/// The passkeys of a person, oldest first.
pub async fn list(conn: Conn<'_>, user: &UserId) -> Result<Vec<StoredPasskey>> {
    const SQL: &str = select!("WHERE user_id = $1 ORDER BY created_at, id");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(user).fetch_all(c).await)?)
}

/// Finds by the name the browser has for it, and holds the row until the transaction ends, so that of two signatures
/// with one counter only one is accepted.
pub async fn find_locked(conn: Conn<'_>, credential_id: &str) -> Result<Option<StoredPasskey>> {
    const SQLITE: &str = select!("WHERE credential_id = $1");
    const POSTGRES: &str = select!("WHERE credential_id = $1 FOR UPDATE");
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(credential_id).fetch_optional(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(credential_id).fetch_optional(c).await?,
    })
}

/// Adds a passkey. [`crate::Error::Duplicate`] when somebody has it already.
pub async fn insert(conn: Conn<'_>, passkey: &StoredPasskey) -> Result<()> {
    const SQL: &str = "INSERT INTO passkeys (id, user_id, name, credential_id, credential, counter, created_at, \
        last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&passkey.id)
            .bind(&passkey.user_id)
            .bind(&passkey.name)
            .bind(&passkey.credential_id)
            .bind(&passkey.credential)
            .bind(passkey.counter)
            .bind(passkey.created_at)
            .bind(passkey.last_used_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Notes that a passkey was used.
pub async fn note_use(conn: Conn<'_>, id: &PasskeyId, credential: &str, counter: i64, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE passkeys SET credential = $2, counter = $3, last_used_at = $4 WHERE id = $1";
    on!(conn, |c| { sqlx::query(SQL).bind(id).bind(credential).bind(counter).bind(now).execute(c).await.map(|_| ()) })?;
    Ok(())
}

/// Renames a person's own passkey; gives it as it is then.
pub async fn rename(conn: Conn<'_>, user: &UserId, id: &PasskeyId, name: &str) -> Result<Option<Passkey>> {
    const SQL: &str = "UPDATE passkeys SET name = $3 WHERE user_id = $1 AND id = $2 \
        RETURNING id, name, created_at, last_used_at";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(user).bind(id).bind(name).fetch_optional(c).await)?)
}

/// Removes a person's own passkey; gives its name.
pub async fn delete(conn: Conn<'_>, user: &UserId, id: &PasskeyId) -> Result<Option<String>> {
    const SQL: &str = "DELETE FROM passkeys WHERE user_id = $1 AND id = $2 RETURNING name";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(user).bind(id).fetch_optional(c).await)?)
}

/// Removes all passkeys of a person; gives how many.
pub async fn delete_all(conn: Conn<'_>, user: &UserId) -> Result<u64> {
    const SQL: &str = "DELETE FROM passkeys WHERE user_id = $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(user).execute(c).await.map(|done| done.rows_affected()))?)
}

/// What a passkey was asked to sign.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Challenge {
    pub challenge_hash: String,
    /// `register`, `login`, `second_factor` or `confirm`.
    pub purpose: String,
    /// Whose passkey it must be; `None` where that is found out from the answer.
    pub user_id: Option<UserId>,
    /// The sign-in, or the hash of the pending one, that it was made for.
    pub bound_to: Option<String>,
    pub state: String,
    pub expires_at: Timestamp,
}

/// Keeps a challenge, and forgets those that expired.
pub async fn insert_challenge(mut conn: Conn<'_>, challenge: &Challenge, now: Timestamp) -> Result<()> {
    const OLD: &str = "DELETE FROM auth_challenges WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO auth_challenges (challenge_hash, purpose, user_id, bound_to, state, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6)";
    on!(conn.again(), |c| sqlx::query(OLD).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&challenge.challenge_hash)
            .bind(&challenge.purpose)
            .bind(&challenge.user_id)
            .bind(&challenge.bound_to)
            .bind(&challenge.state)
            .bind(challenge.expires_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Uses a challenge up. Nothing when it is unknown, expired, used, or meant for something else.
pub async fn use_challenge(
    conn: Conn<'_>,
    challenge_hash: &str,
    purpose: &str,
    now: Timestamp,
) -> Result<Option<Challenge>> {
    const SQL: &str = "UPDATE auth_challenges SET used_at = $3 \
        WHERE challenge_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 \
        RETURNING challenge_hash, purpose, user_id, bound_to, state, expires_at";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(challenge_hash).bind(purpose).bind(now).fetch_optional(c).await)?)
}
