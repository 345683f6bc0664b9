//! When an entry goes live by itself.

use model::entries;
use model::jobs::{Job, JobKind, JobStatus};
use model::time::{Timestamp, to_wire};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Fields, FromBody};

/// An entry as far as schedules are concerned.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduledEntry {
    id: String,
    title: String,
    #[schema(required = true, format = DateTime)]
    scheduled_at: Option<String>,
    #[schema(required = true, format = DateTime)]
    published_at: Option<String>,
}

impl From<entries::Entry> for ScheduledEntry {
    fn from(entry: entries::Entry) -> Self {
        Self {
            id: entry.id.to_string(),
            title: entry.title,
            scheduled_at: entry.scheduled_at.map(to_wire),
            published_at: entry.published_at.map(to_wire),
        }
    }
}

/// What is done at a moment.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduledJob {
    id: String,
    /// `PUBLISH_CHANGELOG_ENTRY`, `UNPUBLISH_CHANGELOG_ENTRY` or `UNPIN_CHANGELOG_ENTRY`.
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(format = DateTime)]
    scheduled_at: String,
    /// `PENDING`, `RUNNING`, `COMPLETED`, `FAILED` or `CANCELLED`.
    status: &'static str,
    /// What went wrong the last time it was tried.
    #[schema(required = true)]
    error_message: Option<String>,
}

impl From<Job> for ScheduledJob {
    fn from(job: Job) -> Self {
        Self {
            id: job.id.to_string(),
            kind: JobKind::as_str(job.kind),
            scheduled_at: to_wire(job.scheduled_at),
            status: JobStatus::as_str(job.status),
            error_message: job.error,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "entry": {
        "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "scheduledAt": "2026-03-10T07:00:00.000Z",
        "publishedAt": null
    },
    "jobs": [{
        "id": "cmkibag7i1mnbqns6puq80idw", "type": "PUBLISH_CHANGELOG_ENTRY",
        "scheduledAt": "2026-03-10T07:00:00.000Z", "status": "PENDING", "errorMessage": null
    }]
}))]
pub(crate) struct EntrySchedule {
    entry: ScheduledEntry,
    /// Newest first; what ended is kept for 30 days.
    jobs: Vec<ScheduledJob>,
}

impl EntrySchedule {
    pub fn new(entry: entries::Entry, jobs: Vec<Job>) -> Self {
        Self { entry: entry.into(), jobs: jobs.into_iter().map(ScheduledJob::from).collect() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "success": true, "message": "The entry goes live at 2026-03-10T07:00:00.000Z.",
    "entry": {
        "id": "cmk9ri19r0wyojfljooa5lqsa", "title": "Dark mode", "scheduledAt": "2026-03-10T07:00:00.000Z",
        "publishedAt": null
    },
    "jobId": "cmkibag7i1mnbqns6puq80idw"
}))]
pub(crate) struct ScheduleChanged {
    pub success: bool,
    /// What will happen, for people.
    pub message: String,
    pub entry: ScheduledEntry,
    /// What publishes the entry. Only when it was scheduled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "lowercase")]
pub(crate) enum ScheduleAction {
    Schedule,
    Unschedule,
}

/// What `POST …/schedule` takes.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "camelCase", example = json!({
    "action": "schedule", "scheduledAt": "2026-03-10T07:00:00.000Z"
}))]
pub(crate) struct ScheduleChange {
    pub action: ScheduleAction,
    /// For `schedule`: at least one minute ahead.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub scheduled_at: Option<Timestamp>,
}

impl FromBody for ScheduleChange {
    fn read(fields: &mut Fields) -> Self {
        match fields.value("action").as_ref().and_then(serde_json::Value::as_str) {
            Some("schedule") => {
                let scheduled_at = fields.time("scheduledAt");
                if scheduled_at.is_none() {
                    fields.fail_missing("scheduledAt", "Say when: scheduledAt is a date at least one minute ahead.");
                }
                Self { action: ScheduleAction::Schedule, scheduled_at }
            }
            // Clients send whole records back, and here the time is of no interest.
            Some("unschedule") => Self { action: ScheduleAction::Unschedule, scheduled_at: None },
            _ => {
                fields.fail("action", "action must be schedule or unschedule.");
                Self { action: ScheduleAction::Unschedule, scheduled_at: None }
            }
        }
    }
}
