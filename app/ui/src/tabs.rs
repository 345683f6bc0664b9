//! Tabs: links between pages of one thing, or panels of one page.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// A line of [`TabLink`]s. Navigation, so each is a page of its own and works without scripts.
#[component]
pub fn TabNav(
    /// Spoken name of the group.
    #[prop(into)]
    label: String,
    children: Children,
) -> impl IntoView {
    view! {
        <nav class="tabs" aria-label=label>
            {children()}
        </nav>
    }
}

#[component]
pub fn TabLink(
    #[prop(into)] href: Signal<String>,
    #[prop(optional, into)] current: Signal<bool>,
    #[prop(optional, into)] count: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <a class="tab" href=move || href.get() aria-current=move || current.get().then_some("page")>
            {children()}
            {move || count.get().map(|count| view! { <span class="count">{count}</span> })}
        </a>
    }
}

/// Buttons that show one of several [`TabPanel`]s. `tabs` are pairs of panel id and label; `selected` holds an id.
#[component]
pub fn Tabs(
    #[prop(into)] label: String,
    #[prop(into)] tabs: Vec<(String, String)>,
    selected: RwSignal<String>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let order: Vec<String> = tabs.iter().map(|(id, _)| id.clone()).collect();
    let pressed = move |event: web_sys::KeyboardEvent| {
        let count = order.len();
        let here = order.iter().position(|id| *id == *selected.read_untracked()).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (here + 1) % count,
            "ArrowLeft" => (here + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        let Some(id) = order.get(next) else { return };
        selected.set(id.clone());
        let button = node
            .get_untracked()
            .and_then(|line| line.query_selector_all("[role=tab]").ok())
            .and_then(|all| all.item(u32::try_from(next).unwrap_or(0)))
            .and_then(|tab| tab.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(button) = button {
            // The button is in the page, so focus cannot fail.
            let _ = button.focus();
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label node_ref=node on:keydown=pressed>
            {tabs
                .into_iter()
                .map(|(id, label)| {
                    let own = id.clone();
                    let is_selected = Signal::derive(move || *selected.read() == own);
                    let chosen = id.clone();
                    view! {
                        <button
                            type="button"
                            class="tab"
                            role="tab"
                            id=format!("{id}-tab")
                            aria-controls=id
                            aria-selected=move || if is_selected.get() { "true" } else { "false" }
                            tabindex=move || if is_selected.get() { "0" } else { "-1" }
                            on:click=move |_| selected.set(chosen.clone())
                        >
                            {label}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

/// One panel of [`Tabs`]. Stays in the page when hidden, so what was typed in it is kept.
#[component]
pub fn TabPanel(#[prop(into)] id: String, selected: RwSignal<String>, children: Children) -> impl IntoView {
    let own = id.clone();
    view! {
        <div
            class="tab-panel"
            role="tabpanel"
            id=id.clone()
            aria-labelledby=format!("{id}-tab")
            hidden=move || *selected.read() != own
        >
            {children()}
        </div>
    }
}
