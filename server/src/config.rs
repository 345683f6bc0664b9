//! What the instance is told from outside: one struct per section, read once at start.
//!
//! Four layers, later ones win: built-in defaults, `tidings.toml`, `TIDINGS__SECTION__KEY` variables, flags. Nothing
//! else in the program reads the environment. A key that does not exist, or a value that is not allowed, is an error
//! that names the key and where it was set, so that a typing mistake never becomes a silent default.

pub mod client;
mod error;
mod keys;
mod layers;
mod network;
mod report;
mod secret;
mod values;

use std::fmt;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use services::caller::TrustedProxies;
use services::media::{Bucket, MediaSettings, Place as MediaPlace};
use services::outgoing::Reachable;

pub use error::{ConfigError, Origin};
pub(crate) use error::{HOST, reason};
pub use keys::{KEYS, Key};
pub use layers::{Flags, Loaded, Sources};
pub use network::{Network, Place};
pub use report::reference;
pub use secret::Secret;
pub use values::{BaseUrl, DatabaseUrl, LogFilter, LogFormat, MediaStore, Scheme, Switch, WebAddress};

/// The file that is read from the working directory when no other is named.
pub const DEFAULT_FILE: &str = "tidings.toml";

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub cache: Cache,
    pub jobs: Jobs,
    pub media: Media,
    pub log: Log,
    pub secrets: Secrets,
    pub outgoing: Outgoing,
    pub breach_check: BreachCheck,
    pub import: Import,
    pub limits: Limits,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    pub listen: SocketAddr,
    pub base_url: Option<BaseUrl>,
    pub trusted_proxies: Vec<Network>,
    pub cli_callback_schemes: Vec<Scheme>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            base_url: None,
            trusted_proxies: Vec::new(),
            cli_callback_schemes: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Data {
    pub dir: PathBuf,
}

impl Default for Data {
    fn default() -> Self {
        Self { dir: PathBuf::from("./data") }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    pub url: Option<DatabaseUrl>,
    pub max_connections: NonZeroU32,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, max_connections: at_least_one(10) }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cache {
    pub max_bytes: u64,
}

impl Default for Cache {
    fn default() -> Self {
        Self { max_bytes: 32 * 1024 * 1024 }
    }
}

/// What happens at its time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Jobs {
    pub runner: Switch,
}

/// Pictures and files that people upload.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Media {
    pub store: MediaStore,
    pub dir: Option<PathBuf>,
    pub max_bytes: u64,
    pub project_max_bytes: u64,
    pub s3_bucket: Option<String>,
    pub s3_endpoint: Option<WebAddress>,
    pub s3_region: String,
    pub s3_access_key: Option<Secret>,
    pub s3_secret_key: Option<Secret>,
    pub s3_path_style: Switch,
}

impl Default for Media {
    fn default() -> Self {
        let services::media::MediaSettings { max_bytes, project_max_bytes, .. } = Default::default();
        Self {
            store: MediaStore::Local,
            dir: None,
            max_bytes,
            project_max_bytes,
            s3_bucket: None,
            s3_endpoint: None,
            s3_region: "us-east-1".to_owned(),
            s3_access_key: None,
            s3_secret_key: None,
            s3_path_style: Switch::On,
        }
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Log {
    pub format: LogFormat,
    pub filter: LogFilter,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Secrets {
    pub signing_key: Option<Secret>,
    pub previous_signing_key: Option<Secret>,
}

/// What the server may ask others.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outgoing {
    pub allow_private: Vec<Place>,
}

/// Where passwords are looked up that thieves know, if an administrator switches that on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BreachCheck {
    pub url: WebAddress,
}

impl Default for BreachCheck {
    fn default() -> Self {
        Self { url: WebAddress::fixed(services::BREACH_CHECK_URL) }
    }
}

/// Whom imports ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Import {
    pub github_url: WebAddress,
    pub canny_url: WebAddress,
}

impl Default for Import {
    fn default() -> Self {
        use services::imports::{CANNY_URL, GITHUB_URL};
        Self { github_url: WebAddress::fixed(GITHUB_URL), canny_url: WebAddress::fixed(CANNY_URL) }
    }
}

