//! The development loop: watch, rebuild, restart, reload.
//!
//! Watching compares file times every 300 ms. For some hundred files that costs nothing, and unlike the kernel's
//! notifications it works the same on network and container mounts.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, SystemTime},
};

use anyhow::Result;
use rustix::process::Signal;

use crate::{
    process::{Background, Interrupted},
    release::{SITE_VARIABLE, serve_command},
    say, site,
    wasm::Mode,
    workspace::Workspace,
};

const WATCHED: [&str; 8] = ["app", "server", "frontend", "style", "public", "migrations", "Cargo.toml", "Cargo.lock"];
const PAUSE: Duration = Duration::from_millis(300);
/// Makes the server's build script compile in `/dev/reload`.
const RELOAD_VARIABLE: &str = "TIDINGS_DEV_RELOAD";

type Snapshot = BTreeMap<PathBuf, (SystemTime, u64)>;

pub fn watch(workspace: &Workspace, extra: Vec<String>) -> Result<ExitCode> {
    let mut server: Option<Running> = None;
    loop {
        let seen = snapshot(&workspace.root);
        match rebuild(workspace) {
            Ok(binary) => {
                let built = changed(&binary);
                if server.as_mut().is_none_or(|running| running.built != built || running.has_ended()) {
                    // The old one first: it holds the port and the database.
                    drop(server.take());
                    let process =
                        Background::start(&mut serve_command(workspace, &binary, extra.clone()), Signal::TERM)?;
                    server = Some(Running { process, built });
                }
            }
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => say(format!("{error:#}")),
        }
        say("Watching for changes; stop with Ctrl-C");
        while snapshot(&workspace.root) == seen {
            workspace.signals.sleep(PAUSE)?;
        }
        settle(workspace)?;
    }
}

struct Running {
    process: Background,
    /// When its binary was linked.
    built: Option<SystemTime>,
}

impl Running {
    fn has_ended(&mut self) -> bool {
        !matches!(self.process.ended(), Ok(None))
    }
}

fn rebuild(workspace: &Workspace) -> Result<PathBuf> {
    let site = site::build(workspace, Mode::Dev)?;
    say("Building server");
    let mut cargo = workspace.cargo(["build", "--bin", "tidings"]);
    workspace.signals.run(cargo.env(SITE_VARIABLE, site).env(RELOAD_VARIABLE, "1"))?;
    Ok(workspace.target.join("debug/tidings"))
}

/// An editor or a checkout writes many files: waits until nothing changed for one pause.
fn settle(workspace: &Workspace) -> Result<()> {
    let mut last = snapshot(&workspace.root);
    loop {
        workspace.signals.sleep(PAUSE)?;
        let now = snapshot(&workspace.root);
        if now == last {
            return Ok(());
        }
        last = now;
    }
}

fn snapshot(root: &Path) -> Snapshot {
    let mut found = Snapshot::new();
    let mut open = WATCHED.iter().map(|name| root.join(name)).collect::<Vec<_>>();
    while let Some(path) = open.pop() {
        // A file that vanishes while we look simply is not part of the picture.
        let Ok(meta) = fs::metadata(&path) else { continue };
        if meta.is_dir() {
            let items = fs::read_dir(&path).into_iter().flatten().flatten();
            open.extend(
                items.filter(|item| !item.file_name().as_encoded_bytes().starts_with(b".")).map(|item| item.path()),
            );
        } else if let Ok(time) = meta.modified() {
            found.insert(path, (time, meta.len()));
        }
    }
    found
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|meta| meta.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_an_edited_and_a_removed_file_are_noticed_and_hidden_ones_are_not() {
        let root = tempfile::tempdir().unwrap();
        let style = root.path().join("style");
        fs::create_dir_all(&style).unwrap();
        let empty = snapshot(root.path());

        fs::write(style.join("main.css"), "a{}").unwrap();
        let one = snapshot(root.path());
        assert_ne!(one, empty);
        fs::write(style.join(".main.css.swp"), "x").unwrap();
        assert_eq!(snapshot(root.path()), one);
        fs::write(style.join("main.css"), "a{b:c}").unwrap();
        assert_ne!(snapshot(root.path()), one);
        fs::remove_file(style.join("main.css")).unwrap();
        assert_eq!(snapshot(root.path()), empty);
    }
}
