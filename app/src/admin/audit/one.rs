//! One record with all there is of it.

use crate::title::Title;
use leptos::prelude::*;
use model::audit::Person;
use model::time::to_wire;
use model::{AuditId, Role};
use ui::{ButtonLink, CodeBlock, Crumb, PageHeader, SkeletonRows};

use super::list::{OutcomeMark, Who, asked};
use super::{Asked, AuditLine, PATH, get_audit_record};
use crate::account::Me;
use crate::admin::AdminArea;
use crate::failure::Failure;
use crate::params::{id_param, project_path};
use crate::pending::{Pending, later};

#[component]
pub fn AuditRecordPage() -> impl IntoView {
    // Whoever is no administrator reads the same sentence as on the other pages for administrators.
    if expect_context::<Me>().role != Role::Admin {
        return view! { <AdminArea title="Audit log">""</AdminArea> }.into_any();
    }
    let record = id_param::<AuditId>("record");
    let asked = asked();
    let data = Resource::new(move || record.get(), |record| async move { get_audit_record(record?).await });
    view! {
        <div class="page page-narrow">
            <Pending fallback=|| view! { <SkeletonRows rows=8/> }>
                {move || later(async move {
                    match data.await {
                        Ok(line) => view! { <RecordView line asked=asked.get_untracked()/> }.into_any(),
                        Err(error) => {
                            let retry = move |()| data.refetch();
                            view! {
                                <Failure error what="The record could not be loaded." on_retry=retry/>
                                <p><ButtonLink href=asked.get_untracked().href(PATH)>"Back to the log"</ButtonLink></p>
                            }
                            .into_any()
                        }
                    }
                })}
            </Pending>
        </div>
    }
    .into_any()
}

#[component]
fn RecordView(line: AuditLine, asked: Asked) -> impl IntoView {
    let AuditLine { entry, when } = line;
    let crumbs = vec![Crumb::link("Audit log", asked.href(PATH)), Crumb::here(entry.action.clone())];
    let details = serde_json::to_string_pretty(&entry.details).unwrap_or_default();
    let has_details = entry.details.as_object().is_some_and(|members| !members.is_empty());
    let fact = |name: &'static str, value: Option<String>| {
        value.map(|value| view! { <div><dt>{name}</dt><dd><bdi>{value}</bdi></dd></div> })
    };
    let project = entry.project_id.clone().map(|id| match entry.project_name.clone() {
        Some(name) => view! { <a href=project_path(&id, "")>{name}</a> }.into_any(),
        None => view! { {id.to_string()} <span class="soft small">" (deleted)"</span> }.into_any(),
    });
    let key = entry.api_key_id.clone().map(|id| match entry.api_key_name.clone() {
        Some(name) => view! { <a href=format!("/dashboard/api-keys/{id}")>{name}</a> }.into_any(),
        None => view! { {id.to_string()} <span class="soft small">" (deleted)"</span> }.into_any(),
    });
    let thing = entry.entity_id.clone().map(|id| match &entry.entity_type {
        Some(kind) => format!("{} {id}", kind.replace('_', " ")),
        None => id,
    });
    let place = entry.number.map_or_else(|| "Not sealed yet".to_owned(), |number| format!("Record {number}"));
    view! {
        <Title text=format!("{} · Audit log · Tidings", entry.action)/>
        <PageHeader title=entry.action.clone() crumbs=crumbs/>
        <dl class="facts audit-facts">
            <div><dt>"Time"</dt><dd><time datetime=to_wire(entry.created_at)>{when}</time></dd></div>
            <div><dt>"Outcome"</dt><dd><OutcomeMark outcome=entry.outcome/></dd></div>
            <Somebody name="Done by" person=entry.performer unknown="Somebody unknown" filter="actor"/>
            <Somebody name="Concerns" person=entry.target unknown="" filter="target"/>
            {project.map(|project| view! { <div><dt>"Project"</dt><dd dir="auto">{project}</dd></div> })}
            {fact("About", thing)}
            {key.map(|key| view! { <div><dt>"API key"</dt><dd dir="auto">{key}</dd></div> })}
            {fact("Address", entry.ip)}
            {fact("Browser", entry.user_agent)}
            {fact("Request", entry.request_id)}
            {fact("Place", Some(place))}
            {fact("Id", Some(entry.id.to_string()))}
        </dl>
        {has_details.then(|| view! {
            <section class="section">
                <div class="section-head"><h2>"Details"</h2></div>
                <CodeBlock label="Details" code=details/>
            </section>
        })}
    }
}

/// Somebody, with the way to everything they did or that concerned them.
#[component]
fn Somebody(name: &'static str, person: Option<Person>, unknown: &'static str, filter: &'static str) -> impl IntoView {
    if person.is_none() && unknown.is_empty() {
        return ().into_any();
    }
    let more = person.as_ref().map(|person| {
        let mut asked = Asked::default();
        if filter == "actor" {
            asked.actor = person.id.to_string();
        } else {
            asked.target = person.id.to_string();
        }
        asked.href(PATH)
    });
    let email = person.as_ref().and_then(|person| person.email.clone().filter(|_| person.name.is_some()));
    view! {
        <div>
            <dt>{name}</dt>
            <dd>
                <Who person unknown/>
                {email.map(|email| view! { <span class="soft small block"><bdi>{email}</bdi></span> })}
                {more.map(|href| view! { <a class="small block" href=href>"All records"</a> })}
            </dd>
        </div>
    }
    .into_any()
}
