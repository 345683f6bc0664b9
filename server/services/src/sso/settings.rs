//! What providers mean for the other ways to sign in.

use model::{Error, Result};
use serde_json::{Map, json};
use store::Tx;

use crate::Services;
use crate::access::{InstanceGrant, ManageProviders};
use crate::audit::{self, Event};
use crate::instance;

/// Sets whether passwords are hidden, and whether the second step kept here is asked for after a provider.
///
/// # Errors
/// `Invalid` naming `ssoOnly` when there is no provider to sign in through.
pub async fn save_settings(
    cx: &Services,
    may: &InstanceGrant<ManageProviders>,
    sso_only: bool,
    sso_second_factor: bool,
) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let before = instance::read(tx.conn()).await?;
    if sso_only && !before.sso_only {
        check_provider(&mut tx).await?;
    }
    let mut changed = Map::new();
    for (name, key, was, is) in [
        ("sso_only", "ssoOnly", before.sso_only, sso_only),
        ("sso_second_factor", "ssoSecondFactor", before.sso_second_factor, sso_second_factor),
    ] {
        if was != is {
            instance::set(cx, &mut tx, name, &json!(is)).await?;
            changed.insert(key.to_owned(), json!(is));
        }
    }
    if changed.is_empty() {
        return Ok(());
    }
    let details = json!({ "changed": changed });
    audit::record(cx, tx.conn(), may.actor(), Event { action: "UPDATE_SYSTEM_CONFIG", details, ..Event::default() })
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Refuses to switch passwords off where there is no other way in.
///
/// # Errors
/// `Invalid` naming `ssoOnly`.
pub(crate) async fn check_provider(tx: &mut Tx) -> Result<()> {
    let oauth = store::oauth_providers::list(tx.conn()).await?;
    let saml = store::saml_providers::list(tx.conn()).await?;
    if oauth.iter().any(|provider| provider.enabled) || saml.iter().any(|provider| provider.enabled) {
        return Ok(());
    }
    Err(Error::field("ssoOnly", "Enable a provider first, or nobody but administrators could sign in."))
}
