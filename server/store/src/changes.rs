//! What changed, and when: told to everybody who keeps something that was made from the database.
//!
//! Moments are numbers of one counter of this process. Who is about to read takes the moment first ([`Changes::now`]),
//! keeps what came of it together with the moment, and asks later whether its source has changed since
//! ([`Changes::is_current`]). A change that commits while somebody reads gets a later moment than the reader took, so
//! what was read too early is never current. [`Tx::commit`](crate::Tx::commit) tells of its changes before it returns;
//! [`listen`] tells of those that other processes made.

pub(crate) mod listen;

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use model::ProjectId;
use tokio::sync::watch;

pub use listen::listen;

/// A point in the order of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(u64);

/// What something was made from.
#[derive(Debug, Clone)]
pub struct Source(Option<Arc<AtomicU64>>);

impl Source {
    /// For what was made from nothing that is stored.
    pub fn nothing() -> Self {
        Self(Some(Arc::default()))
    }
}

/// More projects than this are not told apart for ever: the book is begun anew.
const MAX_PROJECTS: usize = 50_000;

/// The changes this process knows of. Cheap to clone; clones are the same book.
#[derive(Clone)]
pub struct Changes(Arc<Book>);

struct Book {
    /// Counts changes.
    last: AtomicU64,
    /// When everything last became doubtful, because changes may have been missed.
    doubt: AtomicU64,
    /// While true, changes of other processes cannot be heard, and nothing that was kept is current.
    deaf: AtomicBool,
    /// When each project last changed.
    projects: Mutex<HashMap<ProjectId, Arc<AtomicU64>>>,
    /// When the settings of the instance last changed.
    settings: Arc<AtomicU64>,
    told: watch::Sender<u64>,
    /// Tells our own notices from those of other processes.
    origin: String,
    /// How often the connection was replaced by which SQLite tells of other processes.
    replaced: AtomicU64,
}

impl Changes {
    pub(crate) fn new() -> Self {
        let mut bytes = [0; 8];
        #[expect(
            clippy::disallowed_methods,
            reason = "a name of this process among others; nothing depends on its value"
        )]
        let filled = getrandom::fill(&mut bytes);
        if let Err(error) = filled {
            // Two processes of the same name would not hear each other.
            tracing::warn!(%error, "No randomness to name this process by");
        }
        Self(Arc::new(Book {
            last: AtomicU64::new(0),
            doubt: AtomicU64::new(0),
            deaf: AtomicBool::new(false),
            projects: Mutex::default(),
            settings: Arc::default(),
            told: watch::Sender::new(0),
            origin: format!("{:016x}", u64::from_ne_bytes(bytes)),
            replaced: AtomicU64::new(0),
        }))
    }

    /// The moment to take before reading.
    pub fn now(&self) -> Moment {
        if self.0.deaf.load(Ordering::SeqCst) {
            // Whoever comes now must not trust what was read a moment ago.
            return Moment(self.0.last.fetch_add(1, Ordering::SeqCst) + 1);
        }
        Moment(self.0.last.load(Ordering::SeqCst))
    }

    /// One project, with everything readers see of it.
    pub fn project(&self, id: &ProjectId) -> Source {
        Source(Some(self.cell(id)))
    }

    /// The settings of the instance.
    pub fn settings(&self) -> Source {
        Source(Some(self.0.settings.clone()))
    }

    /// All projects together.
    pub fn everything(&self) -> Source {
        Source(None)
    }

    /// Whether nothing of `source` has changed since `moment`.
    pub fn is_current(&self, source: &Source, moment: Moment) -> bool {
        let book = &self.0;
        let changed = match &source.0 {
            Some(cell) => cell.load(Ordering::SeqCst),
            None => book.last.load(Ordering::SeqCst),
        };
        changed <= moment.0 && book.doubt.load(Ordering::SeqCst) <= moment.0 && !book.deaf.load(Ordering::SeqCst)
    }

    /// Becomes ready whenever something changed.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.told.subscribe()
    }

    /// Tells that projects have changed.
    pub(crate) fn tell<'a>(&self, projects: impl IntoIterator<Item = &'a ProjectId>) {
        let moment = self.0.last.fetch_add(1, Ordering::SeqCst) + 1;
        for project in projects {
            self.cell(project).fetch_max(moment, Ordering::SeqCst);
        }
        self.0.told.send_replace(moment);
    }

    /// Tells that the settings of the instance have changed. That is rare, and they reach into many pages.
    pub(crate) fn tell_settings(&self) {
        self.tell_everything();
        self.0.settings.fetch_max(self.0.last.load(Ordering::SeqCst), Ordering::SeqCst);
    }

    /// Tells that anything may have changed.
    pub(crate) fn tell_everything(&self) {
        let moment = self.0.last.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.doubt.fetch_max(moment, Ordering::SeqCst);
        self.0.told.send_replace(moment);
    }

    /// Tells that changes of other processes go unheard from now on, or are heard again.
    pub(crate) fn set_deaf(&self, deaf: bool) {
        self.tell_everything();
        self.0.deaf.store(deaf, Ordering::SeqCst);
    }

    /// Notes that the connection was replaced by which SQLite tells of other processes.
    pub(crate) fn note_replaced(&self) {
        self.0.replaced.fetch_add(1, Ordering::SeqCst);
    }

    fn cell(&self, id: &ProjectId) -> Arc<AtomicU64> {
        let mut projects = self.0.projects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cell) = projects.get(id) {
            return cell.clone();
        }
        if projects.len() >= MAX_PROJECTS {
            // Holders of the old cells would not hear of changes any more.
            projects.clear();
            self.tell_everything();
        }
        let cell = Arc::new(AtomicU64::new(0));
        projects.insert(id.clone(), cell.clone());
        cell
    }
}

impl fmt::Debug for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Changes").field("last", &self.0.last).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
