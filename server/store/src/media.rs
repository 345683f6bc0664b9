//! Pictures and files of projects, what stands where, and what the store of files has still to forget.

use model::media::{MediaUse, Medium};
use model::time::Timestamp;
use model::{EntryId, MediaId, ProjectId};

use crate::db::{Conn, on};
use crate::entries::like;
use crate::error::Result;

/// A medium and where its files are.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct StoredMedium {
    #[sqlx(flatten)]
    pub medium: Medium,
    /// The beginning of the names of its files.
    pub stored: String,
    /// Bytes of all its forms.
    pub stored_bytes: i64,
}

/// Which media of a project a list shows.
#[derive(Debug, Clone, Default)]
pub struct MediaFilter {
    /// Part of name or description, ignoring case; empty for all.
    pub search: String,
    /// Pictures alone.
    pub pictures: bool,
}

macro_rules! columns {
    () => {
        "m.id, m.project_id, m.file, m.name, m.kind, m.bytes, m.width, m.height, m.alt, m.is_decorative, \
         m.created_by_id, COALESCE(u.name, m.created_by_name) AS created_by_name, m.created_at, m.updated_at, \
         m.stored, m.stored_bytes"
    };
}

macro_rules! joined {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM media m LEFT JOIN users u ON u.id = m.created_by_id ", $rest)
    };
}

/// `$1` project, `$2` what is searched for, `$3` whether pictures alone.
macro_rules! matching {
    () => {
        "WHERE m.project_id = $1 AND ($2 = '' OR m.search LIKE $2 ESCAPE '\\') \
         AND (NOT $3 OR m.kind IN ('png', 'jpeg', 'webp', 'gif', 'svg'))"
    };
}

/// Newest first.
pub async fn list(
    conn: Conn<'_>,
    project: &ProjectId,
    filter: &MediaFilter,
    limit: i64,
    offset: i64,
) -> Result<Vec<Medium>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM media m LEFT JOIN users u ON u.id = m.created_by_id ",
        matching!(),
        " ORDER BY m.created_at DESC, m.id DESC LIMIT $4 OFFSET $5"
    );
    let pattern = like(&filter.search);
    Ok(on!(conn, |c| {
        sqlx::query_as(SQL)
            .bind(project)
            .bind(&pattern)
            .bind(filter.pictures)
            .bind(limit)
            .bind(offset)
            .fetch_all(c)
            .await
    })?)
}

pub async fn count(conn: Conn<'_>, project: &ProjectId, filter: &MediaFilter) -> Result<i64> {
    const SQL: &str = concat!("SELECT COUNT(*) FROM media m ", matching!());
    let pattern = like(&filter.search);
    Ok(on!(conn, |c| {
        sqlx::query_scalar(SQL).bind(project).bind(&pattern).bind(filter.pictures).fetch_one(c).await
    })?)
}

/// How much of the store a project has.
pub async fn total_bytes(conn: Conn<'_>, project: &ProjectId) -> Result<i64> {
    const SQL: &str = "SELECT CAST(COALESCE(SUM(stored_bytes), 0) AS BIGINT) FROM media WHERE project_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}

pub async fn find(conn: Conn<'_>, project: &ProjectId, id: &MediaId) -> Result<Option<StoredMedium>> {
    const SQL: &str = joined!("WHERE m.project_id = $1 AND m.id = $2");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(id).fetch_optional(c).await)?)
}

/// Finds by the last part of the address.
pub async fn find_by_file(conn: Conn<'_>, project: &ProjectId, file: &str) -> Result<Option<StoredMedium>> {
    const SQL: &str = joined!("WHERE m.project_id = $1 AND m.file = $2");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(file).fetch_optional(c).await)?)
}

fn search_text(medium: &Medium) -> String {
    format!("{}\n{}", medium.name, medium.alt).to_lowercase()
}

