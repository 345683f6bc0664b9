//! The parts of a web address that providers look at.

use super::Host;
use crate::links::{self, Target};

pub(super) struct Address<'a> {
    /// Lower case, without a port.
    pub(super) host: Host<'a>,
    path: &'a str,
    query: &'a str,
}

impl<'a> Address<'a> {
    /// Takes apart an `http` or `https` address that would also be allowed as a link, and that names no port.
    pub(super) fn new(address: &'a str) -> Option<Self> {
        let address = address.trim_matches([' ', '\t', '\n']);
        if !matches!(links::link(address, None), Some(Target::External(_))) {
            return None;
        }
        let (scheme, rest) = address.split_once("://")?;
        if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        if host.contains(':') {
            return None;
        }
        let rest = &rest[..rest.find('#').unwrap_or(rest.len())];
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let host = if host.bytes().any(|b| b.is_ascii_uppercase()) {
            Host::Owned(host.to_ascii_lowercase())
        } else {
            Host::Borrowed(host)
        };
        Some(Self { host, path, query })
    }

    /// True if the host is one of these, compared whole.
    pub(super) fn is_at(&self, hosts: &[&str]) -> bool {
        hosts.contains(&&*self.host)
    }

    /// The first parts of the path; what is missing is empty.
    pub(super) fn parts<const N: usize>(&self) -> [&'a str; N] {
        let mut parts = [""; N];
        for (part, found) in parts.iter_mut().zip(self.path.split('/').filter(|part| !part.is_empty())) {
            *part = found;
        }
        parts
    }

    /// The first value of a parameter, as written.
    pub(super) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.query.split('&').take(30).filter_map(|pair| pair.split_once('=')).find(|(n, _)| *n == name).map(|(_, v)| v)
    }
}

/// An identifier: ASCII letters, digits, `-` and `_`, within a number of bytes.
pub(super) fn is_id(text: &str, bytes: std::ops::RangeInclusive<usize>) -> bool {
    bytes.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
}

/// A number without sign that a provider counts its pages with.
pub(super) fn is_number(text: &str) -> bool {
    (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A point in time as `90`, `90s` or `1h2m3s`, in seconds below ten hours.
pub(super) fn seconds(text: &str) -> Option<u32> {
    let mut total = 0_u32;
    let mut number = None;
    for c in text.chars().take(12) {
        match (c, number) {
            ('0'..='9', _) => number = Some(number.unwrap_or(0_u32).checked_mul(10)?.checked_add(c.to_digit(10)?)?),
            ('h', Some(n)) => (total, number) = (total.checked_add(n.checked_mul(3600)?)?, None),
            ('m', Some(n)) => (total, number) = (total.checked_add(n.checked_mul(60)?)?, None),
            ('s', Some(n)) => (total, number) = (total.checked_add(n)?, None),
            _ => return None,
        }
    }
    total = total.checked_add(number.unwrap_or(0))?;
    (text.len() <= 12 && total < 36_000).then_some(total)
}
