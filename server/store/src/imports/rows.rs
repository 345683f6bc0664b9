//! The rows of an import.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use model::imports::{Choice, ImportFate, Outcome, RowFilter};
use model::time::Timestamp;
use model::{EntryId, ImportId};
use sqlx::QueryBuilder;
use sqlx::types::Json;

use crate::db::{Conn, on};
use crate::error::Result;

/// Rows written by one statement: SQLite takes at most 32,766 values.
const AT_ONCE: usize = 400;

/// A row as it was read, and what is known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub position: i64,
    pub place: i64,
    pub title: String,
    pub content: String,
    pub version: Option<String>,
    pub stated_date: Option<NaiveDate>,
    pub stated_published_at: Option<Timestamp>,
    pub stated_created_at: Option<Timestamp>,
    pub tags: Vec<String>,
    pub stays_draft: bool,
    pub stated_slug: Option<String>,
    pub source_id: Option<String>,
    pub external_id: Option<String>,
    pub import_key: String,
    pub fate: ImportFate,
    pub by_version: bool,
    pub reason: Option<String>,
    pub choice: Option<Choice>,
    pub entry_id: Option<EntryId>,
    pub entry_lock: Option<i64>,
    pub outcome: Option<Outcome>,
    /// The version that the entry got, which may be another one than the row's.
    pub entry_version: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RawRow {
    position: i64,
    place: i64,
    title: String,
    content: String,
    version: Option<String>,
    stated_date: Option<NaiveDate>,
    stated_published_at: Option<Timestamp>,
    stated_created_at: Option<Timestamp>,
    #[sqlx(json)]
    tags: Vec<String>,
    stays_draft: bool,
    stated_slug: Option<String>,
    source_id: Option<String>,
    external_id: Option<String>,
    import_key: String,
    fate: String,
    by_version: bool,
    reason: Option<String>,
    choice: Option<String>,
    entry_id: Option<EntryId>,
    entry_lock: Option<i64>,
    outcome: Option<String>,
    entry_version: Option<String>,
}

impl From<RawRow> for Row {
    fn from(row: RawRow) -> Self {
        Self {
            position: row.position,
            place: row.place,
            title: row.title,
            content: row.content,
            version: row.version,
            stated_date: row.stated_date,
            stated_published_at: row.stated_published_at,
            stated_created_at: row.stated_created_at,
            tags: row.tags,
            stays_draft: row.stays_draft,
            stated_slug: row.stated_slug,
            source_id: row.source_id,
            external_id: row.external_id,
            import_key: row.import_key,
            // The column has a check; what a newer version wrote there is nothing to create an entry from.
            fate: ImportFate::parse(&row.fate).unwrap_or(ImportFate::Refused),
            by_version: row.by_version,
            reason: row.reason,
            choice: row.choice.as_deref().and_then(Choice::parse),
            entry_id: row.entry_id,
            entry_lock: row.entry_lock,
            outcome: row.outcome.as_deref().and_then(Outcome::parse),
            entry_version: row.entry_version,
        }
    }
}

macro_rules! columns {
    () => {
        "position, place, title, content, version, stated_date, stated_published_at, stated_created_at, tags, \
         stays_draft, stated_slug, source_id, external_id, import_key, fate, by_version, reason, choice, entry_id, \
         entry_lock, outcome, entry_version"
    };
}

