//! What happened in a project since a moment.

use model::catch_up::Summary;
use model::entries::Entry;
use model::time::Timestamp;
use model::{ProjectId, TagId, UserId, versions};

use super::columns;
use super::list::{all_with_tags, tag_set};
use crate::db::{Conn, on};
use crate::error::Result;

/// When the entry with a version was published or, if it is not, created.
pub async fn version_date(conn: Conn<'_>, project: &ProjectId, version: &str) -> Result<Option<Timestamp>> {
    const SQL: &str =
        "SELECT COALESCE(published_at, created_at) FROM entries WHERE project_id = $1 AND version_key = $2";
    let key = versions::key(version);
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(key).fetch_optional(c).await)?)
}

/// The newest version that was published by a moment.
pub async fn version_at(conn: Conn<'_>, project: &ProjectId, moment: Timestamp) -> Result<Option<String>> {
    const SQL: &str = "SELECT version FROM entries WHERE project_id = $1 AND published_at <= $2 \
        AND version IS NOT NULL ORDER BY published_at DESC, id DESC LIMIT 1";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(project).bind(moment).fetch_optional(c).await)?)
}

/// Entries that were created since a moment and are not published, newest first.
pub async fn unpublished_since(
    mut conn: Conn<'_>,
    project: &ProjectId,
    from: Timestamp,
    limit: i64,
) -> Result<Vec<Entry>> {
    const SQL: &str = concat!(
        "SELECT ",
        columns!(),
        " FROM entries e WHERE e.project_id = $1 AND e.created_at >= $2 AND e.published_at IS NULL \
         ORDER BY e.created_at DESC, e.id DESC LIMIT $3"
    );
    let rows = on!(conn.again(), |c| sqlx::query_as(SQL).bind(project).bind(from).bind(limit).fetch_all(c).await)?;
    all_with_tags(conn, rows).await
}

#[derive(sqlx::FromRow)]
struct SummaryRow {
    total: i64,
    features: i64,
    fixes: i64,
}

/// How many entries were published from `from` to `now`, or created since then without being published; by what the
/// given tags make of them.
pub async fn summary(
    conn: Conn<'_>,
    project: &ProjectId,
    from: Timestamp,
    now: Timestamp,
    features: &[TagId],
    fixes: &[TagId],
) -> Result<Summary> {
    macro_rules! has {
        ($set:literal) => {
            concat!(
                "EXISTS (SELECT 1 FROM entry_tags et WHERE et.entry_id = e.id AND replace(",
                $set,
                ", ',' || et.tag_id || ',', '') <> ",
                $set,
                ")"
            )
        };
    }
    const SQL: &str = concat!(
        "SELECT COUNT(*) AS total, COUNT(*) FILTER (WHERE is_feature) AS features, \
         COUNT(*) FILTER (WHERE is_fix AND NOT is_feature) AS fixes FROM (SELECT ",
        has!("$4"),
        " AS is_feature, ",
        has!("$5"),
        " AS is_fix FROM entries e WHERE e.project_id = $1 AND ((e.published_at >= $2 AND e.published_at <= $3) \
         OR (e.published_at IS NULL AND e.created_at >= $2))) happened"
    );
    let row: SummaryRow = on!(conn, |c| {
        sqlx::query_as(SQL)
            .bind(project)
            .bind(from)
            .bind(now)
            .bind(tag_set(Some(features)))
            .bind(tag_set(Some(fixes)))
            .fetch_one(c)
            .await
    })?;
    let SummaryRow { total, features, fixes } = row;
    Ok(Summary { features, fixes, other: total - features - fixes })
}

/// Until when somebody has read a project.
pub async fn mark(conn: Conn<'_>, user: &UserId, project: &ProjectId) -> Result<Option<Timestamp>> {
    const SQL: &str = "SELECT seen_at FROM catch_up_marks WHERE user_id = $1 AND project_id = $2";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(user).bind(project).fetch_optional(c).await)?)
}

/// Notes that somebody has read a project until a moment. A later moment that is known stays.
pub async fn set_mark(conn: Conn<'_>, user: &UserId, project: &ProjectId, seen: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO catch_up_marks (user_id, project_id, seen_at) VALUES ($1, $2, $3) \
        ON CONFLICT (user_id, project_id) DO UPDATE SET seen_at = excluded.seen_at \
        WHERE catch_up_marks.seen_at < excluded.seen_at";
    on!(conn, |c| sqlx::query(SQL).bind(user).bind(project).bind(seen).execute(c).await.map(|_| ()))?;
    Ok(())
}
