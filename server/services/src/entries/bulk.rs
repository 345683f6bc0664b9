//! One change to many entries. Each goes its own way, through the function that changes a single one, so that the same
//! rules hold and one that cannot be changed does not hold up the others.

use model::bulk::{BulkAction, BulkFailure, BulkOutcome, MOST};
use model::entries::EntryPatch;
use model::schedule::ahead;
use model::tags::{self, TagRef};
use model::time::Timestamp;
use model::{EntryId, Error, ProjectId, Result};
use store::entries;

use super::{Deletion, Publication, delete_or_ask, publish_or_ask, unpublish, update};
use crate::Services;
use crate::access::{self, Actor, DeleteEntries, Deleting, Grant, PublishEntries, Publishing, Way, WriteEntries};
use crate::condition::Always;
use crate::publication::schedule;
use crate::requests::request_schedule;

/// A change with the right to make it.
pub enum BulkWork {
    Publish(Publishing),
    /// The moment at which they go live.
    Schedule(Publishing, Timestamp),
    Unpublish(Grant<PublishEntries>),
    /// The name of the tag.
    AddTag(Grant<WriteEntries>, String),
    RemoveTag(Grant<WriteEntries>, String),
    Delete(Deleting),
}

impl BulkWork {
    /// Asks for the right to change entries of a project.
    ///
    /// # Errors
    /// As [`access::grant`]; `Invalid` naming `tag` or `scheduledAt` where one is needed.
    pub async fn of(
        cx: &Services,
        actor: &Actor,
        project: &ProjectId,
        action: BulkAction,
        tag: &str,
        at: Option<Timestamp>,
    ) -> Result<BulkWork> {
        let named = || tags::name(tag).map_err(|message| Error::field("tag", message));
        Ok(match action {
            BulkAction::Publish => Self::Publish(access::grant_or_ask(cx, actor, project).await?),
            BulkAction::Schedule => {
                let way = access::grant_or_ask(cx, actor, project).await?;
                let at = at.ok_or_else(|| Error::field("scheduledAt", "Give the moment to publish at."))?;
                Self::Schedule(way, ahead("scheduledAt", at, cx.clock.now())?)
            }
            BulkAction::Unpublish => Self::Unpublish(access::grant(cx, actor, project).await?),
            BulkAction::AddTag => Self::AddTag(access::grant(cx, actor, project).await?, named()?),
            BulkAction::RemoveTag => Self::RemoveTag(access::grant(cx, actor, project).await?, named()?),
            BulkAction::Delete => Self::Delete(access::grant_or_ask::<DeleteEntries>(cx, actor, project).await?),
        })
    }

    fn action(&self) -> BulkAction {
        match self {
            Self::Publish(_) => BulkAction::Publish,
            Self::Schedule(..) => BulkAction::Schedule,
            Self::Unpublish(_) => BulkAction::Unpublish,
            Self::AddTag(..) => BulkAction::AddTag,
            Self::RemoveTag(..) => BulkAction::RemoveTag,
            Self::Delete(_) => BulkAction::Delete,
        }
    }

    fn project(&self) -> &ProjectId {
        match self {
            Self::Publish(way) | Self::Schedule(way, _) => &way.project().id,
            Self::Unpublish(may) => may.project_id(),
            Self::AddTag(may, _) | Self::RemoveTag(may, _) => may.project_id(),
            Self::Delete(way) => &way.project().id,
        }
    }
}

/// Changes the chosen entries; one that is named twice is changed once.
///
/// # Errors
/// `Invalid` naming `entries` when none is chosen, or too many are. What is wrong with single entries is in the outcome.
pub async fn bulk(cx: &Services, work: &BulkWork, chosen: &[EntryId]) -> Result<BulkOutcome> {
    let mut ids: Vec<&EntryId> = Vec::with_capacity(chosen.len());
    for id in chosen {
        if !ids.contains(&id) {
            ids.push(id);
        }
        if ids.len() > MOST {
            return Err(Error::field("entries", format!("Choose {MOST} entries at most.")));
        }
    }
    if ids.is_empty() {
        return Err(Error::field("entries", "Choose at least one entry."));
    }
    let mut outcome =
        BulkOutcome { action: work.action(), done: Vec::new(), requested: Vec::new(), failed: Vec::new() };
    for id in ids {
        match one(cx, work, id).await {
            Ok(true) => outcome.done.push(id.clone()),
            Ok(false) => outcome.requested.push(id.clone()),
            Err(error) => {
                let title = title(cx, work.project(), id).await;
                outcome.failed.push(BulkFailure { entry: id.clone(), title, reason: reason(&error) });
            }
        }
    }
    Ok(outcome)
}

/// Changes one entry; false when an administrator was asked instead.
async fn one(cx: &Services, work: &BulkWork, id: &EntryId) -> Result<bool> {
    match work {
        BulkWork::Publish(way) => {
            let done = publish_or_ask(cx, way, id, None, &Always).await?;
            Ok(matches!(done, Publication::Done(_)))
        }
        BulkWork::Schedule(Way::Directly(may), at) => schedule(cx, may, id, *at).await.map(|_| true),
        BulkWork::Schedule(Way::OnRequest(may), at) => request_schedule(cx, may, id, *at).await.map(|_| false),
        BulkWork::Unpublish(may) => unpublish(cx, may, id).await.map(|_| true),
        BulkWork::AddTag(may, name) => retag(cx, may, id, name, true).await,
        BulkWork::RemoveTag(may, name) => retag(cx, may, id, name, false).await,
        BulkWork::Delete(way) => {
            let done = delete_or_ask(cx, way, id, &Always).await?;
            Ok(matches!(done, Deletion::Done(_)))
        }
    }
}

/// Gives an entry a tag, or takes it away. When somebody saves the entry at the same moment, it is tried again with what
/// they saved.
async fn retag(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId, name: &str, wanted: bool) -> Result<bool> {
    let wanted_key = tags::key(name);
    let mut tries = 0;
    loop {
        let entry = {
            let mut lease = cx.db.acquire().await?;
            entries::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?
        };
        let has = entry.tags.iter().any(|tag| tags::key(&tag.name) == wanted_key);
        if has == wanted {
            return Ok(true);
        }
        let kept = entry.tags.iter().filter(|tag| tags::key(&tag.name) != wanted_key);
        let mut refs: Vec<TagRef> = kept.map(|tag| TagRef::Id(tag.id.clone())).collect();
        refs.extend(wanted.then(|| TagRef::Name(name.to_owned())));
        let patch = EntryPatch {
            tags: Some(refs),
            lock_version: Some(entry.lock_version),
            is_manual: true,
            ..EntryPatch::default()
        };
        match update(cx, may, id, patch).await {
            Err(Error::EditedElsewhere { .. }) if tries < 2 => tries += 1,
            other => return other.map(|_| true),
        }
    }
}

/// The title of an entry that could not be changed; empty when it is not there.
async fn title(cx: &Services, project: &ProjectId, id: &EntryId) -> String {
    let Ok(mut lease) = cx.db.acquire().await else { return String::new() };
    let entry = entries::find(lease.conn(), project, id).await.ok().flatten();
    entry.map(|entry| entry.title).unwrap_or_default()
}

/// What is wrong, with the fields it is about.
fn reason(error: &Error) -> String {
    match error {
        Error::Invalid { fields } => fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
