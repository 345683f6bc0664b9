//! What readers see. A private project is answered exactly like an unknown one.

mod archive;
mod between;
mod kept;
mod sitemaps;

use std::sync::Arc;

use model::entries::Entry;
use model::projects::Project;
use model::tags::{self as tag_names, Tag};
use model::time::Timestamp;
use model::{Cursor, EntryId, Error, Page, ProjectId, Result};
use store::entries::PublicFilter;
use store::{Conn, entries, projects};

use crate::{Services, instance, tags};

pub use archive::{Month, Period, Year, archive, period};
pub use sitemaps::{SITEMAP_PART, sitemap, sitemap_index};
pub use store::entries::{Address, Neighbour, SitemapFigures};

use between::Span;
use kept::Kept;

/// What was counted for readers' pages, until a project changes.
#[derive(Debug, Default)]
pub(crate) struct Readers {
    figures: Kept<Figures>,
    archive: Kept<Vec<Year>>,
}

/// Something found at the address asked for, or at its present address.
#[derive(Debug, Clone, PartialEq)]
pub enum Found<T> {
    Here(T),
    /// Asked for by id or an old address; readers are sent to the present one.
    Moved(T),
}

impl<T> Found<T> {
    pub fn into_inner(self) -> T {
        match self {
            Found::Here(value) | Found::Moved(value) => value,
        }
    }
}

/// What a reader asks a list for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicQuery {
    pub search: String,
    /// By id or name; any of them matches.
    pub tags: Vec<String>,
    pub oldest_first: bool,
    /// A cursor of this list, or the bare id of the entry to continue after.
    pub cursor: Option<String>,
    /// Only what changed since a version or a date. The version itself is not shown, the day is.
    pub since: Option<String>,
    /// Only up to a version or a date, both included.
    pub until: Option<String>,
}

impl PublicQuery {
    /// Whether the list is of what changed between two versions or dates.
    pub fn is_between(&self) -> bool {
        let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.trim().is_empty());
        given(&self.since) || given(&self.until)
    }
}

/// The public project at `address`: a slug, an old slug, or an id. `Here` only for the present slug.
pub async fn project(cx: &Services, address: &str) -> Result<Found<Project>> {
    refuse_nul(address)?;
    let mut lease = cx.db.acquire().await?;
    let found = match projects::find_by_slug(lease.conn(), address).await? {
        Some(project) => Some(Found::Here(project)),
        None => {
            let by_id = match address.parse::<ProjectId>() {
                Ok(id) => projects::find(lease.conn(), &id).await?,
                Err(_) => None,
            };
            match by_id {
                Some(project) => Some(Found::Moved(project)),
                None => projects::find_by_old_slug(lease.conn(), address).await?.map(Found::Moved),
            }
        }
    };
    drop(lease);
    let mut found = found.ok_or(Error::NotFound)?;
    let (Found::Here(project) | Found::Moved(project)) = &mut found;
    if !project.is_public {
        return Err(Error::NotFound);
    }
    // Readers see dates in one zone, whoever chose it.
    if project.timezone.is_none() {
        project.timezone = Some(instance::shared(cx).await?.timezone.clone()).filter(|zone| zone != "UTC");
    }
    Ok(found)
}

/// The published entry at `address` within a project. `Here` only for the present slug.
pub async fn entry(cx: &Services, project: &Project, address: &str) -> Result<Found<Entry>> {
    refuse_nul(address)?;
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let found = match entries::find_by_slug(lease.conn(), &project.id, address).await? {
        Some(entry) => Some(Found::Here(entry)),
        None => {
            let by_id = match address.parse::<EntryId>() {
                Ok(id) => entries::find(lease.conn(), &project.id, &id).await?,
                Err(_) => None,
            };
            match by_id {
                Some(entry) => Some(Found::Moved(entry)),
                None => entries::find_by_old_slug(lease.conn(), &project.id, address).await?.map(Found::Moved),
            }
        }
    };
    let found = found.ok_or(Error::NotFound)?;
    let visible = match &found {
        Found::Here(entry) | Found::Moved(entry) => entry.published_at.is_some_and(|date| date <= now),
    };
    if visible { Ok(found) } else { Err(Error::NotFound) }
}

