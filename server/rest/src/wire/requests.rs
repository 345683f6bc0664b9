//! Requests that an administrator decide.

use std::str::FromStr;

use model::requests::{RequestKind, RequestStatus, Verb};
use model::time::{Timestamp, to_wire};
use model::{ProjectId, UserId};
use serde::Serialize;
use services::requests::Seen;
use store::change_requests::{self, Expanded};
use utoipa::ToSchema;

use super::entries::{Entry, NewEntry};
use super::entry_changes::EntryChanges;
use super::tags::NamedTag;
use crate::extract::{Fields, FromBody};

pub(super) const MESSAGE: &str = "An administrator has to approve this first.";

macro_rules! names {
    ($(#[$meta:meta])* $name:ident = $model:ident { $($variant:ident),* $(,)? }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        $(#[$meta])*
        pub(crate) enum $name {
            $($variant,)*
        }

        impl From<$model> for $name {
            fn from(value: $model) -> Self {
                match value {
                    $($model::$variant => Self::$variant,)*
                }
            }
        }
    };
}

names! {
    /// What is asked for.
    RequestType = RequestKind {
        AllowPublish, AllowSchedule, PublishEdit, DeleteEntry, DeleteTag, DeleteProject, DeleteAllEntries, DeleteAllHistory,
    }
}

names! {
    /// What became of a request. `PENDING` and `CHANGES_REQUESTED_PENDING` wait for an administrator.
    #[schema(as = ChangeRequestStatus)]
    State = RequestStatus {
        Pending, ChangesRequested, ChangesRequestedPending, Approved, Rejected, Withdrawn, Superseded,
    }
}

/// What was said about a request, and when.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "feedback": "Name the version that has the fix.", "changesAddressed": false }))]
pub(crate) struct RequestMetadata {
    /// The date to publish under.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    custom_published_at: Option<String>,
    /// What an administrator said.
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback: Option<String>,
    /// What an administrator said before somebody asked again.
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_feedback: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    resubmitted_at: Option<String>,
    /// Whether somebody asked again after an administrator wanted changes.
    changes_addressed: bool,
}

impl RequestMetadata {
    /// `None` when there is nothing to say.
    fn of(request: &change_requests::ChangeRequest) -> Option<Self> {
        let metadata = Self {
            custom_published_at: request.publish_at.map(to_wire),
            feedback: request.feedback.clone(),
            previous_feedback: request.previous_feedback.clone(),
            resubmitted_at: request.resubmitted_at.map(to_wire),
            changes_addressed: request.resubmitted_at.is_some(),
        };
        let is_empty = metadata.custom_published_at.is_none()
            && metadata.feedback.is_none()
            && metadata.previous_feedback.is_none()
            && !metadata.changes_addressed;
        (!is_empty).then_some(metadata)
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
    /// `null` when the project is gone.
    #[schema(required = true)]
    project_id: Option<String>,
    /// The moment that `ALLOW_SCHEDULE` asks for, the name of the tag for `DELETE_TAG`, `null` for all others.
    #[schema(required = true)]
    target_id: Option<String>,
    /// `null` when the entry is gone, and for what is about none.
    #[schema(required = true)]
    changelog_entry_id: Option<String>,
    #[schema(required = true)]
    changelog_tag_id: Option<String>,
    #[schema(required = true)]
    metadata: Option<RequestMetadata>,
    #[schema(format = DateTime)]
    created_at: String,
    #[schema(format = DateTime, required = true)]
    reviewed_at: Option<String>,
}

impl From<change_requests::ChangeRequest> for ChangeRequest {
    fn from(request: change_requests::ChangeRequest) -> Self {
        let target_id = match request.kind {
            RequestKind::AllowSchedule => request.scheduled_at.map(to_wire),
            RequestKind::DeleteTag => Some(request.target_name.clone()),
            _ => None,
        };
        Self {
            metadata: RequestMetadata::of(&request),
            id: request.id.into(),
            kind: request.kind.into(),
            status: request.status.into(),
            staff_id: request.staff_id.map(String::from),
            admin_id: request.admin_id.map(String::from),
            project_id: request.project_id.map(String::from),
            target_id,
            changelog_entry_id: request.entry_id.map(String::from),
            changelog_tag_id: request.tag_id.map(String::from),
            created_at: to_wire(request.created_at),
            reviewed_at: request.reviewed_at.map(to_wire),
        }
    }
}

/// Somebody whom a request names.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "cmkdn581u33xtplpft75v2seh", "email": "sam@orbit.example", "name": "Sam Reyes" }))]
pub(crate) struct RequestPerson {
    id: String,
    email: String,
    #[schema(required = true)]
    name: Option<String>,
}

impl RequestPerson {
    fn of(id: Option<&UserId>, email: Option<String>, name: Option<String>) -> Option<Self> {
        id.zip(email).map(|(id, email)| Self { id: id.to_string(), email, name })
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "id": "cmk60kvj50ce9uvw53efr4edt", "name": "Orbit Mail", "defaultTags": ["Feature"] }))]
pub(crate) struct RequestProject {
    id: String,
    name: String,
    default_tags: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode" }))]
pub(crate) struct RequestEntry {
    id: String,
    title: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "id": "cmkkhvdgaj8gxbenyjqwx4hh5", "name": "Feature" }))]
