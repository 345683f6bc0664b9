//! What becomes of each row, with everything that its entry will be. Nothing is written here.

use std::collections::{HashMap, HashSet};

use chrono::Duration;
use model::imports::{Action, DateHandling, ImportFate, ImportOptions, Outcome, Strategy, action};
use model::time::Timestamp;
use model::{EntryId, versions};
use store::entries::ImportedEntry;
use store::imports::{Row, Staged, StagedEntry, Versionless};

use super::plan::{Existing, Known, dated_ahead, second_key};
use crate::{Random, entries, slugs};

/// Why an entry that the caller may not change stays as it is.
const PUBLISHED: &str = "This entry is published; an administrator has to change it.";
const SCHEDULED: &str = "This entry is scheduled; an administrator has to change it.";
const CHANGED: &str = "Somebody changed this entry since the preview. It was left alone.";

pub(super) struct Decider {
    options: ImportOptions,
    random: Random,
    /// When the work began; the same for all rows, also when the work is taken over.
    started: Timestamp,
    /// Whether entries that are public may be changed.
    may_publish: bool,
    existing: Existing,
    /// Addresses that are in use here, and those that rows get.
    slugs: HashSet<String>,
    given: HashSet<String>,
    /// Versions that rows get, by their keys.
    versions: HashSet<String>,
    /// What a decided row holds: its address, the key of its version.
    held: HashMap<i64, (String, Option<String>)>,
    /// Made versions by position.
    made: HashMap<i64, String>,
}

impl Decider {
    pub fn new(
        options: ImportOptions,
        random: Random,
        started: Timestamp,
        may_publish: bool,
        index: Vec<ImportedEntry>,
        slugs: HashSet<String>,
    ) -> Self {
        Self {
            options,
            random,
            started,
            may_publish,
            existing: Existing::new(index),
            slugs,
            given: HashSet::new(),
            versions: HashSet::new(),
            held: HashMap::new(),
            made: HashMap::new(),
        }
    }

    /// Gives the releases that will be new and have no version the next patches, in the order they come.
    pub fn make_versions(&mut self, rows: &[Versionless], stated: &[String]) {
        let used: Vec<&str> = self.existing.versions().chain(stated.iter().map(String::as_str)).collect();
        let is_new = |row: &&Versionless| {
            let known = Known {
                position: row.position,
                title: &row.title,
                version: None,
                slug: row.stated_slug.as_deref(),
                source_id: row.source_id.as_deref(),
                external_id: row.external_id.as_deref(),
                import_key: &row.import_key,
            };
            self.existing.find(&known).is_none()
        };
        let made = rows.iter().filter(is_new).map(|row| row.position).zip(versions::patches(&used)).collect();
        self.made = made;
    }

    /// Takes the entries and addresses as they are now; what decided rows hold stays theirs.
    pub fn renew(&mut self, index: Vec<ImportedEntry>, slugs: HashSet<String>) {
        self.existing.renew(index);
        self.slugs = slugs;
    }

    /// Decides again.
    pub fn decide_again(&mut self, row: &Row) -> Staged {
        if let Some((slug, version)) = self.held.remove(&row.position) {
            self.given.remove(&slug);
            if let Some(version) = version {
                self.versions.remove(&version);
            }
        }
        self.decide(row)
    }

    pub fn decide(&mut self, row: &Row) -> Staged {
        if row.fate == ImportFate::Refused {
            return plain(Outcome::Refused, row, row.reason.clone(), None);
        }
        let (fate, by_version, reason, entry) = {
            let meeting = self.existing.meet(row, &self.options);
            let reason = meeting.reason.map(str::to_owned);
            (meeting.fate, meeting.by_version, reason, meeting.entry.cloned())
        };
        let staged = match (action(fate, by_version, row.choice, &self.options), entry) {
            (Action::Create, entry) => self.create(row, true, entry.as_ref()),
            (Action::CreateWithoutVersion, entry) => self.create(row, false, entry.as_ref()),
            (Action::Overwrite, Some(entry)) => self.overwrite(row, &entry),
            (Action::Keep, entry) => plain(Outcome::Unchanged, row, None, entry.as_ref()),
            (Action::Refuse, entry) => plain(Outcome::Refused, row, reason, entry.as_ref()),
            (Action::Ask, entry) => {
                let reason = "An entry for this release says something else, and nobody decided which of them counts.";
                plain(Outcome::Skipped, row, Some(reason.to_owned()), entry.as_ref())
            }
            (Action::Skip | Action::Overwrite, entry) => {
                let reason = reason.map(|reason| format!("{reason} It was left alone."));
                plain(Outcome::Skipped, row, reason, entry.as_ref())
            }
        };
        Staged { fate, by_version, ..staged }
    }

