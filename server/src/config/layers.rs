//! Gathers the four layers, refuses what is unknown, and turns the rest into a [`Config`].

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use figment::providers::Serialized;
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::error::{ConfigError, Origin, Problem, reason};
use super::keys::{KEYS, Key, Kind, PREFIX, SECTIONS};
use super::{Config, DEFAULT_FILE};

/// Values given on the command line, still as they were typed.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    pub listen: Option<String>,
    pub base_url: Option<String>,
    pub data_dir: Option<String>,
    pub database_url: Option<String>,
}

impl Flags {
    /// Value of the flag with this name.
    fn get(&self, name: &str) -> Option<&String> {
        match name {
            "listen" => self.listen.as_ref(),
            "base-url" => self.base_url.as_ref(),
            "data-dir" => self.data_dir.as_ref(),
            "database-url" => self.database_url.as_ref(),
            _ => None,
        }
    }
}

/// Everything a configuration is made from. Tests fill it by hand; only [`Sources::of_process`] looks around.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    /// A file that must exist. Without one, `tidings.toml` in `directory` is read if it is there.
    pub file: Option<PathBuf>,
    pub directory: PathBuf,
    pub environment: Vec<(OsString, OsString)>,
    pub flags: Flags,
}

impl Sources {
    /// The environment and working directory of this process.
    pub fn of_process(file: Option<PathBuf>, flags: Flags) -> Self {
        Self { file, directory: PathBuf::new(), environment: std::env::vars_os().collect(), flags }
    }
}

/// A configuration and where its values come from.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub config: Config,
    /// The file that was read.
    pub file: Option<PathBuf>,
    /// By `section.name`.
    pub(super) origins: BTreeMap<String, Origin>,
}

impl Loaded {
    /// Whether nobody set the key.
    pub fn is_default(&self, path: &str) -> bool {
        matches!(self.origins.get(path), None | Some(Origin::Default))
    }
}

pub(super) fn load(sources: &Sources) -> Result<Loaded, ConfigError> {
    let mut problems = Vec::new();
    let file = read_file(sources).map_err(ConfigError::one)?;
    let file_layer = match &file {
        Some((path, table)) => Layer::from_file(path, table, &mut problems),
        None => Layer::default(),
    };
    let layers = [file_layer, Layer::from_environment(sources, &mut problems), Layer::from_flags(&sources.flags)];
    if !problems.is_empty() {
        return Err(ConfigError { problems });
    }

    let mut origins: BTreeMap<String, Origin> = KEYS.iter().map(|key| (key.path(), Origin::Default)).collect();
    let mut figment = Figment::from(Serialized::defaults(Config::default()));
    for layer in layers {
        figment = figment.merge(&layer);
        origins.extend(layer.origins);
    }
    let config = figment.extract().map_err(|error| ConfigError::one(explain(&figment, &origins, &error)))?;
    Ok(Loaded { config, file: file.map(|(path, _)| path), origins })
}

fn read_file(sources: &Sources) -> Result<Option<(PathBuf, toml::Table)>, Problem> {
    let path = sources.file.clone().unwrap_or_else(|| sources.directory.join(DEFAULT_FILE));
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound && sources.file.is_none() => return Ok(None),
        Err(error) => return Err(Problem::FileUnreadable { path, reason: reason(&error) }),
    };
    let Ok(text) = String::from_utf8(bytes) else { return Err(Problem::FileNotUtf8 { path }) };
    match text.parse() {
        Ok(table) => Ok(Some((path, table))),
        Err(error) => {
            // The error's own text shows the line itself, which may hold a secret.
            let error: toml::de::Error = error;
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = 1 + before.matches('\n').count();
            let reason = error.message().lines().next().unwrap_or_default().to_owned();
            Err(Problem::FileSyntax { path, line, reason })
        }
    }
}

/// Known keys of one source. Values are still unchecked.
#[derive(Default)]
struct Layer {
    sections: BTreeMap<&'static str, Dict>,
    origins: BTreeMap<String, Origin>,
}

impl Layer {
    fn set(&mut self, key: &'static Key, value: Value, origin: Origin) {
        self.sections.entry(key.section).or_default().insert(key.name.to_owned(), value);
        self.origins.insert(key.path(), origin);
    }

    fn from_file(path: &Path, table: &toml::Table, problems: &mut Vec<Problem>) -> Self {
        let mut layer = Self::default();
        let origin = Origin::File(path.to_owned());
        for (section, content) in table {
            let known = SECTIONS.iter().any(|(name, _)| name == section);
            match content {
                toml::Value::Table(keys) if known => {
                    for (name, value) in keys {
                        let path = format!("{section}.{name}");
                        match (Key::find(&path), Value::serialize(value)) {
                            (Some(key), Ok(value)) => layer.set(key, value, origin.clone()),
                            (Some(_), Err(_)) => problems.push(Problem::Unreadable { path, origin: origin.clone() }),
                            (None, _) => problems.push(unknown_key(path, origin.clone())),
                        }
                    }
                }
                toml::Value::Table(_) => problems.push(Problem::UnknownSection {
                    name: section.clone(),
                    origin: origin.clone(),
                    suggestion: nearest(SECTIONS.iter().map(|(name, _)| (*name, similarity(section, name)))),
                }),
                _ if known => problems.push(Problem::NotASection { name: section.clone(), origin: origin.clone() }),
                _ => problems.push(unknown_key(section.clone(), origin.clone())),
            }
        }
        layer
    }

