//! Find and replace in the text.

mod matching;

use std::ops::Range;

use leptos::html;
use leptos::prelude::*;
use ui::{Button, Glyph, IconButton, use_toasts};
use wasm_bindgen::JsCast;

use super::Desk;
use super::text::Edit;
use matching::{Query, matches, next, previous, replace_all};

#[derive(Clone, Copy)]
pub(super) struct Finder {
    is_open: RwSignal<bool>,
    /// Whether the field for other words shows.
    replaces: RwSignal<bool>,
    words: RwSignal<String>,
    with: RwSignal<String>,
    match_case: RwSignal<bool>,
    whole_word: RwSignal<bool>,
    /// From where the next match is looked for.
    from: RwSignal<usize>,
    /// The match that is shown.
    present: RwSignal<Option<Range<usize>>>,
    /// How far the text is scrolled, while the bar is open.
    scroll: RwSignal<i32>,
    field: NodeRef<html::Input>,
}

impl Finder {
    pub fn new() -> Self {
        Self {
            is_open: RwSignal::new(false),
            replaces: RwSignal::new(false),
            words: RwSignal::new(String::new()),
            with: RwSignal::new(String::new()),
            match_case: RwSignal::new(false),
            whole_word: RwSignal::new(false),
            from: RwSignal::new(0),
            present: RwSignal::new(None),
            scroll: RwSignal::new(0),
            field: NodeRef::new(),
        }
    }

    /// Opens the bar. Selected words are looked for.
    pub fn open(self, desk: Desk, replaces: bool) {
        if let Some((text, at)) = desk.area.read() {
            let selected = &text[at.clone()];
            if !selected.is_empty() && !selected.contains('\n') {
                self.words.set(selected.to_owned());
            }
            self.from.set(at.start);
        }
        self.replaces.set(replaces || self.replaces.get_untracked() && self.is_open.get_untracked());
        self.is_open.set(true);
        self.look(desk);
        self.focus();
    }

    fn focus(self) {
        // The field is there after the next drawing.
        request_animation_frame(move || {
            if let Some(field) = self.field.try_get_untracked().flatten() {
                // It is in the page, so neither can fail.
                let _ = field.focus();
                field.select();
            }
        });
    }

    pub fn close(self, desk: Desk) {
        self.is_open.set(false);
        self.present.set(None);
        // What was found is selected.
        desk.area.focus();
    }

    /// Follows the text when the field is scrolled.
    pub fn follow(self, desk: Desk) {
        if self.is_open.get_untracked() {
            self.scroll.set(desk.area.scroll_top());
        }
    }

    fn query(self) -> Query {
        Query { words: self.words.get(), match_case: self.match_case.get(), whole_word: self.whole_word.get() }
    }

    fn found(self, text: &str) -> Vec<Range<usize>> {
        matches(text, &untrack(move || self.query()))
    }

    /// Shows the first match behind the place where the search began.
    fn look(self, desk: Desk) {
        let Some((text, _)) = desk.area.read() else { return };
        let found = self.found(&text);
        self.show(desk, next(&found, self.from.get_untracked()).map(|number| found[number].clone()));
    }

    fn go(self, desk: Desk, backwards: bool) {
        let Some((text, _)) = desk.area.read() else { return };
        let found = self.found(&text);
        let present = self.present.get_untracked();
        let number = match (&present, backwards) {
            (Some(present), true) => previous(&found, present.start),
            (Some(present), false) => next(&found, present.start + 1),
            (None, true) => previous(&found, self.from.get_untracked()),
            (None, false) => next(&found, self.from.get_untracked()),
        };
        self.show(desk, number.map(|number| found[number].clone()));
    }

    fn show(self, desk: Desk, range: Option<Range<usize>>) {
        if let Some(range) = &range {
            self.from.set(range.start);
            desk.area.show(desk.slash.mirror(), range);
            self.scroll.set(desk.area.scroll_top());
        }
        self.present.set(range);
    }

    /// Replaces the match that is shown, and goes on to the next.
    fn replace(self, desk: Desk) {
        let Some((text, _)) = desk.area.read() else { return };
        let present = self.present.get_untracked().filter(|present| self.found(&text).contains(present));
        let Some(present) = present else { return self.go(desk, false) };
        let with = self.with.get_untracked();
        let from = present.start + with.len();
        change(desk, &Edit::replace(present, with));
        self.from.set(from);
        self.look(desk);
    }

    /// Replaces every match in one step, and says how many.
    fn replace_all(self, desk: Desk) -> usize {
        let Some((text, _)) = desk.area.read() else { return 0 };
        let found = self.found(&text);
        if let Some(edit) = replace_all(&text, &found, &self.with.get_untracked()) {
            change(desk, &edit);
        }
        self.present.set(None);
        found.len()
    }
}

/// Carries an edit out and gives the focus back to the bar.
fn change(desk: Desk, edit: &Edit) {
    let focused = document().active_element().and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok());
    desk.area.apply(edit);
    if let Some(focused) = focused {
        // It is in the page, so focus cannot fail.
        let _ = focused.focus();
    }
}

/// The line below the tools.
#[component]
pub(super) fn FindBar(desk: Desk, content: RwSignal<String>) -> impl IntoView {
    let finder = desk.finder;
    view! {
        <Show when=move || finder.is_open.get()>
            <Bar desk content/>
        </Show>
    }
}

