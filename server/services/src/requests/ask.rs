//! Asking an administrator, the first time or again.

use model::entries::{Entry, EntryPatch, EntryState};
use model::projects::Project;
use model::requests::{EntryText, RequestKind, RequestStatus};
use model::schedule::ahead;
use model::tags::{Tag, TagRef};
use model::time::Timestamp;
use model::{EntryId, Error, RequestId, Result, TagId, Verdict};
use store::change_requests::{self, ChangeRequest};
use store::{Tx, entries};

use super::{record, tell};
use crate::Services;
use crate::access::{Actor, AsksToPublish, Grant, WriteEntries};
use crate::entries::author;
use crate::projects::begin;
use crate::tags;

/// What a request is about, as it is in the transaction that asks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target<'a> {
    Entry(&'a Entry),
    Tag(&'a Tag),
    /// The project itself.
    Project,
}

/// What is asked for, checked already.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub kind: RequestKind,
    pub target: Target<'a>,
    /// The date to publish under; `None` for the moment of the approval.
    pub publish_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    /// What the entry is to say.
    pub proposal: Option<&'a EntryText>,
}

impl<'a> Wish<'a> {
    pub fn new(kind: RequestKind, target: Target<'a>) -> Self {
        Self { kind, target, publish_at: None, scheduled_at: None, proposal: None }
    }
}

/// A request as somebody writes it down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRequest {
    pub kind: RequestKind,
    pub entry: Option<EntryId>,
    pub tag: Option<TagId>,
    pub publish_at: Option<Timestamp>,
    pub scheduled_at: Option<Timestamp>,
    /// How the entry is to change.
    pub change: Option<EntryPatch>,
}

impl NewRequest {
    /// About the project itself.
    pub fn new(kind: RequestKind) -> Self {
        Self { kind, entry: None, tag: None, publish_at: None, scheduled_at: None, change: None }
    }

    pub fn about_entry(kind: RequestKind, entry: EntryId) -> Self {
        Self { entry: Some(entry), ..Self::new(kind) }
    }

    pub fn about_tag(kind: RequestKind, tag: TagId) -> Self {
        Self { tag: Some(tag), ..Self::new(kind) }
    }
}

/// Asks an administrator, for staff who may not do it themselves.
///
/// # Errors
/// `BadRequest` for somebody who may do it themselves; `RequestPending` when somebody asked before; `Invalid` naming what
/// is missing; `NotFound` for a target that is not there; `Conflict` for an entry that is published already.
pub async fn create(cx: &Services, may: &Grant<WriteEntries>, new: NewRequest) -> Result<ChangeRequest> {
    let (kind, actor) = (new.kind, may.actor());
    match model::access::verdict(actor.user.role, kind.permission(), Some(may.project())) {
        Verdict::NeedsApproval => {}
        Verdict::Allowed => {
            let message = format!("You need not ask: you may {} yourself.", kind.of_this());
            return Err(Error::bad_request(message));
        }
        Verdict::Refused => return Err(Error::Forbidden { needs: kind.permission() }),
    }
    let request = match kind {
        RequestKind::DeleteTag => {
            let id = new.tag.ok_or_else(|| Error::field("targetId", "Name the tag."))?;
            let (mut tx, tag) = tags::hold(cx, actor, &id).await?;
            let request = ask(cx, &mut tx, actor, may.project(), Wish::new(kind, Target::Tag(&tag))).await?;
            tx.commit().await?;
            request
        }
        RequestKind::DeleteProject | RequestKind::DeleteAllEntries | RequestKind::DeleteAllHistory => {
            let mut tx = begin(cx, may.project_id()).await?;
            let request = ask(cx, &mut tx, actor, may.project(), Wish::new(kind, Target::Project)).await?;
            tx.commit().await?;
            request
        }
        RequestKind::AllowPublish
        | RequestKind::AllowSchedule
        | RequestKind::PublishEdit
        | RequestKind::DeleteEntry => {
            let id = new.entry.clone().ok_or_else(|| Error::field("targetId", "Name the entry."))?;
            let mut tx = begin(cx, may.project_id()).await?;
            let entry = entries::find(tx.conn(), may.project_id(), &id).await?.ok_or(Error::NotFound)?;
            let request = ask_about(cx, &mut tx, actor, may.project(), &entry, &new).await?;
            tx.commit().await?;
            request
        }
    };
    Ok(request)
}

