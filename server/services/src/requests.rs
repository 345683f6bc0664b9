//! Requests that an administrator decide: asking, deciding, taking back. What was asked for is done by the same code as
//! when somebody does it directly, which also settles the requests about it.

use model::entries::Entry;
use model::requests::{OpenRequest, RequestKind, RequestStatus};
use model::{EntryId, Error, Permission, RequestId, Result};
use serde_json::json;
use store::change_requests::{self, ChangeRequest};
use store::{Tx, entries};

use crate::Services;
use crate::access::{Actor, DecideRequests, Grant, ReadEntries, WriteEntries};
use crate::audit::{self, Event};
use crate::entries::{author, remove_in};
use crate::mail::{self, letters};
use crate::projects::begin;
use crate::publication::publish_in;

/// What waits for an administrator about an entry, longest waiting first.
pub async fn list(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId) -> Result<Vec<OpenRequest>> {
    let mut lease = cx.db.acquire().await?;
    Ok(change_requests::list_open(lease.conn(), may.project_id(), entry).await?)
}

/// A request that was just made, as lists show it.
pub fn opened(actor: &Actor, request: ChangeRequest) -> OpenRequest {
    OpenRequest {
        id: request.id,
        kind: request.kind,
        asked_by: request.staff_id.is_some().then(|| actor.user.display_name().to_owned()),
        staff_id: request.staff_id,
        asked_at: request.created_at,
    }
}

/// Does what was asked for.
///
/// # Errors
/// `NotFound`; `Conflict` when the request is not open any more; what doing it directly would give, and then the
/// request stays open.
pub async fn approve(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let (request, entry) = open(&mut tx, may, id).await?;
    match request.kind {
        RequestKind::AllowPublish => {
            publish_in(cx, &mut tx, may.actor(), entry, None).await?;
        }
        RequestKind::DeleteEntry => {
            // A key that may decide may still not delete.
            may.actor().check_scope(Permission::DeleteEntries)?;
            remove_in(cx, &mut tx, may.actor(), &entry).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Leaves everything as it is.
///
/// # Errors
/// `NotFound`; `Conflict` when the request is not open any more.
pub async fn reject(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let (request, entry) = open(&mut tx, may, id).await?;
    close(cx, &mut tx, may.actor(), &request, &entry, RequestStatus::Rejected).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a request back. Only who asked does that.
///
/// # Errors
/// `NotFound`; `Forbidden` for somebody else; `Conflict` when the request is not open any more.
pub async fn withdraw(cx: &Services, may: &Grant<WriteEntries>, id: &RequestId) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let (request, entry) = open(&mut tx, may, id).await?;
    if request.staff_id.is_none() || request.staff_id != author(may.actor()) {
        return Err(Error::Forbidden { needs: Permission::DecideRequests });
    }
    close(cx, &mut tx, may.actor(), &request, &entry, RequestStatus::Withdrawn).await?;
    tx.commit().await?;
    Ok(())
}

/// An open request and its entry.
async fn open<C>(tx: &mut Tx, may: &Grant<C>, id: &RequestId) -> Result<(ChangeRequest, Entry)> {
    let request = change_requests::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    let entry = match &request.entry_id {
        Some(entry) if request.status == RequestStatus::Pending => {
            entries::find(tx.conn(), may.project_id(), entry).await?
        }
        _ => None,
    };
    let entry = entry.ok_or_else(|| Error::conflict("This was decided or taken back already. Nothing was changed."))?;
    Ok((request, entry))
}

/// Asks an administrator to do something with an entry that was read in the same transaction.
///
/// # Errors
/// `BadRequest` when somebody asked for the same and nobody has decided yet.
pub(crate) async fn ask(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    entry: &Entry,
    kind: RequestKind,
) -> Result<ChangeRequest> {
    let (verb, action) = match kind {
        RequestKind::AllowPublish => ("publish", "CHANGELOG_ENTRY_PUBLISH_REQUEST_CREATED"),
        RequestKind::DeleteEntry => ("delete", "CHANGELOG_ENTRY_DELETION_REQUEST_CREATED"),
    };
    if change_requests::find_open(tx.conn(), &entry.project_id, &entry.id, kind).await?.is_some() {
        let message = format!("An administrator has been asked to {verb} this entry already.");
        return Err(Error::bad_request(message));
    }
    let now = cx.clock.now();
    let request = ChangeRequest {
        id: cx.random.id(now, RequestId::compose),
        kind,
        status: RequestStatus::Pending,
        project_id: entry.project_id.clone(),
        entry_id: Some(entry.id.clone()),
        staff_id: author(actor),
        admin_id: None,
        created_at: now,
        reviewed_at: None,
    };
    change_requests::insert(tx.conn(), &request).await?;
    record(cx, tx, actor, action, &request, entry).await?;
    Ok(request)
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
    match change_requests::find_open(tx.conn(), &entry.project_id, &entry.id, kind).await? {
        Some(request) => close(cx, tx, actor, &request, entry, status).await,
        None => Ok(()),
    }
}

async fn close(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    request: &ChangeRequest,
    entry: &Entry,
    status: RequestStatus,
) -> Result<()> {
    let (action, by) = match status {
        RequestStatus::Approved => (Some("REQUEST_APPROVED"), Some(actor.id())),
        RequestStatus::Rejected => (Some("REQUEST_REJECTED"), Some(actor.id())),
        RequestStatus::Withdrawn => (Some("REQUEST_WITHDRAWN"), None),
        // The record of what happened to the entry says it all.
        RequestStatus::Superseded | RequestStatus::Pending => (None, None),
    };
    change_requests::close(tx.conn(), &request.project_id, &request.id, status, by, cx.clock.now()).await?;
    if by.is_some() {
        tell(cx, tx, actor, request, entry, status).await?;
    }
    match action {
        Some(action) => record(cx, tx, actor, action, request, entry).await,
        None => Ok(()),
    }
}

/// Writes to who asked what was decided, if they want such letters and did not decide themselves.
async fn tell(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    request: &ChangeRequest,
    entry: &Entry,
    status: RequestStatus,
) -> Result<()> {
    let Some(asker) = request.staff_id.as_ref().filter(|asker| *asker != actor.id()) else { return Ok(()) };
    let Some(person) = store::users::find(tx.conn(), asker).await? else { return Ok(()) };
    let settings = store::user_settings::find(tx.conn(), asker).await?;
    if person.disabled_at.is_some() || settings.is_some_and(|settings| !settings.enable_notifications) {
        return Ok(());
    }
    let is_approved = status == RequestStatus::Approved;
    let (what, is_gone) = match request.kind {
        RequestKind::AllowPublish => ("to publish", false),
        RequestKind::DeleteEntry => ("to delete", is_approved),
    };
    let path = match is_gone {
        true => format!("/dashboard/projects/{}", request.project_id),
        false => format!("/dashboard/projects/{}/changelog/{}", request.project_id, entry.id),
    };
    let letter = letters::decided(&person.email, what, &entry.title, actor.user.display_name(), is_approved)
        .page("Open it in Tidings", &path)
        .text("You can switch such letters off in your account.");
    mail::queue(cx, tx.conn(), letter).await?;
    Ok(())
}

async fn record(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    request: &ChangeRequest,
    entry: &Entry,
) -> Result<()> {
    let details = json!({ "title": entry.title, "type": request.kind, "requestId": request.id });
    let event = Event {
        action,
        // Whoever asked is concerned by the answer.
        target: request.staff_id.as_ref().filter(|staff| *staff != actor.id()),
        project: Some(&entry.project_id),
        entity: Some(entry.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await
}