/// The published entry with this id, and its project, for addresses that name no project.
pub async fn entry_by_id(cx: &Services, id: &EntryId) -> Result<(Project, Entry)> {
    let mut lease = cx.db.acquire().await?;
    let project = entries::project_of(lease.conn(), id).await?.ok_or(Error::NotFound)?;
    let project = projects::find(lease.conn(), &project).await?.filter(|project| project.is_public);
    let project = project.ok_or(Error::NotFound)?;
    let entry = entries::find(lease.conn(), &project.id, id).await?.ok_or(Error::NotFound)?;
    let is_visible = entry.published_at.is_some_and(|date| date <= cx.clock.now());
    if is_visible { Ok((project, entry)) } else { Err(Error::NotFound) }
}

/// No address has NUL in it, and PostgreSQL refuses to look for it.
fn refuse_nul(address: &str) -> Result<()> {
    if address.contains('\0') { Err(Error::NotFound) } else { Ok(()) }
}

/// Published entries with their text, by date of publication.
///
/// # Errors
/// `BadRequest` for a cursor that is neither ours nor the id of a published entry of the project; `UnknownVersion` for an
/// end that is neither a version nor a date.
pub async fn list(cx: &Services, project: &Project, query: &PublicQuery, limit: usize) -> Result<Page<Entry>> {
    let mut lease = cx.db.acquire().await?;
    if let Some(span) = Span::of(lease.conn(), project, query, cx.clock.now()).await? {
        return between::list(cx, lease.conn(), project, query, &span, limit).await;
    }
    let after = position(lease.conn(), project, query.cursor.as_deref()).await?;
    let filter = filter(lease.conn(), query, None).await?;
    Ok(entries::list_public(lease.conn(), &project.id, &filter, cx.clock.now(), after.as_ref(), limit).await?)
}

/// More pinned entries than this would be a list of their own.
const MOST_PINNED: i64 = 5;

/// A page of a list with the way to both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// Those that are pinned come first.
    pub entries: Vec<Entry>,
    /// Which of them are pinned. Only the first page of the whole list has such.
    pub pinned: Vec<EntryId>,
    /// Where the list goes on.
    pub next: Option<Cursor>,
    /// Where the page before this one begins; absent on the first page.
    pub previous: Option<Previous>,
    /// How many entries the whole list has. Only counted when the list is narrowed and this is its first page.
    pub found: Option<i64>,
}

/// The page before this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Previous {
    /// The list from its beginning.
    First,
    /// The list after this position.
    After(Cursor),
}

/// As [`list`], for pages with links to both sides, optionally of one period.
///
/// # Errors
/// As [`list`].
pub async fn part(
    cx: &Services,
    project: &Project,
    query: &PublicQuery,
    period: Option<Period>,
    limit: usize,
) -> Result<Part> {
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let after = position(lease.conn(), project, query.cursor.as_deref()).await?;
    let filter = filter(lease.conn(), query, period).await?;
    let page = entries::list_public(lease.conn(), &project.id, &filter, now, after.as_ref(), limit).await?;
    let previous = match &after {
        None => None,
        Some(_) => match page.items.first() {
            // One position more than a page tells whether the page before is the first one.
            Some(first) => {
                let first = position_of(first);
                let before =
                    entries::positions_before(lease.conn(), &project.id, &filter, now, &first, limit + 1).await?;
                Some(before.into_iter().nth(limit).map_or(Previous::First, Previous::After))
            }
            None => Some(Previous::First),
        },
    };
    let narrowed = !query.search.trim().is_empty() || filter.tags.is_some();
    let found = match (narrowed, &after, &page.next) {
        (true, None, None) => Some(page.items.len() as i64),
        (true, None, Some(_)) => Some(entries::count_public(lease.conn(), &project.id, &filter, now).await?),
        _ => None,
    };
    let is_whole = after.is_none() && period.is_none() && !narrowed && !query.oldest_first;
    let mut listed = match is_whole {
        true => entries::list_pinned(lease.conn(), &project.id, now, MOST_PINNED).await?,
        false => Vec::new(),
    };
    let pinned: Vec<EntryId> = listed.iter().map(|entry| entry.id.clone()).collect();
    listed.extend(page.items.into_iter().filter(|entry| !pinned.contains(&entry.id)));
    Ok(Part { entries: listed, pinned, next: page.next, previous, found })
}

