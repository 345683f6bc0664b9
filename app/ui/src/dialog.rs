//! Modal dialogs on the browser's own `<dialog>`: it traps focus, closes on Escape and gives focus back by itself.

use leptos::{context::Provider, html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    button::{Button, IconButton, Variant},
    field::Field,
    icon::Glyph,
};

/// Lets parts inside a dialog close it; provided by [`Dialog`].
#[derive(Clone)]
struct Surroundings {
    id: String,
    open: RwSignal<bool>,
}

/// Opens the dialog `id` for the button that was clicked. Browsers that know invoker commands would do it themselves;
/// doing it here serves the others too.
pub(crate) fn open_from(event: &web_sys::MouseEvent, id: &str) {
    let dialog = document().get_element_by_id(id).and_then(|found| found.dyn_into::<web_sys::HtmlDialogElement>().ok());
    let Some(dialog) = dialog else { return };
    event.prevent_default();
    // The dialog gives focus back to where it was. A menu item is hidden by then, so its menu takes its place.
    let menu = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
        .and_then(|target| target.closest("details").ok().flatten())
        .and_then(|menu| menu.query_selector("summary").ok().flatten())
        .and_then(|summary| summary.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(summary) = menu {
        // A summary can always take focus.
        let _ = summary.focus();
    }
    if !dialog.open() {
        // Fails only for an element that is not in the page.
        let _ = dialog.show_modal();
    }
}

/// A modal panel. Its content is in the page from the start, so a form in it also works without scripts: a
/// `<Button opens="…"/>` with the same id opens it.
#[component]
pub fn Dialog(
    #[prop(into)] id: String,
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    children: Children,
    /// 720 px instead of 480.
    #[prop(optional)]
    wide: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let wanted = open.get();
        let Some(dialog) = node.get() else { return };
        if wanted && !dialog.open() {
            // One that is made to be open is not in the page yet, and opens once it is.
            if dialog.show_modal().is_err() {
                request_animation_frame(move || {
                    if open.try_get_untracked() == Some(true) && !dialog.open() {
                        // Fails only for an element that is not in the page; the next change tries again.
                        let _ = dialog.show_modal();
                    }
                });
            }
        } else if !wanted && dialog.open() {
            dialog.close();
        }
    });
    // The browser may open and close the dialog itself (invoker commands, Escape).
    let follow = move |_| {
        if let Some(dialog) = node.get_untracked()
            && dialog.open() != open.get_untracked()
        {
            open.set(dialog.open());
        }
    };
    let around = Surroundings { id: id.clone(), open };
    let heading = format!("{id}-title");
    view! {
        <dialog
            node_ref=node
            id=id
            class=if wide { "dialog dialog-wide" } else { "dialog" }
            aria-labelledby=heading.clone()
            on:close=follow
            on:toggle=follow
        >
            <div class="dialog-head">
                <h2 class="dialog-title" id=heading.clone()>
                    {move || title.get()}
                </h2>
            </div>
            <div class="dialog-body">
                <Provider value=around>{children()}</Provider>
            </div>
            // Last, though shown above: the focus begins at the first thing to fill in or to choose.
            <div class="dialog-close">
                <IconButton
                    glyph=Glyph::Close
                    label="Close"
                    small=true
                    kind="button"
                    on_click=move |_| open.set(false)
                />
            </div>
        </dialog>
    }
}

/// The buttons at the end of a dialog; "Cancel" is added in front of `children`.
#[component]
pub fn DialogActions(#[prop(default = "Cancel".to_owned(), into)] cancel: String, children: Children) -> impl IntoView {
    let around = use_context::<Surroundings>();
    let closes = around.as_ref().map(|around| around.id.clone());
    let command = closes.is_some().then_some("close");
    let close = move |event: web_sys::MouseEvent| {
        if let Some(around) = &around {
            event.prevent_default();
            around.open.set(false);
        }
    };
    view! {
        <div class="dialog-actions">
            <button type="button" class="button button-quiet" command=command commandfor=closes on:click=close>
                <span class="button-label">{cancel}</span>
            </button>
            {children()}
        </div>
    }
}

/// The inside of a form that destroys something: the consequences (`children`), the typed name, the buttons. Put it in
/// an `ActionForm` in a [`Dialog`]. Once scripts run, the button waits until `phrase` is typed; without them the server
/// compares the field `confirm`.
#[component]
pub fn Confirm(
    /// The button, naming the object: "Delete project".
    #[prop(into)]
    verb: String,
    /// What must be typed; nothing when empty.
    #[prop(optional, into)]
    phrase: String,
    #[prop(optional, into)] busy: Signal<bool>,
    /// The server's answer to the typed name.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    let around = use_context::<Surroundings>();
    let typed = RwSignal::new(String::new());
    let interactive = RwSignal::new(false);
    Effect::new(move || interactive.set(true));
    let asks = !phrase.is_empty();
    let expected = phrase.clone();
    let waits = Signal::derive(move || interactive.get() && typed.read().trim() != expected);
    // Two dialogs in one page both have a field `confirm`.
    let field = around.map_or_else(|| "confirm".to_owned(), |around| format!("{}-confirm", around.id));
    view! {
        <div class="stack">
            <div class="confirm-text">{children()}</div>
            {asks
                .then(|| {
                    view! {
                        <Field
                            id=field
                            label=format!("Type \u{201c}{phrase}\u{201d} to confirm")
                            name="confirm"
                            bind=typed
                            error=error
                            required=true
                            autocomplete="off"
                        />
                    }
                })}
            <DialogActions>
                <Button variant=Variant::Danger kind="submit" busy=busy disabled=waits>{verb}</Button>
            </DialogActions>
        </div>
    }
}

/// A whole confirmation for callers that act by callback instead of a form. Prefer [`Confirm`] in an `ActionForm`:
/// it works without scripts.
#[component]
pub fn ConfirmDialog(
    #[prop(into)] id: String,
    open: RwSignal<bool>,
    #[prop(into)] title: Signal<String>,
    #[prop(into)] verb: String,
    #[prop(optional, into)] phrase: String,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(into)] on_confirm: Callback<()>,
    children: Children,
) -> impl IntoView {
    let confirmed = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        on_confirm.run(());
    };
    view! {
        <Dialog id open title>
            <form method="dialog" on:submit=confirmed>
                <Confirm verb phrase busy>{children()}</Confirm>
            </form>
        </Dialog>
    }
}
