//! People as administrators see them, and what is left when one goes. See [`crate::users`] for single accounts.

use model::UserId;
use model::people::{FormerUser, Overview, Person, Preserved};
use model::time::Timestamp;
use model::users::{SYSTEM_ID, User};

use crate::db::{Conn, on};
use crate::error::Result;

macro_rules! person {
    () => {
        "SELECT u.id, u.email, u.name, u.role, u.created_at, u.last_login_at, u.disabled_at, \
         u.two_factor_mode, u.password_hash IS NOT NULL AS has_password, \
         (SELECT COUNT(*) FROM passkeys p WHERE p.user_id = u.id) AS passkeys, \
         EXISTS (SELECT 1 FROM totp_secrets s WHERE s.user_id = u.id AND s.confirmed_at IS NOT NULL) \
         AS has_authenticator, (SELECT COUNT(*) FROM sso_connections c WHERE c.user_id = u.id) AS connections, (SELECT COUNT(DISTINCT t.session_id) FROM refresh_tokens t \
         WHERE t.user_id = u.id AND t.revoked_at IS NULL AND t.expires_at > $1) AS open_sessions FROM users u \
         WHERE u.id <> $2 "
    };
}

/// Everybody, newest first. The built-in actor is nobody.
pub async fn list(conn: Conn<'_>, now: Timestamp) -> Result<Vec<Person>> {
    const SQL: &str = concat!(person!(), "ORDER BY u.created_at DESC, u.id DESC");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(now).bind(SYSTEM_ID).fetch_all(c).await)?)
}

pub async fn find(conn: Conn<'_>, id: &UserId, now: Timestamp) -> Result<Option<Person>> {
    const SQL: &str = concat!(person!(), "AND u.id = $3");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(now).bind(SYSTEM_ID).bind(id).fetch_optional(c).await)?)
}

/// Finds a person and holds the account until the transaction ends, so that nobody else changes it meanwhile. On SQLite a
/// transaction that writes is alone anyway.
///
/// The lock lets sign-ins go on: one that waited for it while it holds a token that we are about to end would wait for
/// ever.
pub async fn find_locked(conn: Conn<'_>, id: &UserId) -> Result<Option<User>> {
    const SQLITE: &str = "SELECT id, email, name, role, created_at, last_login_at, disabled_at FROM users \
        WHERE id = $1 AND id <> $2";
    const POSTGRES: &str = "SELECT id, email, name, role, created_at, last_login_at, disabled_at FROM users \
        WHERE id = $1 AND id <> $2 FOR NO KEY UPDATE";
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(id).bind(SYSTEM_ID).fetch_optional(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(id).bind(SYSTEM_ID).fetch_optional(c).await?,
    })
}

/// The administrators who can sign in, held until the transaction ends: of two who take the role from each other at the
/// same moment, the second waits here and sees what the first did. Always in the same order, so that nobody waits for
/// somebody who waits for them.
pub async fn lock_administrators(conn: Conn<'_>) -> Result<Vec<UserId>> {
    const SQLITE: &str = "SELECT id FROM users WHERE role = 'ADMIN' AND disabled_at IS NULL AND id <> $1 ORDER BY id";
    const POSTGRES: &str = "SELECT id FROM users WHERE role = 'ADMIN' AND disabled_at IS NULL AND id <> $1 \
        ORDER BY id FOR NO KEY UPDATE";
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_scalar(SQLITE).bind(SYSTEM_ID).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_scalar(POSTGRES).bind(SYSTEM_ID).fetch_all(c).await?,
    })
}

