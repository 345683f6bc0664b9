//! API keys, of which only hashes are kept.

use model::api_keys::{ApiKey, ListedKey};
use model::time::Timestamp;
use model::users::User;
use model::{ApiKeyId, ProjectId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;
use crate::users;

/// The columns of an [`ApiKey`] in a table called `k`.
macro_rules! columns {
    () => {
        "k.id, k.name, k.prefix, k.user_id, k.created_by_id, k.project_id, k.is_global, k.scopes, k.created_at, \
         k.last_used_at, k.last_used_ip, k.expires_at, k.revoked_at"
    };
}

/// Keys with the names of what they refer to.
macro_rules! listed {
    () => {
        concat!(
            "SELECT ",
            columns!(),
            ", o.email AS owner_email, o.name AS owner_name, o.role AS owner_role, \
             o.disabled_at AS owner_disabled_at, p.name AS project_name, COALESCE(c.name, c.email) AS creator \
             FROM api_keys k JOIN users o ON o.id = k.user_id LEFT JOIN projects p ON p.id = k.project_id \
             LEFT JOIN users c ON c.id = k.created_by_id"
        )
    };
}

/// Which keys to list. Everything is optional and holds together.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeyFilter<'a> {
    pub project: Option<&'a ProjectId>,
    pub owner: Option<&'a UserId>,
    /// Only what this person sees.
    pub seen_by: Option<Viewpoint<'a>>,
}

/// Who looks at the keys of a project.
#[derive(Debug, Clone, Copy)]
pub struct Viewpoint<'a> {
    /// Their own keys.
    pub person: &'a UserId,
    /// And others that are shown to administrators.
    pub is_admin: bool,
}

/// Adds a key.
pub async fn insert(conn: Conn<'_>, key: &ApiKey, key_hash: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO api_keys (id, name, key_hash, prefix, user_id, created_by_id, project_id, is_global, \
        scopes, created_at, last_used_at, last_used_ip, expires_at, revoked_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&key.id)
            .bind(&key.name)
            .bind(key_hash)
            .bind(&key.prefix)
            .bind(&key.user_id)
            .bind(&key.created_by_id)
            .bind(&key.project_id)
            .bind(key.is_global)
            .bind(sqlx::types::Json(&key.scopes))
            .bind(key.created_at)
            .bind(key.last_used_at)
            .bind(&key.last_used_ip)
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
    // A key of a project in the trash opens nothing until the project is back.
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM api_keys k WHERE k.key_hash = $1 \
         AND (k.project_id IS NULL OR EXISTS (SELECT 1 FROM projects p WHERE p.id = k.project_id))"
    );
    let key: Option<ApiKey> = on!(conn.again(), |c| sqlx::query_as(SQL).bind(key_hash).fetch_optional(c).await)?;
    let Some(key) = key else { return Ok(None) };
    Ok(users::find(conn, &key.user_id).await?.map(|owner| (key, owner)))
}

/// The key with this id; with a project only if it is bound to that one.
pub async fn find_listed(conn: Conn<'_>, project: Option<&ProjectId>, id: &ApiKeyId) -> Result<Option<ListedKey>> {
    const SQL: &str = concat!(listed!(), " WHERE k.id = $1 AND ($2 = '' OR k.project_id = $2)");
    let project = project.map_or("", ProjectId::as_str);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).bind(project).fetch_optional(c).await)?)
}

/// As [`find_listed`], and nobody else changes the key until the transaction ends.
pub async fn find_locked(conn: Conn<'_>, project: Option<&ProjectId>, id: &ApiKeyId) -> Result<Option<ListedKey>> {
    const POSTGRES: &str = concat!(listed!(), " WHERE k.id = $1 AND ($2 = '' OR k.project_id = $2) FOR UPDATE OF k");
    match conn {
        Conn::Postgres(c) => {
            let project = project.map_or("", ProjectId::as_str);
            Ok(sqlx::query_as(POSTGRES).bind(id).bind(project).fetch_optional(c).await?)
        }
        // One writer at a time.
        sqlite => find_listed(sqlite, project, id).await,
    }
}

/// Keys, newest first.
pub async fn list(conn: Conn<'_>, filter: KeyFilter<'_>) -> Result<Vec<ListedKey>> {
    const SQL: &str = concat!(
        listed!(),
        " WHERE ($1 = '' OR k.project_id = $1) AND ($2 = '' OR k.user_id = $2) \
         AND ($3 = '' OR k.user_id = $3 OR ($4 AND k.is_global)) ORDER BY k.created_at DESC, k.id DESC"
    );
    let project = filter.project.map_or("", ProjectId::as_str);
    let owner = filter.owner.map_or("", UserId::as_str);
    let person = filter.seen_by.map_or("", |seen_by| seen_by.person.as_str());
    let is_admin = filter.seen_by.is_some_and(|seen_by| seen_by.is_admin);
    Ok(on!(conn, |c| { sqlx::query_as(SQL).bind(project).bind(owner).bind(person).bind(is_admin).fetch_all(c).await })?)
}

/// How many keys a person has, in whatever state.
pub async fn count(conn: Conn<'_>, owner: &UserId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM api_keys WHERE user_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(owner).fetch_one(c).await)?)
}

/// Writes what its owner can change.
pub async fn update(conn: Conn<'_>, key: &ApiKey) -> Result<()> {
    const SQL: &str = "UPDATE api_keys SET name = $2, scopes = $3, expires_at = $4, is_global = $5, revoked_at = $6 \
        WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&key.id)
            .bind(&key.name)
            .bind(sqlx::types::Json(&key.scopes))
            .bind(key.expires_at)
            .bind(key.is_global)
            .bind(key.revoked_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Puts another secret in the place of the one so far. Nobody has used it yet.
pub async fn replace_secret(conn: Conn<'_>, id: &ApiKeyId, prefix: &str, key_hash: &str) -> Result<()> {
    const SQL: &str =
        "UPDATE api_keys SET prefix = $2, key_hash = $3, last_used_at = NULL, last_used_ip = NULL WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(prefix).bind(key_hash).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes a key.
pub async fn delete(conn: Conn<'_>, id: &ApiKeyId) -> Result<()> {
    const SQL: &str = "DELETE FROM api_keys WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Notes that a key was used, and from where, unless a use after `since` is noted already.
pub async fn note_use(
    conn: Conn<'_>,
    key_hash: &str,
    ip: Option<&str>,
    since: Timestamp,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "UPDATE api_keys SET last_used_at = $3, last_used_ip = $4 \
        WHERE key_hash = $1 AND (last_used_at IS NULL OR last_used_at <= $2)";
    on!(conn, |c| sqlx::query(SQL).bind(key_hash).bind(since).bind(now).bind(ip).execute(c).await.map(|_| ()))?;
    Ok(())
}
