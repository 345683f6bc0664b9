//! The server that is measured: how it is set up, started and asked.

use std::{
    io::{Seek, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use rustix::process::Signal;
use serde::Deserialize;

use crate::{
    postgres::{free_port, random_password},
    process::Background,
    workspace::Workspace,
};

pub const OWNER: &str = "bench@example.com";
const START_TIME: Duration = Duration::from_secs(30);

/// A data folder, perhaps a PostgreSQL database, and what `tidings` has to be told to use them.
pub struct Instance<'a> {
    workspace: &'a Workspace,
    binary: PathBuf,
    /// Holds the data folder, and nothing the server could pick up by accident.
    folder: PathBuf,
    /// Variables of every command.
    settings: Vec<(String, String)>,
    pub password: String,
    /// With the port: `http://127.0.0.1:1234`.
    pub address: String,
}

/// What can be asked of a project that was filled.
pub struct Project {
    pub id: String,
    pub slug: String,
}

#[derive(Deserialize)]
pub struct Entry {
    pub id: String,
}

impl<'a> Instance<'a> {
    /// An empty one; with the address of a database on PostgreSQL.
    pub fn new(workspace: &'a Workspace, binary: &Path, folder: &Path, database: Option<&str>) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let mut instance = Self {
            workspace,
            binary: binary.to_owned(),
            folder: folder.to_owned(),
            settings: vec![("TIDINGS__LOG__FILTER".into(), "error".into())],
            password: random_password()?,
            address: format!("http://127.0.0.1:{}", free_port()?),
        };
        if let Some(url) = database {
            let key = random_password()? + &random_password()?;
            instance.set("TIDINGS__DATABASE__URL", url);
            instance.set("TIDINGS__SECRETS__SIGNING_KEY", &key);
        }
        // Limits that protect an instance would measure themselves here.
        let known = workspace.signals.capture(&mut instance.tidings(["config", "print"]))?;
        for key in limits(&known) {
            instance.set(&format!("TIDINGS__LIMITS__{}", key.to_uppercase()), "0");
        }
        Ok(instance)
    }

    fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// `tidings` with the data of this instance, away from any configuration file.
    pub fn tidings<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(&self.folder).args(arguments).args(["--data-dir", "data"]);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts the server and waits until a page answers 200; also tells how long that took.
    pub fn start(&self, path: &str, extra: &[(&str, &str)]) -> Result<(Background, Duration)> {
        let listen = self.address.trim_start_matches("http://");
        let begin = Instant::now();
        let mut command = self.tidings(["serve", "--listen", listen]);
        // The link of the set-up page is of no interest here.
        command.envs(extra.iter().copied()).stdout(Stdio::null());
        let mut server = Background::start(&mut command, Signal::TERM)?;
        while self.get(path).is_err() {
            if let Some(status) = server.ended()? {
                bail!("the server ended at its start ({status})");
            }
            if begin.elapsed() > START_TIME {
                bail!("the server does not answer {path} within {} s", START_TIME.as_secs());
            }
            self.workspace.signals.check()?;
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok((server, begin.elapsed()))
    }

    /// Creates an administrator and an API key, which is handed back.
    pub fn set_up(&self) -> Result<String> {
        let signals = &self.workspace.signals;
        let mut password = tempfile::tempfile()?;
        password.write_all(self.password.as_bytes())?;
        password.rewind()?;
        let mut create = self.tidings(["user", "create", "--email", OWNER, "--name", "Bench"]);
        create.args(["--role", "admin", "--password-stdin"]);
        signals.capture_with(&mut create, Stdio::from(password))?;
        let answer = signals.capture(&mut self.tidings(["api-key", "create", "--user", OWNER, "--name", "bench"]))?;
        let key = answer.split_whitespace().find(|word| word.starts_with("chr_"));
        Ok(key.context("tidings api-key create printed no key")?.to_owned())
    }

    /// A public project with that many published entries. Its name, of small letters only, is also its slug.
    pub fn fill(&self, name: &str, entries: usize) -> Result<Project> {
        let signals = &self.workspace.signals;
        let file = self.folder.join("CHANGELOG.md");
        let mut id: Option<String> = None;
        for first in (0..entries).step_by(RELEASES_A_FILE) {
            let last = entries.min(first + RELEASES_A_FILE);
            std::fs::write(&file, changelog(first, last))?;
            let mut import = match &id {
                None => self.tidings(["import", "--new-project", name, "--public"]),
                Some(id) => self.tidings(["import", "--project", id]),
            };
            let report = signals.capture(import.args(["--publish", "CHANGELOG.md"]))?;
            if id.is_none() {
                let heading = report.lines().next().unwrap_or_default();
                let found = heading.rsplit_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
                id = Some(found.context("tidings import told no id of its project")?.to_owned());
            }
        }
        Ok(Project { id: id.context("a project without entries")?, slug: name.to_owned() })
    }

    /// Fetches something once. Anything but the thing itself is an error: the load generator would measure how fast a
    /// redirect is.
    pub fn get(&self, path: &str) -> Result<Vec<u8>> {
        let request = ureq::get(format!("{}{path}", self.address)).config().max_redirects(0).build();
        let mut answer = request.call().with_context(|| path.to_owned())?;
        if answer.status() != 200 {
            bail!("{path} answered {} instead of 200", answer.status());
        }
        Ok(answer.body_mut().read_to_vec()?)
    }

    /// The `ETag` of something.
    pub fn tag(&self, path: &str) -> Result<String> {
        let answer = ureq::get(format!("{}{path}", self.address)).call()?;
        let tag = answer.headers().get("etag").with_context(|| format!("{path} has no ETag"))?;
        Ok(tag.to_str()?.to_owned())
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }
}

/// The keys below `[limits]` of a printed configuration.
fn limits(printed: &str) -> Vec<String> {
    let section = printed.lines().skip_while(|line| line.trim() != "[limits]").skip(1);
    let lines = section.take_while(|line| !line.starts_with('['));
    lines.filter_map(|line| Some(line.split_once(" = ")?.0.trim_start_matches('#').trim().to_owned())).collect()
}

/// Fewer than an import takes, and below its limit in bytes.
const RELEASES_A_FILE: usize = 5_000;

/// Releases of ordinary length, newest first: 1.5 KB with two headings, a list with links and a piece of code.
fn changelog(first: usize, last: usize) -> String {
    let mut text = String::from("# Changelog\n\n");
    for number in (first..last).rev() {
        let (year, month, day) = (2000 + number / 336 % 24, number / 28 % 12 + 1, number % 28 + 1);
        text.push_str(&format!("## [1.{number}.0] - {year}-{month:02}-{day:02}\n\n### Added\n\n"));
        for line in 1..=10 {
            text.push_str(&format!(
                "- Option `--depth {line}` for **deep** lists of release {number}, which keeps their order and their \
                 marks, see [the manual](https://example.com/{line}).\n"
            ));
        }
        text.push_str(&format!("\n### Fixed\n\n- Lists with more than {number} lines keep their order.\n"));
        text.push_str(&format!("\n```sh\nexample --depth {number} list\n```\n\n"));
    }
    text
}

/// Figures of a process, in bytes: its resident set now and at its highest, with the pages of the binary itself that
/// were touched.
pub fn memory(process: u32) -> Result<(u64, u64)> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let figure = |name: &str| -> Result<u64> {
        let line = text.lines().find_map(|line| line.strip_prefix(name)).context("the system tells no memory use")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
    };
    Ok((figure("VmRSS:")?, figure("VmHWM:")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_limits_of_a_printed_configuration_are_found() {
        let printed =
            "[log]\nformat = \"text\"\n\n[limits]\nlogin_per_15_min = 10\n# setup_per_hour = 3\n\n[mail]\nhost = 1\n";
        assert_eq!(limits(printed), ["login_per_15_min", "setup_per_hour"]);
    }

    #[test]
    fn an_entry_has_the_length_that_is_promised() {
        let one = changelog(41, 42);
        assert!((1_400..1_600).contains(&one.len()), "{}", one.len());
    }
}
