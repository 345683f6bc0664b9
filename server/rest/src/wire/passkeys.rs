//! Passkeys, second steps, and what people chose for them.

use model::second_factor::{self, Factors, Mode};
use model::time::to_wire;
use serde::Serialize;
use serde_json::Value;
use services::passkeys::Started;
use services::second_factor::{Overview, Proof, RecoveryCodes};
use services::sign_in::Progress;
use utoipa::ToSchema;

use super::{SecondStep, SignedIn};
use crate::extract::{Fields, FromBody};

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk0passkey0000000000abcd", "name": "Laptop", "createdAt": "2026-03-04T09:30:00.000Z",
    "lastUsedAt": "2026-03-05T08:00:00.000Z"
}))]
pub(crate) struct Passkey {
    id: String,
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime, required = true)]
    last_used_at: Option<String>,
}

impl From<second_factor::Passkey> for Passkey {
    fn from(passkey: second_factor::Passkey) -> Self {
        Self {
            id: passkey.id.into(),
            name: passkey.name,
            created_at: to_wire(passkey.created_at),
            last_used_at: passkey.last_used_at.map(to_wire),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyList {
    pub passkeys: Vec<Passkey>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyRegistered {
    /// Always true.
    pub success: bool,
    pub passkey: Passkey,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PasskeyRemoved {
    /// Always true.
    pub success: bool,
}

/// `PublicKeyCredentialCreationOptionsJSON` of WebAuthn, for `PublicKeyCredential.parseCreationOptionsFromJSON`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(value_type = Object)]
pub(crate) struct CreationOptions(pub Value);

/// What `POST /api/auth/passkeys/register/verify` takes.
#[derive(ToSchema)]
#[schema(example = json!({
    "name": "Laptop",
    "response": {
        "id": "b3xAbrlXcmTQ0J4Dmh7fWg", "rawId": "b3xAbrlXcmTQ0J4Dmh7fWg", "type": "public-key",
        "response": { "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIn0", "attestationObject": "o2NmbXRkbm9uZQ" },
        "clientExtensionResults": {}
    }
}))]
pub(crate) struct RegisterPasskey {
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
    /// `RegistrationResponseJSON` of WebAuthn, as the browser's `toJSON()` gives it.
    #[schema(value_type = Object)]
    pub response: Value,
}

impl FromBody for RegisterPasskey {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name").unwrap_or_default(), response: fields.value("response").unwrap_or_default() }
    }
}

/// What `PATCH /api/auth/passkeys/{passkeyId}` takes.
#[derive(ToSchema)]
#[schema(example = json!({ "name": "Work laptop" }))]
pub(crate) struct RenamePasskey {
    #[schema(min_length = 1, max_length = 60)]
    pub name: String,
}

impl FromBody for RenamePasskey {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name").unwrap_or_default() }
    }
}

/// What `POST /api/auth/passkeys/authenticate/options` takes. Empty for any passkey of this instance.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "email": "mara@orbit.example" }))]
pub(crate) struct BeginPasskey {
    /// Names the passkeys of this account in the options, or made-up ones where there are none.
    #[schema(format = Email)]
    pub email: Option<String>,
    /// For the second step of a sign-in that asks for a passkey.
    pub session_token: Option<String>,
}

impl FromBody for BeginPasskey {
    fn read(fields: &mut Fields) -> Self {
        Self { email: fields.text("email"), session_token: fields.text("sessionToken") }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "options": {
        "challenge": "q9Yw1oJ0Ck3p0m1k3t2gk8w7a2jv5h6f4d3s2a1q0w8", "timeout": 300000,
        "rpId": "changelog.example.com", "allowCredentials": [], "userVerification": "required"
    },
    "challenge": "q9Yw1oJ0Ck3p0m1k3t2gk8w7a2jv5h6f4d3s2a1q0w8"
}))]
pub(crate) struct PasskeyBegun {
    /// `PublicKeyCredentialRequestOptionsJSON` of WebAuthn.
    #[schema(value_type = Object)]
    options: Value,
    /// The challenge in it, to be sent back with the answer. Good once within five minutes.
    challenge: String,
}

impl From<Started> for PasskeyBegun {
    fn from(started: Started) -> Self {
        Self { options: started.options, challenge: started.challenge }
    }
}

/// What `POST /api/auth/passkeys/authenticate/verify` takes.
#[derive(ToSchema)]
#[schema(example = json!({
    "challenge": "q9Yw1oJ0Ck3p0m1k3t2gk8w7a2jv5h6f4d3s2a1q0w8",
    "response": {
        "id": "b3xAbrlXcmTQ0J4Dmh7fWg", "rawId": "b3xAbrlXcmTQ0J4Dmh7fWg", "type": "public-key",
        "response": {
            "clientDataJSON": "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0", "authenticatorData": "SZYN5YgOjGh0NBcPZHZgW4",
            "signature": "MEUCIQDxk", "userHandle": "Y21rb2R6ZG9jOWlzMGo4aHQ5bGdteGc5ZQ"
        },
        "clientExtensionResults": {}
    }
}))]
pub(crate) struct PasskeySignIn {
    /// `AuthenticationResponseJSON` of WebAuthn.
    #[schema(value_type = Object)]
    pub response: Value,
    pub challenge: String,
}

