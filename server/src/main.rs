//! The `tidings` binary.

use std::process::ExitCode;

use server::cli::{Cli, run};

fn main() -> ExitCode {
    let cli = Cli::of_process();
    match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => {
            eprintln!("error: The program cannot start its threads: {error}.");
            ExitCode::FAILURE
        }
    }
}
