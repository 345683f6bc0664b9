//! Entries: writing, publishing and deleting them. Every way to publish goes through [`publish`] or the import.

mod address;
mod versions;

use model::entries::{Entry, EntryPatch, EntryState, EntrySummary, NewEntry, StateCounts};
use model::time::Timestamp;
use model::{Cursor, EntryId, Error, Page, Permission, RequestId, Result, Role, Scope, Verdict};
use serde_json::json;
use store::entries::EntryFilter;
use store::publish_requests::PublishRequest;
use store::{Conn, entries, publish_requests};

use crate::access::{Actor, AsksToPublish, DeleteEntries, Grant, PublishEntries, ReadEntries, Via, WriteEntries};
use crate::audit::{self, Event};
use crate::projects::begin;
use crate::{Services, slugs, tags};

pub use address::{duplicate, set_address};
pub use versions::{version_help, version_owner};

/// What a list of entries shows; tags by id or name, any of them matches.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub state: Option<EntryState>,
    pub search: String,
    pub tags: Vec<String>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

async fn filter(conn: Conn<'_>, query: &ListQuery) -> Result<EntryFilter> {
    Ok(EntryFilter {
        state: query.state,
        search: query.search.clone(),
        tags: tags::ids(conn, &query.tags).await?,
        created_from: query.created_from,
        created_to: query.created_to,
    })
}

