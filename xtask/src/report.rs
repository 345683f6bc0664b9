//! What a test run did, and its closing lines.

use std::time::{Duration, Instant};

use anyhow::Result;

use crate::{process::Interrupted, say};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    pub failed: u64,
    /// What failed and how, a line each; as far as it is known.
    pub failures: Vec<String>,
}

impl Count {
    pub fn of(passed: u64, failed: u64) -> Self {
        Self { passed, failed, failures: Vec::new() }
    }

    pub fn one(passed: bool) -> Self {
        Self::of(passed.into(), (!passed).into())
    }

    pub fn failure(what: impl Into<String>) -> Self {
        Self { passed: 0, failed: 1, failures: vec![what.into()] }
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.failures.extend(other.failures);
    }
}

#[derive(Default)]
pub struct Report {
    steps: Vec<(String, Count, Duration)>,
}

impl Report {
    /// Runs a step that counts its own cases. An error counts as one failed case, and the run goes on.
    ///
    /// # Errors
    /// Only when we are interrupted.
    pub fn cases(&mut self, name: &str, step: impl FnOnce() -> Result<Count>) -> Result<()> {
        say(format!("\n== {name}"));
        let begin = Instant::now();
        let count = match step() {
            Ok(count) => count,
            Err(error) if error.is::<Interrupted>() => return Err(error),
            Err(error) => {
                say(format!("{name}: {error:#}"));
                Count::failure(format!("{error:#}"))
            }
        };
        self.steps.push((name.to_owned(), count, begin.elapsed()));
        Ok(())
    }

    /// Runs a step that counts as one case.
    pub fn check(&mut self, name: &str, step: impl FnOnce() -> Result<()>) -> Result<()> {
        self.cases(name, || step().map(|()| Count::one(true)))
    }

    /// Runs a step that later ones build on: it counts only when it fails.
    pub fn prepare<T>(&mut self, name: &str, step: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
        let mut made = None;
        self.cases(name, || {
            made = Some(step()?);
            Ok(Count::default())
        })?;
        Ok(made)
    }

    /// Prints the summary, what failed last so that it is seen; whether everything passed.
    pub fn close(self) -> bool {
        let mut total = Count::default();
        say("\n== Summary");
        for (name, count, time) in self.steps {
            let verdict = if count.failed == 0 { "ok" } else { "FAILED" };
            say(format!(
                "{verdict:<7} {name:<28} {:>5} passed {:>3} failed {:>7.1} s",
                count.passed,
                count.failed,
                time.as_secs_f64()
            ));
            total.add(count);
        }
        for failure in &total.failures {
            say(format!("FAILED  {}", shortened(failure)));
        }
        say(closing_line(&total));
        total.failed == 0
    }
}

/// One line, of a length that a terminal shows.
fn shortened(text: &str) -> String {
    const MAX_CHARS: usize = 300;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Read by programs: exactly this form, on the last line.
fn closing_line(total: &Count) -> String {
    format!("{} passed, {} failed", total.passed, total.failed)
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_failing_step_counts_once_and_does_not_end_the_run() {
        let mut report = Report::default();
        report.check("one", || Ok(())).unwrap();
        report.check("two", || Err(anyhow!("no"))).unwrap();
        report.cases("three", || Ok(Count::of(40, 2))).unwrap();
        assert!(report.prepare("four", || Ok(7)).unwrap().is_some());
        assert!(!report.close());
    }

    #[test]
    fn an_interruption_ends_the_run() {
        let mut report = Report::default();
        assert!(report.check("one", || Err(Interrupted.into())).is_err());
    }

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(closing_line(&Count::of(12, 0)), "12 passed, 0 failed");
    }

    #[test]
    fn a_failure_is_told_on_one_line_of_bounded_length() {
        assert_eq!(shortened("one\n  two"), "one two");
        assert_eq!(shortened(&"ä".repeat(1000)).chars().count(), 301);
    }
}
