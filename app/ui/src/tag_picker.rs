//! Choosing tags among those that exist, and making new ones with a colour.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use crate::{
    button::{Button, Variant},
    color::{ColorDot, ColorField},
    field::{FieldNotes, control_id, described_by},
    icon::{Glyph, Icon},
    picks::{Pick, PickKey, Picks, pick_id, pick_key},
    tags::split_tags,
};

/// A tag to offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownTag {
    pub name: String,
    /// `#rrggbb`.
    pub color: Option<String>,
}

fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// The known tags that are not chosen and contain `typed`; those that begin with it come first.
fn offered(known: &[KnownTag], chosen: &[String], typed: &str) -> Vec<KnownTag> {
    let typed = typed.trim().to_lowercase();
    let open = known.iter().filter(|tag| !chosen.iter().any(|name| is_same(name, &tag.name)));
    let mut found: Vec<KnownTag> = open.filter(|tag| tag.name.to_lowercase().contains(&typed)).cloned().collect();
    found.sort_by_key(|tag| !tag.name.to_lowercase().starts_with(&typed));
    found
}

/// Tags as removable words with a field that completes. The form sends one comma list under `name`; without scripts
/// that list is the visible field.
#[component]
pub fn TagPicker(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// The tags, in order; the picker writes here.
    bind: RwSignal<Vec<String>>,
    #[prop(into)] known: Signal<Vec<KnownTag>>,
    /// Runs with name and colour when a tag that does not exist is wanted.
    #[prop(into)]
    on_create: Callback<(String, Option<String>)>,
    /// Pairs of hex value and its name, for the colour of a new tag.
    #[prop(optional, into)]
    palette: Vec<(String, String)>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = control_id(id, &name);
    let list = format!("{id}-list");
    let described = described_by(&id, false, error);
    let node = NodeRef::<html::Input>::new();
    let around = NodeRef::<html::Div>::new();
    // The server's page shows the comma list; it turns into words once scripts run.
    let interactive = RwSignal::new(false);
    let at_first = bind.get_untracked().join(", ");
    Effect::new(move || {
        if interactive.get_untracked() {
            return;
        }
        let Some(input) = node.get() else { return };
        let typed = split_tags(&input.value());
        if typed != *bind.read_untracked() {
            bind.set(typed);
        }
        input.set_value("");
        interactive.set(true);
    });

    let typed = RwSignal::new(String::new());
    let open = RwSignal::new(false);
    let active = RwSignal::new(None::<usize>);
    let color = RwSignal::new(String::new());
    let found = Memo::new(move |_| offered(&known.read(), &bind.read(), &typed.read()));
    // A name that neither exists nor is chosen may be made.
    let new_name = Memo::new(move |_| {
        let name = typed.read().trim().to_owned();
        let exists = known.read().iter().any(|tag| is_same(&tag.name, &name));
        let is_chosen = bind.read().iter().any(|tag| is_same(tag, &name));
        (!name.is_empty() && !exists && !is_chosen).then_some(name)
    });
    let picks = Signal::derive(move || {
        let mut picks: Vec<Pick> =
            found.get().into_iter().map(|tag| Pick { label: tag.name, color: tag.color, ..Pick::default() }).collect();
        if let Some(name) = new_name.get() {
            let glyph = Some(Glyph::Plus);
            picks.push(Pick { label: format!("Create \u{201c}{name}\u{201d}"), glyph, ..Pick::default() });
        }
        picks
    });
    let clear = move || {
        typed.set(String::new());
        color.set(String::new());
        active.set(None);
        if let Some(input) = node.get_untracked() {
            input.set_value("");
        }
    };
    let add = move |name: String| {
        if !bind.read_untracked().iter().any(|tag| is_same(tag, &name)) {
            bind.update(|names| names.push(name));
        }
        clear();
    };
    let create = move |name: String| {
        let color = color.get_untracked();
        on_create.run((name.clone(), (!color.trim().is_empty()).then_some(color)));
        add(name);
    };
    // Takes what is typed: the tag of that name however it is spelt, else a new one.
    let take = move || {
        for name in split_tags(&typed.get_untracked()) {
            let exists =
                known.read_untracked().iter().find(|tag| is_same(&tag.name, &name)).map(|tag| tag.name.clone());
            match exists {
                Some(name) => add(name),
                None => create(name),
            }
        }
        clear();
    };
    let pick = move |at: usize| {
        match found.get_untracked().get(at) {
            Some(tag) => add(tag.name.clone()),
            None => take(),
        }
        if let Some(input) = node.get_untracked() {
            // It is in the page, so focus cannot fail.
            let _ = input.focus();
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if !interactive.get_untracked() || event.is_composing() {
            return;
        }
        let is_empty = typed.read_untracked().trim().is_empty();
        let count = if open.get_untracked() { picks.read_untracked().len() } else { 0 };
        match (pick_key(&event.key(), active.get_untracked(), count), event.key().as_str()) {
            (PickKey::Close, _) if open.get_untracked() => {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
            }
            (PickKey::Move(at), _) => {
                event.prevent_default();
                active.set(Some(at));
            }
            (PickKey::Choose, _) => {
                event.prevent_default();
                if let Some(at) = active.get_untracked() {
                    pick(at);
                }
            }
            (_, "ArrowDown") => open.set(true),
            (_, "Enter") => {
                // Enter in this field never sends the form.
                event.prevent_default();
                take();
            }
            (_, ",") => {
                event.prevent_default();
                take();
            }
            (_, "Backspace") if is_empty && !bind.read_untracked().is_empty() => bind.update(|names| {
                names.pop();
            }),
            _ => {}
        }
    };
    // Leaving the field and its list takes what is typed; going from one to the other does not.
    let left = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        let stays = around.get_untracked().is_some_and(|around| to.is_some() && around.contains(to.as_ref()));
        if interactive.get_untracked() && !stays {
            take();
            open.set(false);
        }
    };
    let list_name = name.clone();
    let (controls, marks, list_id) = (list.clone(), list.clone(), list);
    let palette = StoredValue::new(palette);
    view! {
        <div class="field tag-picker" node_ref=around on:focusout=left>
            <label class="field-label" for=id.clone()>{label}</label>
            <div class="tag-editor">
                <For each=move || if interactive.get() { bind.get() } else { Vec::new() } key=String::clone let(tag)>
                    {
                        let removed = tag.clone();
                        let shown = tag.clone();
                        let dot = move || {
                            let known = known.read();
                            known.iter().find(|known| is_same(&known.name, &shown)).and_then(|known| known.color.clone())
                        };
                        view! {
                            <span class="tag-chip" dir="auto">
                                {move || dot().map(|color| view! { <ColorDot color/> })}
                                {tag.clone()}
                                <button
                                    type="button"
                                    class="tag-remove"
                                    aria-label=format!("Remove {tag}")
                                    on:click=move |_| {
                                        bind.update(|names| names.retain(|name| *name != removed));
                                        if let Some(input) = node.get_untracked() {
                                            // The button is gone; keep the keyboard in the field.
                                            let _ = input.focus();
                                        }
                                    }
                                >
                                    <Icon glyph=Glyph::Close size=12/>
                                </button>
                            </span>
                        }
                    }
                </For>
                <input
                    node_ref=node
                    class="tag-input"
                    id=id.clone()
                    type="text"
                    name=move || (!interactive.get()).then(|| list_name.clone())
                    value=at_first
                    role="combobox"
                    aria-autocomplete="list"
                    aria-controls=controls
                    aria-expanded=move || if open.get() && !picks.read().is_empty() { "true" } else { "false" }
                    aria-activedescendant=move || active.get().filter(|_| open.get()).map(|at| pick_id(&marks, at))
                    autocomplete="off"
                    autocapitalize="none"
                    dir="auto"
                    placeholder=move || if bind.read().is_empty() { "Add tags" } else { "" }
                    aria-invalid=move || error.read().is_some().then_some("true")
                    aria-describedby=described
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        active.set(None);
                        open.set(true);
                    }
                    on:click=move |_| open.set(true)
                    on:keydown=pressed
                />
                {move || {
                    let name = name.clone();
                    interactive
                        .get()
                        .then(|| view! { <input type="hidden" name=name prop:value=move || bind.read().join(",")/> })
                }}
            </div>
            <div class="popover tag-popover" hidden=move || !open.get() || picks.read().is_empty()>
                <Picks id=list_id label="Suggestions" picks active on_pick=pick/>
                <Show when=move || new_name.read().is_some()>
                    <div
                        class="tag-new"
                        on:keydown=move |event: web_sys::KeyboardEvent| {
                            if event.key() == "Enter" && event.target().is_some_and(|target| target.has_type::<web_sys::HtmlInputElement>()) {
                                event.prevent_default();
                                take();
                            }
                        }
                    >
                        <ColorField
                            label="Colour of the new tag"
                            name="new_tag_color"
                            bind=color
                            swatches=palette.get_value()
                        />
                        <Button
                            kind="button"
                            variant=Variant::Quiet
                            small=true
                            on_click=move |_| {
                                take();
                                if let Some(input) = node.get_untracked() {
                                    let _ = input.focus();
                                }
                            }
                        >
                            "Create tag"
                        </Button>
                    </div>
                </Show>
            </div>
            <FieldNotes id hint=None error/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{KnownTag, offered};

    #[test]
    fn known_tags_are_offered_by_what_is_typed_and_only_once() {
        let known: Vec<KnownTag> =
            ["Fix", "Prefix", "UI", "Über"].map(|name| KnownTag { name: name.to_owned(), color: None }).into();
        let names = |chosen: &[&str], typed: &str| -> Vec<String> {
            let chosen: Vec<String> = chosen.iter().map(|name| (*name).to_owned()).collect();
            offered(&known, &chosen, typed).into_iter().map(|tag| tag.name).collect()
        };
        assert_eq!(names(&[], ""), ["Fix", "Prefix", "UI", "Über"]);
        assert_eq!(names(&[], " fix "), ["Fix", "Prefix"]);
        assert_eq!(names(&["FIX"], "fix"), ["Prefix"]);
        assert_eq!(names(&[], "ÜB"), ["Über"]);
        assert!(names(&[], "zzz").is_empty());
    }
}
