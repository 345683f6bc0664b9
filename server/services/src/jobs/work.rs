//! What is done about each kind of job. The job is ended first, in the transaction of what it does: whoever lost it
//! meanwhile does nothing, and what fails leaves the job to be tried again.

use std::time::Duration as StdDuration;

use chrono::{Duration, NaiveTime};
use model::entries::Entry;
use model::jobs::{JobKind, KEPT_DAYS};
use model::users::{SYSTEM_ID, User};
use model::{Error, JobId, Result, UserId};
use serde_json::json;
use store::jobs::{self, ClaimedJob, NewJob};
use store::{Tx, change_requests, entries, plans};

use super::run::LEASE;
use crate::Services;
use crate::access::Actor;
use crate::audit::{self, Event};
use crate::mail::{self, Queued, letters};
use crate::publication::{abort_in, outbox, publish_with, set_pin_in, unpublish_in};

/// Between two signs of life.
const ALIVE_EVERY: StdDuration = StdDuration::from_secs(5);
/// No job needs longer.
const PATIENCE: StdDuration = StdDuration::from_secs(60);
/// How long to wait after a failure: four attempts, the last after half an hour.
const WAITS: [Duration; 3] = [Duration::minutes(1), Duration::minutes(5), Duration::minutes(25)];
/// How long to wait when the database is what failed, which is no fault of the job.
const BREATH: Duration = Duration::seconds(5);
/// When the daily clean-up is due, UTC.
const CLEAN_UP: NaiveTime = match NaiveTime::from_hms_opt(3, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Does a job that `holder` holds, and ends it in one way or another.
pub(super) async fn see_to(cx: Services, holder: String, job: ClaimedJob) {
    let done = tokio::select! {
        done = tokio::time::timeout(PATIENCE, execute(&cx, &holder, &job)) => done,
        never = stay_alive(&cx, &holder) => match never {},
    };
    let error = match done {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(_) => Error::conflict("It took longer than a minute."),
    };
    if let Err(also) = fail(&cx, &holder, &job, &error).await {
        // Then the lease runs out, and somebody takes it over.
        tracing::warn!(job.id = %job.id, error = %also, "A failure of job {} could not be noted", job.id);
    }
}

enum Never {}

async fn stay_alive(cx: &Services, holder: &str) -> Never {
    loop {
        tokio::time::sleep(ALIVE_EVERY).await;
        if let Err(error) = give_sign(cx, holder).await {
            tracing::warn!(%error, "A sign of life could not be given; it is tried again");
        }
    }
}

async fn give_sign(cx: &Services, holder: &str) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    jobs::stay_alive(tx.conn(), holder, cx.clock.now() + LEASE).await?;
    Ok(tx.commit().await?)
}

async fn execute(cx: &Services, holder: &str, job: &ClaimedJob) -> Result<()> {
    let now = cx.clock.now();
    let held = match &job.project_id {
        Some(project) => cx.db.begin_in(project).await?,
        None => None,
    };
    let is_project_gone = job.project_id.is_some() && held.is_none();
    let mut tx = match held {
        Some(tx) => tx,
        None => cx.db.begin().await?,
    };
    if !jobs::complete(tx.conn(), &job.id, holder, now).await? {
        return Ok(());
    }
    let note = if is_project_gone { Some("The project is gone.") } else { act(cx, &mut tx, job).await? };
    if let Some(note) = note {
        jobs::note(tx.conn(), &job.id, note).await?;
    }
    tx.commit().await?;
    tracing::debug!(job.id = %job.id, kind = job.kind.as_str(), note, "Job {} is done", job.id);
    Ok(())
}

/// Does what the job is for; or says why there is nothing to do.
async fn act(cx: &Services, tx: &mut Tx, job: &ClaimedJob) -> Result<Option<&'static str>> {
    if job.kind == JobKind::PurgeExpired {
        purge(cx, tx).await?;
        return Ok(None);
    }
    let entry = match (&job.project_id, &job.entry_id) {
        (Some(project), Some(entry)) => entries::find(tx.conn(), project, entry).await?,
        _ => None,
    };
    let Some(entry) = entry else { return Ok(Some("The entry is gone.")) };
    let planner = planner(tx, job).await?;
    let actor = Actor::job(cx.clock.now(), planner.clone())?;
    match job.kind {
        JobKind::PublishEntry => publish(cx, tx, job, &actor, planner.as_ref(), entry).await,
        JobKind::UnpublishEntry => unpublish(cx, tx, job, &actor, entry).await,
        JobKind::UnpinEntry => unpin(cx, tx, job, &actor, entry).await,
        JobKind::PurgeExpired => Ok(None),
    }
}

