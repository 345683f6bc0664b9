//! What can be wrong with the configuration, told so that it can be put right without looking anything up. The value
//! of a secret key never gets in here.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::keys::{Key, PREFIX};

/// All problems that were found, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    pub(super) problems: Vec<Problem>,
}

impl ConfigError {
    pub(super) fn one(problem: Problem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// Where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Default,
    File(PathBuf),
    /// Name of the variable.
    Variable(String),
    /// Name of the flag, without dashes.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the defaults"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::Flag(name) => write!(f, "the flag --{name}"),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Problem {
    FileUnreadable {
        path: PathBuf,
        reason: String,
    },
    FileNotUtf8 {
        path: PathBuf,
    },
    FileSyntax {
        path: PathBuf,
        line: usize,
        reason: String,
    },
    VariableNotUtf8 {
        name: String,
    },
    UnknownKey {
        path: String,
        origin: Origin,
        suggestion: Option<&'static Key>,
    },
    UnknownSection {
        name: String,
        origin: Origin,
        suggestion: Option<&'static str>,
    },
    NotASection {
        name: String,
        origin: Origin,
    },
    NotAllowed {
        key: &'static Key,
        origin: Origin,
        found: Option<String>,
    },
    /// `TIDINGS_HOST` is not the address of an instance.
    NoHost {
        found: String,
    },
    /// The structs refuse what the table let through; the message holds no value.
    Unreadable {
        path: String,
        origin: Origin,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FileUnreadable { path, reason } => {
                write!(f, "The configuration file {} cannot be read: {reason}.", path.display())
            }
            Self::FileNotUtf8 { path } => write!(f, "The configuration file {} is not UTF-8 text.", path.display()),
            Self::FileSyntax { path, line, reason } => {
                write!(f, "{}, line {line}, is not valid TOML: {reason}.", path.display())
            }
            Self::VariableNotUtf8 { name } => {
                write!(f, "The value of the environment variable {name} is not UTF-8 text.")
            }
            Self::UnknownKey { path, origin: Origin::Variable(name), suggestion } => {
                write!(f, "The environment variable {name} sets `{path}`, which is not a configuration key.")?;
                match suggestion {
                    Some(key) => write!(f, " Did you mean {}?", key.variable()),
                    None => write!(f, " Names have the form {PREFIX}SECTION__KEY; {SEE}."),
                }
            }
            Self::UnknownKey { path, origin, suggestion } => {
                write!(f, "`{path}` in {origin} is not a configuration key.")?;
                match suggestion {
                    Some(key) => write!(f, " Did you mean `{}`?", key.path()),
                    None => write!(f, " {SEE}."),
                }
            }
            Self::UnknownSection { name, origin, suggestion } => {
                write!(f, "[{name}] in {origin} is not a configuration section.")?;
                match suggestion {
                    Some(section) => write!(f, " Did you mean [{section}]?"),
                    None => write!(f, " {SEE}."),
                }
            }
            Self::NotASection { name, origin } => {
                write!(f, "`{name}` in {origin} is a section: write [{name}] on its own line and its keys below.")
            }
            Self::NotAllowed { key, origin, found } => {
                write!(f, "`{}` in {origin} ", key.path())?;
                match found {
                    Some(found) => write!(f, "is {found}, which is not allowed.")?,
                    None => f.write_str("has a value that is not allowed.")?,
                }
                write!(f, " Allowed: {}.", key.allowed)
            }
            Self::NoHost { found } => write!(f, "The environment variable TIDINGS_HOST is {found:?}. {HOST}"),
            Self::Unreadable { path, origin } => write!(f, "`{path}` in {origin} cannot be read."),
        }
    }
}

/// Why a file cannot be read, in words for a person.
pub(crate) fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        kind => kind.to_string(),
    }
}

/// What the address of an instance looks like.
pub(crate) const HOST: &str = "Allowed: https:// or http://, a host and perhaps a port, without a path, such as \
                               https://changelog.example.com.";

const SEE: &str = "`tidings config reference` lists all keys";
