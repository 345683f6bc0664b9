//! The sign-ins of a person, as that person sees and ends them.

use model::devices::{Device, DeviceKind, describe};
use model::{Error, Result, SessionId};
use serde_json::json;
use store::sessions::RefreshToken;

use crate::Services;
use crate::access::{InstanceGrant, ManageOwnAccount};
use crate::audit::{self, Event};
use crate::sign_in::{self, Kind};

/// One's own sign-ins that still work: the one that asks first, then the one used last.
pub async fn list(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<Vec<Device>> {
    let this = may.actor().session();
    let mut lease = cx.db.acquire().await?;
    let open = store::sessions::list_open(lease.conn(), may.actor().id(), cx.clock.now()).await?;
    drop(lease);
    let mut devices: Vec<Device> = Vec::with_capacity(open.len());
    for token in open {
        // Tokens of earlier versions could have two successors.
        if devices.iter().all(|known| known.session != token.session_id) {
            devices.push(device(token, this));
        }
    }
    devices.sort_by_key(|device| !device.is_this);
    Ok(devices)
}

fn device(token: RefreshToken, this: Option<&SessionId>) -> Device {
    let kind = if token.kind == Kind::Cli.as_str() { DeviceKind::CommandLine } else { DeviceKind::Browser };
    Device {
        name: token.label.unwrap_or_else(|| describe(token.user_agent.as_deref())),
        kind,
        ip: token.ip,
        since: token.started_at.unwrap_or(token.created_at),
        last_used_at: token.last_used_at.unwrap_or(token.created_at),
        is_this: this == Some(&token.session_id),
        session: token.session_id,
    }
}

/// Ends one of one's own sign-ins, at once.
///
/// # Errors
/// `NotFound` for a sign-in that is over, or is somebody else's.
pub async fn end(cx: &Services, may: &InstanceGrant<ManageOwnAccount>, session: &SessionId) -> Result<()> {
    let now = cx.clock.now();
    let mut tx = cx.db.begin().await?;
    let open = store::sessions::list_open(tx.conn(), may.actor().id(), now).await?;
    let token = open.into_iter().find(|token| token.session_id == *session).ok_or(Error::NotFound)?;
    store::sessions::revoke(tx.conn(), session, now).await?;
    let device = device(token, may.actor().session());
    let details = json!({ "device": device.name, "kind": device.kind, "ip": device.ip });
    let event = Event { action: "SESSION_REVOKED", entity: Some(session.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends all of one's own sign-ins but the one that asks; gives how many.
pub async fn end_others(cx: &Services, may: &InstanceGrant<ManageOwnAccount>) -> Result<usize> {
    let this = may.actor().session();
    let mut tx = cx.db.begin().await?;
    let open = store::sessions::list_open(tx.conn(), may.actor().id(), cx.clock.now()).await?;
    let mut others: Vec<SessionId> = open.into_iter().map(|token| token.session_id).collect();
    others.retain(|session| this != Some(session));
    others.sort();
    others.dedup();
    if !others.is_empty() {
        sign_in::end_all(cx, tx.conn(), may.actor().id(), this).await?;
        let details = json!({ "all_others": true, "count": others.len() });
        let event = Event { action: "SESSION_REVOKED", details, ..Event::default() };
        audit::record(cx, tx.conn(), may.actor(), event).await?;
    }
    tx.commit().await?;
    Ok(others.len())
}
