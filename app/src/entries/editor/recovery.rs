//! Text that a crash, a closed tab or an ended session left behind in this browser.

use leptos::prelude::*;
use ui::{Button, Notice, Tone, Variant};

use super::conflict::Compare;
use super::draft::Snapshot;
use super::local::{self, Copy};
use super::saving::Saver;

#[component]
pub(super) fn Recovery(saver: Saver) -> impl IntoView {
    let draft = saver.draft;
    let found = RwSignal::new(None::<Copy>);
    let compares = RwSignal::new(false);
    let key = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        let Some(name) = saver.key() else { return };
        let loaded = draft.stored.get_untracked().map(|entry| Snapshot::of(&entry)).or_else(|| draft.now());
        found.set(loaded.and_then(|loaded| local::offer(&name, &loaded)));
        key.set_value(Some(name));
    });
    let settle = move || {
        if let Some(key) = key.get_value() {
            local::settle(&key);
        }
        found.set(None);
    };
    move || {
        found.get().map(|copy| {
            let text = copy.text.clone();
            let shown = copy.text;
            view! {
                <Notice tone=Tone::Warn title=format!("You have text from {} that was not saved", local::time_of(copy.at))>
                    <p>"It was kept in this browser when the page closed."</p>
                    {move || compares.get().then(|| {
                        let now = untrack(move || draft.snapshot());
                        view! { <Compare left=shown.clone() right=now left_name="Not saved" right_name="In the editor"/> }
                    })}
                    <div class="cluster">
                        <Button
                            kind="button"
                            variant=Variant::Primary
                            on_click=move |_| {
                                settle();
                                draft.put(text.clone());
                            }
                        >
                            "Restore"
                        </Button>
                        <Button kind="button" variant=Variant::Quiet on_click=move |_| compares.update(|on| *on = !*on)>
                            {move || if compares.get() { "Hide comparison" } else { "Compare" }}
                        </Button>
                        <Button kind="button" variant=Variant::Quiet on_click=move |_| settle()>"Discard"</Button>
                    </div>
                </Notice>
            }
        })
    }
}
