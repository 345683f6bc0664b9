//! The list of requests: for administrators those of everybody, for staff their own.

use crate::title::Title;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::requests::{
    MAX_COMMENT, Outcome, PAGE_SIZE, RequestKind, RequestLine, RequestList, RequestStatus, RequestTab,
};
use model::{Error, Permission, Verdict, access};
use ui::{
    Button, ButtonLink, Choice, EmptyState, ForbiddenState, FormError, Notice, PageHeader, Pager, Select, SkeletonRows,
    StatusMark, TabLink, TabNav, Table, TextArea, Tone, Variant, use_toasts,
};

use super::{DecideRequests, RequestsChanged, list_requests, may_decide, path, propose_path};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, field_error, form_error};
use crate::params::{project_path, with_query};
use crate::pending::{Pending, later};

const PATH: &str = "/dashboard/requests";

/// What the address says about the list.
#[derive(Debug, Clone, PartialEq)]
struct Asked {
    tab: RequestTab,
    project: String,
    kind: String,
    sort: String,
    page: i64,
}

impl Asked {
    fn href(&self, tab: RequestTab, page: i64) -> String {
        let page = if page > 1 { page.to_string() } else { String::new() };
        let pairs = [
            ("tab", tab.as_str()),
            ("project", self.project.as_str()),
            ("kind", &self.kind),
            ("sort", &self.sort),
            ("page", &page),
        ];
        with_query(PATH, &pairs)
    }

    fn is_narrowed(&self) -> bool {
        !self.project.is_empty() || !self.kind.is_empty()
    }
}

#[component]
pub fn RequestListPage() -> impl IntoView {
    let me = expect_context::<Me>();
    let writes = access::verdict(me.role, Permission::WriteEntries, None) == Verdict::Allowed;
    view! {
        <Title text="Requests · Tidings"/>
        <div class="page">
            <PageHeader title="Requests"/>
            {if writes {
                view! { <Requests decides=may_decide(&me)/> }.into_any()
            } else {
                view! {
                    <ForbiddenState
                        title="Your role asks for nothing."
                        help="Staff ask administrators here. Ask an administrator for the role Staff."
                    />
                }
                .into_any()
            }}
        </div>
    }
}

