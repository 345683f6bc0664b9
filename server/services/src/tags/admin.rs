//! Looking after tags. They belong to the whole instance, so that each change counts in every project that uses one:
//! its pages, its default tags, the filter of its feeds.

use std::collections::BTreeSet;

use model::requests::{RequestKind, RequestStatus};
use model::tags::{self, NewTag, STARTERS, Tag, TagPatch, TagUsage};
use model::{Error, ProjectId, Result, TagId};
use serde_json::{Value, json};
use store::change_requests::ChangeRequest;
use store::{Tx, projects};

use crate::access::{Actor, DeleteTags, DeletingTags, Grant, Proof, ReadTags, Way, WriteTags};
use crate::audit::{self, Event};
use crate::condition::{self, Always, Condition};
use crate::requests::{self, Target, Wish};
use crate::{Services, trash};

/// All tags of the instance in their order, with how often they are used in this project and overall.
pub async fn list_with_usage(cx: &Services, may: &Grant<ReadTags>) -> Result<Vec<TagUsage>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::list_with_usage(lease.conn(), may.project_id()).await?)
}

/// Creates a tag at the end of the order. A tag that has the name already is given back as it is, with `false`.
///
/// # Errors
/// `Invalid` naming the field.
pub async fn create(cx: &Services, may: &impl Proof<WriteTags>, new: NewTag) -> Result<(Tag, bool)> {
    let new = new.checked()?;
    let mut tx = cx.db.begin().await?;
    let made = insert(cx, &mut tx, may, new).await?;
    tx.commit().await?;
    Ok(made)
}

async fn insert(cx: &Services, tx: &mut Tx, may: &impl Proof<WriteTags>, new: NewTag) -> Result<(Tag, bool)> {
    let now = cx.clock.now();
    let tag = Tag {
        id: cx.random.id(now, TagId::compose),
        name: new.name,
        color: new.color,
        description: new.description,
        position: store::tags::next_position(tx.conn()).await?,
        created_at: now,
        updated_at: now,
    };
    if !store::tags::insert(tx.conn(), &tag).await? {
        let known = store::tags::find_by_name(tx.conn(), &tag.name).await?.ok_or(Error::NotFound)?;
        return Ok((known, false));
    }
    let details = json!({ "name": tag.name, "color": tag.color });
    record(cx, tx, may.actor(), may.home(), "CREATE_TAG", &tag.id, details).await?;
    Ok((tag, true))
}

/// Creates the tags that a new instance is offered. Those that exist stay as they are.
pub async fn add_starters(cx: &Services, may: &Grant<WriteTags>) -> Result<Vec<Tag>> {
    let mut tx = cx.db.begin().await?;
    let mut made = Vec::with_capacity(STARTERS.len());
    for (name, color, description) in STARTERS {
        let new =
            NewTag { name: name.to_owned(), color: Some(color.to_owned()), description: Some(description.to_owned()) };
        made.push(insert(cx, &mut tx, may, new).await?.0);
    }
    // In the order given, as long as nobody made one of their own.
    if made.iter().all(|tag| tag.position == 0) && store::tags::list(tx.conn()).await?.len() == made.len() {
        for (position, tag) in (1..).zip(&mut made) {
            tag.position = position;
            store::tags::update(tx.conn(), tag).await?;
        }
    }
    tx.commit().await?;
    Ok(made)
}

/// Renames, recolours or describes a tag, everywhere.
///
/// # Errors
/// `Invalid` naming the field, `Conflict` when another tag has the name (the two can be merged), `OtherProject` for a
/// key that is bound to one project when others use the tag.
pub async fn update(cx: &Services, may: &impl Proof<WriteTags>, id: &TagId, patch: TagPatch) -> Result<Tag> {
    update_if(cx, may, id, patch, &Always).await
}

