//! Keys the instance needs for itself. With the embedded database they are generated once and kept beside it, so that
//! a restart signs nobody out; with PostgreSQL several instances must share them, so they come from the configuration.

use std::fmt::Write as _;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::config::{Config, Secret, Storage};

/// Name of the file in the data directory.
const SIGNING_KEY_FILE: &str = "signing_key";

const RANDOM_BYTES: usize = 32;

/// Fragments of values that are copied from examples; long enough not to turn up in a random key.
const PLACEHOLDERS: &[&str] =
    &["change", "secret", "example", "placeholder", "replace", "password", "default", "1234567890"];

#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error(
        "`secrets.signing_key` is required with PostgreSQL, because all instances must share it. \
         Make one with `openssl rand -hex 32` and set it in the configuration file \
         or as TIDINGS__SECRETS__SIGNING_KEY."
    )]
    Missing,
    #[error(
        "{place} {reason}. It must be 32 or more random bytes in hexadecimal or base64; \
         make one with `openssl rand -hex 32`."
    )]
    Weak { place: String, reason: &'static str },
    #[error("The data directory {} cannot be created: {source}.", path.display())]
    DataDir { path: PathBuf, source: io::Error },
    #[error("The file {} cannot be created: {source}.", path.display())]
    DataFile { path: PathBuf, source: io::Error },
    #[error("The key file {} cannot be {action}: {source}.", path.display())]
    KeyFile { path: PathBuf, action: &'static str, source: io::Error },
    #[error("The operating system gave no random bytes: {0}.")]
    Random(getrandom::Error),
}

/// Creates the data directory, and what is missing above it, for this user alone (mode 0700). A directory that is
/// there keeps its mode.
pub fn create_data_dir(path: &Path) -> Result<(), SecretsError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| SecretsError::DataDir { path: path.to_owned(), source })
}

/// Creates an empty file for this user alone (mode 0600), unless there is one. SQLite takes an empty file for a new
/// database and gives its side files the same mode, so that a data directory open to others does not open the data.
pub fn create_private(path: &Path) -> Result<(), SecretsError> {
    match private().open(path) {
        Err(source) if source.kind() != io::ErrorKind::AlreadyExists => {
            Err(SecretsError::DataFile { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Opens a file that must not be there yet, readable by its owner alone.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// The key that signs access tokens: the configured one, else with the embedded database the one in the data directory,
/// which is made at first need. The bytes of the text are the key, so that the content of the file can later move into
/// the configuration and every token stays good.
pub fn signing_key(config: &Config) -> Result<Secret, SecretsError> {
    if let Some(key) = &config.secrets.signing_key {
        check(key.expose(), || "`secrets.signing_key`".to_owned())?;
        return Ok(key.clone());
    }
    match config.storage() {
        Storage::Postgres { .. } => Err(SecretsError::Missing),
        Storage::Embedded { .. } => {
            create_data_dir(&config.data.dir)?;
            kept_key(&config.data.dir.join(SIGNING_KEY_FILE))
        }
    }
}

/// The configured key that was the one of the instance before, if there is one.
pub fn previous_signing_key(config: &Config) -> Result<Option<Secret>, SecretsError> {
    if let Some(key) = &config.secrets.previous_signing_key {
        check(key.expose(), || "`secrets.previous_signing_key`".to_owned())?;
    }
    Ok(config.secrets.previous_signing_key.clone())
}

/// Where the key is or will be found, without making one: for `config check`.
pub fn signing_key_place(config: &Config) -> Result<String, SecretsError> {
    if let Some(key) = &config.secrets.signing_key {
        check(key.expose(), || "`secrets.signing_key`".to_owned())?;
        return Ok("from the configuration".to_owned());
    }
    if matches!(config.storage(), Storage::Postgres { .. }) {
        return Err(SecretsError::Missing);
    }
    let path = config.data.dir.join(SIGNING_KEY_FILE);
    match read(&path)? {
        Some(_) => Ok(format!("kept in {}", path.display())),
        None => Ok(format!("will be generated in {}", path.display())),
    }
}

fn kept_key(path: &Path) -> Result<Secret, SecretsError> {
    if let Some(key) = read(path)? {
        return Ok(key);
    }
    create(path)?;
    // Read back rather than returned: when two processes start at once, both use the key of the one that was first.
    read(path)?.ok_or_else(|| key_file(path, "read", io::ErrorKind::NotFound.into()))
}

fn read(path: &Path) -> Result<Option<Secret>, SecretsError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(key_file(path, "read", error)),
    };
    let text = text.trim();
    check(text, || format!("The key in {}", path.display()))?;
    close_to_others(path);
    Ok(Some(Secret::new(text)))
}

/// A restored backup or a copied volume may have opened the file to others. Not being able to close it is no reason to
/// refuse the start: some volume drivers set the mode themselves.
pub(crate) fn close_to_others(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let Ok(metadata) = std::fs::metadata(path) else { return };
        if metadata.permissions().mode() & 0o077 != 0 {
            match std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)) {
                Ok(()) => {
                    tracing::warn!(path = %path.display(), "The key file was open to other users; its mode is now 0600")
                }
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "The key file is open to other users; set its mode to 0600");
                }
            }
        }
    }
}