#[component]
fn Requests(decides: bool) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            tab: query.get("tab").and_then(|tab| RequestTab::parse(&tab)).unwrap_or(first_tab(decides)),
            project: query.get("project").unwrap_or_default(),
            kind: query.get("kind").unwrap_or_default(),
            sort: query.get("sort").unwrap_or_default(),
            page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
        })
    });
    let data = Resource::new(
        move || asked.get(),
        |asked| {
            list_requests(asked.tab.as_str().to_owned(), asked.project, asked.kind, asked.sort == "oldest", asked.page)
        },
    );
    let decide = ServerAction::<DecideRequests>::new();
    let failure = failure_of(decide);
    let outcomes = RwSignal::new(Vec::<Outcome>::new());
    let toasts = use_toasts();
    let changed = use_context::<RequestsChanged>();
    Effect::new(move || {
        let Some(Ok(done)) = decide.value().get() else { return };
        let good = done.iter().filter(|outcome| outcome.error.is_none()).count();
        toasts.say(match good {
            1 => "1 request decided.".to_owned(),
            good => format!("{good} requests decided."),
        });
        outcomes.set(done);
        if let Some(RequestsChanged(changed)) = changed {
            changed.update(|count| *count += 1);
        }
        data.refetch();
    });
    let tabs: &[RequestTab] = if decides { &RequestTab::OF_ADMINS } else { &RequestTab::OF_STAFF };
    view! {
        <TabNav label="Requests">
            {tabs
                .iter()
                .map(|tab| {
                    let tab = *tab;
                    view! {
                        <TabLink
                            href=Signal::derive(move || asked.with(|asked| asked.href(tab, 1)))
                            current=Signal::derive(move || asked.with(|asked| asked.tab == tab))
                        >
                            {tab.label()}
                        </TabLink>
                    }
                })
                .collect_view()}
        </TabNav>
        <FormError message=form_error(failure)/>
        <Outcomes outcomes/>
        <Pending fallback=|| view! { <SkeletonRows rows=6/> }>
            {move || later(async move {
                match data.await {
                    Ok(list) => {
                        view! { <Found list asked=asked.get_untracked() decides decide failure/> }.into_any()
                    }
                    Err(error) => {
                        let retry = move |()| data.refetch();
                        view! { <Failure error what="The requests could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

fn first_tab(decides: bool) -> RequestTab {
    if decides { RequestTab::Pending } else { RequestTab::All }
}

/// What could not be done of what was decided together.
#[component]
fn Outcomes(outcomes: RwSignal<Vec<Outcome>>) -> impl IntoView {
    move || {
        let left: Vec<(String, String)> = outcomes
            .read()
            .iter()
            .filter_map(|outcome| Some((outcome.name.clone(), outcome.error.as_ref()?.to_string())))
            .collect();
        (!left.is_empty()).then(|| {
            let title = match left.len() {
                1 => "1 request could not be decided".to_owned(),
                many => format!("{many} requests could not be decided"),
            };
            view! {
                <div role="alert">
                    <Notice tone=Tone::Warn title=title>
                        <ul>
                            {left
                                .into_iter()
                                .map(|(name, why)| view! { <li><bdi>{name}</bdi> ": " {why}</li> })
                                .collect_view()}
                        </ul>
                        <p>"The others are done."</p>
                    </Notice>
                </div>
            }
        })
    }
}

#[component]
fn Found(
    list: RequestList,
    asked: Asked,
    decides: bool,
    decide: ServerAction<DecideRequests>,
    failure: Signal<Option<Error>>,
) -> impl IntoView {
    let RequestList { items, total, projects } = list;
    let filter = (!projects.is_empty()).then(|| view! { <Filter asked=asked.clone() projects/> });
    if items.is_empty() {
        return view! { {filter} <Nothing asked decides/> }.into_any();
    }
    let older = (asked.page * PAGE_SIZE < total).then(|| asked.href(asked.tab, asked.page + 1));
    let newer = (asked.page > 1).then(|| asked.href(asked.tab, asked.page - 1));
    let selects = decides && asked.tab == RequestTab::Pending && items.iter().any(is_decided_with_others);
    let table = view! {
        <Table
            caption="Requests"
            head=move || view! {
                {selects.then(|| view! { <th scope="col"><span class="sr-only">"Select"</span></th> })}
                <th scope="col">"Request"</th>
                <th scope="col">"Project"</th>
                <th scope="col">{if decides { "From" } else { "Answer of" }}</th>
                <th scope="col">"Asked"</th>
                <th scope="col">"State"</th>
            }
        >
            {items.into_iter().map(|line| view! { <Row line selects decides/> }).collect_view()}
        </Table>
    };
    view! {
        {filter}
        {if selects {
            view! {
                <ActionForm action=decide attr:class="stack">
                    {table}
                    <fieldset class="requests-together stack">
                        <legend>"The selected ones together"</legend>
                        <TextArea
                            label="Comment"
                            name="feedback"
                            rows=2
                            maxlength=MAX_COMMENT as u32
                            hint="Everybody who asked gets it."
                            error=field_error(failure, "feedback")
                        />
                        <div class="cluster">
                            <Button variant=Variant::Primary name="verb" value="approve" busy=decide.pending()>"Approve selected"</Button>
                            <Button variant=Variant::Quiet kind="submit" name="verb" value="reject" busy=decide.pending()>"Reject selected"</Button>
                        </div>
                    </fieldset>
                </ActionForm>
            }
            .into_any()
        } else {
            table.into_any()
        }}
        <Pager newer older names=("Back", "On") label="Pages of requests"/>
    }
    .into_any()
}

/// What deletes a whole project, or all that is in it, is looked at by itself.
fn is_decided_with_others(line: &RequestLine) -> bool {
    !line.kind.is_about_project()
}

#[component]
fn Filter(asked: Asked, projects: Vec<(model::ProjectId, String)>) -> impl IntoView {
    let projects = std::iter::once(Choice::new("", "Every project"))
        .chain(projects.into_iter().map(|(id, name)| Choice::new(id.to_string(), name)))
        .collect::<Vec<_>>();
    let kinds = std::iter::once(Choice::new("", "Every kind"))
        .chain(RequestKind::ALL.iter().map(|kind| Choice::new(kind.as_str(), kind.label())))
        .collect::<Vec<_>>();
    let sorts = vec![Choice::new("", "Newest first"), Choice::new("oldest", "Oldest first")];
    let clear = asked.is_narrowed().then(|| {
        let all = Asked { project: String::new(), kind: String::new(), ..asked.clone() };
        view! { <ButtonLink href=all.href(asked.tab, 1)>"Show all"</ButtonLink> }
    });
    view! {
        <form class="list-bar" method="get" action=PATH role="search">
            <input type="hidden" name="tab" value=asked.tab.as_str()/>
            <Select label="Project" name="project" value=asked.project options=projects hide_label=true/>
            <Select label="Kind" name="kind" value=asked.kind options=kinds hide_label=true/>
            <Select label="Order" name="sort" value=asked.sort options=sorts hide_label=true/>
            <Button kind="submit" variant=Variant::Quiet>"Show"</Button>
            {clear}
        </form>
    }
}

#[component]
fn Nothing(asked: Asked, decides: bool) -> impl IntoView {
    let (title, text) = match (asked.is_narrowed(), asked.tab, decides) {
        (true, _, _) => ("Nothing found", "No request is about this project or of this kind."),
        (_, RequestTab::Pending, true) => ("Nothing waits for you", "Staff ask here for what takes an administrator."),
        (_, RequestTab::Pending, false) => ("Nothing waits", "All you asked for has an answer."),
        (_, RequestTab::Changes, true) => {
            ("Nobody has to change anything", "Requests stand here until staff ask again.")
        }
        (_, RequestTab::Changes, false) => ("Nothing to change", "An administrator who wants changes says so here."),
        (_, RequestTab::Approved, _) => ("Nothing was approved yet", "What an administrator agrees to stands here."),
        (_, RequestTab::Rejected, _) => ("Nothing was rejected", "What an administrator turns down stands here."),
        (_, RequestTab::History, _) => ("Nothing was decided yet", "What is over stands here, however it ended."),
        (_, RequestTab::All, _) => (
            "You have not asked for anything",
            "Where a project needs approval, ask from the editor. Deletions are asked for where the thing is.",
        ),
    };
    view! {
        <EmptyState title=title text=text>
            {asked.is_narrowed().then(|| {
                let all = Asked { project: String::new(), kind: String::new(), ..asked.clone() };
                view! { <ButtonLink href=all.href(asked.tab, 1)>"Show all"</ButtonLink> }
            })}
        </EmptyState>
    }
}

#[component]
fn Row(line: RequestLine, selects: bool, decides: bool) -> impl IntoView {
    let href = path(&line.id);
    let id = line.id.to_string();
    let pick = is_decided_with_others(&line);
    let label = format!("Select {}", line.what());
    let fix = (!decides && line.status == RequestStatus::ChangesRequested)
        .then(|| line.project_id.as_ref().zip(line.entry_id.as_ref()))
        .flatten()
        .map(|(project, entry)| match line.kind.proposes() {
            true => propose_path(project, entry),
            false => project_path(project, &format!("/changelog/{entry}")),
        });
    let who = if decides { line.asked_by.clone() } else { line.decided_by.clone() };
    let project = match &line.project_id {
        Some(id) => view! { <a href=project_path(id, "") dir="auto">{line.project_name.clone()}</a> }.into_any(),
        None => view! { <bdi>{line.project_name.clone()}</bdi> " (deleted)" }.into_any(),
    };
    let feedback = line.feedback.clone().map(|feedback| {
        view! {
            <span class="soft small block request-feedback" dir="auto">{feedback}</span>
        }
    });
    view! {
        <tr>
            {selects.then(|| view! {
                <td class="cell-select">
                    {pick.then(|| view! { <input type="checkbox" name="requests[]" value=id aria-label=label/> })}
                </td>
            })}
            <td class="cell-main">
                <a href=href data-row-link="" dir="auto">{format!("{}: {}", line.kind.label(), line.target_name)}</a>
                {feedback}
                {fix.map(|href| view! { <a class="small" href=href>"Open the entry and change it"</a> })}
            </td>
            <td>{project}</td>
            <td><bdi>{who.unwrap_or_else(|| "\u{2013}".to_owned())}</bdi></td>
            <td><Moment at=line.asked_at()/></td>
            <td><State status=line.status/></td>
        </tr>
    }
}

/// What became of a request.
#[component]
pub(super) fn State(status: RequestStatus) -> impl IntoView {
    let tone = match status {
        RequestStatus::Approved => Tone::Good,
        RequestStatus::ChangesRequested => Tone::Warn,
        RequestStatus::Rejected => Tone::Bad,
        _ => Tone::Note,
    };
    view! { <StatusMark tone word=status.label()/> }
}
