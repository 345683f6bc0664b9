//! Small things that wait for an entry to take them along: what the editor asks the server for.

use leptos::prelude::*;
use model::entries::Entry;
use model::quick_notes::QuickNote;
use model::{EntryId, ProjectId, QuickNoteId, Result};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::{ReadEntries, WriteEntries};

/// The notes that wait in a project, oldest first.
#[server(prefix = "/rpc", endpoint = "quick-notes/list")]
pub async fn list_quick_notes(project: ProjectId) -> Result<Vec<QuickNote>> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::quick_notes::list(&cx.services, &may).await
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "quick-notes/add")]
pub async fn add_quick_note(project: ProjectId, text: String) -> Result<QuickNote> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        services::quick_notes::add(&cx.services, &may, &text).await
    })
    .await
}

#[server(prefix = "/rpc", endpoint = "quick-notes/delete")]
pub async fn delete_quick_note(project: ProjectId, note: QuickNoteId) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        services::quick_notes::delete(&cx.services, &may, &note).await
    })
    .await
}

/// Puts every note that waits into an entry that nobody changed since `lock_version`.
#[server(prefix = "/rpc", endpoint = "quick-notes/take")]
pub async fn take_quick_notes(
    project: ProjectId,
    entry: EntryId,
    #[server(default)] lock_version: i64,
) -> Result<Entry> {
    act(async |cx| {
        let may = cx.grant::<WriteEntries>(&project).await?;
        services::quick_notes::take(&cx.services, &may, &entry, lock_version).await
    })
    .await
}