/// Writes what an administrator can change.
pub async fn update(conn: Conn<'_>, user: &User, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE users SET name = $2, role = $3, disabled_at = $4, updated_at = $5 WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&user.id)
            .bind(&user.name)
            .bind(user.role.as_str())
            .bind(user.disabled_at)
            .bind(now)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Deletes a person, and keeps what they did: records name them by what is kept of them, keys are revoked and belong to
/// the built-in actor, open invitations are withdrawn. A fixed number of statements, however much there is. Sign-ins have
/// to be ended before: they refer to the account, and those that are just being renewed hold it.
pub async fn remove(mut conn: Conn<'_>, former: &FormerUser) -> Result<Preserved> {
    const KEEP: &str =
        "INSERT INTO former_users (id, email, name, role, deleted_at, deleted_by) VALUES ($1, $2, $3, $4, $5, $6)";
    const NAMES: [&str; 5] = [
        "UPDATE entry_rows SET former_author_id = $1 WHERE created_by_id = $1",
        "UPDATE change_requests SET former_staff_id = $1 WHERE staff_id = $1",
        "UPDATE change_requests SET former_admin_id = $1 WHERE admin_id = $1",
        "UPDATE request_comments SET former_author_id = $1 WHERE author_id = $1",
        "UPDATE import_jobs SET former_author_id = $1 WHERE created_by_id = $1",
    ];
    const KEYS: &str = "UPDATE api_keys SET user_id = $2, revoked_at = COALESCE(revoked_at, $3) WHERE user_id = $1";
    const INVITATIONS: &str = "UPDATE invitations SET revoked_at = $2, standing_email = NULL \
        WHERE created_by_id = $1 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $2";
    const DELETE: &str = "DELETE FROM users WHERE id = $1";
    // Whoever makes something in the person's name right now finishes first, so that all of it is found.
    const HOLD: &str = "SELECT id FROM users WHERE id = $1 FOR UPDATE";
    let (id, now) = (&former.id, former.deleted_at);
    if let Conn::Postgres(c) = &mut conn {
        sqlx::query(HOLD).bind(id).execute(&mut **c).await?;
    }
    let preserved = count(conn.again(), id, now).await?;
    on!(conn.again(), |c| {
        sqlx::query(KEEP)
            .bind(id)
            .bind(&former.email)
            .bind(&former.name)
            .bind(former.role.as_str())
            .bind(now)
            .bind(&former.deleted_by)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    for sql in NAMES {
        on!(conn.again(), |c| sqlx::query(sql).bind(id).execute(c).await.map(|_| ()))?;
    }
    on!(conn.again(), |c| sqlx::query(KEYS).bind(id).bind(SYSTEM_ID).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn.again(), |c| sqlx::query(INVITATIONS).bind(id).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(DELETE).bind(id).execute(c).await.map(|_| ()))?;
    Ok(preserved)
}

/// What a deletion would keep and end.
pub async fn count(conn: Conn<'_>, id: &UserId, now: Timestamp) -> Result<Preserved> {
    const SQL: &str = "SELECT \
        (SELECT COUNT(*) FROM audit_logs WHERE user_id = $1 OR target_user_id = $1 OR entity_id = $1) AS audit_logs, \
        (SELECT COUNT(*) FROM change_requests WHERE staff_id = $1 OR admin_id = $1) AS change_requests, \
        (SELECT COUNT(*) FROM api_keys WHERE user_id = $1) AS api_keys, \
        (SELECT COUNT(*) FROM invitations WHERE created_by_id = $1 AND used_at IS NULL AND revoked_at IS NULL \
            AND expires_at > $2) AS invitations, \
        (SELECT COUNT(*) FROM entries WHERE created_by_id = $1) AS entries";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).bind(now).fetch_one(c).await)?)
}

/// What is left of somebody who is gone.
pub async fn find_former(conn: Conn<'_>, id: &UserId) -> Result<Option<FormerUser>> {
    const SQL: &str = "SELECT id, email, name, role, deleted_at, deleted_by FROM former_users WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Figures of the whole instance; `since` begins the month.
pub async fn overview(conn: Conn<'_>, since: Timestamp, now: Timestamp) -> Result<Overview> {
    const SQL: &str = "SELECT \
        (SELECT COUNT(*) FROM users WHERE id <> $3 AND role = 'ADMIN') AS admins, \
        (SELECT COUNT(*) FROM users WHERE id <> $3 AND role = 'STAFF') AS staff, \
        (SELECT COUNT(*) FROM users WHERE id <> $3 AND role = 'VIEWER') AS viewers, \
        (SELECT COUNT(*) FROM users WHERE id <> $3 AND disabled_at IS NOT NULL) AS disabled, \
        (SELECT COUNT(*) FROM invitations WHERE used_at IS NULL AND revoked_at IS NULL AND expires_at > $2) \
            AS open_invitations, \
        (SELECT COUNT(*) FROM invitations) AS invitations, \
        (SELECT COUNT(*) FROM entries) AS entries, \
        (SELECT COUNT(*) FROM entries WHERE created_at >= $1) AS entries_this_month, \
        (SELECT COUNT(*) FROM change_requests WHERE status IN ('PENDING', 'CHANGES_REQUESTED_PENDING')) \
            AS waiting_requests";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(since).bind(now).bind(SYSTEM_ID).fetch_one(c).await)?)
}
