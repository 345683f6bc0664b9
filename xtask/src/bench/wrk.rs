//! One run of the load generator wrk, and its answer in numbers.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    pub per_second: f64,
    /// Milliseconds that half and 99 of 100 answers took at most.
    pub median: f64,
    pub slow: f64,
}

#[derive(Clone)]
pub struct Wrk<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
}

impl<'a> Wrk<'a> {
    pub fn new(workspace: &'a Workspace, program: PathBuf) -> Self {
        Self { workspace, program }
    }

    /// Asks for one address again and again for five seconds, after one second that does not count.
    ///
    /// # Errors
    /// When any answer was not a success: the speed of errors is of no interest.
    pub fn run(&self, url: &str, adjust: impl Fn(&mut Command)) -> Result<Measured> {
        self.once(url, "1s", &adjust)?;
        self.once(url, "5s", &adjust)
    }

    pub fn get(&self, url: &str) -> Result<Measured> {
        self.run(url, |_| ())
    }

    fn once(&self, url: &str, time: &str, adjust: &impl Fn(&mut Command)) -> Result<Measured> {
        let mut command = self.workspace.command(&self.program);
        command.args(["--threads=2", "--connections=16", "--latency", "--duration", time]);
        adjust(&mut command);
        read(&self.workspace.signals.capture(command.arg(url))?)
    }

    pub fn script(&self, name: &str) -> PathBuf {
        self.workspace.root.join(Path::new("xtask/src/bench")).join(name)
    }
}

fn read(text: &str) -> Result<Measured> {
    let after = |label: &str| text.lines().find_map(|line| line.trim().strip_prefix(label)).map(str::trim);
    for label in ["Non-2xx or 3xx responses:", "Socket errors:"] {
        if let Some(errors) = after(label) {
            bail!("wrk saw failures: {label} {errors}");
        }
    }
    let value = |label: &str| after(label).with_context(|| format!("wrk printed no line {label}, but this:\n{text}"));
    Ok(Measured {
        per_second: value("Requests/sec:")?.parse()?,
        median: milliseconds(value("50%")?)?,
        slow: milliseconds(value("99%")?)?,
    })
}

/// wrk writes `870.00us`, `1.10ms`, `2.05s` and `1.02m`.
fn milliseconds(text: &str) -> Result<f64> {
    let units = [("us", 0.001), ("ms", 1.0), ("s", 1000.0), ("m", 60_000.0)];
    let found =
        units.into_iter().find_map(|(unit, factor)| Some(text.strip_suffix(unit)?.parse::<f64>().ok()? * factor));
    found.with_context(|| format!("wrk printed the time {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = "Running 5s test @ http://127.0.0.1:3000/\n  2 threads and 16 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     1.20ms  300.00us   9.00ms   90.00%\n  \
        Latency Distribution\n     50%  870.00us\n     75%    1.30ms\n     90%    1.50ms\n     99%    2.60ms\n  \
        130000 requests in 10.00s, 200.00MB read\nRequests/sec:  12999.50\nTransfer/sec:     20.00MB\n";

    #[test]
    fn rate_and_times_are_read() {
        assert_eq!(read(ANSWER).unwrap(), Measured { per_second: 12999.5, median: 0.87, slow: 2.6 });
    }

    #[test]
    fn times_are_read_in_every_unit() {
        for (text, expected) in [("500.00us", 0.5), ("1.10ms", 1.1), ("2.00s", 2000.0), ("1.00m", 60_000.0)] {
            assert_eq!(milliseconds(text).unwrap(), expected, "{text}");
        }
        assert!(milliseconds("soon").is_err());
    }

    #[test]
    fn a_run_with_failed_answers_gives_no_number() {
        let error = read(&format!("{ANSWER}  Non-2xx or 3xx responses: 12\n")).unwrap_err();
        assert!(error.to_string().contains("12"));
    }

    #[test]
    fn an_answer_that_is_not_understood_is_shown() {
        let error = read("unable to connect to 127.0.0.1:3000\n").unwrap_err();
        assert!(error.to_string().contains("unable to connect"), "{error}");
    }
}
