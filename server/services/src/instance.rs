//! Settings of the whole instance. Each process keeps them in memory until somebody changes them, here or in another
//! process, so that whoever needs them on every request can ask for them on every request.

mod update;

use std::sync::{Arc, PoisonError, RwLock};

use model::instance::InstanceSettings;
use model::{Error, Result};
use serde_json::{Map, Value};
use store::changes::Moment;
use store::{Conn, Tx};

use crate::Services;

pub use update::{Updated, get, update};

/// Settings, and the moment before which they were read.
type Known = (Moment, Arc<InstanceSettings>);

/// The settings as this process knows them. Cheap to clone; clones know the same.
#[derive(Debug, Clone, Default)]
pub struct Kept(Arc<RwLock<Option<Known>>>);

impl Kept {
    fn get(&self) -> Option<Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, moment: Moment, settings: Arc<InstanceSettings>) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody who began later may have been faster.
        if kept.as_ref().is_none_or(|(known, _)| *known <= moment) {
            *kept = Some((moment, settings));
        }
    }
}

/// The settings as they are now.
///
/// # Errors
/// When the database cannot be read, or holds what this version cannot read.
pub async fn load(cx: &Services) -> Result<InstanceSettings> {
    Ok(InstanceSettings::clone(&*shared(cx).await?))
}

/// As [`load`], without a copy.
pub async fn shared(cx: &Services) -> Result<Arc<InstanceSettings>> {
    let changes = cx.db.changes();
    if let Some((moment, settings)) = cx.instance.get()
        && changes.is_current(&changes.settings(), moment)
    {
        return Ok(settings);
    }
    let moment = changes.now();
    let settings = {
        let mut lease = cx.db.acquire().await?;
        Arc::new(read(lease.conn()).await?)
    };
    cx.instance.put(moment, settings.clone());
    Ok(settings)
}

/// As [`shared`]; while the database cannot be read, the settings that were known last.
///
/// # Errors
/// When they were never known.
pub async fn shared_or_known(cx: &Services) -> Result<Arc<InstanceSettings>> {
    match shared(cx).await {
        Err(error) => cx.instance.get().map(|(_, settings)| settings).ok_or(error),
        known => known,
    }
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

/// As [`shared`], inside a transaction: what memory does not know is read by its connection, because there may be no other.
pub(crate) async fn shared_in(cx: &Services, tx: &mut Tx) -> Result<Arc<InstanceSettings>> {
    let changes = cx.db.changes();
    if let Some((moment, settings)) = cx.instance.get()
        && changes.is_current(&changes.settings(), moment)
    {
        return Ok(settings);
    }
    Ok(Arc::new(read(tx.conn()).await?))
}

/// Keeps one setting. `name` is that of the field of [`InstanceSettings`], or of a sealed secret beside them.
pub(crate) async fn set(cx: &Services, tx: &mut Tx, name: &str, value: &Value) -> Result<()> {
    Ok(store::instance_settings::set(tx, name, value, cx.clock.now()).await?)
}
