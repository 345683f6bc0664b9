//! Saving: by itself while somebody writes, at once when they ask, again after a failure, and a copy in the browser as
//! long as the server does not have the text.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::entries::{Entry, EntryState};
use model::{Error, ProjectId};
use wasm_bindgen::JsValue;

use super::draft::{Draft, Snapshot};
use super::leave::Guard;
use super::local;
use crate::entries::save_entry;
use crate::params::project_path;

/// How long a copy in the browser may be behind the typing.
const KEEP_AFTER: Duration = Duration::from_millis(500);

/// How long nobody types before a text of this many words is saved.
fn pause_before_saving(words: usize) -> Duration {
    Duration::from_secs(match words {
        0..=1000 => 1,
        1001..=3000 => 2,
        _ => 5,
    })
}

/// When to try again after the `attempt`-th failure in a row, counted from 1. Nothing when trying again is of no use,
/// because the server understood and refused, or has failed too often.
fn pause_before_retry(error: &Error, attempt: u32) -> Option<Duration> {
    let seconds = match error {
        // A connection comes back some time.
        Error::Network => (2 * u64::from(attempt)).min(30),
        Error::Unavailable { .. } | Error::Internal { .. } if attempt <= 3 => 2 * u64::from(attempt),
        Error::SlowDown { seconds } if attempt <= 3 => (*seconds).clamp(1, 120),
        _ => return None,
    };
    Some(Duration::from_secs(seconds))
}

/// What hinders saving.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trouble {
    Offline,
    SignedOut,
    Refused(Error),
}

/// What to do with the answer of a save that somebody asked for.
pub(super) type Then = Callback<Result<Entry, Error>>;

#[derive(Clone, Copy)]
pub(super) struct Saver {
    pub draft: Draft,
    pub guard: Guard,
    project: StoredValue<ProjectId>,
    person: StoredValue<String>,
    pub busy: RwSignal<bool>,
    pub trouble: RwSignal<Option<Trouble>>,
    /// Milliseconds since 1970 of the last save of this page.
    pub saved_at: RwSignal<Option<f64>>,
    /// The other entry that has this version, with its title.
    pub version_taken: RwSignal<Option<(model::EntryId, String)>>,
    attempts: StoredValue<u32>,
    timer: StoredValue<Option<TimeoutHandle>>,
    keeping: StoredValue<bool>,
    /// Whether the last save happened by itself, so that no state of it may be left in the history.
    automatic: StoredValue<bool>,
    /// Asked for while another save was under way.
    next: StoredValue<Option<Option<Then>>>,
}

impl Saver {
    pub fn new(draft: Draft, guard: Guard, project: ProjectId, person: String) -> Self {
        Self {
            draft,
            guard,
            project: StoredValue::new(project),
            person: StoredValue::new(person),
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
            saved_at: RwSignal::new(None),
            version_taken: RwSignal::new(None),
            attempts: StoredValue::new(0),
            timer: StoredValue::new(None),
            keeping: StoredValue::new(false),
            automatic: StoredValue::new(true),
            next: StoredValue::new(None),
        }
    }

    /// The name of the copy in this browser.
    pub fn key(self) -> Option<String> {
        let stored = self.draft.stored.try_get_untracked()?;
        let (person, project) = (self.person.try_get_value()?, self.project.try_get_value()?);
        Some(local::key(&person, project.as_str(), stored.as_ref().map(|entry| entry.id.as_str())))
    }

    /// Whether the text goes to the server by itself: readers see a published entry, so it waits there for a word.
    fn saves_itself(self) -> bool {
        self.draft.state() != EntryState::Published
    }