/// How often somebody may do something before the answer is 429 with `Retry-After`; 0 is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    pub api_key_per_min: u32,
    pub person_per_min: u32,
    pub views_per_min: u32,
    pub search_per_min: u32,
    pub login_per_15_min: u32,
    pub login_per_account_per_hour: u32,
    pub refresh_per_15_min: u32,
    pub setup_per_hour: u32,
    pub second_factor_per_account_per_15_min: u32,
    pub passkey_per_15_min: u32,
    pub sso_per_15_min: u32,
    pub register_per_hour: u32,
    pub forgot_password_per_hour: u32,
    pub reset_check_per_15_min: u32,
    pub reset_per_15_min: u32,
    pub invitation_per_15_min: u32,
    pub cli_per_15_min: u32,
    pub change_password_per_account_per_15_min: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let services::Limits {
            api_key_per_min,
            person_per_min,
            views_per_min,
            search_per_min,
            login_per_15_min,
            login_per_account_per_hour,
            refresh_per_15_min,
            setup_per_hour,
            second_factor_per_account_per_15_min,
            passkey_per_15_min,
            sso_per_15_min,
            register_per_hour,
            forgot_password_per_hour,
            reset_check_per_15_min,
            reset_per_15_min,
            invitation_per_15_min,
            cli_per_15_min,
            change_password_per_account_per_15_min,
        } = services::Limits::default();
        Self {
            api_key_per_min,
            person_per_min,
            views_per_min,
            search_per_min,
            login_per_15_min,
            login_per_account_per_hour,
            refresh_per_15_min,
            setup_per_hour,
            second_factor_per_account_per_15_min,
            passkey_per_15_min,
            sso_per_15_min,
            register_per_hour,
            forgot_password_per_hour,
            reset_check_per_15_min,
            reset_per_15_min,
            invitation_per_15_min,
            cli_per_15_min,
            change_password_per_account_per_15_min,
        }
    }
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

/// Where the data lives. The embedded database is a file of ours; PostgreSQL is somebody else's server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Storage {
    Embedded { file: PathBuf },
    Postgres { url: Secret },
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded { file } => write!(f, "SQLite in {}", file.display()),
            Self::Postgres { .. } => f.write_str("PostgreSQL"),
        }
    }
}

impl Config {
    /// Reads all layers and checks every value.
    pub fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
        layers::load(sources)
    }

    pub fn storage(&self) -> Storage {
        match &self.database.url {
            Some(url) => Storage::Postgres { url: url.secret().clone() },
            None => Storage::Embedded { file: self.data.dir.join("tidings.db") },
        }
    }

    /// The address people use, without a slash at the end: the configured one, else the listening address with a
    /// host that a browser on this machine can open.
    pub fn base_url(&self) -> BaseUrl {
        self.server.base_url.clone().unwrap_or_else(|| BaseUrl::from_listen(self.server.listen))
    }

    pub fn trusted_proxies(&self) -> TrustedProxies {
        TrustedProxies::new(self.server.trusted_proxies.iter().map(|network| network.parts()).collect())
    }

    /// Where media are kept, and how much of them.
    ///
    /// # Errors
    /// The key that is missing for a bucket.
    pub fn media(&self) -> Result<MediaSettings, &'static str> {
        let media = &self.media;
        let place = match media.store {
            MediaStore::Local => MediaPlace::Folder(media.dir.clone().unwrap_or_else(|| self.data.dir.join("media"))),
            MediaStore::S3 => MediaPlace::S3(Bucket {
                name: media.s3_bucket.clone().filter(|name| !name.is_empty()).ok_or("media.s3_bucket")?,
                endpoint: media.s3_endpoint.as_ref().map(ToString::to_string),
                region: media.s3_region.clone(),
                access_key: media.s3_access_key.as_ref().ok_or("media.s3_access_key")?.expose().to_owned(),
                secret_key: media.s3_secret_key.as_ref().ok_or("media.s3_secret_key")?.expose().to_owned(),
                path_style: media.s3_path_style == Switch::On,
            }),
        };
        Ok(MediaSettings { place, max_bytes: media.max_bytes, project_max_bytes: media.project_max_bytes })
    }

    /// What is open to questions of the server beside the public internet.
    pub fn reachable(&self) -> Reachable {
        let mut networks = Vec::new();
        let mut hosts = Vec::new();
        for place in &self.outgoing.allow_private {
            match place {
                Place::Network(network) => networks.push(network.parts()),
                Place::Host(host) => hosts.push(host.clone()),
            }
        }
        Reachable::new(networks, hosts)
    }
}

impl From<&Limits> for services::Limits {
    fn from(limits: &Limits) -> Self {
        Self {
            api_key_per_min: limits.api_key_per_min,
            person_per_min: limits.person_per_min,
            views_per_min: limits.views_per_min,
            search_per_min: limits.search_per_min,
            login_per_15_min: limits.login_per_15_min,
            login_per_account_per_hour: limits.login_per_account_per_hour,
            refresh_per_15_min: limits.refresh_per_15_min,
            setup_per_hour: limits.setup_per_hour,
            second_factor_per_account_per_15_min: limits.second_factor_per_account_per_15_min,
            passkey_per_15_min: limits.passkey_per_15_min,
            sso_per_15_min: limits.sso_per_15_min,
            register_per_hour: limits.register_per_hour,
            forgot_password_per_hour: limits.forgot_password_per_hour,
            reset_check_per_15_min: limits.reset_check_per_15_min,
            reset_per_15_min: limits.reset_per_15_min,
            invitation_per_15_min: limits.invitation_per_15_min,
            cli_per_15_min: limits.cli_per_15_min,
            change_password_per_account_per_15_min: limits.change_password_per_account_per_15_min,
        }
    }
}
