//! Inviting people, and what they do with their link.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use model::invitations::Found;
use serde::Serialize;
use services::access::ManageUsers;
use services::caller::sign_in_cookies;
use services::{Services, invitations};
use utoipa::ToSchema;

use crate::extract::{Body, InvitationPath, MayInstance, TokenPath, Visitor};
use crate::identify::append_cookies;
use crate::problem::{self, Problem, ProblemBody};
use crate::wire::{
    Invitation, InvitationMade, InvitationRevoked, NewInvitation, NewInvitationBody, OpenInvitation, Registered,
    Registration,
};

/// Invite a person.
///
/// Makes a link with which somebody makes an account of this role. The link is in this answer and in no other; where the
/// instance can send mail, it is mailed, too. Takes an administrator.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    operation_id = "invite_person",
    tag = "People",
    request_body = NewInvitationBody,
    responses(
        (status = 200, description = "The invitation with its link.", body = InvitationMade),
        (status = 400, description = "A wrong member, or the address has an account or an open invitation.",
            body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn invite_person(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    Body(NewInvitation(new)): Body<NewInvitation>,
) -> Result<Json<InvitationMade>, Problem> {
    Ok(Json(invitations::create(&cx, &may, new).await?.into()))
}

/// List invitations.
///
/// Newest first, with what has become of each. Takes an administrator.
#[utoipa::path(
    get,
    path = "/api/admin/users/invitations",
    tag = "People",
    responses((status = 200, description = "The invitations, without their links.", body = Vec<Invitation>)),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn list_invitations(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
) -> Result<Json<Vec<Invitation>>, Problem> {
    let all = invitations::list(&cx, &may).await?;
    Ok(Json(all.into_iter().map(|(listed, state)| Invitation::new(listed, state)).collect()))
}

/// Withdraw an invitation.
///
/// Its link is worthless from now on. Doing so again changes nothing. Takes an administrator.
#[utoipa::path(
    delete,
    path = "/api/admin/users/invitations/{invitationId}",
    operation_id = "revoke_invitation",
    tag = "People",
    params(("invitationId" = String, Path, description = "Id of the invitation.")),
    responses(
        (status = 200, description = "It is withdrawn.", body = InvitationRevoked),
        (status = 400, description = "It was accepted already.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn revoke_invitation(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    InvitationPath(id): InvitationPath,
) -> Result<Json<InvitationRevoked>, Problem> {
    Ok(Json(InvitationRevoked::new(invitations::revoke(&cx, &may, &id).await?)))
}

/// Send an invitation again.
///
/// Makes a new link, good for as long as the old one was, which is worthless from now on. Takes an administrator.
#[utoipa::path(
    post,
    path = "/api/admin/users/invitations/{invitationId}/resend",
    operation_id = "resend_invitation",
    tag = "People",
    params(("invitationId" = String, Path, description = "Id of the invitation.")),
    responses(
        (status = 200, description = "The invitation with its new link.", body = InvitationMade),
        (status = 400, description = "It was accepted or withdrawn, or the address has an account.", body = ProblemBody)
    ),
    security(("token" = []), ("cookie" = []))
)]
pub(crate) async fn resend_invitation(
    State(cx): State<Services>,
    MayInstance(may): MayInstance<ManageUsers>,
    InvitationPath(id): InvitationPath,
) -> Result<Json<InvitationMade>, Problem> {
    Ok(Json(invitations::resend(&cx, &may, &id).await?.into()))
}

/// Why an invitation cannot be used; `message` repeats the text for clients that read only that.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct NotInvited {
    #[serde(flatten)]
    problem: ProblemBody,
    message: &'static str,
}

/// Read an invitation.
///
/// For whoever has the link: `token` is its last part. At most 30 times in 15 minutes from one address.
#[utoipa::path(
    get,
    path = "/api/auth/invitation/{token}",
    operation_id = "read_invitation",
    tag = "Sign-in",
    params(("token" = String, Path, description = "The last part of the link.")),
    responses(
        (status = 200, description = "It can be accepted.", body = OpenInvitation),
        (status = 400, description = "It was accepted or withdrawn, or has expired.", body = NotInvited),
        (status = 404, description = "There is no such invitation.", body = NotInvited)
    )
)]
pub(crate) async fn read_invitation(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    TokenPath(token): TokenPath,
) -> Result<Response, Problem> {
    let found = invitations::look_up(&cx, &token, &client).await?;
    let message = found.refusal();
    let (status, code) = match &found {
        Found::Unknown => (StatusCode::NOT_FOUND, "not_found"),
        Found::Accepted => (StatusCode::BAD_REQUEST, "invitation_used"),
        Found::Revoked => (StatusCode::BAD_REQUEST, "invitation_revoked"),
        Found::Expired => (StatusCode::BAD_REQUEST, "invitation_expired"),
        Found::Open { .. } | Found::Registered => (StatusCode::BAD_REQUEST, "account_exists"),
    };
    Ok(match OpenInvitation::of(found) {
        Some(open) => Json(open).into_response(),
        None => problem::with_body(status, &NotInvited { problem: problem::body(status, code, message), message }),
    })
}

/// Make an account from an invitation.
///
/// With the address and the role of the invitation. Signs in: the answer sets the cookies of a browser. A link makes one
/// account. At most 10 times in an hour from one address. Keys are refused.
#[utoipa::path(
    post,
    path = "/api/auth/register",
    operation_id = "register_person",
    tag = "Sign-in",
    request_body = Registration,
    responses(
        (status = 200, description = "The account is made.", body = Registered),
        (status = 400, description = "A wrong member, or the invitation cannot be used any more.", body = ProblemBody),
        (status = 403, description = "Called with a key or by another site.", body = ProblemBody),
        (status = 404, description = "There is no such invitation.", body = ProblemBody),
        (status = 409, description = "The address has an account already.", body = ProblemBody)
    )
)]
pub(crate) async fn register(
    State(cx): State<Services>,
    Visitor(client): Visitor,
    Body(form): Body<Registration>,
) -> Result<Response, Problem> {
    let signed_in = invitations::accept(&cx, &form.token, &form.name, &form.password, &client).await?;
    let cookies = sign_in_cookies(&cx, &signed_in);
    let mut response = Json(Registered::new()).into_response();
    append_cookies(response.headers_mut(), &cookies);
    Ok(response)
}
