//! Why a command did not do its work, as sentences for the person who typed it.

use std::fmt;
use std::process::ExitCode;

use crate::config::ConfigError;
use crate::credentials::CredentialsError;
use crate::logging::LoggingError;
use crate::open::OpenError;
use crate::secrets::SecretsError;

/// Exit codes. Scripts depend on them; `tidings --help` and the README explain them.
pub mod exit {
    pub const FAILED: u8 = 1;
    pub const MISUNDERSTOOD: u8 = 2;
    pub const NOT_SIGNED_IN: u8 = 3;
    pub const NOT_FOUND: u8 = 4;
    pub const CONFLICT: u8 = 5;
    pub const NEEDS_APPROVAL: u8 = 6;
    pub const UNREACHABLE: u8 = 7;
    /// What shells give for a process that SIGINT ended.
    pub const INTERRUPTED: i32 = 130;
}

#[derive(Debug)]
pub struct Failure {
    /// One sentence a line, without "error:".
    message: String,
    code: u8,
}

impl Failure {
    /// The command was understood and failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self::coded(exit::FAILED, message)
    }

    /// With one of the codes of [`exit`].
    pub fn coded(code: u8, message: impl Into<String>) -> Self {
        Self { message: message.into(), code }
    }

    /// The command or the configuration was not understood; nothing was done.
    pub fn misunderstood(message: impl Into<String>) -> Self {
        Self::coded(exit::MISUNDERSTOOD, message)
    }

    /// A refused value, told by the flag it was given with. `flags` maps the names of fields to flags.
    pub fn from_service(error: model::Error, flags: &[(&str, &str)]) -> Self {
        let model::Error::Invalid { fields } = error else { return Self::new(error.to_string()) };
        let lines = fields.iter().map(|field| {
            let name =
                flags.iter().find(|(name, _)| *name == field.field).map_or(field.field.as_str(), |(_, flag)| flag);
            format!("{name}: {}", field.message)
        });
        Self::new(lines.collect::<Vec<_>>().join("\n"))
    }

    /// Adds what else the person should know.
    pub fn and(mut self, sentence: &str) -> Self {
        self.message.push('\n');
        self.message.push_str(sentence);
        self
    }

    pub fn report(&self) {
        super::output::note(&format!("error: {}", self.message.replace('\n', "\nerror: ")));
    }

    pub fn code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl From<model::Error> for Failure {
    fn from(error: model::Error) -> Self {
        Self::from_service(error, &[])
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::misunderstood(error.to_string())
    }
}

/// A missing or weak key is a matter of configuration; a disk that refuses is a failure.
impl From<SecretsError> for Failure {
    fn from(error: SecretsError) -> Self {
        match error {
            SecretsError::Missing | SecretsError::Weak { .. } => Self::misunderstood(error.to_string()),
            _ => Self::new(error.to_string()),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Secrets(error) => error.into(),
            error => Self::new(error.to_string()),
        }
    }
}

impl From<CredentialsError> for Failure {
    fn from(error: CredentialsError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<LoggingError> for Failure {
    fn from(error: LoggingError) -> Self {
        Self::new(error.to_string())
    }
}
