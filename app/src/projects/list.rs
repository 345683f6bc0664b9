//! The list of projects.

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::projects::{ProjectList, ProjectSort, ProjectSummary};
use model::{Permission, Verdict, access, versions};
use ui::{Button, ButtonLink, Choice, EmptyState, Glyph, Icon, PageHeader, SearchField, Select, SkeletonRows, Variant};

use super::{LIST_STEP, ProjectSign, list_projects};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::Failure;
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};

const PATH: &str = "/dashboard/projects";

#[component]
pub fn ProjectListPage() -> impl IntoView {
    let query = use_query_map();
    let search = Memo::new(move |_| query.with(|query| query.get("q").unwrap_or_default()));
    let sort = Memo::new(move |_| query.with(|query| ProjectSort::parse(&query.get("sort").unwrap_or_default())));
    let shown = Memo::new(move |_| {
        query.with(|query| query.get("show").and_then(|text| text.parse::<i64>().ok()).unwrap_or(LIST_STEP))
    });
    let page = Resource::new(
        move || (search.get(), sort.get(), shown.get()),
        |(search, sort, shown)| list_projects(search, sort, shown),
    );
    let role = expect_context::<Me>().role;
    let creates = access::verdict(role, Permission::CreateProjects, None) == Verdict::Allowed;
    let new_project = move || {
        creates.then(|| view! {
            <ButtonLink href="/dashboard/projects/new" variant=Variant::Primary glyph=Glyph::Plus>"New project"</ButtonLink>
        })
    };
    let orders = vec![
        Choice::new("recent", "Last entry first"),
        Choice::new("name", "By name"),
        Choice::new("newest", "Newest first"),
    ];
    view! {
        <Title text="Projects · Tidings"/>
        <div class="page">
            <PageHeader title="Projects" action=new_project/>
            <form class="list-bar" method="get" action=PATH role="search">
                <SearchField label="Search projects" name="q" value=search shortcut="/"/>
                <Select
                    label="Order"
                    name="sort"
                    value=Signal::derive(move || sort.get().as_str().to_owned())
                    options=orders
                    hide_label=true
                />
                <Button kind="submit" variant=Variant::Quiet>"Show"</Button>
            </form>
            <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
                {move || later(async move {
                    let (found, term) = (page.await, search.get_untracked());
                    match found {
                        Err(error) => {
                            let retry = move |()| page.refetch();
                            view! { <Failure error what="The projects could not be loaded." on_retry=retry/> }.into_any()
                        }
                        Ok(found) if found.items.is_empty() && !term.is_empty() => view! {
                            <EmptyState title="Nothing found" text=format!("No project has “{term}” in its name or description.")>
                                <ButtonLink href=PATH>"Show all projects"</ButtonLink>
                            </EmptyState>
                        }
                        .into_any(),
                        Ok(found) if found.items.is_empty() => view! {
                            <EmptyState title="No projects yet" text="A project is one changelog: its entries, its public page, its feed.">
                                {new_project()}
                            </EmptyState>
                        }
                        .into_any(),
                        Ok(ProjectList { items, total }) => {
                            let count = items.len() as i64;
                            let more = (count < total && count < 500).then(|| {
                                let show = (shown.get_untracked() + LIST_STEP).to_string();
                                let order = sort.get_untracked().as_str();
                                with_query(PATH, &[("q", &term), ("sort", order), ("show", &show)])
                            });
                            view! {
                                <ProjectLines projects=items/>
                                {more.map(|href| view! {
                                    <p class="list-more">
                                        <ButtonLink href=href>"Load more"</ButtonLink>
                                        <span class="soft small">{format!("{count} of {total}")}</span>
                                    </p>
                                })}
                            }
                            .into_any()
                        }
                    }
                })}
            </Pending>
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
    let ProjectSummary { project, figures, latest } = summary;
    let (glyph, who) = if project.is_public { (Glyph::Globe, "Public") } else { (Glyph::Lock, "Private") };
    let entries = match figures.entries {
        0 => "No entries".to_owned(),
        1 => "1 entry".to_owned(),
        n => format!("{n} entries"),
    };
    let version = latest.as_ref().and_then(|latest| latest.version.as_deref()).map(versions::label);
    view! {
        <a class="project-line" href=project_path(&project.id, "")>
            <ProjectSign name=project.name.clone() icon=project.icon color=project.color large=true/>
            <span class="project-what">
                <span class="project-name" dir="auto" title=project.name.clone()>{project.name.clone()}</span>
                <span class="project-note">
                    <span class="project-access"><Icon glyph size=14/> {who}</span>
                    <span>{entries}</span>
                    {project.maintenance_mode.then(|| view! { <span>"Maintenance"</span> })}
                </span>
            </span>
            <span class="project-latest">
                {version.map(|version| view! { <span class="mono">{version}</span> })}
                {latest.map(|latest| view! { <Moment at=latest.created_at/> })}
            </span>
        </a>
    }
}
