//! Invitations, and what becomes of them.

use model::invitations::{Expiry, Found, ListedInvitation, NewInvitation as New, State, parse_list};
use model::time::to_wire;
use model::{access, invitations};
use serde::Serialize;
use serde_json::Value;
use services::invitations::Made;
use utoipa::ToSchema;

use super::users::{Role, take_role};
use crate::extract::{Fields, FromBody};

/// An invitation, without its link: only a hash of that is kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk4qmw2wxfogo4mvn4a4wfhy", "email": "ole@orbit.example", "role": "STAFF", "name": null,
    "createdBy": "cmkodzdoc9is0j8ht9lgmxg9e", "invitedBy": "Mara Lind", "expiresAt": "2026-03-11T09:30:00.000Z",
    "usedAt": null, "revokedAt": null, "createdAt": "2026-03-04T09:30:00.000Z", "state": "open"
}))]
pub(crate) struct Invitation {
    id: String,
    email: String,
    role: Role,
    #[schema(required = true)]
    name: Option<String>,
    /// Id of whoever invited, also when they are gone.
    created_by: String,
    /// Name or address of whoever invited.
    #[schema(required = true)]
    invited_by: Option<String>,
    #[schema(format = DateTime)]
    expires_at: String,
    /// When it stopped being open: it was accepted, or, with `revokedAt`, withdrawn.
    #[schema(format = DateTime, required = true)]
    used_at: Option<String>,
    #[schema(format = DateTime, required = true)]
    revoked_at: Option<String>,
    #[schema(format = DateTime)]
    created_at: String,
    /// `open`, `accepted`, `revoked` or `expired`.
    state: &'static str,
}

impl Invitation {
    pub fn new(listed: ListedInvitation, state: State) -> Self {
        let ListedInvitation { invitation, invited_by, .. } = listed;
        Self {
            id: invitation.id.into(),
            email: invitation.email,
            role: invitation.role.into(),
            name: invitation.name,
            created_by: invitation.created_by_id.into(),
            invited_by,
            expires_at: to_wire(invitation.expires_at),
            // Older clients take an invitation for open until this is set.
            used_at: invitation.used_at.or(invitation.revoked_at).map(to_wire),
            revoked_at: invitation.revoked_at.map(to_wire),
            created_at: to_wire(invitation.created_at),
            state: state.as_str(),
        }
    }
}

/// Whom to invite.
#[derive(Debug, ToSchema)]
#[schema(as = NewInvitation, rename_all = "camelCase", example = json!({
    "email": "ole@orbit.example", "role": "STAFF", "expiresAt": "2026-03-11T09:30:00.000Z"
}))]
#[expect(dead_code, reason = "the description of what `NewInvitation` reads")]
pub(crate) struct NewInvitationBody {
    #[schema(format = Email)]
    email: String,
    role: Role,
    #[schema(min_length = 2, max_length = 100)]
    name: Option<String>,
    /// In 1 to 30 days. Absent: as the instance is set.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
}

pub(crate) struct NewInvitation(pub New);

impl FromBody for NewInvitation {
    fn read(fields: &mut Fields) -> Self {
        let role = take_role(fields);
        if role.is_none() {
            fields.fail_missing("role", "Name the role: ADMIN, STAFF or VIEWER.");
        }
        Self(New {
            email: fields.text("email").unwrap_or_default(),
            role: role.unwrap_or(access::Role::Viewer),
            name: fields.text("name"),
            expiry: fields.time("expiresAt").map(Expiry::At),
        })
    }
}

/// An invitation with its link, which no other answer has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmk4qmw2wxfogo4mvn4a4wfhy", "email": "ole@orbit.example", "role": "STAFF",
    "expiresAt": "2026-03-11T09:30:00.000Z",
    "url": "https://changelog.example.com/register/f3Kq0Zx1bT7nV5cM9sLw2eRyUi8oPa4D", "isMailed": false
}))]
pub(crate) struct InvitationLink {
    id: String,
    email: String,
    role: Role,
    #[schema(format = DateTime)]
    expires_at: String,
    url: String,
    /// Whether the link is on its way by mail as well.
    is_mailed: bool,
}

