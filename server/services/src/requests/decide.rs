//! What administrators answer, and taking back. An answer and what it leads to are one transaction: when it cannot be
//! done, the request stays as it was.

use model::entries::{Entry, EntryState};
use model::projects::Project;
use model::requests::{EntryText, MOST_AT_ONCE, Outcome, RequestKind, RequestStatus, Verb, checked_comment};
use model::tags::Tag;
use model::{Error, Permission, RequestId, Result};
use store::change_requests::{self, ChangeRequest};
use store::{Tx, entries};

use super::{lists, record, tell};
use crate::Services;
use crate::access::{self, Actor, DecideRequests, Grant, InstanceGrant, WriteEntries};
use crate::entries::{author, change_in, empty_in, remove_in};
use crate::history::Why;
use crate::projects::{begin, erase_in};
use crate::publication::{ScheduleOptions, publish_in, schedule_in};
use crate::{history, tags};

/// What an administrator has seen of the text they approve.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Seen {
    /// The text that somebody asked about. Another one is not approved.
    #[default]
    AsAsked,
    /// The text with this lock version, and what differs from the one that somebody asked about.
    At(i64),
    /// Whatever it is now.
    AsItIs,
}

/// What a request is about, as it is now.
enum Target {
    Entry(Entry),
    Tag(Tag),
    Project(Project),
}

/// Does what was asked for, if the text is still the one that somebody asked about.
///
/// # Errors
/// As [`approve_with`].
pub async fn approve(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId) -> Result<()> {
    approve_with(cx, may, id, Seen::AsAsked, "").await
}

/// Does what was asked for, with a word to who asked.
///
/// # Errors
/// `NotFound`; `Conflict` when the request does not wait any more, or for a text that the administrator has not seen; what
/// doing it directly would give, and then the request stays open. Where nothing is left to decide, the request ends, and
/// that is a `Conflict`, too.
pub async fn approve_with(
    cx: &Services,
    may: &Grant<DecideRequests>,
    id: &RequestId,
    seen: Seen,
    feedback: &str,
) -> Result<()> {
    let feedback = checked_comment("feedback", feedback)?;
    let (mut tx, request, tag) = hold(cx, may, id).await?;
    // A key that may decide may still not delete.
    may.actor().check_scope(request.kind.permission())?;
    refuse_unless_waiting(&request)?;
    let Some(target) = find_target(&mut tx, may, &request, tag).await? else {
        let (now, over) = (cx.clock.now(), RequestStatus::Superseded);
        change_requests::close(tx.conn(), &request.id, over, None, now).await?;
        tell::if_nothing_waits(&mut tx).await?;
        tx.commit().await?;
        let message =
            "There is nothing left to decide: what this was about is gone, or done already. It is off the list.";
        return Err(Error::conflict(message));
    };
    if let Target::Entry(entry) = &target {
        refuse_unseen(&request, entry, seen)?;
    }
    answer(cx, &mut tx, may.actor(), &request, RequestStatus::Approved, feedback).await?;
    perform(cx, &mut tx, may.actor(), &request, target).await?;
    tx.commit().await?;
    Ok(())
}

/// Leaves everything as it is.
///
/// # Errors
/// `NotFound`; `Conflict` when the request does not wait any more.
pub async fn reject(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId) -> Result<()> {
    reject_with(cx, may, id, "").await
}

/// As [`reject`], with a word to who asked.
///
/// # Errors
/// As [`reject`]; `Invalid` naming `feedback` when it is too long.
pub async fn reject_with(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId, feedback: &str) -> Result<()> {
    let feedback = checked_comment("feedback", feedback)?;
    reply(cx, may, id, RequestStatus::Rejected, feedback).await
}

/// Says what has to change first.
///
/// # Errors
/// As [`reject`]; `Invalid` naming `feedback` when nothing is said.
pub async fn request_changes(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId, feedback: &str) -> Result<()> {
    let feedback = checked_comment("feedback", feedback)?;
    if feedback.is_none() {
        return Err(Error::field("feedback", "Say what has to change."));
    }
    reply(cx, may, id, RequestStatus::ChangesRequested, feedback).await
}

async fn reply(
    cx: &Services,
    may: &Grant<DecideRequests>,
    id: &RequestId,
    status: RequestStatus,
    feedback: Option<String>,
) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let request = change_requests::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    refuse_unless_waiting(&request)?;
    answer(cx, &mut tx, may.actor(), &request, status, feedback).await?;
    tx.commit().await?;
    Ok(())
}