pub(crate) struct RequestTag {
    id: String,
    name: String,
}

/// A request with what it is about. Each is `null` when it is gone, or where there is none.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ExpandedRequest {
    #[serde(flatten)]
    request: ChangeRequest,
    #[schema(required = true)]
    staff: Option<RequestPerson>,
    /// Who decided.
    #[schema(required = true)]
    admin: Option<RequestPerson>,
    #[schema(required = true)]
    project: Option<RequestProject>,
    #[serde(rename = "ChangelogEntry")]
    #[schema(required = true)]
    entry: Option<RequestEntry>,
    #[serde(rename = "ChangelogTag")]
    #[schema(required = true)]
    tag: Option<RequestTag>,
}

impl From<Expanded> for ExpandedRequest {
    fn from(expanded: Expanded) -> Self {
        let Expanded { request, staff_email, staff_name, admin_email, admin_name, .. } = expanded;
        let project = request.project_id.as_ref().zip(expanded.current_project_name);
        let project = project.map(|(id, name)| RequestProject {
            id: id.to_string(),
            name,
            default_tags: expanded.default_tags.unwrap_or_default(),
        });
        let entry = request.entry_id.as_ref().zip(expanded.entry_title);
        let tag = request.tag_id.as_ref().zip(expanded.tag_name);
        Self {
            staff: RequestPerson::of(request.staff_id.as_ref(), staff_email, staff_name),
            admin: RequestPerson::of(request.admin_id.as_ref(), admin_email, admin_name),
            project,
            entry: entry.map(|(id, title)| RequestEntry { id: id.to_string(), title }),
            tag: tag.map(|(id, name)| RequestTag { id: id.to_string(), name }),
            request: request.into(),
        }
    }
}

/// The caller's own requests, in every state, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OwnRequests {
    requests: Vec<ExpandedRequest>,
}

impl OwnRequests {
    pub fn new(requests: Vec<Expanded>) -> Self {
        Self { requests: requests.into_iter().map(ExpandedRequest::from).collect() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({ "name": "Sam Reyes", "email": "sam@orbit.example" }))]
struct Asker {
    #[schema(required = true)]
    name: Option<String>,
    email: String,
}

/// A request about an entry.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "id": "cmkm4l1vfz3zfkkibj3j4wj99", "type": "ALLOW_PUBLISH", "status": "PENDING",
    "createdAt": "2026-03-04T09:00:00.000Z", "staff": { "name": "Sam Reyes", "email": "sam@orbit.example" }
}))]
pub(crate) struct RequestOfEntry {
    id: String,
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: RequestType,
    #[schema(inline)]
    status: State,
    #[schema(format = DateTime)]
    created_at: String,
    /// Who asked; `null` when the account is gone.
    #[schema(required = true)]
    staff: Option<Asker>,
}

impl From<Expanded> for RequestOfEntry {
    fn from(expanded: Expanded) -> Self {
        Self {
            id: expanded.request.id.into(),
            kind: expanded.request.kind.into(),
            status: expanded.request.status.into(),
            created_at: to_wire(expanded.request.created_at),
            staff: expanded.staff_email.map(|email| Asker { name: expanded.staff_name, email }),
        }
    }
}

