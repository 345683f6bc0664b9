//! Form controls: real inputs with names, so a form works before and without scripts.
//!
//! Every control shows its `error` beside itself and is described by it. `value` is what the server knows; `bind` keeps
//! a signal in step in both directions and never loses what was typed before the page became interactive.

use leptos::{ev, html, prelude::*};

mod choice;
mod text;

pub use choice::{CheckGroup, Checkbox, Choice, Radios, Select, Switch};
pub use text::{Field, SearchField, TextArea};

/// The id of a control when the caller gives none. It depends on the name only, so both sides of hydration agree.
pub(crate) fn control_id(id: Option<String>, name: &str) -> String {
    id.unwrap_or_else(|| format!("field-{}", name.replace(['[', ']'], "-")))
}

/// The ids for `aria-describedby`: the error first, as it is what the reader came back for.
pub(crate) fn described_by(
    id: &str,
    hint: bool,
    error: Signal<Option<String>>,
) -> impl Fn() -> Option<String> + Send + Sync + Clone + 'static {
    let id = id.to_owned();
    move || match (error.read().is_some(), hint) {
        (true, true) => Some(format!("{id}-error {id}-hint")),
        (true, false) => Some(format!("{id}-error")),
        (false, true) => Some(format!("{id}-hint")),
        (false, false) => None,
    }
}

/// The lines under a control: its hint and its error.
#[component]
pub(crate) fn FieldNotes(id: String, hint: Option<String>, error: Signal<Option<String>>) -> impl IntoView {
    let error_id = format!("{id}-error");
    view! {
        {hint.map(|hint| view! { <p class="field-hint" id=format!("{id}-hint")>{hint}</p> })}
        {move || {
            let error_id = error_id.clone();
            error.get().map(move |text| view! { <p class="field-error" id=error_id>{text}</p> })
        }}
    }
}

/// What [`keep_in_step`] needs of an input and of a text area.
pub trait TextControl {
    fn text(&self) -> String;
    fn set_text(&self, text: &str);
}

impl TextControl for web_sys::HtmlInputElement {
    fn text(&self) -> String {
        self.value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

impl TextControl for web_sys::HtmlTextAreaElement {
    fn text(&self) -> String {
        self.value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

/// Writes changes of `bound` into the control. On the first run the control wins: a reader may have typed into the
/// server's page before scripts arrived.
pub fn keep_in_step<E>(node: NodeRef<E>, bound: Option<RwSignal<String>>)
where
    E: html::ElementType + 'static,
    E::Output: TextControl + wasm_bindgen::JsCast + Clone + 'static,
{
    let Some(bound) = bound else { return };
    Effect::new(move |earlier: Option<bool>| {
        let wanted = bound.get();
        let Some(control) = node.get() else { return false };
        let typed = control.text();
        if earlier != Some(true) {
            if typed != wanted {
                bound.set(typed);
            }
        } else if typed != wanted {
            control.set_text(&wanted);
        }
        true
    });
}

/// Moves the focus to `node` when `key` is pressed anywhere but where letters are text.
pub(crate) fn focus_on_key(node: NodeRef<html::Input>, key: String) {
    Effect::new(move || {
        let key = key.clone();
        let handle = window_event_listener(ev::keydown, move |event| {
            if event.key() != key || event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing() {
                return;
            }
            if let Some(input) = node.get_untracked() {
                event.prevent_default();
                // It is in the page, so focus cannot fail.
                let _ = input.focus();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether the focus is where letters are text.
fn is_typing() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.has_attribute("contenteditable")
    })
}

/// The handler that follows typing.
pub(crate) fn follow(
    bound: Option<RwSignal<String>>,
    on_input: Option<Callback<String>>,
) -> impl Fn(web_sys::Event) + Clone + 'static {
    move |event| {
        let text = event_target_value(&event);
        if let Some(bound) = bound {
            bound.set(text.clone());
        }
        if let Some(callback) = on_input {
            callback.run(text);
        }
    }
}

/// What the server's page shows in a control.
pub(crate) fn initial(value: Signal<String>, bound: Option<RwSignal<String>>) -> Signal<String> {
    match bound {
        // Read once: later changes go through `keep_in_step`, which knows what the reader typed.
        Some(bound) => Signal::stored(bound.get_untracked()),
        None => value,
    }
}
