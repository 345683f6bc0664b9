//! Settings of the instance: a name and a JSON value each. What is not there has its default.

use model::time::Timestamp;
use serde_json::Value;
use sqlx::types::Json;

use crate::db::{Conn, Tx, on};
use crate::error::Result;

/// Every setting that was ever changed.
pub async fn list(conn: Conn<'_>) -> Result<Vec<(String, Value)>> {
    const SQL: &str = "SELECT name, value FROM instance_settings ORDER BY name";
    let rows: Vec<(String, Json<Value>)> = on!(conn, |c| sqlx::query_as(SQL).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(name, Json(value))| (name, value)).collect())
}

pub async fn find(conn: Conn<'_>, name: &str) -> Result<Option<Value>> {
    const SQL: &str = "SELECT value FROM instance_settings WHERE name = $1";
    let found: Option<Json<Value>> = on!(conn, |c| sqlx::query_scalar(SQL).bind(name).fetch_optional(c).await)?;
    Ok(found.map(|Json(value)| value))
}

/// Keeps a setting. Once the transaction commits, every instance reads the settings anew.
pub async fn set(tx: &mut Tx, name: &str, value: &Value, now: Timestamp) -> Result<()> {
    const SQL: &str = "INSERT INTO instance_settings (name, value, updated_at) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    tx.note_settings();
    on!(tx.conn(), |c| sqlx::query(SQL).bind(name).bind(Json(value)).bind(now).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Forgets a setting, so that it has its default again.
pub async fn delete(tx: &mut Tx, name: &str) -> Result<()> {
    const SQL: &str = "DELETE FROM instance_settings WHERE name = $1";
    tx.note_settings();
    on!(tx.conn(), |c| sqlx::query(SQL).bind(name).execute(c).await.map(|_| ()))?;
    Ok(())
}
