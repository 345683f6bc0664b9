//! One project at a glance.

use leptos::prelude::*;
use leptos_meta::Title;
use model::projects::ProjectSummary;
use model::{Permission, Verdict, access, versions};
use ui::{
    ButtonLink, CodeBlock, Crumb, EmptyState, Figure, Figures, Glyph, Notice, PageHeader, Section, SkeletonRows, Tone,
    Variant,
};

use super::get_project;
use crate::account::Me;
use crate::dates::Moment;
use crate::entries::{EntryLines, list_entries};
use crate::failure::Failure;
use crate::params::{project_param, project_path};

#[cfg(feature = "ssr")]
use crate::server::act;

/// The address people use, for snippets and links that leave the dashboard.
#[server(prefix = "/rpc", endpoint = "instance/base-url")]
pub async fn get_base_url() -> model::Result<String> {
    act(async |cx| {
        cx.actor()?;
        Ok(cx.services.base_url().to_owned())
    })
    .await
}

#[component]
pub fn ProjectOverviewPage() -> impl IntoView {
    let project = project_param();
    let data = Resource::new(
        move || project.get(),
        |project| async move {
            let project = project?;
            let summary = get_project(project.clone()).await?;
            let latest = list_entries(project, None, String::new(), String::new(), None).await?;
            Ok::<_, model::Error>((summary, latest.page.items, get_base_url().await?))
        },
    );
    view! {
        <div class="page">
            <Transition fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || Suspend::new(async move {
                    match data.await {
                        Ok((summary, mut latest, base_url)) => {
                            latest.truncate(5);
                            view! { <Overview summary latest base_url/> }.into_any()
                        }
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="The project could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn Overview(summary: ProjectSummary, latest: Vec<model::entries::EntrySummary>, base_url: String) -> impl IntoView {
    let ProjectSummary { project, figures, .. } = summary;
    let id = project.id.clone();
    let at = move |rest: &str| project_path(&id, rest);
    let role = expect_context::<Me>().role;
    let writes = access::verdict(role, Permission::WriteEntries, Some(&project)) == Verdict::Allowed;
    let crumbs = vec![Crumb::link("Projects", "/dashboard/projects"), Crumb::here(project.name.clone())];
    let public = format!("/changelog/{}", project.slug);
    let new_entry = at("/changelog/new");
    let import = at("/import");
    let entries = at("/changelog");
    let all_entries = entries.clone();
    let action = {
        let (public, new_entry, is_public) = (public.clone(), new_entry.clone(), project.is_public);
        move || {
            view! {
                {is_public.then(|| view! { <ButtonLink href=public external=true>"Public page"</ButtonLink> })}
                {writes.then(|| view! {
                    <ButtonLink href=new_entry variant=Variant::Primary glyph=Glyph::Plus>"New entry"</ButtonLink>
                })}
            }
        }
    };
    let snippet = format!("<script src=\"{base_url}/api/integrations/widget/{}\" async></script>", project.id);
    view! {
        <Title text=format!("{} · Tidings", project.name)/>
        <PageHeader title=project.name.clone() crumbs=crumbs lead=project.description.clone() action=action/>
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
                <section class="section">
                    <div class="section-head"><h2>"Latest entries"</h2></div>
                    <EntryLines project=project.id.clone() entries=latest/>
                    <p><a href=all_entries>"All entries"</a></p>
                </section>
            }
            .into_any()
        }}
        {if project.is_public {
            view! {
                <Section
                    title="Show it"
                    text="Readers find the changelog on its page and in the feed. One line puts it on your own site."
                >
                    <ul class="stack stack-tight">
                        <li><a href=public.clone()>{format!("{base_url}{public}")}</a></li>
                        <li><a href=format!("{public}/rss.xml")>{format!("{base_url}{public}/rss.xml")}</a></li>
                    </ul>
                    <CodeBlock label="Widget snippet" code=snippet/>
                </Section>
            }
            .into_any()
        } else {
            view! {
                <Notice tone=Tone::Note title="This project is private">
                    "Nobody outside sees its page, feed or widget, not even published entries. "
                    <a href=at("/settings")>"Settings"</a>
                </Notice>
            }
            .into_any()
        }}
        {latest_version(&project.name, summary.latest.and_then(|latest| latest.version))}
    }
}

/// The newest version, for screen readers and search in the page.
fn latest_version(name: &str, version: Option<String>) -> Option<impl IntoView + use<>> {
    let version = versions::label(&version?);
    Some(view! { <p class="soft small">{format!("The newest entry of {name} is {version}.")}</p> })
}
