//! Nothing typed is lost by accident: leaving asks.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsValue;

/// Stands before the ways out of an editor.
#[derive(Clone, Copy)]
pub(super) struct Guard {
    /// Whether it is off for good, because what it guarded was deleted.
    forgotten: RwSignal<bool>,
    editing: Option<StoredValue<Option<Editing>>>,
}

/// Asks before the page is left while `changed` holds.
pub(super) fn guard(changed: impl Fn() -> bool + Send + Sync + Copy + 'static) -> Guard {
    let forgotten = RwSignal::new(false);
    let asks = move || !forgotten.get_untracked() && untrack(changed);
    Effect::new(move |_| {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if asks() {
                event.prevent_default();
                event.set_return_value("unsaved");
            }
        });
        on_cleanup(move || handle.remove());
    });
    let Some(History(editing)) = use_context() else { return Guard { forgotten, editing: None } };
    // As the router has it: the window's address may still be that of the page before.
    let here = use_location().pathname.get_untracked();
    let asks = Callback::new(move |()| asks());
    editing.set_value(Some(Editing { here, asks, forgotten }));
    on_cleanup(move || {
        // The next editor may be there already; and the page may be gone with everything.
        let _ = editing.try_update_value(|editing| {
            if editing.as_ref().is_some_and(|editing| editing.forgotten == forgotten) {
                *editing = None;
            }
        });
    });
    Guard { forgotten, editing: Some(editing) }
}

impl Guard {
    /// Notes that the editor has another address now.
    pub fn moved(self, path: &str) {
        if let Some(editing) = self.editing {
            let _ = editing.try_update_value(|editing| {
                if let Some(editing) = editing {
                    path.clone_into(&mut editing.here);
                }
            });
        }
    }

    /// Switches the guard off.
    pub fn forget(self) {
        let _ = self.forgotten.try_set(true);
    }

    /// Whether what the editor held was deleted, so that nothing of it is worth keeping.
    pub fn is_forgotten(self) -> bool {
        self.forgotten.try_get_untracked().unwrap_or(true)
    }
}

/// The editor in front of the reader, for steps through the history.
#[derive(Clone)]
struct Editing {
    /// Its path.
    here: String,
    asks: Callback<(), bool>,
    /// Tells one editor from the next.
    forgotten: RwSignal<bool>,
}

#[derive(Clone, Copy)]
struct History(StoredValue<Option<Editing>>);

/// Asks before the browser's Back and Forward leave an editor with something unsaved: they stay in this document, where
/// no `beforeunload` asks. Call it before the router starts, so that the router does not hear of a step before the
/// answer: events at the window reach listeners in the order in which these came.
pub fn watch_history() {
    let editing = StoredValue::new(None::<Editing>);
    provide_context(History(editing));
    if cfg!(feature = "hydrate") {
        // Stays for as long as the document, so nothing has to remove it.
        let _ = window_event_listener(ev::popstate, move |event| {
            let Some(Editing { here, asks, .. }) = editing.get_value() else { return };
            // A link to a place in the same page is a step, too.
            if window().location().pathname().is_ok_and(|path| path == here) || !asks.run(()) {
                return;
            }
            // A browser that shows no question answers with an error, and then nothing holds anybody back.
            if window().confirm_with_message("Leave without saving? What you typed is lost.").unwrap_or(true) {
                return;
            }
            event.stop_immediate_propagation();
            // The address has changed already; take it back.
            if let Ok(history) = window().history() {
                let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
            }
        });
    }
}

/// Lets the browser itself follow links while `changed` holds: without the router's shortcut it leaves the page, and so
/// asks. Put it on what contains the links.
pub(super) fn ask_on_links(changed: impl Fn() -> bool) -> impl Fn(ev::MouseEvent) {
    move |event| {
        if untrack(&changed) {
            event.stop_propagation();
        }
    }
}
