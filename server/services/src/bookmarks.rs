//! Entries that a person has marked for themselves. Everybody who reads entries marks them; nobody else sees it.

use std::collections::HashSet;

use model::bookmarks::{Bookmark, BookmarkFile, BookmarkSort, BookmarksRead};
use model::{EntryId, Error, ProjectId, Result};
use store::bookmarks::{self, BookmarkFilter};

use crate::Services;
use crate::access::{Grant, InstanceGrant, ReadEntries};

/// How many bookmarks a list shows at most.
const MOST: i64 = 5_000;

/// The caller's bookmarks; a key that is bound to a project shows those there.
pub async fn list(
    cx: &Services,
    may: &InstanceGrant<ReadEntries>,
    search: &str,
    project: Option<ProjectId>,
    sort: BookmarkSort,
) -> Result<Vec<Bookmark>> {
    let actor = may.actor();
    let project = actor.only_project().cloned().or(project);
    let filter = BookmarkFilter { search: search.to_owned(), project };
    let mut lease = cx.db.acquire().await?;
    Ok(bookmarks::list(lease.conn(), actor.id(), &filter, sort, MOST).await?)
}

/// The caller's bookmarks as a file.
pub async fn file(cx: &Services, may: &InstanceGrant<ReadEntries>) -> Result<BookmarkFile> {
    let all = list(cx, may, "", None, BookmarkSort::Recent).await?;
    Ok(BookmarkFile::of(all, cx.clock.now()))
}

/// Which of these entries the caller has marked.
pub async fn among(cx: &Services, may: &Grant<ReadEntries>, entries: &[&EntryId]) -> Result<HashSet<EntryId>> {
    if entries.is_empty() {
        return Ok(HashSet::new());
    }
    let mut lease = cx.db.acquire().await?;
    Ok(bookmarks::among(lease.conn(), may.actor().id(), entries).await?)
}

/// Marks an entry, or takes the mark away. Doing it again changes nothing.
///
/// # Errors
/// `NotFound` when the entry is not in the project.
pub async fn set(cx: &Services, may: &Grant<ReadEntries>, entry: &EntryId, marked: bool) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    if store::entries::find(tx.conn(), may.project_id(), entry).await?.is_none() {
        return Err(Error::NotFound);
    }
    let person = may.actor().id();
    if marked {
        bookmarks::add(tx.conn(), person, entry, cx.clock.now()).await?;
    } else {
        bookmarks::remove(tx.conn(), person, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Adds the bookmarks of a file. Entries that are not here are counted and left out.
///
/// # Errors
/// `Invalid` naming `file`.
pub async fn import(cx: &Services, may: &InstanceGrant<ReadEntries>, text: &str) -> Result<BookmarksRead> {
    let filed = BookmarkFile::read(text, cx.clock.now())?;
    let person = may.actor().id();
    let mut read = BookmarksRead { added: 0, known: 0, missing: 0 };
    let mut tx = cx.db.begin().await?;
    for (entry, at) in filed {
        let project = store::entries::project_of(tx.conn(), &entry).await?;
        let is_within = match (&project, may.actor().only_project()) {
            (None, _) => false,
            (Some(project), Some(only)) => project == only,
            (Some(_), None) => true,
        };
        if !is_within {
            read.missing += 1;
        } else if bookmarks::add(tx.conn(), person, &entry, at).await? {
            read.added += 1;
        } else {
            read.known += 1;
        }
    }
    tx.commit().await?;
    Ok(read)
}