/// Where a published entry stands in the list.
fn position_of(entry: &Entry) -> Cursor {
    Cursor { time: entry.published_at.unwrap_or(entry.created_at), id: entry.id.to_string() }
}

/// The position that a text names: one of our cursors, which outlives its entry, or the bare id of a published entry.
async fn position(conn: Conn<'_>, project: &Project, text: Option<&str>) -> Result<Option<Cursor>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let unknown = || Error::bad_request("The cursor is not one of this list. Start again without it.");
    if let Ok(cursor) = text.parse::<Cursor>() {
        let is_foreign = entries::is_elsewhere(conn, &project.id, &cursor.id).await?;
        return if is_foreign { Err(unknown()) } else { Ok(Some(cursor)) };
    }
    let id = text.parse::<EntryId>().map_err(|_| unknown())?;
    entries::position_of(conn, &project.id, &id).await?.map(Some).ok_or_else(unknown)
}

async fn filter(conn: Conn<'_>, query: &PublicQuery, period: Option<Period>) -> Result<PublicFilter> {
    Ok(PublicFilter {
        search: query.search.chars().take(200).collect(),
        tags: tags::ids(conn, &query.tags).await?,
        oldest_first: query.oldest_first,
        from: period.map(|period| period.from),
        until: period.map(|period| period.until),
    })
}

/// What stands beside a list: how much there is, and which tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub entries: i64,
    pub newest: Option<Timestamp>,
    /// The tags of published entries, in their order, each with the number of its entries.
    pub tags: Vec<(Tag, i64)>,
}

impl Figures {
    /// The tag that an address names: by its name in lower case. `Moved` for another spelling, and for an id.
    pub fn tag(&self, address: &str) -> Option<Found<&(Tag, i64)>> {
        let key = tag_names::key(address);
        let found = self.tags.iter().find(|(tag, _)| tag_names::key(&tag.name) == key);
        match found {
            Some(tag) if key == address => Some(Found::Here(tag)),
            Some(tag) => Some(Found::Moved(tag)),
            None => self.tags.iter().find(|(tag, _)| tag.id.as_str() == address).map(Found::Moved),
        }
    }
}

/// The figures of a project, counted once for each of its revisions.
pub async fn figures_with_tags(cx: &Services, project: &Project) -> Result<Arc<Figures>> {
    if let Some(kept) = cx.readers.figures.get(project) {
        return Ok(kept);
    }
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let counted = entries::public_figures(lease.conn(), &project.id, now).await?;
    let tags = store::tags::count_public(lease.conn(), &project.id, now).await?;
    Ok(cx.readers.figures.put(project, Figures { entries: counted.entries, newest: counted.newest, tags }))
}

/// The next newer and the next older entry that readers see.
pub async fn neighbours(
    cx: &Services,
    project: &Project,
    entry: &Entry,
) -> Result<(Option<Neighbour>, Option<Neighbour>)> {
    let mut lease = cx.db.acquire().await?;
    Ok(entries::neighbours(lease.conn(), &project.id, &position_of(entry), cx.clock.now()).await?)
}

/// The safe HTML of an entry's text, for a page whose headings reach down to level `heading_offset`. In lists each text
/// has ids of its own.
pub fn body(cx: &Services, entry: &Entry, heading_offset: u8, in_list: bool) -> Arc<str> {
    let options = markdown::Options { heading_offset, ..markdown::Options::default() };
    let options = if in_list { markdown::Options { id_prefix: entry.id.as_str(), ..options } } else { options };
    cx.cache.html(&entry.content, &options)
}

/// How many entries readers see, and when the newest was published.
pub async fn figures(cx: &Services, project: &Project) -> Result<(i64, Option<Timestamp>)> {
    let now = cx.clock.now();
    let mut lease = cx.db.acquire().await?;
    let count = entries::count_public(lease.conn(), &project.id, &PublicFilter::default(), now).await?;
    Ok((count, entries::newest_public(lease.conn(), &project.id, now).await?))
}

/// The tags of the published entries of a project, for its filter.
pub async fn tags(cx: &Services, project: &Project) -> Result<Vec<Tag>> {
    let mut lease = cx.db.acquire().await?;
    Ok(store::tags::list_public(lease.conn(), &project.id, cx.clock.now()).await?)
}
