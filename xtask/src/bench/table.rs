//! What was measured, what was promised, and whether the one keeps the other.

use std::fmt::Write;

use anyhow::Result;

use crate::{process::Interrupted, say};

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// Only shown, to compare with.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    PerSecond,
    Milliseconds,
    Seconds,
    /// Of a million bytes.
    Megabytes,
    /// Of a thousand bytes.
    Kilobytes,
    /// With its sign: how much more or less than the figure it is compared with.
    PercentMore,
    Count,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{value:.0}/s"),
            Self::Milliseconds if value < 10.0 => format!("{value:.2} ms"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Seconds => format!("{value:.1} s"),
            Self::Megabytes => format!("{value:.1} MB"),
            Self::Kilobytes => format!("{value:.1} KB"),
            Self::PercentMore => format!("{value:+.0} %"),
            Self::Count => format!("{value:.0}"),
        }
    }
}

struct Row {
    name: String,
    target: Target,
    unit: Unit,
    /// The reason in words where there is no figure.
    measured: std::result::Result<f64, String>,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match (self.target, &self.measured) {
            (_, Err(_)) => "not measured",
            (Target::None, _) => "",
            (Target::AtLeast(limit), Ok(value)) if *value >= limit => "yes",
            (Target::AtMost(limit), Ok(value)) if *value <= limit => "yes",
            _ => "**no**",
        }
    }
}

#[derive(Default)]
pub struct Table {
    sections: Vec<(String, Vec<Row>)>,
}

impl Table {
    pub fn section(&mut self, title: &str) {
        self.sections.push((title.to_owned(), Vec::new()));
    }

    pub fn add(&mut self, name: impl Into<String>, target: Target, unit: Unit, value: f64) {
        self.push(Row { name: name.into(), target, unit, measured: Ok(value) });
    }

    /// Runs a measurement that gives one figure, and adds it; see [`Self::attempt`].
    pub fn measure(
        &mut self,
        name: &str,
        target: Target,
        unit: Unit,
        measure: impl FnOnce() -> Result<f64>,
    ) -> Result<Option<f64>> {
        say(format!("Measuring {name}"));
        let value = self.attempt(name, target, unit, measure)?;
        if let Some(value) = value {
            self.add(name, target, unit, value);
        }
        Ok(value)
    }

    /// Runs a measurement whose figures the caller adds. One that fails becomes a row that says so, and the run goes on.
    ///
    /// # Errors
    /// Only when we are interrupted.
    pub fn attempt<T>(
        &mut self,
        name: &str,
        target: Target,
        unit: Unit,
        measure: impl FnOnce() -> Result<T>,
    ) -> Result<Option<T>> {
        match measure() {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is::<Interrupted>() => Err(error),
            Err(error) => {
                say(format!("{name}: {error:#}"));
                self.push(Row { name: name.to_owned(), target, unit, measured: Err(format!("{error:#}")) });
                Ok(None)
            }
        }
    }

    fn push(&mut self, row: Row) {
        if self.sections.is_empty() {
            self.section("Figures");
        }
        if let Some((_, rows)) = self.sections.last_mut() {
            rows.push(row);
        }
    }

    /// How many targets are kept, missed, and how many figures could not be had.
    pub fn totals(&self) -> (usize, usize, usize) {
        let count = |verdict: &str| {
            self.sections.iter().flat_map(|(_, rows)| rows).filter(|row| row.verdict() == verdict).count()
        };
        (count("yes"), count("**no**"), count("not measured"))
    }

    pub fn markdown(&self) -> String {
        let mut text = String::new();
        for (title, rows) in &self.sections {
            let _ = writeln!(text, "\n## {title}\n\n| | Target | Measured | Met |\n|---|---:|---:|---|");
            for row in rows {
                let target = match row.target {
                    Target::AtLeast(limit) => format!("≥ {}", row.unit.show(limit)),
                    Target::AtMost(limit) => format!("≤ {}", row.unit.show(limit)),
                    Target::None => String::new(),
                };
                let measured = match &row.measured {
                    Ok(value) => row.unit.show(*value),
                    // One line, and no end of the cell inside it.
                    Err(reason) => reason.lines().next().unwrap_or_default().replace('|', "/"),
                };
                let _ = writeln!(text, "| {} | {target} | {measured} | {} |", row.name, row.verdict());
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn each_row_says_whether_its_target_is_met() {
        let mut table = Table::default();
        table.section("Speed");
        table.add("Page", Target::AtLeast(30_000.0), Unit::PerSecond, 31_000.0);
        table.add("Slowest", Target::AtMost(5.0), Unit::Milliseconds, 7.25);
        table.add("nginx", Target::None, Unit::PerSecond, 54_000.0);
        table.measure("Feed", Target::AtLeast(1.0), Unit::PerSecond, || Err(anyhow!("no|feed\nmore"))).unwrap();
        let text = table.markdown();
        assert!(text.contains("| Page | ≥ 30000/s | 31000/s | yes |"), "{text}");
        assert!(text.contains("| Slowest | ≤ 5.00 ms | 7.25 ms | **no** |"), "{text}");
        assert!(text.contains("| nginx |  | 54000/s |  |"), "{text}");
        assert!(text.contains("| Feed | ≥ 1/s | no/feed | not measured |"), "{text}");
        assert_eq!(table.totals(), (1, 1, 1));
    }

    #[test]
    fn an_interruption_is_no_figure() {
        let mut table = Table::default();
        assert!(table.measure("Page", Target::None, Unit::Count, || Err(Interrupted.into())).is_err());
    }
}
