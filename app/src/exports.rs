//! Exporting a changelog: which form, which entries, and the file. The form asks the REST surface, so that it works
//! without scripts and the browser shows the progress of the download.

use crate::title::Title;
use leptos::prelude::*;
use model::exports::{Extent, Format};
use model::projects::{Project, ProjectFigures, ProjectSummary};
use model::{Permission, ProjectId, Verdict, access};
use ui::{Button, ButtonLink, Choice, Crumb, EmptyState, Field, Glyph, PageHeader, Radios, SkeletonRows, Variant};

use crate::account::Me;
use crate::failure::Failure;
use crate::params::{project_param, project_path};
use crate::pending::{Pending, later};
use crate::projects::get_project;

/// Where the file of a project is to be had.
fn address(project: &ProjectId) -> String {
    format!("/api/projects/{project}/export")
}

#[component]
pub fn ExportPage() -> impl IntoView {
    let project = project_param();
    let data = Resource::new(move || project.get(), |project| async move { get_project(project?).await });
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    match data.await {
                        Ok(summary) => view! { <ExportView summary/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The project could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn ExportView(summary: ProjectSummary) -> impl IntoView {
    let ProjectSummary { project, figures, .. } = summary;
    let role = expect_context::<Me>().role;
    let writes = access::verdict(role, Permission::WriteEntries, Some(&project)) == Verdict::Allowed;
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Export"),
    ];
    view! {
        <Title text=format!("Export · {} · Tidings", project.name)/>
        <PageHeader
            title="Export the changelog"
            crumbs=crumbs
            lead="All entries as one file, which can be imported again.".to_owned()
        />
        {if figures.entries == 0 {
            let new_entry = project_path(&project.id, "/changelog/new");
            view! {
                <EmptyState title="Nothing to export yet" text="The project has no entries.">
                    {writes.then(|| view! {
                        <ButtonLink href=new_entry variant=Variant::Primary glyph=Glyph::Plus>"Write the first entry"</ButtonLink>
                    })}
                </EmptyState>
            }
            .into_any()
        } else {
            view! { <ExportForm project figures/> }.into_any()
        }}
    }
}

#[component]
fn ExportForm(project: Project, figures: ProjectFigures) -> impl IntoView {
    let formats: Vec<Choice> = Format::ALL
        .into_iter()
        .map(|format| Choice::new(format.as_str(), format.label()).with_hint(format.purpose()))
        .collect();
    let unpublished = figures.entries - figures.published;
    let extents = vec![
        Choice::new(Extent::Published.as_str(), format!("Published ({})", figures.published))
            .with_hint("What readers see."),
        Choice::new(Extent::All.as_str(), format!("All ({})", figures.entries)).with_hint(match unpublished {
            0 => "There are no drafts at the moment.".to_owned(),
            1 => "One draft or scheduled entry as well.".to_owned(),
            count => format!("{count} drafts and scheduled entries as well."),
        }),
    ];
    // A project without published entries would give an empty file.
    let extent = if figures.published == 0 { Extent::All } else { Extent::Published };
    view! {
        <form method="get" action=address(&project.id) class="stack stack-wide export-form">
            <Radios legend="Format" name="format" value=Format::default().as_str() options=formats/>
            <Radios legend="Entries" name="status" value=extent.as_str() options=extents/>
            <div class="export-dates">
                <Field label="From" name="from" kind="date" hint="The first day (UTC)."/>
                <Field label="To" name="to" kind="date" hint="The last day (UTC)."/>
            </div>
            <div class="cluster">
                <Button kind="submit" variant=Variant::Primary glyph=Glyph::Download>"Download"</Button>
            </div>
        </form>
    }
}

/// An offer to keep everything before it is deleted.
#[component]
pub fn ExportFirst(project: ProjectId) -> impl IntoView {
    let all = format!("{}?format={}&status={}", address(&project), Format::Zip.as_str(), Extent::All.as_str());
    view! {
        <p>
            "Keep a copy first: "
            <a href=all download="" rel="external">"download all entries"</a>
            " as a zip archive that can be imported again, or "
            <a href=project_path(&project, "/export")>"choose another format"</a>
            "."
        </p>
    }
}
