//! Widgets, as they are sent and as callers make and change them; and what is new for a reader.

use model::time::to_wire;
use model::widgets::{self, NewWidget as New, Settings, Variant, WidgetPatch};
use serde::Serialize;
use serde_json::Value;
use services::widgets::Position;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk794g9dpmrcg629be2u66mr", "projectId": "cmk60kvj50ce9uvw53efr4edt", "name": "Home page",
    "variant": "floating", "settings": { "position": "bottom-right", "maxEntries": 5 }, "customCSS": null,
    "isActive": true, "allowedOrigins": [], "createdAt": "2026-01-12T08:05:00.000Z",
    "updatedAt": "2026-01-12T08:05:00.000Z"
}))]
pub(crate) struct Widget {
    id: String,
    project_id: String,
    name: String,
    /// `classic`, `floating`, `modal` or `announcement`.
    variant: &'static str,
    /// Options by name; unknown ones are kept and handed to the script.
    #[schema(value_type = Object)]
    settings: Settings,
    #[serde(rename = "customCSS")]
    #[schema(required = true)]
    custom_css: Option<String>,
    is_active: bool,
    /// Sites that may embed it; none means all.
    allowed_origins: Vec<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<widgets::Widget> for Widget {
    fn from(widget: widgets::Widget) -> Self {
        Self {
            id: widget.id.into(),
            project_id: widget.project_id.into(),
            name: widget.name,
            variant: widget.variant.as_str(),
            settings: widget.settings,
            custom_css: widget.custom_css,
            is_active: widget.is_active,
            allowed_origins: widget.allowed_origins,
            created_at: to_wire(widget.created_at),
            updated_at: to_wire(widget.updated_at),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OneWidget {
    pub widget: Widget,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WidgetList {
    pub widgets: Vec<Widget>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Deleted {
    pub success: bool,
}

/// What a new widget is made from. Other members are ignored.
#[derive(Debug, ToSchema)]
#[schema(as = NewWidget, rename_all = "camelCase", example = json!({
    "name": "Home page", "variant": "floating", "settings": { "position": "bottom-right", "maxEntries": 5 }
}))]
#[expect(dead_code, reason = "the description of what `NewWidget` reads")]
pub(crate) struct NewWidgetBody {
    #[schema(min_length = 1, max_length = 100)]
    name: String,
    /// `classic`, `floating`, `modal` or `announcement`; it cannot be changed later.
    variant: String,
    #[schema(value_type = Option<Object>)]
    settings: Option<Settings>,
    #[schema(max_length = 50_000, rename = "customCSS")]
    custom_css: Option<String>,
    /// Default: true.
    is_active: Option<bool>,
    /// Sites such as `https://www.example.com`.
    #[schema(max_items = 50)]
    allowed_origins: Option<Vec<String>>,
}

/// What to change of a widget. Members that are left out stay as they are.
#[derive(Debug, ToSchema)]
#[schema(as = WidgetChanges, rename_all = "camelCase", example = json!({ "isActive": false }))]
#[expect(dead_code, reason = "the description of what `WidgetChanges` reads")]
pub(crate) struct WidgetChangesBody {
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// All options together: those that are missing get their defaults.
    #[schema(value_type = Option<Object>)]
    settings: Option<Settings>,
    /// `null` removes the rules.
    #[schema(max_length = 50_000, rename = "customCSS")]
    custom_css: Option<String>,
    is_active: Option<bool>,
    #[schema(max_items = 50)]
    allowed_origins: Option<Vec<String>>,
}

pub(crate) struct NewWidget(pub New);

impl FromBody for NewWidget {
    fn read(fields: &mut Fields) -> Self {
        let variant = variant(fields);
        if variant.is_none() {
            fields.fail("variant", ONE_OF);
        }
        Self(New {
            name: fields.text("name").unwrap_or_default(),
            settings: settings(fields).unwrap_or_default(),
            custom_css: fields.text("customCSS"),
            is_active: fields.flag("isActive").unwrap_or(true),
            allowed_origins: fields.texts("allowedOrigins").unwrap_or_default(),
            variant: variant.unwrap_or_default(),
        })
    }
}

pub(crate) struct WidgetChanges(pub WidgetPatch);

impl FromBody for WidgetChanges {
    fn read(fields: &mut Fields) -> Self {
        Self(WidgetPatch {
            name: fields.text("name"),
            variant: variant(fields),
            settings: settings(fields),
            custom_css: fields.nullable_text("customCSS"),
            is_active: fields.flag("isActive"),
            allowed_origins: fields.texts("allowedOrigins"),
        })
    }
}

const ONE_OF: &str = "variant must be classic, floating, modal or announcement.";

fn variant(fields: &mut Fields) -> Option<Variant> {
    let text = fields.text("variant")?;
    let variant = Variant::parse(&text);
    if variant.is_none() {
        fields.fail("variant", ONE_OF);
    }
    variant
}

fn settings(fields: &mut Fields) -> Option<Settings> {
    match fields.value("settings")? {
        Value::Object(settings) => Some(settings),
        _ => {
            fields.fail("settings", "settings must be an object.");
            None
        }
    }
}

/// What is new.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "count": 2,
    "latest": { "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "publishedAt": "2026-03-04T09:30:00.000Z" },
    "recent": ["2026-03-04T09:30:00.000Z|cmk9ri19r0wyojfljooa5lqsa"],
    "maintenanceMode": false
}))]
pub(crate) struct Unread {
    /// Entries published after `since`; all of them without it.
    count: i64,
    /// The newest entry.
    #[schema(required = true)]
    latest: Option<Latest>,
    /// The newest 20 entries, latest first: date and id, joined by `|`. As text they sort in the order of publication.
    recent: Vec<String>,
    /// While true, nothing is listed.
    maintenance_mode: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Latest {
    id: String,
    title: String,
    #[schema(format = DateTime)]
    published_at: String,
}

impl Unread {
    pub fn new(unread: services::widgets::Unread, maintenance_mode: bool) -> Self {
        let key = |position: &Position| format!("{}|{}", to_wire(position.published_at), position.id);
        Self {
            count: unread.count,
            recent: unread.recent.iter().map(key).collect(),
            latest: unread.recent.into_iter().next().map(|latest| Latest {
                id: latest.id.into(),
                title: latest.title,
                published_at: to_wire(latest.published_at),
            }),
            maintenance_mode,
        }
    }
}
