//! What happened in a project since somebody last looked.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::catch_up::{Basis, CatchUp, Category, as_text};
use model::entries::Entry;
use model::time::{Timestamp, to_wire};
use model::{Error, ProjectId, Result, versions};
use serde::{Deserialize, Serialize};
use ui::{
    Button, ButtonLink, Chip, Choice, CodeBlock, Crumb, EmptyState, Field, Figure, Figures, FormError, Glyph,
    PageHeader, Select, SkeletonRows, TagWord, Variant,
};

use crate::dates::{Moment, day};
use crate::failure::{Failure, failure_of, form_error};
use crate::params::{project_param, project_path, with_query};
use crate::pending::{Pending, later};

#[cfg(feature = "ssr")]
use crate::server::act;
#[cfg(feature = "ssr")]
use services::access::{ReadEntries, ReadProjects};

/// How many entries the page lists.
#[cfg(feature = "ssr")]
const MOST: usize = 200;
/// How many versions can be chosen; any other can be written into the address.
#[cfg(feature = "ssr")]
const VERSIONS: usize = 50;

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CatchUpView {
    pub project: ProjectId,
    pub name: String,
    pub happened: CatchUp,
    /// Versions to begin at, the newest first.
    pub versions: Vec<String>,
}

/// What happened since: `auto`, `7d`, a version, or a date.
#[server(prefix = "/rpc", endpoint = "catch-up/get")]
pub async fn get_catch_up(project: ProjectId, #[server(default)] since: String) -> Result<CatchUpView> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        let may_see = cx.grant::<ReadProjects>(&project).await?;
        let mut versions = services::projects::versions(&cx.services, &may_see).await?;
        versions.truncate(VERSIONS);
        let happened = services::catch_up::catch_up(&cx.services, &may, &since, MOST).await?;
        Ok(CatchUpView { name: may.project().name.clone(), project, happened, versions })
    })
    .await
}

/// Notes that everything until a moment has been read.
#[server(prefix = "/rpc", endpoint = "catch-up/read")]
pub async fn mark_as_read(project: ProjectId, until: Timestamp) -> Result<()> {
    act(async |cx| {
        let may = cx.grant::<ReadEntries>(&project).await?;
        services::catch_up::mark_as_read(&cx.services, &may, until).await
    })
    .await
}

/// Beginnings that one click chooses.
const PRESETS: [(&str, &str); 4] = [("auto", "Last visit"), ("1d", "Last day"), ("7d", "7 days"), ("30d", "30 days")];

