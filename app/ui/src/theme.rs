//! Light, dark, or as the system has it.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::icon::{Glyph, Icon};

/// What the reader chose; the value of the cookie `theme` and of `data-theme` on `<html>`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Unknown words are the default, as a stale cookie must not break a page.
    pub fn parse(text: &str) -> Self {
        match text {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }
}

/// Switches the page at once and remembers the choice for a year.
pub fn apply_theme(theme: Theme) {
    let document = document();
    if let Some(root) = document.document_element() {
        // The name is a valid attribute name, so this cannot fail.
        let _ = root.set_attribute("data-theme", theme.as_str());
    }
    let secure = if location().protocol().is_ok_and(|scheme| scheme == "https:") { "; Secure" } else { "" };
    let cookie = format!("theme={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", theme.as_str());
    if let Some(document) = document.dyn_ref::<web_sys::HtmlDocument>() {
        // Refused only where cookies are off; then the choice lasts as long as the page.
        let _ = document.set_cookie(&cookie);
    }
}

/// Three buttons in a plain form that sends `theme=light|dark|system` to `action`; with scripts it acts in place.
#[component]
pub fn ThemeSwitch(
    #[prop(into)] action: String,
    #[prop(default = "post")] method: &'static str,
    /// What the cookie says.
    #[prop(optional, into)]
    current: Signal<Theme>,
    /// Hears of a choice that was made in place.
    #[prop(optional, into)]
    on_choose: Option<Callback<Theme>>,
    /// Hidden inputs, such as the page to return to.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let chosen = RwSignal::new(None::<Theme>);
    let shown = Signal::derive(move || chosen.get().unwrap_or_else(|| current.get()));
    let button = move |theme: Theme, glyph: Glyph, label: &'static str| {
        view! {
            <button
                type="submit"
                class="theme-option"
                name="theme"
                value=theme.as_str()
                title=label
                aria-label=label
                aria-pressed=move || if shown.get() == theme { "true" } else { "false" }
                on:click=move |event| {
                    event.prevent_default();
                    apply_theme(theme);
                    chosen.set(Some(theme));
                    if let Some(tell) = on_choose {
                        tell.run(theme);
                    }
                }
            >
                <Icon glyph/>
            </button>
        }
    };
    view! {
        <form class="theme-switch" action=action method=method >
            {children.map(|children| children())}
            <div class="theme-options" role="group" aria-label="Theme">
                {button(Theme::Light, Glyph::Sun, "Light")}
                {button(Theme::Dark, Glyph::Moon, "Dark")}
                {button(Theme::System, Glyph::Monitor, "As the system")}
            </div>
        </form>
    }
}