#[component]
fn Bar(desk: Desk, content: RwSignal<String>) -> impl IntoView {
    let finder = desk.finder;
    let toasts = use_toasts();
    let found = Memo::new(move |_| content.with(|text| matches(text, &finder.query())));
    let count = move || {
        let found = found.read();
        let place = finder.present.with(|present| found.iter().position(|range| Some(range) == present.as_ref()));
        match (found.len(), place) {
            _ if finder.words.read().is_empty() => String::new(),
            (0, _) => "Not found".to_owned(),
            (all, Some(place)) => format!("{} of {all}", place + 1),
            (1, None) => "1 match".to_owned(),
            (all, None) => format!("{all} matches"),
        }
    };
    let none = Signal::derive(move || found.read().is_empty());
    let keys = move |event: web_sys::KeyboardEvent| {
        let with_ctrl = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
        match event.key().as_str() {
            "Escape" => finder.close(desk),
            "f" | "F" if with_ctrl && !event.shift_key() => finder.focus(),
            "h" | "H" if with_ctrl && !event.shift_key() => finder.replaces.set(true),
            _ => return,
        }
        event.prevent_default();
        // Escape closes nothing else.
        event.stop_propagation();
    };
    let is_enter = |event: &web_sys::KeyboardEvent| event.key() == "Enter" && !event.is_composing();
    let entered = move |event: web_sys::KeyboardEvent| {
        if is_enter(&event) && !event.ctrl_key() && !event.meta_key() {
            // Enter in a field would send the form.
            event.prevent_default();
            finder.go(desk, event.shift_key());
        }
    };
    let entered_other = move |event: web_sys::KeyboardEvent| {
        if is_enter(&event) && !event.ctrl_key() && !event.meta_key() {
            event.prevent_default();
            finder.replace(desk);
        }
    };
    let option = move |label: &'static str, sign: &'static str, on: RwSignal<bool>| {
        view! {
            <button
                type="button"
                class="tool find-option"
                title=label
                aria-label=label
                aria-pressed=move || if on.get() { "true" } else { "false" }
                on:click=move |_| {
                    on.update(|on| *on = !*on);
                    finder.look(desk);
                }
            >
                {sign}
            </button>
        }
    };
    view! {
        <div class="find-bar" role="search" aria-label="Find in the text" on:keydown=keys>
            <div class="find-line">
                <input
                    class="input find-field"
                    type="text"
                    aria-label="Find"
                    placeholder="Find"
                    autocomplete="off"
                    dir="auto"
                    node_ref=finder.field
                    prop:value=move || finder.words.get()
                    on:input=move |event| {
                        finder.words.set(event_target_value(&event));
                        finder.look(desk);
                    }
                    on:keydown=entered
                />
                <span class="find-count" role="status">{count}</span>
                {option("Match case", "Aa", finder.match_case)}
                {option("Whole words", "W", finder.whole_word)}
                <IconButton glyph=Glyph::ChevronLeft label="Previous match" small=true kind="button" disabled=none on_click=move |_| finder.go(desk, true)/>
                <IconButton glyph=Glyph::ChevronRight label="Next match" small=true kind="button" disabled=none on_click=move |_| finder.go(desk, false)/>
                <Show when=move || !finder.replaces.get()>
                    <Button kind="button" small=true on_click=move |_| finder.replaces.set(true)>"Replace…"</Button>
                </Show>
                <IconButton glyph=Glyph::Close label="Close the search" small=true kind="button" on_click=move |_| finder.close(desk)/>
            </div>
            <Show when=move || finder.replaces.get()>
                <div class="find-line">
                    <input
                        class="input find-field"
                        type="text"
                        aria-label="Replace with"
                        placeholder="Replace with"
                        autocomplete="off"
                        dir="auto"
                        prop:value=move || finder.with.get()
                        on:input=move |event| finder.with.set(event_target_value(&event))
                        on:keydown=entered_other
                    />
                    <Button kind="button" small=true disabled=none on_click=move |_| finder.replace(desk)>"Replace"</Button>
                    <Button
                        kind="button"
                        small=true
                        disabled=none
                        on_click=move |_| match finder.replace_all(desk) {
                            1 => toasts.say("Replaced once."),
                            count => toasts.say(format!("Replaced {count} times.")),
                        }
                    >
                        "Replace all"
                    </Button>
                </div>
            </Show>
        </div>
    }
}

/// A frame around the match that is shown: the field shows its selection only while it has the focus.
#[component]
pub(super) fn FoundMark(desk: Desk, content: RwSignal<String>) -> impl IntoView {
    let finder = desk.finder;
    let place = Memo::new(move |_| {
        content.track();
        let range = finder.present.get()?;
        desk.area.box_of(desk.slash.mirror(), &range)
    });
    view! {
        <Show when=move || place.get().is_some()>
            <span
                class="find-mark"
                aria-hidden="true"
                style=move || place.get().map(|place| format!(
                    "inset-inline-start: {}px; inset-block-start: {}px; inline-size: {}px; block-size: {}px",
                    place.left, place.top - finder.scroll.get(), place.width, place.height,
                ))
            ></span>
        </Show>
    }
}
