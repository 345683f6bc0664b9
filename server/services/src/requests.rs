//! Requests that an administrator decide: asking ([`ask`](mod@ask)), deciding ([`decide`]), taking back, talking about
//! them ([`lists`]). What was asked for is done by the same code as when somebody does it directly, which also settles
//! the requests about it.

mod ask;
mod decide;
mod lists;
mod tell;

use model::entries::Entry;
use model::requests::{OpenRequest, RequestKind, RequestStatus};
use model::{EntryId, Error, Permission, ProjectId, Result, Verdict};
use serde_json::json;
use store::Tx;
use store::change_requests::{self, ChangeRequest};

use crate::Services;
use crate::access::{Actor, DecideRequests, Grant, ReadEntries};
use crate::audit::{self, Event};

pub use ask::{NewRequest, ask_again, create, request_schedule};
pub(crate) use ask::{Target, Wish, ask, ask_about};
pub use decide::{Seen, approve, approve_with, decide_many, reject, reject_with, request_changes, withdraw};
pub use lists::{
    RequestQuery, about_project, comment, count, decided, expanded, expanded_of_entry, page, proposal, review,
};

/// The open requests about an entry, longest waiting first.
pub async fn list(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId) -> Result<Vec<OpenRequest>> {
    let mut lease = cx.db.acquire().await?;
    Ok(change_requests::list_open(lease.conn(), may.project_id(), entry).await?)
}

/// The request about an entry that waits for an administrator.
///
/// # Errors
/// `NotFound` when none does.
pub async fn waiting(
    cx: &Services,
    may: &Grant<DecideRequests>,
    entry: &EntryId,
    kind: RequestKind,
) -> Result<ChangeRequest> {
    let mut lease = cx.db.acquire().await?;
    let open = change_requests::find_open(lease.conn(), kind, entry.as_str()).await?;
    let is_here = |request: &ChangeRequest| request.project_id.as_ref() == Some(may.project_id());
    open.filter(|request| is_here(request) && request.status.is_waiting()).ok_or(Error::NotFound)
}

/// A request that was just made, as lists show it.
pub fn opened(actor: &Actor, request: ChangeRequest) -> OpenRequest {
    OpenRequest {
        id: request.id,
        kind: request.kind,
        status: request.status,
        asked_by: request.staff_id.is_some().then(|| actor.user.display_name().to_owned()),
        asked_at: request.resubmitted_at.unwrap_or(request.created_at),
        staff_id: request.staff_id,
        feedback: request.feedback,
    }
}

/// Whether somebody decides requests, of whatever project.
fn decides(actor: &Actor) -> bool {
    model::access::verdict(actor.user.role, Permission::DecideRequests, None) == Verdict::Allowed
}

/// Ends the open request of a kind about an entry, if there is one, because `actor` did what it asked for, or because
/// there is nothing left to decide.
pub(crate) async fn settle(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    kind: RequestKind,
    status: RequestStatus,
) -> Result<()> {
    settle_about(cx, tx, actor, entry.id.as_str(), kind, status).await
}

/// As [`settle`], for a target of any kind. What somebody did who decides nothing was not approved by them: then the
/// request is over, and nobody has decided it.
pub(crate) async fn settle_about(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    target: &str,
    kind: RequestKind,
    status: RequestStatus,
) -> Result<()> {
    let Some(request) = change_requests::find_open(tx.conn(), kind, target).await? else { return Ok(()) };
    let status = match status {
        RequestStatus::Approved if !decides(actor) => RequestStatus::Superseded,
        other => other,
    };
    let by = (status == RequestStatus::Approved).then(|| actor.id());
    change_requests::close(tx.conn(), &request.id, status, by, cx.clock.now()).await?;
    if by.is_some() {
        tell::requester(cx, tx, actor, &request, status, None).await?;
        record(cx, tx, actor, "REQUEST_APPROVED", &request).await?;
    }
    tell::if_nothing_waits(tx).await
}

/// Ends what staff asked for about an entry that is public now.
pub(crate) async fn settle_published(cx: &Services, tx: &mut Tx, actor: &Actor, entry: &Entry) -> Result<()> {
    settle(cx, tx, actor, entry, RequestKind::AllowPublish, RequestStatus::Approved).await?;
    settle(cx, tx, actor, entry, RequestKind::AllowSchedule, RequestStatus::Superseded).await
}

/// Ends what staff asked for about an entry that is about to go.
pub(crate) async fn settle_deleted(cx: &Services, tx: &mut Tx, actor: &Actor, entry: &Entry) -> Result<()> {
    settle(cx, tx, actor, entry, RequestKind::DeleteEntry, RequestStatus::Approved).await?;
    settle(cx, tx, actor, entry, RequestKind::AllowPublish, RequestStatus::Superseded).await?;
    settle(cx, tx, actor, entry, RequestKind::PublishEdit, RequestStatus::Superseded).await?;
    settle(cx, tx, actor, entry, RequestKind::AllowSchedule, RequestStatus::Superseded).await
}

/// Ends what staff asked for about a project that is about to go, and about anything in it.
pub(crate) async fn settle_project(cx: &Services, tx: &mut Tx, actor: &Actor, project: &ProjectId) -> Result<()> {
    let (kind, status) = (RequestKind::DeleteProject, RequestStatus::Approved);
    settle_about(cx, tx, actor, project.as_str(), kind, status).await?;
    change_requests::close_everything(tx.conn(), project, RequestStatus::Superseded, cx.clock.now()).await?;
    tell::if_nothing_waits(tx).await
}

async fn record(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    request: &ChangeRequest,
) -> Result<()> {
    let details = json!({ "title": request.target_name, "type": request.kind, "requestId": request.id });
    let event = Event {
        action,
        // Whoever asked is concerned by the answer.
        target: request.staff_id.as_ref().filter(|staff| *staff != actor.id()),
        project: request.project_id.as_ref(),
        entity: Some(&request.target_id),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await
}
