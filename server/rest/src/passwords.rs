//! Changing one's password, and resetting a forgotten one.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::{Error, FieldError};
use services::{Services, own_password, password_reset};

use crate::extract::{Body, MayOwn, TokenPath, Visitor};
use crate::problem::{self, Problem, ProblemBody};
use crate::wire::{
    ForgottenPassword, InvalidResetLink, NewPassword, PasswordChange, PasswordChanged, PasswordMessage, ResetLink,
};

/// Fields of forms, and what they are called on the wire.
const NAMES: [(&str, &str); 3] =
    [("current", "currentPassword"), ("new", "newPassword"), ("confirm", "confirmPassword")];

/// The error with the names of the wire.
fn named(error: Error) -> Problem {
    let Error::Invalid { fields } = error else { return error.into() };
    let rename = |field: FieldError| {
        let name = NAMES.iter().find(|(form, _)| *form == field.field).map_or(field.field.as_str(), |(_, wire)| wire);
        FieldError::new(name, field.message)
    };
    Error::Invalid { fields: fields.into_iter().map(rename).collect() }.into()
}

/// Change one's password.
///
/// Ends all other sign-ins of the account. At most 10 attempts in 15 minutes.
#[utoipa::path(
    post,
    path = "/api/auth/change-password",
    operation_id = "change_password",
    tag = "Account",
    request_body = PasswordChange,
    responses(
        (status = 200, description = "Changed.", body = PasswordChanged),
        (status = 401, description = "The current password is wrong, or nobody is signed in; `code` says which.",
            body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn change_password(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
    Body(form): Body<PasswordChange>,
) -> Result<Json<PasswordChanged>, Problem> {
    own_password::change(&cx, &may, &form.current_password, &form.new_password).await.map_err(named)?;
    Ok(Json(PasswordChanged { success: true }))
}

/// Have a link to a new password sent to oneself.
#[utoipa::path(
    post,
    path = "/api/auth/reset-password/request",
    operation_id = "request_own_password_reset",
    tag = "Account",
    responses(
        (status = 200, description = "A letter is on its way.", body = PasswordMessage),
        (status = 403, description = "Passwords cannot be reset by mail here.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn request_own_reset(
    State(cx): State<Services>,
    MayOwn(may): MayOwn,
) -> Result<Json<PasswordMessage>, Problem> {
    password_reset::request_own(&cx, &may).await?;
    Ok(Json(PasswordMessage::new("A letter is on its way to you. The link in it works for an hour.")))
}

/// Ask for a link to a new password.
///
/// The answer is the same whether or not anybody has an account under this address, and also after the fifth time within
/// an hour.
#[utoipa::path(
    post,
    path = "/api/auth/forgot-password",
    operation_id = "request_password_reset",
    tag = "Sign-in",
    request_body = ForgottenPassword,
    responses(
        (status = 200, description = "Whoever has an account here gets a letter.", body = PasswordMessage),
        (status = 403, description = "Called with a key or by another site, or passwords cannot be reset by mail here.",
            body = ProblemBody)
    )
)]
pub(crate) async fn request_reset(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    Body(form): Body<ForgottenPassword>,
) -> Result<Json<PasswordMessage>, Problem> {
    password_reset::request(&cx, &form.email, &client).await?;
    Ok(Json(PasswordMessage::new("If there is an account with this address, a letter is on its way to it.")))
}

/// Look at a link to a new password.
#[utoipa::path(
    get,
    path = "/api/auth/reset-password/{token}",
    operation_id = "check_password_reset",
    tag = "Sign-in",
    params(("token" = String, Path, description = "What the link ends with.", example = "8GjHEAD6-Wj9KfzjsQGMrb9h_ImB_LK7")),
    responses(
        (status = 200, description = "The link works.", body = ResetLink),
        (status = 400, description = "It is unknown, was used or has expired.", body = InvalidResetLink),
        (status = 403, description = "Called with a key or by another site.", body = ProblemBody)
    )
)]
pub(crate) async fn check_reset(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    TokenPath(token): TokenPath,
) -> Result<Response, Problem> {
    answer(password_reset::check(&cx, &token, &client).await.map(|email| Json(ResetLink { valid: true, email })))
}

/// Set a new password by a link.
///
/// The link works once. All sign-ins of the account end. At most 5 attempts in 15 minutes from one address.
#[utoipa::path(
    post,
    path = "/api/auth/reset-password/{token}",
    operation_id = "reset_password",
    tag = "Sign-in",
    params(("token" = String, Path, description = "What the link ends with.", example = "8GjHEAD6-Wj9KfzjsQGMrb9h_ImB_LK7")),
    request_body = NewPassword,
    responses(
        (status = 200, description = "The password is set.", body = PasswordMessage),
        (status = 400, description = "The link does not work, or the password cannot be taken.", body = InvalidResetLink),
        (status = 403, description = "Called with a key or by another site.", body = ProblemBody)
    )
)]
pub(crate) async fn reset(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    TokenPath(token): TokenPath,
    Body(form): Body<NewPassword>,
) -> Result<Response, Problem> {
    let done = password_reset::submit(&cx, &token, &form.password, &form.confirm_password, &client).await;
    answer(done.map(|()| Json(PasswordMessage::new("The new password is set. Sign in with it."))))
}

/// A link that does not work says so in words of its own.
fn answer(done: model::Result<impl IntoResponse>) -> Result<Response, Problem> {
    match done {
        Ok(answer) => Ok(answer.into_response()),
        Err(Error::BadRequest { message }) => {
            let problem = problem::body(StatusCode::BAD_REQUEST, "bad_request", &message);
            let body = InvalidResetLink { valid: false, message, problem };
            Ok(problem::with_body(StatusCode::BAD_REQUEST, &body))
        }
        Err(error) => Err(named(error)),
    }
}
