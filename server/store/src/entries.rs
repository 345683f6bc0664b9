//! Entries: reading, listing and writing. Lists live in [`list`], import look-ups in [`imports`].

pub mod catch_up;
mod exports;
mod imports;
mod list;
mod public;
mod unread;
mod used;

use chrono::{DateTime, Utc};
use model::entries::{Entry, StateCounts};
use model::{EntryId, ProjectId, versions};

use crate::db::{Conn, on};
use crate::error::Result;
use crate::search::words;
use crate::tags;

pub use exports::{ExportFilter, list_for_export, list_unpublished_for_export};
pub use imports::{ImportedEntry, find_all, import_index, used_slugs};
pub use list::{
    EntryFilter, KeyOf, PublicFilter, authors, count, count_public, is_elsewhere, keys_of, list, list_numbered,
    list_pinned, list_public, list_these, newest_public, position_of, positions_before,
};
pub use public::{
    Address, Neighbour, PublicFigures, SitemapFigures, addresses, count_in_periods, neighbours, public_figures,
    sitemap_figures,
};
pub use unread::{Position, count_after, positions};
pub use used::{public_versions, recent_versions, used_versions, versions_by_date};

/// A position before which everything lies: the last second of the year 9999, the last that sorts as text.
pub(crate) const FAR_FUTURE: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(time) => time,
    None => DateTime::UNIX_EPOCH,
};

macro_rules! columns {
    () => {
        "e.id, e.project_id, e.title, e.content, e.excerpt, e.version, e.slug, e.published_at, e.scheduled_at, \
         e.created_at, e.updated_at, e.created_by_id, e.updated_by_id, e.external_id, \
         e.lock_version"
    };
}
pub(crate) use columns;

/// A position after which everything lies: the first moment of the year 1.
pub(crate) const FAR_PAST: DateTime<Utc> = match DateTime::from_timestamp(-62_135_596_800, 0) {
    Some(time) => time,
    None => DateTime::UNIX_EPOCH,
};

/// The longest text searched for, in characters. SQLite refuses patterns beyond 50 000 bytes.
const MAX_SEARCH: usize = 200;

/// A pattern for `LIKE … ESCAPE '\'` that finds `text` anywhere in a lower-cased column; empty for empty text. NUL,
/// which no stored text has and PostgreSQL refuses, falls away.
pub(crate) fn like(text: &str) -> String {
    let text: String = text.trim().chars().filter(|&c| c != '\0').take(MAX_SEARCH).collect::<String>().to_lowercase();
    if text.is_empty() {
        return String::new();
    }
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

/// Finds an entry inside one project; another project's entry is simply not there.
pub async fn find(mut conn: Conn<'_>, project: &ProjectId, id: &EntryId) -> Result<Option<Entry>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM entries e WHERE e.project_id = $1 AND e.id = $2");
    let entry = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?;
    with_tags(conn, entry).await
}

/// Finds by the present slug.
pub async fn find_by_slug(mut conn: Conn<'_>, project: &ProjectId, slug: &str) -> Result<Option<Entry>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM entries e WHERE e.project_id = $1 AND e.slug = $2");
    let entry = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(slug).fetch_optional(c).await)?;
    with_tags(conn, entry).await
}

/// Finds by a slug the entry had before.
pub async fn find_by_old_slug(mut conn: Conn<'_>, project: &ProjectId, slug: &str) -> Result<Option<Entry>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e JOIN entry_slugs s ON s.entry_id = e.id WHERE s.project_id = $1 AND s.slug = $2"
    );
    let entry = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(slug).fetch_optional(c).await)?;
    with_tags(conn, entry).await
}

/// Finds by what another system calls the entry.
pub async fn find_by_external_id(mut conn: Conn<'_>, project: &ProjectId, external: &str) -> Result<Option<Entry>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM entries e WHERE e.project_id = $1 AND e.external_id = $2");
    let entry = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(external).fetch_optional(c).await)?;
    with_tags(conn, entry).await
}

/// The project of an entry, for addresses that name only the entry.
pub async fn project_of(conn: Conn<'_>, id: &EntryId) -> Result<Option<ProjectId>> {
    const SQL: &str = "SELECT project_id FROM entries WHERE id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)?)
}

pub(crate) async fn with_tags(conn: Conn<'_>, entry: Option<Entry>) -> Result<Option<Entry>> {
    let Some(mut entry) = entry else { return Ok(None) };
    let mut tags = tags::of_entries(conn, &[&entry.id]).await?;
    entry.tags = tags.remove(&entry.id).unwrap_or_default();
    Ok(Some(entry))
}

/// How many entries of the project are in each state.
pub async fn state_counts(conn: Conn<'_>, project: &ProjectId) -> Result<StateCounts> {
    const SQL: &str = "SELECT COUNT(published_at) AS published, \
        COUNT(*) FILTER (WHERE published_at IS NULL AND scheduled_at IS NULL) AS draft, \
        COUNT(*) FILTER (WHERE published_at IS NULL AND scheduled_at IS NOT NULL) AS scheduled \
        FROM entries WHERE project_id = $1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_one(c).await)?)
}

