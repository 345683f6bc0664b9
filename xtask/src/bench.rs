//! Measures the release binary: start-up, memory, size, and requests per second over loopback.

mod machine;
mod wrk;

use std::{
    fs::{self, File},
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
    release, say, site, tools,
    wasm::Mode,
    workspace::{Workspace, on_path},
};

const OWNER: &str = "bench@example.com";
const RELEASES: usize = 100;
const START_TIME: Duration = Duration::from_secs(30);

/// Limits that protect an instance would measure themselves here.
const RAISED_LIMITS: [(&str, &str); 2] =
    [("TIDINGS__LIMITS__LOGIN_PER_15_MIN", "0"), ("TIDINGS__LIMITS__LOGIN_PER_ACCOUNT_PER_HOUR", "0")];

struct Bench<'a> {
    workspace: &'a Workspace,
    binary: PathBuf,
    /// Holds the data folder, and nothing the server could pick up by accident.
    folder: &'a Path,
    address: String,
}

pub fn run(workspace: &Workspace) -> Result<()> {
    let wrk = tools::require(workspace, "wrk", "wrk", || on_path("wrk"))?;
    let binary = release::build(workspace)?;
    let folder = tempfile::tempdir()?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let bench = Bench { workspace, binary, folder: folder.path(), address };

    let (server, first_start) = bench.start()?;
    drop(server);
    let key = bench.fill()?;
    let (server, next_start) = bench.start()?;
    workspace.signals.sleep(Duration::from_secs(3))?;
    let idle = resident_bytes(server.id())?;
    let project = bench.project(&key)?;

    let mut table = Vec::new();
    for (name, path) in [
        ("Public page", "/changelog/bench".to_owned()),
        ("Entries as JSON, 10 a page", format!("/api/changelog/{project}/entries")),
        ("RSS feed", "/changelog/bench/rss.xml".to_owned()),
    ] {
        let url = format!("http://{}{path}", bench.address);
        let size = bench.get(&path)?;
        say(format!("Measuring {name}"));
        table.push((name, size, wrk::run(workspace, &wrk, &url, |_| ())?));
    }
    say("Measuring New entry by key");
    let script = workspace.root.join("xtask/src/bench/post.lua");
    let url = format!("http://{}/api/projects/{project}/changelog", bench.address);
    let posted = wrk::run(workspace, &wrk, &url, |command| {
        command.arg("--script").arg(&script).env("TIDINGS_BENCH_KEY", &key);
    })?;
    table.push(("New entry by key (POST)", 0, posted));
    let busy = resident_bytes(server.id())?;
    drop(server);

    let mut text = String::from(INTRODUCTION);
    text.push_str(&machine::describe());
    text.push_str("\n| Request | Answer, bytes | Requests/s | Median | 99 % under |\n|---|---:|---:|---:|---:|\n");
    for (name, size, result) in table {
        let size = if size == 0 { "–".to_owned() } else { size.to_string() };
        let wrk::Measured { per_second, median, slow } = result;
        text.push_str(&format!("| {name} | {size} | {per_second:.0} | {median} | {slow} |\n"));
    }
    text.push_str("\n| What | |\n|---|---:|\n");
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    for (name, value) in [
        ("Start on an empty folder, until it answers", format!("{} ms", first_start.as_millis())),
        ("Start on existing data, until it answers", format!("{} ms", next_start.as_millis())),
        ("Memory, idle", megabytes(idle)),
        ("Memory, after the load above", megabytes(busy)),
        ("Binary, everything embedded", megabytes(fs::metadata(&bench.binary)?.len())),
    ] {
        text.push_str(&format!("| {name} | {value} |\n"));
    }
    text.push_str("\n| Browser file | Bytes | brotli |\n|---|---:|---:|\n");
    for (name, listed) in site::manifest(&site::folder(workspace, Mode::Release))? {
        text.push_str(&format!("| `{name}` | {} | {} |\n", listed.bytes, listed.transfer_bytes()));
    }
    say(&text);
    fs::write(workspace.root.join("docs/benchmarks.md"), text)?;
    say("Wrote docs/benchmarks.md");
    Ok(())
}

