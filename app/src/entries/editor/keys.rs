//! The keyboard: what works everywhere in the editor, and the list of it all.

use leptos::ev;
use leptos::prelude::*;
use ui::{Dialog, Kbd};

/// What each key does, in groups.
const KEYS: [(&str, &[(&str, &str)]); 4] = [
    (
        "Entry",
        &[
            ("Ctrl+S", "Save now"),
            ("Ctrl+Enter", "Publish, or change the publication"),
            ("Alt+N", "Quick notes"),
            ("?", "This list, outside of fields"),
        ],
    ),
    (
        "Text",
        &[
            ("Ctrl+B", "Bold"),
            ("Ctrl+I", "Italic"),
            ("Ctrl+K", "Link"),
            ("Ctrl+1", "Heading 1"),
            ("Ctrl+2", "Heading 2"),
            ("Ctrl+3", "Heading 3"),
            ("Ctrl+Z", "Undo"),
            ("Ctrl+Shift+Z", "Redo"),
            ("Ctrl+F", "Find in the text"),
            ("Ctrl+H", "Find and replace"),
        ],
    ),
    (
        "While writing",
        &[
            ("/", "At the start of a line: insert a block"),
            ("Enter", "In a list or quote: the next item; on an empty one, the end"),
            ("Tab", "In a list: one level in; Shift+Tab one level out"),
            ("Esc", "Close a menu"),
        ],
    ),
    (
        "While searching",
        &[
            ("Enter", "The next match; beside \u{201c}Replace with\u{201d}: replace and go on"),
            ("Shift+Enter", "The match before"),
            ("Esc", "Back to the text, with the match selected"),
        ],
    ),
];

/// Listens at the window: saving, publishing, and the list of keys.
pub(super) fn listen(
    save: impl Fn() + Copy + 'static,
    publish: impl Fn() + Copy + 'static,
    list: RwSignal<bool>,
    notes: RwSignal<bool>,
) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let with_ctrl = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
            match event.key().as_str() {
                "s" | "S" if with_ctrl && !event.shift_key() => {
                    event.prevent_default();
                    save();
                }
                "Enter" if with_ctrl => {
                    event.prevent_default();
                    publish();
                }
                // By the place of the key: with Alt it may mean another letter.
                _ if event.alt_key() && !event.ctrl_key() && !event.meta_key() && event.code() == "KeyN" => {
                    event.prevent_default();
                    notes.set(true);
                }
                "?" if !with_ctrl && !is_typing() => {
                    event.prevent_default();
                    list.set(true);
                }
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether the focus is where letters are text.
fn is_typing() -> bool {
    document()
        .active_element()
        .is_some_and(|element| matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

#[component]
pub(super) fn KeysDialog(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog id="editor-keys" open title="Keyboard shortcuts">
            <div class="stack">
                <p class="field-hint">"On a Mac, ⌘ takes the place of Ctrl."</p>
                {KEYS
                    .into_iter()
                    .map(|(group, keys)| view! {
                        <section>
                            <h3 class="keys-head">{group}</h3>
                            <dl class="keys-list">
                                {keys
                                    .iter()
                                    .map(|(keys, what)| view! {
                                        <div>
                                            <dt>{keys.split('+').map(|key| view! { <Kbd>{key}</Kbd> }).collect_view()}</dt>
                                            <dd>{*what}</dd>
                                        </div>
                                    })
                                    .collect_view()}
                            </dl>
                        </section>
                    })
                    .collect_view()}
            </div>
        </Dialog>
    }
}