/// Newest first by date of creation, drafts included, without the text.
pub async fn list(
    cx: &Services,
    may: &Grant<ReadEntries>,
    query: &ListQuery,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<EntrySummary>> {
    let mut lease = cx.db.acquire().await?;
    let filter = filter(lease.conn(), query).await?;
    Ok(entries::list(lease.conn(), may.project_id(), &filter, after, limit).await?)
}

/// One numbered page of whole entries, and how many match. `page` counts from 1.
pub async fn list_page(
    cx: &Services,
    may: &Grant<ReadEntries>,
    query: &ListQuery,
    page: i64,
    limit: i64,
) -> Result<(Vec<Entry>, i64)> {
    let mut lease = cx.db.acquire().await?;
    let filter = filter(lease.conn(), query).await?;
    let total = entries::count(lease.conn(), may.project_id(), &filter).await?;
    let offset = page.saturating_sub(1).saturating_mul(limit).max(0);
    Ok((entries::list_numbered(lease.conn(), may.project_id(), &filter, limit, offset).await?, total))
}

/// How many entries are in each state.
pub async fn counts(cx: &Services, may: &Grant<ReadEntries>) -> Result<StateCounts> {
    let mut lease = cx.db.acquire().await?;
    Ok(entries::state_counts(lease.conn(), may.project_id()).await?)
}

pub async fn get(cx: &Services, may: &Grant<ReadEntries>, id: &EntryId) -> Result<Entry> {
    let mut lease = cx.db.acquire().await?;
    entries::find(lease.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)
}

/// Whether somebody asked an administrator to publish this entry.
pub async fn is_requested(cx: &Services, may: &Grant<ReadEntries>, id: &EntryId) -> Result<bool> {
    let mut lease = cx.db.acquire().await?;
    let request = publish_requests::find_pending(lease.conn(), id).await?;
    Ok(request.is_some_and(|request| &request.project_id == may.project_id()))
}

/// Creates a draft.
///
/// # Errors
/// `Invalid` naming the field; `VersionTaken`.
pub async fn create(cx: &Services, may: &Grant<WriteEntries>, new: NewEntry) -> Result<Entry> {
    let new = new.checked()?;
    let now = cx.clock.now();
    let mut tx = begin(cx, may.project_id()).await?;
    let tags = tags::resolve(cx, tx.conn(), &new.tags, &mut tags::Known::new()).await?;
    let author = author(may.actor());
    let mut entry = Entry {
        id: cx.random.id(now, EntryId::compose),
        project_id: may.project_id().clone(),
        slug: String::new(),
        excerpt: markdown::excerpt(&new.content),
        title: new.title,
        content: new.content,
        version: new.version,
        published_at: None,
        scheduled_at: None,
        created_at: now,
        updated_at: now,
        created_by_id: author.clone(),
        updated_by_id: author,
        lock_version: 0,
        tags,
    };
    refuse_used_version(tx.conn(), &entry).await?;
    entry.slug = free_slug(tx.conn(), &entry).await?;
    entries::insert(tx.conn(), &entry, None).await?;
    let details = json!({ "title": entry.title, "version": entry.version });
    record(cx, &mut tx, may.actor(), "CREATE_CHANGELOG_ENTRY_SUCCESS", &entry, details).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Changes text, version or tags. The address of an entry follows its title; addresses readers may know redirect.
///
/// # Errors
/// `EditedElsewhere` with the stored entry when `lock_version` is given and no longer right; `Invalid`; `VersionTaken`.
pub async fn update(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId, patch: EntryPatch) -> Result<Entry> {
    let patch = patch.checked()?;
    let mut tx = begin(cx, may.project_id()).await?;
    let old = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if patch.lock_version.is_some_and(|read| read != old.lock_version) {
        return Err(Error::EditedElsewhere { current: Box::new(old) });
    }
    // A published entry is read by the public; who may not publish may not change what is public.
    if old.published_at.is_some() {
        may_publish(may)?;
    }
    let mut new = old.clone();
    if let Some(title) = patch.title {
        new.title = title;
    }
    if let Some(content) = patch.content {
        new.excerpt = markdown::excerpt(&content);
        new.content = content;
    }
    if let Some(version) = patch.version {
        new.version = version;
    }
    if let Some(refs) = patch.tags {
        new.tags = tags::resolve(cx, tx.conn(), &refs, &mut tags::Known::new()).await?;
    }
    if new == old {
        return Ok(old);
    }
    if new.published_at.is_some() && new.content.trim().is_empty() {
        return Err(Error::field("content", "A published entry needs a text. Unpublish it to empty it."));
    }
    refuse_used_version(tx.conn(), &new).await?;
    // An address that was chosen by hand stays; one made from the title follows it.
    let follows_title = slugs::belongs_to(&old.slug, &slug_base(&old));
    if follows_title && !slugs::belongs_to(&old.slug, &slug_base(&new)) {
        new.slug = free_slug(tx.conn(), &new).await?;
        // While a draft is typed, its title changes with every save, and nobody knows those addresses.
        if entries::was_published(tx.conn(), may.project_id(), id).await? {
            entries::remember_slug(tx.conn(), may.project_id(), id, &old.slug).await?;
        }
    }
    let details = json!({
        "title": { "from": old.title, "to": new.title },
        "version": { "from": old.version, "to": new.version },
        "contentChanged": old.content != new.content,
    });
    let new = save(cx, &mut tx, may.actor(), new).await?;
    record(cx, &mut tx, may.actor(), "UPDATE_CHANGELOG_ENTRY_SUCCESS", &new, details).await?;
    if new.published_at.is_some() {
        store::projects::touch(&mut tx, may.project_id()).await?;
    }
    tx.commit().await?;
    Ok(new)
}

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
    let now = cx.clock.now();
    let mut tx = begin(cx, may.project_id()).await?;
    let old = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    let new = old.clone().publish(now, date)?;
    if new == old {
        return Ok(old);
    }
    let new = save(cx, &mut tx, may.actor(), new).await?;
    publish_requests::approve_pending(tx.conn(), id, may.actor().id(), now).await?;
    store::projects::touch(&mut tx, may.project_id()).await?;
    let details = json!({ "title": new.title, "version": new.version });
    record(cx, &mut tx, may.actor(), "CHANGELOG_ENTRY_PUBLISHED", &new, details).await?;
    tx.commit().await?;
    Ok(new)
}

/// Takes an entry back to a draft.
pub async fn unpublish(cx: &Services, may: &Grant<PublishEntries>, id: &EntryId) -> Result<Entry> {
    let mut tx = begin(cx, may.project_id()).await?;
    let old = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if old.published_at.is_none() {
        return Ok(old);
    }
    let new = save(cx, &mut tx, may.actor(), old.unpublish()).await?;
    store::projects::touch(&mut tx, may.project_id()).await?;
    let details = json!({ "title": new.title, "version": new.version });
    record(cx, &mut tx, may.actor(), "CHANGELOG_ENTRY_UNPUBLISHED", &new, details).await?;
    tx.commit().await?;
    Ok(new)
}

/// Asks an administrator to publish an entry, for staff who may not do it themselves.
///
/// # Errors
/// `Conflict` when it is published or somebody asked before; `Invalid` naming what is still missing.
pub async fn request_publication<C: AsksToPublish>(
    cx: &Services,
    may: &Grant<C>,
    id: &EntryId,
) -> Result<(Entry, PublishRequest)> {
    let now = cx.clock.now();
    let mut tx = begin(cx, may.project_id()).await?;
    let entry = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    if entry.published_at.is_some() {
        return Err(Error::conflict("This entry is published already."));
    }
    if publish_requests::find_pending(tx.conn(), id).await?.is_some() {
        return Err(Error::bad_request("An administrator has been asked to publish this entry already."));
    }
    // The same checks as publishing itself, so that an administrator is not asked for the impossible.
    entry.clone().publish(now, None)?;
    let request = PublishRequest {
        id: cx.random.id(now, RequestId::compose),
        project_id: may.project_id().clone(),
        entry_id: id.clone(),
        staff_id: author(may.actor()),
        admin_id: None,
        status: "PENDING".to_owned(),
        created_at: now,
        reviewed_at: None,
    };
    publish_requests::insert(tx.conn(), &request).await?;
    let details = json!({ "title": entry.title, "requestId": request.id });
    record(cx, &mut tx, may.actor(), "CHANGELOG_ENTRY_PUBLISH_REQUEST_CREATED", &entry, details).await?;
    tx.commit().await?;
    Ok((entry, request))
}

/// Deletes an entry.
pub async fn delete(cx: &Services, may: &Grant<DeleteEntries>, id: &EntryId) -> Result<Entry> {
    let mut tx = begin(cx, may.project_id()).await?;
    let entry = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    remove(cx, tx, may.actor(), entry).await
}

/// Deletes a draft that the caller wrote and that was never published.
///
/// # Errors
/// `Forbidden` for any other entry, `MissingScope` for a key that may not delete.
pub async fn discard_own_draft(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId) -> Result<Entry> {
    let scope = Scope::ChangelogDelete;
    if may.actor().key().is_some_and(|key| !key.covers(scope)) {
        return Err(Error::MissingScope { scope });
    }
    let mut tx = begin(cx, may.project_id()).await?;
    let entry = entries::find(tx.conn(), may.project_id(), id).await?.ok_or(Error::NotFound)?;
    let author = author(may.actor());
    let own_draft = author.is_some() && entry.created_by_id == author && entry.state() == EntryState::Draft;
    if !own_draft || entries::was_published(tx.conn(), may.project_id(), id).await? {
        return Err(Error::Forbidden { needs: Permission::DeleteEntries });
    }
    remove(cx, tx, may.actor(), entry).await
}

/// Deletes an entry that was read in the same transaction.
async fn remove(cx: &Services, mut tx: store::Tx, actor: &Actor, entry: Entry) -> Result<Entry> {
    let details = json!({ "title": entry.title, "version": entry.version });
    record(cx, &mut tx, actor, "DELETE_CHANGELOG_ENTRY_SUCCESS", &entry, details).await?;
    entries::delete(tx.conn(), &entry.project_id, &entry.id).await?;
    if entry.published_at.is_some() {
        store::projects::touch(&mut tx, &entry.project_id).await?;
    }
    tx.commit().await?;
    Ok(entry)
}

/// Writes an entry that was read in the same transaction.
async fn save(cx: &Services, tx: &mut store::Tx, actor: &Actor, mut entry: Entry) -> Result<Entry> {
    entry.updated_at = cx.clock.now();
    entry.updated_by_id = author(actor);
    if !entries::update(tx.conn(), &entry).await? {
        let current = entries::find(tx.conn(), &entry.project_id, &entry.id).await?.ok_or(Error::NotFound)?;
        return Err(Error::EditedElsewhere { current: Box::new(current) });
    }
    entry.lock_version += 1;
    Ok(entry)
}

fn may_publish(may: &Grant<WriteEntries>) -> Result<()> {
    let role: Role = may.actor().user.role;
    match model::access::verdict(role, Permission::PublishEntries, Some(may.project())) {
        Verdict::Allowed => Ok(()),
        Verdict::NeedsApproval => Err(Error::NeedsApproval),
        Verdict::Refused => Err(Error::Forbidden { needs: Permission::PublishEntries }),
    }
}

/// The person to name as author; the command line is nobody.
pub(crate) fn author(actor: &Actor) -> Option<model::UserId> {
    (actor.via != Via::Console).then(|| actor.id().clone())
}

pub(crate) async fn refuse_used_version(conn: Conn<'_>, entry: &Entry) -> Result<()> {
    let Some(version) = &entry.version else { return Ok(()) };
    match entries::version_owner(conn, &entry.project_id, version, Some(&entry.id)).await? {
        None => Ok(()),
        Some((owner, title)) => Err(Error::VersionTaken { version: version.clone(), entry: owner, title }),
    }
}

fn slug_base(entry: &Entry) -> String {
    slugs::of_entry(&entry.title)
}

pub(crate) async fn free_slug(mut conn: Conn<'_>, entry: &Entry) -> Result<String> {
    let base = slug_base(entry);
    let mut search = slugs::Search::new(&base);
    while let Some(slug) = search.ask() {
        search.told(entries::slug_taken(conn.again(), &entry.project_id, &slug, Some(&entry.id)).await?);
    }
    Ok(search.found())
}

async fn record(
    cx: &Services,
    tx: &mut store::Tx,
    actor: &Actor,
    action: &'static str,
    entry: &Entry,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event { action, project: Some(&entry.project_id), entity: Some(entry.id.as_str()), details };
    audit::record(cx, tx.conn(), actor, event).await
}
