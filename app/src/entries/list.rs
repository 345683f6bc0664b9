//! The list of a project's entries.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};
use model::entries::{EntryState, EntrySummary};
use model::{Permission, ProjectId, Verdict, access, versions};
use ui::{
    Button, ButtonLink, Chip, Crumb, EmptyState, Glyph, PageHeader, Pager, SearchField, SkeletonRows, StateMark, Table,
    TagWord, Variant,
};

use super::{EntryList, list_entries};
use crate::account::Me;
use crate::dates::Moment;
use crate::failure::Failure;
use crate::home::mark;
use crate::params::{project_param, project_path, with_query};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    state: Option<EntryState>,
    search: String,
    tag: String,
    after: String,
}

impl Asked {
    fn is_narrowed(&self) -> bool {
        self.state.is_some() || !self.search.is_empty() || !self.tag.is_empty()
    }

    /// The address of this list with another state, tag or position.
    fn href(&self, path: &str, state: Option<EntryState>, tag: &str, after: &str) -> String {
        let state = state.map_or("", EntryState::as_str);
        with_query(path, &[("state", state), ("q", &self.search), ("tag", tag), ("after", after)])
    }
}

#[component]
pub fn EntryListPage() -> impl IntoView {
    let project = project_param();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let text = |name| query.get(name).unwrap_or_default();
            Asked {
                state: EntryState::parse(&text("state")),
                search: text("q"),
                tag: text("tag"),
                after: text("after"),
            }
        })
    });
    let list = Resource::new(
        move || (project.get(), asked.get()),
        |(project, asked)| async move {
            list_entries(project?, asked.state, asked.search, asked.tag, asked.after.parse().ok()).await
        },
    );
    view! {
        <div class="page">
            <Transition fallback=|| view! { <SkeletonRows rows=10/> }>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(list) => view! { <EntryListView list asked=asked.get_untracked()/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| list.refetch();
                            view! { <Failure error what="The entries could not be loaded." on_retry=retry/> }.into_any()
                        }
                    }
                })}
            </Transition>
        </div>
    }
}

#[component]
fn EntryListView(list: EntryList, asked: Asked) -> impl IntoView {
    let EntryList { project, page, counts, tags } = list;
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
            let href = asked.href(&path, state, &asked.tag, "");
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
    let state = asked.state.map_or("", EntryState::as_str);
    let tag_choices = tags.clone();
    let chosen_tag = asked.tag.clone();
    let older = page.next.as_ref().map(|next| asked.href(&path, asked.state, &asked.tag, &next.to_string()));
    let newest = (!asked.after.is_empty()).then(|| asked.href(&path, asked.state, &asked.tag, ""));
    view! {
        <Title text=format!("Entries · {} · Tidings", project.name)/>
        <PageHeader title="Entries" count=Some(counts.total().to_string()) crumbs=crumbs middle=middle action=action/>
        {(counts.total() > 0).then(|| view! {
            <form class="list-bar" method="get" action=path.clone() role="search">
                <input type="hidden" name="state" value=state/>
                <SearchField label="Search entries" name="q" value=asked.search.clone() shortcut="/"/>
                {(!tag_choices.is_empty()).then(|| view! {
                    <label class="sr-only" for="filter-tag">"Tag"</label>
                    <select id="filter-tag" name="tag" class="input select">
                        <option value="" selected=chosen_tag.is_empty()>"Any tag"</option>
                        {tag_choices
                            .into_iter()
                            .map(|name| {
                                let selected = name == chosen_tag;
                                view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
                            })
                            .collect_view()}
                    </select>
                })}
                <Button kind="submit" variant=Variant::Quiet>"Filter"</Button>
            </form>
        })}
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
            view! {
                <EntryLines project=project.id.clone() entries=page.items/>
                <Pager newer=newest older=older label="Pages of entries"/>
            }
            .into_any()
        }}
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
            {entries.into_iter().map(|entry| view! { <EntryRow project=project.clone() entry/> }).collect_view()}
        </Table>
    }
}

#[component]
fn EntryRow(project: ProjectId, entry: EntrySummary) -> impl IntoView {
    let href = project_path(&project, &format!("/changelog/{}", entry.id));
    let at = entry.published_at.or(entry.scheduled_at).unwrap_or(entry.created_at);
    let hidden = entry.tags.len().saturating_sub(3);
    view! {
        <tr>
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
        </tr>
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
