//! Which addresses may appear, and how they are written.
//!
//! The check is an allow-list on the address after Markdown's own decoding: schemes, the shape of the host, and no
//! control characters, which browsers would skip over. What is refused is shown without a link. Nothing here is looser
//! than the URL standard, so the second wall finds nothing to remove.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Every link to another site: it gets no window of ours, learns no address of ours (drafts and private projects have
/// telling ones), and is not vouched for, since entries may be imported or written through the API.
pub(crate) const EXTERNAL_REL: &str = "noopener noreferrer nofollow";

/// A link of this site that opens a tab of its own.
pub(crate) const NEW_TAB_REL: &str = "noopener noreferrer";

/// Longest address in bytes; far beyond what servers accept, and short enough that an address costs nobody much.
const ADDRESS_BYTES: usize = 4096;

/// Longest image given in the text itself: 32 KiB of base64, an icon or a small screenshot.
const DATA_IMAGE_BYTES: usize = 32 * 1024;

/// The picture formats that may be given in the text itself: raster only, since SVG can carry scripts.
const DATA_IMAGES: [&str; 5] = [
    "data:image/png;base64,",
    "data:image/jpeg;base64,",
    "data:image/jpg;base64,",
    "data:image/gif;base64,",
    "data:image/webp;base64,",
];

/// An address that may be written; percent-encoded, still to be escaped as an attribute.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Another site, by `http` or `https`.
    External(String),
    /// This site, this text, a mail or a telephone.
    Local(String),
}

/// The target of a link: `http`, `https`, `mailto`, `tel` or relative.
pub(crate) fn link(address: &str, base: Option<&str>) -> Option<Target> {
    let address = trimmed(address).filter(|address| address.len() <= ADDRESS_BYTES)?;
    match scheme(address) {
        None => relative(address, base),
        Some((scheme, rest)) if is(scheme, "http") || is(scheme, "https") => web(scheme, rest),
        Some((scheme, rest)) if is(scheme, "mailto") || is(scheme, "tel") => {
            let opaque = !rest.is_empty() && !rest.starts_with(['/', '\\']);
            opaque.then(|| Target::Local(format!("{scheme}:{}", encoded(rest))))
        }
        Some(_) => None,
    }
}

/// The source of a picture: `http`, `https`, relative, or a small raster picture in the text itself.
pub(crate) fn image(address: &str, base: Option<&str>) -> Option<String> {
    let address = trimmed(address)?;
    let target = match scheme(address) {
        Some((scheme, _)) if is(scheme, "data") => return is_data_image(address).then(|| address.to_owned()),
        _ if address.len() > ADDRESS_BYTES => None,
        None if address.starts_with('#') => None,
        None => relative(address, base),
        Some((scheme, rest)) if is(scheme, "http") || is(scheme, "https") => web(scheme, rest),
        Some(_) => None,
    };
    target.map(|(Target::External(address) | Target::Local(address))| address)
}

/// True for a small raster picture as a `data:` address.
pub(crate) fn is_data_image(address: &str) -> bool {
    let bytes = address.as_bytes();
    DATA_IMAGES.iter().any(|kind| {
        bytes.len() > kind.len()
            && bytes.len() <= kind.len() + DATA_IMAGE_BYTES
            && bytes[..kind.len()].eq_ignore_ascii_case(kind.as_bytes())
            && bytes[kind.len()..].iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    })
}

/// The base for relative addresses, if it is usable as one.
pub(crate) fn usable_base(base: &str) -> Option<&str> {
    let (name, rest) = scheme(base)?;
    let web_scheme = is(name, "http") || is(name, "https");
    (web_scheme && !base.contains(char::is_control) && web(name, rest).is_some()).then_some(base)
}

/// An address that jumps inside the text.
pub(crate) fn jump(id: &str, base: Option<&str>) -> String {
    let fragment = format!("#{id}");
    base.map_or_else(|| fragment.clone(), |base| resolve(base, &fragment))
}

fn is(scheme: &str, wanted: &str) -> bool {
    scheme.eq_ignore_ascii_case(wanted)
}

fn trimmed(address: &str) -> Option<&str> {
    let address = address.trim_matches([' ', '\t', '\n']);
    (!address.is_empty() && !address.contains(char::is_control)).then_some(address)
}

/// What stands before and after the first colon, when that colon can end a scheme.
///
/// Stricter than the URL standard on purpose: `1:` or `java script:` count as schemes here (and are then refused),
/// although a browser would take them for a relative path.
fn scheme(address: &str) -> Option<(&str, &str)> {
    let at = address.find([':', '/', '?', '#'])?;
    let (before, from) = address.split_at(at);
    from.strip_prefix(':').map(|rest| (before, rest))
}

fn web(scheme: &str, rest: &str) -> Option<Target> {
    let rest = rest.strip_prefix("//")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    is_host_and_port(authority).then(|| Target::External(format!("{scheme}://{authority}{}", encoded(path))))
}

fn relative(address: &str, base: Option<&str>) -> Option<Target> {
    if address.starts_with("//") {
        return web("https", address);
    }
    let address = encoded(address);
    Some(Target::Local(match base {
        Some(base) => resolve(base, &address),
        None => address,
    }))
}

/// True for a host name or IP address with an optional port. User names are refused: they make one site look like
/// another.
fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority.rfind(':') {
        Some(at) if !authority[at..].contains(']') => (&authority[..at], &authority[at + 1..]),
        _ => (authority, ""),
    };
    let port_fits = port.is_empty() || (port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok());
    port_fits && is_host(host)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or(name);
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    if last.bytes().all(|b| b.is_ascii_digit())
        || hexadecimal.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))
    {
        // The URL standard reads such a host as a number in one of several notations; the plain one is enough.
        return host.parse::<Ipv4Addr>().is_ok();
    }
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (!c.is_ascii() && c.is_alphabetic());
    name.split('.').all(|label| !label.is_empty() && label.chars().all(letter))
}

/// Percent-encodes what may not stand in an address. Existing escapes stay, and so do characters that are only unusual.
fn encoded(part: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'();/?:@&=+$,#%[]".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    out
}

/// Resolves a relative reference against an absolute address (RFC 3986, section 5.2).
fn resolve(base: &str, reference: &str) -> String {
    let base = &base[..base.find('#').unwrap_or(base.len())];
    if reference.starts_with('#') {
        return format!("{base}{reference}");
    }
    let base = &base[..base.find('?').unwrap_or(base.len())];
    if reference.starts_with('?') {
        return format!("{base}{reference}");
    }
    let host = base.find("://").map_or(0, |at| at + 3);
    let path_at = base[host..].find('/').map_or(base.len(), |at| host + at);
    let (origin, base_path) = base.split_at(path_at);
    let (path, suffix) = reference.split_at(reference.find(['?', '#']).unwrap_or(reference.len()));
    let directory = if path.starts_with('/') { "" } else { &base_path[..base_path.rfind('/').unwrap_or(0)] };
    let mut segments: Vec<&str> = directory.split('/').filter(|segment| !segment.is_empty()).collect();
    let mut open_end = false;
    for segment in path.trim_start_matches('/').split('/') {
        open_end = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let end = if open_end && !segments.is_empty() { "/" } else { "" };
    format!("{origin}/{}{end}{suffix}", segments.join("/"))
}

#[cfg(test)]
mod tests;
