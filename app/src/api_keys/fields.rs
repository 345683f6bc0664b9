//! What a new key and a changed one are asked alike.

use leptos::prelude::*;
use model::Scope;
use model::api_keys::{ApiKey, GROUPS, Preset, allows, is_used};
use model::{Error, api_keys::MAX_NAME};
use ui::{CheckGroup, Choice, Field, Radios, Select, Switch};

use crate::failure::field_error;

/// The value of the choice that is no preset.
const OWN: &str = "own";

/// Name, scopes and end. `key` is the one to change; a new one begins with reading only and ends after a year.
#[component]
pub(super) fn KeyFields(
    failure: Signal<Option<Error>>,
    #[prop(optional)] key: Option<ApiKey>,
    /// Where it works; fixed for a key that exists.
    #[prop(optional, into)]
    place: ViewFnOnce,
) -> impl IntoView {
    let name = key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
    let is_new = key.is_none();
    let (chosen, preset) = match &key {
        Some(key) => (key.scopes.clone(), Preset::of(&key.scopes)),
        None => (Preset::ReadOnly.scopes(), Some(Preset::ReadOnly)),
    };
    let mut choices: Vec<Choice> = Preset::ALL
        .into_iter()
        .map(|preset| Choice::new(preset.as_str(), preset.label()).with_hint(preset.phrase()))
        .collect();
    choices.push(Choice::new(OWN, "Single scopes").with_hint("Exactly what you tick."));
    let mut ends: Vec<Choice> = vec![
        Choice::new("30", "In 30 days"),
        Choice::new("90", "In 90 days"),
        Choice::new("365", "In 365 days"),
        Choice::new("date", "On a date"),
        Choice::new("never", "Never"),
    ];
    if let Some(key) = &key {
        let now = key.expires_at.map_or("never".to_owned(), |end| format!("on {}", crate::dates::day(end)));
        ends.insert(0, Choice::new("keep", format!("As it is, {now}")));
        if key.expires_at.is_none() {
            ends.pop();
        }
    }
    view! {
        <Field
            label="Name"
            name="name"
            value=name
            required=true
            autofocus=is_new
            maxlength=MAX_NAME as u32
            hint="What it is for, such as \u{201c}Build server\u{201d}."
            error=field_error(failure, "name")
        />
        {place.run()}
        <div class="key-choice stack">
            <Radios
                legend="What it may do"
                name="preset"
                value=preset.map_or(OWN, Preset::as_str)
                options=choices
                error=field_error(failure, "permissions")
            />
            <ScopeBoxes chosen/>
        </div>
        <div class="key-choice form-line">
            <Select
                label="Stops working"
                name="expiry"
                id="field-expiresAt"
                value=if is_new { "365" } else { "keep" }
                options=ends
                error=field_error(failure, "expiresAt")
            />
            <div class="key-date">
                <Field label="Last day" name="expires_on" kind="date" required=false hint="It works until the end of that day, UTC."/>
            </div>
        </div>
    }
}

/// One box for each scope. They are hidden, by style alone, until "Single scopes" is chosen.
#[component]
fn ScopeBoxes(chosen: Vec<Scope>) -> impl IntoView {
    let group = |title: &'static str, scopes: Vec<Scope>| {
        let options: Vec<Choice> =
            scopes.iter().map(|scope| Choice::new(scope.as_str(), scope.as_str()).with_hint(allows(*scope))).collect();
        let ticked: Vec<String> = chosen.iter().map(ToString::to_string).collect();
        (!options.is_empty())
            .then(|| view! { <CheckGroup legend=title name="scopes[]" mono=true options=options ticked=ticked/> })
    };
    let part = |used: bool| {
        GROUPS
            .into_iter()
            .map(|(title, scopes)| {
                group(title, scopes.iter().copied().filter(|scope| is_used(*scope) == used).collect())
            })
            .collect_view()
    };
    let has_unused = Scope::ALL.iter().any(|scope| !is_used(*scope));
    view! {
        <div class="key-scopes" id="field-permissions">
            <div class="key-scope-groups">{part(true)}</div>
            {has_unused.then(|| view! {
                <details class="key-unused">
                    <summary>"Scopes that nothing asks for yet"</summary>
                    <p class="soft small">"Existing clients name them. In this version they open nothing."</p>
                    <div class="key-scope-groups">{part(false)}</div>
                </details>
            })}
        </div>
    }
}

/// Whether administrators find the key among those of its project. Hidden, by style alone, for a key of all projects.
#[component]
pub(super) fn ShownToAdministrators(#[prop(optional)] checked: bool) -> impl IntoView {
    view! {
        <div class="key-global">
            <Switch
                label="Shown to administrators"
                name="is_global"
                checked=checked
                hint="They find it among the keys of its project and may change it. Off, they still see it in the list of all keys, and may revoke it."
            />
        </div>
    }
}
