//! Providers of OAuth 2.0 and OpenID Connect. Their client secrets are sealed and leave this module alone, beside them.

use model::ProviderId;
use model::sso::OAuthProvider;

use crate::db::{Conn, on};
use crate::error::Result;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, icon_key, issuer_url, authorization_url, token_url, user_info_url, emails_url, \
             jwks_url, client_id, client_secret <> '' AS has_secret, auth_method, scopes, enabled, is_default, \
             allowed_email_domains, block_existing_users, required_claims, default_role, allow_signup, trust_email, \
             created_at, updated_at FROM oauth_providers ",
            $rest
        )
    };
}

pub async fn find(conn: Conn<'_>, id: &ProviderId) -> Result<Option<OAuthProvider>> {
    const SQL: &str = select!("WHERE id = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Finds by what may stand in an address: the slug, else the name in lower case, else the id.
pub async fn find_by_address(mut conn: Conn<'_>, address: &str) -> Result<Option<OAuthProvider>> {
    const BY_SLUG: &str = select!("WHERE slug = $1");
    const BY_NAME: &str = select!("WHERE name_key = $1");
    const BY_ID: &str = select!("WHERE id = $1");
    let lower = address.to_lowercase();
    for (sql, text) in [(BY_SLUG, lower.as_str()), (BY_NAME, lower.as_str()), (BY_ID, address)] {
        let found = on!(conn.again(), |c| sqlx::query_as(sql).bind(text).fetch_optional(c).await)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// All of them, the default one first, then by name.
pub async fn list(conn: Conn<'_>) -> Result<Vec<OAuthProvider>> {
    const SQL: &str = select!("ORDER BY is_default DESC, name_key");
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// The sealed secret.
pub async fn secret(conn: Conn<'_>, id: &ProviderId) -> Result<Option<String>> {
    const SQL: &str = "SELECT client_secret FROM oauth_providers WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)?)
}

/// Whether a name in lower case belongs to a provider other than `except`.
pub async fn name_exists(conn: Conn<'_>, name_key: &str, except: Option<&ProviderId>) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM oauth_providers WHERE name_key = $1 AND id <> $2)";
    let except = except.map_or("", ProviderId::as_str);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(name_key).bind(except).fetch_one(c).await)?)
}

/// Adds a provider, which is not the default one yet. [`crate::Error::Duplicate`] when name or slug exists.
pub async fn insert(conn: Conn<'_>, provider: &OAuthProvider, sealed_secret: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO oauth_providers (id, slug, name, name_key, icon_key, issuer_url, authorization_url, \
        token_url, user_info_url, emails_url, jwks_url, client_id, client_secret, auth_method, scopes, enabled, \
        is_default, allowed_email_domains, block_existing_users, required_claims, default_role, allow_signup, \
        trust_email, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
        $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&provider.id)
            .bind(&provider.slug)
            .bind(&provider.name)
            .bind(provider.name.to_lowercase())
            .bind(&provider.icon_key)
            .bind(&provider.issuer_url)
            .bind(&provider.authorization_url)
            .bind(&provider.token_url)
            .bind(&provider.user_info_url)
            .bind(&provider.emails_url)
            .bind(&provider.jwks_url)
            .bind(&provider.client_id)
            .bind(sealed_secret)
            .bind(provider.auth_method.as_str())
            .bind(sqlx::types::Json(&provider.scopes))
            .bind(provider.enabled)
            .bind(false)
            .bind(sqlx::types::Json(&provider.rules.allowed_email_domains))
            .bind(provider.rules.block_existing_users)
            .bind(sqlx::types::Json(&provider.rules.required_claims))
            .bind(provider.rules.default_role.as_str())
            .bind(provider.rules.allow_signup)
            .bind(provider.rules.trust_email)
            .bind(provider.created_at)
            .bind(provider.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Writes everything but slug and default; the secret only where there is a new one.
pub async fn update(conn: Conn<'_>, provider: &OAuthProvider, sealed_secret: Option<&str>) -> Result<()> {
    const SQL: &str = "UPDATE oauth_providers SET name = $2, name_key = $3, icon_key = $4, issuer_url = $5, \
        authorization_url = $6, token_url = $7, user_info_url = $8, emails_url = $9, jwks_url = $10, client_id = $11, \
        client_secret = COALESCE($12, client_secret), auth_method = $13, scopes = $14, enabled = $15, \
        allowed_email_domains = $16, block_existing_users = $17, required_claims = $18, default_role = $19, \
        allow_signup = $20, trust_email = $21, updated_at = $22 WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&provider.id)
            .bind(&provider.name)
            .bind(provider.name.to_lowercase())
            .bind(&provider.icon_key)
            .bind(&provider.issuer_url)
            .bind(&provider.authorization_url)
            .bind(&provider.token_url)
            .bind(&provider.user_info_url)
            .bind(&provider.emails_url)
            .bind(&provider.jwks_url)
            .bind(&provider.client_id)
            .bind(sealed_secret)
            .bind(provider.auth_method.as_str())
            .bind(sqlx::types::Json(&provider.scopes))
            .bind(provider.enabled)
            .bind(sqlx::types::Json(&provider.rules.allowed_email_domains))
            .bind(provider.rules.block_existing_users)
            .bind(sqlx::types::Json(&provider.rules.required_claims))
            .bind(provider.rules.default_role.as_str())
            .bind(provider.rules.allow_signup)
            .bind(provider.rules.trust_email)
            .bind(provider.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Makes one provider the default, or none. Every row is written, so that of two callers the second waits for the first
/// and then sees what that one did.
pub async fn set_default(conn: Conn<'_>, id: Option<&ProviderId>) -> Result<()> {
    const SQL: &str = "UPDATE oauth_providers SET is_default = (id = $1)";
    let id = id.map_or("", ProviderId::as_str);
    on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes a provider; its connections are removed by [`crate::connections::delete_of_provider`].
pub async fn delete(conn: Conn<'_>, id: &ProviderId) -> Result<()> {
    const SQL: &str = "DELETE FROM oauth_providers WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}
