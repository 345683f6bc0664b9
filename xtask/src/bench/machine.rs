//! The machine a measurement was made on: numbers without it mean nothing.

use std::fs;

/// A Markdown list of processor, memory and system.
pub fn describe() -> String {
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let memory = field("/proc/meminfo", "MemTotal")
        .and_then(|text| text.trim_end_matches("kB").trim().parse::<u64>().ok())
        .map_or_else(|| "unknown".to_owned(), |kibibytes| format!("{:.0} GiB", kibibytes as f64 / f64::from(1 << 20)));
    let system = fs::read_to_string("/etc/os-release").ok().and_then(|text| {
        text.lines().find_map(|line| Some(line.strip_prefix("PRETTY_NAME=")?.trim_matches('"').to_owned()))
    });
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!(
        "- Processor: {processor}, {cores} cores visible\n- Memory: {memory}\n- System: {}, Linux {}\n",
        system.unwrap_or_else(|| std::env::consts::OS.to_owned()),
        kernel.trim()
    )
}

/// The value of the first line `name : value`.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| {
        let (found, value) = line.split_once(':')?;
        (found.trim() == name).then(|| value.trim().to_owned())
    })
}
