//! The first page of the dashboard: what to finish, what waits, what was done.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use model::entries::EntryState;
use model::home::{Activity, Done, Home, HomeEntry, Waiting};
use model::projects::ProjectSummary;
use model::requests::{RequestKind, RequestStatus};
use model::{Permission, Result, Verdict, access, versions};
use ui::{
    ButtonLink, Confirm, Dialog, EmptyState, Figure, Figures, FormError, Glyph, Mark, Menu, MenuLink, MenuRule,
    PageHeader, SkeletonRows, StateMark, Variant,
};

use crate::account::{Me, OfferPasskey};
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, form_error};
use crate::params::project_path;
use crate::pending::{Pending, later};
use crate::projects::{ProjectLines, ProjectSign};
use crate::requests::{Decisions, Names, RequestActions, RequestForms, words};

#[cfg(feature = "ssr")]
use crate::server::act;

/// Figures, recent projects, short lists of entries, and what was done last.
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
    let decisions = Decisions::new(move |_| home.refetch());
    view! {
        <Title text="Home · Tidings"/>
        <div class="page">
            <OfferPasskey/>
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match home.await {
                        Ok(home) => view! { <HomeView home decisions/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| home.refetch();
                            view! { <Failure error what="Your work could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn HomeView(home: Home, decisions: Decisions) -> impl IntoView {
    let me = expect_context::<Me>();
    let may = |permission| access::verdict(me.role, permission, None) == Verdict::Allowed;
    let (creates, writes) = (may(Permission::CreateProjects), may(Permission::WriteEntries));
    if home.projects == 0 {
        return view! { <FirstUse creates/> }.into_any();
    }
    let choices = home.recent_projects.clone();
    let action = move || {
        view! {
            {creates.then(|| view! { <ButtonLink href="/dashboard/projects/new">"New project"</ButtonLink> })}
            {writes.then(|| view! { <NewEntry projects=choices/> })}
        }
    };
    let waiting = home.waiting.len();
    view! {
        <PageHeader title="Home" action=action/>
        <div class="overview-figures">
            <Figures>
                <Figure label="Published this month" value=home.published_this_month.to_string()/>
                {(waiting > 0).then(|| view! { <Figure label="Waiting for approval" value=waiting.to_string()/> })}
                <Figure label="Entries" value=home.entries.to_string()/>
                <Figure label="Projects" value=home.projects.to_string() href=Some("/dashboard/projects".to_owned())/>
            </Figures>
        </div>
        <div class="split split-wide-first">
            <div class="stack stack-wide">
                <WaitingList title=waiting_title(may(Permission::DecideRequests)) waiting=home.waiting me=me.clone() decisions/>
                {(!home.scheduled.is_empty()).then(|| view! {
                    <Entries title="Goes live next" entries=home.scheduled me=me.clone() none=""/>
                })}
                <Entries
                    title="Drafts to finish"
                    entries=home.drafts
                    me=me.clone()
                    none="No drafts. Everything written is published."
                />
                <section class="section">
                    <div class="section-head"><h2>"Lately"</h2></div>
                    <ul class="activity">
                        {home.activity.into_iter().map(|done| view! { <DoneLine done me=me.clone()/> }).collect_view()}
                    </ul>
                </section>
            </div>
            <section class="section">
                <div class="section-head"><h2>"Recent projects"</h2></div>
                <ProjectLines projects=home.recent_projects/>
                {(home.projects > 6).then(|| view! { <p><a href="/dashboard/projects">"All projects"</a></p> })}
            </section>
        </div>
    }
    .into_any()
}

fn waiting_title(decides: bool) -> &'static str {
    if decides { "Waiting for you" } else { "Waiting for an administrator" }
}

#[component]
fn FirstUse(creates: bool) -> impl IntoView {
    view! {
        <PageHeader title="Home"/>
        <EmptyState
            title="Start with a project"
            text="A project is one changelog: its entries, its public page, its feeds, its widget. Write the first entry, or bring the changelog you have: Markdown, Keep a Changelog, or a list of releases."
        >
            {if creates {
                view! {
                    <ButtonLink href="/dashboard/projects/new" variant=Variant::Primary glyph=Glyph::Plus>"New project"</ButtonLink>
                }
                .into_any()
            } else {
                view! { <p class="soft">"Somebody with the role Staff or Administrator can create it."</p> }.into_any()
            }}
        </EmptyState>
    }
}

/// Begins an entry: at once where there is one project, with a choice otherwise.
#[component]
fn NewEntry(projects: Vec<ProjectSummary>) -> impl IntoView {
    let new = |summary: &ProjectSummary| project_path(&summary.project.id, "/changelog/new");
    if let [only] = projects.as_slice() {
        return view! { <ButtonLink href=new(only) variant=Variant::Primary glyph=Glyph::Plus>"New entry"</ButtonLink> }
            .into_any();
    }
    view! {
        <span class="menu-primary">
            <Menu label="New entry" end=true>
                {projects
                    .iter()
                    .map(|summary| {
                        let project = &summary.project;
                        let (name, icon, color) = (project.name.clone(), project.icon.clone(), project.color.clone());
                        view! {
                            <MenuLink href=new(summary)>
                                <span class="row">
                                    <ProjectSign name=name.clone() icon color/>
                                    <bdi>{name}</bdi>
                                </span>
                            </MenuLink>
                        }
                    })
                    .collect_view()}
                <MenuRule/>
                <MenuLink href="/dashboard/projects">"All projects"</MenuLink>
            </Menu>
        </span>
    }
    .into_any()
}

#[component]
fn Entries(
    #[prop(into)] title: String,
    entries: Vec<HomeEntry>,
    me: Me,
    /// What to say when there is nothing.
    #[prop(into)]
    none: String,
) -> impl IntoView {
    view! {
        <section class="section">
            <div class="section-head"><h2>{title}</h2></div>
            {if entries.is_empty() {
                view! { <p class="soft">{none}</p> }.into_any()
            } else {
                view! {
                    <ul class="activity">
                        {entries.into_iter().map(|entry| view! { <EntryLine entry me=me.clone()/> }).collect_view()}
                    </ul>
                }
                .into_any()
            }}
        </section>
    }
}

/// What waits for an administrator; nothing when nothing does.
#[component]
fn WaitingList(title: &'static str, waiting: Vec<Waiting>, me: Me, decisions: Decisions) -> impl IntoView {
    if waiting.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="section">
            <div class="section-head"><h2>{title}</h2></div>
            <FormError message=form_error(decisions.failure())/>
            <p class="small"><a href="/dashboard/requests">"All requests"</a></p>
            <ul class="activity">
                {waiting
                    .into_iter()
                    .map(|waiting| view! { <WaitingLine waiting me=me.clone() decisions/> })
                    .collect_view()}
            </ul>
        </section>
    }
    .into_any()
}

#[component]
fn WaitingLine(waiting: Waiting, me: Me, decisions: Decisions) -> impl IntoView {
    let Waiting { entry, request } = waiting;
    let href = project_path(&entry.project_id, &format!("/changelog/{}", entry.id));
    let version = entry.version.as_deref().map(versions::label);
    let decides = access::verdict(me.role, Permission::DecideRequests, None) == Verdict::Allowed;
    let dialog = format!("approve-{}", request.id);
    let may_delete = decides && request.kind == RequestKind::DeleteEntry;
    let (deletion, title) = (dialog.clone(), entry.title.clone());
    let (project, id) = (entry.project_id.clone(), request.id.clone());
    view! {
        <li>
            <span class="activity-what">
                <StateMark mark=mark(entry.state()) compact=true/>
                <a href=href dir="auto">{entry.title.clone()}</a>
                {version.map(|version| view! { <span class="mono small soft">{version}</span> })}
                <span class="small soft activity-where"><bdi>{entry.project_name.clone()}</bdi></span>
            </span>
            <Moment at=request.asked_at/>
            <span class="activity-asked">
                <bdi class="small soft">{words(&request, &me)}</bdi>
                {(request.status == RequestStatus::ChangesRequested).then(|| view! { <span class="small">"Changes requested"</span> })}
                <RequestActions request=request.clone() me=me.clone() delete_dialog=dialog/>
            </span>
            <RequestForms decisions project=entry.project_id request me/>
            {may_delete.then(|| view! {
                <Dialog id=deletion open=RwSignal::new(false) title="Delete the entry?">
                    <ActionForm action=decisions.approve>
                        <FormError message=form_error(failure_of(decisions.approve))/>
                        <Names project request=id/>
                        <Confirm verb="Delete entry" busy=decisions.approve.pending()>
                            <p>"“"{title}"” goes to the trash, with its text. It can be restored for 30 days."</p>
                        </Confirm>
                    </ActionForm>
                </Dialog>
            })}
        </li>
    }
}

#[component]
fn EntryLine(entry: HomeEntry, me: Me) -> impl IntoView {
    let href = project_path(&entry.project_id, &format!("/changelog/{}", entry.id));
    let at = entry.published_at.or(entry.scheduled_at).unwrap_or(entry.updated_at);
    let version = entry.version.as_deref().map(versions::label);
    let by = entry.author.clone().filter(|author| *author != me.name);
    view! {
        <li>
            <span class="activity-what">
                <StateMark mark=mark(entry.state()) compact=true/>
                <a href=href dir="auto">{entry.title.clone()}</a>
                {version.map(|version| view! { <span class="mono small soft">{version}</span> })}
                <span class="small soft activity-where">
                    <bdi>{entry.project_name.clone()}</bdi>
                    {by.map(|by| view! { ", " <bdi>{by}</bdi> })}
                </span>
            </span>
            <Moment at/>
        </li>
    }
}

/// "Sam published Dark mode in Orbit Mail", with links.
#[component]
fn DoneLine(done: Activity, me: Me) -> impl IntoView {
    let Activity { who, what, project, entry, name, at } = done;
    let who = match who {
        Some(who) if who == me.name => "You".to_owned(),
        Some(who) => who,
        None => "Tidings".to_owned(),
    };
    let about_project = matches!(
        what,
        Done::CreatedProject
            | Done::RenamedProject
            | Done::DeletedProject
            | Done::MadePublic
            | Done::MadePrivate
            | Done::BeganMaintenance
            | Done::EndedMaintenance
            | Done::Emptied
            | Done::Imported
    );
    let about_tag = matches!(what, Done::MergedTag | Done::DeletedTag);
    let project_href = project.as_ref().map(|(id, _)| project_path(id, ""));
    let entry_href =
        project.as_ref().zip(entry).map(|((id, _), entry)| project_path(id, &format!("/changelog/{entry}")));
    let project_name = project.map(|(_, name)| name);
    // What is about a project names it as it is called now.
    let name = if about_project { project_name.clone().or(name) } else { name };
    let linked = |href: Option<String>, text: String| match href {
        Some(href) => view! { <a href=href dir="auto">{text}</a> }.into_any(),
        None => view! { <bdi>{text}</bdi> }.into_any(),
    };
    let object = name.map(|name| linked(if about_project { project_href.clone() } else { entry_href }, name));
    let place = (!about_project && !about_tag).then_some(project_name).flatten();
    view! {
        <li>
            <span class="activity-what">
                <span><bdi>{who}</bdi> " " {what.words()} " " {object}</span>
                {place.map(|place| view! { <span class="small soft activity-where">{linked(project_href, place)}</span> })}
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