    /// An empty variable counts as not set: that is what a template without a value leaves behind.
    fn from_environment(sources: &Sources, problems: &mut Vec<Problem>) -> Self {
        let mut layer = Self::default();
        for (name, value) in &sources.environment {
            let name = name.to_string_lossy();
            let Some(rest) = name.strip_prefix(PREFIX) else { continue };
            if value.is_empty() {
                continue;
            }
            let origin = Origin::Variable(name.to_string());
            let Some(key) = KEYS.iter().find(|key| key.variable() == name) else {
                problems.push(unknown_key(rest.to_lowercase().replacen("__", ".", 1), origin));
                continue;
            };
            match value.to_str() {
                Some(text) => layer.set(key, from_text(key.kind, text), origin),
                None => problems.push(Problem::VariableNotUtf8 { name: name.to_string() }),
            }
        }
        layer
    }

    fn from_flags(flags: &Flags) -> Self {
        let mut layer = Self::default();
        for key in KEYS {
            if let Some(flag) = key.flag
                && let Some(text) = flags.get(flag)
            {
                layer.set(key, from_text(key.kind, text), Origin::Flag(flag));
            }
        }
        layer
    }
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        // Origins are kept key by key beside the values, more exactly than one name for a whole layer could.
        Metadata::default()
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let sections: Dict =
            self.sections.iter().map(|(name, keys)| ((*name).to_owned(), Value::from(keys.clone()))).collect();
        Ok(Profile::Default.collect(sections))
    }
}

/// A text keeps every character: a key of digits alone is not a number. What is no number stays text and is refused
/// later, with its origin.
fn from_text(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Text | Kind::Secret => Value::from(text),
        Kind::Number => text.trim().parse::<u64>().map_or_else(|_| Value::from(text), Value::from),
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::from(items.map(Value::from).collect::<Vec<_>>())
        }
    }
}

fn explain(figment: &Figment, origins: &BTreeMap<String, Origin>, error: &figment::Error) -> Problem {
    let path = error.path.iter().take(2).cloned().collect::<Vec<_>>().join(".");
    let origin = origins.get(&path).cloned().unwrap_or(Origin::Default);
    let Some(key) = Key::find(&path) else { return Problem::Unreadable { path, origin } };
    let mut value = figment.find_value(&path).ok();
    if let Some(index) = error.path.get(2).and_then(|index| index.parse::<usize>().ok()) {
        value = value.and_then(|list| list.into_array()?.into_iter().nth(index));
    }
    let found = value.filter(|_| key.kind != Kind::Secret).and_then(|value| shown(&value));
    Problem::NotAllowed { key, origin, found }
}

/// A wrong value as a person would write it; long ones are cut.
fn shown(value: &Value) -> Option<String> {
    const LONGEST: usize = 80;
    let text = match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Char(_, char) => format!("{:?}", char.to_string()),
        Value::Bool(_, value) => value.to_string(),
        Value::Num(_, number) => match (number.to_i128(), number.to_u128(), number.to_f64()) {
            (Some(number), _, _) => number.to_string(),
            (_, Some(number), _) => number.to_string(),
            (_, _, Some(number)) => number.to_string(),
            _ => return None,
        },
        Value::Empty(..) => return None,
        Value::Dict(..) => "a table".to_owned(),
        Value::Array(..) => "an array".to_owned(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => Some(format!("{}…", &text[..end])),
        None => Some(text),
    }
}

fn unknown_key(path: String, origin: Origin) -> Problem {
    let last = path.rsplit('.').next().unwrap_or_default();
    let suggestion = nearest(KEYS.iter().map(|key| {
        let by_name = if last == key.name { 1.0 } else { similarity(last, key.name) };
        (key, similarity(&path, &key.path()).max(by_name))
    }));
    Problem::UnknownKey { path, origin, suggestion }
}

/// Between 0 and 1. Typing mistakes keep most letters in place; abbreviations keep the beginning.
fn similarity(typed: &str, known: &str) -> f64 {
    let abbreviated = typed.len() >= 3 && known.starts_with(typed);
    strsim::normalized_damerau_levenshtein(typed, known).max(if abbreviated { 0.8 } else { 0.0 })
}

fn nearest<T>(scored: impl Iterator<Item = (T, f64)>) -> Option<T> {
    scored.filter(|(_, score)| *score >= 0.6).max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(item, _)| item)
}
