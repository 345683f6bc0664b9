//! Widgets that are kept: what a script tag on somebody's site draws, with options that attributes of the tag override.
//!
//! Options are stored as the JSON object that was sent. The ones known here ([`OPTIONS`]) are checked; others are kept and
//! handed to the script as they are.

mod options;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::check::{self, Checker};
use crate::error::Result;
use crate::ids::{ProjectId, WidgetId};
use crate::time::Timestamp;

pub use options::{Kind, OPTIONS, WidgetOption, options_of};

pub const MAX_NAME: usize = 100;
/// In characters.
pub const MAX_CUSTOM_CSS: usize = 50_000;
pub const MAX_ORIGINS: usize = 50;
/// Of all options together, as JSON, in bytes.
pub const MAX_SETTINGS: usize = 20_000;

pub type Settings = Map<String, Value>;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "sql", derive(sqlx::FromRow))]
pub struct Widget {
    pub id: WidgetId,
    pub project_id: ProjectId,
    pub name: String,
    #[cfg_attr(feature = "sql", sqlx(try_from = "String"))]
    pub variant: Variant,
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub settings: Settings,
    pub custom_css: Option<String>,
    /// Off, its script draws nothing.
    pub is_active: bool,
    /// Sites that may embed it, as `https://example.com`; none means all.
    #[cfg_attr(feature = "sql", sqlx(json))]
    pub allowed_origins: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Widget {
    /// Whether a page of this origin may embed the widget. A page that does not say where it is cannot be refused.
    pub fn admits(&self, origin: Option<&str>) -> bool {
        self.allowed_origins.is_empty()
            || origin.is_none_or(|origin| self.allowed_origins.iter().any(|allowed| allowed == origin))
    }

    /// The value of an option as text for a form: what is stored, otherwise the default.
    pub fn option_text(&self, option: &WidgetOption) -> String {
        let default = || option.default_for(self.variant).to_owned();
        match self.settings.get(option.name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
            Some(Value::Null) | None => default(),
            Some(other) => other.to_string(),
        }
    }
}

/// What a widget looks like; fixed once it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// A list in the page, or a popup.
    #[default]
    Classic,
    /// A button in a corner with a panel.
    Floating,
    Modal,
    Announcement,
}

impl Variant {
    pub const ALL: [Variant; 4] = [Variant::Classic, Variant::Floating, Variant::Modal, Variant::Announcement];

    pub fn as_str(self) -> &'static str {
        match self {
            Variant::Classic => "classic",
            Variant::Floating => "floating",
            Variant::Modal => "modal",
            Variant::Announcement => "announcement",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Variant::Classic => "Classic",
            Variant::Floating => "Floating button",
            Variant::Modal => "Modal",
            Variant::Announcement => "Announcement",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Variant::ALL.into_iter().find(|variant| variant.as_str() == text)
    }
}

impl TryFrom<String> for Variant {
    type Error = String;

    fn try_from(text: String) -> std::result::Result<Self, String> {
        Variant::parse(&text).ok_or_else(|| format!("{text} is no kind of widget"))
    }
}

/// A widget to be made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewWidget {
    pub name: String,
    pub variant: Variant,
    pub settings: Settings,
    pub custom_css: Option<String>,
    pub is_active: bool,
    pub allowed_origins: Vec<String>,
}

impl NewWidget {
    pub fn named(name: impl Into<String>, variant: Variant) -> Self {
        Self {
            name: name.into(),
            variant,
            settings: Settings::new(),
            custom_css: None,
            is_active: true,
            allowed_origins: Vec::new(),
        }
    }

    pub fn checked(self) -> Result<Self> {
        let mut form = Checker::new();
        let checked = Self {
            name: form.take("name", check::line(&self.name, "The name", 1, MAX_NAME)),
            settings: settings(&mut form, self.variant, self.settings),
            custom_css: form.take("customCSS", custom_css(self.custom_css.as_deref())),
            allowed_origins: form.take("allowedOrigins", origins(&self.allowed_origins)),
            ..self
        };
        form.finish()?;
        Ok(checked)
    }
}

