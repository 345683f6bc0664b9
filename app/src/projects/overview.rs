//! One project at a glance.

mod readers;

use crate::title::Title;
use leptos::prelude::*;
use model::entries::EntrySummary;
use model::projects::{Project, ProjectFigures, ProjectSummary};
use model::views::DayViews;
use model::{Permission, ProjectId, Result, Verdict, access};
use serde::{Deserialize, Serialize};
use ui::{
    ButtonLink, CodeBlock, Crumb, EmptyState, Figure, Figures, Glyph, Icon, Notice, PageHeader, Section, SkeletonRows,
    Tone, Variant,
};

use crate::account::Me;
use crate::dates::Moment;
use crate::entries::EntryLines;
use crate::failure::Failure;
use crate::params::{project_param, project_path};
use crate::pending::{Pending, later};
use readers::Readers;

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::{ReadEntries, ReadProjects};

/// What the overview shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverviewData {
    pub summary: ProjectSummary,
    /// Five at most.
    pub latest: Vec<EntrySummary>,
    /// The address people use, without a trailing slash.
    pub base_url: String,
    /// Saved widgets.
    pub widgets: usize,
    /// The last thirty days; the last one is today.
    pub views: Vec<DayViews>,
    /// Whether views are counted at present.
    pub counts_views: bool,
}

/// One project with its figures and latest entries.
#[server(prefix = "/rpc", endpoint = "projects/overview")]
pub async fn get_overview(project: ProjectId) -> Result<OverviewData> {
    act(async |cx| {
        let may = cx.grant::<ReadProjects>(&project).await?;
        let may_read = cx.grant::<ReadEntries>(&project).await?;
        let query = services::entries::ListQuery::default();
        Ok(OverviewData {
            summary: services::projects::overview(&cx.services, &may).await?,
            latest: services::entries::list(&cx.services, &may_read, &query, None, 5).await?.items,
            base_url: cx.services.base_url().to_owned(),
            widgets: services::widgets::list(&cx.services, &may).await?.len(),
            views: services::views::last_days(&cx.services, &may, 30).await?,
            counts_views: services::instance::shared(&cx.services).await?.enable_analytics,
        })
    })
    .await
}

