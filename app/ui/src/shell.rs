//! The frame of the dashboard: sidebar, top line, content.
//!
//! The sidebar is a native popover: below 900 px the menu button opens it as a drawer without any script, and Escape or
//! a click outside closes it; from 900 px the style sheet shows it in place.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    icon::{Glyph, Icon},
    logo::Logo,
};

/// Everything around a dashboard page.
#[component]
pub fn Shell(
    /// [`NavGroup`]s.
    #[prop(into)]
    nav: ViewFnOnce,
    /// Where the logo leads.
    #[prop(default = "/dashboard".to_owned(), into)]
    home: String,
    /// In the top line, before the user menu: search, saved state.
    #[prop(optional, into)]
    tools: ViewFnOnce,
    /// The user's [`crate::Menu`].
    #[prop(optional, into)]
    user: ViewFnOnce,
    /// At the foot of the sidebar: a [`crate::ThemeSwitch`].
    #[prop(optional, into)]
    theme: ViewFnOnce,
    /// The page; starts with a [`crate::PageHeader`].
    children: Children,
) -> impl IntoView {
    let sidebar = NodeRef::<html::Aside>::new();
    // A link inside the application does not reload the page, so the drawer would stay open over the new one.
    let clicked = move |event: web_sys::MouseEvent| {
        let on_link = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|target| target.closest("a").ok().flatten())
            .is_some();
        if on_link && let Some(sidebar) = sidebar.get_untracked() {
            // Fails where the sidebar is shown in place, which is as it should be.
            let _ = sidebar.hide_popover();
        }
    };
    view! {
        <div class="shell">
            // The browser moves the focus; the router would only scroll.
            <a class="skip-link" href="#content" rel="external">"Skip to content"</a>
            <aside class="sidebar" id="sidebar" popover="auto" node_ref=sidebar on:click=clicked>
                <a class="sidebar-brand" href=home.clone()>
                    <Logo/>
                </a>
                <nav class="sidebar-nav" aria-label="Main">{nav.run()}</nav>
                <div class="sidebar-foot">{theme.run()}</div>
            </aside>
            <div class="shell-main">
                <header class="shell-top">
                    <button
                        type="button"
                        class="button button-bare button-icon shell-menu"
                        popovertarget="sidebar"
                        aria-label="Menu"
                    >
                        <Icon glyph=Glyph::Menu size=20/>
                    </button>
                    <a class="shell-brand" href=home>
                        <Logo/>
                    </a>
                    <span class="shell-tools cluster">{tools.run()}{user.run()}</span>
                </header>
                <main class="shell-content" id="content" tabindex="-1">
                    {children()}
                </main>
            </div>
        </div>
    }
}

/// A group of links in the sidebar. Without a `title` it is the main one.
#[component]
pub fn NavGroup(#[prop(optional, into)] title: Option<String>, children: Children) -> impl IntoView {
    view! {
        <div class="nav-group">
            {title.map(|title| view! { <p class="nav-title" dir="auto" title=title.clone()>{title.clone()}</p> })}
            <ul>{children()}</ul>
        </div>
    }
}

/// One link of the sidebar.
#[component]
pub fn NavLink(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] label: String,
    #[prop(optional)] glyph: Option<Glyph>,
    #[prop(optional, into)] current: Signal<bool>,
    /// Something waiting there: "2".
    #[prop(optional, into)]
    count: Signal<Option<String>>,
    #[prop(optional)] external: bool,
) -> impl IntoView {
    view! {
        <li>
            <a
                class="nav-link"
                href=move || href.get()
                aria-current=move || current.get().then_some("page")
                target=external.then_some("_blank")
                rel=external.then_some("noopener")
            >
                {glyph.map(|glyph| view! { <Icon glyph/> })}
                <span class="nav-label">{label}</span>
                {move || count.get().map(|count| view! { <span class="count">{count}</span> })}
                {external.then(|| view! { <Icon glyph=Glyph::ExternalLink size=14 label="opens in a new tab"/> })}
            </a>
        </li>
    }
}
