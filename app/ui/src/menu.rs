//! A button with a list under it, on `<details>`: it opens without scripts; Escape, arrow keys and a click outside are
//! added once they run.

use leptos::{ev, html, leptos_dom::helpers::WindowListenerHandle, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    dialog::open_from,
    icon::{Glyph, Icon},
};

/// A drop-down list of [`MenuLink`], [`MenuButton`] and [`MenuLine`].
#[component]
pub fn Menu(
    /// Spoken name and tooltip when there is a `glyph` only; the text of the button otherwise.
    #[prop(into)]
    label: String,
    /// Shows this instead of the label.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// Content of the button instead of label or glyph (an avatar, say); `label` stays its spoken name.
    #[prop(optional, into)]
    face: Option<ViewFnOnce>,
    #[prop(optional)] small: bool,
    /// Opens towards the start instead of the end, for menus at the end of a line.
    #[prop(optional)]
    end: bool,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let outside = StoredValue::new(None::<WindowListenerHandle>);
    let stop = move || {
        if let Some(handle) = outside.try_update_value(Option::take).flatten() {
            handle.remove();
        }
    };
    let toggled = move |_| {
        let Some(details) = node.get_untracked() else { return };
        stop();
        if details.open() {
            let handle = window_event_listener(ev::pointerdown, move |event| {
                let Some(details) = node.try_get_untracked().flatten() else { return };
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                if !details.contains(target.as_ref()) {
                    details.set_open(false);
                }
            });
            outside.set_value(Some(handle));
        }
    };
    on_cleanup(stop);
    let clicked = move |event: web_sys::MouseEvent| {
        let on_item = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|target| target.closest(".menu-item").ok().flatten())
            .is_some();
        if on_item && let Some(details) = node.get_untracked() {
            details.set_open(false);
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        let Some(details) = node.get_untracked() else { return };
        match event.key().as_str() {
            "Escape" if details.open() => {
                event.prevent_default();
                event.stop_propagation();
                details.set_open(false);
                focus(details.query_selector("summary").ok().flatten());
            }
            "ArrowDown" | "ArrowUp" => {
                event.prevent_default();
                details.set_open(true);
                move_focus(&details, event.key() == "ArrowDown");
            }
            _ => {}
        }
    };
    let mut class = String::from("button");
    class.push_str(if glyph.is_some() || face.is_some() { " button-bare button-icon" } else { " button-quiet" });
    if small {
        class.push_str(" button-small");
    }
    let name = (glyph.is_some() || face.is_some()).then(|| label.clone());
    let face = match (face, glyph) {
        (Some(face), _) => face.run().into_any(),
        (None, Some(glyph)) => view! { <Icon glyph size=if small { 16 } else { 18 }/> }.into_any(),
        (None, None) => view! {
            <span class="button-label">{label}</span>
            <Icon glyph=Glyph::ChevronDown/>
        }
        .into_any(),
    };
    view! {
        <details
            node_ref=node
            class=if end { "menu menu-end" } else { "menu" }
            on:toggle=toggled
            on:keydown=pressed
            on:click=clicked
        >
            <summary class=class title=name.clone() aria-label=name>{face}</summary>
            <ul class="menu-list">{children()}</ul>
        </details>
    }
}

fn focus(element: Option<web_sys::Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Focus fails for detached elements only, and then there is nothing to focus.
        let _ = element.focus();
    }
}

/// Moves focus to the next or previous item, round the ends.
fn move_focus(details: &web_sys::HtmlDetailsElement, forward: bool) {
    let Ok(items) = details.query_selector_all(".menu-item:not([disabled])") else { return };
    let count = items.length();
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let here = (0..count).find(|&at| items.item(at).is_some_and(|item| item.is_same_node(active.as_deref())));
    let next = match (here, forward) {
        (Some(at), true) => (at + 1) % count,
        (Some(at), false) => (at + count - 1) % count,
        (None, true) => 0,
        (None, false) => count - 1,
    };
    focus(items.item(next).and_then(|item| item.dyn_into().ok()));
}

/// A menu item that goes somewhere.
#[component]
pub fn MenuLink(
    #[prop(into)] href: Signal<String>,
    children: Children,
    #[prop(optional)] glyph: Option<Glyph>,
    #[prop(optional)] external: bool,
    #[prop(optional, into)] current: Signal<bool>,
) -> impl IntoView {
    view! {
        <li>
            <a
                class="menu-item"
                href=move || href.get()
                target=external.then_some("_blank")
                rel=external.then_some("noopener")
                aria-current=move || current.get().then_some("true")
            >
                {glyph.map(|glyph| view! { <Icon glyph/> })}
                <span>{children()}</span>
                {external.then(|| view! { <Icon glyph=Glyph::ExternalLink label="opens in a new tab"/> })}
            </a>
        </li>
    }
}

/// A menu item that does something: by `on_click`, by opening a dialog, or by submitting the form around the menu or
/// the one named by `form`.
#[component]
pub fn MenuButton(
    children: Children,
    #[prop(optional)] glyph: Option<Glyph>,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    #[prop(optional, into)] form: Option<String>,
    /// Id of a [`crate::Dialog`].
    #[prop(optional, into)]
    opens: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<web_sys::MouseEvent>>,
) -> impl IntoView {
    let plain = on_click.is_some() || opens.is_some();
    let command = opens.is_some().then_some("show-modal");
    let dialog = opens.clone();
    view! {
        <li>
            <button
                type=if plain { "button" } else { "submit" }
                class=if danger { "menu-item menu-danger" } else { "menu-item" }
                name=name
                value=value
                form=form
                command=command
                commandfor=opens
                disabled=move || disabled.get()
                on:click=move |event: web_sys::MouseEvent| {
                    if let Some(id) = &dialog {
                        open_from(&event, id);
                    }
                    if let Some(callback) = on_click {
                        callback.run(event);
                    }
                }
            >
                {glyph.map(|glyph| view! { <Icon glyph/> })}
                <span>{children()}</span>
            </button>
        </li>
    }
}

/// A line of plain content in a menu: who is signed in, or a form of its own.
#[component]
pub fn MenuLine(children: Children) -> impl IntoView {
    view! { <li class="menu-line">{children()}</li> }
}

/// A hairline between groups of items.
#[component]
pub fn MenuRule() -> impl IntoView {
    view! { <li class="menu-rule" role="separator"></li> }
}
