//! What people choose for themselves.

use model::own_settings::{OwnSettings, OwnSettingsPatch, ThemeChoice};
use model::time::to_wire;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

/// `system` follows the settings of the person's device.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Theme {
    Light,
    Dark,
    System,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnSettings, example = json!({
    "id": "cmkodzdoc9is0j8ht9lgmxg9e", "userId": "cmkodzdoc9is0j8ht9lgmxg9e", "theme": "system",
    "enableNotifications": true, "timezone": "Europe/Berlin", "createdAt": "2026-03-01T08:00:00.000Z",
    "updatedAt": "2026-03-04T09:30:00.000Z"
}))]
pub(crate) struct Settings {
    /// The same as `userId`: everybody has one set of settings.
    id: String,
    user_id: String,
    theme: Theme,
    /// Whether mail tells of what became of the person's requests.
    enable_notifications: bool,
    /// An IANA name; `null` for the zone of the instance.
    #[schema(required = true)]
    timezone: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime)]
    updated_at: String,
}

impl From<OwnSettings> for Settings {
    fn from(settings: OwnSettings) -> Self {
        Self {
            id: settings.user_id.to_string(),
            user_id: settings.user_id.into(),
            theme: match settings.theme.unwrap_or_default() {
                ThemeChoice::Light => Theme::Light,
                ThemeChoice::Dark => Theme::Dark,
                ThemeChoice::System => Theme::System,
            },
            enable_notifications: settings.enable_notifications,
            timezone: settings.timezone,
            created_at: to_wire(settings.created_at),
            updated_at: to_wire(settings.updated_at),
        }
    }
}

/// What `PATCH /api/auth/settings` takes: any of these.
#[derive(ToSchema)]
#[schema(as = OwnSettingsChanges, rename_all = "camelCase", example = json!({ "name": "Mara Lind", "theme": "dark" }))]
#[expect(dead_code, reason = "the description of what `SettingsChanges` reads")]
pub(crate) struct SettingsChangesBody {
    /// What the person is called: 2 to 100 characters.
    #[schema(required = false, min_length = 2, max_length = 100)]
    name: String,
    #[schema(required = false)]
    theme: Theme,
    #[schema(required = false)]
    enable_notifications: bool,
    /// An IANA name; `null` for the zone of the instance.
    timezone: Option<String>,
}

pub(crate) struct SettingsChanges(pub OwnSettingsPatch);

impl FromBody for SettingsChanges {
    fn read(fields: &mut Fields) -> Self {
        Self(OwnSettingsPatch {
            name: fields.text("name"),
            theme: fields.text("theme"),
            enable_notifications: fields.flag("enableNotifications"),
            timezone: fields.nullable_text("timezone"),
        })
    }
}
