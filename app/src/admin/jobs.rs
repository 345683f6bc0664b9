//! What is due at a moment, what became of it, and what an administrator can do about it.

use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::jobs::{JobCounts, JobKind, JobLine, JobStatus};
use model::time::Timestamp;
use model::{Cursor, JobId, Page, Result};
use serde::{Deserialize, Serialize};
use ui::{
    Button, ButtonLink, Chip, EmptyState, FormError, Pager, SkeletonRows, StatusMark, Table, Tone, Variant, use_toasts,
};

use super::AdminArea;
use crate::failure::{Failure, failure_of, form_error};
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::ManageInstance;

/// Jobs on one page.
#[cfg(feature = "ssr")]
const PAGE: usize = 50;
const PATH: &str = "/dashboard/admin/jobs";

/// A part of the jobs, and how many there are.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobsData {
    pub jobs: Page<JobLine>,
    pub counts: JobCounts,
}

/// A part of the jobs, the latest due first.
#[server(prefix = "/rpc", endpoint = "admin/jobs")]
pub async fn list_jobs(
    #[server(default)] status: Option<JobStatus>,
    #[server(default)] kind: Option<JobKind>,
    #[server(default)] after: Option<Cursor>,
) -> Result<JobsData> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        let jobs = services::jobs::list(&cx.services, &may, status, kind, after.as_ref(), PAGE).await?;
        Ok(JobsData { jobs, counts: services::jobs::counts(&cx.services, &may).await? })
    })
    .await
}

/// Has a job that waits done now.
#[server(prefix = "/rpc", endpoint = "admin/hurry-job")]
pub async fn hurry_job(job: JobId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        services::jobs::hurry(&cx.services, &may, &job).await
    })
    .await
}

/// Has a job that failed tried again.
#[server(prefix = "/rpc", endpoint = "admin/retry-job")]
pub async fn retry_job(job: JobId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        services::jobs::retry(&cx.services, &may, &job).await
    })
    .await
}

/// Cancels a job that waits, and with it what was planned.
#[server(prefix = "/rpc", endpoint = "admin/cancel-job")]
pub async fn cancel_job(job: JobId) -> Result<()> {
    act(async |cx| {
        let may = cx.instance_grant::<ManageInstance>()?;
        services::jobs::cancel(&cx.services, &may, &job).await
    })
    .await
}

fn href(status: Option<JobStatus>, kind: Option<JobKind>, after: &str) -> String {
    let (status, kind) = (status.map_or("", JobStatus::as_str), kind.map_or("", JobKind::as_str));
    with_query(PATH, &[("status", status), ("kind", kind), ("after", after)])
}

/// A moment that may lie ahead.
fn moment(at: Timestamp) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

#[component]
pub fn AdminJobsPage() -> impl IntoView {
    view! { <AdminArea title="Jobs">{|| view! { <Shown/> }}</AdminArea> }
}

/// What can be done about a job.
#[derive(Clone, Copy)]
struct Actions {
    hurry: ServerAction<HurryJob>,
    retry: ServerAction<RetryJob>,
    cancel: ServerAction<CancelJob>,
}

