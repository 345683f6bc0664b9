//! Entries: writing, publishing and deleting them. How they become public is [`crate::publication`].

mod address;
mod bulk;
mod delete;
mod publish;
mod versions;

use std::cmp::Reverse;
use std::collections::HashMap;

use model::entries::{Entry, EntryPatch, EntrySort, EntryState, EntrySummary, NewEntry, StateCounts};
use model::time::Timestamp;
use model::users::SYSTEM_ID;
use model::{Cursor, EntryId, Error, Page, Permission, ProjectId, Result, Role, UserId, Verdict};
use serde_json::json;
use store::entries::EntryFilter;
use store::{Conn, Tx, entries};

use crate::access::{Actor, Grant, ReadEntries, Via, WriteEntries};
use crate::audit::{self, Event};
use crate::condition::{self, Always, Condition};
use crate::history::{self, Why};
use crate::projects::begin;
use crate::{Services, instance, slugs, tags};

pub(crate) use address::is_address;
pub use address::{duplicate, set_address};
pub use bulk::{BulkWork, bulk};
pub use delete::{
    Deletion, Emptying, delete, delete_all, delete_all_or_ask, delete_or_ask, discard_own_draft, request_deletion,
    was_published,
};
pub(crate) use delete::{empty_in, remove_in};
pub use publish::{
    Publication, publish, publish_or_ask, request_publication, request_publication_at, unpublish, unpublish_if,
};
pub use versions::{version_help, version_owner};

/// What a list of entries shows; tags by id or name, any of them matches.
#[derive(Debug, Clone, Default)]
pub struct ListQuery {
    pub state: Option<EntryState>,
    pub search: String,
    pub tags: Vec<String>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
    /// What another system calls the entry; empty for all.
    pub external_id: String,
    /// Who wrote it.
    pub author: Option<UserId>,
    pub sort: EntrySort,
}

async fn filter(conn: Conn<'_>, query: &ListQuery) -> Result<EntryFilter> {
    Ok(EntryFilter {
        state: query.state,
        search: query.search.clone(),
        tags: tags::ids(conn, &query.tags).await?,
        created_from: query.created_from,
        created_to: query.created_to,
        external_id: query.external_id.trim().to_owned(),
        author: query.author.clone(),
    })
}

