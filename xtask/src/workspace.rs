//! Where things are, and how cargo is called.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process::Signals;

pub struct Workspace {
    /// The folder with the root `Cargo.toml`.
    pub root: PathBuf,
    /// Cargo's output folder, wherever the environment or cargo's own configuration puts it.
    pub target: PathBuf,
    pub signals: Signals,
    cargo: OsString,
}

impl Workspace {
    pub fn find(signals: Signals) -> Result<Self> {
        #[derive(Deserialize)]
        struct Metadata {
            workspace_root: PathBuf,
            target_directory: PathBuf,
        }
        // `cargo run` names the folder of this crate; a target folder may be shared by several checkouts, so the path
        // known at compile time can be another checkout's.
        let here = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut ask = cargo_command(&cargo, &here);
        let text = signals.capture(ask.args(["metadata", "--no-deps", "--format-version=1"]))?;
        let found: Metadata = serde_json::from_str(&text).context("cannot read the answer of cargo metadata")?;
        Ok(Self { root: found.workspace_root, target: found.target_directory, signals, cargo })
    }

    /// A cargo call at the root of the workspace.
    pub fn cargo<const N: usize>(&self, args: [&str; N]) -> Command {
        let mut command = cargo_command(&self.cargo, &self.root);
        command.args(args);
        command
    }

    /// Any other program, started at the root of the workspace.
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.current_dir(&self.root);
        command
    }
}

/// Without the variables that `cargo run` set for xtask: an inner call must see what a call by hand sees, or the two
/// would rebuild each other's work.
fn cargo_command(cargo: &OsString, folder: &Path) -> Command {
    let mut command = Command::new(cargo);
    command.current_dir(folder);
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Finds a program on the search path.
pub fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}
