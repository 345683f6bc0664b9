//! What a project is called, and where.

use leptos::prelude::*;
use model::projects::{MAX_DESCRIPTION, MAX_NAME, MAX_SLUG};
use ui::{Choice, Field, Section, Select};

use super::form::SectionForm;
use super::{Choices, Settings, SettingsFrame, UpdateProject, get_choices};
use crate::failure::{Failure, failure_of, field_error};
use crate::pending::{Pending, later};
use crate::projects::icon::{IconShape, icon_names};

#[component]
pub fn GeneralSettingsPage() -> impl IntoView {
    view! { <SettingsFrame page="" content=|settings| view! { <Loaded settings/> }.into_any()/> }
}

#[component]
fn Loaded(settings: Settings) -> impl IntoView {
    let id = settings.project.with_untracked(|project| project.id.clone());
    let choices = Resource::new(|| (), move |()| get_choices(id.clone()));
    view! {
        <Pending>
            {move || later(async move {
                match choices.await {
                    Ok(choices) => view! { <General settings choices/> }.into_any(),
                    Err(error) => view! { <Failure error what="The settings could not be loaded."/> }.into_any(),
                }
            })}
        </Pending>
    }
}

#[component]
fn General(settings: Settings, choices: Choices) -> impl IntoView {
    let update = ServerAction::<UpdateProject>::new();
    let failure = failure_of(update);
    let project = settings.project.get_untracked();
    let slug = RwSignal::new(project.slug.clone());
    let is_moved = Signal::derive(move || settings.project.with(|project| slug.read().trim() != project.slug));
    let base = format!("{}/changelog/", choices.base_url);
    let default = match choices.time_zone.as_str() {
        "UTC" => "UTC".to_owned(),
        zone => format!("That of the instance ({zone})"),
    };
    let mut zones = vec![Choice::new("", &default)];
    let known = choices.time_zones.iter().any(|zone| Some(zone) == project.timezone.as_ref());
    // An older name of a zone stays what it is until somebody chooses another.
    zones.extend(project.timezone.iter().filter(|_| !known).map(|zone| Choice::new(zone, zone)));
    zones.extend(
        choices
            .time_zones
            .into_iter()
            .filter(|zone| zone != "UTC" || default != "UTC")
            .map(|zone| Choice::new(&zone, &zone)),
    );
    view! {
        <Section title="Name and address" text="What readers see at the head of the public page, and where they find it.">
            <SectionForm settings action=update verb="Save name and address" done="Name and address saved.">
                <Field
                    label="Name"
                    name="name"
                    value=project.name
                    required=true
                    maxlength=MAX_NAME as u32
                    error=field_error(failure, "name")
                />
                <Field
                    label="Address"
                    name="slug"
                    bind=slug
                    required=true
                    mono=true
                    maxlength=MAX_SLUG as u32
                    pattern="[a-z0-9\\-]+"
                    hint="Lower-case letters, digits and hyphens. It stays when the name changes."
                    error=field_error(failure, "slug")
                />
                <p class="small address-preview">
                    <span class="soft">{base}</span>
                    <strong>{move || slug.get()}</strong>
                    {move || {
                        is_moved.get().then(|| view! {
                            <span class="soft block">"The old address will redirect here, also for feeds and links people have kept."</span>
                        })
                    }}
                </p>
                <Field
                    label="Description"
                    name="description"
                    value=project.description.unwrap_or_default()
                    maxlength=MAX_DESCRIPTION as u32
                    hint="One line under the name, and what search engines show."
                    error=field_error(failure, "description")
                />
                <IconPicker chosen=project.icon error=field_error(failure, "icon")/>
                <Select
                    label="Time zone"
                    name="timezone"
                    value=project.timezone.unwrap_or_default()
                    options=zones
                    hint="Dates on the public pages are shown in it."
                    error=field_error(failure, "timezone")
                />
            </SectionForm>
        </Section>
    }
}

/// The built-in icons to choose from. A name that is not drawn, as other clients may have set, is kept as a choice.
#[component]
fn IconPicker(chosen: Option<String>, error: Signal<Option<String>>) -> impl IntoView {
    let chosen = chosen.unwrap_or_default();
    let same = |name: &str| {
        let plain = |text: &str| text.replace('-', "").to_ascii_lowercase();
        plain(name) == plain(&chosen)
    };
    let is_known = chosen.is_empty() || icon_names().any(same);
    let option = |value: String, label: String, checked: bool, face: AnyView| {
        let tip = label.clone();
        view! {
            <label class="icon-choice" title=tip>
                <input type="radio" name="icon" value=value checked=checked/>
                {face}
                <span class="sr-only">{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field" id="field-icon" tabindex="-1">
            <legend class="field-label">"Icon"</legend>
            <div class="icon-choices">
                {option(String::new(), "First letter".to_owned(), chosen.is_empty(), view! { <span>"A"</span> }.into_any())}
                {(!is_known).then(|| option(chosen.clone(), chosen.clone(), true, view! { <span>"…"</span> }.into_any()))}
                {icon_names()
                    .map(|name| {
                        option(name.to_owned(), name.to_owned(), same(name), view! { <IconShape name=name size=18/> }.into_any())
                    })
                    .collect_view()}
            </div>
            <p class="field-hint">"Shown beside the name in the dashboard."</p>
            {move || error.get().map(|text| view! { <p class="field-error">{text}</p> })}
        </fieldset>
    }
}
