//! Keeping states, where entries are saved.

use chrono::TimeDelta;
use model::entries::Entry;
use model::revisions::{AUTOSAVE_MINUTES, Reason};
use model::{EntryId, Error, ProjectId, Result, RevisionId, UserId};
use store::revisions::{NewRevision, Newest};
use store::{Conn, Tx, entries, revisions, users};

use crate::access::Actor;
use crate::entries::author;
use crate::{Services, instance};

/// Why an entry is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why<'r> {
    /// By itself, while somebody writes.
    Autosave,
    /// Because somebody said so.
    Manual,
    /// To show it to readers. This is kept even if the text is the same, because it says which text they saw when.
    Publish,
    /// To take up this revision again.
    Restore(&'r RevisionId),
}

impl Why<'_> {
    fn reason(self) -> Reason {
        match self {
            Why::Autosave => Reason::Autosave,
            Why::Manual => Reason::Manual,
            Why::Publish => Reason::Publish,
            Why::Restore(_) => Reason::Restore,
        }
    }
}

/// Keeps the first state of a new entry.
pub(crate) async fn keep_first(cx: &Services, tx: &mut Tx, actor: &Actor, entry: &Entry) -> Result<()> {
    let by = author(actor);
    let name = by.is_some().then(|| actor.user.display_name());
    let first = first(cx, entry, by.as_ref(), name);
    Ok(revisions::insert(tx.conn(), &first).await?)
}

/// The first revision of an entry: what it says since it was changed last.
pub(super) fn first<'e>(
    cx: &Services,
    entry: &'e Entry,
    by: Option<&'e UserId>,
    by_name: Option<&'e str>,
) -> NewRevision<'e> {
    NewRevision {
        id: cx.random.id(cx.clock.now(), RevisionId::compose),
        number: 1,
        entry,
        reason: Reason::Initial,
        lines_added: lines("", &entry.content).0,
        lines_removed: 0,
        by,
        by_name,
        restored_from: None,
        at: entry.updated_at,
    }
}

/// The newest kept state of an entry that is about to be written. Where there is none, the present one is kept.
pub(crate) async fn open(cx: &Services, tx: &mut Tx, project: &ProjectId, id: &EntryId) -> Result<Newest> {
    if let Some(newest) = revisions::newest(tx.conn(), id).await? {
        return Ok(newest);
    }
    let entry = entries::find(tx.conn(), project, id).await?.ok_or(Error::NotFound)?;
    let name = name_of(tx.conn(), entry.updated_by_id.as_ref()).await?;
    let first = first(cx, &entry, entry.updated_by_id.as_ref(), name.as_deref());
    revisions::insert(tx.conn(), &first).await?;
    revisions::newest(tx.conn(), id).await?.ok_or(Error::NotFound)
}

pub(super) async fn name_of(conn: Conn<'_>, id: Option<&UserId>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    Ok(users::find(conn, id).await?.map(|user| user.display_name().to_owned()))
}

/// Keeps the state of an entry that was just written, and gives the revision that has it.
pub(crate) async fn keep(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    newest: &Newest,
    entry: &Entry,
    why: Why<'_>,
) -> Result<RevisionId> {
    let by = author(actor);
    if says(newest, entry) {
        match why {
            Why::Autosave => return Ok(newest.id.clone()),
            Why::Manual => {
                hold_newest(tx, by.as_ref(), newest).await?;
                return Ok(newest.id.clone());
            }
            Why::Publish if newest.reason == Reason::Publish => return Ok(newest.id.clone()),
            Why::Publish | Why::Restore(_) => {}
        }
    }
    if why == Why::Autosave && is_replaceable(cx, newest, by.as_ref()) {
        let before = revisions::content_before(tx.conn(), &entry.id, newest.number).await?.unwrap_or_default();
        let changed = lines(&before, &entry.content);
        revisions::rewrite(tx.conn(), &newest.id, newest.label.as_deref(), entry, changed).await?;
        return Ok(newest.id.clone());
    }
    let (lines_added, lines_removed) = lines(&newest.content, &entry.content);
    let new = NewRevision {
        id: cx.random.id(entry.updated_at, RevisionId::compose),
        number: newest.number + 1,
        entry,
        reason: why.reason(),
        lines_added,
        lines_removed,
        by: by.as_ref(),
        by_name: by.is_some().then(|| actor.user.display_name()),
        restored_from: if let Why::Restore(from) = why { Some(from) } else { None },
        at: entry.updated_at,
    };
    revisions::insert(tx.conn(), &new).await?;
    if let Some(most) = instance::shared_in(cx, tx).await?.most_revisions() {
        revisions::prune(tx.conn(), &entry.id, most).await?;
    }
    Ok(new.id)
}

/// Keeps what the writer asked to save from being replaced by their next autosave, where an autosave was faster.
pub(crate) async fn hold(tx: &mut Tx, actor: &Actor, entry: &Entry) -> Result<()> {
    match revisions::newest(tx.conn(), &entry.id).await? {
        Some(newest) if says(&newest, entry) => hold_newest(tx, author(actor).as_ref(), &newest).await,
        _ => Ok(()),
    }
}

async fn hold_newest(tx: &mut Tx, by: Option<&UserId>, newest: &Newest) -> Result<()> {
    if newest.reason == Reason::Autosave && newest.created_by_id.as_ref() == by {
        revisions::set_reason(tx.conn(), &newest.id, Reason::Manual).await?;
    }
    Ok(())
}

/// Whether a revision has the state of an entry. A tag that was renamed is the same tag.
pub(super) fn says(newest: &Newest, entry: &Entry) -> bool {
    newest.title == entry.title
        && newest.content == entry.content
        && newest.version == entry.version
        && newest.tags.iter().map(|tag| &tag.id).eq(entry.tags.iter().map(|tag| &tag.id))
}

fn is_replaceable(cx: &Services, newest: &Newest, by: Option<&UserId>) -> bool {
    newest.reason == Reason::Autosave
        && !newest.pinned
        && newest.label.is_none()
        && newest.created_by_id.as_ref() == by
        && cx.clock.now() - newest.created_at < TimeDelta::minutes(AUTOSAVE_MINUTES)
}

/// Lines added and removed.
pub(super) fn lines(old: &str, new: &str) -> (i64, i64) {
    let (added, removed) = ::compare::count(old, new);
    (i64::try_from(added).unwrap_or(i64::MAX), i64::try_from(removed).unwrap_or(i64::MAX))
}
