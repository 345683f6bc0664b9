//! People.

use model::UserId;
use model::time::Timestamp;
use model::users::{SYSTEM_ID, User};

use crate::db::{Conn, on};
use crate::error::Result;

/// A person with the hash of the password, which never leaves store and services.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct UserWithPassword {
    #[sqlx(flatten)]
    pub user: User,
    pub password_hash: Option<String>,
}

pub async fn find(conn: Conn<'_>, id: &UserId) -> Result<Option<User>> {
    const SQL: &str = "SELECT id, email, name, role, created_at, last_login_at, disabled_at FROM users WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Finds by the normalised address.
pub async fn find_by_email(conn: Conn<'_>, email: &str) -> Result<Option<UserWithPassword>> {
    const SQL: &str = "SELECT id, email, name, role, created_at, last_login_at, disabled_at, password_hash \
        FROM users WHERE email = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(email).fetch_optional(c).await)?)
}

/// How many people there are. The built-in actor is not a person.
pub async fn count(conn: Conn<'_>) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM users WHERE id <> $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(SYSTEM_ID).fetch_one(c).await)?)
}

/// Adds a person. [`crate::Error::Duplicate`] when the address exists.
pub async fn insert(conn: Conn<'_>, user: &User, password_hash: Option<&str>) -> Result<()> {
    const SQL: &str = "INSERT INTO users (id, email, name, role, password_hash, last_login_at, disabled_at, \
        created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&user.id)
            .bind(&user.email)
            .bind(&user.name)
            .bind(user.role.as_str())
            .bind(password_hash)
            .bind(user.last_login_at)
            .bind(user.disabled_at)
            .bind(user.created_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Notes a completed sign-in; the one before is kept for "since my last visit".
pub async fn note_login(conn: Conn<'_>, id: &UserId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE users SET previous_login_at = last_login_at, last_login_at = $2 WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// When somebody signed in the time before the last.
pub async fn previous_login(conn: Conn<'_>, id: &UserId) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT previous_login_at FROM users WHERE id = $1";
    let found: Option<Option<Timestamp>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)?;
    Ok(found.flatten())
}
