//! The key of an instance: made once, for its owner alone, and never by PostgreSQL instances.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use server::config::{Config, Secret};
use server::secrets::signing_key;

fn embedded(dir: &Path) -> Config {
    let mut config = Config::default();
    config.data.dir = dir.to_owned();
    config
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_key_is_generated_for_its_owner_alone_and_survives_restarts() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("deep/data");
    let first = signing_key(&embedded(&data)).unwrap();
    assert_eq!(first.expose().len(), 64);
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("signing_key")), 0o600);
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "no draft is left behind");

    assert_eq!(signing_key(&embedded(&data)).unwrap(), first);
    let elsewhere = tempfile::tempdir().unwrap();
    assert_ne!(signing_key(&embedded(elsewhere.path())).unwrap(), first);
}

#[test]
fn processes_that_start_at_once_agree_on_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let keys: Vec<Secret> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| signing_key(&embedded(dir.path())).unwrap())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(keys.iter().all(|key| *key == keys[0]));
}

#[test]
fn a_key_file_that_became_readable_by_others_is_closed_again() {
    let dir = tempfile::tempdir().unwrap();
    let first = signing_key(&embedded(dir.path())).unwrap();
    let file = dir.path().join("signing_key");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(signing_key(&embedded(dir.path())).unwrap(), first);
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn a_damaged_key_file_is_refused_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("signing_key");
    fs::write(&file, "").unwrap();
    let message = signing_key(&embedded(dir.path())).unwrap_err().to_string();
    assert!(message.contains(&file.display().to_string()) && message.contains("too short"), "{message}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "");
}

#[test]
fn a_configured_key_is_used_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = embedded(dir.path());
    let key = Secret::new("9f2c4e8a1b7d3f60e5a9c8b2d4f1063e7a5b9c0d8e2f4a6b1c3d5e7f90a2b4c6");
    config.secrets.signing_key = Some(key.clone());
    assert_eq!(signing_key(&config).unwrap(), key);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

    config.secrets.signing_key = Some(Secret::new("changeme"));
    let message = signing_key(&config).unwrap_err().to_string();
    assert!(message.starts_with("`secrets.signing_key` is a placeholder"), "{message}");
    assert!(!message.contains("changeme"));
}

#[test]
fn with_postgresql_the_key_is_required_and_the_message_says_how_to_make_one() {
    let dir = tempfile::tempdir().unwrap();
    let mut config = embedded(dir.path());
    config.database.url = Some("postgres://me:hunter2@host/db".parse().unwrap());
    let message = signing_key(&config).unwrap_err().to_string();
    assert!(message.contains("openssl rand -hex 32") && message.contains("TIDINGS__SECRETS__SIGNING_KEY"), "{message}");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
