//! Providers of SAML 2.0.

use model::ProviderId;
use model::sso::SamlProvider;

use crate::db::{Conn, on};
use crate::error::Result;

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, slug, name, entity_id, sso_url, certificates, sp_entity_id, name_id_format, email_attribute, \
             name_attribute, enabled, is_default, allowed_email_domains, block_existing_users, required_claims, \
             default_role, allow_signup, trust_email, created_at, updated_at FROM saml_providers ",
            $rest
        )
    };
}

pub async fn find(conn: Conn<'_>, id: &ProviderId) -> Result<Option<SamlProvider>> {
    const SQL: &str = select!("WHERE id = $1");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(id).fetch_optional(c).await)?)
}

/// Finds by what may stand in an address: the slug, else the name in lower case, else the id.
pub async fn find_by_address(mut conn: Conn<'_>, address: &str) -> Result<Option<SamlProvider>> {
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
pub async fn list(conn: Conn<'_>) -> Result<Vec<SamlProvider>> {
    const SQL: &str = select!("ORDER BY is_default DESC, name_key");
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?)
}

/// Whether a name in lower case belongs to a provider other than `except`.
pub async fn name_exists(conn: Conn<'_>, name_key: &str, except: Option<&ProviderId>) -> Result<bool> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM saml_providers WHERE name_key = $1 AND id <> $2)";
    let except = except.map_or("", ProviderId::as_str);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(name_key).bind(except).fetch_one(c).await)?)
}

/// Adds a provider. [`crate::Error::Duplicate`] when name or slug exists.
pub async fn insert(conn: Conn<'_>, provider: &SamlProvider) -> Result<()> {
    const SQL: &str = "INSERT INTO saml_providers (id, slug, name, name_key, entity_id, sso_url, certificates, \
        sp_entity_id, name_id_format, email_attribute, name_attribute, enabled, is_default, allowed_email_domains, \
        block_existing_users, required_claims, default_role, allow_signup, trust_email, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&provider.id)
            .bind(&provider.slug)
            .bind(&provider.name)
            .bind(provider.name.to_lowercase())
            .bind(&provider.entity_id)
            .bind(&provider.sso_url)
            .bind(&provider.certificates)
            .bind(&provider.sp_entity_id)
            .bind(&provider.name_id_format)
            .bind(&provider.email_attribute)
            .bind(&provider.name_attribute)
            .bind(provider.enabled)
            .bind(provider.is_default)
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

/// Writes everything but slug and default.
pub async fn update(conn: Conn<'_>, provider: &SamlProvider) -> Result<()> {
    const SQL: &str = "UPDATE saml_providers SET name = $2, name_key = $3, entity_id = $4, sso_url = $5, \
        certificates = $6, sp_entity_id = $7, name_id_format = $8, email_attribute = $9, name_attribute = $10, \
        enabled = $11, allowed_email_domains = $12, block_existing_users = $13, required_claims = $14, \
        default_role = $15, allow_signup = $16, trust_email = $17, updated_at = $18 WHERE id = $1";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&provider.id)
            .bind(&provider.name)
            .bind(provider.name.to_lowercase())
            .bind(&provider.entity_id)
            .bind(&provider.sso_url)
            .bind(&provider.certificates)
            .bind(&provider.sp_entity_id)
            .bind(&provider.name_id_format)
            .bind(&provider.email_attribute)
            .bind(&provider.name_attribute)
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
    const SQL: &str = "UPDATE saml_providers SET is_default = (id = $1)";
    let id = id.map_or("", ProviderId::as_str);
    on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Removes a provider; its connections are removed by [`crate::connections::delete_of_provider`].
pub async fn delete(conn: Conn<'_>, id: &ProviderId) -> Result<()> {
    const SQL: &str = "DELETE FROM saml_providers WHERE id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(id).execute(c).await.map(|_| ()))?;
    Ok(())
}
