//! Address ranges such as `10.0.0.0/8`, for the list of trusted proxies.

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
    /// Address and prefix length.
    pub fn parts(self) -> (IpAddr, u8) {
        (self.address, self.prefix)
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
        let prefix = match prefix {
            None => widest(address),
            Some(prefix) => prefix.parse().map_err(|_| "not a prefix length")?,
        };
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

super::values::text_serde!(Network);

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
}
