//! Settings of the whole instance.

use model::instance::InstanceSettings;
use model::{Error, Result};
use serde_json::{Map, Value};
use store::Conn;

use crate::Services;

/// The settings as they are now.
pub async fn load(cx: &Services) -> Result<InstanceSettings> {
    let mut lease = cx.db.acquire().await?;
    read(lease.conn()).await
}

/// As [`load`], inside a transaction.
pub(crate) async fn read(conn: Conn<'_>) -> Result<InstanceSettings> {
    let rows: Map<String, Value> = store::instance_settings::list(conn).await?.into_iter().collect();
    serde_json::from_value(Value::Object(rows)).map_err(|error| {
        // Falling back to defaults could open what an administrator has closed.
        tracing::error!(%error, "The settings of the instance cannot be read");
        Error::Internal { reference: "instance-settings".to_owned() }
    })
}

/// Keeps one setting. `name` is that of the field of [`InstanceSettings`], or of a sealed secret beside them.
pub(crate) async fn set(cx: &Services, conn: Conn<'_>, name: &str, value: &Value) -> Result<()> {
    Ok(store::instance_settings::set(conn, name, value, cx.clock.now()).await?)
}