/// Answers several requests, each by itself, so that one that fails leaves the others done.
///
/// # Errors
/// `Invalid` naming `requests` for none or too many, or `feedback`.
pub async fn decide_many(
    cx: &Services,
    may: &InstanceGrant<DecideRequests>,
    ids: &[RequestId],
    verb: Verb,
    feedback: &str,
) -> Result<Vec<Outcome>> {
    if ids.is_empty() {
        return Err(Error::field("requests", "Select at least one request."));
    }
    if ids.len() > MOST_AT_ONCE {
        return Err(Error::field("requests", format!("At most {MOST_AT_ONCE} requests are decided together.")));
    }
    let feedback = checked_comment("feedback", feedback)?.unwrap_or_default();
    if verb == Verb::RequestChanges && feedback.is_empty() {
        return Err(Error::field("feedback", "Say what has to change."));
    }
    let mut outcomes = Vec::with_capacity(ids.len());
    for id in ids {
        let name = lists::name(cx, id).await?.unwrap_or_default();
        let error = decide_one(cx, may.actor(), id, verb, &feedback).await.err();
        outcomes.push(Outcome { request: id.clone(), name, error });
    }
    Ok(outcomes)
}

async fn decide_one(cx: &Services, actor: &Actor, id: &RequestId, verb: Verb, feedback: &str) -> Result<()> {
    let project = access::project_of_request(cx, actor, id).await?;
    let may = access::grant::<DecideRequests>(cx, actor, &project).await?;
    match verb {
        Verb::Approve if lists::is_about_project(cx, id).await? => {
            Err(Error::conflict("This takes away a whole project's entries. Look at it and approve it by itself."))
        }
        Verb::Approve => approve_with(cx, &may, id, Seen::AsAsked, feedback).await,
        Verb::Reject => reject_with(cx, &may, id, feedback).await,
        Verb::RequestChanges => request_changes(cx, &may, id, feedback).await,
    }
}

/// Takes a request back. Only who asked does that.
///
/// # Errors
/// `NotFound`; `Forbidden` for somebody else; `Conflict` when the request is not open any more.
pub async fn withdraw(cx: &Services, may: &Grant<WriteEntries>, id: &RequestId) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    let request = change_requests::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if request.staff_id.is_none() || request.staff_id != author(may.actor()) {
        return Err(Error::Forbidden { needs: Permission::DecideRequests });
    }
    let (now, status) = (cx.clock.now(), RequestStatus::Withdrawn);
    if !change_requests::close(tx.conn(), &request.id, status, None, now).await? {
        return Err(over());
    }
    record(cx, &mut tx, may.actor(), "REQUEST_WITHDRAWN", &request).await?;
    tell::if_nothing_waits(&mut tx).await?;
    tx.commit().await?;
    Ok(())
}

fn over() -> Error {
    Error::conflict("This was decided or taken back already. Nothing was changed.")
}

fn refuse_unless_waiting(request: &ChangeRequest) -> Result<()> {
    match request.status {
        status if status.is_waiting() => Ok(()),
        RequestStatus::ChangesRequested => {
            Err(Error::conflict("This waits for changes that an administrator asked for. Nothing was changed."))
        }
        _ => Err(over()),
    }
}

