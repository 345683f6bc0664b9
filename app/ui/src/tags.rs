//! Editing a list of tags.

use leptos::{html, prelude::*};

use crate::{
    field::{FieldNotes, control_id, described_by},
    icon::{Glyph, Icon},
};

/// Cuts a comma list into names: trimmed, no empty ones, each once without regard to case.
pub fn split_tags(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        if !names.iter().any(|known| known.to_lowercase() == name.to_lowercase()) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Tags as removable words with a field behind them. The form always sends one comma list under `name`; without
/// scripts that list is the visible field.
#[component]
pub fn TagEditor(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// The tags, in order; the editor writes here.
    bind: RwSignal<Vec<String>>,
    /// Known tags offered while typing.
    #[prop(optional, into)]
    suggestions: Signal<Vec<String>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] hide_label: bool,
    /// Shows the tags without a way to change them.
    #[prop(optional)]
    readonly: bool,
    /// Runs after each change by the reader.
    #[prop(optional, into)]
    on_change: Option<Callback<Vec<String>>>,
) -> impl IntoView {
    let id = control_id(id, &name);
    let described = described_by(&id, hint.is_some(), error);
    let known = format!("{id}-known");
    let node = NodeRef::<html::Input>::new();
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
    let changed = move || {
        if let Some(callback) = on_change {
            callback.run(bind.get_untracked());
        }
    };
    let take = move || {
        let Some(input) = node.get_untracked() else { return };
        let mut all = bind.get_untracked().join(",");
        let before = all.len();
        all.push(',');
        all.push_str(&input.value());
        input.set_value("");
        if all.len() > before + 1 {
            let names = split_tags(&all);
            if names != *bind.read_untracked() {
                bind.set(names);
                changed();
            }
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if readonly || !interactive.get_untracked() || event.is_composing() {
            return;
        }
        let empty = node.get_untracked().is_none_or(|input| input.value().trim().is_empty());
        match event.key().as_str() {
            "Enter" if !empty => {
                event.prevent_default();
                take();
            }
            "," => {
                event.prevent_default();
                take();
            }
            "Backspace" if empty && !bind.read_untracked().is_empty() => {
                bind.update(|names| {
                    names.pop();
                });
                changed();
            }
            _ => {}
        }
    };
    let left = move |_| {
        if interactive.get_untracked() {
            take();
        }
    };
    let list_name = name.clone();
    view! {
        <div class="field">
            <label class=if hide_label { "field-label sr-only" } else { "field-label" } for=id.clone()>{label}</label>
            <div class="tag-editor">
                <For each=move || if interactive.get() { bind.get() } else { Vec::new() } key=String::clone let(tag)>
                    <span class="tag-chip" dir="auto">
                        {tag.clone()}
                        <button
                            type="button"
                            class="tag-remove"
                            hidden=readonly
                            aria-label=format!("Remove {tag}")
                            on:click=move |_| {
                                bind.update(|names| names.retain(|name| *name != tag));
                                if let Some(input) = node.get_untracked() {
                                    // The button is gone; keep the keyboard in the editor.
                                    let _ = input.focus();
                                }
                                changed();
                            }
                        >
                            <Icon glyph=Glyph::Close size=12/>
                        </button>
                    </span>
                </For>
                <input
                    node_ref=node
                    class="tag-input"
                    id=id.clone()
                    type="text"
                    name=move || (!interactive.get()).then(|| list_name.clone())
                    value=at_first
                    list=known.clone()
                    autocomplete="off"
                    autocapitalize="none"
                    readonly=readonly
                    dir="auto"
                    placeholder=move || if bind.read().is_empty() && !readonly { "fix, security" } else { "" }
                    aria-invalid=move || error.read().is_some().then_some("true")
                    aria-describedby=described
                    on:keydown=pressed
                    on:blur=left
                />
                {move || {
                    let name = name.clone();
                    interactive
                        .get()
                        .then(|| view! { <input type="hidden" name=name prop:value=move || bind.read().join(",")/> })
                }}
            </div>
            <datalist id=known>
                {move || {
                    suggestions.get().into_iter().map(|tag| view! { <option value=tag></option> }).collect_view()
                }}
            </datalist>
            <FieldNotes id hint error/>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::split_tags;

    #[test]
    fn a_comma_list_keeps_its_order_and_drops_blanks_and_repeats() {
        assert_eq!(split_tags(" Fix, ui ,,fix,Über, über,"), ["Fix", "ui", "Über"]);
        assert!(split_tags(" , ").is_empty());
    }
}
