//! Making entries public and taking them back, or asking for it. What happens then is in [`crate::publication`].

use model::entries::Entry;
use model::projects::Project;
use model::requests::RequestKind;
use model::time::Timestamp;
use model::{EntryId, Result};
use store::Tx;
use store::change_requests::ChangeRequest;

use super::open;
use crate::Services;
use crate::access::{Actor, AsksToPublish, Grant, PublishEntries, Publishing, Way};
use crate::condition::{Always, Condition};
use crate::publication::{publish_in, unpublish_in};
use crate::requests::{self, NewRequest};

/// Makes an entry public now, or at a given past date. Publishing a published entry changes at most its date.
///
/// # Errors
/// `Invalid` naming `publishedAt` for a future date, or the field that is still missing.
pub async fn publish(
    cx: &Services,
    may: &Grant<PublishEntries>,
    id: &EntryId,
    date: Option<Timestamp>,
) -> Result<Entry> {
    let (mut tx, entry) = open(cx, may.project_id(), id, &Always).await?;
    let entry = publish_in(cx, &mut tx, may.actor(), entry, date).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Takes an entry back to a draft.
pub async fn unpublish(cx: &Services, may: &Grant<PublishEntries>, id: &EntryId) -> Result<Entry> {
    unpublish_if(cx, may, id, &Always).await
}

/// As [`unpublish`], if the entry is still what the caller thinks it is.
///
/// # Errors
/// `Outdated`.
pub async fn unpublish_if(
    cx: &Services,
    may: &Grant<PublishEntries>,
    id: &EntryId,
    condition: &dyn Condition<Entry>,
) -> Result<Entry> {
    let (mut tx, old) = open(cx, may.project_id(), id, condition).await?;
    let new = unpublish_in(cx, &mut tx, may.actor(), old).await?;
    tx.commit().await?;
    Ok(new)
}

/// Asks an administrator to publish an entry, for staff who may not do it themselves.
///
/// # Errors
/// `Conflict` when it is published; `RequestPending` when somebody asked before; `Invalid` naming what is still missing.
pub async fn request_publication<C: AsksToPublish>(
    cx: &Services,
    may: &Grant<C>,
    id: &EntryId,
) -> Result<(Entry, ChangeRequest)> {
    request_publication_at(cx, may, id, None).await
}

/// As [`request_publication`], under a past date.
///
/// # Errors
/// As [`request_publication`]; `Invalid` naming `publishedAt` for a future date.
pub async fn request_publication_at<C: AsksToPublish>(
    cx: &Services,
    may: &Grant<C>,
    id: &EntryId,
    date: Option<Timestamp>,
) -> Result<(Entry, ChangeRequest)> {
    let (mut tx, entry) = open(cx, may.project_id(), id, &Always).await?;
    let request = ask_in(cx, &mut tx, may.actor(), may.project(), &entry, date).await?;
    tx.commit().await?;
    Ok((entry, request))
}

async fn ask_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    project: &Project,
    entry: &Entry,
    date: Option<Timestamp>,
) -> Result<ChangeRequest> {
    let new = NewRequest { publish_at: date, ..NewRequest::about_entry(RequestKind::AllowPublish, entry.id.clone()) };
    requests::ask_about(cx, tx, actor, project, entry, &new).await
}

/// What came of a wish to publish.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is made and taken apart once for each call")]
pub enum Publication {
    /// The entry is public.
    Done(Entry),
    /// The entry is as it was, and an administrator has been asked.
    Requested(Box<Entry>, Box<ChangeRequest>),
}

/// Publishes an entry, or asks an administrator to, if the entry is still what the caller thinks it is. Nobody has to
/// be asked for what would change nothing.
///
/// # Errors
/// As [`publish`]; `RequestPending` when somebody asked before; `Outdated`.
pub async fn publish_or_ask(
    cx: &Services,
    way: &Publishing,
    id: &EntryId,
    date: Option<Timestamp>,
    condition: &dyn Condition<Entry>,
) -> Result<Publication> {
    let (mut tx, entry) = open(cx, &way.project().id, id, condition).await?;
    let done = match way {
        Way::Directly(may) => Publication::Done(publish_in(cx, &mut tx, may.actor(), entry, date).await?),
        Way::OnRequest(_) if entry.published_at.is_some() => Publication::Done(entry),
        Way::OnRequest(may) => {
            let request = ask_in(cx, &mut tx, may.actor(), may.project(), &entry, date).await?;
            Publication::Requested(Box::new(entry), Box::new(request))
        }
    };
    tx.commit().await?;
    Ok(done)
}
