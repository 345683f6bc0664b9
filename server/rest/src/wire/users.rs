//! People and their sign-ins.

use model::access::{self, Scope};
use model::api_keys::ApiKey;
use model::second_factor::Factor;
use model::time::to_wire;
use model::users::User;
use serde::Serialize;
use services::Actor;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

/// `ADMIN` runs the instance, `STAFF` writes, `VIEWER` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Role {
    Admin,
    Staff,
    Viewer,
}

impl From<access::Role> for Role {
    fn from(role: access::Role) -> Self {
        match role {
            access::Role::Admin => Self::Admin,
            access::Role::Staff => Self::Staff,
            access::Role::Viewer => Self::Viewer,
        }
    }
}

/// Takes the member `role`; an unknown one is wrong.
pub(super) fn take_role(fields: &mut Fields) -> Option<access::Role> {
    let role = fields.text("role")?.parse().ok();
    if role.is_none() {
        fields.fail("role", "A role is ADMIN, STAFF or VIEWER.");
    }
    role
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User, example = json!({
    "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN",
    "lastLoginAt": "2026-03-03T18:00:00.000Z"
}))]
pub(crate) struct Person {
    id: String,
    email: String,
    #[schema(required = true)]
    name: Option<String>,
    role: Role,
    /// The last sign-in; in the answer to a sign-in, the one before it.
    #[schema(format = DateTime, required = true)]
    last_login_at: Option<String>,
}

impl From<User> for Person {
    fn from(user: User) -> Self {
        Self {
            id: user.id.into(),
            email: user.email,
            name: user.name,
            role: user.role.into(),
            last_login_at: user.last_login_at.map(to_wire),
        }
    }
}

/// What `POST /api/auth/login` takes.
#[derive(ToSchema)]
#[schema(example = json!({ "email": "mara@orbit.example", "password": "correct horse battery" }))]
#[schema(rename_all = "camelCase")]
pub(crate) struct SignIn {
    #[schema(format = Email)]
    pub email: String,
    #[schema(format = Password)]
    pub password: String,
    /// Goes on with a password that is known from breaches.
    #[schema(required = false)]
    pub bypass_breach_warning: bool,
}

impl FromBody for SignIn {
    fn read(fields: &mut Fields) -> Self {
        Self {
            email: fields.text("email").unwrap_or_default(),
            password: fields.text("password").unwrap_or_default(),
            bypass_breach_warning: fields.flag("bypassBreachWarning").unwrap_or_default(),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "user": {
        "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "STAFF",
        "lastLoginAt": "2026-03-03T18:00:00.000Z"
    },
    "accessToken": "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJjbWtvZHoifQ.c2lnbmF0dXJl",
    "refreshToken": "7hX0c1nq9wVbJ2m5LrT8yKdPzE3uFgA6sQiW4oNxRvCtBjHlYkMeDpZaUfGSI_-x"
}))]
pub(crate) struct SignedIn {
    user: Person,
    /// For `Authorization: Bearer`, good for 15 minutes.
    access_token: String,
    /// For `POST /api/auth/refresh`, good once within 7 days.
    #[schema(min_length = 64, max_length = 64)]
    refresh_token: String,
}

impl From<services::sign_in::SignedIn> for SignedIn {
    fn from(signed_in: services::sign_in::SignedIn) -> Self {
        Self {
            user: signed_in.user.into(),
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
        }
    }
}

/// A sign-in that needs a second step: `POST /api/auth/login/second-factor`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "requiresSecondFactor": true, "secondFactorType": "passkey",
    "sessionToken": "7hX0c1nq9wVbJ2m5LrT8yKdPzE3uFgA6sQiW4oNxRvC", "message": "Confirm with your passkey."
}))]
pub(crate) struct SecondStep {
    /// Always true.
    requires_second_factor: bool,
    /// `passkey`, `password` or `totp`.
    second_factor_type: &'static str,
    /// Names this sign-in in the second step; good for ten minutes.
    session_token: String,
    message: &'static str,
}

impl From<services::second_factor::Pending> for SecondStep {
    fn from(pending: services::second_factor::Pending) -> Self {
        Self {
            requires_second_factor: true,
            second_factor_type: pending.factor.as_str(),
            session_token: pending.token,
            message: match pending.factor {
                Factor::Passkey => "Confirm with your passkey.",
                Factor::Password => "Enter your password, too.",
                Factor::Totp => "Enter the code of your authenticator app.",
            },
        }
    }
}

/// What `POST /api/auth/refresh` and `POST /api/auth/logout` take; both use the cookie where this is absent.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct WithRefreshToken {
    pub refresh_token: Option<String>,
}

impl FromBody for WithRefreshToken {
    fn read(fields: &mut Fields) -> Self {
        Self { refresh_token: fields.text("refreshToken") }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "user": {
        "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "STAFF",
        "lastLoginAt": "2026-03-03T18:00:00.000Z"
    },
    "accessToken": "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJjbWtvZHoifQ.c2lnbmF0dXJl",
    "refreshToken": "7hX0c1nq9wVbJ2m5LrT8yKdPzE3uFgA6sQiW4oNxRvCtBjHlYkMeDpZaUfGSI_-x"
}))]
pub(crate) struct Renewed {
    user: Person,
    /// Only where the refresh token came in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

impl Renewed {
    pub fn new(signed_in: services::sign_in::SignedIn, with_tokens: bool) -> Self {
        Self {
            user: signed_in.user.into(),
            access_token: with_tokens.then_some(signed_in.access_token),
            refresh_token: with_tokens.then_some(signed_in.refresh_token),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SignedOut {
    /// Always true.
    pub success: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "STAFF",
    "apiKey": {
        "id": "cmk0a1b2c3d4e5f6g7h8i9j0k", "name": "Build server", "projectId": null,
        "permissions": ["changelog:read", "changelog:write"], "expiresAt": null
    }
}))]
pub(crate) struct Me {
    id: String,
    email: String,
    #[schema(required = true)]
    name: Option<String>,
    /// For a key, the role of its owner.
    role: Role,
    /// Only for a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<PresentedKey>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PresentedKey {
    id: String,
    name: String,
    /// The only project the key works for; `null` for all.
    #[schema(required = true)]
    project_id: Option<String>,
    permissions: Vec<&'static str>,
    #[schema(format = DateTime, required = true)]
    expires_at: Option<String>,
}

impl From<&ApiKey> for PresentedKey {
    fn from(key: &ApiKey) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.clone(),
            project_id: key.project_id.as_ref().map(ToString::to_string),
            permissions: key.scopes.iter().copied().map(Scope::as_str).collect(),
            expires_at: key.expires_at.map(to_wire),
        }
    }
}

impl From<&Actor> for Me {
    fn from(actor: &Actor) -> Self {
        let user = &actor.user;
        Self {
            id: user.id.to_string(),
            email: user.email.clone(),
            name: user.name.clone(),
            role: user.role.into(),
            api_key: actor.key().map(PresentedKey::from),
        }
    }
}
