//! Structured logs on standard error: lines for people or one JSON object a line. Standard output belongs to the
//! answers of commands.

use std::fmt;
use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::config::{Log, LogFormat};

/// Logging was already set up, or the filter cannot be read (a checked configuration excludes that).
#[derive(Debug)]
pub struct LoggingError(String);

impl std::error::Error for LoggingError {}

impl fmt::Display for LoggingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "The log cannot be set up: {}.", self.0)
    }
}

impl From<TryInitError> for LoggingError {
    fn from(error: TryInitError) -> Self {
        Self(error.to_string())
    }
}

/// Sends the events of the whole process to standard error. Call it once.
pub fn init(config: &Log) -> Result<(), LoggingError> {
    // The filter comes from the configuration alone; `RUST_LOG` has no effect.
    let filter = EnvFilter::builder().parse(config.filter.as_str()).map_err(|error| LoggingError(error.to_string()))?;
    // It calls an error what any stranger can send. What matters of it is in our own events.
    let filter = match "webauthn_rs_core=off".parse() {
        Ok(quiet) => filter.add_directive(quiet),
        Err(_) => filter,
    };
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    match config.format {
        LogFormat::Json => logs.json().flatten_event(true).with_current_span(true).finish().try_init()?,
        LogFormat::Text if io::stderr().is_terminal() => logs.finish().try_init()?,
        LogFormat::Text => logs.with_ansi(false).finish().try_init()?,
    }
    Ok(())
}
