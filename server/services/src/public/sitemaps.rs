//! Which addresses search engines are told.

use model::projects::Project;
use model::{Error, Result};
use store::entries::{self, Address, SitemapFigures};

use crate::Services;

/// Entries in one file of a project's sitemap. The protocol (sitemaps.org) allows 50 000 addresses; smaller files are
/// quicker to write and to read.
pub const SITEMAP_PART: i64 = 10_000;
/// Files that one index may name.
const MOST_FILES: i64 = 50_000;

/// Projects that search engines may list: public ones that allow it.
pub async fn sitemap_index(cx: &Services) -> Result<Vec<SitemapFigures>> {
    let mut lease = cx.db.acquire().await?;
    Ok(entries::sitemap_figures(lease.conn(), cx.clock.now(), MOST_FILES).await?)
}

/// One part of a project's addresses, counted from 1; the first is there even when it is empty.
///
/// # Errors
/// `NotFound` beyond the last part, and for a project that search engines must not list.
pub async fn sitemap(cx: &Services, project: &Project, part: i64) -> Result<Vec<Address>> {
    if !project.allow_indexing || !(1..=MOST_FILES).contains(&part) {
        return Err(Error::NotFound);
    }
    let mut lease = cx.db.acquire().await?;
    let skip = (part - 1) * SITEMAP_PART;
    let found = entries::addresses(lease.conn(), &project.id, cx.clock.now(), SITEMAP_PART, skip).await?;
    if found.is_empty() && part > 1 { Err(Error::NotFound) } else { Ok(found) }
}
