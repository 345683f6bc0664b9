//! What an import would do or did, release by release and line by line.

use leptos::prelude::*;
use model::imports::{ImportFate, ImportReport, ImportRow};
use model::{ProjectId, versions};
use ui::{Figure, Figures, Table, TagWord};

use crate::params::project_path;

#[component]
pub(super) fn Report(project: ProjectId, report: ImportReport) -> impl IntoView {
    let create = report.count(ImportFate::Create).to_string();
    let unchanged = report.count(ImportFate::Unchanged).to_string();
    let heading = if report.done { "Imported" } else { "What would happen" };
    let created = if report.done { "Created" } else { "New" };
    let rows = report.rows.clone();
    let (publish, done) = (report.publish, report.done);
    let differs = report.count(ImportFate::Differs);
    let refused = report.count(ImportFate::Refused);
    view! {
        <section class="import-report" aria-live="polite">
            <h2>{heading}</h2>
            <Figures>
                <Figure label=created value=create note=Some(publish_note(publish, done).to_owned())/>
                <Figure label="Already there" value=unchanged/>
                {(differs > 0).then(|| view! { <Figure label="There with another text" value=differs.to_string()/> })}
                {(refused > 0).then(|| view! { <Figure label="Not imported" value=refused.to_string()/> })}
            </Figures>
            <p class="soft">{format!("Read as: {}.", report.format)}</p>
            <Table
                caption="Releases"
                head=|| view! {
                    <th scope="col">"Release"</th>
                    <th scope="col">"Version"</th>
                    <th scope="col">"Date"</th>
                    <th scope="col">"Tags"</th>
                    <th scope="col">"Result"</th>
                }
            >
                {rows.into_iter().map(|row| view! { <ReportRow project=project.clone() row done/> }).collect_view()}
            </Table>
            {(!report.notes.is_empty()).then(|| view! {
                <h2>"Notes by line"</h2>
                <ol class="import-lines">
                    {report
                        .notes
                        .into_iter()
                        .map(|note| view! {
                            <li>
                                <span class="import-line-number">{format!("Line {}", note.line)}</span>
                                <span class="import-line-why" dir="auto">{note.message}</span>
                            </li>
                        })
                        .collect_view()}
                </ol>
            })}
        </section>
    }
}

fn publish_note(publish: bool, done: bool) -> &'static str {
    match (publish, done) {
        (true, true) => "published",
        (true, false) => "published at once",
        (false, _) => "as drafts",
    }
}

#[component]
fn ReportRow(project: ProjectId, row: ImportRow, done: bool) -> impl IntoView {
    let result = match row.fate {
        ImportFate::Create if done => "Created",
        ImportFate::Create => "New",
        ImportFate::Unchanged => "Already there",
        ImportFate::Differs => "There with another text; left alone",
        ImportFate::Refused => "Not imported",
    };
    let title = row.title.clone();
    let hidden = row.tags.len().saturating_sub(3);
    let name = match row.entry.map(|entry| project_path(&project, &format!("/changelog/{entry}"))) {
        Some(href) => view! { <a href=href dir="auto" title=row.excerpt>{title}</a> }.into_any(),
        None => view! { <span dir="auto" title=row.excerpt>{title}</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="cell-main">{name}</td>
            <td class="mono">{row.version.as_deref().map(versions::label)}</td>
            <td class="nums">{row.date.map(|date| date.to_string())}</td>
            <td>
                {row.tags.into_iter().take(3).map(|name| view! { <TagWord name=name color=None/> " " }).collect_view()}
                {(hidden > 0).then(|| view! { <span class="soft small">{format!("+{hidden}")}</span> })}
            </td>
            <td>
                {result}
                {row.reason.map(|reason| view! { <span class="soft small">" " {reason}</span> })}
            </td>
        </tr>
    }
}
