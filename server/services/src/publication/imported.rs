//! Entries that an import makes public, and what taking it back makes of them. An import brings thousands, so what
//! [`super::publish_in`] does for one is done here for all at once; what comes of it is the same, but for letters: what is
//! imported has been told elsewhere long ago.

use std::collections::HashMap;

use model::entries::Entry;
use model::jobs::JobKind;
use model::{EntryId, ImportId, JobId, ProjectId, Result, UserId};
use serde_json::json;
use store::imports::publication::{self as stored, State};
use store::jobs::NewJob;
use store::{Tx, jobs, plans};

use super::outbox::{self, PUBLISHED, SCHEDULED, Told, UNPUBLISHED, UNSCHEDULED};
use super::plan::job_about;
use crate::Services;
use crate::access::Actor;
use crate::entries::save_as;
use crate::history::Why;

/// How many entries an import made public and scheduled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Imported {
    pub published: usize,
    pub scheduled: usize,
}

/// The entries that an import is about to overwrite, as they are.
pub(crate) async fn before_import(tx: &mut Tx, project: &ProjectId, id: &ImportId) -> Result<Vec<State>> {
    Ok(stored::states(tx.conn(), project, id).await?)
}

/// Sees to everything that follows from what an import has just written in the same transaction: jobs for what goes live
/// later, an end to schedules and requests that are over, and an event for each entry.
pub(crate) async fn imported_in(
    cx: &Services,
    tx: &mut Tx,
    project: &ProjectId,
    id: &ImportId,
    by: Option<&UserId>,
    before: &[State],
) -> Result<Imported> {
    let now = cx.clock.now();
    let before: HashMap<&EntryId, &State> = before.iter().map(|state| (&state.id, state)).collect();
    stored::set_scheduled_by(tx.conn(), project, id, by).await?;
    stored::end_plans(tx.conn(), project, id).await?;
    stored::cancel_jobs(tx.conn(), id, now).await?;
    let after = stored::states(tx.conn(), project, id).await?;
    let (mut events, mut planned) = (Vec::new(), Vec::new());
    let mut count = Imported::default();
    for state in &after {
        let old = before.get(&state.id);
        let was_public = old.is_some_and(|old| old.published_at.is_some());
        let planned_before = old.and_then(|old| old.scheduled_at);
        let mut told = |kind, is_first| events.push(outbox::event(cx, project, kind, is_first, &told_of(state, by)));
        if state.published_at.is_some() {
            if !was_public {
                count.published += 1;
                told(PUBLISHED, !old.is_some_and(|old| old.was_published));
            }
        } else if was_public {
            told(UNPUBLISHED, false);
        }
        if state.published_at.is_none() && state.scheduled_at != planned_before {
            told(if state.scheduled_at.is_some() { SCHEDULED } else { UNSCHEDULED }, false);
        }
        if let (None, Some(at)) = (state.published_at, state.scheduled_at)
            && planned_before != Some(at)
        {
            count.scheduled += 1;
            planned.push(NewJob {
                id: cx.random.id(now, JobId::compose),
                kind: JobKind::PublishEntry,
                entity_id: state.id.to_string(),
                project_id: Some(project.clone()),
                entry_id: Some(state.id.clone()),
                payload: json!({ "userId": by, "notify": false }),
                scheduled_at: at,
                created_at: now,
            });
        }
    }
    jobs::insert_all(tx.conn(), &planned).await?;
    store::outbox::insert_all(tx.conn(), &events).await?;
    stored::settle_requests(tx.conn(), id, by, now).await?;
    Ok(count)
}

fn told_of<'s>(state: &'s State, by: Option<&'s UserId>) -> Told<'s> {
    Told {
        entry: &state.id,
        title: &state.title,
        version: state.version.as_deref(),
        published_at: state.published_at,
        scheduled_at: state.scheduled_at,
        lock_version: state.lock_version,
        by,
        by_job: false,
        by_import: true,
        notify: Some(false),
    }
}

/// Nothing that was planned for the entries that an import created happens any more; they are about to go.
pub(crate) async fn forget_created(tx: &mut Tx, project: &ProjectId, id: &ImportId) -> Result<()> {
    Ok(stored::forget_plans(tx.conn(), project, id).await?)
}

/// Ends the jobs about entries that are gone.
pub(crate) async fn end_jobs_of_gone(cx: &Services, tx: &mut Tx, id: &ImportId) -> Result<()> {
    Ok(stored::cancel_jobs(tx.conn(), id, cx.clock.now()).await?)
}

/// Saves an entry, read in the same transaction, as it was before an import: with the state it had then.
pub(crate) async fn taken_back_in(
    cx: &Services,
    tx: &mut Tx,
    actor: &Actor,
    old: &Entry,
    new: Entry,
    why: Why<'_>,
) -> Result<Entry> {
    let now = cx.clock.now();
    let new = save_as(cx, tx, actor, new, why).await?;
    let told = |entry: &Entry, kind, is_first| {
        let told = Told { by_import: true, notify: Some(false), ..Told::of(actor, entry) };
        outbox::event(cx, &entry.project_id, kind, is_first, &told)
    };
    let mut events = Vec::new();
    match (old.published_at, new.published_at) {
        (Some(_), None) => events.push(told(&new, UNPUBLISHED, false)),
        // The public has seen it before.
        (None, Some(_)) => events.push(told(&new, PUBLISHED, false)),
        _ => {}
    }
    let is_plan_new = old.scheduled_at != new.scheduled_at;
    if is_plan_new {
        jobs::cancel(tx.conn(), JobKind::PublishEntry, &new.id, now).await?;
        let by = new.scheduled_at.map(|_| actor.id());
        plans::set_scheduled_by(tx.conn(), &new.project_id, &new.id, by).await?;
    }
    if let Some(at) = new.scheduled_at.filter(|_| is_plan_new) {
        jobs::insert(tx.conn(), &job_about(cx, JobKind::PublishEntry, &new, at, actor.id())).await?;
        events.push(told(&new, SCHEDULED, false));
    } else if is_plan_new && new.published_at.is_none() {
        events.push(told(&new, UNSCHEDULED, false));
    }
    if new.published_at.is_none() && new.scheduled_at.is_none() {
        super::forget_plans(cx, tx, &new).await?;
    }
    store::outbox::insert_all(tx.conn(), &events).await?;
    Ok(new)
}
