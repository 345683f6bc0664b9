//! Which addresses may be asked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use model::network::Network;

/// What is open beside the public internet: networks, and hosts whose addresses may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reachable {
    networks: Vec<(IpAddr, u8)>,
    hosts: Vec<String>,
}

impl Reachable {
    /// Networks as address and prefix length; hosts without a port.
    pub fn new(networks: Vec<(IpAddr, u8)>, hosts: Vec<String>) -> Self {
        Self { networks, hosts: hosts.into_iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// Whether the configuration opens an address that `host` has.
    pub(super) fn is_opened(&self, host: &str, address: IpAddr) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        self.hosts.contains(&host)
            || self.networks.iter().any(|&(network, prefix)| Network::new(network, prefix).contains(address))
    }
}

/// Whether an address is one of the public internet, by the registries of special addresses (RFC 6890 and its
/// followers). IPv6 addresses that hide an IPv4 address are public only where a translator makes them (RFC 6052) and the
/// address inside is public.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // "This network", private, shared by carriers, loopback, link-local with the metadata of clouds, private.
        [0 | 10 | 127, ..] | [169, 254, ..] | [192, 168, ..] => true,
        [100, second, ..] => (64..128).contains(&second),
        [172, second, ..] => (16..32).contains(&second),
        // Protocols, examples, the old relay of IPv6.
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Measurements.
        [198, 18 | 19, ..] => true,
        // Multicast, reserved, broadcast.
        [first, ..] => first >= 224,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        // Protocols (with Teredo), examples, 6to4.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x2002, ..] => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Of the rest only 2000::/3 is in use: no loopback, mapped, unique-local, link-local or multicast address.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: bool) {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn only_addresses_of_the_public_internet_may_be_asked() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.0.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            check(private, false);
        }
        for public in [
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00::1",
            "64:ff9b::8.8.8.8",
        ] {
            check(public, true);
        }
    }

    #[test]
    fn what_the_configuration_names_is_open_and_nothing_beside_it() {
        let open = Reachable::new(vec![("10.1.0.0".parse().unwrap(), 16)], vec!["Auth.internal".to_owned()]);
        let asks = |host: &str, address: &str| open.is_opened(host, address.parse().unwrap());
        assert!(asks("sso.example", "10.1.9.9"));
        assert!(!asks("sso.example", "10.2.0.1"));
        assert!(asks("auth.internal", "192.168.7.7"));
        assert!(asks("AUTH.internal.", "fd00::1"));
        assert!(!asks("auth.internal.example", "192.168.7.7"));
    }
}