/// As [`update`], if the tag is still what the caller thinks it is.
///
/// # Errors
/// As [`update`], and `Outdated`.
pub async fn update_if(
    cx: &Services,
    may: &impl Proof<WriteTags>,
    id: &TagId,
    patch: TagPatch,
    condition: &dyn Condition<Tag>,
) -> Result<Tag> {
    let patch = patch.checked()?;
    let (mut tx, old) = hold(cx, may.actor(), id).await?;
    condition::check(condition, &old)?;
    let mut new = patch.apply(old.clone());
    if new == old {
        return Ok(old);
    }
    let taken =
        || Error::conflict(format!("There is a tag \u{201c}{}\u{201d} already. Merge the two instead.", new.name));
    if store::tags::find_by_name(tx.conn(), &new.name).await?.is_some_and(|other| other.id != *id) {
        return Err(taken());
    }
    new.updated_at = cx.clock.now();
    store::tags::update(tx.conn(), &new).await.map_err(|error| match error {
        store::Error::Duplicate => taken(),
        other => other.into(),
    })?;
    let affected = adapt(&mut tx, &old, Some(&new)).await?;
    let mut details = json!({ "projects": affected });
    let fields = [
        ("name", json!(old.name), json!(new.name)),
        ("color", json!(old.color), json!(new.color)),
        ("description", json!(old.description), json!(new.description)),
    ];
    for (field, from, to) in fields.into_iter().filter(|(_, from, to)| from != to) {
        details[field] = json!({ "from": from, "to": to });
    }
    record(cx, &mut tx, may.actor(), may.home(), "UPDATE_TAG", id, details).await?;
    tx.commit().await?;
    Ok(new)
}

/// Gives the entries of `from` the tag `into` and deletes `from`. Gives how many entries had `from`.
///
/// # Errors
/// `NotFound` when either is gone, `Invalid` naming `into` when both are the same, `OtherProject` as for [`update`].
pub async fn merge(cx: &Services, may: &Grant<DeleteTags>, from: &TagId, into: &TagId) -> Result<i64> {
    if from == into {
        return Err(Error::field("into", "Choose another tag: this is the one that goes away."));
    }
    let (mut tx, old) = hold(cx, may.actor(), from).await?;
    let kept = store::tags::find(tx.conn(), into).await?.ok_or(Error::NotFound)?;
    let entries = store::tags::count_entries(tx.conn(), from).await?;
    let affected = adapt(&mut tx, &old, Some(&kept)).await?;
    store::tags::relink(tx.conn(), from, into).await?;
    let (kind, status) = (RequestKind::DeleteTag, RequestStatus::Superseded);
    requests::settle_about(cx, &mut tx, may.actor(), from.as_str(), kind, status).await?;
    store::tags::delete(tx.conn(), from).await?;
    let details = json!({ "name": old.name, "into": kept.name, "entries": entries, "projects": affected });
    record(cx, &mut tx, may.actor(), may.home(), "MERGE_TAG", from, details).await?;
    tx.commit().await?;
    Ok(entries)
}

/// Deletes a tag everywhere. Gives how many entries lose it.
///
/// # Errors
/// `NotFound`, `OtherProject` as for [`update`].
pub async fn delete(cx: &Services, may: &impl Proof<DeleteTags>, id: &TagId) -> Result<i64> {
    delete_if(cx, may, id, &Always).await
}

/// As [`delete`], if the tag is still what the caller thinks it is.
///
/// # Errors
/// As [`delete`], and `Outdated`.
pub async fn delete_if(
    cx: &Services,
    may: &impl Proof<DeleteTags>,
    id: &TagId,
    condition: &dyn Condition<Tag>,
) -> Result<i64> {
    let (mut tx, old) = hold(cx, may.actor(), id).await?;
    condition::check(condition, &old)?;
    let entries = remove_in(cx, &mut tx, may.actor(), may.home(), &old).await?;
    tx.commit().await?;
    Ok(entries)
}

/// Deletes a tag that is held by the transaction. Whoever asked for it is answered. Gives how many entries lose it.
pub(crate) async fn remove_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    home: Option<&ProjectId>,
    tag: &Tag,
) -> Result<i64> {
    let entries = store::tags::count_entries(tx.conn(), &tag.id).await?;
    let kept = trash::keep_tag(tx, tag).await?;
    let affected = adapt(tx, tag, None).await?;
    let (kind, status) = (RequestKind::DeleteTag, RequestStatus::Approved);
    requests::settle_about(cx, tx, actor, tag.id.as_str(), kind, status).await?;
    store::trash::put_tag(tx.conn(), kept, entries, trash::by(actor, cx.clock.now())).await?;
    let details = json!({ "name": tag.name, "entries": entries, "projects": affected });
    record(cx, tx, actor, home, "DELETE_TAG", &tag.id, details).await?;
    Ok(entries)
}

/// What came of a wish to delete a tag.
#[derive(Debug, Clone, PartialEq)]
pub enum TagDeletion {
    /// It is gone; so many entries had it.
    Done(i64),
    /// It is as it was, and an administrator has been asked.
    Requested(Box<ChangeRequest>),
}

