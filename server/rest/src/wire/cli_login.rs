//! Signing in from a program: what it sends, and its tokens. The names with underscores are those of OAuth 2.0, which
//! programs expect here.

use model::time::{Timestamp, from_wire, to_wire};
use model::users::User;
use serde::Serialize;
use serde_json::Value;
use services::cli_login::Issued;
use services::sign_in::{Kind, SignedIn};
use utoipa::ToSchema;

use super::users::Role;
use crate::extract::{Fields, FromBody};
use crate::problem::ProblemBody;

/// A person, as far as a program needs to know them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN"
}))]
pub(crate) struct Account {
    id: String,
    email: String,
    #[schema(required = true)]
    name: Option<String>,
    role: Role,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { id: user.id.into(), email: user.email, name: user.name, role: user.role.into() }
    }
}

/// What `POST /api/auth/cli/generate` takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "callbackUrl": "http://127.0.0.1:4711/callback", "client": "tidings on marvin",
    "codeChallenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
}))]
pub(crate) struct NewCliCode {
    /// An address of the computer itself that the program listens at: `http` with `localhost`, `127.0.0.1` or `[::1]`.
    /// Or one of an application whose scheme the instance allows.
    #[schema(required = true)]
    pub callback_url: String,
    /// SHA-256 of what the program keeps to itself until it gets its tokens, in base64url (RFC 7636, `S256`).
    pub code_challenge: Option<String>,
    /// What the program calls itself.
    pub client: Option<String>,
}

impl FromBody for NewCliCode {
    fn read(fields: &mut Fields) -> Self {
        Self {
            callback_url: fields.text("callbackUrl").unwrap_or_default(),
            code_challenge: fields.text("codeChallenge").or_else(|| fields.text("code_challenge")),
            client: fields.text("client"),
        }
    }
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "code": "8GjHEAD6-Wj9KfzjsQGMrb9h_ImB_LK7", "expires": 1772616000000_i64, "expiresAt": "2026-03-04T09:20:00.000Z"
}))]
pub(crate) struct CliCode {
    #[schema(min_length = 32, max_length = 32)]
    code: String,
    /// When it ends, in Unix milliseconds.
    expires: i64,
    #[schema(format = DateTime)]
    expires_at: String,
}

impl From<Issued> for CliCode {
    fn from(issued: Issued) -> Self {
        Self {
            code: issued.code,
            expires: issued.expires_at.timestamp_millis(),
            expires_at: to_wire(issued.expires_at),
        }
    }
}

/// What `POST /api/auth/cli/token` takes.
#[derive(ToSchema)]
#[schema(as = CliCodeExchange, example = json!({
    "code": "8GjHEAD6-Wj9KfzjsQGMrb9h_ImB_LK7", "expires": 1772616000000_i64,
    "code_verifier": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
}))]
pub(crate) struct CliCodeExchange {
    #[schema(required = true)]
    pub code: String,
    /// The value that came with the code, in Unix milliseconds as number or text, or in ISO 8601.
    #[schema(value_type = Option<i64>)]
    pub expires: Option<Timestamp>,
    /// What `codeChallenge` was made from, where there was one.
    pub code_verifier: Option<String>,
}

impl FromBody for CliCodeExchange {
    fn read(fields: &mut Fields) -> Self {
        let code = fields.text("code").unwrap_or_default();
        if code.is_empty() {
            fields.fail_missing("code", "The code is missing.");
        }
        Self {
            code,
            expires: fields.value("expires").and_then(|value| read_end(&value)),
            code_verifier: fields.text("code_verifier").or_else(|| fields.text("codeVerifier")),
        }
    }
}

/// What cannot be read says nothing, and so can differ from nothing.
fn read_end(value: &Value) -> Option<Timestamp> {
    let milliseconds = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    match milliseconds {
        Some(milliseconds) => Timestamp::from_timestamp_millis(milliseconds),
        None => from_wire(value.as_str()?),
    }
}

/// What `POST /api/auth/cli/refresh` takes.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "refreshToken": "77pzNk8cL6j5IXAAjlsHUqJoUD-_Ydua_5ZMs1SWOpQaPRYpzbLGViYXjU2JgJng"
}))]
pub(crate) struct CliRenewal {
    /// `refresh_token` is understood, too.
    #[schema(required = true)]
    pub refresh_token: String,
}

impl FromBody for CliRenewal {
    fn read(fields: &mut Fields) -> Self {
        let token = fields.text("refreshToken").or_else(|| fields.text("refresh_token")).unwrap_or_default();
        if token.is_empty() {
            fields.fail_missing("refreshToken", "The refresh token is missing.");
        }
        Self { refresh_token: token }
    }
}

#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJjbWtvZHoifQ.c2lnbmF0dXJl",
    "refresh_token": "77pzNk8cL6j5IXAAjlsHUqJoUD-_Ydua_5ZMs1SWOpQaPRYpzbLGViYXjU2JgJng",
    "expires_in": 3600, "refresh_expires_in": 7776000, "token_type": "Bearer",
    "user": { "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN" }
}))]
pub(crate) struct CliTokens {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// For `POST /api/auth/cli/refresh`, good once.
    #[schema(min_length = 64, max_length = 64)]
    refresh_token: String,
    /// For how many seconds the access token is good.
    expires_in: i64,
    /// For how many seconds the refresh token is good.
    refresh_expires_in: i64,
    /// Always `Bearer`.
    token_type: &'static str,
    user: Account,
}

impl From<SignedIn> for CliTokens {
    fn from(signed_in: SignedIn) -> Self {
        Self {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            expires_in: Kind::Cli.access_life().num_seconds(),
            refresh_expires_in: Kind::Cli.refresh_life().num_seconds(),
            token_type: "Bearer",
            user: signed_in.user.into(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "valid": true, "expires_in": 3540,
    "user": { "id": "cmkodzdoc9is0j8ht9lgmxg9e", "email": "mara@orbit.example", "name": "Mara Lind", "role": "ADMIN" }
}))]
pub(crate) struct ValidCredential {
    /// Always true.
    pub valid: bool,
    /// For a key, its owner.
    pub user: Account,
    /// For how many seconds it is still good; a year for a key without an end.
    pub expires_in: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvalidCredential {
    /// Always false.
    pub valid: bool,
    #[serde(flatten)]
    pub problem: ProblemBody,
}
