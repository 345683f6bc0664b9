//! The rows of an import, page by page: what they are, what happens to them, and how they differ from their entries.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_query_map;
use model::imports::{
    Action, Choice, ImportFate, ImportRow, ImportText, Outcome, Place, ROWS_PER_PAGE, RowGroup, RowPage, action,
};
use model::{ImportId, ProjectId, versions};
use ui::{
    ButtonLink, Chip, EmptyState, Glyph, Menu, MenuButton, MenuRule, Notice, Pager, SkeletonRows, Table, TagWord, Tone,
};

use super::options::Chosen;
use super::{address, choose_import_rows, get_import_text, grouped, list_import_rows};
use crate::entries::{Compare, Snapshot};
use crate::failure::Failure;
use crate::params::project_path;
use crate::pending::{Pending, later};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Asked {
    show: String,
    page: i64,
    row: Option<usize>,
}

/// Where the rows belong, and what was chosen for all of them while that is possible.
#[derive(Clone)]
struct Frame {
    project: ProjectId,
    job: ImportId,
    place: Place,
    chosen: Option<Chosen>,
    groups: RwSignal<Vec<RowGroup>>,
    trouble: RwSignal<Option<String>>,
    /// Counts up when choices were made for many rows.
    renewed: RwSignal<u32>,
}

impl Frame {
    /// Decides, and says so when that fails.
    fn choose(&self, position: Option<usize>, fate: &'static str, choice: String) {
        let Self { project, job, groups, trouble, renewed, .. } = self.clone();
        let at = position.and_then(|position| i64::try_from(position).ok());
        spawn_local(async move {
            match choose_import_rows(project, job, at, fate.to_owned(), choice).await {
                Ok(now) => {
                    trouble.set(None);
                    groups.set(now);
                    if position.is_none() {
                        renewed.update(|count| *count += 1);
                    }
                }
                Err(error) => {
                    trouble.set(Some(error.to_string()));
                    renewed.update(|count| *count += 1);
                }
            }
        });
    }
}

/// `chosen`: `None` once the import has run.
#[component]
pub(super) fn Rows(
    project: ProjectId,
    job: ImportId,
    place: Place,
    chosen: Option<Chosen>,
    groups: RwSignal<Vec<RowGroup>>,
) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| Asked {
            show: query.get("show").unwrap_or_default(),
            page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
            row: query.get("row").and_then(|row| row.parse().ok()),
        })
    });
    let frame = Frame { project, job, place, chosen, groups, trouble: RwSignal::new(None), renewed: RwSignal::new(0) };
    let rows = {
        let frame = frame.clone();
        let list = Memo::new(move |_| asked.with(|asked| (asked.show.clone(), asked.page)));
        Resource::new(
            move || (list.get(), frame.renewed.get()),
            move |((show, page), _)| list_import_rows(frame.project.clone(), frame.job.clone(), show, page),
        )
    };
    let trouble = frame.trouble;
    let (for_bar, for_compare) = (frame.clone(), frame.clone());
    view! {
        <section class="stack import-rows">
            <h2>"Releases"</h2>
            <Bar frame=for_bar asked/>
            {move || trouble.get().map(|text| view! { <Notice tone=Tone::Bad title=text>""</Notice> })}
            {move || {
                let frame = for_compare.clone();
                asked.with(|asked| asked.row).map(|row| view! { <Looked frame asked row/> })
            }}
            <Pending fallback=|| view! { <SkeletonRows rows=10/> }>
                {move || {
                    let frame = frame.clone();
                    later(async move {
                        match rows.await {
                            Ok(page) => view! { <Lines frame page asked=asked.get_untracked()/> }.into_any(),
                            Err(error) => {
                                let retry = move |()| rows.refetch();
                                view! { <Failure error what="The rows could not be loaded." on_retry=retry/> }.into_any()
                            }
                        }
                    })
                }}
            </Pending>
        </section>
    }
}

