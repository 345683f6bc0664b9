//! Buttons, and links that look like them.

use leptos::{ev::MouseEvent, prelude::*};

use crate::{
    dialog::open_from,
    icon::{Glyph, Icon},
};

/// How loud a button is. One primary per page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Variant {
    /// Filled with the accent: the one thing the page is for.
    Primary,
    /// A hairline around it: everything else.
    #[default]
    Quiet,
    /// No border until hovered: toolbars, table rows, dense places.
    Bare,
    /// Destroys something; its label names what.
    Danger,
}

fn class(variant: Variant, small: bool, icon_only: bool) -> String {
    let mut class = String::from(match variant {
        Variant::Primary => "button button-primary",
        Variant::Quiet => "button button-quiet",
        Variant::Bare => "button button-bare",
        Variant::Danger => "button button-danger",
    });
    if small {
        class.push_str(" button-small");
    }
    if icon_only {
        class.push_str(" button-icon");
    }
    class
}

/// What a click does: nothing while busy, then the dialog, then the caller's own.
fn click(
    busy: Signal<bool>,
    opens: Option<String>,
    on_click: Option<Callback<MouseEvent>>,
) -> impl Fn(MouseEvent) + 'static {
    move |event| {
        if busy.get_untracked() {
            event.prevent_default();
            return;
        }
        if let Some(id) = &opens {
            open_from(&event, id);
        }
        if let Some(callback) = on_click {
            callback.run(event);
        }
    }
}

/// A button. Without `on_click` it submits its form and is primary; with it, it is of type `button` and quiet. While
/// `busy` it keeps focus and ignores clicks, so a form is not sent twice.
#[component]
pub fn Button(
    children: Children,
    #[prop(optional)] variant: Option<Variant>,
    /// `submit`, `button` or `reset`.
    #[prop(optional)]
    kind: Option<&'static str>,
    #[prop(optional)] small: bool,
    #[prop(optional)] glyph: Option<Glyph>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Sent with the form when this button submits it.
    #[prop(optional, into)]
    name: Option<String>,
    #[prop(optional, into)] value: Option<String>,
    /// Id of a form elsewhere in the page.
    #[prop(optional, into)]
    form: Option<String>,
    /// Tooltip, for a shortcut or a reason; the label itself must stand alone.
    #[prop(optional, into)]
    title: Option<String>,
    /// Id of a [`crate::Dialog`] that this button opens, also before and without scripts where the browser knows
    /// invoker commands.
    #[prop(optional, into)]
    opens: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
) -> impl IntoView {
    let plain = on_click.is_some() || opens.is_some();
    let variant = variant.unwrap_or(if plain { Variant::Quiet } else { Variant::Primary });
    let kind = kind.unwrap_or(if plain { "button" } else { "submit" });
    let command = opens.is_some().then_some("show-modal");
    let clicked = click(busy, opens.clone(), on_click);
    view! {
        <button
            type=kind
            class=class(variant, small, false)
            name=name
            value=value
            form=form
            title=title
            command=command
            commandfor=opens
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-disabled=move || busy.get().then_some("true")
            on:click=clicked
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-label">{children()}</span>
        </button>
    }
}

/// A square button with a glyph and a spoken name.
#[component]
pub fn IconButton(
    glyph: Glyph,
    /// Read aloud and shown as the tooltip.
    #[prop(into)]
    label: String,
    #[prop(default = Variant::Bare)] variant: Variant,
    #[prop(optional)] small: bool,
    #[prop(optional)] kind: Option<&'static str>,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For toggles: whether it is on.
    #[prop(optional, into)]
    pressed: Signal<Option<bool>>,
    #[prop(optional, into)] opens: Option<String>,
    #[prop(optional, into)] on_click: Option<Callback<MouseEvent>>,
) -> impl IntoView {
    let plain = on_click.is_some() || opens.is_some();
    let command = opens.is_some().then_some("show-modal");
    let clicked = click(busy, opens.clone(), on_click);
    view! {
        <button
            type=kind.unwrap_or(if plain { "button" } else { "submit" })
            class=class(variant, small, true)
            title=label.clone()
            aria-label=label
            command=command
            commandfor=opens
            disabled=move || disabled.get()
            aria-busy=move || busy.get().then_some("true")
            aria-pressed=move || pressed.get().map(|on| if on { "true" } else { "false" })
            on:click=clicked
        >
            <Icon glyph size=if small { 16 } else { 18 }/>
        </button>
    }
}

/// A link that looks like a button: it goes somewhere, it does nothing else.
#[component]
pub fn ButtonLink(
    #[prop(into)] href: Signal<String>,
    children: Children,
    #[prop(optional)] variant: Variant,
    #[prop(optional)] small: bool,
    #[prop(optional)] glyph: Option<Glyph>,
    /// Opens a new tab and says so.
    #[prop(optional)]
    external: bool,
    #[prop(optional, into)] title: Option<String>,
    /// Tells the browser to save the answer under this name.
    #[prop(optional, into)]
    download: Option<String>,
) -> impl IntoView {
    view! {
        <a
            class=class(variant, small, false)
            href=move || href.get()
            title=title
            download=download
            target=external.then_some("_blank")
            rel=external.then_some("noopener")
        >
            {glyph.map(|glyph| view! { <Icon glyph/> })}
            <span class="button-label">{children()}</span>
            {external.then(|| view! { <Icon glyph=Glyph::ExternalLink label="opens in a new tab"/> })}
        </a>
    }
}
