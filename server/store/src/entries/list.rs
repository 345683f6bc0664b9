//! Lists of entries. A filter that is not set is bound as an empty text, so that one query serves every combination
//! and the index on project and date always does the work.

use chrono::TimeDelta;
use model::entries::{Entry, EntrySort, EntryState, EntrySummary};
use model::time::Timestamp;
use model::{Cursor, EntryId, Page, ProjectId, TagId, UserId};

use super::{FAR_FUTURE, FAR_PAST, columns, like};
use crate::db::{Conn, on};
use crate::error::Result;
use crate::tags;

/// Which entries a list of the dashboard shows.
#[derive(Debug, Clone, Default)]
pub struct EntryFilter {
    pub state: Option<EntryState>,
    /// Part of title, version or content, ignoring case; empty for all.
    pub search: String,
    /// Entries with any of these tags; `None` for all, an empty list for none.
    pub tags: Option<Vec<TagId>>,
    /// Bounds of the date of creation, both inclusive.
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
    /// What another system calls the entry; empty for all.
    pub external_id: String,
    /// Who wrote it.
    pub author: Option<UserId>,
}

/// Which entries readers see.
#[derive(Debug, Clone, Default)]
pub struct PublicFilter {
    pub search: String,
    pub tags: Option<Vec<TagId>>,
    pub oldest_first: bool,
    /// Bounds of the date of publication; the second is excluded.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
}

/// A set of tag ids as one text that `replace` can search: `,a,b,`. Empty text means "any tag or none".
pub(super) fn tag_set(tags: Option<&[TagId]>) -> String {
    match tags {
        None => String::new(),
        Some(tags) => format!(",{},", tags.iter().map(TagId::as_str).collect::<Vec<_>>().join(",")),
    }
}

/// `$1` project, `$2` state, `$3` search pattern, `$4` tag set, `$5` and `$6` bounds of creation, `$7` external id, `$8`
/// author.
macro_rules! matching {
    () => {
        "e.project_id = $1 \
         AND ($2 = '' OR ($2 = 'published' AND e.published_at IS NOT NULL) \
             OR ($2 = 'scheduled' AND e.published_at IS NULL AND e.scheduled_at IS NOT NULL) \
             OR ($2 = 'draft' AND e.published_at IS NULL AND e.scheduled_at IS NULL)) \
         AND ($3 = '' OR e.search LIKE $3 ESCAPE '\\') \
         AND ($4 = '' OR EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = e.id \
             AND replace($4, ',' || et.tag_id || ',', '') <> $4)) \
         AND e.created_at >= $5 AND e.created_at <= $6 \
         AND ($7 = '' OR e.id = (SELECT x.id FROM entries x WHERE x.project_id = $1 AND x.external_id = $7)) \
         AND ($8 = '' OR e.created_by_id = $8) "
    };
}

/// `$1` project, `$2` the last moment that counts, `$3` search pattern, `$4` tag set, `$5` the first moment.
macro_rules! public {
    () => {
        "e.project_id = $1 AND e.published_at <= $2 AND e.published_at >= $5 \
         AND ($3 = '' OR e.search LIKE $3 ESCAPE '\\') \
         AND ($4 = '' OR EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = e.id \
             AND replace($4, ',' || et.tag_id || ',', '') <> $4)) "
    };
}

/// Binds the parameters of `matching!`.
macro_rules! bind_filter {
    ($query:expr, $project:expr, $filter:expr) => {
        $query
            .bind($project)
            .bind($filter.state.map_or("", EntryState::as_str))
            .bind(like(&$filter.search))
            .bind(tag_set($filter.tags.as_deref()))
            .bind($filter.created_from.unwrap_or(FAR_PAST))
            .bind($filter.created_to.unwrap_or(FAR_FUTURE))
            .bind(&$filter.external_id)
            .bind($filter.author.as_ref().map_or("", UserId::as_str))
    };
}

/// Binds the parameters of `public!`.
macro_rules! bind_public {
    ($query:expr, $project:expr, $filter:expr, $now:expr) => {
        $query
            .bind($project)
            // Times are whole milliseconds, so the one before the excluded bound is the last that counts.
            .bind($filter.until.map_or($now, |until| $now.min(until - TimeDelta::milliseconds(1))))
            .bind(like(&$filter.search))
            .bind(tag_set($filter.tags.as_deref()))
            .bind($filter.from.unwrap_or(FAR_PAST))
    };
}