/// Which rows are shown, and choices for all of them.
#[component]
fn Bar(frame: Frame, asked: Memo<Asked>) -> impl IntoView {
    let groups = frame.groups;
    let chip = {
        let frame = frame.clone();
        move |show: &'static str, label: &'static str, wanted: fn(&RowGroup) -> bool| {
            let count = move || {
                groups.with(|groups| groups.iter().filter(|group| wanted(group)).map(|group| group.rows).sum::<i64>())
            };
            let href = address(&frame.project, &frame.job, show, 1, None);
            move || {
                let (href, rows) = (href.clone(), count());
                (rows > 0).then(|| {
                    view! {
                        <Chip
                            href=href
                            label=label
                            count=Some(grouped(rows))
                            current=Signal::derive(move || asked.with(|asked| asked.show == show))
                        />
                    }
                })
            }
        }
    };
    let chips = if frame.chosen.is_some() {
        view! {
            {chip("", "All", |_| true)}
            {chip("is_create", "New", |group| group.fate == ImportFate::Create)}
            {chip("is_unchanged", "Already there", |group| group.fate == ImportFate::Unchanged)}
            {chip("is_differs", "Different", |group| group.fate == ImportFate::Differs)}
            {chip("is_refused", "Cannot be imported", |group| group.fate == ImportFate::Refused)}
        }
        .into_any()
    } else {
        view! {
            {chip("", "All", |_| true)}
            {chip("created", "Created", |group| group.outcome == Some(Outcome::Created))}
            {chip("overwritten", "Overwritten", |group| group.outcome == Some(Outcome::Overwritten))}
            {chip("unchanged", "Already there", |group| group.outcome == Some(Outcome::Unchanged))}
            {chip("skipped", "Left alone", |group| group.outcome == Some(Outcome::Skipped))}
            {chip("refused", "Not imported", |group| group.outcome == Some(Outcome::Refused))}
        }
        .into_any()
    };
    let chooses = frame.chosen.is_some();
    let act = move |fate: ImportFate, choice: &'static str| {
        let frame = frame.clone();
        move |_| frame.choose(None, fate.as_str(), choice.to_owned())
    };
    let (all_new, no_new) = (act(ImportFate::Create, ""), act(ImportFate::Create, "skip"));
    let (over, alone) = (act(ImportFate::Differs, "overwrite"), act(ImportFate::Differs, "skip"));
    let (beside, open) = (act(ImportFate::Differs, "without_version"), act(ImportFate::Differs, ""));
    view! {
        <div class="list-bar">
            <nav class="cluster" aria-label="Which releases">{chips}</nav>
            {chooses.then(move || view! {
                <span class="push needs-script">
                    <Menu label="All rows" glyph=Glyph::More end=true>
                        <MenuButton on_click=all_new>"Create all new ones"</MenuButton>
                        <MenuButton on_click=no_new>"Skip all new ones"</MenuButton>
                        <MenuRule/>
                        <MenuButton on_click=over>"Overwrite all that differ"</MenuButton>
                        <MenuButton on_click=beside>"Add all that differ without version"</MenuButton>
                        <MenuButton on_click=alone>"Leave all that differ alone"</MenuButton>
                        <MenuButton on_click=open>"As set above, all that differ"</MenuButton>
                    </Menu>
                </span>
            })}
        </div>
    }
}

