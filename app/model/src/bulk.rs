//! One change to many entries, and what became of each.

use serde::{Deserialize, Serialize};

use crate::ids::EntryId;

/// The most entries that are changed at once.
pub const MOST: usize = 500;

/// What is done to every chosen entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BulkAction {
    Publish,
    Schedule,
    Unpublish,
    AddTag,
    RemoveTag,
    Delete,
}

impl BulkAction {
    pub const ALL: [BulkAction; 6] = [
        BulkAction::Publish,
        BulkAction::Schedule,
        BulkAction::Unpublish,
        BulkAction::AddTag,
        BulkAction::RemoveTag,
        BulkAction::Delete,
    ];
    /// Their names, for whoever gives another one.
    pub const NAMES: &str = "publish, schedule, unpublish, add-tag, remove-tag or delete";

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            BulkAction::Publish => "publish",
            BulkAction::Schedule => "schedule",
            BulkAction::Unpublish => "unpublish",
            BulkAction::AddTag => "add-tag",
            BulkAction::RemoveTag => "remove-tag",
            BulkAction::Delete => "delete",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        BulkAction::ALL.into_iter().find(|action| action.as_str() == text)
    }

    /// What was done to an entry: "12 published".
    pub fn done(self) -> &'static str {
        match self {
            BulkAction::Publish => "published",
            BulkAction::Schedule => "scheduled",
            BulkAction::Unpublish => "unpublished",
            BulkAction::AddTag => "tagged",
            BulkAction::RemoveTag => "untagged",
            BulkAction::Delete => "deleted",
        }
    }

    /// What an administrator was asked for, where somebody may not do it.
    pub fn asked(self) -> &'static str {
        match self {
            BulkAction::Delete => "to be deleted by an administrator",
            BulkAction::Schedule => "to be scheduled by an administrator",
            _ => "to be published by an administrator",
        }
    }
}

/// An entry that stayed as it was, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkFailure {
    pub entry: EntryId,
    /// Empty when there is no such entry.
    pub title: String,
    pub reason: String,
}

/// What became of the chosen entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkOutcome {
    pub action: BulkAction,
    /// Those that are now as was asked for, also those that were before.
    pub done: Vec<EntryId>,
    /// Those about which an administrator was asked.
    pub requested: Vec<EntryId>,
    pub failed: Vec<BulkFailure>,
}

impl BulkOutcome {
    /// In one sentence: "12 published, 1 was not."
    pub fn sentence(&self) -> String {
        sentence(self.action, self.done.len(), self.requested.len(), self.failed.len())
    }
}

/// What became of so many entries, in one sentence.
pub fn sentence(action: BulkAction, done: usize, requested: usize, failed: usize) -> String {
    let mut parts = Vec::with_capacity(3);
    if done > 0 || (requested == 0 && failed == 0) {
        parts.push(format!("{done} {}", action.done()));
    }
    if requested > 0 {
        parts.push(format!("{requested} {}", action.asked()));
    }
    match failed {
        0 => {}
        1 => parts.push("1 was not".to_owned()),
        more => parts.push(format!("{more} were not")),
    }
    let mut text = parts.join(", ");
    if done == 0 && requested == 0 && failed > 0 {
        text = format!("{text} {}", action.done());
    }
    format!("{text}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_says_what_became_of_each() {
        for (done, requested, failed, text) in [
            (12, 0, 1, "12 published, 1 was not."),
            (1, 0, 0, "1 published."),
            (0, 0, 2, "2 were not published."),
            (0, 3, 0, "3 to be published by an administrator."),
            (0, 0, 0, "0 published."),
        ] {
            assert_eq!(sentence(BulkAction::Publish, done, requested, failed), text);
        }
        assert_eq!(
            sentence(BulkAction::Delete, 1, 2, 3),
            "1 deleted, 2 to be deleted by an administrator, 3 were not."
        );
        for action in BulkAction::ALL {
            assert_eq!(BulkAction::parse(action.as_str()), Some(action));
        }
    }
}