/// Writes the whole key under another name first, then links it into place. Linking fails when the name is taken, so
/// nobody ever reads half a key and an existing one is never replaced.
fn create(path: &Path) -> Result<(), SecretsError> {
    let key: [u8; RANDOM_BYTES] = random()?;
    let draft = path.with_extension(format!("{}.new", hex(&random::<8>()?)));
    let written = write_new(&draft, &hex(&key)).map_err(|error| key_file(&draft, "written", error));
    let linked = written.and_then(|()| match std::fs::hard_link(&draft, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(key_file(path, "created", error)),
        _ => Ok(()),
    });
    // Nothing reads a draft; one that cannot be removed does no harm.
    let _ = std::fs::remove_file(&draft);
    linked?;
    if let Some(directory) = path.parent() {
        // The name has to survive a power cut too, or the next start would make another key.
        File::open(directory).and_then(|directory| directory.sync_all()).map_err(|e| key_file(path, "created", e))?;
    }
    Ok(())
}

pub(crate) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut file = private().open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

fn random<const BYTES: usize>() -> Result<[u8; BYTES], SecretsError> {
    let mut bytes = [0; BYTES];
    #[expect(clippy::disallowed_methods, reason = "a key must come from the operating system, in tests too")]
    getrandom::fill(&mut bytes).map_err(SecretsError::Random)?;
    Ok(bytes)
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn key_file(path: &Path, action: &'static str, source: io::Error) -> SecretsError {
    SecretsError::KeyFile { path: path.to_owned(), action, source }
}

/// Catches short keys and values copied from an example. It cannot prove randomness.
fn check(key: &str, place: impl Fn() -> String) -> Result<(), SecretsError> {
    let weak = |reason| Err(SecretsError::Weak { place: place(), reason });
    let lower = key.to_ascii_lowercase();
    if PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder)) {
        return weak("is a placeholder, not a random key");
    }
    // 32 bytes are 64 hexadecimal digits, or 43 characters of base64 without padding.
    let shortest = if key.bytes().all(|byte| byte.is_ascii_hexdigit()) { 64 } else { 43 };
    if key.len() < shortest {
        return weak("is too short");
    }
    let mut different: Vec<char> = key.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 10 {
        return weak("repeats too few characters to be random");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(key: &str) -> String {
        check(key, || "The key".to_owned()).unwrap_err().to_string()
    }

    #[test]
    fn random_keys_in_hexadecimal_and_base64_are_accepted() {
        for key in [
            "9f2c4e8a1b7d3f60e5a9c8b2d4f1063e7a5b9c0d8e2f4a6b1c3d5e7f90a2b4c6",
            "q3Zt8mB1xYv0LrJ7nKc5WdFhGp2sUa9EoTi4RyQeXbM",
            "q3Zt8mB1xYv0LrJ7nKc5WdFhGp2sUa9EoTi4RyQeXbM=",
        ] {
            assert!(check(key, String::new).is_ok(), "{key}");
        }
    }

    #[test]
    fn short_repeated_and_copied_keys_are_refused_without_being_shown() {
        let short = "9f2c4e8a1b7d3f60e5a9c8b2d4f1063e";
        assert!(refused(short).contains("too short"));
        assert!(!refused(short).contains(short));
        assert!(refused(&"ab".repeat(40)).contains("too few"));
        assert!(refused("change-me-to-a-long-and-random-value-0123456789").contains("placeholder"));
        assert!(refused("").contains("too short"));
        assert!(refused(short).contains("openssl rand -hex 32"));
    }
}
