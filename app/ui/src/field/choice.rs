//! Controls that choose: lists, boxes, switches.

use leptos::{html, prelude::*};

use super::{FieldNotes, control_id, described_by};

/// One option of a [`Select`] or [`Radios`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// One sentence under the label; shown by [`Radios`] only.
    pub hint: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None }
    }

    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// A labelled drop-down list.
#[component]
pub fn Select(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(into)] options: Vec<Choice>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional)] bind: Option<RwSignal<String>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional)] hide_label: bool,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = control_id(id, &name);
    let described = described_by(&id, hint.is_some(), error);
    let current = super::initial(value, bind);
    let node = NodeRef::<html::Select>::new();
    Effect::new(move |earlier: Option<bool>| {
        let Some(bound) = bind else { return true };
        let wanted = bound.get();
        let Some(select) = node.get() else { return false };
        if select.value() != wanted {
            if earlier == Some(true) {
                select.set_value(&wanted);
            } else {
                bound.set(select.value());
            }
        }
        true
    });
    let changed = move |event: web_sys::Event| {
        let chosen = event_target_value(&event);
        if let Some(bound) = bind {
            bound.set(chosen.clone());
        }
        if let Some(callback) = on_change {
            callback.run(chosen);
        }
    };
    view! {
        <div class="field">
            <label class=if hide_label { "field-label sr-only" } else { "field-label" } for=id.clone()>{label}</label>
            <select
                node_ref=node
                class="input select"
                id=id.clone()
                name=name
                disabled=move || disabled.get()
                aria-invalid=move || error.read().is_some().then_some("true")
                aria-describedby=described
                on:change=changed
            >
                {options
                    .into_iter()
                    .map(|option| {
                        let own = option.value.clone();
                        view! {
                            <option value=option.value selected=move || *current.read() == own>{option.label}</option>
                        }
                    })
                    .collect_view()}
            </select>
            <FieldNotes id hint error/>
        </div>
    }
}

/// A few choices, all visible.
#[component]
pub fn Radios(
    #[prop(into)] legend: String,
    #[prop(into)] name: String,
    #[prop(into)] options: Vec<Choice>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
) -> impl IntoView {
    let id = control_id(None, &name);
    let changed = move |event: web_sys::Event| {
        if let Some(callback) = on_change {
            callback.run(event_target_value(&event));
        }
    };
    let described = described_by(&id, false, error);
    view! {
        <fieldset class="field radios" id=id.clone() aria-describedby=described>
            <legend class="field-label">{legend}</legend>
            {options
                .into_iter()
                .map(|option| {
                    let own = option.value.clone();
                    view! {
                        <label class="check">
                            <input
                                type="radio"
                                name=name.clone()
                                value=option.value
                                checked=move || *value.read() == own
                                on:change=changed
                            />
                            <span class="check-text">
                                {option.label}
                                {option.hint.map(|hint| view! { <span class="field-hint">{hint}</span> })}
                            </span>
                        </label>
                    }
                })
                .collect_view()}
            <FieldNotes id=id.clone() hint=None error/>
        </fieldset>
    }
}

/// Several boxes to tick, of which each sends its own value under one name.
#[component]
pub fn CheckGroup(
    #[prop(into)] legend: String,
    #[prop(into)] name: String,
    #[prop(into)] options: Vec<Choice>,
    /// The values that are ticked at first.
    #[prop(optional, into)]
    ticked: Vec<String>,
    /// The figure face for the labels: scopes, keys.
    #[prop(optional)]
    mono: bool,
) -> impl IntoView {
    view! {
        <fieldset class="field radios">
            <legend class="field-label">{legend}</legend>
            {options
                .into_iter()
                .map(|option| {
                    let checked = ticked.contains(&option.value);
                    view! {
                        <label class="check">
                            <input type="checkbox" name=name.clone() value=option.value checked=checked/>
                            <span class="check-text">
                                <span class=mono.then_some("mono")>{option.label}</span>
                                {option.hint.map(|hint| view! { <span class="field-hint">{hint}</span> })}
                            </span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}

fn box_view(class: &'static str, role: Option<&'static str>, own: BoxProps) -> impl IntoView {
    let BoxProps { label, name, value, checked, bind, hint, error, disabled, id, on_change } = own;
    let id = control_id(id, &name);
    let described = described_by(&id, hint.is_some(), error);
    let node = NodeRef::<html::Input>::new();
    Effect::new(move |earlier: Option<bool>| {
        let Some(bound) = bind else { return true };
        let wanted = bound.get();
        let Some(input) = node.get() else { return false };
        if input.checked() != wanted {
            if earlier == Some(true) {
                input.set_checked(wanted);
            } else {
                bound.set(input.checked());
            }
        }
        true
    });
    let at_first = match bind {
        Some(bound) => Signal::stored(bound.get_untracked()),
        None => checked,
    };
    let changed = move |event: web_sys::Event| {
        let on = event_target_checked(&event);
        if let Some(bound) = bind {
            bound.set(on);
        }
        if let Some(callback) = on_change {
            callback.run(on);
        }
    };
    view! {
        <div class="field">
            <label class=class>
                <input
                    node_ref=node
                    type="checkbox"
                    role=role
                    id=id.clone()
                    name=name
                    value=value
                    checked=move || at_first.get()
                    disabled=move || disabled.get()
                    aria-invalid=move || error.read().is_some().then_some("true")
                    aria-describedby=described
                    on:change=changed
                />
                <span class="check-text">{label}</span>
            </label>
            <FieldNotes id hint error/>
        </div>
    }
}

struct BoxProps {
    label: String,
    name: String,
    value: String,
    checked: Signal<bool>,
    bind: Option<RwSignal<bool>>,
    hint: Option<String>,
    error: Signal<Option<String>>,
    disabled: Signal<bool>,
    id: Option<String>,
    on_change: Option<Callback<bool>>,
}

/// A box to tick. Sends `value` ("true" by default) when ticked and nothing otherwise.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional)] bind: Option<RwSignal<bool>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    box_view("check", None, BoxProps { label, name, value, checked, bind, hint, error, disabled, id, on_change })
}

/// A checkbox for something that is on or off. The label says what is true when it is on.
#[component]
pub fn Switch(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional)] bind: Option<RwSignal<bool>>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    box_view(
        "check switch",
        Some("switch"),
        BoxProps { label, name, value, checked, bind, hint, error, disabled, id, on_change },
    )
}
