//! Writing answers and notes. A reader that stops listening, as `head` does, is no error.

use std::io::{self, Write};

use super::{Failure, Result};

/// Writes an answer to standard output, unchanged.
pub fn print(text: &str) -> Result {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(format!("The answer cannot be written: {error}.")))
        }
        _ => Ok(()),
    }
}

/// Writes one line for the person at the terminal to standard error. Without a standard error there is nobody to tell.
pub fn note(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}
