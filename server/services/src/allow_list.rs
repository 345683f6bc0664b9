//! Which addresses may reach the dashboard, its sign-in and the private API. Readers' pages, feeds and widgets are for
//! everybody, always.
//!
//! Where each request is judged, by the settings as they are at that moment; while the database cannot be read, by the
//! list that was known last. A list that was never known lets nobody in.

use std::net::IpAddr;

use model::instance::InstanceSettings;
use model::network::Network;
use model::{Error, Result};

use crate::access::ClientInfo;
use crate::{Services, instance};

/// # Errors
/// `AddressNotAllowed`; `Unavailable` when the list has never been read.
pub async fn check(cx: &Services, client: &ClientInfo) -> Result<()> {
    let settings = instance::shared_or_known(cx).await?;
    if lets_in(&settings, address(client)) {
        return Ok(());
    }
    Err(Error::AddressNotAllowed { address: client.ip.clone() })
}

/// The address of a client, if it is known.
pub(crate) fn address(client: &ClientInfo) -> Option<IpAddr> {
    client.ip.as_deref()?.parse().ok()
}

/// Whether somebody at an address may come in. Without an address nobody may, while there is a list.
pub(crate) fn lets_in(settings: &InstanceSettings, address: Option<IpAddr>) -> bool {
    if !settings.panel_ip_whitelist_enabled {
        return true;
    }
    let Some(address) = address else { return false };
    let networks = settings.panel_ip_whitelist.iter().filter_map(|text| text.parse::<Network>().ok());
    networks.into_iter().any(|network| network.contains(address))
}