#[component]
pub fn ProjectOverviewPage() -> impl IntoView {
    let project = project_param();
    let data = Resource::new(move || project.get(), |project| async move { get_overview(project?).await });
    view! {
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(data) => view! { <Overview data/> }.into_any(),
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
fn Overview(data: OverviewData) -> impl IntoView {
    let OverviewData { summary, latest, base_url, widgets, views, counts_views } = data;
    let ProjectSummary { project, figures, .. } = summary;
    let id = project.id.clone();
    let at = move |rest: &str| project_path(&id, rest);
    let role = expect_context::<Me>().role;
    let may = |permission| access::verdict(role, permission, Some(&project)) == Verdict::Allowed;
    let (writes, edits) = (may(Permission::WriteEntries), may(Permission::EditProjects));
    let crumbs = vec![Crumb::link("Projects", "/dashboard/projects"), Crumb::here(project.name.clone())];
    let public = format!("/changelog/{}", project.slug);
    let new_entry = at("/changelog/new");
    let import = at("/import");
    let entries = at("/changelog");
    let all_entries = entries.clone();
    let action = {
        let (public, new_entry, is_public) = (public.clone(), new_entry.clone(), project.is_public);
        let has_entries = figures.entries > 0;
        move || {
            view! {
                {is_public.then(|| view! { <ButtonLink href=public external=true>"Public page"</ButtonLink> })}
                {(writes && has_entries).then(|| view! {
                    <ButtonLink href=new_entry variant=Variant::Primary glyph=Glyph::Plus>"New entry"</ButtonLink>
                })}
            }
        }
    };
    view! {
        <Title text=format!("{} · Tidings", project.name)/>
        <PageHeader title=project.name.clone() crumbs=crumbs lead=project.description.clone() action=action/>
        {project.maintenance_mode.then(|| view! {
            <Notice tone=Tone::Warn title="Readers see the maintenance notice">
                "Pages, feeds and widget are closed. "
                {edits.then(|| view! { <a href=at("/settings/danger")>"Maintenance settings"</a> })}
            </Notice>
        })}
        <div class="overview-figures">
            <Figures>
                <Figure label="Entries" value=figures.entries.to_string() href=Some(entries.clone())/>
                <Figure
                    label="Published"
                    value=figures.published.to_string()
                    href=Some(format!("{entries}?state=published"))
                />
                <Figure label="Drafts" value=figures.drafts.to_string() href=Some(format!("{entries}?state=draft"))/>
                {(figures.scheduled > 0).then(|| view! {
                    <Figure
                        label="Scheduled"
                        value=figures.scheduled.to_string()
                        href=Some(format!("{entries}?state=scheduled"))
                    />
                })}
            </Figures>
            {figures.last_published_at.map(|at| view! { <p class="soft small">"Last published " <Moment at/></p> })}
        </div>
        <div class="split split-wide-first">
            {if figures.entries == 0 {
                view! {
                    <EmptyState title="No entries yet" text="Write what changed, or import the changelog you have.">
                        {writes.then(|| view! {
                            <ButtonLink href=new_entry.clone() variant=Variant::Primary glyph=Glyph::Plus>"Write the first entry"</ButtonLink>
                            <ButtonLink href=import.clone() glyph=Glyph::Upload>"Import a changelog"</ButtonLink>
                        })}
                    </EmptyState>
                }
                .into_any()
            } else {
                view! {
                    <section class="section overview-latest">
                        <div class="section-head"><h2>"Latest entries"</h2></div>
                        <EntryLines project=project.id.clone() entries=latest/>
                        <p><a href=all_entries>"All entries"</a></p>
                    </section>
                }
                .into_any()
            }}
            <div class="stack">
                {edits.then(|| view! { <Checklist project=project.clone() figures=figures.clone() widgets/> })}
                // A private project has no readers, unless it had some.
                {(project.is_public || views.iter().any(|day| day.views > 0)).then(|| view! { <Readers days=views counts=counts_views/> })}
                {project.is_public.then(|| view! { <Places project=project.clone() base_url/> })}
                {(!project.is_public && !edits).then(|| view! {
                    <Notice tone=Tone::Note title="This project is private">
                        "Nobody outside sees its page, feeds or widget, not even published entries."
                    </Notice>
                })}
            </div>
        </div>
    }
}

/// What is left to do until readers find the changelog; nothing once all of it is done.
#[component]
fn Checklist(project: Project, figures: ProjectFigures, widgets: usize) -> impl IntoView {
    let at = |rest: &str| project_path(&project.id, rest);
    let steps = [
        (figures.entries > 0, "Write or import the first entry", at("/changelog/new")),
        (figures.published > 0, "Publish an entry", at("/changelog?state=draft")),
        (project.is_public, "Make the project public", at("/settings/access")),
        (project.color.is_some() || project.logo_url.is_some(), "Give it your colour or logo", at("/settings/look")),
        (widgets > 0, "Put the widget on your site", at("/widgets")),
    ];
    let done = steps.iter().filter(|(done, ..)| *done).count();
    (done < steps.len()).then(|| {
        let count = steps.len();
        view! {
            <section class="section">
                <div class="section-head">
                    <h2>"Set up"</h2>
                    <p class="small nums">{format!("{done} of {count} done")}</p>
                </div>
                <ul class="checklist">
                    {steps
                        .into_iter()
                        .map(|(done, what, href)| {
                            let line = if done {
                                view! { <span class="soft">{what}<span class="sr-only">", done"</span></span> }.into_any()
                            } else {
                                view! { <a href=href>{what}</a> }.into_any()
                            };
                            view! {
                                <li class="check-line" class:is-done=done>
                                    <span class="check-sign">{done.then(|| view! { <Icon glyph=Glyph::Check size=14/> })}</span>
                                    {line}
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </section>
        }
    })
}

/// Where readers find it.
#[component]
fn Places(project: Project, base_url: String) -> impl IntoView {
    let public = format!("/changelog/{}", project.slug);
    let snippet = format!("<script src=\"{base_url}/api/integrations/widget/{}\" async></script>", project.id);
    let host = base_url.split_once("://").map_or(base_url.clone(), |(_, host)| host.to_owned());
    let line = move |what: &'static str, href: String| {
        let shown = format!("{host}{href}");
        view! { <li><span class="soft small">{what}</span> <a href=href rel="external">{shown}</a></li> }
    };
    view! {
        <Section title="Where readers find it" text="One line of code puts it on your own site.">
            <ul class="places">
                {line("Page", public.clone())}
                {project.enable_rss.then(|| line("Feed", format!("{public}/rss.xml")))}
            </ul>
            <CodeBlock label="Widget snippet" code=snippet/>
        </Section>
    }
}
