//! Passkeys, the second step of a sign-in, and what people chose for theirs.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use services::caller::sign_in_cookies;
use services::sign_in::Progress;
use services::{Services, passkeys, second_factor};

use crate::auth::with_cookies;
use crate::extract::{Body, MayOwn, PasskeyPath, Visitor};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{
    BeginPasskey, CreationOptions, Passkey, PasskeyBegun, PasskeyList, PasskeyRegistered, PasskeyRemoved,
    PasskeySignIn, RegisterPasskey, RenamePasskey, SecondFactor, SecondFactorBody, SecurityChanges,
    SecurityChangesBody, SecuritySettings, SignInProgress, SignedIn,
};

/// Take the second step of a sign-in.
///
/// The proof must be the one that the sign-in asked for in `secondFactorType`; a recovery code stands in for a passkey or
/// a code. Without proof the answer is 401 and counts, as a wrong one does: a sign-in takes five attempts within ten
/// minutes, and one account 20 in 15 minutes. `code` is `sign_in_expired` where nothing but a new sign-in helps.
#[utoipa::path(
    post,
    path = "/api/auth/login/second-factor",
    operation_id = "take_second_step",
    tag = "Sign-in",
    request_body = SecondFactorBody,
    responses(
        (status = 200, description = "Signed in.", body = SignedIn),
        (status = 401, description = "The proof is missing or wrong, or the sign-in has ended.", body = ProblemBody),
        (status = 403, description = "Called with a key or by another site.", body = ProblemBody)
    )
)]
pub(crate) async fn take_second_step(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    Body(form): Body<SecondFactor>,
) -> Result<Response, Problem> {
    let signed_in = second_factor::answer(&cx, &form.session_token, form.proof, &client).await?;
    let cookies = sign_in_cookies(&cx, &signed_in);
    Ok(with_cookies(Json(SignedIn::from(signed_in)), &cookies))
}

/// Begin to sign in with a passkey.
///
/// Options for `navigator.credentials.get`. At most 30 requests in 15 minutes from one address, together with those to
/// `verify`. An address without an account is answered like one with an account.
#[utoipa::path(
    post,
    path = "/api/auth/passkeys/authenticate/options",
    operation_id = "begin_passkey_sign_in",
    tag = "Sign-in",
    request_body = Option<BeginPasskey>,
    responses(
        (status = 200, description = "What to ask the passkey.", body = PasskeyBegun),
        (status = 401, description = "The sign-in of `sessionToken` has ended.", body = ProblemBody),
        (status = 403, description = "Called with a key or by another site.", body = ProblemBody),
        (status = 409, description = "The address of this instance cannot have passkeys.", body = ProblemBody)
    )
)]
pub(crate) async fn begin_passkey_sign_in(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    Body(form): Body<BeginPasskey>,
) -> Result<Json<PasskeyBegun>, Problem> {
    let started = match &form.session_token {
        Some(token) => second_factor::begin_passkey(&cx, token, &client).await?,
        None => passkeys::begin_sign_in(&cx, form.email.as_deref(), &client).await?,
    };
    Ok(Json(started.into()))
}

/// Sign in with a passkey.
///
/// Every challenge is good once, within five minutes. Where the account asks for the password as well, the answer names
/// the second step instead and sets no cookies.
#[utoipa::path(
    post,
    path = "/api/auth/passkeys/authenticate/verify",
    operation_id = "sign_in_with_passkey",
    tag = "Sign-in",
    request_body = PasskeySignIn,
    responses(
        (status = 200, description = "Signed in, or a second step is asked for.", body = SignInProgress),
        (status = 400, description = "Not verified, whatever the cause.", body = ProblemBody),
        (status = 403, description = "Called with a key or by another site.", body = ProblemBody)
    )
)]
pub(crate) async fn sign_in_with_passkey(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    Body(form): Body<PasskeySignIn>,
) -> Result<Response, Problem> {
    let progress = passkeys::sign_in(&cx, &form.response, &form.challenge, &client).await?;
    let cookies = match &progress {
        Progress::Complete(signed_in) => sign_in_cookies(&cx, signed_in),
        Progress::SecondFactor(_) => Vec::new(),
    };
    Ok(with_cookies(Json(SignInProgress::from(progress)).into_response(), &cookies))
}

