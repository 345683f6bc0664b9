//! The chain of the log: numbers and links that records get a moment after they were written, the end of the chain, and
//! what is read to check it. What links are made of is not known here.

use model::time::Timestamp;
use serde_json::Value;
use sqlx::types::Json;
use sqlx::{FromRow, Row};

use crate::db::{Conn, on};
use crate::error::Result;

/// The row that says where the chain ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct Head {
    /// The newest record with a number; 0 before the first.
    pub number: i64,
    pub link: String,
    pub began_at: Option<Timestamp>,
    /// Up to this number, records are older than the chain.
    pub adopted: i64,
    /// Whether older records are still being taken in.
    pub is_adopting: bool,
    /// The newest record that was deleted because of its age; 0 where none was.
    pub anchor_number: i64,
    pub anchor_link: String,
    /// A keyed hash of all this; empty before the chain began.
    pub mac: String,
}

macro_rules! head {
    ($rest:literal) => {
        concat!(
            "SELECT number, link, began_at, adopted, is_adopting, anchor_number, anchor_link, mac \
             FROM audit_chain WHERE id = 1",
            $rest
        )
    };
}

/// The end of the chain; `None` when somebody deleted the row.
pub async fn head(conn: Conn<'_>) -> Result<Option<Head>> {
    const SQL: &str = head!("");
    Ok(on!(conn, |c| sqlx::query_as(SQL).fetch_optional(c).await)?)
}

/// As [`head`], held until the transaction ends, so that the chain grows in one place at a time. SQLite has one writer
/// anyway.
pub async fn hold_head(conn: Conn<'_>) -> Result<Option<Head>> {
    const SQLITE: &str = head!("");
    const POSTGRES: &str = head!(" FOR UPDATE");
    Ok(match conn {
        Conn::Sqlite(c) => sqlx::query_as(SQLITE).fetch_optional(c).await?,
        Conn::Postgres(c) => sqlx::query_as(POSTGRES).fetch_optional(c).await?,
    })
}

