//! The release binary: the site first, then the server that embeds it.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result};

use crate::{process, say, site, wasm::Mode, workspace::Workspace};

/// The environment variable by which the server's build script finds the site folder.
pub const SITE_VARIABLE: &str = "TIDINGS_SITE";

/// What the program may weigh, everything embedded. Raise it only with the reason in the commit.
pub const MAX_BYTES: u64 = 30_000_000;

/// Where a release build puts the program.
pub fn binary(workspace: &Workspace) -> PathBuf {
    workspace.target.join("release/tidings")
}

/// Builds the one file that is the product and hands back its path.
pub fn build(workspace: &Workspace) -> Result<PathBuf> {
    let begin = Instant::now();
    let site = site::build(workspace, Mode::Release)?;
    say("Building server (release)");
    let mut cargo = workspace.cargo(["build", "--release", "--package", "server", "--bin", "tidings"]);
    workspace.signals.run(cargo.env(SITE_VARIABLE, site))?;
    let binary = binary(workspace);
    let bytes = fs::metadata(&binary).with_context(|| format!("{} is missing", binary.display()))?.len();
    let seconds = begin.elapsed().as_secs_f64();
    say(format!("Built {} ({:.1} MB) in {seconds:.1} s", binary.display(), bytes as f64 / 1e6));
    if bytes > MAX_BYTES {
        say(format!("Note: that is more than the limit of {:.0} MB", MAX_BYTES as f64 / 1e6));
    }
    Ok(binary)
}

/// Builds, then becomes the server: signals reach it directly, and its exit code is ours.
pub fn serve(workspace: &Workspace, extra: Vec<String>) -> Result<ExitCode> {
    let binary = build(workspace)?;
    process::flush();
    let error = serve_command(workspace, &binary, extra).exec();
    Err(error).with_context(|| format!("cannot start {}", binary.display()))
}

/// `tidings serve` with our defaults for what the caller left open.
pub fn serve_command(workspace: &Workspace, binary: &PathBuf, extra: Vec<String>) -> Command {
    let mut command = workspace.command(binary);
    command.arg("serve");
    for (option, value) in [("--listen", "127.0.0.1:3000"), ("--data-dir", "data")] {
        let given = extra.iter().any(|one| one == option || one.starts_with(&format!("{option}=")));
        if !given {
            command.args([option, value]);
        }
    }
    command.args(extra);
    command
}
