//! The list of a project's entries.

use crate::title::Title;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use leptos_router::params::ParamsMap;
use model::entries::{EntrySort, EntryState, EntrySummary};
use model::{Permission, ProjectId, UserId, Verdict, access, versions};
use ui::{
    Button, ButtonLink, Chip, Choice, Crumb, EmptyState, FormError, Glyph, PageHeader, Pager, SearchField, Select,
    SkeletonRows, StateMark, Table, TagWord, Variant,
};

use super::bulk::{AllBox, BulkBar, BulkEntries, BulkReport, Choosing, RowBox};
use super::{EntryList, list_entries};
use crate::account::Me;
use crate::bookmarks::{BookmarkForms, Marks, Star};
use crate::dates::Moment;
use crate::failure::{Failure, failure_of, form_error};
use crate::home::mark;
use crate::params::{project_param, project_path, with_query};
use crate::pending::{Pending, later};
use crate::trash::{RestoreTrashed, UndoNotice};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    state: Option<EntryState>,
    search: String,
    tags: Vec<String>,
    author: String,
    sort: EntrySort,
    after: String,
}

impl Asked {
    fn read(query: &ParamsMap) -> Self {
        let text = |name| query.get(name).unwrap_or_default();
        let tags = query.get_all("tag").unwrap_or_default();
        Self {
            state: EntryState::parse(&text("state")),
            search: text("q"),
            tags: tags.into_iter().filter(|tag| !tag.is_empty()).collect(),
            author: text("author"),
            sort: EntrySort::parse(&text("sort")),
            after: text("after"),
        }
    }

    fn is_narrowed(&self) -> bool {
        self.state.is_some() || !self.search.is_empty() || !self.tags.is_empty() || !self.author.is_empty()
    }

    /// The address of this list with another state or position.
    fn href(&self, path: &str, state: Option<EntryState>, after: &str) -> String {
        let sort = if self.sort == EntrySort::default() { "" } else { self.sort.as_str() };
        let state = state.map_or("", EntryState::as_str);
        let mut pairs = vec![("state", state), ("q", &self.search), ("author", &self.author), ("sort", sort)];
        pairs.extend(self.tags.iter().map(|tag| ("tag", tag.as_str())));
        pairs.push(("after", after));
        with_query(path, &pairs)
    }
}

