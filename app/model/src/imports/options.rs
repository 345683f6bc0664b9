//! What is to happen with rows, for the whole import and for single ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ImportFate, MAX_MAPPED};
use crate::check::Checker;
use crate::error::Result;
use crate::tags;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$about])* $variant,)*
        }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$variant,)*];

            /// The name on the wire and in the database.
            pub fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)* }
            }

            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.as_str() == text)
            }
        }
    )*};
}
pub(crate) use names;

names! {
    /// How the rows and the entries that exist come together.
    Strategy {
        /// New releases are added; what exists follows [`OnConflict`].
        Merge = "merge",
        /// Everything is added. A version that another entry has is left out.
        Append = "append",
        /// The rows take the place of all entries: those that are not in the file are deleted.
        Replace = "replace",
    }

    /// What happens to a row whose entry says something else.
    OnConflict {
        /// The entry stays as it is.
        Skip = "skip",
        /// The entry gets title, text, version and tags of the row, and keeps its id and address.
        Overwrite = "overwrite",
        /// Somebody decides for each.
        Prompt = "prompt",
    }

    /// Which dates the entries get.
    DateHandling {
        /// Those of the file; now where it states none.
        Preserve = "preserve",
        /// Now.
        Current = "current",
        /// Now, and a minute earlier for each row.
        Sequence = "sequence",
    }

    /// What somebody chose for one row.
    Choice {
        Create = "create",
        Skip = "skip",
        Overwrite = "overwrite",
        /// A new entry that leaves the version to the other one.
        WithoutVersion = "without_version",
    }
}

/// Options of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    pub strategy: Strategy,
    pub on_conflict: OnConflict,
    /// Nothing is deleted. [`Strategy::Replace`] needs this off.
    pub preserve_existing: bool,
    /// Releases without a version get the next patch, the oldest first.
    pub auto_versions: bool,
    /// Tags that every imported entry gets beside its own.
    pub default_tags: Vec<String>,
    /// Entries become public at once, except what the file calls a draft or unreleased.
    pub publish: bool,
    pub dates: DateHandling,
    /// Tags by their name in the file, and what they are called here; an empty name leaves the tag out.
    pub tag_names: BTreeMap<String, String>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            strategy: Strategy::Merge,
            on_conflict: OnConflict::Skip,
            preserve_existing: true,
            auto_versions: false,
            default_tags: Vec::new(),
            publish: false,
            dates: DateHandling::Preserve,
            tag_names: BTreeMap::new(),
        }
    }
}

impl ImportOptions {
    /// Checks every field, and what they mean together.
    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        if self.strategy == Strategy::Replace && self.preserve_existing {
            let message = "Replacing deletes the entries that are not in the file. Turn preserveExistingEntries off if \
                that is meant.";
            form.fail("preserveExistingEntries", message);
        }
        if self.default_tags.len() > tags::MAX_PER_ENTRY {
            form.fail("defaultTags", format!("An entry has at most {} tags.", tags::MAX_PER_ENTRY));
        }
        let default_tags = self.default_tags.iter().map(|name| form.take("defaultTags", tags::name(name))).collect();
        if self.tag_names.len() > MAX_MAPPED {
            form.fail("tagMapping", format!("At most {MAX_MAPPED} tags can be renamed in one import."));
        }
        let mut tag_names = BTreeMap::new();
        // A name with control characters is that of no tag.
        for (from, to) in self.tag_names.iter().filter(|(from, _)| !from.chars().any(char::is_control)) {
            let to = if to.trim().is_empty() { String::new() } else { form.take("tagMapping", tags::name(to)) };
            tag_names.insert(tags::key(from), to);
        }
        form.finish()?;
        Ok(Self { default_tags, tag_names, ..self })
    }

    /// The tags of an entry: those of the file under the names chosen here, then the default ones. Nothing stands twice.
    pub fn tags(&self, stated: &[String]) -> Vec<String> {
        let renamed = stated.iter().map(|name| match self.tag_names.get(&tags::key(name)) {
            Some(to) => to.as_str(),
            None => name.as_str(),
        });
        let mut seen = std::collections::HashSet::new();
        renamed
            .chain(self.default_tags.iter().map(String::as_str))
            .filter(|name| !name.is_empty() && seen.insert(tags::key(name)))
            .take(tags::MAX_PER_ENTRY)
            .map(str::to_owned)
            .collect()
    }
}

/// What an import does with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Create,
    CreateWithoutVersion,
    Overwrite,
    /// The entry says the same already.
    Keep,
    Skip,
    /// Somebody has to decide first.
    Ask,
    Refuse,
}

impl Action {
    /// Whether an entry is written.
    pub fn writes(self) -> bool {
        matches!(self, Self::Create | Self::CreateWithoutVersion | Self::Overwrite)
    }
}

/// What happens to a row. `by_version`: the entry that it met has its version, but was not imported from it.
pub fn action(fate: ImportFate, by_version: bool, choice: Option<Choice>, options: &ImportOptions) -> Action {
    match (fate, choice) {
        (ImportFate::Refused, _) => Action::Refuse,
        (_, Some(Choice::Skip)) => Action::Skip,
        (ImportFate::Create, Some(Choice::WithoutVersion)) => Action::CreateWithoutVersion,
        (ImportFate::Create, _) => Action::Create,
        // The file says how things are to be, dates and state as well.
        (ImportFate::Unchanged, _) if options.strategy == Strategy::Replace => Action::Overwrite,
        (ImportFate::Unchanged, _) => Action::Keep,
        (ImportFate::Differs, Some(Choice::Overwrite)) => Action::Overwrite,
        (ImportFate::Differs, Some(_)) => Action::CreateWithoutVersion,
        (ImportFate::Differs, None) => match (options.strategy, options.on_conflict) {
            (Strategy::Replace, _) => Action::Overwrite,
            (Strategy::Append, _) if by_version => Action::CreateWithoutVersion,
            (_, OnConflict::Skip) => Action::Skip,
            (_, OnConflict::Overwrite) => Action::Overwrite,
            (_, OnConflict::Prompt) => Action::Ask,
        },
    }
}
