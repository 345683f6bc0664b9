//! Small things that deserve a line and no entry of their own. Whoever writes entries adds them, from anywhere; an entry
//! takes along what waits, in the transaction that changes its text, so that no note is lost or told twice.

use model::entries::{Entry, EntryState};
use model::quick_notes::{QuickNote, append, checked};
use model::{EntryId, Error, QuickNoteId, Result};
use serde_json::json;
use store::quick_notes;

use crate::Services;
use crate::access::{Grant, ReadEntries, WriteEntries};
use crate::audit::{self, Event};
use crate::condition::Always;
use crate::entries as entry_services;
use crate::history::Why;
use crate::projects::begin;

/// How many notes may wait in a project.
pub const MOST: i64 = 200;

/// What waits, oldest first.
pub async fn list(cx: &Services, may: &Grant<ReadEntries>) -> Result<Vec<QuickNote>> {
    let mut lease = cx.db.acquire().await?;
    Ok(quick_notes::list(lease.conn(), may.project_id()).await?)
}

/// Adds a line.
///
/// # Errors
/// `Invalid` naming `text`; `Conflict` when [`MOST`] wait already.
pub async fn add(cx: &Services, may: &Grant<WriteEntries>, text: &str) -> Result<QuickNote> {
    let text = checked(text)?;
    let mut tx = begin(cx, may.project_id()).await?;
    if quick_notes::count(tx.conn(), may.project_id()).await? >= MOST {
        return Err(Error::conflict(format!("{MOST} notes wait already. Put them into an entry first.")));
    }
    let now = cx.clock.now();
    let by = entry_services::author(may.actor());
    let author = by.as_ref().map(|_| may.actor().user.display_name().to_owned());
    let id = cx.random.id(now, QuickNoteId::compose);
    let note = QuickNote { id, project_id: may.project_id().clone(), text, author, created_at: now };
    quick_notes::insert(tx.conn(), &note, by.as_ref()).await?;
    let event = Event {
        action: "CREATE_QUICK_NOTE",
        project: Some(may.project_id()),
        entity: Some(note.id.as_str()),
        details: json!({ "text": note.text }),
        ..Event::default()
    };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(note)
}

/// Removes a note that nobody needs to hear of.
///
/// # Errors
/// `NotFound`.
pub async fn delete(cx: &Services, may: &Grant<WriteEntries>, id: &QuickNoteId) -> Result<()> {
    let mut tx = begin(cx, may.project_id()).await?;
    if !quick_notes::delete(tx.conn(), may.project_id(), id).await? {
        return Err(Error::NotFound);
    }
    let event = Event {
        action: "DELETE_QUICK_NOTE",
        project: Some(may.project_id()),
        entity: Some(id.as_str()),
        ..Event::default()
    };
    audit::record(cx, tx.conn(), may.actor(), event).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts every note that waits into an entry, under one heading, if the entry was not changed since `lock_version`.
///
/// # Errors
/// `NotFound`, `EditedElsewhere`, and as a change of the entry by hand.
pub async fn take(cx: &Services, may: &Grant<WriteEntries>, id: &EntryId, lock_version: i64) -> Result<Entry> {
    let (mut tx, old) = entry_services::open(cx, may.project_id(), id, &Always).await?;
    if old.lock_version != lock_version {
        return Err(Error::EditedElsewhere { current: Box::new(old) });
    }
    if old.state() != EntryState::Draft {
        entry_services::may_publish(may)?;
    }
    let notes = quick_notes::list(tx.conn(), may.project_id()).await?;
    if notes.is_empty() {
        return Ok(old);
    }
    let lines: Vec<&str> = notes.iter().map(|note| note.text.as_str()).collect();
    let content = append(&old.content, &lines);
    let length = content.chars().count();
    if length > model::entries::MAX_CONTENT {
        let message = format!(
            "With the notes the text has {length} characters; at most {} are allowed.",
            model::entries::MAX_CONTENT
        );
        return Err(Error::field("content", message));
    }
    let new = Entry { excerpt: markdown::excerpt(&content), content, ..old };
    let new = entry_services::save_as(cx, &mut tx, may.actor(), new, Why::Manual).await?;
    for note in &notes {
        quick_notes::delete(tx.conn(), may.project_id(), &note.id).await?;
    }
    let details = json!({ "contentChanged": true, "quickNotes": notes.len() });
    entry_services::record(cx, &mut tx, may.actor(), "UPDATE_CHANGELOG_ENTRY_SUCCESS", &new, details).await?;
    if new.published_at.is_some() {
        store::projects::touch(&mut tx, may.project_id()).await?;
    }
    tx.commit().await?;
    Ok(new)
}
