//! Controls that take text.

use leptos::{html, prelude::*};

use super::{FieldNotes, control_id, described_by, focus_on_key, follow, initial, keep_in_step};
use crate::icon::{Glyph, Icon};

/// A labelled input of one line. Use `Select`, `Checkbox` and friends for other kinds.
#[component]
pub fn Field(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// What the server knows; also what was typed when a plain form comes back with an error.
    #[prop(optional, into)]
    value: Signal<String>,
    /// Two-way binding; takes the place of `value`.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    /// The input's type: `text`, `email`, `password`, `url`, `number`, `date`, `datetime-local`, `search`…
    #[prop(default = "text")]
    kind: &'static str,
    /// What is allowed, before anything went wrong.
    #[prop(optional, into)]
    hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] readonly: bool,
    #[prop(optional)] autofocus: bool,
    /// The figure face: versions, keys, addresses.
    #[prop(optional)]
    mono: bool,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] minlength: Option<u32>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] pattern: Option<String>,
    /// Needed only when two controls in one page share a name.
    #[prop(optional, into)]
    id: Option<String>,
    /// Keeps the label for screen readers only, where the place says what the field is.
    #[prop(optional)]
    hide_label: bool,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = control_id(id, &name);
    let node = NodeRef::<html::Input>::new();
    keep_in_step(node, bind);
    let described = described_by(&id, hint.is_some(), error);
    let value = initial(value, bind);
    let spellcheck = (mono || matches!(kind, "email" | "url" | "password")).then_some("false");
    view! {
        <div class="field">
            <label class=if hide_label { "field-label sr-only" } else { "field-label" } for=id.clone()>
                {label}
                {(!required && !hide_label && !readonly)
                    .then(|| view! { <span class="field-optional">"optional"</span> })}
            </label>
            <input
                node_ref=node
                class=if mono { "input mono" } else { "input" }
                id=id.clone()
                type=kind
                name=name
                value=move || value.get()
                required=required
                readonly=readonly
                autofocus=autofocus
                disabled=move || disabled.get()
                autocomplete=autocomplete
                inputmode=inputmode
                placeholder=placeholder
                minlength=minlength
                maxlength=maxlength
                pattern=pattern
                spellcheck=spellcheck
                dir=if mono || kind == "email" || kind == "url" { "ltr" } else { "auto" }
                aria-invalid=move || error.read().is_some().then_some("true")
                aria-describedby=described
                on:input=follow(bind, on_input)
            />
            <FieldNotes id hint error/>
        </div>
    }
}

/// A labelled text of several lines; grows with its content where the browser can.
#[component]
pub fn TextArea(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional)] bind: Option<RwSignal<String>>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] mono: bool,
    #[prop(optional, into)] placeholder: Option<String>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] hide_label: bool,
    /// For callers that read or move the selection (a Markdown toolbar).
    #[prop(optional)]
    node_ref: NodeRef<html::Textarea>,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = control_id(id, &name);
    keep_in_step(node_ref, bind);
    let described = described_by(&id, hint.is_some(), error);
    // A text area's content is a child, not an attribute, and is read once.
    let text = initial(value, bind).get_untracked();
    view! {
        <div class="field">
            <label class=if hide_label { "field-label sr-only" } else { "field-label" } for=id.clone()>
                {label}
                {(!required && !hide_label).then(|| view! { <span class="field-optional">"optional"</span> })}
            </label>
            <textarea
                node_ref=node_ref
                class=if mono { "input textarea mono" } else { "input textarea" }
                id=id.clone()
                name=name
                rows=rows
                required=required
                disabled=move || disabled.get()
                placeholder=placeholder
                maxlength=maxlength
                dir="auto"
                aria-invalid=move || error.read().is_some().then_some("true")
                aria-describedby=described
                on:input=follow(bind, on_input)
            >
                {text}
            </textarea>
            <FieldNotes id hint error/>
        </div>
    }
}

/// The field over a list. Put it in a `<form method="get" role="search">`, so that Enter works without scripts.
#[component]
pub fn SearchField(
    /// Spoken name, such as "Search entries".
    #[prop(into)]
    label: String,
    #[prop(default = "q".to_owned(), into)] name: String,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional)] bind: Option<RwSignal<String>>,
    #[prop(optional, into)] placeholder: Option<String>,
    /// The key that jumps here, shown at the end of the field.
    #[prop(optional, into)]
    shortcut: Option<String>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let id = control_id(id, &name);
    keep_in_step(node_ref, bind);
    if let Some(key) = &shortcut {
        focus_on_key(node_ref, key.clone());
    }
    let value = initial(value, bind);
    let placeholder = placeholder.unwrap_or_else(|| label.clone());
    view! {
        <div class="search-field">
            <label class="sr-only" for=id.clone()>{label}</label>
            <Icon glyph=Glyph::Search/>
            <input
                node_ref=node_ref
                class="input"
                id=id
                type="search"
                name=name
                value=move || value.get()
                placeholder=placeholder
                autocomplete="off"
                dir="auto"
                on:input=follow(bind, on_input)
            />
            {shortcut.map(|key| view! { <kbd class="kbd" aria-hidden="true">{key}</kbd> })}
        </div>
    }
}
