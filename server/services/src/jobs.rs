//! Work that is due at a moment: what is planned, who does it ([`run`](mod@run)), what is done ([`work`]), and what
//! administrators do about it.
//!
//! A job lies in the database. Whoever runs jobs takes some for a lease, and ends each in the transaction that does it,
//! so that it is done once however many instances run, and whenever one of them dies.

mod run;
mod work;

use model::jobs::{Job, JobCounts, JobKind, JobLine, JobStatus};
use model::pages::{Cursor, Page};
use model::{Error, JobId, Result};
use serde_json::json;
use store::{Tx, entries, jobs};

pub use run::{run, run_due};
pub use work::plan_purge;

use crate::Services;
use crate::access::{InstanceGrant, ManageInstance};
use crate::audit::{self, Event};
use crate::publication::{set_expiry_in, set_pin_in, unschedule_in};

/// Jobs by the moment they are due, the latest first.
///
/// # Errors
/// When the database cannot be read.
pub async fn list(
    cx: &Services,
    _may: &InstanceGrant<ManageInstance>,
    status: Option<JobStatus>,
    kind: Option<JobKind>,
    after: Option<&Cursor>,
    limit: usize,
) -> Result<Page<JobLine>> {
    let mut lease = cx.db.acquire().await?;
    Ok(jobs::list(lease.conn(), status, kind, after, limit.clamp(1, 100)).await?)
}

/// How many jobs are in each status.
///
/// # Errors
/// When the database cannot be read.
pub async fn counts(cx: &Services, _may: &InstanceGrant<ManageInstance>) -> Result<JobCounts> {
    let mut lease = cx.db.acquire().await?;
    Ok(jobs::count(lease.conn()).await?)
}

/// Has a job that waits done now, whenever it is due.
///
/// # Errors
/// `NotFound`; `Conflict` for a job that does not wait.
pub async fn hurry(cx: &Services, may: &InstanceGrant<ManageInstance>, id: &JobId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let job = jobs::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    if !jobs::hurry(tx.conn(), id, cx.clock.now()).await? {
        return Err(not_waiting(&job));
    }
    record(cx, &mut tx, may, "SCHEDULED_JOB_EXECUTED", &job).await?;
    Ok(tx.commit().await?)
}

/// Has a job that failed tried again, now and with all its attempts.
///
/// # Errors
/// `NotFound`; `Conflict` for a job that has not failed, and when the same was planned anew.
pub async fn retry(cx: &Services, may: &InstanceGrant<ManageInstance>, id: &JobId) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    let job = jobs::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
    match jobs::retry(tx.conn(), id, cx.clock.now()).await {
        Ok(true) => {}
        Ok(false) => return Err(Error::conflict("Only a job that failed can be tried again. Nothing was changed.")),
        Err(store::Error::Duplicate) => {
            return Err(Error::conflict("The same has been planned anew, and waits. Nothing was changed."));
        }
        Err(error) => return Err(error.into()),
    }
    record(cx, &mut tx, may, "SCHEDULED_JOB_RETRIED", &job).await?;
    Ok(tx.commit().await?)
}

/// Cancels a job that waits, and takes the plan away from its entry, as whoever made it could have done.
///
/// # Errors
/// `NotFound`; `Conflict` for a job that does not wait.
pub async fn cancel(cx: &Services, may: &InstanceGrant<ManageInstance>, id: &JobId) -> Result<()> {
    let found = {
        let mut lease = cx.db.acquire().await?;
        jobs::find(lease.conn(), id).await?.ok_or(Error::NotFound)?
    };
    // The project is held before the job, as whoever does the job holds them.
    let held = match &found.project_id {
        Some(project) => cx.db.begin_in(project).await?,
        None => None,
    };
    let mut tx = match held {
        Some(tx) => tx,
        None => cx.db.begin().await?,
    };
    if !jobs::cancel_one(tx.conn(), id, cx.clock.now()).await? {
        let job = jobs::find(tx.conn(), id).await?.ok_or(Error::NotFound)?;
        return Err(not_waiting(&job));
    }
    record(cx, &mut tx, may, "SCHEDULED_JOB_CANCELLED", &found).await?;
    let entry = match (&found.project_id, &found.entry_id) {
        (Some(project), Some(entry)) => entries::find(tx.conn(), project, entry).await?,
        _ => None,
    };
    if let Some(entry) = entry {
        let actor = may.actor();
        match found.kind {
            JobKind::PublishEntry if entry.published_at.is_none() && entry.scheduled_at.is_some() => {
                unschedule_in(cx, &mut tx, actor, entry).await?;
            }
            JobKind::UnpublishEntry => set_expiry_in(cx, &mut tx, actor, &entry, None).await?,
            JobKind::UnpinEntry => set_pin_in(cx, &mut tx, actor, &entry, None).await?,
            JobKind::PublishEntry | JobKind::PurgeExpired => {}
        }
    }
    Ok(tx.commit().await?)
}

fn not_waiting(job: &Job) -> Error {
    Error::conflict(match job.status {
        JobStatus::Running => "This job is running right now.",
        JobStatus::Completed => "This job is done.",
        JobStatus::Failed => "This job failed. It can be tried again.",
        JobStatus::Cancelled => "This job was cancelled.",
        JobStatus::Pending => "This job has just changed. Look again.",
    })
}

async fn record(
    cx: &Services,
    tx: &mut Tx,
    may: &InstanceGrant<ManageInstance>,
    action: &'static str,
    job: &Job,
) -> Result<()> {
    let details = json!({ "type": job.kind, "scheduledAt": job.scheduled_at, "entryId": job.entry_id });
    let event =
        Event { action, project: job.project_id.as_ref(), entity: Some(job.id.as_str()), details, ..Event::default() };
    audit::record(cx, tx.conn(), may.actor(), event).await
}
