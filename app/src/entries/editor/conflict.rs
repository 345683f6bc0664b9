//! Somebody else saved while this text was written. Both texts are shown; nothing is overwritten unseen.

use leptos::prelude::*;
use model::Error;
use model::entries::Entry;
use ui::{Button, Notice, Tone, Variant};

use super::Draft;

#[component]
pub(super) fn Conflict(failure: Signal<Option<Error>>, draft: Draft) -> impl IntoView {
    // The choice made here ends the conflict, although the action still holds the error.
    let settled = RwSignal::new(None::<i64>);
    let theirs = Signal::derive(move || {
        failure.with(|error| match error {
            Some(Error::EditedElsewhere { current }) if settled.get() != Some(current.lock_version) => {
                Some(Entry::clone(current))
            }
            _ => None,
        })
    });
    move || {
        theirs.get().map(|theirs| {
            let lock = theirs.lock_version;
            let (title, text) = (theirs.title.clone(), theirs.content.clone());
            let (to_keep, to_take) = (theirs.clone(), theirs);
            view! {
                <Notice tone=Tone::Warn title="Somebody else saved this entry">
                    <p>"Your text is below and still unsaved. This is theirs:"</p>
                    <p><strong dir="auto">{title}</strong></p>
                    <pre class="conflict-text" tabindex="0" dir="auto">{text}</pre>
                    <div class="cluster">
                        <Button
                            kind="button"
                            variant=Variant::Primary
                            on_click=move |_| {
                                // The next save replaces what was just shown, and only that.
                                draft.stored.set(Some(to_keep.clone()));
                                settled.set(Some(lock));
                            }
                        >
                            "Keep mine"
                        </Button>
                        <Button
                            kind="button"
                            variant=Variant::Quiet
                            on_click=move |_| {
                                draft.take(to_take.clone());
                                settled.set(Some(lock));
                            }
                        >
                            "Take theirs"
                        </Button>
                    </div>
                </Notice>
            }
        })
    }
}
