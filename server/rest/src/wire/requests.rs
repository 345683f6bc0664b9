//! Requests that an administrator decide.

use model::requests::{RequestKind, RequestStatus};
use model::time::to_wire;
use serde::Serialize;
use store::change_requests;
use utoipa::ToSchema;

use super::entries::Entry;

pub(super) const MESSAGE: &str = "An administrator has to approve this first.";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum RequestType {
    AllowPublish,
    DeleteEntry,
}

impl From<RequestKind> for RequestType {
    fn from(kind: RequestKind) -> Self {
        match kind {
            RequestKind::AllowPublish => Self::AllowPublish,
            RequestKind::DeleteEntry => Self::DeleteEntry,
        }
    }
}

/// What became of a request; `PENDING` is one that nobody has decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = ChangeRequestStatus)]
pub(crate) enum State {
    Pending,
    Approved,
    Rejected,
    Withdrawn,
    Superseded,
}

impl From<RequestStatus> for State {
    fn from(status: RequestStatus) -> Self {
        match status {
            RequestStatus::Pending => Self::Pending,
            RequestStatus::Approved => Self::Approved,
            RequestStatus::Rejected => Self::Rejected,
            RequestStatus::Withdrawn => Self::Withdrawn,
            RequestStatus::Superseded => Self::Superseded,
        }
    }
}

/// A request that an administrator decide.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkm4l1vfz3zfkkibj3j4wj99", "type": "ALLOW_PUBLISH", "status": "PENDING",
    "staffId": "cmkdn581u33xtplpft75v2seh", "adminId": null, "projectId": "cmk60kvj50ce9uvw53efr4edt",
    "targetId": null, "changelogEntryId": "cmk9ri19r0wyojfljooa5lqsa", "changelogTagId": null,
    "metadata": null, "createdAt": "2026-03-04T09:00:00.000Z", "reviewedAt": null
}))]
pub(crate) struct ChangeRequest {
    id: String,
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: RequestType,
    #[schema(inline)]
    status: State,
    #[schema(required = true)]
    staff_id: Option<String>,
    /// Who decided.
    #[schema(required = true)]
    admin_id: Option<String>,
    project_id: String,
    /// Requests about an entry have no other target.
    #[schema(value_type = Option<String>, required = true)]
    target_id: (),
    /// `null` when the entry is gone.
    #[schema(required = true)]
    changelog_entry_id: Option<String>,
    #[schema(value_type = Option<String>, required = true)]
    changelog_tag_id: (),
    #[schema(value_type = Option<Object>, required = true)]
    metadata: (),
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime, required = true)]
    reviewed_at: Option<String>,
}

impl From<change_requests::ChangeRequest> for ChangeRequest {
    fn from(request: change_requests::ChangeRequest) -> Self {
        Self {
            id: request.id.into(),
            kind: request.kind.into(),
            status: request.status.into(),
            staff_id: request.staff_id.map(String::from),
            admin_id: request.admin_id.map(String::from),
            project_id: request.project_id.into(),
            target_id: (),
            changelog_entry_id: request.entry_id.map(String::from),
            changelog_tag_id: (),
            metadata: (),
            created_at: to_wire(request.created_at),
            reviewed_at: request.reviewed_at.map(to_wire),
        }
    }
}

/// Sent with 202: nothing is public yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PublicationRequested {
    #[serde(flatten)]
    entry: Entry,
    #[schema(example = "An administrator has to approve this first.")]
    message: &'static str,
    /// Always true.
    requires_approval: bool,
    request: ChangeRequest,
}

impl PublicationRequested {
    pub fn new(entry: Entry, request: change_requests::ChangeRequest) -> Self {
        Self { entry, message: MESSAGE, requires_approval: true, request: request.into() }
    }
}

/// Sent with 202: nothing is deleted yet.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DeletionRequested {
    #[schema(example = "An administrator has to approve this first.")]
    message: &'static str,
    request: ChangeRequest,
}

impl From<change_requests::ChangeRequest> for DeletionRequested {
    fn from(request: change_requests::ChangeRequest) -> Self {
        Self { message: MESSAGE, request: request.into() }
    }
}