impl FromBody for PasskeySignIn {
    fn read(fields: &mut Fields) -> Self {
        Self {
            response: fields.value("response").unwrap_or_default(),
            challenge: fields.text("challenge").unwrap_or_default(),
        }
    }
}

/// A sign-in, or what is still asked for.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum SignInProgress {
    Complete(SignedIn),
    SecondStep(SecondStep),
}

impl From<Progress> for SignInProgress {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Complete(signed_in) => Self::Complete(signed_in.into()),
            Progress::SecondFactor(pending) => Self::SecondStep(pending.into()),
        }
    }
}

/// What `POST /api/auth/login/second-factor` takes: the token of the pending sign-in, and the one proof that it asks
/// for in `secondFactorType`.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "sessionToken": "7hX0c1nq9wVbJ2m5LrT8yKdPzE3uFgA6sQiW4oNxRvC", "totpCode": "287082"
}))]
#[expect(dead_code, reason = "the description of what `SecondFactor` reads")]
pub(crate) struct SecondFactorBody {
    session_token: String,
    /// For `passkey`: `AuthenticationResponseJSON` of WebAuthn, for the options of
    /// `POST /api/auth/passkeys/authenticate/options` with the same `sessionToken`.
    #[schema(value_type = Option<Object>)]
    passkey_response: Option<Value>,
    /// For `password`.
    #[schema(format = Password)]
    second_factor_password: Option<String>,
    /// For `totp`: the six digits that the authenticator app shows.
    totp_code: Option<String>,
    /// In the place of a passkey or a code.
    recovery_code: Option<String>,
}

pub(crate) struct SecondFactor {
    pub session_token: String,
    pub proof: Proof,
}

impl FromBody for SecondFactor {
    fn read(fields: &mut Fields) -> Self {
        let session_token = fields.text("sessionToken").unwrap_or_default();
        let passkey = fields.value("passkeyResponse").map(Proof::Passkey);
        let password = fields.text("secondFactorPassword").map(Proof::Password);
        let code = fields.text_or_number("totpCode").map(Proof::Code);
        let recovery = fields.text("recoveryCode").map(Proof::Recovery);
        let proof = passkey.or(password).or(code).or(recovery).unwrap_or(Proof::Nothing);
        Self { session_token, proof }
    }
}

/// What a sign-in takes besides its first factor.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TwoFactorMode {
    None,
    PasskeyPlusPassword,
    PasswordPlusPasskey,
}

impl From<Mode> for TwoFactorMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::None => Self::None,
            Mode::PasskeyPlusPassword => Self::PasskeyPlusPassword,
            Mode::PasswordPlusPasskey => Self::PasswordPlusPasskey,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "twoFactorMode": "NONE", "totp": true, "passkeys": 1, "recoveryCodesLeft": 10, "hasPassword": true,
    "isRequired": false
}))]
pub(crate) struct SecuritySettings {
    /// `PASSKEY_PLUS_PASSWORD` asks for the other of the two after either. `PASSWORD_PLUS_PASSKEY` asks for a passkey
    /// after the password, and for nothing after a passkey. With `NONE`, a code is asked for after the password where
    /// `totp` is true: clients that know three modes only see the one that asks for no passkey.
    two_factor_mode: TwoFactorMode,
    /// Whether an authenticator app is set up.
    totp: bool,
    passkeys: u32,
    recovery_codes_left: u32,
    has_password: bool,
    /// Whether this instance needs a second factor of everybody.
    is_required: bool,
    /// New recovery codes, in clear and this once: where a change made them necessary.
    #[serde(skip_serializing_if = "Option::is_none")]
    recovery_codes: Option<Vec<String>>,
}

impl SecuritySettings {
    pub fn new(overview: &Overview, codes: Option<RecoveryCodes>) -> Self {
        let Factors { mode, has_password, passkeys, totp, recovery_codes } = overview.factors;
        Self {
            two_factor_mode: mode.into(),
            totp,
            passkeys,
            recovery_codes_left: recovery_codes,
            has_password,
            is_required: overview.is_required,
            recovery_codes: codes.map(|RecoveryCodes(codes)| codes),
        }
    }
}

/// What `PATCH /api/auth/security-settings` takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({ "twoFactorMode": "PASSWORD_PLUS_PASSKEY" }))]
#[expect(dead_code, reason = "the description of what `SecurityChanges` reads")]
pub(crate) struct SecurityChangesBody {
    two_factor_mode: TwoFactorMode,
}

pub(crate) struct SecurityChanges {
    pub mode: Mode,
}

impl FromBody for SecurityChanges {
    fn read(fields: &mut Fields) -> Self {
        let text = fields.text("twoFactorMode");
        let mode = text.as_deref().map(str::parse::<Mode>);
        if let Some(Err(error)) = &mode {
            fields.fail("twoFactorMode", format!("twoFactorMode must be one of {}.", error.allowed));
        } else if mode.is_none() {
            fields.fail_missing("twoFactorMode", "twoFactorMode is missing.");
        }
        Self { mode: mode.and_then(Result::ok).unwrap_or_default() }
    }
}