/// The entry that uses a version, other than `except`, with its title.
pub async fn version_owner(
    conn: Conn<'_>,
    project: &ProjectId,
    version: &str,
    except: Option<&EntryId>,
) -> Result<Option<(EntryId, String)>> {
    const SQL: &str = "SELECT id, title FROM entries WHERE project_id = $1 AND version_key = $2 AND id <> $3";
    let except = except.map_or("", EntryId::as_str);
    let key = versions::key(version);
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(key).bind(except).fetch_optional(c).await)?)
}

/// Whether a slug is in use within the project, now or as an old address, by another entry than `except`.
pub async fn slug_taken(conn: Conn<'_>, project: &ProjectId, slug: &str, except: Option<&EntryId>) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (\
        SELECT id FROM entries WHERE project_id = $1 AND (slug = $2 OR id = $2) AND id <> $3 \
        UNION ALL SELECT s.entry_id FROM entry_slugs s JOIN entries e ON e.id = s.entry_id \
            WHERE s.project_id = $1 AND s.slug = $2 AND s.entry_id <> $3) taken";
    let except = except.map_or("", EntryId::as_str);
    let count: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(slug).bind(except).fetch_one(c).await)?;
    Ok(count > 0)
}

/// Keeps an old address of an entry, so that it redirects.
pub async fn remember_slug(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, slug: &str) -> Result<()> {
    const SQL: &str = "INSERT INTO entry_slugs (project_id, slug, entry_id) VALUES ($1, $2, $3) \
        ON CONFLICT (project_id, slug) DO UPDATE SET entry_id = excluded.entry_id";
    on!(conn, |c| sqlx::query(SQL).bind(project).bind(slug).bind(entry).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Adds an entry with its tags. [`crate::Error::Duplicate`] when version, slug, external id or import key exist in the
/// project.
pub async fn insert(mut conn: Conn<'_>, entry: &Entry, import_key: Option<&str>) -> Result<()> {
    const SQL: &str = "INSERT INTO entry_rows (id, project_id, title, content, excerpt, version, version_key, slug, \
        published_at, first_published_at, scheduled_at, created_by_id, updated_by_id, lock_version, import_key, \
        external_id, search, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    on!(conn.again(), |c| {
        sqlx::query(SQL)
            .bind(&entry.id)
            .bind(&entry.project_id)
            .bind(&entry.title)
            .bind(&entry.content)
            .bind(&entry.excerpt)
            .bind(&entry.version)
            .bind(entry.version.as_deref().map(versions::key))
            .bind(&entry.slug)
            .bind(entry.published_at)
            .bind(entry.scheduled_at)
            .bind(&entry.created_by_id)
            .bind(&entry.updated_by_id)
            .bind(entry.lock_version)
            .bind(import_key)
            .bind(&entry.external_id)
            .bind(search_text(entry))
            .bind(entry.created_at)
            .bind(entry.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    words::note(conn.again(), &search_text(entry)).await?;
    if entry.tags.is_empty() { Ok(()) } else { tags::set(conn, &entry.id, &entry.tags).await }
}

/// Writes every changeable column and the tags, and counts the lock version up. False, with nothing written, when the
/// stored lock version is no longer `entry.lock_version`.
pub async fn update(mut conn: Conn<'_>, entry: &Entry) -> Result<bool> {
    const SQL: &str = "UPDATE entry_rows SET title = $3, content = $4, excerpt = $5, version = $6, version_key = $7, \
        slug = $8, published_at = $9, first_published_at = COALESCE(first_published_at, $9), scheduled_at = $10, \
        updated_by_id = $11, search = $12, updated_at = $13, lock_version = lock_version + 1 WHERE project_id = $1 AND id = $2 AND lock_version = $14 AND trash_id IS NULL";
    let changed = on!(conn.again(), |c| {
        sqlx::query(SQL)
            .bind(&entry.project_id)
            .bind(&entry.id)
            .bind(&entry.title)
            .bind(&entry.content)
            .bind(&entry.excerpt)
            .bind(&entry.version)
            .bind(entry.version.as_deref().map(versions::key))
            .bind(&entry.slug)
            .bind(entry.published_at)
            .bind(entry.scheduled_at)
            .bind(&entry.updated_by_id)
            .bind(search_text(entry))
            .bind(entry.updated_at)
            .bind(entry.lock_version)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed == 0 {
        return Ok(false);
    }
    words::note(conn.again(), &search_text(entry)).await?;
    tags::set(conn, &entry.id, &entry.tags).await?;
    Ok(true)
}

/// Whether the public has ever seen an entry, even if it is a draft again.
pub async fn was_published(conn: Conn<'_>, project: &ProjectId, id: &EntryId) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(first_published_at) FROM entries WHERE project_id = $1 AND id = $2";
    let count: i64 = on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(id).fetch_one(c).await)?;
    Ok(count > 0)
}

pub(crate) fn search_text(entry: &Entry) -> String {
    searchable(&entry.title, entry.version.as_deref(), &entry.content)
}

/// What is searched of an entry.
pub(crate) fn searchable(title: &str, version: Option<&str>, content: &str) -> String {
    format!("{title}\n{}\n{content}", version.unwrap_or_default()).to_lowercase()
}
