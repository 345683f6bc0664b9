//! The address of the client, for limits and the audit log.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;
use model::network::Network;

/// Peers whose forwarding headers are believed: single addresses and networks in CIDR form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<Network>);

impl TrustedProxies {
    /// Networks as address and prefix length.
    pub fn new(networks: Vec<(IpAddr, u8)>) -> Self {
        Self(networks.into_iter().map(|(address, prefix)| Network::new(address, prefix)).collect())
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// The client behind `peer`: the peer itself, or, when the peer is trusted, the last address of
    /// `X-Forwarded-For` that is not itself a trusted proxy.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .collect();
        let mut client = peer;
        // From the end, where trusted proxies write; whatever stands before the first stranger can be made up.
        for hop in hops.into_iter().rev() {
            let Some(address) = parse_hop(hop) else { break };
            client = address;
            if !self.contains(client) {
                break;
            }
        }
        client
    }
}

/// An address as proxies write it: bare, or with a port, in brackets for IPv6.
fn parse_hop(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|socket| socket.ip())).ok()?;
    Some(IpAddr::to_canonical(&address))
}
