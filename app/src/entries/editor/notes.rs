//! Quick notes: one line for what deserves no entry of its own. They wait in the project until an entry takes them along
//! under “Also fixed”.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::entries::Entry;
use model::quick_notes::{HEADING, MAX_TEXT, QuickNote};
use model::{Error, ProjectId, Result};
use ui::{Button, Dialog, Field, FormError, Glyph, IconButton, Toasts, Variant, use_toasts};

use super::draft::Snapshot;
use super::saving::{Saver, Then};
use crate::quick_notes::{add_quick_note, delete_quick_note, list_quick_notes, take_quick_notes};

/// The notes that wait, as the server told them last.
#[derive(Clone, Copy)]
pub(super) struct Notes {
    project: StoredValue<ProjectId>,
    pub open: RwSignal<bool>,
    waiting: RwSignal<Vec<QuickNote>>,
    failure: RwSignal<Option<Error>>,
    toasts: Toasts,
}

impl Notes {
    pub fn new(project: ProjectId) -> Self {
        Self {
            project: StoredValue::new(project),
            open: RwSignal::new(false),
            waiting: RwSignal::new(Vec::new()),
            failure: RwSignal::new(None),
            toasts: use_toasts(),
        }
    }

    fn load(self) {
        spawn_local(async move {
            let Some(project) = self.project.try_get_value() else { return };
            // The page may be gone by the time of an answer, and its signals.
            match list_quick_notes(project).await {
                Ok(notes) => drop(self.waiting.try_set(notes)),
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }

    fn add(self, text: RwSignal<String>) {
        let (project, written) = (self.project.get_value(), text.get_untracked());
        self.failure.set(None);
        spawn_local(async move {
            match add_quick_note(project, written.clone()).await {
                Ok(note) => {
                    let _ = self.waiting.try_update(|notes| notes.push(note));
                    // What was typed meanwhile is the next one.
                    if text.try_get_untracked() == Some(written) {
                        text.set(String::new());
                    }
                }
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }

    fn remove(self, note: QuickNote) {
        let project = self.project.get_value();
        self.failure.set(None);
        spawn_local(async move {
            match delete_quick_note(project, note.id.clone()).await {
                // Somebody else may have been quicker.
                Ok(()) | Err(Error::NotFound) => {
                    let _ = self.waiting.try_update(|notes| notes.retain(|other| other.id != note.id));
                }
                Err(error) => drop(self.failure.try_set(Some(error))),
            }
        });
    }

    /// Saves the entry and puts what waits into it.
    fn take(self, saver: Saver) {
        let toasts = self.toasts;
        self.failure.set(None);
        saver.run(Some(Then::new(move |answer: Result<Entry>| {
            let entry = match answer {
                Ok(entry) => entry,
                Err(error) => return self.failure.set(Some(error)),
            };
            let project = self.project.get_value();
            let count = self.waiting.with_untracked(Vec::len);
            spawn_local(async move {
                match take_quick_notes(project, entry.id.clone(), entry.lock_version).await {
                    Ok(changed) => {
                        put(saver, &entry.content, changed);
                        let _ = self.waiting.try_set(Vec::new());
                        let _ = self.open.try_set(false);
                        toasts.say(if count == 1 {
                            "1 note put in.".to_owned()
                        } else {
                            format!("{count} notes put in.")
                        });
                    }
                    Err(error) => drop(self.failure.try_set(Some(error))),
                }
            });
        })));
    }
}

/// Takes over the entry with its notes. What was typed since it was saved as `sent` stays beside them.
fn put(saver: Saver, sent: &str, changed: Entry) {
    let draft = saver.draft;
    let Some(now) = draft.now() else { return };
    if untrack(move || draft.is_changed()) {
        let pieces = compare::merge_pieces(sent, &now.content, &changed.content);
        draft.rebase(changed);
        draft.put(Snapshot { content: compare::settle(&pieces, &[]), ..now });
    } else {
        draft.take(changed);
    }
}

fn counted(count: usize) -> String {
    if count == 1 { "1 quick note waits".to_owned() } else { format!("{count} quick notes wait") }
}

#[component]
pub(super) fn NotesDialog(notes: Notes, saver: Saver) -> impl IntoView {
    let text = RwSignal::new(String::new());
    Effect::new(move |_| {
        if notes.open.get() {
            notes.failure.set(None);
            notes.load();
        }
    });
    let is_empty = Signal::derive(move || notes.waiting.read().is_empty());
    let message = Signal::derive(move || {
        notes.failure.get().map(|error| match error {
            Error::Invalid { fields } => fields.into_iter().next().map(|field| field.message).unwrap_or_default(),
            other => other.to_string(),
        })
    });
    view! {
        <Dialog id="editor-notes" open=notes.open title="Quick notes">
            <div class="stack">
                <p class="field-hint">"Small things that deserve a line and no entry of their own. They wait here until an entry takes them along under “"{HEADING}"”."</p>
                <FormError message/>
                <form
                    class="stack"
                    novalidate
                    on:submit=move |event: web_sys::SubmitEvent| {
                        event.prevent_default();
                        notes.add(text);
                    }
                >
                    <Field label="Note" name="note" bind=text required=true maxlength=u32::try_from(MAX_TEXT).unwrap_or(u32::MAX) placeholder="One line, then Enter"/>
                    <div class="cluster">
                        <Button variant=Variant::Quiet kind="submit">"Add"</Button>
                        <Button kind="button" variant=Variant::Primary disabled=is_empty on_click=move |_| notes.take(saver)>"Put into this entry"</Button>
                    </div>
                </form>
                <ul class="notes-list">
                    <For each=move || notes.waiting.get() key=|note| note.id.clone() let:note>
                        <li>
                            <span dir="auto">{note.text.clone()}</span>
                            {note.author.clone().map(|author| view! { <span class="soft small">{author}</span> })}
                            <IconButton
                                glyph=Glyph::Trash
                                label=format!("Remove {}", note.text)
                                small=true
                                kind="button"
                                on_click={
                                    let note = note.clone();
                                    move |_| notes.remove(note.clone())
                                }
                            />
                        </li>
                    </For>
                </ul>
            </div>
        </Dialog>
    }
}

/// In the sheet that publishes: what waits can still come along.
#[component]
pub(super) fn WaitingNotes(notes: Notes, saver: Saver, sheet: RwSignal<bool>) -> impl IntoView {
    Effect::new(move |_| {
        if sheet.get() {
            notes.load();
        }
    });
    view! {
        <Show when=move || !notes.waiting.read().is_empty()>
            <p class="cluster">
                <span>{move || counted(notes.waiting.read().len())}"."</span>
                <Button kind="button" small=true on_click=move |_| notes.take(saver)>"Put under “"{HEADING}"”"</Button>
            </p>
        </Show>
    }
}
