//! The states entries were in. Reading finds a revision by project, entry and id together; writing is for an entry that
//! the transaction has read.

mod replay;
mod writing;

use model::revisions::{
    Author, MAX_PAGE, Marker, Place, Reason, Revision, RevisionPage, RevisionSummary, RevisionTag, Source,
};
use model::time::Timestamp;
use model::{EntryId, ProjectId, RevisionId, UserId};

use crate::db::{Conn, on};
use crate::entries::like;
use crate::error::Result;

pub use replay::{Step, contents, steps};
pub use writing::{
    NewRevision, Newest, content_before, delete_all, insert, insert_all, mark, newest, newest_of, newest_saying,
    overfull, prune, rewrite, set_reason,
};

macro_rules! summary {
    () => {
        "r.id, r.entry_id, r.number, r.reason, r.title, r.version, r.lines_added, r.lines_removed, r.created_at, \
         r.created_by_id, COALESCE(u.name, u.email) AS author_name, u.email AS author_email, \
         r.created_by_name AS author_then, r.restored_from_id, r.label, r.icon, r.color, r.pinned, \
         s.title AS source_title, s.reason AS source_reason, s.label AS source_label, s.icon AS source_icon, \
         s.color AS source_color, s.pinned AS source_pinned, s.created_at AS source_at"
    };
}

macro_rules! tables {
    () => {
        " FROM entry_revisions r JOIN entries e ON e.id = r.entry_id LEFT JOIN users u ON u.id = r.created_by_id \
         LEFT JOIN entry_revisions s ON s.id = r.restored_from_id AND s.entry_id = r.entry_id \
         WHERE e.project_id = $1 AND r.entry_id = $2 "
    };
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    id: RevisionId,
    entry_id: EntryId,
    number: i64,
    #[sqlx(try_from = "String")]
    reason: Reason,
    title: String,
    version: Option<String>,
    lines_added: i64,
    lines_removed: i64,
    created_at: Timestamp,
    created_by_id: Option<UserId>,
    author_name: Option<String>,
    author_email: Option<String>,
    author_then: Option<String>,
    restored_from_id: Option<RevisionId>,
    label: Option<String>,
    icon: Option<String>,
    color: Option<String>,
    pinned: bool,
    source_title: Option<String>,
    source_reason: Option<String>,
    source_label: Option<String>,
    source_icon: Option<String>,
    source_color: Option<String>,
    source_pinned: Option<bool>,
    source_at: Option<Timestamp>,
}

