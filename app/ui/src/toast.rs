//! Short reports of what was done, with a way back. Errors that need reading belong on the page, not here.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    button::{Button, IconButton, Variant},
    icon::Glyph,
};

#[derive(Debug, Clone)]
struct Toast {
    id: u32,
    text: String,
    undo: Option<Callback<()>>,
}

/// The handle of the page's toasts.
#[derive(Debug, Clone, Copy)]
pub struct Toasts {
    list: RwSignal<Vec<Toast>>,
    count: StoredValue<u32>,
}

impl Toasts {
    fn new() -> Self {
        Self { list: RwSignal::new(Vec::new()), count: StoredValue::new(0) }
    }

    /// Reports something done: "Entry published." Disappears by itself.
    pub fn say(&self, text: impl Into<String>) {
        self.push(text.into(), None);
    }

    /// Reports something done and offers to undo it.
    pub fn say_with_undo(&self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.push(text.into(), Some(Callback::new(move |()| undo())));
    }

    pub(crate) fn push(&self, text: String, undo: Option<Callback<()>>) {
        let id = self.count.get_value();
        self.count.set_value(id.wrapping_add(1));
        self.list.update(|list| {
            list.push(Toast { id, text, undo });
            // More than three at once cannot be read.
            if list.len() > 3 {
                list.remove(0);
            }
        });
    }

    fn dismiss(&self, id: u32) {
        // The page may be gone when a timer fires.
        let _ = self.list.try_update(|list| list.retain(|toast| toast.id != id));
    }
}

/// Makes toasts available to everything below. Call it once, in the root component.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts::new();
    provide_context(toasts);
    toasts
}

/// The page's toasts. Where none were provided the reports go nowhere.
pub fn use_toasts() -> Toasts {
    use_context::<Toasts>().unwrap_or_else(Toasts::new)
}

/// Where toasts appear. Put it once at the end of the page.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts();
    view! {
        <div class="toasts" role="status" aria-live="polite" aria-label="Messages">
            <For each=move || toasts.list.get() key=|toast| toast.id let(toast)>
                <ToastLine toast toasts/>
            </For>
        </div>
    }
}

#[component]
fn ToastLine(toast: Toast, toasts: Toasts) -> impl IntoView {
    let Toast { id, text, undo } = toast;
    // Stays as long as the pointer or the keyboard is in it.
    let held = RwSignal::new(false);
    let shown_for = Duration::from_secs(if undo.is_some() { 10 } else { 6 });
    Effect::new(move || {
        if held.get() {
            return;
        }
        if let Ok(timer) = set_timeout_with_handle(move || toasts.dismiss(id), shown_for) {
            on_cleanup(move || timer.clear());
        }
    });
    view! {
        <div
            class="toast"
            on:pointerenter=move |_| held.set(true)
            on:pointerleave=move |_| held.set(false)
            on:focusin=move |_| held.set(true)
            on:focusout=move |_| held.set(false)
        >
            <span class="toast-text">{text}</span>
            {undo
                .map(|undo| {
                    view! {
                        <Button
                            variant=Variant::Bare
                            small=true
                            glyph=Glyph::Undo
                            on_click=move |_| {
                                toasts.dismiss(id);
                                undo.run(());
                            }
                        >
                            "Undo"
                        </Button>
                    }
                })}
            <IconButton glyph=Glyph::Close label="Dismiss" small=true on_click=move |_| toasts.dismiss(id)/>
        </div>
    }
}
