//! Who has an entry open in the editor: editors give a sign of life and hear who else does. Rows in the database, so that
//! it does not matter which instance answers.

use chrono::Duration;
use model::presence::{Around, GONE_AFTER};
use model::{EntryId, Error, Result};
use store::{entries, presence};

use crate::Services;
use crate::access::{Grant, WriteEntries};

/// Notes that the caller has an entry open, and tells who else does.
///
/// # Errors
/// `NotFound` when the entry is not in the project.
pub async fn beat(cx: &Services, may: &Grant<WriteEntries>, entry: &EntryId, is_writing: bool) -> Result<Around> {
    let now = cx.clock.now();
    let since = now - Duration::seconds(GONE_AFTER);
    let person = may.actor().id();
    let mut tx = cx.db.begin().await?;
    let stored = entries::find(tx.conn(), may.project_id(), entry).await?.ok_or(Error::NotFound)?;
    presence::note(tx.conn(), entry, person, is_writing, now).await?;
    presence::forget(tx.conn(), since).await?;
    let others = presence::others(tx.conn(), entry, person, since).await?;
    tx.commit().await?;
    Ok(Around { others, lock_version: stored.lock_version })
}

/// Notes that the caller has closed an entry.
pub async fn leave(cx: &Services, may: &Grant<WriteEntries>, entry: &EntryId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    presence::leave(tx.conn(), entry, may.actor().id()).await?;
    tx.commit().await?;
    Ok(())
}
