//! The configuration as text: the reference page, and the values in effect.

use std::fmt::Write as _;

use super::keys::{KEYS, Key, Kind, SECTIONS};
use super::layers::Loaded;
use super::{Config, Origin};

/// The reference of all keys in Markdown, as it stands in the documentation.
pub fn reference() -> String {
    let defaults = values(&Config::default());
    let mut page = String::new();
    for (section, about) in SECTIONS {
        // Writing to a text cannot fail.
        let _ = write!(page, "### [{section}]\n\n{about}\n");
        for key in KEYS.iter().filter(|key| key.section == *section) {
            let default = match defaults.get(key) {
                Some(value) => format!("`{value}`"),
                None => "not set".to_owned(),
            };
            let _ = write!(page, "\n#### `{}`\n\n{}\n\n", key.path(), key.about);
            let _ = writeln!(page, "- Default: {default}");
            let _ = writeln!(page, "- Allowed: {}", key.allowed);
            let _ = writeln!(page, "- Variable: `{}`", key.variable());
            if key.kind == Kind::List {
                let _ = writeln!(page, "- In the file an array of texts, in the variable separated by commas");
            }
            if let Some(flag) = key.flag {
                let _ = writeln!(page, "- Flag: `--{flag}`");
            }
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

impl Loaded {
    /// The values in effect as a `tidings.toml`, each with the place it comes from. Secrets print as `***`.
    pub fn print(&self) -> String {
        let values = values(&self.config);
        let mut page = String::new();
        for (section, _) in SECTIONS {
            let _ = writeln!(page, "[{section}]");
            for key in KEYS.iter().filter(|key| key.section == *section) {
                let _ = match (values.get(key), self.origins.get(&key.path())) {
                    (None, _) => writeln!(page, "# {} is not set", key.name),
                    (Some(value), None | Some(Origin::Default)) => writeln!(page, "{} = {value}", key.name),
                    (Some(value), Some(origin)) => writeln!(page, "{} = {value}  # from {origin}", key.name),
                };
            }
            page.push('\n');
        }
        page.truncate(page.trim_end().len());
        page.push('\n');
        page
    }
}

/// Values as TOML.
struct Values(toml::Table);

impl Values {
    fn get(&self, key: &Key) -> Option<&toml::Value> {
        self.0.get(key.section)?.get(key.name)
    }
}

fn values(config: &Config) -> Values {
    Values(toml::Table::try_from(config).unwrap_or_default())
}