/// Whoever planned the job, while they have an account.
async fn planner(tx: &mut Tx, job: &ClaimedJob) -> Result<Option<User>> {
    let id = job.payload.get("userId").and_then(|id| id.as_str()).filter(|id| *id != SYSTEM_ID);
    match id.and_then(|id| id.parse::<UserId>().ok()) {
        Some(id) => Ok(store::users::find(tx.conn(), &id).await?),
        None => Ok(None),
    }
}

async fn publish(
    cx: &Services,
    tx: &mut Tx,
    job: &ClaimedJob,
    actor: &Actor,
    planner: Option<&User>,
    entry: Entry,
) -> Result<Option<&'static str>> {
    if entry.published_at.is_some() {
        return Ok(Some("The entry was public already."));
    }
    if entry.scheduled_at != Some(job.scheduled_at) {
        return Ok(Some("The entry is not planned for this time any more."));
    }
    if change_requests::is_schedule_undecided(tx.conn(), &entry.project_id, &entry.id).await? {
        abort_in(cx, tx, actor, entry).await?;
        return Ok(Some("An administrator had still to decide about this schedule, so the entry is a draft again."));
    }
    // Late or not, the entry has the date it was meant to have; an administrator may have asked for it early.
    let date = job.scheduled_at.min(cx.clock.now());
    let notify = job.payload.get("notify").and_then(serde_json::Value::as_bool);
    let entry = publish_with(cx, tx, actor, entry, Some(date), notify).await?;
    if let Some(planner) = planner {
        tell(cx, tx, actor, planner, &entry).await?;
    }
    Ok(None)
}

async fn unpublish(
    cx: &Services,
    tx: &mut Tx,
    job: &ClaimedJob,
    actor: &Actor,
    entry: Entry,
) -> Result<Option<&'static str>> {
    if entry.published_at.is_none() {
        return Ok(Some("The entry was not public."));
    }
    let plan = plans::find(tx.conn(), &entry.project_id, &entry.id).await?;
    if plan.and_then(|plan| plan.expires_at) != Some(job.scheduled_at) {
        return Ok(Some("The entry does not expire at this time any more."));
    }
    unpublish_in(cx, tx, actor, entry).await?;
    Ok(None)
}

async fn unpin(
    cx: &Services,
    tx: &mut Tx,
    job: &ClaimedJob,
    actor: &Actor,
    entry: Entry,
) -> Result<Option<&'static str>> {
    let plan = plans::find(tx.conn(), &entry.project_id, &entry.id).await?;
    if plan.and_then(|plan| plan.pinned_until) != Some(job.scheduled_at) {
        return Ok(Some("The entry is not pinned until this time any more."));
    }
    set_pin_in(cx, tx, actor, &entry, None).await?;
    Ok(None)
}

/// Writes to whoever scheduled an entry that it is public now, if they want such letters.
async fn tell(cx: &Services, tx: &mut Tx, actor: &Actor, planner: &User, entry: &Entry) -> Result<()> {
    let settings = store::user_settings::find(tx.conn(), &planner.id).await?;
    if planner.disabled_at.is_some() || settings.is_some_and(|settings| !settings.enable_notifications) {
        return Ok(());
    }
    let Some(project) = store::projects::find(tx.conn(), &entry.project_id).await? else { return Ok(()) };
    let zone = crate::zones::of(cx, &project).await?;
    let at = entry.published_at.map(|at| zone.moment(at)).unwrap_or_default();
    let letter = letters::went_live(&planner.email, &entry.title, entry.version.as_deref(), &project.name, &at)
        .page("Open it in Tidings", &format!("/dashboard/projects/{}/changelog/{}", entry.project_id, entry.id))
        .text("You can switch such letters off in your account.");
    if mail::queue(cx, tx.conn(), letter).await? == Queued::Waiting {
        let event = Event {
            action: "SCHEDULE_NOTIFICATION_SENT",
            target: Some(&planner.id),
            project: Some(&entry.project_id),
            entity_type: Some("entry"),
            entity: Some(entry.id.as_str()),
            details: json!({ "title": entry.title }),
            ..Event::default()
        };
        audit::record(cx, tx.conn(), actor, event).await?;
    }
    Ok(())
}