pub async fn insert_rows(mut conn: Conn<'_>, job: &ImportId, rows: &[Row]) -> Result<()> {
    const SQL: &str = "INSERT INTO import_rows (job_id, position, place, title, content, version, stated_date, \
        stated_published_at, stated_created_at, tags, stays_draft, stated_slug, source_id, external_id, import_key, fate, \
        by_version, reason, entry_id, entry_lock) ";
    for some in rows.chunks(AT_ONCE) {
        on!(conn.again(), |c| {
            let mut query = QueryBuilder::new(SQL);
            query.push_values(some, |mut values, row| {
                values.push_bind(job);
                values.push_bind(row.position);
                values.push_bind(row.place);
                values.push_bind(&row.title);
                values.push_bind(&row.content);
                values.push_bind(&row.version);
                values.push_bind(row.stated_date);
                values.push_bind(row.stated_published_at);
                values.push_bind(row.stated_created_at);
                values.push_bind(Json(&row.tags));
                values.push_bind(row.stays_draft);
                values.push_bind(&row.stated_slug);
                values.push_bind(&row.source_id);
                values.push_bind(&row.external_id);
                values.push_bind(&row.import_key);
                values.push_bind(row.fate.as_str());
                values.push_bind(row.by_version);
                values.push_bind(&row.reason);
                values.push_bind(&row.entry_id);
                values.push_bind(row.entry_lock);
            });
            query.build().persistent(false).execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

pub async fn delete_rows(conn: Conn<'_>, job: &ImportId) -> Result<()> {
    const SQL: &str = "DELETE FROM import_rows WHERE job_id = $1";
    on!(conn, |c| sqlx::query(SQL).bind(job).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// `$2` the fate, `$3` the outcome; empty for any.
macro_rules! matching {
    () => {
        "job_id = $1 AND ($2 = '' OR fate = $2) AND ($3 = '' OR outcome = $3) "
    };
}

pub async fn list_rows(conn: Conn<'_>, job: &ImportId, filter: RowFilter, limit: i64, offset: i64) -> Result<Vec<Row>> {
    const SQL: &str =
        concat!("SELECT ", columns!(), " FROM import_rows WHERE ", matching!(), "ORDER BY position LIMIT $4 OFFSET $5");
    let rows: Vec<RawRow> = on!(conn, |c| {
        sqlx::query_as(SQL)
            .bind(job)
            .bind(filter.fate.map_or("", ImportFate::as_str))
            .bind(filter.outcome.map_or("", Outcome::as_str))
            .bind(limit)
            .bind(offset)
            .fetch_all(c)
            .await
    })?;
    Ok(rows.into_iter().map(Row::from).collect())
}

pub async fn count_rows(conn: Conn<'_>, job: &ImportId, filter: RowFilter) -> Result<i64> {
    const SQL: &str = concat!("SELECT COUNT(*) FROM import_rows WHERE ", matching!());
    Ok(on!(conn, |c| {
        sqlx::query_scalar(SQL)
            .bind(job)
            .bind(filter.fate.map_or("", ImportFate::as_str))
            .bind(filter.outcome.map_or("", Outcome::as_str))
            .fetch_one(c)
            .await
    })?)
}

pub async fn find_row(conn: Conn<'_>, job: &ImportId, position: i64) -> Result<Option<Row>> {
    const SQL: &str = concat!("SELECT ", columns!(), " FROM import_rows WHERE job_id = $1 AND position = $2");
    let row: Option<RawRow> = on!(conn, |c| sqlx::query_as(SQL).bind(job).bind(position).fetch_optional(c).await)?;
    Ok(row.map(Row::from))
}

/// Sets the choice of one row, or of all rows of a fate, or of all; how many.
pub async fn choose(
    conn: Conn<'_>,
    job: &ImportId,
    position: Option<i64>,
    fate: Option<ImportFate>,
    choice: Option<Choice>,
) -> Result<i64> {
    const SQL: &str = "UPDATE import_rows SET choice = $4 WHERE job_id = $1 AND ($2 = -1 OR position = $2) \
        AND ($3 = '' OR fate = $3)";
    let changed = on!(conn, |c| {
        sqlx::query(SQL)
            .bind(job)
            .bind(position.unwrap_or(-1))
            .bind(fate.map_or("", ImportFate::as_str))
            .bind(choice.map(Choice::as_str))
            .execute(c)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok(changed as i64)
}

/// How often each tag stands in the rows, by its key, with the first spelling.
pub async fn keys_of_tags(conn: Conn<'_>, job: &ImportId) -> Result<BTreeMap<String, (String, i64)>> {
    const SQL: &str = "SELECT tags FROM import_rows WHERE job_id = $1 AND tags <> '[]' ORDER BY position";
    let rows: Vec<Json<Vec<String>>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(job).fetch_all(c).await)?;
    let mut found: BTreeMap<String, (String, i64)> = BTreeMap::new();
    for name in rows.into_iter().flat_map(|Json(names)| names) {
        found.entry(model::tags::key(&name)).or_insert((name, 0)).1 += 1;
    }
    Ok(found)
}

/// The next rows without an outcome.
pub async fn undecided(conn: Conn<'_>, job: &ImportId, limit: i64) -> Result<Vec<Row>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM import_rows WHERE job_id = $1 AND outcome IS NULL ORDER BY position LIMIT $2"
    );
    let rows: Vec<RawRow> = on!(conn, |c| sqlx::query_as(SQL).bind(job).bind(limit).fetch_all(c).await)?;
    Ok(rows.into_iter().map(Row::from).collect())
}

/// A row that states no version, as much as decides which one it could get.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Versionless {
    pub position: i64,
    pub title: String,
    pub stated_published_at: Option<Timestamp>,
    pub stated_slug: Option<String>,
    pub source_id: Option<String>,
    pub external_id: Option<String>,
    pub import_key: String,
}

/// The rows that state no version and are neither drafts nor refused, the oldest first.
pub async fn versionless(conn: Conn<'_>, job: &ImportId) -> Result<Vec<Versionless>> {
    const SQL: &str = "SELECT position, title, stated_published_at, stated_slug, source_id, external_id, import_key FROM import_rows \
        WHERE job_id = $1 AND version IS NULL AND NOT stays_draft AND fate <> 'refused' \
        ORDER BY stated_published_at IS NULL, stated_published_at, position DESC";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(job).fetch_all(c).await)?)
}

/// The versions that the rows state.
pub async fn versions(conn: Conn<'_>, job: &ImportId) -> Result<Vec<String>> {
    const SQL: &str = "SELECT version FROM import_rows WHERE job_id = $1 AND version IS NOT NULL ORDER BY position";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(job).fetch_all(c).await)?)
}

/// What was decided about a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Staged {
    pub outcome: Outcome,
    pub fate: ImportFate,
    pub by_version: bool,
    pub reason: Option<String>,
    pub entry_id: Option<EntryId>,
    pub entry_lock: Option<i64>,
    /// Of an entry that is created or overwritten.
    pub entry: Option<StagedEntry>,
}

