//! The accounts at providers that belong to oneself.

use model::sso::{Linked, ProviderKind, Way};
use model::{ConnectionId, Error, Result};
use serde_json::json;

use crate::Services;
use crate::access::{InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};

/// The caller's own accounts, and the providers there are.
pub async fn linked(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Linked> {
    let user = may.actor().id();
    let mut lease = cx.db.acquire().await?;
    let oauth = store::oauth_providers::list(lease.conn()).await?;
    let ways = oauth.into_iter().map(|provider| Way {
        kind: ProviderKind::OAuth,
        id: provider.id,
        name: provider.name,
        slug: provider.slug,
        enabled: provider.enabled,
        is_default: provider.is_default,
    });
    let saml = store::saml_providers::list(lease.conn()).await?;
    let ways = ways.chain(saml.into_iter().map(|provider| Way {
        kind: ProviderKind::Saml,
        id: provider.id,
        name: provider.name,
        slug: provider.slug,
        enabled: provider.enabled,
        is_default: provider.is_default,
    }));
    Ok(Linked {
        ways: ways.collect(),
        connections: store::connections::list(lease.conn(), user).await?,
        has_other_way: store::connections::has_other_way(lease.conn(), user).await?,
    })
}

/// Gives up an account at a provider.
///
/// # Errors
/// `NotFound`; `Conflict` when nothing else would be left to sign in with.
pub async fn unlink(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, id: &ConnectionId) -> Result<()> {
    let user = may.actor().id();
    let mut tx = cx.db.begin().await?;
    store::connections::hold(tx.conn(), user).await?;
    let connections = store::connections::list(tx.conn(), user).await?;
    let connection = connections.iter().find(|connection| connection.id == *id).ok_or(Error::NotFound)?;
    if connections.len() == 1 && !store::connections::has_other_way(tx.conn(), user).await? {
        return Err(Error::conflict(
            "This is your only way to sign in. Set a password, add a passkey or link another account first.",
        ));
    }
    store::connections::delete(tx.conn(), user, id).await?;
    let details = json!({ "providerId": connection.provider_id, "kind": connection.kind.as_str() });
    let event = Event { action: "SSO_UNLINKED", entity: Some(user.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(())
}