/// What `POST /api/changelog/requests` takes.
#[derive(ToSchema)]
#[schema(as = NewChangeRequest, rename_all = "camelCase", example = json!({
    "type": "DELETE_TAG", "projectId": "cmk60kvj50ce9uvw53efr4edt", "targetId": "cmkkhvdgaj8gxbenyjqwx4hh5"
}))]
#[expect(dead_code, reason = "the description of what `NewRequest` reads")]
pub(crate) struct NewRequestBody {
    #[schema(inline)]
    r#type: RequestType,
    project_id: String,
    /// Id of the entry or tag. For `ALLOW_SCHEDULE` the moment to publish at; then `entryId` names the entry. Requests
    /// about a whole project have none.
    target_id: Option<String>,
    entry_id: Option<String>,
    /// `PUBLISH_EDIT` only, as the three below: what a published or scheduled entry is to say. What is left out stays.
    #[schema(max_length = 200)]
    title: Option<String>,
    #[schema(max_length = 200_000)]
    content: Option<String>,
    #[schema(max_length = 64)]
    version: Option<String>,
    #[schema(max_items = 50)]
    tags: Option<Vec<NamedTag>>,
}

pub(crate) struct NewRequest {
    pub project: Option<ProjectId>,
    pub request: Option<services::requests::NewRequest>,
}

impl FromBody for NewRequest {
    const LIMIT: usize = NewEntry::LIMIT;

    fn read(fields: &mut Fields) -> Self {
        let kind = fields.text("type").and_then(|text| match RequestKind::try_from(text) {
            Ok(kind) => Some(kind),
            Err(unknown) => {
                fields.fail("type", format!("Ask for one of {}.", unknown.allowed));
                None
            }
        });
        let project = fields.text("projectId");
        // Whatever cannot be an id names nothing.
        let project = project.map(|id| id.parse().ok());
        if kind.is_none() {
            fields.fail_missing("type", "Say what is asked for.");
        }
        if project.is_none() {
            fields.fail_missing("projectId", "Name the project.");
        }
        let request = kind.map(|kind| read_target(fields, kind));
        Self { project: project.flatten(), request }
    }
}

fn read_target(fields: &mut Fields, kind: RequestKind) -> services::requests::NewRequest {
    let mut new = services::requests::NewRequest::new(kind);
    match kind {
        RequestKind::AllowSchedule => {
            new.scheduled_at = fields.time("targetId");
            if new.scheduled_at.is_none() {
                fields.fail_missing("targetId", "Give the moment to publish at.");
            }
            match fields.text("entryId") {
                Some(id) => new.entry = known(fields, "entryId", &id),
                None => fields.fail_missing("entryId", "Name the entry."),
            }
        }
        RequestKind::AllowPublish | RequestKind::DeleteEntry => match fields.text("targetId") {
            Some(id) => new.entry = known(fields, "targetId", &id),
            None => fields.fail_missing("targetId", "Name the entry."),
        },
        RequestKind::PublishEdit => {
            match fields.text("targetId") {
                Some(id) => new.entry = known(fields, "targetId", &id),
                None => fields.fail_missing("targetId", "Name the entry."),
            }
            new.change = Some(EntryChanges::read(fields).into());
        }
        RequestKind::DeleteTag => match fields.text("targetId") {
            Some(id) => new.tag = known(fields, "targetId", &id),
            None => fields.fail_missing("targetId", "Name the tag."),
        },
        RequestKind::DeleteProject | RequestKind::DeleteAllEntries | RequestKind::DeleteAllHistory => {}
    }
    new
}

fn known<I: FromStr>(fields: &mut Fields, name: &str, text: &str) -> Option<I> {
    let id = text.parse().ok();
    if id.is_none() {
        fields.fail(name, "This cannot be an id.");
    }
    id
}

/// What `PATCH /api/changelog/requests/{requestId}` takes.
#[derive(ToSchema)]
#[schema(as = ChangeRequestDecision, rename_all = "camelCase", example = json!({
    "status": "CHANGES_REQUESTED", "feedback": "Name the version that has the fix."
}))]
#[expect(dead_code, reason = "the description of what `Decision` reads")]
pub(crate) struct DecisionBody {
    #[schema(inline)]
    status: Answer,
    /// For who asked. Required with `CHANGES_REQUESTED`.
    #[schema(max_length = 2_000)]
    feedback: Option<String>,
    /// Approves the text of the entry as it is now, although it has changed since somebody asked.
    confirm_changes: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(dead_code, reason = "the description of what `Decision` reads")]
pub(crate) enum Answer {
    Approved,
    Rejected,
    ChangesRequested,
}

pub(crate) struct Decision {
    pub verb: Option<Verb>,
    pub feedback: String,
    pub seen: Seen,
}