/// An entry without its text; `$rest` chooses and orders.
macro_rules! summaries {
    ($rest:expr) => {
        concat!(
            "SELECT e.id, e.project_id, e.title, e.excerpt, e.version, e.slug, e.published_at, e.scheduled_at, \
             e.created_at, e.updated_at, COALESCE(u.name, u.email, f.name || ' (deleted)', f.email || ' (deleted)') AS author, \
             EXISTS (SELECT 1 FROM change_requests r WHERE r.entry_id = e.id AND r.kind = 'ALLOW_PUBLISH' \
                 AND r.status IN ('PENDING', 'CHANGES_REQUESTED_PENDING')) AS approval_requested, \
             EXISTS (SELECT 1 FROM change_requests r WHERE r.entry_id = e.id AND r.kind = 'DELETE_ENTRY' \
                 AND r.status IN ('PENDING', 'CHANGES_REQUESTED_PENDING')) AS deletion_requested \
             FROM entries e LEFT JOIN users u ON u.id = e.created_by_id \
             LEFT JOIN former_users f ON f.id = e.former_author_id WHERE ",
            $rest
        )
    };
}

/// In an order that the database knows, without the text. For one that it does not know, see [`keys_of`].
pub async fn list(
    mut conn: Conn<'_>,
    project: &ProjectId,
    filter: &EntryFilter,
    sort: EntrySort,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<EntrySummary>> {
    macro_rules! ordered {
        ($rest:literal) => {
            summaries!(concat!(matching!(), $rest))
        };
    }
    const NEWEST: &str =
        ordered!("AND (e.created_at, e.id) < ($9, $10) ORDER BY e.created_at DESC, e.id DESC LIMIT $11");
    const OLDEST: &str = ordered!("AND (e.created_at, e.id) > ($9, $10) ORDER BY e.created_at, e.id LIMIT $11");
    const UPDATED: &str =
        ordered!("AND (e.updated_at, e.id) < ($9, $10) ORDER BY e.updated_at DESC, e.id DESC LIMIT $11");
    let (sql, start) = match sort {
        EntrySort::Newest | EntrySort::Version | EntrySort::Title => (NEWEST, FAR_FUTURE),
        EntrySort::Oldest => (OLDEST, FAR_PAST),
        EntrySort::Updated => (UPDATED, FAR_FUTURE),
    };
    let (time, id) = after.map_or((start, ""), |cursor| (cursor.time, cursor.id.as_str()));
    let rows: Vec<EntrySummary> = on!(conn.again(), |c| {
        bind_filter!(sqlx::query_as(sql), project, filter).bind(time).bind(id).bind(limit as i64 + 1).fetch_all(c).await
    })?;
    let rows = summaries_with_tags(conn, rows).await?;
    Ok(Page::cut(rows, limit, |row| Cursor {
        time: if sort == EntrySort::Updated { row.updated_at } else { row.created_at },
        id: row.id.to_string(),
    }))
}

async fn summaries_with_tags(conn: Conn<'_>, mut rows: Vec<EntrySummary>) -> Result<Vec<EntrySummary>> {
    let mut tags = tags::of_entries(conn, &rows.iter().map(|row| &row.id).collect::<Vec<_>>()).await?;
    for row in &mut rows {
        row.tags = tags.remove(&row.id).unwrap_or_default();
    }
    Ok(rows)
}

/// What entries are ordered by version or title with.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct KeyOf {
    pub id: EntryId,
    pub title: String,
    pub version: Option<String>,
    pub created_at: Timestamp,
}

/// The keys of all entries that a filter matches, in no order.
pub async fn keys_of(conn: Conn<'_>, project: &ProjectId, filter: &EntryFilter) -> Result<Vec<KeyOf>> {
    const SQL: &str = concat!("SELECT e.id, e.title, e.version, e.created_at FROM entries e WHERE ", matching!());
    Ok(on!(conn, |c| bind_filter!(sqlx::query_as(SQL), project, filter).fetch_all(c).await)?)
}

