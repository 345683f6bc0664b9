//! Programs that the tests need and a Rust toolchain does not bring.
//!
//! On Debian, as root, a missing one is installed. Anywhere else the error says which line installs it.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use anyhow::{Result, bail};

use crate::{
    hash::Hash,
    say, wasm,
    workspace::{Workspace, on_path},
};

/// Finds a program, installing its Debian package when that is possible.
pub fn require(
    workspace: &Workspace,
    name: &str,
    package: &str,
    find: impl Fn() -> Option<PathBuf>,
) -> Result<PathBuf> {
    if let Some(path) = find() {
        return Ok(path);
    }
    if !(is_debian() && rustix::process::geteuid().is_root()) {
        bail!("{name} is missing; install it with: sudo apt-get install {package} (or your system's package of it)");
    }
    say(format!("Installing {name} (Debian package {package})"));
    let apt = |arguments: &[&str]| {
        let mut command = workspace.command("apt-get");
        workspace.signals.run(command.arg("-qq").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends", package])?;
    match find() {
        Some(path) => Ok(path),
        None => bail!("{name} is still missing after installing the Debian package {package}"),
    }
}

fn is_debian() -> bool {
    Path::new("/etc/debian_version").exists() && on_path("apt-get").is_some()
}

/// The browser for the end-to-end tests: the one named by `CHROMIUM_PATH`, the system's, or nothing when Playwright has
/// installed its own.
pub fn chromium(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if let Some(path) = env::var_os("CHROMIUM_PATH") {
        return Ok(Some(path.into()));
    }
    let system = || ["chromium", "chromium-browser", "google-chrome"].into_iter().find_map(on_path);
    if system().is_none() && playwright_has_browser() {
        return Ok(None);
    }
    require(workspace, "Chromium", "chromium", system).map(Some)
}

fn playwright_has_browser() -> bool {
    let folder = match env::var_os("PLAYWRIGHT_BROWSERS_PATH") {
        Some(folder) => Some(PathBuf::from(folder)),
        None => env::home_dir().map(|home| {
            home.join(if cfg!(target_os = "macos") { "Library/Caches/ms-playwright" } else { ".cache/ms-playwright" })
        }),
    };
    let items = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    items.into_iter().any(|item| item.file_name().as_encoded_bytes().starts_with(b"chromium"))
}

/// Installs the Node.js packages of `end2end/` when the lock file changed since the last time: Playwright, and wasm-opt
/// for builds that are measured.
pub fn node_packages(workspace: &Workspace) -> Result<()> {
    let folder = workspace.root.join("end2end");
    let npm = require(workspace, "npm", "npm", || on_path("npm"))?;
    let Ok(lock) = fs::read(folder.join("package-lock.json")) else {
        bail!("end2end/package-lock.json is missing; npm install in end2end/ writes it");
    };
    let key = Hash::of([&lock[..]]).to_string();
    let stamp = folder.join("node_modules/.tidings-lock");
    if fs::read(&stamp).is_ok_and(|old| old == key.as_bytes()) {
        return Ok(());
    }
    say("Installing the packages of the end-to-end tests");
    let mut command = workspace.command(npm);
    // Browsers come from the system or from `npx playwright install`, never from an install script.
    command.current_dir(&folder).args(["ci", "--no-audit", "--no-fund"]).env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    workspace.signals.run(&mut command)?;
    fs::write(stamp, key)?;
    Ok(())
}

/// Size limits are set for optimised files, so a run that checks them needs the optimiser.
pub fn optimizer(workspace: &Workspace) -> Result<PathBuf> {
    match wasm::find_optimizer(workspace) {
        Some(path) => Ok(path),
        None => bail!("wasm-opt is missing; install it with: npm install --prefix end2end --save-dev binaryen"),
    }
}
