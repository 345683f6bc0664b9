//! The product's sign and name.

use leptos::prelude::*;

/// The sign: a diamond of newsprint, its lower half the lines of a column running out like a tide.
#[component]
pub fn LogoMark(#[prop(default = 20)] size: u8) -> impl IntoView {
    view! {
        <svg
            class="logo-mark"
            viewBox="0 0 24 24"
            width=size.to_string()
            height=size.to_string()
            fill="currentColor"
            aria-hidden="true"
            focusable="false"
        >
            <path d="M12 1 22.5 11.5h-21zM3.5 13.5h17L18 16H6zM8 18h8l-2.5 2.5h-3z"></path>
        </svg>
    }
}

/// The sign with the name beside it.
#[component]
pub fn Logo(#[prop(default = 20)] size: u8) -> impl IntoView {
    view! {
        <span class="logo">
            <LogoMark size/>
            <span class="logo-word">"Tidings"</span>
        </span>
    }
}
