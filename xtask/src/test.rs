//! Everything that has to hold before a change may land.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{
    contract,
    postgres::Postgres,
    release::{self, SITE_VARIABLE},
    report::{Count, Report},
    say,
    site::{self, Manifest},
    tools,
    wasm::Mode,
    workspace::Workspace,
};

/// What a visitor may have to download, in bytes after brotli. Raise a limit only with the reason in the commit.
const LIMITS: [(&str, &[&str], u64); 6] = [
    // 450 KB with the document and what it asks for, which take less than 20 KB.
    ("home of the dashboard", &["dashboard.js", "dashboard.wasm", "app.css", "favicon.svg"], 430_000),
    ("widget panel", &["widget-panel.js", "widget-panel.wasm"], 50_000),
    ("widget loader", &["widget-loader.js"], 4_000),
    ("widget frame", &["widget-frame.js"], 4_000),
    ("script of rendered text", &["reader.js"], 4_000),
    ("style of the public pages", &["public.css"], 12_000),
];

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// Format and clippy
    Lint,
    /// Unit, store, service and REST tests
    Rust,
    /// Every operation of the OpenAPI document, driven against the program
    Contract,
    /// Size limits and the tests in a browser
    Web,
}

pub fn run(workspace: &Workspace, only: &[Part]) -> Result<ExitCode> {
    let wants = |part| only.is_empty() || only.contains(&part);
    let mut report = Report::default();

    if wants(Part::Lint) {
        report.check("format", || workspace.signals.run(&mut workspace.cargo(["fmt", "--all", "--check"])))?;
    }
    // The site comes before anything that compiles the server, so that all of it compiles with the same embedded files.
    let site = if wants(Part::Web) {
        report.prepare("end-to-end packages", || tools::node_packages(workspace))?;
        report.prepare("site", || {
            tools::optimizer(workspace)?;
            site::build(workspace, Mode::Release)
        })?
    } else {
        Some(site::folder(workspace, Mode::Release)).filter(|folder| site::manifest(folder).is_ok())
    };
    if wants(Part::Web) {
        report.check("size limits", || check_sizes(workspace, site.as_deref()))?;
        report.check("types of the end-to-end tests", || {
            let mut tsc = workspace.command(workspace.root.join("end2end/node_modules/.bin/tsc"));
            workspace.signals.run(tsc.args(["--project", "end2end", "--noEmit"]))
        })?;
    }
    let cargo = |arguments: &[&str]| {
        let mut command = workspace.cargo([]);
        command.args(arguments);
        if let Some(site) = &site {
            command.env(SITE_VARIABLE, site);
        }
        command
    };
    if wants(Part::Lint) {
        report.check("clippy for the browser", || clippy_for_browser(workspace))?;
        report.check("clippy", || {
            workspace.signals.run(&mut cargo(&["clippy", "--all-targets", "--", "--deny=warnings"]))?;
            workspace.signals.run(&mut cargo(&["clippy", "--package=xtask", "--all-targets", "--", "--deny=warnings"]))
        })?;
    }

    // Kept until the last test is done; dropped, and with it stopped, on every way out.
    let postgres = if wants(Part::Rust) || wants(Part::Web) {
        report.prepare("PostgreSQL", || Postgres::start(workspace))?
    } else {
        None
    };
    let with_database = |mut command: Command| {
        if let Some(postgres) = &postgres {
            command.env("TIDINGS_TEST_POSTGRES_URL", &postgres.url);
        }
        command
    };
    if wants(Part::Rust) {
        report.cases("tests", || cargo_test(workspace, with_database(cargo(&["test", "--no-fail-fast"]))))?;
        report.cases("tests of xtask", || cargo_test(workspace, cargo(&["test", "--package=xtask"])))?;
    }
    let program = if wants(Part::Contract) || wants(Part::Web) {
        // Together with the tests, as above: alone it would need other features of shared crates, and compile twice.
        report.prepare("program", || workspace.signals.run(&mut cargo(&["build", "--bins", "--tests"])))?
    } else {
        None
    };
    if wants(Part::Contract) && program.is_some() {
        report.cases("contract", || contract::run(workspace))?;
    }
    if wants(Part::Web) && program.is_some() {
        report.cases("end to end", || {
            let binary = workspace.target.join("debug/tidings");
            playwright(workspace, |mut command| {
                command.env("TIDINGS_BIN", &binary);
                with_database(command)
            })
        })?;
    }
    drop(postgres);
    Ok(if report.close() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// In the profile of the browser build, so that macros and build scripts compile once for both.
fn clippy_for_browser(workspace: &Workspace) -> Result<()> {
    for package in ["dashboard", "widget"] {
        let mut command = workspace.cargo(["clippy", "--target=wasm32-unknown-unknown", "--profile=wasm-release"]);
        workspace.signals.run(command.args(["--package", package, "--", "--deny=warnings"]))?;
    }
    Ok(())
}

fn check_sizes(workspace: &Workspace, site: Option<&Path>) -> Result<()> {
    let manifest = site::manifest(site.context("there is no site to measure")?)?;
    let mut over = Vec::new();
    for (name, files, limit) in LIMITS {
        let bytes = download_bytes(&manifest, files)?;
        say(format!("{name}: {bytes} bytes to download, limit {limit}"));
        if bytes > limit {
            over.push(name);
        }
    }
    // Building it takes minutes, and the tests do not need it: one that is there is measured.
    match fs::metadata(release::binary(workspace)) {
        Ok(binary) => {
            say(format!("program: {} bytes, limit {}", binary.len(), release::MAX_BYTES));
            if binary.len() > release::MAX_BYTES {
                over.push("program");
            }
        }
        Err(_) => say("program: not built, so not measured; cargo xtask build tells its size"),
    }
    if over.is_empty() { Ok(()) } else { bail!("over the limit: {}", over.join(", ")) }
}

fn download_bytes(manifest: &Manifest, files: &[&str]) -> Result<u64> {
    files
        .iter()
        .map(|file| {
            Ok(manifest.get(*file).with_context(|| format!("{file} is not part of the site"))?.transfer_bytes())
        })
        .sum()
}

fn cargo_test(workspace: &Workspace, mut command: Command) -> Result<Count> {
    let mut count = Count::default();
    let mut failures = CargoFailures::default();
    let status = workspace.signals.stream(&mut command, |line| {
        say(line);
        failures.read(line);
        count.add(cargo_result(line).unwrap_or_default());
    })?;
    count.failures = failures.told;
    // Code that does not compile, or a test program that crashed, leaves no line of its own.
    if !status.success() && count.failed == 0 {
        count.add(Count::failure("it did not compile, or a test program crashed"));
    }
    Ok(count)
}

/// Gathers which tests failed and the first lines they left, from what `cargo test` prints.
#[derive(Default)]
struct CargoFailures {
    told: Vec<String>,
    /// Lines of the last one that may still follow.
    open: usize,
}

impl CargoFailures {
    const LINES: usize = 4;

    fn read(&mut self, line: &str) {
        let head = line.strip_prefix("---- ").and_then(|rest| rest.strip_suffix(" stdout ----"));
        if let Some(name) = head {
            self.told.push(name.to_owned());
            self.open = Self::LINES;
        } else if line == "failures:" {
            self.open = 0;
        } else if let Some(last) = self.told.last_mut().filter(|_| self.open > 0 && !line.trim().is_empty()) {
            self.open -= 1;
            last.push_str(": ");
            last.push_str(line.trim());
        }
    }
}

/// Reads `test result: ok. 12 passed; 0 failed; 0 ignored; ...`.
fn cargo_result(line: &str) -> Option<Count> {
    let (_, numbers) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| numbers.split("; ").find_map(|part| part.strip_suffix(word)?.trim().parse().ok());
    Some(Count::of(number("passed")?, number("failed")?))
}

fn playwright(workspace: &Workspace, prepare: impl FnOnce(Command) -> Command) -> Result<Count> {
    let folder = workspace.root.join("end2end");
    let program = folder.join("node_modules/.bin/playwright");
    if !program.is_file() {
        bail!("Playwright is not installed in end2end/");
    }
    let results = workspace.target.join("end2end-results.json");
    let _ = fs::remove_file(&results);
    let mut command = Command::new(program);
    command.current_dir(&folder).args(["test", "--reporter=list,json"]).env("PLAYWRIGHT_JSON_OUTPUT_FILE", &results);
    if let Some(browser) = tools::chromium(workspace)? {
        command.env("CHROMIUM_PATH", browser);
    }
    let status = workspace.signals.status(&mut prepare(command))?;
    let mut count = playwright_result(&results)?;
    if !status.success() && count.failed == 0 {
        count.add(Count::failure("Playwright failed without a failed test"));
    }
    Ok(count)
}

/// Reads the totals of Playwright's JSON report, and what failed. A test that passed on a second try passed.
fn playwright_result(path: &PathBuf) -> Result<Count> {
    #[derive(Deserialize)]
    struct Results {
        stats: Stats,
        #[serde(default)]
        suites: Vec<Suite>,
    }
    #[derive(Deserialize)]
    struct Suite {
        #[serde(default)]
        suites: Vec<Suite>,
        #[serde(default)]
        specs: Vec<Spec>,
    }
    #[derive(Deserialize)]
    struct Spec {
        title: String,
        file: String,
        line: u64,
        tests: Vec<Test>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Test {
        project_name: String,
        status: String,
        results: Vec<Try>,
    }
    #[derive(Deserialize)]
    struct Try {
        error: Option<Trouble>,
    }
    #[derive(Deserialize)]
    struct Trouble {
        #[serde(default)]
        message: String,
    }
    fn gather(suites: &[Suite], failures: &mut Vec<String>) {
        for suite in suites {
            for Spec { title, file, line, tests } in &suite.specs {
                for test in tests.iter().filter(|test| test.status == "unexpected") {
                    let error = test.results.iter().find_map(|one| one.error.as_ref());
                    let message = error.map_or("", |error| &error.message);
                    failures.push(format!("[{}] {file}:{line} {title}: {}", test.project_name, plain(message)));
                }
            }
            gather(&suite.suites, failures);
        }
    }
    #[derive(Deserialize)]
    struct Stats {
        expected: u64,
        unexpected: u64,
        flaky: u64,
        skipped: u64,
    }
    let text = fs::read(path).context("Playwright wrote no report")?;
    let Results { stats, suites } = serde_json::from_slice(&text).context("cannot understand Playwright's report")?;
    if stats.flaky + stats.skipped > 0 {
        say(format!("{} passed only on a second try, {} skipped", stats.flaky, stats.skipped));
    }
    let mut count = Count::of(stats.expected + stats.flaky, stats.unexpected);
    gather(&suites, &mut count.failures);
    Ok(count)
}

/// Without the colours of a terminal.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut parts = text.split("\u{1b}[");
    plain.push_str(parts.next().unwrap_or_default());
    for part in parts {
        plain.push_str(part.split_once('m').map_or("", |(_, rest)| rest));
    }
    plain
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn results_of_cargo_test_are_read_from_its_lines() {
        let passed = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s";
        assert_eq!(cargo_result(passed), Some(Count::of(12, 0)));
        let failed =
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s";
        assert_eq!(cargo_result(failed), Some(Count::of(3, 2)));
        assert_eq!(cargo_result("test entries::tests::a_draft_is_hidden ... ok"), None);
    }

    #[test]
    fn results_of_playwright_are_read_from_its_report() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("results.json");
        let test = |status: &str, message: &str| {
            let results = if message.is_empty() { json!([{}]) } else { json!([{ "error": { "message": message } }]) };
            json!({ "projectName": "sqlite", "status": status, "results": results })
        };
        let spec =
            |title: &str, test: Value| json!({ "title": title, "file": "a.spec.ts", "line": 3, "tests": [test] });
        let inner = json!({ "specs": [spec("it breaks", test("unexpected", "\u{1b}[31mError\u{1b}[39m: no"))] });
        let report = json!({
            "suites": [{ "specs": [spec("it works", test("expected", ""))], "suites": [inner] }],
            "stats": { "expected": 5, "unexpected": 1, "flaky": 2, "skipped": 0, "duration": 1.5 },
        });
        fs::write(&path, report.to_string()).unwrap();
        let failures = vec!["[sqlite] a.spec.ts:3 it breaks: Error: no".to_owned()];
        assert_eq!(playwright_result(&path).unwrap(), Count { failures, ..Count::of(7, 1) });
    }

    #[test]
    fn failures_of_cargo_test_are_told_with_their_first_lines() {
        let mut failures = CargoFailures::default();
        for line in [
            "test a::b ... FAILED",
            "failures:",
            "",
            "---- a::b stdout ----",
            "",
            "thread 'a::b' panicked at src/a.rs:3:4:",
            "no",
            "---- c stdout ----",
            "failures:",
            "    a::b",
        ] {
            failures.read(line);
        }
        assert_eq!(failures.told, ["a::b: thread 'a::b' panicked at src/a.rs:3:4:: no", "c"]);
    }

    #[test]
    fn a_file_missing_from_the_site_is_named() {
        let error = download_bytes(&Manifest::new(), &["widget-loader.js"]).unwrap_err();
        assert!(error.to_string().contains("widget-loader.js"));
    }
}
