//! Schedules of entries.

use axum::Json;
use axum::extract::State;
use model::Error;
use model::time::to_wire;
use services::access::{PublishEntries, ReadEntries};
use services::{Services, entries, publication};

use crate::extract::{Body, EntryPath, May};
use crate::problem::{Problem, ProblemBody};
use crate::wire;

/// Read the schedule of an entry.
///
/// When it goes live, and what has been and will be done about it at a moment.
#[utoipa::path(
    get,
    path = "/api/projects/{projectId}/changelog/{entryId}/schedule",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry.")
    ),
    responses((status = 200, description = "The schedule.", body = wire::EntrySchedule)),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:read"])))
)]
pub(crate) async fn get_schedule(
    State(cx): State<Services>,
    May(may): May<ReadEntries>,
    EntryPath(id): EntryPath,
) -> Result<Json<wire::EntrySchedule>, Problem> {
    let entry = entries::get(&cx, &may, &id).await?;
    let jobs = publication::jobs_of(&cx, &may, &id).await?;
    Ok(Json(wire::EntrySchedule::new(entry, jobs)))
}

/// Schedule or unschedule an entry.
///
/// At its time the entry becomes public by itself, once, also after downtime. Scheduling again replaces. Staff may where
/// they may publish without approval.
#[utoipa::path(
    post,
    path = "/api/projects/{projectId}/changelog/{entryId}/schedule",
    tag = "Entries",
    params(
        ("projectId" = String, Path, description = "Id of the project."),
        ("entryId" = String, Path, description = "Id of the entry.")
    ),
    request_body = wire::ScheduleChange,
    responses(
        (status = 200, description = "It is done.", body = wire::ScheduleChanged),
        (
            status = 400,
            description = "The time is missing or less than a minute ahead, or the entry is not scheduled.",
            body = ProblemBody
        ),
        (status = 409, description = "The entry is published already.", body = ProblemBody)
    ),
    security(("key" = []), ("token" = []), ("cookie" = [])),
    extensions(("x-required-scopes" = json!(["changelog:publish"])))
)]
pub(crate) async fn change_schedule(
    State(cx): State<Services>,
    May(may): May<PublishEntries>,
    EntryPath(id): EntryPath,
    Body(change): Body<wire::ScheduleChange>,
) -> Result<Json<wire::ScheduleChanged>, Problem> {
    let (entry, job, message) = match (change.action, change.scheduled_at) {
        (wire::ScheduleAction::Unschedule, _) => {
            let entry = publication::unschedule(&cx, &may, &id).await?;
            (entry, None, "The entry is a draft again.".to_owned())
        }
        (wire::ScheduleAction::Schedule, Some(at)) => {
            let scheduled = publication::schedule(&cx, &may, &id, at).await?;
            (scheduled.entry, Some(scheduled.job), format!("The entry goes live at {}.", to_wire(at)))
        }
        (wire::ScheduleAction::Schedule, None) => {
            return Err(Error::field("scheduledAt", "Say when: scheduledAt is a date.").into());
        }
    };
    Ok(Json(wire::ScheduleChanged {
        success: true,
        message,
        entry: entry.into(),
        job_id: job.map(|job| job.to_string()),
    }))
}
