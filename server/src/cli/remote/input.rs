//! Texts from files and from standard input.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use services::imports;

use super::{Failure, Result};
use crate::config::reason;

/// What a server takes for one entry, and then some; what is too long for it, it says itself.
const LONGEST: u64 = 4 * 1024 * 1024;

/// A text file; `-` is standard input.
pub fn text(path: &Path) -> Result<String> {
    let standard = path.to_str() == Some("-");
    let shown = if standard { "Standard input".to_owned() } else { path.display().to_string() };
    let mut bytes = Vec::new();
    // One byte more than allowed is enough to know that it is too much.
    let limited = |source: &mut dyn Read, bytes: &mut Vec<u8>| source.take(LONGEST + 1).read_to_end(bytes);
    let read = if standard {
        limited(&mut io::stdin().lock(), &mut bytes)
    } else {
        File::open(path).and_then(|mut file| limited(&mut file, &mut bytes))
    };
    read.map_err(|error| Failure::new(format!("{shown} cannot be read: {}.", reason(&error))))?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(format!(
            "{shown} is larger than {} MiB, too much for an entry.",
            LONGEST / 1024 / 1024
        )));
    }
    imports::decode(&bytes).map_err(|error| Failure::from_service(error, &[("file", &shown)]))
}

/// The next line of standard input; `None` at its end.
pub fn next_line() -> io::Result<Option<String>> {
    let mut line = String::new();
    let length = io::stdin().lock().take(64 * 1024).read_line(&mut line)?;
    Ok((length > 0).then_some(line))
}

/// The first line of standard input.
pub fn line() -> Result<String> {
    let mut line = Vec::new();
    let read = io::stdin().lock().take(64 * 1024).read_until(b'\n', &mut line);
    read.map_err(|error| Failure::new(format!("Standard input cannot be read: {}.", reason(&error))))?;
    String::from_utf8(line)
        .map(|line| line.trim().to_owned())
        .map_err(|_| Failure::new("The first line of standard input is not UTF-8 text."))
}
