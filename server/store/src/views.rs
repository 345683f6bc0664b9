//! Counted views: by visitor for a month, then by day.

use chrono::NaiveDate;
use model::views::DayViews;
use model::{EntryId, ProjectId};

use crate::db::{Conn, on};
use crate::error::Result;

/// What one visitor looked at on one day, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitorViews {
    pub project: ProjectId,
    pub day: NaiveDate,
    /// `None` for the list.
    pub entry: Option<EntryId>,
    /// A keyed hash that differs from day to day.
    pub visitor: String,
    /// `page`, `widget`, `feed` or `api`.
    pub source: &'static str,
    /// Empty where it is not known, as the next ones.
    pub referrer_host: String,
    pub country: String,
    pub device: &'static str,
    pub browser: &'static str,
    pub views: i64,
}

/// Stands for the whole project where a day's visitors are counted: who read three entries is one of them.
const ALL: &str = "*";

/// Adds to what is counted. Views of what the public cannot see at the moment are left out.
pub async fn add(conn: Conn<'_>, rows: &[VisitorViews]) -> Result<()> {
    macro_rules! insert {
        ($each:literal) => {
            concat!(
                "INSERT INTO views (project_id, day, entry_id, visitor, source, referrer_host, country, device, \
                 browser, views) SELECT p.id, r.value->>1, r.value->>2, r.value->>3, r.value->>4, r.value->>5, \
                 r.value->>6, r.value->>7, r.value->>8, CAST(r.value->>9 AS BIGINT) FROM ",
                $each,
                " JOIN projects p ON p.id = r.value->>0 WHERE p.is_public AND NOT p.maintenance_mode \
                 AND (r.value->>2 = '' OR EXISTS (SELECT 1 FROM entries e WHERE e.id = r.value->>2 \
                     AND e.project_id = p.id AND e.published_at IS NOT NULL)) \
                 ON CONFLICT (project_id, day, entry_id, visitor, source) \
                 DO UPDATE SET views = views.views + excluded.views"
            )
        };
    }
    const SQLITE: &str = insert!("json_each($1) r");
    const POSTGRES: &str = insert!("jsonb_array_elements(CAST($1 AS JSONB)) r(value)");
    let rows: Vec<serde_json::Value> = rows
        .iter()
        .map(|row| {
            let entry = row.entry.as_ref().map_or("", EntryId::as_str);
            serde_json::json!([
                row.project,
                row.day,
                entry,
                row.visitor,
                row.source,
                row.referrer_host,
                row.country,
                row.device,
                row.browser,
                row.views
            ])
        })
        .collect();
    let rows = serde_json::Value::from(rows).to_string();
    match conn {
        Conn::Sqlite(c) => sqlx::query(SQLITE).bind(rows).execute(c).await.map(|_| ())?,
        Conn::Postgres(c) => sqlx::query(POSTGRES).bind(rows).execute(c).await.map(|_| ())?,
    }
    Ok(())
}

/// Views and visitors of each day from `from` to `to`, both included, on which there were any.
pub async fn daily(conn: Conn<'_>, project: &ProjectId, from: NaiveDate, to: NaiveDate) -> Result<Vec<DayViews>> {
    const SQL: &str = "SELECT day, CAST(SUM(views) AS BIGINT), CAST(SUM(visitors) AS BIGINT) FROM (\
        SELECT day, SUM(views) AS views, COUNT(DISTINCT visitor) AS visitors FROM views \
            WHERE project_id = $1 AND day >= $2 AND day <= $3 GROUP BY day \
        UNION ALL SELECT day, SUM(views), SUM(CASE WHEN entry_id = $4 THEN visitors ELSE 0 END) FROM view_days \
            WHERE project_id = $1 AND day >= $2 AND day <= $3 GROUP BY day) both_kinds GROUP BY day ORDER BY day";
    let rows: Vec<(String, i64, i64)> = on!(conn, |c| {
        sqlx::query_as(SQL).bind(project).bind(from.to_string()).bind(to.to_string()).bind(ALL).fetch_all(c).await
    })?;
    let rows = rows.into_iter();
    Ok(rows.filter_map(|(day, views, visitors)| Some(DayViews { day: day.parse().ok()?, views, visitors })).collect())
}

/// The key of a day; `fresh` becomes it when the day has none yet.
pub async fn day_secret(mut conn: Conn<'_>, day: NaiveDate, fresh: &str) -> Result<String> {
    const INSERT: &str = "INSERT INTO day_secrets (day, secret) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING";
    const SELECT: &str = "SELECT secret FROM day_secrets WHERE day = $1";
    let day = day.to_string();
    on!(conn.again(), |c| sqlx::query(INSERT).bind(&day).bind(fresh).execute(c).await.map(|_| ()))?;
    Ok(on!(conn, |c| sqlx::query_scalar(SELECT).bind(&day).fetch_one(c).await)?)
}

/// Forgets the keys of days before `day`, after which nobody can tell who their visitors were.
pub async fn forget_secrets(conn: Conn<'_>, day: NaiveDate) -> Result<()> {
    const SQL: &str = "DELETE FROM day_secrets WHERE day < $1";
    on!(conn, |c| sqlx::query(SQL).bind(day.to_string()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Makes days before `day` into sums without visitors.
pub async fn sum_up(mut conn: Conn<'_>, day: NaiveDate) -> Result<()> {
    const SUMS: &str = "INSERT INTO view_days (project_id, day, entry_id, source, referrer_host, country, device, \
        browser, views, visitors) SELECT project_id, day, entry_id, source, referrer_host, country, device, browser, \
        SUM(views), COUNT(DISTINCT visitor) FROM views WHERE day < $1 \
        GROUP BY project_id, day, entry_id, source, referrer_host, country, device, browser";
    const VISITORS: &str = "INSERT INTO view_days (project_id, day, entry_id, source, referrer_host, country, device, \
        browser, views, visitors) SELECT project_id, day, $2, 'page', '', '', '', '', 0, COUNT(DISTINCT visitor) \
        FROM views WHERE day < $1 GROUP BY project_id, day";
    const FORGET: &str = "DELETE FROM views WHERE day < $1";
    if let Conn::Postgres(c) = &mut conn {
        // Two instances that do this at once would count the same rows twice. SQLite has one writer anyway.
        sqlx::query("LOCK TABLE view_days IN SHARE ROW EXCLUSIVE MODE").execute(&mut **c).await?;
    }
    let day = day.to_string();
    on!(conn.again(), |c| sqlx::query(SUMS).bind(&day).execute(c).await.map(|_| ()))?;
    on!(conn.again(), |c| sqlx::query(VISITORS).bind(&day).bind(ALL).execute(c).await.map(|_| ()))?;
    on!(conn, |c| sqlx::query(FORGET).bind(&day).execute(c).await.map(|_| ()))?;
    Ok(())
}
