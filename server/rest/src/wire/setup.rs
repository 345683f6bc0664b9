//! Setting up.

use model::instance::InstanceSettings;
use model::setup::{Progress, Step};
use serde::Serialize;
use services::invitations::Made;
use services::setup::Settings;
use utoipa::ToSchema;

use super::invitations::InvitationLink;
use super::users::Person;
use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct SetupState {
    admin_created: bool,
    /// There is nothing that must be configured before Tidings is used, so this follows `adminCreated`.
    system_configured: bool,
    oauth_configured: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "isComplete": false, "setupState": { "adminCreated": false, "systemConfigured": false, "oauthConfigured": false }
}))]
pub(crate) struct SetupStatus {
    is_complete: bool,
    setup_state: SetupState,
}

impl SetupStatus {
    pub fn new(is_complete: bool) -> Self {
        Self {
            is_complete,
            setup_state: SetupState {
                admin_created: is_complete,
                system_configured: is_complete,
                oauth_configured: false,
            },
        }
    }
}

/// How far a set-up is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "currentStep": "admin", "completedSteps": [], "adminCreated": false, "settingsConfigured": false,
    "oauthConfigured": false, "teamInvitesSent": false, "isComplete": false
}))]
pub(crate) struct SetupProgress {
    /// The first step that was neither taken nor left out: `admin`, `settings`, `oauth`, `team` or `complete`.
    current_step: &'static str,
    completed_steps: Vec<&'static str>,
    admin_created: bool,
    settings_configured: bool,
    oauth_configured: bool,
    team_invites_sent: bool,
    is_complete: bool,
}

impl SetupProgress {
    pub fn begun() -> Self {
        Self {
            current_step: "admin",
            completed_steps: Vec::new(),
            admin_created: false,
            settings_configured: false,
            oauth_configured: false,
            team_invites_sent: false,
            is_complete: false,
        }
    }

    /// How far it is behind the first administrator.
    pub fn of(progress: &Progress) -> Self {
        let done = [Step::Welcome, Step::Admin].into_iter().chain(progress.completed.iter().copied());
        Self {
            current_step: progress.current().as_str(),
            completed_steps: done.map(Step::as_str).collect(),
            admin_created: true,
            settings_configured: progress.has(Step::Settings),
            oauth_configured: progress.has(Step::Oauth),
            team_invites_sent: progress.has(Step::Team),
            is_complete: progress.is_finished,
        }
    }
}

/// What `POST /api/setup/settings` takes. Members that are left out stay as they are.
#[derive(Debug, ToSchema)]
#[schema(as = SetupSettings, rename_all = "camelCase", example = json!({
    "defaultInvitationExpiry": 7, "requireApprovalForChangelogs": true, "maxChangelogEntriesPerProject": 1000,
    "enableAnalytics": true, "enableNotifications": true, "timezone": "Europe/Berlin"
}))]
#[expect(dead_code, reason = "the description of what `SetupSettings` reads")]
pub(crate) struct SetupSettingsBody {
    /// Days.
    #[schema(minimum = 1, maximum = 30)]
    default_invitation_expiry: Option<i64>,
    require_approval_for_changelogs: Option<bool>,
    /// 10 to 999999, or −1 for no limit.
    max_changelog_entries_per_project: Option<i64>,
    enable_analytics: Option<bool>,
    enable_notifications: Option<bool>,
    /// An IANA name.
    timezone: Option<String>,
}

pub(crate) struct SetupSettings(pub Settings);

impl FromBody for SetupSettings {
    fn read(fields: &mut Fields) -> Self {
        Self(Settings {
            default_invitation_expiry: fields.integer("defaultInvitationExpiry"),
            require_approval_for_changelogs: fields.flag("requireApprovalForChangelogs"),
            max_changelog_entries_per_project: fields.integer("maxChangelogEntriesPerProject"),
            enable_analytics: fields.flag("enableAnalytics"),
            enable_notifications: fields.flag("enableNotifications"),
            timezone: fields.text("timezone"),
        })
    }
}

/// The settings that the set-up asks for, as they are now.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "defaultInvitationExpiry": 7, "requireApprovalForChangelogs": true, "maxChangelogEntriesPerProject": -1,
    "enableAnalytics": true, "enableNotifications": true, "timezone": "Europe/Berlin"
}))]
struct SavedSettings {
    default_invitation_expiry: u32,
    require_approval_for_changelogs: bool,
    /// −1 is no limit.
    max_changelog_entries_per_project: i64,
    enable_analytics: bool,
    enable_notifications: bool,
    timezone: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SetupSaved {
    #[schema(example = "The settings are saved.")]
    message: &'static str,
    settings: SavedSettings,
    progress: SetupProgress,
}

impl SetupSaved {
    pub fn new(settings: InstanceSettings, progress: &Progress) -> Self {
        Self {
            message: "The settings are saved.",
            settings: SavedSettings {
                default_invitation_expiry: settings.default_invitation_expiry,
                require_approval_for_changelogs: settings.require_approval_for_changelogs,
                max_changelog_entries_per_project: settings.max_changelog_entries_per_project,
                enable_analytics: settings.enable_analytics,
                enable_notifications: settings.enable_notifications,
                timezone: settings.timezone,
            },
            progress: SetupProgress::of(progress),
        }
    }
}

/// The team is invited.
#[derive(Serialize, ToSchema)]
pub(crate) struct SetupInvitations {
    #[schema(example = "1 person is invited. Hand the links over; they are not shown again.")]
    message: String,
    invitations: Vec<InvitationLink>,
    progress: SetupProgress,
}

impl SetupInvitations {
    pub fn new(made: Vec<Made>, progress: &Progress) -> Self {
        let who = if made.len() == 1 { "1 person is".to_owned() } else { format!("{} people are", made.len()) };
        Self {
            message: format!("{who} invited. Hand the links over; they are not shown again."),
            invitations: made.into_iter().map(InvitationLink::from).collect(),
            progress: SetupProgress::of(progress),
        }
    }
}

/// The first administrator.
#[derive(ToSchema)]
#[schema(example = json!({
    "token": "f3Kq0Zx1bT7nV5cM9sLw2eRyUi8oPa4D", "name": "Mara Lind", "email": "mara@orbit.example",
    "password": "correct horse battery"
}))]
pub(crate) struct FirstAdmin {
    /// The one-time token of the set-up link that the server printed when it started; or send it as `X-Setup-Token`.
    pub token: Option<String>,
    #[schema(min_length = 2, max_length = 100)]
    pub name: String,
    #[schema(format = Email)]
    pub email: String,
    #[schema(format = Password, min_length = 8)]
    pub password: String,
}

impl FromBody for FirstAdmin {
    fn read(fields: &mut Fields) -> Self {
        Self {
            token: fields.text("token"),
            name: fields.text("name").unwrap_or_default(),
            email: fields.text("email").unwrap_or_default(),
            password: fields.text("password").unwrap_or_default(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "message": "Tidings is set up.",
    "user": {
        "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN",
        "lastLoginAt": null
    }
}))]
pub(crate) struct SetUp {
    message: &'static str,
    user: Person,
}

impl SetUp {
    pub fn by(user: model::users::User) -> Self {
        Self { message: "Tidings is set up.", user: user.into() }
    }
}
