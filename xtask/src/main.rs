//! The project's own tool: builds, runs, tests and measures Tidings. `cargo xtask help` lists the commands.
//!
//! It exists because everything one needs is then a dependency of this crate and a Rust toolchain is enough to begin
//! (`docs/adr/0001-xtask.md`).

mod bench;
mod contract;
mod dev;
mod hash;
mod postgres;
mod process;
mod release;
mod report;
mod scripts;
mod site;
mod styles;
mod test;
mod tools;
mod wasm;
mod workspace;

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::{
    process::{Interrupted, Signals},
    wasm::Mode,
    workspace::Workspace,
};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, runs, tests and measures Tidings")]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Build one self-contained release binary
    Build,
    /// Build, then serve http://127.0.0.1:3000 with its data in ./data
    Run {
        /// Further options of `tidings serve`, after `--`
        #[arg(last = true)]
        serve: Vec<String>,
    },
    /// Build the files for browsers only, quickly and unshrunk, for a server built with TIDINGS_SITE
    Site {
        /// As small as a release has them
        #[arg(long)]
        release: bool,
    },
    /// Rebuild on every change and reload the browser
    Dev {
        /// Further options of `tidings serve`, after `--`
        #[arg(last = true)]
        serve: Vec<String>,
    },
    /// Set up what the tests need and run them all
    Test {
        /// Run only these parts
        #[arg(long, value_enum)]
        only: Vec<test::Part>,
    },
    /// What continuous integration runs; the same as `test`
    Ci,
    /// Measure the release binary and write docs/benchmarks.md
    Bench {
        /// Measure this program instead of building one, and only print the figures
        #[arg(long)]
        program: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) if error.is::<Interrupted>() => {
            eprintln!("xtask: interrupted");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action) -> Result<ExitCode> {
    let workspace = Workspace::find(Signals::install()?)?;
    match action {
        Action::Build => release::build(&workspace).map(|_| ExitCode::SUCCESS),
        Action::Run { serve } => release::serve(&workspace, serve),
        Action::Site { release } => {
            let folder = site::build(&workspace, if release { Mode::Release } else { Mode::Dev })?;
            say(format!("TIDINGS_SITE={}", folder.display()));
            Ok(ExitCode::SUCCESS)
        }
        Action::Dev { serve } => dev::watch(&workspace, serve),
        Action::Test { only } => test::run(&workspace, &only),
        Action::Ci => test::run(&workspace, &[]),
        Action::Bench { program } => bench::run(&workspace, program).map(|()| ExitCode::SUCCESS),
    }
}

/// One line of progress.
fn say(line: impl AsRef<str>) {
    println!("{}", line.as_ref());
    process::flush();
}
