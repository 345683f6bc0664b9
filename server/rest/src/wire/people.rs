//! People as administrators see and change them.

use model::people::{self, UserPatch};
use model::time::to_wire;
use model::users::User;
use serde::Serialize;
use utoipa::ToSchema;

use super::users::{Person, Role, take_role};
use crate::extract::{Fields, FromBody, FromQuery, Params};

/// A person in the list of people.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN",
    "createdAt": "2026-01-12T08:00:00.000Z", "lastLoginAt": "2026-03-03T18:00:00.000Z", "disabledAt": null,
    "hasPassword": true, "twoFactorMode": "NONE", "hasAuthenticator": false, "signInMethods": ["password"],
    "openSessions": 2
}))]
pub(crate) struct ListedPerson {
    id: String,
    email: String,
    #[schema(required = true)]
    name: Option<String>,
    role: Role,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime, required = true)]
    last_login_at: Option<String>,
    /// Since when the person is locked out; `null` for somebody who may sign in.
    #[schema(format = DateTime, required = true)]
    disabled_at: Option<String>,
    has_password: bool,
    /// `NONE`, `PASSKEY_PLUS_PASSWORD` or `PASSWORD_PLUS_PASSKEY`.
    two_factor_mode: &'static str,
    /// Whether a code of an authenticator app is asked for.
    has_authenticator: bool,
    /// Out of `password`, `passkey` and `sso`.
    sign_in_methods: Vec<&'static str>,
    /// In how many places the person is signed in.
    #[schema(minimum = 0)]
    open_sessions: i64,
}

impl From<people::Person> for ListedPerson {
    fn from(person: people::Person) -> Self {
        let sign_in_methods = person.ways().into_iter().map(people::Way::as_str).collect();
        let people::Person { user, two_factor_mode, has_password, has_authenticator, open_sessions, .. } = person;
        Self {
            id: user.id.into(),
            email: user.email,
            name: user.name,
            role: user.role.into(),
            created_at: to_wire(user.created_at),
            last_login_at: user.last_login_at.map(to_wire),
            disabled_at: user.disabled_at.map(to_wire),
            has_password,
            two_factor_mode: two_factor_mode.as_str(),
            has_authenticator,
            sign_in_methods,
            open_sessions,
        }
    }
}

/// Whom to list.
pub(crate) struct PeopleSearch(pub people::PeopleFilter);

impl FromQuery for PeopleSearch {
    fn read(params: &mut Params) -> Self {
        let role = params.one_of("role", "ADMIN, STAFF or VIEWER", |text| text.parse().ok());
        Self(people::PeopleFilter { words: params.text("search").unwrap_or_default().to_owned(), role, page: 1 })
    }
}

/// What to change of a person. Members that are left out stay as they are.
#[derive(Debug, ToSchema)]
#[schema(as = PersonChanges, rename_all = "camelCase", example = json!({ "name": "Mara Lind", "role": "STAFF" }))]
#[expect(dead_code, reason = "the description of what `PersonChanges` reads")]
pub(crate) struct PersonChangesBody {
    #[schema(min_length = 2, max_length = 100)]
    name: Option<String>,
    /// Not of oneself. Another role ends the person's sign-ins.
    role: Option<Role>,
}

pub(crate) struct PersonChanges(pub UserPatch);

impl FromBody for PersonChanges {
    fn read(fields: &mut Fields) -> Self {
        Self(UserPatch { name: fields.text("name"), role: take_role(fields) })
    }
}

/// The role to give.
#[derive(Debug, ToSchema)]
#[schema(as = RoleChange, example = json!({ "role": "STAFF" }))]
#[expect(dead_code, reason = "the description of what `RoleChange` reads")]
pub(crate) struct RoleChangeBody {
    role: Role,
}

pub(crate) struct RoleChange(pub UserPatch);

impl FromBody for RoleChange {
    fn read(fields: &mut Fields) -> Self {
        let role = take_role(fields);
        if role.is_none() {
            fields.fail_missing("role", "Name the role: ADMIN, STAFF or VIEWER.");
        }
        Self(UserPatch { name: None, role })
    }
}

/// A person after a change.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "message": "Saved.",
    "user": {
        "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "STAFF",
        "lastLoginAt": "2026-03-03T18:00:00.000Z"
    }
}))]
pub(crate) struct PersonChanged {
    message: String,
    user: Person,
}

impl PersonChanged {
    pub fn new(message: impl Into<String>, user: User) -> Self {
        Self { message: message.into(), user: user.into() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "message": "Every sign-in of this person has ended." }))]
pub(crate) struct PersonHelped {
    message: &'static str,
}

impl PersonHelped {
    pub fn by(message: &'static str) -> Self {
        Self { message }
    }
}

/// How much of a deleted person was kept, and what ended.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "auditLogs": 12, "changelogRequests": 1, "apiKeys": 2, "invitations": 0, "entries": 31
}))]
pub(crate) struct PreservedData {
    /// Records by and about the person, which still name them.
    audit_logs: i64,
    /// Requests the person made or decided.
    changelog_requests: i64,
    /// Keys that acted as the person. They are revoked.
    api_keys: i64,
    /// Open invitations by the person. They are withdrawn.
    invitations: i64,
    /// Entries the person began, which still name them.
    entries: i64,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersonDeleted {
    #[schema(example = "The account of mara@orbit.example is deleted.")]
    message: String,
    preserved_data: PreservedData,
}

impl From<services::users::Deleted> for PersonDeleted {
    fn from(deleted: services::users::Deleted) -> Self {
        let people::Preserved { audit_logs, change_requests, api_keys, invitations, entries } = deleted.preserved;
        Self {
            message: format!("The account of {} is deleted.", deleted.former.email),
            preserved_data: PreservedData {
                audit_logs,
                changelog_requests: change_requests,
                api_keys,
                invitations,
                entries,
            },
        }
    }
}
