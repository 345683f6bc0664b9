//! What an import did: in numbers, what it did not take and why, and row by row.

use leptos::prelude::*;
use model::imports::{ImportJob, ImportRow, ImportState, Outcome, Place};
use model::{ImportId, ProjectId};
use ui::{ButtonLink, Figure, Figures, Notice, Tone, Variant};

use super::notes::Notes;
use super::rows::Rows;
use super::undo::TakeBack;
use super::{address, counted, grouped, list_import_rows};
use crate::params::project_path;
use crate::pending::{Pending, later};

#[component]
pub(super) fn Report(project: ProjectId, job: ImportJob) -> impl IntoView {
    let place = job.detected.place;
    let groups = RwSignal::new(job.groups.clone());
    let has_rows = !job.groups.is_empty();
    let (id, notes) = (job.id.clone(), job.notes.clone());
    let done = job.state == ImportState::Done;
    let refused = job.of_outcome(Outcome::Refused);
    let (entries, again) = (project_path(&project, "/changelog"), project_path(&project, "/import"));
    view! {
        <div class="stack stack-wide import-report">
            <section class="stack" aria-live="polite">
                <Summary job/>
                {(refused > 0).then(|| view! { <NotTaken project=project.clone() job=id.clone() place total=refused/> })}
                <div class="cluster">
                    {done.then(|| view! { <ButtonLink href=entries variant=Variant::Primary>"See the entries"</ButtonLink> })}
                    <ButtonLink href=again>"Import another file"</ButtonLink>
                </div>
            </section>
            {done.then(|| view! { <TakeBack project=project.clone() job=id.clone()/> })}
            {(has_rows && done).then(|| view! { <Rows project=project.clone() job=id.clone() place chosen=None groups/> })}
            {(has_rows && done).then(|| view! { <Notes place notes/> })}
        </div>
    }
}

#[component]
fn Summary(job: ImportJob) -> impl IntoView {
    let name = job.name().unwrap_or_else(|| "The text".to_owned());
    let read_as = format!(" was read as {}.", job.detected.label);
    match job.state {
        ImportState::Done => {
            let of = |outcome| job.of_outcome(outcome);
            // The rows are deleted after a while, the sum is not.
            let unchanged = grouped(of(Outcome::Unchanged));
            let created = if job.groups.is_empty() { job.written } else { of(Outcome::Created) };
            let note = if job.options.publish { "published, drafts aside" } else { "as drafts" };
            let figures = [
                ("Overwritten", of(Outcome::Overwritten)),
                ("Left alone", of(Outcome::Skipped)),
                ("Not imported", of(Outcome::Refused)),
                ("Deleted", job.deleted),
            ];
            view! {
                <h2>"Imported"</h2>
                <Figures>
                    <Figure label="Created" value=grouped(created) note=Some(note.to_owned())/>
                    <Figure label="Already there" value=unchanged/>
                    {figures
                        .into_iter()
                        .filter(|(_, count)| *count > 0)
                        .map(|(label, count)| view! { <Figure label=label value=grouped(count)/> })
                        .collect_view()}
                </Figures>
                <p class="soft"><span dir="auto">{name}</span>{read_as}</p>
            }
            .into_any()
        }
        ImportState::Cancelled => view! {
            <h2>"Stopped"</h2>
            <Notice tone=Tone::Note title="The import was stopped. Nothing was changed.">""</Notice>
        }
        .into_any(),
        _ => view! {
            <h2>"Not imported"</h2>
            <Notice tone=Tone::Bad title="The import failed. Nothing was changed.">
                {job.error.map(|error| view! { <p>{error}</p> })}
            </Notice>
        }
        .into_any(),
    }
}

/// The rows that were not taken, each with its place and the reason.
#[component]
fn NotTaken(project: ProjectId, job: ImportId, place: Place, total: i64) -> impl IntoView {
    let all = address(&project, &job, Outcome::Refused.as_str(), 1, None);
    let rows = Resource::new(
        || (),
        move |()| list_import_rows(project.clone(), job.clone(), Outcome::Refused.as_str().to_owned(), 1),
    );
    let line = move |row: ImportRow| {
        view! {
            <li>
                <span class="import-line-number">{place.at(row.line)}</span>
                <span class="import-line-why" dir="auto">
                    {(!row.title.is_empty()).then(|| view! { <strong>{row.title}</strong> " – " })}
                    {row.reason}
                </span>
            </li>
        }
    };
    view! {
        <section class="stack-tight stack">
            <h3>{format!("{} not taken", counted(total, "release was", "releases were"))}</h3>
            <Pending>
                {move || {
                    let all = all.clone();
                    later(async move {
                        rows.await.ok().map(|page| {
                            let more = page.total - page.rows.len() as i64;
                            view! {
                                <ol class="import-lines">{page.rows.into_iter().map(line).collect_view()}</ol>
                                {(more > 0).then(|| view! { <p><a href=all>{format!("{} more", grouped(more))}</a></p> })}
                            }
                        })
                    })
                }}
            </Pending>
        </section>
    }
}
