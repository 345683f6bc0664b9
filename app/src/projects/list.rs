//! The list of projects.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::projects::ProjectSummary;
use model::{Permission, Verdict, access};
use ui::{ButtonLink, ColorDot, EmptyState, Glyph, Icon, PageHeader, Pager, SearchField, SkeletonRows, Variant};

use super::list_projects;
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::Failure;
use crate::params::{project_path, with_query};

#[component]
pub fn ProjectListPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let after = Memo::new(move |_| query.with(|query| query.get("after")));
    let page = Resource::new(
        move || (search.get(), after.get()),
        |(search, after)| list_projects(search, after.and_then(|after| after.parse().ok())),
    );
    let role = expect_context::<Me>().role;
    let creates = access::verdict(role, Permission::CreateProjects, None) == Verdict::Allowed;
    let new_project = move || {
        creates.then(|| view! {
            <ButtonLink href="/dashboard/projects/new" variant=Variant::Primary glyph=Glyph::Plus>"New project"</ButtonLink>
        })
    };
    view! {
        <Title text="Projects · Tidings"/>
        <div class="page">
            <PageHeader title="Projects" action=new_project/>
            <form class="list-bar" method="get" role="search">
                <SearchField label="Search projects" name="q" value=search shortcut="/"/>
            </form>
            <Transition fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || Suspend::new(async move {
                    let (found, term, continued) = (page.await, search.get_untracked(), after.get_untracked().is_some());
                    match found {
                        Err(error) => {
                            let retry = move |()| page.refetch();
                            view! { <Failure error what="The projects could not be loaded." on_retry=retry/> }.into_any()
                        }
                        Ok(found) if found.items.is_empty() && !term.is_empty() => view! {
                            <EmptyState title="Nothing found" text=format!("No project has “{term}” in its name or description.")>
                                <ButtonLink href="/dashboard/projects">"Show all projects"</ButtonLink>
                            </EmptyState>
                        }
                        .into_any(),
                        Ok(found) if found.items.is_empty() => view! {
                            <EmptyState title="No projects yet" text="A project is one changelog: its entries, its public page, its feed.">
                                {new_project()}
                            </EmptyState>
                        }
                        .into_any(),
                        Ok(found) => {
                            let older = found
                                .next
                                .map(|next| with_query("/dashboard/projects", &[("q", &term), ("after", &next.to_string())]));
                            let newer = continued.then(|| with_query("/dashboard/projects", &[("q", &term)]));
                            view! {
                                <ProjectLines projects=found.items/>
                                <Pager newer=newer older=older label="Pages of projects"/>
                            }
                            .into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

/// Projects as lines.
#[component]
pub fn ProjectLines(projects: Vec<ProjectSummary>) -> impl IntoView {
    view! {
        <ul class="project-list">
            {projects.into_iter().map(|summary| view! { <li><ProjectLine summary/></li> }).collect_view()}
        </ul>
    }
}

#[component]
fn ProjectLine(summary: ProjectSummary) -> impl IntoView {
    let ProjectSummary { project, figures, .. } = summary;
    let (glyph, who) = if project.is_public { (Glyph::Globe, "Public") } else { (Glyph::Lock, "Private") };
    let entries = match figures.entries {
        1 => "1 entry".to_owned(),
        n => format!("{n} entries"),
    };
    view! {
        <a class="project-line" href=project_path(&project.id, "")>
            <ColorDot color=project.color.clone().unwrap_or_else(|| "#8a8f98".to_owned())/>
            <span class="project-name" dir="auto" title=project.name.clone()>{project.name.clone()}</span>
            <span class="project-note">
                <Icon glyph label=who/>
                " "
                {entries}
                {figures.last_published_at.map(|at| view! { " · " <Moment at/> })}
            </span>
        </a>
    }
}