/// One part of the entries, drafts included, in the order asked for, without the text.
pub async fn list(
    cx: &Services,
    may: &Grant<ReadEntries>,
    query: &ListQuery,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<EntrySummary>> {
    let mut lease = cx.db.acquire().await?;
    let filter = filter(lease.conn(), query).await?;
    if query.sort.is_made() {
        return by_key(lease.conn(), may.project_id(), &filter, query.sort, after, limit).await;
    }
    Ok(entries::list(lease.conn(), may.project_id(), &filter, query.sort, after, limit).await?)
}

/// All entries that a filter matches, in an order that is made from a key of each: no database knows the order of
/// versions, nor that of titles in every alphabet. What has no version comes after what has one, and among equals the
/// newest comes first.
async fn in_order(
    conn: Conn<'_>,
    project: &ProjectId,
    filter: &EntryFilter,
    sort: EntrySort,
) -> Result<Vec<entries::KeyOf>> {
    let mut all = entries::keys_of(conn, project, filter).await?;
    if sort == EntrySort::Title {
        all.sort_by_cached_key(|one| (one.title.to_lowercase(), Reverse(one.created_at), Reverse(one.id.clone())));
        return Ok(all);
    }
    all.sort_by(|a, b| {
        let versions = match (&a.version, &b.version) {
            (Some(a), Some(b)) => model::versions::compare(b, a),
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        versions.then_with(|| (b.created_at, &b.id).cmp(&(a.created_at, &a.id)))
    });
    Ok(all)
}

async fn by_key(
    mut conn: Conn<'_>,
    project: &ProjectId,
    filter: &EntryFilter,
    sort: EntrySort,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<EntrySummary>> {
    let all = in_order(conn.again(), project, filter, sort).await?;
    // Goes on behind the entry that was delivered last. If it is gone, from the beginning: its place is not known.
    let start = after.and_then(|after| all.iter().position(|one| one.id.as_str() == after.id)).map_or(0, |at| at + 1);
    let mut part: Vec<_> = all.into_iter().skip(start).take(limit + 1).collect();
    let has_more = part.len() > limit;
    part.truncate(limit);
    let next = part.last().filter(|_| has_more).map(|last| Cursor { time: last.created_at, id: last.id.to_string() });
    let ids: Vec<&EntryId> = part.iter().map(|one| &one.id).collect();
    let items = entries::list_these(conn, project, &ids).await?;
    Ok(Page { items, next })
}

/// Who wrote the entries of a project, by name.
pub async fn authors(cx: &Services, may: &Grant<ReadEntries>) -> Result<Vec<(UserId, String)>> {
    let mut lease = cx.db.acquire().await?;
    Ok(entries::authors(lease.conn(), may.project_id()).await?)
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
    if !query.sort.is_made() {
        let list = entries::list_numbered(lease.conn(), may.project_id(), &filter, query.sort, limit, offset).await?;
        return Ok((list, total));
    }
    let all = in_order(lease.conn(), may.project_id(), &filter, query.sort).await?;
    let (skipped, most) = (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(0));
    let ids: Vec<EntryId> = all.into_iter().skip(skipped).take(most).map(|one| one.id).collect();
    let mut list = entries::find_all(lease.conn(), may.project_id(), &ids).await?;
    let places: HashMap<&EntryId, usize> = ids.iter().enumerate().map(|(place, id)| (id, place)).collect();
    list.sort_by_key(|entry| places.get(&entry.id).copied());
    Ok((list, total))
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

/// An entry that was to be created.
#[derive(Debug, Clone, PartialEq)]
pub enum Created {
    New(Entry),
    /// Another one was created under the same external id before. It is as it was, whatever was sent now.
    Before(Entry),
}

/// Creates a draft. With an external id that is known already, gives the entry that has it.
///
/// # Errors
/// As [`create_once`].
pub async fn create(cx: &Services, may: &Grant<WriteEntries>, new: NewEntry) -> Result<Entry> {
    match create_once(cx, may, new).await? {
        Created::New(entry) | Created::Before(entry) => Ok(entry),
    }
}

/// As [`create`], and tells which of the two happened.
///
/// # Errors
/// `Invalid` naming the field; `VersionTaken`.
pub async fn create_once(cx: &Services, may: &Grant<WriteEntries>, new: NewEntry) -> Result<Created> {
    let new = new.checked()?;
    let now = cx.clock.now();
    let most = instance::shared(cx).await?.most_entries();
    let mut tx = begin(cx, may.project_id()).await?;
    if let Some(external) = &new.external_id
        && let Some(entry) = entries::find_by_external_id(tx.conn(), may.project_id(), external).await?
    {
        return Ok(Created::Before(entry));
    }
    refuse_beyond_limit(tx.conn(), may.project_id(), most, 1).await?;
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
        external_id: new.external_id,
        lock_version: 0,
        tags,
    };
    refuse_used_version(tx.conn(), &entry).await?;
    entry.slug = free_slug(tx.conn(), &entry).await?;
    entries::insert(tx.conn(), &entry, None).await?;
    history::keep_first(cx, &mut tx, may.actor(), &entry).await?;
    let details = json!({ "title": entry.title, "version": entry.version });
    record(cx, &mut tx, may.actor(), "CREATE_CHANGELOG_ENTRY_SUCCESS", &entry, details).await?;
    tx.commit().await?;
    Ok(Created::New(entry))
}

/// Changes text, version or tags. The address of an entry follows its title; addresses readers may know redirect.
///
/// # Errors
/// `EditedElsewhere` with the stored entry when `lock_version` is given and no longer right; `Invalid`; `VersionTaken`.
pub async fn update(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId, patch: EntryPatch) -> Result<Entry> {
    update_if(cx, may, id, patch, &Always).await
}

/// As [`update`], if the entry is still what the caller thinks it is.
///
/// # Errors
/// As [`update`], and `Outdated`.
pub async fn update_if(
    cx: &Services,
    may: &Grant<WriteEntries>,
    id: &EntryId,
    patch: EntryPatch,
    condition: &dyn Condition<Entry>,
) -> Result<Entry> {
    let patch = patch.checked()?;
    let why = if patch.is_manual { Why::Manual } else { Why::Autosave };
    let (mut tx, old) = open(cx, may.project_id(), id, condition).await?;
    if patch.lock_version.is_some_and(|read| read != old.lock_version) {
        return Err(Error::EditedElsewhere { current: Box::new(old) });
    }
    // Who may not publish may change neither what is public nor what will be without being looked at again.
    if old.state() != EntryState::Draft {
        may_publish(may)?;
    }
    let new = change_in(cx, &mut tx, may.actor(), old, patch, why).await?;
    tx.commit().await?;
    Ok(new)
}

/// Changes the text of an entry that was read in the same transaction, by somebody who may. The patch is checked.
pub(crate) async fn change_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    old: Entry,
    patch: EntryPatch,
    why: Why<'_>,
) -> Result<Entry> {
    let mut new = old.clone();
    if let Some(title) = patch.title {
        new.title = title;
    }
    if let Some(content) = patch.content {
        new.excerpt = markdown::excerpt(&content);
        new.content = content;
    }
    if let Some(version) = patch.version {
        new.version = version.filter(|version| !version.is_empty());
    }
    if let Some(refs) = patch.tags {
        new.tags = tags::resolve(cx, tx.conn(), &refs, &mut tags::Known::new()).await?;
    }
    if new == old {
        if why == Why::Manual {
            history::hold(tx, actor, &old).await?;
        }
        return Ok(old);
    }
    fit(tx, &old, &mut new).await?;
    let details = json!({
        "title": { "from": old.title, "to": new.title },
        "version": { "from": old.version, "to": new.version },
        "contentChanged": old.content != new.content,
    });
    let new = save_as(cx, tx, actor, new, why).await?;
    // The editor saves every few seconds while somebody writes. That is in the history; the log tells what somebody did.
    let saved_itself = why == Why::Autosave && matches!(actor.via, Via::Cookie(_));
    if !saved_itself {
        record(cx, tx, actor, "UPDATE_CHANGELOG_ENTRY_SUCCESS", &new, details).await?;
    }
    if new.published_at.is_some() {
        store::projects::touch(tx, &new.project_id).await?;
    }
    Ok(new)
}

/// What holds for a text that an entry may get: what is public has one, and a version is used once.
pub(crate) async fn check_text(tx: &mut Tx, new: &Entry) -> Result<()> {
    if new.published_at.is_some() && new.content.trim().is_empty() {
        return Err(Error::field("content", "A published entry needs a text. Unpublish it to empty it."));
    }
    refuse_used_version(tx.conn(), new).await
}

/// What holds for an entry whose text changes: as [`check_text`], and an address that was made from the title follows it.
pub(crate) async fn fit(tx: &mut Tx, old: &Entry, new: &mut Entry) -> Result<()> {
    check_text(tx, new).await?;
    // An address that was chosen by hand stays; one made from the title follows it.
    let follows_title = slugs::belongs_to(&old.slug, &slug_base(old));
    if follows_title && !slugs::belongs_to(&old.slug, &slug_base(new)) {
        new.slug = free_slug(tx.conn(), new).await?;
        // While a draft is typed, its title changes with every save, and nobody knows those addresses.
        if entries::was_published(tx.conn(), &old.project_id, &old.id).await? {
            entries::remember_slug(tx.conn(), &old.project_id, &old.id, &old.slug).await?;
        }
    }
    Ok(())
}

/// A transaction that is about to change an entry, and the entry as it is until then.
pub(crate) async fn open(
    cx: &Services,
    project: &ProjectId,
    id: &EntryId,
    condition: &dyn Condition<Entry>,
) -> Result<(Tx, Entry)> {
    let mut tx = begin(cx, project).await?;
    let entry = entries::find(tx.conn(), project, id).await?.ok_or(Error::NotFound)?;
    condition::check(condition, &entry)?;
    Ok((tx, entry))
}

/// Writes an entry that was read in the same transaction, and whose text has not changed.
pub(crate) async fn save(cx: &Services, tx: &mut Tx, actor: &Actor, entry: Entry) -> Result<Entry> {
    save_as(cx, tx, actor, entry, Why::Autosave).await
}

/// Writes an entry that was read in the same transaction, and keeps its state in the history: the only way an entry
/// changes, but for an import.
pub(crate) async fn save_as(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    mut entry: Entry,
    why: Why<'_>,
) -> Result<Entry> {
    entry.updated_at = cx.clock.now();
    entry.updated_by_id = author(actor);
    let newest = history::open(cx, tx, &entry.project_id, &entry.id).await?;
    if !entries::update(tx.conn(), &entry).await? {
        let current = entries::find(tx.conn(), &entry.project_id, &entry.id).await?.ok_or(Error::NotFound)?;
        return Err(Error::EditedElsewhere { current: Box::new(current) });
    }
    entry.lock_version += 1;
    history::keep(cx, tx, actor, &newest, &entry, why).await?;
    Ok(entry)
}

pub(crate) fn may_publish(may: &Grant<WriteEntries>) -> Result<()> {
    let role: Role = may.actor().user.role;
    match model::access::verdict(role, Permission::PublishEntries, Some(may.project())) {
        Verdict::Allowed => Ok(()),
        Verdict::NeedsApproval => Err(Error::NeedsApproval),
        Verdict::Refused => Err(Error::Forbidden { needs: Permission::PublishEntries }),
    }
}

/// The person to name as author; the command line and the built-in actor are nobody.
pub(crate) fn author(actor: &Actor) -> Option<model::UserId> {
    (actor.via != Via::Console && actor.id().as_str() != SYSTEM_ID).then(|| actor.id().clone())
}

/// Refuses to go beyond the most entries that a project may have. `more` are about to be there, or are there already in
/// this transaction where it is 0.
pub(crate) async fn refuse_beyond_limit(
    conn: Conn<'_>,
    project: &ProjectId,
    most: Option<i64>,
    more: i64,
) -> Result<()> {
    let Some(most) = most else { return Ok(()) };
    let counts = entries::state_counts(conn, project).await?;
    if counts.total() + more <= most {
        return Ok(());
    }
    Err(Error::conflict(format!(
        "A project of this instance has at most {most} entries. Delete some, or ask an administrator to raise the limit."
    )))
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

pub(crate) async fn record(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    action: &'static str,
    entry: &Entry,
    details: serde_json::Value,
) -> Result<()> {
    let event = Event {
        action,
        project: Some(&entry.project_id),
        entity: Some(entry.id.as_str()),
        details,
        ..Event::default()
    };
    audit::record(cx, tx.conn(), actor, event).await
}
