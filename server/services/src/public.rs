//! What readers see. A private project is answered exactly like an unknown one.

use model::entries::Entry;
use model::projects::Project;
use model::tags::Tag;
use model::{Cursor, EntryId, Error, Page, ProjectId, Result};
use store::entries::PublicFilter;
use store::{entries, projects};

use crate::{Services, tags};

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
    let found = found.ok_or(Error::NotFound)?;
    let is_public = match &found {
        Found::Here(project) | Found::Moved(project) => project.is_public,
    };
    if is_public { Ok(found) } else { Err(Error::NotFound) }
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

/// No address has NUL in it, and PostgreSQL refuses to look for it.
fn refuse_nul(address: &str) -> Result<()> {
    if address.contains('\0') { Err(Error::NotFound) } else { Ok(()) }
}

/// Published entries with their text, by date of publication.
///
/// # Errors
/// `BadRequest` for a cursor that is neither ours nor the id of a published entry of the project.
pub async fn list(cx: &Services, project: &Project, query: &PublicQuery, limit: usize) -> Result<Page<Entry>> {
    let mut lease = cx.db.acquire().await?;
    let after = match query.cursor.as_deref() {
        None | Some("") => None,
        Some(text) => match text.parse::<Cursor>() {
            Ok(cursor) => Some(cursor),
            Err(_) => {
                let unknown = || Error::bad_request("The cursor is not one of this list. Start again without it.");
                let id = text.parse::<EntryId>().map_err(|_| unknown())?;
                Some(entries::position_of(lease.conn(), &project.id, &id).await?.ok_or_else(unknown)?)
            }
        },
    };
    let filter = PublicFilter {
        search: query.search.chars().take(200).collect(),
        tags: tags::ids(lease.conn(), &project.id, &query.tags).await?,
        oldest_first: query.oldest_first,
    };
    Ok(entries::list_public(lease.conn(), &project.id, &filter, cx.clock.now(), after.as_ref(), limit).await?)
}

/// How many entries readers see, and when the newest was published.
pub async fn figures(cx: &Services, project: &Project) -> Result<(i64, Option<model::time::Timestamp>)> {
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
