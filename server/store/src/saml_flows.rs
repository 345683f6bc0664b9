//! Sign-ins that are at a provider of SAML or just back from it, assertions that were used, and what providers said when
//! administrators tried them.

use model::time::Timestamp;
use model::{ProviderId, UserId};

use crate::db::{Conn, on};
use crate::error::Result;

#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Flow {
    pub state_hash: String,
    pub provider_id: ProviderId,
    pub browser_hash: String,
    pub request_id: String,
    /// `sign_in`, `link` or `test`.
    pub purpose: String,
    pub user_id: Option<UserId>,
    pub redirect_to: String,
    /// What the provider said, sealed, once it is there.
    pub said: Option<String>,
    pub expires_at: Timestamp,
}

/// Keeps a flow, and forgets those that have expired.
pub async fn insert(mut conn: Conn<'_>, flow: &Flow, now: Timestamp) -> Result<()> {
    const OLD: &str = "DELETE FROM saml_flows WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO saml_flows (state_hash, provider_id, browser_hash, request_id, purpose, user_id, \
        redirect_to, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(conn.again(), |c| sqlx::query(OLD).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&flow.state_hash)
            .bind(&flow.provider_id)
            .bind(&flow.browser_hash)
            .bind(&flow.request_id)
            .bind(&flow.purpose)
            .bind(&flow.user_id)
            .bind(&flow.redirect_to)
            .bind(flow.expires_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// The flow of this provider that waits for an answer.
pub async fn find_waiting(
    conn: Conn<'_>,
    state_hash: &str,
    provider: &ProviderId,
    now: Timestamp,
) -> Result<Option<Flow>> {
    const SQL: &str = "SELECT state_hash, provider_id, browser_hash, request_id, purpose, user_id, redirect_to, said, \
        expires_at FROM saml_flows WHERE state_hash = $1 AND provider_id = $2 AND ticket_hash IS NULL AND expires_at > $3";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(state_hash).bind(provider).bind(now).fetch_optional(c).await)?)
}

/// Keeps the answer that a flow waited for. False when another answer was faster.
pub async fn answer(
    conn: Conn<'_>,
    state_hash: &str,
    ticket_hash: &str,
    said: &str,
    expires_at: Timestamp,
) -> Result<bool> {
    const SQL: &str = "UPDATE saml_flows SET ticket_hash = $2, said = $3, expires_at = $4 \
        WHERE state_hash = $1 AND ticket_hash IS NULL";
    Ok(on!(conn, |c| {
        sqlx::query(SQL)
            .bind(state_hash)
            .bind(ticket_hash)
            .bind(said)
            .bind(expires_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected() > 0)
    })?)
}

/// Takes a flow whose answer is there, if it is of this provider and browser: of two callers one gets it. Whoever has
/// the ticket but not the browser uses it up.
pub async fn take(
    conn: Conn<'_>,
    ticket_hash: &str,
    provider: &ProviderId,
    browser_hash: &str,
    now: Timestamp,
) -> Result<Option<Flow>> {
    const SQL: &str = "DELETE FROM saml_flows WHERE ticket_hash = $1 RETURNING state_hash, provider_id, browser_hash, \
        request_id, purpose, user_id, redirect_to, said, expires_at";
    let taken: Option<Flow> = on!(conn, |c| sqlx::query_as(SQL).bind(ticket_hash).fetch_optional(c).await)?;
    Ok(taken.filter(|flow| flow.provider_id == *provider && flow.browser_hash == browser_hash && flow.expires_at > now))
}

/// Notes that an assertion was used, and forgets those that nobody would accept any more.
/// [`crate::Error::Duplicate`] when it was used before.
pub async fn use_assertion(
    mut conn: Conn<'_>,
    provider: &ProviderId,
    assertion_hash: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<()> {
    const OLD: &str = "DELETE FROM saml_assertions WHERE expires_at <= $1";
    const SQL: &str = "INSERT INTO saml_assertions (provider_id, assertion_hash, expires_at) VALUES ($1, $2, $3)";
    on!(conn.again(), |c| sqlx::query(OLD).bind(now).execute(c).await.map(|_| ()))?;
    on!(conn, |c| {
        sqlx::query(SQL).bind(provider).bind(assertion_hash).bind(expires_at).execute(c).await.map(|_| ())
    })?;
    Ok(())
}

/// Keeps what a provider said to an administrator, in the place of what it said before.
pub async fn keep_trial(
    conn: Conn<'_>,
    provider: &ProviderId,
    user: &UserId,
    sealed: &str,
    now: Timestamp,
) -> Result<()> {
    const SQL: &str = "INSERT INTO saml_trials (provider_id, user_id, outcome, created_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (provider_id, user_id) DO UPDATE SET outcome = excluded.outcome, created_at = excluded.created_at";
    on!(conn, |c| sqlx::query(SQL).bind(provider).bind(user).bind(sealed).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What a provider said to an administrator, if that was after `since`.
pub async fn trial(conn: Conn<'_>, provider: &ProviderId, user: &UserId, since: Timestamp) -> Result<Option<String>> {
    const SQL: &str = "SELECT outcome FROM saml_trials WHERE provider_id = $1 AND user_id = $2 AND created_at > $3";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(provider).bind(user).bind(since).fetch_optional(c).await)?)
}

/// Forgets what was said before `before`.
pub async fn purge_trials(conn: Conn<'_>, before: Timestamp) -> Result<()> {
    const SQL: &str = "DELETE FROM saml_trials WHERE created_at <= $1";
    on!(conn, |c| sqlx::query(SQL).bind(before).execute(c).await.map(|_| ()))?;
    Ok(())
}