    /// Follows the typing: keeps copies, saves after a pause, and tries again when the connection or the session may be
    /// back.
    pub fn watch(self) {
        Effect::new(move |_| {
            let text = self.draft.snapshot();
            let is_changed = self.draft.is_changed();
            let is_taken = self.version_taken.read().is_some();
            let saves_itself = self.saves_itself();
            if !is_changed {
                return;
            }
            self.keep_soon();
            // What was refused may be right now; a conflict waits for a decision.
            let waits = self.trouble.with_untracked(|trouble| {
                matches!(trouble, Some(Trouble::SignedOut | Trouble::Refused(Error::EditedElsewhere { .. })))
            });
            if is_taken {
                self.stop();
            }
            if saves_itself && !is_taken && !waits && !text.title.trim().is_empty() {
                let words = text.content.split_whitespace().count();
                self.attempts.set_value(0);
                self.schedule(pause_before_saving(words));
            }
        });
        Effect::new(move |_| {
            let retry = move |signed_out: bool| {
                let is_due = self.trouble.try_get_untracked().flatten().is_some_and(|trouble| match trouble {
                    Trouble::Offline => true,
                    Trouble::SignedOut => signed_out,
                    Trouble::Refused(_) => false,
                });
                if is_due {
                    self.attempts.set_value(0);
                    self.run(None);
                }
            };
            let handles = [
                window_event_listener(ev::online, move |_| retry(false)),
                // Somebody may have signed in in another tab.
                window_event_listener(ev::focus, move |_| retry(true)),
                window_event_listener(ev::offline, move |_| {
                    if untrack(move || self.draft.is_changed()) {
                        self.trouble.set(Some(Trouble::Offline));
                    }
                }),
                window_event_listener(ev::pagehide, move |_| self.keep_now()),
            ];
            on_cleanup(move || {
                self.keep_now();
                self.stop();
                for handle in handles {
                    handle.remove();
                }
            });
        });
    }

    fn schedule(self, pause: Duration) {
        let timer = set_timeout_with_handle(move || self.run(None), pause).ok();
        if let Some(Some(old)) = self.timer.try_update_value(|place| std::mem::replace(place, timer)) {
            old.clear();
        }
    }

    /// Forgets the save that was to come by itself.
    pub fn stop(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }

    fn keep_soon(self) {
        if self.keeping.get_value() {
            return;
        }
        self.keeping.set_value(true);
        set_timeout(
            move || {
                if self.keeping.try_get_value().is_some() {
                    self.keep_now();
                }
            },
            KEEP_AFTER,
        );
    }

    fn keep_now(self) {
        // Nothing is left of these when the page is gone.
        let Some(true) = self.keeping.try_get_value() else { return };
        self.keeping.set_value(false);
        if self.guard.is_forgotten() {
            return;
        }
        if let (Some(key), Some(text)) = (self.key(), self.draft.now())
            && untrack(move || self.draft.is_changed())
        {
            local::keep(&key, text);
        }
    }

    /// Saves now. A save under way ends first; then what is in the fields by that time is saved. `then` is told the end.
    pub fn run(self, then: Option<Then>) {
        let Some(busy) = self.busy.try_get_untracked() else { return };
        if busy {
            // A save that somebody waits for is not forgotten for one that nobody does.
            if then.is_some() || self.next.with_value(Option::is_none) {
                self.next.set_value(Some(then));
            }
            return;
        }
        self.stop();
        let Some(sent) = self.draft.now() else { return };
        let stored = self.draft.stored.get_untracked();
        let is_changed = untrack(move || self.draft.is_changed());
        let is_manual = then.is_some();
        let is_kept = !is_manual || !self.automatic.get_value();
        if let (Some(entry), false, true) = (&stored, is_changed, is_kept) {
            self.trouble.set(None);
            if let Some(then) = then {
                then.run(Ok(entry.clone()));
            }
            return;
        }
        self.busy.set(true);
        let project = self.project.get_value();
        spawn_local(async move {
            let answer = save_entry(
                project,
                stored.as_ref().map(|entry| entry.id.to_string()).unwrap_or_default(),
                stored.as_ref().map_or(0, |entry| entry.lock_version),
                sent.title.clone(),
                sent.content.clone(),
                sent.version.clone(),
                sent.tags.join(","),
                String::new(),
                true,
                is_manual,
            )
            .await;
            self.answered(sent, stored.is_none(), answer, then);
        });
    }

