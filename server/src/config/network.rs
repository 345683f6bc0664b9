//! Address ranges such as `10.0.0.0/8`, for the list of trusted proxies, and names of hosts beside them.

use std::fmt;
use std::str::FromStr;

pub use model::network::Network;

/// A network, or a host by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Network(Network),
    Host(String),
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(network) = text.parse() {
            return Ok(Self::Network(network));
        }
        let label = |label: &str| {
            let plain = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            plain && (1..=63).contains(&label.len())
        };
        let name = text.trim_end_matches('.');
        // The last part of a name has a letter, so that a mistyped address does not pass for one.
        let named = name.rsplit('.').next().is_some_and(|last| last.bytes().any(|byte| byte.is_ascii_alphabetic()));
        if named && name.len() <= 253 && name.split('.').all(label) {
            Ok(Self::Host(name.to_ascii_lowercase()))
        } else {
            Err("neither an address, a range nor the name of a host")
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network(network) => network.fmt(f),
            Self::Host(host) => f.write_str(host),
        }
    }
}

super::values::text_serde!(Place);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_network_or_the_name_of_a_host() {
        assert_eq!("10.0.0.0/8".parse(), Ok(Place::Network("10.0.0.0/8".parse().unwrap())));
        assert_eq!("SSO.internal.".parse(), Ok(Place::Host("sso.internal".to_owned())));
        assert_eq!("localhost".parse(), Ok(Place::Host("localhost".to_owned())));
        for text in
            ["", "10.0.0.0/33", "10.0.0", "https://sso.internal", "sso internal", "sso.internal:443", "a..b", "*"]
        {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