#[component]
pub fn EntryListPage() -> impl IntoView {
    let project = project_param();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(Asked::read));
    // Both outlive the list: what they did loads it again.
    let bulk = ServerAction::<BulkEntries>::new();
    let restore = ServerAction::<RestoreTrashed>::new();
    let (marks, choosing) = (Marks::new(), Choosing::new());
    let done = RwSignal::new(0_u32);
    let again = Callback::new(move |()| done.update(|count| *count += 1));
    Effect::new(move || {
        if matches!(bulk.value().get(), Some(Ok(_))) {
            // What was undone before is not what can be undone now.
            restore.clear();
            again.run(());
        }
    });
    Effect::new(move || {
        if matches!(restore.value().get(), Some(Ok(_))) {
            again.run(());
        }
    });
    let list = Resource::new(
        move || (project.get(), asked.get(), done.get()),
        |(project, asked, _)| async move {
            let Asked { state, search, tags, author, sort, after } = asked;
            let sort = sort.as_str().to_owned();
            list_entries(project?, state, search, tags.join(","), author, sort, after.parse().ok()).await
        },
    );
    view! {
        <div class="page">
            <UndoNotice/>
            <BulkReport bulk restore/>
            <Pending fallback=|| view! { <SkeletonRows rows=10/> }>
                {move || later(async move {
                    match list.await {
                        Ok(list) => {
                            marks.load(list.bookmarked.clone());
                            choosing.reload();
                            let tools = Tools { bulk, marks, choosing };
                            view! { <EntryListView list asked=asked.get_untracked() tools/> }.into_any()
                        }
                        Err(error) => {
                            let retry = move |()| list.refetch();
                            view! { <Failure error what="The entries could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
}

/// What is done from the list.
#[derive(Clone, Copy)]
struct Tools {
    bulk: ServerAction<BulkEntries>,
    marks: Marks,
    choosing: Choosing,
}

#[component]
fn EntryListView(list: EntryList, asked: Asked, tools: Tools) -> impl IntoView {
    let EntryList { project, page, counts, tags, authors, .. } = list;
    let path = project_path(&project.id, "/changelog");
    let new_href = project_path(&project.id, "/changelog/new");
    let import_href = project_path(&project.id, "/import");
    let role = expect_context::<Me>().role;
    let writes = access::verdict(role, Permission::WriteEntries, Some(&project)) == Verdict::Allowed;
    shortcuts(writes.then(|| new_href.clone()));
    let crumbs = vec![
        Crumb::link("Projects", "/dashboard/projects"),
        Crumb::link(project.name.clone(), project_path(&project.id, "")),
        Crumb::here("Entries"),
    ];
    let chip = {
        let (path, asked) = (path.clone(), asked.clone());
        move |state: Option<EntryState>, label: &'static str, count: i64| {
            let href = asked.href(&path, state, "");
            view! { <Chip href=href label=label count=Some(count.to_string()) current=asked.state == state/> }
        }
    };
    let middle = move || {
        view! {
            <nav class="cluster" aria-label="State">
                {chip(None, "All", counts.total())}
                {chip(Some(EntryState::Draft), "Draft", counts.draft)}
                {(counts.scheduled > 0).then(|| chip(Some(EntryState::Scheduled), "Scheduled", counts.scheduled))}
                {chip(Some(EntryState::Published), "Published", counts.published)}
            </nav>
        }
    };
    let action = {
        let new_href = new_href.clone();
        move || {
            writes.then(|| view! {
                <ButtonLink href=new_href variant=Variant::Primary glyph=Glyph::Plus title="New entry (n)">"New entry"</ButtonLink>
            })
        }
    };
    let older = page.next.as_ref().map(|next| asked.href(&path, asked.state, &next.to_string()));
    let newest = (!asked.after.is_empty()).then(|| asked.href(&path, asked.state, ""));
    let bar = (writes && !page.items.is_empty()).then(|| {
        let (project, tags) = (project.clone(), tags.clone());
        view! { <BulkBar project role tags bulk=tools.bulk choosing=tools.choosing/> }
    });
    view! {
        <Title text=format!("Entries · {} · Tidings", project.name)/>
        <PageHeader title="Entries" count=Some(counts.total().to_string()) crumbs=crumbs middle=middle action=action/>
        <FormError message=form_error(failure_of(tools.marks.action()))/>
        {(counts.total() > 0).then(|| view! { <Filters path=path.clone() asked=asked.clone() tags authors/> })}
        {if page.items.is_empty() && asked.is_narrowed() {
            view! {
                <EmptyState title="Nothing found" text="No entry matches these filters.">
                    <ButtonLink href=path.clone()>"Clear the filters"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        } else if page.items.is_empty() {
            view! {
                <EmptyState title="No entries yet" text="Write what changed, or import the changelog you have.">
                    {writes.then(|| view! {
                        <ButtonLink href=new_href variant=Variant::Primary glyph=Glyph::Plus>"Write the first entry"</ButtonLink>
                        <ButtonLink href=import_href glyph=Glyph::Upload>"Import a changelog"</ButtonLink>
                    })}
                </EmptyState>
            }
            .into_any()
        } else {
            let choosing = writes.then_some(tools.choosing);
            view! {
                <BookmarkForms project=project.id.clone() marks=tools.marks/>
                <Table
                    caption="Entries"
                    head=move || view! {
                        {choosing.map(|choosing| view! { <th scope="col" class="cell-box"><AllBox choosing/></th> })}
                        <th scope="col">"State"</th>
                        <th scope="col">"Title"</th>
                        <th scope="col">"Version"</th>
                        <th scope="col">"Tags"</th>
                        <th scope="col">"Author"</th>
                        <th scope="col">"Date"</th>
                        <th scope="col"><span class="sr-only">"Bookmark"</span></th>
                    }
                >
                    {page
                        .items
                        .into_iter()
                        .map(|entry| {
                            let (id, title) = (entry.id.clone(), entry.title.clone());
                            view! {
                                <tr>
                                    {choosing.map(|choosing| view! {
                                        <td class="cell-box"><RowBox entry=id.clone() title=title.clone() choosing/></td>
                                    })}
                                    <EntryCells project=project.id.clone() entry/>
                                    <td class="cell-end"><Star entry=id title marks=tools.marks/></td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </Table>
                <Pager newer=newest older=older label="Pages of entries"/>
            }
            .into_any()
        }}
        {bar}
    }
}

/// The line of filters over the list.
#[component]
fn Filters(path: String, asked: Asked, tags: Vec<String>, authors: Vec<(UserId, String)>) -> impl IntoView {
    let state = asked.state.map_or("", EntryState::as_str);
    let sorts: Vec<Choice> = EntrySort::ALL.into_iter().map(|sort| Choice::new(sort.as_str(), sort.label())).collect();
    let people: Vec<Choice> = std::iter::once(Choice::new("", "Any author"))
        .chain(authors.iter().map(|(id, name)| Choice::new(id.as_str(), name)))
        .collect();
    let label = match asked.tags.as_slice() {
        [] => "Any tag".to_owned(),
        [one] => one.clone(),
        more => format!("{} tags", more.len()),
    };
    let chosen = asked.tags.clone();
    view! {
        <form class="list-bar" method="get" action=path role="search">
            <input type="hidden" name="state" value=state/>
            <SearchField label="Search entries" name="q" value=asked.search.clone() shortcut="/"/>
            {(!tags.is_empty()).then(|| view! {
                <details class="filter-tags">
                    <summary class="input select">{label}</summary>
                    <fieldset>
                        <legend class="sr-only">"Entries with any of these tags"</legend>
                        {tags
                            .into_iter()
                            .map(|name| {
                                let is_chosen = chosen.contains(&name);
                                view! {
                                    <label class="check">
                                        <input type="checkbox" name="tag" value=name.clone() checked=is_chosen/>
                                        <span dir="auto">{name}</span>
                                    </label>
                                }
                            })
                            .collect_view()}
                    </fieldset>
                </details>
            })}
            {(authors.len() > 1 || !asked.author.is_empty()).then(|| view! {
                <Select label="Author" name="author" value=asked.author.clone() options=people hide_label=true/>
            })}
            <Select label="Order" name="sort" value=asked.sort.as_str() options=sorts hide_label=true/>
            <Button kind="submit" variant=Variant::Quiet>"Filter"</Button>
        </form>
    }
}

/// Entries as rows.
#[component]
pub fn EntryLines(project: ProjectId, entries: Vec<EntrySummary>) -> impl IntoView {
    view! {
        <Table
            caption="Entries"
            head=|| view! {
                <th scope="col">"State"</th>
                <th scope="col">"Title"</th>
                <th scope="col">"Version"</th>
                <th scope="col">"Tags"</th>
                <th scope="col">"Author"</th>
                <th scope="col">"Date"</th>
            }
        >
            {entries
                .into_iter()
                .map(|entry| view! { <tr><EntryCells project=project.clone() entry/></tr> })
                .collect_view()}
        </Table>
    }
}

#[component]
fn EntryCells(project: ProjectId, entry: EntrySummary) -> impl IntoView {
    let href = project_path(&project, &format!("/changelog/{}", entry.id));
    let at = entry.published_at.or(entry.scheduled_at).unwrap_or(entry.created_at);
    let hidden = entry.tags.len().saturating_sub(3);
    view! {
        <td class="cell-mark"><StateMark mark=mark(entry.state()) compact=true/></td>
        <td class="cell-main">
                <a href=href data-row-link="" dir="auto" title=entry.title.clone()>{entry.title.clone()}</a>
                {entry.approval_requested.then(|| view! { <span class="small soft">" waits for approval"</span> })}
                {entry.deletion_requested.then(|| view! { <span class="small soft">" deletion requested"</span> })}
        </td>
        <td class="mono">{entry.version.as_deref().map(versions::label)}</td>
        <td>
                {entry.tags.into_iter().take(3).map(|tag| view! { <TagWord name=tag.name color=tag.color/> " " }).collect_view()}
                {(hidden > 0).then(|| view! { <span class="soft small">{format!("+{hidden}")}</span> })}
        </td>
        <td class="soft">{entry.author}</td>
        <td class="nums"><Moment at/></td>
    }
}

/// `n` opens a new entry; `j` and `k` move between the rows' links, which Enter opens.
fn shortcuts(new_href: Option<String>) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let (navigate, new_href) = (navigate.clone(), new_href.clone());
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || typing() {
                return;
            }
            match event.key().as_str() {
                "n" => {
                    if let Some(href) = &new_href {
                        event.prevent_default();
                        navigate(href, NavigateOptions::default());
                    }
                }
                "j" => move_focus(1),
                "k" => move_focus(-1),
                _ => {}
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether the focus is where letters are text.
fn typing() -> bool {
    document().active_element().is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.has_attribute("contenteditable")
    })
}

fn move_focus(step: i32) {
    use wasm_bindgen::JsCast;

    let Ok(links) = document().query_selector_all("a[data-row-link]") else { return };
    let count = i64::from(links.length());
    if count == 0 {
        return;
    }
    let active = document().active_element();
    let current = (0..links.length()).find(|&at| links.get(at).as_ref() == active.as_ref().map(AsRef::as_ref));
    let next = match current {
        Some(at) => (i64::from(at) + i64::from(step)).clamp(0, count - 1),
        None => 0,
    };
    if let Some(link) = u32::try_from(next).ok().and_then(|at| links.get(at))
        && let Ok(link) = link.dyn_into::<web_sys::HtmlElement>()
    {
        // Focus is lost only when the row vanished meanwhile.
        let _ = link.focus();
    }
}