    fn answered(self, sent: Snapshot, was_new: bool, answer: Result<Entry, Error>, then: Option<Then>) {
        let old_key = self.key();
        // Signals are gone when the page is.
        if self.busy.try_set(false).is_some() {
            return;
        }
        let next = self.next.try_update_value(Option::take).flatten();
        match answer {
            Ok(entry) => {
                self.attempts.set_value(0);
                self.automatic.set_value(then.is_none());
                self.trouble.set(None);
                self.saved_at.set(Some(js_sys::Date::now()));
                let path = project_path(&self.project.get_value(), &format!("/changelog/{}", entry.id));
                self.draft.accept(entry.clone(), sent);
                // What was typed during a slow save is nowhere else, so its copy is written before the old one goes.
                let is_changed = untrack(move || self.draft.is_changed());
                if is_changed {
                    self.keeping.set_value(true);
                    self.keep_now();
                }
                if let Some(key) = old_key.filter(|key| !is_changed || self.key().as_ref() != Some(key)) {
                    local::remove(&key);
                }
                if was_new {
                    // The same page under the entry's own address; nothing is loaded, and the caret stays.
                    self.guard.moved(&path);
                    if let Ok(history) = window().history() {
                        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
                    }
                }
                if let Some(then) = then {
                    then.run(Ok(entry));
                }
            }
            Err(error) => {
                let attempt = self.attempts.try_update_value(|count| {
                    *count += 1;
                    *count
                });
                if let Some(pause) = pause_before_retry(&error, attempt.unwrap_or(1)) {
                    self.schedule(pause);
                }
                self.keeping.set_value(true);
                self.keep_now();
                self.trouble.set(Some(match error.clone() {
                    Error::Network => Trouble::Offline,
                    Error::SignedOut => Trouble::SignedOut,
                    other => Trouble::Refused(other),
                }));
                if let Some(then) = then {
                    then.run(Err(error));
                }
            }
        }
        if let Some(then) = next {
            self.run(then);
        }
    }

    /// What hinders saving, as an error for the form.
    pub fn failure(self) -> Signal<Option<Error>> {
        Signal::derive(move || match self.trouble.get() {
            Some(Trouble::Refused(error)) => Some(error),
            _ => None,
        })
    }

    /// What the bottom line says, and whether it is a warning.
    pub fn words(self) -> (String, bool) {
        if self.busy.get() {
            return ("Saving".to_owned(), false);
        }
        let is_changed = self.draft.is_changed();
        let is_stored = self.draft.stored.read().is_some();
        match self.trouble.get() {
            Some(Trouble::Offline) if is_changed || !is_stored => {
                let text = "Offline. Your text is kept on this computer and saved when the connection is back.";
                (text.to_owned(), true)
            }
            Some(Trouble::SignedOut) => ("Not saved: you are signed out. Your text is kept here.".to_owned(), true),
            Some(Trouble::Refused(error)) => (format!("Not saved: {}", reason(&error)), true),
            _ if self.version_taken.read().is_some() => ("Not saved: another entry has this version.".to_owned(), true),
            _ if is_changed && !self.saves_itself() => {
                ("Not published. Readers see the change when you choose Update.".to_owned(), false)
            }
            _ if is_changed && self.draft.title.read().trim().is_empty() => {
                ("Not saved yet: give it a title.".to_owned(), false)
            }
            _ if is_changed => ("Not saved yet".to_owned(), false),
            _ if is_stored => ("Saved".to_owned(), false),
            _ => ("Nothing to save yet".to_owned(), false),
        }
    }
}

/// The first thing that is wrong, in words.
fn reason(error: &Error) -> String {
    match error {
        Error::Invalid { fields } => fields.first().map_or_else(|| error.to_string(), |field| field.message.clone()),
        Error::EditedElsewhere { .. } => "somebody else changed this entry.".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_saved_after_longer_pauses() {
        for (words, seconds) in [(0, 1), (1000, 1), (1001, 2), (3000, 2), (3001, 5)] {
            assert_eq!(pause_before_saving(words), Duration::from_secs(seconds), "{words}");
        }
    }

    #[test]
    fn what_the_server_refused_is_not_sent_again_and_a_lost_connection_always_is() {
        let unavailable = || Error::Unavailable { reference: String::new() };
        for (error, attempt, seconds) in [
            (Error::Network, 1, Some(2)),
            (Error::Network, 3, Some(6)),
            (Error::Network, 400, Some(30)),
            (unavailable(), 1, Some(2)),
            (unavailable(), 3, Some(6)),
            (unavailable(), 4, None),
            (Error::SlowDown { seconds: 7 }, 1, Some(7)),
            (Error::field("title", "x"), 1, None),
            (Error::conflict("x"), 1, None),
            (Error::SignedOut, 1, None),
            (Error::NeedsApproval, 1, None),
        ] {
            assert_eq!(pause_before_retry(&error, attempt), seconds.map(Duration::from_secs), "{error} {attempt}");
        }
    }
}