/// Asks an administrator to let an entry go live at a moment, for staff who may not schedule it themselves.
///
/// # Errors
/// `Conflict` when it is published; `RequestPending` when somebody asked before; `Invalid` naming `scheduledAt` or what is
/// still missing.
pub async fn request_schedule<C: AsksToPublish>(
    cx: &Services,
    may: &Grant<C>,
    id: &EntryId,
    at: Timestamp,
) -> Result<(Entry, ChangeRequest)> {
    let mut tx = begin(cx, may.project_id()).await?;
    let entry = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    let new =
        NewRequest { scheduled_at: Some(at), ..NewRequest::about_entry(RequestKind::AllowSchedule, entry.id.clone()) };
    let request = ask_about(cx, &mut tx, may.actor(), may.project(), &entry, &new).await?;
    tx.commit().await?;
    Ok((entry, request))
}

/// Asks for what an administrator wanted changed, as it is now.
///
/// # Errors
/// `NotFound`; `Conflict` when the request does not wait for changes; as [`create`].
pub async fn ask_again(cx: &Services, may: &Grant<WriteEntries>, id: &RequestId) -> Result<ChangeRequest> {
    let mut lease = cx.db.acquire().await?;
    let request = change_requests::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    drop(lease);
    if request.status != RequestStatus::ChangesRequested {
        return Err(Error::conflict("Nobody waits for changes to this any more. Nothing was changed."));
    }
    let new = NewRequest {
        kind: request.kind,
        entry: request.entry_id,
        tag: request.tag_id,
        publish_at: request.publish_at,
        scheduled_at: request.scheduled_at,
        change: request.entry_text.filter(|_| request.kind.proposes()).map(|text| text.to_change()),
    };
    create(cx, may, new).await
}

/// Asks about an entry that was read in the same transaction, if it can be done at all, so that an administrator is not
/// asked for the impossible.
pub(crate) async fn ask_about(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    project: &Project,
    entry: &Entry,
    new: &NewRequest,
) -> Result<ChangeRequest> {
    let now = cx.clock.now();
    let mut wish = Wish::new(new.kind, Target::Entry(entry));
    if new.kind.shows_text() {
        if entry.published_at.is_some() {
            return Err(Error::conflict("This entry is published already."));
        }
        entry.clone().publish(now, new.publish_at)?;
        wish.publish_at = new.publish_at;
    }
    if new.kind == RequestKind::AllowSchedule {
        let at = new.scheduled_at.ok_or_else(|| Error::field("scheduledAt", "Give the moment to publish at."))?;
        (wish.publish_at, wish.scheduled_at) = (None, Some(ahead("scheduledAt", at, now)?));
    }
    if new.kind.proposes() {
        let text = proposed(tx, entry, new.change.clone().unwrap_or_default()).await?;
        return ask(cx, tx, actor, project, Wish { proposal: Some(&text), ..wish }).await;
    }
    ask(cx, tx, actor, project, wish).await
}

/// What an entry would say after a change that could be made.
async fn proposed(tx: &mut Tx, entry: &Entry, change: EntryPatch) -> Result<EntryText> {
    if entry.state() == EntryState::Draft {
        return Err(Error::conflict("This entry is a draft. Change it yourself; nobody has to agree."));
    }
    let change = change.checked()?;
    if change.lock_version.is_some_and(|read| read != entry.lock_version) {
        return Err(Error::EditedElsewhere { current: Box::new(entry.clone()) });
    }
    let now = EntryText::of(entry);
    let mut text = now.clone();
    if let Some(title) = change.title {
        text.title = title;
    }
    if let Some(content) = change.content {
        text.content = content;
    }
    if let Some(version) = change.version {
        text.version = version.unwrap_or_default();
    }
    if let Some(refs) = change.tags {
        text.tags = Vec::with_capacity(refs.len());
        for tag in refs {
            let name = name_of(tx, tag).await?;
            if !text.tags.iter().any(|other| model::tags::key(other) == model::tags::key(&name)) {
                text.tags.push(name);
            }
        }
    }
    if text == now {
        return Err(Error::bad_request("This is what the entry says already. Nothing was asked for."));
    }
    let new = Entry {
        title: text.title.clone(),
        content: text.content.clone(),
        version: Some(text.version.clone()).filter(|version| !version.is_empty()),
        ..entry.clone()
    };
    // Nobody is asked for what could not be done. The transaction writes nothing of it.
    crate::entries::check_text(tx, &new).await?;
    Ok(text)
}

