//! Nothing typed is lost by accident: leaving asks, and the usual shortcut saves.

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::JsValue;

/// Whether the guard is off for good, because what it guarded was deleted.
#[derive(Clone, Copy)]
struct Forgotten(RwSignal<bool>);

/// Asks before the page is left while `changed` holds.
pub(super) fn guard(changed: impl Fn() -> bool + Send + Sync + Copy + 'static) {
    let forgotten = RwSignal::new(false);
    provide_context(Forgotten(forgotten));
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
    // As the router has it: the window's address may still be that of the page before.
    let here = use_location().pathname.get_untracked();
    Effect::new(move |_| ask_on_history(here.clone(), asks));
}

/// The browser's Back and Forward stay in this document, where no `beforeunload` asks. The router must not hear of the
/// step before the answer, so this listens while the event is on its way down.
fn ask_on_history(here: String, asks: impl Fn() -> bool + 'static) {
    let stepped = Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
        // A link to a place in this page is a step, too. A browser that shows no question answers with an error.
        if window().location().pathname().is_ok_and(|path| path != here)
            && asks()
            && !window().confirm_with_message("Leave without saving? What you typed is lost.").unwrap_or(true)
        {
            event.stop_immediate_propagation();
            // The address has changed already; take it back.
            if let Ok(history) = window().history() {
                let _ = history.push_state_with_url(&JsValue::NULL, "", Some(&here));
            }
        }
    });
    // Neither adding nor removing fails for a window and a name that it knows.
    let listener = stepped.as_ref().unchecked_ref();
    let _ = window().add_event_listener_with_callback_and_bool("popstate", listener, true);
    let stepped = StoredValue::new_local(stepped);
    on_cleanup(move || {
        let _ = stepped.try_with_value(|stepped| {
            let listener = stepped.as_ref().unchecked_ref();
            let _ = window().remove_event_listener_with_callback_and_bool("popstate", listener, true);
        });
    });
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

/// Switches the guard off.
pub(super) fn forget() {
    if let Some(Forgotten(forgotten)) = use_context() {
        forgotten.set(true);
    }
}

/// Ctrl+S or ⌘S sends the form.
pub(super) fn save_on_shortcut(form: &'static str) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            if (event.ctrl_key() || event.meta_key()) && event.key().eq_ignore_ascii_case("s") {
                event.prevent_default();
                let form =
                    document().get_element_by_id(form).and_then(|el| el.dyn_into::<web_sys::HtmlFormElement>().ok());
                if let Some(form) = form {
                    // An invalid form shows its own message; there is nothing else to report.
                    let _ = form.request_submit();
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
}