/// The rows of one page.
#[component]
fn Lines(frame: Frame, page: RowPage, asked: Asked) -> impl IntoView {
    let RowPage { rows, total, page } = page;
    let to = |page| address(&frame.project, &frame.job, &asked.show, page, None);
    if rows.is_empty() {
        let all = address(&frame.project, &frame.job, "", 1, None);
        return if asked.show.is_empty() {
            view! { <EmptyState title="No rows are kept" text="Rows of an import are deleted after 30 days; its entries stay."/> }
                .into_any()
        } else {
            view! {
                <EmptyState title="Nothing found" text="No release is of this kind.">
                    <ButtonLink href=all>"Show all"</ButtonLink>
                </EmptyState>
            }
            .into_any()
        };
    }
    let last = (total + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE;
    let first_row = (page - 1) * ROWS_PER_PAGE + 1;
    let range =
        format!("{} to {} of {}", grouped(first_row), grouped(first_row + rows.len() as i64 - 1), grouped(total));
    let (earlier, later) = ((page > 1).then(|| to(page - 1)), (page < last).then(|| to(page + 1)));
    let chooses = frame.chosen.is_some();
    let lines =
        rows.into_iter().map(|row| view! { <Line frame=frame.clone() row asked=asked.clone()/> }).collect_view();
    view! {
        <Table
            caption="Releases"
            head=move || view! {
                <th scope="col">{place_head(frame.place)}</th>
                <th scope="col">"Release"</th>
                <th scope="col">"Version"</th>
                <th scope="col">"Date"</th>
                <th scope="col">"Tags"</th>
                <th scope="col">{if chooses { "Is" } else { "Result" }}</th>
                {chooses.then(|| view! { <th scope="col" class="needs-script">"Happens"</th> })}
            }
        >
            {lines}
        </Table>
        {(last > 1).then(|| view! {
            <div class="row import-pager">
                <span class="soft small nums">{range}</span>
                <span class="push"><Pager newer=earlier older=later names=("Earlier rows", "Later rows") label="Pages of releases"/></span>
            </div>
        })}
    }
    .into_any()
}

fn place_head(place: Place) -> &'static str {
    match place {
        Place::Line => "Line",
        Place::Row => "Row",
        Place::Entry => "Entry",
    }
}

#[component]
fn Line(frame: Frame, row: ImportRow, asked: Asked) -> impl IntoView {
    let title = if row.title.is_empty() { "Without a title".to_owned() } else { row.title.clone() };
    let hidden = row.tags.len().saturating_sub(3);
    // A new entry has an id in its row only once it is there.
    let entry = row.entry.as_ref().map(|entry| project_path(&frame.project, &format!("/changelog/{entry}")));
    let name = match entry {
        Some(href) => view! { <a href=href dir="auto" title=row.excerpt.clone()>{title.clone()}</a> }.into_any(),
        None => view! { <span dir="auto" title=row.excerpt.clone()>{title.clone()}</span> }.into_any(),
    };
    let result = match (row.outcome, row.fate) {
        (Some(Outcome::Created), _) => "Created",
        (Some(Outcome::Overwritten), _) => "Overwritten",
        (Some(Outcome::Unchanged), _) | (None, ImportFate::Unchanged) => "Already there",
        (Some(Outcome::Skipped), _) => "Left alone",
        (Some(Outcome::Refused), _) => "Not imported",
        (None, ImportFate::Create) => "New",
        (None, ImportFate::Differs) => "Different",
        (None, ImportFate::Refused) => "Cannot be imported",
    };
    let is_bad = row.outcome == Some(Outcome::Refused) || (row.outcome.is_none() && row.fate == ImportFate::Refused);
    let compare = (row.fate == ImportFate::Differs && row.entry.is_some() && row.outcome != Some(Outcome::Overwritten))
        .then(|| address(&frame.project, &frame.job, &asked.show, asked.page, Some(row.position)));
    let chosen = frame.chosen;
    view! {
        <tr class=is_bad.then_some("import-bad")>
            <td class="nums import-place" title=frame.place.at(row.line)>{grouped(row.line as i64)}</td>
            <td class="cell-main">{name}</td>
            <td class="mono cell-version">{row.version.as_deref().map(versions::label)}</td>
            <td class="nums">{row.date.map(|date| date.to_string())}</td>
            <td>
                {row.tags.iter().take(3).map(|name| view! { <TagWord name=name.clone() color=None/> " " }).collect_view()}
                {(hidden > 0).then(|| view! { <span class="soft small">{format!("+{hidden}")}</span> })}
            </td>
            <td class="import-result">
                {result}
                {compare.map(|href| view! { " " <a class="small" href=href>"Compare"</a> })}
                {row.reason.clone().map(|reason| view! { <span class="import-reason soft small">{reason}</span> })}
            </td>
            {chosen.map(|chosen| view! { <td class="needs-script"><Decision frame=frame.clone() row=row.clone() chosen title/></td> })}
        </tr>
    }
}

