//! A PostgreSQL server for one test run: its own folder, port and password, gone afterwards.

use std::{
    fs::{self, File},
    io::Read,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{
    process::Background,
    say, tools,
    workspace::{Workspace, on_path},
};

const START_TIME: Duration = Duration::from_secs(60);

/// Stops and removes the server when dropped.
pub struct Postgres {
    /// A database with the right to create others.
    pub url: String,
    // In this order: the server stops before its folder goes.
    _server: Background,
    _folder: TempDir,
}

/// The account the server runs under when we are root, which PostgreSQL refuses to be.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Starts a new, empty server for tests, installing PostgreSQL first when that is possible. It is in a hurry: its
    /// data may be lost at any time.
    pub fn start(workspace: &Workspace) -> Result<Self> {
        Self::start_with(workspace, &["fsync=off", "synchronous_commit=off", "full_page_writes=off"])
    }

    /// Starts one that keeps its promises, to be measured.
    pub fn start_durable(workspace: &Workspace) -> Result<Self> {
        Self::start_with(workspace, &[])
    }

    fn start_with(workspace: &Workspace, settings: &[&str]) -> Result<Self> {
        let initdb = tools::require(workspace, "PostgreSQL", "postgresql", find_initdb)?;
        let programs = initdb.parent().context("initdb lies in no folder")?;
        let account = if rustix::process::geteuid().is_root() { Some(unprivileged(workspace)?) } else { None };

        // Root's own temporary folder may be closed to the account that has to use it.
        let place = if account.is_some() { PathBuf::from("/tmp") } else { std::env::temp_dir() };
        let folder = tempfile::Builder::new().prefix("tidings-postgres-").tempdir_in(place)?;
        let password = random_password()?;
        let password_file = folder.path().join("password");
        fs::write(&password_file, &password)?;
        let log = File::create(folder.path().join("log"))?;
        if let Some(Account { user, group }) = account {
            for path in [folder.path(), &password_file] {
                chown(path, Some(user), Some(group))?;
            }
        }

        say("Starting PostgreSQL");
        let data = folder.path().join("data");
        let mut create = command(&initdb, account, &log)?;
        create.arg("--pgdata").arg(&data).arg("--pwfile").arg(&password_file);
        create.args(["--username=postgres", "--auth=password", "--encoding=UTF8", "--no-locale", "--no-sync"]);
        workspace.signals.run(&mut create).with_context(|| log_text(folder.path()))?;

        // Another program may take the port between our look and the server's start.
        for _ in 0..3 {
            let port = free_port()?;
            let mut serve = command(&programs.join("postgres"), account, &log)?;
            serve.arg("-D").arg(&data).args(["-p", &port.to_string()]);
            let always = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=300"];
            for setting in always.iter().chain(settings) {
                serve.args(["-c", setting]);
            }
            // Immediate shutdown: nothing has to be saved.
            let mut server = Background::start(&mut serve, Signal::QUIT)?;
            if is_ready(workspace, &mut server, programs, port)? {
                let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres");
                return Ok(Self { url, _server: server, _folder: folder });
            }
        }
        bail!("PostgreSQL does not start; it says:\n{}", log_text(folder.path()))
    }
}

/// On the path, or where Debian keeps the versions side by side. Links are followed: the server needs its neighbours.
fn find_initdb() -> Option<PathBuf> {
    if let Some(found) = on_path("initdb") {
        return fs::canonicalize(found).ok();
    }
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?.flatten().map(|item| item.path());
    let number = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let mut versions = versions.filter_map(|path| Some((number(&path)?, path.join("bin/initdb")))).collect::<Vec<_>>();
    versions.retain(|(_, initdb)| initdb.is_file());
    versions.into_iter().max().map(|(_, initdb)| initdb)
}

fn unprivileged(workspace: &Workspace) -> Result<Account> {
    for name in ["postgres", "nobody"] {
        let id = |kind: &str| -> Result<u32> {
            let mut command = workspace.command("id");
            let text = workspace.signals.capture(command.args([kind, name]).stderr(Stdio::null()))?;
            Ok(text.trim().parse()?)
        };
        if let (Ok(user), Ok(group)) = (id("-u"), id("-g")) {
            return Ok(Account { user, group });
        }
    }
    bail!("PostgreSQL refuses to run as root, and there is neither a user postgres nor a user nobody to run it as")
}

fn command(program: &Path, account: Option<Account>, log: &File) -> Result<Command> {
    let mut command = Command::new(program);
    // Not the folder we were called in: the account may not be allowed to see it.
    command.current_dir("/").stdout(log.try_clone()?).stderr(log.try_clone()?);
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    Ok(command)
}

fn is_ready(workspace: &Workspace, server: &mut Background, programs: &Path, port: u16) -> Result<bool> {
    let end = Instant::now() + START_TIME;
    while Instant::now() < end && server.ended()?.is_none() {
        let mut ask = workspace.command(programs.join("pg_isready"));
        ask.args(["--quiet", "--host=127.0.0.1", &format!("--port={port}")]);
        if workspace.signals.status(&mut ask)?.success() {
            return Ok(true);
        }
        workspace.signals.sleep(Duration::from_millis(50))?;
    }
    Ok(false)
}

pub fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?.local_addr()?.port())
}

/// Other users of the machine can reach the port, and a PostgreSQL superuser can run programs.
pub fn random_password() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn log_text(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_differ_and_need_no_escaping_in_an_address() {
        let (one, other) = (random_password().unwrap(), random_password().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }
}