/// What an entry will be, beside what the row says.
#[derive(Debug, Clone, PartialEq)]
pub struct StagedEntry {
    pub version: Option<String>,
    pub import_key: String,
    /// Empty for an entry that keeps its address.
    pub slug: String,
    pub excerpt: String,
    /// `None` keeps the tags that the entry has.
    pub tags: Option<Vec<String>>,
    pub created_at: Timestamp,
    pub published_at: Option<Timestamp>,
    /// When it goes live by itself.
    pub scheduled_at: Option<Timestamp>,
}

/// Writes decisions.
pub async fn stage(mut conn: Conn<'_>, job: &ImportId, rows: &[(&Row, Staged)]) -> Result<()> {
    const SQL: &str = "UPDATE import_rows SET outcome = $3, reason = $4, entry_id = $5, entry_lock = $6, \
        entry_version = $7, entry_version_key = $8, entry_key = $9, slug = $10, excerpt = $11, search = $12, \
        tag_names = $13, tag_keys = $14, created_at = $15, published_at = $16, fate = $17, by_version = $18, \
        scheduled_at = $19 WHERE job_id = $1 AND position = $2";
    for (row, staged) in rows {
        let entry = staged.entry.as_ref();
        let version = entry.and_then(|entry| entry.version.as_deref());
        let tags = entry.and_then(|entry| entry.tags.as_ref());
        let search = entry.map(|_| crate::entries::searchable(&row.title, version, &row.content));
        on!(conn.again(), |c| {
            sqlx::query(SQL)
                .bind(job)
                .bind(row.position)
                .bind(staged.outcome.as_str())
                .bind(&staged.reason)
                .bind(&staged.entry_id)
                .bind(staged.entry_lock)
                .bind(version)
                .bind(version.map(model::versions::key))
                .bind(entry.map(|entry| &entry.import_key))
                .bind(entry.map(|entry| &entry.slug))
                .bind(entry.map(|entry| &entry.excerpt))
                .bind(search)
                .bind(tags.map(Json))
                .bind(tags.map(|tags| Json(tags.iter().map(|name| model::tags::key(name)).collect::<Vec<_>>())))
                .bind(entry.map(|entry| entry.created_at))
                .bind(entry.and_then(|entry| entry.published_at))
                .bind(staged.fate.as_str())
                .bind(staged.by_version)
                .bind(entry.and_then(|entry| entry.scheduled_at))
                .execute(c)
                .await
                .map(|_| ())
        })?;
    }
    Ok(())
}

/// Takes back what was decided about all rows. What was chosen stays.
pub async fn forget_decisions(conn: Conn<'_>, job: &ImportId) -> Result<()> {
    const SQL: &str = "UPDATE import_rows SET outcome = NULL, excerpt = NULL, search = NULL, slug = NULL, \
        entry_id = CASE WHEN outcome = 'created' THEN NULL ELSE entry_id END \
        WHERE job_id = $1 AND outcome IS NOT NULL";
    on!(conn, |c| sqlx::query(SQL).bind(job).execute(c).await.map(|_| ()))?;
    Ok(())
}