/// These entries of a project in this order, without the text; what is not there is left out.
pub async fn list_these(mut conn: Conn<'_>, project: &ProjectId, ids: &[&EntryId]) -> Result<Vec<EntrySummary>> {
    const SQLITE: &str = summaries!("e.project_id = $1 AND e.id IN (SELECT value FROM json_each($2))");
    const POSTGRES: &str =
        summaries!("e.project_id = $1 AND e.id IN (SELECT jsonb_array_elements_text(CAST($2 AS JSONB)))");
    let list = serde_json::Value::from(ids.iter().map(|id| id.as_str()).collect::<Vec<_>>()).to_string();
    let mut rows: Vec<EntrySummary> = match &mut conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).bind(project).bind(list).fetch_all(&mut **c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).bind(project).bind(list).fetch_all(&mut **c).await?,
    };
    rows.sort_by_key(|row| ids.iter().position(|id| **id == row.id));
    summaries_with_tags(conn, rows).await
}

/// Who wrote the entries of a project, by name.
pub async fn authors(conn: Conn<'_>, project: &ProjectId) -> Result<Vec<(UserId, String)>> {
    const SQL: &str = "SELECT u.id, COALESCE(u.name, u.email) AS name FROM users u WHERE u.id IN \
        (SELECT e.created_by_id FROM entries e WHERE e.project_id = $1) ORDER BY 2, 1";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).fetch_all(c).await)?)
}

/// In an order that the database knows, whole, by number of rows to skip: for clients that ask for page 7.
pub async fn list_numbered(
    mut conn: Conn<'_>,
    project: &ProjectId,
    filter: &EntryFilter,
    sort: EntrySort,
    limit: i64,
    offset: i64,
) -> Result<Vec<Entry>> {
    macro_rules! ordered {
        ($order:literal) => {
            concat!("SELECT ", columns!(), " FROM entries e WHERE ", matching!(), $order, " LIMIT $9 OFFSET $10")
        };
    }
    const NEWEST: &str = ordered!("ORDER BY e.created_at DESC, e.id DESC");
    const OLDEST: &str = ordered!("ORDER BY e.created_at, e.id");
    const UPDATED: &str = ordered!("ORDER BY e.updated_at DESC, e.id DESC");
    let sql = match sort {
        EntrySort::Newest | EntrySort::Version | EntrySort::Title => NEWEST,
        EntrySort::Oldest => OLDEST,
        EntrySort::Updated => UPDATED,
    };
    let rows = on!(conn.again(), |c| {
        bind_filter!(sqlx::query_as(sql), project, filter).bind(limit).bind(offset).fetch_all(c).await
    })?;
    all_with_tags(conn, rows).await
}

pub async fn count(conn: Conn<'_>, project: &ProjectId, filter: &EntryFilter) -> Result<i64> {
    const SQL: &str = concat!("SELECT COUNT(*) FROM entries e WHERE ", matching!());
    Ok(on!(conn, |c| bind_filter!(sqlx::query_scalar(SQL), project, filter).fetch_one(c).await)?)
}

/// Bounds that leave out what lies on the other side of a position. They say nothing that the comparison with the position
/// does not say, but they are what SQLite searches the index by: without them it walks there from the end.
fn beyond(filter: &PublicFilter, now: Timestamp, position: Timestamp, ascending: bool) -> (PublicFilter, Timestamp) {
    let mut filter = filter.clone();
    if ascending {
        filter.from = Some(filter.from.map_or(position, |from| from.max(position)));
        return (filter, now);
    }
    (filter, now.min(position))
}

/// What readers see, by date of publication, whole.
pub async fn list_public(
    mut conn: Conn<'_>,
    project: &ProjectId,
    filter: &PublicFilter,
    now: Timestamp,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<Entry>> {
    const NEWEST: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e WHERE ",
        public!(),
        "AND (e.published_at, e.id) < ($6, $7) ORDER BY e.published_at DESC, e.id DESC LIMIT $8"
    );
    const OLDEST: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e WHERE ",
        public!(),
        "AND (e.published_at, e.id) > ($6, $7) ORDER BY e.published_at, e.id LIMIT $8"
    );
    let (sql, start) = if filter.oldest_first { (OLDEST, FAR_PAST) } else { (NEWEST, FAR_FUTURE) };
    let (time, id) = after.map_or((start, ""), |cursor| (cursor.time, cursor.id.as_str()));
    let (filter, now) = beyond(filter, now, time, filter.oldest_first);
    let rows = on!(conn.again(), |c| {
        bind_public!(sqlx::query_as(sql), project, filter, now)
            .bind(time)
            .bind(id)
            .bind(limit as i64 + 1)
            .fetch_all(c)
            .await
    })?;
    let rows = all_with_tags(conn, rows).await?;
    Ok(Page::cut(rows, limit, |entry| Cursor {
        time: entry.published_at.unwrap_or(entry.created_at),
        id: entry.id.to_string(),
    }))
}