const INTRODUCTION: &str = "# Benchmarks\n\n\
    Written by `cargo xtask bench`; numbers of other machines differ, their ratios less so.\n\
    The release binary on its embedded database holds one public project with 100 published entries.\n\
    wrk on the same machine keeps 16 connections open from two threads for ten seconds a row.\n\n";

impl Bench<'_> {
    /// `tidings` with the data folder of this run, away from any configuration file.
    fn tidings<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = Command::new(&self.binary);
        command.current_dir(self.folder).args(arguments).args(["--data-dir", "data"]).envs(RAISED_LIMITS);
        command.env("TIDINGS__LOG__FILTER", "error");
        command
    }

    /// Starts the server; also tells how long it took to answer.
    fn start(&self) -> Result<(Background, Duration)> {
        let begin = Instant::now();
        let mut server = Background::start(&mut self.tidings(["serve", "--listen", &self.address]), Signal::TERM)?;
        while self.get("/healthz").is_err() {
            if let Some(status) = server.ended()? {
                bail!("the server ended at its start ({status})");
            }
            if begin.elapsed() > START_TIME {
                bail!("the server does not answer within {} s", START_TIME.as_secs());
            }
            self.workspace.signals.check()?;
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok((server, begin.elapsed()))
    }

    /// Creates a person, a project full of entries, and an API key, which is handed back.
    fn fill(&self) -> Result<String> {
        let signals = &self.workspace.signals;
        let mut password = tempfile::tempfile()?;
        password.write_all(random_password()?.as_bytes())?;
        password.rewind()?;
        let mut create = self.tidings([
            "user",
            "create",
            "--email",
            OWNER,
            "--name",
            "Bench",
            "--role",
            "admin",
            "--password-stdin",
        ]);
        signals.capture_with(&mut create, Stdio::from(password))?;

        let changelog = self.folder.join("CHANGELOG.md");
        write_changelog(&changelog)?;
        let mut import = self.tidings(["import", "--new-project", "Bench", "--public", "--publish", "CHANGELOG.md"]);
        signals.capture(&mut import)?;

        let answer = signals.capture(&mut self.tidings(["api-key", "create", "--user", OWNER, "--name", "bench"]))?;
        let key = answer.split_whitespace().find(|word| word.starts_with("chr_"));
        Ok(key.context("tidings api-key create printed no key")?.to_owned())
    }

    /// The id of the only project.
    fn project(&self, key: &str) -> Result<String> {
        #[derive(Deserialize)]
        struct Project {
            id: String,
        }
        let url = format!("http://{}/api/projects", self.address);
        let mut answer = ureq::get(url).header("Authorization", format!("Bearer {key}")).call()?;
        let projects: Vec<Project> = answer.body_mut().read_json()?;
        Ok(projects.into_iter().next().context("the server lists no project")?.id)
    }

    /// Fetches a page once; the length of its body in bytes. Anything but the page itself is an error: the load
    /// generator would measure how fast a redirect is.
    fn get(&self, path: &str) -> Result<usize> {
        let request = ureq::get(format!("http://{}{path}", self.address)).config().max_redirects(0).build();
        let mut answer = request.call().with_context(|| path.to_owned())?;
        if answer.status() != 200 {
            bail!("{path} answered {} instead of 200", answer.status());
        }
        Ok(answer.body_mut().read_to_vec()?.len())
    }
}

/// Entries of ordinary length: two sections, a list, a link, a piece of code.
fn write_changelog(path: &Path) -> Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "# Changelog\n")?;
    for number in (0..RELEASES).rev() {
        let (month, day) = (number / 10 % 10 + 1, number % 10 + 10);
        writeln!(file, "## [1.{number}.0] - 2025-{month:02}-{day}\n")?;
        writeln!(file, "### Added\n")?;
        for line in 1..=6 {
            writeln!(
                file,
                "- Option `--depth {line}` for **deep** lists, see [the manual](https://example.com/{line})."
            )?;
        }
        writeln!(file, "\n### Fixed\n\n- Lists with more than {number} lines keep their order.\n")?;
        writeln!(file, "```sh\nexample --depth {number} list\n```\n")?;
    }
    Ok(())
}

/// The resident set of a process in bytes, with the pages of the binary itself that were touched.
fn resident_bytes(process: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the system tells no memory use")?;
    let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes * 1024)
}
