//! Ranges of addresses such as `10.0.0.0/8`: trusted proxies, and who may reach the dashboard.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// One address or a CIDR range (RFC 4632, RFC 4291), IPv4 or IPv6.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// A range of one.
    pub fn of(address: IpAddr) -> Self {
        let address = address.to_canonical();
        Self { address, prefix: widest(address) }
    }

    /// All addresses that share the first `prefix` bits with `address`.
    pub fn new(address: IpAddr, prefix: u8) -> Self {
        Self { address, prefix }
    }

    /// Address and prefix length.
    pub fn parts(self) -> (IpAddr, u8) {
        (self.address, self.prefix)
    }

    /// Whether an address lies in it. An IPv4 address is the same when it is written as IPv6.
    pub fn contains(self, address: IpAddr) -> bool {
        fn same(a: u128, b: u128, bits: u32, width: u32) -> bool {
            let shift = width.saturating_sub(bits);
            shift >= 128 || a >> shift == b >> shift || bits == 0
        }
        let bits = u32::from(self.prefix);
        match (address.to_canonical(), self.address) {
            (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), bits, 32),
            (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), bits, 128),
            // A range of IPv4 addresses that is written as IPv6.
            (IpAddr::V4(a), IpAddr::V6(b)) => same(a.to_ipv6_mapped().to_bits(), b.to_bits(), bits, 128),
            (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

fn widest(address: IpAddr) -> u8 {
    if address.is_ipv4() { 32 } else { 128 }
}

impl FromStr for Network {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let address: IpAddr = address.parse().map_err(|_| "not an IP address")?;
        let Some(prefix) = prefix else { return Ok(Self::of(address)) };
        let prefix = prefix.parse().map_err(|_| "not a prefix length")?;
        if prefix > widest(address) {
            return Err("prefix length too large");
        }
        Ok(Self { address, prefix })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.prefix == widest(self.address) {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}

impl serde::Serialize for Network {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Network {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_alone_is_a_range_of_one() {
        for (text, prefix) in [("10.0.0.0/8", 8), ("192.168.1.7", 32), ("fd00::/8", 8), ("::1", 128), ("0.0.0.0/0", 0)]
        {
            let network: Network = text.parse().unwrap();
            assert_eq!(network.parts().1, prefix, "{text}");
            assert_eq!(network.to_string(), text);
        }
    }

    #[test]
    fn what_is_not_an_address_or_range_is_refused() {
        for text in ["", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "::/129", "10.0.0.1/-1"] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_address_lies_in_a_range_whichever_way_it_is_written() {
        for (network, address, inside) in [
            ("10.0.0.0/8", "10.255.0.1", true),
            ("10.0.0.0/8", "11.0.0.1", false),
            ("192.0.2.7", "192.0.2.7", true),
            ("192.0.2.7", "::ffff:192.0.2.7", true),
            ("::ffff:192.0.2.7", "192.0.2.7", true),
            ("::ffff:192.0.2.0/120", "192.0.2.9", true),
            ("::ffff:192.0.2.0/120", "192.0.3.9", false),
            ("2001:db8::/32", "2001:db8:1::5", true),
            ("2001:db8::/32", "2001:db9::5", false),
            ("0.0.0.0/0", "203.0.113.4", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
        ] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.contains(address.parse().unwrap()), inside, "{address} in {network}");
        }
    }
}