/// What readers see first whatever its date, whole, newest first.
pub async fn list_pinned(mut conn: Conn<'_>, project: &ProjectId, now: Timestamp, limit: i64) -> Result<Vec<Entry>> {
    // The date stands in an expression, so that no engine walks the dates of the whole project instead of the few entries
    // that are pinned. What has none is not there: whoever is pinned still is so after now.
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e WHERE e.project_id = $1 AND e.pinned_until > $2 \
         AND COALESCE(e.published_at, e.pinned_until) <= $2 \
         ORDER BY COALESCE(e.published_at, e.pinned_until) DESC, e.id DESC LIMIT $3"
    );
    let rows = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(now).bind(limit).fetch_all(c).await)?;
    if rows.is_empty() { Ok(rows) } else { all_with_tags(conn, rows).await }
}

/// Positions of the entries that stand directly before one in a list, the nearest first.
pub async fn positions_before(
    conn: Conn<'_>,
    project: &ProjectId,
    filter: &PublicFilter,
    now: Timestamp,
    before: &Cursor,
    limit: usize,
) -> Result<Vec<Cursor>> {
    const NEWEST: &str = concat!(
        "SELECT e.published_at, e.id FROM entries e WHERE ",
        public!(),
        "AND (e.published_at, e.id) > ($6, $7) ORDER BY e.published_at, e.id LIMIT $8"
    );
    const OLDEST: &str = concat!(
        "SELECT e.published_at, e.id FROM entries e WHERE ",
        public!(),
        "AND (e.published_at, e.id) < ($6, $7) ORDER BY e.published_at DESC, e.id DESC LIMIT $8"
    );
    let sql = if filter.oldest_first { OLDEST } else { NEWEST };
    let (filter, now) = beyond(filter, now, before.time, !filter.oldest_first);
    let rows: Vec<(Timestamp, String)> = on!(conn, |c| {
        bind_public!(sqlx::query_as(sql), project, filter, now)
            .bind(before.time)
            .bind(&before.id)
            .bind(limit as i64)
            .fetch_all(c)
            .await
    })?;
    Ok(rows.into_iter().map(|(time, id)| Cursor { time, id }).collect())
}

/// How many entries readers see.
pub async fn count_public(conn: Conn<'_>, project: &ProjectId, filter: &PublicFilter, now: Timestamp) -> Result<i64> {
    const SQL: &str = concat!("SELECT COUNT(*) FROM entries e WHERE ", public!());
    Ok(on!(conn, |c| { bind_public!(sqlx::query_scalar(SQL), project, filter, now).fetch_one(c).await })?)
}

/// When the newest entry that readers see was published.
pub async fn newest_public(conn: Conn<'_>, project: &ProjectId, now: Timestamp) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT published_at FROM entries WHERE project_id = $1 AND published_at <= $2 \
        ORDER BY published_at DESC, id DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(now).fetch_optional(c).await)?)
}

/// The public list's position of one entry, for clients that give a bare id as cursor.
pub async fn position_of(conn: Conn<'_>, project: &ProjectId, id: &EntryId) -> Result<Option<Cursor>> {
    const SQL: &str = "SELECT published_at FROM entries WHERE project_id = $1 AND id = $2 AND published_at IS NOT NULL";
    let time: Option<Timestamp> =
        on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(id).fetch_optional(c).await)?;
    Ok(time.map(|time| Cursor { time, id: id.to_string() }))
}

/// Whether an entry belongs to another project. One that is gone belongs to none.
pub async fn is_elsewhere(conn: Conn<'_>, project: &ProjectId, id: &str) -> Result<bool> {
    const SQL: &str = "SELECT project_id FROM entries WHERE id = $1";
    let found: Option<ProjectId> = on!(conn, |c| sqlx::query_scalar(SQL).bind(id).fetch_optional(c).await)?;
    Ok(found.is_some_and(|found| found != *project))
}

pub(super) async fn all_with_tags(conn: Conn<'_>, mut entries: Vec<Entry>) -> Result<Vec<Entry>> {
    let mut tags = tags::of_entries(conn, &entries.iter().map(|entry| &entry.id).collect::<Vec<_>>()).await?;
    for entry in &mut entries {
        entry.tags = tags.remove(&entry.id).unwrap_or_default();
    }
    Ok(entries)
}