/// Adds a medium, whose files are left over no more; false when the project has it already.
pub async fn insert(mut conn: Conn<'_>, new: &StoredMedium) -> Result<bool> {
    const SQL: &str = "INSERT INTO media (id, project_id, file, stored, name, kind, bytes, stored_bytes, width, height, \
        alt, is_decorative, search, created_by_id, created_by_name, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) \
        ON CONFLICT (project_id, file) DO NOTHING";
    let StoredMedium { medium, stored, stored_bytes } = new;
    let search = search_text(medium);
    let added = on!(conn.again(), |c| {
        sqlx::query(SQL)
            .bind(&medium.id)
            .bind(&medium.project_id)
            .bind(&medium.file)
            .bind(stored)
            .bind(&medium.name)
            .bind(medium.kind.as_str())
            .bind(medium.bytes)
            .bind(stored_bytes)
            .bind(medium.width)
            .bind(medium.height)
            .bind(&medium.alt)
            .bind(medium.is_decorative)
            .bind(&search)
            .bind(&medium.created_by_id)
            .bind(&medium.created_by_name)
            .bind(medium.created_at)
            .bind(medium.updated_at)
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    if added == 0 {
        return Ok(false);
    }
    forget_leftover(conn, stored).await?;
    Ok(true)
}

/// Writes what can change: what it shows.
pub async fn update(conn: Conn<'_>, medium: &Medium) -> Result<()> {
    const SQL: &str = "UPDATE media SET alt = $3, is_decorative = $4, search = $5, updated_at = $6 \
        WHERE project_id = $1 AND id = $2";
    let search = search_text(medium);
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(&medium.project_id)
            .bind(&medium.id)
            .bind(&medium.alt)
            .bind(medium.is_decorative)
            .bind(&search)
            .bind(medium.updated_at)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// Removes a medium; its files become leftovers. False when it is not there.
pub async fn delete(conn: Conn<'_>, project: &ProjectId, id: &MediaId) -> Result<bool> {
    const SQL: &str = "DELETE FROM media WHERE project_id = $1 AND id = $2";
    let gone =
        on!(conn, |c| { sqlx::query(SQL).bind(project).bind(id).execute(c).await.map(|done| done.rows_affected()) })?;
    Ok(gone > 0)
}

/// An entry with something of `/media/` in its text.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Mention {
    #[sqlx(flatten)]
    pub place: Place,
    pub content: String,
}

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct Place {
    pub entry_id: EntryId,
    pub title: String,
    pub is_trashed: bool,
}

impl From<Place> for MediaUse {
    fn from(place: Place) -> Self {
        let Place { entry_id, title, is_trashed } = place;
        Self { entry_id, title, is_trashed }
    }
}

/// Entries of a project that name `part` of an address, those in the trash too: they may come back. The texts are looked
/// through when somebody asks, so it is right however an entry was written.
pub async fn mentions(conn: Conn<'_>, project: &ProjectId, part: &str) -> Result<Vec<Mention>> {
    const SQL: &str = "SELECT id AS entry_id, title, trash_id IS NOT NULL AS is_trashed, content FROM entry_rows \
        WHERE project_id = $1 AND content LIKE $2 ESCAPE '\\' ORDER BY created_at DESC, id DESC";
    let pattern = format!("%/media/{project}/{part}%").replace('_', "\\_");
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(&pattern).fetch_all(c).await)?)
}

/// Notes that files under a name are about to be written, and belong to nothing yet.
pub async fn add_leftover(conn: Conn<'_>, stored: &str, since: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO media_leftovers (stored, since) VALUES ($1, $2) ON CONFLICT (stored) DO NOTHING";
    on!(conn, |c| sqlx::query(SQL).bind(stored).bind(since).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What belongs to nothing since before a moment, oldest first.
pub async fn leftovers(conn: Conn<'_>, before: Timestamp, limit: i64) -> Result<Vec<String>> {
    const SQL: &str = "SELECT stored FROM media_leftovers WHERE since < $1 ORDER BY since, stored LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(before).bind(limit).fetch_all(c).await)?)
}

pub async fn forget_leftover(conn: Conn<'_>, stored: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM media_leftovers WHERE stored = $1";
    on!(conn, |c| sqlx::query(SQL).bind(stored).execute(c).await.map(|_| ()))?;
    Ok(())
}
