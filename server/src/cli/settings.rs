//! `tidings config check`: everything that can be known before starting.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;

use services::media::Place;

use crate::config::{Config, DEFAULT_FILE, Loaded};
use crate::secrets::signing_key_place;

use super::{Failure, Result, output};

pub fn check(loaded: &Loaded) -> Result {
    let config = &loaded.config;
    let directory = data_directory(&config.data.dir)?;
    let key = signing_key_place(config)?;
    let media = match config.media() {
        Ok(settings) => match settings.place {
            Place::Folder(folder) => folder.display().to_string(),
            Place::S3(bucket) => format!("the bucket {}", bucket.name),
            Place::Memory => "memory".to_owned(),
        },
        Err(key) => return Err(Failure::misunderstood(format!("`media.store` is s3, but `{key}` is missing."))),
    };
    let file = match &loaded.file {
        Some(path) => path.display().to_string(),
        None => format!("none (there is no {DEFAULT_FILE} here)"),
    };
    let mut answer = String::new();
    // Writing to a text cannot fail.
    let _ = writeln!(answer, "Configuration file: {file}");
    let _ = writeln!(answer, "Listening address:  {}", config.server.listen);
    let _ = writeln!(answer, "Public address:     {}", config.base_url());
    let _ = writeln!(answer, "Data directory:     {directory}");
    let _ = writeln!(answer, "Database:           {}", config.storage());
    let _ = writeln!(answer, "Media:              {media}");
    let _ = writeln!(answer, "Signing key:        {key}");
    for warning in warnings(config) {
        let _ = writeln!(answer, "Warning: {warning}");
    }
    answer.push_str("The configuration is valid.\n");
    output::print(&answer)
}

fn data_directory(path: &Path) -> Result<String> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => Ok(path.display().to_string()),
        Ok(_) => Err(Failure::misunderstood(format!("`data.dir` is {}, which is not a directory.", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Ok(format!("{} (will be created)", path.display()))
        }
        Err(error) => Err(Failure::misunderstood(format!("`data.dir`, {}, cannot be read: {error}.", path.display()))),
    }
}

/// What is allowed and probably not meant.
fn warnings(config: &Config) -> Vec<&'static str> {
    let mut warnings = Vec::new();
    let local = config.server.listen.ip().is_loopback();
    match &config.server.base_url {
        None if !local => warnings.push(
            "`server.base_url` is not set, so links lead to the listening address. Set it to the address people use.",
        ),
        Some(url) if !url.is_https() && !local => {
            warnings.push("`server.base_url` is not https, so passwords travel unencrypted.");
        }
        _ => {}
    }
    let somebody: [IpAddr; 2] = [[192, 0, 2, 1].into(), [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into()];
    let trusted = config.trusted_proxies();
    if somebody.into_iter().any(|address| trusted.contains(address)) {
        warnings.push("`server.trusted_proxies` trusts everybody, so anybody can pretend any address.");
    }
    warnings
}