impl FromBody for Decision {
    fn read(fields: &mut Fields) -> Self {
        let verb = fields.text("status").and_then(|status| match status.as_str() {
            "APPROVED" => Some(Verb::Approve),
            "REJECTED" => Some(Verb::Reject),
            "CHANGES_REQUESTED" => Some(Verb::RequestChanges),
            _ => None,
        });
        if verb.is_none() {
            fields.fail_missing("status", "Answer APPROVED, REJECTED or CHANGES_REQUESTED.");
        }
        let seen = if fields.flag("confirmChanges") == Some(true) { Seen::AsItIs } else { Seen::AsAsked };
        Self { verb, feedback: fields.text("feedback").unwrap_or_default(), seen }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "timestamp": "2026-03-04T09:12:00.000Z", "processedBy": "cmkodzdoc9is0j8ht9lgmxg9e" }))]
struct Processed {
    #[schema(format = DateTime)]
    timestamp: String,
    /// Id of who decided.
    processed_by: String,
}

/// A request after an answer.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Decided {
    /// Always true.
    success: bool,
    data: ExpandedRequest,
    metadata: Processed,
}

impl Decided {
    pub fn new(expanded: Expanded, by: &UserId) -> Self {
        let at = expanded.request.reviewed_at.unwrap_or(expanded.request.created_at);
        let metadata = Processed { timestamp: to_wire(at), processed_by: by.to_string() };
        Self { success: true, data: expanded.into(), metadata }
    }
}

/// What `POST …/schedule/approval` takes.
#[derive(ToSchema)]
#[schema(as = ScheduleApproval, rename_all = "camelCase", example = json!({
    "action": "request_approval", "scheduledAt": "2026-03-10T07:00:00.000Z"
}))]
#[expect(dead_code, reason = "the description of what `ScheduleApproval` reads")]
pub(crate) struct ScheduleApprovalBody {
    #[schema(inline)]
    action: ApprovalAction,
    /// Required to ask; at least a minute ahead.
    #[schema(format = DateTime)]
    scheduled_at: Option<String>,
    /// For who asked.
    #[schema(max_length = 2_000)]
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum ApprovalAction {
    RequestApproval,
    Approve,
    Reject,
}

pub(crate) struct ScheduleApproval {
    pub action: Option<ApprovalAction>,
    pub scheduled_at: Option<Timestamp>,
    pub reason: String,
}

impl FromBody for ScheduleApproval {
    fn read(fields: &mut Fields) -> Self {
        let action = fields.text("action").and_then(|action| match action.as_str() {
            "request_approval" => Some(ApprovalAction::RequestApproval),
            "approve" => Some(ApprovalAction::Approve),
            "reject" => Some(ApprovalAction::Reject),
            _ => None,
        });
        if action.is_none() {
            fields.fail_missing("action", "Give request_approval, approve or reject.");
        }
        let scheduled_at = fields.time("scheduledAt");
        if action == Some(ApprovalAction::RequestApproval) && scheduled_at.is_none() {
            fields.fail_missing("scheduledAt", "Give the moment to publish at.");
        }
        Self { action, scheduled_at, reason: fields.text("reason").unwrap_or_default() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ScheduleRequest {
    id: String,
    #[serde(rename = "type")]
    #[schema(inline)]
    kind: RequestType,
    #[schema(inline)]
    status: State,
    /// `null` after a rejection.
    #[schema(format = DateTime, required = true)]
    scheduled_at: Option<String>,
}

/// The request for a schedule.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "success": true, "message": "An administrator has to approve this first.",
    "request": {
        "id": "cmkm4l1vfz3zfkkibj3j4wj99", "type": "ALLOW_SCHEDULE", "status": "PENDING",
        "scheduledAt": "2026-03-10T07:00:00.000Z"
    }
}))]
pub(crate) struct ScheduleAnswer {
    /// Always true.
    success: bool,
    message: &'static str,
    request: ScheduleRequest,
}

impl From<change_requests::ChangeRequest> for ScheduleAnswer {
    fn from(request: change_requests::ChangeRequest) -> Self {
        let (message, at) = match request.status {
            RequestStatus::Approved => ("The entry goes live at the time that was asked for.", request.scheduled_at),
            RequestStatus::Rejected => ("The entry is not scheduled.", None),
            _ => (MESSAGE, request.scheduled_at),
        };
        let request = ScheduleRequest {
            id: request.id.into(),
            kind: request.kind.into(),
            status: request.status.into(),
            scheduled_at: at.map(to_wire),
        };
        Self { success: true, message, request }
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