    /// `met`: the entry that the release meets and that stays as it is.
    fn create(&mut self, row: &Row, with_version: bool, met: Option<&ImportedEntry>) -> Staged {
        let mut import_key = row.import_key.clone();
        if self.existing.has_key(&import_key) {
            import_key = second_key(&import_key);
            if self.existing.has_key(&import_key) {
                return plain(Outcome::Unchanged, row, None, met);
            }
        }
        let mut reason = None;
        let mut version = row.version.clone().or_else(|| self.made.get(&row.position).cloned());
        if let Some(wanted) = version.take() {
            let taken = self.existing.owner(&wanted).is_some() || self.versions.contains(&versions::key(&wanted));
            if with_version && !taken {
                version = Some(wanted);
            } else if row.version.is_some() {
                reason = Some(format!("Another entry has the version {wanted}, so this one has none."));
            }
        }
        let slug = self.free_slug(row);
        let version_key = version.as_deref().map(versions::key);
        self.given.insert(slug.clone());
        self.versions.extend(version_key.clone());
        self.held.insert(row.position, (slug.clone(), version_key));
        let Moments { created_at, published_at, scheduled_at } = self.moments(row);
        Staged {
            reason,
            entry_id: Some(self.random.id(self.started, EntryId::compose)),
            entry: Some(StagedEntry {
                version,
                import_key,
                slug,
                excerpt: markdown::excerpt(&row.content),
                tags: Some(self.options.tags(&row.tags)),
                created_at,
                published_at,
                scheduled_at,
            }),
            ..plain(Outcome::Created, row, None, None)
        }
    }

    fn overwrite(&mut self, row: &Row, entry: &ImportedEntry) -> Staged {
        let seen = row.entry_id.as_ref() == Some(&entry.id);
        if seen && row.entry_lock.is_some_and(|lock| lock != entry.lock_version) {
            return plain(Outcome::Refused, row, Some(CHANGED.to_owned()), Some(entry));
        }
        if entry.published_at.is_some() && !self.may_publish {
            return plain(Outcome::Refused, row, Some(PUBLISHED.to_owned()), Some(entry));
        }
        if entry.is_scheduled && !self.may_publish {
            return plain(Outcome::Refused, row, Some(SCHEDULED.to_owned()), Some(entry));
        }
        if (entry.published_at.is_some() || entry.is_scheduled) && row.content.trim().is_empty() {
            let reason = "The row has no text, and an entry that is published or scheduled needs one.";
            return plain(Outcome::Refused, row, Some(reason.to_owned()), Some(entry));
        }
        let mut reason = None;
        let mut version = entry.version.clone();
        if let Some(wanted) = &row.version {
            let key = versions::key(wanted);
            let other = self.existing.owner(wanted).is_some_and(|owner| *owner != entry.id);
            if other || self.versions.contains(&key) {
                reason = Some(format!("Another entry has the version {wanted}, so this one keeps its own."));
            } else {
                version = Some(wanted.clone());
            }
        }
        let version_key = version.as_deref().map(versions::key);
        self.versions.extend(version_key.clone());
        self.held.insert(row.position, (String::new(), version_key));
        let replaces = self.options.strategy == Strategy::Replace;
        let tags = self.options.tags(&row.tags);
        let Moments { created_at, published_at, scheduled_at } = self.moments(row);
        Staged {
            reason,
            entry: Some(StagedEntry {
                version,
                import_key: row.import_key.clone(),
                slug: String::new(),
                excerpt: markdown::excerpt(&row.content),
                tags: (replaces || !tags.is_empty()).then_some(tags),
                created_at,
                published_at,
                scheduled_at,
            }),
            ..plain(Outcome::Overwritten, row, None, Some(entry))
        }
    }

    /// The address of the file if it is free, or one made from the title.
    fn free_slug(&self, row: &Row) -> String {
        let is_taken = |slug: &String| self.slugs.contains(slug) || self.given.contains(slug);
        if let Some(slug) = &row.stated_slug
            && entries::is_address(slug)
            && !is_taken(slug)
        {
            return slug.clone();
        }
        let base = slugs::of_entry(&row.title);
        let mut search = slugs::Search::new(&base);
        while let Some(slug) = search.ask() {
            search.told(is_taken(&slug));
        }
        search.found()
    }

    /// What the entry's dates are. What is dated ahead becomes public then; nothing else lies ahead, and earlier rows are
    /// newer.
    fn moments(&self, row: &Row) -> Moments {
        let limit = self.started - Duration::milliseconds(row.position);
        let moment = match self.options.dates {
            DateHandling::Preserve => row.stated_published_at.map_or(limit, |stated| stated.min(limit)),
            DateHandling::Current => limit,
            DateHandling::Sequence => self.started - Duration::minutes(row.position),
        };
        let stated = row.stated_created_at.filter(|_| self.options.dates == DateHandling::Preserve);
        let created_at = stated.map_or(moment, |created| created.min(self.started));
        let scheduled_at = dated_ahead(row, &self.options, self.started);
        let is_public = self.options.publish && !row.stays_draft && scheduled_at.is_none();
        Moments { created_at, published_at: is_public.then_some(moment), scheduled_at }
    }
}

/// The dates of an entry.
struct Moments {
    created_at: Timestamp,
    /// If it is public.
    published_at: Option<Timestamp>,
    /// If it goes live by itself.
    scheduled_at: Option<Timestamp>,
}

/// A row that writes nothing.
fn plain(outcome: Outcome, row: &Row, reason: Option<String>, entry: Option<&ImportedEntry>) -> Staged {
    Staged {
        outcome,
        fate: row.fate,
        by_version: row.by_version,
        reason,
        entry_id: entry.map(|entry| entry.id.clone()),
        entry_lock: entry.map(|entry| entry.lock_version),
        entry: None,
    }
}
