//! Looking after people. No key can do that, whatever its scopes.

use axum::Json;
use axum::extract::State;
use services::access::ManageUsers;
use services::{Services, users};
use utoipa::IntoParams;

use crate::extract::{Body, MayInstance, Query, UserPath};
use crate::problem::{Problem, ProblemBody};
use crate::wire::{
    ListedPerson, PeopleSearch, PersonChanged, PersonChanges, PersonChangesBody, PersonDeleted, PersonHelped,
    RoleChange, RoleChangeBody,
};

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the description of what `PeopleSearch` reads")]
pub(crate) struct PeopleParams {
    /// A part of the name or the address.
    search: Option<String>,
    /// `ADMIN`, `STAFF` or `VIEWER`.
    role: Option<String>,
}

/// List people.
///
/// Everybody with an account, newest first. Takes an administrator.
#[utoipa::path(
    get,
    path = "/api/admin/users",
    tag = "People",
    params(PeopleParams),
    responses((status = 200, description = "The people.", body = Vec<ListedPerson>)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_people(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    Query(PeopleSearch(filter)): Query<PeopleSearch>,
) -> Result<Json<Vec<ListedPerson>>, Problem> {
    let people = users::list(&cx, &may, &filter).await?;
    Ok(Json(people.into_iter().map(ListedPerson::from).collect()))
}

/// Change a person.
///
/// Name and role. Another role ends the person's sign-ins. Nobody changes their own role, and the last administrator who
/// can sign in keeps it. Takes an administrator.
#[utoipa::path(
    patch,
    path = "/api/admin/users/{userId}",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    request_body = PersonChangesBody,
    responses(
        (status = 200, description = "The person as they are now.", body = PersonChanged),
        (status = 400, description = "A wrong member, one's own role, or the last administrator.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_person(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
    Body(PersonChanges(patch)): Body<PersonChanges>,
) -> Result<Json<PersonChanged>, Problem> {
    Ok(Json(PersonChanged::new("Saved.", users::update(&cx, &may, &id, patch).await?)))
}

/// Change the role of a person.
///
/// Ends the person's sign-ins. Takes an administrator.
#[utoipa::path(
    patch,
    path = "/api/admin/users/{userId}/role",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    request_body = RoleChangeBody,
    responses(
        (status = 200, description = "The person as they are now.", body = PersonChanged),
        (status = 400, description = "An unknown role, one's own, or the last administrator.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn update_person_role(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
    Body(RoleChange(patch)): Body<RoleChange>,
) -> Result<Json<PersonChanged>, Problem> {
    let user = users::update(&cx, &may, &id, patch).await?;
    Ok(Json(PersonChanged::new(format!("The role is {} now.", user.role.label()), user)))
}

/// Disable a person.
///
/// Locks them out at once: sign-ins end, keys stop working. Nothing is deleted. Not oneself, not the last administrator.
/// Takes an administrator.
#[utoipa::path(
    post,
    path = "/api/admin/users/{userId}/disable",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    responses(
        (status = 200, description = "The person is locked out.", body = PersonChanged),
        (status = 400, description = "Oneself, or the last administrator.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn disable_person(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
) -> Result<Json<PersonChanged>, Problem> {
    Ok(Json(PersonChanged::new("The account is disabled.", users::disable(&cx, &may, &id).await?)))
}

/// Enable a person.
///
/// Lets somebody in again who was disabled. Takes an administrator.
#[utoipa::path(
    post,
    path = "/api/admin/users/{userId}/enable",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    responses((status = 200, description = "The person may sign in.", body = PersonChanged)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn enable_person(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
) -> Result<Json<PersonChanged>, Problem> {
    Ok(Json(PersonChanged::new("The account is enabled.", users::enable(&cx, &may, &id).await?)))
}

/// End the sign-ins of a person.
///
/// In every browser and on every command line; of oneself, all but this one. Takes an administrator.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{userId}/sessions",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    responses((status = 200, description = "They have ended.", body = PersonHelped)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn end_person_sessions(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
) -> Result<Json<PersonHelped>, Problem> {
    users::end_sessions(&cx, &may, &id).await?;
    Ok(Json(PersonHelped::by("Every sign-in of this person has ended.")))
}

/// Reset the second factor of a person.
///
/// For somebody who cannot get in any more: takes away every passkey, the authenticator app, the recovery codes and the
/// mode, and ends the person's sign-ins. What is left to them is their password, or their provider. Takes an
/// administrator.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{userId}/second-factor",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    responses((status = 200, description = "It is taken away.", body = PersonHelped)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn reset_second_factor(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
) -> Result<Json<PersonHelped>, Problem> {
    services::second_factor::reset_for(&cx, &may, &id).await?;
    Ok(Json(PersonHelped::by("Passkeys and second factor of this person are taken away.")))
}

/// Send a person the way to a new password.
///
/// By mail, where the instance resets passwords by mail. Whoever has no password is told how to sign in instead. Takes
/// an administrator.
#[utoipa::path(
    post,
    path = "/api/admin/users/{userId}/reset-password",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    responses(
        (status = 200, description = "The letter is on its way.", body = PersonHelped),
        (status = 400, description = "The person is disabled.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn send_password_reset(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
) -> Result<Json<PersonHelped>, Problem> {
    users::send_reset(&cx, &may, &id).await?;
    Ok(Json(PersonHelped::by("The letter is on its way.")))
}

/// Delete a person.
///
/// What they did stays and still names them. Sign-ins end, keys are revoked, open invitations by them are withdrawn. Not
/// oneself, not the last administrator. Takes an administrator.
#[utoipa::path(
    delete,
    path = "/api/admin/users/{userId}",
    tag = "People",
    params(("userId" = String, Path, description = "Id of the person.")),
    responses(
        (status = 200, description = "The account is gone.", body = PersonDeleted),
        (status = 400, description = "Oneself, or the last administrator.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn delete_person(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    UserPath(id): UserPath,
) -> Result<Json<PersonDeleted>, Problem> {
    Ok(Json(users::delete(&cx, &may, &id).await?.into()))
}
