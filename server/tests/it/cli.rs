//! The built binary, run like a person would: in an empty directory, with an environment that holds nothing else.

mod accounts;
mod allow_list;
mod audit;
mod config;
mod export;
mod health;
mod import;
#[cfg(unix)]
mod jobs;
#[cfg(unix)]
mod remote;
#[cfg(unix)]
mod serve;

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use sqlx::ConnectOptions;
use store::Db;
use testkit::FromDb;

const SIGNING_KEY: &str = "9f2c4e8a1b7d3f60e5a9c8b2d4f1063e7a5b9c0d8e2f4a6b1c3d5e7f90a2b4c6";

/// An empty directory to work in; data goes to `data` below it.
struct Place {
    dir: tempfile::TempDir,
    environment: Vec<(String, String)>,
}

struct Answer {
    code: i32,
    out: String,
    err: String,
}

fn place() -> Place {
    Place { dir: tempfile::tempdir().unwrap(), environment: Vec::new() }
}

/// The same commands on either engine: without a word about PostgreSQL they use a file in the place.
impl FromDb for Place {
    async fn from_db(db: Db) -> Self {
        match db {
            Db::Sqlite { .. } => place(),
            Db::Postgres { pool, .. } => place()
                .variable("TIDINGS__DATABASE__URL", pool.connect_options().to_url_lossy().as_str())
                .variable("TIDINGS__SECRETS__SIGNING_KEY", SIGNING_KEY),
        }
    }
}

impl Place {
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    fn run(&self, args: &[&str]) -> Answer {
        self.run_with(args, b"")
    }

    /// Starts with pipes to all three streams.
    fn start(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidings"));
        command.args(args).current_dir(self.dir.path()).env_clear().envs(self.environment.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Runs with these bytes on standard input.
    fn run_with(&self, args: &[&str], input: &[u8]) -> Answer {
        let mut child = self.start(args);
        // A command that refuses its arguments ends without reading, and that is no failure of the test.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Answer {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    fn create_user(&self, email: &str) {
        let args =
            ["user", "create", "--email", email, "--name", "Ada Lovelace", "--role", "admin", "--password-stdin"];
        self.run_with(&args, b"correct horse battery\n").succeeded();
    }
}

impl Answer {
    #[track_caller]
    fn succeeded(self) -> Self {
        assert_eq!(self.code, 0, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// The command said why in its own words: no backtrace, no debug text, nothing on standard output.
    #[track_caller]
    fn failed(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        assert!(self.err.starts_with("error: "), "{}", self.err);
        for ugly in ["panicked", "RUST_BACKTRACE", "Error {", "Err(", "Some(", "stack"] {
            assert!(!self.err.contains(ugly), "{}", self.err);
        }
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text) || self.err.contains(text), "{text:?}\nout: {}\nerr: {}", self.out, self.err);
        self
    }
}

#[test]
fn without_a_command_it_prints_help() {
    let answer = place().run(&[]).succeeded();
    for command in ["serve", "user", "api-key", "import", "export", "migrate", "config", "login", "entry"] {
        assert!(answer.out.contains(&format!("\n  {command} ")), "{command}: {}", answer.out);
    }
}

#[test]
fn an_unknown_command_is_refused_with_the_likely_one() {
    place().run(&["sevre"]).failed(2).says("'serve'");
}
