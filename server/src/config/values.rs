//! Values that are more than a text or a number. Each parses from text, so that a value from a file, a variable or a
//! flag obeys one rule. What is allowed is told by the key table, not here.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tracing_subscriber::EnvFilter;

use super::secret::Secret;

/// Reads and writes a type as the text of its `FromStr` and `Display`.
macro_rules! text_serde {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use text_serde;

/// Scheme, host and perhaps port; no path and no slash at the end, so that links are made by appending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Decides whether cookies are `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    pub(super) fn from_listen(listen: SocketAddr) -> Self {
        let mut shown = listen;
        if listen.ip() == Ipv4Addr::UNSPECIFIED {
            shown.set_ip(Ipv4Addr::LOCALHOST.into());
        } else if listen.ip() == Ipv6Addr::UNSPECIFIED {
            shown.set_ip(Ipv6Addr::LOCALHOST.into());
        }
        Self(format!("http://{shown}"))
    }
}

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url: http::Uri = text.trim().parse().map_err(|_| "not an address")?;
        let scheme = url.scheme_str().ok_or("no scheme")?.to_ascii_lowercase();
        let authority = url.authority().ok_or("no host")?;
        if !matches!(scheme.as_str(), "http" | "https") {
            return Err("neither http nor https");
        }
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err("not a plain host");
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || text.contains('#') {
            return Err("more than scheme, host and port");
        }
        Ok(Self(format!("{scheme}://{}", authority.as_str().to_ascii_lowercase())))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(BaseUrl);

/// The address of a service that the server asks: scheme, host and perhaps a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(String);

impl WebAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// One that is known to be good.
    pub(super) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for WebAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().trim_end_matches('/');
        let url: http::Uri = text.parse().map_err(|_| "not an address")?;
        let authority = url.authority().ok_or("no host")?;
        if !matches!(url.scheme_str(), Some("http" | "https")) {
            return Err("neither http nor https");
        }
        if authority.host().is_empty() || authority.as_str().contains('@') {
            return Err("not a plain host");
        }
        if url.query().is_some() || text.contains('#') {
            return Err("more than scheme, host and path");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scheme of an application's own addresses, in small letters: `wwc` of `wwc://signed-in`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme(String);

/// Schemes that mean something to browsers, and those they use inside.
const OF_BROWSERS: [&str; 13] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "filesystem",
    "ftp",
    "http",
    "https",
    "javascript",
    "vbscript",
    "ws",
    "wss",
];

impl FromStr for Scheme {
    type Err = &'static str;

    /// As RFC 3986 has it; a colon at the end is what people copy along.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().trim_end_matches(':').to_ascii_lowercase();
        let mut letters = text.bytes();
        let first = letters.next().is_some_and(|byte| byte.is_ascii_lowercase());
        let is_scheme = first && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if !is_scheme || OF_BROWSERS.contains(&text.as_str()) {
            return Err("not the scheme of an application");
        }
        Ok(Self(text))
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(WebAddress);
text_serde!(Scheme);

/// The address of a PostgreSQL server. It usually holds a password, so it prints as `***`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatabaseUrl(Secret);

impl DatabaseUrl {
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

impl Serialize for DatabaseUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DatabaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://"));
        match rest {
            Some(rest) if !rest.is_empty() => Ok(Self(Secret::new(text))),
            _ => Err("not the address of a PostgreSQL server"),
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Whether something runs here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    #[default]
    On,
    Off,
}

/// Where media are kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaStore {
    #[default]
    Local,
    S3,
}

/// A level (`info`) or comma-separated directives (`info,services=debug`), known to be readable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// Only what somebody should look at.
    pub fn quiet() -> Self {
        Self("warn".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl FromStr for LogFilter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A single word that is no level would be read as the name of a module and silence everything else.
        let single_word = !text.contains(['=', ',', '[']);
        let is_level = text.parse::<tracing_subscriber::filter::LevelFilter>().is_ok();
        if text.trim().is_empty() || (single_word && !is_level) || EnvFilter::builder().parse(text).is_err() {
            return Err("not a filter");
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

text_serde!(LogFilter);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(text.parse::<BaseUrl>().ok().as_ref().map(BaseUrl::as_str), expected, "{text}");
    }

    #[test]
    fn a_base_url_is_scheme_host_and_port_and_nothing_more() {
        check("https://changelog.example.com", Some("https://changelog.example.com"));
        check("https://Changelog.Example.com/", Some("https://changelog.example.com"));
        check("http://127.0.0.1:3000", Some("http://127.0.0.1:3000"));
        check("http://[::1]:3000", Some("http://[::1]:3000"));
        for wrong in ["", "changelog.example.com", "ftp://a.example", "https://", "https://a.example/docs"] {
            check(wrong, None);
        }
        for wrong in ["https://me:pw@a.example", "https://a.example?x=1", "https://a.example/#x", "/docs"] {
            check(wrong, None);
        }
    }

    #[test]
    fn the_address_of_a_service_may_have_a_path() {
        for (text, read) in [
            ("https://api.pwnedpasswords.com/range", Some("https://api.pwnedpasswords.com/range")),
            (" http://127.0.0.1:8080/ ", Some("http://127.0.0.1:8080")),
            ("api.pwnedpasswords.com/range", None),
            ("ftp://a.example", None),
            ("https://me@a.example", None),
            ("https://a.example/range?x=1", None),
            ("", None),
        ] {
            assert_eq!(text.parse::<WebAddress>().ok().as_ref().map(WebAddress::as_str), read, "{text}");
        }
    }

    #[test]
    fn without_a_base_url_links_lead_to_an_address_that_a_browser_can_open() {
        let shown = |listen: &str| BaseUrl::from_listen(listen.parse().unwrap()).to_string();
        assert_eq!(shown("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(shown("[::]:3000"), "http://[::1]:3000");
        assert_eq!(shown("192.168.1.7:3000"), "http://192.168.1.7:3000");
    }

    #[test]
    fn a_scheme_is_one_of_an_application_and_none_of_a_browser() {
        assert_eq!("WWC:".parse::<Scheme>().map(|scheme| scheme.to_string()).as_deref(), Ok("wwc"));
        for wrong in ["", "javascript", "HTTPS", "data:", "1st", "a b", "wwc://x"] {
            assert!(wrong.parse::<Scheme>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_log_filter_is_a_level_or_readable_directives() {
        for fine in ["info", "WARN", "off", "info,services=debug", "store=trace"] {
            assert!(fine.parse::<LogFilter>().is_ok(), "{fine}");
        }
        for wrong in ["", "loud", "info,services=loud", "inof"] {
            assert!(wrong.parse::<LogFilter>().is_err(), "{wrong}");
        }
    }
}
