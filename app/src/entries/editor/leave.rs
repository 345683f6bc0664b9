//! Nothing typed is lost by accident: leaving asks, and the usual shortcut saves.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Whether the guard is off for good, because what it guarded was deleted.
#[derive(Clone, Copy)]
struct Forgotten(RwSignal<bool>);

/// Asks before the page is left while `changed` holds.
pub(super) fn guard(changed: impl Fn() -> bool + Send + Sync + Copy + 'static) {
    let forgotten = RwSignal::new(false);
    provide_context(Forgotten(forgotten));
    Effect::new(move |_| {
        let handle = window_event_listener(ev::beforeunload, move |event| {
            if !forgotten.get_untracked() && untrack(changed) {
                event.prevent_default();
                event.set_return_value("unsaved");
            }
        });
        on_cleanup(move || handle.remove());
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
                let form = document().get_element_by_id(form).and_then(|el| el.dyn_into::<web_sys::HtmlFormElement>().ok());
                if let Some(form) = form {
                    // An invalid form shows its own message; there is nothing else to report.
                    let _ = form.request_submit();
                }
            }
        });
        on_cleanup(move || handle.remove());
    });
}