/// Deletes a tag, or asks an administrator to, if it is still what the caller thinks it is.
///
/// # Errors
/// As [`delete_if`]; `RequestPending` when somebody asked before.
pub async fn delete_or_ask(
    cx: &Services,
    way: &DeletingTags,
    id: &TagId,
    condition: &dyn Condition<Tag>,
) -> Result<TagDeletion> {
    let actor = way.actor();
    let (mut tx, old) = hold(cx, actor, id).await?;
    condition::check(condition, &old)?;
    let done = match way {
        Way::Directly(may) => TagDeletion::Done(remove_in(cx, &mut tx, actor, Some(may.project_id()), &old).await?),
        Way::OnRequest(may) => {
            let wish = Wish::new(RequestKind::DeleteTag, Target::Tag(&old));
            TagDeletion::Requested(Box::new(requests::ask(cx, &mut tx, actor, may.project(), wish).await?))
        }
    };
    tx.commit().await?;
    Ok(done)
}

/// Puts a tag at a position, counted from 1; beyond the end is the end. The order is that of every list of tags.
pub async fn move_to(cx: &Services, may: &Grant<WriteTags>, id: &TagId, position: i64) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let mut order = store::tags::list(tx.conn()).await?;
    let at = order.iter().position(|tag| tag.id == *id).ok_or(Error::NotFound)?;
    let moved = order.remove(at);
    let to = usize::try_from(position.saturating_sub(1)).unwrap_or(0).min(order.len());
    let name = moved.name.clone();
    order.insert(to, moved);
    let mut affected = BTreeSet::new();
    for (position, tag) in (1..).zip(&order) {
        if tag.position != position {
            store::tags::update(tx.conn(), &Tag { position, ..tag.clone() }).await?;
            affected.extend(store::tags::projects_with(tx.conn(), &tag.id).await?);
        }
    }
    for project in &affected {
        projects::touch(&mut tx, project).await?;
    }
    let details = json!({ "name": name, "position": to + 1, "projects": affected.len() });
    record(cx, &mut tx, may.actor(), may.home(), "UPDATE_TAG", id, details).await?;
    tx.commit().await?;
    Ok(())
}

/// A transaction that changes a tag, with the tag. The projects that use it are held, in one order for everybody.
pub(crate) async fn hold(cx: &Services, actor: &Actor, id: &TagId) -> Result<(Tx, Tag)> {
    let mut tx = cx.db.begin().await?;
    let tag = store::tags::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    let concerned = concerned(&mut tx, &tag).await?;
    if let Some(only) = actor.only_project()
        && concerned.iter().any(|project| project != only)
    {
        return Err(Error::OtherProject);
    }
    for project in &concerned {
        projects::lock(tx.conn(), project).await?;
    }
    // Whoever held a project may have changed the tag in the meantime. The tag itself is held for the sake of those that
    // no project uses.
    let tag = store::tags::find_locked(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    Ok((tx, tag))
}

/// The projects whose readers or settings know a tag.
async fn concerned(tx: &mut Tx, tag: &Tag) -> Result<BTreeSet<ProjectId>> {
    let mut concerned: BTreeSet<ProjectId> =
        store::tags::projects_with(tx.conn(), &tag.id).await?.into_iter().collect();
    concerned.extend(store::tags::projects_naming(tx.conn(), tag).await?);
    Ok(concerned)
}

/// Lets every project know that `old` is now `new`, or nothing: default tags, feed filters, revision. Gives how many
/// projects that were.
async fn adapt(tx: &mut Tx, old: &Tag, new: Option<&Tag>) -> Result<usize> {
    let concerned = concerned(tx, old).await?;
    for id in &concerned {
        let Some(mut project) = projects::find(tx.conn(), id).await? else { continue };
        let mut names_it = false;
        if let Some(names) = tags::replace_name(&project.default_tags, &old.name, new.map(|new| new.name.as_str())) {
            project.default_tags = names;
            names_it = true;
        }
        if let Some(config) = &mut project.rss_feed_config
            && let Some(at) = config.tag_filter.iter().position(|id| *id == old.id)
        {
            config.tag_filter.remove(at);
            if let Some(new) = new
                && !config.tag_filter.contains(&new.id)
            {
                config.tag_filter.insert(at, new.id.clone());
            }
            names_it = true;
        }
        if names_it {
            projects::update(tx, &project).await?;
        } else {
            projects::touch(tx, id).await?;
        }
    }
    Ok(concerned.len())
}

async fn record(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    project: Option<&ProjectId>,
    action: &'static str,
    tag: &TagId,
    details: Value,
) -> Result<()> {
    let event = Event { action, project, entity: Some(tag.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), actor, event).await
}
