//! What the commands that ask a server over the network take from the environment. They have no configuration file:
//! keys and hosts are in [`crate::credentials`], and `tidings.toml` is of the server.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use client::Proxy;

use super::error::{ConfigError, Problem};
use super::{BaseUrl, Secret};

/// Name of the folder in the user's configuration directory.
const FOLDER: &str = "tidings";

/// An empty variable counts as not set.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `TIDINGS_HOST`
    pub host: Option<BaseUrl>,
    /// `TIDINGS_API_KEY`
    pub api_key: Option<Secret>,
    /// `TIDINGS_PROJECT`
    pub project: Option<String>,
    /// The folder for what this program keeps for its user; `None` where the system does not say who that is.
    pub folder: Option<PathBuf>,
    /// `VISUAL`, else `EDITOR`: a command, perhaps with arguments.
    pub editor: Option<OsString>,
    /// `BROWSER`: a command that opens an address.
    pub browser: Option<OsString>,
    /// Whether there is a screen that a browser could open a window on.
    pub has_screen: bool,
    /// What this machine is called, where the environment says so.
    pub machine: Option<String>,
    /// Whether the person, or the terminal, wants no colours.
    pub plain: bool,
    pub proxy: Option<Proxy>,
}

impl Environment {
    pub fn of_process() -> Result<Self, ConfigError> {
        Self::read(std::env::vars_os().collect())
    }

    pub fn read(variables: Vec<(OsString, OsString)>) -> Result<Self, ConfigError> {
        let find = |name: &str| variables.iter().find(|(known, value)| known == name && !value.is_empty());
        let get = |name: &str| find(name).map(|(_, value)| value.as_os_str());
        // Programs disagree about capitals.
        let either = |name: &str| get(&name.to_lowercase()).or_else(|| get(name)).and_then(OsStr::to_str);
        let text = |name: &str| match get(name) {
            None => Ok(None),
            Some(value) => match value.to_str() {
                Some(text) => Ok(Some(text.trim().to_owned())),
                None => Err(ConfigError::one(Problem::VariableNotUtf8 { name: name.to_owned() })),
            },
        };
        let host = match text("TIDINGS_HOST")? {
            None => None,
            Some(host) => match address(&host) {
                Some(address) => Some(address),
                None => return Err(ConfigError::one(Problem::NoHost { found: host })),
            },
        };
        let proxy = either("HTTPS_PROXY").or_else(|| either("ALL_PROXY"));
        Ok(Self {
            host,
            api_key: text("TIDINGS_API_KEY")?.map(Secret::new),
            project: text("TIDINGS_PROJECT")?,
            folder: folder(get).map(|folder| folder.join(FOLDER)),
            editor: get("VISUAL").or_else(|| get("EDITOR")).map(OsStr::to_owned),
            // The first of a list, as other programs have it.
            browser: get("BROWSER").and_then(OsStr::to_str).and_then(|list| list.split(':').next()).map(OsString::from),
            has_screen: !cfg!(all(unix, not(target_os = "macos")))
                || get("DISPLAY").is_some()
                || get("WAYLAND_DISPLAY").is_some(),
            machine: get("COMPUTERNAME").or_else(|| get("HOSTNAME")).and_then(OsStr::to_str).map(str::to_owned),
            plain: get("NO_COLOR").is_some() || get("TERM").is_some_and(|term| term == "dumb"),
            proxy: proxy.map(|address| Proxy {
                address: address.to_owned(),
                except: either("NO_PROXY").unwrap_or_default().to_owned(),
            }),
        })
    }
}

/// The address of an instance as a person writes it: without a scheme, https is meant.
pub fn address(text: &str) -> Option<BaseUrl> {
    let text = text.trim();
    if text.contains("://") { text.parse().ok() } else { format!("https://{text}").parse().ok() }
}

/// A relative `XDG_CONFIG_HOME` counts as not set, as the specification of base directories has it.
#[cfg(not(windows))]
fn folder<'a>(get: impl Fn(&str) -> Option<&'a OsStr>) -> Option<PathBuf> {
    let named = get("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| Some(PathBuf::from(get("HOME")?).join(".config")))
}

#[cfg(windows)]
fn folder<'a>(get: impl Fn(&str) -> Option<&'a OsStr>) -> Option<PathBuf> {
    get("APPDATA").map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        Environment::read(variables.iter().map(|(name, value)| (name.into(), value.into())).collect()).unwrap()
    }

    #[test]
    fn without_a_scheme_https_is_meant() {
        let shown = |text: &str| address(text).map(|address| address.to_string());
        assert_eq!(shown("changelog.example.com").as_deref(), Some("https://changelog.example.com"));
        assert_eq!(shown(" localhost:3000 ").as_deref(), Some("https://localhost:3000"));
        assert_eq!(shown("http://127.0.0.1:3000/").as_deref(), Some("http://127.0.0.1:3000"));
        for wrong in ["", "https://", "https://a.example/dashboard", "ftp://a.example", "me@a.example"] {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
    }

    #[cfg(not(windows))]
    #[test]
    fn the_folder_is_where_the_person_wants_it_else_below_their_home() {
        let folder = |variables: &[(&str, &str)]| read(variables).folder;
        let home = ("HOME", "/home/ada");
        assert_eq!(folder(&[home]), Some("/home/ada/.config/tidings".into()));
        assert_eq!(folder(&[home, ("XDG_CONFIG_HOME", "/etc/ada")]), Some("/etc/ada/tidings".into()));
        assert_eq!(folder(&[home, ("XDG_CONFIG_HOME", "relative")]), Some("/home/ada/.config/tidings".into()));
        assert_eq!(folder(&[]), None);
    }

    #[test]
    fn an_empty_variable_counts_as_not_set_and_a_key_is_never_shown() {
        let set = read(&[("TIDINGS_HOST", ""), ("TIDINGS_API_KEY", "chr_hunter2"), ("NO_COLOR", ""), ("EDITOR", "vi")]);
        assert!(set.host.is_none() && !set.plain);
        assert_eq!(set.editor.as_deref(), Some(OsStr::new("vi")));
        assert!(!format!("{set:?}").contains("hunter2"));
        assert!(read(&[("NO_COLOR", "1")]).plain && read(&[("TERM", "dumb")]).plain);
    }

    #[test]
    fn a_host_that_is_no_address_is_refused_with_its_variable() {
        let error = Environment::read(vec![("TIDINGS_HOST".into(), "https://a.example/x".into())]).unwrap_err();
        assert!(error.to_string().contains("TIDINGS_HOST") && error.to_string().contains("a.example/x"), "{error}");
    }
}