/// What happens to a row, as a list where there is a choice.
#[component]
fn Decision(frame: Frame, row: ImportRow, chosen: Chosen, title: String) -> impl IntoView {
    let (fate, by_version) = (row.fate, row.by_version);
    let as_set = move || match action(fate, by_version, None, &chosen.options()) {
        Action::Create => "Create",
        Action::CreateWithoutVersion => "Add without version",
        Action::Overwrite => "Overwrite",
        Action::Keep | Action::Refuse => "Nothing",
        Action::Skip => "Leave alone",
        Action::Ask => "Decide …",
    };
    let options: &[(Choice, &str)] = match fate {
        ImportFate::Create if row.version.is_some() => {
            &[(Choice::Skip, "Skip"), (Choice::WithoutVersion, "Create without version")]
        }
        ImportFate::Create => &[(Choice::Skip, "Skip")],
        ImportFate::Differs => &[
            (Choice::Skip, "Leave alone"),
            (Choice::Overwrite, "Overwrite"),
            (Choice::WithoutVersion, "Add without version"),
        ],
        ImportFate::Unchanged | ImportFate::Refused => &[],
    };
    if options.is_empty() {
        return view! { <span class="soft">{as_set}</span> }.into_any();
    }
    let now = row.choice.map_or("", Choice::as_str);
    let position = row.position;
    let changed = move |event: web_sys::Event| frame.choose(Some(position), "", event_target_value(&event));
    view! {
        <select class="input select import-choice" aria-label=format!("What happens with {title}") on:change=changed>
            <option value="" selected=now.is_empty()>{as_set}</option>
            {options
                .iter()
                .map(|(choice, label)| {
                    let value = choice.as_str();
                    view! { <option value=value selected=now == value>{*label}</option> }
                })
                .collect_view()}
        </select>
    }
    .into_any()
}

/// A row that is looked at, beside the entry it meets.
#[component]
fn Looked(frame: Frame, asked: Memo<Asked>, row: usize) -> impl IntoView {
    let close = asked.with_untracked(|asked| address(&frame.project, &frame.job, &asked.show, asked.page, None));
    let heading = NodeRef::<leptos::html::H3>::new();
    Effect::new(move |_| {
        if let Some(heading) = heading.get() {
            // Focusing fails only for elements that are gone.
            let _ = heading.focus();
        }
    });
    let place = frame.place;
    let text = {
        let (project, job) = (frame.project.clone(), frame.job.clone());
        Resource::new(
            || (),
            move |()| get_import_text(project.clone(), job.clone(), i64::try_from(row).unwrap_or(i64::MAX)),
        )
    };
    view! {
        <Pending fallback=|| view! { <SkeletonRows rows=4/> }>
            {move || {
                let close = close.clone();
                later(async move {
                    match text.await {
                        Ok(ImportText { row, content, existing: Some((title, version, tags, text)) }) => {
                            let left = Snapshot { title, version: version.unwrap_or_default(), tags, content: text };
                            let name = format!("{}: {}", place.at(row.line), row.title);
                            let right = Snapshot {
                                title: row.title,
                                version: row.version.unwrap_or_default(),
                                tags: row.tags,
                                content,
                            };
                            view! {
                                <div class="import-compare stack">
                                    <div class="row">
                                        <h3 node_ref=heading tabindex="-1" dir="auto">{name}</h3>
                                        <span class="push"><ButtonLink href=close small=true>"Close"</ButtonLink></span>
                                    </div>
                                    <Compare left right left_name="Here" right_name="In the file"/>
                                </div>
                            }
                            .into_any()
                        }
                        Ok(_) => view! { <p class="soft">"This row and its entry say the same."</p> }.into_any(),
                        Err(error) => view! { <Failure error what="The row could not be loaded."/> }.into_any(),
                    }
                })
            }}
        </Pending>
    }
}
