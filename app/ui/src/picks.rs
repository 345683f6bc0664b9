//! The list under a field that completes what is typed: a listbox whose active option the field names, so that focus
//! stays in the field (WAI-ARIA, combobox pattern).

use leptos::prelude::*;

use crate::{
    color::ColorDot,
    icon::{Glyph, Icon},
};

/// One thing to pick.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pick {
    /// Shown above the first pick of each group; none when empty.
    pub group: String,
    pub label: String,
    /// Quiet words at the end of the line.
    pub note: String,
    /// `#rrggbb`.
    pub color: Option<String>,
    pub glyph: Option<Glyph>,
}

/// What a key means to a list of picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PickKey {
    /// Make this one the active one.
    Move(usize),
    Choose,
    Close,
    /// The key is the field's own.
    Other,
}

/// Reads a key for a list of `count` picks of which `active` is marked.
pub fn pick_key(key: &str, active: Option<usize>, count: usize) -> PickKey {
    match (key, active) {
        ("Escape", _) => PickKey::Close,
        _ if count == 0 => PickKey::Other,
        ("ArrowDown", None) => PickKey::Move(0),
        ("ArrowDown", Some(at)) => PickKey::Move((at + 1) % count),
        ("ArrowUp", None) => PickKey::Move(count - 1),
        ("ArrowUp", Some(at)) => PickKey::Move((at + count - 1) % count),
        ("Enter", Some(at)) if at < count => PickKey::Choose,
        _ => PickKey::Other,
    }
}

/// The id of a pick, for `aria-activedescendant` of the field.
pub fn pick_id(list: &str, at: usize) -> String {
    format!("{list}-{at}")
}

/// The list. Show it only while it is open; the field around it carries `aria-controls` with `id`.
#[component]
pub fn Picks(
    #[prop(into)] id: String,
    /// Spoken name.
    #[prop(into)]
    label: String,
    #[prop(into)] picks: Signal<Vec<Pick>>,
    #[prop(into)] active: Signal<Option<usize>>,
    #[prop(into)] on_pick: Callback<usize>,
) -> impl IntoView {
    let own = id.clone();
    Effect::new(move || {
        let Some(at) = active.get() else { return };
        if let Some(option) = document().get_element_by_id(&pick_id(&own, at)) {
            // As little as possible: only when it lies outside.
            let list = option.parent_element();
            if let (Ok(option), Some(list)) = (wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlElement>(option), list) {
                let (top, bottom) = (option.offset_top(), option.offset_top() + option.offset_height());
                if top < list.scroll_top() {
                    list.set_scroll_top(top);
                } else if bottom > list.scroll_top() + list.client_height() {
                    list.set_scroll_top(bottom - list.client_height());
                }
            }
        }
    });
    let name = id.clone();
    view! {
        <ul
            class="picks"
            role="listbox"
            id=id
            aria-label=label
            // The field keeps the focus.
            on:mousedown=move |event| event.prevent_default()
        >
            {move || {
                let name = name.clone();
                let mut group = String::new();
                picks
                    .get()
                    .into_iter()
                    .enumerate()
                    .map(move |(at, pick)| {
                        let head = (pick.group != group).then(|| pick.group.clone());
                        group.clone_from(&pick.group);
                        let is_active = move || active.get() == Some(at);
                        view! {
                            {head.map(|head| view! { <li class="picks-group" role="presentation">{head}</li> })}
                            <li
                                class="pick"
                                role="option"
                                id=pick_id(&name, at)
                                aria-selected=move || if is_active() { "true" } else { "false" }
                                on:click=move |_| on_pick.run(at)
                            >
                                {pick.glyph.map(|glyph| view! { <Icon glyph/> })}
                                {pick.color.map(|color| view! { <ColorDot color/> })}
                                <span class="pick-label" dir="auto">{pick.label}</span>
                                {(!pick.note.is_empty()).then(|| view! { <span class="pick-note">{pick.note}</span> })}
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::{PickKey, pick_key};

    #[test]
    fn arrows_go_round_and_enter_takes_what_is_marked() {
        for (key, active, count, expected) in [
            ("ArrowDown", None, 3, PickKey::Move(0)),
            ("ArrowDown", Some(2), 3, PickKey::Move(0)),
            ("ArrowUp", None, 3, PickKey::Move(2)),
            ("ArrowUp", Some(0), 3, PickKey::Move(2)),
            ("Enter", Some(1), 3, PickKey::Choose),
            ("Enter", None, 3, PickKey::Other),
            ("Enter", Some(3), 3, PickKey::Other),
            ("ArrowDown", None, 0, PickKey::Other),
            ("Escape", None, 0, PickKey::Close),
            ("a", Some(0), 1, PickKey::Other),
        ] {
            assert_eq!(pick_key(key, active, count), expected, "{key} {active:?} {count}");
        }
    }
}
