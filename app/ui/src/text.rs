//! Small pieces of text: dates, keys, figures, code.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::{button::IconButton, icon::Glyph};

/// A date or time that was formatted already: `iso` for machines, `text` for people, the other form in the tooltip.
#[component]
pub fn Time(
    /// RFC 3339.
    #[prop(into)]
    iso: String,
    #[prop(into)] text: Signal<String>,
    #[prop(optional, into)] title: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <time class="time" datetime=iso title=move || title.get()>
            {move || text.get()}
        </time>
    }
}

/// A key to press.
#[component]
pub fn Kbd(children: Children) -> impl IntoView {
    view! { <kbd class="kbd">{children()}</kbd> }
}

/// A line of [`Figure`]s: what an overview counts.
#[component]
pub fn Figures(children: Children) -> impl IntoView {
    view! { <dl class="figures">{children()}</dl> }
}

/// One number with its name.
#[component]
pub fn Figure(
    #[prop(into)] label: String,
    #[prop(into)] value: Signal<String>,
    /// What it compares to: "12 more than last week".
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    #[prop(optional_no_strip, into)] href: Option<String>,
) -> impl IntoView {
    let label = match href {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => label.into_any(),
    };
    view! {
        <div class="figure">
            <dt class="figure-label">{label}</dt>
            <dd class="figure-value">{move || value.get()}</dd>
            {move || note.get().map(|note| view! { <dd class="figure-note">{note}</dd> })}
        </div>
    }
}

/// Code to copy. The button needs scripts and is hidden without them; the text can be selected with one click.
#[component]
pub fn CodeBlock(
    #[prop(into)] code: Signal<String>,
    /// What it is: "Widget snippet". Names the block and the button.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = code.get_untracked();
        leptos::task::spawn_local(async move {
            let written = JsFuture::from(window().navigator().clipboard().write_text(&text)).await;
            if written.is_ok() {
                copied.set(true);
                set_timeout(
                    move || {
                        // The block may be gone by now.
                        let _ = copied.try_set(false);
                    },
                    Duration::from_secs(2),
                );
            }
        });
    };
    let name = format!("Copy {}", label.to_lowercase());
    view! {
        <figure class="code-block">
            <pre class="code-text" tabindex="0" role="region" aria-label=label dir="ltr">
                <code>{move || code.get()}</code>
            </pre>
            <span class="code-copy needs-script">
                <span class="code-copied" role="status">{move || if copied.get() { "Copied" } else { "" }}</span>
                <IconButton glyph=Glyph::Copy label=name small=true on_click=copy/>
            </span>
        </figure>
    }
}
