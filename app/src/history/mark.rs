//! Labels, icons, colours and pins.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::revisions::{MAX_LABEL, RevisionSummary};
use ui::{Button, Choice, ColorField, Field, FormError, Glyph, Select, Switch, Variant};

use super::MarkRevision;
use crate::failure::{failure_of, field_error, form_error, wrong_fields};

/// The icons that are offered, by their names in Lucide. Other names may be stored; they show nothing.
const ICONS: [(&str, &str, Glyph); 10] = [
    ("check", "Check", Glyph::Check),
    ("eye", "Eye", Glyph::Eye),
    ("bell", "Bell", Glyph::Bell),
    ("shield", "Shield", Glyph::Shield),
    ("tag", "Tag", Glyph::Tag),
    ("pencil", "Pencil", Glyph::Pencil),
    ("clock", "Clock", Glyph::Clock),
    ("users", "People", Glyph::Users),
    ("globe", "Globe", Glyph::Globe),
    ("triangle-alert", "Warning", Glyph::Alert),
];

/// What is offered for the colour; readable in both themes.
const COLORS: [(&str, &str); 6] = [
    ("#2b5fc2", "Blue"),
    ("#1f7a4d", "Green"),
    ("#b3412f", "Red"),
    ("#9a6a00", "Amber"),
    ("#7b4bb8", "Purple"),
    ("#5f6b7a", "Grey"),
];

pub(super) fn glyph(name: &str) -> Option<Glyph> {
    ICONS.into_iter().find(|(known, _, _)| *known == name).map(|(_, _, glyph)| glyph)
}

#[component]
pub(super) fn MarkForm(project: ProjectId, one: RevisionSummary, action: ServerAction<MarkRevision>) -> impl IntoView {
    let failure = failure_of(action);
    let marker = one.marker.clone();
    let icon = marker.icon.clone().unwrap_or_default();
    let mut icons = vec![Choice::new("", "None")];
    icons.extend(ICONS.into_iter().map(|(name, label, _)| Choice::new(name, label)));
    if !icon.is_empty() && glyph(&icon).is_none() {
        icons.push(Choice::new(icon.clone(), icon.clone()));
    }
    let is_open = RwSignal::new(false);
    Effect::new(move || {
        if failure.with(Option::is_some) {
            is_open.set(true);
        }
    });
    view! {
        <details class="history-mark" open=move || is_open.get()>
            <summary>"Label, colour, pin"</summary>
            <ActionForm action=action attr:class="stack">
                <FormError message=form_error(failure) fields=wrong_fields(failure)/>
                <input type="hidden" name="project" value=project.to_string()/>
                <input type="hidden" name="entry" value=one.entry_id.to_string()/>
                <input type="hidden" name="revision" value=one.id.to_string()/>
                <Field
                    label="Label"
                    name="label"
                    value=marker.label.unwrap_or_default()
                    maxlength=MAX_LABEL as u32
                    autocomplete="off"
                    hint="Such as “Sent to legal”. What has a label is kept however many versions follow."
                    error=field_error(failure, "label")
                />
                <Select label="Icon" name="icon" value=icon options=icons error=field_error(failure, "icon")/>
                <ColorField
                    label="Colour"
                    name="color"
                    value=marker.color.unwrap_or_default()
                    swatches=COLORS.map(|(hex, name)| (hex.to_owned(), name.to_owned())).to_vec()
                    error=field_error(failure, "color")
                />
                <Switch label="Pinned" name="pinned" checked=marker.pinned hint="Stands on top of the list, and is kept however many versions follow."/>
                <div><Button variant=Variant::Quiet kind="submit" busy=action.pending()>"Save mark"</Button></div>
            </ActionForm>
        </details>
    }
}
