//! Who else has the entry open: a sign of life every few seconds while the page is in front, answered with the others.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::ProjectId;
use model::own_settings::initials;
use model::presence::{BEAT, Present, told};
use ui::Button;

use super::draft::Draft;
use super::saving::{Saver, Trouble};
use crate::entries::{be_present, get_entry};

#[component]
pub(super) fn Presence(saver: Saver, project: ProjectId) -> impl IntoView {
    let draft = saver.draft;
    let others = RwSignal::new(Vec::<Present>::new());
    // As the server has it: more than the editor knows when somebody else has saved.
    let version = RwSignal::new(0_i64);
    let typed = StoredValue::new(false);
    let project = StoredValue::new(project);
    Effect::new(move |earlier: Option<()>| {
        draft.content.track();
        draft.title.track();
        if earlier.is_some() {
            typed.set_value(true);
        }
    });
    let beat = move || {
        let entry = draft.stored.try_get_untracked().flatten().map(|entry| entry.id);
        let (Some(entry), Some(project)) = (entry, project.try_get_value()) else { return };
        // Whoever looks at something else is not here, and nobody asks a server that does not answer.
        let is_away = document().hidden();
        let is_cut_off =
            saver.trouble.with_untracked(|trouble| matches!(trouble, Some(Trouble::Offline | Trouble::SignedOut)));
        if is_away || is_cut_off {
            return;
        }
        let is_writing = typed.try_update_value(std::mem::take).unwrap_or(false);
        spawn_local(async move {
            // The next one may reach it again. The page may be gone by then, and its signals.
            if let Ok(around) = be_present(project, entry, is_writing, false).await {
                let _ = others.try_set(around.others);
                let _ = version.try_set(around.lock_version);
            }
        });
    };
    let id = Memo::new(move |_| draft.id());
    Effect::new(move |_| {
        let Some(entry) = id.get() else { return };
        untrack(beat);
        let timer = set_interval_with_handle(beat, Duration::from_secs(BEAT)).ok();
        on_cleanup(move || {
            if let Some(timer) = timer {
                timer.clear();
            }
            if let Some(project) = project.try_get_value() {
                // Otherwise the others see it a little later.
                spawn_local(async move {
                    let _ = be_present(project, entry, false, true).await;
                });
            }
        });
    });
    view! {
        <div class="presence">
            <For each=move || others.get() key=|other| (other.id.clone(), other.is_writing) let:other>
                <span class="presence-person" data-writing=other.is_writing.then_some("true") title=other.name.clone() aria-hidden="true">
                    {initials(&other.name)}
                </span>
            </For>
            <span class="presence-words" role="status">{move || others.with(|others| told(others))}</span>
            <Newer saver version project/>
        </div>
    }
}

/// Somebody has saved since this editor was opened, and nothing here would be lost by looking at it.
#[component]
fn Newer(saver: Saver, version: RwSignal<i64>, project: StoredValue<ProjectId>) -> impl IntoView {
    let draft = saver.draft;
    let is_newer = Memo::new(move |_| {
        let known = draft.stored.read().as_ref().map(|entry| entry.lock_version);
        known.is_some_and(|known| version.get() > known) && !draft.is_changed() && !saver.busy.get()
    });
    let load = move |_| take_stored(draft, project.get_value());
    view! {
        <Show when=move || is_newer.get()>
            <span class="presence-newer">
                "Somebody saved a newer text. "
                <Button kind="button" small=true on_click=load>"Show it"</Button>
            </span>
        </Show>
    }
}

/// Takes over what the server has, unless somebody typed meanwhile.
fn take_stored(draft: Draft, project: ProjectId) {
    let Some(id) = untrack(move || draft.id()) else { return };
    spawn_local(async move {
        if let Ok(data) = get_entry(project, Some(id), None).await
            && let Some(entry) = data.entry
            && draft.now().is_some()
            && !untrack(move || draft.is_changed())
        {
            draft.take(entry);
        }
    });
}
