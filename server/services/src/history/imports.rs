//! States of entries that an import overwrites, many at a time. What an import adds has no history yet.

use std::collections::HashMap;

use model::revisions::Reason;
use model::{ImportId, ProjectId, Result, RevisionId, UserId};
use store::imports::apply;
use store::revisions::NewRevision;
use store::{Tx, entries, revisions};

use super::write::{first, lines, name_of, says};
use crate::{Services, instance};

/// Entries that are in memory at the same time.
const AT_ONCE: usize = 100;

/// Keeps the states of entries that have no history and are about to be overwritten.
pub(crate) async fn before_import(cx: &Services, tx: &mut Tx, project: &ProjectId, job: &ImportId) -> Result<()> {
    let mut names: HashMap<UserId, Option<String>> = HashMap::new();
    let all = apply::overwritten(tx.conn(), job, true).await?;
    for ids in all.chunks(AT_ONCE) {
        let entries = entries::find_all(tx.conn(), project, ids).await?;
        for id in entries.iter().filter_map(|entry| entry.updated_by_id.as_ref()) {
            if !names.contains_key(id) {
                names.insert(id.clone(), name_of(tx.conn(), Some(id)).await?);
            }
        }
        let new: Vec<NewRevision<'_>> = entries
            .iter()
            .map(|entry| {
                let by = entry.updated_by_id.as_ref();
                first(cx, entry, by, by.and_then(|id| names.get(id)?.as_deref()))
            })
            .collect();
        revisions::insert_all(tx.conn(), &new).await?;
    }
    Ok(())
}

/// Keeps what entries say that were overwritten.
pub(crate) async fn after_import(
    cx: &Services,
    tx: &mut Tx,
    project: &ProjectId,
    job: &ImportId,
    by: Option<&UserId>,
) -> Result<()> {
    let now = cx.clock.now();
    let all = apply::overwritten(tx.conn(), job, false).await?;
    if all.is_empty() {
        return Ok(());
    }
    let name = name_of(tx.conn(), by).await?;
    for ids in all.chunks(AT_ONCE) {
        let newest = revisions::newest_of(tx.conn(), ids).await?;
        let entries = entries::find_all(tx.conn(), project, ids).await?;
        let new: Vec<NewRevision<'_>> = entries
            .iter()
            .filter_map(|entry| {
                let before = newest.get(&entry.id).filter(|newest| !says(newest, entry))?;
                let (lines_added, lines_removed) = lines(&before.content, &entry.content);
                Some(NewRevision {
                    id: cx.random.id(now, RevisionId::compose),
                    number: before.number + 1,
                    entry,
                    reason: Reason::Import,
                    lines_added,
                    lines_removed,
                    by,
                    by_name: name.as_deref(),
                    restored_from: None,
                    at: now,
                })
            })
            .collect();
        revisions::insert_all(tx.conn(), &new).await?;
    }
    if let Some(most) = instance::shared_in(cx, tx).await?.most_revisions() {
        for entry in revisions::overfull(tx.conn(), job, most).await? {
            revisions::prune(tx.conn(), &entry, most).await?;
        }
    }
    Ok(())
}
