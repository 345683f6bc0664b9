//! Sign-ins that are at a provider right now, and what providers said when administrators tried them.

use model::time::Timestamp;
use model::{ProviderId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Flow {
    pub state_hash: String,
    pub provider_id: ProviderId,
    pub browser_hash: String,
    /// `sign_in`, `link` or `test`.
    pub purpose: String,
    pub user_id: Option<UserId>,
    pub redirect_to: String,
    /// Sealed.
    pub secrets: String,
    pub expires_at: Timestamp,
}

/// Keeps a flow, and forgets those that have expired.
pub async fn insert(mut conn: Conn<'_>, flow: &Flow, now: Timestamp) -> Result<()> {
    const OLD: &str = "DELETE FROM oauth_flows WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO oauth_flows (state_hash, provider_id, browser_hash, purpose, user_id, redirect_to, \
        secrets, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn.again(), |c| sqlx::query(OLD).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&flow.state_hash)
            .bind(&flow.provider_id)
            .bind(&flow.browser_hash)
            .bind(&flow.purpose)
            .bind(&flow.user_id)
            .bind(&flow.redirect_to)
            .bind(&flow.secrets)
            .bind(flow.expires_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Takes a flow of this provider and browser, if it has not expired: of two callers one gets it.
pub async fn take(
    conn: Conn<'_>,
    state_hash: &str,
    provider: &ProviderId,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Option<Flow>> {
    const SQL: &str = "DELETE FROM oauth_flows WHERE state_hash = $1 AND provider_id = $2 AND browser_hash = $3 \
        AND expires_at > $4 RETURNING state_hash, provider_id, browser_hash, purpose, user_id, redirect_to, secrets, \
        expires_at";
    Ok(on!(conn, |c| {
        sqlx::query_as(SQL).bind(state_hash).bind(provider).bind(browser_hash).bind(now).fetch_optional(c).await
    })?)
}

/// Keeps what a provider said to an administrator, in the place of what it said before.
pub async fn keep_trial(
    conn: Conn<'_>,
    provider: &ProviderId,
    user: &UserId,
    sealed: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO oauth_trials (provider_id, user_id, outcome, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (provider_id, user_id) DO UPDATE SET outcome = excluded.outcome, created_at = excluded.created_at";
    on!(conn, |c| sqlx::query(SQL).bind(provider).bind(user).bind(sealed).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What a provider said to an administrator, if that was after `since`.
pub async fn trial(conn: Conn<'_>, provider: &ProviderId, user: &UserId, since: Timestamp) -> Result<Option<String>> {
    const SQL: &str = "SELECT outcome FROM oauth_trials WHERE provider_id = $1 AND user_id = $2 AND created_at > $3";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(provider).bind(user).bind(since).fetch_optional(c).await)?)
}

/// Forgets what was said before `before`.
pub async fn purge_trials(conn: Conn<'_>, before: Timestamp) -> Result<()> {
    const SQL: &str = "DELETE FROM oauth_trials WHERE created_at <= $1";
    on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}
