//! What the writer has in front of them, and what of it the server has.

use leptos::prelude::*;
use model::EntryId;
use model::entries::{Entry, EntryState};
use model::projects::Project;
use serde::{Deserialize, Serialize};

/// Everything a writer changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Snapshot {
    pub title: String,
    pub version: String,
    pub tags: Vec<String>,
    pub content: String,
}

impl Snapshot {
    pub fn of(entry: &Entry) -> Self {
        Self {
            title: entry.title.clone(),
            version: entry.version.clone().unwrap_or_default(),
            tags: entry.tags.iter().map(|tag| tag.name.clone()).collect(),
            content: entry.content.clone(),
        }
    }

    pub fn is_blank(&self) -> bool {
        self.title.trim().is_empty() && self.version.trim().is_empty() && self.content.trim().is_empty()
    }
}

#[derive(Clone, Copy)]
pub(super) struct Draft {
    pub title: RwSignal<String>,
    pub version: RwSignal<String>,
    pub tags: RwSignal<Vec<String>>,
    pub content: RwSignal<String>,
    /// As the server has it; `None` before the first save.
    pub stored: RwSignal<Option<Entry>>,
    /// What was in the fields when they were last saved or loaded.
    saved: RwSignal<Snapshot>,
}

impl Draft {
    /// A new entry begins with `prefill`, which counts as changed only when somebody goes on writing.
    pub fn new(project: &Project, entry: Option<Entry>, prefill: Snapshot) -> Self {
        let start = match &entry {
            Some(entry) => Snapshot::of(entry),
            None if prefill.tags.is_empty() => Snapshot { tags: project.default_tags.clone(), ..prefill },
            None => prefill,
        };
        Self {
            title: RwSignal::new(start.title.clone()),
            version: RwSignal::new(start.version.clone()),
            tags: RwSignal::new(start.tags.clone()),
            content: RwSignal::new(start.content.clone()),
            stored: RwSignal::new(entry),
            saved: RwSignal::new(start),
        }
    }

    /// What is in the fields.
    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            title: self.title.get(),
            version: self.version.get(),
            tags: self.tags.get(),
            content: self.content.get(),
        }
    }

    /// As [`Self::snapshot`], for callers that may outlive the page.
    pub fn now(&self) -> Option<Snapshot> {
        Some(Snapshot {
            title: self.title.try_get_untracked()?,
            version: self.version.try_get_untracked()?,
            tags: self.tags.try_get_untracked()?,
            content: self.content.try_get_untracked()?,
        })
    }

    /// Whether something here is not on the server.
    pub fn is_changed(&self) -> bool {
        let saved = self.saved.read();
        *self.content.read() != saved.content
            || *self.title.read() != saved.title
            || *self.version.read() != saved.version
            || *self.tags.read() != saved.tags
    }

    /// Notes that the server has what was sent. What was typed meanwhile stays, and is still to be saved.
    pub fn accept(&self, entry: Entry, sent: Snapshot) {
        let is_untouched = self.tags.try_get_untracked().is_some_and(|tags| tags == sent.tags);
        let mut saved = sent;
        if is_untouched {
            // A tag that existed already is spelt as it was.
            saved.tags = Snapshot::of(&entry).tags;
            if self.tags.try_get_untracked().as_ref() != Some(&saved.tags) {
                let _ = self.tags.try_set(saved.tags.clone());
            }
        }
        // The page may be gone by now.
        let _ = self.saved.try_set(saved);
        let _ = self.stored.try_set(Some(entry));
    }

    /// Notes another stored state, while the fields stay as they are and differ from it.
    pub fn rebase(&self, entry: Entry) {
        self.saved.set(Snapshot::of(&entry));
        self.stored.set(Some(entry));
    }

    /// Takes over a stored entry, text and all.
    pub fn take(&self, entry: Entry) {
        self.put(Snapshot::of(&entry));
        self.rebase(entry);
    }

    /// Fills the fields.
    pub fn put(&self, text: Snapshot) {
        self.title.set(text.title);
        self.version.set(text.version);
        self.tags.set(text.tags);
        self.content.set(text.content);
    }

    pub fn id(&self) -> Option<EntryId> {
        self.stored.read().as_ref().map(|entry| entry.id.clone())
    }

    pub fn state(&self) -> EntryState {
        self.stored.read().as_ref().map_or(EntryState::Draft, Entry::state)
    }
}