impl From<SummaryRow> for RevisionSummary {
    fn from(row: SummaryRow) -> Self {
        let name = row.author_name.or(row.author_then);
        let created_by = name.map(|name| Author { id: row.created_by_id, name, email: row.author_email });
        let reason = row.source_reason.and_then(|reason| Reason::try_from(reason).ok());
        let restored_from = match (row.restored_from_id.clone(), row.source_title, reason, row.source_at) {
            (Some(id), Some(title), Some(reason), Some(created_at)) => {
                let marker = Marker {
                    label: row.source_label,
                    icon: row.source_icon,
                    color: row.source_color,
                    pinned: row.source_pinned.unwrap_or(false),
                };
                Some(Source { id, title, reason, marker, created_at })
            }
            _ => None,
        };
        Self {
            id: row.id,
            entry_id: row.entry_id,
            number: row.number,
            reason: row.reason,
            title: row.title,
            version: row.version,
            lines_added: row.lines_added,
            lines_removed: row.lines_removed,
            created_at: row.created_at,
            created_by,
            restored_from_id: row.restored_from_id,
            restored_from,
            marker: Marker { label: row.label, icon: row.icon, color: row.color, pinned: row.pinned },
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    summary: SummaryRow,
    excerpt: String,
    #[sqlx(json)]
    tags: Vec<RevisionTag>,
    content: String,
}

impl From<Row> for Revision {
    fn from(row: Row) -> Self {
        Self { summary: row.summary.into(), excerpt: row.excerpt, tags: row.tags, content: row.content }
    }
}

/// Pinned ones first, then newest first, without the texts. `search` is a part of title, version or label.
pub async fn list(
    conn: Conn<'_>,
    project: &ProjectId,
    entry: &EntryId,
    search: &str,
    after: Option<Place>,
    limit: usize,
) -> Result<RevisionPage> {
    const SQL: &str = concat!(
        "SELECT ",
        summary!(),
        tables!(),
        "AND ($3 = '' OR r.search LIKE $3 ESCAPE '\\') \
         AND (CASE WHEN r.pinned THEN 1 ELSE 0 END, r.number) < ($4, $5) \
         ORDER BY CASE WHEN r.pinned THEN 1 ELSE 0 END DESC, r.number DESC LIMIT $6"
    );
    let limit = limit.clamp(1, MAX_PAGE);
    // Behind every pinned one, and before everything there is.
    let (pinned, number) = after.map_or((2, 0), |place| (i64::from(place.pinned), place.number));
    let rows: Vec<SummaryRow> = on!(conn, |c| {
        sqlx::query_as(SQL)
            .bind(project)
            .bind(entry)
            .bind(like(search))
            .bind(pinned)
            .bind(number)
            .bind(limit as i64 + 1)
            .fetch_all(c)
            .await
    })?;
    let mut items: Vec<RevisionSummary> = rows.into_iter().map(RevisionSummary::from).collect();
    let is_more = items.len() > limit;
    items.truncate(limit);
    let next = if is_more { items.last().map(RevisionSummary::place) } else { None };
    Ok(RevisionPage { items, next })
}

/// A revision of an entry of a project; those of others are simply not there.
pub async fn find(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, id: &RevisionId) -> Result<Option<Revision>> {
    const SQL: &str = concat!("SELECT ", summary!(), ", r.excerpt, r.tags, r.content", tables!(), "AND r.id = $3");
    let row: Option<Row> =
        on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).bind(id).fetch_optional(c).await)?;
    Ok(row.map(Revision::from))
}

/// The one before.
pub async fn previous(conn: Conn<'_>, project: &ProjectId, entry: &EntryId, number: i64) -> Result<Option<Revision>> {
    const SQL: &str = concat!(
        "SELECT ",
        summary!(),
        ", r.excerpt, r.tags, r.content",
        tables!(),
        "AND r.number < $3 ORDER BY r.number DESC LIMIT 1"
    );
    let row: Option<Row> =
        on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(entry).bind(number).fetch_optional(c).await)?;
    Ok(row.map(Revision::from))
}

/// The revisions with numbers up to `upto`, oldest first.
pub async fn summaries(
    conn: Conn<'_>,
    project: &ProjectId,
    entry: &EntryId,
    from: i64,
    upto: i64,
) -> Result<Vec<RevisionSummary>> {
    const SQL: &str =
        concat!("SELECT ", summary!(), tables!(), "AND r.number >= $3 AND r.number <= $4 ORDER BY r.number");
    let rows: Vec<SummaryRow> =
        on!(conn, |c| { sqlx::query_as(SQL).bind(project).bind(entry).bind(from).bind(upto).fetch_all(c).await })?;
    Ok(rows.into_iter().map(RevisionSummary::from).collect())
}

pub async fn count(conn: Conn<'_>, project: &ProjectId, entry: &EntryId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM entry_revisions r JOIN entries e ON e.id = r.entry_id \
        WHERE e.project_id = $1 AND r.entry_id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(entry).fetch_one(c).await)?)
}

/// How many revisions the entries of a project have.
pub async fn count_all(conn: Conn<'_>, project: &ProjectId) -> Result<i64> {
    const SQL: &str = "SELECT COUNT(*) FROM entry_revisions r JOIN entries e ON e.id = r.entry_id \
        WHERE e.project_id = $1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).fetch_one(c).await)?)
}
