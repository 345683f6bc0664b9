//! One run of the load generator wrk, and its answer in numbers.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

#[derive(Debug, PartialEq)]
pub struct Measured {
    pub per_second: f64,
    /// Times as wrk prints them, with their unit.
    pub median: String,
    pub slow: String,
}

/// # Errors
/// When any answer was not a success: the speed of errors is of no interest.
pub fn run(workspace: &Workspace, wrk: &Path, url: &str, adjust: impl FnOnce(&mut Command)) -> Result<Measured> {
    let mut command = workspace.command(wrk);
    command.args(["--threads=2", "--connections=16", "--duration=10s", "--latency"]);
    adjust(&mut command);
    read(&workspace.signals.capture(command.arg(url))?)
}

fn read(text: &str) -> Result<Measured> {
    let after = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    for label in ["Non-2xx or 3xx responses:", "Socket errors:"] {
        if let Some(errors) = after(label) {
            bail!("wrk saw failures: {label} {errors}");
        }
    }
    let value = |label: &str| after(label).with_context(|| format!("wrk printed no line {label}"));
    Ok(Measured {
        per_second: value("Requests/sec:")?.parse()?,
        median: value("50%")?.to_owned(),
        slow: value("99%")?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "Running 10s test @ http://127.0.0.1:3000/\n  2 threads and 16 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     1.20ms  300.00us   9.00ms   90.00%\n  \
        Latency Distribution\n     50%    1.10ms\n     75%    1.30ms\n     90%    1.50ms\n     99%    2.60ms\n  \
        130000 requests in 10.00s, 200.00MB read\nRequests/sec:  12999.50\nTransfer/sec:     20.00MB\n";

    #[test]
    fn rate_and_times_are_read() {
        let expected = Measured { per_second: 12999.5, median: "1.10ms".into(), slow: "2.60ms".into() };
        assert_eq!(read(ANSWER).unwrap(), expected);
    }

    #[test]
    fn a_run_with_failed_answers_gives_no_number() {
        let error = read(&format!("{ANSWER}  Non-2xx or 3xx responses: 12\n")).unwrap_err();
        assert!(error.to_string().contains("12"));
    }
}
