//! Small signs inside text: states, tags, filters, counts.

use leptos::prelude::*;

use crate::color::ColorDot;
use crate::notice::Tone;

/// The states an entry can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    Draft,
    Scheduled,
    Published,
}

/// The state of an entry: a sign of its own shape, and the word.
#[component]
pub fn StateMark(
    #[prop(into)] mark: Signal<Mark>,
    /// Keeps the word for screen readers and the tooltip, for dense lists.
    #[prop(optional)]
    compact: bool,
) -> impl IntoView {
    let word = move || match mark.get() {
        Mark::Draft => "Draft",
        Mark::Scheduled => "Scheduled",
        Mark::Published => "Published",
    };
    let class = move || match mark.get() {
        Mark::Draft => "state-mark state-draft",
        Mark::Scheduled => "state-mark state-scheduled",
        Mark::Published => "state-mark state-published",
    };
    // Drawn, not typed: the glyphs ○ ◷ ● differ in size from font to font.
    let shape = move || match mark.get() {
        Mark::Draft => "M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5z",
        Mark::Scheduled => "M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5zM8 5v3h2.5",
        Mark::Published => "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
    };
    view! {
        <span class=class title=move || compact.then(word)>
            <svg class="state-sign" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
                <path d=shape></path>
            </svg>
            <span class=if compact { "sr-only" } else { "state-word" }>{word}</span>
        </span>
    }
}

/// The state of anything but an entry: a sign for its tone, and the word.
#[component]
pub fn StatusMark(tone: Tone, #[prop(into)] word: String) -> impl IntoView {
    let (class, shape) = match tone {
        Tone::Good => ("state-mark status-good", "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z"),
        Tone::Note => ("state-mark", "M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5z"),
        Tone::Warn => ("state-mark status-warn", "M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5zM8 5v3h2.5"),
        Tone::Bad => {
            ("state-mark status-bad", "M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5zM4.4 4.4l7.2 7.2")
        }
    };
    view! {
        <span class=class>
            <svg class="state-sign" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true" focusable="false">
                <path d=shape></path>
            </svg>
            <span class="state-word">{word}</span>
        </span>
    }
}

/// A tag as a word, with a dot when it has a colour.
#[component]
pub fn TagWord(
    #[prop(into)] name: String,
    /// `#rrggbb`.
    #[prop(optional_no_strip, into)]
    color: Option<String>,
    #[prop(optional_no_strip, into)] href: Option<String>,
) -> impl IntoView {
    let dot = color.map(|color| view! { <ColorDot color/> });
    match href {
        Some(href) => view! { <a class="tag-word" href=href>{dot}<bdi>{name}</bdi></a> }.into_any(),
        None => view! { <span class="tag-word">{dot}<bdi>{name}</bdi></span> }.into_any(),
    }
}

/// A filter over a list: a link with a count, pressed when it applies.
#[component]
pub fn Chip(
    #[prop(into)] href: Signal<String>,
    #[prop(into)] label: String,
    #[prop(optional, into)] count: Signal<Option<String>>,
    #[prop(optional, into)] current: Signal<bool>,
) -> impl IntoView {
    view! {
        <a class="chip" href=move || href.get() aria-current=move || current.get().then_some("true")>
            {label}
            {move || count.get().map(|count| view! { <span class="count">{count}</span> })}
        </a>
    }
}