/// List one's own passkeys.
#[utoipa::path(
    get,
    path = "/api/auth/passkeys",
    tag = "Account",
    responses((status = 200, description = "The passkeys, oldest first.", body = PasskeyList)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_passkeys(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
) -> Result<Json<PasskeyList>, Problem> {
    let passkeys = passkeys::list(&cx, &may).await?;
    Ok(Json(PasskeyList { passkeys: passkeys.into_iter().map(Passkey::from).collect() }))
}

/// Begin to register a passkey.
///
/// Takes a sign-in, or a confirmation, of the last five minutes; otherwise the answer is 403 with the code
/// `not_confirmed`.
#[utoipa::path(
    post,
    path = "/api/auth/passkeys/register/options",
    operation_id = "begin_passkey_registration",
    tag = "Account",
    responses(
        (status = 200, description = "What to ask the browser.", body = CreationOptions, example = json!({
            "rp": { "name": "Tidings", "id": "changelog.example.com" },
            "user": {
                "id": "Y21rb2R6ZG9jOWlzMGo4aHQ5bGdteGc5ZQ", "name": "mara@orbit.example", "displayName": "Mara Lind"
            },
            "challenge": "q9Yw1oJ0Ck3p0m1k3t2gk8w7a2jv5h6f4d3s2a1q0w8", "timeout": 300000, "attestation": "none",
            "pubKeyCredParams": [{ "type": "public-key", "alg": -7 }], "excludeCredentials": [],
            "authenticatorSelection": {
                "residentKey": "preferred", "requireResidentKey": false, "userVerification": "preferred"
            }
        })),
        (status = 409, description = "The address of this instance cannot have passkeys.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn begin_passkey_registration(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
) -> Result<Json<CreationOptions>, Problem> {
    Ok(Json(CreationOptions(passkeys::begin_registration(&cx, &may).await?)))
}

/// Register a passkey.
///
/// Ends all other sign-ins of the person.
#[utoipa::path(
    post,
    path = "/api/auth/passkeys/register/verify",
    operation_id = "register_passkey",
    tag = "Account",
    request_body = RegisterPasskey,
    responses(
        (status = 200, description = "Registered.", body = PasskeyRegistered),
        (status = 409, description = "Somebody has this passkey already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn register_passkey(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
    Body(form): Body<RegisterPasskey>,
) -> Result<Json<PasskeyRegistered>, Problem> {
    let passkey = passkeys::register(&cx, &may, &form.response, &form.name).await?;
    Ok(Json(PasskeyRegistered { success: true, passkey: passkey.into() }))
}

/// Rename one's own passkey.
#[utoipa::path(
    patch,
    path = "/api/auth/passkeys/{passkeyId}",
    tag = "Account",
    params(("passkeyId" = String, Path, description = "Id of the passkey.")),
    request_body = RenamePasskey,
    responses((status = 200, description = "The passkey as it is now.", body = Passkey)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn rename_passkey(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
    PasskeyPath(id): PasskeyPath,
    Body(form): Body<RenamePasskey>,
) -> Result<Json<Passkey>, Problem> {
    Ok(Json(passkeys::rename(&cx, &may, &id, &form.name).await?.into()))
}

/// Remove one's own passkey.
///
/// Takes a sign-in, or a confirmation, of the last five minutes (403 `not_confirmed` otherwise). The last one cannot go
/// while signing in needs it: 409 with the code `last_passkey`. Ends all other sign-ins of the person.
#[utoipa::path(
    delete,
    path = "/api/auth/passkeys/{passkeyId}",
    tag = "Account",
    params(("passkeyId" = String, Path, description = "Id of the passkey.")),
    responses(
        (status = 200, description = "Removed.", body = PasskeyRemoved),
        (status = 409, description = "The last passkey, and the second step needs one.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_passkey(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
    PasskeyPath(id): PasskeyPath,
) -> Result<Json<PasskeyRemoved>, Problem> {
    passkeys::remove(&cx, &may, &id).await?;
    Ok(Json(PasskeyRemoved { success: true }))
}

/// Read what one's own sign-ins take.
#[utoipa::path(
    get,
    path = "/api/auth/security-settings",
    operation_id = "read_security_settings",
    tag = "Account",
    responses((status = 200, description = "The settings.", body = SecuritySettings)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn read_security_settings(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
) -> Result<Json<SecuritySettings>, Problem> {
    let overview = second_factor::overview(&cx, &may).await?;
    Ok(Json(SecuritySettings::new(&overview, None)))
}

/// Choose what one's own sign-ins take.
///
/// Takes a sign-in, or a confirmation, of the last five minutes (403 `not_confirmed` otherwise). Other modes than `NONE`
/// need a passkey and a password. Ends all other sign-ins of the person. Where there were no recovery codes, the answer
/// has new ones, this once.
#[utoipa::path(
    patch,
    path = "/api/auth/security-settings",
    tag = "Account",
    request_body = SecurityChangesBody,
    responses(
        (status = 200, description = "The settings as they are now.", body = SecuritySettings),
        (status = 409, description = "This instance needs a second factor of everybody, and none would be left.",
            body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_security_settings(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
    Body(changes): Body<SecurityChanges>,
) -> Result<Json<SecuritySettings>, Problem> {
    let codes = second_factor::set_mode(&cx, &may, changes.mode).await?;
    let overview = second_factor::overview(&cx, &may).await?;
    Ok(Json(SecuritySettings::new(&overview, codes)))
}