/// Writes the end of the chain, also where the row is gone.
pub async fn set_head(conn: Conn<'_>, head: &Head) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_chain (id, number, link, began_at, adopted, is_adopting, anchor_number, \
        anchor_link, mac) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (id) DO UPDATE SET \
        number = excluded.number, link = excluded.link, began_at = excluded.began_at, adopted = excluded.adopted, \
        is_adopting = excluded.is_adopting, anchor_number = excluded.anchor_number, \
        anchor_link = excluded.anchor_link, mac = excluded.mac";
    on!(conn, |c| {
        sqlx::query(SQL)
            .bind(head.number)
            .bind(&head.link)
            .bind(head.began_at)
            .bind(head.adopted)
            .bind(head.is_adopting)
            .bind(head.anchor_number)
            .bind(&head.anchor_link)
            .bind(&head.mac)
            .execute(c)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

/// A record as it lies in the database, as text: what is checked must not depend on what can be understood.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromRow)]
pub struct Stored {
    pub id: String,
    pub action: String,
    pub user_id: Option<String>,
    pub target_user_id: Option<String>,
    pub api_key_id: Option<String>,
    pub project_id: Option<String>,
    pub entity_type: Option<String>,
    pub entity_id: Option<String>,
    pub outcome: String,
    pub details: String,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: Option<String>,
    /// ISO 8601.
    pub created_at: String,
    pub mac: Option<String>,
    pub number: Option<i64>,
    pub link: Option<String>,
}

/// What was read of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    Whole(Box<Stored>),
    /// Something in it is of no type that Tidings writes.
    Unreadable {
        number: Option<i64>,
    },
}

macro_rules! stored {
    ($details:literal, $time:literal, $rest:literal) => {
        concat!(
            "SELECT id, action, user_id, target_user_id, api_key_id, project_id, entity_type, entity_id, outcome, ",
            $details,
            " AS details, ip, user_agent, request_id, ",
            $time,
            " AS created_at, mac, number, link FROM audit_logs ",
            $rest
        )
    };
}

macro_rules! read_rows {
    ($conn:expr, $rest:literal, $($bound:expr),*) => {{
        const SQLITE: &str = stored!("details", "created_at", $rest);
        const POSTGRES: &str = stored!(
            "details::text",
            "COALESCE(to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'), 'none')",
            $rest
        );
        match $conn {
            Conn::Sqlite(c) => {
                let rows = sqlx::query(SQLITE)$(.bind($bound))*.fetch_all(c).await?;
                rows.iter().map(|row| read(Stored::from_row(row), || row.try_get("number").ok())).collect()
            }
            Conn::Postgres(c) => {
                let rows = sqlx::query(POSTGRES)$(.bind($bound))*.fetch_all(c).await?;
                rows.iter().map(|row| read(Stored::from_row(row), || row.try_get("number").ok())).collect()
            }
        }
    }};
}

fn read(row: sqlx::Result<Stored>, number: impl Fn() -> Option<i64>) -> Read {
    row.map_or_else(|_| Read::Unreadable { number: number() }, |row| Read::Whole(Box::new(row)))
}

/// The records of the chain after a number, in its order.
pub async fn after(conn: Conn<'_>, number: i64, limit: i64) -> Result<Vec<Read>> {
    Ok(read_rows!(conn, "WHERE number > $1 ORDER BY number LIMIT $2", number, limit))
}

/// Records without a number, oldest first.
pub async fn unsealed(conn: Conn<'_>, limit: i64) -> Result<Vec<Read>> {
    Ok(read_rows!(conn, "WHERE number IS NULL ORDER BY created_at, id LIMIT $1", limit))
}

/// Whether there are records without a number.
pub async fn has_unsealed(conn: Conn<'_>) -> Result<bool> {
    const SQL: &str = "SELECT COUNT(*) FROM (SELECT 1 FROM audit_logs WHERE number IS NULL LIMIT 1) a";
    let found: i64 = on!(conn, |c| sqlx::query_scalar(SQL).fetch_one(c).await)?;
    Ok(found > 0)
}

/// The place that a record gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: String,
    pub mac: Option<String>,
    pub number: i64,
    pub link: String,
}

/// Gives records their places.
pub async fn seal(conn: Conn<'_>, places: &[Place]) -> Result<()> {
    macro_rules! update {
        ($each:literal) => {
            concat!(
                "UPDATE audit_logs SET mac = s.mac, number = s.number, link = s.link FROM \
                 (SELECT r.value->>0 AS id, r.value->>1 AS mac, CAST(r.value->>2 AS BIGINT) AS number, \
                 r.value->>3 AS link FROM ",
                $each,
                ") s WHERE audit_logs.id = s.id"
            )
        };
    }
    const SQLITE: &str = update!("json_each($1) r");
    const POSTGRES: &str = update!("jsonb_array_elements(CAST($1 AS JSONB)) r(value)");
    let rows: Vec<Value> =
        places.iter().map(|place| serde_json::json!([place.id, place.mac, place.number, place.link])).collect();
    let rows = Value::from(rows).to_string();
    match conn {
        Conn::Sqlite(c) => sqlx::query(SQLITE).bind(rows).execute(c).await.map(|_| ())?,
        Conn::Postgres(c) => sqlx::query(POSTGRES).bind(rows).execute(c).await.map(|_| ())?,
    }
    Ok(())
}

/// Takes every record out of the chain, to begin it anew.
pub async fn unseal_all(conn: Conn<'_>) -> Result<()> {
    const SQL: &str = "UPDATE audit_logs SET mac = NULL, number = NULL, link = NULL";
    on!(conn, |c| sqlx::query(SQL).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The number before the first record that is not older than `cutoff`; `None` where no such record has a number.
pub async fn last_before(conn: Conn<'_>, cutoff: Timestamp) -> Result<Option<i64>> {
    // Along the index of times: the first record with a number is near its beginning.
    const SQL: &str = "SELECT MIN(number) - 1 FROM (SELECT number FROM audit_logs \
        WHERE created_at >= $1 AND number IS NOT NULL ORDER BY created_at, id LIMIT 1000) a";
    Ok(on!(conn, |c| sqlx::query_scalar(SQL).bind(cutoff).fetch_one(c).await)?)
}

/// The link of one record.
pub async fn link_of(conn: Conn<'_>, number: i64) -> Result<Option<String>> {
    const SQL: &str = "SELECT link FROM audit_logs WHERE number = $1";
    let link: Option<Option<String>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(number).fetch_optional(c).await)?;
    Ok(link.flatten())
}

/// Deletes the records up to a number and gives how many there were.
pub async fn delete_until(conn: Conn<'_>, number: i64) -> Result<u64> {
    const SQL: &str = "DELETE FROM audit_logs WHERE number <= $1";
    Ok(on!(conn, |c| sqlx::query(SQL).bind(number).execute(c).await.map(|done| done.rows_affected()))?)
}

/// Keeps how a check of the chain ended.
pub async fn keep_check(conn: Conn<'_>, at: Timestamp, report: &Value) -> Result<()> {
    const SQL: &str = "INSERT INTO audit_checks (id, checked_at, report) VALUES (1, $1, $2) \
        ON CONFLICT (id) DO UPDATE SET checked_at = excluded.checked_at, report = excluded.report";
    on!(conn, |c| sqlx::query(SQL).bind(at).bind(Json(report)).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// How the last check of the chain ended.
pub async fn last_check(conn: Conn<'_>) -> Result<Option<Value>> {
    const SQL: &str = "SELECT report FROM audit_checks WHERE id = 1";
    let found: Option<Json<Value>> = on!(conn, |c| sqlx::query_scalar(SQL).fetch_optional(c).await)?;
    Ok(found.map(|Json(report)| report))
}
