//! Hosts a person has signed in to, with a key or the tokens of a sign-in for each, in a file that nobody else reads.
//!
//! ```toml
//! default = "https://changelog.example.com"
//!
//! [hosts."https://changelog.example.com"]
//! project = "cm3k8x2p0000008l4f5g7h9jk"
//!
//! [hosts."https://changelog.example.com".sign_in]
//! access_token = "…"
//! refresh_token = "…"
//! expires_at = 1772616000
//!
//! [hosts."https://build.example.com"]
//! api_key = "chr_…"
//! ```
//!
//! Refresh tokens are good once, so whoever changes the file does so while it holds a lock beside it: of two commands at
//! the same moment, the second finds what the first has brought.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::time::Duration;

use client::Credential;
use client::shapes::Tokens;
use model::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::reason;
use crate::secrets::{close_to_others, create_data_dir, write_new};

const FILE: &str = "credentials.toml";
const LOCK: &str = "credentials.lock";
/// How often a lock is tried, and how long altogether: longer than a renewal takes with all its attempts.
const BETWEEN: Duration = Duration::from_millis(50);
const ATTEMPTS: u32 = 2400;

#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    #[error(
        "The system does not say where your files are kept. Set XDG_CONFIG_HOME or HOME, \
         or give the key with TIDINGS_HOST and TIDINGS_API_KEY."
    )]
    NoFolder,
    #[error("{} cannot be read: {reason}.", path.display())]
    Unreadable { path: PathBuf, reason: String },
    /// Neither the line nor what is wrong with it is told: both may hold a key.
    #[error("{}, line {line}, cannot be understood. Put it right, or delete the file and sign in again.", path.display())]
    Syntax { path: PathBuf, line: usize },
    #[error("{} cannot be written: {reason}. Nothing was changed.", path.display())]
    Unwritable { path: PathBuf, reason: String },
    #[error("Another command holds {} for two minutes already. Nothing was changed.", path.display())]
    Locked { path: PathBuf },
}

/// By address. The keys in here have been accepted by their hosts once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The host that is meant when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<String, Host>,
}

/// Either a key or a sign-in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    #[serde(default, with = "written::maybe", skip_serializing_if = "Option::is_none")]
    pub api_key: Option<Credential>,
    /// Id of the project that is meant when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sign_in: Option<SignIn>,
}

/// A sign-in by the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    #[serde(with = "written")]
    pub access_token: Credential,
    #[serde(with = "written")]
    pub refresh_token: Credential,
    /// When the access token ends, in Unix seconds.
    pub expires_at: i64,
    /// When the refresh token ends, where the server has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_until: Option<i64>,
}

impl SignIn {
    pub fn new(tokens: Tokens, now: Timestamp) -> Self {
        let now = now.timestamp();
        Self {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            expires_at: now.saturating_add(tokens.expires_in),
            refresh_until: tokens.refresh_expires_in.map(|seconds| now.saturating_add(seconds)),
        }
    }
}

/// This file is the one place where keys and tokens are written down.
mod written {
    use client::Credential;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(key: &Credential, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(key.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Credential, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }

    /// As above, where there may be none.
    pub mod maybe {
        use client::Credential;
        use serde::{Deserializer, Serializer};

        pub fn serialize<S: Serializer>(key: &Option<Credential>, serializer: S) -> Result<S::Ok, S::Error> {
            match key {
                Some(key) => super::serialize(key, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Credential>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

/// The file and what was in it.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    pub credentials: Credentials,
}

impl Store {
    /// Reads the file in the folder of this user. A missing one is empty.
    pub fn open(folder: Option<&Path>) -> Result<Self, CredentialsError> {
        let path = folder.ok_or(CredentialsError::NoFolder)?.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Self { path, credentials: Credentials::default() });
            }
            Err(error) => return Err(CredentialsError::Unreadable { path, reason: reason(&error) }),
        };
        close_to_others(&path);
        match toml::from_str(&text) {
            Ok(credentials) => Ok(Self { path, credentials }),
            Err(error) => {
                let error: toml::de::Error = error;
                let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
                Err(CredentialsError::Syntax { path, line: 1 + before.matches('\n').count() })
            }
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the whole file under another name, then gives it its own, so that it is never half written. A link, as
    /// people make who keep such files elsewhere, stays a link.
    pub fn save(&self) -> Result<(), CredentialsError> {
        let unwritable = |reason: String| CredentialsError::Unwritable { path: self.path.clone(), reason };
        if let Some(folder) = self.path.parent() {
            create_data_dir(folder).map_err(|error| unwritable(error.to_string()))?;
        }
        let text = toml::to_string(&self.credentials).map_err(|error| unwritable(error.to_string()))?;
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let draft = path.with_extension(format!("{}.new", std::process::id()));
        // Left behind by a process that was killed and had this number.
        let _ = fs::remove_file(&draft);
        let written = write_new(&draft, text.trim_end()).and_then(|()| fs::rename(&draft, &path));
        written.map_err(|error| {
            let _ = fs::remove_file(&draft);
            unwritable(reason(&error))
        })
    }
}

/// The file, while nobody else changes it.
#[derive(Debug)]
pub struct Locked {
    store: Store,
    /// The lock ends when this is closed. `None` where the file system knows no locks.
    _lock: Option<File>,
}

impl Locked {
    /// Waits until nobody else changes the file, then reads it.
    pub async fn open(folder: Option<&Path>) -> Result<Self, CredentialsError> {
        let folder = folder.ok_or(CredentialsError::NoFolder)?;
        let path = folder.join(LOCK);
        let unwritable = |reason: String| CredentialsError::Unwritable { path: path.clone(), reason };
        create_data_dir(folder).map_err(|error| unwritable(error.to_string()))?;
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| unwritable(reason(&error)))?;
        for _ in 0..ATTEMPTS {
            let lock = match file.try_lock() {
                Ok(()) => Some(file),
                Err(TryLockError::WouldBlock) => {
                    tokio::time::sleep(BETWEEN).await;
                    continue;
                }
                Err(TryLockError::Error(_)) => None,
            };
            return Ok(Self { store: Store::open(Some(folder))?, _lock: lock });
        }
        Err(CredentialsError::Locked { path })
    }
}

impl Deref for Locked {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl DerefMut for Locked {
    fn deref_mut(&mut self) -> &mut Store {
        &mut self.store
    }
}
