//! A line of small buttons that is one stop for the Tab key; arrow keys move within it (WAI-ARIA, toolbar pattern).

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::icon::{Glyph, Icon};

fn buttons(line: &web_sys::HtmlElement) -> Vec<web_sys::HtmlElement> {
    let Ok(found) = line.query_selector_all("button") else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.item(at)?.dyn_into().ok()).collect()
}

/// A line of [`ToolButton`]s.
#[component]
pub fn Toolbar(
    /// Spoken name.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    Effect::new(move || {
        let Some(line) = node.get() else { return };
        for (at, button) in buttons(&line).iter().enumerate() {
            button.set_tab_index(if at == 0 { 0 } else { -1 });
        }
    });
    let pressed = move |event: web_sys::KeyboardEvent| {
        let Some(line) = node.get_untracked() else { return };
        let all = buttons(&line);
        let active = document().active_element();
        let Some(here) = all.iter().position(|button| Some(button.as_ref()) == active.as_ref()) else { return };
        let next = match event.key().as_str() {
            "ArrowRight" => (here + 1) % all.len(),
            "ArrowLeft" => (here + all.len() - 1) % all.len(),
            "Home" => 0,
            "End" => all.len() - 1,
            _ => return,
        };
        event.prevent_default();
        if let (Some(from), Some(to)) = (all.get(here), all.get(next)) {
            from.set_tab_index(-1);
            to.set_tab_index(0);
            // It is in the page, so focus cannot fail.
            let _ = to.focus();
        }
    };
    view! {
        <div class="toolbar" role="toolbar" aria-label=label node_ref=node on:keydown=pressed>
            {children()}
        </div>
    }
}

/// One button of a [`Toolbar`]. Clicks leave the focus and the selection where they are.
#[component]
pub fn ToolButton(
    glyph: Glyph,
    /// Spoken name, and the tooltip with `keys` behind it.
    #[prop(into)]
    label: String,
    /// The shortcut, such as "Ctrl+B".
    #[prop(optional, into)]
    keys: Option<String>,
    #[prop(optional, into)] pressed: Signal<Option<bool>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Id of a [`crate::Dialog`].
    #[prop(optional, into)]
    opens: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<()>>,
) -> impl IntoView {
    let title = match &keys {
        Some(keys) => format!("{label} ({keys})"),
        None => label.clone(),
    };
    view! {
        <button
            type="button"
            class="tool"
            title=title
            aria-label=label
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            disabled=move || disabled.get()
            on:mousedown=move |event| event.prevent_default()
            on:click=move |event| {
                if let Some(id) = &opens {
                    crate::dialog::open_from(&event, id);
                }
                if let Some(callback) = on_click {
                    callback.run(());
                }
            }
        >
            <Icon glyph size=18/>
        </button>
    }
}

/// A hairline between groups of buttons.
#[component]
pub fn ToolRule() -> impl IntoView {
    view! { <span class="tool-rule" aria-hidden="true"></span> }
}
