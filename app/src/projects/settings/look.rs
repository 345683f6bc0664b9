//! How the public pages look.

use leptos::prelude::*;
use model::color::{DARK_PAPER, ENOUGH, LIGHT_PAPER, contrast};
use model::projects::{Layout, MAX_ADDRESS, MAX_CUSTOM_CSS};
use ui::{ButtonLink, Choice, ColorField, Field, Section, Select, TextArea};

use super::form::SectionForm;
use super::{SetProjectLook, SetProjectStyle, Settings, SettingsFrame};
use crate::failure::{failure_of, field_error};
use crate::projects::swatches;

#[component]
pub fn LookSettingsPage() -> impl IntoView {
    view! { <SettingsFrame page="/look" content=|settings| view! { <Look settings/> }.into_any()/> }
}

#[component]
fn Look(settings: Settings) -> impl IntoView {
    let set_look = ServerAction::<SetProjectLook>::new();
    let failure = failure_of(set_look);
    let set_style = ServerAction::<SetProjectStyle>::new();
    let style_failure = failure_of(set_style);
    let project = settings.project.get_untracked();
    let color = RwSignal::new(project.color.clone().unwrap_or_default());
    let picture = move |label: &'static str,
                        name: &'static str,
                        value: Option<String>,
                        hint: &'static str,
                        field: &'static str| {
        view! {
            <Field
                label=label
                name=name
                value=value.unwrap_or_default()
                kind="text"
                mono=true
                maxlength=MAX_ADDRESS as u32
                placeholder="https://"
                hint=hint
                error=field_error(failure, field)
            />
        }
    };
    view! {
        <Section title="Appearance" text="Colour, layout and pictures of the public pages.">
            <SectionForm settings action=set_look verb="Save appearance" done="Appearance saved.">
                <ColorField
                    label="Colour"
                    name="color"
                    bind=color
                    swatches=swatches()
                    hint="Links, buttons and the widget. Without one, Tidings' own blue."
                    error=field_error(failure, "color")
                />
                {move || readable(&color.read()).map(|text| view! { <p class="small outcome">{text}</p> })}
                <LayoutChoice chosen=project.layout/>
                {picture("Logo", "logo_url", project.logo_url, "Address of an image, shown before the name. A path on this instance works as well.", "logoUrl")}
                {picture("Favicon", "favicon_url", project.favicon_url, "The small picture in the browser's tab.", "faviconUrl")}
                {picture(
                    "Social image",
                    "social_image_url",
                    project.social_image_url,
                    "For link previews, best 1200 by 630 pixels. Without one, a card with the name is drawn.",
                    "socialImageUrl",
                )}
            </SectionForm>
        </Section>
        <Section
            title="Style rules"
            text="CSS for the public pages alone, after their own. The dashboard and other sites are not touched."
        >
            <SectionForm settings action=set_style verb="Save style rules" done="Style rules saved.">
                <TextArea
                    label="CSS"
                    name="custom_css"
                    value=project.custom_css.unwrap_or_default()
                    rows=8
                    mono=true
                    maxlength=MAX_CUSTOM_CSS as u32
                    hint="At most 50,000 characters; @import is not allowed."
                    error=field_error(style_failure, "customCss")
                />
            </SectionForm>
        </Section>
        <Preview settings/>
    }
}

/// Says where a colour is too faint, and what readers see instead.
fn readable(color: &str) -> Option<String> {
    let (light, dark) = (contrast(color, LIGHT_PAPER)?, contrast(color, DARK_PAPER)?);
    let told = |ratio: f64| format!("{ratio:.1}:1");
    match (light < ENOUGH, dark < ENOUGH) {
        (true, true) => Some(format!(
            "This colour has {} on light pages and {} on dark ones, and text needs 4.5:1. Readers see a darker and a lighter shade of it.",
            told(light),
            told(dark)
        )),
        (true, false) => Some(format!(
            "This colour has {} on light pages, and text needs 4.5:1. Readers see a darker shade of it there.",
            told(light)
        )),
        (false, true) => Some(format!(
            "This colour has {} on dark pages, and text needs 4.5:1. Readers see a lighter shade of it there.",
            told(dark)
        )),
        (false, false) => None,
    }
}

/// The layouts, each with a small picture.
#[component]
fn LayoutChoice(chosen: Layout) -> impl IntoView {
    let option = |layout: Layout| {
        let (label, hint, shape) = match layout {
            Layout::Timeline => (
                "Timeline",
                "Version and date in the margin",
                "M8 10h14M8 15h10M32 10h50M32 16h56M32 21h44M8 36h14M8 41h10M32 36h40M32 42h56M32 47h50",
            ),
            Layout::List => (
                "List",
                "One column, the date above each title",
                "M18 8h16M18 14h46M18 20h60M18 25h52M18 38h16M18 44h38M18 50h60",
            ),
            Layout::Cards => (
                "Cards",
                "Frames, two beside each other",
                "M8 6h36v44H8zM52 6h36v44H52zM14 15h14M14 22h24M14 27h20M58 15h14M58 22h24M58 27h20",
            ),
        };
        view! {
            <label class="layout-choice">
                <input type="radio" name="layout" value=layout.as_str() checked=layout == chosen/>
                <svg viewBox="0 0 96 56" aria-hidden="true" focusable="false">
                    <path d=shape></path>
                </svg>
                <span class="layout-name">{label}</span>
                <span class="field-hint">{hint}</span>
            </label>
        }
    };
    view! {
        <fieldset class="field">
            <legend class="field-label">"Layout"</legend>
            <div class="layout-choices">{Layout::ALL.map(option).into_iter().collect_view()}</div>
        </fieldset>
    }
}

/// The public page as it is now; it is loaded again after each save.
#[component]
fn Preview(settings: Settings) -> impl IntoView {
    let project = settings.project;
    let width = RwSignal::new("wide".to_owned());
    let href = Signal::derive(move || project.with(|project| format!("/changelog/{}", project.slug)));
    // A changed address makes the frame load again.
    let source = Signal::derive(move || {
        project.with(|project| format!("/changelog/{}?saved={}", project.slug, project.revision))
    });
    view! {
        <Section title="Preview" text="The public page with what was saved last.">
            {move || {
                if !project.with(|project| project.is_public) {
                    return view! {
                        <p class="soft">"The project is private, so there is no public page to look at. An administrator can make it public under Access."</p>
                    }
                    .into_any();
                }
                view! {
                    <div class="stack stack-tight">
                        <div class="row preview-bar">
                            <Select
                                label="Width"
                                name="preview-width"
                                bind=width
                                options=vec![Choice::new("wide", "Desktop"), Choice::new("narrow", "Phone")]
                                hide_label=true
                            />
                            <ButtonLink href=href external=true>"Open the public page"</ButtonLink>
                        </div>
                        <div class="preview" data-width=move || width.get()>
                            <iframe src=move || source.get() title="The public page"></iframe>
                        </div>
                    </div>
                }
                .into_any()
            }}
        </Section>
    }
}
