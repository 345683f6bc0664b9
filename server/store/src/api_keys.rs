//! API keys, of which only hashes are kept.

use model::api_keys::ApiKey;
use model::time::Timestamp;
use model::users::User;
use model::{ApiKeyId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;
use crate::users;

/// Adds a key.
pub async fn insert(conn: Conn<'_>, key: &ApiKey, key_hash: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO api_keys (id, name, key_hash, prefix, user_id, project_id, scopes, created_at, \
        last_used_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&key.id)
            .bind(&key.name)
            .bind(key_hash)
            .bind(&key.prefix)
            .bind(&key.user_id)
            .bind(&key.project_id)
            .bind(sqlx::types::Json(&key.scopes))
            .bind(key.created_at)
            .bind(key.last_used_at)
            .bind(key.expires_at)
            .bind(key.revoked_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The key with this hash and its owner, whatever their state.
pub async fn find(mut conn: Conn<'_>, key_hash: &str) -> Result<Option<(ApiKey, User)>> {
    const SQL: &str = "SELECT id, name, prefix, user_id, project_id, scopes, created_at, last_used_at, expires_at, \
        revoked_at FROM api_keys WHERE key_hash = $1";
    let key: Option<ApiKey> = on!(conn.again(), |c| sqlx::query_as(SQL).bind(key_hash).fetch_optional(c).await)?;
    let Some(key) = key else { return Ok(None) };
    Ok(users::find(conn, &key.user_id).await?.map(|owner| (key, owner)))
}

/// The keys of one person, newest first, optionally only those bound to one project.
pub async fn list(conn: Conn<'_>, owner: &UserId, project: Option<&ProjectId>) -> Result<Vec<ApiKey>> {
    const SQL: &str = "SELECT id, name, prefix, user_id, project_id, scopes, created_at, last_used_at, expires_at, \
        revoked_at FROM api_keys WHERE user_id = $1 AND ($2 = '' OR project_id = $2) \
        ORDER BY created_at DESC, id DESC";
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(owner).bind(project).fetch_all(c).await)?)
}

/// Notes that a key was used, unless a use after `since` is noted already.
pub async fn note_use(conn: Conn<'_>, id: &ApiKeyId, since: Timestamp, now: Timestamp) -> Result<()> {
    const SQL: &str =
        "UPDATE api_keys SET last_used_at = $3 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $2)";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(since).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
