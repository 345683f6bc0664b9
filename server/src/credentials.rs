//! Hosts a person has signed in to, with a key for each, in a file that nobody else reads.
//!
//! ```toml
//! default = "https://changelog.example.com"
//!
//! [hosts."https://changelog.example.com"]
//! api_key = "chr_…"
//! project = "cm3k8x2p0000008l4f5g7h9jk"
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use client::ApiKey;
use serde::{Deserialize, Serialize};

use crate::config::reason;
use crate::secrets::{close_to_others, create_data_dir, write_new};

const FILE: &str = "credentials.toml";

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

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    #[serde(with = "written")]
    pub api_key: ApiKey,
    /// Id of the project that is meant when none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// This file is the one place where a key is written down.
mod written {
    use client::ApiKey;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(key: &ApiKey, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(key.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ApiKey, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
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