#[component]
pub fn CatchUpPage() -> impl IntoView {
    let project = project_param();
    let query = use_query_map();
    let since = Memo::new(move |_| {
        let since = query.with(|query| query.get("since").unwrap_or_default());
        if since.trim().is_empty() { "auto".to_owned() } else { since }
    });
    let read = ServerAction::<MarkAsRead>::new();
    let data = Resource::new(
        move || (project.get(), since.get(), read.version().get()),
        |(project, since, _)| async move { get_catch_up(project?, since).await },
    );
    view! {
        <Title text="Catch up · Tidings"/>
        <div class="page">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(view) => view! { <Happened view since=since.get_untracked() read/> }.into_any(),
                        Err(Error::UnknownVersion { version }) => {
                            #[cfg(feature = "ssr")]
                            crate::server::set_status(404);
                            let back = project.get_untracked().map(|project| project_path(&project, "/catch-up"));
                            view! {
                                <EmptyState
                                    title=format!("There is no version {version}")
                                    text="Nor is it a date such as 2026-03-04, or a time such as 7d, 2w or 1m."
                                >
                                    <ButtonLink href=back.unwrap_or_default()>"Since the last visit"</ButtonLink>
                                </EmptyState>
                            }
                            .into_any()
                        }
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! { <Failure error what="What happened could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

#[component]
fn Happened(view: CatchUpView, since: String, read: ServerAction<MarkAsRead>) -> impl IntoView {
    let CatchUpView { project, name, happened, versions } = view;
    let base = project_path(&project, "/catch-up");
    let all_entries = project_path(&project, "/changelog");
    let id = project.to_string();
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(name.clone(), project_path(&project, "")),
        Crumb::here("Catch up"),
    ];
    let presets = PRESETS.map(|(value, label)| {
        let current = Signal::stored(value == since);
        view! { <Chip href=with_query(&base, &[("since", value)]) label=label current/> }
    });
    let is_version = versions.iter().any(|version| versions::key(version) == versions::key(&since));
    let chosen = if is_version { since.clone() } else { String::new() };
    let choices: Vec<Choice> = std::iter::once(Choice::new("", "Any version"))
        .chain(versions.into_iter().map(|version| Choice::new(version.clone(), versions::label(&version))))
        .collect();
    let text = as_text(&name, &happened);
    let nothing = happened.entries.is_empty() && happened.drafts.is_empty();
    let listed = happened.entries.len() + happened.drafts.len();
    let total = happened.summary.total();
    let more = usize::try_from(total).unwrap_or(listed).saturating_sub(listed);
    let span = span(&happened);
    let groups = Category::ALL.map(|kind| {
        let of_kind: Vec<Entry> =
            happened.entries.iter().filter(|entry| Category::of(&entry.tags) == kind).cloned().collect();
        (kind, of_kind)
    });
    let figures = groups.iter().map(|(kind, entries)| {
        view! { <Figure label=kind.label() value=entries.len().to_string()/> }
    });
    let figures = figures.collect_view();
    let groups = groups.into_iter().filter(|(_, entries)| !entries.is_empty());
    let groups = groups.map(|(kind, entries)| view! { <Group title=kind.label() entries/> }).collect_view();
    let has_published = !happened.entries.is_empty();
    let drafts = happened.drafts.len();
    view! {
        <PageHeader title="Catch up" crumbs=crumbs lead=Some(span)/>
        <div class="catch-up-bar">
            <div class="cluster" role="group" aria-label="Since">{presets.collect_view()}</div>
            <form class="cluster" method="get" action=base.clone()>
                <Select label="Version" name="since" id="since-version" value=chosen options=choices hide_label=true/>
                <Button kind="submit" variant=Variant::Quiet>"Since this version"</Button>
            </form>
            <form class="cluster" method="get" action=base.clone()>
                <Field label="Date" name="since" id="since-date" kind="date" hide_label=true required=true/>
                <Button kind="submit" variant=Variant::Quiet>"Since this date"</Button>
            </form>
        </div>
        <FormError message=form_error(failure_of(read))/>
        {if nothing {
            view! {
                <EmptyState
                    title="You are all caught up"
                    text="Nothing was published or begun since then."
                >
                    <ButtonLink href=with_query(&base, &[("since", "30d")]) variant=Variant::Quiet>"Show 30 days"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else {
            view! {
                <div class="overview-figures">
                    <Figures>
                        {figures}
                        {(drafts > 0).then(|| view! { <Figure label="Drafts" value=drafts.to_string()/> })}
                    </Figures>
                </div>
                <ActionForm action=read>
                    <input type="hidden" name="project" value=id/>
                    <input type="hidden" name="until" value=to_wire(happened.until)/>
                    <Button kind="submit" glyph=Glyph::Check busy=read.pending()>"Mark as read"</Button>
                </ActionForm>
                <div class="stack stack-wide">
                    {groups}
                    {(drafts > 0).then(|| view! { <Group title="Begun, and not published yet" entries=happened.drafts/> })}
                    {(more > 0).then(|| view! {
                        <p class="soft">
                            {format!("{more} more are not listed here. ")}
                            <a href=all_entries>"All entries"</a>
                        </p>
                    })}
                    {has_published.then(|| view! {
                        <details class="catch-up-text">
                            <summary>"As text, to pass on"</summary>
                            <CodeBlock code=text label="What happened, as text"/>
                        </details>
                    })}
                </div>
            }
            .into_any()
        }}
    }
}

/// "Since you marked it as read, 4 March 2026. From v2.3 to v2.4."
fn span(happened: &CatchUp) -> String {
    let since = match happened.basis {
        Basis::Mark => "Since you marked the project as read",
        Basis::LastVisit => "Since your last visit",
        Basis::Usual => "The last seven days",
        Basis::Asked => "Since",
    };
    let date = day(happened.from);
    let when = match happened.basis {
        Basis::Asked => format!("{since} {date}."),
        _ => format!("{since}, {date}."),
    };
    match (&happened.from_version, &happened.to_version) {
        (Some(from), Some(to)) if from != to => {
            format!("{when} From {} to {}.", versions::label(from), versions::label(to))
        }
        (None, Some(to)) => format!("{when} Up to {}.", versions::label(to)),
        _ => when,
    }
}

#[component]
fn Group(title: &'static str, entries: Vec<Entry>) -> impl IntoView {
    view! {
        <section class="section">
            <div class="section-head"><h2>{title}</h2></div>
            <ul class="activity">
                {entries
                    .into_iter()
                    .map(|entry| {
                        let href = project_path(&entry.project_id, &format!("/changelog/{}", entry.id));
                        let at = entry.published_at.unwrap_or(entry.created_at);
                        view! {
                            <li>
                                <span class="activity-what">
                                    <a href=href dir="auto">{entry.title}</a>
                                    {entry.version.as_deref().map(|version| view! {
                                        <span class="mono small soft">{versions::label(version)}</span>
                                    })}
                                    {entry.tags.into_iter().map(|tag| view! { <TagWord name=tag.name color=tag.color/> }).collect_view()}
                                </span>
                                <Moment at/>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}