/// The name of a tag, which need not exist until somebody agrees.
async fn name_of(tx: &mut Tx, tag: TagRef) -> Result<String> {
    let known = match &tag {
        TagRef::Name(_) => None,
        TagRef::Id(id) | TagRef::Whole { id, .. } => store::tags::find(tx.conn(), id).await?,
        TagRef::Either(text) => match text.parse::<TagId>() {
            Ok(id) => store::tags::find(tx.conn(), &id).await?,
            Err(_) => None,
        },
    };
    match (known, tag) {
        (Some(tag), _) => Ok(tag.name),
        (None, TagRef::Name(name) | TagRef::Either(name) | TagRef::Whole { name, .. }) => Ok(name),
        (None, TagRef::Id(_)) => Err(Error::field("tags", "There is no tag with one of these ids.")),
    }
}

/// Asks an administrator, or asks again where one wanted changes.
///
/// # Errors
/// `RequestPending` when somebody asked for the same and nobody has decided yet.
pub(crate) async fn ask(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    project: &Project,
    wish: Wish<'_>,
) -> Result<ChangeRequest> {
    let now = cx.clock.now();
    let (target_id, target_name) = match wish.target {
        Target::Entry(entry) => (entry.id.as_str(), entry.title.as_str()),
        Target::Tag(tag) => (tag.id.as_str(), tag.name.as_str()),
        Target::Project => (project.id.as_str(), project.name.as_str()),
    };
    let entry = match wish.target {
        Target::Entry(entry) => Some(entry),
        Target::Tag(_) | Target::Project => None,
    };
    let tag_id = match wish.target {
        Target::Tag(tag) => Some(tag.id.clone()),
        Target::Entry(_) | Target::Project => None,
    };
    let mut request = ChangeRequest {
        id: cx.random.id(now, RequestId::compose),
        kind: wish.kind,
        status: RequestStatus::Pending,
        project_id: Some(project.id.clone()),
        project_name: project.name.clone(),
        target_id: target_id.to_owned(),
        target_name: target_name.to_owned(),
        entry_id: entry.map(|entry| entry.id.clone()),
        tag_id,
        staff_id: author(actor),
        admin_id: None,
        publish_at: wish.publish_at,
        scheduled_at: wish.scheduled_at,
        entry_lock_version: entry.map(|entry| entry.lock_version),
        entry_text: wish.proposal.cloned().or_else(|| entry.filter(|_| wish.kind.shows_text()).map(EntryText::of)),
        feedback: None,
        previous_feedback: None,
        resubmitted_at: None,
        created_at: now,
        reviewed_at: None,
    };
    let pending = || Error::RequestPending { what: wish.kind.of_this().to_owned() };
    match change_requests::find_open(tx.conn(), wish.kind, target_id).await? {
        Some(open) if open.status == RequestStatus::ChangesRequested => {
            request = ChangeRequest {
                id: open.id,
                status: RequestStatus::ChangesRequestedPending,
                staff_id: open.staff_id,
                previous_feedback: open.feedback,
                resubmitted_at: Some(now),
                created_at: open.created_at,
                project_name: open.project_name,
                ..request
            };
            if !change_requests::resubmit(tx.conn(), &request).await? {
                return Err(pending());
            }
            record(cx, tx, actor, "REQUEST_RESUBMITTED", &request).await?;
        }
        Some(_) => return Err(pending()),
        None => {
            change_requests::insert(tx.conn(), &request).await.map_err(|error| match error {
                // About a tag, which does not hold this project, somebody may have asked at the same moment.
                store::Error::Duplicate => pending(),
                other => other.into(),
            })?;
            record(cx, tx, actor, created(wish.kind), &request).await?;
        }
    }
    tell::administrators(cx, tx, actor, &request).await?;
    Ok(request)
}

/// The name in the audit log for a first request.
fn created(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::AllowPublish => "CHANGELOG_ENTRY_PUBLISH_REQUEST_CREATED",
        RequestKind::AllowSchedule => "CHANGELOG_SCHEDULE_APPROVAL_REQUESTED",
        RequestKind::PublishEdit => "CHANGELOG_ENTRY_CHANGE_ASKED_FOR",
        RequestKind::DeleteEntry => "CHANGELOG_ENTRY_DELETION_REQUEST_CREATED",
        RequestKind::DeleteTag => "TAG_DELETION_ASKED_FOR",
        RequestKind::DeleteProject => "PROJECT_DELETION_ASKED_FOR",
        RequestKind::DeleteAllEntries => "PROJECT_EMPTYING_ASKED_FOR",
        RequestKind::DeleteAllHistory => "PROJECT_HISTORY_DELETION_ASKED_FOR",
    }
}
