//! Invitations, of whose links only hashes are kept.

use model::invitations::{Invitation, ListedInvitation};
use model::time::Timestamp;
use model::{InvitationId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

/// The columns of an [`Invitation`] in a table called `i`.
macro_rules! columns {
    () => {
        "i.id, i.email, i.role, i.name, i.created_by_id, i.accepted_user_id, i.created_at, i.issued_at, i.expires_at, \
         i.used_at, i.revoked_at"
    };
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", COALESCE(u.name, u.email, f.name, f.email) AS invited_by, u.id IS NULL AS is_inviter_gone \
             FROM invitations i LEFT JOIN users u ON u.id = i.created_by_id \
             LEFT JOIN former_users f ON f.id = i.created_by_id ",
            $rest
        )
    };
}

/// Adds an invitation; false, with nothing added, when one for the address stands.
pub async fn insert(conn: Conn<'_>, invitation: &Invitation, token_hash: &str) -> Result<bool> {
    const SQL: &str = "INSERT INTO invitations (id, token_hash, email, standing_email, role, name, created_by_id, \
        accepted_user_id, created_at, issued_at, expires_at, used_at, revoked_at) \
        VALUES ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
        ON CONFLICT (standing_email) DO NOTHING";
    let done = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&invitation.id)
            .bind(token_hash)
            .bind(&invitation.email)
            .bind(invitation.role.as_str())
            .bind(&invitation.name)
            .bind(&invitation.created_by_id)
            .bind(&invitation.accepted_user_id)
            .bind(invitation.created_at)
            .bind(invitation.issued_at)
            .bind(invitation.expires_at)
            .bind(invitation.used_at)
            .bind(invitation.revoked_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(done > 0)
}

/// Whether an address has an open invitation.
pub async fn stands(conn: Conn<'_>, email: &str, now: Timestamp) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM invitations WHERE standing_email = $1 AND expires_at > $2";
    let rows: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(email).bind(now).fetch_one(c).await)?;
    Ok(rows > 0)
}

/// Makes room for a new invitation to an address whose last one has expired.
pub async fn free_address(conn: Conn<'_>, email: &str, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE invitations SET standing_email = NULL WHERE standing_email = $1 AND expires_at <= $2";
    on!(conn, |c| sqlx::query(SQL).bind(email).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Newest first.
pub async fn list(conn: Conn<'_>) -> Result<Vec<ListedInvitation>> {
    const SQL: &str = listed!("ORDER BY i.created_at DESC, i.id DESC");
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

pub async fn find(conn: Conn<'_>, id: &InvitationId) -> Result<Option<ListedInvitation>> {
    const SQL: &str = listed!("WHERE i.id = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// As [`find`], and nobody else changes the invitation until the transaction ends.
pub async fn find_locked(conn: Conn<'_>, id: &InvitationId) -> Result<Option<ListedInvitation>> {
    const POSTGRES: &str = listed!("WHERE i.id = $1 FOR UPDATE OF i");
    match conn {
        Conn::Postgres(c) => Ok(sqlx::query_as(POSTGRES).bind(id).fetch_optional(c).await?),
        // One writer at a time.
        sqlite => find(sqlite, id).await,
    }
}

/// The invitation whose present link has this hash, whatever its state.
pub async fn find_by_token(conn: Conn<'_>, token_hash: &str) -> Result<Option<ListedInvitation>> {
    const SQL: &str = listed!("WHERE i.token_hash = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(token_hash).fetch_optional(c).await)?)
}

/// Marks an invitation as accepted; false, with nothing changed, when it is not open or its link is another one now, so
/// that of two callers one wins.
pub async fn accept(
    conn: Conn<'_>,
    id: &InvitationId,
    token_hash: &str,
    user: &UserId,
    now: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE invitations SET used_at = $4, accepted_user_id = $3, standing_email = NULL \
        WHERE id = $1 AND token_hash = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $4";
    let done = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(id)
            .bind(token_hash)
            .bind(user)
            .bind(now)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(done > 0)
}

/// Puts a new link in the place of the old one. [`crate::Error::Duplicate`] when another invitation for the address
/// stands meanwhile.
pub async fn renew(
    conn: Conn<'_>,
    id: &InvitationId,
    token_hash: &str,
    issued_at: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    const SQL: &str =
        "UPDATE invitations SET token_hash = $2, issued_at = $3, expires_at = $4, standing_email = email WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL).bind(id).bind(token_hash).bind(issued_at).bind(expires_at).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Withdraws an invitation.
pub async fn revoke(conn: Conn<'_>, id: &InvitationId, now: Timestamp) -> Result<()> {
    const SQL: &str = "UPDATE invitations SET revoked_at = $2, standing_email = NULL \
        WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL";
    on!(conn, |c| sqlx::query(SQL).bind(id).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}