impl From<Made> for InvitationLink {
    fn from(made: Made) -> Self {
        let invitation = made.listed.invitation;
        Self {
            id: invitation.id.into(),
            email: invitation.email,
            role: invitation.role.into(),
            expires_at: to_wire(invitation.expires_at),
            url: made.url,
            is_mailed: made.is_mailed,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationMade {
    #[schema(example = "ole@orbit.example is invited. Hand the link over; it is not shown again.")]
    message: String,
    invitation: InvitationLink,
}

impl From<Made> for InvitationMade {
    fn from(made: Made) -> Self {
        let email = &made.listed.invitation.email;
        let message = if made.is_mailed {
            format!("{email} is invited; the link was mailed.")
        } else {
            format!("{email} is invited. Hand the link over; it is not shown again.")
        };
        Self { message, invitation: made.into() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InvitationRevoked {
    #[schema(example = "The invitation is withdrawn; its link does not work any more.")]
    message: &'static str,
    invitation: Invitation,
}

impl InvitationRevoked {
    pub fn new(listed: ListedInvitation) -> Self {
        Self {
            message: "The invitation is withdrawn; its link does not work any more.",
            invitation: Invitation::new(listed, State::Revoked),
        }
    }
}

/// An open invitation, for whoever has its link.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "email": "ole@orbit.example", "role": "STAFF", "expiresAt": "2026-03-11T09:30:00.000Z", "name": null,
    "invitedBy": "Mara Lind"
}))]
pub(crate) struct OpenInvitation {
    email: String,
    role: Role,
    #[schema(format = DateTime)]
    expires_at: String,
    #[schema(required = true)]
    name: Option<String>,
    /// Name or address of whoever invited.
    #[schema(required = true)]
    invited_by: Option<String>,
}

impl OpenInvitation {
    /// `None` for one that cannot be used.
    pub fn of(found: Found) -> Option<Self> {
        let Found::Open { email, role, name, invited_by, expires_at } = found else { return None };
        Some(Self { email, role: role.into(), expires_at: to_wire(expires_at), name, invited_by })
    }
}

/// What `POST /api/auth/register` takes.
#[derive(ToSchema)]
#[schema(example = json!({
    "token": "f3Kq0Zx1bT7nV5cM9sLw2eRyUi8oPa4D", "name": "Ole Berg", "password": "correct horse battery"
}))]
pub(crate) struct Registration {
    /// The last part of the link.
    pub token: String,
    #[schema(min_length = 2, max_length = 100)]
    pub name: String,
    #[schema(format = Password, min_length = 8)]
    pub password: String,
}

impl FromBody for Registration {
    fn read(fields: &mut Fields) -> Self {
        Self {
            token: fields.text("token").unwrap_or_default(),
            name: fields.text("name").unwrap_or_default(),
            password: fields.text("password").unwrap_or_default(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registered {
    /// Always true.
    success: bool,
}

impl Registered {
    pub fn new() -> Self {
        Self { success: true }
    }
}

/// Who is invited in the set-up.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "email": "ole@orbit.example", "name": "Ole Berg", "role": "STAFF", "expiresInDays": 7
}))]
#[expect(dead_code, reason = "the description of what `TeamInvitations` reads")]
pub(crate) struct TeamMember {
    #[schema(format = Email)]
    email: String,
    #[schema(min_length = 2, max_length = 100)]
    name: Option<String>,
    /// Default: `STAFF`.
    role: Option<Role>,
    /// Default: as the instance is set.
    #[schema(minimum = 1, maximum = 30)]
    expires_in_days: Option<i64>,
}

/// What `POST /api/setup/invitations` takes.
#[derive(Debug, ToSchema)]
#[schema(as = TeamInvitations)]
#[expect(dead_code, reason = "the description of what `TeamInvitations` reads")]
pub(crate) struct TeamInvitationsBody {
    /// At most 25.
    invitations: Vec<TeamMember>,
}

pub(crate) struct TeamInvitations(pub Vec<New>);

impl FromBody for TeamInvitations {
    fn read(fields: &mut Fields) -> Self {
        // A text has a person on each line, as the page takes it.
        if let Some(Value::String(text)) = fields.peek("invitations") {
            return match parse_list(&text) {
                Ok(all) => Self(all),
                Err(message) => {
                    fields.fail("invitations", message);
                    Self(Vec::new())
                }
            };
        }
        let items = fields.list("invitations").unwrap_or_default();
        if items.is_empty() {
            fields.fail_missing("invitations", "Name at least one person.");
        } else if items.len() > invitations::MOST_AT_ONCE {
            let message = format!("At most {} people are invited at once.", invitations::MOST_AT_ONCE);
            fields.fail("invitations", message);
            return Self(Vec::new());
        }
        let mut all = Vec::with_capacity(items.len());
        for (position, item) in items.into_iter().enumerate() {
            all.extend(fields.object_of(&format!("invitations.{position}"), item, |fields| New {
                email: fields.text("email").unwrap_or_default(),
                role: take_role(fields).unwrap_or(access::Role::Staff),
                name: fields.text("name"),
                expiry: fields.integer("expiresInDays").map(Expiry::Days),
            }));
        }
        Self(all)
    }
}
