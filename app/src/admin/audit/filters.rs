//! The form over the log. It is a plain form that leads to an address.

use leptos::prelude::*;
use model::audit::Outcome;
use ui::{Button, ButtonLink, Choice, Field, SearchField, Select, Variant};

use super::{Asked, AuditChoices, PATH};

/// The filters with what is set, and the way to set others.
#[component]
pub(super) fn Filters(asked: Asked, choices: AuditChoices) -> impl IntoView {
    let AuditChoices { actions, projects, people } = choices;
    let mut action_choices = vec![Choice::new("", "Any action")];
    // An action of the address that the log does not have stays chosen.
    if !asked.action.is_empty() && actions.iter().all(|counted| counted.action != asked.action) {
        action_choices.push(Choice::new(asked.action.clone(), format!("{} (0)", asked.action)));
    }
    action_choices.extend(actions.into_iter().map(|counted| {
        let label = format!("{} ({})", counted.action, counted.count);
        Choice::new(counted.action, label)
    }));
    let mut outcomes = vec![Choice::new("", "Any outcome")];
    outcomes.extend(Outcome::ALL.into_iter().map(|outcome| Choice::new(outcome.as_str(), outcome.label())));
    let mut project_choices = vec![Choice::new("", "Any project")];
    if !asked.project.is_empty() && projects.iter().all(|(id, _)| id.as_str() != asked.project) {
        project_choices.push(Choice::new(asked.project.clone(), "A project that was deleted"));
    }
    project_choices.extend(projects.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)));
    let is_narrowed = asked.is_narrowed();
    view! {
        <form class="audit-filters" method="get" action=PATH role="search" aria-label="Filters">
            <div class="audit-search">
                <SearchField label="Search names, addresses and actions" name="q" value=asked.q shortcut="/"/>
            </div>
            <Select label="Action" name="action" value=asked.action options=action_choices/>
            <Select label="Outcome" name="outcome" value=asked.outcome options=outcomes/>
            <Person label="Done by" name="actor" value=asked.actor/>
            <Person label="Concerns" name="target" value=asked.target/>
            <Select label="Project" name="project" value=asked.project options=project_choices/>
            <Field label="From" name="from" kind="date" value=asked.from/>
            <Field label="To" name="to" kind="date" value=asked.to/>
            <div class="cluster audit-filter-actions">
                <Button kind="submit" variant=Variant::Quiet>"Filter"</Button>
                {is_narrowed.then(|| view! { <ButtonLink href=PATH variant=Variant::Bare>"Clear"</ButtonLink> })}
            </div>
            <datalist id="audit-people">
                {people
                    .into_iter()
                    .map(|(name, email)| view! { <option value=email>{name}</option> })
                    .collect_view()}
            </datalist>
        </form>
    }
}

/// A field for somebody's address, completed from the people there are.
#[component]
fn Person(label: &'static str, name: &'static str, value: String) -> impl IntoView {
    let id = format!("field-{name}");
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>{label}</label>
            <input
                class="input"
                id=id
                type="text"
                name=name
                value=value
                list="audit-people"
                placeholder="E-mail address"
                autocomplete="off"
                spellcheck="false"
                dir="ltr"
            />
        </div>
    }
}
