//! What readers' pages show beside the entries: figures, months, neighbours, and addresses for search engines.

use chrono::SecondsFormat;
use model::time::Timestamp;
use model::{Cursor, ProjectId};
use serde_json::Value;

use crate::db::{Conn, on};
use crate::error::Result;

/// How much readers see, and between which dates.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PublicFigures {
    pub entries: i64,
    pub oldest: Option<Timestamp>,
    pub newest: Option<Timestamp>,
}

pub async fn public_figures(conn: Conn<'_>, project: &ProjectId, now: Timestamp) -> Result<PublicFigures> {
    const SQL: &str = "SELECT COUNT(*) AS entries, MIN(published_at) AS oldest, MAX(published_at) AS newest \
        FROM entries WHERE project_id = $1 AND published_at <= $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(now).fetch_one(c).await)?)
}

/// How many entries were published in each period from one bound to the next; `bounds` ascend, and there is one count
/// less than bounds.
pub async fn count_in_periods(conn: Conn<'_>, project: &ProjectId, bounds: &[Timestamp]) -> Result<Vec<i64>> {
    // One search of the index for each period, whatever number of entries it holds. Both engines unpack a JSON array,
    // each with its own function, and SQLite compares times as the text they are stored as.
    const SQLITE: &str = "SELECT (SELECT COUNT(*) FROM entries WHERE project_id = $1 \
        AND published_at >= json_extract(b.value, '$[0]') AND published_at < json_extract(b.value, '$[1]')) \
        FROM json_each($2) b ORDER BY b.key";
    const POSTGRES: &str = "SELECT (SELECT COUNT(*) FROM entries WHERE project_id = $1 \
        AND published_at >= CAST(b.value ->> 0 AS TIMESTAMPTZ) AND published_at < CAST(b.value ->> 1 AS TIMESTAMPTZ)) \
        FROM jsonb_array_elements(CAST($2 AS JSONB)) WITH ORDINALITY b(value, key) ORDER BY b.key";
    let text = |at: &Timestamp| Value::from(at.to_rfc3339_opts(SecondsFormat::AutoSi, false));
    let periods: Vec<Value> =
        bounds.windows(2).map(|pair| Value::from(pair.iter().map(text).collect::<Vec<_>>())).collect();
    let periods = Value::from(periods).to_string();
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_scalar(SQLITE).bind(project).bind(periods).fetch_all(c).await?,
        Conn::Postgres(c) => sqlx::query_scalar(POSTGRES).bind(project).bind(periods).fetch_all(c).await?,
    })
}

/// The entry beside another one, as a link names it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Neighbour {
    pub slug: String,
    pub title: String,
    pub version: Option<String>,
}

#[derive(sqlx::FromRow)]
struct NeighbourRow {
    is_newer: bool,
    #[sqlx(flatten)]
    neighbour: Neighbour,
}

/// The next newer and the next older published entry.
pub async fn neighbours(
    conn: Conn<'_>,
    project: &ProjectId,
    at: &Cursor,
    now: Timestamp,
) -> Result<(Option<Neighbour>, Option<Neighbour>)> {
    const SQL: &str = "SELECT TRUE AS is_newer, n.slug, n.title, n.version FROM (SELECT slug, title, version \
            FROM entries WHERE project_id = $1 AND published_at <= $2 AND (published_at, id) > ($3, $4) \
            ORDER BY published_at, id LIMIT 1) n \
        UNION ALL SELECT FALSE, o.slug, o.title, o.version FROM (SELECT slug, title, version \
            FROM entries WHERE project_id = $1 AND published_at <= $2 AND (published_at, id) < ($3, $4) \
            ORDER BY published_at DESC, id DESC LIMIT 1) o";
    let rows: Vec<NeighbourRow> =
        on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(now).bind(at.time).bind(&at.id).fetch_all(c).await)?;
    let (mut newer, mut older) = (None, None);
    for NeighbourRow { is_newer, neighbour } in rows {
        if is_newer { newer = Some(neighbour) } else { older = Some(neighbour) }
    }
    Ok((newer, older))
}

/// The address of a published entry, and when it changed last.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Address {
    pub slug: String,
    pub updated_at: Timestamp,
}

/// Addresses of published entries, the oldest first, so that a part that is full stays as it is.
pub async fn addresses(
    conn: Conn<'_>,
    project: &ProjectId,
    now: Timestamp,
    limit: i64,
    offset: i64,
) -> Result<Vec<Address>> {
    const SQL: &str = "SELECT slug, updated_at FROM entries WHERE project_id = $1 AND published_at <= $2 \
        ORDER BY published_at, id LIMIT $3 OFFSET $4";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(project).bind(now).bind(limit).bind(offset).fetch_all(c).await)?)
}

/// A project that search engines may list.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SitemapFigures {
    pub slug: String,
    pub entries: i64,
    /// When one of its published entries changed last.
    pub changed: Option<Timestamp>,
}

/// Public projects that allow indexing and are not under maintenance, by address.
pub async fn sitemap_figures(conn: Conn<'_>, now: Timestamp, limit: i64) -> Result<Vec<SitemapFigures>> {
    const SQL: &str = "SELECT p.slug, COALESCE(f.entries, 0) AS entries, f.changed FROM projects p \
        LEFT JOIN (SELECT project_id, COUNT(*) AS entries, MAX(updated_at) AS changed FROM entries \
            WHERE published_at <= $1 GROUP BY project_id) f ON f.project_id = p.id \
        WHERE p.is_public AND p.allow_indexing AND NOT p.maintenance_mode ORDER BY p.slug LIMIT $2";
    Ok(on!(conn, |c| sqlx::query_as(SQL).bind(now).bind(limit).fetch_all(c).await)?)
}
