//! Passwords that are known, changed or reset.

use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};
use crate::problem::ProblemBody;

/// The answer to a right password that is known from breaches.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "error": "password_breached",
    "message": "This password is known from breaches of other sites, where it was found 3 times.",
    "breachCount": 3, "resetUrl": "/forgot-password"
}))]
pub(crate) struct PasswordBreached {
    /// Always `password_breached`.
    error: &'static str,
    /// For people.
    message: String,
    /// How often the password was found.
    breach_count: u64,
    /// Where a new password is to be had.
    reset_url: &'static str,
}

impl PasswordBreached {
    pub fn new(breach_count: u64, message: String) -> Self {
        Self { error: "password_breached", message, breach_count, reset_url: "/forgot-password" }
    }
}

/// What `POST /api/auth/change-password` takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "currentPassword": "correct horse battery", "newPassword": "a fresh start for all"
}))]
pub(crate) struct PasswordChange {
    #[schema(format = Password)]
    pub current_password: String,
    /// 8 characters to 256 bytes.
    #[schema(format = Password, min_length = 8)]
    pub new_password: String,
}

impl FromBody for PasswordChange {
    fn read(fields: &mut Fields) -> Self {
        Self {
            current_password: fields.text("currentPassword").unwrap_or_default(),
            new_password: fields.text("newPassword").unwrap_or_default(),
        }
    }
}

/// What `POST /api/auth/forgot-password` takes.
#[derive(ToSchema)]
#[schema(example = json!({ "email": "mara@orbit.example" }))]
pub(crate) struct ForgottenPassword {
    #[schema(format = Email)]
    pub email: String,
}

impl FromBody for ForgottenPassword {
    fn read(fields: &mut Fields) -> Self {
        Self { email: fields.text("email").unwrap_or_default() }
    }
}

/// What `POST /api/auth/reset-password/{token}` takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "password": "a fresh start for all", "confirmPassword": "a fresh start for all"
}))]
pub(crate) struct NewPassword {
    /// 8 characters to 256 bytes.
    #[schema(format = Password, min_length = 8)]
    pub password: String,
    /// The same once more.
    #[schema(format = Password, min_length = 8)]
    pub confirm_password: String,
}

impl FromBody for NewPassword {
    fn read(fields: &mut Fields) -> Self {
        Self {
            password: fields.text("password").unwrap_or_default(),
            confirm_password: fields.text("confirmPassword").unwrap_or_default(),
        }
    }
}

/// Something is done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "success": true }))]
pub(crate) struct PasswordChanged {
    /// Always true.
    pub success: bool,
}

/// Something is done, with a sentence for people.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "success": true, "message": "If there is an account with this address, a letter is on its way to it."
}))]
pub(crate) struct PasswordMessage {
    /// Always true.
    pub success: bool,
    pub message: &'static str,
}

impl PasswordMessage {
    pub fn new(message: &'static str) -> Self {
        Self { success: true, message }
    }
}

/// A link that works.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "valid": true, "email": "m\u{b7}\u{b7}\u{b7}@orbit.example" }))]
pub(crate) struct ResetLink {
    /// Always true.
    pub valid: bool,
    /// The address the link was sent to, most of it hidden.
    pub email: String,
}

/// A link that does not work. Of a password that cannot be taken, the first two members say nothing.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvalidResetLink {
    /// False where it is the link that does not work.
    #[schema(required = false)]
    pub valid: bool,
    /// The same text as `error`, beside `valid`.
    #[schema(required = false)]
    pub message: String,
    #[serde(flatten)]
    pub problem: ProblemBody,
}
