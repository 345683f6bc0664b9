//! The first page of the dashboard: what to finish, what waits, what went out.

use leptos::prelude::*;
use leptos_meta::Title;
use model::entries::EntryState;
use model::home::{Home, HomeEntry};
use model::{Permission, Result, Verdict, access, versions};
use ui::{
    ButtonLink, ColorDot, EmptyState, Figure, Figures, Glyph, Mark, PageHeader, SkeletonRows, StateMark, Variant,
};

use crate::account::Me;
use crate::dates::Moment;
use crate::failure::Failure;
use crate::params::project_path;
use crate::projects::ProjectLines;

#[cfg(feature = "ssr")]
use crate::server::act;

/// Figures, recent projects and short lists of entries.
#[server(prefix = "/rpc", endpoint = "home")]
pub async fn get_home() -> Result<Home> {
    act(async |cx| {
        let may = cx.instance_grant::<services::access::ReadProjects>()?;
        services::home::overview(&cx.services, &may).await
    })
    .await
}

#[component]
pub fn HomePage() -> impl IntoView {
    let home = Resource::new(|| (), |()| get_home());
    view! {
        <Title text="Home · Tidings"/>
        <div class="page">
            <Transition fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || Suspend::new(async move {
                    match home.await {
                        Ok(home) => view! { <HomeView home/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| home.refetch();
                            view! { <Failure error what="Your work could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn HomeView(home: Home) -> impl IntoView {
    let role = expect_context::<Me>().role;
    let creates = access::verdict(role, Permission::CreateProjects, None) == Verdict::Allowed;
    let new_project = move || {
        creates.then(|| view! {
            <ButtonLink href="/dashboard/projects/new" variant=Variant::Primary glyph=Glyph::Plus>"New project"</ButtonLink>
        })
    };
    if home.projects == 0 {
        return view! {
            <PageHeader title="Home"/>
            <EmptyState
                title="Start with a project"
                text="A project is one changelog: its entries, its public page, its feed. Write the first entry, or import the changelog you have."
            >
                {new_project()}
            </EmptyState>
        }
        .into_any();
    }
    view! {
        <PageHeader title="Home" action=new_project/>
        <div class="overview-figures">
            <Figures>
                <Figure label="Projects" value=home.projects.to_string() href=Some("/dashboard/projects".to_owned())/>
                <Figure label="Entries" value=home.entries.to_string()/>
                <Figure label="Published this month" value=home.published_this_month.to_string()/>
            </Figures>
        </div>
        <div class="split split-wide-first">
            <div class="stack stack-wide">
                <HomeList title="Waiting for approval" entries=home.waiting hide_empty=true/>
                <HomeList
                    title="Drafts to finish"
                    entries=home.drafts
                    none="No drafts. Everything written is published."
                />
                <HomeList title="Published last" entries=home.published none="Nothing is published yet."/>
            </div>
            <section class="section">
                <div class="section-head"><h2>"Recent projects"</h2></div>
                <ProjectLines projects=home.recent_projects/>
            </section>
        </div>
    }
    .into_any()
}

#[component]
fn HomeList(
    #[prop(into)] title: String,
    entries: Vec<HomeEntry>,
    /// What to say when there is nothing.
    #[prop(optional, into)]
    none: String,
    /// Leaves the whole list out when there is nothing.
    #[prop(optional)]
    hide_empty: bool,
) -> impl IntoView {
    if entries.is_empty() && hide_empty {
        return ().into_any();
    }
    view! {
        <section class="section">
            <div class="section-head"><h2>{title}</h2></div>
            {if entries.is_empty() {
                view! { <p class="soft">{none}</p> }.into_any()
            } else {
                view! {
                    <ul class="activity">
                        {entries.into_iter().map(|entry| view! { <HomeLine entry/> }).collect_view()}
                    </ul>
                }
                .into_any()
            }}
        </section>
    }
    .into_any()
}

#[component]
fn HomeLine(entry: HomeEntry) -> impl IntoView {
    let href = project_path(&entry.project_id, &format!("/changelog/{}", entry.id));
    let at = entry.published_at.unwrap_or(entry.updated_at);
    let version = entry.version.as_deref().map(versions::label);
    view! {
        <li>
            <span class="cluster">
                <StateMark mark=mark(entry.state()) compact=true/>
                <a href=href dir="auto">{entry.title.clone()}</a>
                {version.map(|version| view! { <span class="mono small soft">{version}</span> })}
                <span class="small soft">
                    {entry.project_color.clone().map(|color| view! { <ColorDot color/> })}
                    " "
                    {entry.project_name.clone()}
                </span>
            </span>
            <Moment at/>
        </li>
    }
}

/// The kit's mark for a state.
pub fn mark(state: EntryState) -> Mark {
    match state {
        EntryState::Draft => Mark::Draft,
        EntryState::Scheduled => Mark::Scheduled,
        EntryState::Published => Mark::Published,
    }
}
