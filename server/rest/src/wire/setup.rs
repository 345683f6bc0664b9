//! Setting up.

use serde::Serialize;
use utoipa::ToSchema;

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

/// How far a set-up is that is not complete.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "currentStep": "admin", "completedSteps": [], "adminCreated": false, "settingsConfigured": false,
    "oauthConfigured": false, "teamInvitesSent": false, "isComplete": false
}))]
pub(crate) struct SetupProgress {
    /// Always `admin`: the first administrator is all that is needed.
    current_step: &'static str,
    /// Always empty.
    completed_steps: [&'static str; 0],
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
            completed_steps: [],
            admin_created: false,
            settings_configured: false,
            oauth_configured: false,
            team_invites_sent: false,
            is_complete: false,
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
