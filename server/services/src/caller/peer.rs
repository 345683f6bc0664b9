//! The address of the client, for limits and the audit log.

use std::net::IpAddr;

use http::HeaderMap;

/// Peers whose forwarding headers are believed: single addresses and networks in CIDR form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<(IpAddr, u8)>);

impl TrustedProxies {
    /// Networks as address and prefix length.
    pub fn new(networks: Vec<(IpAddr, u8)>) -> Self {
        Self(networks)
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|&(network, prefix)| in_network(address, network, prefix))
    }

    /// The client behind `peer`: the peer itself, or, when the peer is trusted, the last address of
    /// `X-Forwarded-For` that is not itself a trusted proxy.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.contains(peer) {
            return peer;
        }
        let forwarded: Vec<IpAddr> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|part| part.trim().parse::<IpAddr>().ok())
            .map(|address| address.to_canonical())
            .collect();
        forwarded.iter().rev().copied().find(|&address| !self.contains(address)).or(forwarded.first().copied()).unwrap_or(peer)
    }
}

fn in_network(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    fn same(a: u128, b: u128, bits: u32, width: u32) -> bool {
        let shift = width.saturating_sub(bits);
        shift >= 128 || a >> shift == b >> shift || bits == 0
    }
    match (address.to_canonical(), network.to_canonical()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), prefix.into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), prefix.into(), 128),
        _ => false,
    }
}