#[component]
fn Shown() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let status = query.get("status").and_then(|status| JobStatus::parse(&status));
            let kind = query.get("kind").and_then(|kind| JobKind::parse(&kind));
            (status, kind, query.get("after").unwrap_or_default())
        })
    });
    let changed = RwSignal::new(0_u32);
    let data = Resource::new(
        move || (asked.get(), changed.get()),
        |((status, kind, after), _)| async move { list_jobs(status, kind, after.parse().ok()).await },
    );
    let actions = Actions { hurry: ServerAction::new(), retry: ServerAction::new(), cancel: ServerAction::new() };
    let toasts = use_toasts();
    Effect::new(move |_| {
        if let Some(answer) = actions.hurry.value().get() {
            if answer.is_ok() {
                toasts.say("The job runs now.");
            }
            changed.update(|count| *count += 1);
        }
    });
    Effect::new(move |_| {
        if let Some(answer) = actions.retry.value().get() {
            if answer.is_ok() {
                toasts.say("The job is tried again.");
            }
            changed.update(|count| *count += 1);
        }
    });
    Effect::new(move |_| {
        if let Some(answer) = actions.cancel.value().get() {
            if answer.is_ok() {
                toasts.say("The job was cancelled.");
            }
            changed.update(|count| *count += 1);
        }
    });
    let failures = [failure_of(actions.hurry), failure_of(actions.retry), failure_of(actions.cancel)];
    view! {
        <p class="jobs-lead">
            "What happens at its time: entries that go live, expire or are unpinned. What ended is kept for 30 days."
        </p>
        {failures.map(|failure| view! { <FormError message=form_error(failure)/> })}
        <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
            {move || later(async move {
                match data.await {
                    Ok(found) => {
                        let (status, kind, after) = asked.get_untracked();
                        view! { <div class="jobs"><Jobs found status kind is_first=after.is_empty() actions/></div> }.into_any()
                    }
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! { <Failure error what="The jobs could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn Jobs(
    found: JobsData,
    status: Option<JobStatus>,
    kind: Option<JobKind>,
    is_first: bool,
    actions: Actions,
) -> impl IntoView {
    let JobsData { jobs, counts } = found;
    let older = jobs.next.as_ref().map(|next| href(status, kind, &next.to_string()));
    let newest = (!is_first).then(|| href(status, kind, ""));
    let is_empty = jobs.items.is_empty();
    view! {
        {(counts.total() > 0).then(|| view! {
            <nav class="cluster" aria-label="Status">
                <Chip href=href(None, kind, "") label="All" count=Some(counts.total().to_string()) current=status.is_none()/>
                {JobStatus::ALL
                    .iter()
                    .copied()
                    .filter(|of| counts.of(*of) > 0 || status == Some(*of))
                    .map(|of| view! {
                        <Chip
                            href=href(Some(of), kind, "")
                            label=of.label()
                            count=Some(counts.of(of).to_string())
                            current=status == Some(of)
                        />
                    })
                    .collect_view()}
            </nav>
            <nav class="cluster" aria-label="Kind">
                <Chip href=href(status, None, "") label="Every kind" current=kind.is_none()/>
                {JobKind::ALL
                    .iter()
                    .copied()
                    .map(|of| view! { <Chip href=href(status, Some(of), "") label=of.label() current=kind == Some(of)/> })
                    .collect_view()}
            </nav>
        })}
        {if is_empty && counts.total() == 0 {
            view! { <EmptyState title="No jobs yet" text="Whatever is planned for a later time is listed here."/> }.into_any()
        } else if is_empty {
            view! {
                <EmptyState title="Nothing here" text="No job matches these filters.">
                    <ButtonLink href=PATH>"Show all jobs"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <Table
                    caption="Jobs"
                    head=|| view! {
                        <th scope="col">"Job"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Due"</th>
                        <th scope="col"><span class="sr-only">"Actions"</span></th>
                    }
                >
                    {jobs.items.into_iter().map(|line| view! { <Line line actions/> }).collect_view()}
                </Table>
                <Pager newer=newest older=older label="Pages of jobs"/>
            }
            .into_any()
        }}
    }
}

fn tone(status: JobStatus) -> Tone {
    match status {
        JobStatus::Pending | JobStatus::Running => Tone::Note,
        JobStatus::Completed => Tone::Good,
        JobStatus::Failed => Tone::Bad,
        JobStatus::Cancelled => Tone::Warn,
    }
}

#[component]
fn Line(line: JobLine, actions: Actions) -> impl IntoView {
    let JobLine { job, project_name, entry_title } = line;
    let entry = match (&job.project_id, &job.entry_id, entry_title) {
        (Some(project), Some(entry), Some(title)) => {
            Some((project_path(project, &format!("/changelog/{entry}")), title))
        }
        _ => None,
    };
    let is_about_gone = job.entry_id.is_some() && entry.is_none();
    let name = entry.as_ref().map_or_else(|| job.kind.label().to_owned(), |(_, title)| title.clone());
    // Every form of the line needs both.
    let whose = StoredValue::new(format!(" {}: {name}", job.kind.label()));
    let id = StoredValue::new(job.id.to_string());
    let tries =
        (job.retry_count > 0).then(|| format!("tried {} times", job.retry_count + i64::from(!job.status.is_open())));
    let again =
        (job.status == JobStatus::Pending && job.retry_count > 0).then(|| format!("again at {}", moment(job.run_at)));
    view! {
        <tr>
            <td class="cell-main">
                <span>{job.kind.label()}</span>
                {entry.map(|(href, title)| view! {
                    <span class="small block"><a href=href dir="auto">{title}</a></span>
                })}
                {project_name.map(|name| view! { <span class="soft small block" dir="auto">{name}</span> })}
                {is_about_gone.then(|| view! { <span class="soft small block">"The entry is gone"</span> })}
                {job.error.filter(|_| job.status != JobStatus::Completed).map(|error| view! {
                    <span class="small block letter-why">{error}</span>
                })}
                {job.note.map(|note| view! { <span class="soft small block">{note}</span> })}
            </td>
            <td>
                <StatusMark tone=tone(job.status) word=job.status.label()/>
                {tries.map(|tries| view! { <span class="soft small block">{tries}</span> })}
                {again.map(|again| view! { <span class="soft small block">{again}</span> })}
            </td>
            <td class="nums">{moment(job.scheduled_at)}</td>
            <td>
                <div class="job-actions">
                    {(job.status == JobStatus::Pending).then(|| view! {
                        <ActionForm action=actions.hurry>
                            <input type="hidden" name="job" value=id.get_value()/>
                            <Button small=true variant=Variant::Quiet kind="submit">
                                "Run now" <span class="sr-only">{whose.get_value()}</span>
                            </Button>
                        </ActionForm>
                        <ActionForm action=actions.cancel>
                            <input type="hidden" name="job" value=id.get_value()/>
                            <Button small=true variant=Variant::Quiet kind="submit">
                                "Cancel" <span class="sr-only">{whose.get_value()}</span>
                            </Button>
                        </ActionForm>
                    })}
                    {(job.status == JobStatus::Failed).then(|| view! {
                        <ActionForm action=actions.retry>
                            <input type="hidden" name="job" value=id.get_value()/>
                            <Button small=true variant=Variant::Quiet kind="submit">
                                "Try again" <span class="sr-only">{whose.get_value()}</span>
                            </Button>
                        </ActionForm>
                    })}
                </div>
            </td>
        </tr>
    }
}