/// Changes of a widget. `None` keeps; the inner `None` of the style rules clears them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WidgetPatch {
    pub name: Option<String>,
    /// The kind it has; any other is refused.
    pub variant: Option<Variant>,
    /// All options: those that are missing get their defaults.
    pub settings: Option<Settings>,
    pub custom_css: Option<Option<String>>,
    pub is_active: Option<bool>,
    pub allowed_origins: Option<Vec<String>>,
}

impl WidgetPatch {
    /// The widget with the changes applied; times are the caller's business.
    pub fn apply(self, widget: Widget) -> Result<Widget> {
        if self.variant.is_some_and(|variant| variant != widget.variant) {
            let message = format!("The kind of a widget is fixed; this one is {}.", widget.variant.as_str());
            return Err(crate::Error::field("variant", message));
        }
        let new = NewWidget {
            name: self.name.unwrap_or(widget.name),
            variant: widget.variant,
            settings: self.settings.unwrap_or(widget.settings),
            custom_css: self.custom_css.unwrap_or(widget.custom_css),
            is_active: self.is_active.unwrap_or(widget.is_active),
            allowed_origins: self.allowed_origins.unwrap_or(widget.allowed_origins),
        };
        let NewWidget { name, variant, settings, custom_css, is_active, allowed_origins } = new.checked()?;
        Ok(Widget { name, variant, settings, custom_css, is_active, allowed_origins, ..widget })
    }
}

/// Checks the options known here; `null` is no value.
fn settings(form: &mut Checker, variant: Variant, settings: Settings) -> Settings {
    let mut checked = Settings::new();
    for (name, value) in settings {
        if value.is_null() {
            continue;
        }
        let value = match options_of(variant).find(|option| option.name == name) {
            Some(option) => form.take(&format!("settings.{name}"), option.check(variant, value)),
            None => value,
        };
        checked.insert(name, value);
    }
    let length = serde_json::to_string(&checked).map_or(0, |text| text.len());
    if length > MAX_SETTINGS {
        form.fail("settings", format!("The options have {length} bytes; at most {MAX_SETTINGS} are allowed."));
    }
    checked
}

/// The options of a form: fields by name, each as text. A switch that was not sent is off, blank text is the default, and
/// what the form does not know stays as it was.
pub fn settings_from_form(variant: Variant, stored: &Settings, fields: &[(String, String)]) -> Settings {
    let mut settings = stored.clone();
    for option in options_of(variant) {
        let sent = fields.iter().find(|(name, _)| name == option.name).map(|(_, text)| text.trim());
        let value = match option.kind {
            Kind::Flag => Some(Value::Bool(sent == Some("true"))),
            Kind::Tags => {
                let tags = crate::tags::parse_list(sent.unwrap_or_default());
                (!tags.is_empty()).then(|| tags.into())
            }
            _ => sent.filter(|text| !text.is_empty()).map(Value::from),
        };
        match value {
            Some(value) => settings.insert(option.name.to_owned(), value),
            None => settings.remove(option.name),
        };
    }
    settings
}

fn custom_css(text: Option<&str>) -> std::result::Result<Option<String>, String> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let length = text.chars().count();
    if length > MAX_CUSTOM_CSS {
        return Err(format!("The style rules have {length} characters; at most {MAX_CUSTOM_CSS} are allowed."));
    }
    if text.contains('\0') {
        return Err("The style rules contain a NUL character.".to_owned());
    }
    Ok(Some(text.to_owned()))
}

/// Origins as browsers write them: scheme and host in lower case, no path, no default port.
fn origins(texts: &[String]) -> std::result::Result<Vec<String>, String> {
    if texts.len() > MAX_ORIGINS {
        return Err(format!("At most {MAX_ORIGINS} sites are allowed."));
    }
    let mut origins: Vec<String> = Vec::new();
    for text in texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let origin =
            origin(text).ok_or_else(|| format!("“{text}” is no site. Write it as https://www.example.com."))?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// The origin of an address (RFC 6454, 6.1), or `None` when there is none to read.
pub fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.trim().split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_lowercase();
    let host = authority.strip_suffix(default_port).unwrap_or(&authority);
    let bytes_are_plain =
        host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    (!host.is_empty() && bytes_are_plain).then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests;
