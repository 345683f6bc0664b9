//! The list of records.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::Error;
use model::audit::{AuditEntry, LogFormat, Outcome, Person};
use model::time::to_wire;
use ui::{ButtonLink, EmptyState, Notice, Pager, SkeletonRows, StatusMark, Table, Time, Tone};

use super::chain::Chain;
use super::filters::Filters;
use super::{Asked, AuditLine, AuditPage, PATH, get_audit_choices, list_audit_records};
use crate::admin::AdminArea;
use crate::failure::Failure;
use crate::params::with_query;
use crate::pending::{Pending, later};

/// What the address of the page asks for.
pub(super) fn asked() -> Memo<Asked> {
    let query = use_query_map();
    Memo::new(move |_| {
        query.with(|query| {
            let text = |name| query.get(name).unwrap_or_default();
            Asked {
                action: text("action"),
                outcome: text("outcome"),
                actor: text("actor"),
                target: text("target"),
                project: text("project"),
                from: text("from"),
                to: text("to"),
                q: text("q"),
                after: text("after"),
            }
        })
    })
}

#[component]
pub fn AuditListPage() -> impl IntoView {
    view! {
        <AdminArea title="Audit log">
            <Log/>
        </AdminArea>
    }
}

#[component]
fn Log() -> impl IntoView {
    let asked = asked();
    let choices = Resource::new(|| (), |()| get_audit_choices());
    let page = Resource::new(move || asked.get(), list_audit_records);
    view! {
        <Chain/>
        <Pending fallback=|| view! { <SkeletonRows rows=2/> }>
            {move || later(async move {
                match choices.await {
                    Ok(choices) => view! { <Filters asked=asked.get() choices/> }.into_any(),
                    Err(error) => {
                        let retry = move |()| choices.refetch();
                        view! { <Failure error what="The filters could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
        <Pending fallback=|| view! { <SkeletonRows rows=12/> }>
            {move || later(async move {
                match page.await {
                    Ok(page) => view! { <Records page asked=asked.get_untracked()/> }.into_any(),
                    // The form above keeps what was typed.
                    Err(Error::Invalid { fields }) => view! {
                        <Notice tone=Tone::Warn title="Nothing was searched">
                            {fields.into_iter().map(|field| view! { <p>{field.message}</p> }).collect_view()}
                        </Notice>
                    }
                    .into_any(),
                    Err(error) => {
                        let retry = move |()| page.refetch();
                        view! { <Failure error what="The audit log could not be loaded." on_retry=retry/> }.into_any()
                    }
                }
            })}
        </Pending>
    }
}

#[component]
fn Records(page: AuditPage, asked: Asked) -> impl IntoView {
    let AuditPage { lines, next, zone, export } = page;
    if lines.is_empty() {
        let is_narrowed = asked.is_narrowed() || !asked.after.is_empty();
        let text = if is_narrowed { "No record matches these filters." } else { "Nothing has been recorded yet." };
        return view! {
            <EmptyState title="Nothing found" text=text>
                {is_narrowed.then(|| view! { <ButtonLink href=PATH>"Clear the filters"</ButtonLink> })}
            </EmptyState>
        }
        .into_any();
    }
    let newest = (!asked.after.is_empty()).then(|| asked.after(""));
    let older = next.as_ref().map(|next| asked.after(next));
    view! {
        <div class="audit-over">
            <p class="soft small">{format!("Times in {zone}.")}</p>
            <p class="small">
                "Export: "
                {LogFormat::ALL
                    .into_iter()
                    .enumerate()
                    .map(|(place, format)| {
                        let (label, href) = export_link(format, &export);
                        let between = (place > 0).then_some(" \u{b7} ");
                        view! { {between} <a href=href download="" rel="external">{label}</a> }
                    })
                    .collect_view()}
            </p>
        </div>
        <Table
            caption="Audit log"
            head=|| view! {
                <th scope="col">"Action"</th>
                <th scope="col">"Time"</th>
                <th scope="col">"Done by"</th>
                <th scope="col">"Concerns"</th>
                <th scope="col">"Outcome"</th>
            }
        >
            {lines.into_iter().map(|line| view! { <Record line asked=asked.clone()/> }).collect_view()}
        </Table>
        <Pager newer=newest older=older names=("Newest", "Older") label="Pages of the log"/>
    }
    .into_any()
}

fn export_link(format: LogFormat, filters: &[(String, String)]) -> (&'static str, String) {
    let label = match format {
        LogFormat::Csv => "CSV",
        LogFormat::Jsonl => "JSON Lines",
    };
    let mut pairs = vec![("export", "true"), ("format", format.as_str())];
    pairs.extend(filters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    (label, with_query("/api/admin/audit-logs", &pairs))
}

#[component]
fn Record(line: AuditLine, asked: Asked) -> impl IntoView {
    let AuditLine { entry, when } = line;
    let href = asked.href(&format!("{PATH}/{}", entry.id));
    let via = entry.api_key_name.clone().or_else(|| entry.api_key_id.as_ref().map(|_| "a deleted key".to_owned()));
    let about = about(&entry);
    let title = to_wire(entry.created_at);
    view! {
        <tr class="audit-record">
            <td class="cell-main"><a href=href data-row-link=""><code class="audit-action">{entry.action}</code></a></td>
            <td class="nums"><Time iso=title.clone() text=when title=Some(title)/></td>
            <td>
                <Who person=entry.performer unknown="Somebody unknown"/>
                {via.map(|name| view! { <span class="soft small block">{format!("with the key {name}")}</span> })}
            </td>
            <td class="audit-about">
                {match entry.target {
                    Some(target) => view! { <Who person=Some(target) unknown=""/> }.into_any(),
                    // An empty text would not leave the cell empty.
                    None => (!about.is_empty()).then_some(about).into_any(),
                }}
            </td>
            <td><OutcomeMark outcome=entry.outcome/></td>
        </tr>
    }
}

/// What a record is about, in a few words.
fn about(entry: &AuditEntry) -> String {
    let named = ["title", "name"].into_iter().find_map(|member| {
        let value = entry.details.get(member)?;
        value.get("to").unwrap_or(value).as_str().map(str::to_owned)
    });
    match (&entry.project_name, named) {
        (Some(project), Some(name)) if *project != name => format!("{name} in {project}"),
        (Some(project), _) => project.clone(),
        (None, Some(name)) => name,
        (None, None) if entry.project_id.is_some() => "A project that was deleted".to_owned(),
        (None, None) => String::new(),
    }
}

/// Somebody's name, and whether they are still there.
#[component]
pub(super) fn Who(person: Option<Person>, unknown: &'static str) -> impl IntoView {
    match person {
        None => unknown.into_any(),
        Some(person) => {
            let deleted = person.is_deleted.then(|| view! { <span class="soft small">" (deleted)"</span> });
            view! {
                <bdi class="audit-name" title=person.email.clone()>{person.label().to_owned()}</bdi>
                {deleted}
            }
            .into_any()
        }
    }
}

/// How something ended: a sign and a word.
#[component]
pub(super) fn OutcomeMark(outcome: Outcome) -> impl IntoView {
    let tone = match outcome {
        Outcome::Success => Tone::Good,
        Outcome::Denied => Tone::Warn,
        Outcome::Error => Tone::Bad,
    };
    view! { <StatusMark tone word=outcome.label()/> }
}
