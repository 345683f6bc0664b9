//! The options of widgets: which kinds have them, what they may be, what they are by default.

use serde_json::Value;

use super::Variant;

/// One option.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WidgetOption {
    /// Its member in the settings.
    pub name: &'static str,
    /// Its attribute on a script tag, without `data-`.
    pub attribute: &'static str,
    pub kind: Kind,
    pub variants: &'static [Variant],
    default: &'static str,
}

/// What values an option has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    OneOf(&'static [&'static str]),
    /// Within these bounds.
    Number(i64, i64),
    Flag,
    /// A CSS length; a bare number counts pixels.
    Length,
    /// `#rrggbb`
    Color,
    /// A list of CSS font families.
    Font,
    /// Up to so many characters on one line.
    Text(usize),
    /// Names of tags.
    Tags,
}

use Kind::{Color, Flag, Font, Length, Number, OneOf, Tags, Text};
use Variant::{Announcement, Classic, Floating, Modal};

const ALL: &[Variant] = &Variant::ALL;
const CORNERS: &[&str] = &["bottom-right", "bottom-left", "top-right", "top-left"];
const EDGES: &[&str] = &["top", "bottom"];

const fn option(
    name: &'static str,
    attribute: &'static str,
    kind: Kind,
    variants: &'static [Variant],
    default: &'static str,
) -> WidgetOption {
    WidgetOption { name, attribute, kind, variants, default }
}

/// Every option that is checked.
pub const OPTIONS: &[WidgetOption] = &[
    option("theme", "theme", OneOf(&["light", "dark", "auto"]), ALL, "light"),
    option("position", "position", OneOf(CORNERS), &[Classic, Floating], "bottom-right"),
    option("position", "position", OneOf(EDGES), &[Announcement], "top"),
    option("isPopup", "popup", Flag, &[Classic], "false"),
    option("trigger", "trigger", Text(100), &[Classic, Modal], ""),
    option("buttonText", "button-text", Text(60), &[Classic, Floating], ""),
    option("showIcon", "show-icon", Flag, &[Floating, Announcement], "true"),
    option("showBadge", "show-badge", Flag, &[Classic, Floating], "true"),
    option("firstVisit", "first-visit", OneOf(&["silent", "latest"]), &[Classic, Floating], "silent"),
    option("maxEntries", "max-entries", Number(1, 100), &[Classic, Floating, Modal], "3"),
    option("maxHeight", "max-height", Length, &[Classic, Floating], "400px"),
    option("tagFilter", "tags", Tags, ALL, ""),
    option("openIn", "open-in", OneOf(&["newTab", "sameTab", "inline"]), ALL, "newTab"),
    option("accentColor", "accent", Color, ALL, ""),
    option("radius", "radius", Length, ALL, ""),
    option("font", "font", Font, ALL, ""),
    option("showPoweredBy", "show-powered-by", Flag, ALL, "true"),
    option("showRss", "show-rss", Flag, ALL, "true"),
    option("shadow", "shadow", OneOf(&["auto", "true", "false"]), &[Classic, Floating], "auto"),
    option("autoOpen", "auto-open", Flag, &[Modal], "false"),
    option("showOverlay", "show-overlay", Flag, &[Modal], "true"),
    option("dismissible", "dismissible", Flag, &[Announcement], "true"),
    option("autoHide", "auto-hide", Flag, &[Announcement], "false"),
    option("hideDelay", "hide-delay", Number(0, 3_600_000), &[Announcement], "10000"),
];

/// The options of one kind of widget.
pub fn options_of(variant: Variant) -> impl Iterator<Item = &'static WidgetOption> {
    OPTIONS.iter().filter(move |option| option.variants.contains(&variant))
}

impl WidgetOption {
    /// What holds when neither tag nor settings say anything, as text; empty for nothing.
    pub fn default_for(&self, variant: Variant) -> &'static str {
        match (self.name, variant) {
            ("maxEntries", Floating) => "5",
            ("maxEntries", Modal) => "10",
            _ => self.default,
        }
    }

    /// The value as it is stored, or what is allowed instead.
    pub(super) fn check(&self, _variant: Variant, value: Value) -> Result<Value, String> {
        let text = match &value {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) if matches!(self.kind, OneOf(_)) => Some(flag.to_string()),
            _ => None,
        };
        match self.kind {
            Flag => match (&value, text.as_deref()) {
                (Value::Bool(_), _) => Ok(value),
                (_, Some("true" | "1")) => Ok(Value::Bool(true)),
                (_, Some("false" | "0")) => Ok(Value::Bool(false)),
                _ => Err("Choose true or false.".to_owned()),
            },
            Tags => tags(&value),
            Number(min, max) => text
                .and_then(|text| text.parse::<i64>().ok())
                .filter(|number| (min..=max).contains(number))
                .map(Value::from)
                .ok_or_else(|| format!("Enter a whole number from {min} to {max}.")),
            OneOf(allowed) => text
                .filter(|text| allowed.contains(&text.as_str()))
                .map(Value::from)
                .ok_or_else(|| format!("Choose one of {}.", allowed.join(", "))),
            Length => text
                .as_deref()
                .and_then(length)
                .map(Value::from)
                .ok_or_else(|| "Enter a length such as 400px, 24rem or 60vh.".to_owned()),
            Color => {
                crate::check::color(text.as_deref().or(Some("?"))).map(|color| color.map_or(Value::Null, Value::from))
            }
            Font => text
                .filter(|text| {
                    text.chars().count() <= 200 && !text.contains([';', '{', '}', '<', '\\', '\n', '(', '@'])
                })
                .map(Value::from)
                .ok_or_else(|| "Enter names of fonts, such as Inter, sans-serif.".to_owned()),
            Text(most) => text
                .filter(|text| text.chars().count() <= most && !text.chars().any(char::is_control))
                .map(Value::from)
                .ok_or_else(|| format!("Enter one line of at most {most} characters.")),
        }
    }
}

fn tags(value: &Value) -> Result<Value, String> {
    const HINT: &str = "Enter up to 20 names of tags.";
    let names = match value {
        Value::String(text) => crate::tags::parse_list(text),
        Value::Array(items) => {
            let names: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            names.ok_or(HINT)?.into_iter().map(str::to_owned).collect()
        }
        _ => return Err(HINT.to_owned()),
    };
    if names.len() > 20 || names.iter().any(|name| name.contains(',')) {
        return Err(HINT.to_owned());
    }
    names.iter().map(|name| crate::tags::name(name)).collect::<Result<Vec<_>, _>>().map(Value::from)
}

/// A number of pixels, or a number with a unit.
fn length(text: &str) -> Option<String> {
    const UNITS: [&str; 11] = ["px", "rem", "em", "vh", "dvh", "svh", "vw", "%", "ch", "lh", "pt"];
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let value = number.parse::<f64>().ok().filter(|value| *value <= 100_000.0)?;
    let unit = unit.trim().to_ascii_lowercase();
    match unit.as_str() {
        "" => Some(format!("{value}px")),
        unit if UNITS.contains(&unit) => Some(format!("{value}{unit}")),
        _ => None,
    }
}
