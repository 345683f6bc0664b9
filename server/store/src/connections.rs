//! Accounts at sign-in providers that belong to people.

use model::sso::{Connection, ProviderKind};
use model::time::Timestamp;
use model::users::User;
use model::{ConnectionId, ProviderId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

/// The person an account at a provider belongs to.
pub async fn find_user(
    conn: Conn<'_>,
    kind: ProviderKind,
    provider: &ProviderId,
    external_id: &str,
) -> Result<Option<User>> {
    const SQL: &str = "SELECT u.id, u.email, u.name, u.role, u.created_at, u.last_login_at, u.disabled_at \
        FROM sso_connections c JOIN users u ON u.id = c.user_id \
        WHERE c.kind = $1 AND c.provider_id = $2 AND c.external_id = $3";
    Ok(on!(conn, |c| {
        sqlx::query_as(SQL).bind(kind.as_str()).bind(provider).bind(external_id).fetch_optional(c).await
    })?)
}

/// Whether a person has an account at this provider.
pub async fn exists(conn: Conn<'_>, kind: ProviderKind, provider: &ProviderId, user: &UserId) -> Result<bool> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM sso_connections WHERE kind = $1 AND provider_id = $2 AND user_id = $3)";
    Ok(on!(conn, |c| { sqlx::query_scalar(SQL).bind(kind.as_str()).bind(provider).bind(user).fetch_one(c).await })?)
}

/// The accounts of a person, oldest first.
pub async fn list(conn: Conn<'_>, user: &UserId) -> Result<Vec<Connection>> {
    const SQL: &str = "SELECT id, kind, provider_id, external_id, created_at, last_used_at FROM sso_connections \
        WHERE user_id = $1 ORDER BY created_at, id";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(user).fetch_all(c).await)?)
}

/// Adds a connection. [`crate::Error::Duplicate`] when the account or the person is connected with this provider.
pub async fn insert(conn: Conn<'_>, user: &UserId, connection: &Connection) -> Result<()> {
    const SQL: &str = "INSERT INTO sso_connections (id, kind, provider_id, user_id, external_id, created_at, \
        updated_at, last_used_at) VALUES ($1, $2, $3, $4, $5, $6, $6, $7)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&connection.id)
            .bind(connection.kind.as_str())
            .bind(&connection.provider_id)
            .bind(user)
            .bind(&connection.external_id)
            .bind(connection.created_at)
            .bind(connection.last_used_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Notes that somebody signed in this way.
pub async fn note_use(
    conn: Conn<'_>,
    kind: ProviderKind,
    provider: &ProviderId,
    external_id: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "UPDATE sso_connections SET last_used_at = $4, updated_at = $4 \
        WHERE kind = $1 AND provider_id = $2 AND external_id = $3";
    on!(conn, |c| {
        sqlx::query(SQL).bind(kind.as_str()).bind(provider).bind(external_id).bind(now).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Removes a connection of a person; false when there is none.
pub async fn delete(conn: Conn<'_>, user: &UserId, id: &ConnectionId) -> Result<bool> {
    const SQL: &str = "DELETE FROM sso_connections WHERE user_id = $1 AND id = $2";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(user).bind(id).execute(c).await.map(|done| done.rows_affected() > 0))?)
}

/// Removes every connection of a provider, inside the transaction that removes it.
pub async fn delete_of_provider(conn: Conn<'_>, kind: ProviderKind, provider: &ProviderId) -> Result<u64> {
    const SQL: &str = "DELETE FROM sso_connections WHERE kind = $1 AND provider_id = $2";
    Ok(on!(conn, |c| {
        sqlx::query(SQL).bind(kind.as_str()).bind(provider).execute(c).await.map(|done| done.rows_affected())
    })?)
}

/// How many people sign in through a provider.
pub async fn count(conn: Conn<'_>, kind: ProviderKind, provider: &ProviderId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM sso_connections WHERE kind = $1 AND provider_id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(kind.as_str()).bind(provider).fetch_one(c).await)?)
}

/// People who could not sign in any more without this provider: no password, no passkey, no other connection.
pub async fn depending(conn: Conn<'_>, kind: ProviderKind, provider: &ProviderId) -> Result<Vec<User>> {
    const SQL: &str = "SELECT u.id, u.email, u.name, u.role, u.created_at, u.last_login_at, u.disabled_at \
        FROM users u JOIN sso_connections c ON c.user_id = u.id AND c.kind = $1 AND c.provider_id = $2 \
        WHERE u.password_hash IS NULL \
        AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id) \
        AND NOT EXISTS (SELECT 1 FROM sso_connections o WHERE o.user_id = u.id AND o.id <> c.id) \
        ORDER BY u.email";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(kind.as_str()).bind(provider).fetch_all(c).await)?)
}

/// Whether a person has a password or a passkey.
pub async fn has_other_way(conn: Conn<'_>, user: &UserId) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM users WHERE id = $1 AND password_hash IS NOT NULL) \
        OR EXISTS (SELECT 1 FROM passkeys WHERE user_id = $1)";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(user).fetch_one(c).await)?)
}

/// Holds the row of a person until the transaction ends, so that nobody gives up another way to sign in meanwhile.
pub async fn hold(conn: Conn<'_>, user: &UserId) -> Result<()> {
    const SQL: &str = "UPDATE users SET id = id WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(user).execute(c).await.map(|_| ()))?;
    Ok(())
}