/// A transaction that holds what an approval changes, the request as it is there, and the tag it is about, if it is about
/// one. A tag is held with every project that uses it, in the order in which everybody holds them.
async fn hold(cx: &Services, may: &Grant<DecideRequests>, id: &RequestId) -> Result<(Tx, ChangeRequest, Option<Tag>)> {
    let mut lease = cx.db.acquire().await?;
    let known = change_requests::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    drop(lease);
    let held = match &known.tag_id {
        Some(tag) => match tags::hold(cx, may.actor(), tag).await {
            Ok((tx, tag)) => Some((tx, tag)),
            Err(Error::NotFound) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    let (mut tx, tag) = match held {
        Some((tx, tag)) => (tx, Some(tag)),
        None => (begin(cx, may.project_id()).await?, None),
    };
    let request = change_requests::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    Ok((tx, request, tag))
}

/// What a request is about; `None` when it is gone, or when nothing is left to do.
async fn find_target(
    tx: &mut Tx,
    may: &Grant<DecideRequests>,
    request: &ChangeRequest,
    tag: Option<Tag>,
) -> Result<Option<Target>> {
    Ok(match request.kind {
        RequestKind::AllowPublish | RequestKind::AllowSchedule | RequestKind::DeleteEntry => {
            let Some(id) = &request.entry_id else { return Ok(None) };
            let entry = entries::find(tx.conn(), may.project_id(), id).await?;
            entry.filter(|entry| !request.kind.shows_text() || entry.published_at.is_none()).map(Target::Entry)
        }
        RequestKind::PublishEdit => {
            let Some(id) = &request.entry_id else { return Ok(None) };
            // A draft is changed without asking.
            let entry = entries::find(tx.conn(), may.project_id(), id).await?;
            entry.filter(|entry| entry.state() != EntryState::Draft).map(Target::Entry)
        }
        RequestKind::DeleteTag => tag.map(Target::Tag),
        RequestKind::DeleteProject | RequestKind::DeleteAllEntries | RequestKind::DeleteAllHistory => {
            store::projects::find(tx.conn(), may.project_id()).await?.map(Target::Project)
        }
    })
}

/// Refuses to make a text public that is not the one that was looked at.
fn refuse_unseen(request: &ChangeRequest, entry: &Entry, seen: Seen) -> Result<()> {
    if request.kind.proposes() {
        if request.entry_lock_version == Some(entry.lock_version) {
            return Ok(());
        }
        let message = "The entry has changed since this was proposed, and the proposal would undo that. Request changes, so \
            that it is proposed again for the text as it is now.";
        return Err(Error::conflict(message));
    }
    let before = request.entry_text.as_ref().filter(|_| request.entry_lock_version != Some(entry.lock_version));
    let is_another = before.is_some_and(|before| *before != EntryText::of(entry));
    match seen {
        Seen::AsItIs => Ok(()),
        Seen::At(version) if version == entry.lock_version => Ok(()),
        Seen::At(_) => {
            Err(Error::conflict("The entry changed while you looked at it. Look again before you approve it."))
        }
        Seen::AsAsked if is_another => {
            let message = "The entry has changed since somebody asked. Look at what changed before you approve it.";
            Err(Error::conflict(message))
        }
        Seen::AsAsked => Ok(()),
    }
}

/// Writes an answer down, once, and tells it.
async fn answer(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    request: &ChangeRequest,
    status: RequestStatus,
    feedback: Option<String>,
) -> Result<()> {
    let now = cx.clock.now();
    let feedback = feedback.as_deref();
    if !change_requests::answer(tx.conn(), &request.id, status, Some(actor.id()), feedback, now).await? {
        return Err(over());
    }
    if let Some(feedback) = feedback {
        lists::say(cx, tx, actor, &request.id, feedback).await?;
    }
    tell::requester(cx, tx, actor, request, status, feedback).await?;
    let action = match status {
        RequestStatus::Approved => "REQUEST_APPROVED",
        RequestStatus::ChangesRequested => "REQUEST_CHANGES_REQUESTED",
        _ => "REQUEST_REJECTED",
    };
    record(cx, tx, actor, action, request).await?;
    tell::if_nothing_waits(tx).await
}

/// Does what was asked for, as an administrator does it.
async fn perform(cx: &Services, tx: &mut Tx, actor: &Actor, request: &ChangeRequest, target: Target) -> Result<()> {
    match (request.kind, target) {
        (RequestKind::AllowPublish, Target::Entry(entry)) => {
            publish_in(cx, tx, actor, entry, request.publish_at).await?;
        }
        (RequestKind::AllowSchedule, Target::Entry(entry)) => {
            let at = request.scheduled_at.ok_or(Error::NotFound)?;
            // In the name of who asked, who is also told when it goes live.
            let options = ScheduleOptions { on_behalf_of: request.staff_id.clone() };
            schedule_in(cx, tx, actor, entry, at, &options).await?;
        }
        (RequestKind::PublishEdit, Target::Entry(entry)) => {
            let text = request.entry_text.as_ref().ok_or(Error::NotFound)?;
            change_in(cx, tx, actor, entry, text.to_change(), Why::Manual).await?;
        }
        (RequestKind::DeleteEntry, Target::Entry(entry)) => remove_in(cx, tx, actor, &entry).await?,
        (RequestKind::DeleteTag, Target::Tag(tag)) => {
            tags::remove_in(cx, tx, actor, request.project_id.as_ref(), &tag).await?;
        }
        (RequestKind::DeleteProject, Target::Project(project)) => erase_in(cx, tx, actor, &project).await?,
        (RequestKind::DeleteAllEntries, Target::Project(project)) => {
            empty_in(cx, tx, actor, &project).await?;
        }
        (RequestKind::DeleteAllHistory, Target::Project(project)) => {
            history::delete_all_in(cx, tx, actor, &project).await?;
        }
        // A target is found by the kind of its request.
        (_, _) => return Err(Error::NotFound),
    }
    Ok(())
}
