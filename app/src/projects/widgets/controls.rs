//! One control for each option of a widget.

use leptos::prelude::*;
use model::Error;
use model::widgets::{Kind, Variant, Widget, WidgetOption, options_of};
use ui::{Choice, ColorField, Field, Select, Switch};

use crate::projects::swatches;

/// An option with what is chosen at present, as text.
#[derive(Clone, Copy)]
pub(super) struct Chosen {
    pub option: &'static WidgetOption,
    pub text: RwSignal<String>,
    pub flag: RwSignal<bool>,
}

impl Chosen {
    pub fn all(widget: &Widget) -> Vec<Chosen> {
        let chosen = |option: &'static WidgetOption| {
            let text = widget.option_text(option);
            Chosen { option, flag: RwSignal::new(text == "true"), text: RwSignal::new(text) }
        };
        options_of(widget.variant).map(chosen).collect()
    }

    /// The value for the preview; `None` for the default.
    pub fn value(&self) -> Option<serde_json::Value> {
        if self.option.kind == Kind::Flag {
            return Some(self.flag.get().into());
        }
        let text = self.text.get();
        (!text.trim().is_empty()).then(|| text.trim().into())
    }
}

/// The groups of the form: title, sentence, options.
pub(super) const GROUPS: [(&str, &str, &[&str]); 4] = [
    ("Place", "Where it stands and how it opens.", &["isPopup", "trigger", "position", "buttonText", "showIcon"]),
    (
        "Content",
        "What readers find in it.",
        &["maxEntries", "tagFilter", "openIn", "showBadge", "firstVisit", "showRss", "showPoweredBy"],
    ),
    ("Look", "It takes the fonts of the page it stands on.", &["theme", "accentColor", "radius", "font", "maxHeight"]),
    ("Surroundings", "How it gets along with the page around it.", &["shadow"]),
];

/// Label and hint for people.
fn words(name: &str, variant: Variant) -> (&'static str, &'static str) {
    match name {
        "theme" => ("Theme", "Automatic follows the reader's system."),
        "position" => ("Position", ""),
        "isPopup" => ("Popup", "Off, the list stands in the page, where the tag is."),
        "trigger" => {
            ("Opened by", "The id of an element of your page, or “immediate”. Empty: a small button of its own.")
        }
        "buttonText" if variant == Variant::Floating => ("Text of the button", "Empty: What's new"),
        "buttonText" => ("Text of its own button", "Empty: What's new"),
        "showIcon" => ("Icon on the button", ""),
        "showBadge" => ("Count of new entries", "Entries published after the newest one the reader has seen."),
        "firstVisit" => ("First visit", "What counts as new for somebody who was never here."),
        "maxEntries" => ("Entries", "1 to 100."),
        "maxHeight" => ("Height of the list", "At most, such as 400px or 60vh."),
        "tagFilter" => ("Only with tags", "Names, separated by commas. Empty: all entries."),
        "openIn" => ("Entries open", ""),
        "accentColor" => ("Colour", "Empty: the colour of the project."),
        "radius" => ("Round corners", "Such as 10px. Empty: 10px."),
        "font" => ("Font", "Such as Inter, sans-serif. Empty: the font of the page."),
        "showPoweredBy" => ("“Powered by Tidings”", ""),
        "showRss" => ("Link to the feed", ""),
        "shadow" => ("Styles of the page", "Automatic keeps them out, unless they name parts of the widget."),
        _ => ("", ""),
    }
}

fn choice_label(value: &str) -> &'static str {
    match value {
        "light" => "Light",
        "dark" => "Dark",
        "auto" => "Automatic",
        "bottom-right" => "Bottom right",
        "bottom-left" => "Bottom left",
        "top-right" => "Top right",
        "top-left" => "Top left",
        "silent" => "Nothing is new",
        "latest" => "The latest entry is new",
        "newTab" => "In a new tab",
        "sameTab" => "In the same tab",
        "inline" => "In the widget",
        "true" => "Keep out",
        "false" => "Let in",
        _ => "",
    }
}

/// The control of one option.
#[component]
pub(super) fn OptionControl(
    chosen: Chosen,
    variant: Variant,
    failure: Signal<Option<Error>>,
    disabled: bool,
) -> impl IntoView {
    let Chosen { option, text, flag } = chosen;
    let (label, hint) = words(option.name, variant);
    let hint = hint.to_owned();
    let name = format!("settings[{}]", option.name);
    let field = format!("settings.{}", option.name);
    let id = format!("field-{field}");
    let error = Signal::derive(move || failure.with(|error| error.as_ref().and_then(|error| error.for_field(&field))));
    match option.kind {
        Kind::Flag => {
            view! { <Switch label=label name=name bind=flag checked=flag hint=hint disabled=disabled id=id error=error/> }.into_any()
        }
        Kind::OneOf(values) => {
            let options = values.iter().map(|value| Choice::new(*value, choice_label(value))).collect::<Vec<_>>();
            view! { <Select label=label name=name options=options bind=text hint=hint disabled=disabled id=id error=error/> }.into_any()
        }
        Kind::Color => view! {
            <ColorField label=label name=name bind=text swatches=swatches() hint=hint disabled=disabled id=id error=error/>
        }
        .into_any(),
        _ => view! { <Field label=label name=name bind=text hint=hint disabled=disabled id=id error=error/> }.into_any(),
    }
}
