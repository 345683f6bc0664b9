//! Asking an administrator about a project as a whole, or about a tag.

use leptos::form::ActionForm;
use leptos::prelude::*;
use model::ProjectId;
use model::requests::{RequestKind, RequestLine};
use model::tags::TagUsage;
use ui::{Button, ButtonLink, FormError, Notice, Section, Tone, Variant, use_toasts};

use super::{CreateRequest, list_project_requests, path};
use crate::dates::Moment;
use crate::failure::{failure_of, form_error};
use crate::pending::{Pending, later};

/// What is asked for about the project, and the forms to ask, for who may not do it themselves.
#[component]
pub fn AskAboutProject(project: ProjectId, asks: bool) -> impl IntoView {
    let id = project.clone();
    let open = Resource::new(move || id.clone(), list_project_requests);
    let ask = ServerAction::<CreateRequest>::new();
    let failure = failure_of(ask);
    let toasts = use_toasts();
    Effect::new(move || {
        if let Some(Ok(_)) = ask.value().get() {
            toasts.say("An administrator has been asked.");
            open.refetch();
        }
    });
    let project = StoredValue::new(project);
    view! {
        <FormError message=form_error(failure)/>
        <Pending>
            {move || later(async move {
                let open = open.await.unwrap_or_default();
                view! { <Asking project=project.get_value() open ask asks/> }
            })}
        </Pending>
    }
}

#[component]
fn Asking(project: ProjectId, open: Vec<RequestLine>, ask: ServerAction<CreateRequest>, asks: bool) -> impl IntoView {
    let waiting: Vec<RequestKind> = open.iter().filter(|line| line.status.is_waiting()).map(|line| line.kind).collect();
    let form = |kind: RequestKind, title: &'static str, text: &'static str, verb: &'static str| {
        let project = project.to_string();
        (asks && !waiting.contains(&kind)).then(move || {
            view! {
                <Section title=title text=text>
                    <ActionForm action=ask>
                        <input type="hidden" name="project" value=project/>
                        <input type="hidden" name="kind" value=kind.as_str()/>
                        <Button variant=Variant::Quiet kind="submit" busy=ask.pending()>{verb}</Button>
                    </ActionForm>
                </Section>
            }
        })
    };
    let entries = form(
        RequestKind::DeleteAllEntries,
        "Delete all entries",
        "The project stays, with its address, settings and widgets. An administrator decides.",
        "Ask to delete all entries",
    );
    let history = form(
        RequestKind::DeleteAllHistory,
        "Delete all history",
        "Every kept state of every entry. The entries stay. An administrator decides.",
        "Ask to delete all history",
    );
    let whole = form(
        RequestKind::DeleteProject,
        "Delete the project",
        "With its entries, its page, its feeds and its widgets. An administrator decides.",
        "Ask to delete the project",
    );
    let told = open
        .into_iter()
        .map(|line| {
            let by = line.asked_by.clone().unwrap_or_else(|| "Somebody who is gone".to_owned());
            view! {
                <Notice tone=Tone::Note title="Somebody asked for this">
                    <p><bdi>{by}</bdi> {format!(" asked to {}, ", line.kind.of_this())} <Moment at=line.asked_at()/> ". " {line.status.label()} "."</p>
                    <p><a href=path(&line.id)>"See the request"</a></p>
                </Notice>
            }
        })
        .collect_view();
    view! { {told} {entries} {history} {whole} }
}

/// Says what asking for the deletion of a tag does, and asks.
#[component]
pub fn AskAboutTag(project: String, back: String, usage: TagUsage) -> impl IntoView {
    let ask = ServerAction::<CreateRequest>::new();
    let failure = failure_of(ask);
    let is_done = Memo::new(move |_| ask.value().with(|value| matches!(value, Some(Ok(_)))));
    let TagUsage { tag, entries, projects, .. } = usage;
    let text = format!(
        "An administrator decides. If they agree, {entries} entries in {projects} projects lose the tag \u{201c}{}\u{201d}.",
        tag.name
    );
    let done = back.clone();
    view! {
        <Section title="Ask to delete the tag">
            <p>{text}</p>
            <div hidden=move || is_done.get()>
                <ActionForm action=ask attr:class="stack">
                    <FormError message=form_error(failure)/>
                    <input type="hidden" name="project" value=project/>
                    <input type="hidden" name="kind" value=RequestKind::DeleteTag.as_str()/>
                    <input type="hidden" name="tag" value=tag.id.to_string()/>
                    <div class="cluster">
                        <Button variant=Variant::Primary kind="submit" busy=ask.pending()>"Ask to delete"</Button>
                        <ButtonLink href=back>"Cancel"</ButtonLink>
                    </div>
                </ActionForm>
            </div>
            {move || is_done.get().then(|| {
                let done = done.clone();
                view! {
                <Notice tone=Tone::Good title="An administrator has been asked">
                    <p>"The tag stays until they decide. " <a href="/dashboard/requests">"Your requests"</a> " \u{b7} " <a href=done>"Back to the tags"</a></p>
                </Notice>
                }
            })}
        </Section>
    }
}