/// Deletes what is kept for a while only, and plans the next time.
async fn purge(cx: &Services, tx: &mut Tx) -> Result<()> {
    let now = cx.clock.now();
    let gone = jobs::purge(tx.conn(), now - Duration::days(KEPT_DAYS)).await?;
    let events = outbox::purge(cx, tx).await?;
    if gone + events > 0 {
        let event = Event {
            action: "SCHEDULED_JOBS_CLEANUP",
            details: json!({ "jobs": gone, "events": events }),
            ..Event::default()
        };
        audit::record(cx, tx.conn(), &Actor::job(now, None)?, event).await?;
    }
    let tomorrow = now.date_naive().succ_opt().map_or(now + Duration::days(1), |day| day.and_time(CLEAN_UP).and_utc());
    Ok(jobs::insert_unless_open(tx.conn(), &purge_job(cx, tomorrow)).await?)
}

/// Sees to it that the clean-up happens, now and then every day.
///
/// # Errors
/// When the database cannot be written.
pub async fn plan_purge(cx: &Services) -> Result<()> {
    let mut tx = cx.db.begin().await?;
    jobs::insert_unless_open(tx.conn(), &purge_job(cx, cx.clock.now())).await?;
    Ok(tx.commit().await?)
}

fn purge_job(cx: &Services, at: model::time::Timestamp) -> NewJob {
    let now = cx.clock.now();
    NewJob {
        id: cx.random.id(now, JobId::compose),
        kind: JobKind::PurgeExpired,
        entity_id: "instance".to_owned(),
        project_id: None,
        entry_id: None,
        payload: json!({}),
        scheduled_at: at,
        created_at: now,
    }
}

/// Notes what went wrong; the job is tried again, or given up for a person to look at.
async fn fail(cx: &Services, holder: &str, job: &ClaimedJob, error: &Error) -> Result<()> {
    let now = cx.clock.now();
    let reason = reason(error);
    let mut tx = cx.db.begin().await?;
    if let Error::Unavailable { .. } = error {
        jobs::put_off(tx.conn(), &job.id, holder, &reason, now + BREATH, now).await?;
        tx.commit().await?;
        tracing::warn!(job.id = %job.id, %error, "Job {} found the database busy or away; it is tried again", job.id);
        return Ok(());
    }
    let tried = usize::try_from(job.retry_count).unwrap_or(usize::MAX);
    let wait = WAITS.get(tried).filter(|_| job.retry_count < job.max_retries);
    if !jobs::fail(tx.conn(), &job.id, holder, &reason, wait.map(|wait| now + *wait), now).await? {
        return Ok(());
    }
    if wait.is_none() {
        let action = match job.kind {
            JobKind::PublishEntry => "CHANGELOG_ENTRY_AUTO_PUBLISH_FAILED",
            _ => "SCHEDULED_JOB_FAILED",
        };
        let entity = job.entry_id.as_ref().map_or(job.id.as_str(), |entry| entry.as_str());
        let event = Event {
            action,
            project: job.project_id.as_ref(),
            entity_type: Some(if job.entry_id.is_some() { "entry" } else { "job" }),
            entity: Some(entity),
            details: json!({ "type": job.kind, "jobId": job.id, "error": reason }),
            ..Event::default()
        };
        audit::record(cx, tx.conn(), &Actor::job(now, None)?, event).await?;
        tracing::error!(job.id = %job.id, %error, "Job {} failed and was given up", job.id);
    } else {
        tracing::warn!(job.id = %job.id, %error, "Job {} failed; it is tried again", job.id);
    }
    Ok(tx.commit().await?)
}

/// What went wrong, with the fields that are wrong.
fn reason(error: &Error) -> String {
    match error {
        Error::Invalid { fields } => fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" "),
        other => other.to_string(),
    }
}
